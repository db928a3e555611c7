//! `Order`: what must come before what. First between classes as wholes; where they stand in a circle, between
//! their objects.

use std::rc::Rc;

use super::action::Action;
use super::graph::Graph;
use super::input::{Conflict, Items, Key, Links, RelationShape, Shape, Wanted};
use super::rank::Ranks;
use super::steps::{Task, tasks};
use super::{Plan, RelationPlace, Verb, apart, known};
use crate::mapper::Direction;

/// How the steps of a flush follow each other, as far as that is known without its objects.
pub(in crate::flush) enum Order {
    /// No class stands in a circle, and these are all tasks in their order.
    Straight(Rc<[Task]>),
    /// Some do.
    Circular(Circular),
}

pub(in crate::flush) struct Circular {
    shape: Shape,
    graph: Graph<Action>,
    members: apart::Members,
}

impl Order {
    /// The order of a flush of that shape, which is asked for where the key isn't known.
    pub(in crate::flush) fn of(key: Key, shape: impl FnOnce() -> Shape) -> Self {
        if let Some(tasks) = known::find(&key) {
            return Order::Straight(tasks);
        }
        let order = Order::find(shape());
        if let Order::Straight(tasks) = &order {
            known::remember(key, tasks);
        }
        order
    }

    /// An order between single objects, whether or not classes stand in circles.
    pub(in crate::flush) fn apart(shape: Shape) -> Self {
        let graph = graph_of(&shape);
        let classes = shape.classes().filter(|(_, class)| class.has_items);
        let members =
            classes.flat_map(|(class, _)| [Verb::Save, Verb::Delete].map(|verb| Action::All(verb, class)));
        let members = members.chain(graph.in_circles()).collect();
        Order::Circular(Circular { shape, graph, members })
    }

    pub(super) fn find(shape: Shape) -> Self {
        let graph = graph_of(&shape);
        let members = graph.in_circles();
        if !members.is_empty() {
            return Order::Circular(Circular { shape, graph, members });
        }
        let ranks = Ranks::of(&shape);
        let layers = graph.layers(|_| true, |_| false, |action| ranks.of_action(action));
        Order::Straight(layers.iter().flat_map(|layer| tasks(&shape, layer)).collect())
    }

    /// The relationships whose links have to be known: those of objects whose classes stand in circles.
    pub(in crate::flush) fn circles(&self, items: &Items) -> Vec<Wanted> {
        match self {
            Order::Straight(_) => Vec::new(),
            Order::Circular(Circular { shape, members, .. }) => apart::wanted(shape, members, items),
        }
    }

    /// The plan. `links` are those that [`circles`](Self::circles) asks for.
    pub(in crate::flush) fn finish<'i>(self, items: &'i Items, links: &Links) -> Plan<'i> {
        match self {
            Order::Straight(tasks) => Plan::straight(items, &tasks),
            Order::Circular(circular) => circular.finish(items, links, &[]),
        }
    }

    /// The plan in which these deletions go before what they are in the way of. `None` where that can't be, since
    /// something else of them would come before itself.
    pub(in crate::flush) fn deleting_first<'i>(
        self,
        items: &'i Items,
        links: &Links,
        conflicts: &[Conflict],
    ) -> Option<Plan<'i>> {
        let plan = match self {
            Order::Straight(_) => return None,
            Order::Circular(circular) => circular.finish(items, links, conflicts),
        };
        plan.stuck.is_none().then_some(plan)
    }
}

impl Circular {
    fn finish<'i>(self, items: &'i Items, links: &Links, conflicts: &[Conflict]) -> Plan<'i> {
        let Circular { shape, graph, members } = self;
        let (graph, dropped) = apart::take(graph, &shape, &members, items, links, conflicts);
        let is_whole = |action| matches!(action, Action::All(..) | Action::ProcessAll(..));
        let keep = |action| !is_whole(action) || !(members.contains(&action) || dropped.contains(&action));
        let is_between = |action| matches!(action, Action::Saved(_));
        let ranks = Ranks::of(&shape);
        Plan::of(&shape, items, &graph.layers(keep, is_between, |action| ranks.of_action(action)))
    }
}

/// What must come before what, between classes as wholes.
fn graph_of(shape: &Shape) -> Graph<Action> {
    let mut graph = Graph::default();
    for (class, _) in shape.classes().filter(|(_, class)| class.has_items) {
        graph.edge(Action::All(Verb::Save, class), Action::All(Verb::Delete, class));
    }
    for (at, relation) in shape.active() {
        between_classes(&mut graph, at, relation, shape.posts_saved_first);
    }
    graph
}

/// The order that a relationship asks for between two classes.
fn between_classes(
    graph: &mut Graph<Action>,
    at: RelationPlace,
    relation: &RelationShape,
    posts_saved_first: bool,
) {
    let RelationShape { parent, child, .. } = *relation;
    let (save_parent, save_child) = (Action::All(Verb::Save, parent), Action::All(Verb::Save, child));
    let (delete_parent, delete_child) = (Action::All(Verb::Delete, parent), Action::All(Verb::Delete, child));
    let after_save = Action::ProcessAll(at, Verb::Save);
    let before_delete = Action::ProcessAll(at, Verb::Delete);
    graph.node(after_save);
    graph.node(before_delete);
    if let Some(class) = relation.posted() {
        let (post, pre) = (Action::Post(Verb::Save, class), Action::Post(Verb::Delete, class));
        for save in [save_parent, save_child] {
            graph.edge(save, after_save);
        }
        match relation.direction {
            Direction::OneToMany => {
                graph.edge(save_child, before_delete);
                graph.edge(before_delete, post);
            }
            // Rows that can't be saved say so before others lose their keys.
            Direction::ManyToOne => graph.edge(after_save, pre),
            Direction::ManyToMany => {}
        }
        graph.edge(after_save, post);
        graph.edge(before_delete, pre);
        // What is deleted may hold a value that only one row may have.
        if !posts_saved_first {
            graph.edge(pre, post);
        }
        for delete in [delete_parent, delete_child] {
            graph.edge(post, delete);
        }
        return;
    }
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
