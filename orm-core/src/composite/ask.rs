//! What is asked of a composite in a query: comparisons of its columns, and orders by them.

use super::composite_type::CompositeType;
use super::descriptor::Composite;
use super::given::{CompositeGiven, each_given};
use super::parts::Parts;
use super::value::CompositeValue;
use crate::query::{Expr, Leaf, OrderBy, OrderTerms};
use crate::sql::{CompareOp, OrderTerm, Tree};

/// What a composite of type `V` can be compared with: a value, or another composite of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared with a composite of type `{V}`",
    label = "expected `{V}`, or a composite of it"
)]
pub trait CompositeOperand<V> {
    /// An expression for each column.
    #[doc(hidden)]
    fn operands(self) -> Vec<Tree<Leaf>>;
}

macro_rules! operands {
    ($([$generic:ident: $bound:ident] $value:ty, $given:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$generic: $bound> CompositeOperand<$value> for $given {
            fn operands(self) -> Vec<Tree<Leaf>> {
                CompositeGiven::<$value>::given(self).into_parts().values()
            }
        }
    )*};
}

each_given!(operands);

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> CompositeOperand<V> for Composite<E, V> {
    fn operands(self) -> Vec<Tree<Leaf>> {
        V::Parts::trees(self.columns())
    }
}

#[diagnostic::do_not_recommend]
impl<E, C: CompositeType> CompositeOperand<Option<C>> for Composite<E, C> {
    fn operands(self) -> Vec<Tree<Leaf>> {
        C::Parts::trees(self.columns())
    }
}

#[diagnostic::do_not_recommend]
impl<E, C: CompositeType> CompositeOperand<C> for Composite<E, Option<C>> {
    fn operands(self) -> Vec<Tree<Leaf>> {
        <Option<C> as CompositeValue>::Parts::trees(self.columns())
    }
}

impl<E, V: CompositeValue> Composite<E, V> {
    fn trees(self) -> Vec<Tree<Leaf>> {
        V::Parts::trees(self.columns())
    }

    fn each(self, of_one: impl FnMut(Tree<Leaf>) -> Tree<Leaf>) -> Expr<bool> {
        Expr::of(Tree::all(self.trees().into_iter().map(of_one)))
    }

    fn compare(self, op: CompareOp, other: impl CompositeOperand<V>) -> Expr<bool> {
        let pairs = self.trees().into_iter().zip(other.operands());
        Expr::of(Tree::all(pairs.map(|(column, operand)| column.compare(op, operand))))
    }

    fn ordered(self, by: fn(Tree<Leaf>) -> OrderBy) -> Vec<OrderBy> {
        self.trees().into_iter().map(by).collect()
    }

    /// Each column is equal; `IS NULL` where it is compared with `None`.
    pub fn eq(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Eq, other)
    }

    /// No column is equal; `IS NOT NULL` where it is compared with `None`. That any differs is `eq(...).not()`.
    pub fn ne(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ne, other)
    }

    /// Each column is less.
    pub fn lt(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Lt, other)
    }

    /// Each column is less or equal.
    pub fn le(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Le, other)
    }

    /// Each column is greater.
    pub fn gt(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Gt, other)
    }

    /// Each column is greater or equal.
    pub fn ge(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ge, other)
    }

    /// Each column is equal, or `NULL` as the other one is.
    pub fn is_not_distinct_from(self, other: impl CompositeOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Same, other)
    }

    /// Each column is `NULL`.
    pub fn is_null(self) -> Expr<bool> {
        self.each(Tree::is_null)
    }

    /// No column is `NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        self.each(|column| column.is_null().not())
    }

    /// In ascending order of each column.
    pub fn asc(self) -> Vec<OrderBy> {
        self.ordered(OrderBy::asc)
    }

    /// In descending order of each column.
    pub fn desc(self) -> Vec<OrderBy> {
        self.ordered(OrderBy::desc)
    }
}

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> OrderTerms for Composite<E, V> {
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
        self.asc().terms(into);
    }
}
