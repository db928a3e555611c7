//! `LoadOption`: what a query says of the loading of its objects, as data.

#![allow(unreachable_pub, reason = "the public traits of options give data that nothing outside can name")]

use std::fmt;
use std::rc::Rc;

use super::leaf::{ClassRef, Leaf, RelationRef};
use crate::declare::{AliasId, InnerJoin, Lazy, SlotId};
use crate::mapper::ClassEntry;
use crate::sql::{Op, Tree};

/// An option for loading, of objects of a class.
#[derive(Clone, Debug)]
pub struct LoadOption {
    /// The class; none for what is said of whichever class stands there.
    pub(crate) class: Option<ClassRef>,
    /// The alias of it that is selected, where it is one.
    pub(crate) alias: AliasId,
    pub(crate) what: What,
}

/// What an option says.
#[derive(Clone, Debug)]
pub enum What {
    /// How a relationship is loaded, and what is said of the objects that it leads to.
    Relation(Box<RelationOption>),
    /// How each relationship is loaded that no other option speaks of.
    AllRelations(How),
    /// Which columns are loaded.
    Columns(ColumnsOption),
}

/// How a relationship is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As its strategy says that is named here.
    By(Lazy),
    /// From columns that the query joins itself.
    FromQuery,
    /// As it is declared.
    AsDeclared,
}

/// An option of a relationship.
#[derive(Clone)]
pub struct RelationOption {
    pub(crate) relation: RelationRef,
    pub(crate) how: How,
    /// Whether a joined load leaves out objects that lead to nothing: `None` where that isn't said.
    pub(crate) inner: Option<InnerJoin>,
    /// How many times a relationship of a class to itself is followed: `None` where that isn't said.
    pub(crate) depth: Option<u16>,
    /// Which of the related objects are loaded.
    pub(crate) criteria: Option<Rc<Tree<Leaf>>>,
    /// The alias of the target that the query joins.
    pub(crate) to: AliasId,
    pub(crate) then: Vec<LoadOption>,
}

impl RelationOption {
    /// Loads only the related objects that meet this condition too.
    pub(crate) fn add_criteria(&mut self, condition: Tree<Leaf>) {
        self.criteria = Some(Rc::new(match self.criteria.take() {
            Some(before) => Rc::unwrap_or_clone(before).and(condition),
            None => condition,
        }));
    }
}

/// Which columns of a class are loaded.
#[derive(Clone, Debug)]
pub enum ColumnsOption {
    /// Only these, and those of the key.
    Only(Vec<SlotId>, Unloaded),
    /// All but these.
    Defer(Vec<SlotId>, Unloaded),
    /// These too.
    Undefer(Vec<SlotId>),
    /// Those of this group too.
    UndeferGroup(String),
    /// None but those of the key.
    DeferAll(Unloaded),
    /// All.
    UndeferAll,
}

/// What becomes of a column that isn't loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unloaded {
    /// It is loaded when it is read.
    Loads,
    /// It is an error to read it.
    Raises,
}

impl fmt::Debug for RelationOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relation").field("how", &self.how).field("then", &self.then).finish_non_exhaustive()
    }
}

impl fmt::Debug for ClassRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A condition on every row of a class, wherever a query or what it loads reads it: made by [`with_criteria`].
#[derive(Clone, Debug)]
pub(crate) struct ClassCriteria {
    pub(crate) class: ClassRef,
    pub(crate) condition: Rc<Tree<Leaf>>,
    /// Whether it is met by aliases of the class too.
    pub(crate) aliases: bool,
}

impl ClassCriteria {
    pub(crate) fn of(class: fn() -> &'static ClassEntry, condition: Tree<Leaf>, aliases: bool) -> Self {
        ClassCriteria { class: ClassRef::Entry(class), condition: Rc::new(condition), aliases }
    }

    /// Whether it says something.
    pub(crate) fn is_trivial(&self) -> bool {
        matches!(&*self.condition, Tree::Node(Op::And, _, none) if none.is_empty())
    }
}
