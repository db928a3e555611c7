//! Expiring: what an object holds is loaded again when it is next read.

use crate::declare::SlotId;
use crate::state::read::was::forget_change;
use std::rc::Rc;

use crate::error::Result;
use crate::state::change::written;
use crate::state::memory::access::{with_changes, with_changes_mut};
use crate::state::memory::changes::{Attr, Changes};
use crate::state::memory::instance::Instance;
use crate::state::memory::links::{LinkSlot, Loaded};
use crate::state::memory::mark::Mark;
use crate::state::memory::rare::Rare;
use crate::state::memory::slot::SlotState;
use crate::state::read::related;

/// Expires everything. Changes that weren't flushed are lost. The session lets go of the object by itself.
pub(crate) fn all(instance: &Rc<Instance>) -> Result<()> {
    let header = instance.header();
    header.mark(Mark::EXPIRED);
    header.unmark(Mark::MODIFIED);
    header.unmark(Mark::UNREAD);
    for index in with_changes(instance, |changes| changes.map(Changes::watched).unwrap_or_default())? {
        keep_last_known(instance, index)?;
    }
    instance.write(|columns| {
        for column in header.mapper().columns() {
            if let Some(slot) = columns.at_mut(column.slot()) {
                slot.reset(SlotState::unloaded(column));
            }
        }
    })?;
    if let Some(rare) = header.rare() {
        rare.forget_said();
        if header.has(Mark::RELATED) {
            let slots = rare.slots.try_borrow_mut().map(|mut slots| std::mem::take(&mut *slots));
            let slots = slots.map_err(|_| instance.busy())?;
            header.unmark(Mark::RELATED);
            drop(slots);
        }
        let changes = {
            let mut slot = rare.changes.try_borrow_mut().map_err(|_| instance.busy())?;
            let stays = slot.expired();
            std::mem::replace(&mut *slot, stays)
        };
        drop(changes);
    }
    written::mark(instance)
}

/// Keeps the value of a column that is about to be expired, where it is known.
fn keep_last_known(instance: &Rc<Instance>, index: SlotId) -> Result<()> {
    match instance.column_value(index)? {
        Some(value) => with_changes_mut(instance, |changes| changes.set_last_known(index, Some(value))),
        None => Ok(()),
    }
}

/// Expires everything: now, or where a closure is reading the object, when that ends.
pub(crate) fn soon(instance: &Rc<Instance>) {
    if all(instance).is_err() {
        instance.header().mark(Mark::OVERDUE);
    }
}

/// Expires an object that is to be expired after it was read.
pub(crate) fn overdue(instance: &Rc<Instance>) {
    if instance.header().has(Mark::OVERDUE) && all(instance).is_ok() {
        instance.header().unmark(Mark::OVERDUE);
    }
}

/// Expires some attributes.
pub(crate) fn attributes(instance: &Rc<Instance>, attrs: &[Attr]) -> Result<()> {
    for attr in attrs {
        match *attr {
            Attr::Column(index) => {
                if with_changes(instance, |changes| {
                    changes.is_some_and(|changes| changes.watched().contains(&index))
                })? {
                    keep_last_known(instance, index)?;
                }
                instance.header().unmark(Mark::UNREAD);
                if let Some(rare) = instance.header().rare() {
                    rare.forget_said_of(index);
                }
                let mapper = instance.header().mapper();
                instance.write(|columns| {
                    if let Some((slot, column)) = columns.at_mut(index).zip(mapper.column_in(index)) {
                        slot.reset(SlotState::unloaded(column));
                    }
                })?;
            }
            Attr::Relation(index) => {
                related::put(instance, index, Loaded::No)?;
                let has =
                    with_changes(instance, |changes| changes.is_some_and(|t| t.queued(index).is_some()))?;
                if has {
                    let queued = with_changes_mut(instance, |changes| changes.take_queued(index))?;
                    drop(queued);
                }
            }
        }
        forget_change(instance, *attr)?;
    }
    Ok(())
}

/// Everything that the object holds is what the database holds: after a flush.
pub(crate) fn commit(instance: &Rc<Instance>) -> Result<()> {
    let header = instance.header();
    header.unmark(Mark::MODIFIED);
    header.unmark(Mark::EXPIRED);
    if header.has(Mark::RELATED)
        && let Some(rare) = header.rare()
    {
        let mut is_recorded = false;
        for slot in rare.slots.try_borrow_mut().map_err(|_| instance.busy())?.iter_mut() {
            slot.was_empty = false;
            is_recorded |= slot.is_recorded();
        }
        if is_recorded {
            settle(instance, rare)?;
        }
    }
    let is_clean = with_changes(instance, |changes| changes.is_none_or(Changes::is_clean))?;
    if !is_clean {
        let changes = with_changes_mut(instance, Changes::take_changes)?;
        drop(changes);
    }
    written::mark(instance)
}

/// Forgets what was recorded of collections.
fn settle(instance: &Rc<Instance>, rare: &Rare) -> Result<()> {
    let kept: Vec<_> = {
        let mut slots = rare.slots.try_borrow_mut().map_err(|_| instance.busy())?;
        slots.iter_mut().map(LinkSlot::settle).collect()
    };
    drop(kept);
    Ok(())
}
