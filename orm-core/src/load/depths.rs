//! `Depths`: how far from a statement's own objects those stood that it makes, where it may meet them again nearer.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::mapper::MapperId;
use crate::state::key::Key;
use crate::state::memory::instance::Instance;

/// How many relationships led to the objects that a statement has made or overwritten. It may meet one again at a place nearer
/// to its own objects, and an object keeps the options of the nearest place.
#[derive(Clone, Default)]
pub(super) struct Depths(Rc<RefCell<Met>>);

/// Objects by class and key, and how many relationships led to each.
type Met = HashMap<(MapperId, Key), u16, FxBuildHasher>;

impl Depths {
    /// Of a statement with places for objects of these classes, so many relationships away from its own objects; none where
    /// no class stands at several depths.
    pub(super) fn of(places: &[(MapperId, u16)]) -> Option<Self> {
        if places.len() < 2 {
            return None;
        }
        let mut first: HashMap<MapperId, u16, FxBuildHasher> = HashMap::default();
        let are_several = places.iter().any(|(id, depth)| first.entry(*id).or_insert(*depth) != depth);
        are_several.then(Depths::default)
    }

    /// An object was made or overwritten at that depth.
    pub(super) fn insert(&self, object: &Instance, depth: u16) {
        let header = object.header();
        if let (Some(key), Ok(mut depths)) = (header.key(), self.0.try_borrow_mut()) {
            depths.insert((header.mapper().id(), key), depth);
        }
    }

    /// An object is met. Says whether it was made or overwritten further from the statement's own objects.
    pub(super) fn is_nearer(&self, object: &Instance, depth: u16) -> bool {
        let header = object.header();
        let (Some(key), Ok(mut depths)) = (header.key(), self.0.try_borrow_mut()) else { return false };
        let known = depths.get_mut(&(header.mapper().id(), key)).filter(|known| **known > depth);
        known.map(|known| *known = depth).is_some()
    }
}
