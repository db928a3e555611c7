//! `DROP TABLE`.

use super::{Only, write};
use crate::sql::Dialect;
use crate::sql::schema::{ReferentialAction, Schema, Table};

/// Drops the tables of a schema, each before those that it references.
///
/// Where tables reference each other, the foreign keys between them are dropped first; where the database
/// can't do that, their check is put off until the transaction ends, so that the statements have to run in
/// one. That is so too for a table that references itself with `ON DELETE RESTRICT`.
///
/// ```
/// use orm_core::sql::AnsiDialect;
/// use orm_core::sql::ddl::DropSchema;
/// use orm_core::sql::schema::{Schema, Table};
/// let mut schema = Schema::new();
/// schema.add(Table::new("tag"))?;
/// let drop = DropSchema::new(&schema).if_exists();
/// assert_eq!(drop.statements(&AnsiDialect), ["DROP TABLE IF EXISTS \"tag\""]);
/// # Ok::<(), orm_core::Error>(())
/// ```
pub struct DropSchema<'s> {
    schema: &'s Schema,
    if_exists: bool,
    only: Only<'s>,
}

impl<'s> DropSchema<'s> {
    /// Of all tables, each of which must be there.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        DropSchema { schema, if_exists: false, only: Box::new(|_| true) }
    }

    /// Writes `IF EXISTS`, so that tables may be missing.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// Leaves out other tables.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&Table) -> bool + 's) -> Self {
        self.only = Box::new(wanted);
        self
    }

    /// The statements.
    pub fn statements(&self, dialect: &dyn Dialect) -> Vec<String> {
        let order = self.schema.order();
        let mut statements = Vec::new();
        let cycle = order.forward.iter().filter_map(|&(place, key)| {
            let table = order.tables.get(place).filter(|table| (self.only)(table))?;
            Some((*table, table.foreign_keys.get(key)?))
        });
        if dialect.alters_constraints() {
            statements.extend(
                cycle.map(|(table, key)| write::drop_foreign_key(table, key, self.if_exists, dialect)),
            );
        } else if cycle.count() > 0
            || order.tables.iter().any(|table| (self.only)(table) && restricts_itself(table))
        {
            statements.extend(dialect.defer_foreign_keys().map(str::to_owned));
        }
        let wanted = order.tables.iter().rev().filter(|table| (self.only)(table));
        statements.extend(wanted.map(|table| write::drop_table(table, self.if_exists, dialect)));
        statements
    }
}

/// Whether rows can stand in the way of one another when the database empties the table before it drops it.
fn restricts_itself(table: &Table) -> bool {
    table
        .foreign_keys
        .iter()
        .any(|key| key.table == table.name && key.on_delete == Some(ReferentialAction::Restrict))
}
