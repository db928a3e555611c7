//! The reverse side that a relationship makes on the other class by `backref`: what it holds, and whether what is said of it
//! fits.

use super::super::join::{self, Join, just, nullable};
use super::super::{BackrefDecl, Direction, Kind, ModelDecl, RelationDecl, same};
use super::problem_of;
use super::taken::{all_of, table};
use super::text::Text;

/// What the reverse side holds that a relationship of that name makes.
pub const fn backref_kind(me: &ModelDecl, other: &ModelDecl, name: &str) -> Kind {
    match me.relation(name) {
        Some(relation) => kind(me, other, relation, join::join(me, other, relation).direction()),
        // A class with mistakes of its own has an empty declaration.
        None => Kind::OptionalOne,
    }
}

/// What the reverse side of a relationship of a direction holds. Where only configuration will know the direction, the
/// relationship's own kind tells: a collection has its foreign key on the other side.
pub(crate) const fn kind(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    direction: Option<Direction>,
) -> Kind {
    match relation.backref {
        Some(BackrefDecl::Set) => return Kind::Set,
        Some(BackrefDecl::WriteOnly) => return Kind::WriteOnly,
        Some(BackrefDecl::Dynamic) => return Kind::Dynamic,
        Some(BackrefDecl::Plain | BackrefDecl::One) | None => {}
    }
    let is_one = matches!(relation.backref, Some(BackrefDecl::One));
    match direction {
        Some(Direction::OneToMany) => match join::join(me, other, relation) {
            Join::ToMany(key) if !nullable(&other.table, key) => Kind::One,
            _ => Kind::OptionalOne,
        },
        Some(Direction::ManyToOne | Direction::ManyToMany) if !is_one => Kind::List,
        None if !is_one && !relation.kind.is_many() => Kind::List,
        Some(Direction::ManyToOne | Direction::ManyToMany) | None => Kind::OptionalOne,
    }
}

/// Compares the reverse side that a relationship makes with both classes. For generated code, in constants only.
///
/// # Panics
/// Where something doesn't fit, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn check_backref(me: &ModelDecl, other: &ModelDecl, name: &str, reverse: &RelationDecl) {
    if me.class.is_empty() || other.class.is_empty() {
        return;
    }
    let Some(relation) = me.relation(name) else { return };
    let join = join::join(me, other, relation);
    // What is wrong with the relationship itself is told there.
    if problem_of(me, other, relation, table(relation), join).is_some() {
        return;
    }
    if let Some(text) = problem(me, other, relation, reverse, join) {
        let message = Text::new().s("relationship `").s(me.class).s(".").s(name).s("`: its backref `");
        let message = message.s(reverse.name).s("`: ").text(&text);
        panic!("{}", message.as_str());
    }
}

const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    reverse: &RelationDecl,
    join: Join<'_>,
) -> Option<Text> {
    if let Some(word) = word(relation.backref)
        && matches!(join.direction(), Some(Direction::OneToMany))
    {
        let text =
            Text::new().s("it leads to one `").s(me.class).s("`, which is no collection\nhelp: remove `");
        return Some(text.s(word).s("`"));
    }
    let whole = all_of(relation, reverse);
    let own = join::join(other, me, &whole);
    let back = flipped(join);
    if !reverse.remote_side.is_empty()
        && let (Join::ToOne(key) | Join::ToMany(key), true) = (back, same(me.table.name, other.table.name))
        && !just(
            reverse.remote_side,
            me.table.name,
            if matches!(back, Join::ToOne(_)) { key.references } else { key.columns },
        )
    {
        let text = Text::new().s("its `remote_side` isn't the near side of `").s(me.class).s(".");
        return Some(text.s(relation.name).s("`\nhelp: remove it; the reverse side follows from that one"));
    }
    let back = if reverse.primaryjoin.is_some() { own } else { back };
    match problem_of(other, me, &whole, table(&whole), back) {
        Some(problem) => Some(problem.text),
        None => None,
    }
}

/// The word for a collection, where `backref` has one.
const fn word(backref: Option<BackrefDecl>) -> Option<&'static str> {
    match backref {
        Some(BackrefDecl::Set) => Some("set"),
        Some(BackrefDecl::WriteOnly) => Some("write_only"),
        Some(BackrefDecl::Dynamic) => Some("dynamic"),
        Some(BackrefDecl::Plain | BackrefDecl::One) | None => None,
    }
}

/// What joins the classes, as the other one sees it.
pub(crate) const fn flipped(join: Join<'_>) -> Join<'_> {
    match join {
        Join::ToOne(key) => Join::ToMany(key),
        Join::ToMany(key) => Join::ToOne(key),
        other => other,
    }
}

/// That both classes stand in one crate: the other one gets an item.
///
/// # Panics
/// Where they don't, which is the compile error.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn same_crate(me: &ModelDecl, other: &ModelDecl, name: &str) {
    if me.class.is_empty() || other.class.is_empty() || same(root(me.module), root(other.module)) {
        return;
    }
    let message = Text::new().s("relationship `").s(me.class).s(".").s(name).s("`: `backref` adds to `");
    let message = message.s(other.class).s("`, which is a class of another crate, `").s(root(other.module));
    let message = message
        .s("`\nhelp: remove `backref`, or name the class by a text: `AnyClass` in the type and \
         `target = \"")
        .s(other.class)
        .s("\"`; the reverse side is then there by name");
    panic!("{}", message.as_str());
}

/// The crate of a module.
const fn root(module: &str) -> &str {
    let bytes = module.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b':' {
            return module.split_at(i).0;
        }
        i += 1;
    }
    module
}
