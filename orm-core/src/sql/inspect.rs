//! `TableQueries`: how a database tells of its tables.

use std::borrow::Cow;

use super::SqlType;

/// The queries by which a database tells of its tables. All but the first have two parameters: a table's own name, and its
/// schema or `NULL`.
#[derive(Clone, Copy, Debug)]
pub struct TableQueries {
    /// The names of the tables of a schema, or of that which is meant where none is named.
    pub tables: fn(Option<&str>) -> Cow<'static, str>,
    /// Of each column: its name, the type that it was declared with, whether it is `NOT NULL`, its default as SQL or `NULL`,
    /// and its place in the primary key from 1 on, or 0.
    pub columns: &'static str,
    /// Of each column of each foreign key: the number of the key, the table that it references, the column, the referenced
    /// column or `NULL` for that of the primary key, `ON UPDATE` and `ON DELETE`. Columns of a key follow each other.
    pub foreign_keys: &'static str,
    /// Of each column of each unique constraint and index: its name, whether it is unique, whether it is a constraint, and
    /// the column or `NULL` for an expression. Columns of an index follow each other.
    pub indexes: &'static str,
    /// What a declared type is; nothing where columns of it hold values of several kinds.
    pub type_of: fn(&str) -> Option<SqlType>,
}
