//! `Whole`: a query's rows with all that is loaded with their objects.

use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::LoadPort;
use super::fresh::{Fresh, Loading};
use super::instance::EntityPlan;
use super::joined;
use super::lower::{ItemPlan, Lowered};
use super::options::{self, Options};
use super::overwritten::Overwritten;
use super::queue;
use super::route::Route;
use super::with::With;
use crate::declare::AliasId;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::query::option::ClassCriteria;
use crate::query::parts::{Item, QueryParts};
use crate::sql::{SelectStmt, TableRef, Tree};
use crate::state::memory::handle::Handle;
use crate::value::ValueRef;

/// What is loaded with the objects of a query's rows, an entry for each item of a row.
pub(super) struct Whole {
    items: Vec<Option<Of>>,
    /// How many columns a row has, without what is joined.
    columns: usize,
    multiplies: bool,
    seen: HashSet<Vec<u8>, FxBuildHasher>,
}

/// What is loaded with the objects of an item.
struct Of {
    with: Option<Box<With>>,
    loading: Loading,
}

impl Whole {
    /// What the declared strategies say, and the statement with it; none where nothing is loaded with an object, or
    /// remembered of it.
    pub(super) fn of(
        cx: &dyn LoadPort,
        mut stmt: SelectStmt,
        query: &QueryParts,
        Lowered { items, places, .. }: &mut Lowered,
    ) -> Result<(SelectStmt, Option<Self>)> {
        let overwritten = query.running.populate_existing.then(Overwritten::default);
        let is_told = !query.options.is_empty() || !query.criteria.is_empty() || overwritten.is_some();
        let is_any = |item: &ItemPlan| match item {
            ItemPlan::Entity(entity) => is_told || entity.mapper.loads_with() || cx.groups(entity.mapper),
            ItemPlan::Value(..) => false,
        };
        if !items.iter().any(is_any) {
            for item in items.iter() {
                if let ItemPlan::Entity(entity) = item {
                    leave_out(entity, &mut stmt);
                }
            }
            return Ok((stmt, None));
        }
        let columns = stmt.items.len();
        let mut whole = Whole { items: Vec::new(), columns, multiplies: false, seen: HashSet::default() };
        let (mut next, mut tables) = (columns, Vec::new());
        let criteria: Rc<[ClassCriteria]> = query.criteria.clone().into();
        check_begins(query)?;
        for (item, said) in items.iter_mut().zip(&query.items) {
            let ItemPlan::Entity(entity) = item else {
                whole.items.push(None);
                continue;
            };
            let alias = match said {
                Item::Entity(source) => source.table().map_or(AliasId::NONE, |(_, alias)| alias),
                Item::Value { .. } => AliasId::NONE,
            };
            let list = options::beginning_at(&query.options, entity.mapper, alias);
            let told = Options::of(&list, entity.mapper, &criteria)?;
            let deferred = told.as_ref().and_then(|told| told.deferred(entity.mapper));
            *entity = entity.clone().deferring(deferred);
            leave_out(entity, &mut stmt);
            let route = Route::of_query(entity.mapper).by(told).overwriting(overwritten.clone());
            let with = With::of_query(entity.mapper, route, places)?;
            let mapper = entity.mapper;
            let with = with.map(|with| {
                if !joined::extends(&stmt) {
                    return with.unjoined();
                }
                let with = with.from_column(next);
                next += with.columns();
                let at = whole.items.len();
                tables.extend(table(&stmt, entity).map(|table| (table, (mapper.table().name, alias), at)));
                with
            });
            whole.multiplies |= with.as_deref().is_some_and(With::multiplies);
            let loading = Loading::new(match &with {
                Some(with) => with.fresh_list(cx, entity.mapper),
                None => vec![Fresh::new(false).grouped(cx.groups(entity.mapper))],
            });
            whole.items.push(Some(Of { with, loading }));
        }
        let places = &*places;
        let object = |(table, (class, alias), at): (TableRef, (&str, AliasId), usize)| {
            let place = places.iter().find(|place| *place.name() == table && place.is(class, alias));
            Some((table, place, whole.items.get(at)?.as_ref()?.with.as_deref()?))
        };
        let objects: Vec<joined::Object<'_>> = tables.into_iter().filter_map(object).collect();
        let stmt = joined::extend(stmt, &objects)?;
        Ok((stmt, Some(whole)))
    }

    /// Whether the rows of one object, or of several that stand in a row, may come apart.
    pub(super) fn multiplies(&self) -> bool {
        self.multiplies
    }

