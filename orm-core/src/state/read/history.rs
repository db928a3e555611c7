//! `History`: what was added to a relationship, what stayed and what was taken away.

use crate::declare::LinkSlotId;
use std::cell::OnceCell;
use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::memory::access::{is_loaded, with_changes, with_slot, with_slot_mut};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::links::{LinkSlot, Loaded};
use crate::state::memory::ordered::{Delta, Ordered};
use crate::state::read::answer::Read;
use crate::state::read::large::{self, Contents};
use crate::state::read::port::Targets;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;
use crate::state::read::was::{is_changed, with_was};

/// The changes of a relationship since the object was last clean.
#[derive(Default)]
pub(crate) struct History {
    /// What it leads to now and didn't before. A to-one that was emptied adds `None`.
    pub(crate) added: Vec<Option<Handle>>,
    /// What it led to before.
    pub(crate) deleted: Vec<Handle>,
    unchanged: Unchanged,
}

/// What a relationship leads to now and did before.
#[derive(Default)]
struct Unchanged {
    found: OnceCell<Vec<Handle>>,
    /// A collection whose unchanged items weren't asked for yet, and how many there are. Mostly nobody asks: to copy
    /// them would cost as much for each change as there are items.
    rest: Option<(Handle, LinkSlotId, usize)>,
}

impl History {
    pub(crate) fn is_empty(&self) -> bool {
        let unchanged = match &self.unchanged.rest {
            Some((.., items)) => *items,
            None => self.unchanged.found.get().map_or(0, Vec::len),
        };
        self.added.is_empty() && unchanged == 0 && self.deleted.is_empty()
    }

    /// What it leads to now and did before.
    pub(crate) fn unchanged(&self) -> Result<&[Handle]> {
        let Unchanged { found, rest } = &self.unchanged;
        if let (None, Some((instance, place, _))) = (found.get(), rest) {
            let added: Addresses = self.added.iter().flatten().map(|one| address(one)).collect();
            let stayed = with_slot(instance, *place, |slot| {
                let stayed = slot.targets().filter(|one| !added.contains(address(one)));
                stayed.map(Handle::to).collect()
            })?;
            let _ = found.set(stayed); // it was empty just now
        }
        Ok(found.get().map_or(&[], Vec::as_slice))
    }

    /// What a to-one relationship leads to now and did before.
    fn of_unchanged(one: Option<Handle>) -> Self {
        let found = OnceCell::from(Vec::from_iter(one));
        History { unchanged: Unchanged { found, rest: None }, ..History::default() }
    }
}

