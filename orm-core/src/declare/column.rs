//! `Column`: the typed descriptor of a column, and the conditions made of it.

use std::marker::PhantomData;

use super::SlotId;
use crate::sql::{ColumnRef, CompareOp, Expr, OrderBy};
use crate::value::{ColumnType, Typed};

/// A typed column: `User::name` is a `Column<User, String>`.
///
/// Comparing it gives conditions for [`filter`](crate::Select::filter) and join conditions.
pub struct Column<E, V> {
    column: ColumnRef,
    attribute: &'static str,
    index: u16,
    types: PhantomData<fn() -> (E, V)>,
}

impl<E, V> Column<E, V> {
    /// The column at a place among those of its class. For generated code.
    #[doc(hidden)]
    pub const fn new(table: &'static str, name: &'static str, attribute: &'static str, index: u16) -> Self {
        Column { column: ColumnRef::new(table, name), attribute, index, types: PhantomData }
    }

    /// The table and the name in the database.
    pub const fn column(self) -> ColumnRef {
        self.column
    }

    /// The attribute's name.
    pub const fn attribute(self) -> &'static str {
        self.attribute
    }

    /// Where its value is in an object of its class.
    pub const fn slot(self) -> SlotId {
        SlotId::new(self.index)
    }

    /// The column as an expression.
    pub fn expr(self) -> Expr {
        Expr::Column(self.column)
    }
}

impl<E, V> Clone for Column<E, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, V> Copy for Column<E, V> {}

impl<E, V> std::fmt::Debug for Column<E, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column({}.{})", self.column.table.name, self.column.name)
    }
}

/// What a column of type `V` can be compared with: a value, or a column of that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared with a column of type `{V}`",
    label = "expected `{V}`, or a column of that type"
)]
pub trait Operand<V> {
    /// The expression.
    fn operand(self) -> Expr;
}

impl<V: Typed> Operand<V> for V {
    fn operand(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<V: ColumnType> Operand<Option<V>> for V {
    fn operand(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for &str {
    fn operand(self) -> Expr {
        Expr::Value(crate::value::Value::Text(self.to_owned()))
    }
}

#[diagnostic::do_not_recommend]
impl Operand<Option<String>> for &str {
    fn operand(self) -> Expr {
        Expr::Value(crate::value::Value::Text(self.to_owned()))
    }
}

impl<E, V> Operand<V> for Column<E, V> {
    fn operand(self) -> Expr {
        self.expr()
    }
}

impl<E, V> Operand<Option<V>> for Column<E, V> {
    fn operand(self) -> Expr {
        self.expr()
    }
}

impl<E, V> Operand<V> for Column<E, Option<V>> {
    fn operand(self) -> Expr {
        self.expr()
    }
}

impl<E, V: Typed> Column<E, V> {
    /// Equal; `IS NULL` when compared with `None`.
    pub fn eq(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Eq, other)
    }

    /// Not equal; `IS NOT NULL` when compared with `None`.
    pub fn ne(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Ne, other)
    }

    /// Less.
    pub fn lt(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Lt, other)
    }

    /// Less or equal.
    pub fn le(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Le, other)
    }

    /// Greater.
    pub fn gt(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Gt, other)
    }

    /// Greater or equal.
    pub fn ge(self, other: impl Operand<V>) -> Expr {
        self.compare(CompareOp::Ge, other)
    }

    fn compare(self, op: CompareOp, other: impl Operand<V>) -> Expr {
        self.expr().compare(op, other.operand())
    }

    /// One of the values. An empty list matches nothing.
    pub fn in_<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr {
        self.expr().in_list(values.into_iter().map(Operand::operand).collect())
    }

    /// None of the values. An empty list matches everything.
    pub fn not_in<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Expr {
        self.expr().in_list(values.into_iter().map(Operand::operand).collect()).not()
    }

    /// Between two values, both included.
    pub fn between(self, low: impl Operand<V>, high: impl Operand<V>) -> Expr {
        self.expr().between(low.operand(), high.operand())
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr {
        self.expr().is_null()
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr {
        self.expr().is_null().not()
    }

    /// Matches a pattern with `%` and `_`.
    pub fn like(self, pattern: &str) -> Expr {
        self.expr().like(pattern)
    }

    /// Begins with a text; `%` and `_` in it stand for themselves.
    pub fn starts_with(self, text: &str) -> Expr {
        self.expr().starts_with(text)
    }

    /// Ends with a text; `%` and `_` in it stand for themselves.
    pub fn ends_with(self, text: &str) -> Expr {
        self.expr().ends_with(text)
    }

    /// Has a text within; `%` and `_` in it stand for themselves.
    pub fn contains(self, text: &str) -> Expr {
        self.expr().contains(text)
    }

    /// In ascending order.
    pub fn asc(self) -> OrderBy {
        OrderBy::asc(self.expr())
    }

    /// In descending order.
    pub fn desc(self) -> OrderBy {
        OrderBy::desc(self.expr())
    }
}

impl<E, V> From<Column<E, V>> for Expr {
    fn from(column: Column<E, V>) -> Self {
        column.expr()
    }
}

impl<E, V> From<Column<E, V>> for OrderBy {
    fn from(column: Column<E, V>) -> Self {
        OrderBy::asc(column.expr())
    }
}
