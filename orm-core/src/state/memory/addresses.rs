//! `Addresses`: a set of objects, small ones without an allocation.

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// How many are looked through one by one.
const FEW: usize = 12;

/// A set of objects by their addresses. It keeps none of them alive.
#[derive(Default)]
pub(crate) struct Addresses {
    few: SmallVec<[usize; FEW]>,
    /// All of them, once they are many.
    many: HashSet<usize, FxBuildHasher>,
}

impl Addresses {
    /// An empty one, with room for so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        let mut set = Addresses::default();
        if count > FEW {
            set.many.reserve(count);
        }
        set
    }

    /// Puts one in; says whether it is new.
    #[inline]
    pub(crate) fn insert(&mut self, address: usize) -> bool {
        let few = self.few.as_slice();
        if !self.many.is_empty() || few.len() == FEW {
            return self.insert_among_many(address);
        }
        if few.contains(&address) {
            return false;
        }
        self.few.push(address);
        true
    }

    #[inline(never)]
    fn insert_among_many(&mut self, address: usize) -> bool {
        if self.few.contains(&address) {
            return false;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(address)
    }

    /// Whether it is there.
    pub(crate) fn contains(&self, address: usize) -> bool {
        self.few.contains(&address) || self.many.contains(&address)
    }

    /// Takes all out.
    pub(crate) fn clear(&mut self) {
        self.few.clear();
        self.many.clear();
    }
}

impl Extend<usize> for Addresses {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, addresses: I) {
        for address in addresses {
            self.insert(address);
        }
    }
}

impl FromIterator<usize> for Addresses {
    fn from_iter<I: IntoIterator<Item = usize>>(addresses: I) -> Self {
        let mut set = Addresses::default();
        set.extend(addresses);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_told_apart_alike() {
        let mut set = Addresses::default();
        for address in 0..50 {
            assert!(!set.contains(address));
            assert!(set.insert(address) && !set.insert(address));
            assert!((0..=address).all(|known| set.contains(known)));
        }
        set.clear();
        assert!(!set.contains(7) && set.insert(7));
    }
}
