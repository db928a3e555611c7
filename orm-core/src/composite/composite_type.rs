//! `CompositeType`: a type of the user's that several columns make up.

use std::fmt::Display;

use super::parts::Parts;
use crate::value::{Value, ValueError};

/// A type whose values are kept in several columns. The derive of the same name makes a struct one, of its fields; with
/// `#[composite(parts: (i64, i64))]` of other parts, by `TryFrom` of their tuple and `Into` that tuple, so that a value may be
/// refused. A composite of a class ([`Composite`](crate::Composite)) is of such a type.
///
/// ```standalone_crate
/// use orm::prelude::*;
/// use orm::CompositeType;
///
/// #[derive(CompositeType, Clone, Debug, PartialEq)]
/// struct Money {
///     amount: i64,
///     currency: String,
/// }
///
/// /// A span of days, the first before the last.
/// #[derive(CompositeType, Clone, Debug, PartialEq)]
/// #[composite(parts: (i64, i64))]
/// struct Days(std::ops::Range<i64>);
///
/// impl TryFrom<(i64, i64)> for Days {
///     type Error = String;
///
///     fn try_from((first, end): (i64, i64)) -> Result<Self, String> {
///         if first < end { Ok(Days(first..end)) } else { Err(format!("{first} isn't before {end}")) }
///     }
/// }
///
/// impl From<Days> for (i64, i64) {
///     fn from(days: Days) -> Self {
///         (days.0.start, days.0.end)
///     }
/// }
///
/// #[derive(Mapped)]
/// #[mapped(composite(price: Money = (amount, currency)), composite(days: Days = (first_day, end_day)))]
/// struct Offer {
///     #[column(primary_key)]
///     id: i64,
///     amount: i64,
///     currency: String,
///     first_day: i64,
///     end_day: i64,
/// }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let price = Money { amount: 5, currency: "EUR".to_owned() };
/// let offer = session.add(Offer::builder().price(&price).days(Days(1..8)))?;
/// session.commit()?;
/// assert_eq!(offer.price()?, price);
/// offer.set_first_day(9)?;
/// assert_eq!(offer.days().unwrap_err().code(), orm::Code::Value);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't kept in several columns",
    label = "not a composite type",
    note = "add `#[derive(CompositeType)]` to `{Self}`"
)]
pub trait CompositeType: Sized + Clone + 'static {
    /// The types of the columns that make it up, a tuple.
    type Parts: Parts;

    /// Its parts, in the order of the columns.
    fn into_parts(self) -> Self::Parts;

    /// The value that the parts make up.
    ///
    /// # Errors
    /// Where they make up none.
    fn from_parts(parts: Self::Parts) -> Result<Self, ValueError>;
}

/// The parts of a type that says them. For generated code.
pub fn parts_of<C: CompositeType + Into<C::Parts>>(value: C) -> C::Parts {
    value.into()
}

/// What the parts of such a type make up. For generated code.
///
/// # Errors
/// What the type says.
pub fn made_of_parts<C>(parts: C::Parts) -> Result<C, ValueError>
where
    C: CompositeType + TryFrom<C::Parts>,
    C::Error: Display,
{
    C::try_from(parts).map_err(|error| ValueError::new(error.to_string()))
}

/// The values of a key that it is. For generated code.
pub fn key_values<C: CompositeType>(value: C) -> Vec<Value> {
    value.into_parts().key_parts()
}
