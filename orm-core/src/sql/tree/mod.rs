//! `Tree`: an SQL expression as data.

mod build;
mod compute;
mod evaluate;
pub mod func;
mod lower;
mod op;
#[cfg(test)]
mod tests;
mod within;

pub(crate) use evaluate::{Known, all, evaluate};
pub use op::{BinaryOp, Bound, CompareOp, Frame, FrameUnit, Nulls, Op, Order, Place, is_operator};
pub use within::{OuterColumn, QueryWithin};

use super::{ColumnRef, Name, SelectStmt};
use crate::value::Value;

/// An SQL expression. A layer above may have leaves of its own, `L`, for what can only be said when a statement is
/// built; [`lower`](Tree::lower) replaces them. Only a tree without such leaves can be rendered.
///
/// AND and OR are lists, so a condition may be as long as wanted. How deep expressions nest is bounded by
/// [`MAX_DEPTH`], so that nothing that follows them needs a deep stack.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree<L = Never> {
    /// What is still to be resolved.
    Late(L),
    /// A column.
    Column(ColumnRef),
    /// A bound value.
    Value(Value),
    /// A parameter whose value is given when the statement runs, by its number.
    Param(usize),
    /// SQL written by the user.
    Text(String),
    /// An item of the query by its label, in the order of that query.
    Label(Name),
    /// An item of the query by its place, counted from 1, in the order of that query.
    Ordinal(usize),
    /// An operator with its operands, and how deep it nests.
    Node(Op, u16, Vec<Tree<L>>),
    /// `EXISTS (...)`.
    Exists(Box<SelectStmt>),
    /// The value or the rows of a query.
    Subquery(Box<SelectStmt>),
    /// An expression that nested too deep, in its place: no statement can be built of it.
    TooDeep,
}

/// The leaf of a tree that is resolved: there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Never {}

/// How deep expressions may nest. Databases have such a bound too; that of SQLite is 1,000.
pub const MAX_DEPTH: u16 = 900;

/// How many operators within one another a query within an expression counts for: following it takes as much stack, and
/// SQLite counts what is around a query for each query in it again.
pub const QUERY_DEPTH: u16 = 30;

/// How deep the expressions within a leaf nest.
pub trait Depth {
    /// 0 for a leaf with no expression in it.
    fn depth(&self) -> u16;
}

impl Depth for Never {
    fn depth(&self) -> u16 {
        match *self {}
    }
}

/// A term of `ORDER BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm<L = Never> {
    /// What to order by.
    pub tree: Tree<L>,
    /// How.
    pub order: Order,
    /// The name by which an item is meant. Several items may be the same expression.
    pub label: Option<Name>,
}

impl<L> OrderTerm<L> {
    /// The smallest first.
    pub fn asc(tree: Tree<L>) -> Self {
        OrderTerm { tree, order: Order::default(), label: None }
    }

    /// The largest first.
    pub fn desc(tree: Tree<L>) -> Self {
        OrderTerm { tree, order: Order { descending: true, nulls: None }, label: None }
    }

    /// The same order of something else.
    pub fn with<M>(&self, tree: Tree<M>) -> OrderTerm<M> {
        OrderTerm { tree, order: self.order, label: None }
    }
}
