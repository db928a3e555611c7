//! Circles of classes, taken apart: the steps of whole classes become steps of single objects, ordered by the
//! objects' own links, as SQLAlchemy's unit of work does.

use hashbrown::{HashMap, HashSet};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::{SmallVec, smallvec};

use super::action::Action;
use super::graph::Graph;
use super::input::{Conflict, Items, Links, RelationShape, Shape, Target, Wanted};
use super::{ItemId, RelationPlace, Verb};
use crate::mapper::Direction;

/// The actions in circles, in the order of the graph.
pub(super) type Members = IndexSet<Action, FxBuildHasher>;

/// The relationships of the classes in circles.
fn relations<'s>(
    shape: &'s Shape,
    members: &Members,
) -> impl Iterator<Item = (RelationPlace, &'s RelationShape, Verb)> {
    members
        .iter()
        .filter_map(|action| match *action {
            Action::All(verb, class) => Some((verb, class)),
            _ => None,
        })
        .flat_map(|(verb, class)| {
            let active = shape.active().filter(move |(_, relation)| relation.parent == class);
            active.map(move |(at, relation)| (at, relation, verb))
        })
}

/// The relationships whose links are needed.
pub(super) fn wanted(shape: &Shape, members: &Members, items: &Items) -> Vec<Wanted> {
    let of_items = |(relation, of, verb): (RelationPlace, &RelationShape, Verb)| {
        let items = items.of(verb, of.parent).iter();
        items.map(move |item| Wanted { relation, item: *item, verb })
    };
    relations(shape, members).flat_map(of_items).collect()
}

/// The graph with the actions of single objects, and the actions that have no place in it any more beside the
/// members of circles.
pub(super) fn take(
    mut graph: Graph<Action>,
    shape: &Shape,
    members: &Members,
    items: &Items,
    links: &Links,
    conflicts: &[Conflict],
) -> (Graph<Action>, HashSet<Action, FxBuildHasher>) {
    let old = graph.take_edges();
    let early = early(shape, links, conflicts);
    for action in members {
        if let Action::All(verb, class) = *action {
            for one in singles(items, *action) {
                match verb {
                    Verb::Save => graph.edge(one, Action::Saved(class)),
                    Verb::Delete if is_early(&early, one) => {
                        graph.node(one);
                    }
                    Verb::Delete => graph.edge(Action::Saved(class), one),
                }
            }
        }
    }
    for Conflict { class, deleted, saved } in conflicts.iter().copied() {
        graph.edge(Action::One(Verb::Delete, class, deleted), Action::One(Verb::Save, class, saved));
    }
    for (wanted, targets) in links.iter() {
        between_objects(&mut graph, shape, members, wanted, targets);
    }
    let dropped: HashSet<Action, FxBuildHasher> =
        relations(shape, members).map(|(at, _, verb)| Action::ProcessAll(at, verb)).collect();
    // A class in a circle may also depend on another by a relationship of that other one.
    for (before, after) in old {
        if dropped.contains(&before) || dropped.contains(&after) {
            continue;
        }
        match (members.contains(&before), members.contains(&after)) {
            (true, true) => {}
            (true, false) => singles(items, before).for_each(|one| graph.edge(one, after)),
            (false, true) => singles(items, after).for_each(|one| graph.edge(before, one)),
            (false, false) => graph.edge(before, after),
        }
    }
    (graph, dropped)
}

/// The objects whose deletions don't wait for all saves: those in the way of one, and those that have to go before
/// these.
fn early(shape: &Shape, links: &Links, conflicts: &[Conflict]) -> HashSet<ItemId, FxBuildHasher> {
    let mut early: HashSet<ItemId, FxBuildHasher> = HashSet::default();
    if conflicts.is_empty() {
        return early;
    }
    // For each object those whose deletion goes before.
    let mut before: HashMap<ItemId, SmallVec<[ItemId; 4]>, FxBuildHasher> = HashMap::default();
    for (Wanted { relation, item, verb }, targets) in links.iter() {
        let Some(relation) = shape.relation(relation).filter(|_| verb == Verb::Delete) else { continue };
        for target in targets.iter().filter(|target| target.verb == Verb::Delete) {
            match relation.direction {
                Direction::OneToMany => before.entry(item).or_default().push(target.item),
                Direction::ManyToOne => before.entry(target.item).or_default().push(item),
                Direction::ManyToMany => {}
            }
        }
    }
    let mut waiting: Vec<ItemId> = conflicts.iter().map(|conflict| conflict.deleted).collect();
    while let Some(item) = waiting.pop() {
        if early.insert(item) {
            waiting.extend(before.get(&item).into_iter().flatten());
        }
    }
    early
}

