//! Operators of Rust: arithmetic between numbers, `&`, `|` and `!` between conditions.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Rem, Sub};

use super::expr::Expr;
use super::label::Label;
use super::leaf::Leaf;
use super::operand::{Condition, Number, Term, column};
use crate::declare::Column;
use crate::sql::{BinaryOp, Op, Tree};

#[inline(never)]
fn binary(left: Tree<Leaf>, op: BinaryOp, right: Tree<Leaf>) -> Tree<Leaf> {
    left.binary(op, right)
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, V: Number, R: Term<V::Base>> $trait<R> for Column<E, V> {
            type Output = Expr<V::Wrap<R::Value>>;

            fn $method(self, other: R) -> Self::Output {
                Expr::of(binary(column(self), BinaryOp::$op, other.term()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<V: Number, R: Term<V::Base>> $trait<R> for &Label<V> {
            type Output = Expr<V::Wrap<R::Value>>;

            fn $method(self, other: R) -> Self::Output {
                Expr::of(binary(self.to_tree(), BinaryOp::$op, other.term()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<V: Number, K, R: Term<V::Base>> $trait<R> for Expr<V, K> {
            type Output = Expr<V::Wrap<R::Value>>;

            fn $method(self, other: R) -> Self::Output {
                Expr::of(binary(self.into_tree(), BinaryOp::$op, other.term()))
            }
        }
    )*};
}

arithmetic! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
    Rem rem Rem;
}

impl<E, V: Number> Neg for Column<E, V> {
    type Output = Expr<V>;

    fn neg(self) -> Expr<V> {
        Expr::of(Tree::node(Op::Neg, vec![column(self)]))
    }
}

impl<V: Number, K> Neg for Expr<V, K> {
    type Output = Expr<V>;

    fn neg(self) -> Expr<V> {
        Expr::of(Tree::node(Op::Neg, vec![self.into_tree()]))
    }
}

impl<V: Number> Neg for &Label<V> {
    type Output = Expr<V>;

    fn neg(self) -> Expr<V> {
        -self.expr()
    }
}

macro_rules! conditions {
    ($([$($generic:ident),*] $condition:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: Condition, $($generic),*> BitAnd<C> for $condition {
            type Output = Expr<bool>;

            fn bitand(self, other: C) -> Expr<bool> {
                Expr::of(self.condition().and(other.condition()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<C: Condition, $($generic),*> BitOr<C> for $condition {
            type Output = Expr<bool>;

            fn bitor(self, other: C) -> Expr<bool> {
                Expr::of(self.condition().or(other.condition()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic),*> Not for $condition {
            type Output = Expr<bool>;

            fn not(self) -> Expr<bool> {
                Expr::of(self.condition().not())
            }
        }
    )*};
}

conditions! {
    [K] Expr<bool, K>;
    [E] Column<E, bool>;
    [] &Label<bool>;
}
