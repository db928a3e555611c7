//! `Whole`: a query's rows with all that is loaded with their objects.

use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::LoadPort;
use super::fresh::Fresh;
use super::given::Numbers;
use super::instance::EntityPlan;
use super::joined;
use super::loading::Loading;
use super::lower::{ItemPlan, Lowered};
use super::noted::Noted;
use super::notes::Notes;
use super::options::{self, OfQuery, Options};
use super::plan;
use super::queue;
use super::route::{Route, Strategy};
use super::scope::Place;
use super::tell::{tell, told};
use super::turns::{Between, Turns};
use super::with::With;
use crate::declare::AliasId;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::query::option::ClassCriteria;
use crate::query::parts::{Item, QueryParts};
use crate::sql::{SelectStmt, TableRef, Tree};
use crate::state::memory::handle::Handle;

/// What is loaded with the objects, or the plain values, of a query's rows: as a plan that holds nothing of a run.
pub(super) struct WholePlan {
    /// An entry for each item of a row; none for a value.
    pub(super) items: Vec<Option<Option<Box<With>>>>,
    /// The columns that tell one row from another, without what is joined.
    pub(super) told: Vec<usize>,
    /// How many columns a row has, without what is joined.
    columns: usize,
    /// Whether the rows of one object, or of several that stand in a row, may come apart.
    pub(super) multiplies: bool,
    /// Whether an object may come in several rows, and is given once.
    pub(super) repeats: bool,
}

/// What the rows of a statement are, without what is joined to their objects.
#[derive(Clone, Copy)]
pub(super) struct RowsAlone {
    /// How many columns they have.
    columns: usize,
    /// Whether something can be joined.
    extend: bool,
    /// Whether they are those of SQL of the user's.
    are_written: bool,
}

/// What is loaded with the objects of a query's rows, an entry for each item of a row.
pub(super) struct Whole {
    items: Vec<Option<Of>>,
    told: Vec<usize>,
    columns: usize,
    multiplies: bool,
    repeats: bool,
    /// Whether rows are read one by one, and only what came directly before is known.
    one_by_one: bool,
    seen: HashSet<Box<[u8]>, FxBuildHasher>,
    /// What told the last row from others, and what tells this one.
    last: Vec<u8>,
    key: Vec<u8>,
}

/// What is loaded with the objects of an item.
struct Of {
    with: Option<Box<With>>,
    loading: Loading,
}

impl WholePlan {
    /// What the options say, and of objects the declared strategies, and the statement with it.
    ///
    /// # Errors
    /// `query` where options don't fit.
    pub(super) fn of(
        mut stmt: SelectStmt,
        query: &QueryParts,
        Lowered { items, places, .. }: &mut Lowered,
        how: (bool, Option<Noted>),
        numbers: Option<&Rc<Numbers>>,
    ) -> Result<(SelectStmt, Self)> {
        let rows = RowsAlone::of(&stmt);
        let plan = WholePlan::of_rows(rows, query, (items, places), how)?;
        let mut objects: Vec<joined::Object<'_>> = Vec::new();
        for ((item, said), with) in items.iter().zip(&query.items).zip(&plan.items) {
            let ItemPlan::Entity(entity) = item else { continue };
            leave_out(entity, &mut stmt);
            let Some(Some(with)) = with else { continue };
            if !rows.extend {
                continue;
            }
            if let Some(table) = table(&stmt, entity) {
                let (class, alias) = (entity.mapper.table().name, alias_of(said));
                let place = places.iter().find(|place| *place.name() == table && place.is(class, alias));
                objects.push((table, place, with));
            }
        }
        let stmt = joined::extend(stmt, &objects, numbers)?;
        Ok((stmt, plan))
    }

