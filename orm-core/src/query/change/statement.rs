//! `Change`: a statement that a session runs.

use super::parts::ChangeParts;
use crate::error::Result;
use crate::query::row::Cells;

/// Runs a statement: it is given its parts and what takes each row that comes back, and says how many rows were changed.
pub(crate) type Run<'r> =
    &'r mut dyn FnMut(ChangeParts, &mut dyn FnMut(&mut Cells<'_>) -> Result<()>) -> Result<u64>;

/// A statement that writes rows of a class: an [`Insert`](crate::Insert), an [`Update`](crate::Update) or a
/// [`Delete`](crate::Delete), or one with
/// `.returning(...)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` writes no rows",
    label = "expected `insert(...)`, `update(...)` or `delete(...)`",
    note = "after `on_conflict` it is said what is done: `.update(...)`, `.set(...)` or `.do_nothing()`"
)]
pub trait Change {
    /// What running it gives: how many rows were written, or the rows that it gives back.
    type Output;

    /// Runs it.
    ///
    /// # Errors
    /// Those of whoever runs it.
    #[doc(hidden)]
    fn output(self, run: Run<'_>) -> Result<Self::Output>;
}
