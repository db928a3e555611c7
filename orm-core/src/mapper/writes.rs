//! `Writes`: what writing a row of a class does to columns that it doesn't set.

use super::MappedColumn;
use crate::declare::ColumnId;

/// The columns of a class that are written, or made by the database, without being set. Most classes have none of them.
#[derive(Debug)]
pub(crate) struct Writes {
    /// Those for which an update of the row makes values.
    pub(crate) onupdate: Vec<ColumnId>,
    /// Those that the database may change when the row is updated.
    pub(crate) changed: Vec<ColumnId>,
    /// Those that are read when rows were written.
    pub(crate) read_back: Vec<ColumnId>,
    /// Those beside the key that relationships carry into foreign keys: what the database makes of them has to be known before
    /// the rows that refer to them are written.
    pub(crate) carried: Vec<ColumnId>,
    /// Those that no statement sets.
    pub(crate) computed: Vec<ColumnId>,
}

impl Writes {
    pub(super) fn of(columns: &[MappedColumn], carried: Vec<ColumnId>) -> Self {
        let those = |is_one: fn(&MappedColumn) -> bool| {
            columns.iter().filter(|column| is_one(column)).map(MappedColumn::id).collect()
        };
        let is_read_back = |column: &&MappedColumn| {
            column.is_read_back() || column.is_made() && carried.contains(&column.id())
        };
        Writes {
            onupdate: those(|column| column.onupdate().is_some()),
            changed: those(MappedColumn::changes_on_update),
            read_back: columns.iter().filter(is_read_back).map(MappedColumn::id).collect(),
            computed: those(|column| column.is_computed() || column.is_expression()),
            carried,
        }
    }

    /// Whether what the database makes of a column of a new row is wanted within the flush.
    pub(crate) fn wants(&self, column: &MappedColumn) -> bool {
        column.is_primary_key() || column.is_eager() || self.carried.contains(&column.id())
    }

    /// Whether an update of a row writes or changes columns that it doesn't set.
    #[inline]
    pub(crate) fn has_more(&self) -> bool {
        !self.onupdate.is_empty() || !self.changed.is_empty()
    }

    /// Whether an update of a row writes and changes just what is set.
    pub(crate) fn is_plain(&self) -> bool {
        !self.has_more() && self.computed.is_empty()
    }
}
