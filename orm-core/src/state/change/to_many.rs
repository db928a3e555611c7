//! Collections: adding, taking out and replacing, with the reverse side and the cascades.

use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::initiator::{Initiator, Op};
use crate::state::change::to_one::check_class;
use crate::state::change::{cascade, reverse};
use crate::state::memory::access::{is_loaded, with_changes_mut, with_slot, with_slot_mut};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::{Handle, Link, keeps};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::{At, Collected, Items};
use crate::state::memory::links::Loaded;
use crate::state::memory::ordered::Ordered;
use crate::state::read::parent;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::{self, Got};
use crate::state::read::was::{modified_many, replace_many};

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
        slot.many().map(|items| items.iter().map(Handle::to).collect()).unwrap_or_default()
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

/// Runs `f` with the items of a collection, loading them where they aren't.
pub(crate) fn read<R>(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    f: impl FnOnce(&Ordered) -> R,
) -> Result<R> {
    related::get(instance, relation, ReadOptions::DATABASE)?;
    with_slot(instance, relation.slot(), |slot| match slot.many() {
        Some(items) => f(items),
        None => f(&Ordered::default()),
    })
}

/// Whether an object is in a collection, which is loaded where it isn't.
pub(crate) fn contains(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<bool> {
    related::get(instance, relation, ReadOptions::DATABASE)?;
    ask(instance, relation, |items| items.order_mut().contains(item))
}

/// Asks the items in the slot; where there is no collection, an empty one.
fn ask(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    f: impl FnOnce(&mut dyn Items) -> bool,
) -> Result<bool> {
    with_slot_mut(instance, relation.slot(), |slot| match slot.many_mut() {
        Some(items) => f(items),
        None => f(Collected::empty(relation.kind()).items_mut()),
    })
}

/// Adds an item. A collection that may not be loaded queues it. Says whether the object links to the item
/// then.
pub(crate) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: At,
    initiator: Option<Initiator>,
    options: ReadOptions,
) -> Result<bool> {
    check_class(relation, item)?;
    let initiator = initiator.unwrap_or(Initiator::append(relation));
    let index = relation.slot();
    if let Got::Unknown = related::get(instance, relation, options)? {
        fire_append(instance, relation, item, initiator)?;
        let taken = with_changes_mut(instance, |changes| changes.queue(index).add(item))?;
        let linked = taken.is_none();
        if linked {
            keeps(instance, item);
        }
        drop(taken);
        return Ok(linked);
    }
    begin_change(instance, relation)?;
    if !ask(instance, relation, |items| items.admits(item))? {
        cascade::on_append(instance, relation, item, initiator)?;
        return Ok(true);
    }
    fire_append(instance, relation, item, initiator)?;
    insert(instance, relation, item, at)?;
    Ok(true)
}

fn insert(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>, at: At) -> Result<()> {
    let unneeded = with_slot_mut(instance, relation.slot(), |slot| {
        if !slot.is_loaded() {
            slot.loaded = Loaded::Many(Collected::empty(relation.kind()));
        }
        slot.many_mut()?.put(Link::to(item), at)
    })?;
    drop(unneeded);
    reverse::note_backlink(instance, relation, item);
    keeps(instance, item);
    Ok(())
}

/// Puts items into the slot that have the object as their parent already.
fn put_all(instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    with_slot_mut(instance, relation.slot(), |slot| {
        if let Some(held) = slot.many_mut() {
            held.extend(items);
        }
    })?;
    items.iter().for_each(|item| keeps(instance, item));
    Ok(())
}

/// A collection that was never set becomes an empty one before it is changed.
fn begin_change(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    if !is_loaded(instance, relation.slot())? {
        related::put(instance, relation.slot(), Loaded::Many(Collected::empty(relation.kind())))?;
    }
    Ok(())
}

/// What follows from adding an item.
fn fire_append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    cascade::check_single_parent(relation, item, false, initiator)?;
    cascade::on_append(instance, relation, item, initiator)?;
    reverse::on_append(instance, relation, item, initiator)?;
    modified_many(instance, relation.slot())?;
    if relation.tracks_parent() {
        parent::gained(item, relation, instance)?;
    }
    Ok(())
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
    modified_many(instance, relation.slot())
}

/// Whether the reverse side stays because the item stands in the list once more.
fn stands_twice(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<bool> {
    if !reverse::is_to_one(relation) {
        return Ok(false);
    }
    ask(instance, relation, |items| items.is_twice(item))
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
    if ask(instance, relation, |items| items.releases(item))? {
        begin_change(instance, relation)?;
        let stays = stands_twice(instance, relation, item)?;
        fire_remove(instance, relation, item, initiator, stays)?;
    }
    let taken = with_slot_mut(instance, index, |slot| slot.many_mut()?.order_mut().remove(item))?;
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
    let length = read(instance, relation, Ordered::len)?;
    modified_many(instance, index)?;
    let taken = with_slot_mut(instance, index, |slot| slot.many_mut()?.order_mut().take(at))?;
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
    if items.is_empty() {
        return Ok(());
    }
    let repeated = if reverse::is_to_one(relation) { repeated(&items) } else { Addresses::default() };
    for item in &items {
        let stays = repeated.contains(address(item));
        fire_remove(instance, relation, item, Initiator::remove(relation), stays)?;
    }
    replace_many(instance, relation.slot(), Collected::empty(relation.kind()))
}

/// The items that stand in the list more than once.
fn repeated(items: &[Handle]) -> Addresses {
    let mut seen = Addresses::default();
    items.iter().map(|item| address(item)).filter(|item| !seen.insert(*item)).collect()
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
    let initiator = Initiator::new(relation, Op::BulkReplace);
    let options =
        if options.ignores_raise() { ReadOptions::DATABASE.ignoring_raise() } else { ReadOptions::DATABASE };
    let old = match related::get(instance, relation, options)? {
        Got::Loaded => in_slot(instance, relation)?,
        _ => Vec::new(),
    };
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    let mut items = Collected::with_capacity(relation.kind(), values.len());
    let may_repeat = items.items_mut().may_repeat();
    replace_many(instance, relation.slot(), items)?;
    let mut now = Addresses::default();
    // Of a new graph all are adopted, and put in together.
    let mut adopted = 0..0;
    for (at, value) in values.iter().enumerate() {
        let first = now.insert(address(value));
        if !first && !may_repeat {
            continue;
        }
        let comes = !before.contains(address(value));
        let is_adopted = if first && comes { reverse::adopt(instance, relation, value) } else { Ok(false) };
        if let Ok(true) = is_adopted {
            adopted.end = at + 1;
            continue;
        }
        put_all(instance, relation, &values[adopted])?;
        adopted = at + 1..at + 1;
        is_adopted?;
        if comes {
            fire_append(instance, relation, value, initiator)?;
        }
        insert(instance, relation, value, At::End)?;
    }
    put_all(instance, relation, &values[adopted])?;
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
