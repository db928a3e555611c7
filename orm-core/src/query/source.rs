//! Queries with a name and lists of rows as sources: what a query becomes by `subquery` and `cte`, and what is asked of it.

use std::rc::Rc;

use super::expr::Expr;
use super::label::Label;
use super::leaf::{Leaf, Output};
use super::named::{Cte, Kind, Named, Subquery};
use super::operand::SqlExpr;
use super::parts::QueryParts;
use super::select::Select;
use crate::declare::{AliasId, Column};
use crate::error::{Code, Error, Result};
use crate::sql::{Name, SetOp, Tree};
use crate::value::{Typed, Value};

impl<R> Select<R> {
    /// The query with a name, as a source of others.
    pub fn subquery(self, name: impl Into<Name>) -> Subquery {
        Subquery::of_kind(AliasId::next(), name.into(), Kind::Subquery(self.into_parts()))
    }

    /// The query with a name, written before the statement (`WITH`): as a source that several parts of it read, or that
    /// reads itself.
    pub fn cte(self, name: impl Into<Name>) -> Cte {
        Cte(Subquery::of_kind(AliasId::next(), name.into(), Kind::Common(self.into_parts(), None)))
    }
}

impl Subquery {
    /// A column of it: what was selected, a column or a label.
    pub fn of<N: NamedItem>(&self, item: N) -> Expr<N::Value> {
        Expr::of(Tree::Late(Leaf::Output(self.clone(), item.part())))
    }

    /// A column of it by its name, with the type that its values are read as.
    pub fn column<V: Typed>(&self, name: &'static str) -> Expr<V> {
        Expr::of(Tree::Late(Leaf::Output(self.clone(), Output::Named(Name::new(name)))))
    }

    /// A column of it by a name that is known when the program runs: its label, its column, or the attribute.
    pub fn attr(&self, name: &str) -> Expr<Value> {
        Expr::of(Tree::Late(Leaf::Output(self.clone(), Output::Named(Name::made(name)))))
    }
}

impl Cte {
    /// The same, with rows that are made of its own: of those that the query gave, then of those that `step` gave last,
    /// until it gives none (`UNION ALL`).
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Node {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     #[column(foreign_key = Node::id)]
    /// #     parent_id: Option<i64>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # for id in 1..5 {
    /// #     session.add(Node { id, parent_id: (id > 1).then_some(id - 1) })?;
    /// # }
    /// let below = select(Node::id).filter(Node::id.eq(2)).cte("below").recursive(|below| {
    ///     select(Node::id).join(below.on(below.of(Node::id).eq(Node::parent_id)))
    /// });
    /// let query = select(below.of(Node::id)).from(&below);
    /// assert_eq!(session.scalars(query)?.all()?, [2, 3, 4]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn recursive<R>(self, step: impl FnOnce(&Subquery) -> Select<R>) -> Self {
        self.with_step(SetOp::UnionAll, step)
    }

    /// As [`recursive`](Self::recursive), where the step may fail: one that is made of names.
    ///
    /// # Errors
    /// What the step says.
    pub fn try_recursive<R>(self, step: impl FnOnce(&Subquery) -> Result<Select<R>>) -> Result<Self> {
        self.try_step(SetOp::UnionAll, step)
    }

    /// As [`recursive_distinct`](Self::recursive_distinct), where the step may fail: one that is made of names.
    ///
    /// # Errors
    /// What the step says.
    pub fn try_recursive_distinct<R>(
        self,
        step: impl FnOnce(&Subquery) -> Result<Select<R>>,
    ) -> Result<Self> {
        self.try_step(SetOp::Union, step)
    }

    /// As [`recursive`](Self::recursive), with each row once (`UNION`): it ends where rows lead back to each other.
    #[must_use]
    pub fn recursive_distinct<R>(self, step: impl FnOnce(&Subquery) -> Select<R>) -> Self {
        self.with_step(SetOp::Union, step)
    }

    fn with_step<R>(self, op: SetOp, step: impl FnOnce(&Subquery) -> Select<R>) -> Self {
        let step = step(&self.this()).into_parts();
        self.stepped(op, step)
    }