/// The history of a relationship, as far as `options` allows. `None` where it isn't known.
pub(crate) fn history(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Option<History>> {
    if relation.is_large() {
        of_large(instance, relation, options)
    } else if relation.is_many() {
        of_collection(instance, relation, options)
    } else {
        of_object(instance, relation, options)
    }
}

/// Whether a collection led to nothing before, so that all that is in it was added. Most collections of new
/// objects are like this, and are looked at as they are, without a history.
pub(crate) fn is_all_new(instance: &Rc<Instance>, relation: &'static Relation) -> Result<bool> {
    let place = relation.slot();
    Ok(with_slot(instance, place, |slot| slot.was_empty && slot.many().is_some())?
        && with_changes(instance, |changes| changes.is_none_or(|changes| changes.queued(place).is_none()))?)
}

fn of_object(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Option<History>> {
    let current = match related::one(instance, relation, options.without_default())? {
        Read::Unknown => return Ok(None),
        current => current,
    };
    let known = matches!(current, Read::Known(_));
    let current = current.object();
    // What it led to before. The side without the foreign key can tell only by a statement what that was.
    let was = with_was(instance, relation.slot(), |was| match was? {
        Was::NotLoaded if keeps_old_until_asked(relation) => Some(Read::Unknown),
        Was::One(link) => Some(Read::Known(link.as_ref().and_then(Link::target).map(Handle::to))),
        _ => Some(Read::Unset),
    })?;
    let was = match was {
        None => return Ok(Some(History::of_unchanged(current))),
        Some(Read::Unknown) => {
            let options =
                options.reaching_database().without_autoflush().committed().ignoring_raise().of_replaced();
            match related::fetch(instance, relation, options)? {
                Read::Known(Targets::One(one)) => Read::Known(one),
                _ => Read::Unset,
            }
        }
        Some(was) => was,
    };
    if let Read::Known(was) = &was
        && known
        && *was == current
    {
        return Ok(Some(History::of_unchanged(current)));
    }
    let mut history = History::default();
    history.deleted.extend(was.object());
    if known || history.deleted.is_empty() {
        history.added.push(current);
    }
    Ok(Some(history))
}

/// What a to-one relationship was set to: the essence of its history as far as a flush has to know that saves its
/// object, without loading and without making one. Unset where it is as before or isn't loaded, unknown where only the
/// history can tell.
pub(crate) fn newly_set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
) -> Result<Read<Option<Handle>>> {
    let place = relation.slot();
    // Known in the slot itself: so it is with every new object.
    let fresh = with_slot(instance, place, |slot| match &slot.loaded {
        Loaded::One(link) if slot.was_empty => Some(link.as_ref().and_then(Link::target).map(Handle::to)),
        _ => None,
    })?;
    if let Some(one) = fresh {
        return Ok(Read::Known(one));
    }
    with_was(instance, place, |was| {
        with_slot(instance, place, |slot| match (&slot.loaded, was) {
            (_, None) => Read::Unset,
            (Loaded::One(_), Some(Was::NotLoaded)) if keeps_old_until_asked(relation) => Read::Unknown,
            (Loaded::One(_), Some(Was::One(was)))
                if slot.one().map(address) == was.as_ref().and_then(Link::target).map(address) =>
            {
                Read::Unset
            }
            (Loaded::One(_), Some(_)) => Read::Known(slot.one().map(Handle::to)),
            _ => Read::Unknown,
        })
    })?
}

/// Whether the value that was replaced is loaded only when a flush asks for it.
pub(crate) fn keeps_old_until_asked(relation: &Relation) -> bool {
    relation.direction() != Direction::ManyToOne || relation.get_columns().is_none()
}

fn of_collection(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Option<History>> {
    let place = relation.slot();
    match related::many(instance, relation, options)? {
        Read::Unknown if options.sees_queued() => {
            return with_changes(instance, |changes| {
                changes.and_then(|changes| changes.queued(place)).map(|queued| History {
                    added: queued.added.iter().map(|to| Some(Handle::to(to))).collect(),
                    deleted: queued.removed.iter().map(Handle::to).collect(),
                    unchanged: Unchanged::default(),
                })
            });
        }
        Read::Unknown => return Ok(None),
        Read::Known(()) if is_loaded(instance, place)? => {}
        Read::Known(()) | Read::Unset => return Ok(Some(History::default())),
    }
    if options.sees_queued()
        && with_changes(instance, |changes| changes.is_some_and(|t| t.queued(place).is_some()))?
    {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "changes of {} wait for a collection that can't be loaded any more",
                instance.header().label()
            ),
        )
        .about(relation.class(), Some(relation.name()))
        .help("the object lost its row in a rollback: make a new one"));
    }
    let Delta { added, deleted } = delta(instance, place)?;
    let items = with_slot(instance, place, |slot| slot.many().map_or(0, Ordered::len))?;
    let rest = Some((Handle::to(instance), place, items.saturating_sub(added.len())));
    Ok(Some(History {
        added: added.into_iter().map(Some).collect(),
        deleted,
        unchanged: Unchanged { found: OnceCell::new(), rest },
    }))
}

