//! `MappedColumn`: a column attribute of a class, the columns of tables that it stands for, and its place in an object.

use smallvec::{SmallVec, smallvec};

use crate::declare::{
    ColumnDecl, ColumnId, ColumnName, DefaultValue, DeferredDecl, NextVersion, SlotId, TableDecl,
};
use crate::sql::ColumnRef;

/// A column attribute of a class, configured.
#[derive(Debug)]
pub struct MappedColumn {
    id: ColumnId,
    slot: SlotId,
    decl: &'static ColumnDecl,
    name: ColumnName,
    /// One column of each table that has it.
    columns: SmallVec<[ColumnRef; 1]>,
}

/// The column of a class that tells the versions of a row apart.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// Its place among the columns of the class.
    pub id: ColumnId,
    /// Where its value is in an object.
    pub slot: SlotId,
    /// What makes the next version, where the flush does.
    pub next: Option<NextVersion>,
}

impl Version {
    /// The column, where it is one.
    pub(super) fn of(column: &MappedColumn) -> Option<Self> {
        let next = column.decl.version?.next();
        Some(Version { id: column.id, slot: column.slot, next })
    }
}

impl MappedColumn {
    /// The columns of a class that has one table, in the order of the fields: each in the slot of its own place.
    pub(super) fn of_table(table: &'static TableDecl) -> Vec<MappedColumn> {
        let column = |(at, decl): (usize, &'static ColumnDecl)| MappedColumn {
            id: ColumnId::at(at),
            slot: SlotId::at(at),
            decl,
            name: ColumnName::new(table.name, decl.name),
            columns: smallvec![ColumnRef::new(table.name, decl.name)],
        };
        table.columns.iter().enumerate().map(column).collect()
    }

    /// Its place among the columns of the class.
    pub fn id(&self) -> ColumnId {
        self.id
    }

    /// Where its value is in an object.
    #[inline]
    pub fn slot(&self) -> SlotId {
        self.slot
    }

    /// How it was declared.
    pub fn decl(&self) -> &'static ColumnDecl {
        self.decl
    }

    /// The attribute: the field's name.
    pub fn attribute(&self) -> &'static str {
        self.decl.attribute
    }

    /// The name in the database.
    pub fn name(&self) -> &'static str {
        self.decl.name
    }

    /// The column of a table that it stands for, as declarations write it; the first where it stands for several.
    pub fn column_name(&self) -> ColumnName {
        self.name
    }

    /// The columns of tables that it stands for; the first is the one that is read.
    pub fn table_columns(&self) -> &[ColumnRef] {
        &self.columns
    }

    /// Whether it is part of the primary key.
    #[inline]
    pub fn is_primary_key(&self) -> bool {
        self.decl.primary_key
    }

    /// Whether it may be `NULL`.
    pub fn is_nullable(&self) -> bool {
        self.decl.nullable
    }

    /// What an object gets when it is inserted without a value.
    #[inline]
    pub fn default(&self) -> Option<DefaultValue> {
        self.decl.default
    }

    /// Whether what the database's default makes of a new row is read back within the flush.
    #[inline]
    pub fn is_eager(&self) -> bool {
        self.decl.is_eager
    }

    /// How it is loaded when it is read, where it isn't loaded with its object.
    #[inline]
    pub fn deferred(&self) -> Option<DeferredDecl> {
        self.decl.deferred
    }

    /// Whether it tells the versions of a row apart.
    #[inline]
    pub fn is_version(&self) -> bool {
        self.decl.version.is_some()
    }

    /// Whether the database has a default for it.
    #[inline]
    pub fn has_server_default(&self) -> bool {
        self.decl.server_default.is_some()
    }

    /// The default that the database has for it, as SQL.
    pub(crate) fn server_default(&self) -> Option<&'static str> {
        self.decl.server_default
    }
}
