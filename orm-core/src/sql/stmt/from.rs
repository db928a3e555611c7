//! The parts of `FROM`: tables, subqueries and what is joined to them.

use super::SelectStmt;
use crate::sql::{Expr, TableRef};

/// A table or subquery, and what is joined to it.
///
/// ```
/// use orm_core::sql::{AnsiDialect, ColumnRef, Expr, FromItem, SelectStmt, TableRef, render};
/// let (user, post) = (TableRef::new("user"), TableRef::new("post").aliased(1));
/// let on = Expr::from(user.column("id")).equals(post.column("user_id").into());
/// let select = SelectStmt::new().from(FromItem::from(user).left_join(post, on));
/// assert_eq!(
///     render(&select, &AnsiDialect).sql,
///     r#"SELECT 1 FROM "user" LEFT JOIN "post" AS "post_1" ON "user"."id" = "post_1"."user_id""#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FromItem {
    /// What comes first.
    pub source: Source,
    /// What is joined to it, in order.
    pub joins: Vec<Join>,
}

/// A table or a subquery.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A table or an alias of it.
    Table(TableRef),
    /// A subquery, and the name that its columns go by. Its alias is written even where the number is 0.
    Select(Box<SelectStmt>, TableRef),
}

/// A join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which kind.
    pub kind: JoinKind,
    /// What is joined; in parentheses if it has joins of its own.
    pub right: FromItem,
    /// The condition.
    pub on: Expr,
}

/// Which rows a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// The pairs for which the condition is true.
    Inner,
    /// Those, and each row of the left side that has none, with `NULL` for the right side.
    Left,
}

impl FromItem {
    /// Joins, for the pairs only.
    #[must_use]
    pub fn join(self, right: impl Into<FromItem>, on: Expr) -> Self {
        self.joined(JoinKind::Inner, right.into(), on)
    }

    /// Joins, keeping each row of the left side.
    #[must_use]
    pub fn left_join(self, right: impl Into<FromItem>, on: Expr) -> Self {
        self.joined(JoinKind::Left, right.into(), on)
    }

    /// Joins.
    #[must_use]
    pub fn joined(mut self, kind: JoinKind, right: FromItem, on: Expr) -> Self {
        self.joins.push(Join { kind, right, on });
        self
    }

    /// Adds the tables and aliases in it to a list.
    pub(crate) fn tables(&self, list: &mut Vec<TableRef>) {
        match &self.source {
            Source::Table(table) | Source::Select(_, table) => list.push(*table),
        }
        self.joins.iter().for_each(|join| join.right.tables(list));
    }
}

impl From<TableRef> for FromItem {
    fn from(table: TableRef) -> Self {
        FromItem { source: Source::Table(table), joins: Vec::new() }
    }
}
