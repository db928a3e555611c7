//! What the value of a function has besides: `DISTINCT`, `FILTER`, and windows.

use super::expr::Expr;
use super::leaf::Leaf;
use super::operand::Condition;
use super::order::OrderTerms;
use crate::sql::{Bound, Frame, FrameUnit, Name, Op, OrderTerm, Tree};

/// Marks an expression that is the value of a function: [`Expr`]'s second parameter.
#[derive(Clone, Copy, Debug)]
pub struct Func;

impl<V> Expr<V, Func> {
    /// A function of that name, with these arguments.
    #[inline(never)]
    pub(super) fn call(name: impl Into<Name>, args: Vec<Tree<Leaf>>) -> Self {
        Expr::of(Tree::node(Op::Func(name.into()), args))
    }

    /// Of equal values only one (`DISTINCT`): for aggregate functions.
    #[must_use]
    pub fn distinct(self) -> Self {
        let Tree::Node(Op::Func(name), _, mut args) = self.into_tree() else {
            return Expr::of(Leaf::wrong("`distinct` comes before `filter` and `over`".to_owned()));
        };
        if let Some(first) = args.first_mut() {
            let arg = std::mem::replace(first, Tree::TooDeep);
            *first = Tree::node(Op::Distinct, vec![arg]);
        }
        Expr::of(Tree::node(Op::Func(name), args))
    }

    /// Of the rows in this order (`ORDER BY` within the call): for aggregate functions whose value depends on it, such as
    /// [`group_concat`](crate::func::group_concat). A further call orders those that the first leaves equal.
    ///
    /// ```
    /// use orm_core::{Column, Expr, Func, func};
    /// fn names<E>(name: Column<E, String>) -> Expr<Option<String>, Func> {
    ///     func::group_concat(name, ", ").order_by(name.desc())
    /// }
    /// ```
    #[must_use]
    pub fn order_by(self, terms: impl OrderTerms) -> Self {
        let Tree::Node(Op::Func(name), _, mut args) = self.into_tree() else {
            return Expr::of(Leaf::wrong("`order_by` comes before `filter` and `over`".to_owned()));
        };
        let mut order = Vec::new();
        terms.terms(&mut order);
        args.extend(order.into_iter().map(ordered));
        Expr::of(Tree::node(Op::Func(name), args))
    }

    /// Of the rows that meet a condition (`FILTER`): for aggregate functions.
    #[must_use]
    pub fn filter(self, condition: impl Condition) -> Self {
        Expr::of(Tree::node(Op::Filter, vec![self.into_tree(), condition.condition()]))
    }

    /// Over the rows of a window (`OVER`).
    ///
    /// ```
    /// use orm_core::{Column, Expr, func, window};
    /// fn rank<E>(class: Column<E, String>, score: Column<E, i64>) -> Expr<i64> {
    ///     func::rank().over(window().partition_by(class).order_by(score.desc()))
    /// }
    /// ```
    pub fn over(self, window: Window) -> Expr<V> {
        let Window { parts, order, frame } = window;
        let parts = Tree::node(Op::PartitionBy, parts);
        let order = order.into_iter().map(ordered);
        let operands = [self.into_tree(), parts].into_iter().chain(order).collect();
        Expr::of(Tree::node(Op::Over(frame), operands))
    }
}

fn ordered(term: OrderTerm<Leaf>) -> Tree<Leaf> {
    Tree::node(Op::Ordered(term.order), vec![term.tree])
}

/// The rows that a window function sees: made by [`window`].
#[derive(Clone, Debug, Default)]
#[must_use = "a window does nothing until a function is taken over it"]
pub struct Window {
    parts: Vec<Tree<Leaf>>,
    order: Vec<OrderTerm<Leaf>>,
    frame: Option<Frame>,
}

/// A window of all rows, in no order.
///
/// ```
/// use orm_core::{Column, Expr, func, window};
/// fn running<E>(day: Column<E, i64>, sum: Column<E, i64>) -> Expr<Option<i64>> {
///     func::sum(sum).over(window().order_by(day).rows(None, 0))
/// }
/// ```
pub fn window() -> Window {
    Window::default()
}

impl Window {
    /// Only the rows that are equal in these to the current one.
    pub fn partition_by(mut self, terms: impl OrderTerms) -> Self {
        let mut added = Vec::new();
        terms.terms(&mut added);
        self.parts.extend(added.into_iter().map(|term| term.tree));
        self
    }

    /// In this order; a further call orders those that the first leaves equal.
    pub fn order_by(mut self, terms: impl OrderTerms) -> Self {
        terms.terms(&mut self.order);
        self
    }

    /// Only the rows from a distance to the current one to another: negative before it, 0 itself, positive after it,
    /// `None` without end (`ROWS BETWEEN`).
    pub fn rows(self, from: impl Into<Option<i64>>, to: impl Into<Option<i64>>) -> Self {
        self.framed(FrameUnit::Rows, from.into(), to.into())
    }

    /// As [`rows`](Self::rows), by the difference of the value that rows are ordered by (`RANGE BETWEEN`).
    pub fn range(self, from: impl Into<Option<i64>>, to: impl Into<Option<i64>>) -> Self {
        self.framed(FrameUnit::Range, from.into(), to.into())
    }

    /// As [`rows`](Self::rows), by groups of rows that the order leaves equal (`GROUPS BETWEEN`).
    pub fn groups(self, from: impl Into<Option<i64>>, to: impl Into<Option<i64>>) -> Self {
        self.framed(FrameUnit::Groups, from.into(), to.into())
    }

    fn framed(mut self, unit: FrameUnit, from: Option<i64>, to: Option<i64>) -> Self {
        let bound = |distance: Option<i64>| match distance {
            None => Bound::Unbounded,
            Some(0) => Bound::Current,
            Some(rows) if rows < 0 => Bound::Preceding(rows.unsigned_abs()),
            Some(rows) => Bound::Following(rows.unsigned_abs()),
        };
        self.frame = Some(Frame { unit, start: bound(from), end: bound(to) });
        self
    }
}

impl<V> From<Expr<V, Func>> for Expr<V> {
    fn from(function: Expr<V, Func>) -> Self {
        Expr::of(function.into_tree())
    }
}
