//! `Typed`: the value of a column or an expression, a column type or an `Option` of one.

use super::{ColumnType, SqlType, Value, ValueError, ValueRef};

/// The Rust type of a column or of an expression: a [`ColumnType`], or an `Option` of one where the value may be
/// `NULL`.
///
/// Both kinds are covered here, so nobody implements it: a type of your own implements [`ColumnType`].
///
/// ```
/// use orm_core::{Typed, Value};
/// fn stored<V: Typed>(value: &V) -> Value {
///     Typed::to_value(value)
/// }
/// assert_eq!(stored(&Some(7_i64)), Value::Int(7));
/// assert_eq!(stored(&None::<i64>), Value::Null);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "can't be stored in a column",
    note = "an alias of a relationship type needs `#[relationship]`; for a type of your own implement `ColumnType`"
)]
pub trait Typed: Sized + Clone + Send + Sync + 'static {
    /// The type without `Option`.
    type Base: ColumnType + Typed;
    /// A type that is as nullable as this one: what an operator makes of the value of `U`.
    type Wrap<U: Typed>: Typed;

    /// Whether the value may be `NULL`.
    const NULLABLE: bool;
    /// The type of the column in DDL.
    const SQL_TYPE: SqlType = <Self::Base as ColumnType>::SQL_TYPE;
    /// The type's name in messages, without `Option`.
    const NAME: &'static str = <Self::Base as ColumnType>::NAME;

    /// Refuses a value that no database column holds.
    ///
    /// # Errors
    /// Where the value can't be stored.
    fn check(&self) -> Result<(), ValueError>;

    /// The stored form.
    fn to_value(&self) -> Value;

    /// Reads the stored form.
    ///
    /// # Errors
    /// Where the value is of another kind, out of the type's range, or `NULL` where the type has none.
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError>;

    /// Lends the stored form, without copying where the type allows.
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R;

    /// Whether the value counts as not given when it stands in a generated primary key of a plain struct.
    fn is_unset_key(&self) -> bool;

    /// What a generated primary key that isn't set is in a plain struct: 0 for integers.
    fn unset_key() -> Option<Self>;

    /// The value of the type without `Option`, as this type.
    fn of_base(value: Self::Base) -> Self;

    /// The value without `Option`, if there is one.
    fn into_base(self) -> Option<Self::Base>;

    /// What a column that was never set reads as: `None` for `Option`, nothing for the rest.
    fn when_unset() -> Option<Self>;

    /// Whether two values are the same to the database.
    fn same(&self, other: &Self) -> bool;
}

/// The stored forms of the library's own column types.
macro_rules! from {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Typed::to_value(&value)
            }
        }
    )*};
}

from!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, bool, f32, f64, String, Vec<u8>);

/// `NULL` for `None`.
///
/// ```
/// use orm_core::Value;
/// assert_eq!([Value::from(7), "ed".into(), None::<bool>.into()], [Value::Int(7), Value::Text("ed".into()), Value::Null]);
/// ```
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl<T: ColumnType> Typed for T {
    type Base = T;
    type Wrap<U: Typed> = U;
    const NULLABLE: bool = false;

    #[inline]
    fn check(&self) -> Result<(), ValueError> {
        ColumnType::check(self)
    }

    #[inline]
    fn to_value(&self) -> Value {
        ColumnType::to_value(self)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        <T as ColumnType>::from_value(value)
    }

    #[inline]
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        ColumnType::with_value(self, f)
    }

    fn is_unset_key(&self) -> bool {
        ColumnType::is_unset_key(self)
    }

    fn unset_key() -> Option<Self> {
        <T as ColumnType>::unset_key()
    }

    fn of_base(value: T) -> Self {
        value
    }

    fn into_base(self) -> Option<T> {
        Some(self)
    }

    fn when_unset() -> Option<Self> {
        None
    }

    #[inline]
    fn same(&self, other: &Self) -> bool {
        ColumnType::same(self, other)
    }
}

impl<T: ColumnType> Typed for Option<T> {
    type Base = T;
    type Wrap<U: Typed> = Option<U::Base>;
    const NULLABLE: bool = true;

    fn check(&self) -> Result<(), ValueError> {
        self.as_ref().map_or(Ok(()), ColumnType::check)
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ColumnType::to_value)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Null => Ok(None),
            other => <T as ColumnType>::from_value(other).map(Some),
        }
    }

    #[inline]
    fn with_value<R>(&self, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
        match self {
            Some(v) => ColumnType::with_value(v, f),
            None => f(ValueRef::Null),
        }
    }

    fn is_unset_key(&self) -> bool {
        self.is_none()
    }

    fn unset_key() -> Option<Self> {
        None
    }

    fn of_base(value: T) -> Self {
        Some(value)
    }

    fn into_base(self) -> Option<T> {
        self
    }

    fn when_unset() -> Option<Self> {
        Some(None)
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => ColumnType::same(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}
