//! Loads for many objects that somebody needs to know of: their relationships, and their rows.

use super::LoadPort;
use super::instance::EntityPlan;
use super::keys::Keys;
use super::plan::{LoadPlan, RowPlan};
use super::queue;
use super::related::Bulk;
use super::route::Route;
use super::statement::Statement;
use super::with::With;
use crate::engine::{EngineConnection, Fetch, Flow};
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;

/// Loads a relationship of objects of which it isn't loaded, as if it were read of each.
///
/// # Errors
/// As a flush, where the options say that one comes before; `value`, and what the database says.
pub(crate) fn related(
    cx: &dyn LoadPort,
    relation: &'static Relation,
    objects: &[Handle],
    options: ReadOptions,
) -> Result<()> {
    let mut tasks = Vec::new();
    let bulk = Bulk { relation, route: &Route::of_reading(relation), options };
    bulk.load(cx, objects, &mut tasks)?;
    queue::run(cx, &mut tasks)
}

/// Loads those of the objects that are expired. One whose row is gone stays expired.
///
/// # Errors
/// As [`related`].
pub(crate) fn expired(cx: &dyn LoadPort, objects: &[Handle], options: ReadOptions) -> Result<()> {
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
        if same.len() < 2 {
            continue; // it is as well loaded by itself
        }
        let connection = cx.connection(options)?;
        let mut keys = Keys::default();
        for (at, object) in same.iter().enumerate().filter(|(_, object)| is_expired(object)) {
            if let Some(key) = object.header().key() {
                keys.add(key, at);
            }
        }
        let with = || {
            let with = With::of(mapper, || Route::of_refresh(mapper));
            with.map(|with| with.from_column(mapper.columns().len()))
        };
        let entity = EntityPlan::new(mapper, 0);
        by_lists(cx, &connection, (mapper, keys), &mut || (RowPlan::Object(entity), with()), &mut |_| {})?;
    }
    Ok(())
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
) -> Result<()> {
    let width = mapper.primary_key().len();
    for part in keys.parts(width, connection) {
        let written = part.written(width, connection);
        let (rows, with) = rows();
        let plan = LoadPlan::new(Statement::GetMany(mapper, written.length()), rows).with(with);
        let given = |at: usize| written.value(&part, width, at);
        plan.run(cx, connection, &given, Fetch::All, &mut |one| {
            each(one);
            Ok(Flow::Continue(()))
        })?;
    }
    Ok(())
}
