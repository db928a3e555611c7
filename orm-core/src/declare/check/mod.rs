//! Checks of relationships by constant evaluation: two declarations are compared while the user's crate
//! compiles, and the message stands at the user's own token.
//!
//! What only names can tell (string targets, tables by name, conditions by hand) is left to configuration.

mod association;
mod backref;
mod column;
mod complaint;
mod named;
mod passive;
mod post;
mod reverse;
mod taken;
mod text;

use self::association::associated;
pub(crate) use self::association::{UNFILLED, is_required};
pub use self::backref::{backref_kind, check_backref, same_crate};
pub(crate) use self::backref::{flipped, kind as kind_of_backref};
pub use self::column::{References, check_generated, check_key, check_version, foreign_key, foreign_key_of};
pub(crate) use self::complaint::Problem;
pub use self::complaint::{At, Complaint, report, report_rest};
pub(crate) use self::passive::problem as passive_problem;
pub(crate) use self::reverse::problem as reverse_problem;
pub(crate) use self::taken::{all_of, says, taken};
pub(crate) use self::text::Text;
use self::text::{add_key, paths};
use super::join::{self, Join, Misfit};
use super::{Direction, ForeignKeyDecl, InnerJoin, Kind, Lazy, ModelDecl, RelationDecl, TableDecl, same};
use crate::error::Code;

/// Compares a relationship with the class at its other end. For generated code, in constants only.
#[doc(hidden)]
pub const fn check_relationship(me: &ModelDecl, other: &ModelDecl, name: &str) -> Option<Complaint> {
    // A class with mistakes of its own has an empty declaration; its errors are enough.
    if me.class.is_empty() || other.class.is_empty() {
        return None;
    }
    let Some(relation) = me.relation(name) else { return None };
    let with_taken = match (relation.back_populates, relation.backref) {
        (Some(back), None) => match other.relation(back) {
            Some(reverse) => taken(me, other, relation, reverse),
            None => None,
        },
        _ => None,
    };
    let relation = match &with_taken {
        Some(relation) => relation,
        None => relation,
    };
    let join = join::join(me, other, relation);
    let found = match problem_of(me, other, relation, taken::table(relation), join) {
        Some(problem) => Some(problem),
        None => back_problem(me, other, relation, join),
    };
    match found {
        Some(problem) => {
            let text =
                Text::new().s("relationship `").s(me.class).s(".").s(name).s("`: ").text(&problem.text);
            Some(Complaint::new(problem.at, text))
        }
        None => None,
    }
}

/// A relationship to [`AnyClass`](crate::AnyClass) that doesn't name the class. For generated code, in constants
/// only.
///
/// # Panics
/// Always, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn unnamed_class(class: &str, name: &str) {
    let message = Text::new().s("relationship `").s(class).s(".").s(name);
    let message = message.s("`: `AnyClass` doesn't say which class\nhelp: add `target = \"Post\"`");
    panic!("{}", message.as_str());
}

/// At the columns that are named to choose a foreign key, where they are.
const fn at_keys(relation: &RelationDecl) -> At {
    if relation.foreign_keys.is_empty() { At::Type } else { At::ForeignKeys }
}

/// What is wrong with a relationship, as far as foreign keys and declarations tell. `association` is its association
/// table where that is known.
pub(crate) const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    association: Option<&TableDecl>,
) -> Option<Problem> {
    problem_of(me, other, relation, association, join::join(me, other, relation))
}

/// That, with what joins the classes.
pub(crate) const fn problem_of(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    association: Option<&TableDecl>,
    join: Join<'_>,
) -> Option<Problem> {
    if relation.kind.is_large() && loads(relation) {
        return Problem::new(Code::BadOption, At::Type, never_loaded(relation));
    }
    if let Some(table) = association
        && relation.foreign_keys_text.is_none()
        && let Some(text) = associated(me, other, relation, table)
    {
        return Problem::new(Code::JoinCondition, At::Secondary, text);
    }
    if let Some(table) = association
        && let Some(text) = association::unfilled(me, other, relation, table)
    {
        return Problem::new(Code::BadTable, At::Secondary, text);
    }
    if let Some(text) = missed(other, relation) {
        return Problem::new(Code::BadOption, At::Type, text);
    }
    if let Some(text) = unnumbered(other, relation) {
        return Problem::new(Code::BadOption, At::Type, text);
    }
    let code = Code::JoinCondition;
    match join {
        Join::Missing => return Problem::new(code, at_keys(relation), missing(me, other, relation)),
        Join::Several => return Problem::new(code, at_keys(relation), several(me, other, relation)),
        Join::WhichSide(key) => return Problem::new(code, At::Type, which_side(me, key)),
        Join::BadRemoteSide(key) => return Problem::new(code, At::RemoteSide, bad_remote_side(me, key)),
        Join::ToOne(key) => {
            if let Some(text) = to_one(me, other, relation, key) {
                return Problem::new(Code::BadOption, At::Type, text);
            }
        }
        Join::ToMany(_) | Join::Association | Join::Unknown => {}
    }
    if let Some((at, text)) = named::problem(me, other, relation, association, join) {
        return Problem::new(Code::JoinCondition, at, text);
    }
    if let Some(direction) = join.direction() {
        if let Some(misfit) = join::misfit(relation.kind, direction) {
            return Problem::new(Code::BadOption, At::Type, unfit(me, other, join, misfit));
        }
        if join::shares_orphans(relation, direction) {
            return Problem::new(Code::BadOption, At::Cascade, shared_orphans(other, direction));
        }
        if relation.single_parent && relation.kind.is_many() && matches!(direction, Direction::OneToMany) {
            return Problem::new(Code::BadOption, At::SingleParent, only_parent(other));
        }
        if let Some(problem) = post::problem(me, other, relation, join, direction) {
            return Some(problem);
        }
        if let Some(problem) = passive::problem_of(me, other, relation, association, (join, direction)) {
            return Some(problem);
        }
    }
    None
}

