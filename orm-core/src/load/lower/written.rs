//! SQL of the user's as a statement: what its rows become, and by which names their parts are found in them.

use std::rc::Rc;

use super::super::instance::EntityPlan;
use super::super::scope::{OutputColumn, Place};
use super::base::{ItemPlan, Lower, Outputs};
use crate::declare::{AliasId, ColumnName};
use crate::error::{Code, Error, Result};
use crate::query::Leaf;
use crate::query::leaf::Output;
use crate::query::option::{How, LoadOption, What};
use crate::query::parts::{Item, QueryParts, Source, WrittenParts};
use crate::sql::{FromItem, Name, SelectItem, SelectStmt, Tree};

impl Lower {
    /// The statement of SQL of the user's. Its items are what its rows hold, as if it were a query of the library's own:
    /// columns of tables, labels and places.
    pub(super) fn written(
        &mut self,
        query: &QueryParts,
        written: &WrittenParts,
    ) -> Result<(SelectStmt, Outputs)> {
        let sql = Some(Box::new(self.tree(&written.sql)?));
        let mut stmt = SelectStmt { written: sql, ..SelectStmt::new() };
        let mut items = Vec::with_capacity(query.items.len());
        for item in &query.items {
            match item {
                Item::Entity(Source::Class(class, alias), _) => {
                    let mapper = class.mapper()?;
                    let name = self.scopes.name(mapper.table().name);
                    let plan = EntityPlan::new(mapper, stmt.items.len());
                    let columns = mapper.columns().iter().map(|column| name.column(column.name()));
                    stmt = stmt.items(columns).from(FromItem::from(name.clone()));
                    self.scopes.add(Place::class(mapper, *alias, name));
                    items.push(ItemPlan::Entity(plan));
                }
                Item::Entity(..) => {
                    let message = "the rows of SQL are no rows of another query";
                    return Err(Error::new(Code::Query, message).help("name a class, or an alias of one"));
                }
                Item::Value { tree, name } => {
                    items.push(ItemPlan::Value(stmt.items.len(), name.clone()));
                    stmt.items.push(self.written_item(tree, name.as_ref())?);
                }
            }
        }
        self.places_within(&query.options)?;
        let mapping = self.scopes.mapping();
        let columns = written.columns.iter().flatten().map(|output| match output {
            Output::Column(column, alias) => {
                OutputColumn { is: Some((*column, *alias)), name: Name::new(column.name), mapping }
            }
            Output::Named(name) => OutputColumn { is: None, name: name.clone(), mapping },
        });
        Ok((stmt, Outputs { items, columns: columns.collect() }))
    }

    fn written_item(&mut self, tree: &Tree<Leaf>, name: Option<&Name>) -> Result<SelectItem> {
        Ok(match (tree, name) {
            (Tree::Ordinal(place), _) => SelectItem::from(Tree::Ordinal(*place)),
            (Tree::Late(Leaf::Column(ColumnName { table, name, .. }, alias)), _) => {
                let table = match self.scopes.own(table, *alias) {
                    Some(place) => place.name().clone(),
                    None => {
                        let called = self.scopes.name(*table);
                        self.scopes.add(Place::table(table, *alias, called.clone()));
                        called
                    }
                };
                SelectItem::from(Tree::Column(table.column(*name)))
            }
            (_, Some(name)) => SelectItem::from(Tree::Label(name.clone())),
            (_, None) => {
                let message = "an expression without a name isn't found among the columns of SQL";
                return Err(Error::new(Code::Query, message)
                    .help("give it the name that the SQL gives it: `.label(\"...\")`"));
            }
        })
    }

    /// The places of what the SQL joins, as options say.
    fn places_within(&mut self, options: &[LoadOption]) -> Result<()> {
        let mut left: Vec<&LoadOption> = options.iter().collect();
        while let Some(option) = left.pop() {
            let What::Relation(relation) = &option.what else { continue };
            left.extend(&relation.then);
            if relation.how != How::FromQuery {
                continue;
            }
            let target = relation.relation.resolve()?.target();
            if self.scopes.own(target.table().name, relation.to).is_none() {
                let name = self.scopes.name(target.table().name);
                self.scopes.add(Place::class(target, relation.to, name));
            }
        }
        Ok(())
    }
}

/// The columns of a query with a name; none where SQL of the user's doesn't say them.
pub(super) fn known_columns(query: &QueryParts, outputs: Outputs) -> Option<Rc<[OutputColumn]>> {
    let is_unknown = query.written.as_ref().is_some_and(|written| written.columns.is_none());
    (!is_unknown).then(|| outputs.columns.into())
}

/// Which table and alias the name of a source stands for, among the sources of a statement.
pub(in crate::load) fn source_named(
    places: &[Place],
    name: &crate::sql::TableRef,
) -> Option<(&'static str, AliasId)> {
    places.iter().find(|place| place.name() == name).and_then(Place::source)
}
