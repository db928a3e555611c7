//! `Op`: what an inner node of a tree does with its operands.

use super::QueryWithin;
use crate::sql::Name;
use crate::value::SqlType;

/// What an inner node of a [`Tree`](super::Tree) does with its operands.
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
    /// The first is one of the values of a list that is bound as one, [`Tree::Param`](super::Tree::Param): see
    /// [`Dialect::write_key_list`](crate::sql::Dialect::write_key_list).
    InList,
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
    /// `-`, of one.
    Neg,
    /// `~`, of one: its bits turned round.
    BitNot,
    /// `COLLATE`: how the texts of one are compared.
    Collate(Name),
    /// An operator of the user's own between two, such as `GLOB`. It is written as it is.
    Infix(Name),
    /// SQL written by the user, whose question marks stand for the operands in turn.
    Sql(Name),
    /// `CASE`: conditions and values in turn, and at the end, if there is one more, the value for all other rows.
    Case,
    /// `FILTER (WHERE ...)`: an aggregate function, and the condition on the rows that it sees.
    Filter,
    /// `OVER (...)`: a function, what the rows are parted by ([`PartitionBy`](Op::PartitionBy)), and by what they are
    /// ordered.
    Over(Option<Frame>),
    /// A list of what rows are parted by, within [`Over`](Op::Over).
    PartitionBy,
    /// A term of an order, within [`Over`](Op::Over), or behind the arguments of a [`Func`](Op::Func).
    Ordered(Order),
    /// Marks the columns in its operand as foreign, in a join condition.
    Foreign,
    /// Marks the columns in its operand as remote, in a join condition.
    Remote,
    /// A query within a condition that a declaration gives; the operands are the columns that it compares of the sources
    /// around it.
    Within(QueryWithin),
}

impl Op {
    /// Whether columns in its operands are marked as foreign and as remote, where these marks are around it.
    pub(crate) fn marks(&self, (foreign, remote): (bool, bool)) -> (bool, bool) {
        (foreign || *self == Op::Foreign, remote || *self == Op::Remote)
    }
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
    /// `%`
    Rem,
    /// `||`
    Concat,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
}

/// How a term orders rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Order {
    /// Whether the largest comes first.
    pub descending: bool,
    /// Where `NULL` comes. Databases disagree where nothing is said.
    pub nulls: Option<Nulls>,
}

/// Where `NULL` comes in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before everything else.
    AtStart,
    /// After everything else.
    AtEnd,
}

/// Which rows around the current one a window function sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: Bound,
    /// Where it ends.
    pub end: Bound,
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// The difference of the value that rows are ordered by.
    Range,
    /// Groups of rows that the order leaves equal.
    Groups,
}

/// An end of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The first row, as a start; the last one, as an end.
    Unbounded,
    /// So many before the current row.
    Preceding(u64),
    /// The current row.
    Current,
    /// So many after the current row.
    Following(u64),
}

/// Whether a text is written as an operator of the database: a word, or a sign that begins no comment and is no
/// placeholder.
pub fn is_operator(text: &str) -> bool {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b' ');
    let is_sign = text.bytes().all(|byte| b"<>=!~@#%^&|*/+-?:".contains(&byte));
    let is_comment = text.contains("--") || text.contains("/*") || text.contains('?');
    !text.trim().is_empty() && (is_word || is_sign && !is_comment)
}
