//! `Fresh` and `Loading`: the objects that a load made, refreshed or met, and the collections that its rows fill.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::depths::Depths;
use super::kept::{Said, counts_again, keep};
use super::noted::{Noted, Overwrites};
use super::options::Options;
use crate::error::Result;
use crate::mapper::{Mapper, Relation, RelationId};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::loaded_by::LoadedBy;
use crate::state::memory::peers::TOGETHER;
use crate::state::read::related;

/// The objects at a place of a running plan for which something is done after the rows.
pub(super) struct Fresh {
    /// Whether anything is kept of those that are made.
    is_kept: bool,
    kept: Kept,
    /// Those that the rows made, where it is remembered which were loaded together.
    peers: Option<Vec<Handle>>,
    /// The options that the objects keep.
    loaded_by: Option<LoadedBy>,
    /// What is said of objects that are there already.
    said: Option<Said>,
    /// The objects that were overwritten, where those that are there are.
    overwritten: Option<Overwrites>,
    /// The objects that the statement makes or overwrites, at whatever place, where these are noted.
    made: Option<Noted>,
    /// How deep the objects stood that the statement makes, where it may meet them nearer, and how deep these stand.
    depths: Option<(Depths, u16)>,
}

/// For which something is loaded.
enum Kept {
    /// Nobody asks for them.
    None,
    /// Those that the rows made or refreshed.
    Made(Vec<Handle>),
    /// Those too that were there before.
    Met(Vec<Handle>),
    /// Those that the rows made or refreshed, and beside them all that the rows named.
    Both(Vec<Handle>, Vec<Handle>),
}

impl Fresh {
    /// Keeps those that the rows make or refresh, or nothing where nobody asks for them.
    #[inline]
    pub(super) fn new(kept: bool) -> Self {
        Fresh {
            is_kept: kept,
            kept: if kept { Kept::Made(Vec::new()) } else { Kept::None },
            peers: None,
            loaded_by: None,
            said: None,
            overwritten: None,
            made: None,
            depths: None,
        }
    }

    /// Keeps all that the rows name.
    pub(super) fn of_met() -> Self {
        Fresh { kept: Kept::Met(Vec::new()), ..Fresh::new(false) }
    }

    /// Keeps both what the rows make and all that they name.
    pub(super) fn of_both() -> Self {
        Fresh { kept: Kept::Both(Vec::new(), Vec::new()), ..Fresh::new(true) }
    }

    /// The same, and it is remembered which objects were made together.
    pub(super) fn grouped(self, is_grouped: bool) -> Self {
        Fresh { is_kept: self.is_kept || is_grouped, peers: is_grouped.then(Vec::new), ..self }
    }

    /// The same, and objects of a class that the rows make keep these options.
    pub(super) fn loaded_by(self, options: Option<&Rc<Options>>, mapper: &'static Mapper) -> Self {
        let Some(options) = options else { return self };
        Fresh {
            is_kept: true,
            loaded_by: Some(keep(options, mapper)),
            said: Said::of(options, mapper),
            ..self
        }
    }

    /// The same, and objects that are there already are overwritten.
    pub(super) fn overwriting(self, overwritten: Option<Overwrites>) -> Self {
        Fresh { is_kept: self.is_kept || overwritten.is_some(), overwritten, ..self }
    }

    /// The same, and what the rows make or overwrite is noted.
    pub(super) fn noting(self, made: &Option<Noted>) -> Self {
        Fresh { is_kept: self.is_kept || made.is_some(), made: made.clone(), ..self }
    }

    /// The same, where objects may be met at several depths of a statement, of which this is one.
    pub(super) fn at(self, depths: Option<&Depths>, depth: u16) -> Self {
        let depths = depths.map(|depths| (depths.clone(), depth));
        Fresh { is_kept: self.is_kept || depths.is_some(), depths, ..self }
    }

    /// The objects that the statement has made or overwritten, where these are noted.
    pub(super) fn made(&self) -> Option<&Noted> {
        self.made.as_ref()
    }

    /// A row made or refreshed that object.
    #[inline]
    pub(super) fn add(&mut self, object: &Handle) {
        if self.is_kept {
            self.keep(object);
            self.keep_options(object);
            self.note_depth(object);
            if let Some(overwritten) = &self.overwritten {
                overwritten.noted.insert(object);
            }
            self.note(object);
        }
    }