    /// The same of the rows of a statement that is there.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(super) fn of_rows(
        rows: RowsAlone,
        query: &QueryParts,
        (items, places): (&mut [ItemPlan], &[Place]),
        (is_plain, overwritten): (bool, Option<Noted>),
    ) -> Result<Self> {
        let columns = rows.columns;
        let told = told(items, columns);
        let mut plan = WholePlan { items: Vec::new(), told, columns, multiplies: false, repeats: false };
        let mut next = columns;
        let criteria: Rc<[ClassCriteria]> = query.criteria.clone().into();
        let of_query = Rc::new(OfQuery { like_sqlalchemy: query.running.like_sqlalchemy });
        check_begins(query)?;
        for (item, said) in items.iter_mut().zip(&query.items) {
            let ItemPlan::Entity(entity) = item else {
                plan.items.push(None);
                continue;
            };
            let list = options::beginning_at(&query.options, entity.mapper, alias_of(said));
            let told = Options::of(&list, entity.mapper, (&criteria, &of_query))?;
            let deferred = told.as_ref().and_then(|told| told.deferred(entity.mapper));
            // A plain value has all its columns.
            let deferred = if is_plain { Some(Rc::default()) } else { deferred };
            *entity = entity.clone().deferring(deferred);
            let route = Route::of_query(entity.mapper).by(told).overwriting(overwritten.clone());
            let route = if alias_of(said) == AliasId::NONE { route.rooted() } else { route };
            let route = if is_plain { route.of_plain() } else { route };
            let with = With::of_query(entity.mapper, route, places)?;
            let with = with.map(|with| {
                if !rows.extend {
                    return with.unjoined();
                }
                let with = if rows.are_written { with.joined_by_query() } else { with };
                let with = with.from_column(next);
                next += with.columns();
                with
            });
            plan.multiplies |= with.as_deref().is_some_and(With::multiplies);
            plan.repeats |= with.as_deref().is_some_and(With::repeats);
            plan.items.push(Some(with));
        }
        Ok(plan)
    }
}

impl RowsAlone {
    pub(super) fn of(stmt: &SelectStmt) -> Self {
        let (extend, are_written) = (joined::extends(stmt), stmt.written.is_some());
        RowsAlone { columns: stmt.items.len(), extend, are_written }
    }

    /// Those that a statement which writes rows gives back.
    pub(super) fn of_change(columns: usize) -> Self {
        RowsAlone { columns, extend: false, are_written: false }
    }
}

/// The alias that an item's objects are.
fn alias_of(item: &Item) -> AliasId {
    match item {
        Item::Entity(source, _) => source.table().map_or(AliasId::NONE, |(_, alias)| alias),
        Item::Value { .. } => AliasId::NONE,
    }
}

impl Whole {
    /// What the declared strategies and the options say, and the statement with it; none where nothing is loaded with an
    /// object, or remembered of it.
    pub(super) fn of(
        cx: &dyn LoadPort,
        mut stmt: SelectStmt,
        query: &QueryParts,
        lowered: &mut Lowered,
    ) -> Result<(SelectStmt, Option<Self>)> {
        if !is_any(cx, query, &lowered.items) {
            leave_out_deferred(&lowered.items, &mut stmt);
            return Ok((stmt, None));
        }
        let overwritten = query.running.populate_existing.then(Noted::default);
        let (stmt, plan) = WholePlan::of(stmt, query, lowered, (false, overwritten), None)?;
        Ok((stmt, Some(Whole::planned(cx, plan, &lowered.items))))
    }

    /// The same of a statement that is there.
    pub(super) fn of_rows(
        cx: &dyn LoadPort,
        rows: RowsAlone,
        query: &QueryParts,
        (items, places): (&mut Rc<[ItemPlan]>, &[Place]),
    ) -> Result<Option<Self>> {
        if !is_any(cx, query, items) {
            return Ok(None);
        }
        let overwritten = query.running.populate_existing.then(Noted::default);
        let mut own = items.to_vec();
        let plan = WholePlan::of_rows(rows, query, (&mut own, places), (false, overwritten))?;
        *items = own.into();
        Ok(Some(Whole::planned(cx, plan, items)))
    }

