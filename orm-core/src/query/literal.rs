//! `literal`: a value as an expression by itself, and what an expression by names has besides.

use super::expr::Expr;
use super::operand::SqlExpr;
use crate::sql::{Op, Tree};
use crate::value::{SqlType, Value};

/// A value as an expression, to be selected or to begin a calculation; it is bound. Beside an expression a value needs
/// nothing around it.
///
/// ```
/// use orm_core::{Expr, literal};
/// let one: Expr<i64> = literal(1_i64);
/// ```
pub fn literal<X: SqlExpr>(value: X) -> Expr<X::Value> {
    Expr::of(value.sql())
}

impl<K> Expr<Value, K> {
    /// `CAST`: the value as another type, which is known only when the program runs.
    #[must_use]
    pub fn cast_to(self, kind: SqlType) -> Expr<Value> {
        Expr::of(Tree::node(Op::Cast(kind), vec![self.into_tree()]))
    }
}
