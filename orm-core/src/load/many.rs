//! A relationship of many objects that somebody needs to know of.

use super::LoadPort;
use super::queue;
use super::refresh;
use super::related::Bulk;
use super::route::Route;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
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
    let mut tasks = Vec::new();
    refresh::expired(cx, objects, options, &mut tasks)?;
    queue::run(cx, &mut tasks)
}
