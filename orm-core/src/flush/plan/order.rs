//! `Order`: what must come before what. First between classes as wholes; where they stand in a circle, between
//! their objects.

use std::rc::Rc;

use super::graph::Graph;
use super::input::{Input, Links, RelationShape, Wanted};
use super::rank::Ranks;
use super::{ClassPlace, ItemId, Plan, RelationPlace, Verb, apart, known};
use crate::mapper::Direction;

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Action {
    /// All objects of a class are saved, or deleted.
    All(Verb, ClassPlace),
    /// One object of a class in a circle is.
    One(Verb, ClassPlace, ItemId),
    /// A relationship writes what it has to for all objects of its class that are saved, or deleted.
    ProcessAll(RelationPlace, Verb),
    /// It does for one object of a class in a circle.
    ProcessOne(RelationPlace, Verb, ItemId),
    /// Every save of a class in a circle is done: its deletions may begin.
    Saved(ClassPlace),
}

/// How the steps of a flush follow each other, as far as that is known without the links of its objects.
pub(in crate::flush) struct Order<'i> {
    input: &'i Input,
    found: Found,
}

enum Found {
    /// No class stands in a circle, and these are all actions in their order.
    Straight(Rc<[Action]>),
    /// Some do.
    Circular(Graph<Action>, apart::Members),
}

impl<'i> Order<'i> {
    pub(in crate::flush) fn of(input: &'i Input) -> Self {
        let shape = &input.shape;
        if let Some(actions) = known::find(shape) {
            return Order { input, found: Found::Straight(actions) };
        }
        let mut graph = Graph::default();
        for (class, _) in shape.classes().filter(|(_, class)| class.has_items) {
            graph.edge(Action::All(Verb::Save, class), Action::All(Verb::Delete, class));
        }
        for (at, relation) in shape.active() {
            between_classes(&mut graph, at, relation);
        }
        let members = graph.in_circles();
        if !members.is_empty() {
            return Order { input, found: Found::Circular(graph, members) };
        }
        let ranks = Ranks::of(shape);
        let layers = graph.layers(|_| true, |action| ranks.of_action(action));
        let actions: Rc<[Action]> = layers.iter().flatten().copied().collect();
        known::remember(shape, &actions);
        Order { input, found: Found::Straight(actions) }
    }

    /// The relationships whose links have to be known: those of objects whose classes stand in circles.
    pub(in crate::flush) fn circles(&self) -> Vec<Wanted> {
        match &self.found {
            Found::Straight(_) => Vec::new(),
            Found::Circular(_, members) => apart::wanted(self.input, members),
        }
    }

    /// The plan. `links` are those that [`circles`](Self::circles) asks for.
    pub(in crate::flush) fn finish(self, links: &Links) -> Plan<'i> {
        match self.found {
            Found::Straight(actions) => Plan::of(self.input, std::iter::once(&*actions), None),
            Found::Circular(graph, members) => {
                let (graph, dropped) = apart::take(self.input, graph, &members, links);
                let keep = |action| !members.contains(&action) && !dropped.contains(&action);
                let ranks = Ranks::of(&self.input.shape);
                let layers = graph.layers(keep, |action| ranks.of_action(action));
                Plan::of(self.input, layers.iter(), layers.stuck)
            }
        }
    }
}

/// The order that a relationship asks for between two classes.
fn between_classes(graph: &mut Graph<Action>, at: RelationPlace, relation: &RelationShape) {
    let RelationShape { parent, child, .. } = *relation;
    let (save_parent, save_child) = (Action::All(Verb::Save, parent), Action::All(Verb::Save, child));
    let (delete_parent, delete_child) = (Action::All(Verb::Delete, parent), Action::All(Verb::Delete, child));
    let after_save = Action::ProcessAll(at, Verb::Save);
    let before_delete = Action::ProcessAll(at, Verb::Delete);
    graph.node(after_save);
    graph.node(before_delete);
    let edges: &[(Action, Action)] = match relation.direction {
        Direction::OneToMany => &[
            (save_parent, after_save),
            (after_save, save_child),
            (after_save, delete_child),
            (save_child, delete_parent),
            (delete_child, delete_parent),
            (before_delete, save_child),
            (before_delete, delete_child),
        ],
        Direction::ManyToOne => &[
            (save_child, after_save),
            (after_save, save_parent),
            (save_parent, delete_child),
            (delete_parent, delete_child),
        ],
        Direction::ManyToMany => &[
            (save_parent, after_save),
            (save_child, after_save),
            (after_save, delete_child),
            (before_delete, save_parent),
            (before_delete, delete_parent),
            (before_delete, delete_child),
            (before_delete, save_child),
        ],
    };
    for (before, after) in edges {
        graph.edge(*before, *after);
    }
}
