//! `insert`: new rows by statement.

use std::marker::PhantomData;

use super::columns::{Fits, RowOf, SetColumns};
use super::counted::counts_rows;
use super::parts::{ChangeParts, Verb};
use super::rows::{NewRow, Rows};
use crate::declare::{AliasId, SlotId};
use crate::query::alias::Entity;
use crate::query::leaf::Leaf;
use crate::query::select::IntoSelect;
use crate::sql::Tree;
use crate::state::typed::mapped::Mapped;

/// Inserts rows of a class, without objects: made by [`insert`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     #[column(unique)]
/// #     email: String,
/// #     visits: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let users = ["ed", "jo"].map(|name| User { id: 0, email: format!("{name}@example.org"), visits: 1 });
/// assert_eq!(session.run(insert(User).rows(users))?, 2);
///
/// let seen = insert(User)
///     .columns((User::email, User::visits))
///     .rows([("ed@example.org", 1), ("al@example.org", 1)])
///     .on_conflict(User::email)
///     .set(User::visits, User::visits + excluded(User::visits));
/// assert_eq!(session.run(seen.returning((User::id, User::visits)))?, [(1, 2), (3, 1)]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Insert<E>(pub(super) Box<ChangeParts>, PhantomData<fn() -> E>);

/// An insert that waits for the rows of its columns: made by [`Insert::columns`].
#[must_use = "say the rows by `.rows(...)` or `.from(query)`"]
pub struct InsertColumns<E, V>(Insert<E>, (Vec<SlotId>, AliasId), PhantomData<fn() -> V>);

/// Inserts rows of a class by statement: see [`Insert`]. Where nothing else is said it is one row of defaults.
pub fn insert<E: Mapped>(class: Entity<E>) -> Insert<E> {
    let _ = class;
    Insert::of(ChangeParts::of::<E>(Verb::Insert))
}

impl<E> Insert<E> {
    pub(super) fn of(parts: Box<ChangeParts>) -> Self {
        Insert(parts, PhantomData)
    }

    /// The same, with the keys of what its rows belong to, or a condition that says why there are none.
    pub(in crate::query) fn belonging(mut self, keys: Result<Vec<(SlotId, Tree<Leaf>)>, Tree<Leaf>>) -> Self {
        match keys {
            Ok(keys) => self.0.set.extend(keys),
            Err(wrong) => self.0.filters.push(wrong),
        }
        self
    }

    /// Sets a column to a value or an expression, a composite to a value, or several of them, as a tuple, in each row.
    pub fn set<C: SetColumns<E>>(mut self, columns: C, value: impl RowOf<C::Values>) -> Self {
        self.0.set(columns, value);
        self
    }

    /// Inserts these values or builders. No object of the session comes of them, so that they may relate to none.
    pub fn rows<X: NewRow<E>>(mut self, rows: impl IntoIterator<Item = X>) -> Self {
        self.0.rows = Some(Rows::of_objects(rows));
        self
    }

    /// Names the columns of the rows that follow.
    pub fn columns<C: SetColumns<E>>(self, columns: C) -> InsertColumns<E, C::Values> {
        InsertColumns(self, columns.slots(), PhantomData)
    }
}

impl<E, V> InsertColumns<E, V> {
    /// Inserts these rows: a value or an expression for each column.
    pub fn rows<X: RowOf<V>>(self, rows: impl IntoIterator<Item = X>) -> Insert<E> {
        let InsertColumns(mut insert, columns, _) = self;
        insert.0.rows = Some(Rows::of_columns(columns, rows));
        insert
    }

    /// Inserts the rows of a query.
    pub fn from<R: Fits<V>>(self, query: impl IntoSelect<R>) -> Insert<E> {
        let InsertColumns(mut insert, columns, _) = self;
        insert.0.rows = Some(Rows::of_query(columns, query.select().into_parts()));
        insert
    }
}

counts_rows! { Insert }
