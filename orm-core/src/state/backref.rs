//! Both sides of a relationship in step: a change of one is made on the other.
//!
//! A token says which operation of which attribute began; a side that would only repeat what began is left
//! alone. The other side isn't loaded for it: a collection that isn't loaded queues the change.

use std::rc::Rc;

use super::attr::object::{Before, Expect};
use super::attr::{Op, Token, collection, inverse, object, with_slot};
use super::links::Repeats;
use super::node::{Mark, NO_SHELTER, Node, SessionId};
use super::passive::Passive;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;

/// Appends to (or sets) the reverse side.
fn append(to: &Rc<Node>, reverse: &'static Relation, item: &Rc<Node>, began: Token) -> Result<()> {
    if reverse.is_many() {
        collection::append(to, reverse, item, collection::At::End, Some(began), Passive::NO_FETCH)
    } else {
        object::set(to, reverse, Some(item), Some(began), Expect::Anything)
    }
}

/// Takes from (or empties) the reverse side, if the object is there.
fn pop(from: &Rc<Node>, reverse: &'static Relation, item: &Rc<Node>, began: Token) -> Result<()> {
    if !reverse.is_many() {
        return object::set(from, reverse, None, Some(began), Expect::OrLeave(item));
    }
    match collection::remove(from, reverse, item, Some(began), Passive::NO_FETCH) {
        Err(error) if error.code() == Code::NotInCollection => Ok(()),
        other => other,
    }
}

/// Whether `began` is an append to the attribute itself, so that there is nothing left to do.
fn is_append_of(began: Token, reverse: &Relation) -> bool {
    began == Token::append(reverse) || (reverse.is_many() && began == Token::new(reverse, Op::BulkReplace))
}

/// An object came to a collection.
pub(crate) fn on_append(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Token,
) -> Result<()> {
    let Some(reverse) = inverse(relation, node)? else { return Ok(()) };
    check_conflict(relation, reverse, item, began)?;
    let done = is_append_of(began, reverse)
        || (began.is_of(relation) && !reverse.is_many() && object::begin(item, reverse, node, false)?);
    if done { Ok(()) } else { append(item, reverse, node, began) }
}

/// An object left a collection.
pub(crate) fn on_remove(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Token,
) -> Result<()> {
    let Some(reverse) = inverse(relation, node)? else { return Ok(()) };
    let replaced = Token::new(reverse, if reverse.is_many() { Op::BulkReplace } else { Op::Replace });
    if began == Token::remove(reverse) || began == replaced {
        Ok(())
    } else {
        pop(item, reverse, node, began)
    }
}

/// A to-one relationship was set to something else.
pub(crate) fn on_set(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: Option<&Rc<Node>>,
    before: &Before,
    began: Token,
) -> Result<()> {
    let Some(reverse) = inverse(relation, node)? else { return Ok(()) };
    if let Some(old) = before.object() {
        let repeats = Token::new(reverse, if reverse.is_many() { Op::Remove } else { Op::Replace });
        if began != repeats {
            pop(old, reverse, node, Token::append(relation))?;
        }
    }
    let Some(value) = value else { return Ok(()) };
    check_conflict(relation, reverse, node, began)?;
    if is_append_of(began, reverse) { Ok(()) } else { append(value, reverse, node, began) }
}

/// Refuses a change that arrives at a third attribute: the two sides lead elsewhere.
fn check_conflict(relation: &Relation, reverse: &Relation, node: &Rc<Node>, began: Token) -> Result<()> {
    if began.is_of(relation) || began.is_of(reverse) {
        return Ok(());
    }
    Err(Error::new(
        Code::ReverseConflict,
        format!("the change of {} arrives at `{}.{}`", node.core().label(), reverse.class(), reverse.name()),
    )
    .of(relation.class(), Some(relation.name()))
    .help("`back_populates` of both sides must name each other"))
}

/// Relates a fresh object to the fresh one whose collection it comes to, with all that follows from it: nobody has
/// to be told, and nothing has to be let go of. Says whether they are like that; in a new graph most are.
pub(crate) fn adopt(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>) -> Result<bool> {
    if node.core().session() != SessionId::NONE || relation.single_parent() {
        return Ok(false);
    }
    match inverse(relation, node)? {
        Some(reverse) if !reverse.is_many() => {
            let begun = object::begin(item, reverse, node, relation.tracks_parent())?;
            if begun {
                item.core().shelter.set(u8::try_from(reverse.index()).unwrap_or(NO_SHELTER));
            }
            Ok(begun)
        }
        _ => Ok(false),
    }
}

/// Whether the reverse side is a to-one relationship.
pub(crate) fn is_to_one(node: &Rc<Node>, relation: &'static Relation) -> Result<bool> {
    Ok(inverse(relation, node)?.is_some_and(|reverse| !reverse.is_many()))
}

/// Whether an object may already stand in the collection that it is added to. While it has no row the reverse side
/// tells without a search; later a refresh may have led that elsewhere.
pub(crate) fn may_be_in(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>) -> Result<Repeats> {
    let Some(reverse) = inverse(relation, node)?.filter(|reverse| !reverse.is_many()) else {
        return Ok(Repeats::Maybe);
    };
    let had_row = item.core().has_key() || item.core().has(Mark::WRITTEN);
    Ok(match with_slot(item, reverse.index(), |slot| slot.leads_to(node))? {
        true => Repeats::Yes,
        false if had_row => Repeats::Maybe,
        false => Repeats::No,
    })
}

/// Notes on an object that the one behind its to-one slot links back to it, after both links were made.
pub(crate) fn shelter(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>) {
    let Ok(Some(reverse)) = inverse(relation, node) else { return };
    let Ok(slot) = u8::try_from(reverse.index()) else { return };
    let both = !reverse.is_many()
        && slot != NO_SHELTER
        && with_slot(item, reverse.index(), |slot| slot.leads_to(node)).unwrap_or(false);
    if both {
        item.core().shelter.set(slot);
    }
}
