//! The queue of what is loaded after rows: relationships of the objects that a load made, refreshed or met.

use std::rc::Rc;

use super::LoadPort;
use super::related::{self, Bulk};
use super::route::{Route, Strategy};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related as state;

/// A relationship that is to be loaded for objects.
pub(super) struct Task {
    relation: &'static Relation,
    strategy: Strategy,
    /// Where what it leads to stands.
    route: Route,
    objects: Rc<[Handle]>,
}

impl Task {
    /// For objects at the end of a route.
    pub(super) fn new(
        relation: &'static Relation,
        strategy: Strategy,
        from: &Route,
        objects: Rc<[Handle]>,
    ) -> Self {
        let route = match strategy {
            Strategy::Immediate => from.then_reading(relation),
            _ => from.then(relation),
        };
        Task { relation, strategy, route, objects }
    }

    /// Of a relationship that was named, whatever its strategy.
    pub(super) fn named(relation: &'static Relation, object: &Handle) -> Self {
        let route = Route::of_reading(relation);
        Task { relation, strategy: Strategy::Immediate, route, objects: Rc::from([object.clone()]) }
    }

    fn run(&self, cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
        match self.strategy {
            // Both load for all at once. They differ in what is loaded further.
            Strategy::SelectIn | Strategy::Immediate => {
                let options = ReadOptions::DATABASE.without_autoflush().ignoring_raise();
                let bulk = Bulk { relation: self.relation, route: &self.route, options };
                bulk.load(cx, &self.objects, tasks)
            }
            Strategy::LookUp => self.each_open(|object| {
                state::load(object, self.relation, ReadOptions::OWN_ROW.ignoring_raise())
            }),
            Strategy::Empty => self.each_open(|object| related::set_empty(object, self.relation)),
            Strategy::Later | Strategy::Joined => Ok(()),
        }
    }

    fn each_open(&self, mut f: impl FnMut(&Handle) -> Result<()>) -> Result<()> {
        for object in &*self.objects {
            if state::is_open(object, self.relation)? {
                f(object)?;
            }
        }
        Ok(())
    }
}

/// Runs tasks in their order, and what they bring right after each.
pub(super) fn run(cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
    let mut stack: Vec<Task> = tasks.drain(..).rev().collect();
    while let Some(task) = stack.pop() {
        task.run(cx, tasks)?;
        stack.extend(tasks.drain(..).rev());
    }
    Ok(())
}
