//! `Value`: what a column holds on its way between an object and a driver.

mod assign;
mod convert;
mod typed;
mod types;

pub use assign::Assign;
pub use convert::{ColumnType, ValueError};
pub use typed::Typed;
pub use types::SqlType;

use std::fmt;
use std::hash::{Hash, Hasher};

/// An owned database value, in the driver-neutral form.
///
/// Equality and hashing are those of the stored bits (`NaN` equals itself), so that values can be keys.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// SQL `NULL`.
    #[default]
    Null,
    /// A truth value; drivers without one store 0 and 1.
    Bool(bool),
    /// A signed integer of up to 64 bits.
    Int(i64),
    /// A double-precision number.
    Real(f64),
    /// Text in UTF-8.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A borrowed [`Value`]: what a row lends while it is read, and what is bound to a statement.
#[derive(Clone, Copy, Debug)]
pub enum ValueRef<'a> {
    /// SQL `NULL`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed integer of up to 64 bits.
    Int(i64),
    /// A double-precision number.
    Real(f64),
    /// Text in UTF-8.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl Value {
    /// Lends the value.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Bool(v) => ValueRef::Bool(*v),
            Value::Int(v) => ValueRef::Int(*v),
            Value::Real(v) => ValueRef::Real(*v),
            Value::Text(v) => ValueRef::Text(v),
            Value::Blob(v) => ValueRef::Blob(v),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl ValueRef<'_> {
    /// Copies the value.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(v) => Value::Bool(v),
            ValueRef::Int(v) => Value::Int(v),
            ValueRef::Real(v) => Value::Real(v),
            ValueRef::Text(v) => Value::Text(v.to_owned()),
            ValueRef::Blob(v) => Value::Blob(v.to_owned()),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// What kind of value it is, in the words of error messages.
    pub fn kind(self) -> &'static str {
        match self {
            ValueRef::Null => "NULL",
            ValueRef::Bool(_) => "a truth value",
            ValueRef::Int(_) => "an integer",
            ValueRef::Real(_) => "a real number",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "bytes",
        }
    }
}

impl PartialEq for ValueRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (ValueRef::Null, ValueRef::Null) => true,
            (ValueRef::Bool(a), ValueRef::Bool(b)) => a == b,
            (ValueRef::Int(a), ValueRef::Int(b)) => a == b,
            (ValueRef::Real(a), ValueRef::Real(b)) => a.to_bits() == b.to_bits(),
            (ValueRef::Text(a), ValueRef::Text(b)) => a == b,
            (ValueRef::Blob(a), ValueRef::Blob(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for ValueRef<'_> {}

impl Hash for ValueRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            ValueRef::Null => {}
            ValueRef::Bool(v) => v.hash(state),
            ValueRef::Int(v) => v.hash(state),
            ValueRef::Real(v) => v.to_bits().hash(state),
            ValueRef::Text(v) => v.hash(state),
            ValueRef::Blob(v) => v.hash(state),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Display for Value {
    /// As in messages: `NULL`, `7`, `'text'`, `x'00ff'`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueRef::Null => f.write_str("NULL"),
            ValueRef::Bool(v) => v.fmt(f),
            ValueRef::Int(v) => v.fmt(f),
            ValueRef::Real(v) => write!(f, "{v:?}"),
            ValueRef::Text(v) => write!(f, "'{}'", v.replace('\'', "''")),
            ValueRef::Blob(v) => {
                f.write_str("x'")?;
                for byte in *v {
                    write!(f, "{byte:02x}")?;
                }
                f.write_str("'")
            }
        }
    }
}
