//! `OptionsFor`: what stands for options of a class.

use super::option::LoadOption;

/// A class that is the same as another.
#[diagnostic::on_unimplemented(
    message = "`depth` repeats a relationship of a class to itself",
    label = "this one leads from `{Self}` to `{U}`"
)]
pub trait SameClass<U> {}

#[diagnostic::do_not_recommend]
impl<U> SameClass<U> for U {}

/// Options for objects of class `E`: an option, a tuple or a list of them, or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no option for `{E}`",
    label = "expected an option that begins at `{E}`, or a tuple or a list of them"
)]
pub trait OptionsFor<E> {
    /// Adds them.
    #[doc(hidden)]
    fn put(self, into: &mut Vec<LoadOption>);
}
