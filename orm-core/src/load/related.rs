//! A relationship of many objects at once: by lists of the keys that they have.

use std::rc::Rc;

use super::LoadPort;
use super::found::set;
use super::gathered::{Gathered, Lists, put};
use super::instance::EntityPlan;
use super::kept::kept;
use super::keys::{Keys, Part, Written};
use super::keys_only::KeysOnly;
use super::loading::Loading;
use super::noted::Noted;
use super::options::Options;
use super::plan::{LoadPlan, RowPlan};
use super::refresh;
use super::route::Route;
use super::selectin::Ask;
use super::statement::Statement;
use super::task::Task;
use super::turns::Between;
use super::whose::Whose;
use super::with::With;
use crate::engine::{EngineConnection, Flow, Row};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::key::Key;
use crate::state::memory::access::with_slot;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;
use crate::state::read::was::is_changed;

/// A relationship that is loaded for many objects.
pub(super) struct Bulk<'a> {
    pub(super) relation: &'static Relation,
    /// Where what it leads to stands.
    pub(super) route: &'a Route,
    pub(super) options: ReadOptions,
    /// The objects of which it is loaded, and stays as it is.
    pub(super) staying: Addresses,
    /// Where it isn't set, but only found out.
    pub(super) keys_only: Option<KeysOnly>,
    /// How many objects were read, where they are all that there are in their class.
    pub(super) all: Option<usize>,
    /// Those of which it is loaded anew, where it was loaded at another place of the statement that made them.
    pub(super) made: Option<&'a Noted>,
    /// Whether foreign keys that were left out are loaded first, as where one is read.
    pub(super) reads_keys: bool,
    /// Whether an object that the session has is taken as what a key names: not where conditions hold that only its row meets.
    pub(super) takes_known: bool,
    /// Between which rows SQLAlchemy reads what it leads to.
    pub(super) between: Between,
    /// Whether it is loaded by a subquery, which SQLAlchemy runs for all objects, whatever is loaded of them.
    pub(super) is_subquery: bool,
}

impl<'a> Bulk<'a> {
    pub(super) fn new(relation: &'static Relation, route: &'a Route, options: ReadOptions) -> Self {
        let staying = Addresses::default();
        let takes_known = relation.get_columns().is_some() && route.filter().is_empty();
        let (keys_only, all, made, reads_keys) = (None, None, None, false);
        let (between, is_subquery) = (Between::default(), false);
        Bulk {
            relation,
            route,
            options,
            staying,
            keys_only,
            all,
            made,
            reads_keys,
            takes_known,
            between,
            is_subquery,
        }
    }

    /// The same, as if it were read: conditions on a class as such aren't asked of what the session has, those of an option are.
    pub(super) fn reading(self, told: Option<&Rc<Options>>) -> Self {
        let is_narrowed = told.is_some_and(|told| told.narrows(self.relation));
        Bulk { takes_known: self.relation.get_columns().is_some() && !is_narrowed, ..self }
    }

    /// Whether it is set anew of an object of which it is loaded.
    fn overwrites(&self, object: &Handle) -> Result<bool> {
        let is_made = self.made.is_some_and(|made| made.has(object));
        let is_narrowed = || kept(object).is_some_and(|told| told.narrows(self.relation));
        Ok(is_made
            && !is_changed(object, Attr::Relation(self.relation.slot()))?
            && !(self.reads_keys && is_narrowed()))
    }

