//! What of an object differs from what it was when it was clean.

use std::rc::Rc;

use crate::declare::SlotId;
use crate::error::Result;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::{Attr, Was};
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::column;
use crate::state::read::history::history;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// What a column was set to, what it still holds, and what it held before, as far as that is known.
#[derive(Default)]
pub(crate) struct ColumnChange {
    pub(crate) added: Option<Value>,
    pub(crate) unchanged: Option<Value>,
    pub(crate) deleted: Option<Value>,
}

/// The change of a column since the object was clean. Nothing is loaded.
pub(crate) fn of_column(instance: &Rc<Instance>, place: SlotId) -> Result<ColumnChange> {
    let now = instance.column_value(place)?;
    let (is_changed, old) = with_changes(instance, |changes| {
        match changes.and_then(|changes| changes.was(Attr::Column(place))) {
            Some(Was::Value(old)) => (true, Some(old.clone())),
            Some(_) => (true, None),
            None => (false, None),
        }
    })?;
    // Of an object that was never written nothing is remembered: all of it is new.
    let is_new = !instance.header().has_key() && !instance.header().has(Mark::WRITTEN);
    Ok(if is_new || is_changed && (old.is_none() || old != now) {
        ColumnChange { added: now, unchanged: None, deleted: old }
    } else {
        ColumnChange { unchanged: now, ..ColumnChange::default() }
    })
}

/// Whether anything of the object differs from what it was when it was clean, as far as that is known without loading.
pub(crate) fn is_changed(instance: &Rc<Instance>, with_collections: bool) -> Result<bool> {
    let header = instance.header();
    // What was never written is all new, whether anybody has changed it since it was made or not.
    if !header.has(Mark::MODIFIED) && (header.has_key() || header.has(Mark::WRITTEN)) {
        return Ok(false);
    }
    for column in header.mapper().columns() {
        let change = of_column(instance, column.slot())?;
        if change.added.is_some() || change.deleted.is_some() || column::is_late(instance, column.slot())? {
            return Ok(true);
        }
    }
    for relation in header.mapper().relations() {
        if relation.is_many() && !with_collections {
            continue;
        }
        let found = history(instance, relation, ReadOptions::MEMORY.with_queued())?;
        if found.is_some_and(|found| !found.added.is_empty() || !found.deleted.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}