fn is_early(early: &HashSet<ItemId, FxBuildHasher>, action: Action) -> bool {
    matches!(action, Action::One(_, _, item) if early.contains(&item))
}

/// What becomes of an action in a circle: an action for each object.
fn singles(items: &Items, action: Action) -> impl Iterator<Item = Action> {
    let class = match action {
        Action::All(verb, class) => Some((verb, class)),
        _ => None,
    };
    class.into_iter().flat_map(|(verb, class)| {
        items.of(verb, class).iter().map(move |item| Action::One(verb, class, *item))
    })
}

/// An action on what a relationship leads to.
#[derive(Clone, Copy)]
struct Child {
    action: Action,
    verb: Verb,
}

/// The order that a relationship asks for between an object and those that it leads to.
fn between_objects(
    graph: &mut Graph<Action>,
    shape: &Shape,
    members: &Members,
    Wanted { relation: at, item, verb }: Wanted,
    targets: &[Target],
) {
    let Some(relation) = shape.relation(at) else { return };
    let process = Action::ProcessOne(at, verb, item);
    graph.node(process);
    let own = Action::One(verb, relation.parent, item);
    if let Some(class) = relation.posted() {
        // Deletions of both classes wait for the updates, which are those of all objects.
        if verb == Verb::Save {
            graph.edge(own, process);
        }
        if verb == Verb::Save || relation.direction == Direction::OneToMany {
            graph.edge(process, Action::Post(Verb::Save, class));
        }
        if verb == Verb::Delete {
            graph.edge(process, Action::Post(Verb::Delete, class));
        }
    }
    let children: SmallVec<[Child; 4]> = if members.contains(&Action::All(Verb::Save, relation.child)) {
        let child = |target: &Target| Child {
            action: Action::One(target.verb, target.class, target.item),
            verb: target.verb,
        };
        targets.iter().map(child).collect()
    } else {
        let all = |verb| Child { action: Action::All(verb, relation.child), verb };
        smallvec![all(Verb::Save), all(Verb::Delete)]
    };
    if relation.posted().is_some() {
        if verb == Verb::Save {
            let saved = children.iter().filter(|child| child.verb == Verb::Save);
            saved.for_each(|child| graph.edge(child.action, process));
        }
        return;
    }
    match verb {
        Verb::Save => after_save(graph, relation.direction, process, own, &children),
        Verb::Delete => before_delete(graph, relation.direction, process, own, &children),
    }
}

fn after_save(
    graph: &mut Graph<Action>,
    direction: Direction,
    process: Action,
    save: Action,
    children: &[Child],
) {
    match direction {
        Direction::ManyToOne => graph.edge(process, save),
        Direction::OneToMany | Direction::ManyToMany => graph.edge(save, process),
    }
    for Child { action, verb } in children.iter().copied() {
        match (direction, verb) {
            (Direction::OneToMany, _) => {
                graph.edge(process, action);
                graph.edge(save, action);
            }
            (Direction::ManyToOne | Direction::ManyToMany, Verb::Save) => graph.edge(action, process),
            (Direction::ManyToOne, Verb::Delete) => {}
            (Direction::ManyToMany, Verb::Delete) => graph.edge(process, action),
        }
    }
}

fn before_delete(
    graph: &mut Graph<Action>,
    direction: Direction,
    process: Action,
    delete: Action,
    children: &[Child],
) {
    if direction == Direction::ManyToMany {
        graph.edge(process, delete);
    }
    for Child { action, verb } in children.iter().copied() {
        match (direction, verb) {
            (Direction::OneToMany, _) => {
                graph.edge(process, action);
                graph.edge(action, delete);
            }
            (Direction::ManyToOne, Verb::Delete) => graph.edge(delete, action),
            (Direction::ManyToOne, Verb::Save) => {}
            (Direction::ManyToMany, _) => graph.edge(process, action),
        }
    }
}
