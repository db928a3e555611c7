//! The columns that `foreign_keys` and `remote_side` name: each is one of those that join the classes.

use super::complaint::At;
use super::text::{Text, paths};
use crate::declare::join::{self, Join};
use crate::declare::{ColumnName, ModelDecl, RelationDecl, TableDecl, same};

/// What is wrong with the columns that are named where foreign keys join the classes.
pub(super) const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    association: Option<&TableDecl>,
    join: Join<'_>,
) -> Option<(At, Text)> {
    if relation.foreign_keys.is_empty() && relation.remote_side.is_empty() {
        return None;
    }
    let (key, child, parent, is_own) = match join {
        Join::ToOne(key) => (key, me, other, true),
        Join::ToMany(key) => (key, other, me, false),
        Join::Association => return linked(me, other, relation, association),
        _ => return None,
    };
    if let Some(column) = outside(relation.foreign_keys, child.table.name, key.columns) {
        let text = name(Text::new().s("`foreign_keys` names `"), column, me, other);
        let text = text.s("`, which is no part of the foreign key\nhelp: write `foreign_keys = ");
        return Some((At::ForeignKeys, paths(text, child.class, &child.table, key.columns).s("`")));
    }
    let (remote, columns) = if is_own { (parent, key.references) } else { (child, key.columns) };
    if let Some(column) = outside(relation.remote_side, remote.table.name, columns) {
        let text = name(Text::new().s("`remote_side` names `"), column, me, other);
        let text = text
            .s("`, which isn't the other side of the foreign key\nhelp: remove `remote_side`, or write `");
        return Some((At::RemoteSide, paths(text, remote.class, &remote.table, columns).s("`")));
    }
    None
}

/// Those of an association table, by its two foreign keys.
const fn linked(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    association: Option<&TableDecl>,
) -> Option<(At, Text)> {
    let Some(table) = association else { return None };
    if relation.primaryjoin.is_some()
        || relation.secondaryjoin.is_some()
        || relation.foreign_keys_text.is_some()
    {
        return None;
    }
    let near = join::foreign_keys(table, me.table.name, relation.foreign_keys).first;
    let far = join::foreign_keys(table, other.table.name, relation.foreign_keys).first;
    let (Some(near), Some(far)) = (near, far) else { return None };
    let mut i = 0;
    while i < relation.foreign_keys.len() {
        let column = &relation.foreign_keys[i];
        if !(same(column.table, table.name)
            && (has(near.columns, column.name) || has(far.columns, column.name)))
        {
            let text = name(Text::new().s("`foreign_keys` names `"), column, me, other);
            return Some((
                At::ForeignKeys,
                text.s("`, which is no part of a foreign key of the association table\nhelp: remove it"),
            ));
        }
        i += 1;
    }
    None
}

/// Whether a name is among those of columns.
pub(super) const fn has(columns: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < columns.len() {
        if same(columns[i], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// The first of the named columns that isn't among those of a table.
const fn outside<'a>(named: &'a [ColumnName], table: &str, columns: &[&str]) -> Option<&'a ColumnName> {
    let mut i = 0;
    while i < named.len() {
        if !(same(named[i].table, table) && has(columns, named[i].name)) {
            return Some(&named[i]);
        }
        i += 1;
    }
    None
}

/// A column as the user names it, where it is one of the two classes.
const fn name(text: Text, column: &ColumnName, me: &ModelDecl, other: &ModelDecl) -> Text {
    if same(column.table, me.table.name) {
        paths(text, me.class, &me.table, &[column.name])
    } else if same(column.table, other.table.name) {
        paths(text, other.class, &other.table, &[column.name])
    } else {
        text.s(column.table).s(".").s(column.name)
    }
}
