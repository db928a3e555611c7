//! The items of a query's rows: which columns of its statement they are.

use std::borrow::Cow;

use super::super::instance::EntityPlan;
use super::super::scope::OutputColumn;
use super::base::{ItemPlan, Lower, Outputs};
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::mapper::{MappedColumn, Mapper, Mapping};
use crate::query::leaf::Output;
use crate::query::parts::{Item, QueryParts, Source};
use crate::query::{Leaf, Names};
use crate::sql::{Name, OrderTerm, SelectItem, SelectStmt, Tree};

impl Lower {
    /// Adds the items of a query to its statement.
    pub(super) fn items(&mut self, query: &QueryParts, stmt: &mut SelectStmt) -> Result<Outputs> {
        let mut items = Vec::with_capacity(query.items.len());
        for item in &query.items {
            match item {
                Item::Entity(source, _) => {
                    let mapper = class_of(source)?;
                    let plan = EntityPlan::new(mapper, stmt.items.len());
                    for column in mapper.columns() {
                        let alias = source.table().map_or(AliasId::NONE, |(_, alias)| alias);
                        stmt.items.push(self.column(column.column_name(), alias)?.into());
                    }
                    items.push(ItemPlan::Entity(plan));
                }
                Item::Value { tree, name } => {
                    let lowered = self.tree(tree)?;
                    let label = name.as_ref().filter(|name| !is_own_name(tree, name));
                    items.push(ItemPlan::Value(stmt.items.len(), name.clone()));
                    stmt.items.push(SelectItem { tree: lowered, label: label.map(to_label) });
                }
            }
        }
        Ok(Outputs { items, columns: Vec::new() })
    }
}

impl Outputs {
    /// Gives each column a name of its own, by which a query around reads it.
    ///
    /// # Errors
    /// `query` where two have the same label.
    pub(super) fn name_all(
        &mut self,
        query: &QueryParts,
        stmt: &mut SelectStmt,
        mapping: Option<&'static Mapping>,
    ) -> Result<()> {
        let sources = sources(query).unwrap_or_default();
        let mut labels: Vec<String> = Vec::new();
        for label in stmt.items.iter().filter_map(|item| item.label.as_deref()) {
            if labels.iter().any(|known| known.eq_ignore_ascii_case(label)) {
                let message = format!("two columns of a query are called `{label}`");
                return Err(Error::new(Code::Query, message).help("give one of them another label"));
            }
            labels.push(label.to_owned());
        }
        for (at, item) in stmt.items.iter_mut().enumerate() {
            let source = sources.get(at);
            let is = match source {
                Some(Tree::Late(
                    Leaf::Column(column, alias) | Leaf::Output(_, Output::Column(column, alias)),
                )) => Some((*column, *alias)),
                _ => None,
            };
            let wanted = match (&item.label, &item.tree) {
                (Some(label), _) => label.to_string(),
                (None, Tree::Column(column)) => column.name.to_string(),
                // An expression of a class goes by the name of its attribute.
                (None, _) => {
                    is.map_or_else(|| format!("column{}", at + 1), |(column, _)| column.name.to_owned())
                }
            };
            let name = if item.label.is_some() { wanted } else { self.free(&wanted, &labels) };
            let is_own = matches!(&item.tree, Tree::Column(column) if *column.name == name);
            item.label = (!is_own).then(|| Cow::Owned(name.clone()));
            self.columns.push(OutputColumn { is, name: Name::made(name), mapping });
        }
        Ok(())
    }

    /// The wanted name, or one with a number where a column or a label has it; databases don't tell names apart by case.
    fn free(&self, wanted: &str, labels: &[String]) -> String {
        let is_taken = |name: &str| {
            let columns = self.columns.iter().map(|column| &*column.name);
            columns.chain(labels.iter().map(String::as_str)).any(|known| known.eq_ignore_ascii_case(name))
        };
        let mut name = wanted.to_owned();
        let mut number = 1_u32;
        while is_taken(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }
}

fn to_label(name: &Name) -> Cow<'static, str> {
    Cow::Owned(name.to_string())
}

/// Whether an expression is a column of that name.
fn is_own_name(tree: &Tree<Leaf>, name: &Name) -> bool {
    matches!(tree, Tree::Late(Leaf::Column(column, _)) if **name == *column.name)
}

fn class_of(source: &Source) -> Result<&'static Mapper> {
    match source {
        Source::Class(class, _) | Source::Entity(class, ..) => class.mapper(),
        Source::Table(..) | Source::Query(_) => {
            Err(Error::new(Code::Internal, "an item of a query has no class"))
        }
    }
}

/// The columns of a query's rows, as they were selected.
pub(in crate::load) fn sources(query: &QueryParts) -> Result<Vec<Tree<Leaf>>> {
    let mut columns = Vec::new();
    for item in &query.items {
        match item {
            Item::Entity(source, _) => {
                let mapper = class_of(source)?;
                let alias = source.table().map_or(AliasId::NONE, |(_, alias)| alias);
                let column = |mapped: &MappedColumn| Tree::Late(Leaf::Column(mapped.column_name(), alias));
                columns.extend(mapper.columns().iter().map(column));
            }
            Item::Value { tree, .. } => columns.push(tree.clone()),
        }
    }
    Ok(columns)
}

/// The name of the item that an expression is, if it has one that isn't a column's own.
pub(in crate::load) fn label_of(query: &QueryParts, term: &OrderTerm<Leaf>) -> Option<Name> {
    let tree = &term.tree;
    let mut labels = query.items.iter().filter_map(|item| match item {
        Item::Value { tree: of, name: Some(name) } if !is_own_name(of, name) => Some((of, name)),
        _ => None,
    });
    let meant = |(_, name): &(_, &Name)| term.label.as_ref() == Some(name);
    let mut same = labels.clone().filter(|(of, _)| *of == tree);
    let (_, label) = same.clone().find(meant).or_else(|| same.next())?;
    // Of several that are called so, the database takes the first.
    let (first, _) = labels.find(|(_, name)| name.eq_ignore_ascii_case(label))?;
    (first == tree).then(|| label.clone())
}

/// Whether rows are made of the same kinds of things.
pub(super) fn are_alike(one: &[ItemPlan], other: &[ItemPlan]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (ItemPlan::Entity(one), ItemPlan::Entity(other)) => std::ptr::eq(one.mapper, other.mapper),
            (ItemPlan::Value(..), ItemPlan::Value(..)) => true,
            _ => false,
        })
}

/// The names of the items of rows, as they were selected: what has none is called by the class of an object.
pub(in crate::load) fn names(items: &[ItemPlan], selected: &[Item]) -> Names {
    let name = |(at, item): (usize, &ItemPlan)| match (item, selected.get(at)) {
        (ItemPlan::Value(_, name), _) => name.clone(),
        (ItemPlan::Entity(_), Some(Item::Entity(_, Some(name)))) => Some(name.clone()),
        (ItemPlan::Entity(entity), _) => Some(Name::new(entity.mapper.class())),
    };
    items.iter().enumerate().map(name).collect()
}
