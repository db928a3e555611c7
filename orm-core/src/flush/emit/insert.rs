//! INSERT: new rows, by one statement as many as have the same shape.

use crate::declare::{ColumnId, SlotId};
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::SmallVec;

use super::late;
use super::omitted::{Omitted, given_columns, is_null, is_unset};
use super::row::{bind_column, unfit_key, without_row};
use super::version::NewVersions;
use crate::engine::{Bind, Compiled, Connection, Done, Fetch, Flow, Row, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::plan::ItemId;
use crate::flush::port::FlushSession;
use crate::flush::work::Work;
use crate::mapper::Mapper;
use crate::sql::{InsertStmt, Tree, render_row};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::{AnySlot, Columns, SlotState};
use crate::value::{Value, ValueRef};

/// Stands among the numbers of the columns of a shape that gives values back.
const RETURNING: u16 = u16::MAX;

pub(super) fn run(
    work: &Work,
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    items: &[ItemId],
) -> Result<()> {
    let mut rows = Inserts::new(work, mapper, items, cx.rules().checks_rows);
    while rows.begin()? {
        rows.returned = rows.returned(cx);
        if let Some(written) = rows.write_late(cx)? {
            written.map_err(|error| mapper.about(error))?;
            rows.take_over_versions()?;
            continue;
        }
        let statement = rows.statement(cx)?;
        let written = match rows.returned.is_empty() {
            true => cx.connection().execute_many(&statement, &mut rows),
            false => rows.run_returning(cx, &statement),
        };
        if let Err(error) = written {
            rows.forget_keys();
            return Err(mapper.about(error));
        }
        rows.take_over_versions()?;
    }
    Ok(())
}

/// New rows, in groups: a group are rows that leave the same columns to the database, one after another.
pub(super) struct Inserts<'w> {
    work: &'w Work,
    pub(super) mapper: &'static Mapper,
    /// The place of the key that the database can generate.
    key: Option<SlotId>,
    has_defaults: bool,
    /// Whether the declaration says defaults, which may be expressions.
    pub(super) makes_defaults: bool,
    /// Whether it is an error that the database makes no row of one whose key is given.
    is_checked: bool,
    items: &'w [ItemId],
    /// The number of the row that comes next.
    pub(super) next: usize,
    /// The number of the group's first row.
    first: usize,
    /// How many rows of the group are written.
    written: usize,
    /// The columns that the group leaves to the database.
    pub(super) omitted: Omitted,
    /// The places of the columns that it gives.
    given: Vec<SlotId>,
    /// The columns that the statement gives back. It is run for each row then, which costs several times as much.
    pub(super) returned: SmallVec<[ColumnId; 4]>,
    /// The versions of the rows, where the flush makes them.
    versions: Option<NewVersions>,
}

impl<'w> Inserts<'w> {
    fn new(work: &'w Work, mapper: &'static Mapper, items: &'w [ItemId], is_checked: bool) -> Self {
        Inserts {
            work,
            mapper,
            key: mapper.db_generated_key().map(|id| mapper.slot(id)),
            has_defaults: mapper.columns().iter().any(MappedColumn::has_server_default),
            makes_defaults: mapper.columns().iter().any(|column| column.default().is_some()),
            is_checked,
            items,
            next: 0,
            first: 0,
            written: 0,
            omitted: Omitted::default(),
            given: Vec::new(),
            returned: SmallVec::new(),
            versions: NewVersions::of(mapper),
        }
    }

