//! `LinkSlot`: what a relationship of an object holds. The only place where an object points at another for good.

#![allow(unreachable_pub, reason = "the trait is named by generated code, its parts by nobody")]

use crate::state::memory::handle::Link;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::items::{Collected, Items};
use crate::state::memory::ordered::Ordered;
use std::cell::RefCell;
use std::rc::Rc;

/// A relationship of an object: what it leads to, and two facts that would otherwise cost every new object a
/// [`Changes`](super::changes::Changes) of its own.
#[derive(Default)]
pub struct LinkSlot {
    pub(crate) loaded: Loaded,
    /// It was changed, and led to nothing before.
    pub(crate) was_empty: bool,
    /// The object that it leads to has this one as a child, by the reverse side.
    pub(crate) is_child: bool,
}

/// What is loaded of a relationship.
#[derive(Default)]
pub(crate) enum Loaded {
    /// Not loaded.
    #[default]
    No,
    /// One object or none.
    One(Option<Link>),
    /// A collection.
    Many(Box<Collected>),
}

impl LinkSlot {
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

/// The relationship slots of an object.
pub trait Slots {
    /// No relationship is loaded.
    fn unloaded() -> Self;

    /// The slots, in the order of the class's relationships.
    fn slots(&self) -> &RefCell<[LinkSlot]>;
}

/// The slots of a class with so many relationships: a part of the object, since most objects have neighbours.
pub struct Relations<const N: usize>(RefCell<[LinkSlot; N]>);

impl<const N: usize> Slots for Relations<N> {
    fn unloaded() -> Self {
        Relations(RefCell::new(std::array::from_fn(|_| LinkSlot::default())))
    }

    #[inline]
    fn slots(&self) -> &RefCell<[LinkSlot]> {
        &self.0
    }
}
