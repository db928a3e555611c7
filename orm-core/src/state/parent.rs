//! Marks of parents: whether an object has one by a relationship, which is what makes an orphan.
//!
//! Where the slot of the reverse side leads to the parent, a mark beside it says so; elsewhere the object's
//! [`Track`](super::track::Track) remembers the parent. Where both do, the mark is right.

use std::rc::Rc;

use super::attr::column::{self, Known};
use super::attr::{self, with_slot, with_slot_mut, with_track, with_track_mut};
use super::links::{Held, RelSlot};
use super::node::{Mark, Node};
use super::passive::Passive;
use super::track::Parent;
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};

/// Runs `f` with the slot of the reverse side, where it can lead to a parent.
fn reverse_slot<R>(
    node: &Rc<Node>,
    relation: &Relation,
    f: impl FnOnce(&mut RelSlot) -> R,
) -> Result<Option<R>> {
    match relation.inverse() {
        Some(reverse) if node.core().has(Mark::RELATED) => {
            with_slot_mut(node, usize::from(reverse.index), f).map(Some)
        }
        _ => Ok(None),
    }
}

/// The parent that the slot of the reverse side tells, as `f` sees it.
fn beside<R>(node: &Rc<Node>, relation: &Relation, f: impl FnOnce(&Rc<Node>) -> R) -> Result<Option<R>> {
    Ok(reverse_slot(node, relation, |slot| slot.one().filter(|_| slot.is_child).map(f))?.flatten())
}

fn note(node: &Rc<Node>, relation: &Relation, parent: Parent) -> Result<()> {
    with_track_mut(node, |track| track.set_parent(relation.uid(), parent))
}

/// Something else is about to be put into a slot: a parent that only the slot tells is remembered elsewhere.
pub(super) fn before_put(node: &Rc<Node>, index: usize, held: &Held) -> Result<()> {
    let last = with_slot(node, index, |slot| {
        let stays = |to: &&Rc<Node>| matches!(held, Held::One(Some(link)) if link.leads_to(to));
        slot.one().filter(|to| slot.is_child && !stays(to)).map(Rc::downgrade)
    })?;
    let Some(last) = last else { return Ok(()) };
    with_slot_mut(node, index, |slot| slot.is_child = false)?;
    match attr::inverse(attr::relation(node, index)?, node)? {
        Some(reverse) => note(node, reverse, Parent::Is(last)),
        None => Ok(()),
    }
}

/// Whether an object has a parent by a relationship. `unknown` is the answer where there is no mark: what was
/// loaded is taken to have one.
pub(crate) fn has(node: &Rc<Node>, relation: &Relation, unknown: bool) -> Result<bool> {
    if beside(node, relation, |_| ())?.is_some() {
        return Ok(true);
    }
    with_track(node, |track| match track.and_then(|track| track.parent(relation.uid())) {
        Some(Parent::Is(_)) => true,
        Some(Parent::Lost) => false,
        None => unknown,
    })
}

/// The object has this parent now.
pub(crate) fn gained(node: &Rc<Node>, relation: &Relation, parent: &Rc<Node>) -> Result<()> {
    let is_beside = reverse_slot(node, relation, |slot| {
        slot.is_child = slot.leads_to(parent);
        slot.is_child
    })?;
    if is_beside != Some(true) {
        return note(node, relation, Parent::Is(Rc::downgrade(parent)));
    }
    let forgotten =
        with_track(node, |track| track.is_some_and(|track| track.parent(relation.uid()).is_some()))?;
    if forgotten { with_track_mut(node, |track| track.forget_parent(relation.uid())) } else { Ok(()) }
}

/// The object has lost this parent, unless another one has it now.
pub(crate) fn lost(node: &Rc<Node>, relation: &Relation, parent: &Rc<Node>) -> Result<()> {
    enum Last {
        None,
        Gone,
        Is { another: bool },
    }
    let is = |last: &Rc<Node>| Last::Is { another: last.core().key() != parent.core().key() };
    let last = match beside(node, relation, is)? {
        Some(last) => last,
        None => with_track(node, |track| match track.and_then(|track| track.parent(relation.uid())) {
            Some(Parent::Is(last)) => last.upgrade().map_or(Last::Gone, |last| is(&last)),
            _ => Last::None,
        })?,
    };
    match last {
        Last::Is { another: true } => return Ok(()),
        // Which row the vanished parent stood for only the foreign key tells.
        Last::Gone if parent.core().has_key() && !refers_to(node, relation, parent)? => {
            return Err(Error::new(
                Code::StaleData,
                format!("{} had another parent, which is gone from memory", node.core().label()),
            )
            .of(relation.class(), Some(relation.name()))
            .help("keep a handle to the parent, or refresh the object first"));
        }
        _ => {}
    }
    reverse_slot(node, relation, |slot| slot.is_child = false)?;
    note(node, relation, Parent::Lost)
}

/// Whether the foreign key of an object is known to be that of the parent's row.
fn refers_to(node: &Rc<Node>, relation: &Relation, parent: &Rc<Node>) -> Result<bool> {
    let known = |node, index| column::committed_value(node, index, Passive::NO_INITIALIZE);
    if relation.direction() != Direction::OneToMany {
        return Ok(false);
    }
    for (from, to) in relation.pairs() {
        let key = known(parent, *from)?;
        if !matches!(key, Known::Value(_)) || key != known(node, *to)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an object lacks a parent that it must have: one by each relationship with `delete-orphan`.
pub(crate) fn is_orphan(node: &Rc<Node>) -> Result<bool> {
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
