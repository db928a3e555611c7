//! `SetTo`: what a statement can set a column to.

use crate::declare::Column;
use crate::query::expr::Expr;
use crate::query::leaf::Leaf;
use crate::query::operand::column;
use crate::sql::Tree;
use crate::value::{ColumnType, Typed};

/// What a column of type `V` can be set to: a value, or a column or an expression of its type.
#[diagnostic::on_unimplemented(
    message = "a column of type `{V}` can't be set to `{Self}`",
    label = "expected `{V}`, or a column or expression of it"
)]
pub trait SetTo<V> {
    /// The expression.
    #[doc(hidden)]
    fn tree(self) -> Tree<Leaf>;
}

/// A value, unless no database holds it.
pub(crate) fn stored<V: Typed>(value: &V) -> Tree<Leaf> {
    match value.check() {
        Ok(()) => Tree::Value(value.to_value()),
        Err(error) => Leaf::wrong(error.to_string()),
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> SetTo<V> for V {
    fn tree(self) -> Tree<Leaf> {
        stored(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> SetTo<Option<V>> for V {
    fn tree(self) -> Tree<Leaf> {
        stored(&Some(self))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> SetTo<V> for &V {
    fn tree(self) -> Tree<Leaf> {
        stored(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> SetTo<Option<V>> for &V {
    fn tree(self) -> Tree<Leaf> {
        stored(&Some(self.clone()))
    }
}

macro_rules! lent {
    ($($lent:ty => $owned:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SetTo<$owned> for $lent {
            fn tree(self) -> Tree<Leaf> {
                stored(&<$owned>::from(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl SetTo<Option<$owned>> for $lent {
            fn tree(self) -> Tree<Leaf> {
                stored(&<$owned>::from(self))
            }
        }
    )*};
}

#[diagnostic::do_not_recommend]
impl<const N: usize> SetTo<Vec<u8>> for &[u8; N] {
    fn tree(self) -> Tree<Leaf> {
        stored(&self.to_vec())
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> SetTo<Option<Vec<u8>>> for &[u8; N] {
    fn tree(self) -> Tree<Leaf> {
        stored(&self.to_vec())
    }
}

lent! {
    &str => String;
    &[u8] => Vec<u8>;
}

macro_rules! set_to {
    ($([$($generic:ident),*] $column:ty, $to:ty, $tree:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> SetTo<$column> for $to {
            fn tree(self) -> Tree<Leaf> {
                $tree(self)
            }
        }
    )*};
}

set_to! {
    [E, V] V, Column<E, V>, column;
    [E, V] Option<V>, Column<E, V>, column;
    [V, K] V, Expr<V, K>, Expr::into_tree;
    [V, K] Option<V>, Expr<V, K>, Expr::into_tree;
}
