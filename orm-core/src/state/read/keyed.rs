//! The keys of a keyed collection's items. An item has the key that it had when it came; a later change isn't followed.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::declare::{ItemKey, KeyedBy, SlotId};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::key::Key;
use crate::state::memory::access::with_slot_mut;
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::Instance;
use crate::state::memory::items::{At, Collected, Items};
use crate::state::read::port;

/// Where an item goes that is added: in a keyed collection under its key. Nowhere, if it has none and the collection leaves
/// out such items.
///
/// # Errors
/// `unset` where it has no key; and where that can't be loaded.
pub(crate) fn place(relation: &'static Relation, item: &Rc<Instance>, at: At) -> Result<Option<At>> {
    let Some(keyed) = relation.keyed_by() else { return Ok(Some(at)) };
    Ok(key(relation, keyed, item)?.map(At::Key))
}

fn key(relation: &'static Relation, keyed: &KeyedBy, item: &Rc<Instance>) -> Result<Option<Key>> {
    let (column, error) = match (keyed.key)(item) {
        Ok(ItemKey::Known(values)) => return Ok(Some(Key::new(values))),
        Ok(ItemKey::Missing(column)) => (column, None),
        Err(error) if error.code() == Code::Unset => (None, Some(error)),
        Err(error) => return Err(error),
    };
    if keyed.skips { Ok(None) } else { Err(without(relation, item, column, error)) }
}

#[cold]
fn without(relation: &Relation, item: &Rc<Instance>, column: Option<SlotId>, unset: Option<Error>) -> Error {
    let mapper = item.header().mapper();
    let text = format!("{} has no key for `{}.{}`", item.header().label(), relation.class(), relation.name());
    let error = Error::new(Code::Unset, text).help(
        "set it before the object comes to the collection, or leave such objects out: `ignore_unpopulated_attribute`",
    );
    match (column, unset) {
        (Some(column), _) => error.about(mapper.class(), mapper.attribute_in(column)),
        (None, Some(unset)) => {
            error.about(unset.class().unwrap_or(mapper.class()), unset.attribute()).caused_by(unset)
        }
        (None, None) => error.about(mapper.class(), None),
    }
}

/// How many functions that give keys may wait for each other. One whose key takes a look at the collection that it is the key
/// of would never end.
const DEEPEST: usize = 16;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// Asks a function of the user's own for the key of an item.
///
/// # Errors
/// `wrong-state` where it asks for keys that ask it again; and its own.
pub(crate) fn asked<R>(item: &Rc<Instance>, function: impl FnOnce() -> Result<R>) -> Result<R> {
    /// Also when the function panics.
    struct Ends;

    impl Drop for Ends {
        fn drop(&mut self) {
            ASKED.set(ASKED.get().saturating_sub(1));
        }
    }

    if ASKED.get() >= DEEPEST {
        let text =
            format!("the key of {} can't be told: what gives it asks for it again", item.header().label());
        return Err(Error::new(Code::WrongState, text)
            .about(item.header().mapper().class(), None)
            .help("let the key come from what is in the object, and not from the collection"));
    }
    ASKED.set(ASKED.get() + 1);
    let _ends = Ends;
    function()
}

/// What a collection is to hold, and where. Of several items with one key the last stays, in the place of the first.
pub(crate) fn placed<'v>(
    relation: &'static Relation,
    values: &'v [Handle],
) -> Result<(Cow<'v, [Handle]>, std::vec::IntoIter<At>)> {
    if relation.keyed_by().is_none() {
        return Ok((Cow::Borrowed(values), Vec::new().into_iter()));
    }
    let mut found: Vec<(Handle, At)> = Vec::with_capacity(values.len());
    let mut known: HashMap<Key, usize, FxBuildHasher> = HashMap::default();
    for value in values {
        let Some(at) = place(relation, value, At::End)? else { continue };
        let At::Key(key) = &at else { continue };
        match known.get(key).and_then(|known| found.get_mut(*known)) {
            Some(earlier) => earlier.0 = value.clone(),
            None => {
                known.insert(key.clone(), found.len());
                found.push((value.clone(), at));
            }
        }
    }
    let (values, places): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    Ok((Cow::Owned(values), places.into_iter()))
}

/// A collection of what was loaded. Of objects with one key the last stays.
pub(crate) fn loaded(relation: &'static Relation, objects: &[Handle]) -> Result<Box<Collected>> {
    if relation.keyed_by().is_none() {
        return Ok(Collected::loaded(relation.kind(), objects));
    }
    let mut items = Collected::empty(relation.kind());
    let mut unneeded = Vec::new();
    for object in objects {
        if let Some(at) = place(relation, object, At::End)? {
            unneeded.extend(items.put(Link::to(object), at));
        }
    }
    Ok(items)
}

/// The item that stands where another one is to be put.
pub(crate) fn occupant(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    at: &At,
) -> Result<Option<Handle>> {
    let At::Key(key) = at else { return Ok(None) };
    find(instance, relation, key)
}

/// The item under a key, of a collection that is loaded.
pub(crate) fn find(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    key: &Key,
) -> Result<Option<Handle>> {
    with_slot_mut(instance, relation.slot(), |slot| {
        let items: &mut dyn Items = slot.many_mut()?;
        let at = items.place_of(key)?;
        items.order().get(at).map(Handle::to)
    })
}

/// Under which of its keys an item leaves that stands under several, by its other side: under the one that it has by now, if
/// it does. Otherwise it leaves from where it stands; in SQLAlchemy it stays then.
///
/// # Errors
/// `not-in-collection`, and `wrong-state` where another item is under the key, as SQLAlchemy has it; as [`place`].
pub(crate) fn leaving(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    item: &Rc<Instance>,
) -> Result<Option<Key>> {
    if relation.keyed_by().is_none() {
        return Ok(None);
    }
    let session = port::of(instance).or_else(|| port::of(item));
    let finds_rekeyed = session.is_none_or(|session| session.change_rules().finds_rekeyed);
    let key = match place(relation, item, At::End) {
        Ok(Some(At::Key(key))) => key,
        Err(error) if !finds_rekeyed => return Err(error),
        _ => return Ok(None),
    };
    let (code, text) = match find(instance, relation, &key)? {
        Some(found) if Rc::ptr_eq(&found, item) => return Ok(Some(key)),
        _ if finds_rekeyed => return Ok(None),
        Some(_) => (Code::WrongState, "another object is under its key"),
        None => (Code::NotInCollection, "no object is under its key"),
    };
    Err(Error::new(code, format!("{}: {text}", item.header().label()))
        .about(relation.class(), Some(relation.name())))
}
