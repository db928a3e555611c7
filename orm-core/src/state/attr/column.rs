//! Columns: reading, loading what is expired, and changing.

use std::rc::Rc;

use super::modified;
use crate::declare::Column;
use crate::error::{Code, Error, Result};
use crate::state::host;
use crate::state::node::{Mark, Node};
use crate::state::passive::Passive;
use crate::state::slot::{Slot, SlotState};
use crate::state::track::{Attr, Old};
use crate::value::{Typed, Value, ValueError, ValueRef};

/// The value of a column, loaded where it is expired.
pub(crate) fn get<E, V: Typed>(node: &Rc<Node>, column: Column<E, V>) -> Result<V> {
    read(node, column, V::clone)
}

/// Runs `f` with the value of a column, loaded where it is expired.
pub(crate) fn read<E, V: Typed, R>(
    node: &Rc<Node>,
    column: Column<E, V>,
    f: impl FnOnce(&V) -> R,
) -> Result<R> {
    let index = column.index();
    if node.read(|columns| columns.slot(index).map(super::super::AnySlot::state))? == Some(SlotState::Expired)
    {
        load(node, Passive::OFF)?;
    }
    let known = node.read(|columns| {
        columns
            .slot(index)
            .and_then(|slot| slot.as_any().downcast_ref::<Slot<V>>())
            .and_then(Slot::known)
            .map(f)
    });
    match known? {
        Some(value) => Ok(value),
        None => Err(unset(node, index)),
    }
}

fn unset(node: &Rc<Node>, index: usize) -> Error {
    let mapper = node.core().mapper();
    let attribute = mapper.columns().get(index).map(|column| column.attribute);
    Error::new(Code::Unset, "the column was never set").of(mapper.class(), attribute).help("set it first")
}

/// The value of a column for an accessor: one that was never set reads as `None` where it may be `NULL`.
pub(crate) fn get_or_none<E, V: Typed>(node: &Rc<Node>, column: Column<E, V>) -> Result<V> {
    match get(node, column) {
        Err(error) if error.code() == Code::Unset => V::when_unset().ok_or(error),
        other => other,
    }
}

/// Loads the expired columns of an object.
pub(crate) fn load(node: &Rc<Node>, passive: Passive) -> Result<()> {
    match host::of(node) {
        Some(host) => host.load_expired(node, passive),
        None => Err(Error::new(
            Code::Detached,
            format!("{} has no session to load its columns from", node.core().label()),
        )
        .of(node.core().mapper().class(), None)
        .help("read them while the session lives, or switch `expire_on_commit` off")),
    }
}

/// Sets a column.
pub(crate) fn set<E, V: Typed>(node: &Rc<Node>, column: Column<E, V>, value: V) -> Result<()> {
    let index = column.index();
    value.check().map_err(|error| not_stored(node, index, &error))?;
    before_set(node, index)?;
    put(node, column, value)
}

/// Sets a column of an object that is being built: there is nothing to remember yet.
pub(crate) fn begin<E, V: Typed>(node: &Rc<Node>, column: Column<E, V>, value: V) -> Result<()> {
    value.check().map_err(|error| not_stored(node, column.index(), &error))?;
    put(node, column, value)
}

fn put<E, V: Typed>(node: &Rc<Node>, column: Column<E, V>, value: V) -> Result<()> {
    let index = column.index();
    let old = node.write(|columns| {
        let slot = columns.slot_mut(index)?.as_any_mut().downcast_mut::<Slot<V>>()?;
        Some(std::mem::replace(slot, Slot::Set(value)))
    })?;
    drop(old); // a user's type may run code of its own when it is dropped
    Ok(())
}

/// Sets a column from its stored form.
pub(crate) fn set_value(node: &Rc<Node>, index: usize, value: &Value) -> Result<()> {
    before_set(node, index)?;
    load_value(node, index, value)
}

/// Copies an integer, as most keys are, to a column of an object that is new or has it already. Says whether it
/// did.
pub(crate) fn carry(source: &Rc<Node>, from: usize, dest: &Rc<Node>, to: usize) -> Result<bool> {
    let mut id = None;
    source.read(|columns| {
        columns.slot(from).and_then(|slot| {
            slot.with(&mut |value| {
                id = if let ValueRef::Int(value) = value { Some(value) } else { None };
                Ok(())
            })
        })
    })?;
    let Some(id) = id else { return Ok(false) };
    let core = dest.core();
    // There is nothing to remember of what it was.
    let is_new =
        !core.has_key() && !core.has(Mark::WRITTEN) && super::with_track(dest, |track| track.is_none())?;
    let carried = dest.write(|columns| match columns.slot_mut(to) {
        Some(slot) if slot.is(&Value::Int(id)) => Some(Ok(false)),
        Some(slot) if is_new => Some(slot.load(ValueRef::Int(id)).and_then(|()| slot.check()).map(|()| true)),
        _ => None,
    })?;
    match carried {
        None => Ok(false),
        Some(Err(error)) => Err(not_stored(dest, to, &error)),
        Some(Ok(changed)) => {
            if changed {
                super::mark_modified(dest);
            }
            Ok(true)
        }
    }
}