    /// The object of a row.
    pub(super) fn row(&self, number: usize) -> Option<&'w Handle> {
        self.items.get(number).map(|item| &self.work.item(*item).instance)
    }

    /// The columns that a row leaves to the database.
    fn omitted(&self, columns: &dyn Columns) -> Omitted {
        let mut omitted = Omitted { key: self.omits_key(columns), ..Omitted::default() };
        if self.has_defaults {
            let is_made = |id| self.versions.as_ref().is_some_and(|versions| versions.of.id == id);
            let is_omitted = |column: &&MappedColumn| {
                column.has_server_default()
                    && (column.is_never_given() || is_unset(columns, column.slot()))
                    && !is_made(column.id())
            };
            let columns = self.mapper.columns().iter();
            omitted.defaults.extend(columns.filter(is_omitted).map(MappedColumn::id));
        }
        omitted
    }

    /// Whether a row leaves the same columns to the database as those of the group.
    #[inline]
    fn is_of_group(&self, columns: &dyn Columns) -> bool {
        if self.has_defaults {
            self.omitted(columns) == self.omitted
        } else {
            self.omits_key(columns) == self.omitted.key
        }
    }

    #[inline]
    fn omits_key(&self, columns: &dyn Columns) -> bool {
        self.key.is_some_and(|key| is_null(columns, key))
    }

    /// The objects of the group, which is written, have the versions of their rows.
    fn take_over_versions(&mut self) -> Result<()> {
        let (work, items) = (self.work, self.items.get(self.first..).unwrap_or_default());
        let objects = items.iter().map(|item| &work.item(*item).instance);
        self.versions.as_mut().map_or(Ok(()), |versions| versions.take_over(objects))
    }

    /// Begins the next group; says whether there is one.
    fn begin(&mut self) -> Result<bool> {
        let Some(instance) = self.row(self.next) else { return Ok(false) };
        self.omitted = instance.read(|columns| self.omitted(columns))?;
        (self.first, self.written) = (self.next, 0);
        self.given.clear();
        let given = given_columns(self.mapper, &self.omitted).map(MappedColumn::slot);
        self.given.extend(given);
        Ok(true)
    }

    /// The version of the next row, which an object has, and its place.
    #[inline]
    pub(super) fn make_version(&mut self, instance: &Rc<Instance>) -> Result<Option<(SlotId, Value)>> {
        self.versions.as_mut().map(|versions| versions.make(instance)).transpose()
    }

    /// Binds the columns of the next row, of which the flush makes the version. Says whether it is of the group.
    #[inline(never)]
    fn bind_with_version(&mut self, bind: &mut Bind<'_>, instance: &Rc<Instance>) -> Result<bool> {
        let made = self.make_version(instance)?;
        instance.read(|columns| {
            if !self.is_of_group(columns) {
                return Ok(false);
            }
            for place in &self.given {
                match &made {
                    Some((version, made)) if version == place => bind(made.as_ref())?,
                    _ => bind_column(bind, columns.at(*place), (self.mapper, *place))?,
                }
            }
            Ok(true)
        })?
    }

    /// The next row is on its way.
    #[inline]
    pub(super) fn sent(&mut self) {
        self.next += 1;
        if let Some(versions) = &mut self.versions {
            versions.send();
        }
    }

    fn statement(&self, cx: FlushSession<'_>) -> Result<Rc<Compiled>> {
        let (mapper, omitted) = (self.mapper, &self.omitted);
        let key = mapper.db_generated_key().filter(|_| omitted.key);
        let columns = key.into_iter().chain(omitted.defaults.iter().copied());
        let mut columns: SmallVec<[u16; 8]> = columns.map(ColumnId::number).collect();
        if !self.returned.is_empty() {
            columns.push(RETURNING);
        }
        let of = mapper.id().index();
        let shape = Shape::Own { kind: StatementKind::Insert, of, columns: &columns };
        cx.connection().statement(shape, |dialect| {
            let given = given_columns(mapper, omitted).enumerate();
            let insert = InsertStmt::new(mapper.table_ref());
            let insert = given.fold(insert, |stmt, (at, column)| stmt.set(column.name(), Tree::Param(at)));
            let returned = self.returned.iter().map(|id| Tree::from(mapper.column_ref(*id)).into());
            Ok(render_row(&InsertStmt { returning: returned.collect(), ..insert }, dialect))
        })
    }

    /// What the statement gives back: a key that a default makes, since nothing else tells it, or what relationships carry,
    /// since others wait for it; with these the rest that the database makes, and that alone where the class or the session
    /// wants it.
    fn returned(&self, cx: FlushSession<'_>) -> SmallVec<[ColumnId; 4]> {
        let Omitted { key, defaults } = &self.omitted;
        let is_told = |id: &ColumnId| self.mapper.column(*id).is_told_by_insert();
        let mut told = defaults.iter().copied().filter(is_told).peekable();
        let is_wanted = |id: &ColumnId| is_told(id) && self.mapper.writes().wants(self.mapper.column(*id));
        if told.peek().is_none()
            || !(cx.reads_defaults_back() || defaults.iter().any(is_wanted))
            || !cx.connection().engine().dialect().supports_returning()
        {
            return SmallVec::new();
        }
        let key = self.mapper.db_generated_key().filter(|_| *key);
        key.into_iter().chain(told).collect()
    }

    /// Writes the rows of the group one by one, and takes over what the database gives back.
    fn run_returning(&mut self, cx: FlushSession<'_>, statement: &Compiled) -> Result<()> {
        while let Some(instance) = self.row(self.next) {
            if late::has_any(instance, self.makes_defaults)? {
                break;
            }
            let made = self.make_version(instance)?;
            let values: Option<Vec<Value>> = instance.read(|columns| {
                let value = |place: &SlotId| match &made {
                    Some((version, made)) if version == place => made.clone(),
                    _ => columns.at(*place).and_then(AnySlot::value).unwrap_or_default(),
                };
                self.is_of_group(columns).then(|| self.given.iter().map(value).collect())
            })?;
            let Some(values) = values else { break };
            self.sent();
            let mut written = false;
            let given = |at: usize| values.get(at).map(Value::as_ref);
            cx.connection().run(statement, &given, Fetch::All, &mut |row| {
                written = true;
                self.take_back(instance, row).map(|()| Flow::Continue(()))
            })?;
            if !written {
                return Err(without_row(self.mapper, Done::default()));
            }
            self.written = self.next - self.first;
        }
        Ok(())
    }

    /// Takes over what an insert gave back.
    pub(super) fn take_back(&self, instance: &Rc<Instance>, row: &dyn Row) -> Result<()> {
        for (at, id) in self.returned.iter().enumerate() {
            let (column, value) = (self.mapper.column(*id), row.get(at)?);
            let loaded = instance.write(|columns| match columns.at_mut(column.slot()) {
                Some(slot) => slot.load(value),
                None => Ok(()),
            })?;
            loaded.map_err(|error| {
                let message = format!("what the database made of `{}` can't be read: {error}", column.name());
                Error::new(Code::Value, message).about(self.mapper.class(), Some(column.attribute()))
            })?;
        }
        if self.omitted.key {
            instance.header().mark(Mark::GENERATED);
        }
        late::leave_defaults(instance, &self.returned)?;
        instance.write(|columns| self.leave_unread(instance, columns))
    }

    /// What the database made of the row, and didn't give back, is loaded when it is read.
    #[inline]
    fn leave_unread(&self, instance: &Rc<Instance>, columns: &mut dyn Columns) {
        if !self.omitted.defaults.is_empty() {
            self.leave_defaults_unread(instance, columns);
        }
    }

    #[inline(never)]
    fn leave_defaults_unread(&self, instance: &Rc<Instance>, columns: &mut dyn Columns) {
        let unread = self.omitted.defaults.iter().filter(|id| !self.returned.contains(id));
        for column in unread.map(|id| self.mapper.column(*id)) {
            if let Some(slot) = columns.at_mut(column.slot()) {
                let state = SlotState::unloaded(column);
                slot.reset(state);
                if state == SlotState::Expired {
                    instance.header().mark(Mark::UNREAD);
                }
            }
        }
    }

    /// SQLAlchemy writes rows of one shape together: where one of them fails, none has got its key.
    fn forget_keys(&self) {
        let key = self.key.filter(|_| self.omitted.key);
        let defaults = self.omitted.defaults.iter().map(|id| self.mapper.slot(*id));
        for instance in (self.first..self.first + self.written).filter_map(|number| self.row(number)) {
            instance.header().unmark(Mark::GENERATED);
            // One that a closure is reading keeps it; the error of the statement is what counts.
            let _ = instance.write(|columns| {
                for place in key.into_iter().chain(defaults.clone()) {
                    if let Some(slot) = columns.at_mut(place) {
                        slot.reset(SlotState::Unset);
                    }
                }
            });
        }
    }

    /// Takes over the key that the database generated. What else it filled in is loaded when it is read.
    #[inline]
    pub(super) fn take_over(&self, instance: &Rc<Instance>, done: Done) -> Result<()> {
        if done.rows != 1 && (self.is_checked || self.omitted.key) {
            return Err(without_row(self.mapper, done));
        }
        instance.write(|columns| {
            if self.omitted.key
                && let Some(slot) = self.key.and_then(|key| columns.at_mut(key))
            {
                let Some(key) = done.last_id else { return Err(without_row(self.mapper, done)) };
                slot.load(ValueRef::Int(key)).map_err(|error| unfit_key(self.mapper, &error))?;
                instance.header().mark(Mark::GENERATED);
            }
            self.leave_unread(instance, columns);
            Ok(())
        })?
    }
}

impl RowSource for Inserts<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(instance) = self.row(self.next) else { return Ok(false) };
        if late::has_any(instance, self.makes_defaults)? {
            return Ok(false);
        }
        let is_of_group = if self.versions.is_some() {
            self.bind_with_version(bind, instance)?
        } else {
            instance.read(|columns| {
                if !self.is_of_group(columns) {
                    return Ok(false);
                }
                for place in &self.given {
                    bind_column(bind, columns.at(*place), (self.mapper, *place))?;
                }
                Ok::<bool, Error>(true)
            })??
        };
        if is_of_group {
            self.sent();
        }
        Ok(is_of_group)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        if let Some(instance) = self.row(self.first + row) {
            self.take_over(instance, done)?;
        }
        self.written = row + 1;
        Ok(())
    }
}
