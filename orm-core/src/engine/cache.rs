//! `StatementCache` and `Recent`: the statements that an engine knows, found by their shapes.
//!
//! A statement is looked for twice. Each connection has a list of what was used on it while it is lent, which needs
//! no lock; what isn't there yet comes from the engine, where the connections of all threads share it. Both have a
//! bound.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use smallvec::SmallVec;

use super::shape::Shape;
use super::statement::Compiled;
use crate::error::Result;
use crate::sql::Rendered;

/// A shape and its hash.
pub(super) type Hashed<'a> = (Shape<'a>, u64);

/// The statements that an engine knows.
pub(super) struct StatementCache(Mutex<Generations>);

impl Default for StatementCache {
    fn default() -> Self {
        StatementCache(Mutex::new(Generations { most: 1_000, ..Generations::default() }))
    }
}

impl StatementCache {
    /// The statement of a shape, made if nobody has asked for it yet.
    ///
    /// # Errors
    /// What `make` says.
    pub(super) fn find_or_make(
        &self,
        (shape, hash): Hashed<'_>,
        make: impl FnOnce() -> Result<Rendered>,
    ) -> Result<Compiled> {
        if let Some(known) = self.lock().find(shape, hash) {
            return Ok(known);
        }
        // Without the lock: others needn't wait, and what is rendered may ask for other statements.
        let made = Compiled::new(shape, make()?);
        let mut cache = self.lock();
        // Another thread may have made it meanwhile. All should have the same id.
        if let Some(known) = cache.find(shape, hash) {
            return Ok(known);
        }
        cache.put((hash, made.clone()));
        Ok(made)
    }

    /// Changes the bound; what is over it goes.
    pub(super) fn set_most(&self, most: usize) {
        let mut cache = self.lock();
        cache.most = most;
        if cache.old.len() + cache.young.len() > most {
            cache.old.clear();
        }
        if cache.young.len() > most {
            cache.young.clear();
        }
    }

    /// The entries are whole after each line of the code here, so a poisoned lock is no reason to fail.
    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement with the hash of its shape.
type Entry = (u64, Compiled);

/// Statements with a bound: when the young ones are half of it, the old ones go and the young ones are the old
/// ones. One that is found becomes young, so those that go weren't looked for that long.
#[derive(Default)]
struct Generations {
    young: HashTable<Entry>,
    old: HashTable<Entry>,
    most: usize,
}

impl Generations {
    fn find(&mut self, shape: Shape<'_>, hash: u64) -> Option<Compiled> {
        if let Some((_, found)) = self.young.find(hash, |(_, known)| known.is(shape)) {
            return Some(found.clone());
        }
        let found = self.old.find_entry(hash, |(_, known)| known.is(shape)).ok()?;
        let (entry, _) = found.remove();
        let found = entry.1.clone();
        self.put(entry);
        Some(found)
    }

    /// Adds a statement that isn't there.
    fn put(&mut self, entry: Entry) {
        if self.most == 0 {
            return;
        }
        if self.young.len() >= self.most.div_ceil(2) {
            self.old = mem::take(&mut self.young);
        }
        // Where the bound is odd, two halves are one too many.
        if self.old.len() + self.young.len() >= self.most {
            self.old.clear();
        }
        self.young.insert_unique(entry.0, entry, |(hash, _)| *hash);
    }
}

/// The statements that were used on a connection, with the hashes of their shapes. They are few: looking through a
/// list takes no longer than hashing further, and a connection that is lent for one statement has little to set up.
#[derive(Default)]
pub(super) struct Recent(RefCell<Used>);

/// The hash of a shape, and its statement.
type Used = SmallVec<[(u64, Rc<Compiled>); 4]>;

impl Recent {
    /// How many there are at most; they are all forgotten then.
    const MOST: usize = 64;

    /// The statement of a shape.
    #[inline]
    pub(super) fn find(&self, (shape, hash): Hashed<'_>) -> Option<Rc<Compiled>> {
        let list = self.0.borrow();
        let mut found = list.iter().filter(|(other, known)| *other == hash && known.is(shape));
        found.next().map(|(_, known)| Rc::clone(known))
    }

    /// Adds a statement that isn't there.
    pub(super) fn add(&self, hash: u64, statement: Rc<Compiled>) {
        let mut list = self.0.borrow_mut();
        if list.len() >= Self::MOST {
            list.clear();
        }
        list.push((hash, statement));
    }
}
