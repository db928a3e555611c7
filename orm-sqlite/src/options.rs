//! `Options`: how a database is opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orm_core::Result;
use rusqlite::OpenFlags;

use crate::engine::Engine;
use crate::function::{Function, SqlFunction};
use crate::location::{Named, refused};
use crate::pool::SqliteDriver;

/// How a database is opened. Made by [`Engine::options`].
///
/// ```
/// use std::time::Duration;
/// use orm_sqlite::Engine;
///
/// # fn main() -> orm_core::Result<()> {
/// let engine = Engine::options()
///     .busy_timeout(Duration::from_secs(1))
///     .pool_size(4)
///     .pragma("cache_size", -8000)
///     .in_memory()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `open` or `in_memory`"]
pub struct Options {
    pub(crate) read_only: bool,
    pub(crate) create: bool,
    pub(crate) busy_timeout: Duration,
    pub(crate) foreign_keys: bool,
    pub(crate) journal_mode: Option<JournalMode>,
    pub(crate) synchronous: Option<Synchronous>,
    pub(crate) read_uncommitted: bool,
    pub(crate) begin_mode: BeginMode,
    pub(crate) statement_cache: usize,
    pub(crate) pool_size: usize,
    pub(crate) max_connections: usize,
    pub(crate) pool_timeout: Duration,
    pub(crate) memory_folder: Option<PathBuf>,
    pub(crate) pragmas: Vec<(String, String)>,
    pub(crate) functions: Vec<Function>,
    pub(crate) attached: Vec<(String, PathBuf)>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

words! {
    /// How SQLite makes a transaction atomic.
    JournalMode {
        /// A write-ahead log: readers and one writer don't block each other. Kept in the file.
        Wal = "wal",
        /// A journal file that is deleted at the end of each transaction.
        Delete = "delete",
        /// A journal file that is cut to nothing.
        Truncate = "truncate",
        /// A journal file whose header is overwritten.
        Persist = "persist",
        /// A journal in memory: a crash in a transaction may damage the file.
        Memory = "memory",
        /// No journal: a transaction can't be rolled back, which a session relies on.
        Off = "off",
    }
}

words! {
    /// How often SQLite waits until the disk has the data.
    Synchronous {
        /// Never: a loss of power may damage the file.
        Off = "off",
        /// At checkpoints: with the write-ahead log a loss of power may lose the last transactions, no more.
        Normal = "normal",
        /// At each commit.
        Full = "full",
        /// At each commit, the directory included.
        Extra = "extra",
    }
}

words! {
    /// When a transaction takes its lock.
    BeginMode {
        /// At its first read or write.
        Deferred = "BEGIN",
        /// The write lock at once: it waits there, and can't fail later because it has read before.
        Immediate = "BEGIN IMMEDIATE",
        /// As `Immediate`; without a write-ahead log readers are kept out too.
        Exclusive = "BEGIN EXCLUSIVE",
    }
}

impl Options {
    pub(crate) fn new() -> Self {
        Options {
            read_only: false,
            create: true,
            busy_timeout: Duration::from_secs(5),
            foreign_keys: true,
            journal_mode: None,
            synchronous: None,
            read_uncommitted: false,
            begin_mode: BeginMode::Deferred,
            statement_cache: 256,
            pool_size: 8,
            max_connections: usize::MAX,
            pool_timeout: Duration::from_secs(30),
            memory_folder: None,
            pragmas: Vec::new(),
            functions: Vec::new(),
            attached: Vec::new(),
        }
    }

    /// Whether writing is refused. Default: no.
    pub fn read_only(mut self, on: bool) -> Self {
        self.read_only = on;
        self
    }

    /// Whether a file that isn't there is made. Default: yes.
    pub fn create(mut self, on: bool) -> Self {
        self.create = on;
        self
    }

    /// How long a connection waits for the locks of others. Default: five seconds.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Whether foreign keys are checked. Default: yes.
    pub fn foreign_keys(mut self, on: bool) -> Self {
        self.foreign_keys = on;
        self
    }

    /// The journal mode. Default: [`JournalMode::Wal`] for files that can be written, where the file system
    /// allows it, those of [`in_memory`](Options::in_memory) among them. A mode that is asked for here and can't be had is an error.
    pub fn journal_mode(mut self, mode: JournalMode) -> Self {
        self.journal_mode = Some(mode);
        self
    }

    /// How often SQLite waits for the disk. Default: SQLite's, which is [`Synchronous::Full`], and
    /// [`Synchronous::Off`] for [`in_memory`](Options::in_memory), which no loss of power outlives.
    pub fn synchronous(mut self, level: Synchronous) -> Self {
        self.synchronous = Some(level);
        self
    }

    /// Whether connections to a shared cache (`cache=shared` in a URI) read what others have not committed: then nobody
    /// waits, and what was read and written back may undo what others wrote. Default: no; a transaction that has read a
    /// table then keeps all others from writing it. Of no effect elsewhere.
    pub fn read_uncommitted(mut self, on: bool) -> Self {
        self.read_uncommitted = on;
        self
    }

    /// When a transaction takes its lock. Default: [`BeginMode::Deferred`].
    pub fn begin_mode(mut self, mode: BeginMode) -> Self {
        self.begin_mode = mode;
        self
    }

    /// How many prepared statements each connection keeps by their texts. While it is lent, it holds up to 64 more of
    /// the library's own, but no more than this number. Default: 256.
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.statement_cache = statements;
        self
    }

