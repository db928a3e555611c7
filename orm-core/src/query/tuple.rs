//! `tuple_`: several values as one, to be compared together.

use std::fmt;
use std::marker::PhantomData;

use super::expr::Expr;
use super::leaf::{Leaf, Use};
use super::operand::{Operand, SqlExpr};
use super::row::AnyRow;
use super::select::Select;
use crate::sql::{CompareOp, Op, Tree};
use crate::value::{Typed, Value};

/// Columns, expressions or values as one, to be compared with as many others: two are equal if each of theirs are, and
/// the first that differ say which is less. `tuple_` takes two to eight; a `Vec` of expressions by names has as many as
/// are known when the program runs, and another number beside it is a `query` error.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Seat {
/// #     #[column(primary_key)]
/// #     row: i64,
/// #     #[column(primary_key)]
/// #     letter: String,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # for (row, letter) in [(1, "a"), (1, "b"), (2, "a")] {
/// #     session.add(Seat { row, letter: letter.to_owned() })?;
/// # }
/// let seat = tuple_((Seat::row, Seat::letter));
/// let taken = select(Seat::letter).filter(seat.clone().in_([(1, "b"), (7, "c")]));
/// assert_eq!(session.scalars(taken)?.all()?, ["b"]);
/// let after = select(Seat::row).filter(seat.gt((1, "a"))).order_by((Seat::row, Seat::letter));
/// assert_eq!(session.scalars(after)?.all()?, [1, 2]);
/// # Ok(())
/// # }
/// ```
pub fn tuple_<V>(items: impl TupleItems<Values = V>) -> Tuple<V> {
    Tuple { items: items.trees(), values: PhantomData }
}

/// Several values as one, of the types that `V` is a tuple of: made by [`tuple_`].
#[must_use = "a tuple does nothing until it is compared"]
pub struct Tuple<V> {
    items: Vec<Tree<Leaf>>,
    values: PhantomData<fn() -> V>,
}

/// What [`tuple_`] takes: a tuple of columns, expressions or values, or a `Vec` of expressions by names.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tuple of SQL expressions",
    label = "expected two to eight columns, expressions or values, as in `tuple_((User::id, User::name))`"
)]
pub trait TupleItems {
    /// The types of their values.
    type Values;

    /// The expressions.
    #[doc(hidden)]
    fn trees(self) -> Vec<Tree<Leaf>>;
}

/// What a [`Tuple`] of the types `V` can be compared with: as many values, columns or expressions, or another tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand where SQL has a `{V}`",
    label = "expected `{V}`, or columns or expressions of it"
)]
pub trait TupleOperand<V> {
    /// The expressions.
    #[doc(hidden)]
    fn trees(self) -> Vec<Tree<Leaf>>;
}

/// What `in_` of a [`Tuple`] takes: a list, or a query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of `{V}`",
    label = "expected a list of `{V}`, or a query of as many columns of it"
)]
pub trait TupleList<V> {
    /// The list, or a query alone, for a tuple of so many.
    #[doc(hidden)]
    fn list(self, count: usize) -> Vec<Tree<Leaf>>;
}

impl<V> Tuple<V> {
    fn tree(self) -> Tree<Leaf> {
        Tree::node(Op::Tuple, self.items)
    }

    /// Whether it can be compared at all: the number of names may be too small.
    fn checked(self) -> Tree<Leaf> {
        match self.items.len() {
            0 | 1 => Leaf::wrong(format!("a tuple of {}, where two or more are needed", self.items.len())),
            _ => self.tree(),
        }
    }

    fn compare(self, op: CompareOp, other: impl TupleOperand<V>) -> Expr<bool> {
        let other = beside(self.items.len(), other);
        Expr::of(self.checked().compare(op, other))
    }

    /// Each value is equal to the one in its place.
    pub fn eq(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Eq, other)
    }

    /// Some value isn't equal to the one in its place.
    pub fn ne(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ne, other)
    }

    /// The first value that isn't equal to the one in its place is less.
    pub fn lt(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Lt, other)
    }

    /// Less, or equal.
    pub fn le(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Le, other)
    }

    /// The first value that isn't equal to the one in its place is greater.
    pub fn gt(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Gt, other)
    }

    /// Greater, or equal.
    pub fn ge(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Ge, other)
    }

    /// Different, where `NULL` is different from all that isn't `NULL`.
    pub fn is_distinct_from(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Distinct, other)
    }

    /// Each is equal to the one in its place, or both are `NULL`.
    pub fn is_not_distinct_from(self, other: impl TupleOperand<V>) -> Expr<bool> {
        self.compare(CompareOp::Same, other)
    }

    /// Between two, both included.
    pub fn between(self, low: impl TupleOperand<V>, high: impl TupleOperand<V>) -> Expr<bool> {
        let count = self.items.len();
        Expr::of(self.checked().between(beside(count, low), beside(count, high)))
    }

    /// One of a list, or of the rows of a query. An empty list matches nothing.
    pub fn in_(self, list: impl TupleList<V>) -> Expr<bool> {
        let list = list.list(self.items.len());
        Expr::of(self.checked().in_list(list))
    }

    /// None of a list, or of the rows of a query. An empty list matches everything.
    pub fn not_in(self, list: impl TupleList<V>) -> Expr<bool> {
        self.in_(list).not()
    }
}