    /// Whether what is joined leaves out rows.
    pub(super) fn narrows(&self) -> bool {
        self.items.iter().flatten().any(|of| of.with.as_deref().is_some_and(With::narrows))
    }

    /// The statement without what is joined to read it, with named columns.
    pub(super) fn items_only(&self, mut stmt: SelectStmt) -> SelectStmt {
        stmt.items.truncate(self.columns);
        for (at, item) in stmt.items.iter_mut().enumerate().filter(|(_, item)| item.label.is_none()) {
            item.label = Some(format!("item {at}").into());
        }
        if stmt.limit.is_none() && stmt.offset.is_none() {
            stmt.order_by.clear();
        }
        stmt
    }

    /// What is kept of the objects that an item makes.
    pub(super) fn fresh(&mut self, item: usize) -> Option<&mut Fresh> {
        self.items.get_mut(item)?.as_mut().map(|of| of.loading.fresh(0))
    }

    /// Reads from a row what stands there beside the object of an item.
    pub(super) fn row(
        &mut self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        (item, object): (usize, &Handle),
    ) -> Result<()> {
        let Some(Some(Of { with: Some(with), loading })) = self.items.get_mut(item) else { return Ok(()) };
        loading.fresh(0).meet(object);
        with.row(cx, row, object, loading)
    }

    /// Whether a row is given: each once, where what is joined makes several of one.
    pub(super) fn is_new(&mut self, row: &dyn Row) -> Result<bool> {
        if !self.multiplies {
            return Ok(true);
        }
        let mut key = Vec::with_capacity(self.columns * 9);
        for at in 0..self.columns {
            tell(row.get(at)?, &mut key);
        }
        Ok(self.seen.insert(key))
    }

    /// Loads what is to be loaded for the objects of the rows so far.
    pub(super) fn finish(&mut self, cx: &dyn LoadPort) -> Result<()> {
        let mut tasks = Vec::new();
        for Of { with, loading } in self.items.iter_mut().flatten() {
            loading.finish(cx.identity())?;
            if let Some(with) = with {
                with.tasks(loading, &mut tasks)?;
            }
        }
        queue::run(cx, &mut tasks)
    }
}

/// Leaves out the columns of an item's objects that are loaded when they are read. Where queries are put together their
/// rows are compared whole, and nothing is left out.
fn leave_out(entity: &EntityPlan, stmt: &mut SelectStmt) {
    if !joined::extends(stmt) {
        return;
    }
    if let Some(own) = stmt.items.get_mut(entity.offset..) {
        entity.leave_out(own, &[]);
    }
}

/// That each option begins at something that the query selects.
fn check_begins(query: &QueryParts) -> Result<()> {
    for option in &query.options {
        let Some(class) = option.class else { continue };
        let mapper = class.mapper()?;
        let begins = |item: &Item| {
            let Item::Entity(source) = item else { return false };
            let table = Some((mapper.table().name, option.alias));
            source.table() == table
        };
        if !query.items.iter().any(begins) {
            let message = format!("an option begins at `{}`, which the query doesn't select", mapper.class());
            return Err(Error::new(Code::Query, message)
                .about(mapper.class(), None)
                .help(format!("select `{0}`; of an alias it is `alias.of({0}::...)`", mapper.class())));
        }
    }
    Ok(())
}

/// The name of the table of an item's objects in the statement.
fn table(stmt: &SelectStmt, entity: &EntityPlan) -> Option<TableRef> {
    let own = stmt.items.iter().skip(entity.offset).take(entity.mapper.columns().len());
    own.into_iter().find_map(|item| match &item.tree {
        Tree::Column(column) => Some(column.table.clone()),
        _ => None,
    })
}

/// Writes a value so that lists of values are the same only where all their values are.
fn tell(value: ValueRef<'_>, key: &mut Vec<u8>) {
    let mut text = |kind: u8, bytes: &[u8]| {
        key.push(kind);
        key.extend(bytes.len().to_le_bytes());
        key.extend(bytes);
    };
    match value {
        ValueRef::Null => text(0, &[]),
        ValueRef::Bool(is_true) => text(1, &[u8::from(is_true)]),
        ValueRef::Int(number) => text(2, &number.to_le_bytes()),
        ValueRef::Real(number) => text(3, &number.to_le_bytes()),
        ValueRef::Text(value) => text(4, value.as_bytes()),
        ValueRef::Blob(value) => text(5, value),
    }
}
