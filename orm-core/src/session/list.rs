//! `ObjectList`: objects in the order in which they came. Each knows its place, so that taking one out is cheap.

use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use std::rc::Rc;

/// Objects held in order.
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
        if self.live == 0 {
            self.items.clear();
        }
        instance.header().place.set(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
        self.items.push(Some(Handle::to(instance)));
        self.live += 1;
    }

    /// Takes an object out; the caller drops it when nothing is borrowed.
    pub(super) fn take(&mut self, instance: &Rc<Instance>) -> Option<Handle> {
        let slot = self.items.get_mut(instance.header().place.get() as usize)?;
        if !slot.as_ref().is_some_and(|held| Rc::ptr_eq(held, instance)) {
            return None;
        }
        self.live -= 1;
        slot.take()
    }

    /// How many places there are, empty ones among them.
    pub(super) fn places(&self) -> usize {
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
        self.items.iter().flatten().cloned().collect()
    }
}
