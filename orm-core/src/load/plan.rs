//! `LoadPlan`: a statement, what its rows become, and what is loaded after them. Whatever is loaded goes through one.

use super::LoadPort;
use super::fresh::Fresh;
use super::instance::{EntityPlan, Populate};
use super::statement::Statement;
use crate::declare::ColumnId;
use crate::engine::{EngineConnection, Fetch, Flow, Given, Row};
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;
use crate::value::ValueRef;
use std::rc::Rc;

/// How something is loaded.
pub(crate) struct LoadPlan<'p> {
    statement: Statement,
    rows: RowPlan<'p>,
    after: Vec<PostLoad>,
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

/// What is loaded for the fresh objects of a plan when its rows are read.
pub(crate) struct PostLoad {
    relation: &'static Relation,
    options: ReadOptions,
}

impl<'p> LoadPlan<'p> {
    pub(super) fn new(statement: Statement, rows: RowPlan<'p>) -> Self {
        LoadPlan { statement, rows, after: Vec::new() }
    }

    /// The same, with what is loaded after the rows.
    pub(super) fn then(self, after: Vec<PostLoad>) -> Self {
        LoadPlan { after, ..self }
    }

    /// Runs the statement, gives what each row becomes, and loads what is to be loaded after the rows. `given` says the
    /// values of the statement's parameters.
    ///
    /// # Errors
    /// `value`, and what the database or `each` says. What is loaded after the rows isn't loaded then.
    pub(super) fn run<'v>(
        &'v self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        given: Given<'_, 'v>,
        fetch: Fetch,
        each: &mut dyn FnMut(Handle) -> Result<Flow>,
    ) -> Result<()> {
        let mut fresh = Fresh::new(!self.after.is_empty());
        let notes_reads = cx.notes_reads();
        self.statement.run(connection, given, fetch, &mut |row| {
            let Some(object) = self.rows.row(cx, row, &mut fresh)? else { return Ok(Flow::Continue(())) };
            if notes_reads {
                cx.note_read(&object);
            }
            each(object)
        })?;
        self.after.iter().try_for_each(|after| fresh.objects().iter().try_for_each(|one| after.load(one)))
    }
}

impl RowPlan<'_> {
    /// What a row becomes.
    pub(super) fn row(&self, cx: &dyn LoadPort, row: &dyn Row, fresh: &mut Fresh) -> Result<Option<Handle>> {
        match self {
            RowPlan::Object(entity) => entity.object(cx, row, fresh),
            RowPlan::Refresh { entity, object, what, columns } => {
                entity.fill(cx, object, &entity.values(row)?, *what, columns)?;
                if *what == Populate::Expired {
                    object.header().unmark(Mark::EXPIRED);
                }
                let object = Handle::to(object);
                fresh.add(&object);
                Ok(Some(object))
            }
            RowPlan::Unread { entity, object, columns } => {
                unread(cx, *entity, &entity.values(row)?, (object, columns))
            }
        }
    }
}

/// The object of a row, whose columns that the database made are set. One that wasn't asked for keeps its mistakes for the
/// time when it is.
fn unread(
    cx: &dyn LoadPort,
    entity: EntityPlan,
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

impl PostLoad {
    /// Loads a relationship that was named, whatever its strategy.
    pub(crate) fn named(relation: &'static Relation) -> Self {
        PostLoad { relation, options: ReadOptions::DATABASE.ignoring_raise() }
    }

    fn load(&self, object: &Rc<Instance>) -> Result<()> {
        related::load(object, self.relation, self.options)
    }
}
