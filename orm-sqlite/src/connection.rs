//! `Lent`: a connection on its way from the pool and back.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use orm_core::engine::{Access, Compiled, Connection, Done, Fetch, Flow, Row, RowSource, Statement};
use orm_core::{DriverError, Error, Fault, Result, ValueRef};
use rusqlite::Connection as Raw;
use rusqlite::fallible_iterator::FallibleIterator;

use crate::error::refusal;
use crate::held::Holder;
use crate::location::refused;
use crate::options::BeginMode;
use crate::pool::Pool;
use crate::statement::{Prepared, SqliteStatement, Texts, not_as_many};
use crate::wait::patiently;

/// A connection that a session has taken.
pub(crate) struct Lent {
    /// `None` only while it is being dropped.
    holder: Option<Holder>,
    pool: Arc<Pool>,
    /// Whether its settings may differ from the options, so that it can't be lent again.
    changed: Cell<bool>,
    /// Whether the database refuses what writes, since a transaction only reads.
    query_only: Cell<bool>,
    texts: Texts,
}

impl Lent {
    pub(crate) fn new(raw: Raw, pool: Arc<Pool>) -> Self {
        let holder = Holder::new(raw, pool.options().statement_cache);
        Lent {
            holder: Some(holder),
            pool,
            changed: Cell::new(false),
            query_only: Cell::new(false),
            texts: Texts::default(),
        }
    }

    #[inline]
    fn holder(&self) -> Result<&Holder> {
        self.holder.as_ref().ok_or_else(|| refused("the connection is closed"))
    }

    #[inline]
    fn raw(&self) -> Result<&Raw> {
        self.holder().map(Holder::raw)
    }

    #[inline]
    fn timeout(&self) -> Duration {
        self.pool.options().busy_timeout
    }

    /// Prepares a text, or takes it from the connection's cache.
    fn prepared<'c>(&self, raw: &'c Raw, sql: &str) -> Result<Prepared<'c>> {
        whole(sql)?;
        if changes_settings_first(sql) {
            self.changed.set(true);
        }
        Prepared::new(raw, sql, self.timeout())
    }

    /// Runs `run` with a statement, which is prepared unless it is held.
    #[inline]
    fn with<R>(
        &self,
        statement: &Compiled,
        run: impl FnOnce(&Raw, &mut Prepared<'_>) -> Result<R>,
    ) -> Result<R> {
        self.holder()?.with(statement.id(), |raw| self.prepared(raw, statement.sql()), run)
    }

    /// Has the database refuse what writes, or not any more.
    fn query_only(&self, on: bool) -> Result<()> {
        if self.query_only.get() != on {
            self.run(if on { "PRAGMA query_only = on" } else { "PRAGMA query_only = off" })?;
            self.query_only.set(on);
        }
        Ok(())
    }

    /// Runs a statement without parameters and rows, kept prepared.
    fn run(&self, sql: &str) -> Result<()> {
        let raw = self.raw()?;
        let run = || raw.prepare_cached(sql)?.raw_execute();
        patiently(self.timeout(), run).map_err(|e| refusal(e, Some(sql)))?;
        Ok(())
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.query_only.get() {
            let _ = self.rollback(); // else the connection isn't lent again
        }
        if let Some(holder) = self.holder.take() {
            self.pool.give_back(holder.give_back(), self.changed.get() || self.query_only.get());
        }
    }
}

