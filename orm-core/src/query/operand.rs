//! What can stand where a query has an expression: `Operand` beside a comparison, `InList` after `IN`, `Condition` in a
//! filter, `SqlExpr` in a function, `Term` beside arithmetic.
//!
//! No impl is recommended by the compiler: a list of the impls that there are hides what is wrong.

use std::borrow::Cow;
use std::sync::Arc;

use super::leaf::Leaf;
use crate::declare::Column;
use crate::sql::Tree;
use crate::value::{ColumnType, Typed, Value};

/// What an expression of type `V` can be compared with: a value, or a column or an expression of that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand where SQL has a `{V}`",
    label = "expected `{V}`, or a column or expression of it"
)]
pub trait Operand<V> {
    /// The expression.
    #[doc(hidden)]
    fn operand(self) -> Tree<Leaf>;
}

/// What has a value in SQL, of a type that it knows itself: a column, an expression, a label or a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no SQL expression",
    label = "expected a column, an expression or a value"
)]
pub trait SqlExpr {
    /// The type of its value.
    type Value: Typed;

    /// The expression.
    #[doc(hidden)]
    fn sql(self) -> Tree<Leaf>;
}

/// Beside arithmetic with a `B`, or in its place where it is `NULL`: a `B`, or a column or an expression of one, which
/// may be `NULL` itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand beside a `{B}`",
    label = "expected `{B}`, or a column or expression of it"
)]
pub trait Term<B> {
    /// The type of its value: `B`, or `Option<B>`.
    type Value: Typed;

    /// The expression.
    #[doc(hidden)]
    fn term(self) -> Tree<Leaf>;
}

/// What can stand as a condition: an `Expr<bool>`, or a column of truth values by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "expected a comparison, or a column of type `bool`"
)]
pub trait Condition {
    /// The expression.
    #[doc(hidden)]
    fn condition(self) -> Tree<Leaf>;
}

/// What `in_` takes: a list of values, columns or expressions, or a query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of `{V}`",
    label = "expected a list of `{V}`, or a query of one column of it"
)]
pub trait InList<V> {
    /// The list, or a query alone.
    #[doc(hidden)]
    fn list(self) -> Vec<Tree<Leaf>>;
}

/// A column of numbers, or an expression of one: arithmetic, `sum` and `avg` need it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "arithmetic, `sum` and `avg` need numbers"
)]
pub trait Number: Typed {
    /// What a sum of it is.
    type Sum: ColumnType + Typed;
}

/// A column of texts, or an expression of one: `like`, `lower` and their like need it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "`like`, `starts_with`, `lower` and their like need texts"
)]
pub trait TextType: Typed {}

macro_rules! numbers {
    ($($number:ty => $sum:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $number {
            type Sum = $sum;
        }
    )*};
}

numbers! {
    i8 => i64;
    i16 => i64;
    i32 => i64;
    i64 => i64;
    u8 => i64;
    u16 => i64;
    u32 => i64;
    f32 => f64;
    f64 => f64;
    Value => Value;
}

#[diagnostic::do_not_recommend]
impl<T: Number + ColumnType> Number for Option<T> {
    type Sum = T::Sum;
}

#[diagnostic::do_not_recommend]
impl TextType for String {}

#[diagnostic::do_not_recommend]
impl TextType for Value {}

#[diagnostic::do_not_recommend]
impl<T: TextType + ColumnType> TextType for Option<T> {}

/// A column by itself.
pub(crate) fn column<E, V>(column: Column<E, V>) -> Tree<Leaf> {
    Tree::Late(Leaf::Column(column.column(), column.alias()))
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Operand<V> for V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Typed::to_value(&self))
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> Operand<Option<V>> for V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(ColumnType::to_value(&self))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Operand<V> for &V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Typed::to_value(self))
    }
}

#[diagnostic::do_not_recommend]
impl<V: ColumnType> Operand<Option<V>> for &V {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(ColumnType::to_value(self))
    }
}

