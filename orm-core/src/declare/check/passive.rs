//! `passive_deletes` and `passive_updates`: what they leave to the database, the foreign key has to do, and nothing else.

use super::complaint::At;
use super::text::{Text, paths};
use super::{Join, Problem};
use crate::declare::join::{self, nullable};
use crate::declare::{
    Cascade, Direction, ForeignKeyDecl, Kind, ModelDecl, PassiveDeletes, ReferentialAction, RelationDecl,
    TableDecl,
};
use crate::error::Code;
use crate::sql::in_one_schema;

/// What is wrong with what a relationship leaves to the database, where declared foreign keys join it. `association` is
/// its association table where that is known.
pub(super) const fn problem_of(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    association: Option<&TableDecl>,
    (join, direction): (Join<'_>, Direction),
) -> Option<Problem> {
    let key = match (join, association) {
        (Join::ToOne(key), _) => Some((&me.table, key)),
        (Join::ToMany(key), _) => Some((&other.table, key)),
        (Join::Association, Some(table))
            if relation.primaryjoin.is_none() && relation.foreign_keys_text.is_none() =>
        {
            match join::foreign_keys(table, me.table.name, relation.foreign_keys).first {
                Some(key) => Some((table, key)),
                None => None,
            }
        }
        _ => None,
    };
    problem(me, other, relation, direction, key)
}

/// The same where configuration has found the direction, and the foreign key of the table that has it.
pub(crate) const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    direction: Direction,
    key: Option<(&TableDecl, &ForeignKeyDecl)>,
) -> Option<Problem> {
    if let Some(text) = of_deletes(me, other, relation, direction, key) {
        return Problem::new(Code::BadOption, At::PassiveDeletes, text);
    }
    match of_updates(relation, key) {
        Some(text) => Problem::new(Code::BadOption, At::PassiveUpdates, text),
        None => None,
    }
}

/// What is wrong with `passive_updates`, by which the flush changes foreign keys.
const fn of_updates(relation: &RelationDecl, key: Option<(&TableDecl, &ForeignKeyDecl)>) -> Option<Text> {
    if relation.passive_updates {
        return None;
    }
    let text = Text::new();
    if relation.viewonly {
        return Some(
            text.s("`passive_updates` is for what a flush writes, and this is only read\nhelp: remove it"),
        );
    }
    if matches!(relation.kind, Kind::WriteOnly) {
        return Some(
            text.s("`passive_updates = false` has a flush load what refers to a changed key, but `WriteOnly` isn't loaded")
                .s("\nhelp: leave it to the database, by `on_update = \"cascade\"` at the foreign key"),
        );
    }
    match key {
        Some((table, key)) if matches!(key.on_update, Some(ReferentialAction::Cascade)) => Some(
            text.s("`passive_updates = false` has a flush change `")
                .s(table.name)
                .s(".")
                .s(key.columns[0])
                .s("`, which the database does already\nhelp: remove it, or `on_update = \"cascade\"`"),
        ),
        _ => None,
    }
}

/// What is wrong with `passive_deletes` of a relationship. `key` is the foreign key to the class of the relationship with
/// the table that has it, where one is declared.
const fn of_deletes(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    direction: Direction,
    key: Option<(&TableDecl, &ForeignKeyDecl)>,
) -> Option<Text> {
    let leaves_all = match relation.passive_deletes {
        PassiveDeletes::No => return None,
        PassiveDeletes::Unloaded => false,
        PassiveDeletes::All => true,
    };
    let text = Text::new();
    if matches!(direction, Direction::ManyToOne) {
        return Some(
            text.s("`passive_deletes` is about rows that refer to a deleted one, but the foreign key is on this side")
                .s("\nhelp: write it on the side of `")
                .s(other.class)
                .s("`"),
        );
    }
    let deletes = relation.cascade.has(Cascade::DELETE);
    if leaves_all && (deletes || relation.cascade.has(Cascade::DELETE_ORPHAN)) {
        return Some(
            text.s("`passive_deletes = \"all\"` leaves the related rows to the database, and the cascade deletes them")
                .s("\nhelp: write `passive_deletes`, or take the cascade off"),
        );
    }
    // The database may have a trigger, or refuse.
    if leaves_all {
        return None;
    }
    let Some((table, key)) = key else { return None };
    if !in_one_schema(table.name, key.table) {
        let text = text.s("`passive_deletes` leaves rows of `").s(table.name).s("` to the database, and `");
        return Some(
            text.s(key.table)
                .s("` is in another schema,\nwhich no foreign key leads to\nhelp: remove `passive_deletes`"),
        );
    }
    if matches!(direction, Direction::ManyToMany) {
        return if matches!(key.on_delete, Some(ReferentialAction::Cascade)) {
            None
        } else {
            let text =
                text.s("`passive_deletes` leaves links that aren't loaded to the database, which keeps them");
            let text = text.s("\nhelp: add `on_delete = \"cascade\"` to the foreign key of `").s(table.name);
            Some(text.s("` to `").s(me.class).s("`, or remove `passive_deletes`"))
        };
    }
    let text =
        text.s("`passive_deletes` leaves each `").s(other.class).s("` that isn't loaded to the database, ");
    let text = match (deletes, key.on_delete) {
        (true, Some(ReferentialAction::Cascade)) | (false, Some(ReferentialAction::SetNull)) => return None,
        (true, _) => ask(text.s("which doesn't delete it"), "cascade", other, key),
        (false, Some(ReferentialAction::Cascade)) => {
            return Some(
                text.s("which deletes it,\nwhile one that is loaded stays without a `").s(me.class).s(
                    "`\nhelp: write `cascade = \"all, delete\"` too, or `passive_deletes = \"all\"` to delete none here",
                ),
            );
        }
        (false, Some(ReferentialAction::SetDefault)) => {
            return Some(
                text.s("which sets its default,\nwhile one that is loaded gets NULL")
                    .s("\nhelp: write `passive_deletes = \"all\"`, so that all get the default"),
            );
        }
        (false, _) if !nullable(&other.table, key) => text
            .s("whose key may not be NULL")
            .s("\nhelp: write `cascade = \"all, delete\"`, and `on_delete = \"cascade\"` at the foreign key"),
        (false, Some(ReferentialAction::Restrict | ReferentialAction::NoAction) | None) => {
            ask(text.s("which refuses then"), "set null", other, key)
        }
    };
    Some(text.s(", or remove `passive_deletes`"))
}

/// Asks for an `ON DELETE`.
const fn ask(text: Text, action: &str, other: &ModelDecl, key: &ForeignKeyDecl) -> Text {
    let text = text.s("\nhelp: add `on_delete = \"").s(action).s("\"` to the foreign key `");
    paths(text, other.class, &other.table, key.columns).s("`")
}
