//! Relationships as they were declared, and `Relationship`, the typed descriptor.

use std::any::TypeId;
use std::marker::PhantomData;

use super::columns_of_items::{KeyedBy, OrderedBy};
use super::{
    AliasId, Cascade, ColumnName, ConditionDecl, InnerJoin, ItemChecks, Lazy, LinkQuery, LinkSlotId,
    OrderDecl, PassiveDeletes, RowsDecl, TableDecl,
};

/// What a relationship field holds, as its type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Many<T>`: a list.
    List,
    /// `ManySet<T>`: a set, in the order of insertion.
    Set,
    /// `ManyMap<K, T>`: a collection that is keyed.
    Map,
    /// `WriteOnly<T>`: a collection that is never loaded.
    WriteOnly,
    /// `Dynamic<T>`: a collection that is a query.
    Dynamic,
    /// `One<T>`: one object, required.
    One,
    /// `Option<One<T>>`: one object or none.
    OptionalOne,
}

impl Kind {
    /// Whether it is a collection.
    pub const fn is_many(self) -> bool {
        matches!(self, Kind::List | Kind::Set | Kind::Map | Kind::WriteOnly | Kind::Dynamic)
    }

    /// Whether it is a collection that an object never holds as a whole.
    pub const fn is_large(self) -> bool {
        matches!(self, Kind::WriteOnly | Kind::Dynamic)
    }
}

/// Where the foreign key of a relationship stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// On the target: one-to-many, and one-to-one seen from the side without the key.
    OneToMany,
    /// On the class itself: many-to-one, and one-to-one seen from the side with the key.
    ManyToOne,
    /// On an association table.
    ManyToMany,
}

