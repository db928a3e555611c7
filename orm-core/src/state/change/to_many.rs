//! The slot of a collection: reading it, and putting items in.

use std::rc::Rc;

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::change::reverse;
use crate::state::key::Key;
use crate::state::memory::access::{is_loaded, with_slot, with_slot_mut};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::{Handle, Link, keeps};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::{At, Collected, Items};
use crate::state::memory::links::Loaded;
use crate::state::memory::ordered::Ordered;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{keyed, large, related};

/// The items of a collection, loaded where they aren't.
#[track_caller]
pub(crate) fn items(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    if relation.is_large() {
        return large::items(instance, relation);
    }
    related::many(instance, relation, ReadOptions::of_user())?;
    in_slot(instance, relation)
}

/// The items in the slot.
pub(crate) fn in_slot(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    with_slot(instance, relation.slot(), |slot| {
        slot.many().map(|items| items.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

/// The keys of a keyed collection in the slot, in the order of the items.
pub(crate) fn keys(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Key>> {
    with_slot_mut(instance, relation.slot(), |slot| {
        slot.many_mut().map(|items| items.keys().to_vec()).unwrap_or_default()
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
#[track_caller]
pub(crate) fn read<R>(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    f: impl FnOnce(&Ordered) -> R,
) -> Result<R> {
    related::many(instance, relation, ReadOptions::of_user())?;
    with_slot(instance, relation.slot(), |slot| match slot.many() {
        Some(items) => f(items),
        None => f(&Ordered::default()),
    })
}

/// Whether an object is in a collection, which is loaded where it isn't.
#[track_caller]
pub(crate) fn contains(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<bool> {
    related::many(instance, relation, ReadOptions::of_user())?;
    ask(instance, relation, |items| items.order_mut().contains(item))
}

/// What stands under the key of an item that is about to come to a keyed collection, and goes for it. Of one that isn't loaded
/// nobody knows.
pub(super) fn displaced(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<Option<Handle>> {
    if relation.keyed_by().is_none() || !is_loaded(instance, relation.slot())? {
        return Ok(None);
    }
    let Some(at) = keyed::place(relation, item, At::End)? else { return Ok(None) };
    Ok(keyed::occupant(instance, relation, &at)?.filter(|old| !Rc::ptr_eq(old, item)))
}

/// Asks the items in the slot; where there is no collection, an empty one.
pub(super) fn ask(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    f: impl FnOnce(&mut dyn Items) -> bool,
) -> Result<bool> {
    with_slot_mut(instance, relation.slot(), |slot| match slot.many_mut() {
        Some(items) => f(items),
        None => f(Collected::empty(relation.kind()).items_mut()),
    })
}

/// Puts an item in.
pub(super) fn insert(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: At,
) -> Result<()> {
    let unneeded = with_slot_mut(instance, relation.slot(), |slot| {
        if !slot.is_loaded() {
            slot.loaded = Loaded::Many(Collected::empty(relation.kind()));
        }
        match &mut slot.loaded {
            Loaded::Many(items) => items.put(Link::to(item), at),
            Loaded::One(_) | Loaded::No => None,
        }
    })?;
    drop(unneeded);
    reverse::note_backlink(instance, relation, item);
    keeps(instance, item);
    Ok(())
}

/// Puts items into the slot that have the object as their parent already.
pub(super) fn put_all(instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<()> {
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
pub(super) fn begin_change(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    if !is_loaded(instance, relation.slot())? {
        related::put(instance, relation.slot(), Loaded::Many(Collected::empty(relation.kind())))?;
    }
    Ok(())
}

/// Whether the reverse side stays because the item stands in the list once more.
pub(super) fn stands_twice(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<bool> {
    if !reverse::is_to_one(relation) {
        return Ok(false);
    }
    ask(instance, relation, |items| items.is_twice(item))
}

/// The items that stand in the list more than once.
pub(super) fn repeated(items: &[Handle]) -> Addresses {
    let mut seen = Addresses::default();
    items.iter().map(|item| address(item)).filter(|item| !seen.insert(*item)).collect()
}
