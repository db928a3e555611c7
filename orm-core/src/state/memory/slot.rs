//! `Slot` and `Columns`: typed storage of an object's columns, with the state of each in its slot.

use std::any::Any;
use std::cell::Cell;

use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::MappedColumn;
use crate::value::{Typed, Value, ValueError, ValueRef};

/// A column of an object: not set, expired, deferred, emptied, or set.
#[derive(Clone, Debug, Default)]
pub enum Slot<V> {
    /// Never set or loaded.
    #[default]
    Unset,
    /// Loaded again when it is read.
    Expired,
    /// Loaded when it is first read.
    Deferred,
    /// `NULL` in a column that can't hold it: a foreign key whose object lost its parent. The database refuses
    /// to write it.
    Null,
    /// Known.
    Set(V),
}

/// Which of its states a slot is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// Never set or loaded.
    Unset,
    /// Loaded again when it is read.
    Expired,
    /// Loaded when it is first read.
    Deferred,
    /// `NULL`, though the column's type has none.
    Null,
    /// Known.
    Set,
}

impl<V: Typed> Slot<V> {
    /// A value that was given.
    pub fn given(value: V) -> Self {
        Slot::Set(value)
    }

    /// A value given for a key that the database can generate: 0 (or what the type calls unset) counts as
    /// not given.
    pub fn given_key(value: V) -> Self {
        if value.is_unset_key() { Slot::Unset } else { Slot::Set(value) }
    }

    /// A value given for a column that is only read, which counts for nothing.
    pub fn only_read(_value: V) -> Self {
        Slot::Unset
    }

    /// The value, if it is known. A column that was never set reads as `None` where it may be `NULL`.
    ///
    /// # Errors
    /// `unset` where it isn't known and can't be `NULL`.
    pub fn get(&self) -> Result<&V> {
        match self {
            Slot::Set(value) => Ok(value),
            Slot::Unset | Slot::Expired | Slot::Deferred | Slot::Null => {
                Err(Error::new(Code::Unset, "the column isn't set")
                    .help("set it, or read it by its accessor"))
            }
        }
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<&V> {
        match self {
            Slot::Set(value) => Some(value),
            _ => None,
        }
    }
}

impl SlotState {
    /// That of a column of which the database knows more than its object: the value is loaded when it is read.
    pub(crate) fn unloaded(column: &MappedColumn) -> Self {
        if column.deferred().is_some() { SlotState::Deferred } else { SlotState::Expired }
    }

    /// Whether the database has to be asked for the value.
    pub fn is_unloaded(self) -> bool {
        matches!(self, SlotState::Expired | SlotState::Deferred)
    }
}

/// A slot whose type isn't known.
pub trait AnySlot: Any {
    /// Which state it is in.
    fn state(&self) -> SlotState;

    /// The value, if it is set.
    fn value(&self) -> Option<Value>;

    /// Whether there is no value, or `NULL`.
    fn is_null(&self) -> bool;

    /// The value, if it is set and stored as an integer, as most keys are.
    fn integer(&self) -> Option<i64>;

