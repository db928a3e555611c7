//! `Compiled`: a statement as it is sent to the database, found by its shape and run by its id.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::shape::{Kept, Shape};
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

/// A statement as it is sent: its id, its text, and what its placeholders stand for. Clones share them.
#[derive(Clone, Debug)]
pub struct Compiled(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: StatementId,
    shape: Kept,
    sql: String,
    params: Vec<Param>,
}

impl Compiled {
    /// A statement with an id of its own.
    pub(super) fn new(shape: Shape<'_>, rendered: Rendered) -> Self {
        let Rendered { sql, params } = rendered;
        Compiled(Arc::new(Inner { id: StatementId::next(), shape: shape.into(), sql, params }))
    }

    /// The id. Statements of one id have the same text.
    #[inline]
    pub fn id(&self) -> StatementId {
        self.0.id
    }

    /// The text.
    #[inline]
    pub fn sql(&self) -> &str {
        &self.0.sql
    }

    /// Whether it is that of a shape.
    #[inline]
    pub(super) fn is(&self, shape: Shape<'_>) -> bool {
        self.0.shape.is(shape)
    }

    /// Runs `f` with the values of the placeholders, in their order: those of the statement, and the given ones by
    /// their numbers.
    ///
    /// # Errors
    /// `query` where a number isn't given, and what `f` says.
    #[inline]
    pub(super) fn with_values<'v, R>(
        &'v self,
        given: Given<'_, 'v>,
        f: impl FnOnce(&[ValueRef<'v>]) -> Result<R>,
    ) -> Result<R> {
        let Inner { sql, params, .. } = &*self.0;
        // As many as most statements have, without an allocation.
        let mut few = [ValueRef::Null; 4];
        let mut many;
        let values = match few.get_mut(..params.len()) {
            Some(values) => values,
            None => {
                many = vec![ValueRef::Null; params.len()];
                many.as_mut_slice()
            }
        };
        for (value, param) in values.iter_mut().zip(params) {
            *value = match param {
                Param::Value(value) => value.as_ref(),
                Param::Given(number) => given(*number).ok_or_else(|| not_given(*number, sql))?,
            };
        }
        f(values)
    }
}

#[cold]
fn not_given(number: usize, sql: &str) -> Error {
    Error::new(Code::Query, format!("parameter {number} has no value in `{sql}`"))
}
