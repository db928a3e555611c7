//! `Labels`: numbers for the places of a list, ascending along it. A number stays with its item while others come and
//! go, so an index from objects to numbers needn't be corrected for them, and what changed can be told afterwards.

use crate::state::memory::handle::Link;
use crate::state::memory::steps;
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// The number of the first item of a list.
const MIDDLE: u64 = 1 << 63;

/// What lies between the numbers of neighbours at first: room for 40 items that come to the same place.
const GAP: u64 = 1 << 40;

/// The numbers under which each object stands, ascending.
type Places = HashMap<usize, SmallVec<[u64; 1]>, FxBuildHasher>;

/// The numbers of a list's items.
pub(super) struct Labels {
    /// In the order of the list.
    numbers: Vec<u64>,
    /// The index, once it was asked for.
    places: Option<Places>,
    /// What changed since the list was clean, where that is recorded.
    since: Option<Since>,
}

/// What changed of a list.
#[derive(Default)]
pub(super) struct Since {
    /// The numbers of the items that came and are still there, ascending.
    pub(super) came: Vec<u64>,
    /// The items that were there and went, with the numbers that they had.
    pub(super) went: Vec<(u64, Link)>,
}

impl Since {
    pub(super) fn has_come(&self, number: u64) -> bool {
        self.came.binary_search(&number).is_ok()
    }
}

impl Labels {
    /// Numbers for so many items.
    pub(super) fn of(items: usize) -> Self {
        Labels { numbers: spread(items), places: None, since: None }
    }

    pub(super) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// The place of a number in the list.
    pub(super) fn place(&self, number: u64) -> Option<usize> {
        self.numbers.binary_search(&number).ok()
    }

    pub(super) fn is_indexed(&self) -> bool {
        self.places.is_some()
    }

    /// Makes the index of these objects, which are those of the list.
    pub(super) fn index(&mut self, addresses: impl Iterator<Item = usize>) {
        let mut places = Places::with_capacity_and_hasher(self.numbers.len(), FxBuildHasher);
        for (number, address) in self.numbers.iter().zip(addresses) {
            places.entry(address).or_default().push(*number);
        }
        steps::in_collections(self.numbers.len());
        self.places = Some(places);
    }

    /// The numbers under which an object stands; `None` without an index.
    pub(super) fn find(&self, address: usize) -> Option<&[u64]> {
        let places = self.places.as_ref()?;
        steps::in_collections(1);
        Some(places.get(&address).map_or(&[], SmallVec::as_slice))
    }

    /// An object comes to a place.
    pub(super) fn put(&mut self, at: usize, address: usize) {
        let number = self.number_for(at);
        self.numbers.insert(at, number);
        if let Some(places) = &mut self.places {
            let known = places.entry(address).or_default();
            let at = known.partition_point(|other| *other < number);
            known.insert(at, number);
        }
        if let Some(since) = &mut self.since {
            let at = since.came.partition_point(|other| *other < number);
            since.came.insert(at, number);
        }
    }

    /// The object at a place goes, to which `link` leads.
    pub(super) fn take(&mut self, at: usize, link: &Link) {
        let number = self.numbers.remove(at);
        if let Some(places) = &mut self.places
            && let hashbrown::hash_map::Entry::Occupied(mut known) = places.entry(link.address())
        {
            if let Ok(at) = known.get().binary_search(&number) {
                known.get_mut().remove(at);
            }
            if known.get().is_empty() {
                known.remove();
            }
        }
        if let Some(since) = &mut self.since {
            match since.came.binary_search(&number) {
                Ok(at) => drop(since.came.remove(at)),
                Err(_) => since.went.extend(link.target().map(|to| (number, Link::to(to)))),
            }
        }
    }

    fn number_for(&mut self, at: usize) -> u64 {
        if let Some(free) = self.free_at(at) {
            return free;
        }
        self.renumber();
        // There is room now.
        self.free_at(at).unwrap_or(MIDDLE)
    }