    /// A row has what was expired of that object, which keeps the options that it has.
    pub(super) fn add_expired(&mut self, object: &Handle) {
        if self.is_kept {
            self.keep(object);
            self.loaded_by.iter().for_each(|options| counts_again(object, options));
        }
    }

    /// A row names an object that was there before, and isn't made anew of it.
    ///
    /// # Errors
    /// `busy`.
    #[inline]
    pub(super) fn find(&mut self, object: &Rc<Instance>) -> Result<()> {
        if let Some((depths, depth)) = &self.depths
            && depths.is_nearer(object, *depth)
        {
            object.header().rare_or_new().load_by(self.loaded_by.clone());
            return Ok(());
        }
        self.loaded_by.iter().for_each(|options| counts_again(object, options));
        self.said.as_mut().map_or(Ok(()), |said| said.tell(object))
    }

    /// Whether a row overwrites that object, which was there before.
    #[inline]
    pub(super) fn overwrites(&self, object: &Rc<Instance>) -> bool {
        self.overwritten.as_ref().is_some_and(|overwritten| overwritten.noted.insert(object))
    }

    /// The relationships of an overwritten object that stay as they are, where what the query leaves out does.
    pub(super) fn keeps(&self) -> Option<&[&'static Relation]> {
        self.overwritten.as_ref()?.keeps.as_deref()
    }

    /// A row overwrote an object.
    pub(super) fn add_overwritten(&self, object: &Rc<Instance>) {
        self.keep_options(object);
        self.note_depth(object);
        self.note(object);
    }

    fn note_depth(&self, object: &Rc<Instance>) {
        if let Some((depths, depth)) = &self.depths {
            depths.insert(object, *depth);
        }
    }

    fn note(&self, object: &Rc<Instance>) {
        if let Some(made) = &self.made {
            made.insert(object);
        }
    }

    /// A row made or overwrote an object: it keeps the options, where there are any.
    fn keep_options(&self, object: &Rc<Instance>) {
        if let Some(options) = &self.loaded_by {
            object.header().rare_or_new().load_by(Some(options.clone()));
        }
    }

    fn keep(&mut self, object: &Handle) {
        if let Kept::Made(objects) | Kept::Both(objects, _) = &mut self.kept {
            objects.push(object.clone());
        }
        if let Some(peers) = &mut self.peers {
            peers.push(object.clone());
        }
    }

    /// A row names that object.
    pub(super) fn meet(&mut self, object: &Handle) {
        if let Kept::Met(objects) | Kept::Both(_, objects) = &mut self.kept
            && objects.last() != Some(object)
        {
            objects.push(object.clone());
        }
    }

    #[cfg(test)]
    pub(super) fn objects(&self) -> &[Handle] {
        match &self.kept {
            Kept::None => &[],
            Kept::Made(objects) | Kept::Met(objects) | Kept::Both(objects, _) => objects,
        }
    }

    /// Takes them out, and all that were met where that is asked for besides. One that was met several times may be there
    /// as often.
    pub(super) fn take(&mut self) -> (Rc<[Handle]>, Rc<[Handle]>) {
        match &mut self.kept {
            Kept::None => Default::default(),
            Kept::Made(objects) | Kept::Met(objects) => (std::mem::take(objects).into(), Rc::default()),
            Kept::Both(made, met) => (std::mem::take(made).into(), std::mem::take(met).into()),
        }
    }

    /// Remembers which were made together.
    pub(super) fn join(&mut self, identity: &IdentityMap) {
        if let Some(peers) = &mut self.peers {
            for part in peers.chunks(TOGETHER) {
                let Some(mapper) = part.first().map(|one| one.header().mapper()) else { continue };
                let keys: Vec<Key> = part.iter().filter_map(|one| one.header().key()).collect();
                let list = identity.peers().join(mapper, keys);
                part.iter().for_each(|one| one.header().set_peers(list));
            }
            peers.clear();
        }
    }
}

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
}

impl Loading {
    pub(super) fn new(fresh: Vec<Fresh>) -> Self {
        let last = fresh.iter().map(|_| None).collect();
        Loading {
            fresh,
            last,
            filled: HashMap::default(),
            lists: Vec::new(),
            held: Vec::new(),
            all: None,
            none: Fresh::new(false),
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
