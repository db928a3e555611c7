//! A query to a statement, and its rows to objects.

use super::LoadPort;
use super::instance::EntityPlan;
use crate::declare::ColumnId;
use crate::engine::{self, Flow, Shape};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Mapper, join_condition, local_columns};
use crate::query::{Criterion, CriterionNode, JoinKind, RelationRef, Select};
use crate::sql::{CompareOp, Expr, FromItem, Param, Rendered, SelectStmt, TableRef, render};
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::read::column::Known;
use crate::state::read::lifecycle::ObjectState;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

/// A query that is ready to run.
pub(crate) struct Fetch {
    mapper: &'static Mapper,
    stmt: SelectStmt,
}

/// Makes the statement of a query. Keys of objects in it are read now.
pub(crate) fn fetch<T>(query: &Select<T>) -> Result<Fetch> {
    let mapper = query.source.mapper()?;
    let table = mapper.table_ref();
    let mut builder = Builder { aliases: 0, tables: vec![(mapper, table)] };
    let mut from = FromItem::from(table);
    for join in &query.joins {
        from = builder.join(from, join.kind, join.relation)?;
    }
    let mut stmt = EntityPlan::new(mapper, 0).select(SelectStmt::new(), table).from(from);
    for condition in &query.filters {
        stmt = stmt.filter(builder.condition(condition, None)?);
    }
    for term in &query.order {
        stmt = stmt.order_by(term.clone());
    }
    let count = |rows: u64| Expr::Value(Value::Int(i64::try_from(rows).unwrap_or(i64::MAX)));
    if let Some(limit) = query.limit {
        stmt = stmt.limit(count(limit));
    }
    if let Some(offset) = query.offset {
        stmt = stmt.offset(count(offset));
    }
    if query.distinct {
        stmt = stmt.distinct();
    }
    Ok(Fetch { mapper, stmt })
}

impl Fetch {
    /// Runs the statement and gives each object.
    pub(crate) fn run(&self, cx: &dyn LoadPort, each: &mut dyn FnMut(Handle) -> Result<Flow>) -> Result<()> {
        let connection = cx.connection()?;
        let rendered = render(&self.stmt, connection.engine().dialect());
        // The text tells the query from others; which values it has is said anew each time.
        let statement = connection.statement(Shape::Query(rendered.sql.as_bytes()), |_| Rendered {
            sql: rendered.sql.clone(),
            params: (0..rendered.params.len()).map(Param::Given).collect(),
        });
        let given = |at: usize| match rendered.params.get(at) {
            Some(Param::Value(value)) => Some(value.as_ref()),
            _ => None,
        };
        let plan = EntityPlan::new(self.mapper, 0);
        connection.run(&statement, &given, engine::Fetch::Stream, &mut |row| match plan.object(cx, row)? {
            Some(object) => each(object),
            None => Ok(Flow::Continue(())),
        })
    }

    /// The statement's text.
    pub(crate) fn sql(&self, dialect: &dyn crate::sql::Dialect) -> String {
        render(&self.stmt, dialect).sql
    }
}

