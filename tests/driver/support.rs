//! What the tests share: scratch files, and short ways to run a statement.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use orm_core::engine::{Connection, Done, Flow};
use orm_core::{DriverError, Error, Fault, Result, Value, ValueRef};

/// A folder that is removed with its files.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("orm-driver-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `file:PATH?query`
pub fn uri(path: &Path, query: &str) -> String {
    format!("file:{}?{query}", path.display())
}

pub fn execute(connection: &dyn Connection, sql: &str, params: &[Value]) -> Result<Done> {
    let mut statement = connection.prepare(sql)?;
    for (index, value) in params.iter().enumerate() {
        statement.bind(index, value.as_ref())?;
    }
    statement.execute()
}

pub fn rows(connection: &dyn Connection, sql: &str, columns: usize) -> Result<Vec<Vec<Value>>> {
    let mut found = Vec::new();
    connection.prepare(sql)?.query(&mut |row| {
        found.push((0..columns).map(|c| row.get(c).map(ValueRef::to_value)).collect::<Result<Vec<_>>>()?);
        Ok(Flow::Continue(()))
    })?;
    Ok(found)
}

/// The first column of the only row.
pub fn one(connection: &dyn Connection, sql: &str) -> Value {
    let mut found = rows(connection, sql, 1).unwrap();
    assert_eq!(found.len(), 1, "{sql}");
    found.remove(0).remove(0)
}

pub fn int(connection: &dyn Connection, sql: &str) -> i64 {
    match one(connection, sql) {
        Value::Int(value) => value,
        other => panic!("{sql}: {other}"),
    }
}

pub fn text(connection: &dyn Connection, sql: &str) -> String {
    match one(connection, sql) {
        Value::Text(value) => value,
        other => panic!("{sql}: {other}"),
    }
}

/// How many rows a connection has changed so far, those of foreign key actions included.
pub fn total_changes(connection: &dyn Connection) -> i64 {
    int(connection, "SELECT total_changes()")
}

/// What the database said.
pub fn said(error: &Error) -> &DriverError {
    error.driver().unwrap_or_else(|| panic!("not of the driver: {error}"))
}

#[track_caller]
pub fn assert_fault(error: &Error, fault: Fault) {
    assert_eq!(said(error).fault(), fault, "{error}");
    assert_eq!(error.code(), said(error).code());
}
