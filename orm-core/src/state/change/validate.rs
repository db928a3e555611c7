//! What is refused before anything changes: by the types, and by the user's validators.
//!
//! A change of a relationship changes its reverse side too, and may take an object from another one. All of these are
//! asked where the change begins, and not where it arrives.

use std::rc::Rc;

use crate::declare::{ColumnCheck, ItemCheck, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Relation};
use crate::state::called;
use crate::state::change::{to_many, to_one};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::At;
use crate::state::memory::ordered::Ordered;
use crate::state::memory::slot::{AnySlot, Columns, Slot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{keyed, related};
use crate::value::{Typed, Value, ValueError, ValueRef};

/// What a column is set to where the user gives a value.
#[inline]
pub(super) fn value<V: Typed>(instance: &Rc<Instance>, place: SlotId, value: V) -> Result<V> {
    match instance.header().mapper().check_of(place) {
        None => Ok(value),
        Some(check) => {
            let mut slot = Slot::Set(value);
            ask_column(instance, place, check, &mut slot)?;
            match slot {
                Slot::Set(value) => Ok(value),
                _ => Err(Error::new(Code::Internal, "a validator has left no value")),
            }
        }
    }
}

/// The same where only the column's place is known: a slot with the value, if there is a validator. `NULL` in a column
/// that has none isn't a value.
pub(super) fn stored(
    instance: &Rc<Instance>,
    place: SlotId,
    fill: impl FnOnce(&mut dyn AnySlot) -> Result<bool>,
) -> Result<Option<Box<dyn AnySlot>>> {
    let Some(check) = instance.header().mapper().check_of(place) else { return Ok(None) };
    let Some(mut slot) = instance.read(|columns| columns.at(place).map(AnySlot::fresh))? else {
        return Ok(None);
    };
    if !fill(&mut *slot)? {
        return Ok(None);
    }
    ask_column(instance, place, check, &mut *slot)?;
    slot.check().map_err(|error| not_stored(instance, place, &error))?;
    Ok(Some(slot))
}

/// Fills a slot with the stored form of a value.
pub(super) fn of_value(
    instance: &Rc<Instance>,
    place: SlotId,
    value: &Value,
) -> impl FnOnce(&mut dyn AnySlot) -> Result<bool> {
    move |slot| match slot.load(value.as_ref()) {
        Ok(()) => Ok(true),
        Err(_) if matches!(value.as_ref(), ValueRef::Null) => Ok(false),
        Err(error) => Err(not_stored(instance, place, &error)),
    }
}

/// Asks of all columns of an object that was made of a plain value.
pub(crate) fn all_columns(instance: &Rc<Instance>) -> Result<()> {
    let mapper = instance.header().mapper();
    if !mapper.has_checks() {
        return Ok(());
    }
    for place in mapper.columns().iter().map(MappedColumn::slot) {
        let set = |columns: &dyn Columns| {
            let slot = columns.at(place).filter(|slot| slot.state() == SlotState::Set)?;
            let mut copy = slot.fresh();
            copy.copy_from(slot);
            Some(copy)
        };
        if mapper.check_of(place).is_none() {
            continue;
        }
        let Some(given) = instance.read(set)? else { continue };
        let asked = stored(instance, place, |slot| {
            slot.copy_from(&*given);
            Ok(true)
        })?;
        instance.write(|columns| {
            if let Some((slot, asked)) = columns.at_mut(place).zip(asked) {
                slot.copy_from(&*asked);
            }
        })?;
    }
    Ok(())
}

fn ask_column(
    instance: &Rc<Instance>,
    place: SlotId,
    check: ColumnCheck,
    slot: &mut dyn AnySlot,
) -> Result<()> {
    let owner = Handle::to(instance);
    let mapper = instance.header().mapper();
    called::call(|| check(&owner, slot.as_any_mut()))
        .map_err(|error| refused(error, mapper.class(), mapper.attribute_in(place)))
}

/// A validator's own word gets the attribute. What the library says within it has its own.
fn refused(error: Error, class: &str, attribute: Option<&str>) -> Error {
    if error.code() == Code::Refused && error.class().is_none() {
        error.about(class, attribute)
    } else {
        error
    }
}

/// Before a to-one relationship is set.
pub(super) fn set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    let before = to_one::before(instance, relation)?;
    if let Some(value) = value {
        check_class(relation, value)?;
        comes(instance, relation, value)?;
    }
    match before.as_object().filter(|_| !to_one::is_same(&before, value)) {
        Some(old) => goes(instance, relation, old),
        None => Ok(()),
    }
}

