//! What is bound for the parts of a query, and where those are: by that they are found again when its statement is built.

use crate::query::Leaf;
use crate::sql::{Op, Tree, is_long_list};
use crate::value::Value;

/// What is bound for a part of a query: a value of it, or the values of a list.
#[derive(Clone, Copy)]
pub(super) enum Given<'q> {
    Value(&'q Value),
    List(&'q [Tree<Leaf>]),
}

impl Given<'_> {
    /// What tells it from others in the same query: where it is.
    pub(super) fn place(self) -> usize {
        match self {
            Given::Value(value) => place_of_value(value),
            Given::List(list) => place_of_list(list),
        }
    }
}

/// Where a value of a query is.
pub(super) fn place_of_value(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Where a list of values of a query is.
pub(super) fn place_of_list(list: &[Tree<Leaf>]) -> usize {
    list.as_ptr().addr()
}

/// The values of a list whose place is asked for as one, after `IN`.
pub(super) fn list_of<'t>(op: &Op, operands: &'t [Tree<Leaf>]) -> Option<&'t [Tree<Leaf>]> {
    match (op, operands) {
        (Op::In, [_, list @ ..]) if is_long_list(list) => Some(list),
        _ => None,
    }
}