struct Builder {
    aliases: u32,
    /// The classes that conditions may name.
    tables: Vec<(&'static Mapper, TableRef)>,
}

impl Builder {
    fn join(&mut self, from: FromItem, kind: JoinKind, relation: RelationRef) -> Result<FromItem> {
        let (mapper, relation) = relation.resolve()?;
        let target = relation.target();
        let Some((_, near)) = self.tables.iter().find(|(known, _)| std::ptr::eq(*known, mapper)).copied()
        else {
            return Err(Error::new(Code::Query, format!("`{}` isn't part of the query", mapper.class()))
                .about(relation.class(), Some(relation.name()))
                .help("join along a relationship of a class that is selected or joined before"));
        };
        if self.tables.iter().any(|(known, _)| std::ptr::eq(*known, target)) {
            return Err(Error::new(
                Code::Query,
                format!("`{}` is part of the query already", target.class()),
            )
            .about(relation.class(), Some(relation.name()))
            .help("ask by `any` or `has` instead"));
        }
        let far = target.table_ref();
        self.tables.push((target, far));
        let near_column = |id: ColumnId| Expr::Column(near.column(mapper.column(id).name()));
        let (association, near_side, far_side) = join_condition(relation, near_column, far);
        let join = |from: FromItem, to: FromItem, on: Vec<Expr>| match kind {
            JoinKind::Inner => from.join(to, Expr::And(on)),
            JoinKind::Left => from.left_join(to, Expr::And(on)),
        };
        match association {
            None => Ok(join(from, FromItem::from(far), near_side)),
            Some(table) => {
                let both = FromItem::from(table).join(FromItem::from(far), Expr::And(far_side));
                Ok(join(from, both, near_side))
            }
        }
    }

