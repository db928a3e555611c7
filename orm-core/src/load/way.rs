//! `Way`: the classes on the way to an object that is loaded.

use smallvec::{SmallVec, smallvec};

use crate::mapper::{Mapper, MapperId, Relation};

/// The classes on the way from the object that was asked for to the one that is loaded.
#[derive(Clone)]
pub(super) struct Way {
    /// Each once.
    classes: SmallVec<[MapperId; 4]>,
    /// How many relationships were followed.
    steps: u16,
}

impl Way {
    /// It begins with an object of a class.
    pub(super) fn from(mapper: &Mapper) -> Self {
        Way { classes: smallvec![mapper.id()], steps: 0 }
    }

    /// The same, and on along a relationship.
    pub(super) fn then(&self, relation: &Relation) -> Self {
        let (mut way, id) = (self.clone(), relation.target().id());
        if !way.classes.contains(&id) {
            way.classes.push(id);
        }
        way.steps = way.steps.saturating_add(1);
        way
    }

    /// How many relationships were followed.
    pub(super) fn steps(&self) -> u16 {
        self.steps
    }

    /// Whether it begins with an object of a class.
    pub(super) fn is_from(&self, mapper: &Mapper) -> bool {
        self.classes.first() == Some(&mapper.id())
    }

    /// Whether the next step along a relationship goes round a circle, or further round it than was said.
    pub(super) fn is_round(&self, relation: &Relation) -> bool {
        match relation.join_depth() {
            Some(depth) => self.steps >= depth,
            None => self.classes.contains(&relation.target().id()),
        }
    }
}
