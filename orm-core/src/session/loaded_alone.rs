//! `LoadedAlone`: which relationships and deferred columns a transaction has loaded one by one, for objects that were
//! loaded together.

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use crate::declare::SlotId;
use crate::mapper::{MapperId, RelationId};
use crate::state::key::Key;
use crate::state::memory::peers::PeerList;

/// For how many objects that were loaded together something is loaded one by one when it is told.
pub(super) const TIMES: usize = 10;

/// What is loaded by a statement of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Alone {
    Relation(RelationId),
    /// Columns that were left out when the object was loaded, by the first of them.
    Columns(MapperId, SlotId),
}

/// What was loaded one by one.
#[derive(Default)]
pub(super) struct LoadedAlone {
    /// Of the objects of a list, and what of them: fewer keys than are told.
    keys: HashMap<(PeerList, Alone), SmallVec<[Key; 4]>, FxBuildHasher>,
    /// What the session has warned of.
    told: HashSet<Alone, FxBuildHasher>,
}

impl LoadedAlone {
    /// Something of the object with that key, of a list, is about to be loaded by a statement of its own. Where that is
    /// once too often it isn't noted, and says how many objects the list has. `together` gives the keys of the list.
    pub(super) fn note(
        &mut self,
        place: (PeerList, Alone),
        key: Key,
        together: impl FnOnce() -> Vec<Key>,
    ) -> Option<usize> {
        if self.told.contains(&place.1) {
            return None;
        }
        let keys = self.keys.entry(place).or_default();
        if keys.contains(&key) {
            return None;
        }
        if keys.len() + 1 >= TIMES {
            // The list may have been another one's, whose objects are gone.
            let together = together();
            let known: HashSet<&Key, FxBuildHasher> = together.iter().collect();
            keys.retain(|key| known.contains(key));
            if keys.len() + 1 >= TIMES {
                return Some(together.len());
            }
        }
        keys.push(key);
        None
    }

    /// The session has warned of it, and does so once.
    pub(super) fn warned(&mut self, what: Alone) {
        self.told.insert(what);
    }

    /// The transaction ends: the next one begins to count anew.
    pub(super) fn end(&mut self) {
        self.keys.clear();
    }
}
