//! `CASE`.

use std::marker::PhantomData;

use super::expr::Expr;
use super::leaf::Leaf;
use super::operand::{Condition, Operand, SqlExpr};
use crate::sql::{Op, Tree};
use crate::value::Typed;

/// `CASE`: the value of the first condition that is true. The first value says the type.
///
/// ```
/// use orm_core::{Column, Expr, case};
/// fn size<E>(total: Column<E, i64>) -> Expr<String> {
///     case().when(total.gt(100), "large").when(total.gt(10), "middling").otherwise("small")
/// }
/// ```
pub fn case() -> CaseStart {
    CaseStart(())
}

/// A `CASE` without a branch: made by [`case`].
#[derive(Clone, Copy, Debug)]
#[must_use = "a `CASE` is no expression before it has a branch"]
pub struct CaseStart(());

/// A `CASE` with branches, of values of type `V`.
#[derive(Clone, Debug)]
#[must_use = "a `CASE` is no expression before `otherwise` or `end`"]
pub struct Branches<V>(Vec<Tree<Leaf>>, PhantomData<fn() -> V>);

impl CaseStart {
    /// The value where the condition is true.
    pub fn when<X: SqlExpr>(self, condition: impl Condition, value: X) -> Branches<X::Value> {
        Branches(vec![condition.condition(), value.sql()], PhantomData)
    }
}

impl<V: Typed> Branches<V> {
    /// The value where the condition is true, and none before was.
    pub fn when(mut self, condition: impl Condition, value: impl Operand<V>) -> Self {
        self.0.extend([condition.condition(), value.operand()]);
        self
    }

    /// The value where no condition is true.
    pub fn otherwise(mut self, value: impl Operand<V>) -> Expr<V> {
        self.0.push(value.operand());
        Expr::of(Tree::node(Op::Case, self.0))
    }

    /// `NULL` where no condition is true.
    pub fn end(self) -> Expr<Option<V::Base>> {
        Expr::of(Tree::node(Op::Case, self.0))
    }
}
