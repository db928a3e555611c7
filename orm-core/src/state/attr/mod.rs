//! Attributes: reading and changing them with everything that follows from it, one kind a file.

pub(crate) mod collection;
pub(crate) mod column;
pub(crate) mod object;

use std::rc::Rc;

use super::history::Snapshot;
use super::host::{self, Fetched};
use super::links::{Held, Links, RelSlot, Repeats};
use super::memory::{Handle, Link};
use super::node::{Mark, Node};
use super::parent;
use super::passive::Passive;
use super::track::{Attr, Old, Track};
use crate::declare::Kind;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapping, Relation, RelationId};

/// Which operation of which attribute began a change: what keeps two sides from answering each other for ever.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    relation: RelationId,
    op: Op,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Append,
    Remove,
    Replace,
    BulkReplace,
}

impl Token {
    pub(crate) fn new(relation: &Relation, op: Op) -> Self {
        Token { relation: relation.id(), op }
    }

    /// What appending to (or, for a to-one, setting) the attribute is called.
    pub(crate) fn append(relation: &Relation) -> Self {
        Token::new(relation, if relation.is_many() { Op::Append } else { Op::Replace })
    }

    pub(crate) fn remove(relation: &Relation) -> Self {
        Token::new(relation, Op::Remove)
    }

    /// Whether an attribute of that relationship began it.
    pub(crate) fn is_of(self, relation: &Relation) -> bool {
        self.relation == relation.id()
    }

    /// Whether an attribute of that name began it.
    pub(crate) fn has_name(self, relation: &Relation, mapping: &Mapping) -> bool {
        mapping.relation(self.relation).name() == relation.name()
    }
}

/// What a relationship holds, as far as it may be read.
pub(crate) enum Got {
    /// It isn't known, and may not be loaded.
    Unknown,
    /// It has no value.
    NoValue,
    /// One object or none.
    One(Option<Handle>),
    /// The slot holds the collection.
    Loaded,
    /// A collection without items that isn't kept in the slot.
    Empty,
}

/// The relationship at a place of an object's class.
pub(crate) fn relation(node: &Rc<Node>, index: usize) -> Result<&'static Relation> {
    node.core().mapper().relations().get(index).ok_or_else(|| no_slot(node, index))
}

