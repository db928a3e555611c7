//! `Peers`: the objects of a session that were loaded together, by the keys that they had then. None is kept alive.

use std::cell::RefCell;

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;

/// How many objects a list has at most.
pub(crate) const TOGETHER: usize = 500;

/// How many lists there are at most: so many numbers an object has room for. Objects that are loaded beyond have none.
pub(crate) const LISTS: u32 = 1 << 12;

/// The number of a list; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerList(pub(crate) u32);

impl PeerList {
    pub(crate) const NONE: PeerList = PeerList(0);
}

/// The lists of a session. A list goes when the last of its objects does.
#[derive(Default)]
pub(crate) struct Peers(RefCell<Lists>);

#[derive(Default)]
struct Lists {
    /// By their numbers less one.
    lists: Vec<List>,
    free: Vec<u32>,
}

struct List {
    mapper: &'static Mapper,
    keys: Keys,
    /// How many of the objects are in the session.
    alive: usize,
}

/// Eight bytes for each object in the usual case.
enum Keys {
    Ints(Box<[i64]>),
    Others(Box<[Key]>),
}

impl Peers {
    /// Remembers that objects of a class, at most [`TOGETHER`], were loaded together.
    pub(crate) fn join(&self, objects: &[Handle]) {
        let (Some(first), Ok(mut lists)) = (objects.first(), self.0.try_borrow_mut()) else { return };
        let keys: Vec<Key> = objects.iter().filter_map(|object| object.header().key()).collect();
        if keys.len() < 2 || keys.len() != objects.len() {
            return;
        }
        let ints: Option<Box<[i64]>> =
            keys.iter().map(|key| if let Key::Int(id) = key { Some(*id) } else { None }).collect();
        let keys = ints.map_or_else(|| Keys::Others(keys.into()), Keys::Ints);
        let list = List { mapper: first.header().mapper(), keys, alive: objects.len() };
        let Some(number) = lists.put(list) else { return };
        for object in objects {
            object.header().set_peers(PeerList(number));
        }
    }

    /// The keys of the objects that were loaded together with one of a class.
    pub(crate) fn keys(&self, list: PeerList, mapper: &Mapper) -> Vec<Key> {
        let Ok(lists) = self.0.try_borrow() else { return Vec::new() };
        let list = list.0.checked_sub(1).and_then(|at| lists.lists.get(at as usize));
        match list.filter(|list| list.mapper.id() == mapper.id()) {
            Some(List { keys: Keys::Ints(keys), .. }) => keys.iter().map(|id| Key::Int(*id)).collect(),
            Some(List { keys: Keys::Others(keys), .. }) => keys.to_vec(),
            None => Vec::new(),
        }
    }

    /// One of a list leaves the session.
    pub(crate) fn leave(&self, list: PeerList) {
        let (Some(at), Ok(mut lists)) = (list.0.checked_sub(1), self.0.try_borrow_mut()) else { return };
        let Some(list) = lists.lists.get_mut(at as usize) else { return };
        list.alive = list.alive.saturating_sub(1);
        if list.alive == 0 {
            list.keys = Keys::Ints(Box::default());
            lists.free.push(at);
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        if let Ok(mut lists) = self.0.try_borrow_mut() {
            *lists = Lists::default();
        }
    }

    /// How many lists there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let lists = self.0.borrow();
        lists.lists.len() - lists.free.len()
    }
}

impl Lists {
    /// Gives a list a number.
    fn put(&mut self, list: List) -> Option<u32> {
        let at = match self.free.pop() {
            Some(at) => at,
            None => u32::try_from(self.lists.len()).ok().filter(|at| at + 1 < LISTS)?,
        };
        match self.lists.get_mut(at as usize) {
            Some(place) => *place = list,
            None => self.lists.push(list),
        }
        Some(at + 1)
    }
}
