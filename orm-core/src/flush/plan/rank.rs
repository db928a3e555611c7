//! `Ranks`: the order of what may go in any order: by kind, then by the names of classes and relationships, as in
//! SQLAlchemy. It matters where two relationships write one column: the last one wins.

use super::Verb;
use super::input::{RelationShape, Shape};
use super::order::Action;

/// The places of classes and relationships among their like, by their names.
pub(super) struct Ranks {
    classes: Vec<u32>,
    relations: Vec<u32>,
}

/// Equal names have equal places.
fn places<N: Ord>(names: Vec<N>) -> Vec<u32> {
    let mut sorted: Vec<(N, usize)> = names.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
    sorted.sort_unstable();
    let mut places = vec![0; sorted.len()];
    let mut place = 0;
    for (index, (name, at)) in sorted.iter().enumerate() {
        place += u32::from(index > 0 && sorted[index - 1].0 != *name);
        places[*at] = place;
    }
    places
}

impl Ranks {
    pub(super) fn of(shape: &Shape) -> Self {
        let classes = shape.classes.iter().map(|class| (class.module, class.class)).collect();
        let name = |relation: &RelationShape| {
            let class = &shape.classes[relation.parent.index()];
            format!("{}.{}_{}", class.module, class.class, relation.name)
        };
        let relations = shape.relations.iter().map(|relation| relation.as_ref().map(name)).collect();
        Ranks { classes: places(classes), relations: places(relations) }
    }

    /// By kind, by name, and what is left by number.
    pub(super) fn of_action(&self, action: Action) -> (u8, u32, Action) {
        let (kind, place) = match action {
            Action::All(Verb::Delete, class) => (0, self.classes[class.index()]),
            Action::One(Verb::Delete, class, _) => (1, self.classes[class.index()]),
            Action::ProcessAll(relation, _) => (2, self.relations[relation.index()]),
            Action::ProcessOne(..) => (3, 0),
            Action::All(Verb::Save, class) => (4, self.classes[class.index()]),
            Action::One(Verb::Save, class, _) => (5, self.classes[class.index()]),
            Action::Saved(class) => (6, self.classes[class.index()]),
        };
        (kind, place, action)
    }
}
