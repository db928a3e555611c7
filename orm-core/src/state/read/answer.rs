//! `Read`: the answer to a question about an attribute.

use crate::value::Value;

/// What is known of an attribute, as far as it may be read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Read<T> {
    /// It has this value.
    Known(T),
    /// It has no value.
    Unset,
    /// It isn't known, and may not be loaded.
    Unknown,
}

impl<T> Read<Option<T>> {
    /// What a relationship to one object leads to, if that is known.
    pub(crate) fn object(self) -> Option<T> {
        match self {
            Read::Known(one) => one,
            Read::Unset | Read::Unknown => None,
        }
    }

    /// The same without taking it.
    pub(crate) fn as_object(&self) -> Option<&T> {
        match self {
            Read::Known(one) => one.as_ref(),
            Read::Unset | Read::Unknown => None,
        }
    }
}

impl Read<Value> {
    /// The stored form; `NULL` for what was never set.
    pub(crate) fn or_null(self) -> Option<Value> {
        match self {
            Read::Known(value) => Some(value),
            Read::Unset => Some(Value::Null),
            Read::Unknown => None,
        }
    }
}
