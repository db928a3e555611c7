//! `Engine`: the constructors for SQLite over the engine that every database shares.

use std::ops::Deref;
use std::path::Path;

use orm_core::Result;

use crate::options::Options;

/// A SQLite database: a file, a URI, or memory.
///
/// It dereferences to [`orm_core::engine::Engine`], so `&Engine` is accepted wherever that is. Clones share
/// the pool and the database.
///
/// # Files
/// Foreign keys are checked, the write-ahead log is on, and a connection that meets a lock waits up to five
/// seconds. With the write-ahead log readers never wait: a transaction sees the database as it was at its
/// first read. One that has read before another connection committed can't write any more; it fails with
/// [`Locked`](orm_core::Code::Locked) at once and has to be rolled back and repeated. `BEGIN IMMEDIATE`
/// ([`Options::begin_mode`]) avoids that.
///
/// # Memory
/// All connections of an engine share one database, which lasts until the engine is closed or its last clone
/// and connection are gone. They behave as connections to a file do, errors and waiting included, because that is
/// what they are: the database is a file with a write-ahead log in a folder of its own
/// ([`Options::memory_folder`]), which nobody else may read, which nothing waits for to reach a disk, and which is
/// removed with the database. SQLite can share memory between connections too, but then they read what others
/// haven't committed, or wait for whoever has read something. A process that is killed leaves the folder behind.
///
/// With [`Options::max_connections`] of 1 the database is the memory of its only connection.
#[derive(Clone, Debug)]
pub struct Engine(orm_core::engine::Engine);

impl Engine {
    /// Opens a database: a path, `:memory:`, or a URI such as `file:app.db?mode=ro`. A file that isn't there
    /// is made.
    ///
    /// # Errors
    /// [`Connection`](orm_core::Code::Connection) where it can't be opened,
    /// [`Corrupt`](orm_core::Code::Corrupt) where it is no database,
    /// [`Locked`](orm_core::Code::Locked) where another process keeps it locked.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::options().open(path)
    }

    /// A new, empty database that is shared by the engine's connections and goes with it: see [Memory](#memory).
    ///
    /// # Errors
    /// As [`open`](Engine::open).
    pub fn in_memory() -> Result<Self> {
        Self::options().in_memory()
    }

    /// Options to open with.
    pub fn options() -> Options {
        Options::new()
    }

    pub(crate) fn new(engine: orm_core::engine::Engine) -> Self {
        Engine(engine)
    }
}

impl Deref for Engine {
    type Target = orm_core::engine::Engine;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Engine> for orm_core::engine::Engine {
    fn from(engine: Engine) -> Self {
        engine.0
    }
}
