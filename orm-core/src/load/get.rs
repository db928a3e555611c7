//! Objects by their keys: from the identity map, or by one statement.

use std::rc::Rc;

use super::LoadPort;
use super::instance::{EntityPlan, Populate};
use crate::engine::{EngineConnection, Fetch, Flow, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{SelectStmt, Tree, render_row};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;

/// What the identity map says of a key.
pub(crate) enum Identity {
    /// Nothing.
    Missing,
    /// It has an expired object, and whether its row is still there may not be asked.
    Unknown,
    /// It has this object.
    Found(Handle),
}

/// The object with that key in the session. An expired one is loaded, to be sure that its row is still there.
pub(crate) fn identity(
    cx: &dyn LoadPort,
    mapper: &'static Mapper,
    key: &Key,
    options: ReadOptions,
) -> Result<Identity> {
    let Some(object) = cx.identity().get(mapper, key) else { return Ok(Identity::Missing) };
    if !object.header().has(Mark::EXPIRED) {
        return Ok(Identity::Found(object));
    }
    if !options.runs_sql() {
        return Ok(Identity::Unknown);
    }
    if !options.loads_related() {
        return Ok(Identity::Found(object));
    }
    match expired(cx, &object, options) {
        Ok(()) => Ok(Identity::Found(object)),
        Err(error) if error.code() == Code::ObjectDeleted => {
            cx.found_deleted(&object);
            Ok(Identity::Missing)
        }
        Err(error) => Err(error),
    }
}

/// The row with that key, as the object that it is.
pub(crate) fn by_key(
    cx: &dyn LoadPort,
    mapper: &'static Mapper,
    key: &Key,
    options: ReadOptions,
) -> Result<Option<Handle>> {
    if key.has_null() {
        return Ok(None);
    }
    let plan = EntityPlan::new(mapper, 0);
    let mut found = None;
    row_of(&*cx.connection(options)?, mapper, key, &mut |row| {
        found = plan.object(cx, row)?;
        Ok(Flow::Break(()))
    })?;
    Ok(found)
}

fn row_of(
    connection: &EngineConnection,
    mapper: &'static Mapper,
    key: &Key,
    each: &mut dyn FnMut(&dyn crate::engine::Row) -> Result<Flow>,
) -> Result<()> {
    let statement = connection.statement(Shape::own(StatementKind::Get, mapper.id().index()), |dialect| {
        let table = mapper.table_ref();
        let select = EntityPlan::new(mapper, 0).select(SelectStmt::new(), &table).from(table);
        let keys = mapper.primary_key().iter().enumerate();
        let select = keys.fold(select, |select, (at, id)| {
            select.filter(Tree::from(mapper.column_ref(*id)).equals(Tree::Param(at)))
        });
        Ok(render_row(&select, dialect))
    })?;
    connection.run(&statement, &|at| Some(key.get(at)), Fetch::All, each)
}

/// Loads the expired columns of an object.
///
/// # Errors
/// `object-deleted` where its row is gone.
pub(crate) fn expired(cx: &dyn LoadPort, object: &Rc<Instance>, options: ReadOptions) -> Result<()> {
    load(cx, object, Populate::Expired, options)?.then_some(()).ok_or_else(|| {
        Error::new(Code::ObjectDeleted, format!("the row of {} is gone", object.header().label()))
            .about(object.header().mapper().class(), None)
            .help("somebody else deleted it; expunge the object")
    })
}

/// Loads every column of an object anew; says whether its row is there.
pub(crate) fn refresh(cx: &dyn LoadPort, object: &Rc<Instance>, what: Populate) -> Result<bool> {
    load(cx, object, what, ReadOptions::DATABASE.without_autoflush())
}

fn load(cx: &dyn LoadPort, object: &Rc<Instance>, what: Populate, options: ReadOptions) -> Result<bool> {
    let Some(key) = object.header().key() else {
        return Err(Error::new(Code::WrongState, format!("{} has no row to load", object.header().label()))
            .about(object.header().mapper().class(), None));
    };
    let plan = EntityPlan::new(object.header().mapper(), 0);
    // Before the flush, which may load the object while another one is about to change its row.
    let wanted = plan.wanted(object, what)?;
    let connection = cx.connection(options)?;
    let mut found = false;
    row_of(&connection, plan.mapper, &key, &mut |row| {
        found = true;
        plan.fill(cx, object, &plan.values(row)?, what, &wanted)?;
        Ok(Flow::Break(()))
    })?;
    if found && what == Populate::Expired {
        object.header().unmark(Mark::EXPIRED);
    }
    Ok(found)
}
