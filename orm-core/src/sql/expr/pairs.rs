//! What a join condition says: which columns it holds equal, and which are marked foreign or remote.

use super::{CompareOp, Expr};
use crate::sql::ColumnRef;

/// A column of a join condition, with the marks around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MarkedColumn {
    /// The column.
    pub column: ColumnRef,
    /// Whether it stands within [`Expr::Foreign`].
    pub foreign: bool,
    /// Whether it stands within [`Expr::Remote`].
    pub remote: bool,
}

/// `left = right`, of two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EqualPair {
    /// The column on the left.
    pub left: MarkedColumn,
    /// The column on the right.
    pub right: MarkedColumn,
}

/// A condition taken apart by [`Expr::equal_pairs`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EqualPairs<'a> {
    /// The terms of the form `column = column`.
    pub pairs: Vec<EqualPair>,
    /// The other terms.
    pub others: Vec<&'a Expr>,
}

impl Expr {
    /// The terms that all have to be true: those of an AND, of an AND in it, and so on; else the condition
    /// itself.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        let mut terms = Vec::new();
        let mut rest = vec![self];
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::And(all) => rest.extend(all.iter().rev()),
                other => terms.push(other),
            }
        }
        terms
    }

    /// Takes a condition apart: the pairs of columns that it holds equal, and its other terms.
    ///
    /// ```
    /// use orm_core::sql::{ColumnRef, Expr};
    /// let (id, user_id) = (ColumnRef::new("user", "id"), ColumnRef::new("address", "user_id"));
    /// let joined = Expr::from(id).equals(Expr::from(user_id).foreign());
    /// let condition = joined.and(Expr::text("city = 'Boston'"));
    /// let parts = condition.equal_pairs();
    /// assert_eq!(parts.pairs[0].left.column, id);
    /// assert!(parts.pairs[0].right.foreign);
    /// assert_eq!(parts.others, [&Expr::text("city = 'Boston'")]);
    /// ```
    pub fn equal_pairs(&self) -> EqualPairs<'_> {
        let mut found = EqualPairs::default();
        for term in self.conjuncts() {
            match term.equal_pair() {
                Some(pair) => found.pairs.push(pair),
                None => found.others.push(term),
            }
        }
        found
    }

    /// The two columns, if this is `column = column`.
    pub fn equal_pair(&self) -> Option<EqualPair> {
        match self {
            Expr::Compare(CompareOp::Eq, left, right) => {
                Some(EqualPair { left: left.marked_column()?, right: right.marked_column()? })
            }
            Expr::Foreign(inner) => {
                let EqualPair { left, right } = inner.equal_pair()?;
                let mark = |column| MarkedColumn { foreign: true, ..column };
                Some(EqualPair { left: mark(left), right: mark(right) })
            }
            Expr::Remote(inner) => {
                let EqualPair { left, right } = inner.equal_pair()?;
                let mark = |column| MarkedColumn { remote: true, ..column };
                Some(EqualPair { left: mark(left), right: mark(right) })
            }
            _ => None,
        }
    }

    /// The column with its marks, if this is a column.
    pub fn marked_column(&self) -> Option<MarkedColumn> {
        match self {
            Expr::Column(column) => Some(MarkedColumn { column: *column, foreign: false, remote: false }),
            Expr::Foreign(inner) => Some(MarkedColumn { foreign: true, ..inner.marked_column()? }),
            Expr::Remote(inner) => Some(MarkedColumn { remote: true, ..inner.marked_column()? }),
            _ => None,
        }
    }
}
