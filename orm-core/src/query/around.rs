//! The columns of the sources around a query within a condition that a declaration gives. They are found before any class
//! is configured.

use super::leaf::Leaf;
use super::parts::{Item, JoinTo, QueryParts, Source};
use super::rows::check;
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::sql::{OuterColumn, Tree};

/// The columns that a query compares of the sources around it, each once. Where it stands, columns of the tables `around`
/// are compared too.
///
/// # Errors
/// `join-condition` where only configured classes could say them, `bad-option` where the query has options.
pub(crate) fn columns_around(query: &QueryParts, around: &[&'static str]) -> Result<Vec<OuterColumn>> {
    check(query)?;
    let mut around = Around { around, own: Vec::new(), found: Vec::new() };
    around.query(query)?;
    Ok(around.found)
}

/// The tables whose columns expressions compare outside their queries.
pub(crate) fn compared_tables(trees: &[&Tree<Leaf>]) -> Vec<&'static str> {
    let mut tables = Vec::new();
    for tree in trees {
        tree.walk(&mut |tree| {
            if let Tree::Late(Leaf::Column(column, alias)) = tree
                && !alias.is_some()
                && !tables.contains(&column.table)
            {
                tables.push(column.table);
            }
        });
    }
    tables
}

/// A table, or an alias of it.
type Named = (&'static str, AliasId);

struct Around<'a> {
    /// The tables that the condition compares.
    around: &'a [&'static str],
    /// The sources within, those of the innermost query last.
    own: Vec<Named>,
    found: Vec<OuterColumn>,
}

impl Around<'_> {
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
            Item::Entity(..) => None,
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

    /// The sources of a query: what it names, joins, and selects, as the statement of a query finds them.
    fn sources(&mut self, query: &QueryParts) -> Result<()> {
        let mut named: Vec<&Source> = query.from.iter().collect();
        for join in &query.joins {
            match &join.to {
                JoinTo::Source(source) => named.push(source),
                JoinTo::Relation { .. } => return Err(unfit("joins along a relationship")),
            }
        }
        let mut own: Vec<Named> = named.into_iter().filter_map(Source::table).collect();
        let (mut selected, mut has_other) = (Vec::new(), false);
        let mut select = |source: Option<Named>| match source {
            Some(source) => selected.push(source),
            None => has_other = true,
        };
        for item in &query.items {
            match item {
                Item::Entity(source, _) => select(source.table()),
                Item::Value { tree, .. } => tree.walk(&mut |tree| match tree {
                    Tree::Late(Leaf::Column(column, alias)) => select(Some((column.table, *alias))),
                    Tree::Late(Leaf::Output(..)) => select(None),
                    _ => {}
                }),
            }
        }
        selected.retain(|source| !query.correlated.iter().any(|other| other.table() == Some(*source)));
        // A source around is meant, as long as another one is left.
        let has_own = has_other
            || !query.from.is_empty()
            || !query.joins.is_empty()
            || !selected.iter().all(|source| self.is_around(*source));
        selected.retain(|source| !has_own || !self.is_around(*source));
        own.append(&mut selected);
        self.own.append(&mut own);
        Ok(())
    }

    fn is_around(&self, (table, alias): Named) -> bool {
        self.own.contains(&(table, alias)) || (!alias.is_some() && self.around.contains(&table))
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
            Tree::Late(Leaf::Column(of, alias)) => {
                let is_own = alias.is_some() || self.own.contains(&(of.table, AliasId::NONE));
                let column = OuterColumn { table: of.table, name: of.name, foreign, remote };
                if !is_own && of.expression().is_some() {
                    return Err(unfit("compares an expression of a class around it"));
                }
                if !is_own && !self.found.contains(&column) {
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
