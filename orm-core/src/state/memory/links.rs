//! `LinkSlot`: what a relationship of an object holds. The only place where an object points at another for good.

#![allow(unreachable_pub, reason = "the trait is named by generated code, its parts by nobody")]

use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Link;
use crate::state::memory::instance::{Instance, address};
use std::cell::RefCell;
use std::rc::Rc;

/// A relationship of an object: what it leads to, and two facts that would otherwise cost every new object a
/// [`Changes`](super::track::Changes) of its own.
#[derive(Default)]
pub struct LinkSlot {
    pub(crate) loaded: Loaded,
    /// Kept so that taking objects out of the collection needn't look for a second.
    repeats: Repeats,
    /// It was changed, and led to nothing before.
    pub(crate) was_empty: bool,
    /// The object that it leads to has this one as a child, by the reverse side.
    pub(crate) is_child: bool,
}

/// Whether an object may stand in a collection twice.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repeats {
    /// None does.
    #[default]
    No,
    /// That wasn't looked for.
    Maybe,
    /// One did. When it is taken out once, its other side no longer tells that it is still there.
    Yes,
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
    Many(Links),
}

impl LinkSlot {
    /// The object behind a to-one relationship.
    pub(crate) fn one(&self) -> Option<&Rc<Instance>> {
        match &self.loaded {
            Loaded::One(link) => link.as_ref().and_then(Link::target),
            _ => None,
        }
    }

    /// The loaded collection.
    pub(crate) fn many(&self) -> Option<&Links> {
        match &self.loaded {
            Loaded::Many(links) => Some(links),
            _ => None,
        }
    }

    pub(crate) fn is_loaded(&self) -> bool {
        !matches!(self.loaded, Loaded::No)
    }

    /// Everything that it leads to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Rc<Instance>> {
        self.one().into_iter().chain(self.many().into_iter().flat_map(Links::iter))
    }

    /// Whether it leads to that one object.
    pub(crate) fn leads_to(&self, instance: &Rc<Instance>) -> bool {
        self.one().is_some_and(|to| address(to) == address(instance))
    }

    /// Whether the object stands in the collection more than once.
    pub(crate) fn has_twice(&mut self, instance: &Rc<Instance>) -> bool {
        let Some(links) = self.many().filter(|_| self.repeats > Repeats::No) else { return false };
        let wanted = address(instance);
        let is_twice = links.iter().filter(|item| address(item) == wanted).nth(1).is_some();
        if is_twice {
            self.repeats = Repeats::Yes;
            return true;
        }
        if self.repeats == Repeats::Maybe {
            // Looked through as a whole, so that the next ones needn't be looked for.
            let mut seen = Addresses::default();
            let each_once = links.iter().all(|item| seen.insert(address(item)));
            self.repeats = if each_once { Repeats::No } else { Repeats::Yes };
        }
        false
    }

    /// What is known of an object that comes to the collection.
    pub(crate) fn repeats(&mut self, repeats: Repeats) {
        self.repeats = self.repeats.max(repeats);
    }

    /// Adds an object to the collection.
    pub(crate) fn push(&mut self, instance: &Rc<Instance>) {
        if let Loaded::Many(links) = &mut self.loaded {
            links.push(instance);
        }
    }

    /// Puts something else in. What was there is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn replace(&mut self, loaded: Loaded) -> Loaded {
        self.repeats = Repeats::No;
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

/// A loaded collection, in its order.
#[derive(Default)]
pub(crate) struct Links(Vec<Link>);

impl Links {
    pub(crate) fn of(items: Vec<Link>) -> Self {
        Links(items)
    }

    pub(crate) fn with_capacity(items: usize) -> Self {
        Links(Vec::with_capacity(items))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<Instance>> {
        self.0.iter().filter_map(Link::target)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Rc<Instance>> {
        self.0.get(index).and_then(Link::target)
    }

    pub(crate) fn position(&self, instance: &Rc<Instance>) -> Option<usize> {
        let wanted = address(instance);
        self.iter().position(|item| address(item) == wanted)
    }

    pub(crate) fn contains(&self, instance: &Rc<Instance>) -> bool {
        self.position(instance).is_some()
    }

    pub(crate) fn push(&mut self, instance: &Rc<Instance>) {
        self.0.push(Link::to(instance));
    }

    pub(crate) fn insert(&mut self, index: usize, instance: &Rc<Instance>) {
        self.0.insert(index.min(self.0.len()), Link::to(instance));
    }

    /// Takes an item out. The link is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn take(&mut self, index: usize) -> Option<Link> {
        (index < self.0.len()).then(|| self.0.remove(index))
    }
}
