//! Conditions and orders that a declaration gives: expressions of columns, without a query around them.

use super::leaf::Leaf;
use super::operand::Condition;
use super::order::OrderBy;
use crate::error::{Code, Error, Result};
use crate::sql::{OrderTerm, Tree};

/// A join condition as a declaration keeps it. For generated code.
///
/// # Errors
/// `join-condition` where it asks for more than columns of the tables themselves.
pub fn join_condition(condition: impl Condition) -> Result<Tree> {
    declared(&condition.condition())
}

/// The order of a collection as a declaration keeps it. For generated code.
///
/// # Errors
/// As [`join_condition`].
pub fn order_terms<const N: usize>(terms: [OrderBy; N]) -> Result<Vec<OrderTerm>> {
    let term = |by: OrderBy| {
        let term = by.into_term();
        Ok(term.with(declared(&term.tree)?))
    };
    terms.into_iter().map(term).collect()
}

/// A term of it: a column, or what `asc` and `desc` give. For generated code.
pub fn order_term(term: impl Into<OrderBy>) -> OrderBy {
    term.into()
}

fn declared(tree: &Tree<Leaf>) -> Result<Tree> {
    let lowered = tree.lower(&mut |leaf: &Leaf| match leaf {
        Leaf::Column(column, alias) if !alias.is_some() => Ok(Tree::Column(column.column_ref())),
        Leaf::Wrong(why) => Err(Error::new(Code::JoinCondition, why.to_string())),
        Leaf::Column(..) | Leaf::Output(..) | Leaf::Related { .. } | Leaf::Key(..) | Leaf::Query(..) => {
            let message = "a declared condition asks for an alias, a query, or what a relationship leads to";
            Err(Error::new(Code::JoinCondition, message).help("compare columns of the classes only"))
        }
    })?;
    match lowered {
        Tree::TooDeep => Err(Error::new(Code::JoinCondition, "a declared condition nests too deep")),
        other => Ok(other),
    }
}
