//! `SelectStmt`: a query.

use std::borrow::Cow;

use super::{FromItem, JoinKind, Source};
use crate::sql::{Name, OrderTerm, QUERY_DEPTH, TableRef, Tree};

/// A `SELECT`.
///
/// ```
/// use orm_core::Value;
/// use orm_core::sql::{AnsiDialect, OrderTerm, SelectStmt, TableRef, Tree, render};
/// let user = TableRef::new("user");
/// let select = SelectStmt::new()
///     .item(user.column("name"))
///     .from(user.clone())
///     .filter(Tree::from(user.column("id")).equals(Value::Int(7).into()))
///     .order_by(OrderTerm::desc(user.column("name").into()))
///     .limit(Value::Int(1).into());
/// assert_eq!(
///     render(&select, &AnsiDialect).sql,
///     r#"SELECT "user"."name" FROM "user" WHERE "user"."id" = ? ORDER BY "user"."name" DESC LIMIT ?"#,
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectStmt {
    /// Common tables, which go by their names in the query and in those that follow.
    pub with: Vec<CommonTable>,
    /// What each row holds. Without any, as in `EXISTS`, a row holds the number 1.
    pub items: Vec<SelectItem>,
    /// Whether equal rows are given once.
    pub distinct: bool,
    /// Where rows come from: each with each, joins aside.
    pub from: Vec<FromItem>,
    /// Conditions that all have to be true.
    pub filter: Vec<Tree>,
    /// What rows are grouped by.
    pub group_by: Vec<Tree>,
    /// Conditions on groups that all have to be true.
    pub having: Vec<Tree>,
    /// Queries that this one is put together with, in turn. What is above says what this one gives; the order and the
    /// limits below are those of all of them.
    pub compound: Vec<(SetOp, SelectStmt)>,
    /// The order.
    pub order_by: Vec<OrderTerm>,
    /// How many rows at most.
    pub limit: Option<Tree>,
    /// How many rows are left out first.
    pub offset: Option<Tree>,
    /// SQL of the user's that is written in place of all that is above, but for the common tables: what is above says
    /// then only what its rows hold.
    pub written: Option<Box<Tree>>,
}

/// How the rows of two queries are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// The rows of both, equal ones once.
    Union,
    /// The rows of both.
    UnionAll,
    /// The rows that both have.
    Intersect,
    /// The rows of the first that the second doesn't have.
    Except,
}

/// A query with a name, written before the one that uses it (`WITH`).
#[derive(Clone, Debug, PartialEq)]
pub struct CommonTable {
    /// The name.
    pub name: Name,
    /// The names of its columns, where they aren't those of its items.
    pub columns: Vec<Name>,
    /// Its rows.
    pub rows: CommonRows,
    /// Whether it reads itself.
    pub recursive: bool,
}

/// What the rows of a [`CommonTable`] are.
#[derive(Clone, Debug, PartialEq)]
pub enum CommonRows {
    /// Those of a query.
    Select(Box<SelectStmt>),
    /// A list. An empty one can't be written; it is that of a query that gives nothing.
    Values(Vec<Vec<Tree>>),
}

/// An item of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectItem {
    /// Its value.
    pub tree: Tree,
    /// Its name.
    pub label: Option<Cow<'static, str>>,
}

impl CommonTable {
    fn depth(&self) -> u16 {
        match &self.rows {
            CommonRows::Select(select) => select.depth().saturating_add(QUERY_DEPTH),
            CommonRows::Values(rows) => rows.iter().flatten().map(Tree::depth).max().unwrap_or(0),
        }
    }
}

impl SelectItem {
    /// An item with a name.
    pub fn labelled(tree: impl Into<Tree>, label: impl Into<Cow<'static, str>>) -> Self {
        SelectItem { tree: tree.into(), label: Some(label.into()) }
    }
}

impl<E: Into<Tree>> From<E> for SelectItem {
    fn from(tree: E) -> Self {
        SelectItem { tree: tree.into(), label: None }
    }
}

impl SelectStmt {
    /// An empty query, to be filled.
    #[must_use]
    pub fn new() -> Self {
        SelectStmt::default()
    }

    /// Adds an item to the rows.
    #[must_use]
    pub fn item(mut self, item: impl Into<SelectItem>) -> Self {
        self.items.push(item.into());
        self
    }

