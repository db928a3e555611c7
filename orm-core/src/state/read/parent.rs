//! Marks of parents: whether an object has one by a relationship. What follows for orphans, `orphan` decides.
//!
//! Where the slot of the reverse side leads to the parent, a mark beside it says so; elsewhere the object's
//! [`Changes`](crate::state::memory::changes::Changes) remembers the parent. Where both do, the mark is right.

use crate::declare::LinkSlotId;
use crate::declare::SlotId;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::memory::access;
use crate::state::memory::access::{with_changes, with_changes_mut, with_slot, with_slot_mut};
use crate::state::memory::changes::Parent;
use crate::state::memory::instance::Instance;
use crate::state::memory::links::{LinkSlot, Loaded};
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::{Value, ValueRef};

/// Runs `f` with the slot of the reverse side, where it can lead to a parent.
fn reverse_slot<R>(
    instance: &Rc<Instance>,
    relation: &Relation,
    f: impl FnOnce(&mut LinkSlot) -> R,
) -> Result<Option<R>> {
    match relation.inverse() {
        Some(reverse) if instance.header().has(Mark::RELATED) => {
            with_slot_mut(instance, reverse.slot(), f).map(Some)
        }
        _ => Ok(None),
    }
}

/// The parent that the slot of the reverse side tells, as `f` sees it.
fn beside<R>(
    instance: &Rc<Instance>,
    relation: &Relation,
    f: impl FnOnce(&Rc<Instance>) -> R,
) -> Result<Option<R>> {
    Ok(reverse_slot(instance, relation, |slot| slot.one().filter(|_| slot.is_child).map(f))?.flatten())
}

fn note(instance: &Rc<Instance>, relation: &Relation, parent: Parent) -> Result<()> {
    with_changes_mut(instance, |changes| changes.set_parent(relation.id(), parent))
}

/// Something else is about to be put into a slot: a parent that only the slot tells is remembered elsewhere.
pub(crate) fn before_put(instance: &Rc<Instance>, place: LinkSlotId, next: &Loaded) -> Result<()> {
    let last = with_slot(instance, place, |slot| {
        let stays = |to: &&Rc<Instance>| matches!(next, Loaded::One(Some(link)) if link.leads_to(to));
        slot.one().filter(|to| slot.is_child && !stays(to)).map(Rc::downgrade)
    })?;
    let Some(last) = last else { return Ok(()) };
    with_slot_mut(instance, place, |slot| slot.is_child = false)?;
    match access::relation(instance, place)?.inverse() {
        Some(reverse) => note(instance, reverse, Parent::Is(last)),
        None => Ok(()),
    }
}

/// Whether an object has a parent by a relationship. `unknown` is the answer where there is no mark: what was
/// loaded is taken to have one.
pub(crate) fn has(instance: &Rc<Instance>, relation: &Relation, unknown: bool) -> Result<bool> {
    if beside(instance, relation, |_| ())?.is_some() {
        return Ok(true);
    }
    with_changes(instance, |changes| match changes.and_then(|changes| changes.parent(relation.id())) {
        Some(Parent::Is(_)) => true,
        Some(Parent::Lost) => false,
        None => unknown,
    })
}

/// The object has this parent now.
pub(crate) fn gained(instance: &Rc<Instance>, relation: &Relation, parent: &Rc<Instance>) -> Result<()> {
    let is_beside = reverse_slot(instance, relation, |slot| {
        slot.is_child = slot.leads_to(parent);
        slot.is_child
    })?;
    if is_beside != Some(true) {
        return note(instance, relation, Parent::Is(Rc::downgrade(parent)));
    }
    let forgotten = with_changes(instance, |changes| {
        changes.is_some_and(|changes| changes.parent(relation.id()).is_some())
    })?;
    if forgotten {
        with_changes_mut(instance, |changes| changes.forget_parent(relation.id()))
    } else {
        Ok(())
    }
}

/// The object has lost this parent, unless another one has it now.
pub(crate) fn lost(instance: &Rc<Instance>, relation: &Relation, parent: &Rc<Instance>) -> Result<()> {
    // Whether the parent that is remembered is another one; unknown where that one is gone from memory.
    let is_another = |known: &Rc<Instance>| Read::Known(known.header().key() != parent.header().key());
    let is_another = match beside(instance, relation, is_another)? {
        Some(is_another) => is_another,
        None => with_changes(instance, |changes| {
            match changes.and_then(|changes| changes.parent(relation.id())) {
                Some(Parent::Is(known)) => known.upgrade().map_or(Read::Unknown, |known| is_another(&known)),
                _ => Read::Unset,
            }
        })?,
    };
    match is_another {
        Read::Known(true) => return Ok(()),
        // Which row the vanished parent stood for only the foreign key tells.
        Read::Unknown if parent.header().has_key() && !refers_to(instance, relation, parent)? => {
            return Err(Error::new(
                Code::StaleData,
                format!("{} had another parent, which is gone from memory", instance.header().label()),
            )
            .about(relation.class(), Some(relation.name()))
            .help("keep a handle to the parent, or refresh the object first"));
        }
        _ => {}
    }
    reverse_slot(instance, relation, |slot| slot.is_child = false)?;
    note(instance, relation, Parent::Lost)
}

/// What tells a child of an object that a one-to-many relationship holds from one that belongs to another object by
/// now: the foreign keys that its children have.
pub(crate) struct Own(SmallVec<[(SlotId, Value); 1]>);

impl Own {
    /// The foreign keys of the object's children, as far as they are known.
    pub(crate) fn of(parent: &Rc<Instance>, relation: &Relation) -> Result<Self> {
        let mut keys = SmallVec::new();
        for pair in relation.slot_pairs() {
            if let Read::Known(key) = column::committed_value(parent, pair.local, ReadOptions::MEMORY)? {
                keys.push((pair.remote, key));
            }
        }
        Ok(Own(keys))
    }

    /// Whether the foreign key of a child is known, and leads elsewhere. Nothing is loaded for it.
    pub(crate) fn excludes(&self, child: &Rc<Instance>) -> Result<bool> {
        child.read(|columns| {
            self.0.iter().any(|(place, key)| {
                columns.at(*place).is_some_and(|slot| {
                    !slot.is(key) && slot.state() == SlotState::Set && {
                        let mut differs = false;
                        slot.with(&mut |value| {
                            differs = surely_differ(key.as_ref(), value);
                            Ok(())
                        });
                        differs
                    }
                })
            })
        })
    }
}

/// Whether the database takes two keys for different ones, whatever the type and the collation of their column.
fn surely_differ(a: ValueRef<'_>, b: ValueRef<'_>) -> bool {
    match (a, b) {
        (ValueRef::Int(a), ValueRef::Int(b)) => a != b,
        (ValueRef::Blob(a), ValueRef::Blob(b)) => a != b,
        (ValueRef::Text(a), ValueRef::Text(b)) => !a.trim_end().eq_ignore_ascii_case(b.trim_end()),
        _ => false,
    }
}

/// Whether the foreign key of an object is known to be that of the parent's row.
fn refers_to(instance: &Rc<Instance>, relation: &Relation, parent: &Rc<Instance>) -> Result<bool> {
    let known = |instance: &Rc<Instance>, place: SlotId| {
        column::committed_value(instance, place, ReadOptions::MEMORY)
    };
    if relation.direction() != Direction::OneToMany {
        return Ok(false);
    }
    for pair in relation.slot_pairs() {
        let key = known(parent, pair.local)?;
        if !matches!(key, Read::Known(_)) || key != known(instance, pair.remote)? {
            return Ok(false);
        }
    }
    Ok(true)
}
