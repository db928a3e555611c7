//! Conditions made of columns.

use super::expr::{Expr, OrderBy};
use super::leaf::Leaf;
use super::operand::Operand;
use crate::declare::Column;
use crate::sql::Tree;
use crate::value::Typed;

impl<E, V> Column<E, V> {
    /// The column as an expression.
    pub fn expr(self) -> Expr<V> {
        Expr::of(Tree::Late(Leaf::Column(self.column())))
    }

    /// Marks it as foreign, in a join condition: the relationship writes it.
    #[must_use]
    pub fn foreign(self) -> Expr<V> {
        self.expr().foreign()
    }

    /// Marks it as remote, in a join condition: it is the target's.
    #[must_use]
    pub fn remote(self) -> Expr<V> {
        self.expr().remote()
    }

    /// In ascending order.
    pub fn asc(self) -> OrderBy {
        self.expr().asc()
    }

    /// In descending order.
    pub fn desc(self) -> OrderBy {
        self.expr().desc()
    }
}

impl<E, V: Typed> Column<E, V> {
    /// Equal; `IS NULL` when compared with `None`.
    pub fn eq(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().eq(other)
    }

    /// Not equal; `IS NOT NULL` when compared with `None`.
    pub fn ne(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().ne(other)
    }

    /// Less.
    pub fn lt(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().lt(other)
    }

    /// Less or equal.
    pub fn le(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().le(other)
    }

    /// Greater.
    pub fn gt(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().gt(other)
    }

    /// Greater or equal.
    pub fn ge(self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().ge(other)
    }

    /// One of the values. An empty list matches nothing.
    pub fn in_<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr<bool> {
        self.expr().in_(values)
    }

    /// None of the values. An empty list matches everything.
    pub fn not_in<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr<bool> {
        self.expr().not_in(values)
    }

    /// Between two values, both included.
    pub fn between(self, low: impl Operand<V>, high: impl Operand<V>) -> Expr<bool> {
        self.expr().between(low, high)
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr<bool> {
        self.expr().is_null()
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        self.expr().is_not_null()
    }

    /// Matches a pattern with `%` and `_`. SQLite reads neither the pattern nor the text beyond a NUL.
    pub fn like(self, pattern: &str) -> Expr<bool> {
        self.expr().like(pattern)
    }

    /// Begins with a text; `%` and `_` in it stand for themselves.
    pub fn starts_with(self, text: &str) -> Expr<bool> {
        self.expr().starts_with(text)
    }

    /// Ends with a text; `%` and `_` in it stand for themselves.
    pub fn ends_with(self, text: &str) -> Expr<bool> {
        self.expr().ends_with(text)
    }

    /// Has a text within; `%` and `_` in it stand for themselves.
    pub fn contains(self, text: &str) -> Expr<bool> {
        self.expr().contains(text)
    }
}
