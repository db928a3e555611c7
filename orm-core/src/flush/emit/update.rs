//! UPDATE: only the columns that really changed. A row that isn't matched is stale.

use crate::declare::ColumnId;
use crate::declare::SlotId;
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column, bind_key, key_in_database, stale};
use crate::engine::cache::{TextKey, TextKind, text};
use crate::engine::{Connection, Statement};
use crate::error::{Error, Result};
use crate::flush::FlushSession;
use crate::mapper::Mapper;
use crate::sql::text as sql_text;
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
    let mut prepared: Option<Group<'_>> = None;
    for update in updates {
        let changed = update.changed(mapper)?;
        if changed.is_empty() {
            continue;
        }
        let key = match &update.over {
            Some(key) => key.clone(),
            None => key_in_database(&update.instance)?,
        };
        let group = match &mut prepared {
            Some(group) if group.shape == changed => group,
            _ => {
                if let Some(group) = prepared.take() {
                    group.check(mapper)?;
                }
                let statement = cx.connection().prepare(&update_text(cx, mapper, &changed))?;
                prepared.insert(Group { shape: changed.clone(), statement, rows: 0, matched: 0 })
            }
        };
        bind_changed(mapper, &update.instance, &changed, &mut *group.statement)?;
        bind_key(&mut *group.statement, changed.len(), mapper, &key)?;
        group.matched += group.statement.execute().map_err(|error| about(mapper, error))?.rows;
        group.rows += 1;
    }
    prepared.map_or(Ok(()), |group| group.check(mapper))
}

/// Rows that are updated alike, one after another.
struct Group<'c> {
    shape: Changed,
    statement: Box<dyn Statement + 'c>,
    rows: usize,
    matched: u64,
}

impl Group<'_> {
    /// Counted together, as SQLAlchemy does: the error says how many rows are gone.
    fn check(&self, mapper: &'static Mapper) -> Result<()> {
        if self.matched == self.rows as u64 {
            return Ok(());
        }
        Err(stale(mapper, "an update", self.rows, self.matched))
    }
}

fn bind_changed(
    mapper: &Mapper,
    instance: &Rc<Instance>,
    changed: &Changed,
    statement: &mut dyn Statement,
) -> Result<()> {
    instance.read(|columns| {
        for (at, id) in changed.iter().enumerate() {
            let place = mapper.slot(*id);
            bind_column(statement, at, columns.at(place), (mapper, place))?;
        }
        Ok::<(), Error>(())
    })?
}

fn update_text(cx: FlushSession<'_>, mapper: &'static Mapper, changed: &Changed) -> Rc<str> {
    let key = TextKey {
        columns: changed.iter().map(|id| id.number()).collect(),
        ..TextKey::new(TextKind::Update, mapper.id().index())
    };
    text(cx.dialect(), key, || {
        let columns: Vec<&str> = changed.iter().map(|id| mapper.column(*id).name()).collect();
        let keys: Vec<&str> = mapper.primary_key().iter().map(|id| mapper.column(*id).name()).collect();
        sql_text::update(mapper.table().name, &columns, &keys, cx.dialect())
    })
}
