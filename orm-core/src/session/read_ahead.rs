//! `ReadAhead`: what was loaded for the deletion or the flush that is running, before it was asked for.

use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use crate::mapper::{Relation, RelationId};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};

/// Relationships of objects, by their addresses.
type OfObjects = HashSet<(usize, RelationId), FxBuildHasher>;

/// What was loaded for the deletion or the flush that is running, before it was asked for.
#[derive(Default)]
pub(super) struct ReadAhead {
    /// For which others were looked for.
    tried: OfObjects,
    /// Which were loaded, and weren't asked for yet.
    waiting: OfObjects,
    batches: Vec<Batch>,
}

/// What was loaded together.
pub(super) struct Batch {
    pub(super) relation: &'static Relation,
    pub(super) objects: Vec<Handle>,
    /// Those of which the rows were loaded before.
    pub(super) refreshed: Vec<Handle>,
}

impl ReadAhead {
    /// Says whether others may be looked for that wait for the relationship as the object does: once for each.
    pub(super) fn tries(&mut self, instance: &Rc<Instance>, relation: &Relation) -> bool {
        self.tried.insert((address(instance), relation.id()))
    }

    /// These were loaded.
    pub(super) fn add(&mut self, batch: Batch) {
        let id = batch.relation.id();
        self.waiting.extend(batch.objects.iter().map(|one| (address(one), id)));
        self.batches.push(batch);
    }

    /// Whether the relationship of the object was loaded and nobody asked for it yet.
    pub(super) fn waits(&self, instance: &Rc<Instance>, relation: &Relation) -> bool {
        self.waiting.contains(&(address(instance), relation.id()))
    }

    /// It is asked for; says whether it waited for that.
    pub(super) fn take(&mut self, instance: &Rc<Instance>, relation: &Relation) -> bool {
        !self.waiting.is_empty() && self.waiting.remove(&(address(instance), relation.id()))
    }

    /// Takes out what was loaded, the last first.
    pub(super) fn take_batches(&mut self) -> impl Iterator<Item = Batch> + use<> {
        std::mem::take(&mut self.batches).into_iter().rev()
    }

    /// The deletion or the flush is over. What it gives is to be dropped when nothing is borrowed.
    pub(super) fn clear(&mut self) -> Vec<Batch> {
        self.tried.clear();
        self.waiting.clear();
        std::mem::take(&mut self.batches)
    }
}
