//! Rows written: inserts, updates, deletes, and rows of association tables.

mod delete;
mod insert;
mod link;
mod update;

pub(super) use delete::delete;
pub(super) use link::{link, unlink};

use crate::declare::SlotId;
use crate::mapper::MappedColumn;
use crate::state::memory::slot::Columns;
use std::rc::Rc;

use super::FlushSession;
use super::plan::ItemId;
use super::work::{Role, Work};
use crate::engine::Bind;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{ColumnRef, Tree};
use crate::state::hooks::{Hooks, Place};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::{AnySlot, Slot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::{Value, ValueRef};

/// Saves objects of one class: changed ones first, in the order of their keys, then new ones, in the order in
/// which they were added.
pub(super) fn save(
    work: &mut Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<()> {
    // The keys to sort by are taken in one walk: objects are far apart in memory.
    let mut updates: Vec<update::Update> = Vec::new();
    let mut new: Vec<((i64, u32), ItemId, bool)> = Vec::with_capacity(items.len());
    for item in items {
        let instance = &work.item(*item).instance;
        let header = instance.header();
        match header.key() {
            Some(key) => updates.push(update::Update { item: *item, key, takes_over: false }),
            None => new.push(((header.rank(), header.place.get()), *item, is_key_unset(instance)?)),
        }
    }
    updates.sort_by(|a, b| order(&a.key, &b.key));
    new.sort_unstable();
    let mut inserts: Vec<ItemId> = Vec::with_capacity(new.len());
    for (_, item, is_key_unset) in new {
        let taken = if is_key_unset { None } else { row_to_take_over(work, cx, mapper, item)? };
        match taken {
            Some(key) => updates.push(update::Update { item, key, takes_over: true }),
            None => inserts.push(item),
        }
    }
    let work: &Work = work;
    let hooks = Hooks::of(mapper)?;
    let inserted = || inserts.iter().map(|item| &*work.item(*item).instance);
    let updated = || updates.iter().map(|update| &*work.item(update.item).instance);
    hooks.fire(Place::BeforeInsert, inserted())?;
    hooks.fire(Place::BeforeUpdate, updated())?;
    update::run(work, cx, mapper, &updates)?;
    insert::run(work, cx, mapper, &inserts)?;
    hooks.fire(Place::AfterInsert, inserted())?;
    hooks.fire(Place::AfterUpdate, updated())
}

/// Whether the database generates the key of a new object, which nobody has set.
fn is_key_unset(instance: &Rc<Instance>) -> Result<bool> {
    match instance.header().mapper().db_generated_key() {
        Some(id) => {
            let place = instance.header().mapper().slot(id);
            instance.read(|columns| columns.at(place).map(AnySlot::state) == Some(SlotState::Unset))
        }
        None => Ok(false),
    }
}

/// A new object with the key of a deleted one takes its row over.
fn row_to_take_over(
    work: &mut Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    item: ItemId,
) -> Result<Option<Key>> {
    let instance = &work.item(item).instance;
    let Some(key) = key_of(instance)? else {
        // Expired in a transaction that was rolled back: what it held is lost, and mustn't be written as NULL.
        let first = mapper.key_slots().first().copied();
        let is_expired = |columns: &dyn Columns| {
            first.and_then(|first| columns.at(first)).map(AnySlot::state) == Some(SlotState::Expired)
        };
        if instance.read(is_expired)? {
            column::load(instance, ReadOptions::DATABASE)?;
        }
        return Ok(None);
    };
    let Some(existing) = cx.identity().get(mapper, &key) else { return Ok(None) };
    if cx.was_deleted(&existing)? {
        return Ok(None);
    }
    match work.find(&existing) {
        Some(at) if work.is_deleted(&existing) => {
            work.give(at, Role::TakenOver);
            Ok(Some(key))
        }
        _ => {
            tracing::warn!(
                target: "orm::flush",
                new = %instance.header().label(),
                existing = %existing.header().label(),
                "a new object has the key of one that is in the session"
            );
            Ok(None)
        }
    }
}

/// The key that an object's columns give; `None` while a part of it isn't known.
pub(crate) fn key_of(instance: &Rc<Instance>) -> Result<Option<Key>> {
    let mapper = instance.header().mapper();
    if let [only] = mapper.key_slots() {
        // The usual cases, without a list. First the most usual one, of an `i64`.
        let id = instance.read(|columns| {
            let slot = columns.at(*only)?.as_any().downcast_ref::<Slot<i64>>()?;
            slot.known().copied()
        })?;
        if let Some(id) = id {
            return Ok(Some(Key::Int(id)));
        }
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
#[inline]
fn bind_column(
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
fn bind_key(bind: &mut Bind<'_>, mapper: &Mapper, key: &Key) -> Result<()> {
    match key {
        Key::Int(id) => bind(ValueRef::Int(*id)),
        Key::Values(_) => (0..mapper.primary_key().len()).try_for_each(|at| bind(key.get(at))),
    }
}

/// The condition for the row of a class with a key, whose values are the parameters from a number on.
fn has_key(mapper: &Mapper, from: usize) -> Tree {
    is_row(mapper.primary_key().iter().map(|id| mapper.column_ref(*id)), from)
}

/// The condition for a row by columns, whose values are the parameters from a number on. Without columns it is
/// true for none: nothing must change every row.
fn is_row(columns: impl Iterator<Item = ColumnRef>, from: usize) -> Tree {
    let columns = columns.enumerate();
    let all: Vec<Tree> =
        columns.map(|(at, column)| Tree::from(column).equals(Tree::Param(from + at))).collect();
    if all.is_empty() { Tree::any(all) } else { Tree::all(all) }
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
    let attribute = column.map(MappedColumn::attribute);
    error.about(mapper.class(), attribute)
}

fn stale(mapper: &Mapper, verb: &str, expected: usize, found: u64) -> Error {
    Error::new(
        Code::StaleData,
        format!("{verb} of {expected} row(s) in `{}` matched {found}", mapper.table().name),
    )
    .about(mapper.class(), None)
    .help("somebody else changed or deleted the row: roll back and load it again")
}

/// The key that the row of an object has in the database, for finding it.
fn key_in_database(instance: &Rc<Instance>) -> Result<Key> {
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
