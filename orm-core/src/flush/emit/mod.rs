//! Rows written: inserts, updates, deletes, and rows of tables between.

mod delete;
mod insert;
mod link;
mod update;

pub(super) use delete::delete;
pub(super) use link::{link, unlink};

use std::rc::Rc;

use super::FlushCx;
use super::work::Work;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::state::attr::column::{self, Known};
use crate::state::attr::with_track;
use crate::state::{AnySlot, Attr, Handle, Key, Node, Passive, SlotState};
use crate::value::{Value, ValueRef};

/// Saves objects of one class: changed ones first, in the order of their keys, then new ones, in the order in
/// which they were added.
pub(super) fn save(
    work: &mut Work,
    cx: &dyn FlushCx,
    mapper: &'static Mapper,
    items: Vec<u32>,
) -> Result<()> {
    // The keys to sort by are taken in one walk: objects are far apart in memory.
    let mut old: Vec<(Key, Handle)> = Vec::new();
    let mut new: Vec<((u32, u32), u32, bool)> = Vec::with_capacity(items.len());
    for item in items {
        let node = &work.item(item).node;
        let core = node.core();
        match core.key() {
            Some(key) => old.push((key, node.clone())),
            None => new.push(((core.order.get(), core.place.get()), item, is_key_unset(node)?)),
        }
    }
    old.sort_by(|a, b| order(&a.0, &b.0));
    let mut updates: Vec<update::Update> =
        old.into_iter().map(|(_, node)| update::Update::of(node)).collect();
    new.sort_unstable();
    let mut inserts = Vec::with_capacity(new.len());
    for (_, item, is_key_unset) in new {
        let taken = if is_key_unset { None } else { row_to_take_over(work, cx, mapper, item)? };
        match taken {
            Some(key) => updates.push(update::Update::over(work.item(item).node.clone(), key)),
            None => inserts.push(item),
        }
    }
    update::run(cx, mapper, &updates)?;
    insert::run(cx, mapper, inserts.iter().map(|item| &work.item(*item).node))
}

/// Whether the database generates the key of a new object, which nobody has set.
fn is_key_unset(node: &Rc<Node>) -> Result<bool> {
    match node.core().mapper().generated_key() {
        Some(index) => node.read(|columns| columns.slot(index).map(AnySlot::state) == Some(SlotState::Unset)),
        None => Ok(false),
    }
}

/// A new object with the key of a deleted one takes its row over.
fn row_to_take_over(
    work: &mut Work,
    cx: &dyn FlushCx,
    mapper: &'static Mapper,
    item: u32,
) -> Result<Option<Key>> {
    let node = &work.item(item).node;
    let Some(key) = key_of(node)? else {
        // Expired in a transaction that was rolled back: what it held is lost, and mustn't be written as NULL.
        let first = mapper.primary_key().first().copied().unwrap_or(0);
        if node.read(|columns| columns.slot(first).map(AnySlot::state))? == Some(SlotState::Expired) {
            column::load(node, Passive::OFF)?;
        }
        return Ok(None);
    };
    let Some(existing) = cx.identity().get(mapper, &key) else { return Ok(None) };
    if cx.was_deleted(&existing)? {
        return Ok(None);
    }
    match work.find(&existing) {
        Some(at) if work.is_deleted(&existing) => {
            work.list_only(at);
            Ok(Some(key))
        }
        _ => {
            tracing::warn!(
                target: "orm::flush",
                new = %node.core().label(),
                existing = %existing.core().label(),
                "a new object has the key of one that is in the session"
            );
            Ok(None)
        }
    }
}

/// The key that an object's columns give; `None` while a part of it isn't known.
pub(crate) fn key_of(node: &Rc<Node>) -> Result<Option<Key>> {
    let mapper = node.core().mapper();
    if let [only] = mapper.primary_key() {
        // The usual case, without a list.
        let mut key = None;
        node.read(|columns| {
            columns.slot(*only).and_then(|slot| {
                slot.with(&mut |value| {
                    key = match value {
                        ValueRef::Null => None,
                        ValueRef::Int(id) => Some(Key::Int(id)),
                        other => Some(Key::new(vec![other.to_value()])),
                    };
                    Ok(())
                })
            })
        })?;
        return Ok(key);
    }
    let mut values = Vec::with_capacity(mapper.primary_key().len());
    for index in mapper.primary_key() {
        match column::value(node, *index, Passive::NO_INITIALIZE)? {
            Known::Value(value) if !value.is_null() => values.push(value),
            _ => return Ok(None),
        }
    }
    Ok(Some(Key::new(values)))
}

/// Keys in the order of their values.
fn order(a: &Key, b: &Key) -> std::cmp::Ordering {
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
fn bind_column(
    statement: &mut dyn crate::engine::Statement,
    at: usize,
    slot: Option<&dyn AnySlot>,
    (mapper, index): (&Mapper, usize),
) -> Result<()> {
    let bound = match slot.and_then(|slot| slot.with(&mut |value| statement.bind(at, value))) {
        Some(done) => done,
        None => statement.bind(at, ValueRef::Null),
    };
    bound
        .map_err(|error| error.of(mapper.class(), mapper.columns().get(index).map(|column| column.attribute)))
}

/// Binds the values of a key.
fn bind_key(
    statement: &mut dyn crate::engine::Statement,
    from: usize,
    mapper: &Mapper,
    key: &Key,
) -> Result<()> {
    (0..mapper.primary_key().len()).try_for_each(|at| statement.bind(from + at, key.get(at)))
}

/// What the database said to a row, with the class, and the attribute where the database names a column of it.
/// That it is locked or full is about no class.
fn about(mapper: &Mapper, error: Error) -> Error {
    if error.code() != Code::Integrity {
        return error;
    }
    let column = error.driver().and_then(|driver| match (driver.table(), driver.columns()) {
        (Some(table), [column]) if table == mapper.table().name => mapper.column_named(column),
        _ => None,
    });
    let attribute = column.and_then(|index| mapper.columns().get(index)).map(|column| column.attribute);
    error.of(mapper.class(), attribute)
}

fn stale(mapper: &Mapper, verb: &str, expected: usize, found: u64) -> Error {
    Error::new(
        Code::StaleData,
        format!("{verb} of {expected} row(s) in `{}` matched {found}", mapper.table().name),
    )
    .of(mapper.class(), None)
    .help("somebody else changed or deleted the row: roll back and load it again")
}

/// The value that the column has in the database, for finding its row.
fn key_in_database(node: &Rc<Node>) -> Result<Key> {
    let mapper = node.core().mapper();
    if let [only] = mapper.primary_key() {
        // The usual case: one integer that is loaded and was never changed.
        let attr = Attr::column(*only);
        if with_track(node, |track| track.is_none_or(|track| track.old(attr).is_none()))?
            && let Some(key @ Key::Int(_)) = key_of(node)?
        {
            return Ok(key);
        }
    }
    let mut values: Vec<Value> = Vec::with_capacity(mapper.primary_key().len());
    for index in mapper.primary_key() {
        match column::committed_value(node, *index, Passive::OFF)?.or_null() {
            Some(value) if !value.is_null() => values.push(value),
            _ => {
                let attribute = mapper.columns().get(*index).map(|column| column.attribute);
                return Err(Error::new(
                    Code::Flush,
                    format!("the row of {} can't be found by a key that is NULL", node.core().label()),
                )
                .of(mapper.class(), attribute));
            }
        }
    }
    Ok(Key::new(values))
}