/// A class, as a relationship names it: the one that it leads to, or the one that it is added to.
#[derive(Clone, Copy, Debug)]
pub enum TargetDecl {
    /// Named by the field's type. The class is told by its type's id, not by its declaration, so that
    /// declarations don't read each other while they are evaluated.
    Class {
        /// The struct's name.
        class: &'static str,
        /// The module that it stands in.
        module: &'static str,
        /// The type's id.
        id: fn() -> TypeId,
    },
    /// Named by a string, resolved when mappings are configured.
    Named(&'static str),
    /// The class of the table of that name.
    OfTable(&'static str),
}

impl TargetDecl {
    /// The name that is written down.
    pub const fn name(&self) -> &'static str {
        match self {
            TargetDecl::Class { class, .. } => class,
            TargetDecl::Named(name) | TargetDecl::OfTable(name) => name,
        }
    }
}

/// The association table of a many-to-many relationship.
#[derive(Clone, Copy, Debug)]
pub enum SecondaryDecl {
    /// No such table.
    None,
    /// Named by path.
    Table(&'static TableDecl),
    /// The rows of a query, with the columns and foreign keys of a table. The relationship can't write them.
    Rows(&'static TableDecl, RowsDecl),
    /// The rows of a query of several tables, or of an alias. The relationship can't write them.
    Query(fn() -> Box<dyn LinkQuery>),
    /// Named by a string, resolved when mappings are configured.
    Named(&'static str),
}

/// What the reverse side holds that a relationship makes on the other class, by `backref`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackrefDecl {
    /// What the direction says: one object over the foreign key, else a list.
    Plain,
    /// One object.
    One,
    /// A set.
    Set,
    /// A collection that is never loaded.
    WriteOnly,
    /// A collection that is a query.
    Dynamic,
}

/// A relationship.
#[derive(Debug)]
pub struct RelationDecl {
    /// The attribute: the field's name.
    pub name: &'static str,
    /// What the field holds.
    pub kind: Kind,
    /// The other class.
    pub target: TargetDecl,
    /// The query whose rows it leads to, where those aren't all the rows of the target's table.
    pub rows: Option<RowsDecl>,
    /// The reverse relationship on the other class.
    pub back_populates: Option<&'static str>,
    /// What the reverse side holds, where it is made of this relationship: the other class doesn't declare it.
    pub backref: Option<BackrefDecl>,
    /// Whether it is such a reverse side itself.
    pub is_backref: bool,
    /// Whether the reverse side doesn't lead back: a change of it isn't made here.
    pub one_way: bool,
    /// Whether a change is made on the reverse side in memory; where nothing is said, unless one of them is only read.
    pub sync_backref: Option<bool>,
    /// The association table.
    pub secondary: SecondaryDecl,
    /// The columns to take for foreign ones, where several foreign keys join the classes.
    pub foreign_keys: &'static [ColumnName],
    /// The same as a text in SQLAlchemy's spelling.
    pub foreign_keys_text: Option<&'static str>,
    /// The columns of the remote side, for a class related to itself.
    pub remote_side: &'static [ColumnName],
    /// The same as a text in SQLAlchemy's spelling.
    pub remote_side_text: Option<&'static str>,
    /// The condition between the class and the target, or the association table.
    pub primaryjoin: Option<ConditionDecl>,
    /// The condition between the association table and the target.
    pub secondaryjoin: Option<ConditionDecl>,
    /// The order of the collection.
    pub order_by: Option<OrderDecl>,
    /// That the list keeps the places of its items in a column of theirs.
    pub ordered_by: Option<OrderedBy>,
    /// By what of its items the collection is keyed.
    pub keyed_by: Option<KeyedBy>,
    /// What is asked before it changes.
    pub checks: ItemChecks,
    /// Whether it is only read: a flush doesn't write what it leads to.
    pub viewonly: bool,
    /// The cascades.
    pub cascade: Cascade,
    /// What a deletion leaves to the database.
    pub passive_deletes: PassiveDeletes,
    /// Whether the foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
    pub post_update: bool,
    /// Whether the database changes the rows that refer to one whose key is changed; otherwise the flush does.
    pub passive_updates: bool,
    /// When it is loaded.
    pub lazy: Lazy,
    /// Of a class that leads to itself: how many steps from the object of a query `lazy` is followed, where it loads
    /// with an object.
    pub join_depth: Option<u16>,
    /// With `lazy = "joined"`: whether the join is an inner one.
    pub inner_join: InnerJoin,
    /// Whether an object may have only one parent by this relationship at a time.
    pub single_parent: bool,
    /// Whether what a to-one relationship led to is loaded when it is replaced.
    pub active_history: bool,
    /// Whether it is loaded of a new object too, by what that holds of keys.
    pub load_on_pending: bool,
    /// Whether loading for many objects may leave out their table, where the condition allows it.
    pub omit_join: bool,
    /// The relationships that write the same columns on purpose.
    pub overlaps: &'static [&'static str],
    /// What the user's own code says of it.
    pub info: Option<&'static str>,
}

/// A relationship that leads to a collection: the third parameter of [`Relationship`].
#[derive(Clone, Copy, Debug)]
pub struct ToMany;

/// A relationship that leads to a collection which is never loaded as a whole: the third parameter of [`Relationship`].
#[derive(Clone, Copy, Debug)]
pub struct ToLarge;

/// A relationship that leads to one object or none: the third parameter of [`Relationship`].
#[derive(Clone, Copy, Debug)]
pub struct ToOne;

/// Which relationship of a class: by its place among those that the class declares, or by its name, where it has it by a
/// registration, and only the mapping knows its place.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationAt {
    /// That place.
    Slot(LinkSlotId),
    /// That name.
    Named(&'static str),
}

/// A typed relationship: `User::addresses` is a `Relationship<User, Address, ToMany>`.
pub struct Relationship<S, T, N> {
    name: &'static str,
    index: u16,
    from: AliasId,
    to: AliasId,
    #[allow(clippy::type_complexity, reason = "a marker of the three types")]
    types: PhantomData<fn() -> (S, T, N)>,
}

/// Stands for the place of a relationship that is added to its class.
const ADDED: u16 = u16::MAX;

impl<S, T, N> Relationship<S, T, N> {
    /// The relationship at a place among those of its class. For generated code.
    #[doc(hidden)]
    pub const fn new(name: &'static str, index: u16) -> Self {
        Relationship { name, index, from: AliasId::NONE, to: AliasId::NONE, types: PhantomData }
    }

    /// The relationship of that name, which is added to its class. For generated code.
    #[doc(hidden)]
    pub const fn added(name: &'static str) -> Self {
        Self::new(name, ADDED)
    }

    /// The attribute's name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The alias of its class that it leads from in a query.
    pub const fn from_alias(self) -> AliasId {
        self.from
    }

    /// The alias of the target that it leads to in a query.
    pub const fn to_alias(self) -> AliasId {
        self.to
    }

    /// The same relationship of an alias of its class.
    #[must_use]
    pub const fn of_alias(self, from: AliasId) -> Self {
        Relationship { from, ..self }
    }

    /// The same relationship to an alias of the target.
    #[must_use]
    pub const fn leading_to(self, to: AliasId) -> Self {
        Relationship { to, ..self }
    }

    /// Which relationship of its class it is.
    #[doc(hidden)]
    pub const fn at(self) -> RelationAt {
        match self.index {
            ADDED => RelationAt::Named(self.name),
            index => RelationAt::Slot(LinkSlotId::new(index)),
        }
    }
}

impl<S, T, N> Clone for Relationship<S, T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T, N> Copy for Relationship<S, T, N> {}

impl<S, T, N> std::fmt::Debug for Relationship<S, T, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relationship({})", self.name)
    }
}
