//! `SetColumns`: the columns that rows are given for, and what a row of them may be.

use super::set_to::SetTo;
use crate::declare::Column;
use crate::query::column_options::ColumnList;
use crate::query::each_tuple::each_tuple;
use crate::query::leaf::Leaf;
use crate::sql::Tree;
use crate::value::Typed;

/// The columns of a class that rows are given for: a column, a composite, or a tuple of up to 12 of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no columns of one class",
    label = "expected a column, or a tuple of up to 12 columns of the class"
)]
pub trait SetColumns<E>: ColumnList<E> {
    /// The types of their values: of one column its own, of several a tuple; a composite has one for itself.
    type Values;
}

/// A row for columns of the types `V`: for one column what it can be set to, for several a tuple of that.
#[diagnostic::on_unimplemented(
    message = "columns of the types `{V}` can't be set to `{Self}`",
    label = "expected a value or an expression for each column"
)]
pub trait RowOf<V> {
    /// The values.
    #[doc(hidden)]
    fn trees(self) -> Vec<Tree<Leaf>>;
}

/// What a query gives for columns of the types `V`: the same types, without `Option` or with one where the column has one.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` don't fit columns of the types `{V}`",
    label = "expected a query of `{V}`"
)]
pub trait Fits<V> {}

#[diagnostic::do_not_recommend]
impl<E, V: Typed> SetColumns<E> for Column<E, V> {
    type Values = V;
}

#[diagnostic::do_not_recommend]
impl<V: Typed, X: SetTo<V>> RowOf<V> for X {
    fn trees(self) -> Vec<Tree<Leaf>> {
        vec![self.tree()]
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Fits<V> for V {}

#[diagnostic::do_not_recommend]
impl<V: Typed> Fits<Option<V>> for V {}

macro_rules! columns {
    ($($($column:ident $value:ident $given:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($column: SetColumns<E>),*> SetColumns<E> for ($($column,)*) {
            type Values = ($($column::Values,)*);
        }

        #[diagnostic::do_not_recommend]
        impl<$($column, $value: RowOf<$column>),*> RowOf<($($column,)*)> for ($($value,)*) {
            fn trees(self) -> Vec<Tree<Leaf>> {
                let ($($given,)*) = self;
                let mut trees = Vec::with_capacity([$(stringify!($value)),*].len());
                $(trees.extend($given.trees());)*
                trees
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($column, $value: Fits<$column>),*> Fits<($($column,)*)> for ($($value,)*) {}
    )*};
}

each_tuple!(columns);
