//! What an object of the session gets of the one that is merged onto it.

use std::rc::Rc;

use crate::declare::{Cascade, Kind, SlotId};
use crate::error::Result;
use crate::mapper::{MappedColumn, Relation};
use crate::state::change::{assign, pipeline, to_many};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::items::At;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, large, related};

/// What becomes of a relationship, by what a given object has in its own.
#[derive(Clone, Copy)]
pub(super) enum As {
    /// It leads to just that.
    All,
    /// That comes to a large collection; the last ones go from it.
    Changes { removed: usize },
}

/// What a relationship of a given object leads to, and how the other one is related to it; `None` where it isn't copied.
pub(super) fn related(
    given: &Handle,
    merged: &Handle,
    relation: &'static Relation,
) -> Result<Option<(Vec<Handle>, As)>> {
    if !relation.cascade().has(Cascade::MERGE)
        || !(relation.is_large() || access::is_loaded(given, relation.slot())?)
    {
        return Ok(None);
    }
    if relation.is_large() {
        let (mut objects, removed) = (large::added(given, relation)?, large::removed(given, relation)?);
        // A new object's collection is known.
        let is_whole = relation.kind() == Kind::Dynamic && !given.header().has_key();
        let as_ = if is_whole { As::All } else { As::Changes { removed: removed.len() } };
        objects.extend(removed);
        return Ok((!objects.is_empty()).then_some((objects, as_)));
    }
    if relation.is_many() {
        // Loaded first, so that what is there is found in the identity map.
        related::many(merged, relation, ReadOptions::DATABASE.ignoring_raise())?;
        return Ok(Some((to_many::in_slot(given, relation)?, As::All)));
    }
    let one = related::one(given, relation, ReadOptions::MEMORY)?.object();
    Ok(Some((one.into_iter().collect(), As::All)))
}

/// Sets a relationship to what the given objects became.
pub(super) fn relate(
    merged: &Handle,
    relation: &'static Relation,
    objects: &[Handle],
    as_: As,
) -> Result<()> {
    if let As::Changes { removed } = as_ {
        let (came, went) = objects.split_at(objects.len().saturating_sub(removed));
        let options = ReadOptions::IDENTITY_MAP;
        for one in came {
            pipeline::append(merged, relation, one, At::End, None, options)?;
        }
        return went.iter().try_for_each(|one| pipeline::remove(merged, relation, one, None, options));
    }
    if relation.is_many() {
        return pipeline::replace(merged, relation, objects, ReadOptions::DATABASE.ignoring_raise());
    }
    pipeline::set(merged, relation, objects.first().map(|one| &**one), None, None)
}

/// Copies a column. One that the given object doesn't know is loaded anew where the other has a row.
pub(super) fn copy_column(given: &Rc<Instance>, merged: &Rc<Instance>, place: SlotId) -> Result<()> {
    if given.header().has(Mark::LATE)
        && let Some(late) = column::late(given, place)?
    {
        return assign::copy_late(merged, place, late);
    }
    // What an expression comes to is the database's to say.
    let is_expression = given.header().mapper().column_in(place).is_some_and(MappedColumn::is_expression);
    match if is_expression { None } else { given.column_value(place)? } {
        Some(value) => assign::merge(given, merged, place, &value),
        None => merged.write(|columns| {
            if let Some((slot, column)) = columns.at_mut(place).zip(merged.header().mapper().column_in(place))
                && slot.state() == SlotState::Unset
                && merged.header().has_key()
            {
                slot.reset(SlotState::unloaded(column));
            }
        }),
    }
}
