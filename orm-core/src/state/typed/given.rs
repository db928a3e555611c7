//! What is given for objects besides objects: plain values, by value or by reference, and for relationships to any class
//! objects of a known one.

use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::field::{Relate, relate_one};
use crate::state::typed::into_obj::{IntoObj, IntoRelated};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::{AnyClass, Obj};
use crate::state::typed::plain::One;

#[diagnostic::do_not_recommend]
impl<T: Mapped> IntoObj<T> for T {
    const IS_VALUE: bool = true;

    fn into_obj(self) -> Result<Obj<T>> {
        self.into_draft().finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped + Clone> IntoObj<T> for &T {
    const IS_VALUE: bool = true;

    fn into_obj(self) -> Result<Obj<T>> {
        self.clone().into_draft().finish()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> IntoRelated<AnyClass> for Obj<T> {
    fn related(self) -> Result<Handle> {
        self.into_related()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> IntoRelated<AnyClass> for &Obj<T> {
    fn related(self) -> Result<Handle> {
        self.into_related()
    }
}

macro_rules! relate_optional {
    ($(($($class:tt)*) $target:ty: $from:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($class)*> Relate<Option<One<$target>>> for $from {
            fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
                relate_one::<$target>(self, owner, relation)
            }
        }
    )*};
}

relate_optional! {
    (T: Mapped) T: T;
    (T: Mapped + Clone) T: &T;
    (T: Mapped) AnyClass: Obj<T>;
    (T: Mapped) AnyClass: &Obj<T>;
}
