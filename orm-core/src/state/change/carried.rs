//! Columns that a flush takes from a relationship: setting one to something else would be lost.

use std::rc::Rc;

use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::history::newly_set;
use crate::state::read::port;
use crate::value::Value;

/// Refuses to set a foreign key by hand after its relationship was set to something else: the flush takes it from there.
/// An expression has no value yet.
///
/// # Errors
/// `wrong-state` where they disagree.
#[inline]
pub(crate) fn check(
    instance: &Rc<Instance>,
    place: SlotId,
    value: impl FnOnce() -> Option<Value>,
) -> Result<()> {
    if instance.header().has(Mark::RELATED) { check_related(instance, place, value) } else { Ok(()) }
}

#[inline(never)]
fn check_related(
    instance: &Rc<Instance>,
    place: SlotId,
    value: impl FnOnce() -> Option<Value>,
) -> Result<()> {
    let mapper = instance.header().mapper();
    let mut set = None;
    for relation in mapper.relations() {
        if relation.direction() == Direction::ManyToOne
            && let Some(pair) = relation.slot_pairs().iter().find(|pair| pair.local == place)
            && let Read::Known(target) = newly_set(instance, relation)?
        {
            set = Some((relation, target, pair.remote));
            break;
        }
    }
    let Some((relation, target, from)) = set else { return Ok(()) };
    if port::of(instance).is_some_and(|session| !session.change_rules().keeps_by_hand) {
        return Ok(());
    }
    let carried = match &target {
        None => Some(Value::Null),
        Some(target) => known(target, from)?,
    };
    let agrees = match carried {
        Some(carried) => Some(carried) == value(),
        // Only a new object has no key that could be known: what else it would be is loaded by the flush.
        None => target.as_ref().is_some_and(|target| target.header().has_key()),
    };
    if agrees {
        return Ok(());
    }
    let is_empty = target.is_none();
    drop(target);
    Err(disagrees(relation, mapper.attribute_in(place), is_empty))
}

/// The value of a column, as far as the object knows it: of a key also while it is expired.
fn known(target: &Rc<Instance>, place: SlotId) -> Result<Option<Value>> {
    if let Some(value) = target.column_value(place)? {
        return Ok(Some(value));
    }
    let header = target.header();
    let at = header.mapper().key_slots().iter().position(|slot| *slot == place);
    Ok(at.and_then(|at| header.with_key(|key| key.map(|key| key.get(at).to_value()))))
}

#[cold]
fn disagrees(relation: &Relation, attribute: Option<&str>, is_empty: bool) -> Error {
    let name = format!("`{}.{}`", relation.class(), relation.name());
    let to = if is_empty { "nothing" } else { "an object with another key" };
    Error::new(Code::WrongState, format!("{name} was set to {to}, and the flush takes the column from that"))
        .about(relation.class(), attribute)
        .help(format!("set {name} alone, or flush the session between the two"))
}
