//! Queries that a declaration names: the rows that a relationship leads to, and those that it goes through.

use super::ColumnName;
use crate::error::Result;
use crate::sql::{Name, SelectStmt};

/// A query whose rows stand for those of a table.
pub type RowsDecl = fn() -> Box<dyn RowsQuery>;

/// A query whose rows stand for those of a table. It has no parameters that are given when it runs.
pub trait RowsQuery {
    /// Its statement, when the classes are configured: its items bear the names of the table's columns, and behind these it
    /// has the columns of those names that it is asked for.
    ///
    /// # Errors
    /// `query` where it can't be built, `join-condition` where it can't have what it is asked for.
    fn statement(&self, more: &[&'static str]) -> Result<SelectStmt>;

    /// The query with a name that its rows are those of.
    fn named(&self) -> Option<NamedRows> {
        None
    }
}

impl<F: Fn(&[&'static str]) -> Result<SelectStmt>> RowsQuery for F {
    fn statement(&self, more: &[&'static str]) -> Result<SelectStmt> {
        self(more)
    }
}

/// A query with a name, as conditions name its columns.
#[derive(Clone, Debug)]
pub struct NamedRows {
    /// Its name.
    pub name: Name,
    /// What it selects, in its order.
    pub items: Vec<LinkItem>,
}

/// A query that stands for an association table.
pub trait LinkQuery {
    /// What it selects, in its order.
    ///
    /// # Errors
    /// `bad-option` where it selects something that a condition can't name.
    fn items(&self) -> Result<Vec<LinkItem>>;

    /// Its statement, when the classes are configured.
    ///
    /// # Errors
    /// `query` where it can't be built.
    fn statement(&self) -> Result<SelectStmt>;

    /// The table, where it is no query but an alias of that.
    fn alias(&self) -> Option<&'static str> {
        None
    }

    /// Its name, if it has one.
    fn name(&self) -> Option<Name> {
        None
    }
}

/// What a [`LinkQuery`] selects.
#[derive(Clone, Debug)]
pub enum LinkItem {
    /// The columns of a table.
    Table(&'static str),
    /// A column.
    Column(ColumnName),
    /// An expression with a name, and the column that it is, if it is one.
    Named(Name, Option<ColumnName>),
}
