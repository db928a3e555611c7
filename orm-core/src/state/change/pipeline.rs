//! Changes of relationships: what is done, and in which order, whoever asks for it.
//!
//! A change runs through these steps: the class is checked; what was there is read, as far as it must be known; the
//! mark of a parent that is lost goes; cascades reach the session; the other side answers, which is a change of its
//! own and comes back here; what was there is kept as history, and the session learns that the object is changed; the
//! mark of a parent that is gained is set; the slot gets its new content. [`set`] is that for one object, [`comes`]
//! and [`goes`] for an item of a collection; the rest of the file is what can be done to a collection.

use std::rc::Rc;

use crate::declare::Kind;
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::change::initiator::{Initiator, Op};
use crate::state::change::reverse::{self, Answer};
use crate::state::change::validate::{self, check_class};
use crate::state::change::{cascade, to_many, to_one};
use crate::state::memory::access::{with_changes_mut, with_slot_mut};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::{Handle, Link, keeps};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::{At, Collected};
use crate::state::memory::links::Loaded;
use crate::state::memory::mark::Mark;
use crate::state::memory::ordered::Ordered;
use crate::state::read::answer::Read;
use crate::state::read::parent::Own;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{modified_many, modified_one, replace_many};
use crate::state::read::{keyed, large, parent, port, positions, related};

/// Sets a to-one relationship. Where an object is expected, another one is left alone.
pub(crate) fn set(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    value: Option<&Rc<Instance>>,
    initiator: Option<Initiator>,
    expected: Option<&Rc<Instance>>,
) -> Result<()> {
    if initiator.is_none() {
        validate::set(instance, relation, value)?;
    }
    let before = to_one::before(instance, relation)?;
    if expected.is_some() && !matches!(before, Read::Unknown) && !to_one::is_same(&before, expected) {
        return Ok(());
    }
    if let Some(value) = value {
        check_class(relation, value)?;
    }
    let initiator = initiator.unwrap_or(Initiator::append(relation));
    let same = to_one::is_same(&before, value);
    let old = before.as_object().filter(|_| !same);
    if relation.tracks_parent()
        && let Some(old) = old
    {
        parent::lost(old, relation, instance)?;
    }
    if let Some(value) = value {
        cascade::check_single_parent(relation, value, same, initiator)?;
    }
    let mut links_back = false;
    if !same {
        cascade::on_set(instance, relation, value, old, initiator)?;
        if let Some(old) = old {
            let moves = value.is_some() && !instance.header().has(Mark::MOVED);
            if moves {
                instance.header().mark(Mark::MOVED);
            }
            let answered = answer_remove(reverse::of_replaced(instance, relation, old, initiator));
            if moves {
                instance.header().unmark(Mark::MOVED);
            }
            answered?;
        }
        if let Some(value) = value {
            links_back = answer_append(reverse::of_set(instance, relation, value, initiator)?)?;
        }
    }
    modified_one(instance, relation, || Ok(to_one::was(&before)))?;
    if relation.tracks_parent()
        && let Some(value) = value
    {
        parent::gained(value, relation, instance)?;
    }
    related::put(instance, relation.slot(), Loaded::One(value.map(Link::to)))?;
    if links_back {
        to_one::note_backlink(instance, relation);
    }
    Ok(())
}

/// What follows from adding an item, before it is there.
fn comes(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
) -> Result<()> {
    cascade::check_single_parent(relation, item, false, initiator)?;
    cascade::on_append(instance, relation, item, initiator)?;
    answer_append(reverse::of_append(instance, relation, item, initiator)?)?;
    modified_many(instance, relation)?;
    if relation.tracks_parent() {
        parent::gained(item, relation, instance)?;
    }
    Ok(())
}

/// What follows from taking an item out.
pub(super) fn goes(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Initiator,
    stays: bool,
) -> Result<()> {
    if relation.tracks_parent() {
        parent::lost(item, relation, instance)?;
    }
    cascade::on_remove(instance, relation, item)?;
    if !stays {
        answer_remove(reverse::of_remove(instance, relation, item, initiator))?;
    }
    modified_many(instance, relation)
}

/// The other side links back. Says whether it does so then.
fn answer_append(answer: Option<Answer<'_>>) -> Result<bool> {
    let Some(Answer { instance, relation, item, initiator }) = answer else { return Ok(false) };
    if relation.is_many() {
        return append(instance, relation, item, At::End, Some(initiator), ReadOptions::IDENTITY_MAP);
    }
    set(instance, relation, Some(item), Some(initiator), None)?;
    Ok(true)
}

/// The other side lets go, if the object is there.
fn answer_remove(answer: Option<Answer<'_>>) -> Result<()> {
    let Some(Answer { instance, relation, item, initiator }) = answer else { return Ok(()) };
    if !relation.is_many() {
        return set(instance, relation, None, Some(initiator), Some(item));
    }
    match remove(instance, relation, item, Some(initiator), ReadOptions::IDENTITY_MAP) {
        Err(error) if error.code() == Code::NotInCollection => Ok(()),
        other => other,
    }
}

