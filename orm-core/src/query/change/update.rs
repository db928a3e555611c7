//! `update`: rows changed by one statement, or many rows by their keys.

use std::marker::PhantomData;

use super::columns::{RowOf, SetColumns};
use super::counted::counts_rows;
use super::parts::{ChangeParts, Verb};
use super::rows::{NewRow, Rows};
use crate::declare::{AliasId, SlotId};
use crate::query::alias::Entity;
use crate::query::operand::Condition;
use crate::state::typed::mapped::Mapped;

/// Changes all rows of a class that meet its conditions, or those with given keys: made by [`update`].
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
/// let account = session.add(Account::builder().balance(5))?;
/// let raised = update(Account).set(Account::balance, Account::balance * 2).filter(Account::balance.gt(0));
/// assert_eq!(session.run(raised)?, 1);
/// assert_eq!(account.balance()?, 10);
///
/// let by_key = update(Account).columns((Account::id, Account::balance)).rows([(1, 20), (2, 30)]);
/// assert_eq!(session.run(by_key)?, 1);
/// assert_eq!(account.balance()?, 20);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Update<E>(Box<ChangeParts>, PhantomData<fn() -> E>);

/// An update of many rows by their keys that waits for its rows: made by [`Update::columns`].
#[must_use = "say the rows by `.rows(...)`"]
pub struct UpdateColumns<E, V>(Update<E>, (Vec<SlotId>, AliasId), PhantomData<fn() -> V>);

/// Changes rows of a class by one statement: see [`Update`].
pub fn update<E: Mapped>(class: Entity<E>) -> Update<E> {
    let _ = class;
    Update::of(ChangeParts::of::<E>(Verb::Update))
}

impl<E> Update<E> {
    pub(super) fn of(parts: Box<ChangeParts>) -> Self {
        Update(parts, PhantomData)
    }

    /// Sets a column to a value or an expression, a composite to a value, or several of them, as a tuple.
    pub fn set<C: SetColumns<E>>(mut self, columns: C, value: impl RowOf<C::Values>) -> Self {
        self.0.set(columns, value);
        self
    }

    /// Only rows for which the condition is true. Several conditions must all be true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.0.filters.push(condition.condition());
        self
    }

    /// Changes the rows with the keys of these values or builders: of a value each column, of a builder what was given.
    /// A row that isn't there is no error: the number of rows that were changed tells.
    pub fn rows<X: NewRow<E>>(mut self, rows: impl IntoIterator<Item = X>) -> Self {
        self.0.rows = Some(Rows::of_objects(rows));
        self
    }

    /// Names the columns of the rows that follow, the key among them.
    pub fn columns<C: SetColumns<E>>(self, columns: C) -> UpdateColumns<E, C::Values> {
        UpdateColumns(self, columns.slots(), PhantomData)
    }
}

impl<E, V> UpdateColumns<E, V> {
    /// Changes the rows with the keys of these rows. One that isn't there is no error: the number of rows that were
    /// changed tells.
    pub fn rows<X: RowOf<V>>(self, rows: impl IntoIterator<Item = X>) -> Update<E> {
        let UpdateColumns(mut update, columns, _) = self;
        update.0.rows = Some(Rows::of_columns(columns, rows));
        update
    }
}

counts_rows! { Update }
