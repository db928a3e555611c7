//! What a declaration says an update sets a column to: a value, or an expression.

use super::change::SetTo;
use super::leaf::Leaf;
use crate::declare::Updated;
use crate::sql::Tree;
use crate::value::ValueError;

/// What an update sets a column of type `V` to. For generated code.
#[doc(hidden)]
///
/// # Errors
/// Where no database holds the value.
pub fn onupdate<V>(to: impl SetTo<V>) -> Result<Updated, ValueError> {
    match to.tree() {
        Tree::Value(value) => Ok(Updated::Value(value)),
        Tree::Late(Leaf::Wrong(why)) => Err(ValueError::new(why.to_string())),
        tree => Ok(Updated::Expression(Box::new(tree))),
    }
}
