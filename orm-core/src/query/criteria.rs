//! `Criterion`: a condition of a query; of columns, or of what a relationship leads to.

use std::fmt;

use super::select::Source;
use crate::declare::Relationship;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::sql::Expr;
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::Live;
use crate::state::typed::tracked::Tracked;

/// A relationship, named before the mapping is looked at.
#[derive(Clone, Copy)]
pub(crate) struct RelationRef {
    source: Source,
    index: usize,
}

impl RelationRef {
    pub(crate) fn of<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>) -> Self {
        RelationRef { source: Source::Entry(S::class), index: relation.slot().index() }
    }

    pub(crate) fn at(mapper: &'static Mapper, index: usize) -> Self {
        RelationRef { source: Source::Mapper(mapper), index }
    }

    /// The class and the relationship.
    pub(crate) fn resolve(self) -> Result<(&'static Mapper, &'static Relation)> {
        let mapper = self.source.mapper()?;
        match mapper.relations().get(self.index) {
            Some(relation) => Ok((mapper, relation)),
            None => Err(Error::new(Code::Internal, "no such relationship").about(mapper.class(), None)),
        }
    }
}

/// A condition of a query. Conditions of columns are [`Expr`]s and become one by themselves.
#[derive(Clone)]
pub struct Criterion(pub(crate) Node);

#[derive(Clone)]
pub(crate) enum Node {
    Expr(Expr),
    And(Vec<Criterion>),
    Or(Vec<Criterion>),
    Not(Box<Criterion>),
    /// Whether a relationship leads to an object that meets the condition.
    Exists {
        relation: RelationRef,
        condition: Option<Box<Criterion>>,
    },
    /// Whether the row is one that the relationship of an object leads to.
    ChildOf {
        object: Handle,
        relation: RelationRef,
    },
    /// Whether a relationship leads to that object (or, without one, to none).
    LeadsTo {
        relation: RelationRef,
        object: Option<Handle>,
    },
}

impl Criterion {
    /// Both.
    #[must_use]
    pub fn and(self, other: impl Into<Criterion>) -> Criterion {
        Criterion(Node::And(vec![self, other.into()]))
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: impl Into<Criterion>) -> Criterion {
        Criterion(Node::Or(vec![self, other.into()]))
    }

    /// The opposite.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "the operator is offered too; a method chains better")]
    pub fn not(self) -> Criterion {
        Criterion(Node::Not(Box::new(self)))
    }
}

impl From<Expr> for Criterion {
    fn from(expr: Expr) -> Self {
        Criterion(Node::Expr(expr))
    }
}

impl std::ops::Not for Criterion {
    type Output = Criterion;

    fn not(self) -> Criterion {
        Criterion::not(self)
    }
}

impl fmt::Debug for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |relation: &RelationRef| relation.resolve().map_or("?", |(_, relation)| relation.name());
        match &self.0 {
            Node::Expr(expr) => expr.fmt(f),
            Node::And(all) => f.debug_tuple("And").field(all).finish(),
            Node::Or(any) => f.debug_tuple("Or").field(any).finish(),
            Node::Not(inner) => f.debug_tuple("Not").field(inner).finish(),
            Node::Exists { relation, condition, .. } => {
                f.debug_tuple("Exists").field(&name(relation)).field(condition).finish()
            }
            Node::ChildOf { object, relation } => {
                f.debug_tuple("ChildOf").field(&object.header().label()).field(&name(relation)).finish()
            }
            Node::LeadsTo { relation, object } => f
                .debug_tuple("LeadsTo")
                .field(&name(relation))
                .field(&object.as_ref().map(|object| object.header().label()))
                .finish(),
        }
    }
}
