//! The columns that an UPDATE sets: those whose values differ from those in the database.

use std::rc::Rc;

use smallvec::SmallVec;

use super::late;
use crate::declare::{ColumnId, SlotId};
use crate::error::Result;
use crate::flush::rules::FlushRules;
use crate::mapper::{MappedColumn, Mapper};
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Was;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Columns, SlotState};

pub(super) type Changed = SmallVec<[ColumnId; 8]>;

/// Collects the columns whose values differ from those in the database. Says whether the key that the object is
/// known by is surely the one of its row: one value, loaded and never changed.
pub(super) fn changed_columns(
    mapper: &'static Mapper,
    instance: &Rc<Instance>,
    takes_over: bool,
    rules: FlushRules,
    changed: &mut Changed,
) -> Result<bool> {
    changed.clear();
    if takes_over && rules.writes_taken_over {
        instance.read(|columns| {
            let is_left = |column: &MappedColumn| {
                column.is_never_given()
                    || column.decl().made.on_insert
                        && column.server_default().is_none()
                        && !is_set(columns, column.slot())
            };
            let written =
                mapper.columns().iter().filter(|column| !column.is_primary_key() && !is_left(column));
            changed.extend(written.map(MappedColumn::id));
        })?;
        return Ok(false);
    }
    // Of an object that was written before and lost its row only what was set since is a change; nor has anybody set the version
    // that a flush gave it which failed later.
    if takes_over && !instance.header().has(Mark::WRITTEN) {
        let has_version = instance.header().has(Mark::GENERATED);
        instance.read(|columns| {
            let is_made =
                |column: &MappedColumn| column.is_primary_key() || column.is_version() && has_version;
            let is_set = |column: &&MappedColumn| !is_made(column) && is_set(columns, column.slot());
            changed.extend(mapper.columns().iter().filter(is_set).map(MappedColumn::id));
        })?;
        return Ok(false);
    }
    let has_late = late::has(instance)?;
    let is_key_known = with_changes(instance, |changes| {
        let is_late = |place| has_late && changes.is_some_and(|changes| changes.late(place).is_some());
        instance.read(|columns| {
            let key = if let [only] = mapper.key_slots() { Some(*only) } else { None };
            let mut is_key_known =
                key.and_then(|key| columns.at(key)).map(AnySlot::state) == Some(SlotState::Set);
            for (place, old) in changes.into_iter().flat_map(|changes| changes.columns()) {
                is_key_known &= Some(place) != key;
                let Some(column) = mapper.column_in(place) else { continue };
                if takes_over && column.is_primary_key() {
                    continue;
                }
                let differs = match old {
                    _ if is_late(place) => true,
                    Was::Value(old) => columns.at(place).is_some_and(|slot| !slot.is(old)),
                    _ => is_set(columns, place),
                };
                if differs {
                    changed.push(column.id());
                }
            }
            is_key_known
        })
    })??;
    if changed.len() > 1 {
        changed.sort_unstable();
    }
    Ok(is_key_known)
}

/// The columns that a new object leaves to the database, as it would if its row were inserted.
pub(super) fn left_to_defaults(mapper: &'static Mapper, instance: &Rc<Instance>) -> Result<Changed> {
    let columns = mapper.columns().iter();
    let with_default = columns.filter(|column| {
        column.server_default().is_some() && !column.is_never_given() && !column.is_primary_key()
    });
    instance.read(|columns| {
        with_default.filter(|column| !is_set(columns, column.slot())).map(MappedColumn::id).collect()
    })
}

fn is_set(columns: &dyn Columns, place: SlotId) -> bool {
    columns.at(place).is_some_and(|slot| matches!(slot.state(), SlotState::Set | SlotState::Null))
}
