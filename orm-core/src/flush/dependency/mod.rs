//! What each direction of a relationship adds to a flush: objects before it, columns and rows in it.

mod many_to_many;
mod many_to_one;
mod one_to_many;
mod orphans;
mod outside;

use super::context::Flush;
use super::plan::{ItemId, Verb};
use super::rules::FlushRules;
use crate::declare::PassiveDeletes;
use crate::error::Result;
use crate::mapper::{Direction, Relation};
use crate::state::read::reach::ReadOptions;

/// How far it is looked for what a relationship of a deleted object leads to: what isn't loaded may be the database's.
pub(super) fn of_deleted(rules: FlushRules, relation: &Relation) -> ReadOptions {
    match relation.passive_deletes() {
        PassiveDeletes::No => ReadOptions::DATABASE,
        PassiveDeletes::Unloaded | PassiveDeletes::All if rules.counts_queued => {
            ReadOptions::MEMORY.with_queued()
        }
        PassiveDeletes::Unloaded | PassiveDeletes::All => ReadOptions::MEMORY,
    }
}

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
        // The rows that refer to a deleted one are those of the items themselves.
        (Direction::ManyToOne, Verb::Delete) => Ok(()),
        (Direction::ManyToOne, Verb::Save) => many_to_one::process_saves(flush, relation, items),
        (Direction::ManyToMany, Verb::Delete) => many_to_many::process_deletes(flush, relation, items),
        (Direction::ManyToMany, Verb::Save) => many_to_many::process_saves(flush, relation, items),
    }
}
