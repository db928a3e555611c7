//! What can stand where a query has an expression: `Operand` beside a comparison, `Condition` in a filter.

use super::leaf::Leaf;
use crate::declare::Column;
use crate::sql::Tree;
use crate::value::{ColumnType, Typed, Value};

/// What an expression of type `V` can be compared with: a value, or a column or an expression of that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared with a column of type `{V}`",
    label = "expected `{V}`, or a column of that type"
)]
pub trait Operand<V> {
    /// The expression.
    #[doc(hidden)]
    fn operand(self) -> Tree<Leaf>;
}

/// A column by itself.
fn column<E, V>(column: Column<E, V>) -> Tree<Leaf> {
    Tree::Late(Leaf::Column(column.column()))
}

impl<V: Typed> Operand<V> for V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Typed::to_value(&self))
    }
}

impl<V: ColumnType> Operand<Option<V>> for V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(ColumnType::to_value(&self))
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for &str {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Text(self.to_owned()))
    }
}

#[diagnostic::do_not_recommend]
impl Operand<Option<String>> for &str {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Text(self.to_owned()))
    }
}

impl<E, V> Operand<V> for Column<E, V> {
    fn operand(self) -> Tree<Leaf> {
        column(self)
    }
}

impl<E, V> Operand<Option<V>> for Column<E, V> {
    fn operand(self) -> Tree<Leaf> {
        column(self)
    }
}

impl<E, V> Operand<V> for Column<E, Option<V>> {
    fn operand(self) -> Tree<Leaf> {
        column(self)
    }
}

/// What can stand as a condition: an `Expr<bool>`, or a column of truth values by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "expected a comparison, or a column of type `bool`"
)]
pub trait Condition {
    /// The expression.
    #[doc(hidden)]
    fn condition(self) -> Tree<Leaf>;
}

impl<E> Condition for Column<E, bool> {
    fn condition(self) -> Tree<Leaf> {
        column(self)
    }
}

impl<E> Condition for Column<E, Option<bool>> {
    fn condition(self) -> Tree<Leaf> {
        column(self)
    }
}
