//! `Db`: a database in memory or in a file, with the log of what ran in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::engine::{Connection, Engine, Flow, SqlLog, Statement};
use orm::{Code, Error, Result, Session};

use crate::models::Models;

/// A database with the tables of the stock models.
pub struct Db {
    /// The engine.
    pub engine: Engine,
    log: Arc<SqlLog>,
    file: Option<PathBuf>,
}

impl Db {
    /// In memory, with the stock models.
    pub fn new() -> Db {
        let db = Db::empty();
        Models::create_all(&db.engine).unwrap();
        db.sql();
        db
    }

    /// In memory, without tables.
    pub fn empty() -> Db {
        Db::over(orm::sqlite::Engine::in_memory().unwrap().into(), None)
    }

    /// In memory; transaction control is logged too.
    pub fn with_transactions() -> Db {
        let mut db = Db::new();
        db.engine.unobserve(&db.log);
        db.log = Arc::new(SqlLog::with_transactions());
        db.engine.observe(db.log.clone());
        db
    }

    /// In a file of its own, with the stock models, and little patience with locks. The file is removed with the value.
    pub fn file() -> Db {
        let options = orm::sqlite::Engine::options();
        Db::file_with(options.busy_timeout(std::time::Duration::from_millis(50)))
    }

    /// The same, opened with options.
    pub fn file_with(options: orm::sqlite::Options) -> Db {
        let db = Db::empty_file(options);
        Models::create_all(&db.engine).unwrap();
        db.sql();
        db
    }

    /// In a file of its own, without tables.
    pub fn empty_file(options: orm::sqlite::Options) -> Db {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("orm-test-{}-{number}.db", std::process::id()));
        remove(&path);
        Db::over(options.open(&path).unwrap().into(), Some(path))
    }

    /// Over an engine.
    pub fn over(engine: Engine, file: Option<PathBuf>) -> Db {
        let log = Arc::new(SqlLog::new());
        engine.observe(log.clone());
        Db { engine, log, file }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.file.as_deref().unwrap()
    }

    /// A session.
    pub fn session(&self) -> Session {
        Session::new(&self.engine)
    }

    /// The statements since the last time, one a line.
    pub fn sql(&self) -> String {
        self.log.take().iter().map(|statement| format!("{statement}\n")).collect()
    }

    /// The number of statements since the last time.
    pub fn statements(&self) -> usize {
        self.log.take().len()
    }

    /// Runs SQL behind the library's back, on a connection of its own; it is not logged.
    pub fn run(&self, sql: &str) {
        self.engine.unobserve(&self.log);
        let done = self.engine.execute_batch(sql);
        self.engine.observe(self.log.clone());
        done.unwrap();
    }

    /// The rows of a query on a connection of its own, one a line: what is committed. It is not logged.
    pub fn rows(&self, sql: &str) -> String {
        self.unseen(|| rows(&self.engine.connect().unwrap(), sql)).unwrap()
    }

    /// The rows of a query as a session sees them, one a line; it is not logged.
    pub fn rows_in(&self, session: &Session, sql: &str) -> String {
        self.unseen(|| rows_of(&mut *session.connection().unwrap().prepare(sql).unwrap())).unwrap()
    }

    /// Runs `f` without the log.
    fn unseen<R>(&self, f: impl FnOnce() -> R) -> R {
        self.engine.unobserve(&self.log);
        let result = f();
        self.engine.observe(self.log.clone());
        result
    }
}

impl Default for Db {
    fn default() -> Self {
        Db::new()
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Some(path) = &self.file {
            self.engine.close();
            remove(path);
        }
    }
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}

/// The rows of a query, one a line, the values parted by `|`; as many columns as there are.
pub fn rows(connection: &impl Connection, sql: &str) -> Result<String> {
    rows_of(&mut *connection.prepare(sql)?)
}

fn rows_of(statement: &mut dyn Statement) -> Result<String> {
    let mut text = String::new();
    statement.query(&mut |row| {
        let mut at = 0;
        while let Ok(value) = row.get(at) {
            let part = if at == 0 { "" } else { "|" };
            let _ = write!(text, "{part}{value}");
            at += 1;
        }
        text.push('\n');
        Ok(Flow::Continue(()))
    })?;
    Ok(text)
}

/// The code of the error that a call must give.
#[track_caller]
pub fn code<T>(result: Result<T>) -> Code {
    match result {
        Ok(_) => panic!("the call succeeded"),
        Err(error) => error.code(),
    }
}

/// The text of the error that a call must give.
#[track_caller]
pub fn show<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("the call succeeded"),
        Err(error) => error.to_string(),
    }
}

/// Lines of text put together by a test: what it saw, to be compared at once.
#[derive(Default)]
pub struct Report(String);

impl Report {
    /// Adds a line.
    pub fn line(&mut self, text: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{text}");
    }

    /// Adds the outcome of a call.
    pub fn outcome<T: std::fmt::Debug>(&mut self, what: &str, outcome: Result<T, Error>) {
        match outcome {
            Ok(value) => self.line(format_args!("{what}: {value:?}")),
            Err(error) => self.line(format_args!("{what}: {error}")),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}
