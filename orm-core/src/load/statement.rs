//! The statements that load: of a row by its key, of what a relationship leads to, of a query.

use std::convert::Infallible;

use super::instance::EntityPlan;
use crate::declare::ColumnId;
use crate::engine::{EngineConnection, Fetch, Flow, Given, Row, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::sql::{Param, Rendered, SelectStmt, TableRef, Tree, render, render_row};
use crate::state::key::Key;

/// A statement that loads.
pub(super) enum Statement {
    /// Reads the row of a class by its key. The key's values are given, in their order.
    Get(&'static Mapper),
    /// Reads what a relationship leads to. The values of the object's columns are given, by their places among those
    /// that the relationship's condition compares.
    Lazy(&'static Relation),
    /// A query, which has its values in it.
    Query(Box<SelectStmt>),
}

impl Statement {
    /// Runs it and lends each row. The text of the mapping's own statements is made when they first run on an engine.
    ///
    /// # Errors
    /// What the database or `each` says.
    pub(super) fn run(
        &self,
        connection: &EngineConnection,
        given: Given<'_, '_>,
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        let statement = match self {
            Statement::Get(mapper) => connection
                .statement(Shape::own(StatementKind::Get, mapper.id().index()), |dialect| {
                    Ok(render_row(&by_key(mapper), dialect))
                }),
            Statement::Lazy(relation) => connection
                .statement(Shape::own(StatementKind::Lazy, relation.id().index()), |dialect| {
                    Ok(render(&lazy(relation), dialect))
                }),
            Statement::Query(query) => return run_query(query, connection, fetch, each),
        }?;
        connection.run(&statement, &|at| given(at), fetch, each)
    }
}

/// Runs a query. Its text tells it from others; which values it has is said anew each time.
fn run_query(
    query: &SelectStmt,
    connection: &EngineConnection,
    fetch: Fetch,
    each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
) -> Result<()> {
    let dialect = connection.engine().dialect();
    let rendered = render(query, dialect);
    let most = dialect.max_parameters();
    if rendered.params.len() > most {
        let message = format!("{} values for a statement that can bind {most}", rendered.params.len());
        return Err(
            Error::new(Code::Query, message).help("ask in several queries, with a part of the values each")
        );
    }
    let statement = connection.statement(Shape::Query(rendered.sql.as_bytes()), |_| {
        let params = (0..rendered.params.len()).map(Param::Given).collect();
        Ok(Rendered { sql: rendered.sql.clone(), params })
    })?;
    let given = |at: usize| match rendered.params.get(at) {
        Some(Param::Value(value)) => Some(value.as_ref()),
        _ => None,
    };
    connection.run(&statement, &given, fetch, each)
}

/// The row of a class by its key, whose values are parameters.
fn by_key(mapper: &'static Mapper) -> SelectStmt {
    let table = mapper.table_ref();
    let select = EntityPlan::new(mapper, 0).select(SelectStmt::new(), &table).from(table);
    mapper.primary_key().iter().enumerate().fold(select, |select, (at, id)| {
        select.filter(Tree::from(mapper.column_ref(*id)).equals(Tree::Param(at)))
    })
}

/// The rows of a class with these keys, each of one value.
pub(super) fn by_keys(mapper: &'static Mapper, id: ColumnId, keys: &[Key]) -> SelectStmt {
    let table = mapper.table_ref();
    let list = keys.iter().map(|key| Tree::Value(key.get(0).to_value()));
    let has_key = Tree::from(mapper.column_ref(id)).in_list(list);
    EntityPlan::new(mapper, 0).select(SelectStmt::new(), &table).from(table).filter(has_key)
}

/// What a relationship leads to from an object. The values of the object's columns are parameters, numbered by their
/// places among the columns that the condition compares. Rows of queries go by the names of the tables that they stand
/// for, so that the order of the relationship means them.
fn lazy(relation: &'static Relation) -> SelectStmt {
    let target = relation.target();
    let table = target.table_ref();
    let association = relation.secondary().map(|table| TableRef::new(table.name));
    let locals = relation.local_columns();
    let resolve = |tree: &Tree<JoinColumn>| {
        let Ok(tree) = tree.lower(&mut |column: &JoinColumn| {
            Ok::<Tree, Infallible>(match column.side {
                Side::Local => {
                    Tree::Param(locals.iter().take_while(|local| **local != column.column()).count())
                }
                Side::Remote => Tree::Column(table.column(column.name)),
                Side::Association => Tree::Column(association.as_ref().unwrap_or(&table).column(column.name)),
            })
        });
        tree
    };
    let plan = EntityPlan::new(target, 0);
    let mut stmt = plan.select(SelectStmt::new(), &table).from(relation.rows().item(&table));
    if let (Some(rows), Some(name)) = (relation.association(), &association) {
        stmt = stmt.from(rows.item(name));
    }
    let condition = relation.condition();
    stmt = condition
        .far
        .iter()
        .fold(stmt.filter(resolve(&condition.near)), |stmt, far| stmt.filter(resolve(far)));
    relation.order_by().iter().fold(stmt, |stmt, term| stmt.order_by(term.clone()))
}
