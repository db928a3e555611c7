//! The foreign key that joins two classes, and the direction that follows from it: in constant functions, for the
//! compiler and for configuration.

use super::{
    ColumnName, Direction, ForeignKeyDecl, Kind, ModelDecl, RelationDecl, SecondaryDecl, TableDecl, same,
};

/// What the foreign keys between two classes say.
#[derive(Clone, Copy)]
pub(crate) enum Join<'a> {
    /// The foreign key is on this side: many to one.
    ToOne(&'a ForeignKeyDecl),
    /// The foreign key is on the other side: one to many, or one to one.
    ToMany(&'a ForeignKeyDecl),
    /// An association table: many to many.
    Association,
    /// Not to be seen here: told by a condition or by a name, or wrong in a way that is reported elsewhere.
    Unknown,
    /// None between the classes.
    Missing,
    /// Several between the classes.
    Several,
    /// A class related to itself, and nothing says which side this is.
    WhichSide(&'a ForeignKeyDecl),
    /// `remote_side` names neither side of the foreign key.
    BadRemoteSide(&'a ForeignKeyDecl),
}

impl Join<'_> {
    /// The direction, where the foreign keys say one.
    pub(crate) const fn direction(&self) -> Option<Direction> {
        match self {
            Join::ToOne(_) => Some(Direction::ManyToOne),
            Join::ToMany(_) => Some(Direction::OneToMany),
            Join::Association => Some(Direction::ManyToMany),
            Join::Unknown | Join::Missing | Join::Several | Join::WhichSide(_) | Join::BadRemoteSide(_) => {
                None
            }
        }
    }
}

/// How many foreign keys lead from one table to another, and the first of them.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) count: usize,
    pub(crate) first: Option<&'a ForeignKeyDecl>,
}

/// How the columns of `foreign_keys` choose a foreign key.
#[derive(Clone, Copy)]
enum Choice {
    /// It is made of just these.
    Exact,
    /// It is made of some of them.
    Some,
    /// It has one of them. The others of the key join the classes too, but belong to somebody else.
    Part,
}

/// The foreign keys of `from` that reference `to`. With `keys` it is the one made of just these columns, else those
/// made of some of them, else those that have one of them.
pub(crate) const fn foreign_keys<'a>(from: &'a TableDecl, to: &str, keys: &[ColumnName]) -> Found<'a> {
    let exact = count(from, to, keys, Choice::Exact);
    if exact.count == 1 || keys.is_empty() {
        return exact;
    }
    let some = count(from, to, keys, Choice::Some);
    if some.count > 0 {
        return some;
    }
    count(from, to, keys, Choice::Part)
}

const fn count<'a>(from: &'a TableDecl, to: &str, keys: &[ColumnName], choice: Choice) -> Found<'a> {
    let mut found = Found { count: 0, first: None };
    let mut i = 0;
    while i < from.foreign_keys.len() {
        let key = &from.foreign_keys[i];
        let chosen = keys.is_empty()
            || match choice {
                Choice::Exact => just(keys, from.name, key.columns),
                Choice::Some => within(key.columns, from.name, keys),
                Choice::Part => has_part(key.columns, from.name, keys),
            };
        if same(key.table, to) && chosen {
            if found.first.is_none() {
                found.first = Some(key);
            }
            found.count += 1;
        }
        i += 1;
    }
    found
}