fn of_large(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Option<History>> {
    let Contents { added, unchanged, removed } = large::contents(instance, relation, options)?;
    if !options.runs_sql() && added.is_empty() && removed.is_empty() {
        return Ok(None);
    }
    Ok(Some(History {
        added: added.into_iter().map(Some).collect(),
        deleted: removed,
        unchanged: Unchanged { found: OnceCell::from(unchanged), rest: None },
    }))
}

/// What came to a loaded collection since it was clean, and what went.
fn delta(instance: &Rc<Instance>, place: LinkSlotId) -> Result<Delta> {
    let noted = with_slot_mut(instance, place, |slot| {
        if slot.was_empty {
            return Some(Delta { added: slot.targets().map(Handle::to).collect(), deleted: Vec::new() });
        }
        let items = slot.many_mut()?;
        let repeats = items.may_repeat();
        items.order_mut().delta(repeats)
    })?;
    if let Some(delta) = noted {
        return Ok(delta);
    }
    with_slot(instance, place, |slot| {
        with_was(instance, place, |was| {
            let Some(Was::Many(links)) = was else { return Delta::default() };
            let before: Addresses = links.iter().map(Link::address).collect();
            let now: Addresses = slot.targets().map(address).collect();
            let went = links.iter().filter_map(Link::target).filter(|one| !now.contains(address(one)));
            let came = slot.targets().filter(|one| !before.contains(address(one)));
            Delta { added: came.map(Handle::to).collect(), deleted: went.map(Handle::to).collect() }
        })
    })?
}

/// What of [`all_pending`] is wanted. Mostly that is nothing, and then nothing is copied.
pub(crate) fn pending(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    mut wanted: impl FnMut(&Rc<Instance>) -> bool,
) -> Result<Vec<Handle>> {
    if relation.is_large() {
        let mut all = all_pending(instance, relation)?;
        all.retain(|one| wanted(one));
        return Ok(all);
    }
    let place = relation.slot();
    // Known in the slot itself: so it is with every new object.
    let simple = with_slot(instance, place, |slot| {
        if slot.is_loaded() {
            slot.was_empty.then(|| of_targets(slot, &mut wanted))
        } else {
            Some(Vec::new())
        }
    })?;
    if let Some(found) = simple {
        return Ok(found);
    }
    if is_changed(instance, Attr::Relation(place))? {
        let mut all = all_pending(instance, relation)?;
        all.retain(|one| wanted(one));
        return Ok(all);
    }
    with_slot(instance, place, |slot| of_targets(slot, &mut wanted))
}

/// What a slot leads to, as far as it is wanted.
#[inline]
fn of_targets(slot: &LinkSlot, wanted: &mut impl FnMut(&Rc<Instance>) -> bool) -> Vec<Handle> {
    let mut found = Vec::new();
    slot.targets().filter(|one| wanted(one)).for_each(|one| {
        if found.is_empty() {
            found.reserve_exact(slot.many().map_or(1, Ordered::len));
        }
        found.push(Handle::to(one));
    });
    found
}

/// What came to a relationship since it was clean, as far as it is wanted.
pub(crate) fn came(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    mut wanted: impl FnMut(&Rc<Instance>) -> bool,
) -> Result<Vec<Handle>> {
    let place = relation.slot();
    let fresh = with_slot(instance, place, |slot| {
        (slot.is_loaded() && slot.was_empty).then(|| of_targets(slot, &mut wanted))
    })?;
    if let Some(found) = fresh {
        return Ok(found);
    }
    if !is_loaded(instance, place)? {
        return with_changes(instance, |changes| {
            let queued = changes.and_then(|changes| changes.queued(place));
            let added = queued.into_iter().flat_map(|queued| queued.added.iter());
            added.filter(|one| wanted(one)).map(Handle::to).collect()
        });
    }
    if !is_changed(instance, Attr::Relation(place))? {
        return Ok(Vec::new());
    }
    let mut added =
        if relation.is_many() { delta(instance, place)? } else { exchange(instance, place)? }.added;
    added.retain(|one| wanted(one));
    Ok(added)
}

/// Everything that a relationship leads to or led to before it was changed: what came, what stayed, what went.
pub(crate) fn all_pending(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    let place = relation.slot();
    if relation.is_large() {
        let Contents { mut added, removed, .. } = large::contents(instance, relation, ReadOptions::MEMORY)?;
        added.extend(removed);
        return Ok(added);
    }
    if !is_loaded(instance, place)? {
        return Ok(Vec::new());
    }
    let delta = if relation.is_many() { delta(instance, place)? } else { exchange(instance, place)? };
    let came: Addresses = delta.added.iter().map(|one| address(one)).collect();
    let mut all = delta.added;
    with_slot(instance, place, |slot| {
        all.extend(slot.targets().filter(|one| !came.contains(address(one))).map(Handle::to));
    })?;
    all.extend(delta.deleted);
    Ok(all)
}

/// What came to a to-one relationship since it was clean, and what went.
fn exchange(instance: &Rc<Instance>, place: LinkSlotId) -> Result<Delta> {
    with_was(instance, place, |was| {
        let was = match was {
            Some(Was::One(Some(link))) => link.target(),
            _ => None,
        };
        with_slot(instance, place, |slot| {
            let now = slot.one();
            if now.map(address) == was.map(address) {
                return Delta::default();
            }
            Delta {
                added: now.map(Handle::to).into_iter().collect(),
                deleted: was.map(Handle::to).into_iter().collect(),
            }
        })
    })?
}

#[cfg(test)]
mod tests;
