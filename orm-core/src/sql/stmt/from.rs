//! The parts of `FROM`: tables, subqueries and what is joined to them.

use super::SelectStmt;
use crate::sql::{Name, QUERY_DEPTH, TableRef, Tree};

/// A table or subquery, and what is joined to it.
///
/// ```
/// use orm_core::sql::{Alias, AnsiDialect, FromItem, SelectStmt, TableRef, Tree, render};
/// let (user, post) = (TableRef::new("user"), TableRef::new("post").aliased(Alias::Number(1)));
/// let on = Tree::from(user.column("id")).equals(post.column("user_id").into());
/// let select = SelectStmt::new().from(FromItem::from(user.clone()).left_join(post, on));
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
    /// A subquery, and the name that its columns go by. That is written also where it is a table's own.
    Select(Box<SelectStmt>, TableRef),
    /// A function whose value is rows, with its arguments, and the name that its columns go by.
    Func(Name, Vec<Tree>, TableRef),
}

/// A join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which kind.
    pub kind: JoinKind,
    /// What is joined; in parentheses if it has joins of its own.
    pub right: FromItem,
    /// The condition.
    pub on: Tree,
}

/// Which rows a join gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// The pairs for which the condition is true.
    Inner,
    /// Those, and each row of the left side that has none, with `NULL` for the right side.
    Left,
    /// Those, and each row of either side that has none.
    Full,
}

impl FromItem {
    /// Joins, for the pairs only.
    #[must_use]
    pub fn join(self, right: impl Into<FromItem>, on: Tree) -> Self {
        self.joined(JoinKind::Inner, right.into(), on)
    }

    /// Joins, keeping each row of the left side.
    #[must_use]
    pub fn left_join(self, right: impl Into<FromItem>, on: Tree) -> Self {
        self.joined(JoinKind::Left, right.into(), on)
    }

    /// Joins.
    #[must_use]
    pub fn joined(mut self, kind: JoinKind, right: FromItem, on: Tree) -> Self {
        self.joins.push(Join { kind, right, on });
        self
    }

    /// The name that the columns of its first source go by.
    pub fn name(&self) -> &TableRef {
        match &self.source {
            Source::Table(name) | Source::Select(_, name) | Source::Func(_, _, name) => name,
        }
    }

    /// Visits the expressions in it, to change them in their places.
    pub(super) fn each_tree(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        match &mut self.source {
            Source::Table(_) => {}
            Source::Select(select, _) => select.each_tree(visit),
            Source::Func(_, args, _) => args.iter_mut().for_each(&mut *visit),
        }
        for join in &mut self.joins {
            join.right.each_tree(visit);
            visit(&mut join.on);
        }
    }

    /// How deep the expressions in it nest.
    pub(crate) fn depth(&self) -> u16 {
        let source = match &self.source {
            Source::Table(_) => 0,
            Source::Select(select, _) => select.depth().saturating_add(QUERY_DEPTH),
            Source::Func(_, args, _) => args.iter().map(Tree::depth).max().unwrap_or(0).saturating_add(1),
        };
        let joins = self.joins.iter().map(|join| join.on.depth().max(join.right.depth().saturating_add(1)));
        joins.fold(source, u16::max)
    }
}

impl From<TableRef> for FromItem {
    fn from(table: TableRef) -> Self {
        FromItem { source: Source::Table(table), joins: Vec::new() }
    }
}
