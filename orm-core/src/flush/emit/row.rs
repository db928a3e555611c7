//! A row of a class: its key, the condition that finds it, its values as parameters, and what is wrong with it.

use crate::declare::SlotId;
use std::rc::Rc;

use crate::engine::{Bind, Done};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{ColumnRef, Op, Tree};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::{Value, ValueError, ValueRef};

/// The key that an object's columns give; `None` while a part of it isn't known.
pub(crate) fn key_of(instance: &Rc<Instance>) -> Result<Option<Key>> {
    let mapper = instance.header().mapper();
    // Most keys are one integer.
    if let [only] = mapper.key_slots()
        && let Some(id) = instance.read(|columns| columns.at(*only).and_then(AnySlot::integer))?
    {
        return Ok(Some(Key::Int(id)));
    }
    key_of_values(instance, mapper)
}

#[inline(never)]
fn key_of_values(instance: &Rc<Instance>, mapper: &'static Mapper) -> Result<Option<Key>> {
    if let [only] = mapper.key_slots() {
        // Without a list.
        let value = instance.column_value(*only)?.filter(|value| !value.is_null());
        return Ok(value.map(|value| Key::new(vec![value])));
    }
    let mut values = Vec::with_capacity(mapper.primary_key().len());
    for place in mapper.key_slots() {
        match column::value(instance, *place, ReadOptions::MEMORY)? {
            Read::Known(value) if !value.is_null() => values.push(value),
            _ => return Ok(None),
        }
    }
    Ok(Some(Key::new(values)))
}

/// Keys in the order of their values.
pub(super) fn order(a: &Key, b: &Key) -> std::cmp::Ordering {
    fn one(a: ValueRef<'_>, b: ValueRef<'_>) -> std::cmp::Ordering {
        match (a, b) {
            (ValueRef::Int(a), ValueRef::Int(b)) => a.cmp(&b),
            (ValueRef::Real(a), ValueRef::Real(b)) => a.total_cmp(&b),
            (ValueRef::Text(a), ValueRef::Text(b)) => a.cmp(b),
            (ValueRef::Blob(a), ValueRef::Blob(b)) => a.cmp(b),
            (a, b) => a.kind().cmp(b.kind()),
        }
    }
    match (a, b) {
        (Key::Int(a), Key::Int(b)) => a.cmp(b),
        (Key::Values(a), Key::Values(b)) => a
            .iter()
            .zip(b.iter())
            .map(|(a, b)| one(a.as_ref(), b.as_ref()))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.len().cmp(&b.len())),
        _ => one(a.get(0), b.get(0)),
    }
}

/// Binds a column of an object; what was never set is `NULL`.
///
/// # Errors
/// Of the attribute whose value the database can't take.
#[inline]
pub(super) fn bind_column(
    bind: &mut Bind<'_>,
    slot: Option<&dyn AnySlot>,
    (mapper, place): (&Mapper, SlotId),
) -> Result<()> {
    let bound = match slot.and_then(|slot| slot.with(bind)) {
        Some(done) => done,
        None => bind(ValueRef::Null),
    };
    bound.map_err(|error| error.about(mapper.class(), mapper.attribute_in(place)))
}

/// Binds the values of a key.
pub(super) fn bind_key(bind: &mut Bind<'_>, mapper: &Mapper, key: &Key) -> Result<()> {
    match key {
        Key::Int(id) => bind(ValueRef::Int(*id)),
        Key::Values(_) => (0..mapper.primary_key().len()).try_for_each(|at| bind(key.get(at))),
    }
}

/// The condition for the row of a class with a key, whose values are the parameters from a number on.
pub(super) fn has_key(mapper: &Mapper, from: usize) -> Tree {
    is_row(mapper.primary_key().iter().map(|id| mapper.column_ref(*id)), from)
}

/// The condition for the rows of a class that have one of so many keys of one column, which are the parameters from 0 on.
pub(super) fn has_key_among(mapper: &Mapper, keys: usize) -> Tree {
    let columns = mapper.primary_key().iter().map(|id| Tree::from(mapper.column_ref(*id)));
    Tree::node(Op::In, columns.chain((0..keys).map(Tree::Param)).collect())
}

