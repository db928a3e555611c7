//! `SqliteStatement`: a prepared statement on loan from the connection's cache, and the rows that it gives.

use std::cell::RefCell;
use std::ops::Deref;
use std::time::Duration;

use orm_core::engine::{Done, Flow, Row, Statement};
use orm_core::{DriverError, Error, Fault, Result, ValueRef};
use rusqlite::types::{Null, ValueRef as RawValue};
use rusqlite::{CachedStatement, ErrorCode};

use crate::error::refusal;
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

/// A prepared statement. It goes back into the cache when it is dropped.
pub(crate) struct SqliteStatement<'c> {
    raw: &'c rusqlite::Connection,
    statement: CachedStatement<'c>,
    sql: Text<'c>,
    timeout: Duration,
}

impl<'c> SqliteStatement<'c> {
    pub(crate) fn new(
        raw: &'c rusqlite::Connection,
        statement: CachedStatement<'c>,
        sql: Text<'c>,
        timeout: Duration,
    ) -> Self {
        SqliteStatement { raw, statement, sql, timeout }
    }
}

impl Statement for SqliteStatement<'_> {
    fn bind(&mut self, index: usize, value: ValueRef<'_>) -> Result<()> {
        // rusqlite cuts positions to 32 bits; 0 is none.
        let position = if index < i32::MAX as usize { index + 1 } else { 0 };
        let statement = &mut self.statement;
        // A call for each type: rusqlite then chooses SQLite's function when it is compiled.
        let bound = match value {
            ValueRef::Null => statement.raw_bind_parameter(position, Null),
            ValueRef::Bool(v) => statement.raw_bind_parameter(position, v),
            ValueRef::Int(v) => statement.raw_bind_parameter(position, v),
            // SQLite would store NULL.
            ValueRef::Real(v) if v.is_nan() => return Err(not_a_number(index, &self.sql)),
            ValueRef::Real(v) => statement.raw_bind_parameter(position, v),
            ValueRef::Text(v) => statement.raw_bind_parameter(position, v),
            ValueRef::Blob(v) => statement.raw_bind_parameter(position, v),
        };
        match bound {
            Ok(()) => Ok(()),
            Err(error) => Err(not_bound(error, index, &self.statement, &self.sql)),
        }
    }

    fn execute(&mut self) -> Result<Done> {
        // After DDL and pragmas SQLite still tells the count of the last statement that changed rows.
        let counted = is_change(&self.sql);
        let before = if counted { 0 } else { self.raw.total_changes() };
        let statement = &mut self.statement;
        let rows = patiently(self.timeout, || statement.raw_execute())
            .map_err(|error| refusal(error, Some(&self.sql)))?;
        let rows = if counted || self.raw.total_changes() != before { rows as u64 } else { 0 };
        Ok(Done { rows, last_id: self.raw.last_insert_rowid() })
    }

    fn query(&mut self, each: &mut dyn FnMut(&dyn Row) -> Result<Flow>) -> Result<()> {
        let sql = &*self.sql;
        let mut patience = Patience::new(self.timeout);
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

/// The current row of a query.
struct SqliteRow<'r, 's> {
    row: &'r rusqlite::Row<'s>,
    sql: &'r str,
}

impl Row for SqliteRow<'_, '_> {
    #[inline]
    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        match self.row.get_ref(index) {
            Ok(RawValue::Integer(v)) => Ok(ValueRef::Int(v)),
            Ok(RawValue::Text(v)) => match std::str::from_utf8(v) {
                Ok(text) => Ok(ValueRef::Text(text)),
                Err(error) => Err(not_utf8(error, self.row, index, self.sql)),
            },
            Ok(RawValue::Null) => Ok(ValueRef::Null),
            Ok(RawValue::Real(v)) => Ok(ValueRef::Real(v)),
            Ok(RawValue::Blob(v)) => Ok(ValueRef::Blob(v)),
            Err(error) => Err(refusal(error, Some(self.sql))),
        }
    }
}

/// Whether a text surely is a statement that sets SQLite's count of changed rows. No other verb begins so.
#[inline]
fn is_change(sql: &str) -> bool {
    match sql.as_bytes() {
        [a, b, c, d, ..] => matches!(&[a | 32, b | 32, c | 32, d | 32], b"inse" | b"upda" | b"dele"),
        _ => false,
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

#[cold]
fn not_utf8(error: std::str::Utf8Error, row: &rusqlite::Row<'_>, index: usize, sql: &str) -> Error {
    let name = row.as_ref().column_name(index).unwrap_or("?");
    let message = format!("the text in column {} (`{name}`) isn't UTF-8", index.saturating_add(1));
    Error::from(DriverError::new(Fault::Value, message).with_sql(sql).caused_by(error))
}
