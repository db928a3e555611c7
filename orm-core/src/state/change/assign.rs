//! Setting columns: what was there is kept, and the session hears of it.

use crate::declare::Column;
use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::MappedColumn;
use crate::state::change::carried;
use crate::state::change::validate;
use crate::state::memory::access::{not_stored, with_changes, with_changes_mut};
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Slot, SlotState};
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{mark_modified, modified};
use crate::state::read::{column, port};
use crate::value::{Typed, Value, ValueRef};
use std::rc::Rc;

/// Sets a column.
pub(crate) fn set<E, V: Typed>(instance: &Rc<Instance>, column: Column<E, V>, value: V) -> Result<()> {
    let (place, mut slot) = (column.slot(), Slot::Set(value));
    let value = validate::value(instance, place, &mut slot)?;
    value.check().map_err(|error| not_stored(instance, place, &error))?;
    carried::check(instance, place, || Some(value.to_value()))?;
    before_set(instance, place)?;
    put(instance, place, &mut slot)
}

/// Sets a column of an object that is being built: there is nothing to remember yet.
pub(crate) fn set_fresh<E, V: Typed>(instance: &Rc<Instance>, column: Column<E, V>, value: V) -> Result<()> {
    let (place, mut slot) = (column.slot(), Slot::Set(value));
    let value = validate::value(instance, place, &mut slot)?;
    value.check().map_err(|error| not_stored(instance, place, &error))?;
    carried::check(instance, place, || Some(value.to_value()))?;
    forget_late(instance, place)?;
    put(instance, place, &mut slot)
}

/// Sets a column to an expression: the next flush writes it, and the value is loaded when it is read after that.
pub(crate) fn set_late(instance: &Rc<Instance>, place: SlotId, late: Late) -> Result<()> {
    carried::check(instance, place, || None)?;
    copy_late(instance, place, late)
}

/// The same with an expression of an object that is merged: what that has is settled.
pub(crate) fn copy_late(instance: &Rc<Instance>, place: SlotId, late: Late) -> Result<()> {
    before_set(instance, place)?;
    put_late(instance, place, late)
}

/// The same with an object that is being built.
pub(crate) fn set_late_fresh(instance: &Rc<Instance>, place: SlotId, late: Late) -> Result<()> {
    carried::check(instance, place, || None)?;
    put_late(instance, place, late)
}

fn put_late(instance: &Rc<Instance>, place: SlotId, late: Late) -> Result<()> {
    let mapper = instance.header().mapper();
    let column = mapper.column_in(place);
    // A version that the database makes is read again when it was written.
    let finds = |column: &MappedColumn| {
        column.is_primary_key() || column.is_version() && !column.is_version_by_server()
    };
    if column.is_some_and(finds) {
        let what = if column.is_some_and(MappedColumn::is_version) { "version" } else { "key" };
        return Err(Error::new(
            Code::Value,
            format!("a {what} is set to an expression, and its row is found by its value"),
        )
        .about(mapper.class(), mapper.attribute_in(place))
        .help("ask for the value by a query first, and set that"));
    }
    with_changes_mut(instance, |changes| changes.set_late(place, Some(late)))?;
    instance.header().mark(Mark::LATE);
    instance.write(|columns| {
        if let Some(slot) = columns.at_mut(place) {
            slot.reset(SlotState::Expired);
        }
    })
}

/// Puts what is given into a column. What that held comes where the given was, so that it is dropped when nothing is
/// borrowed: a user's type may run code of its own then.
#[inline]
fn put<V: Typed>(instance: &Rc<Instance>, place: SlotId, given: &mut Slot<V>) -> Result<()> {
    instance.write(|columns| {
        let slot = columns.at_mut(place).and_then(|slot| slot.as_any_mut().downcast_mut::<Slot<V>>());
        if let Some(slot) = slot {
            std::mem::swap(slot, given);
        }
    })
}

/// Sets a column from the stored form of a value that the user gives.
pub(crate) fn set_by_name(instance: &Rc<Instance>, place: SlotId, value: &Value) -> Result<()> {
    let asked = validate::stored(instance, place, validate::of_value(instance, place, value))?;
    let given = asked.as_ref().and_then(|slot| slot.value());
    let value = given.as_ref().unwrap_or(value);
    // An object of any class that is being made by names is filled in any order.
    if port::of(instance).is_some() {
        carried::check(instance, place, || Some(value.clone()))?;
    }
    match asked {
        Some(slot) => put_asked(instance, place, &*slot),
        None => set_value(instance, place, value),
    }
}

/// Sets a column to what its validator has left.
fn put_asked(instance: &Rc<Instance>, place: SlotId, asked: &dyn AnySlot) -> Result<()> {
    before_set(instance, place)?;
    instance.write(|columns| {
        if let Some(slot) = columns.at_mut(place) {
            slot.copy_from(asked);
        }
    })
}

/// Sets a column to that of an object that is merged, whose stored form is given. Its validator is asked.
pub(crate) fn merge(given: &Rc<Instance>, merged: &Rc<Instance>, place: SlotId, value: &Value) -> Result<()> {
    let asked = validate::stored(merged, place, |slot| {
        let copied = given.read(|columns| columns.at(place).is_some_and(|source| slot.copy_value(source)))?;
        if copied { Ok(true) } else { validate::of_value(merged, place, value)(slot) }
    })?;
    match (asked, value) {
        (Some(slot), _) => put_asked(merged, place, &*slot),
        (None, Value::Null) => clear(merged, place),
        (None, value) => copy((given, place), (merged, place), value),
    }
}

