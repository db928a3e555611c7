//! SQL written by the user, within a query.

use super::expr::Expr;
use super::operand::SqlExpr;
use crate::sql::{Name, Op, Tree};
use crate::value::Typed;

/// Marks an expression that the user wrote as SQL: [`Expr`]'s second parameter.
#[derive(Clone, Copy, Debug)]
pub struct Written;

/// SQL written by the user, as an expression of that type. It is written as it is: nothing in it is quoted. Values come
/// to the question marks in it by [`bind`](Expr::bind).
///
/// ```
/// use orm_core::text;
/// let condition = text::<bool>("length(name) > ?").bind(3);
/// ```
pub fn text<V: Typed>(sql: impl Into<String>) -> Expr<V, Written> {
    Expr::of(Tree::node(Op::Sql(Name::made(sql.into())), Vec::new()))
}

impl<V: Typed> Expr<V, Written> {
    /// The value, or the expression, for the next question mark.
    #[must_use]
    pub fn bind(self, value: impl SqlExpr) -> Self {
        match self.into_tree() {
            Tree::Node(op, _, mut operands) => {
                operands.push(value.sql());
                Expr::of(Tree::node(op, operands))
            }
            other => Expr::of(other),
        }
    }
}

impl<V> From<Expr<V, Written>> for Expr<V> {
    fn from(written: Expr<V, Written>) -> Self {
        Expr::of(written.into_tree())
    }
}
