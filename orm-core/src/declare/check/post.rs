//! `post_update`: a foreign key that is written by itself is `NULL` until then.

use super::complaint::{At, Problem};
use super::text::{Text, paths};
use crate::declare::join::{Join, nullable};
use crate::declare::{Direction, ForeignKeyDecl, ModelDecl, RelationDecl};
use crate::error::Code;

/// What is wrong with `post_update` of a relationship.
pub(super) const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    join: Join<'_>,
    direction: Direction,
) -> Option<Problem> {
    match text_of(me, other, relation, join, direction) {
        Some(text) => Problem::new(Code::BadOption, At::PostUpdate, text),
        None => None,
    }
}

const fn text_of(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    join: Join<'_>,
    direction: Direction,
) -> Option<Text> {
    if !relation.post_update {
        return None;
    }
    let text = Text::new();
    if matches!(direction, Direction::ManyToMany) {
        return Some(
            text.s("`post_update` writes a foreign key after its row, but the links of an association table are rows")
                .s("\nhelp: remove it; links are written after both rows anyway"),
        );
    }
    match join {
        Join::ToOne(key) if !nullable(&me.table, key) => Some(required(text, me, key)),
        Join::ToMany(key) if !nullable(&other.table, key) => Some(required(text, other, key)),
        _ => None,
    }
}

/// A foreign key that has no `NULL`.
const fn required(text: Text, class: &ModelDecl, key: &ForeignKeyDecl) -> Text {
    let text = text.s("`post_update` writes the foreign key after its row, but `");
    paths(text, class.class, &class.table, key.columns)
        .s("` may not be NULL until then\nhelp: make the column an `Option`, or remove `post_update`")
}
