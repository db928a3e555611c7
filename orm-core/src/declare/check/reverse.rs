//! The other side of a relationship: there, of the right class, pointing back, and of the other direction.

use super::super::join::{Join, join, nullable, same_key};
use super::super::{ModelDecl, RelationDecl, SecondaryDecl, TargetDecl, same};
use super::taken::taken;
use super::text::{Text, paths};

/// What is wrong with the reverse side `back`, which is `reverse` if the class has it.
pub(crate) const fn problem(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    mine: Join<'_>,
    back: &str,
    reverse: Option<&RelationDecl>,
) -> Option<Text> {
    let Some(reverse) = reverse else { return Some(absent(me, other, relation, mine, back)) };
    if same(relation.name, back) && is(me, other.class, other.module) {
        return Some(at(other, back).s("is itself\nhelp: name the relationship that leads the other way"));
    }
    if let TargetDecl::Class { class, module, .. } = reverse.target
        && !is(me, class, module)
    {
        let text = at(other, back).s("leads to `");
        // Two classes of one name are told apart by their modules.
        let text = if same(class, me.class) { text.s(module).s("::") } else { text };
        return Some(suggest(
            text.s(class).s("`, not back to `").s(me.class).s("`"),
            me,
            other,
            relation.name,
        ));
    }
    match reverse.back_populates {
        Some(name) if same(name, relation.name) && relation.one_way => {
            return Some(at(other, back).s("leads back, so that it isn't one way\nhelp: remove `one_way`"));
        }
        Some(name) if same(name, relation.name) => {}
        None if relation.one_way => {}
        Some(name) => {
            return Some(
                at(other, back)
                    .s("names `")
                    .s(name)
                    .s("` as its own\nhelp: let it say `back_populates = \"")
                    .s(relation.name)
                    .s("\"`"),
            );
        }
        None => {
            return Some(
                at(other, back)
                    .s("doesn't point back\nhelp: add `back_populates = \"")
                    .s(relation.name)
                    .s("\"` to it, or `one_way` here, if its changes aren't to reach this side"),
            );
        }
    }
    let theirs = match taken(other, me, reverse, relation) {
        Some(reverse) => join(other, me, &reverse),
        None => join(other, me, reverse),
    };
    direction(me, other, mine, reverse, theirs, back, relation)
}

/// Of a relationship whose changes are to reach a reverse side that is only read.
pub(crate) const fn never_synced() -> Text {
    Text::new()
        .s("`sync_backref`, but its reverse side is only read (`viewonly`)\nhelp: remove `sync_backref`")
}

/// How a message about the reverse side begins. It is composed where there is a mistake only: each letter costs the
/// compiler, for each relationship.
const fn at(other: &ModelDecl, back: &str) -> Text {
    Text::new().s("its reverse side `").s(other.class).s(".").s(back).s("` ")
}

/// No relationship of that name.
const fn absent(
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    mine: Join<'_>,
    back: &str,
) -> Text {
    let mut i = 0;
    while i < other.table.columns.len() {
        if same(other.table.columns[i].attribute, back) {
            let text = Text::new()
                .s("its reverse side `")
                .s(other.class)
                .s(".")
                .s(back)
                .s("` is a column, not a relationship");
            return suggest(text, me, other, relation.name);
        }
        i += 1;
    }
    let text = Text::new().s("`").s(other.class).s("` has no relationship `").s(back).s("`");
    if leads_back(me, other, relation.name).is_some() {
        return suggest(text, me, other, relation.name);
    }
    let text =
        text.s("\nhelp: add to `").s(other.class).s("` the field\n`#[relationship(back_populates = \"");
    let text = options(text.s(relation.name).s("\""), me, other, relation, mine);
    let (open, close) = match mine {
        Join::ToMany(key) if nullable(&other.table, key) => ("Option<One<", ">>"),
        Join::ToMany(_) => ("One<", ">"),
        _ => ("Many<", ">"),
    };
    text.s(")] ").s(back).s(": ").s(open).s(me.class).s(close).s("`")
}

