//! `Tree`: an SQL expression as data.

mod build;
pub mod func;
mod lower;
#[cfg(test)]
mod tests;

use super::{ColumnRef, Name, SelectStmt};
use crate::value::{SqlType, Value};

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

/// What an inner node of a [`Tree`] does with its operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A comparison of two.
    Compare(CompareOp),
    /// All of them; true when there are none.
    And,
    /// Any of them; false when there are none.
    Or,
    /// The opposite of one.
    Not,
    /// `IS NULL`.
    IsNull,
    /// The first is one of the others, or of the rows of the query that is the only other one.
    In,
    /// The first is between the second and the third, both included.
    Between,
    /// The first matches the second, a pattern, with a character that escapes `%` and `_`.
    Like(Option<char>),
    /// The first has the second, a text, at a place; the case of ASCII letters may not count.
    Has(Place),
    /// `CAST(... AS ...)`.
    Cast(SqlType),
    /// A function's value. The name is written as it is where it is a plain word, else quoted.
    Func(Name),
    /// `*`, as in `count(*)`.
    Star,
    /// `DISTINCT ...`, as in `count(DISTINCT ...)`: an argument of an aggregate function, and nothing else.
    Distinct,
    /// Several values as one, as in `(a, b) IN ((1, 2), (3, 4))`.
    Tuple,
    /// Arithmetic or concatenation of two.
    Binary(BinaryOp),
    /// Marks the columns in its operand as foreign, in a join condition.
    Foreign,
    /// Marks the columns in its operand as remote, in a join condition.
    Remote,
}

/// Where in a text another one is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// At its start.
    Start,
    /// Anywhere.
    Within,
    /// At its end.
    End,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `IS NOT DISTINCT FROM`: equal, or both `NULL`.
    Same,
    /// `IS DISTINCT FROM`: different, or one of them `NULL`.
    Distinct,
}

/// Arithmetic or concatenation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `||`
    Concat,
}

/// A term of `ORDER BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm<L = Never> {
    /// What to order by.
    pub tree: Tree<L>,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl<L> OrderTerm<L> {
    /// The smallest first.
    pub fn asc(tree: Tree<L>) -> Self {
        OrderTerm { tree, descending: false }
    }

    /// The largest first.
    pub fn desc(tree: Tree<L>) -> Self {
        OrderTerm { tree, descending: true }
    }
}