/// Values that are lent, of a column type that owns them.
macro_rules! lent {
    ($($lent:ty => $owned:ty, $value:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Operand<$owned> for $lent {
            fn operand(self) -> Tree<Leaf> {
                Tree::Value($value(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Operand<Option<$owned>> for $lent {
            fn operand(self) -> Tree<Leaf> {
                Tree::Value($value(self))
            }
        }
    )*};
}

lent! {
    &str => String, |text: &str| Value::Text(text.to_owned());
    &&str => String, |text: &&str| Value::Text((*text).to_owned());
    Cow<'_, str> => String, |text: Cow<'_, str>| Value::Text(text.into_owned());
    Box<str> => String, |text: Box<str>| Value::Text(text.into());
    Arc<str> => String, |text: Arc<str>| Value::Text(text.as_ref().to_owned());
    &[u8] => Vec<u8>, |bytes: &[u8]| Value::Blob(bytes.to_vec());
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Operand<Vec<u8>> for &[u8; N] {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Blob(self.to_vec()))
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Operand<Option<Vec<u8>>> for &[u8; N] {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Blob(self.to_vec()))
    }
}

/// A whole number stands for one with a fraction.
#[diagnostic::do_not_recommend]
impl Operand<f64> for i32 {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Real(f64::from(self)))
    }
}

#[diagnostic::do_not_recommend]
impl Operand<Option<f64>> for i32 {
    fn operand(self) -> Tree<Leaf> {
        Tree::Value(Value::Real(f64::from(self)))
    }
}

/// By names, an operand is whatever has a stored form.
macro_rules! by_name {
    ($($value:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Operand<Value> for $value {
            fn operand(self) -> Tree<Leaf> {
                Tree::Value(Value::from(self))
            }
        }
    )*};
}

by_name!(i32, i64, f64, bool, &str, String);

/// What has the same impls whatever it is made of: itself, where `NULL` is possible, and of what may be `NULL`.
macro_rules! operands {
    ($([$($generic:ident),*] $value:ty, $operand:ty, $tree:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> Operand<$value> for $operand {
            fn operand(self) -> Tree<Leaf> {
                $tree(self)
            }
        }
    )*};
}

operands! {
    [E, V] V, Column<E, V>, column;
    [E, V] Option<V>, Column<E, V>, column;
    [E, V] V, Column<E, Option<V>>, column;
}

pub(super) use operands;

#[diagnostic::do_not_recommend]
impl<V, I> InList<V> for I
where
    I: IntoIterator,
    I::Item: Operand<V>,
{
    fn list(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(Operand::operand).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> SqlExpr for V {
    type Value = V;

    fn sql(self) -> Tree<Leaf> {
        Tree::Value(Typed::to_value(&self))
    }
}

#[diagnostic::do_not_recommend]
impl SqlExpr for &str {
    type Value = String;

    fn sql(self) -> Tree<Leaf> {
        Tree::Value(Value::Text(self.to_owned()))
    }
}

#[diagnostic::do_not_recommend]
impl SqlExpr for &String {
    type Value = String;

    fn sql(self) -> Tree<Leaf> {
        Tree::Value(Value::Text(self.clone()))
    }
}

macro_rules! sql_exprs {
    ($([$($generic:ident),*] $expr:ty, $tree:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V: Typed, $($generic),*> SqlExpr for $expr {
            type Value = V;

            fn sql(self) -> Tree<Leaf> {
                $tree(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<V: Typed, $($generic),*> Term<V::Base> for $expr {
            type Value = V;

            fn term(self) -> Tree<Leaf> {
                $tree(self)
            }
        }
    )*};
}

sql_exprs! {
    [E] Column<E, V>, column;
}

pub(super) use sql_exprs;

#[diagnostic::do_not_recommend]
impl<B: ColumnType> Term<B> for B {
    type Value = B;

    fn term(self) -> Tree<Leaf> {
        Tree::Value(ColumnType::to_value(&self))
    }
}

#[diagnostic::do_not_recommend]
impl<B: ColumnType> Term<B> for &B {
    type Value = B;

    fn term(self) -> Tree<Leaf> {
        Tree::Value(ColumnType::to_value(self))
    }
}

#[diagnostic::do_not_recommend]
impl Term<String> for &str {
    type Value = String;

    fn term(self) -> Tree<Leaf> {
        Tree::Value(Value::Text(self.to_owned()))
    }
}

#[diagnostic::do_not_recommend]
impl Term<f64> for i32 {
    type Value = f64;

    fn term(self) -> Tree<Leaf> {
        Tree::Value(Value::Real(f64::from(self)))
    }
}

#[diagnostic::do_not_recommend]
impl<E> Condition for Column<E, bool> {
    fn condition(self) -> Tree<Leaf> {
        column(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E> Condition for Column<E, Option<bool>> {
    fn condition(self) -> Tree<Leaf> {
        column(self)
    }
}

/// No condition is met by every row: a search form has those that were filled in.
#[diagnostic::do_not_recommend]
impl<C: Condition> Condition for Option<C> {
    fn condition(self) -> Tree<Leaf> {
        self.map_or_else(|| Tree::all([]), Condition::condition)
    }
}

/// No condition at all, as in `User::addresses.any(())`.
#[diagnostic::do_not_recommend]
impl Condition for () {
    fn condition(self) -> Tree<Leaf> {
        Tree::all([])
    }
}

#[diagnostic::do_not_recommend]
impl Condition for bool {
    fn condition(self) -> Tree<Leaf> {
        if self { Tree::all([]) } else { Tree::any([]) }
    }
}
