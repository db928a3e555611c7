//! Rows of many objects by lists of their keys.

use super::LoadPort;
use super::instance::EntityPlan;
use super::kept::grouped;
use super::keys::Keys;
use super::loading::Loading;
use super::plan::{LoadPlan, RowPlan};
use super::route::Told;
use super::statement::Statement;
use super::task::Task;
use super::with::With;
use crate::declare::ColumnId;
use crate::engine::{EngineConnection, Flow, Row};
use crate::error::Result;
use crate::mapper::{MappedColumn, Mapper};
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::reach::ReadOptions;

/// Loads those of the objects that are expired. What is to be loaded further is added to `tasks`. One
/// whose row is gone stays expired.
///
/// # Errors
/// As a flush, where the options say that one comes before; `value`, and what the database says.
pub(super) fn expired(
    cx: &dyn LoadPort,
    objects: &[Handle],
    options: ReadOptions,
    tasks: &mut Vec<Task>,
) -> Result<()> {
    let is_expired = |object: &&Handle| {
        let header = object.header();
        header.has(Mark::EXPIRED) && header.has(Mark::MAPPED) && header.session() == cx.id()
    };
    let mut rest: Vec<&Handle> = objects.iter().filter(is_expired).collect();
    while let Some(first) = rest.first() {
        let mapper: &'static Mapper = first.header().mapper();
        let (same, others): (Vec<&Handle>, Vec<&Handle>) =
            rest.into_iter().partition(|object| std::ptr::eq(object.header().mapper(), mapper));
        rest = others;
        let connection = cx.connection(options)?;
        // Each is loaded by the options that it was loaded by.
        for (told, objects) in grouped(same.into_iter().cloned()) {
            let with = || Told::Refresh(mapper, told.clone()).with(mapper);
            let mut keys = Keys::default();
            for (at, object) in objects.iter().enumerate().filter(|(_, object)| is_expired(object)) {
                let Some(key) = object.header().key() else { continue };
                match with() {
                    // What was changed isn't loaded with it: its rows would be read for nothing, and fill what they name.
                    Some(with) if !with.is_all_untouched(object)? => {
                        let mut own = Keys::default();
                        own.add(key, at);
                        let mut with = Some(with.of_untouched(object)?);
                        load(cx, &connection, (mapper, own), &mut || with.take(), tasks)?;
                    }
                    _ => keys.add(key, at),
                }
            }
            load(cx, &connection, (mapper, keys), &mut || with(), tasks)?;
        }
    }
    Ok(())
}

/// Loads objects with these keys, and what is loaded with them.
fn load(
    cx: &dyn LoadPort,
    connection: &EngineConnection,
    (mapper, keys): (&'static Mapper, Keys),
    with: &mut dyn FnMut() -> Option<Box<With>>,
    tasks: &mut Vec<Task>,
) -> Result<()> {
    let entity = EntityPlan::new(mapper, 0);
    let at = mapper.columns().len();
    let mut rows = || (RowPlan::Object(entity.clone()), with().map(|with| with.from_column(at)));
    by_lists(cx, connection, (mapper, keys), &mut rows, &mut |_| {}, tasks)
}

/// Loads columns of objects of a class of which they were left out. One whose row is gone, or that is expired, stays as it
/// is.
///
/// # Errors
/// `value`, and what the database says.
pub(super) fn left_out(
    cx: &dyn LoadPort,
    connection: &EngineConnection,
    (mapper, columns): (&'static Mapper, &[ColumnId]),
    objects: &[Handle],
) -> Result<()> {
    let mut keys = Keys::default();
    for (at, object) in objects.iter().enumerate() {
        let header = object.header();
        let is_deferred = object.read(|slots| {
            let state = |id: &ColumnId| slots.at(mapper.slot(*id)).map(AnySlot::state);
            columns.iter().any(|id| state(id) == Some(SlotState::Deferred))
        })?;
        if is_deferred && !header.has(Mark::EXPIRED) && !header.has(Mark::UNREAD) {
            header.key().into_iter().for_each(|key| keys.add(key, at));
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let is_other = |column: &&MappedColumn| !column.is_primary_key() && !columns.contains(&column.id());
    let others = mapper.columns().iter().filter(is_other).map(MappedColumn::id);
    let entity = EntityPlan::new(mapper, 0).deferring(Some(others.collect()));
    let mut rows = || (RowPlan::Object(entity.clone()), None);
    by_lists(cx, connection, (mapper, keys), &mut rows, &mut |_| {}, &mut Vec::new())
}

/// How rows are read that keys name, and what is loaded with them.
pub(super) type Rows<'p> = (RowPlan<'p>, Option<Box<With>>);

/// The rows of a class with these keys.
pub(super) fn by_lists<'p>(
    cx: &dyn LoadPort,
    connection: &EngineConnection,
    (mapper, keys): (&'static Mapper, Keys),
    rows: &mut dyn FnMut() -> Rows<'p>,
    each: &mut dyn FnMut(Handle),
    tasks: &mut Vec<Task>,
) -> Result<()> {
    let width = mapper.primary_key().len();
    for part in keys.parts(width, connection) {
        let written = part.written(width, connection);
        let (rows, with) = rows();
        let one = part.list.first().filter(|_| part.list.len() == 1);
        let statement = match one {
            Some(_) => Statement::Get(mapper),
            None => Statement::GetMany(mapper, written.length().unwrap_or_default()),
        };
        let plan = LoadPlan::new(statement, rows).with(with);
        let given = |at: usize| match one {
            Some((key, _)) => Some(key.get(at)),
            None => written.value(&part, width, at),
        };
        let mut each = |_: &dyn Row, one: Handle, _: Option<&mut Loading>| {
            each(one);
            Ok(Flow::Continue(()))
        };
        plan.run_for(cx, connection, &given, tasks, &mut each)?;
    }
    Ok(())
}
