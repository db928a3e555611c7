//! `Plan`: the steps of a flush, made of ordered actions. What is alike goes together.

use std::borrow::Cow;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::input::Input;
use super::order::Action;
use super::{ClassPlace, ItemId, RelationPlace, Verb};

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::flush) enum Step<'i> {
    /// Rows of a class are inserted, updated or deleted.
    Write { verb: Verb, class: ClassPlace, items: Cow<'i, [ItemId]> },
    /// A relationship carries keys, or writes rows of its association table, for objects that are saved or deleted.
    Process { relation: RelationPlace, verb: Verb, items: Cow<'i, [ItemId]> },
}

/// What can't be ordered, since it comes before itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flush) enum Stuck {
    Item(ItemId),
    Class(ClassPlace),
    Relation(RelationPlace),
}

/// The steps of a flush.
#[derive(Debug)]
pub(in crate::flush) struct Plan<'i> {
    pub(in crate::flush) steps: Vec<Step<'i>>,
    /// As in SQLAlchemy the flush fails by it when everything else has been done.
    pub(in crate::flush) stuck: Option<Stuck>,
}

impl<'i> Plan<'i> {
    pub(super) fn of<'a>(
        input: &'i Input,
        layers: impl Iterator<Item = &'a [Action]>,
        stuck: Option<Action>,
    ) -> Self {
        let mut steps = Vec::new();
        for layer in layers {
            of_layer(input, layer, &mut steps);
        }
        let stuck = stuck.map(|action| match action {
            Action::One(_, _, item) | Action::ProcessOne(_, _, item) => Stuck::Item(item),
            Action::All(_, class) | Action::Saved(class) => Stuck::Class(class),
            Action::ProcessAll(relation, _) => Stuck::Relation(relation),
        });
        Plan { steps, stuck }
    }
}

/// What single objects do together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Alike {
    Write(Verb, ClassPlace),
    Process(RelationPlace, Verb),
}

impl Alike {
    fn step(self, items: Cow<'_, [ItemId]>) -> Step<'_> {
        match self {
            Alike::Write(verb, class) => Step::Write { verb, class, items },
            Alike::Process(relation, verb) => Step::Process { relation, verb, items },
        }
    }
}

/// The steps of a layer: those of whole classes first.
fn of_layer<'i>(input: &'i Input, layer: &[Action], steps: &mut Vec<Step<'i>>) {
    let mut singles: IndexMap<Alike, Vec<ItemId>, FxBuildHasher> = IndexMap::default();
    let mut single = |alike, item| singles.entry(alike).or_default().push(item);
    for action in layer {
        match *action {
            Action::All(verb, class) => {
                if input.shape.classes[class.index()].has_items {
                    steps.push(Alike::Write(verb, class).step(Cow::Borrowed(input.items(verb, class))));
                }
            }
            Action::ProcessAll(relation, verb) => {
                if let Some(shape) = input.shape.relation(relation) {
                    let items = input.items(verb, shape.parent);
                    steps.push(Alike::Process(relation, verb).step(Cow::Borrowed(items)));
                }
            }
            Action::One(verb, class, item) => single(Alike::Write(verb, class), item),
            Action::ProcessOne(relation, verb, item) => single(Alike::Process(relation, verb), item),
            Action::Saved(_) => {}
        }
    }
    steps.extend(singles.into_iter().map(|(alike, items)| alike.step(Cow::Owned(items))));
}