    /// A number between those of the neighbours. It may be that of an item that went, which does no harm: those
    /// that came are told apart from those that were there.
    fn free_at(&self, at: usize) -> Option<u64> {
        let before = at.checked_sub(1).and_then(|before| self.numbers.get(before));
        match (before, self.numbers.get(at)) {
            (None, None) => Some(MIDDLE),
            (Some(before), None) => before.checked_add(GAP),
            (None, Some(after)) => after.checked_sub(GAP),
            (Some(before), Some(after)) => {
                let between = before + (after - before) / 2;
                (between > *before).then_some(between)
            }
        }
    }

    /// Spreads the numbers anew, in the same order. That costs no more than to shift the list a few times.
    fn renumber(&mut self) {
        let mut old = self.numbers.clone();
        if let Some(since) = &self.since {
            old.extend(since.went.iter().map(|(number, _)| *number));
            old.sort_unstable();
            old.dedup();
        }
        let new = spread(old.len());
        let renew = |number: &mut u64| {
            if let Some(renewed) = old.binary_search(number).ok().and_then(|at| new.get(at)) {
                *number = *renewed;
            }
        };
        self.numbers.iter_mut().for_each(renew);
        self.places.iter_mut().flat_map(Places::values_mut).flatten().for_each(renew);
        if let Some(since) = &mut self.since {
            since.came.iter_mut().for_each(renew);
            since.went.iter_mut().for_each(|(number, _)| renew(number));
        }
    }

    /// From now on changes are recorded.
    pub(super) fn record(&mut self) {
        self.since.get_or_insert_default();
    }

    pub(super) fn since(&self) -> Option<&Since> {
        self.since.as_ref()
    }

    /// What was recorded. Nothing is recorded any more.
    pub(super) fn take_since(&mut self) -> Option<Since> {
        self.since.take()
    }

    /// Goes on recording.
    pub(super) fn put_since(&mut self, since: Since) {
        self.since = Some(since);
    }
}

/// So many numbers, with equal gaps.
fn spread(items: usize) -> Vec<u64> {
    let items = items as u64;
    let gap = GAP.min(MIDDLE / (items + 2));
    (0..items).map(|at| MIDDLE - items / 2 * gap + at * gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers ascend, and the index finds every object under those of its places.
    fn check(labels: &Labels, list: &[usize]) {
        assert!(labels.numbers.is_sorted_by(|one, next| one < next));
        for address in list {
            let places: Vec<usize> = (0..list.len()).filter(|at| list[*at] == *address).collect();
            let found = labels.find(*address).unwrap();
            let found: Vec<usize> = found.iter().map(|number| labels.place(*number).unwrap()).collect();
            assert_eq!(found, places);
        }
        assert!(labels.find(usize::MAX).unwrap().is_empty());
    }

    /// Where new items stand, as far as they are recorded.
    fn came(labels: &Labels) -> Vec<usize> {
        let since = labels.since().unwrap();
        assert!(since.went.is_empty());
        since.came.iter().map(|number| labels.place(*number).unwrap()).collect()
    }

    #[test]
    fn items_come_to_any_place() {
        let mut list: Vec<usize> = (0..20).collect();
        let mut labels = Labels::of(list.len());
        labels.index(list.iter().copied());
        labels.record();
        check(&labels, &list);
        let mut new = Vec::new();
        for round in 0..500 {
            // Mostly where the last one came to, so that room is made again and again.
            let at = if round % 7 == 0 { round * 31 % (list.len() + 1) } else { list.len() / 2 };
            let object = round % 90;
            labels.put(at, object);
            list.insert(at, object);
            new.iter_mut().filter(|place| **place >= at).for_each(|place| *place += 1);
            new.push(at);
            new.sort_unstable();
            assert_eq!(came(&labels), new);
        }
        check(&labels, &list);
    }

    #[test]
    fn a_list_grows_at_both_ends() {
        let mut labels = Labels::of(0);
        labels.index(std::iter::empty());
        let mut list = Vec::new();
        for object in 0..100 {
            labels.put(0, object);
            labels.put(list.len() + 1, object);
            list.insert(0, object);
            list.push(object);
        }
        check(&labels, &list);
    }

    #[test]
    fn there_is_room_between_the_numbers_of_many_items() {
        let numbers = spread(100_000);
        assert!(numbers.is_sorted_by(|one, next| next - one == GAP));
        assert!(GAP.min(MIDDLE / (u64::from(u32::MAX) + 2)) > 1 << 30, "for as many items as there may be");
    }
}
