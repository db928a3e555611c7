//! UPDATE: only the columns that really changed. A row that isn't matched is stale.

use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column, bind_key, key_in_database, stale};
use crate::engine::cache::{TextKey, TextKind, text};
use crate::engine::{Connection, Statement};
use crate::error::{Error, Result};
use crate::flush::FlushPort;
use crate::mapper::Mapper;
use crate::sql::text as sql_text;
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Old;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;

type Changed = SmallVec<[u16; 8]>;

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

    pub(super) fn over(instance: Handle, key: Key) -> Self {
        Update { instance, over: Some(key) }
    }

    /// The columns whose values differ from those in the database.
    fn changed(&self, mapper: &'static Mapper) -> Result<Changed> {
        // Of an object that was written before and lost its row only what was set since is a change.
        if self.over.is_some() && !self.instance.header().has(Mark::WRITTEN) {
            return self.instance.read(|columns| {
                (0..mapper.columns().len())
                    .filter(|index| {
                        !mapper.columns()[*index].primary_key
                            && columns
                                .slot(*index)
                                .is_some_and(|slot| matches!(slot.state(), SlotState::Set | SlotState::Null))
                    })
                    .filter_map(|index| u16::try_from(index).ok())
                    .collect()
            });
        }
        let mut changed: Changed = with_changes(&self.instance, |changes| {
            self.instance.read(|columns| {
                let differs = |index: usize, old: &Old| match (columns.slot(index), old) {
                    (Some(slot), Old::Value(old)) => !slot.is(old),
                    (Some(slot), _) => matches!(slot.state(), SlotState::Set | SlotState::Null),
                    (None, _) => false,
                };
                changes
                    .into_iter()
                    .flat_map(|changes| changes.columns())
                    .filter(|(index, old)| differs(*index, old))
                    .filter(|(index, _)| self.over.is_none() || !mapper.columns()[*index].primary_key)
                    .filter_map(|(index, _)| u16::try_from(index).ok())
                    .collect::<Changed>()
            })
        })??;
        changed.sort_unstable();
        Ok(changed)
    }
}

pub(super) fn run(cx: &dyn FlushPort, mapper: &'static Mapper, updates: &[Update]) -> Result<()> {
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
        for (at, index) in changed.iter().enumerate() {
            bind_column(statement, at, columns.slot(usize::from(*index)), (mapper, usize::from(*index)))?;
        }
        Ok::<(), Error>(())
    })?
}

fn update_text(cx: &dyn FlushPort, mapper: &'static Mapper, changed: &Changed) -> Rc<str> {
    let key = TextKey { columns: changed.clone(), ..TextKey::new(TextKind::Update, mapper.uid()) };
    text(cx.dialect(), key, || {
        let columns: Vec<&str> =
            changed.iter().map(|index| mapper.columns()[usize::from(*index)].name).collect();
        let keys: Vec<&str> =
            mapper.primary_key().iter().map(|index| mapper.columns()[*index].name).collect();
        sql_text::update(mapper.table().name, &columns, &keys, cx.dialect())
    })
}
