//! Statements that somebody watches: each execution is told of.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::driver::{Bind, Done, Flow, Row, RowSource, Statement};
use super::observe::{EventKind, StatementEvent};
use super::watch::Audience;
use crate::error::{Error, Result};
use crate::value::{Value, ValueRef};

type Each<'e> = dyn FnMut(&dyn Row) -> Result<Flow> + 'e;

impl Audience {
    /// Tells of one execution.
    fn executed(&self, sql: &str, params: &[Value], duration: Duration, rows: u64, error: Option<&Error>) {
        self.tell(&StatementEvent { kind: EventKind::Statement, sql, params, rows, duration, error });
    }

    /// The parameters, copied where somebody wants them.
    fn copy(&self, params: &[ValueRef<'_>]) -> Vec<Value> {
        if self.wants_params { params.iter().map(|value| value.to_value()).collect() } else { Vec::new() }
    }
}

/// Runs a query by its id.
pub(super) fn query(
    audience: &Audience,
    sql: &str,
    params: &[ValueRef<'_>],
    each: &mut Each<'_>,
    run: impl FnOnce(&mut Each<'_>) -> Result<()>,
) -> Result<()> {
    let params = audience.copy(params);
    let start = Instant::now();
    let mut rows = 0;
    let result = run(&mut |row| {
        rows += 1;
        each(row)
    });
    audience.executed(sql, &params, start.elapsed(), rows, result.as_ref().err());
    result
}

/// Runs a statement without rows by its id.
pub(super) fn execute(
    audience: &Audience,
    sql: &str,
    params: &[ValueRef<'_>],
    run: impl FnOnce() -> Result<Done>,
) -> Result<Done> {
    let params = audience.copy(params);
    let start = Instant::now();
    let result = run();
    audience.executed(sql, &params, start.elapsed(), changed(&result), result.as_ref().err());
    result
}

/// Runs a statement without rows by its id for many rows of values: each of them is told of.
pub(super) fn execute_many(
    audience: &Audience,
    sql: &str,
    rows: &mut dyn RowSource,
    run: impl FnOnce(&mut dyn RowSource) -> Result<()>,
) -> Result<()> {
    let start = Instant::now();
    let mut rows =
        WatchedRows { inner: rows, audience, sql, start, preparation: None, sent: VecDeque::new() };
    let result = run(&mut rows);
    if result.is_err() {
        match (rows.preparation, rows.sent.pop_front()) {
            (_, Some(Sent { params, start })) => {
                audience.executed(sql, &params, start.elapsed(), 0, result.as_ref().err());
            }
            // Nothing was asked of the source: the text was refused.
            (None, None) => audience.executed(sql, &[], start.elapsed(), 0, result.as_ref().err()),
            // An error of the source, and no execution.
            (Some(_), None) => {}
        }
    }
    result
}

/// The rows of a statement that somebody watches.
struct WatchedRows<'a> {
    inner: &'a mut dyn RowSource,
    audience: &'a Audience,
    sql: &'a str,
    /// When the statement was asked for.
    start: Instant,
    /// What its preparation took: the time until the first row was asked for. It counts to that row.
    preparation: Option<Duration>,
    /// The rows that the driver was given and hasn't reported yet.
    sent: VecDeque<Sent>,
}

struct Sent {
    params: Vec<Value>,
    start: Instant,
}

impl RowSource for WatchedRows<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let before = match self.preparation {
            Some(_) => Duration::ZERO,
            None => *self.preparation.insert(self.start.elapsed()),
        };
        let mut params = Vec::new();
        let wants_params = self.audience.wants_params;
        let given = self.inner.next(&mut |value| {
            bind(value)?;
            if wants_params {
                params.push(value.to_value());
            }
            Ok(())
        })?;
        if given {
            let now = Instant::now();
            self.sent.push_back(Sent { params, start: now.checked_sub(before).unwrap_or(now) });
        }
        Ok(given)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        if let Some(Sent { params, start }) = self.sent.pop_front() {
            self.audience.executed(self.sql, &params, start.elapsed(), done.rows, None);
        }
        self.inner.done(row, done)
    }
}

fn changed(result: &Result<Done>) -> u64 {
    result.as_ref().map_or(0, |done| done.rows)
}

/// A prepared statement that somebody watches: each execution is told of.
pub(super) struct Watched<'c> {
    inner: Box<dyn Statement + 'c>,
    audience: Audience,
    sql: String,
    params: Vec<Value>,
    /// What preparation took, until the first execution has reported it.
    preparation: Duration,
}

impl<'c> Watched<'c> {
    /// Prepares and wraps; a refusal is told of here, because nothing will be executed.
    pub(super) fn prepare(
        audience: Audience,
        sql: &str,
        prepare: impl FnOnce() -> Result<Box<dyn Statement + 'c>>,
    ) -> Result<Self> {
        let start = Instant::now();
        match prepare() {
            Ok(inner) => Ok(Watched {
                inner,
                audience,
                sql: sql.to_owned(),
                params: Vec::new(),
                preparation: start.elapsed(),
            }),
            Err(error) => {
                audience.executed(sql, &[], start.elapsed(), 0, Some(&error));
                Err(error)
            }
        }
    }

    fn tell(&mut self, start: Instant, rows: u64, error: Option<&Error>) {
        let duration = start.elapsed() + std::mem::take(&mut self.preparation);
        self.audience.executed(&self.sql, &self.params, duration, rows, error);
    }
}

impl Statement for Watched<'_> {
    fn bind(&mut self, index: usize, value: ValueRef<'_>) -> Result<()> {
        self.inner.bind(index, value)?;
        if self.audience.wants_params {
            // The driver has accepted the index, so it is small.
            if self.params.len() <= index {
                self.params.resize(index + 1, Value::Null);
            }
            if let Some(slot) = self.params.get_mut(index) {
                *slot = value.to_value();
            }
        }
        Ok(())
    }

    fn execute(&mut self) -> Result<Done> {
        let start = Instant::now();
        let result = self.inner.execute();
        self.tell(start, changed(&result), result.as_ref().err());
        result
    }

    fn query(&mut self, each: &mut dyn FnMut(&dyn Row) -> Result<Flow>) -> Result<()> {
        let start = Instant::now();
        let mut rows = 0;
        let result = self.inner.query(&mut |row| {
            rows += 1;
            each(row)
        });
        self.tell(start, rows, result.as_ref().err());
        result
    }
}
