//! A relationship of many objects that somebody needs to know of.

use super::LoadPort;
use super::found::set_empty;
use super::kept::{Reached, grouped};
use super::queue;
use super::refresh;
use super::related::Bulk;
use super::route::Told;
use crate::declare::Lazy;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related as state;

/// Loads a relationship of objects of which it isn't loaded, as if it were read of each. What options say of some of them
/// doesn't count.
///
/// # Errors
/// As a flush, where the options say that one comes before; `value`, and what the database says.
pub(crate) fn related(
    cx: &dyn LoadPort,
    relation: &'static Relation,
    objects: &[Handle],
    options: ReadOptions,
) -> Result<()> {
    related_by(cx, relation, objects, None, options)
}

/// The same, by the options that all of them were loaded by.
pub(super) fn related_by(
    cx: &dyn LoadPort,
    relation: &'static Relation,
    objects: &[Handle],
    told: Option<Reached>,
    options: ReadOptions,
) -> Result<()> {
    if relation.lazy() == Lazy::NoLoad && told.is_none() {
        let open = |object: &&Handle| state::is_open(object, relation).unwrap_or(false);
        return objects.iter().filter(open).try_for_each(|object| set_empty(object, relation));
    }
    let mut tasks = Vec::new();
    let route = Told::Reading(relation, told).route();
    Bulk::new(relation, &route, options).load(cx, objects, &mut tasks)?;
    queue::run(cx, &mut tasks)
}

/// Loads a relationship that somebody names of objects, each by the options that it was loaded by: for all of them at
/// once, and for those that were loaded together with one that is alone.
///
/// # Errors
/// As [`related`].
pub(crate) fn named(
    cx: &dyn LoadPort,
    relation: &'static Relation,
    objects: &[Handle],
    options: ReadOptions,
) -> Result<()> {
    let mut all = objects.to_vec();
    if let [alone] = objects {
        for one in cx.peers(alone) {
            let is_waiting = !one.header().has(Mark::EXPIRED) && state::is_open(&one, relation)?;
            if is_waiting && one != *alone {
                all.push(one);
            }
        }
    }
    all.retain(|one| one.header().session() == cx.id() && one.header().has(Mark::MAPPED));
    for (told, objects) in grouped(all) {
        related_by(cx, relation, &objects, told, options)?;
    }
    Ok(())
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
