//! `Prepared`: a statement that SQLite has compiled, and the rows that it gives. `SqliteStatement` is one of a user's.

use std::cell::RefCell;
use std::ops::Deref;
use std::time::Duration;

use orm_core::engine::{Done, Flow, Row, Statement};
use orm_core::{DriverError, Error, Fault, Result, ValueRef};
use rusqlite::types::{Null, ValueRef as RawValue};
use rusqlite::{CachedStatement, ErrorCode};

use crate::error::refusal;
use crate::verb::Verb;
use crate::wait::{Patience, is_shared_lock, patiently};

/// Spare buffers for the texts of prepared statements, which errors name: so that a statement from the cache
/// needs no allocation for its text.
#[derive(Default)]
pub(crate) struct Texts(RefCell<Vec<String>>);

/// A text in a buffer that goes back when it is dropped.
pub(crate) struct Text<'c> {
    buffer: String,
    home: &'c Texts,
}

impl Texts {
    #[inline]
    pub(crate) fn take(&self, sql: &str) -> Text<'_> {
        let spare = self.0.try_borrow_mut().ok().and_then(|mut spare| spare.pop());
        let mut buffer = spare.unwrap_or_default();
        buffer.clear();
        buffer.push_str(sql);
        Text { buffer, home: self }
    }
}

impl Drop for Text<'_> {
    #[inline]
    fn drop(&mut self) {
        /// Seldom are more statements alive at once.
        const MOST: usize = 16;
        /// An unusually long text doesn't keep its memory.
        const LONGEST: usize = 4096;
        if let Ok(mut spare) = self.home.0.try_borrow_mut()
            && spare.len() < MOST
            && self.buffer.capacity() <= LONGEST
        {
            spare.push(std::mem::take(&mut self.buffer));
        }
    }
}

impl Deref for Text<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.buffer
    }
}

/// A prepared statement, and what is known of it. It goes back into the cache of texts when it is dropped.
pub(crate) struct Prepared<'c> {
    statement: CachedStatement<'c>,
    verb: Verb,
    /// Whether it holds a copy of a large value.
    is_large: bool,
}

impl<'c> Prepared<'c> {
    /// Prepares a text, or takes it from the cache.
    pub(crate) fn new(raw: &'c rusqlite::Connection, sql: &str, timeout: Duration) -> Result<Self> {
        let statement = patiently(timeout, || raw.prepare_cached(sql)).map_err(|e| refusal(e, Some(sql)))?;
        Ok(Prepared { statement, verb: Verb::of(sql), is_large: false })
    }

    /// Binds a value, which stays until it is bound anew.
    #[inline(always)]
    pub(crate) fn bind(&mut self, index: usize, value: ValueRef<'_>, sql: &str) -> Result<()> {
        /// From how many bytes on a value isn't kept longer than it has to be.
        const LARGE: usize = 4096;
        // rusqlite cuts positions to 32 bits; 0 is none.
        let position = if index < i32::MAX as usize { index + 1 } else { 0 };
        let statement = &mut self.statement;
        // A call for each type: rusqlite then chooses SQLite's function when it is compiled.
        let bound = match value {
            ValueRef::Null => statement.raw_bind_parameter(position, Null),
            ValueRef::Bool(v) => statement.raw_bind_parameter(position, v),
            ValueRef::Int(v) => statement.raw_bind_parameter(position, v),
            // SQLite would store NULL.
            ValueRef::Real(v) if v.is_nan() => return Err(not_a_number(index, sql)),
            ValueRef::Real(v) => statement.raw_bind_parameter(position, v),
            ValueRef::Text(v) => {
                self.is_large |= v.len() >= LARGE;
                statement.raw_bind_parameter(position, v)
            }
            ValueRef::Blob(v) => {
                self.is_large |= v.len() >= LARGE;
                statement.raw_bind_parameter(position, v)
            }
        };
        match bound {
            Ok(()) => Ok(()),
            Err(error) => Err(not_bound(error, index, &self.statement, sql)),
        }
    }

    /// Binds the values of all placeholders.
    #[inline]
    pub(crate) fn bind_all(&mut self, values: &[ValueRef<'_>], sql: &str) -> Result<()> {
        let count = self.parameter_count();
        if count != values.len() {
            return Err(not_as_many(values.len(), count, sql));
        }
        for (index, value) in values.iter().enumerate() {
            self.bind(index, *value, sql)?;
        }
        Ok(())
    }

    /// How many placeholders it has.
    #[inline]
    pub(crate) fn parameter_count(&self) -> usize {
        self.statement.parameter_count()
    }

    /// The names of its columns.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.statement.column_names().map(str::to_owned).collect()
    }

    /// Lets go of large values that are bound, before the statement waits for its next run.
    #[inline]
    pub(crate) fn forget_large_values(&mut self) {
        if self.is_large {
            self.statement.clear_bindings();
            self.is_large = false;
        }
    }

    /// Runs a statement without rows, with what is bound.
    #[inline]
    pub(crate) fn execute(
        &mut self,
        raw: &rusqlite::Connection,
        sql: &str,
        timeout: Duration,
    ) -> Result<Done> {
        // After DDL and pragmas SQLite still tells the count of the last statement that changed rows.
        let is_counted = self.verb != Verb::Other;
        let before = if is_counted { 0 } else { raw.total_changes() };
        let statement = &mut self.statement;
        let rows =
            patiently(timeout, || statement.raw_execute()).map_err(|error| refusal(error, Some(sql)))?;
        let rows = if is_counted || raw.total_changes() != before { rows as u64 } else { 0 };
        let has_key = self.verb == Verb::Insert && rows > 0;
        Ok(Done { rows, last_id: has_key.then(|| raw.last_insert_rowid()) })
    }

