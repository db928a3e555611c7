//! UPDATE: only the columns that really changed. A row that isn't matched is stale.

use crate::declare::ColumnId;
use crate::declare::SlotId;
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column, bind_key, has_key, key_in_database, stale};
use crate::engine::{Bind, Compiled, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::{Error, Result};
use crate::flush::FlushSession;
use crate::mapper::Mapper;
use crate::sql::{Tree, UpdateStmt, render_row};
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Old;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;

type Changed = SmallVec<[ColumnId; 8]>;

/// An object to update.
pub(super) struct Update {
    instance: Handle,
    /// The key of the row that a new object takes over.
    over: Option<Key>,
}

impl Update {
    pub(super) fn of(instance: Handle) -> Self {
        Update { instance, over: None }
    }

    pub(super) fn instance(&self) -> &Rc<Instance> {
        &self.instance
    }

    pub(super) fn over(instance: Handle, key: Key) -> Self {
        Update { instance, over: Some(key) }
    }

    /// The columns whose values differ from those in the database.
    fn changed(&self, mapper: &'static Mapper) -> Result<Changed> {
        // Of an object that was written before and lost its row only what was set since is a change.
        if self.over.is_some() && !self.instance.header().has(Mark::WRITTEN) {
            return self.instance.read(|columns| {
                let is_set = |column: &&MappedColumn| {
                    !column.is_primary_key()
                        && columns
                            .at(column.slot())
                            .is_some_and(|slot| matches!(slot.state(), SlotState::Set | SlotState::Null))
                };
                mapper.columns().iter().filter(is_set).map(MappedColumn::id).collect()
            });
        }
        let mut changed: Changed = with_changes(&self.instance, |changes| {
            self.instance.read(|columns| {
                let differs = |place: SlotId, old: &Old| match (columns.at(place), old) {
                    (Some(slot), Old::Value(old)) => !slot.is(old),
                    (Some(slot), _) => matches!(slot.state(), SlotState::Set | SlotState::Null),
                    (None, _) => false,
                };
                changes
                    .into_iter()
                    .flat_map(|changes| changes.columns())
                    .filter(|(place, old)| differs(*place, old))
                    .filter_map(|(place, _)| mapper.column_in(place))
                    .filter(|column| self.over.is_none() || !column.is_primary_key())
                    .map(MappedColumn::id)
                    .collect::<Changed>()
            })
        })??;
        changed.sort_unstable();
        Ok(changed)
    }
}

pub(super) fn run(cx: FlushSession<'_>, mapper: &'static Mapper, updates: &[Update]) -> Result<()> {
    let mut rows = Updates::new(mapper, updates);
    while rows.begin()? {
        let statement = rows.statement(cx);
        cx.connection().execute_many(&statement, &mut rows).map_err(|error| about(mapper, error))?;
        rows.check()?;
    }
    Ok(())
}

/// The rows to be updated, in groups: a group are rows that are updated alike, one after another.
struct Updates<'u> {
    mapper: &'static Mapper,
    updates: std::slice::Iter<'u, Update>,
    /// The columns that the rows of the group set.
    shape: Changed,
    /// A row that was looked at and isn't written yet: the first of a group.
    ahead: Option<Row<'u>>,
    rows: usize,
    matched: u64,
}

struct Row<'u> {
    instance: &'u Handle,
    changed: Changed,
    key: Key,
}

impl<'u> Updates<'u> {
    fn new(mapper: &'static Mapper, updates: &'u [Update]) -> Self {
        let updates = updates.iter();
        Updates { mapper, updates, shape: Changed::new(), ahead: None, rows: 0, matched: 0 }
    }

    /// The next object with a change.
    fn look(&mut self) -> Result<Option<Row<'u>>> {
        for update in self.updates.by_ref() {
            let changed = update.changed(self.mapper)?;
            if changed.is_empty() {
                continue;
            }
            let key = match &update.over {
                Some(key) => key.clone(),
                None => key_in_database(&update.instance)?,
            };
            return Ok(Some(Row { instance: &update.instance, changed, key }));
        }
        Ok(None)
    }

    /// Begins the next group; says whether there is one.
    fn begin(&mut self) -> Result<bool> {
        let row = match self.ahead.take() {
            Some(row) => Some(row),
            None => self.look()?,
        };
        if let Some(row) = &row {
            self.shape.clone_from(&row.changed);
            (self.rows, self.matched) = (0, 0);
        }
        self.ahead = row;
        Ok(self.ahead.is_some())
    }

    fn statement(&self, cx: FlushSession<'_>) -> Rc<Compiled> {
        let (mapper, shape) = (self.mapper, &self.shape);
        let columns: SmallVec<[u16; 8]> = shape.iter().map(|id| id.number()).collect();
        let of = mapper.id().index();
        let key = Shape::Own { kind: StatementKind::Update, of, columns: &columns };
        cx.connection().statement(key, |dialect| {
            let set = shape.iter().enumerate();
            let set = set.map(|(at, id)| (mapper.column(*id).name(), Tree::Param(at))).collect();
            let filter = vec![has_key(mapper, shape.len())];
            render_row(&UpdateStmt { table: mapper.table_ref(), set, filter }, dialect)
        })
    }

    /// Counts the group's rows together, as SQLAlchemy does: the error says how many are gone.
    fn check(&self) -> Result<()> {
        if self.matched == self.rows as u64 {
            return Ok(());
        }
        Err(stale(self.mapper, "an update", self.rows, self.matched))
    }
}

impl RowSource for Updates<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let row = match self.ahead.take() {
            Some(row) => row,
            None => match self.look()? {
                Some(row) => row,
                None => return Ok(false),
            },
        };
        if row.changed != self.shape {
            self.ahead = Some(row);
            return Ok(false);
        }
        let mapper = self.mapper;
        row.instance.read(|columns| {
            for (at, id) in row.changed.iter().enumerate() {
                let place = mapper.slot(*id);
                bind_column(bind, at, columns.at(place), (mapper, place))?;
            }
            Ok::<(), Error>(())
        })??;
        bind_key(bind, row.changed.len(), mapper, &row.key)?;
        self.rows += 1;
        Ok(true)
    }

    fn done(&mut self, _: usize, done: Done) -> Result<()> {
        self.matched += done.rows;
        Ok(())
    }
}
