//! The queue of what is loaded after rows: relationships of the objects that a load made, refreshed or met.

use super::LoadPort;
use super::related::{self, Bulk};
use super::route::Strategy;
use super::task::Task;
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related as state;

impl Task {
    fn run(&self, cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
        match self.strategy {
            // Both load for all at once. They differ in what is loaded further.
            Strategy::SelectIn | Strategy::Immediate => {
                let options = ReadOptions::DATABASE.ignoring_raise();
                // What is loaded as if it were read is flushed for, as a read is.
                let options = match self.strategy {
                    Strategy::Immediate => options,
                    _ => options.without_autoflush(),
                };
                let bulk = Bulk { relation: self.relation, route: &self.route, options };
                bulk.load(cx, &self.objects, tasks)
            }
            Strategy::LookUp => self.each_open(|object| {
                state::load(object, self.relation, ReadOptions::OWN_ROW.ignoring_raise())
            }),
            Strategy::Empty => self.each_open(|object| related::set_empty(object, self.relation)),
            Strategy::Later | Strategy::Joined | Strategy::FromQuery => Ok(()),
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
