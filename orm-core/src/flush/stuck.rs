//! Rows that can't be ordered, since each needs another one first: the error, and which reference could be written later.

use super::plan::Stuck;
use super::work::Work;
use crate::error::{Code, Error};
use crate::mapper::{Direction, Mapper, MapperId, Relation};

/// The error of what comes before itself.
pub(super) fn error(work: &Work, stuck: Stuck) -> Error {
    let (class, object) = match stuck {
        Stuck::Item(item) => {
            let header = work.item(item).instance.header();
            (Some(header.mapper()), Some(header.label()))
        }
        Stuck::Class(class) => (work.class(class).map(|class| class.mapper), None),
        Stuck::Relation(relation) => (Some(work.relation(relation).mapper()), None),
    };
    let what = object.unwrap_or_else(|| "the rows".to_owned());
    let error = Error::new(
        Code::CircularDependency,
        format!("{what} can't be written before rows that need it first"),
    );
    let later = "write one of the references in a later flush";
    let error = match class.and_then(|class| in_circle(work, class)) {
        Some(relation) => error.help(format!("give {} `post_update`, or {later}", with_reverse(relation))),
        None => error.help(later),
    };
    match class {
        Some(class) => error.about(class.class(), None),
        None => error,
    }
}

/// The relationships by which the classes of a flush wait for each other, each with the class that comes first and the
/// one that comes after.
fn order(work: &Work) -> impl Iterator<Item = (MapperId, MapperId, &'static Relation)> {
    let active = work.relations().iter().filter(|of| of.active).map(|of| of.relation);
    active.filter(|relation| !relation.post_update()).filter_map(|relation| {
        let (own, target) = (relation.mapper().id(), relation.target().id());
        match relation.direction() {
            Direction::OneToMany => Some((own, target, relation)),
            Direction::ManyToOne => Some((target, own, relation)),
            Direction::ManyToMany => None,
        }
    })
}

/// A relationship of a circle, one of that class where there is one, whose foreign key may be `NULL` until it is written.
fn in_circle(work: &Work, class: &'static Mapper) -> Option<&'static Relation> {
    let may_wait = |(_, _, relation): &(MapperId, MapperId, &'static Relation)| {
        let (mapper, is_own) = match relation.direction() {
            Direction::ManyToOne => (relation.mapper(), true),
            _ => (relation.target(), false),
        };
        let mut keys = relation.pairs().iter().map(|pair| if is_own { pair.local } else { pair.remote });
        keys.all(|key| mapper.column(key).is_nullable())
    };
    let is_circle =
        |(before, after, _): &(MapperId, MapperId, &'static Relation)| leads(work, *after, *before);
    let mut found: Vec<_> = order(work).filter(may_wait).filter(is_circle).map(|(_, _, one)| one).collect();
    // What the stuck class itself says comes first, and of that the side with the key.
    found.sort_by_key(|relation| {
        (relation.mapper().id() != class.id(), relation.direction() != Direction::ManyToOne)
    });
    found.first().copied()
}

/// Whether a class comes before another, by way of others or as the same.
fn leads(work: &Work, from: MapperId, to: MapperId) -> bool {
    let mut seen = vec![from];
    let mut at = 0;
    while let Some(class) = seen.get(at).copied() {
        if class == to {
            return true;
        }
        at += 1;
        for (before, after, _) in order(work) {
            if before == class && !seen.contains(&after) {
                seen.push(after);
            }
        }
    }
    false
}

/// A relationship and its reverse side: both have to leave the foreign key to an update.
fn with_reverse(relation: &'static Relation) -> String {
    let name = |relation: &Relation| format!("`{}.{}`", relation.class(), relation.name());
    match relation.written_inverse() {
        Some(reverse) => format!("{} and {}", name(relation), name(reverse)),
        None => name(relation),
    }
}
