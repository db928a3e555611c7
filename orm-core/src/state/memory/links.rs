//! `LinkSlot`: what a relationship of an object holds. The only place where an object points at another for good.

use crate::declare::LinkSlotId;
use crate::state::memory::handle::Link;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::{Collected, Items};
use crate::state::memory::ordered::Ordered;
use smallvec::SmallVec;
use std::rc::Rc;

/// A relationship of an object: what it leads to, and two facts that would otherwise cost every new object a
/// [`Changes`](super::changes::Changes) of its own.
pub(crate) struct LinkSlot {
    pub(crate) loaded: Loaded,
    /// It was changed, and led to nothing before.
    pub(crate) was_empty: bool,
    /// The object that it leads to has this one as a child, by the reverse side.
    pub(crate) is_child: bool,
    /// Where it stands among the relationships of the class.
    place: LinkSlotId,
}

/// What is loaded of a relationship.
pub(crate) enum Loaded {
    /// Not loaded.
    No,
    /// One object or none.
    One(Option<Link>),
    /// A collection.
    Many(Box<Collected>),
}

impl LinkSlot {
    /// A slot that nobody has used.
    pub(crate) fn unused(place: LinkSlotId) -> Self {
        LinkSlot { loaded: Loaded::No, was_empty: false, is_child: false, place }
    }

    /// The object behind a to-one relationship.
    pub(crate) fn one(&self) -> Option<&Rc<Instance>> {
        self.link().and_then(Link::target)
    }

    /// The items of the loaded collection.
    #[inline]
    pub(crate) fn many(&self) -> Option<&Ordered> {
        match &self.loaded {
            Loaded::Many(collected) => Some(collected.order()),
            _ => None,
        }
    }

    /// The loaded collection, to be changed or searched.
    pub(crate) fn many_mut(&mut self) -> Option<&mut dyn Items> {
        match &mut self.loaded {
            Loaded::Many(collected) => Some(collected.items_mut()),
            _ => None,
        }
    }

    pub(crate) fn is_loaded(&self) -> bool {
        !matches!(self.loaded, Loaded::No)
    }

    /// Everything that it leads to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Rc<Instance>> {
        self.one().into_iter().chain(self.many().into_iter().flat_map(Ordered::iter))
    }

    /// The link of a to-one relationship.
    pub(crate) fn link(&self) -> Option<&Link> {
        match &self.loaded {
            Loaded::One(link) => link.as_ref(),
            _ => None,
        }
    }

    /// Whether it leads to that one object.
    pub(crate) fn leads_to(&self, instance: &Rc<Instance>) -> bool {
        self.one().is_some_and(|to| address(to) == address(instance))
    }

    /// Whether it is recorded what comes to the collection and goes.
    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        self.many().is_some_and(Ordered::is_recorded)
    }

    /// Forgets what was recorded. It is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn settle(&mut self) -> Option<impl Sized + use<>> {
        self.many_mut()?.order_mut().settle()
    }

    /// Puts something else in. What was there is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn replace(&mut self, loaded: Loaded) -> Loaded {
        std::mem::replace(&mut self.loaded, loaded)
    }
}

/// The relationship slots of an object that are in use, in the order of the class's relationships. One that isn't
/// there is read as one that isn't loaded.
#[derive(Default)]
pub(crate) struct LinkSlots(SmallVec<[LinkSlot; 1]>);

impl LinkSlots {
    /// The slot at a place, if it is in use.
    pub(crate) fn get(&self, place: LinkSlotId) -> Option<&LinkSlot> {
        self.0.iter().find(|slot| slot.place == place)
    }

    /// The slot at a place, to be changed.
    pub(crate) fn get_mut(&mut self, place: LinkSlotId) -> Option<&mut LinkSlot> {
        self.0.iter_mut().find(|slot| slot.place == place)
    }

    /// Makes the slot at a place, which isn't there.
    pub(crate) fn make(&mut self, place: LinkSlotId) -> &mut LinkSlot {
        let at = self.0.iter().take_while(|slot| slot.place < place).count();
        if at == self.0.len() {
            self.0.push(LinkSlot::unused(place));
        } else {
            self.0.insert(at, LinkSlot::unused(place));
        }
        &mut self.0[at]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &LinkSlot> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut LinkSlot> {
        self.0.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::{LinkSlotId, LinkSlots};

    #[test]
    fn slots_are_in_the_order_of_their_places() {
        let mut slots = LinkSlots::default();
        for place in [2, 0, 3, 1] {
            assert!(slots.get(LinkSlotId::new(place)).is_none());
            slots.make(LinkSlotId::new(place)).was_empty = place == 3;
        }
        let places: Vec<usize> = slots.iter().map(|slot| slot.place.index()).collect();
        assert_eq!(places, [0, 1, 2, 3]);
        assert!(slots.get(LinkSlotId::new(3)).is_some_and(|slot| slot.was_empty));
    }
}
