//! `ColumnType`: how a Rust type becomes a `Value` and is read back, with range and kind checked.

use std::fmt;

use super::{SqlType, Value, ValueRef};

/// Why a value can't be read as a column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    message: String,
}

impl ValueError {
    /// An error with a message of the type's own, such as "not one of: draft, sent".
    pub fn new(message: impl Into<String>) -> Self {
        ValueError { message: message.into() }
    }

    /// "expected X, found Y".
    pub fn mismatch(expected: &str, found: ValueRef<'_>) -> Self {
        ValueError::new(format!("expected {expected}, found {}", found.kind()))
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}

/// A Rust type that a column can hold. `Option` of it is a column that may be `NULL`: see [`Typed`](super::Typed).
///
/// Implement it for a type of your own by saying how it is stored:
///
/// ```
/// use orm_core::{ColumnType, SqlType, Value, ValueError, ValueRef};
///
/// #[derive(Clone, Debug, PartialEq)]
/// enum Status { Draft, Sent }
///
/// impl ColumnType for Status {
///     const SQL_TYPE: SqlType = SqlType::Text;
///     const NAME: &'static str = "Status";
///     fn to_value(&self) -> Value {
///         Value::Text(match self { Status::Draft => "draft", Status::Sent => "sent" }.to_owned())
///     }
///     fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
///         match value {
///             ValueRef::Text("draft") => Ok(Status::Draft),
///             ValueRef::Text("sent") => Ok(Status::Sent),
///             other => Err(ValueError::new(format!("not a status: {other}"))),
///         }
///     }
/// }
/// assert_eq!(Status::from_value(Status::Sent.to_value().as_ref()), Ok(Status::Sent));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "can't be stored in a column",
    note = "an alias of a relationship type needs `#[relationship]`; for a type of your own implement `ColumnType`"
)]
pub trait ColumnType: Sized + Clone + Send + Sync + 'static {
    /// The type of the column in DDL.
    const SQL_TYPE: SqlType;
    /// The type's name in messages, and what tells types apart when foreign keys are checked.
    const NAME: &'static str;
    /// Whether an integer that a driver gives is the stored form itself, so that keys of it need no conversion.
    #[doc(hidden)]
    const IS_INTEGER: bool = false;

    /// Refuses a value that no database column holds, such as a `u64` above `i64::MAX`. Asked when an
    /// attribute is set, so that the stored forms below can't fail.
    ///
    /// # Errors
    /// Where the value can't be stored.
    fn check(&self) -> Result<(), ValueError> {
        Ok(())
    }

    /// The stored form.
    fn to_value(&self) -> Value;

    /// Reads the stored form.
    ///
    /// # Errors
    /// Where the value is of another kind, or out of the type's range.
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError>;

    /// Lends the stored form, without copying where the type allows.
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        f(self.to_value().as_ref())
    }

    /// The stored form of a value that a driver gives, which may have it in another form: keys are compared by it.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value).
    #[doc(hidden)]
    fn stored(value: ValueRef<'_>) -> Result<Value, ValueError> {
        Self::from_value(value).map(|value| value.to_value())
    }

    /// Whether the value counts as not given when it stands in a plain struct, in a primary key that the database
    /// generates, or has a default for: 0 for integers, an empty text, no bytes.
    fn is_unset_key(&self) -> bool {
        false
    }

    /// What a generated primary key that isn't set is in a plain struct: 0 for integers.
    fn unset_key() -> Option<Self> {
        None
    }

    /// Whether two values are the same to the database. Compares the stored forms; types that can do it
    /// without building them do.
    fn same(&self, other: &Self) -> bool {
        self.to_value() == other.to_value()
    }
}

/// An integer above `i64::MAX` as conditions see it: never stored, but larger than all that is.
macro_rules! beyond {
    ($value:expr) => {{
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_lossless,
            reason = "any such number compares alike"
        )]
        let real = $value as f64;
        real
    }};
}