    /// How many connections are kept open while nobody uses them. More are opened when they are needed, and
    /// closed when they come back. Default: 8.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// How many connections may be in use at once; who needs one more waits. Default: no limit.
    ///
    /// With 1, [`in_memory`](Options::in_memory) is memory and nothing else, and each transaction takes some
    /// microseconds less.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How long to wait for a connection when [`max_connections`](Options::max_connections) are in use.
    /// Default: 30 seconds.
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool_timeout = timeout;
        self
    }

    /// The folder in which [`in_memory`](Options::in_memory) makes a folder for its file. Default: that of the system for
    /// temporary files. A file system in memory, such as `/dev/shm`, is faster to open, and has less room.
    pub fn memory_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.memory_folder = Some(folder.into());
        self
    }

    /// A pragma that each new connection sets, after all other options. One that SQLite doesn't know is an
    /// error when the database is opened.
    pub fn pragma(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.pragmas.push((name.into(), value.to_string()));
        self
    }

    /// A function that each connection has, so that statements can call it by its name: one of SQLite's own is replaced. Its
    /// operators `REGEXP` and `MATCH` are functions that are called so.
    ///
    /// ```
    /// use orm_sqlite::Engine;
    ///
    /// # fn main() -> orm_core::Result<()> {
    /// let engine = Engine::options()
    ///     .function("initial", |name: String| Ok(name.chars().next().map(String::from)))
    ///     .in_memory()?;
    /// engine.execute_batch("CREATE TABLE t AS SELECT initial('ed') AS name")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What it refuses by an error, the statement is refused for; so is a panic in it. It is called anew for each row. One that
    /// always gives the same for the same arguments is better said to be so:
    /// [`deterministic_function`](Options::deterministic_function).
    pub fn function<A>(mut self, name: impl Into<String>, function: impl SqlFunction<A>) -> Self {
        self.functions.push(Function::new(name.into(), false, function));
        self
    }

    /// As [`function`](Options::function), for one that always gives the same for the same arguments. SQLite then calls it
    /// once for what doesn't change from row to row, and it may stand in indexes and generated columns.
    pub fn deterministic_function<A>(
        mut self,
        name: impl Into<String>,
        function: impl SqlFunction<A>,
    ) -> Self {
        self.functions.push(Function::new(name.into(), true, function));
        self
    }

    /// Another database that each connection has as a schema: a path, `:memory:`, or a URI, opened as the main one is. Classes
    /// with `#[mapped(schema = "archive")]` are in it. One in memory goes with the engine.
    ///
    /// ```
    /// use orm_sqlite::Engine;
    ///
    /// # fn main() -> orm_core::Result<()> {
    /// let engine = Engine::options().attach("archive", ":memory:").in_memory()?;
    /// engine.execute_batch("CREATE TABLE archive.letter (id INTEGER PRIMARY KEY)")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A transaction is one in all of them. SQLite knows no foreign keys between them; and where the power fails while one is
    /// committed, each file has all of the transaction or nothing, but with the write-ahead log one may have it and another
    /// not: [`JournalMode::Delete`] keeps them together.
    pub fn attach(mut self, schema: impl Into<String>, path: impl AsRef<Path>) -> Self {
        self.attached.push((schema.into(), path.as_ref().to_owned()));
        self
    }

    /// Opens a path, `:memory:`, or a URI such as `file:app.db?mode=ro`.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<Engine> {
        let named = Named::parse(path.as_ref())?;
        self.open_at(named)
    }

    /// Opens a new, empty database that goes with the engine: memory where there is one connection, and a file that
    /// nothing waits for where there may be several (see [`Engine`]).
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn in_memory(self) -> Result<Engine> {
        self.open_at(Named::memory())
    }

    fn open_at(self, named: Named) -> Result<Engine> {
        let attached = self.attached.iter().enumerate().map(|(at, (schema, path))| {
            let is_before = |(before, _): &(String, PathBuf)| before.eq_ignore_ascii_case(schema);
            match schema.to_ascii_lowercase().as_str() {
                "" => Err(refused("a database is attached by no name")),
                "main" | "temp" => Err(refused(format!("SQLite calls a database of its own `{schema}`"))
                    .help("attach it by another name")),
                _ if self.attached.iter().take(at).any(is_before) => {
                    Err(refused(format!("two databases are attached as `{schema}`")))
                }
                _ => Named::parse(path),
            }
        });
        let attached = attached.collect::<Result<Vec<_>>>()?;
        let is_memory = |named: &Named| matches!(named, Named::Memory(_));
        if (is_memory(&named) || attached.iter().any(is_memory)) && self.read_only {
            return Err(refused("a database in memory can't be read-only: nobody could fill it"));
        }
        if self.max_connections == 0 {
            return Err(refused("`max_connections` is 0: nobody could connect"));
        }
        let twice =
            |at: usize, function: &Function| self.functions.iter().take(at).any(|before| before.is(function));
        if let Some((_, function)) =
            self.functions.iter().enumerate().find(|(at, function)| twice(*at, function))
        {
            return Err(refused(format!("the function `{function:?}` is given twice")));
        }
        let locate = |named: Named| named.locate(self.max_connections, self.memory_folder.as_deref());
        let location = locate(named)?;
        let attached = attached.into_iter().map(locate).collect::<Result<Vec<_>>>()?;
        let driver = SqliteDriver::open(location, attached, self)?;
        Ok(Engine::new(orm_core::engine::Engine::new(driver)))
    }

    pub(crate) fn flags(&self) -> OpenFlags {
        let access = match (self.read_only, self.create) {
            (true, _) => OpenFlags::SQLITE_OPEN_READ_ONLY,
            (false, true) => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            (false, false) => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        access | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX
    }
}