/// Adds an item. A collection that may not be loaded queues it. Says whether the object links to the item
/// then.
pub(crate) fn append(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    at: At,
    initiator: Option<Initiator>,
    options: ReadOptions,
) -> Result<bool> {
    check_class(relation, item)?;
    let options = if relation.is_large() { ReadOptions::IDENTITY_MAP } else { options };
    if initiator.is_none() {
        validate::append(instance, relation, item, options)?;
    }
    // What stands under the key of the item goes by the same operation, or by one of its own.
    let displacing = initiator.unwrap_or(Initiator::remove(relation));
    let initiator = initiator.unwrap_or(Initiator::append(relation));
    let index = relation.slot();
    if let Read::Unknown = related::many(instance, relation, options)? {
        comes(instance, relation, item, initiator)?;
        let taken = with_changes_mut(instance, |changes| changes.queue(index).add(item))?;
        let linked = taken.is_none();
        if linked {
            keeps(instance, item);
        }
        drop(taken);
        return Ok(linked);
    }
    let Some(at) = keyed::place(relation, item, at)? else { return Ok(false) };
    to_many::begin_change(instance, relation)?;
    if let Some(old) = keyed::occupant(instance, relation, &at)? {
        goes(instance, relation, &old, displacing, false)?;
    }
    if !to_many::ask(instance, relation, |items| items.admits(item))? {
        cascade::on_append(instance, relation, item, initiator)?;
        return Ok(true);
    }
    comes(instance, relation, item, initiator)?;
    to_many::insert(instance, relation, item, at.clone())?;
    positions::came(instance, relation, item, &at)?;
    Ok(true)
}

/// Takes an item out by itself.
///
/// # Errors
/// `not-in-collection`. Nothing has changed then, but for sessions that are like SQLAlchemy, and where neither object is in a
/// session: there a list has already let go of the item, which counts as one that lost its parent.
pub(crate) fn remove(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
    initiator: Option<Initiator>,
    options: ReadOptions,
) -> Result<()> {
    let is_reverse = initiator.is_some();
    let initiator = initiator.unwrap_or(Initiator::remove(relation));
    let index = relation.slot();
    let options = if relation.is_large() { ReadOptions::IDENTITY_MAP } else { options };
    if relation.is_large() && is_of_another(instance, relation, item)? {
        return Err(not_in(relation, item));
    }
    if !is_reverse {
        validate::remove(instance, relation, item, options)?;
    }
    if let Read::Unknown = related::many(instance, relation, options)? {
        goes(instance, relation, item, initiator, false)?;
        let taken = with_changes_mut(instance, |changes| changes.queue(index).remove(item))?;
        drop(taken);
        return Ok(());
    }
    let key = if is_reverse { keyed::leaving(instance, relation, item)? } else { None };
    if !is_reverse
        && keeps_others(instance, item)
        && !to_many::ask(instance, relation, |items| items.order_mut().contains(item))?
    {
        return Err(not_in(relation, item));
    }
    if to_many::ask(instance, relation, |items| items.releases(item))? {
        to_many::begin_change(instance, relation)?;
        let stays = to_many::stands_twice(instance, relation, item)?;
        goes(instance, relation, item, initiator, stays)?;
    }
    let taken = with_slot_mut(instance, index, |slot| {
        let items = slot.many_mut()?;
        match key.and_then(|key| items.place_of(&key)) {
            Some(at) => items.take(at),
            None => items.remove(item),
        }
    })?;
    match taken {
        Some(link) => {
            drop(link);
            positions::reorder(instance, relation)
        }
        None => Err(not_in(relation, item)),
    }
}

/// Whether an item that isn't in a list of an object stays whose it is. Outside of sessions no row depends on that.
fn keeps_others(instance: &Rc<Instance>, item: &Rc<Instance>) -> bool {
    let session = port::of(instance).or_else(|| port::of(item));
    session.is_some_and(|session| session.change_rules().keeps_others)
}

/// Whether an object is known to belong to another one than that of a large collection, so that it can't be in it.
fn is_of_another(instance: &Rc<Instance>, relation: &'static Relation, item: &Rc<Instance>) -> Result<bool> {
    Ok(relation.direction() == Direction::OneToMany
        && Own::of(instance, relation)?.excludes(item)?
        && !large::has_added(instance, relation, item)?)
}

#[cold]
fn not_in(relation: &Relation, item: &Rc<Instance>) -> Error {
    Error::new(Code::NotInCollection, format!("{} isn't in the collection", item.header().label()))
        .about(relation.class(), Some(relation.name()))
}

