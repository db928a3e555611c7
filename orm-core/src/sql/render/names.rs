//! How tables and columns are named.

use std::fmt::Write;

use super::Renderer;
use crate::sql::{Alias, ColumnRef, TableRef, full_name, own_name, parts};

impl Renderer<'_> {
    /// The name of a table, with its schema before it.
    pub(super) fn full_name(&mut self, name: &str) {
        full_name::write(name, self.dialect, &mut self.sql);
    }

    /// The name that the columns of a table or alias go by.
    pub(super) fn table_name(&mut self, table: &TableRef) {
        match &table.alias {
            Alias::None if self.without_schemas => self.name(&own_name(&table.name)),
            Alias::None => self.full_name(&table.name),
            // An alias is in no schema.
            Alias::Name(name) => match parts(name) {
                (None, own) => self.name(&own),
                (Some(_), _) => self.name(name),
            },
            Alias::Number(number) => {
                self.alias.clear();
                let _ = write!(self.alias, "{}_{number}", own_name(&table.name));
                self.dialect.write_name(&self.alias, &mut self.sql);
            }
        }
    }

    /// The table, with its alias, as it is introduced.
    pub(super) fn table(&mut self, table: &TableRef) {
        self.full_name(&table.name);
        if table.alias != Alias::None {
            self.push(" AS ");
            self.table_name(table);
        }
    }

    pub(super) fn column(&mut self, column: &ColumnRef) {
        if !self.of_one_table {
            self.table_name(&column.table);
            self.push(".");
        }
        self.name(&column.name);
    }
}
