//! Reading a relationship: from its slot, or from the session as far as the reader may go.

use crate::declare::LinkSlotId;
use std::rc::Rc;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::access::{is_loaded, with_changes, with_changes_mut, with_slot, with_slot_mut};
use crate::state::memory::changes::{Attr, Changes, Was};
use crate::state::memory::handle::{Handle, Link, keeps};
use crate::state::memory::header::{NO_BACKLINK, SessionId};
use crate::state::memory::instance::Instance;
use crate::state::memory::items::At;
use crate::state::memory::links::Loaded;
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::port::Targets;
use crate::state::read::reach::ReadOptions;
use crate::state::read::was::{forget_change, is_changed, modified_many, with_was};
use crate::state::read::{keyed, parent, port, positions, raise};

/// Puts a value into a slot; the old one is dropped when nothing is borrowed.
pub(crate) fn put(instance: &Rc<Instance>, place: LinkSlotId, value: Loaded) -> Result<()> {
    parent::before_put(instance, place, &value)?;
    let old = with_slot_mut(instance, place, |slot| slot.replace(value))?;
    let header = instance.header();
    if usize::from(header.backlink_slot()) == place.index() {
        header.set_backlink_slot(NO_BACKLINK); // that was about what it led to
    }
    drop(old);
    Ok(())
}

