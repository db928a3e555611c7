//! `IdentityMap`: one row, one object. Weak: it keeps no object alive.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, Hash};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::Header;
use crate::state::memory::instance::{Instance, WeakInstance};
use crate::state::memory::mark::Mark;
use crate::state::memory::peers::{PeerList, Peers};
use crate::value::Value;

/// The objects of a class. Keys of one integer, which most classes have, are compared in their place.
#[derive(Default)]
pub(crate) struct Table {
    by_int: Entries<i64>,
    by_values: Entries<Arc<[Value]>>,
}

/// Objects by their keys.
#[derive(Default)]
pub(crate) struct Entries<K>(HashTable<(K, WeakInstance)>);

/// A key of one of the kinds that a table has entries for.
pub(crate) trait IdentityKey: Eq + Clone + Into<Key> {
    /// Its hash: where it is looked for.
    fn spread(&self) -> u64;

    /// The objects with keys of this kind.
    fn entries(table: &Table) -> &Entries<Self>;

    /// The objects with keys of this kind, to be changed.
    fn entries_mut(table: &mut Table) -> &mut Entries<Self>;
}

impl IdentityKey for i64 {
    /// Keys come and go in their order more often than not. So sixteen of them that follow each other have places that
    /// follow each other: what is needed for the next one is then in the processor's cache. Where a group of sixteen
    /// stands is as good as random. A table looks at sixteen places at once, so that keys of another pattern, which are
    /// all the first of their group, say, still find room in theirs.
    #[inline]
    fn spread(&self) -> u64 {
        const IN_GROUP: u64 = 15;
        let bits = self.cast_unsigned();
        let group = hash_of(&(bits >> 4));
        // The upper bits tell keys apart that stand beside each other, before they are compared.
        ((group & !IN_GROUP) | (bits & IN_GROUP)) ^ (bits << 60)
    }

    #[inline]
    fn entries(table: &Table) -> &Entries<Self> {
        &table.by_int
    }

    #[inline]
    fn entries_mut(table: &mut Table) -> &mut Entries<Self> {
        &mut table.by_int
    }
}

impl IdentityKey for Arc<[Value]> {
    fn spread(&self) -> u64 {
        hash_of(self)
    }

    fn entries(table: &Table) -> &Entries<Self> {
        &table.by_values
    }

    fn entries_mut(table: &mut Table) -> &mut Entries<Self> {
        &mut table.by_values
    }
}

impl<K: IdentityKey> Entries<K> {
    #[inline]
    fn get(&self, hash: u64, key: &K) -> Option<&WeakInstance> {
        self.0.find(hash, |entry| entry.0 == *key).map(|(_, instance)| instance)
    }

    /// Makes room for one more. A table of some objects is likely to get many, and each time that it grows all of them
    /// are put again: it grows by more than a table does by itself, until that would be much memory.
    #[inline]
    fn make_room(&mut self) {
        if self.0.len() == self.0.capacity() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        /// Growth by more begins and ends where a table has room for so many.
        const BY_MORE: std::ops::RangeInclusive<usize> = 14..=3584;
        let (len, places) = (self.0.len(), self.0.num_buckets());
        // Where others were taken out, it has places for one more, which it finds by itself.
        let is_full = len + len / 7 >= places;
        if is_full && BY_MORE.contains(&len) {
            self.0.reserve(len * 3, |entry| entry.0.spread());
        }
    }

    /// Puts an object under a key where nothing stands.
    #[inline]
    fn add(&mut self, hash: u64, key: &K, instance: &Rc<Instance>) {
        self.make_room();
        self.0.insert_unique(hash, (key.clone(), Rc::downgrade(instance)), |entry| entry.0.spread());
    }

    /// Puts an object under a key. A reference that stood there before is given back so that it is dropped when nothing
    /// is borrowed. `yields` says whether the object gives way to another one that is alive, which is given back then.
    fn enter(
        &mut self,
        hash: u64,
        key: &K,
        instance: &Rc<Instance>,
        yields: bool,
    ) -> Result<Option<WeakInstance>, Rc<Instance>> {
        self.make_room();
        match self.0.entry(hash, |entry| entry.0 == *key, |entry| entry.0.spread()) {
            Entry::Occupied(mut entry) => {
                if yields && let Some(known) = entry.get().1.upgrade() {
                    return Err(known);
                }
                Ok(Some(std::mem::replace(&mut entry.get_mut().1, Rc::downgrade(instance))))
            }
            Entry::Vacant(entry) => {
                entry.insert((key.clone(), Rc::downgrade(instance)));
                Ok(None)
            }
        }
    }

    /// Takes out what stands under a key, if it is the object with that header or a dead one.
    #[inline]
    fn remove(&mut self, hash: u64, key: &K, header: &Header) -> Option<WeakInstance> {
        let same = |entry: &(K, WeakInstance)| {
            entry.0 == *key && (entry.1.strong_count() == 0 || is(&entry.1, header))
        };
        let (entry, _) = self.0.find_entry(hash, same).ok()?.remove();
        Some(entry.1)
    }

    fn all(&self) -> impl Iterator<Item = Rc<Instance>> {
        self.0.iter().filter_map(|(_, instance)| instance.upgrade())
    }
}

impl Table {
    fn get(&self, key: &Key) -> Option<&WeakInstance> {
        match key {
            Key::Int(id) => self.by_int.get(id.spread(), id),
            Key::Values(values) => self.by_values.get(values.spread(), values),
        }
    }

