//! `Scopes`: which source a class or table means where an expression stands. Scopes nest: `EXISTS` opens one, and what
//! isn't found in it is looked for around it.

use crate::declare::ColumnName;
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::sql::{Alias, TableRef, Tree};

/// A source of rows in a statement.
#[derive(Clone)]
struct Place {
    /// The table that columns are declared on.
    table: &'static str,
    /// The class of its rows; none for an association table.
    mapper: Option<&'static Mapper>,
    /// The name that it goes by.
    name: TableRef,
}

/// The sources around an expression, the innermost scope last.
#[derive(Default)]
pub(super) struct Scopes {
    scopes: Vec<Vec<Place>>,
    /// The tables that the statement has named so far.
    named: Vec<&'static str>,
    /// How many numbered names there are.
    numbered: u32,
}

impl Scopes {
    /// Opens a scope within the others.
    pub(super) fn open(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Closes the innermost scope.
    pub(super) fn close(&mut self) {
        self.scopes.pop();
    }

    /// A name for a table: its own, or one with a number where the statement has named it before.
    pub(super) fn name(&mut self, table: &'static str) -> TableRef {
        let name = TableRef::new(table);
        if self.named.contains(&table) {
            self.numbered += 1;
            return name.aliased(Alias::Number(self.numbered));
        }
        self.named.push(table);
        name
    }

    /// Puts the rows of a class into the innermost scope.
    pub(super) fn add_class(&mut self, mapper: &'static Mapper, name: TableRef) {
        self.add(Place { table: mapper.table().name, mapper: Some(mapper), name });
    }

    /// Puts the rows of an association table into the innermost scope.
    pub(super) fn add_table(&mut self, table: &'static str, name: TableRef) {
        self.add(Place { table, mapper: None, name });
    }

    fn add(&mut self, place: Place) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(place);
        }
    }

    fn find(&self, table: &str) -> Option<&Place> {
        self.scopes.iter().rev().flatten().find(|place| place.table == table)
    }

    /// The source of a class, from the innermost scope outward.
    pub(super) fn class(&self, mapper: &'static Mapper) -> Option<&TableRef> {
        self.find(mapper.table().name).map(|place| &place.name)
    }

    /// The source of the class that a relationship stands on.
    ///
    /// # Errors
    /// `query` where the class isn't part of the query.
    pub(super) fn source_of(&self, relation: &Relation) -> Result<TableRef> {
        self.class(relation.mapper()).cloned().ok_or_else(|| {
            self.missing(relation.mapper().table().name).about(relation.class(), Some(relation.name()))
        })
    }

    /// A column, of the innermost source that has its table.
    ///
    /// # Errors
    /// `query` where no source has it.
    pub(super) fn column(&self, column: ColumnName) -> Result<Tree> {
        match self.find(column.table) {
            Some(place) => Ok(Tree::Column(place.name.column(column.name))),
            None => Err(self.missing(column.table)),
        }
    }

    /// The error of a table that isn't part of the query, with the join that would bring it.
    fn missing(&self, table: &str) -> Error {
        let classes = self.scopes.iter().rev().flatten().filter_map(|place| place.mapper);
        let joins = classes.flat_map(|mapper| mapper.relations());
        let brings = |relation: &&Relation| {
            relation.target().table().name == table
                || relation.secondary().is_some_and(|secondary| secondary.name == table)
        };
        match joins.into_iter().find(brings) {
            Some(relation) => {
                let is_target = relation.target().table().name == table;
                let what = if is_target { relation.target().class() } else { table };
                Error::new(Code::Query, format!("`{what}` isn't part of the query")).help(format!(
                    "add `.join({}::{})`",
                    relation.class(),
                    relation.name()
                ))
            }
            None => Error::new(Code::Query, format!("the table `{table}` isn't part of the query"))
                .help("compare only columns of classes that are selected or joined"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(scopes: &Scopes, table: &'static str) -> Option<String> {
        match scopes.column(ColumnName::new(table, "id")) {
            Ok(Tree::Column(column)) => Some(format!("{:?}", column.table)),
            _ => None,
        }
    }

    /// Opens a scope with these tables, and says the names that they got.
    fn open(scopes: &mut Scopes, tables: &[&'static str]) -> Vec<TableRef> {
        scopes.open();
        let names: Vec<TableRef> = tables.iter().map(|table| scopes.name(table)).collect();
        for (table, name) in tables.iter().zip(&names) {
            scopes.add_table(table, name.clone());
        }
        names
    }

    #[test]
    fn a_column_is_that_of_the_innermost_source() {
        let mut scopes = Scopes::default();
        let outer = open(&mut scopes, &["user", "sale"]);
        let inner = open(&mut scopes, &["user", "email"]);
        let said = |name: &TableRef| Some(format!("{name:?}"));
        assert_eq!(outer, [TableRef::new("user"), TableRef::new("sale")]);
        assert_eq!(inner, [TableRef::new("user").aliased(Alias::Number(1)), TableRef::new("email")]);
        assert_eq!(column(&scopes, "user"), said(&inner[0]));
        assert_eq!(column(&scopes, "sale"), said(&outer[1]));
        scopes.close();
        assert_eq!(column(&scopes, "user"), said(&outer[0]));
        assert_eq!(column(&scopes, "email"), None, "its scope is closed");
    }

    #[test]
    fn a_name_is_given_once_in_a_statement() {
        let mut scopes = Scopes::default();
        let first = open(&mut scopes, &["user"]);
        scopes.close();
        let second = open(&mut scopes, &["user", "user"]);
        assert_eq!(first, [TableRef::new("user")]);
        assert_eq!(second, [1, 2].map(|n| TableRef::new("user").aliased(Alias::Number(n))));
    }

    #[test]
    fn a_table_that_no_source_has_is_an_error() {
        let mut scopes = Scopes::default();
        open(&mut scopes, &["user"]);
        let error = scopes.column(ColumnName::new("email", "id")).map_err(|error| error.code());
        assert_eq!(error, Err(Code::Query));
    }
}
