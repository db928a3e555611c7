//! Constructors of expressions.

use super::{BinaryOp, CompareOp, Expr};
use crate::sql::{ColumnRef, SelectStmt};
use crate::value::Value;

impl Expr {
    /// SQL written by the user; see [`Expr::Text`].
    pub fn text(sql: impl Into<String>) -> Expr {
        Expr::Text(sql.into())
    }

    /// All of them; one is left as it is.
    pub fn all(conditions: impl IntoIterator<Item = Expr>) -> Expr {
        let mut all: Vec<Expr> = conditions.into_iter().collect();
        match (all.len(), all.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                all.extend(last);
                Expr::And(all)
            }
        }
    }

    /// `EXISTS (...)`.
    pub fn exists(select: SelectStmt) -> Expr {
        Expr::Exists(Box::new(select))
    }

    /// A comparison; with `NULL`, equality becomes `IS NULL` and inequality `IS NOT NULL`.
    #[must_use]
    pub fn compare(self, op: CompareOp, other: Expr) -> Expr {
        match (op, &other) {
            (CompareOp::Eq, Expr::Value(Value::Null)) => self.is_null(),
            (CompareOp::Ne, Expr::Value(Value::Null)) => self.is_null().not(),
            _ => Expr::Compare(op, Box::new(self), Box::new(other)),
        }
    }

    /// Equal.
    #[must_use]
    pub fn equals(self, other: Expr) -> Expr {
        self.compare(CompareOp::Eq, other)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Expr) -> Expr {
        match (self, other) {
            (Expr::And(left), Expr::And(right)) => Expr::And(joined(left, right)),
            (Expr::And(left), right) => Expr::And(joined(left, vec![right])),
            (left, Expr::And(right)) => Expr::And(joined(vec![left], right)),
            (left, right) => Expr::And(vec![left, right]),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Expr) -> Expr {
        match (self, other) {
            (Expr::Or(left), Expr::Or(right)) => Expr::Or(joined(left, right)),
            (Expr::Or(left), right) => Expr::Or(joined(left, vec![right])),
            (left, Expr::Or(right)) => Expr::Or(joined(vec![left], right)),
            (left, right) => Expr::Or(vec![left, right]),
        }
    }

    /// The opposite.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "the operator is offered too; a method chains better")]
    pub fn not(self) -> Expr {
        match self {
            Expr::Not(inner) => *inner,
            other => Expr::Not(Box::new(other)),
        }
    }

    /// `IS NULL`.
    #[must_use]
    pub fn is_null(self) -> Expr {
        Expr::IsNull(Box::new(self))
    }

    /// Marks the columns in it as foreign, for a join condition.
    #[must_use]
    pub fn foreign(self) -> Expr {
        Expr::Foreign(Box::new(self))
    }

    /// Marks the columns in it as remote, for a join condition.
    #[must_use]
    pub fn remote(self) -> Expr {
        Expr::Remote(Box::new(self))
    }

    /// Arithmetic or concatenation.
    #[must_use]
    pub fn binary(self, op: BinaryOp, other: Expr) -> Expr {
        Expr::Binary(op, Box::new(self), Box::new(other))
    }

    /// One of the rows of a query.
    #[must_use]
    pub fn in_select(self, select: SelectStmt) -> Expr {
        Expr::InSelect(Box::new(self), Box::new(select))
    }

    /// One of a list.
    #[must_use]
    pub fn in_list(self, list: Vec<Expr>) -> Expr {
        Expr::InList(Box::new(self), list)
    }

    /// Between two values, both included.
    #[must_use]
    pub fn between(self, low: Expr, high: Expr) -> Expr {
        Expr::Between(Box::new(self), Box::new(low), Box::new(high))
    }

    /// Matches a pattern with `%` and `_`.
    #[must_use]
    pub fn like(self, pattern: &str) -> Expr {
        Expr::Like(Box::new(self), Box::new(Expr::Value(Value::Text(pattern.to_owned()))), None)
    }

    /// Begins with a text.
    #[must_use]
    pub fn starts_with(self, text: &str) -> Expr {
        self.like_escaped(&format!("{}%", escape(text)))
    }

    /// Ends with a text.
    #[must_use]
    pub fn ends_with(self, text: &str) -> Expr {
        self.like_escaped(&format!("%{}", escape(text)))
    }

    /// Has a text within.
    #[must_use]
    pub fn contains(self, text: &str) -> Expr {
        self.like_escaped(&format!("%{}%", escape(text)))
    }

    fn like_escaped(self, pattern: &str) -> Expr {
        Expr::Like(Box::new(self), Box::new(Expr::Value(Value::Text(pattern.to_owned()))), Some('\\'))
    }
}

/// One list of both, so that a long condition is long and not deep.
fn joined(mut left: Vec<Expr>, mut right: Vec<Expr>) -> Vec<Expr> {
    if left.len() < right.len() {
        right.splice(0..0, left);
        return right;
    }
    left.append(&mut right);
    left
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl From<ColumnRef> for Expr {
    fn from(column: ColumnRef) -> Self {
        Expr::Column(column)
    }
}

impl From<Value> for Expr {
    fn from(value: Value) -> Self {
        Expr::Value(value)
    }
}

impl std::ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        Expr::not(self)
    }
}
