//! Collections: adding, taking out and replacing, with the reverse side and the cascades.

use std::rc::Rc;

use super::object::check_class;
use super::{Got, Op, Token, get, is_loaded, modified, put, with_slot, with_slot_mut, with_track_mut};
use crate::declare::Kind;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::addresses::Addresses;
use crate::state::history::Snapshot;
use crate::state::links::{Held, Links, Repeats};
use crate::state::memory::{Handle, Link};
use crate::state::node::{Node, address};
use crate::state::passive::Passive;
use crate::state::track::{Attr, Old};
use crate::state::{backref, events, parent};

/// The items of a collection, loaded where they aren't.
pub(crate) fn items(node: &Rc<Node>, relation: &'static Relation) -> Result<Vec<Handle>> {
    Ok(match get(node, relation, Passive::OFF)? {
        Got::Loaded => held(node, relation)?,
        _ => Vec::new(),
    })
}

/// The items in the slot.
pub(crate) fn held(node: &Rc<Node>, relation: &'static Relation) -> Result<Vec<Handle>> {
    with_slot(node, relation.index(), |slot| {
        slot.many().map(|links| links.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

/// The items in the slot one after another: the list isn't copied, and nothing is borrowed meanwhile.
pub(crate) fn walk(
    node: &Handle,
    relation: &'static Relation,
) -> impl Iterator<Item = Result<Rc<Node>>> + use<> {
    let (node, index) = (node.clone(), relation.index());
    let nth = move |at| with_slot(&node, index, |slot| slot.many().and_then(|links| links.get(at)).cloned());
    (0..).map_while(move |at| nth(at).transpose())
}

/// Runs `f` with the loaded links, loading them where they aren't.
pub(crate) fn read<R>(
    node: &Rc<Node>,
    relation: &'static Relation,
    f: impl FnOnce(&Links) -> R,
) -> Result<R> {
    let empty = Links::default();
    match get(node, relation, Passive::OFF)? {
        Got::Loaded => with_slot(node, relation.index(), |slot| f(slot.many().unwrap_or(&empty))),
        _ => Ok(f(&empty)),
    }
}

/// Where an item is put.
#[derive(Clone, Copy)]
pub(crate) enum At {
    End,
    Index(usize),
}

/// Adds an item. A collection that may not be loaded queues it.
pub(crate) fn append(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    at: At,
    began: Option<Token>,
    passive: Passive,
) -> Result<()> {
    check_class(relation, node, item)?;
    let began = began.unwrap_or(Token::append(relation));
    let index = relation.index();
    if let Got::Unknown = get(node, relation, passive)? {
        fire_append(node, relation, item, began)?;
        let taken = with_track_mut(node, |track| track.queue(index).add(item))?;
        drop(taken);
        return Ok(());
    }
    begin_change(node, relation)?;
    let known = relation.kind() == Kind::Set
        && with_slot(node, index, |slot| slot.many().is_some_and(|links| links.contains(item)))?;
    if known {
        return events::on_append(node, relation, item, began);
    }
    let repeats = fire_append(node, relation, item, began)?;
    insert(node, relation, item, at, repeats)
}

fn insert(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    at: At,
    repeats: Repeats,
) -> Result<()> {
    with_slot_mut(node, relation.index(), |slot| {
        if !slot.is_loaded() {
            slot.held = Held::Many(Links::default());
        }
        slot.repeats(repeats);
        match (at, &mut slot.held) {
            (At::Index(index), Held::Many(links)) => links.insert(index, item),
            _ => slot.push(item),
        }
    })?;
    backref::shelter(node, relation, item);
    Ok(())
}

/// A collection that was never set becomes an empty one before it is changed.
fn begin_change(node: &Rc<Node>, relation: &'static Relation) -> Result<()> {
    if !is_loaded(node, relation.index())? {
        put(node, relation.index(), Held::Many(Links::default()))?;
    }
    Ok(())
}

/// What follows from adding an item. Says whether the item may stand in the collection then twice.
fn fire_append(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Token,
) -> Result<Repeats> {
    events::check_single_parent(node, relation, item, false, began)?;
    let repeats = backref::may_be_in(node, relation, item)?;
    events::on_append(node, relation, item, began)?;
    backref::on_append(node, relation, item, began)?;
    keep_old(node, relation)?;
    if relation.tracks_parent() {
        parent::gained(item, relation, node)?;
    }
    Ok(repeats)
}

/// Keeps a copy of the collection as it was before its first change.
fn keep_old(node: &Rc<Node>, relation: &'static Relation) -> Result<()> {
    let index = relation.index();
    modified(node, Attr::relation(index), || {
        Ok(if is_loaded(node, index)? { Snapshot::of(node, index)?.into_old() } else { Old::NoValue })
    })
}

/// What follows from taking an item out.
fn fire_remove(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Token,
    stays: bool,
) -> Result<()> {
    if relation.tracks_parent() {
        parent::lost(item, relation, node)?;
    }
    events::on_remove(node, relation, item)?;
    if !stays {
        backref::on_remove(node, relation, item, began)?;
    }
    keep_old(node, relation)
}

/// Whether the reverse side stays because the item stands in the list once more.
fn stands_twice(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>) -> Result<bool> {
    if !backref::is_to_one(node, relation)? {
        return Ok(false);
    }
    with_slot_mut(node, relation.index(), |slot| slot.has_twice(item))
}

/// Takes an item out by itself.
///
/// # Errors
/// `not-in-collection`. As in SQLAlchemy, a list has then already let go of the item: it counts as one
/// that lost its parent.
pub(crate) fn remove(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Option<Token>,
    passive: Passive,
) -> Result<()> {
    let began = began.unwrap_or(Token::remove(relation));
    let index = relation.index();
    if let Got::Unknown = get(node, relation, passive)? {
        fire_remove(node, relation, item, began, false)?;
        let taken = with_track_mut(node, |track| track.queue(index).remove(item))?;
        drop(taken);
        return Ok(());
    }
    let is_in = with_slot(node, index, |slot| slot.many().is_some_and(|links| links.contains(item)))?;
    if is_in || relation.kind() == Kind::List {
        begin_change(node, relation)?;
        let stays = stands_twice(node, relation, item)?;
        fire_remove(node, relation, item, began, stays)?;
    }
    let taken = with_slot_mut(node, index, |slot| match &mut slot.held {
        Held::Many(links) => links.position(item).and_then(|at| links.take(at)),
        _ => None,
    })?;
    match taken {
        Some(link) => {
            drop(link);
            Ok(())
        }
        None => {
            Err(Error::new(Code::NotInCollection, format!("{} isn't in the collection", item.core().label()))
                .of(relation.class(), Some(relation.name())))
        }
    }
}

/// Takes the item at a place out.
pub(crate) fn pop(node: &Rc<Node>, relation: &'static Relation, at: usize) -> Result<Handle> {
    let index = relation.index();
    let length = read(node, relation, Links::len)?;
    keep_old(node, relation)?;
    let taken = with_slot_mut(node, index, |slot| match &mut slot.held {
        Held::Many(links) => links.take(at),
        _ => None,
    })?;
    let Some(item) = taken.as_ref().and_then(Link::target).map(Handle::to) else {
        return Err(Error::new(Code::IndexOutOfRange, format!("there is no item {at} among {length}"))
            .of(relation.class(), Some(relation.name())));
    };
    drop(taken);
    let stays = stands_twice(node, relation, &item)?;
    fire_remove(node, relation, &item, Token::remove(relation), stays)?;
    Ok(item)
}

/// Takes everything out.
pub(crate) fn clear(node: &Rc<Node>, relation: &'static Relation) -> Result<()> {
    let items = items(node, relation)?;
    let repeated = repeated(node, relation, &items)?;
    for item in &items {
        let stays = repeated.contains(address(item));
        fire_remove(node, relation, item, Token::remove(relation), stays)?;
    }
    if is_loaded(node, relation.index())? {
        put(node, relation.index(), Held::Many(Links::default()))?;
    }
    Ok(())
}

fn repeated(node: &Rc<Node>, relation: &'static Relation, items: &[Handle]) -> Result<Addresses> {
    let mut repeated = Addresses::default();
    if backref::is_to_one(node, relation)? {
        let mut seen = Addresses::default();
        repeated.extend(items.iter().map(|item| address(item)).filter(|item| !seen.insert(*item)));
    }
    Ok(repeated)
}

/// Replaces the items. Only what really comes or goes counts as a change of it.
pub(crate) fn replace(
    node: &Rc<Node>,
    relation: &'static Relation,
    values: &[Handle],
    passive: Passive,
) -> Result<()> {
    for value in values {
        check_class(relation, node, value)?;
    }
    let index = relation.index();
    let began = Token::new(relation, Op::BulkReplace);
    let passive = if passive.may(Passive::NO_RAISE) {
        Passive::ONLY_PERSISTENT.with(Passive::NO_RAISE)
    } else {
        Passive::ONLY_PERSISTENT
    };
    let old = match get(node, relation, passive)? {
        Got::Loaded => held(node, relation)?,
        _ => Vec::new(),
    };
    modified(node, Attr::relation(index), || Ok(Old::Many(old.iter().map(|one| Link::to(one)).collect())))?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    put(node, index, Held::Many(Links::with_capacity(values.len())))?;
    let mut now = Addresses::default();
    for value in values {
        let first = now.insert(address(value));
        if !first && relation.kind() == Kind::Set {
            continue;
        }
        let comes = !before.contains(address(value));
        if first && comes && backref::adopt(node, relation, value)? {
            with_slot_mut(node, index, |slot| slot.push(value))?;
            continue;
        }
        let repeats = if first { Repeats::No } else { Repeats::Yes };
        if comes {
            fire_append(node, relation, value, began)?;
        }
        insert(node, relation, value, At::End, repeats)?;
    }
    let mut seen = Addresses::default();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if now.contains(address(one)) {
            events::on_append(node, relation, one, began)?;
        }
    }
    seen.clear();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if !now.contains(address(one)) {
            fire_remove(node, relation, one, began, false)?;
        }
    }
    Ok(())
}
