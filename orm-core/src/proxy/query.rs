//! What queries ask of proxies: `EXISTS` of the relationship, around what is asked of the attribute.

use super::ask::{Ask, ColumnAsk, ObjectAsk};
use super::attribute::test;
use super::descriptor::Proxy;
use super::end::{ColumnEnd, ObjectEnd, ProxyEnd};
use super::field::ProxyField;
use crate::declare::{ToMany, ToOne};
use crate::query::{Condition, Expr, InList, Leaf, Operand, Test, TextType, some_condition};
use crate::sql::Tree;
use crate::state::{Live, Mapped, Obj};
use crate::value::Value;

/// A proxy through a collection, or to one.
#[diagnostic::on_unimplemented(
    message = "this proxy leads to one thing, not to several",
    label = "`any` asks collections: write `has(condition)`, `has_one()` or `is(&object)`"
)]
pub trait EitherMany {}

#[diagnostic::do_not_recommend]
impl<N> EitherMany for (ToMany, N) {}

#[diagnostic::do_not_recommend]
impl EitherMany for (ToOne, ToMany) {}

/// A proxy through a to-one to what is no collection.
#[diagnostic::on_unimplemented(
    message = "this proxy leads to several things, not to one",
    label = "`has` and `is` ask to-ones: write `any(condition)` or `contains(&object)`"
)]
pub trait BothOne {}

#[diagnostic::do_not_recommend]
impl BothOne for (ToOne, ToOne) {}

/// What `contains` of a proxy takes: an object of the class that it leads to; of a proxy for a column of texts a part of one.
#[diagnostic::on_unimplemented(
    message = "the proxy to `{V}` doesn't contain `{Self}`",
    label = "expected an object that it leads to, or a part of a text"
)]
pub trait ContainedIn<V, N> {
    /// Whether it is there.
    #[doc(hidden)]
    fn within<S: Mapped, F: ProxyField<Number = N>, W>(self, proxy: Proxy<S, F, V, W>) -> Expr<bool>
    where
        V: ProxyEnd;
}

