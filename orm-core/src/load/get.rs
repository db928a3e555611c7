//! Objects by their keys: from the identity map, or by one statement.

use std::rc::Rc;

use super::LoadPort;
use super::batch;
use super::instance::{EntityPlan, Populate};
use super::keys::Keys;
use super::plan::{LoadPlan, RowPlan};
use super::queue;
use super::refresh::by_lists;
use super::route::Told;
use super::statement::Statement;
use super::task::Task;
use super::with::With;
use smallvec::SmallVec;

use crate::declare::{ColumnId, SlotId};
use crate::engine::{EngineConnection, Fetch, Flow};
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper, Relation};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;

/// The object with that key in the session; unset where there is none. An expired one is loaded, to be sure that its
/// row is still there; where that may not be asked it is unknown.
pub(crate) fn identity(
    cx: &dyn LoadPort,
    mapper: &'static Mapper,
    key: &Key,
    options: ReadOptions,
) -> Result<Read<Handle>> {
    let Some(object) = cx.identity().get(mapper, key) else { return Ok(Read::Unset) };
    if !object.header().has(Mark::EXPIRED) {
        return Ok(Read::Known(object));
    }
    if !options.runs_sql() {
        return Ok(Read::Unknown);
    }
    if !options.loads_related() {
        return Ok(Read::Known(object));
    }
    match expired(cx, &object, options) {
        Ok(()) => Ok(Read::Known(object)),
        Err(error) if error.code() == Code::ObjectDeleted => {
            cx.found_deleted(&object);
            Ok(Read::Unset)
        }
        Err(error) => Err(error),
    }
}

/// The row with that key, as the object that it is.
pub(crate) fn get(
    cx: &dyn LoadPort,
    mapper: &'static Mapper,
    key: &Key,
    options: ReadOptions,
) -> Result<Option<Handle>> {
    by_key(cx, mapper, key, Told::Query(mapper), options)
}

/// The same at the end of a route.
#[inline]
pub(super) fn by_key(
    cx: &dyn LoadPort,
    mapper: &'static Mapper,
    key: &Key,
    told: Told,
    options: ReadOptions,
) -> Result<Option<Handle>> {
    if key.has_null() {
        return Ok(None);
    }
    let with = told.with(mapper).map(|with| with.from_column(mapper.columns().len()));
    let entity = With::entity(with.as_deref(), mapper);
    let plan = LoadPlan::new(Statement::Get(mapper), RowPlan::Object(entity)).with(with);
    let mut found = None;
    plan.run(cx, &*cx.connection(options)?, &|at| Some(key.get(at)), Fetch::All, &mut |object| {
        found = Some(object);
        Ok(Flow::Break(()))
    })?;
    Ok(found)
}

/// Loads the expired columns of an object.
///
/// # Errors
/// `object-deleted` where its row is gone.
pub(crate) fn expired(cx: &dyn LoadPort, object: &Rc<Instance>, options: ReadOptions) -> Result<()> {
    load(cx, object, Populate::Expired, (&[], &[]), options)?.then_some(()).ok_or_else(|| gone(object))
}

/// Loads columns of an object that were left out when it was loaded.
///
/// # Errors
/// `object-deleted` where its row is gone.
pub(crate) fn deferred(
    cx: &dyn LoadPort,
    object: &Rc<Instance>,
    places: &[SlotId],
    options: ReadOptions,
) -> Result<()> {
    let mapper = object.header().mapper();
    let columns: SmallVec<[&MappedColumn; 4]> =
        places.iter().filter_map(|place| mapper.column_in(*place)).collect();
    let Some(key) = object.header().key() else { return Ok(()) };
    let connection = cx.connection(options)?;
    let entity = EntityPlan::new(mapper, 0);
    let mut found = false;
    let given = |at: usize| Some(key.get(at));
    let statement = Statement::Columns(mapper, columns.iter().map(|column| column.id()).collect());
    statement.run((None, None), &connection, &given, Fetch::All, &mut |row| {
        found = true;
        for (at, column) in columns.iter().enumerate() {
            let value = row.get(at)?;
            let load = |slot: &mut dyn AnySlot| match slot.state() {
                SlotState::Deferred => slot.load(value),
                _ => Ok(()), // a user's type has set it meanwhile
            };
            let loaded = object.write(|columns| columns.at_mut(column.slot()).map(load))?;
            loaded.unwrap_or(Ok(())).map_err(|error| entity.unreadable(column, &error))?;
        }
        Ok(Flow::Break(()))
    })?;
    if found { Ok(()) } else { Err(gone(object)) }
}

#[cold]
fn gone(object: &Rc<Instance>) -> Error {
    Error::new(Code::ObjectDeleted, format!("the row of {} is gone", object.header().label()))
        .about(object.header().mapper().class(), None)
        .help("somebody else deleted it; expunge the object")
}

