//! The functions that can be validators.

use std::any::Any;
use std::error::Error as StdError;

use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::memory::slot::Slot;
use crate::state::typed::obj::{Live, Obj};
use crate::value::Typed;

/// What a validator says where it refuses.
type Refusal = Box<dyn StdError + Send + Sync>;

/// A function that is asked before a column of type `V` is set: `fn(V) -> Result<V, E>`, or `fn(&Obj<C>, V) -> Result<V, E>`
/// of the object too. The column gets what it returns.
#[diagnostic::on_unimplemented(
    message = "this can't be the validator of a column of type `{V}`",
    label = "expected `fn({V}) -> Result<{V}, E>`",
    note = "it may take the object before the value, as `&Obj<{C}>`; `E` is an error, a `String` or a `&str`"
)]
pub trait ValidateColumn<C: Live, V, By> {
    /// What the column gets.
    ///
    /// # Errors
    /// Where the value is refused.
    fn validate(&self, owner: &Obj<C>, value: V) -> Result<V, Refusal>;
}

#[diagnostic::do_not_recommend]
impl<C: Live, V, E: Into<Refusal>, F: Fn(V) -> Result<V, E>> ValidateColumn<C, V, (E,)> for F {
    fn validate(&self, _: &Obj<C>, value: V) -> Result<V, Refusal> {
        self(value).map_err(Into::into)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Live, V, E: Into<Refusal>, F: Fn(&Obj<C>, V) -> Result<V, E>> ValidateColumn<C, V, (C, E)> for F {
    fn validate(&self, owner: &Obj<C>, value: V) -> Result<V, Refusal> {
        self(owner, value).map_err(Into::into)
    }
}

/// A function that is asked before an object of class `T` comes to a relationship or leaves it: `fn(&Obj<T>) -> Result<(), E>`,
/// or `fn(&Obj<C>, &Obj<T>) -> Result<(), E>` of the object that has the relationship too.
#[diagnostic::on_unimplemented(
    message = "this can't be the validator of a relationship to `{T}`",
    label = "expected `fn(&Obj<{T}>) -> Result<(), E>`",
    note = "it may take the object that has the relationship before, as `&Obj<{C}>`; `E` is an error, a `String` or a `&str`"
)]
pub trait ValidateItem<C: Live, T: Live, By> {
    /// Whether the object may come, or leave.
    ///
    /// # Errors
    /// Where it is refused.
    fn validate(&self, owner: &Obj<C>, item: &Obj<T>) -> Result<(), Refusal>;
}

#[diagnostic::do_not_recommend]
impl<C: Live, T: Live, E: Into<Refusal>, F: Fn(&Obj<T>) -> Result<(), E>> ValidateItem<C, T, (E,)> for F {
    fn validate(&self, _: &Obj<C>, item: &Obj<T>) -> Result<(), Refusal> {
        self(item).map_err(Into::into)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Live, T: Live, E: Into<Refusal>, F: Fn(&Obj<C>, &Obj<T>) -> Result<(), E>> ValidateItem<C, T, (C, E)>
    for F
{
    fn validate(&self, owner: &Obj<C>, item: &Obj<T>) -> Result<(), Refusal> {
        self(owner, item).map_err(Into::into)
    }
}

/// Asks the validator of a column. For generated code.
///
/// # Errors
/// `refused`, and what the library says within the validator.
pub fn validate_column<C: Live, V: Typed, By>(
    owner: &dyn Any,
    slot: &mut dyn Any,
    by: impl ValidateColumn<C, V, By>,
) -> Result<()> {
    ask_validator(owner, slot, &by)
}

/// Asks the validator of a column.
///
/// # Errors
/// As [`validate_column`].
pub(super) fn ask_validator<C: Live, V: Typed, By>(
    owner: &dyn Any,
    slot: &mut dyn Any,
    by: &impl ValidateColumn<C, V, By>,
) -> Result<()> {
    let (Some(owner), Some(slot)) = (owner.downcast_ref::<Handle>(), slot.downcast_mut::<Slot<V>>()) else {
        return Err(other_types());
    };
    match std::mem::take(slot) {
        Slot::Set(value) => {
            *slot = Slot::Set(by.validate(&Obj::from_handle(owner.clone()), value).map_err(refusal)?);
        }
        other => *slot = other,
    }
    Ok(())
}

/// Asks the validator of a relationship. For generated code.
///
/// # Errors
/// As [`validate_column`].
pub fn validate_item<C: Live, T: Live, By>(
    owner: &dyn Any,
    item: &dyn Any,
    by: impl ValidateItem<C, T, By>,
) -> Result<()> {
    let (Some(owner), Some(item)) = (owner.downcast_ref::<Handle>(), item.downcast_ref::<Handle>()) else {
        return Err(other_types());
    };
    by.validate(&Obj::from_handle(owner.clone()), &Obj::from_handle(item.clone())).map_err(refusal)
}

/// The library's own errors stay what they are.
fn refusal(said: Refusal) -> Error {
    match said.downcast::<Error>() {
        Ok(own) => *own,
        Err(said) => Error::new(Code::Refused, said.to_string()).caused_by_boxed(said),
    }
}

#[cold]
pub(super) fn other_types() -> Error {
    Error::new(Code::Internal, "a validator is asked of other types than its own")
}
