//! The foreign key that joins two classes, and the direction that follows from it.

use super::super::{ForeignKeyDecl, ModelDecl, RelationDecl, SecondaryDecl, TableDecl, same};
use crate::sql::ColumnRef;

/// What the foreign keys between two classes say.
#[derive(Clone, Copy)]
pub(super) enum Join<'a> {
    /// The foreign key is on this side: many to one.
    ToOne(&'a ForeignKeyDecl),
    /// The foreign key is on the other side: one to many, or one to one.
    ToMany(&'a ForeignKeyDecl),
    /// A table between.
    Between,
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

/// How many foreign keys lead from one table to another, and the first of them.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) count: usize,
    pub(super) first: Option<&'a ForeignKeyDecl>,
}

/// The foreign keys of `from` that reference `to`; with `keys`, the one made of just these columns, else those
/// made of some of them.
pub(super) const fn foreign_keys<'a>(from: &'a TableDecl, to: &str, keys: &[ColumnRef]) -> Found<'a> {
    let exact = count(from, to, keys, true);
    if exact.count == 1 || keys.is_empty() {
        return exact;
    }
    count(from, to, keys, false)
}

const fn count<'a>(from: &'a TableDecl, to: &str, keys: &[ColumnRef], exactly: bool) -> Found<'a> {
    let mut found = Found { count: 0, first: None };
    let mut i = 0;
    while i < from.foreign_keys.len() {
        let key = &from.foreign_keys[i];
        let chosen = keys.is_empty()
            || within(key.columns, from.name, keys) && (!exactly || key.columns.len() == keys.len());
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

/// Whether each name is a column of the table among `columns`.
const fn within(names: &[&str], table: &str, columns: &[ColumnRef]) -> bool {
    let mut i = 0;
    while i < names.len() {
        let mut j = 0;
        let mut found = false;
        while j < columns.len() {
            found = found || same(columns[j].name, names[i]) && same(columns[j].table.name, table);
            j += 1;
        }
        if !found {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether the columns are just these of the table.
pub(super) const fn just(columns: &[ColumnRef], table: &str, names: &[&str]) -> bool {
    columns.len() == names.len() && within(names, table, columns)
}

/// What joins a class to the class at the other end of one of its relationships.
pub(super) const fn join<'a>(me: &'a ModelDecl, other: &'a ModelDecl, relation: &RelationDecl) -> Join<'a> {
    match relation.secondary {
        SecondaryDecl::None => {}
        SecondaryDecl::Table(_) | SecondaryDecl::Named(_) => return Join::Between,
    }
    if relation.primaryjoin.is_some() {
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
pub(super) const fn nullable(table: &TableDecl, key: &ForeignKeyDecl) -> bool {
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
pub(super) const fn same_key(a: &ForeignKeyDecl, b: &ForeignKeyDecl) -> bool {
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