    fn enter(
        &mut self,
        key: &Key,
        instance: &Rc<Instance>,
        yields: bool,
    ) -> Result<Option<WeakInstance>, Rc<Instance>> {
        match key {
            Key::Int(id) => self.by_int.enter(id.spread(), id, instance, yields),
            Key::Values(values) => self.by_values.enter(values.spread(), values, instance, yields),
        }
    }
}

/// The persistent objects of a session, by class and key.
#[derive(Default)]
pub(crate) struct IdentityMap {
    tables: RefCell<Vec<Table>>,
    /// Which of them were loaded together.
    peers: Peers,
    /// Counts what comes and goes, so that a place that was found free is known to be free still.
    changes: Cell<u64>,
}

/// Where an object would stand.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    hash: u64,
    /// The map's count when the place was found free; `None` where a dead object stands there.
    free_at: Option<u64>,
}

fn hash_of<K: Hash>(key: &K) -> u64 {
    FxBuildHasher.hash_one(key)
}

impl IdentityMap {
    /// Which of the objects were loaded together.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    /// The object with that key.
    pub(crate) fn get(&self, mapper: &Mapper, key: &Key) -> Option<Handle> {
        let tables = self.tables.try_borrow().ok()?;
        let instance = tables.get(mapper.id().index())?.get(key)?;
        instance.upgrade().map(Handle::new)
    }

    /// The object with that key, or else the place where it would stand.
    #[inline]
    pub(crate) fn find<K: IdentityKey>(&self, mapper: &Mapper, key: &K) -> Result<Handle, Place> {
        let hash = key.spread();
        let Ok(tables) = self.tables.try_borrow() else {
            return Err(Place { hash, free_at: None });
        };
        let entry = tables.get(mapper.id().index()).and_then(|table| K::entries(table).get(hash, key));
        match entry.map(Weak::upgrade) {
            Some(Some(instance)) => Ok(Handle::new(instance)),
            Some(None) => Err(Place { hash, free_at: None }),
            None => Err(Place { hash, free_at: Some(self.changes.get()) }),
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
            tables.resize_with(uid + 1, Table::default);
        }
        self.changed();
        let entered = tables[uid].enter(key, instance, false);
        instance.header().mark(Mark::MAPPED);
        drop(tables);
        let old = match entered {
            Ok(old) => old.and_then(|old| old.upgrade()),
            Err(known) => Some(known),
        };
        let old = old.filter(|old| !Rc::ptr_eq(old, instance)).map(Handle::new);
        if let Some(old) = &old {
            old.header().unmark(Mark::MAPPED);
        }
        old
    }

    /// Puts an object under its key, unless another one stands there: that one is given back. `place` is what
    /// was found for the key before.
    #[inline]
    pub(crate) fn get_or_put<K: IdentityKey>(
        &self,
        instance: &Rc<Instance>,
        key: &K,
        place: Place,
    ) -> Option<Handle> {
        let uid = instance.header().mapper().id().index();
        let mut tables = self.tables.try_borrow_mut().ok()?;
        if place.free_at == Some(self.changes.get())
            && let Some(table) = tables.get_mut(uid)
        {
            K::entries_mut(table).add(place.hash, key, instance);
            self.changed();
            instance.header().mark(Mark::MAPPED);
            return None;
        }
        if tables.len() <= uid {
            tables.resize_with(uid + 1, Table::default);
        }
        self.changed();
        let entered = K::entries_mut(&mut tables[uid]).enter(place.hash, key, instance, true);
        drop(tables);
        match entered {
            Err(known) => Some(Handle::new(known)),
            Ok(dead) => {
                drop(dead);
                instance.header().mark(Mark::MAPPED);
                None
            }
        }
    }

    /// Takes an object out.
    #[inline]
    pub(crate) fn discard(&self, header: &Header) {
        if !header.has(Mark::MAPPED) {
            return;
        }
        header.unmark(Mark::MAPPED);
        if header.peers() != PeerList::NONE {
            self.peers.leave(header.peers());
            header.set_peers(PeerList::NONE);
        }
        let removed = match header.int_key() {
            Some(id) => self.take_out(&id, header),
            None => header.with_key(|key| match key? {
                Key::Int(id) => self.take_out(id, header),
                Key::Values(values) => self.take_out(values, header),
            }),
        };
        drop(removed); // frees the object's memory, when nothing is borrowed
    }

    #[inline]
    fn take_out<K: IdentityKey>(&self, key: &K, header: &Header) -> Option<WeakInstance> {
        let mut tables = self.tables.try_borrow_mut().ok()?;
        let table = tables.get_mut(header.mapper().id().index())?;
        K::entries_mut(table).remove(key.spread(), key, header)
    }

    /// Whether there is an object of a class, as far as can be said at once.
    pub(crate) fn has_any(&self, mapper: &Mapper) -> bool {
        self.tables.try_borrow().is_ok_and(|tables| {
            let table = tables.get(mapper.id().index());
            table.is_some_and(|table| {
                table.by_int.all().next().is_some() || table.by_values.all().next().is_some()
            })
        })
    }

    /// Every object.
    pub(crate) fn all(&self) -> Vec<Handle> {
        match self.tables.try_borrow() {
            Ok(tables) => {
                let mut all = Vec::new();
                for table in &*tables {
                    all.extend(table.by_int.all().map(Handle::new));
                    all.extend(table.by_values.all().map(Handle::new));
                }
                all
            }
            Err(_) => Vec::new(),
        }
    }

    /// Empties the map.
    pub(crate) fn clear(&self) {
        self.peers.clear();
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

#[cfg(test)]
mod tests;
