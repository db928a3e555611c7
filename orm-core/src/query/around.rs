//! The columns of the sources around a query within a condition that a declaration gives. They are found before any class
//! is configured.

use super::leaf::Leaf;
use super::parts::{Item, JoinTo, QueryParts, Source};
use super::rows::check;
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::sql::{OuterColumn, Tree};

/// The columns that a query compares of the sources around it, each once.
///
/// # Errors
/// `join-condition` where only configured classes could say them, `bad-option` where the query has options.
pub(crate) fn columns_around(query: &QueryParts) -> Result<Vec<OuterColumn>> {
    check(query)?;
    let mut around = Around { own: Vec::new(), found: Vec::new() };
    around.query(query)?;
    Ok(around.found)
}

struct Around {
    /// The tables of the sources within, those of the innermost query last.
    own: Vec<&'static str>,
    found: Vec<OuterColumn>,
}

impl Around {
    fn query(&mut self, query: &QueryParts) -> Result<()> {
        if query.written.is_some() {
            return Err(unfit("is SQL of your own"));
        }
        for part in query.first.iter().chain(query.compound.iter().map(|(_, part)| part)) {
            self.query(part)?;
        }
        let before = self.own.len();
        self.sources(query)?;
        let values = query.items.iter().filter_map(|item| match item {
            Item::Value { tree, .. } => Some(tree),
            Item::Entity(_) => None,
        });
        let joins = query.joins.iter().filter_map(|join| join.on.as_ref());
        let order = query.order.iter().map(|term| &term.tree);
        let conditions = query.filters.iter().chain(&query.group_by).chain(&query.having);
        let trees =
            values.chain(joins).chain(conditions).chain(order).chain(&query.limit).chain(&query.offset);
        for tree in trees {
            self.tree(tree, (false, false))?;
        }
        self.own.truncate(before);
        Ok(())
    }

    /// The sources of a query: what it names, joins, and selects.
    fn sources(&mut self, query: &QueryParts) -> Result<()> {
        let mut own: Vec<&'static str> = Vec::new();
        let mut add = |table: &'static str, alias: AliasId| {
            let is_around = query.correlated.iter().any(|source| source.table() == Some((table, alias)));
            if !alias.is_some() && !is_around {
                own.push(table);
            }
        };
        let mut sources: Vec<&Source> = query.from.iter().collect();
        for join in &query.joins {
            match &join.to {
                JoinTo::Source(source) => sources.push(source),
                JoinTo::Relation { .. } => return Err(unfit("joins along a relationship")),
            }
        }
        for item in &query.items {
            match item {
                Item::Entity(source) => sources.push(source),
                Item::Value { tree, .. } => tree.walk(&mut |tree| {
                    if let Tree::Late(Leaf::Column(column, alias)) = tree {
                        add(column.table, *alias);
                    }
                }),
            }
        }
        for (table, alias) in sources.into_iter().filter_map(Source::table) {
            add(table, alias);
        }
        self.own.append(&mut own);
        Ok(())
    }

    fn tree(&mut self, tree: &Tree<Leaf>, (foreign, remote): (bool, bool)) -> Result<()> {
        match tree {
            Tree::Node(op, _, operands) => {
                let marks = op.marks((foreign, remote));
                for operand in operands {
                    self.tree(operand, marks)?;
                }
                Ok(())
            }
            Tree::Late(Leaf::Column(column, alias)) => {
                let column = OuterColumn { table: column.table, name: column.name, foreign, remote };
                if !alias.is_some() && !self.own.contains(&column.table) && !self.found.contains(&column) {
                    self.found.push(column);
                }
                Ok(())
            }
            Tree::Late(Leaf::Query(query, _)) => self.query(query),
            Tree::Late(Leaf::Wrong(why)) => Err(Error::new(Code::JoinCondition, why.to_string())),
            Tree::Late(Leaf::Related { .. }) => Err(unfit("asks what a relationship leads to")),
            Tree::Late(Leaf::Key(..)) => Err(unfit("asks for the key of an object")),
            _ => Ok(()),
        }
    }
}

#[cold]
fn unfit(what: &str) -> Error {
    Error::new(Code::JoinCondition, format!("a query within a declared condition {what}")).help(
        "join its tables by conditions, `.join(Order.on(...))`, and compare columns; or lead to its rows by `rows = ...`",
    )
}
