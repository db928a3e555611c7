//! `IdentityMap`: one row, one object. Weak: it keeps no object alive.

use std::cell::{Cell, RefCell};
use std::hash::BuildHasher;
use std::rc::{Rc, Weak};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::Header;
use crate::state::memory::instance::{Instance, WeakInstance};
use crate::state::memory::mark::Mark;

type Table = HashTable<(Key, WeakInstance)>;

/// The persistent objects of a session, by class and key.
#[derive(Default)]
pub(crate) struct IdentityMap {
    tables: RefCell<Vec<Table>>,
    /// Counts what comes and goes, so that a place that was found free is known to be free still.
    changes: Cell<u64>,
}

/// What a search finds.
pub(crate) enum Found {
    /// The object with the key.
    Object(Handle),
    /// The place where it would stand.
    Nothing(Place),
}

/// Where an object would stand.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    hash: u64,
    /// The map's count when the place was found free; `None` where a dead object stands there.
    free_at: Option<u64>,
}

fn hash(key: &Key) -> u64 {
    match key {
        Key::Int(id) => FxBuildHasher.hash_one(*id),
        Key::Values(_) => FxBuildHasher.hash_one(key),
    }
}

impl IdentityMap {
    /// The object with that key.
    pub(crate) fn get(&self, mapper: &Mapper, key: &Key) -> Option<Handle> {
        let tables = self.tables.try_borrow().ok()?;
        let (_, instance) = tables.get(mapper.id().index())?.find(hash(key), |entry| entry.0 == *key)?;
        instance.upgrade().map(Handle::new)
    }

    /// The object with that key, or its place.
    pub(crate) fn find(&self, mapper: &Mapper, key: &Key) -> Found {
        let hash = hash(key);
        let Ok(tables) = self.tables.try_borrow() else {
            return Found::Nothing(Place { hash, free_at: None });
        };
        let entry =
            tables.get(mapper.id().index()).and_then(|table| table.find(hash, |entry| entry.0 == *key));
        match entry.map(|(_, instance)| instance.upgrade()) {
            Some(Some(instance)) => Found::Object(Handle::new(instance)),
            Some(None) => Found::Nothing(Place { hash, free_at: None }),
            None => Found::Nothing(Place { hash, free_at: Some(self.changes.get()) }),
        }
    }

    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Puts an object under its key; the one that stood there before is given back.
    pub(crate) fn put(&self, instance: &Rc<Instance>, key: &Key) -> Option<Handle> {
        let uid = instance.header().mapper().id().index();
        let mut tables = self.tables.try_borrow_mut().ok()?;
        if tables.len() <= uid {
            tables.resize_with(uid + 1, Table::new);
        }
        let mut old = None;
        self.changed();
        match tables[uid].entry(hash(key), |entry| entry.0 == *key, |entry| hash(&entry.0)) {
            hashbrown::hash_table::Entry::Occupied(mut entry) => {
                old = Some(std::mem::replace(&mut entry.get_mut().1, Rc::downgrade(instance)));
            }
            hashbrown::hash_table::Entry::Vacant(entry) => {
                entry.insert((key.clone(), Rc::downgrade(instance)));
            }
        }
        instance.header().mark(Mark::MAPPED);
        drop(tables);
        let old = old.and_then(|old| old.upgrade()).filter(|old| !Rc::ptr_eq(old, instance)).map(Handle::new);
        if let Some(old) = &old {
            old.header().unmark(Mark::MAPPED);
        }
        old
    }

    /// Puts an object under its key, unless another one stands there: that one is given back. `place` is what
    /// was found for the key before.
    pub(crate) fn get_or_put(&self, instance: &Rc<Instance>, key: &Key, place: Place) -> Option<Handle> {
        let uid = instance.header().mapper().id().index();
        let mut tables = self.tables.try_borrow_mut().ok()?;
        if tables.len() <= uid {
            tables.resize_with(uid + 1, Table::new);
        }
        if place.free_at == Some(self.changes.get()) {
            tables[uid]
                .insert_unique(place.hash, (key.clone(), Rc::downgrade(instance)), |entry| hash(&entry.0));
            self.changed();
            instance.header().mark(Mark::MAPPED);
            return None;
        }
        self.changed();
        match tables[uid].entry(place.hash, |entry| entry.0 == *key, |entry| hash(&entry.0)) {
            hashbrown::hash_table::Entry::Occupied(mut entry) => {
                if let Some(known) = entry.get().1.upgrade() {
                    return Some(Handle::new(known));
                }
                let dead = std::mem::replace(&mut entry.get_mut().1, Rc::downgrade(instance));
                drop(tables);
                drop(dead);
            }
            hashbrown::hash_table::Entry::Vacant(entry) => {
                entry.insert((key.clone(), Rc::downgrade(instance)));
            }
        }
        instance.header().mark(Mark::MAPPED);
        None
    }

    /// Takes an object out.
    pub(crate) fn discard(&self, header: &Header) {
        if !header.has(Mark::MAPPED) {
            return;
        }
        header.unmark(Mark::MAPPED);
        let removed = header.with_key(|key| {
            let key = key?;
            let mut tables = self.tables.try_borrow_mut().ok()?;
            let same = |entry: &(Key, WeakInstance)| {
                entry.0 == *key && (entry.1.strong_count() == 0 || is(&entry.1, header))
            };
            let (entry, _) =
                tables.get_mut(header.mapper().id().index())?.find_entry(hash(key), same).ok()?.remove();
            Some(entry)
        });
        drop(removed); // frees the object's memory, when nothing is borrowed
    }

    /// Every object.
    pub(crate) fn all(&self) -> Vec<Handle> {
        match self.tables.try_borrow() {
            Ok(tables) => tables
                .iter()
                .flatten()
                .filter_map(|(_, instance)| instance.upgrade())
                .map(Handle::new)
                .collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Empties the map.
    pub(crate) fn clear(&self) {
        if let Ok(mut tables) = self.tables.try_borrow_mut() {
            let old = std::mem::take(&mut *tables);
            drop(tables);
            drop(old);
        }
    }
}

/// Whether a weak reference is to the object with that header.
fn is(instance: &Weak<Instance>, header: &Header) -> bool {
    instance.upgrade().is_some_and(|instance| std::ptr::eq(instance.header(), header))
}
