//! `Key`: the primary key of a row, as the identity map compares it.

use std::sync::Arc;

use crate::value::{Value, ValueRef};

/// The primary key of a row, as the identity map compares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// One integer.
    Int(i64),
    /// Anything else; shared by whoever keeps the key.
    Values(Arc<[Value]>),
}

impl Key {
    /// A key of these values, in the order of the key's columns.
    pub fn new(values: Vec<Value>) -> Self {
        match values.as_slice() {
            [Value::Int(id)] => Key::Int(*id),
            // Databases without truth values give integers back.
            [Value::Bool(id)] => Key::Int(i64::from(*id)),
            _ => Key::Values(values.into()),
        }
    }

    /// The values.
    pub fn values(&self) -> Vec<Value> {
        match self {
            Key::Int(id) => vec![Value::Int(*id)],
            Key::Values(values) => values.to_vec(),
        }
    }

    /// Lends one of the values.
    pub(crate) fn get(&self, index: usize) -> ValueRef<'_> {
        match self {
            Key::Int(id) => ValueRef::Int(*id),
            Key::Values(values) => values.get(index).map_or(ValueRef::Null, Value::as_ref),
        }
    }

    /// Whether a value of it is missing.
    pub(crate) fn has_null(&self) -> bool {
        match self {
            Key::Int(_) => false,
            Key::Values(values) => values.iter().any(Value::is_null),
        }
    }
}

impl From<i64> for Key {
    #[inline]
    fn from(id: i64) -> Self {
        Key::Int(id)
    }
}

impl From<Arc<[Value]>> for Key {
    #[inline]
    fn from(values: Arc<[Value]>) -> Self {
        Key::Values(values)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Int(id) => write!(f, "{id}"),
            Key::Values(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{value}")?;
                }
                Ok(())
            }
        }
    }
}