/// A list can't keep places in a column that nobody sets.
const fn unnumbered(other: &ModelDecl, relation: &RelationDecl) -> Option<Text> {
    let Some(ordered) = &relation.ordered_by else { return None };
    let place = ordered.column.index();
    if place >= other.table.columns.len() || !other.table.columns[place].is_only_read() {
        return None;
    }
    let text =
        Text::new().s("nothing can set `").s(other.class).s(".").s(other.table.columns[place].attribute);
    Some(text.s("`, in which the list is to keep the places of its items\nhelp: write `order_by` to have it sorted by that"))
}

/// Whether a relationship says how it is loaded.
pub(crate) const fn loads(relation: &RelationDecl) -> bool {
    !matches!(relation.lazy, Lazy::Select)
        || relation.join_depth.is_some()
        || !matches!(relation.inner_join, InnerJoin::No)
}

const fn never_loaded(relation: &RelationDecl) -> Text {
    let name = if matches!(relation.kind, Kind::Dynamic) { "Dynamic" } else { "WriteOnly" };
    Text::new()
        .s("a `")
        .s(name)
        .s("` collection is never loaded\nhelp: remove what says how, `lazy` and the like")
}

/// What is wrong with the reverse side of a relationship.
const fn back_problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    join: Join<'_>,
) -> Option<Problem> {
    let (Some(back), None) = (relation.back_populates, relation.backref) else { return None };
    let reverse = other.relation(back);
    if let Some(text) = reverse::problem(me, other, relation, join, back, reverse) {
        return Problem::new(Code::ReverseSide, At::BackPopulates, text);
    }
    match reverse {
        Some(reverse) if reverse.viewonly && matches!(relation.sync_backref, Some(true)) => {
            Problem::new(Code::BadOption, At::SyncBackref, reverse::never_synced())
        }
        _ => None,
    }
}

/// What is wrong with a relationship by a condition of the user's own, whose direction configuration has found.
pub(crate) const fn problem_by_direction(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    direction: Direction,
) -> Option<Problem> {
    if let Some(misfit) = join::misfit(relation.kind, direction) {
        return Problem::new(Code::BadOption, At::Type, unfit(me, other, Join::Unknown, misfit));
    }
    if join::shares_orphans(relation, direction) {
        return Problem::new(Code::BadOption, At::Cascade, shared_orphans(other, direction));
    }
    if relation.single_parent && relation.kind.is_many() && matches!(direction, Direction::OneToMany) {
        return Problem::new(Code::BadOption, At::SingleParent, only_parent(other));
    }
    post::problem(me, other, relation, Join::Unknown, direction)
}

const fn missing(me: &ModelDecl, other: &ModelDecl, relation: &RelationDecl) -> Text {
    let (child, parent) = if relation.kind.is_many() { (other, me) } else { (me, other) };
    let text = if relation.foreign_keys.is_empty() {
        Text::new().s("no foreign key joins `").s(me.class).s("` and `").s(other.class).s("`")
    } else {
        let text = Text::new().s("`foreign_keys` is no foreign key between `");
        let text = text.s(me.class).s("` and `").s(other.class).s("`");
        if join::foreign_keys(&child.table, parent.table.name, &[]).count > 0 {
            return choices(text.s("\nhelp: write `foreign_keys = "), child, parent);
        }
        text
    };
    add_key(text.s("\nhelp: add "), Some(child), parent).s(",\nor give the condition by `primaryjoin`")
}

const fn several(me: &ModelDecl, other: &ModelDecl, relation: &RelationDecl) -> Text {
    let mine = join::foreign_keys(&me.table, other.table.name, relation.foreign_keys);
    // A collection most likely wants a foreign key of the other class, a single object one of its own.
    let own = (!relation.kind.is_many() || same(me.table.name, other.table.name)) && mine.count > 0;
    let (child, parent) = if own { (me, other) } else { (other, me) };
    let text = Text::new()
        .s("several foreign keys join `")
        .s(me.class)
        .s("` and `")
        .s(other.class)
        .s("`\nhelp: say which: `foreign_keys = ");
    choices(text, child, parent)
}

