//! `Omitted`: the columns that a new row leaves to the database.

use smallvec::SmallVec;

use crate::declare::{ColumnId, SlotId};
use crate::mapper::{MappedColumn, Mapper};
use crate::state::memory::slot::{AnySlot, Columns, SlotState};

/// The columns that a row leaves to the database.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Omitted {
    /// The key that it generates.
    pub(super) key: bool,
    /// Those for which it has defaults.
    pub(super) defaults: SmallVec<[ColumnId; 4]>,
}

/// The columns that a row gives.
pub(super) fn given_columns<'m>(
    mapper: &'m Mapper,
    omitted: &'m Omitted,
) -> impl Iterator<Item = &'m MappedColumn> {
    let key = mapper.db_generated_key().filter(|_| omitted.key);
    mapper.columns().iter().filter(move |column| {
        let id = column.id();
        key != Some(id) && !column.is_expression() && !omitted.defaults.contains(&id)
    })
}

/// Whether nothing gives a column of a new object.
pub(super) fn is_unset(columns: &dyn Columns, place: SlotId) -> bool {
    columns.at(place).is_none_or(|slot| !matches!(slot.state(), SlotState::Set | SlotState::Null))
}

/// Whether a column of a new object has no value.
#[inline]
pub(super) fn is_null(columns: &dyn Columns, place: SlotId) -> bool {
    columns.at(place).is_none_or(AnySlot::is_null)
}
