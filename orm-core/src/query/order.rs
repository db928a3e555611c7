//! `OrderBy`: a term of an order. `OrderTerms`: what `order_by` takes.

use std::convert::Infallible;

use super::leaf::Leaf;
use super::operand::column;
use crate::declare::Column;
use crate::sql::{Name, Nulls, OrderTerm, Tree};

/// A term of `ORDER BY`: a column or an expression, or what their `asc` and `desc` give.
#[derive(Clone, Debug)]
pub struct OrderBy(OrderTerm<Leaf>);

impl OrderBy {
    pub(crate) fn asc(tree: Tree<Leaf>) -> Self {
        OrderBy(OrderTerm::asc(tree))
    }

    pub(crate) fn desc(tree: Tree<Leaf>) -> Self {
        OrderBy(OrderTerm::desc(tree))
    }

    /// An item by its name.
    pub(super) fn by_label(tree: Tree<Leaf>, name: &Name) -> Self {
        OrderBy(OrderTerm { label: Some(name.clone()), ..OrderTerm::asc(tree) })
    }

    /// The other way round.
    pub(super) fn descending(mut self) -> Self {
        self.0.order.descending = true;
        self
    }

    /// A term that a declaration gives.
    pub(super) fn of_declared(term: &OrderTerm) -> Self {
        let Ok(tree) = term.tree.lower::<Leaf, Infallible>(&mut |never| match *never {});
        OrderBy(term.with(tree))
    }

    pub(crate) fn into_term(self) -> OrderTerm<Leaf> {
        self.0
    }

    /// `NULL` before everything else.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.0.order.nulls = Some(Nulls::AtStart);
        self
    }

    /// `NULL` after everything else.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.0.order.nulls = Some(Nulls::AtEnd);
        self
    }
}

/// What rows are ordered, grouped or parted by: a column, an expression, a label, what `asc` and `desc` give, or a tuple
/// or a list of them.
#[diagnostic::on_unimplemented(
    message = "rows can't be ordered by `{Self}`",
    label = "expected a column or an expression, or a tuple of them"
)]
pub trait OrderTerms {
    /// Adds the terms.
    #[doc(hidden)]
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>);
}

/// What is a term of an order by itself.
macro_rules! terms {
    ($([$($generic:ident),*] $by:ty, $tree:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> OrderTerms for $by {
            fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
                into.push(OrderTerm::asc($tree(self)));
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic),*> From<$by> for OrderBy {
            fn from(by: $by) -> Self {
                OrderBy::asc($tree(by))
            }
        }
    )*};
}

pub(super) use terms;

terms! {
    [E, V] Column<E, V>, column;
}

#[diagnostic::do_not_recommend]
impl OrderTerms for OrderBy {
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
        into.push(self.into_term());
    }
}

#[diagnostic::do_not_recommend]
impl<T: OrderTerms> OrderTerms for Vec<T> {
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
        self.into_iter().for_each(|term| term.terms(into));
    }
}

#[diagnostic::do_not_recommend]
impl<T: OrderTerms, const N: usize> OrderTerms for [T; N] {
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
        self.into_iter().for_each(|term| term.terms(into));
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: OrderTerms),*> OrderTerms for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
                let ($($name,)*) = self;
                $($name.terms(into);)*
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D F;
    A B C D F G;
    A B C D F G H;
    A B C D F G H I;
}
