//! What the planner is given: the classes, relationships and objects of a flush, and how objects in circles of
//! classes are linked. All of it is data.

use smallvec::SmallVec;

use super::{ClassPlace, ItemId, RelationPlace, Verb};
use crate::mapper::{Direction, MapperId};

/// A class that takes part, or that a relationship leads to which takes part.
#[derive(Clone, Debug)]
pub(in crate::flush) struct ClassShape {
    pub(in crate::flush) module: &'static str,
    pub(in crate::flush) class: &'static str,
    /// Whether objects of it take part.
    pub(in crate::flush) has_items: bool,
}

/// A relationship that has something to write.
#[derive(Clone, Debug)]
pub(in crate::flush) struct RelationShape {
    pub(in crate::flush) name: &'static str,
    pub(in crate::flush) direction: Direction,
    /// The class that it stands on.
    pub(in crate::flush) parent: ClassPlace,
    /// The class that it leads to.
    pub(in crate::flush) child: ClassPlace,
    /// Whether its foreign key is written by an update of its own.
    pub(in crate::flush) post_update: bool,
}

impl RelationShape {
    /// The class with its foreign key, where it is written by an update of its own.
    pub(super) fn posted(&self) -> Option<ClassPlace> {
        match self.direction {
            Direction::OneToMany if self.post_update => Some(self.child),
            Direction::ManyToOne if self.post_update => Some(self.parent),
            _ => None,
        }
    }
}

/// What tells the shapes of flushes apart: classes in the order in which they came, and which of their relationships
/// have something to write. What a class is called and where its relationships lead never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::flush) struct Key {
    pub(in crate::flush) classes: SmallVec<[MapperId; 8]>,
    pub(in crate::flush) active: SmallVec<[bool; 16]>,
    pub(in crate::flush) posts_saved_first: bool,
}

/// All that the order of a flush depends on while no class stands in a circle.
#[derive(Clone, Debug, Default)]
pub(in crate::flush) struct Shape {
    pub(in crate::flush) classes: Vec<ClassShape>,
    /// By their places; `None` for one that has nothing to write.
    pub(in crate::flush) relations: Vec<Option<RelationShape>>,
    /// Whether foreign keys of saved rows that are written by themselves come before those that are emptied for deleted ones.
    pub(in crate::flush) posts_saved_first: bool,
}

impl Shape {
    /// The relationships that have something to write.
    pub(super) fn active(&self) -> impl Iterator<Item = (RelationPlace, &RelationShape)> {
        let places = self.relations.iter().enumerate();
        places.filter_map(|(at, relation)| Some((RelationPlace::at(at), relation.as_ref()?)))
    }

    /// The classes, with their places.
    pub(super) fn classes(&self) -> impl Iterator<Item = (ClassPlace, &ClassShape)> {
        self.classes.iter().enumerate().map(|(at, class)| (ClassPlace::at(at), class))
    }

    /// A relationship that has something to write.
    pub(super) fn relation(&self, at: RelationPlace) -> Option<&RelationShape> {
        self.relations.get(at.index())?.as_ref()
    }
}

/// The objects of a class. Those that are only listed aren't among them.
#[derive(Clone, Debug, Default)]
pub(in crate::flush) struct ClassItems {
    pub(in crate::flush) saved: SmallVec<[ItemId; 4]>,
    pub(in crate::flush) deleted: SmallVec<[ItemId; 4]>,
}

/// The objects of a flush, by the places of their classes.
#[derive(Clone, Debug, Default)]
pub(in crate::flush) struct Items(pub(in crate::flush) SmallVec<[ClassItems; 2]>);

impl Items {
    /// The objects of a class that are saved, or deleted.
    pub(in crate::flush) fn of(&self, verb: Verb, class: ClassPlace) -> &[ItemId] {
        self.0.get(class.index()).map_or(&[], |items| match verb {
            Verb::Save => &items.saved,
            Verb::Delete => &items.deleted,
        })
    }
}

/// A relationship of an object whose links the planner has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flush) struct Wanted {
    pub(in crate::flush) relation: RelationPlace,
    pub(in crate::flush) item: ItemId,
    /// What is done with the object.
    pub(in crate::flush) verb: Verb,
}

/// An object of the flush that a relationship leads to, or led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flush) struct Target {
    pub(in crate::flush) class: ClassPlace,
    pub(in crate::flush) item: ItemId,
    /// What is done with it; one that is only listed counts as saved.
    pub(in crate::flush) verb: Verb,
}

/// Two objects of a class of which one is deleted, and the other is to have a value that only one row may have: the
/// deletion has to go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flush) struct Conflict {
    pub(in crate::flush) class: ClassPlace,
    pub(in crate::flush) deleted: ItemId,
    pub(in crate::flush) saved: ItemId,
}

/// What the wanted relationships lead to.
#[derive(Debug, Default)]
pub(in crate::flush) struct Links {
    of: Vec<LinksOf>,
    targets: Vec<Target>,
}

#[derive(Debug)]
struct LinksOf {
    wanted: Wanted,
    /// Where its targets end in `targets`.
    end: usize,
}

impl Links {
    /// Takes a relationship in that has something to tell: a to-one that is loaded or was asked for, also where it
    /// leads to nothing, or a collection that isn't empty. `targets` are those of what it leads to that take part.
    pub(in crate::flush) fn push(&mut self, wanted: Wanted, targets: impl IntoIterator<Item = Target>) {
        self.targets.extend(targets);
        self.of.push(LinksOf { wanted, end: self.targets.len() });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Wanted, &[Target])> {
        let starts = std::iter::once(0).chain(self.of.iter().map(|of| of.end));
        self.of.iter().zip(starts).map(|(of, start)| (of.wanted, &self.targets[start..of.end]))
    }
}
