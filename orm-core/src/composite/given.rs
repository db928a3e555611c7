//! `CompositeGiven`: what can be given for a composite.

use super::composite_type::CompositeType;
use super::value::CompositeValue;

/// What can be given for a composite of type `V`: the value itself or a reference to it, and where it is an `Option` also the
/// value without `Some`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a composite of type `{V}`",
    label = "expected `{V}`"
)]
pub trait CompositeGiven<V> {
    /// The value of the composite.
    #[doc(hidden)]
    fn given(self) -> V;
}

/// Calls a macro with what is given for which type. One impl for all that `CompositeGiven` takes would leave no room for
/// what else a trait takes.
macro_rules! each_given {
    ($impls:ident) => {
        $impls! {
            [V: CompositeValue] V, V;
            [V: CompositeValue] V, &V;
            [C: CompositeType] Option<C>, C;
            [C: CompositeType] Option<C>, &C;
        }
    };
}

pub(super) use each_given;

#[diagnostic::do_not_recommend]
impl<V: CompositeValue> CompositeGiven<V> for V {
    #[inline]
    fn given(self) -> V {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<V: CompositeValue> CompositeGiven<V> for &V {
    fn given(self) -> V {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<C: CompositeType> CompositeGiven<Option<C>> for C {
    fn given(self) -> Option<C> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: CompositeType> CompositeGiven<Option<C>> for &C {
    fn given(self) -> Option<C> {
        Some(self.clone())
    }
}
