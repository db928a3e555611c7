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
        match &self.loaded {
            Loaded::One(link) => link.as_ref().and_then(Link::target),
            _ => None,
        }
    }

    /// The items of the loaded collection.
    pub(crate) fn many(&self) -> Option<&Ordered> {
        match &self.loaded {
            Loaded::Many(collected) => Some(collected.items().order()),
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

    /// Every link in it, for the collector: those to what a changed collection held before are among them.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        let one = match &self.loaded {
            Loaded::One(link) => link.as_ref(),
            _ => None,
        };
        let many = self.many().into_iter().flat_map(|items| items.links().iter().chain(items.went()));
        one.into_iter().chain(many)
    }

    /// Whether it leads to that one object.
    pub(crate) fn leads_to(&self, instance: &Rc<Instance>) -> bool {
        self.one().is_some_and(|to| address(to) == address(instance))
    }

    /// What it leads to is what the database holds. What was remembered is given back so that it is dropped when
    /// nothing is borrowed.
    pub(crate) fn settle(&mut self) -> Option<impl Sized + use<>> {
        self.was_empty = false;
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
