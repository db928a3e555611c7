//! Queries with a name that a text may name: those that the rows of its relationship come from.

use super::mistake::{Mistake, unknown};
use crate::declare::{LinkItem, NamedRows, OtherRows, TableDecl};
use crate::sql::{Name, Tree};

/// A query that the rows of a relationship come from, as texts name its columns.
pub(in crate::mapper) struct TextQuery {
    name: Name,
    columns: Vec<QueryColumn>,
}

/// A column of a query: its name, and that of the attribute that it is.
struct QueryColumn {
    name: Name,
    attribute: Option<&'static str>,
}

impl TextQuery {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A query with what it selects.
    pub(in crate::mapper) fn of(rows: NamedRows, tables: &[&'static TableDecl]) -> Self {
        let mut columns = Vec::new();
        let mut add = |name: Name, attribute: Option<&'static str>| {
            columns.push(QueryColumn { name, attribute });
        };
        let named = |name: &str| tables.iter().find(|table| table.name == name);
        for item in rows.items {
            match item {
                LinkItem::Table(table) => {
                    for column in named(table).into_iter().flat_map(|table| table.columns) {
                        add(Name::new(column.name), Some(column.attribute));
                    }
                }
                LinkItem::Column(column) => {
                    let decl = named(column.table).and_then(|table| table.column(column.name));
                    add(Name::new(column.name), decl.map(|decl| decl.attribute));
                }
                LinkItem::Named(name, _) => add(name, None),
            }
        }
        TextQuery { name: rows.name, columns }
    }

    /// A column of it, by its name or as the attribute that it is.
    pub(super) fn column(&self, at: usize, wanted: &str) -> Result<Tree, Mistake> {
        let by_name = || self.columns.iter().find(|column| *column.name == *wanted);
        let by_attribute = || self.columns.iter().find(|column| column.attribute == Some(wanted));
        match by_name().or_else(by_attribute) {
            Some(column) => {
                Ok(OtherRows::Query(self.name.clone()).column(self.name.clone(), column.name.clone()))
            }
            None => Err(unknown(at, &self.name, wanted, self.columns.iter().map(|column| &*column.name))),
        }
    }
}
