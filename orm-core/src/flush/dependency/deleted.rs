//! What a flush has to know of the relationships of an object that it deletes.

use super::super::rules::FlushRules;
use crate::declare::PassiveDeletes;
use crate::mapper::Relation;
use crate::state::read::reach::ReadOptions;

/// How far it is looked for what a relationship of a deleted object leads to: what isn't loaded may be the database's.
pub(in crate::flush) fn of_deleted(rules: FlushRules, relation: &Relation) -> ReadOptions {
    match relation.passive_deletes() {
        PassiveDeletes::No => ReadOptions::DATABASE,
        PassiveDeletes::Unloaded | PassiveDeletes::All if rules.counts_queued => {
            ReadOptions::MEMORY.with_queued()
        }
        PassiveDeletes::Unloaded | PassiveDeletes::All => ReadOptions::MEMORY,
    }
}
