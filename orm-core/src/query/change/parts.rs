//! `ChangeParts`: what a statement that writes rows is made of.

#![allow(
    unreachable_pub,
    reason = "public traits of the query layer take the parts, which nothing outside can name"
)]

use super::columns::{RowOf, SetColumns};
use super::rows::Rows;
use crate::declare::SlotId;
use crate::query::column_options::ColumnList;
use crate::query::leaf::{ClassRef, Leaf};
use crate::query::parts::QueryParts;
use crate::sql::Tree;
use crate::state::typed::mapped::Mapped;

/// What becomes of the objects of a session whose rows a statement changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// They follow, as the library thinks best: today as by `Fetch`.
    #[default]
    Auto,
    /// They follow: where the session has objects of the class, the statement gives back the keys of the rows that it
    /// changed, and what it set. An object gets the new values; one whose row was deleted is deleted.
    Fetch,
    /// They follow, and nothing is asked: the conditions are tested on the objects, with the values that these have. What
    /// was set is loaded again when it is read, unless it is a plain value. A condition of more than comparisons of the
    /// class's own columns with values is a `query` error.
    Evaluate,
    /// They stay as they are.
    Off,
}

/// What is done where a row is there already.
#[derive(Debug, Default)]
pub(crate) struct Conflict {
    /// The columns in conflict; all that are unique where there are none.
    pub(crate) columns: Vec<SlotId>,
    /// What the index has for conditions that makes them unique.
    pub(crate) index_filters: Vec<Tree<Leaf>>,
    /// The columns that the row gets, with their values, or those of the new row where none is said; without any columns
    /// nothing is done.
    pub(crate) set: Vec<(SlotId, Option<Tree<Leaf>>)>,
    pub(crate) filters: Vec<Tree<Leaf>>,
}

/// What a statement does to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    Update,
    Delete,
}

/// A statement that writes rows of a class. Nothing in it is resolved.
#[derive(Debug)]
pub struct ChangeParts {
    pub(crate) class: ClassRef,
    pub(crate) verb: Verb,
    /// The columns that are set in each row, and their values.
    pub(crate) set: Vec<(SlotId, Tree<Leaf>)>,
    /// The rows, where they are given.
    pub(crate) rows: Option<Rows>,
    pub(crate) filters: Vec<Tree<Leaf>>,
    pub(crate) conflicts: Vec<Conflict>,
    /// What each row gives back: the items of a query.
    pub(crate) returning: QueryParts,
    pub(crate) sync: Sync,
}

impl ChangeParts {
    pub(super) fn of<E: Mapped>(verb: Verb) -> Box<Self> {
        ChangeParts::of_class(ClassRef::Entry(E::class), verb)
    }

    pub(super) fn of_class(class: ClassRef, verb: Verb) -> Box<Self> {
        Box::new(ChangeParts {
            class,
            verb,
            set: Vec::new(),
            rows: None,
            filters: Vec::new(),
            conflicts: Vec::new(),
            returning: QueryParts::default(),
            sync: Sync::Auto,
        })
    }

    /// Sets a column; what it was set to before is forgotten.
    pub(super) fn set<E, C: SetColumns<E>>(&mut self, columns: C, value: impl RowOf<C::Values>) {
        let (places, alias) = columns.slots();
        for (place, value) in places.into_iter().zip(value.trees()) {
            let value = if alias.is_some() { of_an_alias() } else { value };
            self.set.retain(|(known, _)| *known != place);
            self.set.push((place, value));
        }
    }
}

impl Conflict {
    pub(super) fn of<E>(columns: impl ColumnList<E>) -> Self {
        let (columns, alias) = columns.slots();
        let index_filters = if alias.is_some() { vec![of_an_alias()] } else { Vec::new() };
        Conflict { columns, index_filters, ..Conflict::default() }
    }
}

/// Only columns of the table itself are written.
pub(super) fn of_an_alias() -> Tree<Leaf> {
    Leaf::wrong("a column of an alias is written; name it without `of`".to_owned())
}