    /// Lends the value; `None` if it isn't set.
    fn with(&self, f: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Option<Result<()>>;

    /// Sets the value from its stored form.
    ///
    /// # Errors
    /// Where the value doesn't fit the type.
    fn load(&mut self, value: ValueRef<'_>) -> Result<(), ValueError>;

    /// Refuses a value that no database holds.
    ///
    /// # Errors
    /// Where the value can't be stored.
    fn check(&self) -> Result<(), ValueError>;

    /// Puts the slot in a state without a value.
    fn reset(&mut self, state: SlotState);

    /// Whether the stored value is the given one.
    fn is(&self, value: &Value) -> bool;

    /// Copies another slot of the same type.
    fn copy_from(&mut self, other: &dyn AnySlot);

    /// An empty slot of the same type.
    fn fresh(&self) -> Box<dyn AnySlot>;

    /// Copies the value of a slot that differs in type by `Option` at most. Says whether there was one.
    fn copy_value(&mut self, other: &dyn AnySlot) -> bool;

    /// Itself, to be told apart by type.
    fn as_any(&self) -> &dyn Any;

    /// Itself, to be told apart by type.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<V: Typed> AnySlot for Slot<V> {
    #[inline]
    fn state(&self) -> SlotState {
        match self {
            Slot::Unset => SlotState::Unset,
            Slot::Expired => SlotState::Expired,
            Slot::Deferred => SlotState::Deferred,
            Slot::Null => SlotState::Null,
            Slot::Set(_) => SlotState::Set,
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Slot::Set(value) => Some(value.to_value()),
            Slot::Null => Some(Value::Null),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.known().is_none_or(|value| value.with_value(|value| value.is_null()))
    }

    fn integer(&self) -> Option<i64> {
        self.known()?.with_value(|value| match value {
            ValueRef::Int(value) => Some(value),
            _ => None,
        })
    }

    #[inline]
    fn with(&self, f: &mut dyn FnMut(ValueRef<'_>) -> Result<()>) -> Option<Result<()>> {
        match self {
            Slot::Set(value) => Some(value.with_value(f)),
            Slot::Null => Some(f(ValueRef::Null)),
            _ => None,
        }
    }

    #[inline]
    fn load(&mut self, value: ValueRef<'_>) -> Result<(), ValueError> {
        *self = Slot::Set(V::from_value(value)?);
        Ok(())
    }

    fn check(&self) -> Result<(), ValueError> {
        self.known().map_or(Ok(()), V::check)
    }

    fn reset(&mut self, state: SlotState) {
        *self = match state {
            SlotState::Unset => Slot::Unset,
            SlotState::Deferred => Slot::Deferred,
            SlotState::Null => Slot::Null,
            SlotState::Expired | SlotState::Set => Slot::Expired,
        };
    }

    fn is(&self, value: &Value) -> bool {
        match self {
            Slot::Set(known) => known.with_value(|known| known == value.as_ref()),
            Slot::Null => value.is_null(),
            _ => false,
        }
    }

    fn copy_from(&mut self, other: &dyn AnySlot) {
        if let Some(other) = other.as_any().downcast_ref::<Self>() {
            *self = other.clone();
        }
    }

    fn fresh(&self) -> Box<dyn AnySlot> {
        Box::new(Self::Unset)
    }

    fn copy_value(&mut self, other: &dyn AnySlot) -> bool {
        let other = other.as_any();
        let copied = if let Some(same) = other.downcast_ref::<Slot<V>>() {
            same.known().cloned()
        } else if let Some(base) = other.downcast_ref::<Slot<V::Base>>() {
            base.known().cloned().map(V::of_base)
        } else {
            let optional = other.downcast_ref::<Slot<Option<V::Base>>>();
            optional.and_then(Slot::known).cloned().flatten().map(V::of_base)
        };
        copied.map(|value| *self = Slot::Set(value)).is_some()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A value of a row that doesn't fit the type of its column.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// The place of the column among those of its class.
    pub(crate) place: usize,
    /// What is wrong with the value.
    pub(crate) error: ValueError,
}

/// The values of a row, in the order of the class's columns, while columns are made of them. What is wrong with one is
/// noted here and asked for at the end: so the code that the derive writes for each column has no way out of its own,
/// which is what a check of it would cost most.
pub struct RowValues<'r> {
    values: &'r [ValueRef<'r>],
    wrong: Cell<Option<Box<Unreadable>>>,
}

/// What is made of the values of a row. The error is boxed, so that it makes the result no larger.
pub(crate) type OfRow<T> = Result<T, Box<Unreadable>>;

impl<'r> RowValues<'r> {
    /// What `f` makes of the values of a row.
    ///
    /// # Errors
    /// The first column whose value doesn't fit its type.
    #[inline]
    pub(crate) fn make<T>(values: &'r [ValueRef<'r>], f: impl FnOnce(&RowValues<'r>) -> T) -> OfRow<T> {
        let row = RowValues { values, wrong: Cell::new(None) };
        let made = f(&row);
        match row.wrong.into_inner() {
            None => Ok(made),
            Some(wrong) => Err(wrong),
        }
    }

    #[cold]
    fn note(&self, place: usize, error: ValueError) {
        let first = self.wrong.take().unwrap_or_else(|| Box::new(Unreadable { place, error }));
        self.wrong.set(Some(first));
    }
}

/// The slot of a column that a row has a value for; unset where the value doesn't fit the type, which is noted. For
/// generated code.
#[inline]
pub fn slot_of_row<V: Typed>(row: &RowValues<'_>, place: usize) -> Slot<V> {
    let value = row.values.get(place).copied().unwrap_or(ValueRef::Null);
    match V::from_value(value) {
        Ok(value) => Slot::Set(value),
        Err(error) => {
            row.note(place, error);
            Slot::Unset
        }
    }
}

/// Puts the values of a row, which stand in the order of the class's columns, into their slots.
///
/// # Errors
/// The first column whose value doesn't fit its type.
pub(crate) fn load_row(columns: &mut dyn Columns, values: &[ValueRef<'_>]) -> OfRow<()> {
    for (place, value) in values.iter().enumerate() {
        if let Some(slot) = columns.slot_mut(place) {
            slot.load(*value).map_err(|error| Unreadable { place, error })?;
        }
    }
    Ok(())
}

/// The columns of an object. Implemented by the derive: a struct of slots.
pub trait Columns: Any {
    /// The columns of a row. Generated code makes them without the detour over slots of unknown types.
    fn of_row(row: &RowValues<'_>) -> Self
    where
        Self: Sized + Default,
    {
        let mut columns = Self::default();
        if let Err(wrong) = load_row(&mut columns, row.values) {
            row.note(wrong.place, wrong.error);
        }
        columns
    }

    /// The slot at a place.
    fn slot(&self, index: usize) -> Option<&dyn AnySlot>;

    /// The slot at a place.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn AnySlot>;
}

impl dyn Columns {
    /// The slot at a place.
    #[inline]
    pub(crate) fn at(&self, place: SlotId) -> Option<&dyn AnySlot> {
        self.slot(place.index())
    }

    /// The slot at a place, to be changed.
    #[inline]
    pub(crate) fn at_mut(&mut self, place: SlotId) -> Option<&mut dyn AnySlot> {
        self.slot_mut(place.index())
    }
}
