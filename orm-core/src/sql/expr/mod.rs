//! `Expr`: an SQL expression as data.

mod build;
pub mod func;
mod pairs;
#[cfg(test)]
mod tests;
mod walk;

pub use pairs::{EqualPair, EqualPairs, MarkedColumn};

use super::{ColumnRef, SelectStmt};
use crate::value::Value;

/// An SQL expression.
///
/// AND and OR are lists, so that a condition may be as long as wanted. How deep expressions are nested in one
/// another is limited by the stack (some thousand levels), and by databases: SQLite takes 1,000.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column.
    Column(ColumnRef),
    /// A bound value.
    Value(Value),
    /// A parameter whose value is given when the statement runs, by its number.
    Param(usize),
    /// A comparison. Equality with `NULL` is written `IS NULL`.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// All of them; true when there are none.
    And(Vec<Expr>),
    /// Any of them; false when there are none.
    Or(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// `IS NULL`.
    IsNull(Box<Expr>),
    /// One of a list; false when it is empty.
    InList(Box<Expr>, Vec<Expr>),
    /// One of the rows of a query.
    InSelect(Box<Expr>, Box<SelectStmt>),
    /// Between two values, both included.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Matches a pattern, with a character that escapes `%` and `_`.
    Like(Box<Expr>, Box<Expr>, Option<char>),
    /// A function's value; the name is written as it is.
    Func(&'static str, Vec<Expr>),
    /// `*`, as in `count(*)`.
    Star,
    /// `DISTINCT ...`, as in `count(DISTINCT ...)`: an argument of an aggregate function, and nothing else.
    Distinct(Box<Expr>),
    /// Several values as one, as in `(a, b) IN ((1, 2), (3, 4))`.
    Tuple(Vec<Expr>),
    /// Arithmetic or concatenation.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `EXISTS (...)`.
    Exists(Box<SelectStmt>),
    /// The one value of a query.
    Subquery(Box<SelectStmt>),
    /// SQL written by the user.
    Text(String),
    /// Marks a column of a join condition as foreign.
    Foreign(Box<Expr>),
    /// Marks a column of a join condition as remote.
    Remote(Box<Expr>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
pub struct OrderBy {
    /// What to order by.
    pub expr: Expr,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl OrderBy {
    /// The smallest first.
    pub fn asc(expr: Expr) -> Self {
        OrderBy { expr, descending: false }
    }

    /// The largest first.
    pub fn desc(expr: Expr) -> Self {
        OrderBy { expr, descending: true }
    }
}
