//! `Leaf`: what an expression of a query can only say when its statement is built.

#![allow(
    unreachable_pub,
    reason = "the public traits of operands give trees of leaves, which nothing outside can name"
)]

use std::fmt;
use std::rc::Rc;

use super::named::Subquery;
use super::parts::QueryParts;
use crate::declare::{AliasId, ColumnId, ColumnName, RelationAt, Relationship};
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, Mapper, Relation, not_added};
use crate::sql::{Depth, Name, QUERY_DEPTH, Tree};
use crate::state::memory::handle::Handle;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Live;

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

    /// Its table.
    pub(crate) fn table(self) -> &'static str {
        match self {
            ClassRef::Entry(entry) => entry().decl().table.name,
            ClassRef::Mapper(mapper) => mapper.table().name,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ClassRef::Entry(entry) => entry().decl().class,
            ClassRef::Mapper(mapper) => mapper.class(),
        }
    }
}

/// A relationship, named before the mapping is looked at.
#[derive(Clone, Copy)]
pub struct RelationRef {
    class: ClassRef,
    at: RelationAt,
}

impl RelationRef {
    pub(crate) fn of<S: Mapped, T: Live, N>(relation: Relationship<S, T, N>) -> Self {
        RelationRef { class: ClassRef::Entry(S::class), at: relation.at() }
    }

    pub(crate) fn to(relation: &'static Relation) -> Self {
        RelationRef { class: ClassRef::Mapper(relation.mapper()), at: RelationAt::Slot(relation.slot()) }
    }

    fn is(self, other: RelationRef) -> bool {
        let is_there = match (self.at, other.at) {
            (RelationAt::Slot(one), RelationAt::Slot(other)) => one == other,
            (RelationAt::Named(one), RelationAt::Named(other)) => one == other,
            _ => self.name() == other.name(),
        };
        is_there && self.class.table() == other.class.table()
    }

    /// Which relationship of its class it is.
    pub(crate) fn at(self) -> RelationAt {
        self.at
    }

    /// The class that it leads from.
    pub(crate) fn class(self) -> ClassRef {
        self.class
    }

    /// The relationship.
    pub(crate) fn resolve(self) -> Result<&'static Relation> {
        let mapper = self.class.mapper()?;
        mapper.relation_at(self.at).ok_or_else(|| no_relation(mapper.class(), self.at))
    }

    /// Its name, for messages.
    pub(crate) fn name(self) -> &'static str {
        self.resolve().map_or("?", Relation::name)
    }
}

/// The error of a relationship that its class lacks.
#[cold]
pub(crate) fn no_relation(class: &'static str, at: RelationAt) -> Error {
    match at {
        RelationAt::Named(name) => not_added(class, name),
        RelationAt::Slot(_) => Error::new(Code::Internal, "no such relationship").about(class, None),
    }
}

/// What is still to be resolved in an expression of a query, in the scope where it stands.
#[derive(Clone)]
pub enum Leaf {
    /// A column: of the alias, or of the innermost source around it that has its table.
    Column(ColumnName, AliasId),
    /// An expression of a class, of that alias of its table.
    OfAlias(Rc<Tree<Leaf>>, &'static str, AliasId),
    /// A column of a query with a name.
    Output(Subquery, Output),
    /// A condition on what a relationship leads to, from a source around it to an alias of the target.
    Related { relation: RelationRef, from: AliasId, to: AliasId, test: Test },
    /// What a column of an object holds when the statement is built: a key that a new row is to have.
    Key(Handle, ColumnId),
    /// A query within the expression.
    Query(Rc<QueryParts>, Use),
    /// What can't be said, and why.
    Wrong(Rc<str>),
}

/// Which column of a query with a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// What this column of a class is in it.
    Column(ColumnName, AliasId),
    /// The one with that name.
    Named(Name),
}

/// What a query within an expression is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Whether it has a row.
    Exists,
    /// The value of its only column, or its rows after `IN`.
    Value,
    /// Its rows, of so many columns, after `IN`.
    Rows(usize),
}

