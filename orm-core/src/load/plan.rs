//! `LoadPlan`: a statement, what its rows become, and what is loaded after them. Whatever is loaded goes through one.

use std::rc::Rc;

use smallvec::SmallVec;

use super::LoadPort;
use super::depths::Depths;
use super::fresh::Fresh;
use super::instance::{EntityPlan, Populate};
use super::loading::Loading;
use super::noted::Noted;
use super::notes::Notes;
use super::statement::Statement;
use super::task::Task;
use super::turns::{Between, Turns};
use super::with::With;
use crate::declare::ColumnId;
use crate::engine::{EngineConnection, Fetch, Flow, Given, Row};
use crate::error::Result;
use crate::mapper::{Mapper, MapperId};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::value::ValueRef;

/// How something is loaded.
pub(crate) struct LoadPlan<'p> {
    statement: Statement,
    rows: RowPlan<'p>,
    /// What is loaded with the objects of the rows, or after them.
    pub(super) with: Option<Box<With>>,
    /// Between which rows SQLAlchemy reads those of the statement.
    between: Between,
}

/// What a row becomes.
pub(super) enum RowPlan<'p> {
    /// The object of its key, or none where the key is `NULL`.
    Object(EntityPlan),
    /// An object that is there already, some of whose columns it sets.
    Refresh { entity: EntityPlan, object: &'p Rc<Instance>, what: Populate, columns: Vec<ColumnId> },
    /// Objects that are there already, of whose new rows the database made columns. Given is the one that was asked for,
    /// of which it sets these.
    Unread { entity: EntityPlan, object: &'p Rc<Instance>, columns: Vec<ColumnId> },
}

/// Who is given the objects.
pub(super) trait EachRow {
    /// Whether a row is to become an object. Given are the values of its columns too.
    ///
    /// # Errors
    /// Where a value can't be read.
    fn wants(&mut self, _row: &dyn Row, _values: &[ValueRef<'_>]) -> Result<bool> {
        Ok(true)
    }

    /// Whether the rows end after one that became no object.
    fn without(&mut self) -> Flow {
        Flow::Continue(())
    }

    /// An object with its row, and what is kept of the load where anything is.
    ///
    /// # Errors
    /// Those of whoever it is.
    fn object(&mut self, row: &dyn Row, object: Handle, loading: Option<&mut Loading>) -> Result<Flow>;

    /// How many objects there were, where they were all that there are in their class; asked when the rows are read.
    fn of_all(&self) -> Option<usize> {
        None
    }
}

impl<F: FnMut(&dyn Row, Handle, Option<&mut Loading>) -> Result<Flow>> EachRow for F {
    fn object(&mut self, row: &dyn Row, object: Handle, loading: Option<&mut Loading>) -> Result<Flow> {
        self(row, object, loading)
    }
}

impl<'p> LoadPlan<'p> {
    pub(super) fn new(statement: Statement, rows: RowPlan<'p>) -> Self {
        LoadPlan { statement, rows, with: None, between: Between::default() }
    }

    /// The same, with what is loaded with the objects.
    pub(super) fn with(self, with: Option<Box<With>>) -> Self {
        LoadPlan { with, ..self }
    }

    /// The same, read between rows of other statements.
    pub(super) fn between(self, between: &Between) -> Self {
        LoadPlan { between: between.clone(), ..self }
    }

    /// Whether it is remembered which of the objects that the rows make were loaded together.
    pub(super) fn groups(&self, cx: &dyn LoadPort) -> bool {
        match &self.rows {
            RowPlan::Object(entity) => cx.groups(entity.mapper),
            RowPlan::Refresh { .. } | RowPlan::Unread { .. } => false,
        }
    }

    /// What is kept of objects while rows are read.
    pub(super) fn loading(&self, cx: &dyn LoadPort, with: Option<&With>, is_grouped: bool) -> Loading {
        let turns = Turns::of(cx, with.is_some_and(With::has_subqueries), &self.between);
        Loading::new(match with {
            Some(with) => {
                let made = with.notes(with.places()).then(Noted::default);
                let mapper = self.rows.entity().mapper;
                let depths = depths(std::iter::once((mapper, Some(with))));
                with.fresh_list(cx, mapper, &Notes { made, depths, turns })
            }
            None => {
                let notes = Notes { turns, ..Notes::default() };
                vec![Fresh::new(false).grouped(is_grouped).noting(&notes, 0)]
            }
        })
    }

    /// Runs the statement and gives what each row becomes, while the rows are read. What is loaded after them is added to
    /// `tasks`, and what stands beside an object is set when the rows are read.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(super) fn run_for<'v>(
        &'v self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        given: Given<'_, 'v>,
        tasks: &mut Vec<Task>,
        each: &mut dyn EachRow,
    ) -> Result<()> {
        let run = (connection, given, Fetch::All);
        let (with, is_grouped) = (self.with.as_deref(), self.groups(cx));
        if with.is_none() && !is_grouped && self.between.is_none() {
            return self.rows(cx, run, &mut Fresh::new(false), each);
        }
        let mut loading = self.loading(cx, with, is_grouped);
        self.rows_with(cx, run, with, &mut loading, each)?;
        loading.finish(cx.identity())?;
        loading.of_all(each.of_all());
        with.map_or(Ok(()), |with| with.tasks(&mut loading, tasks))
    }

    #[inline]
    pub(super) fn rows<'v>(
        &'v self,
        cx: &dyn LoadPort,
        (connection, given, fetch): (&EngineConnection, Given<'_, 'v>, Fetch),
        fresh: &mut Fresh,
        each: &mut dyn EachRow,
    ) -> Result<()> {
        let notes_reads = cx.notes_reads();
        let what = (Some(self.rows.entity()), self.with.as_deref());
        self.statement.run(what, connection, given, fetch, &mut |row| {
            let wants = |values: &[ValueRef<'_>]| each.wants(row, values);
            let Some(object) = self.rows.row(cx, row, fresh, wants)? else { return Ok(each.without()) };
            if notes_reads {
                cx.note_read(&object);
            }
            each.object(row, object, None)
        })
    }

    /// The same with what stands beside an object.
    pub(super) fn rows_with<'v>(
        &'v self,
        cx: &dyn LoadPort,
        (connection, given, fetch): (&EngineConnection, Given<'_, 'v>, Fetch),
        with: Option<&With>,
        loading: &mut Loading,
        each: &mut dyn EachRow,
    ) -> Result<()> {
        let notes_reads = cx.notes_reads();
        let mut refreshed: Option<Handle> = None;
        let what = (Some(self.rows.entity()), self.with.as_deref());
        self.statement.run(what, connection, given, fetch, &mut |row| {
            let object = match refreshed.clone() {
                Some(object) => Some(object),
                None => self
                    .rows
                    .row(cx, row, loading.fresh(0), |values: &[ValueRef<'_>]| each.wants(row, values))?,
            };
            let Some(object) = object else { return Ok(each.without()) };
            if let (None, RowPlan::Refresh { what, .. }) = (&refreshed, &self.rows) {
                refreshed = Some(object.clone()); // its columns are set once
                if let Some(with) = with.filter(|_| *what != Populate::Missing) {
                    // Meanwhile, by a flush. SQLAlchemy leaves what comes after the row of a refresh as the flush found it.
                    with.forget_loaded(&object, *what == Populate::All && !cx.asks_like_sqlalchemy())?;
                }
            }
            if let Some(with) = with {
                loading.fresh(0).meet(&object);
                with.row(cx, row, &object, loading)?;
            }
            if notes_reads {
                cx.note_read(&object);
            }
            each.object(row, object, Some(loading))
        })
    }
}

/// At which depths a statement meets objects, whose rows hold those of these classes and what stands beside them; none where
/// nothing is said of any of them, or each class stands at one depth.
pub(super) fn depths<'w>(items: impl Iterator<Item = (&'static Mapper, Option<&'w With>)>) -> Option<Depths> {
    let (mut places, mut is_told) = (SmallVec::<[(MapperId, u16); 8]>::new(), false);
    for (mapper, with) in items {
        match with {
            None => places.push((mapper.id(), 0)),
            Some(with) => with.each_place(mapper, &mut |mapper, route| {
                places.push((mapper.id(), route.depth()));
                is_told |= route.options().is_some();
            }),
        }
    }
    if is_told { Depths::of(&places) } else { None }
}

impl RowPlan<'_> {
    /// How the columns of its objects are read.
    fn entity(&self) -> &EntityPlan {
        let (RowPlan::Object(entity) | RowPlan::Refresh { entity, .. } | RowPlan::Unread { entity, .. }) =
            self;
        entity
    }

    /// What a row becomes, if anybody wants it.
    pub(super) fn row(
        &self,
        cx: &dyn LoadPort,
        row: &dyn Row,
        fresh: &mut Fresh,
        wants: impl FnOnce(&[ValueRef<'_>]) -> Result<bool>,
    ) -> Result<Option<Handle>> {
        match self {
            RowPlan::Object(entity) => entity.object_if(cx, row, fresh, wants),
            RowPlan::Refresh { entity, object, what, columns } => {
                entity.fill(cx, object, &entity.values(row)?, *what, columns)?;
                if *what == Populate::Expired {
                    object.header().unmark(Mark::EXPIRED);
                }
                let object = Handle::to(object);
                match what {
                    Populate::Expired => fresh.add_expired(&object),
                    Populate::All | Populate::Missing => fresh.add(&object),
                }
                Ok(Some(object))
            }
            RowPlan::Unread { entity, object, columns } => {
                unread(cx, entity, &entity.values(row)?, (object, columns))
            }
        }
    }
}

/// The object of a row, whose columns that the database made are set. One that wasn't asked for keeps its mistakes for the
/// time when it is.
fn unread(
    cx: &dyn LoadPort,
    entity: &EntityPlan,
    values: &[ValueRef<'_>],
    (asked, columns): (&Rc<Instance>, &[ColumnId]),
) -> Result<Option<Handle>> {
    let Ok(Some(key)) = entity.key(values) else { return Ok(None) };
    let Some(object) = cx.identity().get(entity.mapper, &key) else { return Ok(None) };
    if Rc::ptr_eq(&object, asked) {
        entity.fill(cx, &object, values, Populate::Expired, columns)?;
        return Ok(Some(object));
    }
    let fill = || {
        let columns = entity.wanted(&object, Populate::Expired)?;
        entity.fill(cx, &object, values, Populate::Expired, &columns)
    };
    let is_read = object.header().has(Mark::UNREAD) && fill().is_ok();
    Ok(is_read.then_some(object))
}
