//! Whose column an attribute names.

/// A class that is the one whose column is to be named.
#[diagnostic::on_unimplemented(
    message = "the column is one of `{Self}`, and the items of the collection are `{T}`",
    label = "no column of `{T}`"
)]
pub trait OfClass<T> {}

#[diagnostic::do_not_recommend]
impl<T> OfClass<T> for T {}