/// A condition on a relationship.
#[derive(Clone)]
pub enum Test {
    /// It leads to an object that meets the condition, or to any.
    Any(Option<Box<Tree<Leaf>>>),
    /// It leads to that object or, without one, to none.
    Is(Option<Handle>),
    /// It leads to another object than this one, or to none.
    IsNot(Handle),
    /// The row is one that the relationship of this object leads to.
    ParentIs(Handle),
    /// The same by a row of the association table, which is a source of the query itself.
    LinkedTo(Handle),
}

/// Whether both are the same object.
fn same(one: &Handle, two: &Handle) -> bool {
    std::ptr::eq(one.header(), two.header())
}

impl Test {
    fn is(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::Any(one), Test::Any(two)) => one == two,
            (Test::Is(None), Test::Is(None)) => true,
            (Test::Is(Some(one)), Test::Is(Some(two)))
            | (Test::IsNot(one), Test::IsNot(two))
            | (Test::ParentIs(one), Test::ParentIs(two))
            | (Test::LinkedTo(one), Test::LinkedTo(two)) => same(one, two),
            _ => false,
        }
    }
}

impl Leaf {
    /// An expression that can't be: its query is an error that says why.
    #[cold]
    pub(super) fn wrong(why: String) -> Tree<Leaf> {
        Tree::Late(Leaf::Wrong(why.into()))
    }
}

impl Depth for Leaf {
    fn depth(&self) -> u16 {
        match self {
            Leaf::Column(..) | Leaf::Key(..) | Leaf::Wrong(_) => 0,
            Leaf::OfAlias(tree, ..) => tree.depth(),
            Leaf::Output(query, _) => query.depth(),
            Leaf::Related { test: Test::Any(Some(condition)), .. } => {
                condition.depth().saturating_add(QUERY_DEPTH)
            }
            Leaf::Related { .. } => QUERY_DEPTH,
            Leaf::Query(parts, _) => parts.depth().saturating_add(QUERY_DEPTH),
        }
    }
}

/// Whether both are sure to be the same: a query is the same as itself only.
impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Leaf::Column(one, a), Leaf::Column(two, b)) => one == two && a == b,
            (Leaf::OfAlias(one, _, a), Leaf::OfAlias(two, _, b)) => one == two && a == b,
            (Leaf::Output(one, a), Leaf::Output(two, b)) => one.is(two) && a == b,
            (Leaf::Key(one, a), Leaf::Key(two, b)) => same(one, two) && a == b,
            (Leaf::Query(one, a), Leaf::Query(two, b)) => Rc::ptr_eq(one, two) && a == b,
            (
                Leaf::Related { relation, from, to, test },
                Leaf::Related { relation: other, from: other_from, to: other_to, test: other_test },
            ) => relation.is(*other) && from == other_from && to == other_to && test.is(other_test),
            _ => false,
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = |object: &Handle| object.header().label();
        match self {
            Leaf::Column(column, _) => write!(f, "{}.{}", column.table, column.name),
            Leaf::OfAlias(tree, ..) => tree.fmt(f),
            Leaf::Output(_, Output::Column(column, _)) => write!(f, "{}.{}", column.table, column.name),
            Leaf::Output(_, Output::Named(name)) => write!(f, "{name}"),
            Leaf::Related { relation, test: Test::Any(condition), .. } => {
                f.debug_tuple("Exists").field(&relation.name()).field(condition).finish()
            }
            Leaf::Related { relation, test: Test::Is(object), .. } => {
                let object = object.as_ref().map(label);
                f.debug_tuple("LeadsTo").field(&relation.name()).field(&object).finish()
            }
            Leaf::Related { relation, test: Test::IsNot(object), .. } => {
                f.debug_tuple("LeadsElsewhere").field(&relation.name()).field(&label(object)).finish()
            }
            Leaf::Related { relation, test: Test::ParentIs(object) | Test::LinkedTo(object), .. } => {
                f.debug_tuple("ChildOf").field(&label(object)).field(&relation.name()).finish()
            }
            Leaf::Key(object, column) => {
                let column = object.header().mapper().column(*column).attribute();
                f.debug_tuple("Key").field(&label(object)).field(&column).finish()
            }
            Leaf::Query(parts, how) => f.debug_tuple("Query").field(how).field(parts).finish(),
            Leaf::Wrong(what) => f.debug_tuple("Wrong").field(what).finish(),
        }
    }
}
