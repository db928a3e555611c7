//! The statements of queries that declarations name.

use std::rc::Rc;

use super::lower::part;
use crate::declare::{LinkItem, LinkQuery};
use crate::error::{Code, Error, Result};
use crate::query::leaf::Output;
use crate::query::parts::{Item, QueryParts, Source};
use crate::query::{Alias, Leaf, RowsOf, Select, check_rows, link_items, select};
use crate::sql::{Name, SelectStmt, Tree};
use crate::state::typed::mapped::Mapped;

/// The rows that a relationship leads to. For generated code.
///
/// # Errors
/// `bad-option` where the query has options, `join-condition` where it can't have the columns that it is asked for, `query`
/// where it can't be built.
pub fn rows_of<T: Mapped>(rows: impl RowsOf<T>, more: &[&'static str]) -> Result<SelectStmt> {
    rows_of_parts(rows.query().parts(), more)
}

fn rows_of_parts(query: &QueryParts, more: &[&'static str]) -> Result<SelectStmt> {
    check_rows(query)?;
    let [Item::Entity(source)] = query.items.as_slice() else {
        return Err(Error::new(Code::Internal, "the rows of a relationship aren't those of a class"));
    };
    let mut stmt = match more {
        [] => part(query)?,
        [name, ..] => part(&with_columns(query, source, more).ok_or_else(|| no_column(name))?)?,
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

/// The query with columns of the one that it reads, behind its own.
fn with_columns(query: &QueryParts, source: &Source, names: &[&'static str]) -> Option<QueryParts> {
    let Source::Entity(.., rows) = source else { return None };
    if query.first.is_some() || !query.compound.is_empty() || query.written.is_some() {
        return None;
    }
    let mut query = query.clone();
    query.items.extend(names.iter().map(|name| {
        let output = Output::Named(Name::new(name));
        Item::Value { tree: Tree::late(Leaf::Output(rows.query.clone(), output)), name: None }
    }));
    Some(query)
}

#[cold]
fn no_column(name: &str) -> Error {
    Error::new(
        Code::JoinCondition,
        format!("the condition names `{name}`, which the rows of the relationship lack"),
    )
    .help("lead to the rows of the query that selects it: `rows = aliased_as(Order, &query)`")
}

/// What a relationship can go through, beside a table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that rows of two classes can be joined through",
    label = "expected a table, an alias of a class, or a query"
)]
pub trait LinkRows {
    /// The query.
    fn link_query(self) -> Box<dyn LinkQuery>;
}

impl<R> LinkRows for Select<R> {
    fn link_query(self) -> Box<dyn LinkQuery> {
        Box::new(Links { query: self.into_parts(), is_alias: false })
    }
}

#[diagnostic::do_not_recommend]
impl<E: Mapped> LinkRows for Alias<E> {
    fn link_query(self) -> Box<dyn LinkQuery> {
        Box::new(Links { query: select(self).into_parts(), is_alias: true })
    }
}

/// The rows that a relationship goes through. For generated code.
pub fn link_query(rows: impl LinkRows) -> Box<dyn LinkQuery> {
    rows.link_query()
}

struct Links {
    query: Rc<QueryParts>,
    /// Whether it is all rows of an alias.
    is_alias: bool,
}

impl LinkQuery for Links {
    fn items(&self) -> Result<Vec<LinkItem>> {
        link_items(&self.query)
    }

    fn statement(&self) -> Result<SelectStmt> {
        part(&self.query)
    }

    fn alias(&self) -> Option<&'static str> {
        match self.query.items.as_slice() {
            [Item::Entity(source)] if self.is_alias => source.table().map(|(table, _)| table),
            _ => None,
        }
    }
}
