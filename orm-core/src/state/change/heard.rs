//! What listens to changes of attributes is called: where validators are asked, behind them.

use std::rc::Rc;

use crate::declare::SlotId;
use crate::error::{Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::state::called::refused;
use crate::state::change::attribute_hooks::AttributeHooks;
use crate::state::change::hooks::Hooks;
use crate::state::change::{to_many, to_one};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::AnySlot;
use crate::state::read::answer::Read;

/// What a class has called before attributes change; nothing where nobody listens to it.
fn of(mapper: &'static Mapper) -> Result<Option<&'static AttributeHooks>> {
    if mapper.is_heard() { Hooks::of(mapper).map(|hooks| Some(&hooks.attributes)) } else { Ok(None) }
}

/// Whether anything is called before a column is set.
pub(super) fn hears_column(mapper: &'static Mapper, slot: SlotId) -> Result<bool> {
    Ok(of(mapper)?.is_some_and(|hooks| !hooks.columns(slot).is_empty()))
}

/// Whether anything is called before a relationship changes, or before its reverse side does.
pub(super) fn is_heard(relation: &'static Relation) -> Result<bool> {
    let hears = |relation: &'static Relation| -> Result<bool> {
        Ok(of(relation.mapper())?.is_some_and(|hooks| hooks.are_any(relation.slot())))
    };
    Ok(hears(relation)? || relation.synced().map_or(Ok(false), hears)?)
}

/// Before a column is set to what is in a slot.
pub(super) fn set_column(instance: &Rc<Instance>, slot: SlotId, given: &dyn AnySlot) -> Result<()> {
    let mapper = instance.header().mapper();
    let Some(hooks) = of(mapper)? else { return Ok(()) };
    let about = |error| refused(error, mapper.class(), mapper.attribute_in(slot));
    hooks.columns(slot).iter().try_for_each(|hook| hook(instance, given).map_err(about))
}

/// Before a to-one relationship, which leads to `before`, is set by itself: told of it, of what loses it, and of what it
/// comes to, in this order, which is SQLAlchemy's.
pub(super) fn set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    before: &Read<Option<Handle>>,
) -> Result<()> {
    on_set(instance, relation, value, before)?;
    if to_one::is_same(before, value) {
        return Ok(());
    }
    let Some(reverse) = relation.synced() else { return Ok(()) };
    if let Some(old) = before.as_object() {
        lost(old, reverse, instance)?;
    }
    match value {
        Some(value) => gained(value, reverse, instance),
        None => Ok(()),
    }
}

/// Before an item comes to a collection by itself.
pub(super) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<()> {
    on_append(instance, relation, item)?;
    relation.synced().map_or(Ok(()), |reverse| gained(item, reverse, instance))
}

/// Before an item leaves a collection by itself.
pub(super) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<()> {
    on_remove(instance, relation, item)?;
    relation.synced().map_or(Ok(()), |reverse| lost(item, reverse, instance))
}

/// Before the items of a collection are replaced.
pub(super) fn replace(instance: &Rc<Instance>, relation: &'static Relation, values: &[Handle]) -> Result<()> {
    let Some(hooks) = of(relation.mapper())? else { return Ok(()) };
    let mut replaces = hooks.replaces(relation.slot()).iter();
    replaces.try_for_each(|hook| hook(instance, values).map_err(about(relation)))
}

/// Before a relationship, whatever its kind, gets an object because the other side does. The one that had it loses it, and what
/// stands under its key in a keyed collection goes, without a word to that one, as in SQLAlchemy. A set that holds it already
/// isn't changed.
fn gained(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    if relation.is_many() {
        if !to_many::ask(instance, relation, |items| items.admits(item))? {
            return Ok(());
        }
        if let Some(old) = to_many::displaced(instance, relation, item)? {
            on_remove(instance, relation, &old)?;
        }
        return on_append(instance, relation, item);
    }
    let before = to_one::before(instance, relation)?;
    if to_one::is_same(&before, Some(item)) {
        return Ok(());
    }
    on_set(instance, relation, Some(item), &before)?;
    match (before.as_object(), relation.synced()) {
        (Some(old), Some(reverse)) if reverse.is_many() => on_remove(old, reverse, instance),
        (Some(old), Some(reverse)) => on_set(old, reverse, None, &Read::Known(Some(Handle::to(instance)))),
        _ => Ok(()),
    }
}

/// Before a relationship, whatever its kind, loses an object because the other side does. It stays as it is where it is
/// known to lead to another one.
fn lost(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    if relation.is_many() {
        return on_remove(instance, relation, item);
    }
    let before = to_one::before(instance, relation)?;
    if matches!(before, Read::Unknown) || to_one::is_same(&before, Some(item)) {
        on_set(instance, relation, None, &before)?;
    }
    Ok(())
}

fn on_set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    before: &Read<Option<Handle>>,
) -> Result<()> {
    let Some(hooks) = of(relation.mapper())? else { return Ok(()) };
    let mut links = hooks.links(relation.slot()).iter();
    links.try_for_each(|hook| hook(instance, value, before).map_err(about(relation)))
}

fn on_append(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    let Some(hooks) = of(relation.mapper())? else { return Ok(()) };
    hooks.comes(relation.slot()).iter().try_for_each(|hook| hook(instance, item).map_err(about(relation)))
}

fn on_remove(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<()> {
    let Some(hooks) = of(relation.mapper())? else { return Ok(()) };
    hooks.goes(relation.slot()).iter().try_for_each(|hook| hook(instance, item).map_err(about(relation)))
}

fn about(relation: &'static Relation) -> impl Fn(Error) -> Error {
    |error| refused(error, relation.class(), Some(relation.name()))
}