/// Whether one of the names is a column of the table among `columns`.
const fn has_part(names: &[&str], table: &str, columns: &[ColumnName]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if is_among(names[i], table, columns) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether a column of a table is among `columns`.
pub(crate) const fn is_among(name: &str, table: &str, columns: &[ColumnName]) -> bool {
    let mut i = 0;
    while i < columns.len() {
        if same(columns[i].name, name) && same(columns[i].table, table) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether each name is a column of the table among `columns`.
const fn within(names: &[&str], table: &str, columns: &[ColumnName]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if !is_among(names[i], table, columns) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether the columns are just these of the table.
pub(crate) const fn just(columns: &[ColumnName], table: &str, names: &[&str]) -> bool {
    columns.len() == names.len() && within(names, table, columns)
}

/// What joins a class to the class at the other end of one of its relationships.
pub(crate) const fn join<'a>(me: &'a ModelDecl, other: &'a ModelDecl, relation: &RelationDecl) -> Join<'a> {
    match relation.secondary {
        SecondaryDecl::None => {}
        SecondaryDecl::Table(_)
        | SecondaryDecl::Rows(..)
        | SecondaryDecl::Query(_)
        | SecondaryDecl::Named(_) => {
            return Join::Association;
        }
    }
    let is_text = relation.foreign_keys_text.is_some() || relation.remote_side_text.is_some();
    if relation.primaryjoin.is_some() || is_text {
        return Join::Unknown;
    }
    let mine = foreign_keys(&me.table, other.table.name, relation.foreign_keys);
    if same(me.table.name, other.table.name) {
        return match (mine.count, mine.first) {
            (0, _) => Join::Missing,
            (1, Some(key)) => of_itself(me, relation, key),
            _ => Join::Several,
        };
    }
    let theirs = foreign_keys(&other.table, me.table.name, relation.foreign_keys);
    match (mine.count, mine.first, theirs.count, theirs.first) {
        (0, _, 0, _) => Join::Missing,
        (1, Some(key), 0, _) => Join::ToOne(key),
        (0, _, 1, Some(key)) => Join::ToMany(key),
        _ => Join::Several,
    }
}

/// As SQLAlchemy: the remote columns decide, and a collection without any is the children. A single object
/// without any could be either, and is refused.
const fn of_itself<'a>(me: &ModelDecl, relation: &RelationDecl, key: &'a ForeignKeyDecl) -> Join<'a> {
    if relation.remote_side.is_empty() {
        return if relation.kind.is_many() { Join::ToMany(key) } else { Join::WhichSide(key) };
    }
    if just(relation.remote_side, me.table.name, key.references) {
        Join::ToOne(key)
    } else if just(relation.remote_side, me.table.name, key.columns) {
        Join::ToMany(key)
    } else {
        Join::BadRemoteSide(key)
    }
}

/// Whether any column of the foreign key may be `NULL`, and the row so have no parent.
pub(crate) const fn nullable(table: &TableDecl, key: &ForeignKeyDecl) -> bool {
    let mut i = 0;
    while i < key.columns.len() {
        if let Some(column) = table.column(key.columns[i])
            && column.nullable
        {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether two foreign keys are the same columns.
pub(crate) const fn same_key(a: &ForeignKeyDecl, b: &ForeignKeyDecl) -> bool {
    if a.columns.len() != b.columns.len() {
        return false;
    }
    let mut i = 0;
    while i < a.columns.len() {
        if !same(a.columns[i], b.columns[i]) {
            return false;
        }
        i += 1;
    }
    true
}

/// Why a field can't hold what a relationship of a direction leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A collection over a foreign key of the class itself, which leads to one object.
    CollectionOverOwnKey,
    /// A required object over a foreign key of the other class, whose row may be missing.
    RequiredOverOtherKey,
    /// A required object through an association table, whose row may be missing.
    RequiredOverAssociation,
}

/// Whether a field of a kind can hold what a relationship of a direction leads to.
pub(crate) const fn misfit(kind: Kind, direction: Direction) -> Option<Misfit> {
    match (kind, direction) {
        (Kind::List | Kind::Set | Kind::Map | Kind::WriteOnly | Kind::Dynamic, Direction::ManyToOne) => {
            Some(Misfit::CollectionOverOwnKey)
        }
        (Kind::One, Direction::OneToMany) => Some(Misfit::RequiredOverOtherKey),
        (Kind::One, Direction::ManyToMany) => Some(Misfit::RequiredOverAssociation),
        (
            Kind::List | Kind::Set | Kind::Map | Kind::WriteOnly | Kind::Dynamic,
            Direction::OneToMany | Direction::ManyToMany,
        )
        | (Kind::One, Direction::ManyToOne)
        | (Kind::OptionalOne, _) => None,
    }
}

/// Whether `delete-orphan` stands on a side that may share its objects with other parents.
pub(crate) const fn shares_orphans(relation: &RelationDecl, direction: Direction) -> bool {
    relation.cascade.has(super::Cascade::DELETE_ORPHAN)
        && !relation.single_parent
        && matches!(direction, Direction::ManyToOne | Direction::ManyToMany)
}
