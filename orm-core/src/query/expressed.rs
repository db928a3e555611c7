//! What a column stands for that is an expression.

use std::any::Any;
use std::convert::Infallible;

use super::change::SetTo;
use super::leaf::Leaf;
use crate::declare::ColumnName;
use crate::sql::Tree;

/// The expression that a column of type `V` stands for. For generated code.
#[doc(hidden)]
pub fn expressed<V>(expression: impl SetTo<V>) -> Box<dyn Any> {
    Box::new(expression.tree())
}

/// The same condition or term with the expression in the place of each column that stands for one.
pub(crate) fn with_expressions(tree: &Tree<Leaf>) -> Tree<Leaf> {
    let Ok(replaced) = replaced(tree, &mut Vec::new());
    replaced
}

fn replaced(tree: &Tree<Leaf>, within: &mut Vec<ColumnName>) -> Result<Tree<Leaf>, Infallible> {
    tree.lower(&mut |leaf: &Leaf| {
        let Leaf::Column(column, alias) = leaf else { return Ok(Tree::Late(leaf.clone())) };
        let Some(make) = column.expression().filter(|_| !alias.is_some()) else {
            return Ok(Tree::Late(leaf.clone()));
        };
        if within.contains(column) {
            return Ok(Leaf::wrong(format!("the expression of `{}` needs itself", column.name)));
        }
        within.push(*column);
        let made = make();
        let tree = made.downcast_ref::<Tree<Leaf>>().map(|tree| replaced(tree, within));
        within.pop();
        tree.unwrap_or_else(|| Ok(Tree::Late(leaf.clone())))
    })
}
