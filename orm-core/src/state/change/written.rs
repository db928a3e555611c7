//! Expressions that a flush wrote into columns: a rollback that takes the row back gives them to the object again.
//!
//! Only the database knew what became of them, so an object that lost its row would else have nothing in their place.

use std::rc::Rc;

use crate::error::Result;
use crate::state::memory::access::{with_changes, with_changes_mut};
use crate::state::memory::changes::{Changes, Written};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};

/// The expressions that columns are set to were written, with the row or by an update of it.
pub(crate) fn note(instance: &Rc<Instance>, by_insert: bool) -> Result<()> {
    if !instance.header().has(Mark::LATE) {
        return Ok(());
    }
    let gone = with_changes_mut(instance, |changes| changes.note_written(by_insert))?;
    drop(gone);
    Ok(())
}

/// The row was taken back: what was written into it is to be written again. What an update wrote may be an expression of
/// the row that is gone, so a value that was read since goes before it.
pub(crate) fn restore(instance: &Rc<Instance>) -> Result<()> {
    if !instance.header().has(Mark::LATE) {
        return Ok(());
    }
    for Written { place, late, by_insert } in with_changes_mut(instance, Changes::take_written)? {
        let is_known = || instance.read(|columns| columns.at(place).is_some_and(is_known));
        if by_insert || !is_known()? {
            with_changes_mut(instance, |changes| changes.set_late(place, Some(late)))?;
            instance.write(|columns| columns.at_mut(place).map(|slot| slot.reset(SlotState::Expired)))?;
        }
    }
    mark(instance)
}

fn is_known(slot: &dyn AnySlot) -> bool {
    matches!(slot.state(), SlotState::Set | SlotState::Null)
}

/// The row stays, but not what updates have written into it since a savepoint began.
pub(crate) fn forget_updates(instance: &Rc<Instance>) -> Result<()> {
    forget(instance, |one| one.by_insert)
}

/// The row stays: no rollback takes it back any more.
pub(crate) fn forget_all(instance: &Rc<Instance>) -> Result<()> {
    forget(instance, |_| false)
}

fn forget(instance: &Rc<Instance>, is_kept: fn(&Written) -> bool) -> Result<()> {
    if !instance.header().has(Mark::LATE) {
        return Ok(());
    }
    let gone = with_changes_mut(instance, |changes| changes.forget_written(is_kept))?;
    drop(gone);
    mark(instance)
}

/// Marks whether there is an expression to ask for.
pub(super) fn mark(instance: &Rc<Instance>) -> Result<()> {
    let header = instance.header();
    if header.has(Mark::LATE) && !with_changes(instance, |changes| changes.is_some_and(Changes::has_late))? {
        header.unmark(Mark::LATE);
    }
    Ok(())
}
