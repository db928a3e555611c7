//! The statements of queries that declarations name.

use std::rc::Rc;

use super::lower::part;
use crate::declare::{LinkItem, LinkQuery, NamedRows, RowsQuery};
use crate::error::{Code, Error, Result};
use crate::query::leaf::Output;
use crate::query::named::Kind;
use crate::query::parts::{Item, QueryParts, Source};
use crate::query::{Alias, Cte, Leaf, RowsOf, Select, Subquery, check_rows, link_items, named_rows, select};
use crate::sql::{Name, SelectStmt, Tree};
use crate::state::typed::mapped::Mapped;

/// The rows that a relationship leads to. For generated code.
pub fn rows_of<T: Mapped>(rows: impl RowsOf<T>) -> Box<dyn RowsQuery> {
    Box::new(Rows(rows.query().into_parts()))
}

struct Rows(Rc<QueryParts>);

impl RowsQuery for Rows {
    fn statement(&self, more: &[&'static str]) -> Result<SelectStmt> {
        rows_of_parts(&self.0, more)
    }

    fn named(&self) -> Option<NamedRows> {
        match self.0.items.as_slice() {
            [Item::Entity(Source::Entity(.., rows), _)] => Some(named_rows(&rows.query)),
            _ => None,
        }
    }
}

fn rows_of_parts(query: &QueryParts, more: &[&'static str]) -> Result<SelectStmt> {
    check_rows(query)?;
    let [Item::Entity(source, _)] = query.items.as_slice() else {
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
        Box::new(Links { query: self.into_parts(), is: LinksAre::Query })
    }
}

#[diagnostic::do_not_recommend]
impl LinkRows for Subquery {
    fn link_query(self) -> Box<dyn LinkQuery> {
        let named = self.named();
        let (query, is) = match &named.kind {
            Kind::Subquery(query) => (Rc::clone(query), LinksAre::Named(named.name.clone())),
            _ => (Rc::default(), LinksAre::Other(named.name.clone())),
        };
        Box::new(Links { query, is })
    }
}

#[diagnostic::do_not_recommend]
impl LinkRows for Cte {
    fn link_query(self) -> Box<dyn LinkQuery> {
        Subquery::clone(&self).link_query()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Mapped> LinkRows for Alias<E> {
    fn link_query(self) -> Box<dyn LinkQuery> {
        Box::new(Links { query: select(self).into_parts(), is: LinksAre::Alias })
    }
}

/// The rows that a relationship goes through. For generated code.
pub fn link_query(rows: impl LinkRows) -> Box<dyn LinkQuery> {
    rows.link_query()
}

struct Links {
    query: Rc<QueryParts>,
    is: LinksAre,
}

/// What links are.
enum LinksAre {
    /// The rows of a query.
    Query,
    /// The rows of a query with that name.
    Named(Name),
    /// All rows of an alias.
    Alias,
    /// The rows of something else with that name.
    Other(Name),
}

impl LinkQuery for Links {
    fn items(&self) -> Result<Vec<LinkItem>> {
        match &self.is {
            LinksAre::Other(name) => {
                let message = format!("`{name}`, which `secondary` leads through, isn't a query of its own");
                Err(Error::new(Code::BadOption, message)
                    .help(format!("select from it: `select(...).from(&{name}).subquery(...)`")))
            }
            LinksAre::Query | LinksAre::Named(_) | LinksAre::Alias => {
                link_items(&self.query, matches!(self.is, LinksAre::Named(_)))
            }
        }
    }

    fn name(&self) -> Option<Name> {
        match &self.is {
            LinksAre::Named(name) | LinksAre::Other(name) => Some(name.clone()),
            LinksAre::Query | LinksAre::Alias => None,
        }
    }

    fn statement(&self) -> Result<SelectStmt> {
        part(&self.query)
    }

    fn alias(&self) -> Option<&'static str> {
        match self.query.items.as_slice() {
            [Item::Entity(source, _)] if matches!(self.is, LinksAre::Alias) => {
                source.table().map(|(table, _)| table)
            }
            _ => None,
        }
    }
}
