//! What is refused before anything changes: by the types, and by the user's validators.
//!
//! A change of a relationship changes its reverse side too, and may take an object from another one. All of these are
//! asked where the change begins, and not where it arrives.

use std::rc::Rc;

use crate::declare::{ItemCheck, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Relation};
use crate::state::called;
use crate::state::change::{heard, to_many, to_one};
use crate::state::memory::access::not_stored;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::ordered::Ordered;
use crate::state::memory::slot::{AnySlot, Columns, Slot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, related};
use crate::value::{Typed, Value, ValueRef};

/// Tells of a change that a listener makes to an object of the flush that is running: rows are written by what was known
/// before, and then the object counts as written.
#[inline]
fn tell_of_flush(instance: &Rc<Instance>, relation: &Relation) {
    if instance.header().work.get() > 0 {
        warn_of_flush(instance, relation);
    }
}

#[cold]
fn warn_of_flush(instance: &Rc<Instance>, relation: &Relation) {
    tracing::warn!(
        target: "orm::flush",
        object = %instance.header().label(),
        attribute = relation.name(),
        "a relationship is changed while a flush writes its object"
    );
}

/// What a column is set to where the user gives a value, which stands in a slot.
#[inline]
pub(super) fn value<'s, V: Typed>(
    instance: &Rc<Instance>,
    place: SlotId,
    slot: &'s mut Slot<V>,
) -> Result<&'s V> {
    if instance.header().mapper().has_checks() {
        ask_value(instance, place, slot)?;
    }
    match slot {
        Slot::Set(value) => Ok(value),
        _ => Err(without_value()),
    }
}

/// The value stays where it is: for most classes nothing is asked, and moving it would cost them more than that look.
#[inline(never)]
fn ask_value(instance: &Rc<Instance>, place: SlotId, slot: &mut dyn AnySlot) -> Result<()> {
    if asks_column(instance, place)? { ask_column(instance, place, slot) } else { Ok(()) }
}

#[cold]
fn without_value() -> Error {
    Error::new(Code::Internal, "a validator has left no value")
}

/// Whether anything is asked of what a column is set to: by a validator, or by what listens to the class.
fn asks_column(instance: &Rc<Instance>, place: SlotId) -> Result<bool> {
    let mapper = instance.header().mapper();
    Ok(mapper.check_of(place).is_some() || heard::hears_column(mapper, place)?)
}

/// The same where only the column's place is known: a slot with the value, if there is a validator. `NULL` in a column
/// that has none isn't a value.
pub(super) fn stored(
    instance: &Rc<Instance>,
    place: SlotId,
    fill: impl FnOnce(&mut dyn AnySlot) -> Result<bool>,
) -> Result<Option<Box<dyn AnySlot>>> {
    if !instance.header().mapper().has_checks() || !asks_column(instance, place)? {
        return Ok(None);
    }
    let Some(mut slot) = instance.read(|columns| columns.at(place).map(AnySlot::fresh))? else {
        return Ok(None);
    };
    if !fill(&mut *slot)? {
        return Ok(None);
    }
    ask_column(instance, place, &mut *slot)?;
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
        if !asks_column(instance, place)? {
            continue;
        }
        let Some(given) = instance.read(set)? else { continue };
        // It had no value before.
        instance.write(|columns| {
            if let Some(slot) = columns.at_mut(place) {
                slot.reset(SlotState::Unset);
            }
        })?;
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

/// The validator first, which may replace the value; then what listens.
fn ask_column(instance: &Rc<Instance>, place: SlotId, slot: &mut dyn AnySlot) -> Result<()> {
    let mapper = instance.header().mapper();
    if mapper.column_in(place).is_some_and(MappedColumn::active_history) {
        column::value(instance, place, ReadOptions::DATABASE.without_default().ignoring_raise())?;
    }
    if let Some(check) = mapper.check_of(place) {
        let owner = Handle::to(instance);
        called::call(|| check.ask(&owner, slot.as_any_mut()))
            .map_err(|error| called::refused(error, mapper.class(), mapper.attribute_in(place)))?;
    }
    heard::set_column(instance, place, slot)
}

/// Who is asked before a relationship changes.
#[derive(Clone, Copy)]
struct Asked {
    /// Its validators, or those of its reverse side.
    validators: bool,
    /// What listens to it, or to its reverse side.
    listeners: bool,
}

/// Who is asked before a relationship changes; nobody, mostly.
#[inline]
fn asked(relation: &'static Relation) -> Result<Option<Asked>> {
    if relation.may_be_asked() { who(relation) } else { Ok(None) }
}

#[inline(never)]
fn who(relation: &'static Relation) -> Result<Option<Asked>> {
    let asked = Asked { validators: relation.is_checked(), listeners: heard::is_heard(relation)? };
    Ok((asked.validators || asked.listeners).then_some(asked))
}

/// Before a to-one relationship is set.
pub(super) fn set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let before = to_one::before(instance, relation)?;
    let old = before.as_object().filter(|_| !to_one::is_same(&before, value));
    if let Some(value) = value {
        check_class(relation, value)?;
    }
    if asked.validators {
        value.map_or(Ok(()), |value| comes(instance, relation, value))?;
        old.map_or(Ok(()), |old| goes(instance, relation, old))?;
    }
    if asked.listeners { heard::set(instance, relation, value, &before) } else { Ok(()) }
}

