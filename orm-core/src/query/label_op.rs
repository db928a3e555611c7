//! What can be made of a label: all that can be made of the expression that it names.

use super::expr::Expr;
use super::label::Label;
use super::leaf::Leaf;
use super::operand::{Condition, InList, Number, Operand, SqlExpr, TextType};
use crate::sql::Tree;
use crate::value::{ColumnType, Typed};

impl<V> Label<V> {
    /// The expression without its name. What is made of a label is made of that: SQL knows its name only in `ORDER BY`,
    /// `GROUP BY` and the query around.
    pub fn expr(&self) -> Expr<V> {
        Expr::of(self.to_tree())
    }

    /// `IS NULL`.
    pub fn is_null(&self) -> Expr<bool> {
        self.expr().is_null()
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(&self) -> Expr<bool> {
        self.expr().is_not_null()
    }
}

impl<V: Typed> Label<V> {
    /// Equal; `IS NULL` when compared with `None`.
    pub fn eq(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().eq(other)
    }

    /// Not equal; `IS NOT NULL` when compared with `None`.
    pub fn ne(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().ne(other)
    }

    /// Less.
    pub fn lt(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().lt(other)
    }

    /// Less or equal.
    pub fn le(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().le(other)
    }

    /// Greater.
    pub fn gt(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().gt(other)
    }

    /// Greater or equal.
    pub fn ge(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().ge(other)
    }

    /// Different, where `NULL` is different from all that isn't `NULL`.
    pub fn is_distinct_from(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().is_distinct_from(other)
    }

    /// Equal, or both `NULL`.
    pub fn is_not_distinct_from(&self, other: impl Operand<V>) -> Expr<bool> {
        self.expr().is_not_distinct_from(other)
    }

    /// One of a list, or of the rows of a query. An empty list matches nothing.
    pub fn in_(&self, list: impl InList<V>) -> Expr<bool> {
        self.expr().in_(list)
    }

    /// None of a list, or of the rows of a query. An empty list matches everything.
    pub fn not_in(&self, list: impl InList<V>) -> Expr<bool> {
        self.expr().not_in(list)
    }

    /// Between two values, both included.
    pub fn between(&self, low: impl Operand<V>, high: impl Operand<V>) -> Expr<bool> {
        self.expr().between(low, high)
    }

    /// `CAST`: the value as another type.
    pub fn cast<U: ColumnType>(&self) -> Expr<V::Wrap<U>> {
        self.expr().cast::<U>()
    }

    /// The same, for where it may be `NULL`: what is selected through an outer join, say.
    pub fn optional(&self) -> Expr<Option<V::Base>> {
        self.expr().optional()
    }

    /// An operator of the database or of your own between this and another, whose value is a `U`: `op::<bool>("GLOB",
    /// "e*")`. It is a word or a sign; another is a `query` error.
    pub fn op<U: Typed>(&self, operator: &'static str, other: impl SqlExpr) -> Expr<U> {
        self.expr().op::<U>(operator, other)
    }
}

impl<V: TextType> Label<V> {
    /// Matches a pattern with `%` and `_`. SQLite reads neither the pattern nor the text beyond a NUL.
    pub fn like(&self, pattern: impl Operand<String>) -> Expr<bool> {
        self.expr().like(pattern)
    }

    /// Doesn't match a pattern with `%` and `_`.
    pub fn not_like(&self, pattern: impl Operand<String>) -> Expr<bool> {
        self.expr().not_like(pattern)
    }

    /// Matches a pattern with `%` and `_`, whatever the case of its letters.
    pub fn ilike(&self, pattern: impl Operand<String>) -> Expr<bool> {
        self.expr().ilike(pattern)
    }

    /// Begins with a text; `%` and `_` in it stand for themselves.
    pub fn starts_with(&self, text: &str) -> Expr<bool> {
        self.expr().starts_with(text)
    }

    /// Ends with a text; `%` and `_` in it stand for themselves.
    pub fn ends_with(&self, text: &str) -> Expr<bool> {
        self.expr().ends_with(text)
    }

    /// Has a text within; `%` and `_` in it stand for themselves.
    pub fn contains(&self, text: &str) -> Expr<bool> {
        self.expr().contains(text)
    }

    /// Both texts, one after the other (`||`).
    pub fn concat<R: SqlExpr<Value: TextType>>(&self, other: R) -> Expr<V::Wrap<R::Value>> {
        self.expr().concat(other)
    }

    /// Compared by this collation, such as `NOCASE`.
    #[must_use]
    pub fn collate(&self, name: &'static str) -> Expr<V> {
        self.expr().collate(name)
    }
}

impl<V: Number> Label<V> {
    /// The bits that both have (`&`). `&` itself is for conditions.
    #[must_use]
    pub fn bit_and(&self, other: impl Operand<V>) -> Expr<V> {
        self.expr().bit_and(other)
    }

    /// The bits that either has (`|`). `|` itself is for conditions.
    #[must_use]
    pub fn bit_or(&self, other: impl Operand<V>) -> Expr<V> {
        self.expr().bit_or(other)
    }

    /// Its bits turned round (`~`).
    #[must_use]
    pub fn bit_not(&self) -> Expr<V> {
        self.expr().bit_not()
    }

    /// Its bits moved up (`<<`).
    #[must_use]
    pub fn shift_left(&self, bits: impl Operand<V>) -> Expr<V> {
        self.expr().shift_left(bits)
    }

    /// Its bits moved down (`>>`).
    #[must_use]
    pub fn shift_right(&self, bits: impl Operand<V>) -> Expr<V> {
        self.expr().shift_right(bits)
    }
}

impl Label<bool> {
    /// Both.
    #[must_use]
    pub fn and(&self, other: impl Condition) -> Expr<bool> {
        self.expr().and(other)
    }

    /// Either.
    #[must_use]
    pub fn or(&self, other: impl Condition) -> Expr<bool> {
        self.expr().or(other)
    }

    /// The opposite.
    #[must_use]
    pub fn not(&self) -> Expr<bool> {
        self.expr().not()
    }
}

#[diagnostic::do_not_recommend]
impl Condition for &Label<bool> {
    fn condition(self) -> Tree<Leaf> {
        self.to_tree()
    }
}

#[diagnostic::do_not_recommend]
impl Condition for &Label<Option<bool>> {
    fn condition(self) -> Tree<Leaf> {
        self.to_tree()
    }
}
