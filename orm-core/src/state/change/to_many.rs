//! Collections: adding, taking out and replacing, with the reverse side and the cascades.

use std::rc::Rc;

use crate::declare::Kind;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::{Initiator, Op};
use crate::state::change::to_one::check_class;
use crate::state::change::{cascade, reverse};
use crate::state::memory::access::{is_loaded, with_changes_mut, with_slot, with_slot_mut};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::{Attr, Old};
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::links::{Links, Loaded, Repeats};
use crate::state::read::history::Snapshot;
use crate::state::read::parent;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::{self, Got};
use crate::state::read::was::modified;

/// The items of a collection, loaded where they aren't.
pub(crate) fn items(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    Ok(match related::get(instance, relation, ReadOptions::DATABASE)? {
        Got::Loaded => in_slot(instance, relation)?,
        _ => Vec::new(),
    })
}

/// The items in the slot.
pub(crate) fn in_slot(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    with_slot(instance, relation.slot(), |slot| {
        slot.many().map(|links| links.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

/// The items in the slot one after another: the list isn't copied, and nothing is borrowed meanwhile.
pub(crate) fn walk(
    instance: &Handle,
    relation: &'static Relation,
) -> impl Iterator<Item = Result<Rc<Instance>>> + use<> {
    let (instance, index) = (instance.clone(), relation.slot());
    let nth =
        move |at| with_slot(&instance, index, |slot| slot.many().and_then(|links| links.get(at)).cloned());
    (0..).map_while(move |at| nth(at).transpose())
}

/// Runs `f` with the loaded links, loading them where they aren't.
pub(crate) fn read<R>(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    f: impl FnOnce(&Links) -> R,
) -> Result<R> {
    let empty = Links::default();
    match related::get(instance, relation, ReadOptions::DATABASE)? {
        Got::Loaded => with_slot(instance, relation.slot(), |slot| f(slot.many().unwrap_or(&empty))),
        _ => Ok(f(&empty)),
    }
}

/// Where an item is put.
#[derive(Clone, Copy)]
pub(crate) enum At {
    End,
    Index(usize),
}

/// Adds an item. A collection that may not be loaded queues it.
pub(crate) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: At,
    initiator: Option<Initiator>,
    options: ReadOptions,
) -> Result<()> {
    check_class(relation, item)?;
    let initiator = initiator.unwrap_or(Initiator::append(relation));
    let index = relation.slot();
    if let Got::Unknown = related::get(instance, relation, options)? {
        fire_append(instance, relation, item, initiator)?;
        let taken = with_changes_mut(instance, |changes| changes.queue(index).add(item))?;
        drop(taken);
        return Ok(());
    }
    begin_change(instance, relation)?;
    let known = relation.kind() == Kind::Set
        && with_slot(instance, index, |slot| slot.many().is_some_and(|links| links.contains(item)))?;
    if known {
        return cascade::on_append(instance, relation, item, initiator);
    }
    let repeats = fire_append(instance, relation, item, initiator)?;
    insert(instance, relation, item, at, repeats)
}

fn insert(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: At,
    repeats: Repeats,
) -> Result<()> {
    with_slot_mut(instance, relation.slot(), |slot| {
        if !slot.is_loaded() {
            slot.loaded = Loaded::Many(Links::default());
        }
        slot.repeats(repeats);
        match (at, &mut slot.loaded) {
            (At::Index(index), Loaded::Many(links)) => links.insert(index, item),
            _ => slot.push(item),
        }
    })?;
    reverse::note_backlink(instance, relation, item);
    Ok(())
}

/// A collection that was never set becomes an empty one before it is changed.
fn begin_change(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    if !is_loaded(instance, relation.slot())? {
        related::put(instance, relation.slot(), Loaded::Many(Links::default()))?;
    }
    Ok(())
}

/// What follows from adding an item. Says whether the item may stand in the collection then twice.
fn fire_append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<Repeats> {
    cascade::check_single_parent(relation, item, false, initiator)?;
    let repeats = reverse::may_be_in(instance, relation, item)?;
    cascade::on_append(instance, relation, item, initiator)?;
    reverse::on_append(instance, relation, item, initiator)?;
    keep_old(instance, relation)?;
    if relation.tracks_parent() {
        parent::gained(item, relation, instance)?;
    }
    Ok(repeats)
}

/// Keeps a copy of the collection as it was before its first change.
fn keep_old(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    let index = relation.slot();
    modified(instance, Attr::Relation(index), || {
        Ok(if is_loaded(instance, index)? { Snapshot::of(instance, index)?.into_old() } else { Old::NoValue })
    })
}

/// What follows from taking an item out.
fn fire_remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
    stays: bool,
) -> Result<()> {
    if relation.tracks_parent() {
        parent::lost(item, relation, instance)?;
    }
    cascade::on_remove(instance, relation, item)?;
    if !stays {
        reverse::on_remove(instance, relation, item, initiator)?;
    }
    keep_old(instance, relation)
}

/// Whether the reverse side stays because the item stands in the list once more.
fn stands_twice(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<bool> {
    if !reverse::is_to_one(relation) {
        return Ok(false);
    }
    with_slot_mut(instance, relation.slot(), |slot| slot.has_twice(item))
}

/// Takes an item out by itself.
///
/// # Errors
/// `not-in-collection`. As in SQLAlchemy, a list has then already let go of the item: it counts as one
/// that lost its parent.
pub(crate) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Option<Initiator>,
    options: ReadOptions,
) -> Result<()> {
    let initiator = initiator.unwrap_or(Initiator::remove(relation));
    let index = relation.slot();
    if let Got::Unknown = related::get(instance, relation, options)? {
        fire_remove(instance, relation, item, initiator, false)?;
        let taken = with_changes_mut(instance, |changes| changes.queue(index).remove(item))?;
        drop(taken);
        return Ok(());
    }
    let is_in = with_slot(instance, index, |slot| slot.many().is_some_and(|links| links.contains(item)))?;
    if is_in || relation.kind() == Kind::List {
        begin_change(instance, relation)?;
        let stays = stands_twice(instance, relation, item)?;
        fire_remove(instance, relation, item, initiator, stays)?;
    }
    let taken = with_slot_mut(instance, index, |slot| match &mut slot.loaded {
        Loaded::Many(links) => links.position(item).and_then(|at| links.take(at)),
        _ => None,
    })?;
    match taken {
        Some(link) => {
            drop(link);
            Ok(())
        }
        None => Err(Error::new(
            Code::NotInCollection,
            format!("{} isn't in the collection", item.header().label()),
        )
        .about(relation.class(), Some(relation.name()))),
    }
}

/// Takes the item at a place out.
pub(crate) fn pop(instance: &Rc<Instance>, relation: &'static Relation, at: usize) -> Result<Handle> {
    let index = relation.slot();
    let length = read(instance, relation, Links::len)?;
    keep_old(instance, relation)?;
    let taken = with_slot_mut(instance, index, |slot| match &mut slot.loaded {
        Loaded::Many(links) => links.take(at),
        _ => None,
    })?;
    let Some(item) = taken.as_ref().and_then(Link::target).map(Handle::to) else {
        return Err(Error::new(Code::IndexOutOfRange, format!("there is no item {at} among {length}"))
            .about(relation.class(), Some(relation.name())));
    };
    drop(taken);
    let stays = stands_twice(instance, relation, &item)?;
    fire_remove(instance, relation, &item, Initiator::remove(relation), stays)?;
    Ok(item)
}

/// Takes everything out.
pub(crate) fn clear(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    let items = items(instance, relation)?;
    let repeated = repeated(instance, relation, &items)?;
    for item in &items {
        let stays = repeated.contains(address(item));
        fire_remove(instance, relation, item, Initiator::remove(relation), stays)?;
    }
    if is_loaded(instance, relation.slot())? {
        related::put(instance, relation.slot(), Loaded::Many(Links::default()))?;
    }
    Ok(())
}

fn repeated(_instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<Addresses> {
    let mut repeated = Addresses::default();
    if reverse::is_to_one(relation) {
        let mut seen = Addresses::default();
        repeated.extend(items.iter().map(|item| address(item)).filter(|item| !seen.insert(*item)));
    }
    Ok(repeated)
}

/// Replaces the items. Only what really comes or goes counts as a change of it.
pub(crate) fn replace(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    values: &[Handle],
    options: ReadOptions,
) -> Result<()> {
    for value in values {
        check_class(relation, value)?;
    }
    let index = relation.slot();
    let initiator = Initiator::new(relation, Op::BulkReplace);
    let options =
        if options.ignores_raise() { ReadOptions::DATABASE.ignoring_raise() } else { ReadOptions::DATABASE };
    let old = match related::get(instance, relation, options)? {
        Got::Loaded => in_slot(instance, relation)?,
        _ => Vec::new(),
    };
    modified(instance, Attr::Relation(index), || {
        Ok(Old::Many(old.iter().map(|one| Link::to(one)).collect()))
    })?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    related::put(instance, index, Loaded::Many(Links::with_capacity(values.len())))?;
    let mut now = Addresses::default();
    for value in values {
        let first = now.insert(address(value));
        if !first && relation.kind() == Kind::Set {
            continue;
        }
        let comes = !before.contains(address(value));
        if first && comes && reverse::adopt(instance, relation, value)? {
            with_slot_mut(instance, index, |slot| slot.push(value))?;
            continue;
        }
        let repeats = if first { Repeats::No } else { Repeats::Yes };
        if comes {
            fire_append(instance, relation, value, initiator)?;
        }
        insert(instance, relation, value, At::End, repeats)?;
    }
    let mut seen = Addresses::default();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if now.contains(address(one)) {
            cascade::on_append(instance, relation, one, initiator)?;
        }
    }
    seen.clear();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if !now.contains(address(one)) {
            fire_remove(instance, relation, one, initiator, false)?;
        }
    }
    Ok(())
}