/// Takes the item at a place out.
#[track_caller]
pub(crate) fn pop(instance: &Rc<Instance>, relation: &'static Relation, at: usize) -> Result<Handle> {
    let index = relation.slot();
    validate::pop(instance, relation, at)?;
    let length = to_many::read(instance, relation, Ordered::len)?;
    modified_many(instance, relation)?;
    let taken = with_slot_mut(instance, index, |slot| slot.many_mut()?.take(at))?;
    let Some(item) = taken.as_ref().and_then(Link::target).map(Handle::to) else {
        return Err(Error::new(Code::IndexOutOfRange, format!("there is no item {at} among {length}"))
            .about(relation.class(), Some(relation.name())));
    };
    drop(taken);
    let stays = to_many::stands_twice(instance, relation, &item)?;
    goes(instance, relation, &item, Initiator::remove(relation), stays)?;
    positions::reorder(instance, relation)?;
    Ok(item)
}

/// Takes everything out.
#[track_caller]
pub(crate) fn clear(instance: &Rc<Instance>, relation: &'static Relation) -> Result<()> {
    if relation.is_large() {
        return replace_large(instance, relation, &[]);
    }
    let items = to_many::items(instance, relation)?;
    if items.is_empty() {
        return Ok(());
    }
    validate::clear(instance, relation, &items)?;
    let repeated =
        if reverse::is_to_one(relation) { to_many::repeated(&items) } else { Addresses::default() };
    for item in &items {
        let stays = repeated.contains(address(item));
        goes(instance, relation, item, Initiator::remove(relation), stays)?;
    }
    replace_many(instance, relation, Collected::empty(relation.kind()))
}

/// Replaces the items. Only what really comes or goes counts as a change of it.
pub(crate) fn replace(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    values: &[Handle],
    options: ReadOptions,
) -> Result<()> {
    for value in values {
        check_class(relation, value)?;
    }
    if relation.is_large() {
        return replace_large(instance, relation, values);
    }
    let initiator = Initiator::new(relation, Op::BulkReplace);
    let whole = options.for_the_same();
    let options = if options.ignores_raise() { whole.ignoring_raise() } else { whole };
    related::many(instance, relation, options.of_rows())?;
    let (values, mut places) = keyed::placed(relation, values)?;
    validate::replace(instance, relation, &values)?;
    let old = to_many::in_slot(instance, relation)?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    let mut items = Collected::with_capacity(relation.kind(), values.len());
    let may_repeat = items.items_mut().may_repeat();
    replace_many(instance, relation, items)?;
    let mut now = Addresses::default();
    // Of a new graph all are adopted, and put in together.
    let adopts = reverse::adopts(instance, relation).filter(|_| relation.keyed_by().is_none());
    let mut adopted = 0..0;
    for (at, value) in values.iter().enumerate() {
        let first = now.insert(address(value));
        if !first && !may_repeat {
            continue;
        }
        let is_new = !before.contains(address(value));
        if let Some(reverse) = adopts {
            let is_adopted =
                if first && is_new { reverse::adopt(instance, relation, reverse, value) } else { Ok(false) };
            if let Ok(true) = is_adopted {
                adopted.end = at + 1;
                continue;
            }
            put_all(instance, relation, &values[adopted])?;
            adopted = at + 1..at + 1;
            is_adopted?;
        }
        if is_new {
            comes(instance, relation, value, initiator)?;
        }
        to_many::insert(instance, relation, value, places.next().unwrap_or(At::End))?;
        positions::came(instance, relation, value, &At::End)?;
    }
    put_all(instance, relation, &values[adopted])?;
    let mut seen = Addresses::default();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if now.contains(address(one)) {
            cascade::on_append(instance, relation, one, initiator)?;
        }
    }
    seen.clear();
    for one in old.iter().filter(|one| seen.insert(address(one))) {
        if !now.contains(address(one)) {
            goes(instance, relation, one, initiator, false)?;
        }
    }
    Ok(())
}

/// Puts items in that have the object as their parent already.
fn put_all(instance: &Rc<Instance>, relation: &'static Relation, items: &[Handle]) -> Result<()> {
    to_many::put_all(instance, relation, items)?;
    positions::came_last(instance, relation, items)
}

/// Replaces the items of a large collection, as far as it can be told which those are.
fn replace_large(instance: &Rc<Instance>, relation: &'static Relation, values: &[Handle]) -> Result<()> {
    if relation.kind() == Kind::WriteOnly && instance.header().has_key() {
        return Err(large::not_replaced(relation));
    }
    let old = large::items(instance, relation)?;
    let before: Addresses = old.iter().map(|one| address(one)).collect();
    let mut now = Addresses::default();
    for value in values {
        if now.insert(address(value)) && !before.contains(address(value)) {
            append(instance, relation, value, At::End, None, ReadOptions::IDENTITY_MAP)?;
        }
    }
    for one in old.iter().filter(|one| !now.contains(address(one))) {
        remove(instance, relation, one, None, ReadOptions::IDENTITY_MAP)?;
    }
    Ok(())
}
