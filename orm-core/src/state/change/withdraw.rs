//! Taking back what an object that can't be made did to others.

use std::rc::Rc;

use crate::declare::Cascade;
use crate::error::Result;
use crate::state::change::initiator::Initiator;
use crate::state::change::{pipeline, to_many};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{large, related};

/// Takes an object that is still being made out of the collections of others that hold it. Nobody is asked. What it took from
/// others, as the only one of theirs or as the only parent of them, isn't theirs again.
///
/// # Errors
/// `busy`.
#[cold]
pub(crate) fn from_collections(instance: &Rc<Instance>) -> Result<()> {
    if !instance.header().has(Mark::RELATED) {
        return Ok(());
    }
    for relation in instance.header().mapper().relations() {
        if !relation.synced().is_some_and(|reverse| reverse.is_many()) {
            continue;
        }
        if !relation.is_many() {
            if related::one(instance, relation, ReadOptions::MEMORY)?.object().is_some() {
                pipeline::set(instance, relation, None, Some(Initiator::append(relation)), None)?;
            }
        } else if !relation.cascade().has(Cascade::DELETE_ORPHAN) {
            let items = match relation.is_large() {
                true => large::added(instance, relation)?,
                false => to_many::in_slot(instance, relation)?,
            };
            for item in items {
                let initiator = Some(Initiator::remove(relation));
                pipeline::remove(instance, relation, &item, initiator, ReadOptions::MEMORY)?;
            }
        }
    }
    Ok(())
}