    /// Runs a query with what is bound, and lends each row.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        timeout: Duration,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        let mut patience = Patience::new(timeout);
        loop {
            let mut rows = self.statement.raw_query();
            let mut given = false;
            let error = loop {
                match rows.next() {
                    Ok(Some(row)) => {
                        given = true;
                        if each(&SqliteRow { row, sql })?.is_break() {
                            return Ok(());
                        }
                    }
                    Ok(None) => return Ok(()),
                    Err(error) => break error,
                }
            };
            drop(rows);
            // Once rows were given, the query can't be repeated unseen.
            if given || !is_shared_lock(&error) || !patience.wait() {
                return Err(refusal(error, Some(sql)));
            }
        }
    }
}

/// A statement of a user's own, with its text.
pub(crate) struct SqliteStatement<'c> {
    raw: &'c rusqlite::Connection,
    prepared: Prepared<'c>,
    sql: Text<'c>,
    timeout: Duration,
}

impl<'c> SqliteStatement<'c> {
    pub(crate) fn new(
        raw: &'c rusqlite::Connection,
        prepared: Prepared<'c>,
        sql: Text<'c>,
        timeout: Duration,
    ) -> Self {
        SqliteStatement { raw, prepared, sql, timeout }
    }
}

impl Statement for SqliteStatement<'_> {
    fn bind(&mut self, index: usize, value: ValueRef<'_>) -> Result<()> {
        self.prepared.bind(index, value, &self.sql)
    }

    fn execute(&mut self) -> Result<Done> {
        self.prepared.execute(self.raw, &self.sql, self.timeout)
    }

    fn query(&mut self, each: &mut dyn FnMut(&dyn Row) -> Result<Flow>) -> Result<()> {
        self.prepared.query(&self.sql, self.timeout, each)
    }
}

/// The current row of a query.
struct SqliteRow<'r, 's> {
    row: &'r rusqlite::Row<'s>,
    sql: &'r str,
}

impl Row for SqliteRow<'_, '_> {
    #[inline]
    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        let mut value = [ValueRef::Null];
        self.values(index, &mut value)?;
        Ok(value[0])
    }

    fn values<'r>(&'r self, from: usize, into: &mut [ValueRef<'r>]) -> Result<()> {
        // Each kind of value is written where it is to stand: one that is returned first is copied once more.
        let mut index = from;
        for place in into {
            *place = match self.row.get_ref(index) {
                Ok(RawValue::Integer(v)) => ValueRef::Int(v),
                Ok(RawValue::Text(v)) => ValueRef::Text(self.text(v, index)?),
                Ok(RawValue::Null) => ValueRef::Null,
                Ok(RawValue::Real(v)) => ValueRef::Real(v),
                Ok(RawValue::Blob(v)) => ValueRef::Blob(v),
                Err(error) => return Err(refusal(error, Some(self.sql))),
            };
            // Behind the largest number there is no column: that place has failed already.
            index = index.wrapping_add(1);
        }
        Ok(())
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.row.as_ref().column_name(index).ok()
    }
}

impl SqliteRow<'_, '_> {
    #[inline(always)]
    fn text<'t>(&self, bytes: &'t [u8], index: usize) -> Result<&'t str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => Err(not_utf8(error, self.row, index, self.sql)),
        }
    }
}

#[cold]
fn not_a_number(index: usize, sql: &str) -> Error {
    let message = format!("parameter {} is NaN, which SQLite can't store", index.saturating_add(1));
    Error::from(DriverError::new(Fault::Value, message).with_sql(sql))
}

#[cold]
fn not_bound(error: rusqlite::Error, index: usize, statement: &rusqlite::Statement<'_>, sql: &str) -> Error {
    if error.sqlite_error_code() != Some(ErrorCode::ParameterOutOfRange) {
        return refusal(error, Some(sql));
    }
    let (number, count) = (index.saturating_add(1), statement.parameter_count());
    let message = format!("parameter {number} is bound, but the statement has {count}");
    Error::from(DriverError::new(Fault::Statement, message).with_sql(sql).caused_by(error))
}

/// The error of another number of values than there are placeholders. Those of an earlier run would stay in the
/// places that get none.
#[cold]
pub(crate) fn not_as_many(given: usize, count: usize, sql: &str) -> Error {
    let message = format!("{given} parameters are given, but the statement has {count}");
    Error::from(DriverError::new(Fault::Statement, message).with_sql(sql))
}

#[cold]
fn not_utf8(error: std::str::Utf8Error, row: &rusqlite::Row<'_>, index: usize, sql: &str) -> Error {
    let name = row.as_ref().column_name(index).unwrap_or("?");
    let message = format!("the text in column {} (`{name}`) isn't UTF-8", index.saturating_add(1));
    Error::from(DriverError::new(Fault::Value, message).with_sql(sql).caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_values_are_kept_until_the_next_run() {
        let raw = rusqlite::Connection::open_in_memory().unwrap();
        let mut statement = Prepared::new(&raw, "SELECT ?, ?", Duration::ZERO).unwrap();
        let mut bound = |text: &str, blob: &[u8]| {
            statement.bind_all(&[ValueRef::Text(text), ValueRef::Blob(blob)], "SELECT ?, ?").unwrap();
            statement.forget_large_values();
            statement.statement.expanded_sql().unwrap()
        };
        assert_eq!(bound("a", &[1]), "SELECT 'a', x'01'");
        assert_eq!(bound(&"a".repeat(5000), &[1]), "SELECT NULL, NULL");
        assert_eq!(bound("a", &[1; 5000]), "SELECT NULL, NULL");
        assert_eq!(bound("b", &[2]), "SELECT 'b', x'02'");
    }
}
