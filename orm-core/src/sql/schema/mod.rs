//! Tables as they are in a database: an inert model that upper layers fill and `ddl` writes.

mod check;
mod key;
mod order;
mod table;
#[cfg(test)]
mod tests;

pub use key::{Check, Deferrable, ForeignKey, Index, ReferentialAction, Unique};
pub use order::Order;
pub use table::{Column, Computed, Table};

use indexmap::IndexMap;

use crate::error::{Code, Error, Result};

/// Tables in an order: where foreign keys leave a choice, they are created in it.
///
/// ```
/// use orm_core::SqlType;
/// use orm_core::sql::schema::{Column, Schema, Table};
/// let mut schema = Schema::new();
/// schema.add(Table::new("user").column(Column::new("id", SqlType::BigInt).generated_key()))?;
/// assert!(schema.table("user").is_some());
/// # Ok::<(), orm_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    tables: IndexMap<String, Table>,
}

impl Schema {
    /// No tables.
    #[must_use]
    pub fn new() -> Self {
        Schema::default()
    }

    /// Adds a table, after the others.
    ///
    /// # Errors
    /// `BadTable` if there is one of that name.
    pub fn add(&mut self, table: Table) -> Result<()> {
        if self.tables.contains_key(&table.name) {
            let message = format!("the table `{}` is declared twice", table.name);
            return Err(Error::new(Code::BadTable, message).help("give one of them another name"));
        }
        self.tables.insert(table.name.clone(), table);
        Ok(())
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The place of the table of that name among [`tables`](Self::tables).
    pub fn position(&self, name: &str) -> Option<usize> {
        self.tables.get_index_of(name)
    }

    /// The tables, in the order in which they were added.
    pub fn tables(&self) -> impl ExactSizeIterator<Item = &Table> {
        self.tables.values()
    }
}