/// The foreign keys of a class to another, to choose from.
const fn choices(mut text: Text, child: &ModelDecl, parent: &ModelDecl) -> Text {
    let mut shown = 0;
    let mut i = 0;
    while i < child.table.foreign_keys.len() && shown < 3 {
        let key = &child.table.foreign_keys[i];
        if same(key.table, parent.table.name) {
            if shown > 0 {
                text = text.s("` or `");
            }
            text = paths(text, child.class, &child.table, key.columns);
            shown += 1;
        }
        i += 1;
    }
    text.s("`")
}

const fn which_side(me: &ModelDecl, key: &ForeignKeyDecl) -> Text {
    let text =
        Text::new().s("a class related to itself doesn't show which side this is\nhelp: add `remote_side = ");
    let text = paths(text, me.class, &me.table, key.references).s("` for the parent, or `remote_side = ");
    paths(text, me.class, &me.table, key.columns).s("` for the child")
}

const fn bad_remote_side(me: &ModelDecl, key: &ForeignKeyDecl) -> Text {
    let text = Text::new().s("`remote_side` is neither side of the foreign key\nhelp: write `remote_side = ");
    let text = paths(text, me.class, &me.table, key.references).s("` for the parent, or `remote_side = ");
    paths(text, me.class, &me.table, key.columns).s("` for children")
}

/// A field that is required, where the row of the key may be none of a query's.
const fn missed(other: &ModelDecl, relation: &RelationDecl) -> Option<Text> {
    match relation.kind {
        Kind::One if relation.rows.is_some() => Some(
            Text::new()
                .s("`One` is required, but the query of `rows` may lack the row\nhelp: write `Option<One<")
                .s(other.class)
                .s(">>`"),
        ),
        _ => None,
    }
}

/// Whether the field is required just as the foreign key is.
const fn to_one(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    key: &ForeignKeyDecl,
) -> Option<Text> {
    let nullable = join::nullable(&me.table, key);
    match relation.kind {
        Kind::One if nullable => Some(
            paths(Text::new().s("`One` is required, but `"), me.class, &me.table, key.columns)
                .s("` may be NULL\nhelp: write `Option<One<")
                .s(other.class)
                .s(">>`, or take the `Option` off the column"),
        ),
        Kind::OptionalOne if !nullable && relation.rows.is_none() => Some(
            paths(Text::new().s("`Option<One>` may be absent, but `"), me.class, &me.table, key.columns)
                .s("` is required\nhelp: write `One<")
                .s(other.class)
                .s(">`, or make the column an `Option`"),
        ),
        Kind::List
        | Kind::Set
        | Kind::Map
        | Kind::WriteOnly
        | Kind::Dynamic
        | Kind::One
        | Kind::OptionalOne => None,
    }
}

/// A field that can't hold what the relationship leads to.
const fn unfit(me: &ModelDecl, other: &ModelDecl, join: Join<'_>, misfit: Misfit) -> Text {
    let text = Text::new();
    match misfit {
        Misfit::CollectionOverOwnKey => {
            let (text, nullable) = match join {
                Join::ToOne(key) => {
                    let text = paths(text.s("the foreign key `"), me.class, &me.table, key.columns).s("`");
                    (text, join::nullable(&me.table, key))
                }
                _ => (text.s("the foreign key"), true),
            };
            let (open, close) = if nullable { ("Option<One<", ">>`") } else { ("One<", ">`") };
            text.s(" is on this side, so there is one `")
                .s(other.class)
                .s("` at most\nhelp: write `")
                .s(open)
                .s(other.class)
                .s(close)
                .s(", or move the foreign key to `")
                .s(other.class)
                .s("`")
        }
        Misfit::RequiredOverOtherKey => {
            // The row may not exist: no column of this side can promise it.
            let text = match join {
                Join::ToMany(key) => {
                    paths(text.s("the foreign key `"), other.class, &other.table, key.columns).s("`")
                }
                _ => text.s("the foreign key"),
            };
            optional(text.s(" is on the other side, so there may be no `"), other)
        }
        Misfit::RequiredOverAssociation => {
            optional(text.s("the association table may hold no row, so there may be no `"), other)
        }
    }
}

const fn optional(text: Text, other: &ModelDecl) -> Text {
    text.s(other.class).s("`\nhelp: write `Option<One<").s(other.class).s(">>`")
}

/// `single_parent` where an object can't have two.
const fn only_parent(other: &ModelDecl) -> Text {
    Text::new()
        .s("`single_parent`, but the foreign key is on the other side, so that each `")
        .s(other.class)
        .s("` has one parent anyway\nhelp: remove it")
}

const fn shared_orphans(other: &ModelDecl, direction: Direction) -> Text {
    let text = Text::new().s("\"delete-orphan\" where ");
    let text = match direction {
        Direction::ManyToMany => text.s("a `").s(other.class).s("` may have several parents (many to many)"),
        Direction::ManyToOne | Direction::OneToMany => {
            text.s("several objects may share one `").s(other.class).s("` (many to one)")
        }
    };
    text.s("\nhelp: remove it, or add `single_parent` if each `").s(other.class).s("` has only one parent")
}

#[cfg(test)]
mod tests;
