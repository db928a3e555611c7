//! `Peers`: the objects of a session that were loaded together, by the keys that they had then. None is kept alive.

use std::cell::RefCell;

use crate::mapper::Mapper;
use crate::state::key::Key;

/// How many objects a list has at most.
pub(crate) const TOGETHER: usize = 500;

/// How many lists there are at most: so many numbers an object has room for. Objects that are loaded beyond have none.
pub(crate) const LISTS: u32 = 1 << 12;

/// The number of a list; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Remembers that objects of a class with these keys, at most [`TOGETHER`], were loaded together. Gives no list to one
    /// object alone, nor where there is no room.
    pub(crate) fn join(&self, mapper: &'static Mapper, keys: Vec<Key>) -> PeerList {
        let Ok(mut lists) = self.0.try_borrow_mut() else { return PeerList::NONE };
        let alive = keys.len();
        if alive < 2 {
            return PeerList::NONE;
        }
        let int = |key: &Key| if let Key::Int(id) = key { Some(*id) } else { None };
        let ints: Option<Box<[i64]>> = keys.iter().map(int).collect();
        let keys = ints.map_or_else(|| Keys::Others(keys.into()), Keys::Ints);
        lists.put(List { mapper, keys, alive }).map_or(PeerList::NONE, PeerList)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::typed::mapped::Mapped;
    use crate::testing::{Cat, Member};

    #[test]
    fn a_list_goes_with_the_last_of_its_objects() {
        let (cat, member) = (Cat::class().mapper().unwrap(), Member::class().mapper().unwrap());
        let peers = Peers::default();
        assert_eq!(peers.join(cat, vec![Key::Int(1)]), PeerList::NONE, "one alone has none");
        let list = peers.join(cat, vec![Key::Int(1), Key::Int(2)]);
        let other = peers.join(cat, vec![Key::new(vec![]), Key::Int(3)]);
        assert_eq!((list, other), (PeerList(1), PeerList(2)));
        assert_eq!(peers.keys(list, cat), [Key::Int(1), Key::Int(2)]);
        assert_eq!(peers.keys(other, cat), [Key::new(vec![]), Key::Int(3)]);
        assert_eq!(peers.keys(list, member), [], "of another class");
        peers.leave(list);
        assert_eq!((peers.keys(list, cat).len(), peers.len()), (2, 2));
        peers.leave(list);
        assert_eq!((peers.keys(list, cat).len(), peers.len()), (0, 1));
        // Its number is used again.
        assert_eq!(peers.join(cat, vec![Key::Int(7), Key::Int(8)]), list);
    }

    #[test]
    fn where_there_is_no_room_an_object_has_none() {
        let (cat, peers) = (Cat::class().mapper().unwrap(), Peers::default());
        let two = || vec![Key::Int(1), Key::Int(2)];
        for number in 1..LISTS {
            assert_eq!(peers.join(cat, two()), PeerList(number));
        }
        assert_eq!(peers.join(cat, two()), PeerList::NONE);
        peers.leave(PeerList(7));
        peers.leave(PeerList(7));
        assert_eq!(peers.join(cat, two()), PeerList(7));
    }
}
