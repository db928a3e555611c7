//! `Loading`: what a load of several objects a row has read so far, and the collections that its rows fill.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::fresh::Fresh;
use crate::error::Result;
use crate::mapper::{Relation, RelationId};
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::address;
use crate::state::read::related;

/// What a load of several objects a row has read so far.
pub(super) struct Loading {
    fresh: Vec<Fresh>,
    /// The last collection at each place: mostly the next row goes on with it.
    last: Vec<Option<(Handle, usize)>>,
    /// The collections that rows fill, and `None` for those that were loaded before.
    filled: HashMap<(usize, RelationId), Option<usize>, FxBuildHasher>,
    lists: Vec<(Handle, &'static Relation, Vec<Handle>)>,
    /// Objects whose addresses stand in `filled`, so that no other one gets them meanwhile.
    held: Vec<Handle>,
    /// How many objects were read at the first place, where they are all that there are in their class.
    all: Option<usize>,
    none: Fresh,
    /// Whether it is noted in which order the objects are made.
    in_turns: bool,
}

impl Loading {
    pub(super) fn new(fresh: Vec<Fresh>) -> Self {
        let last = fresh.iter().map(|_| None).collect();
        Loading {
            in_turns: fresh.first().is_some_and(Fresh::is_in_turns),
            fresh,
            last,
            filled: HashMap::default(),
            lists: Vec::new(),
            held: Vec::new(),
            all: None,
            none: Fresh::new(false),
        }
    }

    /// A row comes to a place.
    #[inline]
    pub(super) fn begin(&mut self, place: usize) {
        if self.in_turns {
            self.fresh(place).begin();
        }
    }

    /// What stands beside an object of a place is read.
    #[inline]
    pub(super) fn end(&mut self, place: usize) {
        if self.in_turns {
            self.fresh(place).end();
        }
    }

    /// So many objects were read at the first place, and they are all that there are in their class.
    pub(super) fn of_all(&mut self, all: Option<usize>) {
        self.all = all;
    }

    /// How many objects were read at a place, where they are all that there are in their class.
    pub(super) fn all_at(&self, place: usize) -> Option<usize> {
        self.all.filter(|_| place == 0)
    }

    /// What is kept of a place.
    pub(super) fn fresh(&mut self, place: usize) -> &mut Fresh {
        self.fresh.get_mut(place).unwrap_or(&mut self.none)
    }

    /// A row has an item of a collection, or says that it has none. Says whether the collection is filled by these
    /// rows: one that was loaded before stays.
    pub(super) fn collect(
        &mut self,
        place: usize,
        parent: &Handle,
        relation: &'static Relation,
        item: Option<&Handle>,
    ) -> Result<bool> {
        let last = self.last.get(place).and_then(Option::as_ref);
        let list = match last.filter(|(owner, _)| owner == parent) {
            Some((_, list)) => Some(*list),
            None => self.list_of(place, parent, relation)?,
        };
        let Some((.., items)) = list.and_then(|list| self.lists.get_mut(list)) else { return Ok(false) };
        if let Some(item) = item
            && items.last() != Some(item)
        {
            items.push(item.clone());
        }
        Ok(true)
    }

    fn list_of(
        &mut self,
        place: usize,
        parent: &Handle,
        relation: &'static Relation,
    ) -> Result<Option<usize>> {
        let key = (address(parent), relation.id());
        let list = match self.filled.get(&key) {
            Some(list) => *list,
            None => {
                let list = related::is_untouched(parent, relation)?.then_some(self.lists.len());
                match list {
                    Some(_) => self.lists.push((parent.clone(), relation, Vec::new())),
                    None => self.held.push(parent.clone()),
                }
                self.filled.insert(key, list);
                list
            }
        };
        if let (Some(list), Some(last)) = (list, self.last.get_mut(place)) {
            *last = Some((parent.clone(), list));
        }
        Ok(list)
    }

    /// The rows have set what a relationship leads to.
    pub(super) fn set_one(&mut self, parent: &Handle, relation: &'static Relation) {
        self.filled.insert((address(parent), relation.id()), None);
        self.held.push(parent.clone());
    }

    /// Whether the rows have set it, so that they go on filling what it leads to.
    pub(super) fn has_set(&self, parent: &Handle, relation: &'static Relation) -> bool {
        self.filled.contains_key(&(address(parent), relation.id()))
    }

    /// Remembers which objects were made together.
    pub(super) fn join(&mut self, identity: &IdentityMap) {
        self.fresh.iter_mut().for_each(|fresh| fresh.join(identity));
    }

    /// Sets the collections: their rows are read.
    pub(super) fn finish(&mut self, identity: &IdentityMap) -> Result<()> {
        self.join(identity);
        self.last.iter_mut().for_each(|last| *last = None);
        self.filled.clear();
        self.held.clear();
        for (parent, relation, items) in std::mem::take(&mut self.lists) {
            if related::is_untouched(&parent, relation)? {
                related::set_committed_many(&parent, relation, &items)?;
            }
        }
        Ok(())
    }
}