    fn planned(cx: &dyn LoadPort, plan: WholePlan, all: &[ItemPlan]) -> Self {
        let withs = || plan.items.iter().flatten();
        let places = withs().map(|with| with.as_ref().map_or(1, |with| with.places())).sum();
        let made = withs().flatten().any(|with| with.notes(places)).then(Noted::default);
        let entities = || all.iter().zip(&plan.items);
        let depths = plan::depths(entities().filter_map(|(item, with)| match item {
            ItemPlan::Entity(entity) => Some((entity.mapper, with.as_ref()?.as_deref())),
            ItemPlan::Value(..) => None,
        }));
        let turns = Turns::of(cx, withs().flatten().any(|with| with.has_subqueries()), &Between::default());
        let notes = Notes { made, depths, turns };
        let of = |(item, with): (&ItemPlan, Option<Option<Box<With>>>)| {
            let (ItemPlan::Entity(entity), Some(with)) = (item, with) else { return None };
            let loading = Loading::new(match &with {
                Some(with) => with.fresh_list(cx, entity.mapper, &notes),
                None => vec![Fresh::new(false).grouped(cx.groups(entity.mapper)).noting(&notes, 0)],
            });
            Some(Of { with, loading })
        };
        let WholePlan { items, told, columns, multiplies, repeats } = plan;
        let items = all.iter().zip(items).map(of).collect();
        let (seen, last, key) = (HashSet::default(), Vec::new(), Vec::new());
        Whole { items, told, columns, multiplies, repeats, one_by_one: false, seen, last, key }
    }

    /// Runs `f` with each class whose objects stand in the rows beside others.
    ///
    /// # Errors
    /// What `f` says.
    pub(super) fn each_standing(&mut self, f: &mut dyn FnMut(&mut EntityPlan) -> Result<()>) -> Result<()> {
        let mut all = self.items.iter_mut().flatten().filter_map(|of| of.with.as_mut());
        all.try_for_each(|with| with.each_joined(f))
    }

    /// Whether the rows of one object, or of several that stand in a row, may come apart.
    pub(super) fn multiplies(&self) -> bool {
        self.multiplies
    }

    /// Rows are read one by one.
    pub(super) fn one_by_one(&mut self) {
        self.one_by_one = true;
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
        if !self.repeats {
            return Ok(true);
        }
        tell(&self.told, row, &mut self.key)?;
        // Rows of one object mostly come one after another.
        if self.key == self.last {
            return Ok(false);
        }
        std::mem::swap(&mut self.key, &mut self.last);
        Ok(self.one_by_one
            || !self.seen.contains(self.last.as_slice()) && self.seen.insert(self.last.as_slice().into()))
    }

    /// Whether anything is loaded after the rows.
    pub(super) fn has_posts(&self) -> bool {
        self.items.iter().flatten().any(|of| of.with.as_deref().is_some_and(With::has_posts))
    }

    /// Loads what is to be loaded for the objects of the rows so far: of so many, where they are all of their class.
    pub(super) fn finish(&mut self, cx: &dyn LoadPort, all: Option<usize>) -> Result<()> {
        let mut tasks = Vec::new();
        for Of { with, loading } in self.items.iter_mut().flatten() {
            loading.finish(cx.identity())?;
            loading.of_all(all);
            if let Some(with) = with {
                with.tasks(loading, &mut tasks)?;
            }
        }
        // What is loaded by subqueries comes first, of whichever object of a row.
        tasks.sort_by_key(|task| task.strategy != Strategy::Subquery);
        queue::run(cx, &mut tasks)
    }
}

/// Whether anything is loaded with the objects of a query's rows, or remembered of them.
fn is_any(cx: &dyn LoadPort, query: &QueryParts, items: &[ItemPlan]) -> bool {
    let is_told = !query.options.is_empty() || !query.criteria.is_empty() || query.running.populate_existing;
    items.iter().any(|item| match item {
        ItemPlan::Entity(entity) => is_told || entity.mapper.loads_with() || cx.groups(entity.mapper),
        ItemPlan::Value(..) => false,
    })
}

/// Leaves out the columns of each item's objects that their class declares to be loaded when they are read.
pub(super) fn leave_out_deferred(items: &[ItemPlan], stmt: &mut SelectStmt) {
    for item in items {
        if let ItemPlan::Entity(entity) = item {
            leave_out(entity, stmt);
        }
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
            let Item::Entity(source, _) = item else { return false };
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
