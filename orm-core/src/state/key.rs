//! `Key`: the primary key of a row, as the identity map compares it. What a driver, a user or a foreign key says is made
//! a key here, so that a row has one key whoever names it.

use std::sync::Arc;

use crate::declare::{ColumnId, StoredForm};
use crate::mapper::Mapper;
use crate::value::{Value, ValueError, ValueRef};

/// The primary key of a row, as the identity map compares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// One integer.
    Int(i64),
    /// Anything else; shared by whoever keeps the key.
    Values(Arc<[Value]>),
}

impl Key {
    /// A key of these values, in the order of the key's columns and in the stored form of their types.
    pub fn new(mut values: Vec<Value>) -> Self {
        for value in &mut values {
            match value {
                // Databases without truth values compare them as integers.
                Value::Bool(is_true) => *value = Value::Int(i64::from(*is_true)),
                // Databases have one zero.
                Value::Real(zero) if *zero == 0.0 => *value = Value::Real(0.0),
                _ => {}
            }
        }
        match values.as_slice() {
            [Value::Int(id)] => Key::Int(*id),
            _ => Key::Values(values.into()),
        }
    }

    /// The key in a row; `None` where a part of it is `NULL`, as in an outer join.
    ///
    /// # Errors
    /// The column whose value doesn't fit its type.
    pub(crate) fn of_row<'r>(
        mapper: &Mapper,
        value: impl Fn(ColumnId) -> ValueRef<'r>,
    ) -> Result<Option<Self>, (ColumnId, ValueError)> {
        let mut values = Vec::with_capacity(mapper.primary_key().len());
        for id in mapper.primary_key() {
            let value = value(*id);
            if value.is_null() {
                return Ok(None);
            }
            values.push((mapper.column(*id).decl().stored)(value).map_err(|error| (*id, error))?);
        }
        Ok(Some(Key::new(values)))
    }

    /// The key that a user or a foreign key names, whose values may be of other types than the columns are. One that no
    /// column holds stays as it is: the database says whether it has such a row.
    pub(crate) fn named(mapper: &Mapper, values: Vec<Value>) -> Self {
        if let [Value::Int(id)] = values.as_slice()
            && mapper.integer_key().is_some()
        {
            return Key::Int(*id);
        }
        let columns = mapper.primary_key().iter().map(|id| mapper.column(*id).decl().stored);
        let stored = |(value, stored): (Value, StoredForm)| match value {
            Value::Null => Value::Null,
            value => stored(value.as_ref()).unwrap_or(value),
        };
        Key::new(values.into_iter().zip(columns).map(stored).collect())
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