/// Sets a column from its stored form; it is no change.
pub(crate) fn load_value(node: &Rc<Node>, index: usize, value: &Value) -> Result<()> {
    let loaded = node.write(|columns| {
        columns.slot_mut(index).map(|slot| slot.load(value.as_ref()).and_then(|()| slot.check()))
    })?;
    match loaded {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => Err(not_stored(node, index, &error)),
        None => Err(Error::new(Code::Internal, format!("there is no column {index}"))),
    }
}

/// Empties a column: `NULL`, as a flush does with the foreign key of what lost its parent. In a column
/// of a type that has no `NULL` it stands all the same, until it is written and the database refuses it.
pub(crate) fn clear(node: &Rc<Node>, index: usize) -> Result<()> {
    before_set(node, index)?;
    node.write(|columns| {
        if let Some(slot) = columns.slot_mut(index)
            && slot.load(ValueRef::Null).is_err()
        {
            slot.reset(SlotState::Null);
        }
    })
}

/// The error of a value that doesn't fit its column.
pub(crate) fn not_stored(node: &Rc<Node>, index: usize, error: &ValueError) -> Error {
    let mapper = node.core().mapper();
    let attribute = mapper.columns().get(index).map(|column| column.attribute);
    Error::new(Code::Value, error.to_string()).of(mapper.class(), attribute).caused_by(error.clone())
}

/// From now on the value of a column is kept when it is expired.
pub(crate) fn watch(node: &Rc<Node>, index: usize) -> Result<()> {
    super::with_track_mut(node, |track| track.watch(index))
}

/// The value that a watched column had when it was expired.
pub(crate) fn last_known(node: &Rc<Node>, index: usize) -> Result<Option<Value>> {
    super::with_track(node, |track| track.and_then(|track| track.last_known(index).cloned()))
}

/// Keeps the old value. That of a primary key is loaded for it, since rows are found by it.
fn before_set(node: &Rc<Node>, index: usize) -> Result<()> {
    let mapper = node.core().mapper();
    let Some(column) = mapper.columns().get(index) else {
        return Err(Error::new(Code::Internal, format!("there is no column {index}")));
    };
    if last_known(node, index)?.is_some() {
        super::with_track_mut(node, |track| track.set_last_known(index, None))?;
    }
    if !node.core().has_key() && !node.core().has(Mark::WRITTEN) {
        // Nothing to compare with: the whole row will be inserted.
        super::mark_modified(node);
        return Ok(());
    }
    if column.primary_key
        && node.read(|columns| columns.slot(index).map(super::super::AnySlot::state))?
            == Some(SlotState::Expired)
    {
        load(node, Passive::NO_INIT)?;
    }
    modified(node, Attr::column(index), || Ok(node.column_value(index)?.map_or(Old::NoValue, Old::Value)))
}

/// What is known of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// Its stored form.
    Value(Value),
    /// It was never set.
    Unset,
    /// It is expired, and may not be loaded.
    Unknown,
}

impl Known {
    /// The stored form; `NULL` for what was never set.
    pub(crate) fn or_null(self) -> Option<Value> {
        match self {
            Known::Value(value) => Some(value),
            Known::Unset => Some(Value::Null),
            Known::Unknown => None,
        }
    }
}

/// The stored form of a column as far as `passive` allows.
pub(crate) fn value(node: &Rc<Node>, index: usize, passive: Passive) -> Result<Known> {
    let known = |node: &Rc<Node>| {
        node.read(|columns| match columns.slot(index) {
            Some(slot) if slot.state() == SlotState::Expired => Known::Unknown,
            Some(slot) => slot.value().map_or(Known::Unset, Known::Value),
            None => Known::Unset,
        })
    };
    match known(node)? {
        Known::Unknown if passive.may(Passive::CALLABLES) && passive.may(Passive::SQL) => {
            load(node, passive)?;
            known(node)
        }
        other => Ok(other),
    }
}

/// The stored form of a column as it is in the database.
pub(crate) fn committed_value(node: &Rc<Node>, index: usize, passive: Passive) -> Result<Known> {
    let kept = super::with_track(node, |track| {
        track.and_then(|track| track.old(Attr::column(index))).map(|old| match old {
            Old::Value(value) => Known::Value(value.clone()),
            _ => Known::Value(Value::Null),
        })
    })?;
    match kept {
        Some(kept) => Ok(kept),
        None => value(node, index, passive),
    }
}
