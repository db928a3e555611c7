//! `IntoObj`: what becomes a live object.

use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::{Live, Obj};

/// What becomes a live object: a handle, a builder, a plain value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `{T}`",
    label = "expected an `Obj<{T}>`, a builder or a value of it"
)]
pub trait IntoObj<T: Live> {
    /// Whether it is a plain value, which has to say something in each column.
    #[doc(hidden)]
    const IS_VALUE: bool = false;

    /// The object.
    ///
    /// # Errors
    /// Where a value can't be stored, or the mapping has mistakes.
    fn into_obj(self) -> Result<Obj<T>>;

    /// The object, to be related to another one.
    #[doc(hidden)]
    fn into_related(self) -> Result<Handle>
    where
        Self: Sized,
    {
        self.into_obj().map(|object| Obj::handle(&object).clone())
    }
}

impl<T: Live> IntoObj<T> for Obj<T> {
    fn into_obj(self) -> Result<Obj<T>> {
        Ok(self)
    }
}

impl<T: Live> IntoObj<T> for &Obj<T> {
    fn into_obj(self) -> Result<Obj<T>> {
        Ok(self.clone())
    }

    fn into_related(self) -> Result<Handle> {
        Ok(Obj::handle(self).clone())
    }
}
