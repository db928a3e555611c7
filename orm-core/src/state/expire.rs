//! Expiring: what an object holds is loaded again when it is next read.

use std::rc::Rc;

use smallvec::SmallVec;

use super::attr::{with_track, with_track_mut};
use super::links::{Held, RelSlot};
use super::node::{Mark, Node};
use super::slot::SlotState;
use super::track::{Attr, Track};
use crate::error::Result;

/// Expires everything. Changes that weren't flushed are lost. The session lets go of the object by itself.
pub(crate) fn all(node: &Rc<Node>) -> Result<()> {
    let core = node.core();
    core.mark(Mark::EXPIRED);
    core.unmark(Mark::MODIFIED);
    for index in with_track(node, |track| track.map(Track::watched).unwrap_or_default())? {
        keep_last_known(node, index)?;
    }
    node.write(|columns| {
        for index in 0..core.mapper().columns().len() {
            if let Some(slot) = columns.slot_mut(index) {
                slot.reset(SlotState::Expired);
            }
        }
    })?;
    if core.has(Mark::RELATED) {
        let slots: SmallVec<[RelSlot; 4]> = {
            let mut slots = node.relations().try_borrow_mut().map_err(|_| node.busy())?;
            slots.iter_mut().map(std::mem::take).collect()
        };
        core.unmark(Mark::RELATED);
        drop(slots);
    }
    let track = {
        let mut slot = core.track.try_borrow_mut().map_err(|_| node.busy())?;
        let mut track = slot.take();
        *slot = track.as_mut().and_then(|track| track.expired());
        track
    };
    drop(track);
    Ok(())
}

/// Keeps the value of a column that is about to be expired, where it is known.
fn keep_last_known(node: &Rc<Node>, index: usize) -> Result<()> {
    match node.column_value(index)? {
        Some(value) => with_track_mut(node, |track| track.set_last_known(index, Some(value))),
        None => Ok(()),
    }
}

/// Expires everything: now, or where a closure is reading the object, when that ends.
pub(crate) fn soon(node: &Rc<Node>) {
    if all(node).is_err() {
        node.core().mark(Mark::OVERDUE);
    }
}

/// Expires an object that is to be expired after it was read.
pub(super) fn overdue(node: &Rc<Node>) {
    if node.core().has(Mark::OVERDUE) && all(node).is_ok() {
        node.core().unmark(Mark::OVERDUE);
    }
}

/// Expires some attributes.
pub(crate) fn attributes(node: &Rc<Node>, attrs: &[Attr]) -> Result<()> {
    for attr in attrs {
        match *attr {
            Attr::Column(index) => {
                let index = usize::from(index);
                if with_track(node, |track| track.is_some_and(|track| track.watched().contains(&index)))? {
                    keep_last_known(node, index)?;
                }
                node.write(|columns| {
                    if let Some(slot) = columns.slot_mut(index) {
                        slot.reset(SlotState::Expired);
                    }
                })?;
            }
            Attr::Relation(index) => {
                super::attr::put(node, usize::from(index), Held::Unloaded)?;
                let has =
                    with_track(node, |track| track.is_some_and(|t| t.queued(usize::from(index)).is_some()))?;
                if has {
                    let queued = with_track_mut(node, |track| track.take_queued(usize::from(index)))?;
                    drop(queued);
                }
            }
        }
        super::attr::forget_change(node, *attr)?;
    }
    Ok(())
}

/// Everything that the object holds is what the database holds: after a flush.
pub(crate) fn commit(node: &Rc<Node>) -> Result<()> {
    let core = node.core();
    core.unmark(Mark::MODIFIED);
    core.unmark(Mark::EXPIRED);
    if core.has(Mark::RELATED) {
        let mut slots = node.relations().try_borrow_mut().map_err(|_| node.busy())?;
        slots.iter_mut().for_each(|slot| slot.began = false);
    }
    let is_clean = with_track(node, |track| track.is_none_or(Track::is_clean))?;
    if !is_clean {
        let changes = with_track_mut(node, Track::take_changes)?;
        drop(changes);
    }
    Ok(())
}