    /// Adds items to the rows.
    #[must_use]
    pub fn items<I: Into<SelectItem>>(mut self, items: impl IntoIterator<Item = I>) -> Self {
        self.items.extend(items.into_iter().map(Into::into));
        self
    }

    /// Gives equal rows once.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// Takes rows from a table, or from tables that are joined.
    #[must_use]
    pub fn from(mut self, from: impl Into<FromItem>) -> Self {
        self.from.push(from.into());
        self
    }

    /// Joins to what was last taken by [`from`](Self::from); where nothing was, the table is taken and its
    /// condition is one of the query's.
    #[must_use]
    pub fn join(self, right: impl Into<FromItem>, on: Tree) -> Self {
        self.joined(JoinKind::Inner, right.into(), on)
    }

    /// Like [`join`](Self::join), but keeps each row of the left side.
    #[must_use]
    pub fn left_join(self, right: impl Into<FromItem>, on: Tree) -> Self {
        self.joined(JoinKind::Left, right.into(), on)
    }

    fn joined(mut self, kind: JoinKind, right: FromItem, on: Tree) -> Self {
        match self.from.pop() {
            Some(last) => self.from.push(last.joined(kind, right, on)),
            None => {
                self.from.push(right);
                self.filter.push(on);
            }
        }
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: Tree) -> Self {
        self.filter.push(condition);
        self
    }

    /// Adds a term to group by.
    #[must_use]
    pub fn group_by(mut self, term: impl Into<Tree>) -> Self {
        self.group_by.push(term.into());
        self
    }

    /// Adds a condition on groups.
    #[must_use]
    pub fn having(mut self, condition: Tree) -> Self {
        self.having.push(condition);
        self
    }

    /// Adds a term to order by.
    #[must_use]
    pub fn order_by(mut self, term: OrderTerm) -> Self {
        self.order_by.push(term);
        self
    }

    /// Gives so many rows at most.
    #[must_use]
    pub fn limit(mut self, rows: Tree) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Leaves out so many rows first.
    #[must_use]
    pub fn offset(mut self, rows: Tree) -> Self {
        self.offset = Some(rows);
        self
    }

    /// How deep its expressions nest.
    pub fn depth(&self) -> u16 {
        let items = self.items.iter().map(|item| &item.tree);
        let order = self.order_by.iter().map(|term| &term.tree);
        let all = items.chain(&self.filter).chain(&self.group_by).chain(&self.having).chain(order);
        let trees =
            all.chain(&self.limit).chain(&self.offset).chain(self.written.as_deref()).map(Tree::depth);
        let compound = self.compound.iter().map(|(_, select)| select.depth().saturating_add(QUERY_DEPTH));
        let with = self.with.iter().map(CommonTable::depth);
        trees.chain(self.from.iter().map(FromItem::depth)).chain(compound).chain(with).max().unwrap_or(0)
    }

    /// Visits its expressions and those of the queries that it reads or is put together with, to change them in their
    /// places. Queries within expressions are left to `visit`.
    pub(crate) fn each_tree(&mut self, visit: &mut dyn FnMut(&mut Tree)) {
        let SelectStmt {
            with,
            items,
            distinct: _,
            from,
            filter,
            group_by,
            having,
            compound,
            order_by,
            limit,
            offset,
            written,
        } = self;
        for common in with {
            match &mut common.rows {
                CommonRows::Select(select) => select.each_tree(visit),
                CommonRows::Values(rows) => rows.iter_mut().flatten().for_each(&mut *visit),
            }
        }
        items.iter_mut().for_each(|item| visit(&mut item.tree));
        from.iter_mut().for_each(|item| item.each_tree(visit));
        filter.iter_mut().chain(group_by).chain(having).for_each(&mut *visit);
        compound.iter_mut().for_each(|(_, select)| select.each_tree(visit));
        order_by.iter_mut().for_each(|term| visit(&mut term.tree));
        limit.iter_mut().chain(offset).chain(written.as_deref_mut()).for_each(visit);
    }

    /// The query as a source of another, whose columns go by the name of `alias`.
    #[must_use]
    pub fn aliased(self, alias: TableRef) -> FromItem {
        FromItem { source: Source::Select(Box::new(self), alias), joins: Vec::new() }
    }
}
