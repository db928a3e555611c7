//! What is wrong with an association table.

use super::super::join::{self, Found};
use super::super::{ModelDecl, RelationDecl, TableDecl, same};
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
