//! The places of a list's items, in a column of theirs: what is numbered when an item comes, goes or is loaded.

use std::rc::Rc;

use crate::declare::{OrderedBy, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::access::{with_changes_mut, with_slot};
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::items::At;
use crate::state::memory::mark::Mark;
use crate::state::memory::ordered::Ordered;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{mark_modified, modified};
use crate::value::Value;

/// An item has come to a list. At the end it gets its number, unless it has one already; anywhere else all get theirs.
pub(crate) fn came(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: &At,
) -> Result<()> {
    let Some(ordered) = relation.ordered_by() else { return Ok(()) };
    match at {
        At::End => {
            let items = with_slot(instance, relation.slot(), |slot| slot.many().map_or(0, Ordered::len))?;
            number(item, ordered, items.saturating_sub(1), ordered.on_append)
        }
        At::Index(_) | At::Key(_) => reorder(instance, relation),
    }
}

/// Numbers all items of a list.
pub(crate) fn reorder(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    let Some(ordered) = relation.ordered_by() else { return Ok(()) };
    number_all(&items(instance, relation)?, ordered, true)
}

/// The last items of a list came together. They get their numbers, unless they have some already.
pub(crate) fn came_last(instance: &Rc<Instance>, relation: &'static Relation, came: &[Handle]) -> Result<()> {
    let Some(ordered) = relation.ordered_by().filter(|_| !came.is_empty()) else { return Ok(()) };
    let items = with_slot(instance, relation.slot(), |slot| slot.many().map_or(0, Ordered::len))?;
    let first = items.saturating_sub(came.len());
    let places = came.iter().enumerate();
    places.into_iter().try_for_each(|(at, item)| number(item, ordered, first + at, ordered.on_append))
}

/// A list was loaded, and changed by what had waited for that.
pub(crate) fn loaded(instance: &Rc<Instance>, relation: &'static Relation, has_removed: bool) -> Result<()> {
    let Some(ordered) = relation.ordered_by() else { return Ok(()) };
    number_all(&items(instance, relation)?, ordered, has_removed || ordered.on_append)
}

fn items(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    with_slot(instance, relation.slot(), |slot| {
        slot.many().map(|items| items.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

fn number_all(items: &[Handle], ordered: &OrderedBy, again: bool) -> Result<()> {
    items.iter().enumerate().try_for_each(|(at, item)| number(item, ordered, at, again))
}

/// Gives an item the number of a place; one that has a number only where it is to be numbered again.
fn number(item: &Rc<Instance>, ordered: &OrderedBy, at: usize, again: bool) -> Result<()> {
    let has = column::value(item, ordered.column, ReadOptions::DATABASE)?.or_null();
    // What is set to an expression is left to that.
    let Some(has) = has.filter(|has| again || has.is_null()) else { return Ok(()) };
    let wanted = (ordered.number)(at);
    if has == wanted { Ok(()) } else { set(item, ordered.column, &wanted) }
}

/// Sets a column whose value was just read.
fn set(item: &Rc<Instance>, place: SlotId, value: &Value) -> Result<()> {
    if column::last_known(item, place)?.is_some() {
        with_changes_mut(item, |changes| changes.set_last_known(place, None))?;
    }
    if item.header().has_key() || item.header().has(Mark::WRITTEN) {
        modified(item, Attr::Column(place), || {
            Ok(item.column_value(place)?.map_or(Was::NoValue, Was::Value))
        })?;
    } else {
        mark_modified(item);
    }
    let set = item.write(|columns| {
        columns.at_mut(place).map(|slot| slot.load(value.as_ref()).and_then(|()| slot.check()))
    })?;
    let Some(Err(error)) = set else { return Ok(()) };
    let mapper = item.header().mapper();
    Err(Error::new(Code::Value, error.to_string())
        .about(mapper.class(), mapper.attribute_in(place))
        .caused_by(error))
}
