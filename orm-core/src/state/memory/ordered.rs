//! `Ordered`: objects in an order. Each is found without a scan, once scans have cost as much as an index does.

use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::labels::{Labels, Since};
use crate::state::memory::steps;
use std::rc::Rc;

/// How many items are always scanned.
const FEW: usize = 16;

/// An index is made when scans have looked at so many times the items that there are.
const PATIENCE: usize = 8;

/// Objects in an order.
#[derive(Default)]
pub(crate) struct Ordered {
    items: Vec<Link>,
    /// How many items scans have looked at.
    looked: usize,
    /// Numbers for the places, where an index is there or changes are recorded.
    labels: Option<Box<Labels>>,
}

/// What came to a collection and wasn't in it before, and what was in it and went; each in the order of its list.
#[derive(Default)]
pub(crate) struct Delta {
    pub(crate) added: Vec<Handle>,
    pub(crate) deleted: Vec<Handle>,
}

impl Ordered {
    pub(crate) fn of(items: Vec<Link>) -> Self {
        Ordered { items, ..Ordered::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<Instance>> {
        self.items.iter().inspect(|_| steps::in_collections(1)).filter_map(Link::target)
    }

    pub(crate) fn links(&self) -> &[Link] {
        &self.items
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Rc<Instance>> {
        steps::in_collections(1);
        self.items.get(at).and_then(Link::target)
    }

    /// The place of an object; where it stands twice, the first.
    pub(crate) fn position(&mut self, instance: &Rc<Instance>) -> Option<usize> {
        self.position_of(address(instance))
    }

    /// The place of the object at an address.
    pub(crate) fn position_of(&mut self, address: usize) -> Option<usize> {
        if let Some((labels, numbers)) = self.find(address) {
            return numbers.first().and_then(|number| labels.place(*number));
        }
        let found = self.items.iter().position(|link| link.address() == address);
        self.has_looked_at(found.map_or(self.items.len(), |at| at + 1));
        found
    }

    pub(crate) fn contains(&mut self, instance: &Rc<Instance>) -> bool {
        match self.find(address(instance)) {
            Some((_, numbers)) => !numbers.is_empty(),
            None => self.position(instance).is_some(),
        }
    }

    /// Whether an object stands in it more than once.
    pub(crate) fn is_twice(&mut self, instance: &Rc<Instance>) -> bool {
        if let Some((_, numbers)) = self.find(address(instance)) {
            return numbers.len() > 1;
        }
        self.has_looked_at(self.items.len());
        self.items.iter().filter(|link| link.leads_to(instance)).nth(1).is_some()
    }

    /// The numbers of an object, where there is an index, or where it is time to make one.
    fn find(&mut self, address: usize) -> Option<(&Labels, &[u64])> {
        let items = self.items.len();
        if !self.labels.as_ref().is_some_and(|labels| labels.is_indexed()) {
            if items <= FEW || self.looked / PATIENCE < items {
                return None;
            }
            self.looked = 0;
            let labels = self.labels.get_or_insert_with(|| Box::new(Labels::of(items)));
            labels.index(self.items.iter().map(Link::address));
        }
        let labels = self.labels.as_deref()?;
        Some((labels, labels.find(address)?))
    }

    fn has_looked_at(&mut self, items: usize) {
        self.looked = self.looked.saturating_add(items);
        steps::in_collections(items);
    }

    #[inline]
    pub(crate) fn push(&mut self, link: Link) {
        if let Some(labels) = &mut self.labels {
            labels.put(self.items.len(), link.address());
        }
        self.items.push(link);
    }

    /// Puts an object in at a place; past the end it is the end.
    pub(crate) fn insert(&mut self, at: usize, link: Link) {
        let at = at.min(self.items.len());
        if let Some(labels) = &mut self.labels {
            labels.put(at, link.address());
        }
        self.items.insert(at, link);
    }

    /// Takes an item out. The link is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn take(&mut self, at: usize) -> Option<Link> {
        if at >= self.items.len() {
            return None;
        }
        let link = self.items.remove(at);
        if let Some(labels) = &mut self.labels {
            labels.take(at, &link);
        }
        Some(link)
    }

    /// Takes an object out, from the first place where it stands.
    pub(crate) fn remove(&mut self, instance: &Rc<Instance>) -> Option<Link> {
        self.position(instance).and_then(|at| self.take(at))
    }

    /// From now on it is recorded what comes and goes.
    pub(crate) fn record(&mut self) {
        let items = self.items.len();
        self.labels.get_or_insert_with(|| Box::new(Labels::of(items))).record();
    }

    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        self.since().is_some()
    }

    #[inline]
    fn since(&self) -> Option<&Since> {
        self.labels.as_ref()?.since()
    }

    /// Links to what was in it when it was clean, and isn't any more. An object that came again is among them.
    pub(crate) fn went(&self) -> impl Iterator<Item = &Link> {
        self.since().into_iter().flat_map(|since| &since.went).map(|(_, link)| link)
    }

    /// It is clean. What was recorded is given back so that it is dropped when nothing is borrowed.
    pub(crate) fn settle(&mut self) -> Option<impl Sized + use<>> {
        self.labels.as_mut()?.take_since()
    }

    /// What was recorded. `repeats` says whether an object may stand in it twice.
    pub(crate) fn delta(&mut self, repeats: bool) -> Option<Delta> {
        let mut since = self.labels.as_mut()?.take_since()?;
        since.went.sort_by_key(|(number, _)| *number);
        let gone: Addresses = since.went.iter().map(|(_, link)| link.address()).collect();
        let repeats = repeats && since.came.len() < self.items.len();
        let mut delta = Delta::default();
        for number in &since.came {
            let item = self.labels.as_ref().and_then(|labels| labels.place(*number));
            let Some(item) = item.and_then(|at| self.items.get(at)).and_then(Link::target).cloned() else {
                continue;
            };
            let stood = gone.contains(address(&item)) || (repeats && self.has_stood(&item, &since));
            if !stood {
                delta.added.push(Handle::new(item));
            }
        }
        for item in since.went.iter().filter_map(|(_, link)| link.target()) {
            if !self.contains(item) {
                delta.deleted.push(Handle::to(item));
            }
        }
        if let Some(labels) = &mut self.labels {
            labels.put_since(since);
        }
        Some(delta)
    }

    /// Whether an object stands at a place to which nothing came.
    fn has_stood(&mut self, instance: &Rc<Instance>, since: &Since) -> bool {
        if let Some((_, numbers)) = self.find(address(instance)) {
            return numbers.iter().any(|number| !since.has_come(*number));
        }
        let Some(labels) = self.labels.as_deref() else { return false };
        let mut items = self.items.iter().zip(labels.numbers());
        let stood = items.any(|(link, number)| link.leads_to(instance) && !since.has_come(*number));
        self.has_looked_at(self.items.len());
        stood
    }

    /// The items as they were when it was clean, and the rest.
    pub(crate) fn into_original(self) -> (Vec<Link>, Vec<Link>) {
        let Some((labels, since)) = self.labels.and_then(|mut labels| {
            let since = labels.take_since()?;
            Some((labels, since))
        }) else {
            return (self.items, Vec::new());
        };
        let mut rest = Vec::new();
        let mut original = since.went;
        for (number, link) in labels.numbers().iter().zip(self.items) {
            if since.came.binary_search(number).is_ok() {
                rest.push(link);
            } else {
                original.push((*number, link));
            }
        }
        original.sort_by_key(|(number, _)| *number);
        (original.into_iter().map(|(_, link)| link).collect(), rest)
    }
}
