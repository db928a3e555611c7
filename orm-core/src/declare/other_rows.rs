//! `OtherRows`: rows that a declared condition names beside those of tables.

use crate::sql::{Alias, ColumnRef, Name, TableRef, Tree};

/// Rows whose columns a declared condition may name beside those of tables. A relationship has at most one of each, so
/// nothing else has to tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OtherRows {
    /// Those of an alias, which stands for the association table.
    Alias,
    /// Those of a query with a name, which the relationship leads to.
    Query,
}

/// Names that no alias of a statement has.
const ALIAS: Name = Name::new("\0alias");
const QUERY: Name = Name::new("\0query");

impl OtherRows {
    /// A column of them, by the name of the table or of the query.
    pub(crate) fn column(self, table: impl Into<Name>, name: impl Into<Name>) -> Tree {
        let alias = match self {
            OtherRows::Alias => ALIAS,
            OtherRows::Query => QUERY,
        };
        Tree::Column(TableRef::new(table).aliased(Alias::Name(alias)).column(name))
    }

    /// Which of them a column belongs to.
    pub(crate) fn of(column: &ColumnRef) -> Option<Self> {
        match &column.table.alias {
            Alias::Name(name) if *name == ALIAS => Some(OtherRows::Alias),
            Alias::Name(name) if *name == QUERY => Some(OtherRows::Query),
            _ => None,
        }
    }
}
