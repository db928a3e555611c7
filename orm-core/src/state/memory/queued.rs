//! `Queued`: changes of a collection that isn't loaded.

use crate::state::memory::handle::Link;
use crate::state::memory::instance::Instance;
use crate::state::memory::ordered::Ordered;
use std::rc::Rc;

/// Changes of a collection that isn't loaded.
#[derive(Default)]
pub(crate) struct Queued {
    pub(crate) added: Ordered,
    pub(crate) removed: Ordered,
}

impl Queued {
    /// Queues an addition; gives back a link to drop.
    pub(crate) fn add(&mut self, instance: &Rc<Instance>) -> Option<Link> {
        exchange(&mut self.removed, &mut self.added, instance)
    }

    /// Queues a removal; gives back a link to drop.
    pub(crate) fn remove(&mut self, instance: &Rc<Instance>) -> Option<Link> {
        exchange(&mut self.added, &mut self.removed, instance)
    }

    /// Every link in it.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        self.added.links().iter().chain(self.removed.links())
    }
}

/// Takes an object out of one list, or else sees to it that it is in the other.
fn exchange(from: &mut Ordered, to: &mut Ordered, instance: &Rc<Instance>) -> Option<Link> {
    let taken = from.remove(instance);
    if taken.is_none() && !to.contains(instance) {
        to.push(Link::to(instance));
    }
    taken
}
