//! What each direction of a relationship adds to a flush: objects before it, columns and rows in it.

mod deleted;
mod many_to_many;
mod many_to_one;
mod one_to_many;
mod orphans;
mod outside;
mod rekeyed;

pub(super) use self::deleted::of_deleted;
pub(super) use self::rekeyed::{holds_key, move_rows, search, values};
use super::context::Flush;
use super::plan::{ItemId, Verb};
use crate::error::Result;
use crate::mapper::{Direction, Relation};

/// Brings in the objects that depend on these.
pub(super) fn presort(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    verb: Verb,
    items: &[ItemId],
) -> Result<()> {
    match (relation.direction(), verb) {
        (Direction::OneToMany, Verb::Delete) => one_to_many::presort_deletes(flush, relation, items),
        (Direction::OneToMany, Verb::Save) => one_to_many::presort_saves(flush, relation, items),
        (Direction::ManyToOne, Verb::Delete) => many_to_one::presort_deletes(flush, relation, items),
        (Direction::ManyToOne, Verb::Save) => many_to_one::presort_saves(flush, relation, items),
        (Direction::ManyToMany, Verb::Delete) => many_to_many::presort_deletes(flush, relation, items),
        (Direction::ManyToMany, Verb::Save) => many_to_many::presort_saves(flush, relation, items),
    }
}

/// Writes what the relationship of these objects asks for.
pub(super) fn process(
    flush: &mut Flush<'_>,
    relation: &'static Relation,
    verb: Verb,
    items: &[ItemId],
) -> Result<()> {
    match (relation.direction(), verb) {
        (Direction::OneToMany, Verb::Delete) => one_to_many::process_deletes(flush, relation, items),
        (Direction::OneToMany, Verb::Save) => one_to_many::process_saves(flush, relation, items),
        (Direction::ManyToOne, Verb::Delete) => many_to_one::process_deletes(flush, relation, items),
        (Direction::ManyToOne, Verb::Save) => many_to_one::process_saves(flush, relation, items),
        (Direction::ManyToMany, Verb::Delete) => many_to_many::process_deletes(flush, relation, items),
        (Direction::ManyToMany, Verb::Save) => many_to_many::process_saves(flush, relation, items),
    }
}
