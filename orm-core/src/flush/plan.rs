//! `Plan`: the steps of a flush in their order. A pure function of the work.
//!
//! Classes are saved and deleted as wholes, ordered by the relationships between them. Where classes depend
//! on each other in a circle (a class on itself, mostly), the steps of that circle are taken apart into steps
//! of single objects and ordered by the objects' own links, as SQLAlchemy's unit of work does.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::graph::{Action, Graph};
use super::work::{RelationWork, Work};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Mapper, Relation};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::read::history::all_pending;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// One step.
pub(super) enum Step {
    /// Insert or update rows of a class.
    Save(&'static Mapper, Vec<u32>),
    /// Delete rows of a class.
    Delete(&'static Mapper, Vec<u32>),
    /// Carry keys, write rows of tables between.
    Process { relation: &'static Relation, deleted: bool, items: Vec<u32> },
}

pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// What can't be ordered. As in SQLAlchemy it is found when everything else has been done.
    pub(super) stuck: Option<Error>,
}

/// The order of what may go in any order: by kind, then by the names of classes and relationships, as in
/// SQLAlchemy. It matters where two relationships write one column: the last one wins.
fn rank(work: &Work, action: Action) -> (u8, String) {
    let class = |uid: &usize| {
        let mapper = work.classes.get(uid).map(|class| class.mapper.decl());
        mapper.map(|decl| format!("{}.{}", decl.module, decl.class)).unwrap_or_default()
    };
    match action {
        Action::DeleteAll(uid) => (0, class(&uid)),
        Action::DeleteOne(..) => (1, String::new()),
        Action::ProcessAll(at, _) => {
            let RelationWork { relation, .. } = &work.relations[at];
            let decl = relation.mapper().decl();
            (2, format!("{}.{}_{}", decl.module, decl.class, relation.name()))
        }
        Action::ProcessOne(..) => (3, String::new()),
        Action::SaveAll(uid) => (4, class(&uid)),
        Action::SaveOne(..) => (5, String::new()),
        Action::Saved(_) => (6, String::new()),
    }
}

/// What the order of a flush depends on while no class stands in a circle: its classes, and which of their
/// relationships are active.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    classes: SmallVec<[usize; 8]>,
    active: SmallVec<[bool; 16]>,
}

/// How many orders are remembered before all are forgotten.
const ORDERS: usize = 512;

thread_local! {
    static KNOWN: RefCell<HashMap<Shape, Rc<[Action]>, FxBuildHasher>> = RefCell::default();
}

impl Shape {
    fn of(work: &Work) -> Self {
        Shape {
            classes: work.classes.keys().copied().collect(),
            active: work.relations.iter().map(|dep| dep.active).collect(),
        }
    }

    fn order(&self) -> Option<Rc<[Action]>> {
        KNOWN.with_borrow(|known| known.get(self).cloned())
    }

    fn remember(self, order: impl Iterator<Item = Action>) {
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= ORDERS {
                known.clear();
            }
            known.insert(self, order.collect());
        });
    }
}

impl Plan {
    pub(super) fn of(work: &Work) -> Result<Plan> {
        let shape = Shape::of(work);
        if let Some(order) = shape.order() {
            return Ok(Plan { steps: steps(work, order.iter().copied()), stuck: None });
        }
        let mut graph = Graph::default();
        for (uid, _) in &work.classes {
            graph.edge(Action::SaveAll(*uid), Action::DeleteAll(*uid));
        }
        for (at, dep) in work.relations.iter().enumerate().filter(|(_, dep)| dep.active) {
            between_classes(&mut graph, at, dep);
        }
        let circle = graph.in_circles();
        let mut keep: Vec<bool> = circle.iter().map(|circle| !circle).collect();
        if circle.contains(&true) {
            take_apart(work, &mut graph, &circle, &mut keep)?;
        }
        let (layers, stuck) = graph.layers(&keep, |action| rank(work, action));
        let layers = || layers.iter().map(|layer| layer.iter().map(|at| graph.actions[*at]));
        if !circle.contains(&true) {
            shape.remember(layers().flatten());
        }
        Ok(Plan {
            steps: layers().flat_map(|layer| steps(work, layer)).collect(),
            stuck: stuck.map(|stuck| circular(work, graph.actions[stuck])),
        })
    }
}

fn uids(dep: &RelationWork) -> (usize, usize) {
    (dep.relation.mapper().id().index(), dep.relation.target().id().index())
}

