//! `OtherRows`: rows that a declared condition names beside those of tables.

use crate::sql::{Alias, ColumnRef, Name, TableRef, Tree};

/// Rows whose columns a declared condition may name beside those of tables. A relationship has at most one alias, and one
/// query for each end, so nothing but the name of a query has to tell them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OtherRows {
    /// Those of an alias, which stands for the association table.
    Alias,
    /// Those of the query that the relationship leads to, as objects of its class.
    Objects,
    /// Those of the query of that name, which the relationship leads to, or through.
    Query(Name),
}

/// Names that no alias of a statement has.
const ALIAS: Name = Name::new("\0alias");
const OBJECTS: Name = Name::new("\0objects");
const QUERY: &str = "\0query ";

impl OtherRows {
    /// A column of them, by the name of the table or of the query.
    pub(crate) fn column(&self, table: impl Into<Name>, name: impl Into<Name>) -> Tree {
        let alias = match self {
            OtherRows::Alias => ALIAS,
            OtherRows::Objects => OBJECTS,
            OtherRows::Query(query) => Name::made(format!("{QUERY}{query}")),
        };
        Tree::Column(TableRef::new(table).aliased(Alias::Name(alias)).column(name))
    }

    /// Which of them a column belongs to.
    pub(crate) fn of(column: &ColumnRef) -> Option<Self> {
        let Alias::Name(name) = &column.table.alias else { return None };
        match name.strip_prefix(QUERY) {
            Some(query) => Some(OtherRows::Query(Name::made(query))),
            None if *name == ALIAS => Some(OtherRows::Alias),
            None if *name == OBJECTS => Some(OtherRows::Objects),
            None => None,
        }
    }
}
