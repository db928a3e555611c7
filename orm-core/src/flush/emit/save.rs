//! Saving: which objects are updated, which are inserted, and which take over a row.

use crate::state::memory::slot::Columns;
use std::rc::Rc;

use super::super::dependency::move_rows;
use super::super::plan::ItemId;
use super::super::port::FlushSession;
use super::super::work::{Role, Work};
use super::extra::leave_expressions;
use super::row::{key_of, order};
use super::{insert, read_back, update, version};
use crate::declare::SlotId;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::change::defaults;
use crate::state::change::hooks::{Hooks, Place};
use crate::state::key::Key;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;

/// A new object: its rank and its place in the session, and whether the database generates its key.
type New = ((i64, u32), ItemId, bool);

/// Saves objects of one class: first new ones that take over rows, then changed ones, in the order of their keys, then
/// the other new ones, in the order in which they were added.
pub(in crate::flush) fn save(
    work: &mut Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<()> {
    // The keys to sort by are taken in one walk: objects are far apart in memory.
    let made_key = mapper.db_generated_key().map(|id| mapper.slot(id));
    let mut updates: Vec<update::Update> = Vec::new();
    let mut new: Vec<New> = Vec::with_capacity(items.len());
    for item in items {
        let instance = &work.item(*item).instance;
        let header = instance.header();
        match header.key() {
            Some(key) => updates.push(update::Update::of(*item, key, false)),
            None => new.push(((header.rank(), header.place.get()), *item, is_key_unset(instance, made_key)?)),
        }
    }
    updates.sort_by(|a, b| order(&a.key, &b.key));
    new.sort_unstable();
    let hooks = Hooks::of(mapper)?;
    hooks.fire(Place::BeforeInsert, new.iter().map(|(_, item, _)| &*work.item(*item).instance))?;
    hooks.fire(Place::BeforeUpdate, updates.iter().map(|update| &*work.item(update.item).instance))?;
    if mapper.is_heard() {
        look_again(work, &mut new, made_key)?;
    }
    let mut inserts: Vec<ItemId> = Vec::with_capacity(new.len());
    let mut takes_over: Vec<update::Update> = Vec::new();
    for (_, item, is_unset) in new {
        let taken = if is_unset { None } else { row_to_take_over(work, cx, mapper, item)? };
        match taken {
            Some(key) => takes_over.push(update::Update::of(item, key, true)),
            None => inserts.push(item),
        }
    }
    if !takes_over.is_empty() {
        takes_over.append(&mut updates);
        updates = takes_over;
    }
    let saved: &Work = work;
    find_versions(saved, cx, mapper, &mut updates)?;
    let inserted = || inserts.iter().map(|item| &*saved.item(*item).instance);
    let updated = || updates.iter().map(|update| &*saved.item(update.item).instance);
    hooks.fire(Place::Inserting, inserted())?;
    if cx.rules().writes_taken_over {
        let taking_over = updates.iter().take_while(|update| update.takes_over);
        fill_defaults(saved, mapper, taking_over.map(|update| update.item))?;
    }
    let rekeyed = update::run(saved, cx, mapper, &updates)?;
    insert::run(saved, cx, mapper, &inserts)?;
    leave_expressions(mapper, updated(), false)?;
    leave_expressions(mapper, inserted(), true)?;
    read_back::read_back(cx, mapper, updated().chain(inserted()))?;
    hooks.fire(Place::AfterInsert, inserted())?;
    hooks.fire(Place::AfterUpdate, updated())?;
    if cx.rules().deletes_own_rows && work.deletes(mapper) {
        let inserted = inserts.iter().map(|item| &work.item(*item).instance);
        let keyed = inserted.filter(|instance| instance.header().has(Mark::GENERATED));
        let keys = keyed.filter_map(|instance| key_of(instance).transpose()).collect::<Result<Vec<_>>>()?;
        work.note_given_keys(mapper, keys);
    }
    if !rekeyed.is_empty() {
        if cx.rules().follows_rows {
            move_rows(work, &rekeyed)?;
        }
        work.note_rekeyed(rekeyed);
    }
    Ok(())
}

/// Finds the versions of rows that are to be updated. That of a row which a new object takes over is known to the
/// object that had it.
///
/// # Errors
/// What loading says.
fn find_versions(
    work: &Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    updates: &mut [update::Update],
) -> Result<()> {
    let Some(version) = mapper.version() else { return Ok(()) };
    for update in updates {
        let before = if update.takes_over { cx.identity().get(mapper, &update.key) } else { None };
        let instance = before.as_ref().unwrap_or(&work.item(update.item).instance);
        update.version = version::in_database(instance, version)?;
    }
    Ok(())
}

/// A new object has its defaults also where it takes over a row.
fn fill_defaults(
    work: &Work,
    mapper: &'static Mapper,
    mut items: impl Iterator<Item = ItemId>,
) -> Result<()> {
    let Some(first) = items.next() else { return Ok(()) };
    let Some(fill) = defaults::filler(mapper, false) else { return Ok(()) };
    std::iter::once(first).chain(items).try_for_each(|item| fill(&work.item(item).instance))
}

/// Whether nobody has set the key of a new object, where the database generates it: in that place.
#[inline]
fn is_key_unset(instance: &Rc<Instance>, place: Option<SlotId>) -> Result<bool> {
    let Some(place) = place else { return Ok(false) };
    instance.read(|columns| columns.at(place).map(AnySlot::state) == Some(SlotState::Unset))
}

/// Listeners were called, which may have set keys.
#[cold]
fn look_again(work: &Work, new: &mut [New], place: Option<SlotId>) -> Result<()> {
    for (_, item, is_unset) in new.iter_mut().filter(|(_, _, is_unset)| *is_unset) {
        *is_unset = is_key_unset(&work.item(*item).instance, place)?;
    }
    Ok(())
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
