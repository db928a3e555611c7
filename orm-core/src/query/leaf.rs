//! `Leaf`: what an expression of a query can only say when its statement is built.

#![allow(
    unreachable_pub,
    reason = "the public traits of operands give trees of leaves, which nothing outside can name"
)]

use std::fmt;

use crate::declare::{ColumnName, LinkSlotId, Relationship};
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, Mapper, Relation};
use crate::sql::{Depth, QUERY_DEPTH, Tree};
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::Live;
use crate::state::typed::tracked::Tracked;

/// Which class: named by a type, or found by name.
#[derive(Clone, Copy)]
pub enum ClassRef {
    Entry(fn() -> &'static ClassEntry),
    Mapper(&'static Mapper),
}

impl ClassRef {
    /// The class, configured.
    pub(crate) fn mapper(self) -> Result<&'static Mapper> {
        match self {
            ClassRef::Entry(entry) => entry().mapper(),
            ClassRef::Mapper(mapper) => Ok(mapper),
        }
    }
}

/// A relationship, named before the mapping is looked at.
#[derive(Clone, Copy)]
pub struct RelationRef {
    class: ClassRef,
    place: LinkSlotId,
}

impl RelationRef {
    pub(crate) fn of<S: Tracked, T: Live, N>(relation: Relationship<S, T, N>) -> Self {
        RelationRef { class: ClassRef::Entry(S::class), place: relation.slot() }
    }

    pub(crate) fn at(relation: &'static Relation) -> Self {
        RelationRef { class: ClassRef::Mapper(relation.mapper()), place: relation.slot() }
    }

    /// The relationship.
    pub(crate) fn resolve(self) -> Result<&'static Relation> {
        let mapper = self.class.mapper()?;
        mapper
            .relations()
            .get(self.place.index())
            .ok_or_else(|| Error::new(Code::Internal, "no such relationship").about(mapper.class(), None))
    }

    fn name(self) -> &'static str {
        self.resolve().map_or("?", Relation::name)
    }
}

/// What is still to be resolved in an expression of a query, in the scope where it stands.
#[derive(Clone)]
pub enum Leaf {
    /// A column: of the innermost source around it that has its table.
    Column(ColumnName),
    /// A condition on what a relationship leads to: from the innermost source around it that has its class.
    Related(RelationRef, Test),
}

/// A condition on a relationship.
#[derive(Clone)]
pub enum Test {
    /// It leads to an object that meets the condition, or to any.
    Any(Option<Box<Tree<Leaf>>>),
    /// It leads to that object or, without one, to none.
    Is(Option<Handle>),
    /// The row is one that the relationship of this object leads to.
    ParentIs(Handle),
}

impl Depth for Leaf {
    fn depth(&self) -> u16 {
        match self {
            Leaf::Column(_) => 0,
            Leaf::Related(_, Test::Any(Some(condition))) => condition.depth().saturating_add(QUERY_DEPTH),
            Leaf::Related(..) => QUERY_DEPTH,
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = |object: &Handle| object.header().label();
        match self {
            Leaf::Column(column) => write!(f, "{}.{}", column.table, column.name),
            Leaf::Related(relation, Test::Any(condition)) => {
                f.debug_tuple("Exists").field(&relation.name()).field(condition).finish()
            }
            Leaf::Related(relation, Test::Is(object)) => {
                let object = object.as_ref().map(label);
                f.debug_tuple("LeadsTo").field(&relation.name()).field(&object).finish()
            }
            Leaf::Related(relation, Test::ParentIs(object)) => {
                f.debug_tuple("ChildOf").field(&label(object)).field(&relation.name()).finish()
            }
        }
    }
}
