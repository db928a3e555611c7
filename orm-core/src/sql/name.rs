//! `TableRef` and `ColumnRef`: how expressions name tables and columns.

/// A table, or one of its aliases, in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableRef {
    /// The table's name.
    pub name: &'static str,
    /// 0 for the table itself, else the alias `name_1`, `name_2`, ...
    pub alias: u32,
}

/// A column of a table or alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnRef {
    /// The table or alias.
    pub table: TableRef,
    /// The column's name in the database.
    pub name: &'static str,
}

impl TableRef {
    /// The table itself.
    pub const fn new(name: &'static str) -> Self {
        TableRef { name, alias: 0 }
    }

    /// An alias of it.
    #[must_use]
    pub const fn aliased(self, alias: u32) -> Self {
        TableRef { name: self.name, alias }
    }

    /// A column of it.
    pub const fn column(self, name: &'static str) -> ColumnRef {
        ColumnRef { table: self, name }
    }
}

impl ColumnRef {
    /// A column of a table by name.
    pub const fn new(table: &'static str, name: &'static str) -> Self {
        ColumnRef { table: TableRef::new(table), name }
    }
}
