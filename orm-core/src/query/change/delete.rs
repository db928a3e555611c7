//! `delete`: rows deleted by one statement.

use std::marker::PhantomData;

use super::counted::counts_rows;
use super::parts::{ChangeParts, Verb};
use crate::query::alias::Entity;
use crate::query::operand::Condition;
use crate::state::typed::mapped::Mapped;

/// Deletes all rows of a class that meet its conditions: made by [`delete`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Account {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     balance: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # session.add(Account::builder().balance(0))?;
/// assert_eq!(session.run(delete(Account).filter(Account::balance.eq(0)))?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Delete<E>(Box<ChangeParts>, PhantomData<fn() -> E>);

/// Deletes rows of a class by one statement: see [`Delete`]. No cascade of the session runs; those of the database do.
pub fn delete<E: Mapped>(class: Entity<E>) -> Delete<E> {
    let _ = class;
    Delete::of(ChangeParts::of::<E>(Verb::Delete))
}

impl<E> Delete<E> {
    pub(super) fn of(parts: Box<ChangeParts>) -> Self {
        Delete(parts, PhantomData)
    }

    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.0.filters.push(condition.condition());
        self
    }
}

counts_rows! { Delete }
