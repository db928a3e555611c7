//! `History`: what was added to a relationship, what stayed and what was taken away.

use crate::declare::LinkSlotId;
use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::memory::access::{with_changes, with_slot};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::Old;
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::links::{Links, Loaded};
use crate::state::read::port::Fetched;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::{self, Got};
use crate::state::read::was::with_old;

/// The changes of a relationship since the object was last clean.
#[derive(Default)]
pub(crate) struct History {
    /// What it leads to now and didn't before. A to-one that was emptied adds `None`.
    pub(crate) added: Vec<Option<Handle>>,
    /// What it leads to now and did before.
    pub(crate) unchanged: Vec<Handle>,
    /// What it led to before.
    pub(crate) deleted: Vec<Handle>,
}

impl History {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.unchanged.is_empty() && self.deleted.is_empty()
    }
}

/// What a relationship held at one moment.
pub(crate) struct Snapshot(Vec<Link>);

impl Snapshot {
    /// A copy of a collection; empty where it isn't loaded.
    pub(crate) fn of(instance: &Rc<Instance>, place: LinkSlotId) -> Result<Self> {
        with_slot(instance, place, |slot| {
            Snapshot(slot.many().into_iter().flat_map(Links::iter).map(Link::to).collect())
        })
    }

    pub(crate) fn into_old(self) -> Old {
        Old::Many(self.0)
    }
}

/// The history of a relationship, as far as `options` allows. `None` where it isn't known.
pub(crate) fn history(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Option<History>> {
    if relation.is_many() {
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
    let (current, known) = match related::get(instance, relation, options.without_default())? {
        Got::Unknown => return Ok(None),
        Got::One(one) => (one, true),
        _ => (None, false),
    };
    enum Before {
        Same,
        None,
        Ask,
        Was(Option<Handle>),
    }
    let before = with_old(instance, relation.slot(), |old| match old {
        None => Before::Same,
        Some(Old::NotLoaded) => Before::Ask,
        Some(Old::One(link)) => Before::Was(link.as_ref().and_then(Link::target).map(Handle::to)),
        Some(_) => Before::None,
    })?;
    let mut history = History::default();
    let original = match before {
        Before::Same => {
            if known {
                history.unchanged.extend(current);
            }
            return Ok(Some(history));
        }
        Before::None => None,
        // The side without the foreign key can tell only by a statement what it led to.
        Before::Ask if keeps_old_until_asked(relation) => {
            let options =
                options.reaching_database().without_autoflush().committed().ignoring_raise().of_replaced();
            match related::fetch(instance, relation, options)? {
                Fetched::One(one) => Some(one),
                _ => None,
            }
        }
        Before::Ask => None,
        Before::Was(was) => Some(was),
    };
    if let Some(was) = &original
        && known
        && *was == current
    {
        history.unchanged.extend(current);
        return Ok(Some(history));
    }
    history.deleted.extend(original.flatten());
    if known || history.deleted.is_empty() {
        history.added.push(current);
    }
    Ok(Some(history))
}

/// What became of a to-one relationship, as far as a flush has to know that saves its object.
pub(crate) enum Now {
    /// The same as before, or not loaded.
    Same,
    /// Something else.
    Set(Option<Handle>),
    /// Only the history can tell.
    Ask,
}

/// The essence of the history of a to-one relationship, without loading and without making one.
pub(crate) fn now(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Now> {
    let place = relation.slot();
    with_old(instance, place, |old| {
        with_slot(instance, place, |slot| match (&slot.loaded, old) {
            (_, None) => Now::Same,
            (Loaded::One(_), Some(Old::NotLoaded)) if keeps_old_until_asked(relation) => Now::Ask,
            (Loaded::One(_), Some(Old::One(was)))
                if slot.one().map(address) == was.as_ref().and_then(Link::target).map(address) =>
            {
                Now::Same
            }
            (Loaded::One(_), Some(_)) => Now::Set(slot.one().map(Handle::to)),
            _ => Now::Ask,
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
    match related::get(instance, relation, options)? {
        Got::Unknown if options.sees_queued() => {
            return with_changes(instance, |changes| {
                changes.and_then(|changes| changes.queued(place)).map(|queued| History {
                    added: queued
                        .added
                        .iter()
                        .filter_map(Link::target)
                        .map(|to| Some(Handle::to(to)))
                        .collect(),
                    unchanged: Vec::new(),
                    deleted: queued.removed.iter().filter_map(Link::target).map(Handle::to).collect(),
                })
            });
        }
        Got::Unknown => return Ok(None),
        Got::Loaded => {}
        _ => return Ok(Some(History::default())),
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
    let current: Vec<Handle> = with_slot(instance, place, |slot| {
        slot.many().into_iter().flat_map(Links::iter).map(Handle::to).collect()
    })?;
    let original: Option<Vec<Handle>> = with_old(instance, place, |old| match old {
        None => None,
        Some(Old::Many(links)) => Some(links.iter().filter_map(Link::target).map(Handle::to).collect()),
        Some(_) => Some(Vec::new()),
    })?;
    Ok(Some(match original {
        None => History { unchanged: current, ..History::default() },
        Some(original) if original.is_empty() => {
            History { added: current.into_iter().map(Some).collect(), ..History::default() }
        }
        Some(original) => {
            let before: Addresses = original.iter().map(|one| address(one)).collect();
            let now: Addresses = current.iter().map(|one| address(one)).collect();
            let (stayed, came) = current.into_iter().partition(|one| before.contains(address(one)));
            let came: Vec<Handle> = came;
            History {
                added: came.into_iter().map(Some).collect(),
                unchanged: stayed,
                deleted: original.into_iter().filter(|one| !now.contains(address(one))).collect(),
            }
        }
    }))
}

/// What of [`all_pending`] is wanted. Mostly that is nothing, and then nothing is copied.
pub(crate) fn pending(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    mut wanted: impl FnMut(&Rc<Instance>) -> bool,
) -> Result<Vec<Handle>> {
    let place = relation.slot();
    let led_elsewhere = with_old(instance, place, |old| match old {
        Some(Old::One(Some(_))) => true,
        Some(Old::Many(links)) => !links.is_empty(),
        _ => false,
    })?;
    if led_elsewhere {
        let mut all = all_pending(instance, relation)?;
        all.retain(|one| wanted(one));
        return Ok(all);
    }
    with_slot(instance, place, |slot| slot.targets().filter(|one| wanted(one)).map(Handle::to).collect())
}

/// Everything that a relationship leads to or led to before it was changed, for the `save-update` cascade.
pub(crate) fn all_pending(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    let place = relation.slot();
    let current: Option<Vec<Handle>> = with_slot(instance, place, |slot| {
        slot.is_loaded().then(|| slot.targets().map(Handle::to).collect())
    })?;
    let Some(mut all) = current else { return Ok(Vec::new()) };
    let original: Vec<Handle> = with_old(instance, place, |old| match old {
        Some(Old::One(Some(link))) => link.target().map(Handle::to).into_iter().collect(),
        Some(Old::Many(links)) => links.iter().filter_map(Link::target).map(Handle::to).collect(),
        _ => Vec::new(),
    })?;
    if !original.is_empty() {
        let before: Addresses = original.iter().map(|one| address(one)).collect();
        let now: Addresses = all.iter().map(|one| address(one)).collect();
        let (stayed, mut came): (Vec<Handle>, Vec<Handle>) =
            all.into_iter().partition(|one| before.contains(address(one)));
        came.extend(stayed);
        came.extend(original.into_iter().filter(|one| !now.contains(address(one))));
        all = came;
    }
    Ok(all)
}
