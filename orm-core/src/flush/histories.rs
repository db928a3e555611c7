//! `Histories`: the histories of relationships that a flush has asked for. What was found once stays for the whole
//! flush, as SQLAlchemy's cached histories do.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::plan::ItemId;
use crate::error::Result;
use crate::mapper::{Relation, RelationId};
use crate::state::memory::instance::Instance;
use crate::state::read::history::{History, history};
use crate::state::read::reach::ReadOptions;

/// The relationships of an object (by their slots, as bits) that were looked at without loading, and had nothing
/// to tell. Most objects of a flush are like this, so no history is kept for it.
#[derive(Clone, Copy, Default)]
pub(super) struct Silent(u64);

impl Silent {
    /// Relationships beyond the last bit have none: their histories are asked for again.
    fn bit(relation: &Relation) -> u64 {
        u32::try_from(relation.slot().index()).ok().and_then(|slot| 1_u64.checked_shl(slot)).unwrap_or(0)
    }

    fn has(self, relation: &Relation) -> bool {
        self.0 & Self::bit(relation) != 0
    }

    fn add(&mut self, relation: &Relation) {
        self.0 |= Self::bit(relation);
    }

    fn take(&mut self, relation: &Relation) {
        self.0 &= !Self::bit(relation);
    }
}

#[derive(Default)]
pub(super) struct Histories {
    found: HashMap<(ItemId, RelationId), Rc<History>, FxBuildHasher>,
}

impl Histories {
    /// The history of a relationship of an object; `None` where nothing is known, or nothing happened.
    pub(super) fn get(
        &mut self,
        item: ItemId,
        (instance, silent): (&Rc<Instance>, &mut Silent),
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Option<Rc<History>>> {
        let key = (item, relation.id());
        if let Some(found) = self.found.get(&key) {
            return Ok(Some(Rc::clone(found)));
        }
        if silent.has(relation) {
            return Ok(None);
        }
        let quiet = !options.asks_session();
        let found = history(instance, relation, options.committed().ignoring_raise())?;
        let found = match found {
            Some(found) if !quiet || !found.is_empty() => Rc::new(found),
            _ if quiet => {
                silent.add(relation);
                return Ok(None);
            }
            _ => Rc::default(),
        };
        self.found.insert(key, Rc::clone(&found));
        Ok(Some(found))
    }

    /// The history that was found of a relationship of an object.
    pub(super) fn known(&self, item: ItemId, relation: &Relation) -> Option<Rc<History>> {
        self.found.get(&(item, relation.id())).map(Rc::clone)
    }

    /// Whether a history was found that stays, or that there is none.
    pub(super) fn has(&self, item: ItemId, silent: Silent, relation: &Relation) -> bool {
        silent.has(relation) || self.found.contains_key(&(item, relation.id()))
    }

    /// Has the history of a relationship of an object be found again when it is next asked for.
    pub(super) fn forget(&mut self, item: ItemId, silent: &mut Silent, relation: &'static Relation) {
        silent.take(relation);
        self.found.remove(&(item, relation.id()));
    }

    /// Lets go of the objects in them.
    pub(super) fn clear(&mut self) {
        self.found.clear();
    }
}
