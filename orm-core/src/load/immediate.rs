//! What is loaded as if it were read of each object: by the options that the object was loaded by.

use std::borrow::Cow;
use std::rc::Rc;

use super::LoadPort;
use super::kept::{Group, grouped, kept};
use super::noted::Noted;
use super::related::Bulk;
use super::route::Told;
use super::selectin::Ask;
use super::task::Task;
use super::with::With;
use crate::error::Result;
use crate::state::memory::access::with_slot;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

impl Task {
    /// Loads the relationship of every object. It is flushed for, as for a read.
    pub(super) fn run_as_read(&self, cx: &dyn LoadPort, tasks: &mut Vec<Task>) -> Result<()> {
        let options = ReadOptions::DATABASE.ignoring_raise();
        let objects = self.route.unvisited(&self.objects);
        let (own, others) = self.by_whose_options(&objects);
        let included = match others.is_empty() {
            true => Vec::new(),
            false => self.included(cx, &objects, &own)?,
        };
        for (told, objects) in others {
            let route = Told::Reading(self.relation, told.clone()).route();
            let between = self.between.clone();
            let bulk = Bulk { between, ..Bulk::new(self.relation, &route, options) };
            bulk.reading(told.as_ref().map(|at| &at.options)).load(cx, &objects, tasks)?;
        }
        let bulk = Bulk::new(self.relation, &self.route, options).reading(self.told.as_ref());
        // What a statement made is loaded anew where the statement itself has set it at another place, and the object names it
        // by a key that is at hand.
        let made = self.made.as_ref().filter(|_| bulk.takes_known);
        let between = self.between.clone();
        Bulk { all: self.all, made, reads_keys: true, between, ..bulk }.load(cx, &own, tasks)?;
        self.load_beyond(&included, tasks)
    }

    /// The objects for which the options of the query count, and the others: one that was there before is read by the options
    /// that it was loaded by.
    fn by_whose_options<'o>(&self, objects: &'o [Handle]) -> (Cow<'o, [Handle]>, Vec<Group>) {
        let (Some(query), Some(made)) = (&self.told, &self.made) else {
            return (Cow::Borrowed(objects), Vec::new());
        };
        if query.depth(self.relation).is_some() {
            // A depth is said for all objects.
            return (Cow::Borrowed(objects), Vec::new());
        }
        let (mut own, mut others) = (Vec::with_capacity(objects.len()), Vec::new());
        for object in objects {
            if made.has(object) || kept(object).is_some_and(|told| told.is_of_query_of(query)) {
                own.push(object.clone());
            } else {
                others.push(object.clone());
            }
        }
        (Cow::Owned(own), grouped(others))
    }

    /// Of the objects that are read by other options, those that the options of the query reach too. SQLAlchemy notes what is
    /// loaded after rows by the place where the rows stand, so that any statement which makes objects of that place has it
    /// loaded, once one by the options of the query has run.
    fn included(&self, cx: &dyn LoadPort, objects: &[Handle], own: &[Handle]) -> Result<Vec<Handle>> {
        let own: Addresses = own.iter().map(|one| address(one)).collect();
        let ask = self.relation.get_columns().map(|_| Ask::of(self.relation));
        let (mut has_run, mut included) = (false, Vec::new());
        for object in objects {
            if !related::is_open(object, self.relation)? {
                continue;
            }
            let key = ask.as_ref().map_or(Ok(None), |ask| ask.key(object, ReadOptions::MEMORY))?;
            let runs = key.is_none_or(|key| {
                let one = cx.identity().get(self.relation.target(), &key);
                !key.has_null() && one.is_none_or(|one| one.header().has(Mark::EXPIRED))
            });
            if runs && own.contains(address(object)) {
                has_run = true;
            } else if runs && has_run {
                included.push(object.clone());
            }
        }
        Ok(included)
    }

    /// Has what is beyond loaded of what objects lead to that the options of the query only reach.
    fn load_beyond(&self, included: &[Handle], tasks: &mut Vec<Task>) -> Result<()> {
        if included.is_empty() {
            return Ok(());
        }
        let Some(with) = With::of(self.relation.target(), &self.route) else { return Ok(()) };
        let mut found = Vec::with_capacity(included.len());
        for object in included {
            with_slot(object, self.relation.slot(), |slot| found.extend(slot.targets().map(Handle::to)))?;
        }
        let found = Rc::from(found);
        // The query has made none of them.
        let made = Some(Noted::default());
        let task = |relation, strategy| Task::new(relation, strategy, &with.route, Rc::clone(&found));
        let posts = with.posts.iter().map(|(relation, strategy)| task(relation, *strategy));
        tasks.extend(posts.map(|task| task.of_statement(made.clone(), None, self.between.clone())));
        Ok(())
    }
}
