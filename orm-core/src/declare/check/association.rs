//! What is wrong with an association table.

use super::super::join::{self, Found};
use super::super::{ColumnDecl, ModelDecl, RelationDecl, TableDecl, same};
use super::named::has;
use super::text::{Text, add_key};

/// An association table: a foreign key to either side, and only one of each.
pub(super) const fn associated(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    table: &TableDecl,
) -> Option<Text> {
    let both = same(me.table.name, other.table.name);
    if relation.primaryjoin.is_none() {
        let found = join::foreign_keys(table, me.table.name, relation.foreign_keys);
        if let Some(text) = one_of(me, table, found, relation, both) {
            return Some(text);
        }
    }
    if relation.secondaryjoin.is_none() {
        let found = join::foreign_keys(table, other.table.name, relation.foreign_keys);
        return one_of(other, table, found, relation, both);
    }
    None
}

/// That a flush can insert links: it knows the two keys, and nothing else of them. Of conditions it is configuration that
/// knows which columns a flush writes.
pub(super) const fn unfilled(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    table: &TableDecl,
) -> Option<Text> {
    if relation.viewonly
        || relation.primaryjoin.is_some()
        || relation.secondaryjoin.is_some()
        || relation.foreign_keys_text.is_some()
    {
        return None;
    }
    let near = join::foreign_keys(table, me.table.name, relation.foreign_keys).first;
    let far = join::foreign_keys(table, other.table.name, relation.foreign_keys).first;
    let (Some(near), Some(far)) = (near, far) else { return None };
    let mut i = 0;
    while i < table.columns.len() {
        let column = &table.columns[i];
        if is_required(column) && !has(near.columns, column.name) && !has(far.columns, column.name) {
            let text = Text::new().s("the association table needs `").s(table.name).s(".").s(column.name);
            return Some(text.s("`, which no link has\nhelp: ").s(UNFILLED));
        }
        i += 1;
    }
    None
}

/// What mends an association table with a column that no link fills.
pub(crate) const UNFILLED: &str =
    "make it an `Option`, give it a default, or write `viewonly` and add rows by a class of that table";

/// Whether a row needs a value of the column, which neither a default nor the database makes.
pub(crate) const fn is_required(column: &ColumnDecl) -> bool {
    !column.nullable
        && !column.db_generated
        && !column.made.on_insert
        && column.made.computed.is_none()
        && column.server_default.is_none()
        && column.default.is_none()
        && column.expression.is_none()
}

const fn one_of(
    side: &ModelDecl,
    table: &TableDecl,
    found: Found<'_>,
    relation: &RelationDecl,
    both: bool,
) -> Option<Text> {
    if found.count == 1 {
        return None;
    }
    let text = Text::new().s("the association table, `").s(table.name);
    match found.count {
        0 => {
            let text = if relation.foreign_keys.is_empty() {
                text.s("`, has no foreign key to `")
            } else {
                text.s("`, has none of the `foreign_keys` to `")
            };
            Some(
                add_key(text.s(side.class).s("`\nhelp: add "), None, side)
                    .s(",\nor give the conditions by `primaryjoin` and `secondaryjoin`"),
            )
        }
        _ => {
            let mut text = text.s("`, has several foreign keys to `").s(side.class).s("`: ");
            let mut shown = 0;
            let mut i = 0;
            while i < table.foreign_keys.len() {
                let key = &table.foreign_keys[i];
                if same(key.table, side.table.name) && !key.columns.is_empty() {
                    text = text.s(if shown > 0 { ", `" } else { "`" }).s(key.columns[0]).s("`");
                    shown += 1;
                }
                i += 1;
            }
            let text = text.s("\nhelp: say which one by `primaryjoin`");
            Some(text.s(if both { " and the other by `secondaryjoin`" } else { ", or by `foreign_keys`" }))
        }
    }
}
