//! `ReadAhead`: what was loaded for the deletion or the flush that is running, before it was asked for.

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use crate::declare::Cascade;
use crate::mapper::{Relation, RelationId};
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;

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
    /// Objects that nobody else knows.
    unknown: Addresses,
    /// What relationships of such objects lead to, of which only keys were read. The object is kept, so that its address
    /// stays its own.
    children: HashMap<(usize, RelationId), (Handle, Vec<Handle>), FxBuildHasher>,
}

/// Whether nobody else knows an object: the handle is the only one, and nothing leads to it.
pub(super) fn is_only(object: &Handle) -> bool {
    object.header().handles.get() == 1 && Rc::strong_count(object) == 1
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

    /// Notes an object that nobody else knows.
    pub(super) fn note_unknown(&mut self, object: &Handle) {
        self.unknown.insert(address(object));
    }

    /// Whether nobody else knows the object.
    pub(super) fn is_unknown(&self, instance: &Rc<Instance>) -> bool {
        self.unknown.contains(address(instance))
    }

    /// Of what a relationship of the object leads to only keys were read.
    pub(super) fn add_children(&mut self, relation: &Relation, object: Handle, children: Vec<Handle>) {
        self.children.insert((address(&object), relation.id()), (object, children));
    }

    /// Whether only keys were read of what the relationship leads to.
    pub(super) fn has_children(&self, instance: &Rc<Instance>, relation: &Relation) -> bool {
        !self.children.is_empty() && self.children.contains_key(&(address(instance), relation.id()))
    }

    /// What the relationship leads to, where only keys were read of it.
    pub(super) fn children(&self, instance: &Rc<Instance>, relation: &Relation) -> Option<&[Handle]> {
        if self.children.is_empty() {
            return None;
        }
        let children = self.children.get(&(address(instance), relation.id()));
        children.map(|(_, children)| children.as_slice())
    }

    /// Gives that to the walk. It stays known where the walk goes on from there.
    pub(super) fn give_children(
        &mut self,
        instance: &Rc<Instance>,
        relation: &Relation,
    ) -> Option<Vec<Handle>> {
        if self.children.is_empty() {
            return None;
        }
        let (_, children) = self.children.get_mut(&(address(instance), relation.id()))?;
        let goes_on = relation.target().relations().iter().any(|one| one.cascade().has(Cascade::DELETE));
        Some(if goes_on { children.clone() } else { std::mem::take(children) })
    }

    /// Takes back that only keys were read: the deletion failed.
    pub(super) fn unmark_children(&self) {
        for (object, children) in self.children.values() {
            object.header().unmark(Mark::READ_BY_KEYS);
            children.iter().for_each(|child| child.header().unmark(Mark::READ_BY_KEYS));
        }
    }

    /// Takes out what was loaded, the last first.
    pub(super) fn take_batches(&mut self) -> impl Iterator<Item = Batch> + use<> {
        std::mem::take(&mut self.batches).into_iter().rev()
    }

    /// The deletion or the flush is over. What it gives is to be dropped when nothing is borrowed.
    pub(super) fn clear(&mut self) -> impl Sized + use<> {
        self.tried.clear();
        self.waiting.clear();
        self.unknown.clear();
        (std::mem::take(&mut self.batches), std::mem::take(&mut self.children))
    }
}
