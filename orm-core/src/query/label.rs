//! `Label`: an expression with a name.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::leaf::Leaf;
use super::operand::{Operand, SqlExpr, Term, operands, sql_exprs};
use super::order::{OrderBy, OrderTerms};
use crate::sql::{Name, OrderTerm, Tree};
use crate::value::Typed;

/// An expression with the name that a statement gives it, made by `label`. It holds the expression, so it is lent:
/// `select((User::name, &total))`, `order_by(&total)`, `totals.of(&total)`. What a column can be compared with, it can too.
///
/// ```
/// use orm_core::{Column, Expr, func};
/// fn is_large<E>(total: Column<E, i64>) -> Expr<bool> {
///     let total = func::sum(total).label("total");
///     total.gt(100)
/// }
/// ```
pub struct Label<V>(Rc<Labelled>, PhantomData<fn() -> V>);

struct Labelled {
    name: Name,
    tree: Tree<Leaf>,
}

impl<V> Label<V> {
    pub(super) fn new(name: impl Into<Name>, tree: Tree<Leaf>) -> Self {
        Label(Rc::new(Labelled { name: name.into(), tree }), PhantomData)
    }

    pub(super) fn name(&self) -> &Name {
        &self.0.name
    }

    pub(super) fn to_tree(&self) -> Tree<Leaf> {
        self.0.tree.clone()
    }
}

impl<V> Label<V> {
    /// In ascending order.
    pub fn asc(&self) -> OrderBy {
        self.into()
    }

    /// In descending order.
    pub fn desc(&self) -> OrderBy {
        self.asc().descending()
    }
}

operands! {
    [V] V, &Label<V>, Label::to_tree;
    [V] Option<V>, &Label<V>, Label::to_tree;
    [V] V, &Label<Option<V>>, Label::to_tree;
}

sql_exprs! {
    [] &Label<V>, Label::to_tree;
}

#[diagnostic::do_not_recommend]
impl<V> OrderTerms for &Label<V> {
    fn terms(self, into: &mut Vec<OrderTerm<Leaf>>) {
        into.push(self.asc().into_term());
    }
}

#[diagnostic::do_not_recommend]
impl<V> From<&Label<V>> for OrderBy {
    fn from(label: &Label<V>) -> Self {
        OrderBy::by_label(label.to_tree(), label.name())
    }
}

impl<V> Clone for Label<V> {
    fn clone(&self) -> Self {
        Label(Rc::clone(&self.0), PhantomData)
    }
}

impl<V> fmt::Debug for Label<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Label").field(&self.0.name).field(&self.0.tree).finish()
    }
}