/// Before an item is added. A set that holds it already isn't changed.
pub(super) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    options: ReadOptions,
) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    if let Read::Unknown = related::many(instance, relation, options)? {
        return comes(instance, relation, item);
    }
    if !relation.is_large() && !to_many::ask(instance, relation, |items| items.admits(item))? {
        return Ok(());
    }
    comes(instance, relation, item)?;
    let Some(at) = keyed::place(relation, item, At::End)? else { return Ok(()) };
    match keyed::occupant(instance, relation, &at)? {
        Some(old) if !Rc::ptr_eq(&old, item) => goes(instance, relation, &old),
        _ => Ok(()),
    }
}

/// Before an item is taken out.
pub(super) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    options: ReadOptions,
) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    let is_unknown = matches!(related::many(instance, relation, options)?, Read::Unknown);
    if is_unknown || to_many::ask(instance, relation, |items| items.order_mut().contains(item))? {
        goes(instance, relation, item)?;
    }
    Ok(())
}

/// Before the item at a place is taken out.
pub(super) fn pop(instance: &Rc<Instance>, relation: &'static Relation, at: usize) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    let item = to_many::read(instance, relation, |items: &Ordered| items.get(at).map(Handle::to))?;
    item.map_or(Ok(()), |item| goes(instance, relation, &item))
}

/// Before all of some items are taken out.
pub(super) fn clear(instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    let mut seen = Addresses::default();
    items.iter().filter(|item| seen.insert(address(item))).try_for_each(|item| goes(instance, relation, item))
}

/// Before the items are replaced. Those that stay are asked about as well, as in SQLAlchemy.
pub(super) fn replace(instance: &Rc<Instance>, relation: &'static Relation, values: &[Handle]) -> Result<()> {
    if !relation.is_checked() {
        return Ok(());
    }
    let old = to_many::in_slot(instance, relation)?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    let now: Addresses = values.iter().map(|one| address(one)).collect();
    for value in values {
        if before.contains(address(value)) {
            ask(relation.checks().comes, instance, relation, value)?;
        } else {
            comes(instance, relation, value)?;
        }
    }
    let mut seen = Addresses::default();
    for one in old.iter().filter(|one| seen.insert(address(one)) && !now.contains(address(one))) {
        goes(instance, relation, one)?;
    }
    Ok(())
}

/// Asks what an object that comes to a relationship brings about: here, on its side, and with the one that loses it.
fn comes(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    ask(relation.checks().comes, instance, relation, item)?;
    let Some(reverse) = relation.synced() else { return Ok(()) };
    if reverse.checks().of_reverse {
        ask(reverse.checks().comes, item, reverse, instance)?;
    }
    if reverse.is_many() {
        return Ok(());
    }
    let before = to_one::before(item, reverse)?;
    let Some(old) = before.as_object().filter(|old| !Rc::ptr_eq(old, instance)) else { return Ok(()) };
    if relation.checks().of_reverse {
        ask(relation.checks().goes, old, relation, item)?;
    }
    if reverse.checks().of_reverse {
        ask(reverse.checks().goes, item, reverse, old)?;
    }
    Ok(())
}

/// Asks what an object that leaves a relationship brings about.
fn goes(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    ask(relation.checks().goes, instance, relation, item)?;
    let Some(reverse) = relation.synced().filter(|reverse| reverse.checks().of_reverse) else {
        return Ok(());
    };
    if reverse.checks().goes.is_some() && !reverse.is_many() {
        let before = to_one::before(item, reverse)?;
        if !matches!(before, Read::Unknown) && !to_one::is_same(&before, Some(instance)) {
            return Ok(());
        }
    }
    ask(reverse.checks().goes, item, reverse, instance)
}

fn ask(
    check: Option<ItemCheck>,
    owner: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<()> {
    let Some(check) = check else { return Ok(()) };
    let (owner, item) = (Handle::to(owner), Handle::to(item));
    called::call(|| check(&owner, &item))
        .map_err(|error| refused(error, relation.class(), Some(relation.name())))
}

/// The error of a value that doesn't fit its column.
pub(crate) fn not_stored(instance: &Rc<Instance>, place: SlotId, error: &ValueError) -> Error {
    let mapper = instance.header().mapper();
    let attribute = mapper.attribute_in(place);
    Error::new(Code::Value, error.to_string()).about(mapper.class(), attribute).caused_by(error.clone())
}

/// Refuses objects of another class.
pub(super) fn check_class(relation: &'static Relation, value: &Rc<Instance>) -> Result<()> {
    let target = relation.target();
    if std::ptr::eq(target, value.header().mapper()) {
        return Ok(());
    }
    Err(Error::new(Code::WrongClass, format!("{} is no `{}`", value.header().label(), target.class()))
        .about(relation.class(), Some(relation.name()))
        .help(format!("give it a `{}`", target.class())))
}
