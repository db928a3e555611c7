//! `Expr`: an expression of a query, with the type of its value.

use std::fmt;
use std::marker::PhantomData;

use super::leaf::Leaf;
use super::operand::{Condition, Operand};
use crate::declare::Column;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::sql::{CompareOp, OrderTerm, Tree};
use crate::value::{Typed, Value};

/// An SQL expression whose value is a `V`. Conditions are `Expr<bool>`, whatever they are made of, and combine in any
/// order.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[relationship(back_populates = "user")]
/// #     addresses: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     email: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// #     #[relationship(back_populates = "addresses")]
/// #     user: One<User>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # let user = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let named = User::name.eq("ed").or(User::name.starts_with("w"));
/// let reachable = User::addresses.any(Address::email.ends_with("@example.org"));
/// assert_eq!(session.scalars(select(User).filter(named.and(reachable)))?.all()?, [user]);
/// # Ok(())
/// # }
/// ```
pub struct Expr<V> {
    pub(crate) tree: Tree<Leaf>,
    value: PhantomData<fn() -> V>,
}

impl<V> Expr<V> {
    pub(crate) fn of(tree: Tree<Leaf>) -> Self {
        Expr { tree, value: PhantomData }
    }

    /// Marks the columns in it as foreign, for a join condition.
    #[must_use]
    pub fn foreign(self) -> Self {
        Expr::of(self.tree.foreign())
    }

    /// Marks the columns in it as remote, for a join condition.
    #[must_use]
    pub fn remote(self) -> Self {
        Expr::of(self.tree.remote())
    }

    /// In ascending order.
    pub fn asc(self) -> OrderBy {
        OrderBy(OrderTerm::asc(self.tree))
    }

    /// In descending order.
    pub fn desc(self) -> OrderBy {
        OrderBy(OrderTerm::desc(self.tree))
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr<bool> {
        Expr::of(self.tree.is_null())
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        Expr::of(self.tree.is_null().not())
    }

    /// Matches a pattern with `%` and `_`. SQLite reads neither the pattern nor the text beyond a NUL.
    pub fn like(self, pattern: &str) -> Expr<bool> {
        Expr::of(self.tree.like(pattern))
    }

    /// Begins with a text; `%` and `_` in it stand for themselves.
    pub fn starts_with(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.starts_with(text))
    }

    /// Ends with a text; `%` and `_` in it stand for themselves.
    pub fn ends_with(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.ends_with(text))
    }

    /// Has a text within; `%` and `_` in it stand for themselves.
    pub fn contains(self, text: &str) -> Expr<bool> {
        Expr::of(self.tree.contains(text))
    }
}

impl<V: Typed> Expr<V> {
    /// Equal; `IS NULL` when compared with `None`.
    pub fn eq(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Eq, other.operand()))
    }

    /// Not equal; `IS NOT NULL` when compared with `None`.
    pub fn ne(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Ne, other.operand()))
    }

    /// Less.
    pub fn lt(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Lt, other.operand()))
    }

    /// Less or equal.
    pub fn le(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Le, other.operand()))
    }

    /// Greater.
    pub fn gt(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Gt, other.operand()))
    }

    /// Greater or equal.
    pub fn ge(self, other: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.compare(CompareOp::Ge, other.operand()))
    }

    /// One of the values. An empty list matches nothing.
    pub fn in_<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr<bool> {
        Expr::of(self.tree.in_list(values.into_iter().map(Operand::operand)))
    }

    /// None of the values. An empty list matches everything.
    pub fn not_in<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr<bool> {
        Expr::of(self.tree.in_list(values.into_iter().map(Operand::operand)).not())
    }

    /// Between two values, both included.
    pub fn between(self, low: impl Operand<V>, high: impl Operand<V>) -> Expr<bool> {
        Expr::of(self.tree.between(low.operand(), high.operand()))
    }
}

impl Expr<bool> {
    /// Both.
    #[must_use]
    pub fn and(self, other: impl Condition) -> Expr<bool> {
        Expr::of(self.tree.and(other.condition()))
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: impl Condition) -> Expr<bool> {
        Expr::of(self.tree.or(other.condition()))
    }

    /// The opposite.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "the operator is offered too; a method chains better")]
    pub fn not(self) -> Expr<bool> {
        Expr::of(self.tree.not())
    }
}

impl std::ops::Not for Expr<bool> {
    type Output = Expr<bool>;

    fn not(self) -> Expr<bool> {
        Expr::not(self)
    }
}

impl<V> Operand<V> for Expr<V> {
    fn operand(self) -> Tree<Leaf> {
        self.tree
    }
}

impl<V> Operand<Option<V>> for Expr<V> {
    fn operand(self) -> Tree<Leaf> {
        self.tree
    }
}

impl<V> Operand<V> for Expr<Option<V>> {
    fn operand(self) -> Tree<Leaf> {
        self.tree
    }
}

impl Condition for Expr<bool> {
    fn condition(self) -> Tree<Leaf> {
        self.tree
    }
}

impl Condition for &Expr<bool> {
    fn condition(self) -> Tree<Leaf> {
        self.tree.clone()
    }
}

impl<V> Clone for Expr<V> {
    fn clone(&self) -> Self {
        Expr::of(self.tree.clone())
    }
}

impl<V> fmt::Debug for Expr<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.fmt(f)
    }
}

impl<E, V> From<Column<E, V>> for Expr<V> {
    fn from(column: Column<E, V>) -> Self {
        column.expr()
    }
}

/// SQL written by the user, as an expression. It is written as it is: nothing in it is bound or quoted.
///
/// ```
/// let condition = orm_core::text::<bool>("length(name) > 3");
/// ```
pub fn text<V: Typed>(sql: impl Into<String>) -> Expr<V> {
    Expr::of(Tree::text(sql))
}

/// A column of a class by name, for tools.
///
/// # Errors
/// `unknown-attribute`.
pub fn attr(mapper: &'static Mapper, name: &str) -> Result<Expr<Value>> {
    let column = mapper.column_attribute(name).ok_or_else(|| mapper.unknown_attribute(name))?;
    Ok(Expr::of(Tree::Late(Leaf::Column(column.column_name()))))
}

/// A term of `ORDER BY`: a column, or what [`Column::asc`], [`Column::desc`] and their like of [`Expr`] give.
#[derive(Clone, Debug)]
pub struct OrderBy(pub(crate) OrderTerm<Leaf>);

impl<E, V> From<Column<E, V>> for OrderBy {
    fn from(column: Column<E, V>) -> Self {
        column.expr().asc()
    }
}

impl<V> From<Expr<V>> for OrderBy {
    fn from(expr: Expr<V>) -> Self {
        expr.asc()
    }
}
