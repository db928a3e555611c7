//! Marks of parents: whether an object has one by a relationship, which is what makes an orphan.

use std::rc::Rc;

use super::attr::{with_track, with_track_mut};
use super::memory::Handle;
use super::node::Node;
use super::track::Parent;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;

/// Whether an object has a parent by a relationship. `unknown` is the answer where there is no mark: what was
/// loaded is taken to have one.
pub(crate) fn has(node: &Rc<dyn Node>, relation: &Relation, unknown: bool) -> Result<bool> {
    with_track(node, |track| match track.and_then(|track| track.parent(relation.uid())) {
        Some(Parent::Is(_)) => true,
        Some(Parent::Lost) => false,
        None => unknown,
    })
}

/// The object has this parent now.
pub(crate) fn gained(node: &Rc<dyn Node>, relation: &Relation, parent: &Rc<dyn Node>) -> Result<()> {
    with_track_mut(node, |track| track.set_parent(relation.uid(), Parent::Is(Rc::downgrade(parent))))
}

/// The object has lost this parent, unless another one has it now.
pub(crate) fn lost(node: &Rc<dyn Node>, relation: &Relation, parent: &Rc<dyn Node>) -> Result<()> {
    enum Last {
        None,
        Gone,
        Is(Handle),
    }
    let last = with_track(node, |track| match track.and_then(|track| track.parent(relation.uid())) {
        Some(Parent::Is(last)) => last.upgrade().map_or(Last::Gone, |last| Last::Is(Handle::new(last))),
        _ => Last::None,
    })?;
    match last {
        Last::Is(last) if last.core().key() != parent.core().key() => return Ok(()),
        // Which row the vanished parent stood for isn't known any more.
        Last::Gone if parent.core().has_key() => {
            return Err(Error::new(
                Code::StaleData,
                format!("{} had another parent, which is gone from memory", node.core().label()),
            )
            .of(relation.class(), Some(relation.name()))
            .help("keep a handle to the parent, or refresh the object first"));
        }
        _ => {}
    }
    with_track_mut(node, |track| track.set_parent(relation.uid(), Parent::Lost))
}

/// Whether an object lacks a parent that it must have: one by each relationship with `delete-orphan`.
pub(crate) fn is_orphan(node: &Rc<dyn Node>) -> Result<bool> {
    let mapper = node.core().mapper();
    if mapper.delete_orphans().is_empty() {
        return Ok(false);
    }
    let mapping = mapper.mapping()?;
    let has_row = node.core().has_key();
    for id in mapper.delete_orphans() {
        if !has(node, mapping.relation(*id), has_row)? {
            return Ok(true);
        }
    }
    Ok(false)
}
