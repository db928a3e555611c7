//! `MappedColumn`: a column attribute of a class, the columns of tables that it stands for, and its place in an object.

use smallvec::{SmallVec, smallvec};

use crate::declare::{
    ColumnDecl, ColumnId, ColumnName, DeferredDecl, Make, NextVersion, SlotId, TableDecl, VersionDecl,
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
    /// Whether the database makes it, so that it is read when a row was written.
    pub by_server: bool,
}

impl Version {
    /// The column, where it is one.
    pub(super) fn of(column: &MappedColumn) -> Option<Self> {
        let version = column.decl.version?;
        let by_server = matches!(version, VersionDecl::Server);
        Some(Version { id: column.id, slot: column.slot, next: version.next(), by_server })
    }
}

impl MappedColumn {
    /// The columns of a class that has one table, in the order of the fields: each in the slot of its own place.
    pub(super) fn of_table(table: &'static TableDecl) -> Vec<MappedColumn> {
        let column = |(at, decl): (usize, &'static ColumnDecl)| MappedColumn {
            id: ColumnId::at(at),
            slot: SlotId::at(at),
            decl,
            name: ColumnName::new(table.name, decl.name).expressed(decl.expression.map(|of| of.make)),
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

    /// What its declaration says of it for people: the database has none of it where it has no comments, as SQLite.
    pub fn comment(&self) -> Option<&'static str> {
        self.decl.comment
    }

    /// What the user's own code says of it, `info = "..."`.
    pub fn info(&self) -> Option<&'static str> {
        self.decl.info
    }

    /// Whether what it held is loaded when it is set.
    #[inline]
    pub fn active_history(&self) -> bool {
        self.decl.active_history
    }

    /// Whether it may be `NULL`.
    pub fn is_nullable(&self) -> bool {
        self.decl.nullable
    }

    /// What makes the value that an object gets when it is inserted without one.
    #[inline]
    pub fn default(&self) -> Option<Make> {
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

    /// Whether the database makes its value for a new row that isn't given one.
    #[inline]
    pub fn has_server_default(&self) -> bool {
        let made = self.decl.made;
        self.decl.server_default.is_some() || made.on_insert || made.computed.is_some()
    }

    /// Whether an insert says what the database made of it. What a trigger makes after the row is inserted is seen only by
    /// a query.
    pub(crate) fn is_told_by_insert(&self) -> bool {
        let is_told = self.decl.server_default.is_some() || self.decl.made.computed.is_some();
        is_told && !self.is_version_by_server()
    }

    /// Whether the database makes its value whatever a new row is given.
    #[inline]
    pub(crate) fn is_never_given(&self) -> bool {
        self.is_computed() || self.is_version_by_server() || self.is_expression()
    }

    /// Whether it stands for an expression, and no table has it.
    #[inline]
    pub fn is_expression(&self) -> bool {
        self.decl.expression.is_some()
    }

    /// Whether an object forgets its value when a flush has written the object, though it doesn't set it.
    pub(crate) fn expires_on_flush(&self) -> bool {
        self.decl.expression.is_some_and(|expression| expression.expire_on_flush)
    }

    /// Whether it is computed of other columns of the row.
    #[inline]
    pub fn is_computed(&self) -> bool {
        self.decl.made.computed.is_some()
    }

    /// Whether it is a version that the database makes.
    pub(crate) fn is_version_by_server(&self) -> bool {
        matches!(self.decl.version, Some(VersionDecl::Server))
    }

    /// Whether the database may change it when another column of the row is updated.
    pub(crate) fn changes_on_update(&self) -> bool {
        self.decl.made.on_update || self.is_computed()
    }

    /// What makes the value that an update sets it to where it isn't set.
    #[inline]
    pub(crate) fn onupdate(&self) -> Option<Make> {
        self.decl.onupdate
    }

    /// Whether what the database made of it is read when the rows of a step of a flush are written.
    pub(crate) fn is_read_back(&self) -> bool {
        self.is_version_by_server() || self.decl.is_eager && self.is_made()
    }

    /// Whether the database, or an update of the row, gives it a value that nobody sets.
    pub(crate) fn is_made(&self) -> bool {
        self.has_server_default() || self.changes_on_update() || self.decl.onupdate.is_some()
    }

    /// The default that the database has for it, as SQL.
    pub(crate) fn server_default(&self) -> Option<&'static str> {
        self.decl.server_default
    }
}
