//! A query as a `SELECT`, and queries that are put together.

use std::rc::Rc;

use super::super::given::Numbers;
use super::super::scope::{OutputColumn, Place, Scopes};
use super::base::{ItemPlan, Lower, Lowered, Outputs};
use super::items;
use super::written::known_columns;
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::query::Leaf;
use crate::query::leaf::Use;
use crate::query::parts::QueryParts;
use crate::sql::{OrderTerm, OuterColumn, QueryWithin, SelectStmt, Tree};

/// The statement of a query, where the items of a row are found in it, and its sources.
pub(in crate::load) fn statement(query: &QueryParts) -> Result<(SelectStmt, Lowered)> {
    build(query, Lower::of(query))
}

fn build(query: &QueryParts, mut lower: Lower) -> Result<(SelectStmt, Lowered)> {
    lower.scopes.open();
    let (mut stmt, outputs) = lower.select(query, false)?;
    stmt.with = lower.with;
    Ok((stmt, Lowered { items: outputs.items, places: lower.scopes.own_places().to_vec() }))
}

/// As [`statement`], where values are parameters of these numbers.
pub(in crate::load) fn parametric(
    query: &QueryParts,
    numbers: &Rc<Numbers>,
) -> Result<(SelectStmt, Lowered)> {
    build(query, Lower { given: Some(Rc::clone(numbers)), ..Lower::of(query) })
}

/// The statement of a query that becomes a part of others, with its columns named.
pub(in crate::load) fn part(query: &QueryParts) -> Result<SelectStmt> {
    around(query, |stmt| stmt)
}

/// The statement of a query around a query, which is given with its columns named.
pub(in crate::load) fn around(
    query: &QueryParts,
    wrap: impl FnOnce(SelectStmt) -> SelectStmt,
) -> Result<SelectStmt> {
    let mut lower = Lower::of(query);
    let (inner, _) = lower.part(query)?;
    let mut stmt = wrap(inner);
    stmt.with = lower.with;
    Ok(stmt)
}

/// A query within a condition that a declaration gives, which compares these columns of the sources around it.
pub(in crate::load) fn within(query: &QueryParts, how: Use, outer: &[OuterColumn]) -> Result<Tree> {
    let mut lower = Lower { scopes: Scopes::apart_from_all(), ..Lower::of(query) };
    lower.scopes.open();
    for OuterColumn { table, .. } in outer {
        if lower.scopes.own(table, AliasId::NONE).is_none() {
            lower.scopes.add(Place::table(table, AliasId::NONE, QueryWithin::source_around(table)));
        }
    }
    let tree = lower.inner(query, how)?;
    if !lower.with.is_empty() {
        let message = "a query within a declared condition has a common table";
        return Err(Error::new(Code::JoinCondition, message).help("take a subquery: `.subquery(\"name\")`"));
    }
    Ok(tree)
}

impl Lower {
    /// Of a query with nothing around it.
    fn of(query: &QueryParts) -> Self {
        let (criteria, like_sqlalchemy) = (query.criteria.clone().into(), query.running.like_sqlalchemy);
        Lower { criteria, like_sqlalchemy, ..Lower::default() }
    }

    /// A query within an expression, which sees what is around it.
    pub(super) fn inner(&mut self, query: &QueryParts, how: Use) -> Result<Tree> {
        let (stmt, _) = self.query(query)?;
        match how {
            Use::Exists => Ok(Tree::exists(stmt)),
            Use::Value | Use::Rows(_) if query.written.is_some() => Ok(Tree::subquery(stmt)),
            Use::Value if stmt.items.len() == 1 => Ok(Tree::subquery(stmt)),
            Use::Value => {
                let message = format!("a query of {} columns stands where one value is", stmt.items.len());
                Err(Error::new(Code::Query, message).help("select one column in it"))
            }
            Use::Rows(columns) if stmt.items.len() == columns => Ok(Tree::subquery(stmt)),
            Use::Rows(columns) => {
                let message =
                    format!("a query of {} columns stands beside a tuple of {columns}", stmt.items.len(),);
                Err(Error::new(Code::Query, message).help("select as many columns in it as the tuple has"))
            }
        }
    }

    /// A query that sees nothing of what is around it, with its columns named.
    pub(super) fn part(&mut self, query: &QueryParts) -> Result<(SelectStmt, Option<Rc<[OutputColumn]>>)> {
        let around = self.scopes.apart();
        let lowered = self.select_in_scope(query, true);
        self.scopes.back(around);
        lowered.map(|(stmt, outputs)| (stmt, known_columns(query, outputs)))
    }

