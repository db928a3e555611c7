//! `Relation`: a relationship with its direction, its columns and its reverse side resolved.

use super::MapperId;
use crate::declare::{Cascade, Kind, Lazy, RelationDecl, TableDecl};
use crate::sql::{Expr, OrderBy};

/// The place of a relationship: its class, and its place among the relationships of that class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationId {
    /// The class.
    pub mapper: MapperId,
    /// The place in it.
    pub index: u16,
}

/// Where the foreign key of a relationship stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// On the target: one-to-many, and one-to-one seen from the side without the key.
    OneToMany,
    /// On the class itself: many-to-one, and one-to-one seen from the side with the key.
    ManyToOne,
    /// On a table between.
    ManyToMany,
}

/// A relationship, configured.
#[derive(Debug)]
pub struct Relation {
    pub(super) id: RelationId,
    pub(super) uid: u32,
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) decl: &'static RelationDecl,
    pub(super) target: MapperId,
    pub(super) direction: Direction,
    pub(super) inverse: Option<RelationId>,
    pub(super) secondary: Option<&'static TableDecl>,
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) secondary_pairs: Vec<(usize, usize)>,
    pub(super) get: Option<Vec<usize>>,
    pub(super) order_by: Vec<OrderBy>,
}

impl Relation {
    /// Its place.
    pub fn id(&self) -> RelationId {
        self.id
    }

    /// Its place among the relationships of its class.
    pub fn index(&self) -> usize {
        self.id.index as usize
    }

    /// A number that no other relationship in the process has.
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// The attribute's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the class that it stands on.
    pub fn class(&self) -> &'static str {
        self.class
    }

    /// The other class.
    pub fn target(&self) -> MapperId {
        self.target
    }

    /// What the field holds.
    pub fn kind(&self) -> Kind {
        self.decl.kind
    }

    /// Whether it is a collection.
    pub fn is_many(&self) -> bool {
        self.decl.kind.is_many()
    }

    /// Where the foreign key stands.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The relationship on the target that leads back.
    pub fn inverse(&self) -> Option<RelationId> {
        self.inverse
    }

    /// Its cascades.
    pub fn cascade(&self) -> Cascade {
        self.decl.cascade
    }

    /// When it is loaded.
    pub fn lazy(&self) -> Lazy {
        self.decl.lazy
    }

    /// Whether an object may have only one parent by it at a time.
    pub fn single_parent(&self) -> bool {
        self.decl.single_parent
    }

    /// The table between, of a many-to-many relationship.
    pub fn secondary(&self) -> Option<&'static TableDecl> {
        self.secondary
    }

    /// Pairs of columns whose values are kept equal. One-to-many: a column of the class, the one of the
    /// target. Many-to-one: a column of the target, the one of the class. Many-to-many: a column of the
    /// class, the one of the table between.
    pub fn pairs(&self) -> &[(usize, usize)] {
        &self.pairs
    }

    /// Many-to-many: a column of the target, the one of the table between.
    pub fn secondary_pairs(&self) -> &[(usize, usize)] {
        &self.secondary_pairs
    }

    /// For a many-to-one relationship to the target's primary key: for each column of that key the column
    /// of the class that holds it. Such a relationship is looked up in the identity map first.
    pub fn get_columns(&self) -> Option<&[usize]> {
        self.get.as_deref()
    }

    /// The order of the collection.
    pub fn order_by(&self) -> &[OrderBy] {
        &self.order_by
    }

    /// Whether it keeps a mark on each related object that it has a parent.
    pub fn tracks_parent(&self) -> bool {
        self.decl.single_parent || self.direction == Direction::OneToMany
    }

    /// Whether the value that is replaced has to be known at once.
    pub fn needs_old_value(&self) -> bool {
        self.decl.single_parent
    }

    /// Whether it relates a class to itself.
    pub fn is_self_referential(&self) -> bool {
        self.target == self.id.mapper
    }

    /// `primaryjoin` as it was given.
    pub(super) fn primaryjoin(&self) -> Option<Expr> {
        self.decl.primaryjoin.map(|join| join())
    }
}
