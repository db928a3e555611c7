//! `IntoObj`: what becomes a live object; `IntoRelated`: what becomes one that another object is related to.

use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::{Live, Obj};

/// What becomes a live object: a handle, a builder, a plain value; a reference to a value of a class that is `Clone`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no object, and nothing that becomes one",
    label = "expected an `Obj`, a builder or a value of a mapped class",
    note = "a value is given as it is; by reference where its class is `Clone`"
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

#[diagnostic::do_not_recommend]
impl<T: Live> IntoObj<T> for Obj<T> {
    fn into_obj(self) -> Result<Obj<T>> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> IntoObj<T> for &Obj<T> {
    fn into_obj(self) -> Result<Obj<T>> {
        Ok(self.clone())
    }

    fn into_related(self) -> Result<Handle> {
        Ok(Obj::handle(self).clone())
    }
}

/// What becomes an object that another one is related to: whatever becomes an object of the class; for
/// [`AnyClass`](crate::AnyClass) a handle or a builder of any.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `{T}`",
    label = "expected an `Obj<{T}>`, a builder or a value of it"
)]
pub trait IntoRelated<T: Live> {
    /// Whether it is a plain value, which has to say something in each column.
    #[doc(hidden)]
    const IS_VALUE: bool = false;

    /// The object.
    ///
    /// # Errors
    /// Where a value can't be stored, or the mapping has mistakes.
    #[doc(hidden)]
    fn related(self) -> Result<Handle>;
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoObj<T>> IntoRelated<T> for X {
    const IS_VALUE: bool = X::IS_VALUE;

    fn related(self) -> Result<Handle> {
        self.into_related()
    }
}
