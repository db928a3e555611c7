//! `Ranks`: the order of what may go in any order: by kind, then by the names of classes and relationships, as in
//! SQLAlchemy. It matters where two relationships write one column: the last one wins.

use std::cell::OnceCell;

use smallvec::SmallVec;

use super::Verb;
use super::action::Action;
use super::input::{RelationShape, Shape};

/// Places among what is alike, by names. Equal names have equal places.
type Places = SmallVec<[u32; 8]>;

/// The places of classes and relationships, by their names.
pub(super) struct Ranks<'s> {
    shape: &'s Shape,
    classes: Places,
    /// Made only where relationships are ordered: their names have to be put together.
    relations: OnceCell<Places>,
}

fn places<N: Ord>(names: impl Iterator<Item = N>) -> Places {
    let mut sorted: SmallVec<[(N, usize); 8]> = names.enumerate().map(|(at, name)| (name, at)).collect();
    sorted.sort_unstable();
    let mut places: Places = SmallVec::from_elem(0, sorted.len());
    let mut place = 0;
    for (index, (name, at)) in sorted.iter().enumerate() {
        place += u32::from(index > 0 && sorted[index - 1].0 != *name);
        places[*at] = place;
    }
    places
}

impl<'s> Ranks<'s> {
    pub(super) fn of(shape: &'s Shape) -> Self {
        let classes = places(shape.classes.iter().map(|class| (class.module, class.class)));
        Ranks { shape, classes, relations: OnceCell::new() }
    }

    fn relations(&self) -> &Places {
        self.relations.get_or_init(|| {
            let name = |relation: &RelationShape| {
                let class = &self.shape.classes[relation.parent.index()];
                format!("{}.{}_{}", class.module, class.class, relation.name)
            };
            places(self.shape.relations.iter().map(|relation| relation.as_ref().map(name)))
        })
    }

    /// By kind, by name, and what is left by number.
    pub(super) fn of_action(&self, action: Action) -> (u8, u32, Action) {
        let (kind, place) = match action {
            Action::All(Verb::Delete, class) => (0, self.classes[class.index()]),
            Action::One(Verb::Delete, class, _) => (1, self.classes[class.index()]),
            Action::ProcessAll(relation, _) => (2, self.relations()[relation.index()]),
            Action::ProcessOne(..) => (3, 0),
            Action::All(Verb::Save, class) => (4, self.classes[class.index()]),
            Action::One(Verb::Save, class, _) => (5, self.classes[class.index()]),
            Action::Post(_, class) => (6, self.classes[class.index()]),
            Action::Saved(class) => (7, self.classes[class.index()]),
        };
        (kind, place, action)
    }
}
