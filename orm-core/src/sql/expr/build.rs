//! Constructors of expressions.

use super::{CompareOp, Expr};
use crate::value::Value;

impl Expr {
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
        match self {
            Expr::And(mut all) => {
                all.push(other);
                Expr::And(all)
            }
            first => Expr::And(vec![first, other]),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Expr) -> Expr {
        match self {
            Expr::Or(mut all) => {
                all.push(other);
                Expr::Or(all)
            }
            first => Expr::Or(vec![first, other]),
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

impl std::ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        Expr::not(self)
    }
}