    /// A query in a scope of its own, with where the items of its rows are found.
    fn query(&mut self, query: &QueryParts) -> Result<(SelectStmt, Vec<ItemPlan>)> {
        self.scopes.open();
        let lowered = self.select(query, false);
        self.scopes.close();
        lowered.map(|(stmt, outputs)| (stmt, outputs.items))
    }

    fn select(&mut self, query: &QueryParts, is_part: bool) -> Result<(SelectStmt, Outputs)> {
        if let Some(written) = &query.written {
            return self.written(query, written);
        }
        if let Some(first) = &query.first {
            let (first, outputs) = self.select_in_scope(first, true)?;
            let name = self.scopes.name("first");
            let columns = outputs.columns.iter().map(|column| name.column(column.name.clone()));
            let stmt = SelectStmt::new().items(columns).from(first.aliased(name.clone()));
            return self.compound(query, stmt, outputs);
        }
        let around = std::mem::take(&mut self.brought);
        let from = self.from(query)?;
        let brought = std::mem::replace(&mut self.brought, around);
        let mut stmt = SelectStmt { from, distinct: query.distinct, ..SelectStmt::new() };
        let mut outputs = self.items(query, &mut stmt)?;
        stmt.filter = self.trees(&query.filters)?;
        stmt.filter.extend(brought);
        stmt.group_by = self.trees(&query.group_by)?;
        stmt.having = self.trees(&query.having)?;
        if is_part {
            outputs.name_all(query, &mut stmt, self.scopes.mapping())?;
        }
        if !query.compound.is_empty() {
            return self.compound(query, stmt, outputs);
        }
        stmt.order_by = query.order.iter().map(|term| self.order(query, term)).collect::<Result<_>>()?;
        self.end(query, &mut stmt)?;
        Ok((stmt, outputs))
    }

    fn select_in_scope(&mut self, query: &QueryParts, is_part: bool) -> Result<(SelectStmt, Outputs)> {
        self.scopes.open();
        let lowered = self.select(query, is_part);
        self.scopes.close();
        lowered
    }

    /// A term of the order. An item that has a name goes by it, so that it is computed once.
    fn order(&mut self, query: &QueryParts, term: &OrderTerm<Leaf>) -> Result<OrderTerm> {
        Ok(match items::label_of(query, term) {
            Some(name) => term.with(Tree::Label(name)),
            None => term.with(self.tree(&term.tree)?),
        })
    }

    /// Puts the rows of other queries to those of the first, and orders all of them by what they have in common.
    fn compound(
        &mut self,
        query: &QueryParts,
        mut stmt: SelectStmt,
        outputs: Outputs,
    ) -> Result<(SelectStmt, Outputs)> {
        for (op, part) in &query.compound {
            if part.written.is_some() {
                let message = "SQL of your own is put together with a query";
                return Err(Error::new(Code::Query, message)
                    .help("select from it: `select_text(...).columns(...).subquery(\"name\")`"));
            }
            let beside = self.scopes.beside();
            let lowered = self.select_in_scope(part, false);
            self.scopes.again(beside);
            let (part, theirs) = lowered?;
            let (columns, their_columns) = (stmt.items.len(), part.items.len());
            if columns != their_columns || !items::are_alike(&outputs.items, &theirs.items) {
                let message = format!("queries of {columns} and of {their_columns} columns are put together");
                return Err(Error::new(Code::Query, message).help("select the same things in each of them"));
            }
            stmt.compound.push((*op, part));
        }
        let columns = items::sources(query)?;
        for term in &query.order {
            let name = items::label_of(query, term);
            let place = || columns.iter().position(|column| *column == term.tree);
            let tree = match (name, place()) {
                (Some(name), _) => Tree::Label(name),
                (None, Some(place)) => Tree::Ordinal(place + 1),
                (None, None) => {
                    let message = "rows of several queries are ordered by what they don't select";
                    return Err(Error::new(Code::Query, message)
                        .help("order by a column or a label that the first query selects"));
                }
            };
            stmt.order_by.push(term.with(tree));
        }
        self.end(query, &mut stmt)?;
        Ok((stmt, outputs))
    }

    fn end(&mut self, query: &QueryParts, stmt: &mut SelectStmt) -> Result<()> {
        stmt.limit = query.limit.as_ref().map(|rows| self.tree(rows)).transpose()?;
        stmt.offset = query.offset.as_ref().map(|rows| self.tree(rows)).transpose()?;
        Ok(())
    }
}