macro_rules! integers {
    ($($ty:ty => $sql:ident),*) => {$(
        impl ColumnType for $ty {
            const SQL_TYPE: SqlType = SqlType::$sql;
            const NAME: &'static str = stringify!($ty);
            const IS_INTEGER: bool = true;

            fn check(&self) -> Result<(), ValueError> {
                i64::try_from(*self).map(|_| ()).map_err(|_| out_of_range(self))
            }

            fn to_value(&self) -> Value {
                i64::try_from(*self).map_or(Value::Real(beyond!(*self)), Value::Int)
            }

            fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
                match value {
                    ValueRef::Int(v) => <$ty>::try_from(v).map_err(|_| {
                        ValueError::new(format!("{v} is out of the range of `{}`", stringify!($ty)))
                    }),
                    ValueRef::Bool(v) => Ok(<$ty>::from(v)),
                    other => Err(ValueError::mismatch("an integer", other)),
                }
            }

            #[inline]
            fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
                f(i64::try_from(*self).map_or(ValueRef::Real(beyond!(*self)), ValueRef::Int))
            }

            fn is_unset_key(&self) -> bool {
                *self == 0
            }

            fn unset_key() -> Option<Self> {
                Some(0)
            }

            #[inline]
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}

integers!(
    i8 => SmallInt, i16 => SmallInt, i32 => Integer, i64 => BigInt, isize => BigInt,
    u8 => SmallInt, u16 => Integer, u32 => BigInt, u64 => BigInt, usize => BigInt
);

fn out_of_range(value: impl fmt::Display) -> ValueError {
    ValueError::new(format!(
        "{value} is larger than the largest integer that a database stores, {}",
        i64::MAX
    ))
}

impl ColumnType for bool {
    const SQL_TYPE: SqlType = SqlType::Boolean;
    const NAME: &'static str = "bool";
    const IS_INTEGER: bool = true;

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Bool(v) => Ok(v),
            ValueRef::Int(0) => Ok(false),
            ValueRef::Int(1) => Ok(true),
            ValueRef::Int(v) => Err(ValueError::new(format!("{v} is neither 0 nor 1"))),
            other => Err(ValueError::mismatch("a truth value", other)),
        }
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl ColumnType for f64 {
    const SQL_TYPE: SqlType = SqlType::Double;
    const NAME: &'static str = "f64";

    fn to_value(&self) -> Value {
        Value::Real(*self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Real(v) => Ok(v),
            #[allow(
                clippy::cast_precision_loss,
                reason = "databases store whole reals as integers; exact ones pass"
            )]
            ValueRef::Int(v) if (v as f64) as i128 == i128::from(v) => Ok(v as f64),
            ValueRef::Int(v) => Err(ValueError::new(format!("{v} has no exact `f64`"))),
            other => Err(ValueError::mismatch("a real number", other)),
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl ColumnType for f32 {
    const SQL_TYPE: SqlType = SqlType::Real;
    const NAME: &'static str = "f32";

    fn to_value(&self) -> Value {
        Value::Real(f64::from(*self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let wide = f64::from_value(value)?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the range is checked below; precision is the column's"
        )]
        let narrow = wide as f32;
        if wide.is_finite() && !narrow.is_finite() {
            return Err(ValueError::new(format!("{wide:?} is out of the range of `f32`")));
        }
        Ok(narrow)
    }

    fn same(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl ColumnType for String {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "String";

    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Text(v) => Ok(v.to_owned()),
            other => Err(ValueError::mismatch("text", other)),
        }
    }

    fn stored(value: ValueRef<'_>) -> Result<Value, ValueError> {
        Self::from_value(value).map(Value::Text)
    }

    #[inline]
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        f(ValueRef::Text(self))
    }

    fn is_unset_key(&self) -> bool {
        self.is_empty()
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

/// Any value, `NULL` included, as the database has it: what expressions by name are of.
impl ColumnType for Value {
    const SQL_TYPE: SqlType = SqlType::Blob;
    const NAME: &'static str = "Value";

    fn to_value(&self) -> Value {
        self.clone()
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        Ok(value.to_value())
    }

    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        f(self.as_ref())
    }
}

impl ColumnType for Vec<u8> {
    const SQL_TYPE: SqlType = SqlType::Blob;
    const NAME: &'static str = "Vec<u8>";

    fn to_value(&self) -> Value {
        Value::Blob(self.clone())
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Blob(v) => Ok(v.to_owned()),
            other => Err(ValueError::mismatch("bytes", other)),
        }
    }

    fn stored(value: ValueRef<'_>) -> Result<Value, ValueError> {
        Self::from_value(value).map(Value::Blob)
    }

    #[inline]
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        f(ValueRef::Blob(self))
    }

    fn is_unset_key(&self) -> bool {
        self.is_empty()
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
