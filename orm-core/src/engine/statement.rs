//! `Compiled`: a statement as it is sent to the database, found by its shape and run by its id.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use smallvec::SmallVec;

use crate::error::{Code, Error, Result};
use crate::sql::{Param, Rendered};
use crate::value::ValueRef;

/// The number of a statement, never given twice in a process: drivers keep prepared statements by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatementId(u64);

impl StatementId {
    fn next() -> Self {
        // 64 bits are never used up. 32 are, by queries of ever new shapes, and then a driver would run the
        // statement that had the number before.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        StatementId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Says the values that are given when a statement runs, by their numbers ([`Param::Given`]).
pub type Given<'f, 'v> = &'f dyn Fn(usize) -> Option<ValueRef<'v>>;

/// A statement as it is sent: its id, its text, and what its placeholders stand for.
///
/// Clones share the text.
#[derive(Clone, Debug)]
pub struct Compiled {
    id: StatementId,
    sql: Arc<str>,
    params: Arc<[Param]>,
}

impl Compiled {
    /// A statement with an id of its own.
    pub(super) fn new(rendered: Rendered) -> Self {
        Compiled { id: StatementId::next(), sql: rendered.sql.into(), params: rendered.params.into() }
    }

    /// The id. Statements of one id have the same text.
    #[inline]
    pub fn id(&self) -> StatementId {
        self.id
    }

    /// The text.
    #[inline]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values of the placeholders, in their order: those of the statement, and the given ones by their
    /// numbers.
    ///
    /// # Errors
    /// `query` where a number isn't given.
    pub(super) fn values<'v>(&'v self, given: Given<'_, 'v>) -> Result<SmallVec<[ValueRef<'v>; 4]>> {
        let mut values = SmallVec::with_capacity(self.params.len());
        for param in self.params.iter() {
            values.push(match param {
                Param::Value(value) => value.as_ref(),
                Param::Given(number) => given(*number).ok_or_else(|| not_given(*number, &self.sql))?,
            });
        }
        Ok(values)
    }
}

#[cold]
fn not_given(number: usize, sql: &str) -> Error {
    Error::new(Code::Query, format!("parameter {number} has no value in `{sql}`"))
}