    /// Sets the relationship of every object of which it isn't loaded. What is to be loaded further for what it leads to
    /// is added to `tasks`.
    ///
    /// # Errors
    /// As a flush, where the options say that one comes before; `value`, and what the database says. Those for which
    /// nothing was read yet stay as they are.
    pub(super) fn load(
        &mut self,
        cx: &dyn LoadPort,
        objects: &[Handle],
        tasks: &mut Vec<Task>,
    ) -> Result<()> {
        let with = With::of(self.relation.target(), self.route);
        let objects = self.waiting(cx, objects, with.as_deref(), tasks)?;
        if objects.is_empty() {
            return Ok(());
        }
        if cx.notes_reads() {
            objects.iter().for_each(|object| cx.note_read(object));
        }
        let ask = Ask::of(self.relation);
        if self.lead_nowhere(&ask, &objects)? {
            return objects.iter().try_for_each(|object| self.set(object, &[]));
        }
        // Where the session has all of it nothing is asked, and nothing is flushed for it.
        let options = match self.reads_keys && self.finds_all(cx, &ask, &objects)? {
            true => self.options.without_autoflush(),
            false => self.options,
        };
        let connection = cx.connection(options)?;
        if let (true, Some(columns)) = (self.reads_keys, self.relation.get_columns()) {
            refresh::left_out(cx, &connection, (self.relation.mapper(), columns), &objects)?;
        }
        let (mut keys, mut others, mut without) = (Keys::default(), Keys::default(), Vec::new());
        for (at, object) in objects.iter().enumerate() {
            match ask.key(object, self.options)? {
                Some(key) if key.has_null() => without.push(object),
                Some(key) => keys.add(key, at),
                // It isn't in memory: the row of the object tells.
                None => {
                    if let Some(key) = object.header().key() {
                        others.add(key, at);
                    }
                }
            }
        }
        if self.takes_known {
            keys = self.without_known(cx, keys, &objects, tasks)?;
        }
        if !self.reads_keys && !others.is_empty() && !keys.is_empty() {
            keys = ask.left_of_rows(keys, &objects, &mut others)?;
        }
        let (statements, from) = (keys.len() + others.len(), tasks.len());
        self.ask(cx, &connection, (&ask, keys), &objects, tasks)?;
        self.ask(cx, &connection, (&Ask::by_parents(self.relation), others), &objects, tasks)?;
        if self.reads_keys && statements > 1 && cx.asks_like_sqlalchemy() {
            // It loads them one by one, and runs nothing for the second one that waits for the first.
            tasks.iter_mut().skip(from).for_each(Task::look_up);
        }
        // The rows may have overwritten them.
        without.into_iter().try_for_each(|object| self.set(object, &[]))
    }

    /// The objects with rows that it is asked for, each once: those of which it isn't loaded. Where what is there already is
    /// loaded further too, that is what it leads to from the others, or they are asked for it again.
    fn waiting(
        &mut self,
        cx: &dyn LoadPort,
        objects: &[Handle],
        with: Option<&With>,
        tasks: &mut Vec<Task>,
    ) -> Result<Vec<Handle>> {
        let mut waiting = Vec::with_capacity(objects.len());
        let mut seen = Addresses::with_capacity(objects.len());
        let (mut known, mut of_known) = (Vec::new(), Vec::new());
        // What is loaded as if it were read isn't, where it is there. SQLAlchemy asks again, so that what is beyond is loaded
        // of what the rows lead to, and not of what it holds.
        let again = !self.reads_keys && cx.asks_like_sqlalchemy();
        let asks_again = again && (self.is_subquery || with.is_some_and(|with| !with.posts.is_empty()));
        for object in objects {
            let header = object.header();
            if header.session() != cx.id() || !header.has(Mark::MAPPED) || !seen.insert(address(object)) {
                continue;
            }
            if related::is_open(object, self.relation)? || self.overwrites(object)? {
                waiting.push(object.clone());
            } else if !self.route.loads_known() {
                continue;
            } else if !self.route.filter().is_empty()
                || asks_again
                || is_changed(object, Attr::Relation(self.relation.slot()))?
            {
                // It stays, and what the database has is loaded further all the same.
                self.staying.insert(address(object));
                waiting.push(object.clone());
            } else {
                let at = known.len();
                with_slot(object, self.relation.slot(), |slot| known.extend(slot.targets().map(Handle::to)))?;
                let are_whole =
                    known.get(at..).unwrap_or_default().iter().map(|one| self.is_whole(with, one));
                if !are_whole.collect::<Result<Vec<bool>>>()?.into_iter().all(|is_whole| is_whole) {
                    known.truncate(at);
                    self.staying.insert(address(object));
                    waiting.push(object.clone());
                } else {
                    of_known.push(object.clone());
                }
            }
        }
        // What comes after it is loaded for all at once: they are asked for it too where others are. SQLAlchemy asks for all
        // anyway, and a row that belongs to one of them by now may fill an object that is expired.
        if !waiting.is_empty() && (again || with.is_some_and(|with| !with.posts.is_empty())) {
            known.clear();
            of_known.iter().for_each(|object| _ = self.staying.insert(address(object)));
            waiting.append(&mut of_known);
        }
        self.known(with, known, tasks)?;
        Ok(waiting)
    }