/// What a relationship to one object leads to, as far as `options` allows.
pub(crate) fn one(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Read<Option<Handle>>> {
    let place = relation.slot();
    let loaded = || {
        with_slot(instance, place, |slot| match slot.loaded {
            Loaded::One(_) => Some(Read::Known(slot.one().map(Handle::to))),
            Loaded::Many(_) | Loaded::No => None,
        })
    };
    if let Some(one) = loaded()? {
        return Ok(one);
    }
    let default = if options.has_default() { Read::Known(None) } else { Read::Unset };
    Ok(match ask(instance, relation, options)? {
        Read::Unknown => Read::Unknown,
        Read::Known(Targets::One(one)) => {
            set_committed_one(instance, relation, one.as_ref())?;
            Read::Known(one)
        }
        Read::Known(Targets::InSlot) => loaded()?.unwrap_or(default),
        Read::Unset | Read::Known(Targets::Many(_)) => default,
    })
}

/// Has the slot hold a collection, as far as `options` allows. What is known then is in the slot: where that isn't
/// loaded, there are no items. A large collection is never in it: that is an error where one may be loaded.
pub(crate) fn many(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Read<()>> {
    if relation.is_large() {
        return if options.runs_sql() { Err(raise::never_loaded(relation)) } else { Ok(Read::Unknown) };
    }
    let place = relation.slot();
    if is_loaded(instance, place)? {
        return Ok(Read::Known(()));
    }
    let default = if options.has_default() { Read::Known(()) } else { Read::Unset };
    Ok(match ask(instance, relation, options)? {
        Read::Unknown => Read::Unknown,
        Read::Known(Targets::Many(many)) => {
            set_committed_many(instance, relation, &many)?;
            Read::Known(())
        }
        Read::Known(Targets::InSlot) if is_loaded(instance, place)? => Read::Known(()),
        Read::Known(Targets::InSlot | Targets::One(_)) | Read::Unset => default,
    })
}

/// Loads a relationship, as far as `options` allows.
pub(crate) fn load(instance: &Rc<Instance>, relation: &'static Relation, options: ReadOptions) -> Result<()> {
    if relation.is_many() {
        many(instance, relation, options).map(|_| ())
    } else {
        one(instance, relation, options).map(|_| ())
    }
}

/// Whether a relationship can be set to what is loaded for it: it is neither loaded nor was it taken away.
#[inline]
pub(crate) fn is_open(instance: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    if relation.is_large() {
        return Ok(false);
    }
    if !instance.header().has(Mark::RELATED) && with_changes(instance, |changes| changes.is_none())? {
        return Ok(true); // so it is with most objects that were just loaded
    }
    Ok(!is_loaded(instance, relation.slot())? && !is_gone(instance, relation)?)
}

/// Whether it is open, and no change of it waits for it to be loaded either: what loads an object with all that belongs to
/// it leaves such a relationship to whoever reads it.
pub(crate) fn is_untouched(instance: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    if relation.is_large() {
        return Ok(false);
    }
    if !instance.header().has(Mark::RELATED) && with_changes(instance, |changes| changes.is_none())? {
        return Ok(true);
    }
    let place = relation.slot();
    let is_queued =
        with_changes(instance, |changes| changes.is_some_and(|changes| changes.queued(place).is_some()))?;
    Ok(!is_queued && !is_loaded(instance, place)? && !is_changed(instance, Attr::Relation(place))?)
}

/// Whether a relationship to one object leads to that one.
pub(crate) fn leads_to(instance: &Rc<Instance>, relation: &Relation, to: Option<&Handle>) -> Result<bool> {
    with_slot(instance, relation.slot(), |slot| to.is_some_and(|to| slot.leads_to(to)))
}

/// Whether a deletion has read only the keys of what a relationship leads to, and nobody has asked for it since: all of it
/// is to be deleted too, or is deleted already.
#[inline]
pub(crate) fn is_read_by_keys(instance: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    let header = instance.header();
    Ok(header.has(Mark::READ_BY_KEYS)
        && (header.has(Mark::TO_DELETE) || header.has(Mark::DELETED))
        && relation.deletes_children()
        && is_untouched(instance, relation)?)
}

fn is_gone(instance: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    with_was(instance, relation.slot(), |was| was.is_some_and(|was| !matches!(was, Was::NoValue)))
}

/// Asks the session for what isn't loaded. Unset is what has nothing to be loaded from: an object without a row, and a
/// value that was taken away.
fn ask(instance: &Rc<Instance>, relation: &'static Relation, options: ReadOptions) -> Result<Read<Targets>> {
    if is_gone(instance, relation)? {
        Ok(Read::Unset)
    } else if options.asks_session() {
        fetch(instance, relation, options)
    } else {
        Ok(Read::Unknown)
    }
}

/// Asks the session, as SQLAlchemy's lazy loader decides: objects without a row have nothing to load, unless it was said
/// that they do.
pub(crate) fn fetch(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Read<Targets>> {
    if !instance.header().has_key() && !loads_without_row(instance, relation)? {
        return Ok(Read::Unset);
    }
    if options.is_of_rows() && !instance.header().has_key() {
        return Ok(Read::Unknown);
    }
    if !options.runs_sql() && relation.get_columns().is_none() {
        return Ok(Read::Unknown);
    }
    raise::check(instance, relation, options)?;
    match port::of(instance) {
        Some(session) => session.load_relation(instance, relation, options),
        None if options.ignores_raise() => Ok(Read::Unknown),
        None => Err(Error::new(
            Code::Detached,
            format!("{} has no session to load the relationship from", instance.header().label()),
        )
        .about(relation.class(), Some(relation.name()))
        .help("read it while the session lives, or add or merge the object into one")),
    }
}

/// Whether a relationship is loaded of an object that has no row, since the relationship or the object says so.
fn loads_without_row(instance: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    Ok(instance.header().session() != SessionId::NONE
        && (relation.load_on_pending() || with_changes(instance, |c| c.is_some_and(Changes::loads_related))?))
}

/// Whether a session loads for an object that isn't in it.
pub(crate) fn is_guest(instance: &Rc<Instance>) -> bool {
    let header = instance.header();
    !header.has_key()
        && !header.has(Mark::NEW)
        && header.session() != SessionId::NONE
        && with_changes(instance, |changes| changes.is_some_and(Changes::loads_related)).unwrap_or_default()
}

/// Sets what was loaded; it is no change.
pub(crate) fn set_committed_one(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    one: Option<&Handle>,
) -> Result<()> {
    put(instance, relation.slot(), Loaded::One(one.map(|one| Link::to(one))))?;
    forget_change(instance, Attr::Relation(relation.slot()))
}

/// Sets what was loaded, and applies the changes that were queued while it wasn't.
pub(crate) fn set_committed_many(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    many: &[Handle],
) -> Result<()> {
    let place = relation.slot();
    let items = keyed::loaded(relation, many)?;
    let old = with_slot_mut(instance, place, |slot| {
        slot.was_empty = false;
        slot.replace(Loaded::Many(items))
    })?;
    drop(old);
    many.iter().for_each(|one| keeps(instance, one));
    if with_changes(instance, |changes| changes.is_none())? {
        return positions::loaded(instance, relation, false);
    }
    forget_change(instance, Attr::Relation(place))?;
    let has_queued =
        with_changes(instance, |changes| changes.is_some_and(|changes| changes.queued(place).is_some()))?;
    if !has_queued {
        return positions::loaded(instance, relation, false);
    }
    modified_many(instance, relation)?;
    let queued = with_changes_mut(instance, |changes| changes.take_queued(place))?.unwrap_or_default();
    let mut added = Vec::with_capacity(queued.added.len());
    for item in queued.added.iter() {
        added.extend(keyed::place(relation, item, At::End)?.map(|at| (Link::to(item), at)));
    }
    let (mut unneeded, mut missing) = (Vec::new(), None);
    with_slot_mut(instance, place, |slot| {
        let Some(items) = slot.many_mut() else { return };
        unneeded.extend(added.into_iter().filter_map(|(link, at)| items.put(link, at)));
        for item in queued.removed.iter() {
            match items.remove(item) {
                Some(link) => unneeded.push(link),
                None => {
                    missing = Some(Handle::to(item));
                    break;
                }
            }
        }
    })?;
    let has_removed = !queued.removed.is_empty();
    drop((unneeded, queued));
    match missing {
        None => positions::loaded(instance, relation, has_removed),
        Some(item) => Err(Error::new(
            Code::NotInCollection,
            format!(
                "{} was taken out before the collection was loaded, but isn't in it",
                item.header().label()
            ),
        )
        .about(relation.class(), Some(relation.name()))
        .help("it isn't what the database holds any more: expire the object")),
    }
}
