//! The statements of queries that declarations name.

use std::rc::Rc;

use super::lower::part;
use crate::declare::{LinkItem, LinkQuery};
use crate::error::{Code, Error, Result};
use crate::query::parts::{Item, QueryParts};
use crate::query::{RowsOf, Select, check_rows, link_items};
use crate::sql::{SelectStmt, Tree};
use crate::state::typed::mapped::Mapped;

/// The rows that a relationship leads to. For generated code.
///
/// # Errors
/// `bad-option` where the query has options, `query` where it can't be built.
pub fn rows_of<T: Mapped>(rows: impl RowsOf<T>) -> Result<SelectStmt> {
    rows_of_parts(rows.query().parts())
}

fn rows_of_parts(query: &QueryParts) -> Result<SelectStmt> {
    check_rows(query)?;
    let mut stmt = part(query)?;
    let [Item::Entity(source)] = query.items.as_slice() else {
        return Err(Error::new(Code::Internal, "the rows of a relationship aren't those of a class"));
    };
    let mapper = source.class_ref().map(crate::query::ClassRef::mapper).transpose()?;
    let columns = mapper.map(|mapper| mapper.columns()).unwrap_or_default();
    // Where the query reads another one, its columns may have other names there.
    for (item, column) in stmt.items.iter_mut().zip(columns) {
        let is_own = matches!(&item.tree, Tree::Column(own) if *own.name == *column.name());
        item.label = (!is_own).then(|| column.name().into());
    }
    Ok(stmt)
}

/// The rows that a relationship goes through. For generated code.
pub fn link_query<R>(query: Select<R>) -> Box<dyn LinkQuery> {
    Box::new(Links(query.into_parts()))
}

struct Links(Rc<QueryParts>);

impl LinkQuery for Links {
    fn items(&self) -> Result<Vec<LinkItem>> {
        link_items(&self.0)
    }

    fn statement(&self) -> Result<SelectStmt> {
        part(&self.0)
    }
}
