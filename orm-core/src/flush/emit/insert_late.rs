//! INSERT of a row by itself, where columns of its object are set to expressions, or have such as defaults.

use smallvec::SmallVec;

use super::insert::Inserts;
use super::late;
use super::omitted::given_columns;
use super::row::without_row;
use crate::declare::{ColumnId, SlotId};
use crate::engine::{Connection, Done, Fetch, Flow};
use crate::error::{Code, Error, Result};
use crate::flush::port::FlushSession;
use crate::mapper::MappedColumn;
use crate::state::memory::access::with_changes;
use crate::state::memory::mark::Mark;
use crate::value::{Value, ValueRef};

impl Inserts<'_> {
    /// Writes the next row by itself, where columns of its object are set to expressions, and says how it went.
    pub(super) fn write_late(&mut self, cx: FlushSession<'_>) -> Result<Option<Result<()>>> {
        let Some(instance) = self.row(self.next) else { return Ok(None) };
        if !late::has_any(instance, self.makes_defaults)? {
            return Ok(None);
        }
        let defaults = late::defaults(instance)?;
        let mut late = SmallVec::<[SlotId; 4]>::new();
        with_changes(instance, |changes| {
            late.extend(changes.into_iter().flat_map(|changes| changes.all_late()).map(|(place, _)| *place));
        })?;
        let mapper = self.mapper;
        let is_late = |id: &ColumnId| late.contains(&mapper.slot(*id));
        self.omitted.defaults.retain(|id| !is_late(id));
        self.returned.retain(|id| !is_late(id));
        if self.returned.iter().all(|id| mapper.db_generated_key() == Some(*id)) {
            self.returned.clear();
        }
        self.return_defaults(cx, &defaults)?;
        let version = self.make_version(instance)?.map(|(_, made)| made);
        let given = given_columns(mapper, &self.omitted).map(MappedColumn::id);
        let returned = self.returned.iter().copied();
        let (statement, values) = late::insert(cx, instance, given, returned, version.as_ref())?;
        self.sent();
        if !self.returned.is_empty() {
            let mut written = false;
            let given = |at: usize| values.get(at).map(Value::as_ref);
            let ran = cx.connection().run(&statement, &given, Fetch::All, &mut |row| {
                written = true;
                self.take_back(instance, row).map(|()| Flow::Continue(()))
            });
            let ran =
                ran.and_then(|()| if written { Ok(()) } else { Err(without_row(mapper, Done::default())) });
            instance.header().mark(Mark::UNREAD);
            return Ok(Some(ran));
        }
        let values: Vec<ValueRef<'_>> = values.iter().map(Value::as_ref).collect();
        let done = cx.connection().execute(&statement, &values);
        let taken = done.and_then(|done| self.take_over(instance, done));
        let taken = taken.and_then(|()| late::leave_defaults(instance, &[]));
        instance.header().mark(Mark::UNREAD);
        Ok(Some(taken))
    }

    /// Adds defaults that are expressions to what the next row gives back: those of a key, since nothing else tells them,
    /// and with them the rest; where the class or the session wants that, the rest also without such a key.
    fn return_defaults(&mut self, cx: FlushSession<'_>, defaults: &[ColumnId]) -> Result<()> {
        let mapper = self.mapper;
        // What makes it is the declaration then.
        self.omitted.key &= !mapper.db_generated_key().is_some_and(|key| defaults.contains(&key));
        let is_wanted = |id: &ColumnId| mapper.writes().wants(mapper.column(*id));
        if !cx.reads_defaults_back() && !defaults.iter().any(is_wanted) || defaults.is_empty() {
            return Ok(());
        }
        if !cx.connection().engine().dialect().supports_returning() {
            let key = defaults.iter().map(|id| mapper.column(*id)).find(|column| column.is_primary_key());
            return key.map_or(Ok(()), |column| {
                Err(Error::new(
                    Code::Flush,
                    "the default of a key is an expression, which the database doesn't give back",
                )
                .about(mapper.class(), Some(column.attribute()))
                .help("ask for the value by a query first, and set that"))
            });
        }
        if self.returned.is_empty() {
            let told = self.omitted.defaults.iter().copied();
            let told = told.filter(|id| mapper.column(*id).is_told_by_insert());
            let key = mapper.db_generated_key().filter(|_| self.omitted.key);
            self.returned = key.into_iter().chain(told).collect();
        }
        self.returned.retain(|id| !defaults.contains(id));
        self.returned.extend(defaults.iter().copied());
        Ok(())
    }
}
