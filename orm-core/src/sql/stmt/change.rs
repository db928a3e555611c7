//! `InsertStmt`, `UpdateStmt` and `DeleteStmt`.

use crate::sql::{Name, TableRef, Tree};

/// An `INSERT` of one row; without columns, of one that has only defaults.
///
/// ```
/// use orm_core::sql::{AnsiDialect, Tree, InsertStmt, TableRef, render};
/// let insert = InsertStmt::new(TableRef::new("user")).set("name", Tree::Param(0));
/// assert_eq!(render(&insert, &AnsiDialect).sql, r#"INSERT INTO "user" ("name") VALUES (?)"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InsertStmt {
    /// The table.
    pub table: TableRef,
    /// The columns with their values.
    pub set: Vec<(Name, Tree)>,
    /// The columns of the row that it gives back.
    pub returning: Vec<Name>,
}

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
    /// The table.
    pub table: TableRef,
    /// The columns with their new values.
    pub set: Vec<(Name, Tree)>,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
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
    /// The table.
    pub table: TableRef,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
}

impl InsertStmt {
    /// Into a table, a row that has only defaults so far.
    #[must_use]
    pub fn new(table: TableRef) -> Self {
        InsertStmt { table, set: Vec::new(), returning: Vec::new() }
    }

    /// Gives a column a value.
    #[must_use]
    pub fn set(mut self, column: impl Into<Name>, value: impl Into<Tree>) -> Self {
        self.set.push((column.into(), value.into()));
        self
    }
}

impl UpdateStmt {
    /// Of a table; sets nothing so far.
    #[must_use]
    pub fn new(table: TableRef) -> Self {
        UpdateStmt { table, set: Vec::new(), filter: Vec::new() }
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
        DeleteStmt { table, filter: Vec::new() }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: Tree) -> Self {
        self.filter.push(condition);
        self
    }
}
