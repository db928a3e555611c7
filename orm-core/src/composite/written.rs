//! Composites in statements that write rows.

use std::marker::PhantomData;

use super::composite_type::CompositeType;
use super::descriptor::Composite;
use super::given::{CompositeGiven, each_given};
use super::parts::Parts;
use super::value::CompositeValue;
use crate::query::{Fits, Leaf, RowOf, SetColumns};
use crate::sql::Tree;

/// Stands for the columns of a composite of type `V` among the types of the columns that rows are given for.
pub struct Composed<V>(PhantomData<fn() -> V>);

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> SetColumns<E> for Composite<E, V> {
    type Values = Composed<V>;
}

macro_rules! rows_of {
    ($([$generic:ident: $bound:ident] $value:ty, $given:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$generic: $bound> RowOf<Composed<$value>> for $given {
            fn trees(self) -> Vec<Tree<Leaf>> {
                CompositeGiven::<$value>::given(self).into_parts().values()
            }
        }
    )*};
}

each_given!(rows_of);

#[diagnostic::do_not_recommend]
impl<V: CompositeValue> Fits<Composed<V>> for V {}

#[diagnostic::do_not_recommend]
impl<C: CompositeType> Fits<Composed<Option<C>>> for C {}
