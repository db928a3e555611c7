//! `ON CONFLICT`: what an insert does where a row is there already.

use std::fmt;

use super::columns::{RowOf, SetColumns};
use super::insert::Insert;
use super::parts::{Conflict, Sync, of_an_alias};
use super::returning::Returning;
use super::statement::{Change, Run};
use crate::declare::{AliasId, Column, SlotId};
use crate::error::Result;
use crate::query::column_options::ColumnList;
use crate::query::expr::Expr;
use crate::query::leaf::Leaf;
use crate::query::operand::Condition;
use crate::query::selectable::Selectable;
use crate::sql::Tree;
use crate::value::Typed;

/// An insert that waits to be told what is done on a conflict: made by [`Insert::on_conflict`].
#[must_use = "say what is done by `.update(...)`, `.set(...)` or `.do_nothing()`"]
pub struct OnConflict<E>(Insert<E>, Conflict);

/// An insert that updates the row that is there already: made by [`OnConflict::update`] and [`OnConflict::set`].
#[must_use = "a statement does nothing until a session runs it"]
pub struct Upsert<E>(Insert<E>, Conflict);

impl<E> Insert<E> {
    /// What is done where a row with the same values in these columns is there already. A unique constraint or index, or
    /// the primary key, has just these columns. Of several the first that fits is taken.
    pub fn on_conflict(self, columns: impl ColumnList<E>) -> OnConflict<E> {
        OnConflict::new(self, Conflict::of(columns))
    }

    /// Leaves out rows where one is there already that the database takes for the same, by whatever columns.
    pub fn do_nothing(mut self) -> Self {
        self.0.conflicts.push(Conflict::default());
        self
    }
}

impl<E> OnConflict<E> {
    pub(super) fn new(insert: Insert<E>, conflict: Conflict) -> Self {
        OnConflict(insert, conflict)
    }

    /// Says of the index that makes the columns unique that it has only rows for which the condition is true.
    pub fn index_filter(mut self, condition: impl Condition) -> Self {
        self.1.index_filters.push(condition.condition());
        self
    }

    /// Leaves out rows where one is there already.
    pub fn do_nothing(self) -> Insert<E> {
        let OnConflict(mut insert, conflict) = self;
        insert.0.conflicts.push(conflict);
        insert
    }

    /// Gives the row that is there the values that the new one has in these columns.
    pub fn update(self, columns: impl ColumnList<E>) -> Upsert<E> {
        Upsert(self.0, self.1).update(columns)
    }

    /// Sets a column of the row that is there to a value or an expression, a composite to a value, or several of them, as a
    /// tuple. A column in it is that of the row that is there; [`excluded`] has those of the new one.
    pub fn set<C: SetColumns<E>>(self, columns: C, value: impl RowOf<C::Values>) -> Upsert<E> {
        Upsert(self.0, self.1).set(columns, value)
    }
}

impl<E> Upsert<E> {
    /// As [`OnConflict::update`].
    pub fn update(mut self, columns: impl ColumnList<E>) -> Self {
        let (columns, alias) = columns.slots();
        for place in columns {
            self.put(place, alias.is_some().then(of_an_alias));
        }
        self
    }

    /// As [`OnConflict::set`].
    pub fn set<C: SetColumns<E>>(mut self, columns: C, value: impl RowOf<C::Values>) -> Self {
        let (places, alias) = columns.slots();
        for (place, value) in places.into_iter().zip(value.trees()) {
            self.put(place, Some(if alias.is_some() { of_an_alias() } else { value }));
        }
        self
    }

    fn put(&mut self, place: SlotId, value: Option<Tree<Leaf>>) {
        self.1.set.retain(|(known, _)| *known != place);
        self.1.set.push((place, value));
    }

    /// Updates only a row for which the condition is true; another one stays as it is.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.1.filters.push(condition.condition());
        self
    }

    /// What is done on a conflict in other columns.
    pub fn on_conflict(self, columns: impl ColumnList<E>) -> OnConflict<E> {
        self.finish().on_conflict(columns)
    }

    /// As [`Insert::do_nothing`], for conflicts in other columns.
    pub fn do_nothing(self) -> Insert<E> {
        self.finish().do_nothing()
    }

    /// As [`Insert::sync`].
    pub fn sync(self, sync: Sync) -> Insert<E> {
        self.finish().sync(sync)
    }

    /// As [`Insert::autoflush`].
    pub fn autoflush(self, flush: bool) -> Insert<E> {
        self.finish().autoflush(flush)
    }

    /// As [`Insert::returning`]: of rows that were inserted and of those that were updated.
    pub fn returning<R>(self, what: impl Selectable<Row = R>) -> Returning<R> {
        self.finish().returning(what)
    }

    fn finish(self) -> Insert<E> {
        let Upsert(mut insert, conflict) = self;
        insert.0.conflicts.push(conflict);
        insert
    }
}

#[diagnostic::do_not_recommend]
impl<E> Change for Upsert<E> {
    type Output = u64;

    fn output(self, run: Run<'_>) -> Result<u64> {
        self.finish().output(run)
    }
}

impl<E> fmt::Debug for Upsert<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upsert").field(&self.0).field(&self.1).finish()
    }
}

impl<E> fmt::Debug for OnConflict<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnConflict").field(&self.0).field(&self.1).finish()
    }
}

/// The value that a new row has in a column, where the row isn't inserted since one is there already (`excluded`): for what
/// follows [`Insert::on_conflict`].
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Page {
/// #     #[column(primary_key)]
/// #     path: String,
/// #     visits: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// for visits in [1, 4] {
///     let visited = insert(Page).set(Page::path, "/").set(Page::visits, visits);
///     session.run(visited.on_conflict(Page::path).set(Page::visits, Page::visits + excluded(Page::visits)))?;
/// }
/// assert_eq!(session.get_one::<Page>("/")?.visits()?, 5);
/// # Ok(())
/// # }
/// ```
pub fn excluded<E, V: Typed>(column: Column<E, V>) -> Expr<V> {
    Expr::of(Tree::Late(Leaf::Column(column.column(), AliasId::NEW_ROW)))
}