#[diagnostic::do_not_recommend]
impl<N, U: Live, V: ObjectEnd<Class = U>> ContainedIn<V, N> for &Obj<U>
where
    (N, V::Number): EitherMany,
{
    fn within<S: Mapped, F: ProxyField<Number = N>, W>(self, proxy: Proxy<S, F, V, W>) -> Expr<bool> {
        asked(proxy, ObjectAsk::Is(Obj::handle(self).clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<N, V: ColumnEnd<Column: TextType>> ContainedIn<V, N> for &str {
    fn within<S: Mapped, F: ProxyField<Number = N>, W>(self, proxy: Proxy<S, F, V, W>) -> Expr<bool> {
        let text = self.to_owned();
        proxy.compared(move |column| column.contains(&text))
    }
}

/// The rows of which the relationship leads to one where what is asked holds; and, where that asks for none, those that it
/// leads from nowhere.
pub(super) fn through<S: Mapped, F: ProxyField, V: ProxyEnd, W>(
    proxy: Proxy<S, F, V, W>,
    ask: V::Ask,
) -> Tree<Leaf> {
    let is_null = ask.is_null();
    let condition = proxy.end.ask(ask).map(Box::new);
    let found = test(proxy.relationship, Test::Any(condition));
    if !is_null {
        return found;
    }
    let none = if F::KIND.is_many() {
        Expr::<bool>::of(test(proxy.relationship, Test::Any(None))).not()
    } else {
        Expr::of(test(proxy.relationship, Test::Is(None)))
    };
    Expr::<bool>::of(found).or(none).into_tree()
}

fn asked<S: Mapped, F: ProxyField, V: ProxyEnd, W>(proxy: Proxy<S, F, V, W>, ask: V::Ask) -> Expr<bool> {
    Expr::of(through(proxy, ask))
}

/// A condition that is asked for, unless it says nothing.
fn with<A: Ask>(condition: impl Condition) -> A {
    A::with(some_condition(condition.condition()).map(|condition| *condition))
}

impl<S: Mapped, F: ProxyField, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// Whether there is an item that meets the condition: one that a proxy for a relationship leads to, or one that has the
    /// column of a proxy for a column. `any(())` for any item.
    pub fn any(self, condition: impl Condition) -> Expr<bool>
    where
        (F::Number, V::Number): EitherMany,
    {
        asked(self, with(condition))
    }

    /// Whether there is an item at all.
    pub fn any_item(self) -> Expr<bool>
    where
        (F::Number, V::Number): EitherMany,
    {
        self.any(())
    }

    /// Whether there is no item.
    pub fn is_empty(self) -> Expr<bool>
    where
        (F::Number, V::Number): EitherMany,
    {
        self.any(()).not()
    }

    /// Whether it leads to something: to an object, or to the row that has the column, whatever that holds.
    pub fn has_one(self) -> Expr<bool>
    where
        (F::Number, V::Number): BothOne,
    {
        asked(self, V::Ask::with(None))
    }

    /// Whether it is there: an object that the proxy leads to; or, of a proxy for texts, one that has this text within.
    pub fn contains(self, what: impl ContainedIn<V, F::Number>) -> Expr<bool> {
        what.within(self)
    }
}

impl<S: Mapped, F: ProxyField, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// Whether it leads to an object that meets the condition; `has(())` for any object.
    pub fn has(self, condition: impl Condition) -> Expr<bool>
    where
        V: ObjectEnd,
        (F::Number, V::Number): BothOne,
    {
        asked(self, with(condition))
    }

    /// Whether it leads to this object. The object's key is read when the query runs, after the flush.
    pub fn is(self, object: &Obj<V::Class>) -> Expr<bool>
    where
        V: ObjectEnd,
        (F::Number, V::Number): BothOne,
    {
        asked(self, ObjectAsk::Is(Obj::handle(object).clone()))
    }

    /// Whether what it goes through leads to another object than this one, or to none. Where it goes through nothing, this
    /// doesn't hold either.
    pub fn is_not(self, object: &Obj<V::Class>) -> Expr<bool>
    where
        V: ObjectEnd,
        (F::Number, V::Number): BothOne,
    {
        asked(self, ObjectAsk::IsNot(Obj::handle(object).clone()))
    }

    /// Whether it leads to nothing: what it goes through leads nowhere, or isn't there.
    pub fn is_none(self) -> Expr<bool>
    where
        V: ObjectEnd,
        (F::Number, V::Number): BothOne,
    {
        asked(self, ObjectAsk::Null)
    }

    /// Whether it leads to something.
    pub fn is_some(self) -> Expr<bool>
    where
        V: ObjectEnd,
        (F::Number, V::Number): BothOne,
    {
        asked(self, ObjectAsk::Some)
    }
}

impl<S: Mapped, F: ProxyField, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// A condition on the column, within `EXISTS`.
    fn compared(self, make: impl FnOnce(Expr<V::Column>) -> Expr<bool> + 'static) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let make = move |column| make(Expr::of(column)).into_tree();
        asked(self, ColumnAsk::Compared(Box::new(make)))
    }

    /// Whether there is a value that is equal. With `None` it is [`is_null`](Self::is_null).
    pub fn eq(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        match other.operand() {
            Tree::Value(Value::Null) => self.is_null(),
            other => self.compared(|column| column.eq(Expr::<V::Column>::of(other))),
        }
    }

    /// Whether there is a value that isn't equal; with `None` one that isn't `NULL`. Where there is no value, this doesn't
    /// hold.
    pub fn ne(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let other = other.operand();
        self.compared(|column| column.ne(Expr::<V::Column>::of(other)))
    }

    /// Whether there is a value that is less.
    pub fn lt(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let other = other.operand();
        self.compared(|column| column.lt(Expr::<V::Column>::of(other)))
    }

    /// Whether there is a value that is less or equal.
    pub fn le(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let other = other.operand();
        self.compared(|column| column.le(Expr::<V::Column>::of(other)))
    }

    /// Whether there is a value that is greater.
    pub fn gt(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let other = other.operand();
        self.compared(|column| column.gt(Expr::<V::Column>::of(other)))
    }

    /// Whether there is a value that is greater or equal.
    pub fn ge(self, other: impl Operand<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let other = other.operand();
        self.compared(|column| column.ge(Expr::<V::Column>::of(other)))
    }

    /// Whether there is a value that is one of these.
    pub fn in_(self, list: impl InList<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let list: Vec<Expr<V::Column>> = list.list().into_iter().map(Expr::of).collect();
        self.compared(|column| column.in_(list))
    }

    /// Whether there is a value that is none of these.
    pub fn not_in(self, list: impl InList<V::Column>) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        let list: Vec<Expr<V::Column>> = list.list().into_iter().map(Expr::of).collect();
        self.compared(|column| column.not_in(list))
    }

    /// Whether there is a value that is `NULL`, or nothing that could have one.
    pub fn is_null(self) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        asked(self, ColumnAsk::Null)
    }

    /// Whether there is a value that isn't `NULL`.
    pub fn is_not_null(self) -> Expr<bool>
    where
        V: ColumnEnd,
    {
        self.compared(Expr::is_not_null)
    }
}

impl<S: Mapped, F: ProxyField, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// Whether there is a value that matches a pattern with `%` and `_`.
    pub fn like(self, pattern: impl Operand<String>) -> Expr<bool>
    where
        V: ColumnEnd<Column: TextType>,
    {
        let pattern = pattern.operand();
        self.compared(|column| column.like(Expr::<String>::of(pattern)))
    }

    /// Whether there is a value that begins with a text.
    pub fn starts_with(self, text: &str) -> Expr<bool>
    where
        V: ColumnEnd<Column: TextType>,
    {
        let text = text.to_owned();
        self.compared(move |column| column.starts_with(&text))
    }

    /// Whether there is a value that ends with a text.
    pub fn ends_with(self, text: &str) -> Expr<bool>
    where
        V: ColumnEnd<Column: TextType>,
    {
        let text = text.to_owned();
        self.compared(move |column| column.ends_with(&text))
    }
}
