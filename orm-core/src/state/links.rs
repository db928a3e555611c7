//! Links: what relationship slots hold. The only place where an object points at another for good.

use std::rc::Rc;

use super::memory::Link;
use super::node::{Node, address};

/// A relationship of an object: not loaded, or what it leads to.
#[derive(Default)]
pub(crate) enum RelSlot {
    /// Not loaded.
    #[default]
    Unloaded,
    /// One object or none.
    One(Option<Link>),
    /// A collection.
    Many(Links),
}

/// A loaded collection, in its order.
#[derive(Default)]
pub(crate) struct Links {
    items: Vec<Link>,
    /// Whether an object may stand in it twice. Kept so that taking objects out needn't look for a second.
    twice: bool,
}

impl Links {
    pub(crate) fn of(items: Vec<Link>) -> Self {
        Links { items, twice: false }
    }

    pub(crate) fn with_capacity(items: usize) -> Self {
        Links::of(Vec::with_capacity(items))
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<dyn Node>> {
        self.items.iter().filter_map(Link::target)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Rc<dyn Node>> {
        self.items.get(index).and_then(Link::target)
    }

    pub(crate) fn position(&self, node: &Rc<dyn Node>) -> Option<usize> {
        let wanted = address(node);
        self.iter().position(|item| address(item) == wanted)
    }

    pub(crate) fn contains(&self, node: &Rc<dyn Node>) -> bool {
        self.position(node).is_some()
    }

    /// Whether the object stands in it more than once.
    pub(crate) fn has_twice(&self, node: &Rc<dyn Node>) -> bool {
        let wanted = address(node);
        self.twice && self.iter().filter(|item| address(item) == wanted).nth(1).is_some()
    }

    /// From now on an object may stand in it twice.
    pub(crate) fn may_repeat(&mut self) {
        self.twice = true;
    }

    pub(crate) fn push(&mut self, node: &Rc<dyn Node>) {
        self.items.push(Link::to(node));
    }

    pub(crate) fn insert(&mut self, index: usize, node: &Rc<dyn Node>) {
        self.items.insert(index.min(self.items.len()), Link::to(node));
    }

    /// Takes an item out. The link is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn take(&mut self, index: usize) -> Option<Link> {
        (index < self.items.len()).then(|| self.items.remove(index))
    }
}