/// Sets a column from its stored form.
pub(crate) fn set_value(instance: &Rc<Instance>, place: SlotId, value: &Value) -> Result<()> {
    before_set(instance, place)?;
    load_value(instance, place, value)
}

/// Sets a column to the value of another one, whose stored form is given. Where both have one type the value itself is
/// copied: a type may read another form than it is stored in.
pub(crate) fn copy(
    (source, from): (&Rc<Instance>, SlotId),
    (dest, to): (&Rc<Instance>, SlotId),
    stored: &Value,
) -> Result<()> {
    before_set(dest, to)?;
    let is_copied = !Rc::ptr_eq(source, dest)
        && source.read(|columns| {
            let Some(source) = columns.at(from) else { return Ok(false) };
            dest.write(|columns| columns.at_mut(to).is_some_and(|slot| slot.copy_value(source)))
        })??;
    if is_copied { Ok(()) } else { load_value(dest, to, stored) }
}

/// Copies an integer, as most keys are, to a column of an object that is new or has it already. Says whether it
/// did.
pub(crate) fn carry(source: &Rc<Instance>, from: SlotId, dest: &Rc<Instance>, to: SlotId) -> Result<bool> {
    let id = source.read(|columns| columns.at(from).and_then(AnySlot::integer))?;
    let Some(id) = id else { return Ok(false) };
    // Both sides of a relationship carry the key: the second finds it there.
    if dest.read(|columns| columns.at(to).and_then(AnySlot::integer))? == Some(id) {
        return Ok(true);
    }
    let header = dest.header();
    // There is nothing to remember of what it was.
    let is_new =
        !header.has_key() && !header.has(Mark::WRITTEN) && with_changes(dest, |changes| changes.is_none())?;
    if !is_new {
        return Ok(false);
    }
    let carried = dest.write(|columns| {
        let slot = columns.at_mut(to)?;
        // One that doesn't read integers may be of the same type as what is copied.
        slot.load(ValueRef::Int(id)).ok().map(|()| slot.check())
    })?;
    match carried {
        None => Ok(false),
        Some(Err(error)) => Err(not_stored(dest, to, &error)),
        Some(Ok(())) => {
            mark_modified(dest);
            Ok(true)
        }
    }
}

/// Sets a column from its stored form; it is no change.
pub(crate) fn load_value(instance: &Rc<Instance>, place: SlotId, value: &Value) -> Result<()> {
    let loaded = instance.write(|columns| {
        columns.at_mut(place).map(|slot| slot.load(value.as_ref()).and_then(|()| slot.check()))
    })?;
    match loaded {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => Err(not_stored(instance, place, &error)),
        None => Err(Error::new(Code::Internal, format!("there is no column {}", place.index()))),
    }
}

/// Empties a column: `NULL`, as a flush does with the foreign key of what lost its parent. In a column
/// of a type that has no `NULL` it stands all the same, until it is written and the database refuses it.
pub(crate) fn clear(instance: &Rc<Instance>, place: SlotId) -> Result<()> {
    before_set(instance, place)?;
    instance.write(|columns| {
        if let Some(slot) = columns.at_mut(place)
            && slot.load(ValueRef::Null).is_err()
        {
            slot.reset(SlotState::Null);
        }
    })
}

/// What a column was set to counts no more: it gets something else.
#[inline]
fn forget_late(instance: &Rc<Instance>, place: SlotId) -> Result<()> {
    if instance.header().has(Mark::LATE) { forget_late_of(instance, place) } else { Ok(()) }
}

#[inline(never)]
fn forget_late_of(instance: &Rc<Instance>, place: SlotId) -> Result<()> {
    let gone = with_changes_mut(instance, |changes| {
        changes.set_late(place, None);
        changes.forget_written(|one| one.place != place)
    })?;
    drop(gone);
    Ok(())
}

/// Keeps the old value. That of a primary key or a version is loaded for it, since rows are found by it, and one of which
/// that is said.
fn before_set(instance: &Rc<Instance>, place: SlotId) -> Result<()> {
    let mapper = instance.header().mapper();
    let Some(column) = mapper.column_in(place) else {
        return Err(Error::new(Code::Internal, format!("there is no column {}", place.index())));
    };
    if column.is_expression() {
        return Err(Error::new(Code::ReadOnly, "it stands for an expression, which nothing can set")
            .about(mapper.class(), Some(column.attribute()))
            .help("set the columns that the expression reads"));
    }
    forget_late(instance, place)?;
    // Of most objects nothing is remembered yet.
    if instance.header().rare().is_some() && column::last_known(instance, place)?.is_some() {
        with_changes_mut(instance, |changes| changes.set_last_known(place, None))?;
    }
    if !instance.header().has_key() && !instance.header().has(Mark::WRITTEN) {
        // Nothing to compare with: the whole row will be inserted.
        mark_modified(instance);
        return Ok(());
    }
    if column.is_primary_key()
        && instance.read(|columns| columns.at(place).map(AnySlot::state))? == Some(SlotState::Expired)
    {
        column::load(instance, ReadOptions::DATABASE.without_default())?;
    }
    if column.is_version() || column.active_history() {
        column::value(instance, place, ReadOptions::DATABASE.without_default().ignoring_raise())?;
    }
    modified(instance, Attr::Column(place), || {
        Ok(instance.column_value(place)?.map_or(Was::NoValue, Was::Value))
    })
}
