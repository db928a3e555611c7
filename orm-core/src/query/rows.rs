//! Queries that a declaration names: the rows that a relationship leads to, and those that it goes through.

use super::alias::{Alias, QueryAlias};
use super::leaf::{Leaf, Output};
use super::named::{Kind, Subquery};
use super::parts::{Item, QueryParts};
use super::select::{Select, select};
use crate::declare::{AliasId, ColumnName, LinkItem, NamedRows};
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

/// What a query between a class and a target selects, as conditions name it. What has a label is named by that of a query
/// with a name.
///
/// # Errors
/// `bad-option` where it selects something that no condition can name.
pub(crate) fn link_items(query: &QueryParts, is_named: bool) -> Result<Vec<LinkItem>> {
    check(query)?;
    let can_name = |item: &LinkItem| is_named || !matches!(item, LinkItem::Named(..));
    let items: Option<Vec<LinkItem>> =
        query.items.iter().map(|item| link_item(item).filter(can_name)).collect();
    items.ok_or_else(|| match is_named {
        true => {
            Error::new(Code::BadOption, "the query of `secondary` selects something that has no name")
                .help("give it a label")
        }
        false => {
            Error::new(Code::BadOption, "the query of `secondary` selects something that isn't a column").help(
                "select the classes, or their columns, that the conditions compare; or give it a label, and the query a name \
                 by `subquery`",
            )
        }
    })
}

/// A query with a name, with all that has one in it.
pub(crate) fn named_rows(query: &Subquery) -> NamedRows {
    let name = query.named().name.clone();
    let mut of = query;
    while let Kind::Alias(inner) = &of.named().kind {
        of = inner;
    }
    let items = match &of.named().kind {
        Kind::Subquery(query) | Kind::Common(query, _) | Kind::This(query) => {
            query.items.iter().filter_map(link_item).collect()
        }
        Kind::Values(names, _) => names.iter().map(|name| LinkItem::Named(name.clone(), None)).collect(),
        // What a function gives is known to the database only; an alias is seen through.
        Kind::Func(..) | Kind::Alias(_) => Vec::new(),
    };
    NamedRows { name, items }
}

/// An item of a query, if it can be named.
fn link_item(item: &Item) -> Option<LinkItem> {
    match item {
        Item::Entity(source, _) => source.table().map(|(table, _)| LinkItem::Table(table)),
        Item::Value { tree, name } => {
            let column = column_of(tree);
            match (column, name) {
                (Some((column, alias)), Some(name)) if **name != *column.name => {
                    let is = (!alias.is_some()).then_some(column);
                    Some(LinkItem::Named(name.clone(), is))
                }
                (Some((column, _)), _) => Some(LinkItem::Column(column)),
                (None, Some(name)) => Some(LinkItem::Named(name.clone(), None)),
                (None, None) => None,
            }
        }
    }
}

fn column_of(tree: &Tree<Leaf>) -> Option<(ColumnName, AliasId)> {
    match tree {
        Tree::Late(Leaf::Column(column, alias) | Leaf::Output(_, Output::Column(column, alias))) => {
            Some((*column, *alias))
        }
        _ => None,
    }
}
