//! Conditions and orders that a declaration gives: expressions of columns, without a query around them.

use super::leaf::Leaf;
use super::order::OrderBy;
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// A term of the order of a collection: a column, or what `asc` and `desc` give. For generated code.
pub fn order_term(term: impl Into<OrderBy>) -> OrderBy {
    term.into()
}

/// An expression as a declaration keeps it. `known` says what else than columns of classes it may have.
///
/// # Errors
/// `join-condition` where it has something else, and what `known` gives.
pub(crate) fn declared(
    tree: &Tree<Leaf>,
    known: &mut dyn FnMut(&Leaf) -> Option<Result<Tree>>,
) -> Result<Tree> {
    let lowered = tree.lower(&mut |leaf: &Leaf| match leaf {
        Leaf::Column(column, alias) if !alias.is_some() => Ok(Tree::Column(column.column_ref())),
        Leaf::Wrong(why) => Err(Error::new(Code::JoinCondition, why.to_string())),
        Leaf::Column(..)
        | Leaf::OfAlias(..)
        | Leaf::Output(..)
        | Leaf::Related { .. }
        | Leaf::Key(..)
        | Leaf::Query(..) => known(leaf).unwrap_or_else(|| Err(unfit(leaf))),
    })?;
    match lowered {
        Tree::TooDeep => Err(Error::new(Code::JoinCondition, "a declared condition nests too deep")),
        other => Ok(other),
    }
}

#[cold]
fn unfit(leaf: &Leaf) -> Error {
    let (what, help) = match leaf {
        Leaf::Related { .. } => (
            "a condition asks what a relationship leads to",
            "ask by a query: `exists(select(...).filter(...))`",
        ),
        _ => ("a condition asks for an alias", "compare columns of the classes only, or ask by a query"),
    };
    Error::new(Code::JoinCondition, format!("{what}, which a declaration can't")).help(help)
}