/// The condition for the row of a class with that key.
pub(super) fn has_key_of(mapper: &Mapper, key: &Key) -> Tree {
    let columns = mapper.primary_key().iter().map(|id| mapper.column_ref(*id)).enumerate();
    Tree::all(columns.map(|(at, column)| Tree::from(column).equals(Tree::Value(key.get(at).to_value()))))
}

/// The condition for a row by columns, whose values are the parameters from a number on. Without columns it is
/// true for none: nothing must change every row.
pub(super) fn is_row(columns: impl Iterator<Item = ColumnRef>, from: usize) -> Tree {
    let columns = columns.enumerate();
    let all: Vec<Tree> =
        columns.map(|(at, column)| Tree::from(column).equals(Tree::Param(from + at))).collect();
    if all.is_empty() { Tree::any(all) } else { Tree::all(all) }
}

/// An insert that made no row, or several.
#[cold]
pub(super) fn not_one_row(table: &str, done: Done) -> Error {
    let made = if done.rows == 0 { "no row".to_owned() } else { format!("{} rows", done.rows) };
    Error::new(Code::Flush, format!("an insert into `{table}` made {made}")).help(
        "the database ignores the row: by `ON CONFLICT IGNORE`, a trigger with `RAISE(IGNORE)`, or since the table \
         is a view",
    )
}

#[cold]
pub(super) fn without_row(mapper: &Mapper, done: Done) -> Error {
    not_one_row(mapper.table().name, done).about(mapper.class(), None)
}

#[cold]
pub(super) fn unfit_key(mapper: &Mapper, error: &ValueError) -> Error {
    let attribute = mapper.db_generated_key().map(|id| mapper.column(id).attribute());
    Error::new(Code::Value, format!("the generated key doesn't fit its column: {error}"))
        .about(mapper.class(), attribute)
        .help("make the column an `i64`")
}

pub(super) fn stale(mapper: &Mapper, verb: &str, expected: usize, found: u64) -> Error {
    Error::new(Code::StaleData, mismatch(verb, mapper.table().name, expected, found))
        .about(mapper.class(), None)
        .help("somebody else changed or deleted the row: roll back and load it again")
}

/// What was found instead of one row for each that was to be changed.
pub(super) fn mismatch(verb: &str, table: &str, expected: usize, found: u64) -> String {
    let more = if found == expected as u64 { ", but not one for each" } else { "" };
    format!("{verb} of {expected} row(s) in `{table}` matched {found}{more}")
}

/// The key that the row of an object has in the database, for finding it.
pub(in crate::flush) fn key_in_database(instance: &Rc<Instance>) -> Result<Key> {
    let header = instance.header();
    let mapper = header.mapper();
    // The usual case: one integer that is loaded and was never changed, so that it is the object's identity.
    if let [only] = mapper.key_slots()
        && let Some(key @ Key::Int(_)) = header.key()
        && is_loaded_unchanged(instance, *only)?
    {
        return Ok(key);
    }
    let mut values: Vec<Value> = Vec::with_capacity(mapper.primary_key().len());
    for place in mapper.key_slots() {
        match column::committed_value(instance, *place, ReadOptions::DATABASE)?.or_null() {
            Some(value) if !value.is_null() => values.push(value),
            _ => {
                let attribute = mapper.attribute_in(*place);
                return Err(Error::new(
                    Code::Flush,
                    format!("the row of {} can't be found by a key that is NULL", header.label()),
                )
                .about(mapper.class(), attribute));
            }
        }
    }
    Ok(Key::new(values))
}

fn is_loaded_unchanged(instance: &Rc<Instance>, place: SlotId) -> Result<bool> {
    let attr = Attr::Column(place);
    Ok(with_changes(instance, |changes| changes.is_none_or(|changes| changes.was(attr).is_none()))?
        && instance.read(|columns| columns.at(place).map(AnySlot::state) == Some(SlotState::Set))?)
}