    fn ask(
        &self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        (ask, keys): (&Ask, Keys),
        objects: &[Handle],
        tasks: &mut Vec<Task>,
    ) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        // By one statement, where most of the objects that there are need it.
        let is_most = self.all.is_some_and(|all| keys.len().saturating_mul(2) >= all);
        let is_whole = is_most && keys.are_many() && ask.may_be_whole(self.route);
        let all = keys.whole();
        if is_whole && let Some(found) = self.of_part(cx, connection, (ask, &all, true), tasks)? {
            return self.set_all(&all, &found, objects);
        }
        for part in all.split(ask.pairs.len(), connection) {
            let found = match part.list.as_slice() {
                [(key, _)] if ask.is_lazy() => {
                    Some(Lists::of_one(self.of_one(cx, connection, (ask, key), tasks)?))
                }
                _ => self.of_part(cx, connection, (ask, &part, false), tasks)?,
            };
            found.map_or(Ok(()), |found| self.set_all(&part, &found, objects))?;
        }
        Ok(())
    }

    /// Sets what was found for each key.
    fn set_all(&self, part: &Part, found: &Lists, objects: &[Handle]) -> Result<()> {
        for ((_, of), found) in part.list.iter().zip(found.iter()) {
            if let (Some(keys_only), &[at]) = (&self.keys_only, of.as_slice())
                && let Some(object) = objects.get(at as usize)
            {
                keys_only.add(object, found.to_vec());
                continue;
            }
            for object in of.iter().filter_map(|at| objects.get(*at as usize)) {
                self.set(object, found)?;
            }
        }
        Ok(())
    }

    /// Sets what was found. It may be loaded: before, or by a user's type that a row was read into. Where options tell what
    /// is loaded, an object may also have been met meanwhile as what something else leads to, where they tell otherwise: what
    /// they tell of it here, where it was met first, stands.
    pub(super) fn set(&self, object: &Handle, found: &[Handle]) -> Result<()> {
        if let Some(keys_only) = &self.keys_only {
            keys_only.add(object, found.to_vec());
            return Ok(());
        }
        let place = self.relation.slot();
        let has_row = |one: &Rc<Instance>| one.header().has(Mark::MAPPED);
        let may_stand = self.route.overwritten().is_some()
            || self.made.is_some_and(|made| made.has(object))
            || (self.route.is_told() && !self.staying.contains(address(object)));
        let stands = related::is_open(object, self.relation)?
            || (may_stand
                && !is_changed(object, Attr::Relation(place))?
                && with_slot(object, place, |slot| slot.targets().all(has_row))?);
        if stands { set(object, self.relation, found) } else { Ok(()) }
    }

    /// How the columns of what it leads to are read.
    fn entity(&self, with: Option<&With>) -> EntityPlan {
        let entity = With::entity(with, self.relation.target());
        match &self.keys_only {
            Some(keys_only) => entity.deferring(Some(keys_only.deferred())),
            None => entity,
        }
    }

    /// Runs the statement of a lazy load, for one key.
    fn of_one(
        &self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        (ask, key): (&Ask, &Key),
        tasks: &mut Vec<Task>,
    ) -> Result<Vec<Handle>> {
        let target = self.relation.target();
        let (statement, places) = match self.relation.get_columns() {
            Some(columns) => (Statement::Get(target), (0..columns.len()).collect()),
            None => (Statement::Lazy(self.relation), ask.places_of_locals()),
        };
        let with = With::of(target, self.route);
        let with = with.map(|with| with.from_column(target.columns().len()));
        let entity = self.entity(with.as_deref());
        let plan = LoadPlan::new(statement, RowPlan::Object(entity)).with(with).between(&self.between);
        let mut found = Vec::new();
        let given = |at: usize| places.get(at).map(|place: &usize| key.get(*place));
        let mut each = |_: &dyn Row, object: Handle, _: Option<&mut Loading>| {
            put(&mut found, object);
            Ok(Flow::Continue(()))
        };
        plan.run_for(cx, connection, &given, tasks, &mut each)?;
        Ok(found)
    }

    /// Runs the statement for a part of the keys, or the one for all that there are, and gives what it found for each. None
    /// where most of all rows are nobody's.
    fn of_part(
        &self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        (ask, part, is_whole): (&Ask, &Part, bool),
        tasks: &mut Vec<Task>,
    ) -> Result<Option<Lists>> {
        let target = self.relation.target();
        let width = ask.pairs.len();
        let written = if is_whole { Written::Nothing } else { part.written(width, connection) };
        let with = With::of(target, self.route).map(|with| with.from_column(ask.columns()));
        let statement = Statement::SelectIn(self.relation, ask.by_parents, written.length());
        let entity = self.entity(with.as_deref());
        let plan = LoadPlan::new(statement, RowPlan::Object(entity)).with(with).between(&self.between);
        let given = |at: usize| written.value(part, width, at);
        let mut found = Gathered::new(Whose::new(ask, part, is_whole), self.route.filter().is_empty());
        plan.run_for(cx, connection, &given, tasks, &mut found)?;
        Ok(found.lists())
    }
}
