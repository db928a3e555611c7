//! The queue of what is loaded after rows: relationships of the objects that a load made, refreshed or met.

use super::LoadPort;
use super::found;
use super::related::Bulk;
use super::route::Strategy;
use super::selectin::Ask;
use super::task::Task;
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related as state;

impl Task {
    fn run(&self, cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
        match self.strategy {
            Strategy::Immediate => self.run_as_read(cx, tasks),
            // Both load for all at once. They differ in what is loaded further.
            Strategy::SelectIn | Strategy::Subquery => {
                let objects = self.route.unvisited(&self.objects);
                let options = ReadOptions::DATABASE.ignoring_raise().without_autoflush();
                let bulk = Bulk::new(self.relation, &self.route, options);
                // What a statement made is loaded anew where the statement itself has set it at another place.
                let made = self.made.as_ref().filter(|_| self.strategy == Strategy::SelectIn);
                let between = self.between.clone();
                let is_subquery = self.strategy == Strategy::Subquery;
                Bulk { all: self.all, made, between, is_subquery, ..bulk }.load(cx, &objects, tasks)
            }
            Strategy::LookUp => self.each_open(|object| match self.leads_to_later(cx, object)? {
                true => Ok(()),
                false => state::load(object, self.relation, ReadOptions::OWN_ROW.ignoring_raise()),
            }),
            Strategy::Empty => self.each_open(|object| found::set_empty(object, self.relation)),
            Strategy::Later | Strategy::Joined | Strategy::FromQuery => Ok(()),
        }
    }

    /// Takes over the objects of others for which the same is to be loaded by the same options, as far as it isn't loaded: one
    /// statement asks for all of them, also where several have brought them.
    fn take_over(&mut self, others: &mut [Task]) -> Result<()> {
        let Some(told) = self.told.clone().filter(|_| self.strategy == Strategy::SelectIn) else {
            return Ok(());
        };
        let mut taken = Vec::new();
        for other in others {
            let is_alike = other.strategy == Strategy::SelectIn
                && other.relation.id() == self.relation.id()
                && other.told.as_ref().is_some_and(|other| other.identity() == told.identity());
            if is_alike && !other.objects.is_empty() {
                let (mut open, mut rest) = (Vec::new(), Vec::new());
                for object in &*other.objects {
                    let list = if state::is_open(object, self.relation)? { &mut open } else { &mut rest };
                    list.push(object.clone());
                }
                other.objects = rest.into();
                taken.append(&mut open);
            }
        }
        if !taken.is_empty() {
            self.all = None;
            self.objects = self.objects.iter().cloned().chain(taken).collect();
        }
        Ok(())
    }

    /// Whether SQLAlchemy doesn't find in memory what an object leads to, since it reads the row of that later.
    fn leads_to_later(&self, cx: &dyn LoadPort, object: &Handle) -> Result<bool> {
        if self.between.is_none() {
            return Ok(false);
        }
        let key = Ask::of(self.relation).key(object, ReadOptions::MEMORY)?;
        let one = key.and_then(|key| cx.identity().get(self.relation.target(), &key));
        Ok(one.is_some_and(|one| self.between.is_later(&one)))
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

/// Runs tasks in their order, and then what they have brought: what an option says of a place nearer to the objects of the query
/// is loaded before what another says of the same objects further on. What is beyond a subquery comes with it, since the
/// statements beyond are put together from it, and before all else that the same rows have brought.
pub(super) fn run(cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
    while !tasks.is_empty() {
        let mut stack: Vec<Task> = tasks.drain(..).rev().collect();
        let mut brought = Vec::new();
        while let Some(mut task) = stack.pop() {
            if task.objects.is_empty() {
                continue;
            }
            task.take_over(&mut stack)?;
            let is_subquery = task.strategy == Strategy::Subquery;
            task.run(cx, tasks)?;
            if is_subquery {
                stack.extend(tasks.drain(..).rev());
            } else {
                brought.append(tasks);
            }
        }
        brought.sort_by_key(|task| task.strategy != Strategy::Subquery);
        *tasks = brought;
    }
    Ok(())
}