/// Before an item is added. A set that holds it already isn't changed.
pub(super) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    options: ReadOptions,
) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let is_unknown = matches!(related::many(instance, relation, options)?, Read::Unknown);
    let admits = || to_many::ask(instance, relation, |items| items.admits(item));
    if !is_unknown && !relation.is_large() && !admits()? {
        return Ok(());
    }
    if asked.validators {
        comes(instance, relation, item)?;
    }
    let displaced = to_many::displaced(instance, relation, item)?;
    if let Some(old) = &displaced
        && asked.validators
    {
        goes(instance, relation, old)?;
    }
    if !asked.listeners {
        return Ok(());
    }
    displaced.map_or(Ok(()), |old| heard::remove(instance, relation, &old))?;
    heard::append(instance, relation, item)
}

/// Before an item is taken out.
pub(super) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    options: ReadOptions,
) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let is_unknown = matches!(related::many(instance, relation, options)?, Read::Unknown);
    if is_unknown || to_many::ask(instance, relation, |items| items.order_mut().contains(item))? {
        leaves(asked, instance, relation, item)?;
    }
    Ok(())
}

/// Before the item at a place is taken out.
pub(super) fn pop(instance: &Rc<Instance>, relation: &'static Relation, at: usize) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let item = to_many::read(instance, relation, |items: &Ordered| items.get(at).map(Handle::to))?;
    item.map_or(Ok(()), |item| leaves(asked, instance, relation, &item))
}

/// Before all of some items are taken out.
pub(super) fn clear(instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let mut seen = Addresses::default();
    let mut once = items.iter().filter(|item| seen.insert(address(item)));
    once.try_for_each(|item| leaves(asked, instance, relation, item))
}

fn leaves(
    asked: Asked,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<()> {
    if asked.validators {
        goes(instance, relation, item)?;
    }
    if asked.listeners { heard::remove(instance, relation, item) } else { Ok(()) }
}

/// Before the items are replaced. Those that stay are asked about as well, as in SQLAlchemy; listeners aren't told of them.
pub(super) fn replace(instance: &Rc<Instance>, relation: &'static Relation, values: &[Handle]) -> Result<()> {
    tell_of_flush(instance, relation);
    let Some(asked) = asked(relation)? else { return Ok(()) };
    let old = to_many::in_slot(instance, relation)?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    let now: Addresses = values.iter().map(|one| address(one)).collect();
    let mut seen = Addresses::default();
    let gone: Vec<&Handle> =
        old.iter().filter(|one| seen.insert(address(one)) && !now.contains(address(one))).collect();
    if asked.validators {
        for value in values {
            if before.contains(address(value)) {
                ask(relation.checks().comes, instance, relation, value)?;
            } else {
                comes(instance, relation, value)?;
            }
        }
        gone.iter().try_for_each(|one| goes(instance, relation, one))?;
    }
    if asked.listeners {
        heard::replace(instance, relation, values)?;
        let mut new = values.iter().filter(|value| !before.contains(address(value)));
        new.try_for_each(|value| heard::append(instance, relation, value))?;
        gone.iter().try_for_each(|one| heard::remove(instance, relation, one))?;
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
        let is_asked = reverse.checks().of_reverse && reverse.checks().goes.is_some();
        let displaced = if is_asked { to_many::displaced(item, reverse, instance)? } else { None };
        return displaced.map_or(Ok(()), |old| ask(reverse.checks().goes, item, reverse, &old));
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
        .map_err(|error| called::refused(error, relation.class(), Some(relation.name())))
}

/// Refuses objects of another class.
pub(crate) fn check_class(relation: &'static Relation, value: &Rc<Instance>) -> Result<()> {
    let target = relation.target();
    if std::ptr::eq(target, value.header().mapper()) {
        return Ok(());
    }
    Err(Error::new(Code::WrongClass, format!("{} is no `{}`", value.header().label(), target.class()))
        .about(relation.class(), Some(relation.name()))
        .help(format!("give it a `{}`", target.class())))
}
