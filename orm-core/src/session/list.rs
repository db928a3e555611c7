//! `ObjectList`: objects in the order in which they came. Each knows its place, so that taking one out is cheap.

use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::steps;
use std::rc::Rc;

/// How many empty places a list has at least before it is packed.
const SPARSE: usize = 64;

/// Objects held in order. A place stays empty when its object is taken out, so that the others keep theirs.
#[derive(Default)]
pub(super) struct ObjectList {
    items: Vec<Option<Handle>>,
    live: usize,
}

impl ObjectList {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn is_empty(&self) -> bool {
        self.live == 0
    }

    pub(super) fn push(&mut self, instance: &Rc<Instance>) {
        if self.items.len() >= 2 * self.live + SPARSE {
            self.pack();
        }
        set_place(instance, self.items.len());
        self.items.push(Some(Handle::to(instance)));
        self.live += 1;
    }

    /// Takes the empty places out, so that walking the list costs no more than what is in it.
    fn pack(&mut self) {
        self.items.retain(Option::is_some);
        for (place, instance) in self.items.iter().flatten().enumerate() {
            set_place(instance, place);
        }
    }

    /// Takes an object out; the caller drops it when nothing is borrowed.
    pub(super) fn take(&mut self, instance: &Rc<Instance>) -> Option<Handle> {
        let slot = self.items.get_mut(instance.header().place.get() as usize)?;
        if !slot.as_ref().is_some_and(|held| Rc::ptr_eq(held, instance)) {
            return None;
        }
        let taken = slot.take();
        self.live -= 1;
        if self.live == 0 {
            self.items.clear();
        }
        taken
    }

    /// How many places there are to walk over, empty ones among them.
    pub(super) fn places(&self) -> usize {
        steps::in_session(self.items.len());
        self.items.len()
    }

    /// The object at a place.
    pub(super) fn get(&self, place: usize) -> Option<Handle> {
        self.items.get(place).cloned().flatten()
    }

    /// Takes everything out.
    pub(super) fn take_all(&mut self) -> Vec<Handle> {
        self.live = 0;
        std::mem::take(&mut self.items).into_iter().flatten().collect()
    }

    /// The objects, in their order.
    pub(super) fn handles(&self) -> Vec<Handle> {
        steps::in_session(self.items.len());
        self.items.iter().flatten().cloned().collect()
    }
}

fn set_place(instance: &Rc<Instance>, place: usize) {
    instance.header().place.set(u32::try_from(place).unwrap_or(u32::MAX));
}
