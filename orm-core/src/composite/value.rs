//! `CompositeValue`: what a composite of a class holds, a composite type or an `Option` of one.

use super::composite_type::CompositeType;
use super::parts::Parts;
use crate::value::ValueError;

/// The type of a composite of a class: a [`CompositeType`], or an `Option` of one, whose columns may all be `NULL`: these are
/// then `Option`s.
///
/// Both kinds are covered here, so nobody implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't kept in several columns",
    label = "not a composite type",
    note = "add `#[derive(CompositeType)]` to it"
)]
pub trait CompositeValue: Sized + Clone + 'static {
    /// The type without `Option`.
    type Base: CompositeType;
    /// The types of its columns.
    type Parts: Parts;
    /// The type itself.
    #[doc(hidden)]
    type Itself;

    /// Its parts, in the order of the columns.
    fn into_parts(self) -> Self::Parts;

    /// The value that the parts make up.
    ///
    /// # Errors
    /// Where they make up none.
    fn from_parts(parts: Self::Parts) -> Result<Self, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<C: CompositeType> CompositeValue for C {
    type Base = C;
    type Parts = C::Parts;
    type Itself = C;

    #[inline]
    fn into_parts(self) -> C::Parts {
        CompositeType::into_parts(self)
    }

    #[inline]
    fn from_parts(parts: C::Parts) -> Result<C, ValueError> {
        <C as CompositeType>::from_parts(parts)
    }
}

#[diagnostic::do_not_recommend]
impl<C: CompositeType> CompositeValue for Option<C> {
    type Base = C;
    type Parts = <C::Parts as Parts>::Optional;
    type Itself = Option<C>;

    fn into_parts(self) -> Self::Parts {
        self.map_or_else(C::Parts::missing, |value| CompositeType::into_parts(value).optional())
    }

    fn from_parts(parts: Self::Parts) -> Result<Self, ValueError> {
        match C::Parts::of_optional(parts) {
            Ok(None) => Ok(None),
            Ok(Some(parts)) => <C as CompositeType>::from_parts(parts).map(Some),
            Err(at) => Err(ValueError::new(format!(
                "its part {} is NULL, and others aren't: it is neither there nor `None`",
                at + 1
            ))),
        }
    }
}
