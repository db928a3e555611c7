//! `InsertStmt`, `UpdateStmt` and `DeleteStmt`.

use super::{CommonTable, SelectItem, SelectStmt};
use crate::sql::{Name, TableRef, Tree};

/// An `INSERT`: of one row, which has only defaults where no column is named, or of the rows of a query.
///
/// ```
/// use orm_core::sql::{AnsiDialect, Tree, InsertStmt, TableRef, render};
/// let insert = InsertStmt::new(TableRef::new("user")).set("name", Tree::Param(0));
/// assert_eq!(render(&insert, &AnsiDialect).sql, r#"INSERT INTO "user" ("name") VALUES (?)"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InsertStmt {
    /// Common tables, which go by their names in the statement.
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// The columns.
    pub columns: Vec<Name>,
    /// Their values.
    pub rows: NewRows,
    /// What is done where a row is there already: the first whose columns are those in conflict.
    pub conflicts: Vec<OnConflict>,
    /// What it gives back of each row.
    pub returning: Vec<SelectItem>,
}

/// The values of new rows.
#[derive(Clone, Debug, PartialEq)]
pub enum NewRows {
    /// Those of one row.
    Row(Vec<Tree>),
    /// The rows of a query.
    Query(Box<SelectStmt>),
}

/// What is done where a row with the same values in some columns is there already (`ON CONFLICT`).
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// The columns; all that are unique where none is named.
    pub columns: Vec<Name>,
    /// Conditions of the index that makes them unique, where it has some.
    pub index_filter: Vec<Tree>,
    /// What that row gets; nothing is done without.
    pub update: Option<ConflictUpdate>,
}

/// How a row that is there already is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictUpdate {
    /// The columns with their new values. Columns of the table [`NEW_ROW`] are those of the row that isn't inserted.
    pub set: Vec<(Name, Tree)>,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
}

/// The name that the row goes by that isn't inserted, since one is there already.
pub const NEW_ROW: &str = "excluded";

/// An `UPDATE`. One that sets no column has no meaning in SQL: the database refuses it.
///
/// ```
/// use orm_core::sql::{AnsiDialect, Tree, TableRef, UpdateStmt, render};
/// let user = TableRef::new("user");
/// let update = UpdateStmt::new(user.clone())
///     .set("name", Tree::Param(0))
///     .filter(Tree::from(user.column("id")).equals(Tree::Param(1)));
/// assert_eq!(
///     render(&update, &AnsiDialect).sql,
///     r#"UPDATE "user" SET "name" = ? WHERE "user"."id" = ?"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateStmt {
    /// Common tables, which go by their names in the statement.
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// The columns with their new values.
    pub set: Vec<(Name, Tree)>,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
    /// What it gives back of each row.
    pub returning: Vec<SelectItem>,
}

/// A `DELETE`.
///
/// ```
/// use orm_core::sql::{AnsiDialect, DeleteStmt, Tree, TableRef, render};
/// let user = TableRef::new("user");
/// let delete = DeleteStmt::new(user.clone()).filter(Tree::from(user.column("id")).equals(Tree::Param(0)));
/// assert_eq!(render(&delete, &AnsiDialect).sql, r#"DELETE FROM "user" WHERE "user"."id" = ?"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteStmt {
    /// Common tables, which go by their names in the statement.
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
    /// What it gives back of each row.
    pub returning: Vec<SelectItem>,
}

impl InsertStmt {
    /// Into a table, a row that has only defaults so far.
    #[must_use]
    pub fn new(table: TableRef) -> Self {
        InsertStmt::of(table, Vec::new(), NewRows::Row(Vec::new()))
    }

    /// Into a table, values of these columns.
    #[must_use]
    pub fn of(table: TableRef, columns: Vec<Name>, rows: NewRows) -> Self {
        let (conflicts, returning) = (Vec::new(), Vec::new());
        InsertStmt { with: Vec::new(), table, columns, rows, conflicts, returning }
    }

    /// Gives a column a value, the same in each row.
    #[must_use]
    pub fn set(mut self, column: impl Into<Name>, value: impl Into<Tree>) -> Self {
        self.columns.push(column.into());
        match &mut self.rows {
            NewRows::Row(values) => values.push(value.into()),
            NewRows::Query(select) => select.items.push(value.into().into()),
        }
        self
    }
}

impl UpdateStmt {
    /// Of a table; sets nothing so far.
    #[must_use]
    pub fn new(table: TableRef) -> Self {
        let (filter, returning) = (Vec::new(), Vec::new());
        UpdateStmt { with: Vec::new(), table, set: Vec::new(), filter, returning }
    }

    /// Gives a column a new value.
    #[must_use]
    pub fn set(mut self, column: impl Into<Name>, value: impl Into<Tree>) -> Self {
        self.set.push((column.into(), value.into()));
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: Tree) -> Self {
        self.filter.push(condition);
        self
    }
}

impl DeleteStmt {
    /// From a table, all rows so far.
    #[must_use]
    pub fn new(table: TableRef) -> Self {
        DeleteStmt { with: Vec::new(), table, filter: Vec::new(), returning: Vec::new() }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: Tree) -> Self {
        self.filter.push(condition);
        self
    }
}
