//! `StatementCache`: the statements that an engine knows, found by their shapes.
//!
//! It is looked at twice. Each connection keeps what it has used for as long as it is lent, without a lock; what
//! it hasn't used yet it takes from the engine, where the connections of all threads share it. Both have a bound.

use std::hash::Hasher;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::statement::Compiled;
use crate::error::Result;
use crate::sql::Rendered;

/// What one of the library's own statements does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// Reads a row of a class by its primary key.
    Get,
    /// Reads what a relationship leads to.
    Lazy,
    /// Writes a new row; the columns are those that are left out.
    Insert,
    /// Writes a changed row; the columns are those that are set.
    Update,
    /// Takes a row out.
    Delete,
    /// Writes a new row of an association table.
    Link,
    /// Takes a row of an association table out.
    Unlink,
}

/// What tells a statement from others of the same engine. Statements of the same shape have the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// A statement of the library's own: what it does, for which class or relationship, with which columns.
    Own {
        /// What it does.
        kind: StatementKind,
        /// The number of the class or relationship.
        of: usize,
        /// The numbers of the columns that make a difference.
        columns: &'a [u16],
    },
    /// A query, by bytes that are the same only where its text is.
    Query(&'a [u8]),
}

impl<'a> Shape<'a> {
    /// A statement of the library's own in which no columns make a difference.
    pub(crate) fn own(kind: StatementKind, of: usize) -> Self {
        Shape::Own { kind, of, columns: &[] }
    }

    #[inline]
    fn hash(self) -> u64 {
        let mut hasher = FxHasher::default();
        match self {
            Shape::Own { kind, of, columns } => {
                hasher.write_usize(of << 8 | kind as usize);
                columns.iter().for_each(|column| hasher.write_u16(*column));
            }
            Shape::Query(bytes) => write(&mut hasher, bytes),
        }
        hasher.finish()
    }

    fn keep(self) -> Kept {
        match self {
            Shape::Own { kind, of, columns } => Kept::Own { kind, of, columns: columns.into() },
            Shape::Query(bytes) => Kept::Query(bytes.into()),
        }
    }
}

/// Not inlined, so that looking up one of the library's own statements stays short.
#[inline(never)]
fn write(hasher: &mut FxHasher, bytes: &[u8]) {
    hasher.write(bytes);
}

/// A shape that is kept.
enum Kept {
    Own { kind: StatementKind, of: usize, columns: Box<[u16]> },
    Query(Box<[u8]>),
}

impl Kept {
    #[inline]
    fn is(&self, shape: Shape<'_>) -> bool {
        match (self, shape) {
            (Kept::Own { kind, of, columns }, Shape::Own { kind: k, of: o, columns: c }) => {
                // The lists are short or empty: a loop is cheaper than a call that compares memory.
                *kind == k && *of == o && columns.iter().eq(c)
            }
            (Kept::Query(bytes), Shape::Query(b)) => **bytes == *b,
            _ => false,
        }
    }
}

/// Entries by shape, with a bound: when the young ones are half of it, the old ones go and the young ones are
/// the old ones. An entry that is used becomes young, so those that go weren't used for that long.
pub(super) struct Generations<T> {
    young: HashTable<Entry<T>>,
    old: HashTable<Entry<T>>,
    most: usize,
}

struct Entry<T> {
    hash: u64,
    shape: Kept,
    value: T,
}

impl<T: Clone> Generations<T> {
    /// Without entries, and never with more than `most`.
    pub(super) fn new(most: usize) -> Self {
        Generations { young: HashTable::new(), old: HashTable::new(), most }
    }

    /// The entry of a shape.
    #[inline]
    pub(super) fn get(&mut self, shape: Shape<'_>) -> Option<T> {
        let hash = shape.hash();
        match self.young.find(hash, |entry| entry.shape.is(shape)) {
            Some(entry) => Some(entry.value.clone()),
            None if self.old.is_empty() => None,
            None => self.rejuvenate(shape, hash),
        }
    }

    #[cold]
    fn rejuvenate(&mut self, shape: Shape<'_>, hash: u64) -> Option<T> {
        let found = self.old.find_entry(hash, |entry| entry.shape.is(shape)).ok()?;
        let entry = found.remove().0;
        let value = entry.value.clone();
        self.put(entry);
        Some(value)
    }

    /// Adds an entry of a shape that has none.
    pub(super) fn insert(&mut self, shape: Shape<'_>, value: T) {
        self.put(Entry { hash: shape.hash(), shape: shape.keep(), value });
    }

    fn put(&mut self, entry: Entry<T>) {
        if self.most == 0 {
            return;
        }
        // Of an odd bound, and of one, the old generation has the smaller part.
        if self.young.len() >= self.most.div_ceil(2) {
            self.old = mem::take(&mut self.young);
        }
        if self.old.len() + self.young.len() >= self.most {
            self.old.clear();
        }
        self.young.insert_unique(entry.hash, entry, |entry| entry.hash);
    }

    /// Changes the bound; what is over it goes.
    fn set_most(&mut self, most: usize) {
        self.most = most;
        if self.old.len() + self.young.len() > most {
            self.old.clear();
        }
        if self.young.len() > most {
            self.young.clear();
        }
    }
}

/// The statements that an engine knows.
pub(super) struct StatementCache(Mutex<Generations<Compiled>>);

impl Default for StatementCache {
    fn default() -> Self {
        StatementCache(Mutex::new(Generations::new(1_000)))
    }
}

impl StatementCache {
    /// The statement of a shape, made if nobody has asked for it yet.
    ///
    /// # Errors
    /// What `make` says.
    pub(super) fn find_or_make(
        &self,
        shape: Shape<'_>,
        make: impl FnOnce() -> Result<Rendered>,
    ) -> Result<Compiled> {
        if let Some(known) = self.lock().get(shape) {
            return Ok(known);
        }
        // Without the lock: others needn't wait, and what is rendered may ask for other statements.
        let made = Compiled::new(make()?);
        let mut cache = self.lock();
        // Another thread may have made it meanwhile. All should have the same id.
        if let Some(known) = cache.get(shape) {
            return Ok(known);
        }
        cache.insert(shape, made.clone());
        Ok(made)
    }

    /// How many statements it holds at most.
    pub(super) fn most(&self) -> usize {
        self.lock().most
    }

    pub(super) fn set_most(&self, most: usize) {
        self.lock().set_most(most);
    }

    /// The entries are whole after each line of the code above, so a poisoned lock is no reason to fail.
    fn lock(&self) -> MutexGuard<'_, Generations<Compiled>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