impl Connection for Lent {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        let raw = self.raw()?;
        let prepared = self.prepared(raw, sql)?;
        Ok(Box::new(SqliteStatement::new(raw, prepared, self.texts.take(sql), self.timeout())))
    }

    /// SQLite gives rows one by one, so that `fetch` makes no difference.
    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        _: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        let (sql, timeout) = (statement.sql(), self.timeout());
        self.with(statement, |_, prepared| {
            prepared.bind_all(params, sql)?;
            prepared.query(sql, timeout, each)
        })
    }

    fn columns(&self, statement: &Compiled) -> Result<Vec<String>> {
        self.with(statement, |_, prepared| Ok(prepared.columns()))
    }

    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done> {
        let (sql, timeout) = (statement.sql(), self.timeout());
        self.with(statement, |raw, prepared| {
            prepared.bind_all(params, sql)?;
            prepared.execute(raw, sql, timeout)
        })
    }

    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()> {
        let (sql, timeout) = (statement.sql(), self.timeout());
        self.with(statement, |raw, prepared| {
            let count = prepared.parameter_count();
            for row in 0.. {
                let mut bound = 0;
                let is_given = rows.next(&mut |value| {
                    bound += 1;
                    prepared.bind(bound - 1, value, sql)
                })?;
                if !is_given {
                    break;
                }
                if bound != count {
                    return Err(not_as_many(bound, count, sql));
                }
                rows.done(row, prepared.execute(raw, sql, timeout)?)?;
            }
            Ok(())
        })
    }

    fn execute_batch(&self, sql: &str) -> Result<()> {
        let raw = self.raw()?;
        whole(sql)?;
        if changes_settings(sql) {
            self.changed.set(true);
        }
        let timeout = self.timeout();
        let mut batch = rusqlite::Batch::new(raw, sql);
        // A refused text leaves the batch where it was, so that preparing can be repeated.
        while let Some(mut statement) =
            patiently(timeout, || batch.next()).map_err(|e| refusal(e, Some(sql)))?
        {
            // Pragmas give rows.
            patiently(timeout, || statement.raw_query().next().map(|_| ()))
                .map_err(|e| refusal(e, Some(sql)))?;
        }
        Ok(())
    }

    fn begin(&self, access: Access) -> Result<()> {
        if access == Access::Read {
            self.query_only(true)?;
        }
        let sql = self.begin_text(access);
        self.run(sql).or_else(|error| self.query_only(false).and(Err(error)))
    }

    fn begin_text(&self, access: Access) -> &'static str {
        let mode = match (access, self.pool.options().begin_mode) {
            (Access::Read, _) => BeginMode::Deferred,
            (Access::Write, BeginMode::Deferred) => BeginMode::Immediate,
            (Access::Usual | Access::Write, mode) => mode,
        };
        mode.as_str()
    }

    fn commit(&self) -> Result<()> {
        self.run("COMMIT")?;
        self.query_only(false)
    }

    fn rollback(&self) -> Result<()> {
        if self.in_transaction() {
            self.run("ROLLBACK")?;
        }
        self.query_only(false)
    }

    fn savepoint(&self, name: &str) -> Result<()> {
        self.run(&format!("SAVEPOINT {}", quoted(name)?))
    }

    fn release(&self, name: &str) -> Result<()> {
        self.run(&format!("RELEASE {}", quoted(name)?))
    }

    fn rollback_to(&self, name: &str) -> Result<()> {
        let name = quoted(name)?;
        self.run(&format!("ROLLBACK TO {name}"))?;
        self.run(&format!("RELEASE {name}"))
    }

    fn invalidate(&self) {
        self.changed.set(true);
    }

    fn in_transaction(&self) -> bool {
        self.raw().is_ok_and(|raw| !raw.is_autocommit())
    }
}

/// Refuses a text with a NUL in it: SQLite would run what stands before it and say nothing.
#[inline]
fn whole(sql: &str) -> Result<()> {
    // Without an early end the loop is done by vectors; texts are short and hardly ever hold one.
    let cut = sql.bytes().fold(false, |cut, byte| cut | (byte == 0));
    if cut { Err(cut_off(sql)) } else { Ok(()) }
}

#[cold]
fn cut_off(sql: &str) -> Error {
    Error::from(DriverError::new(Fault::Statement, "the statement contains a NUL character").with_sql(sql))
}

fn quoted(name: &str) -> Result<String> {
    whole(name)?;
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// Whether a single statement may change the connection for those who get it next. Asked for each statement,
/// so most are told by their first letter.
#[inline]
fn changes_settings_first(sql: &str) -> bool {
    match sql.trim_ascii_start().as_bytes().first() {
        Some(b'p' | b'P' | b'a' | b'A' | b'd' | b'D' | b'c' | b'C' | b'-' | b'/') => changes_settings(sql),
        _ => false,
    }
}

/// Whether a text contains a word of statements that outlast their transaction on a connection: pragmas,
/// attached databases, temporary tables. Rather too often than too rarely: the price is a connection opened
/// anew.
fn changes_settings(sql: &str) -> bool {
    const WORDS: [&str; 5] = ["pragma", "attach", "detach", "temp", "temporary"];
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_outlast_a_transaction_are_known() {
        for sql in
            ["PRAGMA foreign_keys = off", "  attach 'x' AS y", "CREATE TEMP TABLE t (a)", "/**/ pragma x"]
        {
            assert!(changes_settings_first(sql), "{sql}");
        }
        for sql in [
            "SELECT 1",
            "DELETE FROM t",
            "CREATE TABLE temperature (a)",
            "COMMIT",
            "INSERT INTO t VALUES (1)",
        ] {
            assert!(!changes_settings_first(sql), "{sql}");
        }
        assert!(changes_settings("CREATE TABLE t (a); PRAGMA foreign_keys = off"));
    }
}
