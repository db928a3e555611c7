//! `Fresh`: the objects at a place of a load that its rows made, refreshed or met.

use std::rc::Rc;

use super::depths::Depths;
use super::kept::{Reached, Said, counts_again, keep};
use super::noted::{Noted, Overwrites};
use super::notes::Notes;
use super::turns::{Between, Turns};
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::memory::loaded_by::LoadedBy;
use crate::state::memory::peers::TOGETHER;

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
    /// In which order the objects are made, where SQLAlchemy reads rows of other statements between.
    turns: Option<Turns>,
    /// The turn in which a row first came to this place, and that in which all was read that stands beside it there.
    begun: Option<u32>,
    ended: Option<u32>,
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
            turns: None,
            begun: None,
            ended: None,
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
    pub(super) fn loaded_by(self, at: Option<Reached>, mapper: &'static Mapper) -> Self {
        let Some(at) = at else { return self };
        Fresh {
            is_kept: true,
            said: Said::of(&at.options, mapper),
            loaded_by: Some(keep(at, mapper)),
            ..self
        }
    }

    /// The same, and objects that are there already are overwritten.
    pub(super) fn overwriting(self, overwritten: Option<Overwrites>) -> Self {
        Fresh { is_kept: self.is_kept || overwritten.is_some(), overwritten, ..self }
    }

    /// The same at that depth of a statement, and of what the rows make or overwrite is noted what the statement notes.
    pub(super) fn noting(self, notes: &Notes, depth: u16) -> Self {
        let Notes { made, depths, turns } = notes;
        let is_kept = self.is_kept || made.is_some() || depths.is_some() || turns.is_some();
        let depths = depths.as_ref().map(|depths| (depths.clone(), depth));
        Fresh { is_kept, made: made.clone(), depths, turns: turns.clone(), ..self }
    }

    /// The objects that the statement has made or overwritten, where these are noted.
    pub(super) fn made(&self) -> Option<&Noted> {
        self.made.as_ref()
    }

    /// Whether it is noted in which order the objects are made.
    pub(super) fn is_in_turns(&self) -> bool {
        self.turns.is_some()
    }

    /// A row comes to this place.
    pub(super) fn begin(&mut self) {
        if let Some(turns) = &self.turns {
            self.begun.get_or_insert_with(|| turns.next());
        }
    }

    /// What stands beside an object of this place is read.
    pub(super) fn end(&mut self) {
        if let Some(turns) = &self.turns {
            self.ended.get_or_insert_with(|| turns.next());
        }
    }

    /// Between which rows that is read what comes after all rows of the statement.
    pub(super) fn between(&self) -> Between {
        self.turns.as_ref().map(Turns::between).unwrap_or_default()
    }

    /// Between which rows a subquery is read that SQLAlchemy runs before a row first comes to this place.
    pub(super) fn before(&self) -> Between {
        self.since(self.begun)
    }

    /// Between which rows a subquery is read that SQLAlchemy runs when all is read that first stands beside this place.
    pub(super) fn after(&self) -> Between {
        self.since(self.ended)
    }

    fn since(&self, turn: Option<u32>) -> Between {
        match (&self.turns, turn) {
            (Some(turns), Some(turn)) => turns.within(turn),
            _ => self.between(),
        }
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
            if let Some(turns) = &self.turns {
                turns.add(object);
            }
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
        if let Some(turns) = &self.turns
            && turns.claim(object, self.loaded_by.as_ref())?
        {
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
