//! `JoinTarget`: what `join` takes.

use super::alias::{Alias, Entity, QueryAlias};
use super::leaf::{Leaf, RelationRef};
use super::named::{Cte, Subquery};
use super::operand::Condition;
use super::parts::{ClassRows, JoinTo, Source};
use crate::declare::{AliasId, Relationship};
use crate::sql::Tree;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Live;

/// What can be joined: a relationship, also to an alias (`to`) and with a further condition (`and`); or a class, an alias
/// or a query with a name, with a condition (`on`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be joined",
    label = "expected a relationship, or a class, an alias or a query with its condition: `.on(...)`"
)]
pub trait JoinTarget {
    /// What is joined, and the condition.
    #[doc(hidden)]
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>);
}

/// What a query can take rows from: a class, an alias, a query with a name, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "a query can't take rows from `{Self}`",
    label = "expected a class, an alias, a query with a name, or a tuple of them"
)]
pub trait FromSources {
    /// Adds them.
    #[doc(hidden)]
    fn sources(self, into: &mut Vec<Source>);
}

#[diagnostic::do_not_recommend]
impl<S: Mapped, T: Live, N> JoinTarget for Relationship<S, T, N> {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        let (from, to) = (self.from_alias(), self.to_alias());
        (JoinTo::Relation { relation: RelationRef::of(self), from, to, rows: None }, None)
    }
}

/// By the only foreign key that joins it with what is part of the query already.
#[diagnostic::do_not_recommend]
impl<E: Mapped> JoinTarget for Entity<E> {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        (JoinTo::Source(self.into()), None)
    }
}

/// By the only foreign key that joins it with what is part of the query already.
#[diagnostic::do_not_recommend]
impl<E: Mapped> JoinTarget for Alias<E> {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        (JoinTo::Source(self.into()), None)
    }
}

/// A relationship whose target is a query with a name: made by `to`.
#[derive(Clone, Debug)]
pub struct ToQuery<R> {
    relation: R,
    to: AliasId,
    rows: ClassRows,
}

#[diagnostic::do_not_recommend]
impl<S: Mapped, T: Live, N> JoinTarget for ToQuery<Relationship<S, T, N>> {
    fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
        let from = self.relation.from_alias();
        let relation = RelationRef::of(self.relation);
        (JoinTo::Relation { relation, from, to: self.to, rows: Some(self.rows) }, None)
    }
}

/// What the target of a relationship goes by in a query: an alias, or a query with a name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't what `{R}` leads to",
    label = "expected an alias of the class that the relationship leads to, or a query with a name that gives its objects"
)]
pub trait TargetOf<R> {
    /// The relationship that leads to it.
    type Output;

    /// The relationship that leads to it.
    #[doc(hidden)]
    fn lead(self, relation: R) -> Self::Output;
}

impl<S, T, N> TargetOf<Relationship<S, T, N>> for Alias<T> {
    type Output = Relationship<S, T, N>;

    fn lead(self, relation: Relationship<S, T, N>) -> Self::Output {
        relation.leading_to(self.id())
    }
}

impl<S, T, N> TargetOf<Relationship<S, T, N>> for &QueryAlias<T> {
    type Output = ToQuery<Relationship<S, T, N>>;

    fn lead(self, relation: Relationship<S, T, N>) -> Self::Output {
        ToQuery { relation, to: self.id(), rows: self.rows().clone() }
    }
}

impl<S, T, N> Relationship<S, T, N> {
    /// The same, with the target under another name: conditions name its columns by `alias.of(...)`.
    pub fn to<A: TargetOf<Self>>(self, alias: A) -> A::Output {
        alias.lead(self)
    }

    /// The same join with a further condition.
    pub fn and(self, condition: impl Condition) -> On<Self> {
        On(self, condition.condition())
    }
}

impl<S, T, N> ToQuery<Relationship<S, T, N>> {
    /// The same join with a further condition.
    pub fn and(self, condition: impl Condition) -> On<Self> {
        On(self, condition.condition())
    }
}

/// What is joined by a condition: made by `on` and `and`.
#[derive(Clone, Debug)]
pub struct On<J>(J, Tree<Leaf>);

impl<J> On<J> {
    pub(super) fn of(what: J, condition: impl Condition) -> Self {
        On(what, condition.condition())
    }

    pub(super) fn into_parts(self) -> (J, Tree<Leaf>) {
        (self.0, self.1)
    }

    /// The same with a further condition.
    #[must_use]
    pub fn and(self, condition: impl Condition) -> Self {
        On(self.0, self.1.and(condition.condition()))
    }
}

macro_rules! joined_by_condition {
    ($([$($generic:ident),*] $target:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic: Mapped),*> JoinTarget for On<$target> {
            fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
                (JoinTo::Source(self.0.into()), Some(self.1))
            }
        }
    )*};
}

joined_by_condition! {
    [E] Entity<E>;
    [E] Alias<E>;
    [] Source;
}

macro_rules! narrowed {
    ($($target:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Mapped, T: Live, N> JoinTarget for On<$target> {
            fn target(self) -> (JoinTo, Option<Tree<Leaf>>) {
                (self.0.target().0, Some(self.1))
            }
        }
    )*};
}

narrowed! {
    Relationship<S, T, N>;
    ToQuery<Relationship<S, T, N>>;
}

impl<E> Entity<E> {
    /// The class, to be joined by that condition.
    pub fn on(self, condition: impl Condition) -> On<Self> {
        On(self, condition.condition())
    }
}

impl<E> Alias<E> {
    /// The alias, to be joined by that condition.
    pub fn on(self, condition: impl Condition) -> On<Self> {
        On(self, condition.condition())
    }
}

impl<E: Mapped> QueryAlias<E> {
    /// The query, to be joined by that condition.
    pub fn on(&self, condition: impl Condition) -> On<Source> {
        On(self.into(), condition.condition())
    }
}

impl Subquery {
    /// The query, to be joined by that condition.
    pub fn on(&self, condition: impl Condition) -> On<Source> {
        On(self.into(), condition.condition())
    }
}

macro_rules! sources {
    ($([$($generic:ident),*] $source:ty, $into:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic: Mapped),*> FromSources for $source {
            fn sources(self, into: &mut Vec<Source>) {
                into.push($into(self));
            }
        }
    )*};
}

sources! {
    [E] Entity<E>, Source::from;
    [E] Alias<E>, Source::from;
    [E] &QueryAlias<E>, Source::from;
    [] &Subquery, Source::from;
    [] &Cte, |cte: &Cte| Source::Query((**cte).clone());
}

#[doc(hidden)]
impl FromSources for Source {
    fn sources(self, into: &mut Vec<Source>) {
        into.push(self);
    }
}

#[diagnostic::do_not_recommend]
impl<S: FromSources> FromSources for Vec<S> {
    fn sources(self, into: &mut Vec<Source>) {
        self.into_iter().for_each(|source| source.sources(into));
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: FromSources),*> FromSources for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn sources(self, into: &mut Vec<Source>) {
                let ($($name,)*) = self;
                $($name.sources(into);)*
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
}