    /// A condition as an expression. Within `EXISTS` of a class in itself, `inner` says which alias its columns
    /// mean.
    fn condition(&mut self, condition: &Criterion, inner: Option<(&'static str, TableRef)>) -> Result<Expr> {
        match &condition.0 {
            CriterionNode::Expr(expr) => Ok(match inner {
                None => expr.clone(),
                Some((name, alias)) => expr.clone().map_columns(&mut |column: crate::sql::ColumnRef| {
                    let is_inner = column.table == TableRef::new(name);
                    Expr::Column(if is_inner { alias.column(column.name) } else { column })
                }),
            }),
            CriterionNode::And(all) => {
                all.iter().map(|one| self.condition(one, inner)).collect::<Result<_>>().map(Expr::And)
            }
            CriterionNode::Or(any) => {
                any.iter().map(|one| self.condition(one, inner)).collect::<Result<_>>().map(Expr::Or)
            }
            CriterionNode::Not(one) => Ok(self.condition(one, inner)?.not()),
            CriterionNode::Exists { relation, condition } => {
                self.exists(*relation, condition.as_deref(), inner)
            }
            CriterionNode::ChildOf { object, relation } => child_of(object, *relation, inner),
            CriterionNode::LeadsTo { relation, object } => self.leads_to(*relation, object.as_ref(), inner),
        }
    }

    fn alias(&mut self, table: TableRef) -> TableRef {
        self.aliases += 1;
        TableRef { alias: self.aliases, ..table }
    }

    fn exists(
        &mut self,
        relation: RelationRef,
        condition: Option<&Criterion>,
        outer: Option<(&'static str, TableRef)>,
    ) -> Result<Expr> {
        let (mapper, relation) = relation.resolve()?;
        let target = relation.target();
        let near = match outer {
            Some((name, alias)) if name == mapper.table().name => alias,
            _ => mapper.table_ref(),
        };
        // A class in itself, at whatever depth, needs another name.
        let taken = outer.is_some() || relation.is_self_referential();
        let far = if taken { self.alias(target.table_ref()) } else { target.table_ref() };
        let near_column = |id: ColumnId| Expr::Column(near.column(mapper.column(id).name()));
        let (association, near_side, far_side) = join_condition(relation, near_column, far);
        let mut stmt = SelectStmt::new().item(Expr::Value(Value::Int(1))).from(far);
        if let Some(table) = association {
            stmt = stmt.from(table);
        }
        for condition in near_side.into_iter().chain(far_side) {
            stmt = stmt.filter(condition);
        }
        if let Some(condition) = condition {
            stmt = stmt.filter(self.condition(condition, Some((target.table().name, far)))?);
        }
        Ok(Expr::Exists(Box::new(stmt)))
    }

    fn leads_to(
        &mut self,
        relation: RelationRef,
        object: Option<&Handle>,
        inner: Option<(&'static str, TableRef)>,
    ) -> Result<Expr> {
        let (mapper, found) = relation.resolve()?;
        let near = match inner {
            Some((name, alias)) if name == mapper.table().name => alias,
            _ => mapper.table_ref(),
        };
        let target = found.target();
        match (object, found.direction()) {
            (None, Direction::ManyToOne) => Ok(Expr::And(
                found
                    .pairs()
                    .iter()
                    .map(|pair| Expr::Column(near.column(mapper.column(pair.local).name())).is_null())
                    .collect(),
            )),
            (None, _) => Ok(self.exists(relation, None, inner)?.not()),
            (Some(object), Direction::ManyToOne) => {
                let mut all = Vec::new();
                for pair in found.pairs() {
                    let value = key_value(object, pair.remote)?;
                    all.push(equal(Expr::Column(near.column(mapper.column(pair.local).name())), value));
                }
                Ok(Expr::And(all))
            }
            (Some(object), _) => {
                let mut same = Vec::new();
                for id in target.primary_key() {
                    let value = key_value(object, *id)?;
                    same.push(equal(Expr::Column(target.column_ref(*id)), value));
                }
                self.exists(relation, Some(&Criterion::from(Expr::And(same))), inner)
            }
        }
    }
}

/// The condition that a row is one that the relationship of an object leads to. Links are looked at in a query
/// of their own, so that several such conditions don't get in each other's way.
fn child_of(object: &Handle, relation: RelationRef, inner: Option<(&'static str, TableRef)>) -> Result<Expr> {
    let (mapper, relation) = relation.resolve()?;
    if !std::ptr::eq(mapper, object.header().mapper()) {
        return Err(Error::new(
            Code::WrongClass,
            format!("{} is no `{}`", object.header().label(), mapper.class()),
        )
        .about(relation.class(), Some(relation.name())));
    }
    let target = relation.target();
    let far = match inner {
        Some((name, alias)) if name == target.table().name => alias,
        _ => target.table_ref(),
    };
    let mut values = Vec::new();
    for id in local_columns(relation) {
        values.push((id, key_value(object, id)?));
    }
    let value = |id: ColumnId| {
        let found = values.iter().find(|(local, _)| *local == id);
        Expr::Value(found.map_or(Value::Null, |(_, value)| value.clone()))
    };
    let (association, near_side, far_side) = join_condition(relation, value, far);
    let conditions = near_side.into_iter().chain(far_side).map(plain_equality);
    Ok(match association {
        None => Expr::And(conditions.collect()),
        Some(table) => {
            let stmt = SelectStmt::new().item(Expr::Value(Value::Int(1))).from(table);
            Expr::Exists(Box::new(conditions.fold(stmt, SelectStmt::filter)))
        }
    })
}

/// Equality that stays one when a value is `NULL`: nothing is then found.
fn equal(column: Expr, value: Value) -> Expr {
    Expr::Compare(CompareOp::Eq, Box::new(column), Box::new(Expr::Value(value)))
}

fn plain_equality(condition: Expr) -> Expr {
    match condition {
        Expr::IsNull(column) => equal(*column, Value::Null),
        other => other,
    }
}

/// A key of an object that a condition compares with: as it is now.
fn key_value(object: &Handle, id: ColumnId) -> Result<Value> {
    let header = object.header();
    let is_persistent = ObjectState::of(object) == ObjectState::Persistent;
    let options =
        if is_persistent { ReadOptions::DATABASE } else { ReadOptions::IDENTITY_MAP.without_default() };
    let place = header.mapper().slot(id);
    match column::value(object, place, options)? {
        Known::Value(value) => Ok(value),
        Known::Unset if is_persistent => Ok(Value::Null),
        Known::Unknown if let Some(value) = column::last_known(object, place)? => Ok(value),
        _ => Err(Error::new(Code::Unset, format!("the key of {} isn't known", header.label()))
            .about(header.mapper().class(), Some(header.mapper().column(id).attribute()))
            .help("add the object to the session first")),
    }
}