/// Attributes that are loaded anew, whatever is said of when they are loaded: columns that are left out elsewhere, and
/// relationships.
pub(crate) type Named<'a> = (&'a [ColumnId], &'a [&'static Relation]);

/// Loads columns of an object anew, and what is named; says whether its row is there.
pub(crate) fn refresh(
    cx: &dyn LoadPort,
    object: &Rc<Instance>,
    what: Populate,
    named: Named<'_>,
) -> Result<bool> {
    load(cx, object, what, named, ReadOptions::DATABASE.without_autoflush())
}

fn load(
    cx: &dyn LoadPort,
    object: &Rc<Instance>,
    what: Populate,
    (left_out, named): Named<'_>,
    options: ReadOptions,
) -> Result<bool> {
    let mapper = object.header().mapper();
    let Some(key) = object.header().key() else {
        return Err(Error::new(Code::WrongState, format!("{} has no row to load", object.header().label()))
            .about(mapper.class(), None));
    };
    let is_whole = what == Populate::All || object.header().has(Mark::EXPIRED);
    let with = match (named, is_whole) {
        ([], true) => match Told::refresh(object).with(mapper) {
            Some(with) if what == Populate::Expired => Some(with.of_untouched(object)?),
            with => with,
        },
        ([], false) => None,
        (named, _) => With::named(Told::refresh(object).route(), named),
    };
    // What is expired is loaded, whatever the options left out.
    let entity = match what {
        Populate::All => With::entity(with.as_deref(), mapper),
        Populate::Expired | Populate::Missing => {
            let expired = expired_deferred(object)?;
            EntityPlan::new(mapper, 0).with_all(left_out).with_all(&expired)
        }
    };
    // Before the flush, which may load the object while another one is about to change its row.
    let mut columns = entity.wanted(object, what)?;
    columns.extend(left_out);
    let connection = cx.connection(options)?;
    let (is_expired, is_unnamed) = (what == Populate::Expired, named.is_empty() && left_out.is_empty());
    let waits = is_expired && is_unnamed && object.header().has(Mark::UNREAD);
    if waits && with_others(cx, &connection, object, &columns)? {
        return Ok(true);
    }
    if is_whole && is_expired && is_unnamed && batch::expired(cx, object, options)? {
        return Ok(true);
    }
    let with = with.map(|with| with.from_column(mapper.columns().len()));
    let rows = RowPlan::Refresh { entity, object, what, columns };
    let mut found = false;
    let plan = LoadPlan::new(Statement::Get(mapper), rows).with(with);
    plan.run(cx, &connection, &|at| Some(key.get(at)), Fetch::All, &mut |_| {
        found = true;
        Ok(Flow::Break(()))
    })?;
    if found && !named.is_empty() {
        let object = Handle::to(object);
        let mut tasks = named.iter().map(|relation| Task::named(relation, &object)).collect();
        queue::run(cx, &mut tasks)?;
    }
    Ok(found)
}

/// The columns that are left out elsewhere, and are expired: an expression was written to them.
fn expired_deferred(object: &Rc<Instance>) -> Result<Vec<ColumnId>> {
    let mapper = object.header().mapper();
    if mapper.deferred().is_empty() {
        return Ok(Vec::new());
    }
    object.read(|slots| {
        let state = |id: &ColumnId| slots.at(mapper.slot(*id)).map(AnySlot::state);
        let is_expired = |id: &&ColumnId| state(id) == Some(SlotState::Expired);
        mapper.deferred().iter().filter(is_expired).copied().collect()
    })
}

/// Loads what the database made of the new row of an object, and with it that of others which wait for it too: a
/// statement for each takes far longer. Says whether the row is among those that were found; where it isn't, it is still
/// to be looked for by its key alone.
fn with_others(
    cx: &dyn LoadPort,
    connection: &EngineConnection,
    object: &Rc<Instance>,
    columns: &[ColumnId],
) -> Result<bool> {
    let mapper = object.header().mapper();
    let entity = EntityPlan::new(mapper, 0);
    let is_wanted = |one: &Handle| {
        let is_any = |columns: Vec<ColumnId>| !columns.is_empty();
        Rc::ptr_eq(one, object) || entity.wanted(one, Populate::Expired).is_ok_and(is_any)
    };
    let group = cx.take_unread(object);
    let mut keys = Keys::default();
    let wanted = group.iter().filter(|one| is_wanted(one)).filter_map(|one| one.header().key());
    wanted.zip(0..).for_each(|(key, at)| keys.add(key, at));
    if keys.len() < 2 {
        return Ok(false);
    }
    let mut found = false;
    let mut rows = || (RowPlan::Unread { entity: entity.clone(), object, columns: columns.to_vec() }, None);
    let mut each = |one: Handle| found |= Rc::ptr_eq(&one, object);
    by_lists(cx, connection, (mapper, keys), &mut rows, &mut each, &mut Vec::new())?;
    Ok(found)
}
