//! A relationship of many objects at once: by lists of the keys that they have.

use std::rc::Rc;

use super::LoadPort;
use super::instance::{EntityPlan, Populate};
use super::keys::{Keys, Part};
use super::plan::{LoadPlan, RowPlan};
use super::route::Route;
use super::selectin::Ask;
use super::statement::Statement;
use super::task::Task;
use super::with::With;
use crate::declare::{ColumnId, Lazy};
use crate::engine::{EngineConnection, Flow};
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::state::key::Key;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::memory::mark::Mark;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, related};
use crate::value::{Value, ValueRef};

/// How long most collections are at most: for so many items the list that they are loaded into doesn't grow.
pub(super) const SHORT: usize = 8;

/// A relationship that is loaded for many objects.
pub(super) struct Bulk<'a> {
    pub(super) relation: &'static Relation,
    /// Where what it leads to stands.
    pub(super) route: &'a Route,
    pub(super) options: ReadOptions,
}

impl Bulk<'_> {
    /// Sets the relationship of every object of which it isn't loaded. What is to be loaded further for what it leads to
    /// is added to `tasks`.
    ///
    /// # Errors
    /// As a flush, where the options say that one comes before; `value`, and what the database says. Those for which
    /// nothing was read yet stay as they are.
    pub(super) fn load(&self, cx: &dyn LoadPort, objects: &[Handle], tasks: &mut Vec<Task>) -> Result<()> {
        let objects = self.waiting(cx, objects)?;
        if objects.is_empty() {
            return Ok(());
        }
        if self.relation.lazy() == Lazy::NoLoad {
            return objects.iter().try_for_each(|object| set_empty(object, self.relation));
        }
        if cx.notes_reads() {
            objects.iter().for_each(|object| cx.note_read(object));
        }
        let connection = cx.connection(self.options)?;
        // A flush may have loaded it.
        let objects = self.waiting(cx, &objects)?;
        let (mut keys, mut others) = (Keys::default(), Keys::default());
        let ask = Ask::of(self.relation);
        for (at, object) in objects.iter().enumerate() {
            match self.key(&ask, object)? {
                Some(key) if key.has_null() => set_empty(object, self.relation)?,
                Some(key) => keys.add(key, at),
                // It isn't in memory: the row of the object tells.
                None => {
                    if let Some(key) = object.header().key() {
                        others.add(key, at);
                    }
                }
            }
        }
        if self.relation.get_columns().is_some() {
            keys = self.without_known(cx, keys, &objects, tasks)?;
        }
        self.ask(cx, &connection, (&ask, keys), &objects, tasks)?;
        self.ask(cx, &connection, (&Ask::by_parents(self.relation), others), &objects, tasks)
    }

    /// The objects with rows of which it isn't loaded, each once.
    fn waiting(&self, cx: &dyn LoadPort, objects: &[Handle]) -> Result<Vec<Handle>> {
        let (mut seen, mut waiting) = (Addresses::default(), Vec::with_capacity(objects.len()));
        for object in objects {
            let header = object.header();
            if header.session() == cx.id()
                && header.has(Mark::MAPPED)
                && related::is_open(object, self.relation)?
                && seen.insert(address(object))
            {
                waiting.push(object.clone());
            }
        }
        Ok(waiting)
    }

    /// The key by which it is asked for an object, as far as that is in memory.
    fn key(&self, ask: &Ask, object: &Handle) -> Result<Option<Key>> {
        if ask.by_parents {
            return Ok(object.header().key());
        }
        let mapper = self.relation.mapper();
        let mut values: Vec<Value> = Vec::with_capacity(ask.pairs.len());
        for (id, _) in &ask.pairs {
            match self.value(object, mapper, *id)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(match self.relation.get_columns() {
            Some(_) => Key::named(self.relation.target(), values),
            None => Key::new(values),
        }))
    }

    fn value(&self, object: &Handle, mapper: &'static Mapper, id: ColumnId) -> Result<Option<Value>> {
        let place = mapper.slot(id);
        let options = ReadOptions::MEMORY;
        let value = if self.options.is_committed() {
            column::committed_value(object, place, options)?
        } else {
            column::value(object, place, options)?
        };
        if let Read::Known(value) = value {
            return Ok(Some(value));
        }
        // Expired, but the object's key says it.
        let part = mapper.primary_key().iter().position(|key| *key == id);
        let key = part.and_then(|part| Some(object.header().key()?.get(part).to_value()));
        Ok(key.filter(|_| matches!(value, Read::Unknown)))
    }

    /// Sets what the session has in memory, and gives the keys of the rest.
    fn without_known(
        &self,
        cx: &dyn LoadPort,
        keys: Keys,
        objects: &[Handle],
        tasks: &mut Vec<Task>,
    ) -> Result<Keys> {
        let target = self.relation.target();
        let entity = EntityPlan::new(target, 0);
        let with = With::of(target, || self.route.clone());
        let (mut rest, mut known) = (Keys::default(), Vec::new());
        for (key, of) in keys.into_list() {
            let found = cx.identity().get(target, &key);
            let is_whole = |one: &Handle| -> Result<bool> {
                Ok(!one.header().has(Mark::EXPIRED)
                    && entity.wanted(one, Populate::Missing)?.is_empty()
                    && with.as_deref().map_or(Ok(true), |with| with.has_joined(one))?)
            };
            match found {
                Some(one) if is_whole(&one)? => {
                    for at in of {
                        if let Some(object) = objects.get(at as usize) {
                            related::set_committed_one(object, self.relation, Some(&one))?;
                        }
                    }
                    known.push(one);
                }
                _ => of.into_iter().for_each(|at| rest.add(key.clone(), at as usize)),
            }
        }
        if let Some(with) = with.filter(|_| self.route.loads_known()) {
            with.tasks_of_known(&Rc::from(known), tasks);
        }
        Ok(rest)
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
        for part in keys.parts(ask.pairs.len(), connection) {
            let found = match part.list.as_slice() {
                [(key, _)] if ask.is_lazy() => vec![self.of_one(cx, connection, (ask, key), tasks)?],
                _ => self.of_part(cx, connection, (ask, &part), tasks)?,
            };
            for ((_, of), found) in part.list.iter().zip(found) {
                for object in of.iter().filter_map(|at| objects.get(*at as usize)) {
                    // It may have been set meanwhile, by a user's type that a row was read into.
                    if related::is_open(object, self.relation)? {
                        set(object, self.relation, &found)?;
                    }
                }
            }
        }
        Ok(())
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
        let with = With::of(target, || self.route.clone());
        let with = with.map(|with| with.from_column(target.columns().len()));
        let plan = LoadPlan::new(statement, RowPlan::Object(EntityPlan::new(target, 0))).with(with);
        let mut found = Vec::new();
        let given = |at: usize| places.get(at).map(|place: &usize| key.get(*place));
        plan.run_for(cx, connection, &given, tasks, &mut |_, object| {
            put(&mut found, object);
            Ok(Flow::Continue(()))
        })?;
        Ok(found)
    }

    /// Runs the statement for a part of the keys, and gives what it found for each.
    fn of_part(
        &self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        (ask, part): (&Ask, &Part),
        tasks: &mut Vec<Task>,
    ) -> Result<Vec<Vec<Handle>>> {
        let target = self.relation.target();
        let mut found: Vec<Vec<Handle>> = part.list.iter().map(|_| Vec::new()).collect();
        let width = ask.pairs.len();
        let written = part.written(width, connection);
        let with = With::of(target, || self.route.clone()).map(|with| with.from_column(ask.columns()));
        let statement = Statement::SelectIn(self.relation, ask.by_parents, written.length());
        let plan = LoadPlan::new(statement, RowPlan::Object(EntityPlan::new(target, 0))).with(with);
        let given = |at: usize| written.value(part, width, at);
        let is_own = self.relation.get_columns().is_some() && !ask.by_parents;
        let integer = ask.integer_place().filter(|_| !is_own);
        // Rows of one object mostly come one after another.
        let mut last: Option<(i64, usize)> = None;
        plan.run_for(cx, connection, &given, tasks, &mut |row, object| {
            if let Some(at) = integer
                && let ValueRef::Int(key) = row.get(at)?
            {
                let place = match last {
                    Some((known, place)) if known == key => Some(place),
                    _ => part.place(&Key::Int(key)),
                };
                if let Some(found) = place.and_then(|place| found.get_mut(place)) {
                    last = place.map(|place| (key, place));
                    put(found, object);
                    return Ok(Flow::Continue(()));
                }
            }
            let key = if is_own { object.header().key() } else { Some(ask.key_of(row)?) };
            for place in key.into_iter().flat_map(|key| part.find(&key)) {
                if let Some(found) = found.get_mut(place) {
                    put(found, object.clone());
                }
            }
            Ok(Flow::Continue(()))
        })?;
        Ok(found)
    }
}

/// Adds what a row has, which may be that of the row before again.
#[inline]
fn put(found: &mut Vec<Handle>, object: Handle) {
    if found.is_empty() {
        found.reserve(SHORT);
    }
    if found.last() != Some(&object) {
        found.push(object);
    }
}

/// Sets what was found.
fn set(object: &Handle, relation: &'static Relation, found: &[Handle]) -> Result<()> {
    if relation.is_many() {
        return related::set_committed_many(object, relation, found);
    }
    if found.len() > 1 {
        warn_of_several(relation, found.len());
    }
    related::set_committed_one(object, relation, found.first())
}

/// Sets that a relationship leads to nothing.
pub(super) fn set_empty(object: &Handle, relation: &'static Relation) -> Result<()> {
    set(object, relation, &[])
}

/// Tells that a relationship to one object has several rows.
pub(super) fn warn_of_several(relation: &Relation, rows: usize) {
    tracing::warn!(
        target: "orm::load",
        class = relation.class(),
        attribute = relation.name(),
        rows,
        "several rows for a relationship to one"
    );
}