/// What stands beside a tuple of so many.
fn beside<V>(count: usize, operand: impl TupleOperand<V>) -> Tree<Leaf> {
    let items = operand.trees();
    if items.len() != count {
        let message = format!("a tuple of {} stands beside one of {count}", items.len());
        return Leaf::wrong(message);
    }
    Tree::node(Op::Tuple, items)
}

impl<V> Clone for Tuple<V> {
    fn clone(&self) -> Self {
        Tuple { items: self.items.clone(), values: PhantomData }
    }
}

impl<V> fmt::Debug for Tuple<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<V, I> TupleList<V> for I
where
    I: IntoIterator,
    I::Item: TupleOperand<V>,
{
    fn list(self, count: usize) -> Vec<Tree<Leaf>> {
        self.into_iter().map(|item| beside(count, item)).collect()
    }
}

/// The rows of a query, which has so many columns.
fn rows<R>(query: Select<R>, count: usize) -> Vec<Tree<Leaf>> {
    vec![Tree::late(Leaf::Query(query.into_parts(), Use::Rows(count)))]
}

macro_rules! tuples {
    ($($($name:ident $other:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlExpr),*> TupleItems for ($($name,)*) {
            type Values = ($($name::Value,)*);

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn trees(self) -> Vec<Tree<Leaf>> {
                let ($($name,)*) = self;
                vec![$($name.sql()),*]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name, $other: Operand<$name>),*> TupleOperand<($($name,)*)> for ($($other,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn trees(self) -> Vec<Tree<Leaf>> {
                let ($($other,)*) = self;
                vec![$($other.operand()),*]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'lent, $($name, $other),*> TupleOperand<($($name,)*)> for &'lent ($($other,)*)
        where
            $(&'lent $other: Operand<$name>),*
        {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn trees(self) -> Vec<Tree<Leaf>> {
                let ($($other,)*) = self;
                vec![$($other.operand()),*]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed, $other: Typed<Base = $name::Base>),*> TupleOperand<($($name,)*)>
            for Tuple<($($other,)*)>
        {
            fn trees(self) -> Vec<Tree<Leaf>> {
                self.items
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed, $other: Typed<Base = $name::Base>),*> TupleList<($($name,)*)>
            for Select<($($other,)*)>
        {
            fn list(self, count: usize) -> Vec<Tree<Leaf>> {
                rows(self, count)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed, $other: Typed<Base = $name::Base>),*> TupleList<($($name,)*)>
            for &Select<($($other,)*)>
        {
            fn list(self, count: usize) -> Vec<Tree<Leaf>> {
                rows(self.clone(), count)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed<Base = Value>),*> TupleList<($($name,)*)> for Select<AnyRow> {
            fn list(self, count: usize) -> Vec<Tree<Leaf>> {
                rows(self, count)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed<Base = Value>),*> TupleList<($($name,)*)> for &Select<AnyRow> {
            fn list(self, count: usize) -> Vec<Tree<Leaf>> {
                rows(self.clone(), count)
            }
        }
    )*};
}

tuples! {
    A M B N;
    A M B N C O;
    A M B N C O D P;
    A M B N C O D P E Q;
    A M B N C O D P E Q F R;
    A M B N C O D P E Q F R G S;
    A M B N C O D P E Q F R G S H T;
}

#[diagnostic::do_not_recommend]
impl<K> TupleItems for Vec<Expr<Value, K>> {
    type Values = Vec<Value>;

    fn trees(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(Expr::into_tree).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<X: Operand<Value>> TupleOperand<Vec<Value>> for Vec<X> {
    fn trees(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(Operand::operand).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<'lent, X> TupleOperand<Vec<Value>> for &'lent Vec<X>
where
    &'lent X: Operand<Value>,
{
    fn trees(self) -> Vec<Tree<Leaf>> {
        self.iter().map(Operand::operand).collect()
    }
}

#[diagnostic::do_not_recommend]
impl TupleOperand<Vec<Value>> for Tuple<Vec<Value>> {
    fn trees(self) -> Vec<Tree<Leaf>> {
        self.items
    }
}

#[diagnostic::do_not_recommend]
impl TupleList<Vec<Value>> for Select<AnyRow> {
    fn list(self, count: usize) -> Vec<Tree<Leaf>> {
        rows(self, count)
    }
}

#[diagnostic::do_not_recommend]
impl TupleList<Vec<Value>> for &Select<AnyRow> {
    fn list(self, count: usize) -> Vec<Tree<Leaf>> {
        rows(self.clone(), count)
    }
}
