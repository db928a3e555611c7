//! Access to what an object holds: its relationship slots and the memory of its changes.

use crate::declare::{LinkSlotId, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::changes::Changes;
use crate::state::memory::instance::Instance;
use crate::state::memory::links::LinkSlot;
use crate::state::memory::mark::Mark;
use crate::value::ValueError;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// The relationship at a place of an object's class.
pub(crate) fn relation(instance: &Rc<Instance>, place: LinkSlotId) -> Result<&'static Relation> {
    instance.header().mapper().relations().get(place.index()).ok_or_else(|| no_slot(instance, place))
}

/// Runs `f` with a relationship slot.
pub(crate) fn with_slot<R>(
    instance: &Rc<Instance>,
    place: LinkSlotId,
    f: impl FnOnce(&LinkSlot) -> R,
) -> Result<R> {
    if let Some(rare) = instance.header().rare() {
        let slots = rare.slots.try_borrow().map_err(|_| instance.busy())?;
        if let Some(slot) = slots.get(place) {
            return Ok(f(slot));
        }
    }
    relation(instance, place)?;
    // There is nothing in it to drop.
    Ok(f(&ManuallyDrop::new(LinkSlot::unused(place))))
}

#[cold]
fn no_slot(instance: &Rc<Instance>, place: LinkSlotId) -> Error {
    let mapper = instance.header().mapper();
    if place == LinkSlotId::NOT_ADDED {
        return Error::new(Code::UnknownAttribute, "the relationship isn't added to the class's registry")
            .about(mapper.class(), None)
            .help("add it by `orm::late!`, or by `add` before the registry is used");
    }
    Error::new(Code::Internal, format!("there is no relationship {}", place.index()))
        .about(mapper.class(), None)
}

/// Runs `f` with a relationship slot, to be changed. What `f` takes out of it, it gives back, so that it is
/// dropped when nothing is borrowed.
pub(crate) fn with_slot_mut<R>(
    instance: &Rc<Instance>,
    place: LinkSlotId,
    f: impl FnOnce(&mut LinkSlot) -> R,
) -> Result<R> {
    let header = instance.header();
    let mut slots = header.rare_or_new().slots.try_borrow_mut().map_err(|_| instance.busy())?;
    header.mark(Mark::RELATED);
    if let Some(slot) = slots.get_mut(place) {
        return Ok(f(slot));
    }
    relation(instance, place)?;
    Ok(f(slots.make(place)))
}

/// Whether a relationship is loaded.
pub(crate) fn is_loaded(instance: &Rc<Instance>, place: LinkSlotId) -> Result<bool> {
    with_slot(instance, place, LinkSlot::is_loaded)
}

/// Runs `f` with what is remembered of the object.
pub(crate) fn with_changes<R>(instance: &Rc<Instance>, f: impl FnOnce(Option<&Changes>) -> R) -> Result<R> {
    let Some(rare) = instance.header().rare() else { return Ok(f(None)) };
    let changes = rare.changes.try_borrow().map_err(|_| instance.busy())?;
    Ok(f(if changes.is_empty() { None } else { Some(&changes) }))
}

/// Runs `f` with what is remembered of the object, to be changed.
pub(crate) fn with_changes_mut<R>(instance: &Rc<Instance>, f: impl FnOnce(&mut Changes) -> R) -> Result<R> {
    let mut changes =
        instance.header().rare_or_new().changes.try_borrow_mut().map_err(|_| instance.busy())?;
    Ok(f(&mut changes))
}

/// The error of a value that doesn't fit its column.
pub(crate) fn not_stored(instance: &Rc<Instance>, place: SlotId, error: &ValueError) -> Error {
    let mapper = instance.header().mapper();
    let attribute = mapper.attribute_in(place);
    Error::new(Code::Value, error.to_string()).about(mapper.class(), attribute).caused_by(error.clone())
}