/// The order that a relationship asks for between two classes.
fn between_classes(graph: &mut Graph, at: usize, dep: &RelationWork) {
    let (parent, child) = uids(dep);
    let (save_parent, save_child) = (Action::SaveAll(parent), Action::SaveAll(child));
    let (delete_parent, delete_child) = (Action::DeleteAll(parent), Action::DeleteAll(child));
    let (after_save, before_delete) = (Action::ProcessAll(at, false), Action::ProcessAll(at, true));
    graph.node(after_save);
    graph.node(before_delete);
    let edges: &[(Action, Action)] = match dep.relation.direction() {
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

/// The items of a class that are saved, or deleted.
fn items_of(work: &Work, uid: usize, deleted: bool) -> Vec<u32> {
    let Some(class) = work.classes.get(&uid) else { return Vec::new() };
    let fits = |item: &&u32| {
        let item = work.item(**item);
        item.is_delete == deleted && !item.list_only
    };
    class.items.iter().filter(fits).copied().collect()
}

/// Takes the actions in circles apart into actions of single objects.
fn take_apart(work: &Work, graph: &mut Graph, circle: &[bool], keep: &mut Vec<bool>) -> Result<()> {
    let old: Vec<(usize, usize)> = std::mem::take(&mut graph.edges);
    let members: Vec<Action> =
        circle.iter().enumerate().filter(|(_, circle)| **circle).map(|(at, _)| graph.actions[at]).collect();
    let is_member = |action: Action| members.contains(&action);
    let mut ones: indexmap::IndexMap<Action, Vec<Action>, FxBuildHasher> = indexmap::IndexMap::default();
    for action in &members {
        let single: Vec<Action> = match *action {
            Action::SaveAll(uid) => {
                items_of(work, uid, false).into_iter().map(|item| Action::SaveOne(uid, item)).collect()
            }
            Action::DeleteAll(uid) => {
                items_of(work, uid, true).into_iter().map(|item| Action::DeleteOne(uid, item)).collect()
            }
            _ => Vec::new(),
        };
        for one in &single {
            graph.node(*one);
            match *one {
                Action::SaveOne(uid, _) => graph.edge(*one, Action::Saved(uid)),
                Action::DeleteOne(uid, _) => graph.edge(Action::Saved(uid), *one),
                _ => {}
            }
        }
        ones.insert(*action, single);
    }
    let mut dropped: Vec<Action> = Vec::new();
    for action in &members {
        let (uid, deleted) = match *action {
            Action::SaveAll(uid) => (uid, false),
            Action::DeleteAll(uid) => (uid, true),
            _ => continue,
        };
        for (at, dep) in work.relations.iter().enumerate().filter(|(_, dep)| dep.active && uids(dep).0 == uid)
        {
            dropped.push(Action::ProcessAll(at, deleted));
            let child_in_circle = is_member(Action::SaveAll(uids(dep).1));
            for item in items_of(work, uid, deleted) {
                between_objects(work, graph, at, dep, item, deleted, child_in_circle)?;
            }
        }
    }
    // A class in a circle may also depend on another by a relationship of that other one.
    for (before, after) in old {
        let (before, after) = (graph.actions[before], graph.actions[after]);
        if dropped.contains(&before) || dropped.contains(&after) || (is_member(before) && is_member(after)) {
            continue;
        }
        match (ones.get(&before), ones.get(&after)) {
            (Some(ones), _) => ones.clone().into_iter().for_each(|one| graph.edge(one, after)),
            (None, Some(ones)) => ones.clone().into_iter().for_each(|one| graph.edge(before, one)),
            (None, None) => graph.edge(before, after),
        }
    }
    keep.clear();
    keep.extend(graph.actions.iter().map(|action| !members.contains(action) && !dropped.contains(action)));
    Ok(())
}

/// What a relationship of an object leads to and led to; a deleted one's is loaded.
fn related(work: &Work, dep: &RelationWork, item: u32, deleted: bool) -> Result<Vec<Handle>> {
    let instance = &work.item(item).instance;
    if deleted && !dep.relation.is_many() && !access::is_loaded(instance, dep.relation.slot())? {
        related::get(instance, dep.relation, ReadOptions::DATABASE.ignoring_raise().without_autoflush())?;
    }
    all_pending(instance, dep.relation)
}

/// The order that a relationship asks for between an object and those that it leads to.
fn between_objects(
    work: &Work,
    graph: &mut Graph,
    at: usize,
    dep: &RelationWork,
    item: u32,
    deleted: bool,
    child_in_circle: bool,
) -> Result<()> {
    let related = related(work, dep, item, deleted)?;
    if !deleted && !access::is_loaded(&work.item(item).instance, dep.relation.slot())? {
        return Ok(());
    }
    if related.is_empty() && dep.relation.is_many() {
        return Ok(());
    }
    let (parent, child) = uids(dep);
    let process = Action::ProcessOne(at, deleted, item);
    graph.node(process);
    let (save, delete) = (Action::SaveOne(parent, item), Action::DeleteOne(parent, item));
    let mut children: Vec<(Action, bool)> = Vec::new();
    if child_in_circle {
        for instance in related {
            if let Some(other) = work.find(&instance) {
                let uid = instance.header().mapper().id().index();
                children.push(match work.item(other).is_delete {
                    true => (Action::DeleteOne(uid, other), true),
                    false => (Action::SaveOne(uid, other), false),
                });
            }
        }
    } else {
        children = vec![(Action::SaveAll(child), false), (Action::DeleteAll(child), true)];
    }
    if deleted {
        before_deletion(graph, dep.relation.direction(), process, delete, &children);
    } else {
        after_save(graph, dep.relation.direction(), process, save, &children);
    }
    Ok(())
}

fn after_save(
    graph: &mut Graph,
    direction: Direction,
    process: Action,
    save: Action,
    children: &[(Action, bool)],
) {
    match direction {
        Direction::ManyToOne => graph.edge(process, save),
        _ => graph.edge(save, process),
    }
    for (child, is_delete) in children {
        match direction {
            Direction::OneToMany => {
                graph.edge(process, *child);
                graph.edge(save, *child);
            }
            Direction::ManyToOne if !is_delete => graph.edge(*child, process),
            Direction::ManyToOne => {}
            Direction::ManyToMany if *is_delete => graph.edge(process, *child),
            Direction::ManyToMany => graph.edge(*child, process),
        }
    }
}

fn before_deletion(
    graph: &mut Graph,
    direction: Direction,
    process: Action,
    delete: Action,
    children: &[(Action, bool)],
) {
    if direction == Direction::ManyToMany {
        graph.edge(process, delete);
    }
    for (child, is_delete) in children {
        match direction {
            Direction::OneToMany => {
                graph.edge(process, *child);
                graph.edge(*child, delete);
            }
            Direction::ManyToOne if *is_delete => graph.edge(delete, *child),
            Direction::ManyToOne => {}
            Direction::ManyToMany => graph.edge(process, *child),
        }
    }
}

/// The steps of a layer: what is alike goes together.
fn steps(work: &Work, layer: impl Iterator<Item = Action>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut singles: indexmap::IndexMap<(u8, usize, bool), Vec<u32>, FxBuildHasher> =
        indexmap::IndexMap::default();
    let mapper = |uid: usize| work.classes.get(&uid).map(|class| class.mapper);
    for action in layer {
        match action {
            Action::DeleteAll(uid) => {
                steps.extend(mapper(uid).map(|mapper| Step::Delete(mapper, items_of(work, uid, true))))
            }
            Action::SaveAll(uid) => {
                steps.extend(mapper(uid).map(|mapper| Step::Save(mapper, items_of(work, uid, false))));
            }
            Action::ProcessAll(at, deleted) => {
                let dep = &work.relations[at];
                let items = items_of(work, uids(dep).0, deleted);
                steps.push(Step::Process { relation: dep.relation, deleted, items });
            }
            Action::DeleteOne(uid, item) => singles.entry((0, uid, true)).or_default().push(item),
            Action::ProcessOne(at, deleted, item) => singles.entry((1, at, deleted)).or_default().push(item),
            Action::SaveOne(uid, item) => singles.entry((2, uid, false)).or_default().push(item),
            Action::Saved(_) => {}
        }
    }
    for ((kind, at, deleted), items) in singles {
        match kind {
            0 => steps.extend(mapper(at).map(|mapper| Step::Delete(mapper, items))),
            1 => steps.push(Step::Process { relation: work.relations[at].relation, deleted, items }),
            _ => steps.extend(mapper(at).map(|mapper| Step::Save(mapper, items))),
        }
    }
    steps
}

fn circular(work: &Work, stuck: Action) -> Error {
    let (class, object) = match stuck {
        Action::DeleteOne(_, item) | Action::SaveOne(_, item) | Action::ProcessOne(_, _, item) => {
            let header = work.item(item).instance.header();
            (Some(header.mapper().class()), Some(header.label()))
        }
        Action::DeleteAll(uid) | Action::SaveAll(uid) | Action::Saved(uid) => {
            (work.classes.get(&uid).map(|class| class.mapper.class()), None)
        }
        Action::ProcessAll(at, _) => (Some(work.relations[at].relation.class()), None),
    };
    let what = object.unwrap_or_else(|| "the rows".to_owned());
    let error = Error::new(
        Code::CircularDependency,
        format!("{what} can't be written before rows that need it first"),
    )
    .help("write one of the references in a later flush");
    match class {
        Some(class) => error.about(class, None),
        None => error,
    }
}