/// What the reverse side has to say besides, so that it is joined by the same columns.
const fn options(
    text: Text,
    me: &ModelDecl,
    other: &ModelDecl,
    relation: &RelationDecl,
    mine: Join<'_>,
) -> Text {
    let is_itself = same(me.table.name, other.table.name);
    let text = match relation.secondary {
        SecondaryDecl::Table(table) | SecondaryDecl::Rows(table, _) => {
            text.s(", secondary = \"").s(table.name).s("\"")
        }
        SecondaryDecl::Named(name) => text.s(", secondary = \"").s(name).s("\""),
        SecondaryDecl::Query(_) | SecondaryDecl::None => text,
    };
    let (child, key) = match mine {
        Join::ToOne(key) => (me, key),
        Join::ToMany(key) => (other, key),
        _ => return text,
    };
    let text = if relation.foreign_keys.is_empty() {
        text
    } else {
        paths(text.s(", foreign_keys = "), child.class, &child.table, key.columns)
    };
    match mine {
        Join::ToMany(key) if is_itself => {
            paths(text.s(", remote_side = "), me.class, &me.table, key.references)
        }
        _ => text,
    }
}

/// Names a relationship that does lead back, if there is any.
const fn suggest(text: Text, me: &ModelDecl, other: &ModelDecl, own: &str) -> Text {
    match leads_back(me, other, own) {
        Some(name) => text.s("\nhelp: write `back_populates = \"").s(name).s("\"`"),
        None => text
            .s("\nhelp: name a relationship of `")
            .s(other.class)
            .s("` that leads to `")
            .s(me.class)
            .s("`"),
    }
}

/// Whether a class is the one of that name in that module.
const fn is(me: &ModelDecl, class: &str, module: &str) -> bool {
    same(me.class, class) && same(me.module, module)
}

/// A relationship of the other class that leads back to the class, has no other reverse side, and isn't the one that looks
/// for it.
const fn leads_back<'a>(me: &ModelDecl, other: &'a ModelDecl, own: &str) -> Option<&'a str> {
    let mut i = 0;
    while i < other.relations.len() {
        let name = other.relations[i].name;
        let is_free = match other.relations[i].back_populates {
            Some(back) => same(back, own),
            None => true,
        };
        if let TargetDecl::Class { class, module, .. } = other.relations[i].target
            && is(me, class, module)
            && is_free
            && !(same(name, own) && is(me, other.class, other.module))
        {
            return Some(name);
        }
        i += 1;
    }
    None
}

const fn direction(
    me: &ModelDecl,
    other: &ModelDecl,
    mine: Join<'_>,
    reverse: &RelationDecl,
    theirs: Join<'_>,
    back: &str,
    relation: &RelationDecl,
) -> Option<Text> {
    match (mine, theirs) {
        (Join::ToMany(a), Join::ToMany(_)) => {
            let text = at(other, back).s("goes the same way, from one to many");
            Some(if same(me.table.name, other.table.name) {
                paths(text.s("\nhelp: add `remote_side = "), me.class, &me.table, a.references)
                    .s("` to the side that holds the parent")
            } else {
                text.s(SAME_KEYS)
            })
        }
        (Join::ToOne(_), Join::ToOne(a)) => {
            let text = at(other, back).s("goes the same way, from many to one");
            Some(if same(me.table.name, other.table.name) {
                paths(text.s("\nhelp: `remote_side = "), me.class, &me.table, a.references)
                    .s("` belongs only on the side that holds the parent")
            } else {
                text.s(SAME_KEYS)
            })
        }
        (Join::ToOne(a), Join::ToMany(b)) | (Join::ToMany(a), Join::ToOne(b)) if !same_key(a, b) => Some(
            at(other, back)
                .s("goes by another foreign key\nhelp: write the same `foreign_keys` on both sides"),
        ),
        (Join::Association, Join::ToOne(_) | Join::ToMany(_)) => {
            Some(at(other, back).s("has no `secondary`\nhelp: give both sides the same table, or neither"))
        }
        (Join::ToOne(_) | Join::ToMany(_), Join::Association) => {
            Some(at(other, back).s("has a `secondary`\nhelp: give both sides the same table, or neither"))
        }
        (Join::Association, Join::Association) => match (relation.secondary, reverse.secondary) {
            (SecondaryDecl::Table(a), SecondaryDecl::Table(b)) if !same(a.name, b.name) => Some(
                at(other, back)
                    .s("goes by another table, `")
                    .s(b.name)
                    .s("`\nhelp: give both sides the same `secondary`"),
            ),
            _ => None,
        },
        _ => None,
    }
}

const SAME_KEYS: &str = "\nhelp: write the same `foreign_keys` on both sides";
