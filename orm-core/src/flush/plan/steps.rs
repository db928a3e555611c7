//! `Plan`: the steps of a flush, made of ordered actions. What is alike goes together.

use std::borrow::Cow;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::action::Action;
use super::graph::Layers;
use super::input::{Items, Shape};
use super::{ClassPlace, ItemId, RelationPlace, Verb};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::flush) enum Task {
    /// Rows of a class are inserted, updated or deleted.
    Write { verb: Verb, class: ClassPlace },
    /// A relationship of a class carries keys, or writes rows of its association table, for objects that are saved
    /// or deleted.
    Process { relation: RelationPlace, class: ClassPlace, verb: Verb },
    /// Foreign keys of rows of a class are updated that are saved already, or are deleted next.
    Post { verb: Verb, class: ClassPlace },
}

/// One step.
#[derive(Debug)]
pub(in crate::flush) struct Step<'i> {
    pub(in crate::flush) task: Task,
    pub(in crate::flush) items: Cow<'i, [ItemId]>,
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
    /// The plan of a flush without circles.
    pub(super) fn straight(items: &'i Items, tasks: &[Task]) -> Self {
        let mut steps = Vec::with_capacity(tasks.len());
        steps.extend(tasks.iter().filter_map(|task| of_all(items, *task)));
        Plan { steps, stuck: None }
    }

    /// The plan of a flush with circles: in each layer whole classes first, then single objects that are alike.
    pub(super) fn of(shape: &Shape, items: &'i Items, layers: &Layers<Action>) -> Self {
        let mut steps = Vec::new();
        let mut singles: IndexMap<Task, Vec<ItemId>, FxBuildHasher> = IndexMap::default();
        for layer in layers.iter() {
            steps.extend(tasks(shape, layer).filter_map(|task| of_all(items, task)));
            for action in layer {
                if let Some((task, item)) = single(shape, *action) {
                    singles.entry(task).or_default().push(item);
                }
            }
            let alike = singles.drain(..);
            steps.extend(alike.map(|(task, items)| Step { task, items: Cow::Owned(items) }));
        }
        let stuck = layers.stuck.map(|action| match action {
            Action::One(_, _, item) | Action::ProcessOne(_, _, item) => Stuck::Item(item),
            Action::All(_, class) | Action::Post(_, class) | Action::Saved(class) => Stuck::Class(class),
            Action::ProcessAll(relation, _) => Stuck::Relation(relation),
        });
        Plan { steps, stuck }
    }
}

/// What is to be done for whole classes.
pub(super) fn tasks<'a>(shape: &'a Shape, layer: &'a [Action]) -> impl Iterator<Item = Task> {
    layer.iter().filter_map(|action| match *action {
        Action::All(verb, class) => Some(Task::Write { verb, class }),
        Action::ProcessAll(relation, verb) => {
            let class = shape.relation(relation)?.parent;
            Some(Task::Process { relation, class, verb })
        }
        Action::Post(verb, class) => Some(Task::Post { verb, class }),
        Action::One(..) | Action::ProcessOne(..) | Action::Saved(_) => None,
    })
}

fn single(shape: &Shape, action: Action) -> Option<(Task, ItemId)> {
    match action {
        Action::One(verb, class, item) => Some((Task::Write { verb, class }, item)),
        Action::ProcessOne(relation, verb, item) => {
            let class = shape.relation(relation)?.parent;
            Some((Task::Process { relation, class, verb }, item))
        }
        Action::All(..) | Action::ProcessAll(..) | Action::Post(..) | Action::Saved(_) => None,
    }
}

/// The step for all objects of a class, if there are any.
fn of_all(items: &Items, task: Task) -> Option<Step<'_>> {
    let items = match task {
        Task::Write { verb, class } | Task::Process { verb, class, .. } | Task::Post { verb, class } => {
            items.of(verb, class)
        }
    };
    (!items.is_empty()).then_some(Step { task, items: Cow::Borrowed(items) })
}
