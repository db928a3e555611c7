//! `CREATE TABLE` and `CREATE INDEX`.

use super::{Only, write};
use crate::error::Result;
use crate::sql::Dialect;
use crate::sql::schema::{Schema, Table};

/// Creates the tables of a schema with their indexes, each table after those that it references.
///
/// Foreign keys of tables that reference each other are written into `CREATE TABLE` where the database
/// accepts a reference to a table that isn't there yet; else they are added at the end.
///
/// ```
/// use orm_core::SqlType;
/// use orm_core::sql::AnsiDialect;
/// use orm_core::sql::ddl::CreateSchema;
/// use orm_core::sql::schema::{Column, Index, Schema, Table};
/// let mut schema = Schema::new();
/// let id = Column::new("id", SqlType::Integer).key();
/// schema.add(Table::new("tag").column(id).index(Index::new(["id"])))?;
/// assert_eq!(
///     CreateSchema::new(&schema).statements(&AnsiDialect)?,
///     [
///         "CREATE TABLE \"tag\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY\n)",
///         "CREATE INDEX \"ix_tag_id\" ON \"tag\" (\"id\")",
///     ],
/// );
/// # Ok::<(), orm_core::Error>(())
/// ```
pub struct CreateSchema<'s> {
    schema: &'s Schema,
    if_not_exists: bool,
    only: Only<'s>,
}

impl<'s> CreateSchema<'s> {
    /// Of all tables, each of which must not be there yet.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        CreateSchema { schema, if_not_exists: false, only: Box::new(|_| true) }
    }

    /// Writes `IF NOT EXISTS`, so that tables and indexes that are there are left as they are. To leave out
    /// tables together with their indexes and constraints, ask by
    /// [`table_exists`](Dialect::table_exists) which are there, and use [`only`](Self::only).
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// Leaves out other tables, with all that belongs to them.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&Table) -> bool + 's) -> Self {
        self.only = Box::new(wanted);
        self
    }

    /// The statements.
    ///
    /// # Errors
    /// Those of [`Schema::check`].
    pub fn statements(&self, dialect: &dyn Dialect) -> Result<Vec<String>> {
        self.schema.check(dialect)?;
        let order = self.schema.order();
        let late = |place: usize, key: usize| {
            dialect.alters_constraints() && order.forward.binary_search(&(place, key)).is_ok()
        };
        let mut statements = Vec::new();
        for (place, table) in order.tables.iter().enumerate().filter(|(_, table)| (self.only)(table)) {
            statements.push(write::create_table(table, self.if_not_exists, &|key| late(place, key), dialect));
            for index in &table.indexes {
                statements.push(write::create_index(table, index, self.if_not_exists, dialect));
            }
        }
        for &(place, key) in &order.forward {
            let table = order.tables.get(place).filter(|table| late(place, key) && (self.only)(table));
            if let Some((table, key)) = table.and_then(|table| Some((table, table.foreign_keys.get(key)?))) {
                statements.push(write::add_foreign_key(table, key, dialect));
            }
        }
        Ok(statements)
    }
}
