//! The statements that load: of a row by its key, of what a relationship leads to, of a query.

use std::convert::Infallible;
use std::rc::Rc;

use smallvec::SmallVec;

use super::association::{association_beside, in_order};
use super::instance::EntityPlan;
use super::joined;
use super::lower::{column_of, criteria, with_columns_of};
use super::selectin::{Ask, in_keys};
use super::with::With;
use crate::declare::{AliasId, ColumnId};
use crate::engine::{Compiled, EngineConnection, Fetch, Flow, Given, Row, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::mapper::{JoinColumn, Mapper, Relation, Side};
use crate::sql::{Param, Rendered, SelectItem, SelectStmt, TableRef, Tree, render, render_row};

/// A statement that loads.
pub(super) enum Statement {
    /// Reads the row of a class by its key. The key's values are given, in their order.
    Get(&'static Mapper),
    /// Reads what a relationship leads to. The values of the object's columns are given, by their places among those
    /// that the relationship's condition compares.
    Lazy(&'static Relation),
    /// Reads what a relationship leads to from many objects: by their keys or by what its condition compares, which is
    /// given in so many values, or in one for 0; from all objects where none is given.
    SelectIn(&'static Relation, bool, Option<usize>),
    /// Reads these columns of a row by its key, whose values are given in their order.
    Columns(&'static Mapper, SmallVec<[ColumnId; 4]>),
    /// Reads rows of a class by so many keys, or by a list of them that is given in one value for 0.
    GetMany(&'static Mapper, usize),
}

impl Statement {
    /// Runs it and lends each row. The text of the mapping's own statements is made when they first run on an engine.
    ///
    /// # Errors
    /// What the database or `each` says.
    pub(super) fn run(
        &self,
        (entity, with): (Option<&EntityPlan>, Option<&With>),
        connection: &EngineConnection,
        given: Given<'_, '_>,
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        // Options that say nothing of the columns and of what stands beside them leave the statement as it is.
        let is_other =
            |with: &With| with.route.is_told() && !(with.is_alone() && with.route.filter().is_empty());
        if entity.is_some_and(EntityPlan::is_told) || with.is_some_and(is_other) {
            return self.run_told((entity, with), connection, given, fetch, each);
        }
        // The statements differ by what they join, which follows from where a load began.
        let tag = with.filter(|with| !with.joined.is_empty()).map(|with| with.route.tag());
        let statement = match (self, tag) {
            (Statement::Get(mapper), None) if mapper.expressions().is_empty() => connection
                .statement(Shape::own(StatementKind::Get, mapper.id().index()), |dialect| {
                    Ok(render_row(&self.select(None)?.0, dialect))
                }),
            (Statement::Lazy(relation), None) => connection
                .statement(Shape::own(StatementKind::Lazy, relation.id().index()), |dialect| {
                    Ok(render(&self.select(None)?.0, dialect))
                }),
            (other, tag) => other.shaped(with, tag.unwrap_or(0), connection),
        }?;
        connection.run(&statement, &|at| given(at), fetch, each)
    }

    /// A statement of the library's own that is rarer.
    fn shaped(&self, with: Option<&With>, tag: u16, connection: &EngineConnection) -> Result<Rc<Compiled>> {
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        let get: SmallVec<[u16; 4]> =
            std::iter::once(tag).chain(with.into_iter().flat_map(With::part)).collect();
        let columns: SmallVec<[u16; 4]>;
        let (kind, of, columns): (_, _, &[u16]) = match self {
            Statement::Get(mapper) => (StatementKind::Get, mapper.id().index(), &get),
            Statement::Lazy(relation) => (StatementKind::Lazy, relation.id().index(), &[tag]),
            Statement::SelectIn(relation, by_parents, keys) => {
                let keys = keys.map_or(u16::MAX, short);
                (StatementKind::SelectIn, relation.id().index(), &[tag, keys, u16::from(*by_parents)])
            }
            Statement::Columns(mapper, ids) => {
                columns = ids.iter().map(|id| short(id.index())).collect();
                (StatementKind::Columns, mapper.id().index(), &columns)
            }
            Statement::GetMany(mapper, keys) => {
                (StatementKind::GetMany, mapper.id().index(), &[tag, short(*keys)])
            }
        };
        connection.statement(Shape::Own { kind, of, columns }, |dialect| {
            let (stmt, table) = self.select(None)?;
            Ok(render(
                &with.map_or(Ok(stmt.clone()), |with| joined::extend(stmt, &[(table, None, with)], None))?,
                dialect,
            ))
        })
    }

    /// Runs it as options say that differ from query to query: its text tells it from others.
    fn run_told(
        &self,
        (entity, with): (Option<&EntityPlan>, Option<&With>),
        connection: &EngineConnection,
        given: Given<'_, '_>,
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        let (mut stmt, table) = self.select(entity)?;
        if let (Some(with), Some(mapper)) = (with, self.target())
            && let Some(filter) = criteria(with.route.filter(), mapper, (AliasId::NONE, &table), None)?
        {
            stmt = stmt.filter(filter);
        }
        let stmt =
            with.map_or(Ok(stmt.clone()), |with| joined::extend(stmt, &[(table, None, with)], None))?;
        run_text(&stmt, connection, given, fetch, each)
    }

    /// The places of the columns of its rows that say whose they are.
    fn keys(&self) -> Vec<usize> {
        let Statement::SelectIn(relation, by_parents, _) = self else { return Vec::new() };
        let ask = if *by_parents { Ask::by_parents(relation) } else { Ask::of(relation) };
        let is_remote = |(_, other): &&(ColumnId, JoinColumn)| other.side == Side::Remote;
        ask.pairs.iter().filter(is_remote).map(|(_, other)| other.place).collect()
    }

    /// The class of its rows.
    fn target(&self) -> Option<&'static Mapper> {
        match self {
            Statement::Lazy(relation) | Statement::SelectIn(relation, ..) => Some(relation.target()),
            Statement::Get(mapper) | Statement::GetMany(mapper, _) => Some(*mapper),
            Statement::Columns(..) => None,
        }
    }

    /// The query, and the name that its objects' table goes by. It leaves out what an entity says that it loads when it is
    /// read; what the class says where none is given.
    fn select(&self, entity: Option<&EntityPlan>) -> Result<(SelectStmt, TableRef)> {
        let (mut stmt, table) = self.select_all()?;
        match (entity, self.target()) {
            (Some(entity), _) => entity.leave_out(&mut stmt.items, &self.keys()),
            (None, Some(mapper)) if !mapper.deferred().is_empty() => {
                EntityPlan::new(mapper, 0).leave_out(&mut stmt.items, &self.keys());
            }
            (None, _) => {}
        }
        Ok((stmt, table))
    }

    /// The same with all columns.
    fn select_all(&self) -> Result<(SelectStmt, TableRef)> {
        Ok(match self {
            Statement::Lazy(relation) => (lazy(relation)?, relation.target().table_ref()),
            Statement::SelectIn(relation, by_parents, keys) => {
                let ask = if *by_parents { Ask::by_parents(relation) } else { Ask::of(relation) };
                (ask.statement(*keys)?, relation.target().table_ref())
            }
            Statement::GetMany(mapper, keys) => (by_keys(mapper, *keys)?, mapper.table_ref()),
            Statement::Get(mapper) => (by_key(mapper)?, mapper.table_ref()),
            Statement::Columns(mapper, ids) => {
                let table = mapper.table_ref();
                let item = |id: &ColumnId| column_of(mapper, mapper.column(*id), &table, None);
                let items = ids.iter().map(|id| item(id).map(SelectItem::from)).collect::<Result<_>>()?;
                (SelectStmt { items, ..by_key(mapper)? }, mapper.table_ref())
            }
        })
    }
}

/// Runs a query. Its text tells it from others; which values it has is said anew each time.
pub(super) fn run_text(
    query: &SelectStmt,
    connection: &EngineConnection,
    values: Given<'_, '_>,
    fetch: Fetch,
    each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
) -> Result<()> {
    let (statement, params) = compiled(query, connection)?;
    let given = |at: usize| match params.get(at) {
        Some(Param::Value(value)) => Some(value.as_ref()),
        Some(Param::Given(number)) => values(*number),
        None => None,
    };
    connection.run(&statement, &given, fetch, each)
}

/// The statement of a query, found by its text, and what its placeholders stand for.
///
/// # Errors
/// `query` where they are too many.
pub(super) fn compiled(
    query: &SelectStmt,
    connection: &EngineConnection,
) -> Result<(Rc<Compiled>, Vec<Param>)> {
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
    Ok((statement, rendered.params))
}

/// The row of a class by its key, whose values are parameters.
fn by_key(mapper: &'static Mapper) -> Result<SelectStmt> {
    let table = mapper.table_ref();
    let select = with_columns_of(mapper, SelectStmt::new(), &table, None)?.from(table);
    Ok(mapper.primary_key().iter().enumerate().fold(select, |select, (at, id)| {
        select.filter(Tree::from(mapper.column_ref(*id)).equals(Tree::Param(at)))
    }))
}

/// The rows of a class with so many keys, or those of a list that is given in one value for 0.
fn by_keys(mapper: &'static Mapper, keys: usize) -> Result<SelectStmt> {
    let table = mapper.table_ref();
    let columns = mapper.primary_key().iter().map(|id| mapper.column_ref(*id)).collect();
    let select = with_columns_of(mapper, SelectStmt::new(), &table, None)?;
    Ok(select.from(table).filter(in_keys(columns, keys)))
}

/// What a relationship leads to from an object. The values of the object's columns are parameters, numbered by their
/// places among the columns that the condition compares. Rows of queries go by the names of the tables that they stand
/// for, so that the order of the relationship means them.
fn lazy(relation: &'static Relation) -> Result<SelectStmt> {
    let target = relation.target();
    let table = target.table_ref();
    let association = association_beside(relation, &table);
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
    let mut stmt =
        with_columns_of(target, SelectStmt::new(), &table, None)?.from(relation.rows().item(&table)?);
    if let (Some(rows), Some(name)) = (relation.association(), &association) {
        stmt = stmt.from(rows.item(name)?);
    }
    let condition = relation.condition();
    stmt = condition
        .far
        .iter()
        .fold(stmt.filter(resolve(&condition.near)), |stmt, far| stmt.filter(resolve(far)));
    Ok(in_order(stmt, relation, association.as_ref()))
}