/// The reverse side of a relationship.
pub(crate) fn inverse(relation: &'static Relation, node: &Rc<Node>) -> Result<Option<&'static Relation>> {
    match relation.inverse() {
        Some(id) => Ok(Some(node.core().mapper().mapping()?.relation(id))),
        None => Ok(None),
    }
}

/// Runs `f` with a relationship slot.
pub(crate) fn with_slot<R>(node: &Rc<Node>, index: usize, f: impl FnOnce(&RelSlot) -> R) -> Result<R> {
    let slots = node.relations().try_borrow().map_err(|_| node.busy())?;
    slots.get(index).map(f).ok_or_else(|| no_slot(node, index))
}

#[cold]
fn no_slot(node: &Rc<Node>, index: usize) -> Error {
    Error::new(Code::Internal, format!("there is no relationship {index}"))
        .of(node.core().mapper().class(), None)
}

/// Runs `f` with a relationship slot, to be changed. What `f` takes out of it, it gives back, so that it is
/// dropped when nothing is borrowed.
pub(crate) fn with_slot_mut<R>(
    node: &Rc<Node>,
    index: usize,
    f: impl FnOnce(&mut RelSlot) -> R,
) -> Result<R> {
    let mut slots = node.relations().try_borrow_mut().map_err(|_| node.busy())?;
    node.core().mark(Mark::RELATED);
    slots.get_mut(index).map(f).ok_or_else(|| no_slot(node, index))
}

/// Puts a value into a slot; the old one is dropped when nothing is borrowed.
pub(crate) fn put(node: &Rc<Node>, index: usize, value: Held) -> Result<()> {
    parent::before_put(node, index, &value)?;
    let old = with_slot_mut(node, index, |slot| slot.replace(value))?;
    drop(old);
    Ok(())
}

/// Whether a relationship is loaded.
pub(crate) fn is_loaded(node: &Rc<Node>, index: usize) -> Result<bool> {
    with_slot(node, index, RelSlot::is_loaded)
}

/// Runs `f` with what is remembered of the object.
pub(crate) fn with_track<R>(node: &Rc<Node>, f: impl FnOnce(Option<&Track>) -> R) -> Result<R> {
    let track = node.core().track.try_borrow().map_err(|_| node.busy())?;
    Ok(f(track.as_deref()))
}

/// Runs `f` with what is remembered of the object, to be changed.
pub(crate) fn with_track_mut<R>(node: &Rc<Node>, f: impl FnOnce(&mut Track) -> R) -> Result<R> {
    let mut track = node.core().track.try_borrow_mut().map_err(|_| node.busy())?;
    Ok(f(track.get_or_insert_default()))
}

/// Runs `f` with what a relationship was before it was first changed.
pub(crate) fn with_old<R>(node: &Rc<Node>, index: usize, f: impl FnOnce(Option<&Old>) -> R) -> Result<R> {
    if with_slot(node, index, |slot| slot.began)? {
        return Ok(f(Some(&Old::NoValue)));
    }
    with_track(node, |track| f(track.and_then(|track| track.old(Attr::relation(index)))))
}

/// Whether an attribute is changed.
pub(crate) fn is_changed(node: &Rc<Node>, attr: Attr) -> Result<bool> {
    match attr {
        Attr::Relation(index) => with_old(node, usize::from(index), |old| old.is_some()),
        Attr::Column(_) => with_track(node, |track| track.is_some_and(|track| track.old(attr).is_some())),
    }
}

/// Keeps what an attribute was before its first change. That a relationship led to nothing is a mark in its
/// slot: so it is with every new object.
pub(crate) fn keep_old(node: &Rc<Node>, attr: Attr, old: Old) -> Result<()> {
    match (attr, old) {
        (Attr::Relation(index), Old::NoValue) => {
            with_slot_mut(node, usize::from(index), |slot| slot.began = true)
        }
        (Attr::Relation(index), Old::Many(links)) if links.is_empty() => {
            with_slot_mut(node, usize::from(index), |slot| slot.began = true)
        }
        (attr, old) => with_track_mut(node, |track| track.keep_old(attr, old)),
    }
}

/// Keeps what an attribute was before its first change, and tells the session that the object is changed.
pub(crate) fn modified(node: &Rc<Node>, attr: Attr, old: impl FnOnce() -> Result<Old>) -> Result<()> {
    if !is_changed(node, attr)? {
        keep_old(node, attr, old()?)?;
    }
    mark_modified(node);
    Ok(())
}

/// Marks the object as changed and has its session hold it.
pub(crate) fn mark_modified(node: &Rc<Node>) {
    let core = node.core();
    core.mark(Mark::MODIFIED);
    if !core.has(Mark::HELD)
        && !core.has(Mark::NEW)
        && let Some(host) = host::of(node)
    {
        host.changed(node);
    }
}

/// Reads a relationship as far as `passive` allows.
pub(crate) fn get(node: &Rc<Node>, relation: &'static Relation, passive: Passive) -> Result<Got> {
    let index = relation.index();
    if let Some(got) = loaded(node, index)? {
        return Ok(got);
    }
    // A value that was taken away isn't loaded again.
    let changed = with_old(node, index, |old| old.is_some_and(|old| !matches!(old, Old::NoValue)))?;
    if !changed {
        if !passive.may(Passive::CALLABLES) {
            return Ok(Got::Unknown);
        }
        match fetch(node, relation, passive)? {
            Fetched::Empty => {}
            Fetched::Unknown => return Ok(Got::Unknown),
            Fetched::NoValue => return Ok(Got::NoValue),
            Fetched::One(one) => {
                set_committed_one(node, relation, one.as_ref())?;
                return Ok(Got::One(one));
            }
            Fetched::Many(many) => {
                set_committed_many(node, relation, &many)?;
                return Ok(Got::Loaded);
            }
            Fetched::Done => {
                if let Some(got) = loaded(node, index)? {
                    return Ok(got);
                }
            }
        }
    }
    if !passive.may(Passive::INIT) {
        return Ok(Got::NoValue);
    }
    Ok(if relation.is_many() { Got::Empty } else { Got::One(None) })
}

fn loaded(node: &Rc<Node>, index: usize) -> Result<Option<Got>> {
    with_slot(node, index, |slot| match &slot.held {
        Held::Unloaded => None,
        Held::One(_) => Some(Got::One(slot.one().map(Handle::to))),
        Held::Many(_) => Some(Got::Loaded),
    })
}

/// Asks the session, as SQLAlchemy's lazy loader decides: objects without a row have nothing to load.
pub(crate) fn fetch(node: &Rc<Node>, relation: &'static Relation, passive: Passive) -> Result<Fetched> {
    if !node.core().has_key() {
        return Ok(Fetched::Empty);
    }
    if !passive.may(Passive::SQL) && relation.get_columns().is_none() {
        return Ok(Fetched::Unknown);
    }
    super::raise::check(relation, passive)?;
    match host::of(node) {
        Some(host) => host.load_relation(node, relation, passive),
        None if passive.may(Passive::NO_RAISE) => Ok(Fetched::Unknown),
        None => Err(Error::new(
            Code::Detached,
            format!("{} has no session to load the relationship from", node.core().label()),
        )
        .of(relation.class(), Some(relation.name()))
        .help("read it while the session lives, or add or merge the object into one")),
    }
}

/// Sets what was loaded; it is no change.
pub(crate) fn set_committed_one(
    node: &Rc<Node>,
    relation: &'static Relation,
    one: Option<&Handle>,
) -> Result<()> {
    put(node, relation.index(), Held::One(one.map(|one| Link::to(one))))?;
    forget_change(node, Attr::relation(relation.index()))
}

/// Sets what was loaded, and applies the changes that were queued while it wasn't.
pub(crate) fn set_committed_many(
    node: &Rc<Node>,
    relation: &'static Relation,
    many: &[Handle],
) -> Result<()> {
    let index = relation.index();
    let attr = Attr::relation(index);
    put(node, index, Held::Many(Links::of(many.iter().map(|one| Link::to(one)).collect())))?;
    forget_change(node, attr)?;
    let has_queued = with_track(node, |track| track.is_some_and(|track| track.queued(index).is_some()))?;
    if !has_queued {
        return Ok(());
    }
    modified(node, attr, || Snapshot::of(node, index).map(Snapshot::into_old))?;
    let queued = with_track_mut(node, |track| track.take_queued(index))?.unwrap_or_default();
    let (mut removed, mut missing) = (Vec::new(), None);
    with_slot_mut(node, index, |slot| {
        let mut repeats = Repeats::No;
        if let Held::Many(links) = &mut slot.held {
            for item in queued.added.iter().filter_map(Link::target) {
                if links.contains(item) {
                    if relation.kind() == Kind::Set {
                        continue;
                    }
                    repeats = Repeats::Yes;
                }
                links.push(item);
            }
            for item in queued.removed.iter().filter_map(Link::target) {
                let Some(at) = links.position(item) else {
                    missing = Some(Handle::to(item));
                    break;
                };
                removed.push(links.take(at));
            }
        }
        slot.repeats(repeats);
    })?;
    drop(removed);
    match missing {
        None => Ok(()),
        Some(item) => Err(Error::new(
            Code::NotInCollection,
            format!(
                "{} was taken out before the collection was loaded, but isn't in it",
                item.core().label()
            ),
        )
        .of(relation.class(), Some(relation.name()))
        .help("it isn't what the database holds any more: expire the object")),
    }
}

/// The attribute is what the database holds.
pub(crate) fn forget_change(node: &Rc<Node>, attr: Attr) -> Result<()> {
    if !is_changed(node, attr)? {
        return Ok(());
    }
    if let Attr::Relation(index) = attr
        && with_slot_mut(node, usize::from(index), |slot| std::mem::take(&mut slot.began))?
    {
        return Ok(());
    }
    let old = with_track_mut(node, |track| track.forget(attr))?;
    drop(old);
    Ok(())
}