    fn try_step<R>(self, op: SetOp, step: impl FnOnce(&Subquery) -> Result<Select<R>>) -> Result<Self> {
        let step = step(&self.this())?.into_parts();
        Ok(self.stepped(op, step))
    }

    /// The common table within its own second part.
    fn this(&self) -> Subquery {
        let Named { id, name, kind, .. } = self.0.named();
        match kind {
            Kind::Common(parts, _) => Subquery::of_kind(*id, name.clone(), Kind::This(Rc::clone(parts))),
            _ => self.0.clone(),
        }
    }

    fn stepped(self, op: SetOp, step: Rc<QueryParts>) -> Self {
        let Named { id, name, kind, .. } = self.0.named();
        let Kind::Common(parts, _) = kind else { return self };
        Cte(Subquery::of_kind(*id, name.clone(), Kind::Common(Rc::clone(parts), Some((op, step)))))
    }
}

/// A list of rows as a source, with the names of its columns.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::values;
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # let session = Session::new(&engine);
/// let prices = values("prices", ["name", "price"], [("tea", 2), ("rum", 7)]);
/// let query = select(prices.column::<String>("name"))
///     .from(&prices)
///     .filter(prices.column::<i64>("price").gt(5));
/// assert_eq!(session.scalars(query)?.all()?, ["rum"]);
/// # Ok(())
/// # }
/// ```
pub fn values<R: ValueRow<N>, const N: usize>(
    name: &'static str,
    columns: [&'static str; N],
    rows: impl IntoIterator<Item = R>,
) -> Subquery {
    let columns = columns.into_iter().map(Name::new).collect();
    let rows = rows.into_iter().map(ValueRow::trees).collect();
    Subquery::of_kind(AliasId::next(), Name::new(name), Kind::Values(columns, rows))
}

impl Subquery {
    /// A list of rows as a source, as [`values`], where the names of its columns are known only when the program runs.
    ///
    /// # Errors
    /// `query` where a row has more or fewer values than there are columns.
    pub fn of_rows(name: impl Into<Name>, columns: Vec<String>, rows: Vec<Vec<Value>>) -> Result<Subquery> {
        if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
            let message = format!("a row of {} values, and {} columns", row.len(), columns.len());
            return Err(Error::new(Code::Query, message).help("give each row a value for each column"));
        }
        let columns = columns.into_iter().map(Name::from).collect();
        let rows = rows.into_iter().map(|row| row.into_iter().map(Tree::Value).collect()).collect();
        Ok(Subquery::of_kind(AliasId::next(), name.into(), Kind::Values(columns, rows)))
    }
}

/// A row of [`values`]: a tuple, or a list, of as many values as there are columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of {N} values",
    label = "expected a tuple or an array of {N} values"
)]
pub trait ValueRow<const N: usize> {
    /// The values.
    #[doc(hidden)]
    fn trees(self) -> Vec<Tree<Leaf>>;
}

#[diagnostic::do_not_recommend]
impl<V: SqlExpr, const N: usize> ValueRow<N> for [V; N] {
    fn trees(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(SqlExpr::sql).collect()
    }
}

macro_rules! value_rows {
    ($($count:literal: $($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlExpr),*> ValueRow<$count> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn trees(self) -> Vec<Tree<Leaf>> {
                let ($($name,)*) = self;
                vec![$($name.sql()),*]
            }
        }
    )*};
}

value_rows! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}

/// What a column of a [`Subquery`] is asked for by: a column or a label that the query selects.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no column of a query",
    label = "expected a column or a label that the query selects, as in `totals.of(&total)`"
)]
pub trait NamedItem {
    /// The type of its value.
    type Value: Typed;

    /// Which one it is.
    #[doc(hidden)]
    fn part(self) -> Output;
}

#[diagnostic::do_not_recommend]
impl<E, V: Typed> NamedItem for Column<E, V> {
    type Value = V;

    fn part(self) -> Output {
        Output::Column(self.column(), self.alias())
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> NamedItem for &Label<V> {
    type Value = V;

    fn part(self) -> Output {
        Output::Named(self.name().clone())
    }
}
