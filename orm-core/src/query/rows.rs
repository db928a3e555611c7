//! Queries that a declaration names: the rows that a relationship leads to, and those that it goes through.

use super::alias::{Alias, QueryAlias};
use super::leaf::{Leaf, Output};
use super::parts::{Item, QueryParts};
use super::select::{Select, select};
use crate::declare::{ColumnName, LinkItem};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;

/// What `rows` of a relationship to `T` takes: a query of `T`, or an alias of it.
#[diagnostic::on_unimplemented(
    message = "the relationship leads to `{T}`, and `{Self}` gives no such objects",
    label = "expected a query of `{T}`, as `select({T}).filter(...)`, or an alias of it"
)]
pub trait RowsOf<T: Mapped> {
    /// The query.
    #[doc(hidden)]
    fn query(self) -> Select<Obj<T>>;
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> RowsOf<T> for Select<Obj<T>> {
    fn query(self) -> Select<Obj<T>> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> RowsOf<T> for Alias<T> {
    fn query(self) -> Select<Obj<T>> {
        select(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> RowsOf<T> for QueryAlias<T> {
    fn query(self) -> Select<Obj<T>> {
        select(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped> RowsOf<T> for &QueryAlias<T> {
    fn query(self) -> Select<Obj<T>> {
        select(self)
    }
}

/// That a query says nothing of how it is run or loaded, since it is a part of others.
///
/// # Errors
/// `bad-option` where it does.
pub(crate) fn check(query: &QueryParts) -> Result<()> {
    let has = |what: &str| {
        Err(Error::new(Code::BadOption, format!("the query of a relationship has {what}"))
            .help("give it to the queries that load the relationship"))
    };
    if !query.options.is_empty() {
        return has("options of loading");
    }
    if query.running.populate_existing || query.running.no_autoflush {
        return has("settings for running it");
    }
    Ok(())
}

/// What a query between a class and a target selects, as conditions name it.
///
/// # Errors
/// `bad-option` where it selects something else than classes and columns.
pub(crate) fn link_items(query: &QueryParts) -> Result<Vec<LinkItem>> {
    check(query)?;
    let item = |item: &Item| match item {
        Item::Entity(source) => source.table().map(|(table, _)| LinkItem::Table(table)),
        Item::Value { tree, name } => {
            let column = column_of(tree)?;
            let is_own = name.as_ref().is_none_or(|name| **name == *column.name);
            is_own.then_some(LinkItem::Column(column))
        }
    };
    let items: Option<Vec<LinkItem>> = query.items.iter().map(item).collect();
    items.ok_or_else(|| {
        Error::new(Code::BadOption, "the query of `secondary` selects something that isn't a column")
            .help("select the classes, or their columns, that the conditions compare")
    })
}

fn column_of(tree: &Tree<Leaf>) -> Option<ColumnName> {
    match tree {
        Tree::Late(Leaf::Column(column, _) | Leaf::Output(_, Output::Column(column, _))) => Some(*column),
        _ => None,
    }
}
