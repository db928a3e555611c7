//! INSERT: new rows, by one statement as many as have the same shape.

use crate::declare::{ColumnId, SlotId};
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column};
use crate::engine::{Bind, Compiled, Connection, Done, RowSource, Shape, StatementKind};
use crate::error::{Code, Error, Result};
use crate::flush::FlushSession;
use crate::mapper::Mapper;
use crate::sql::{InsertStmt, Tree, render_row};
use crate::state::change::defaults::is_unset;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::value::ValueRef;

/// The columns that a row leaves to the database.
type Omitted = SmallVec<[ColumnId; 8]>;

pub(super) fn run<'w>(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    instances: impl Iterator<Item = &'w Handle>,
) -> Result<()> {
    let mut rows = Inserts::new(mapper, instances);
    while rows.begin()? {
        let statement = rows.statement(cx);
        if let Err(error) = cx.connection().execute_many(&statement, &mut rows) {
            rows.forget_keys();
            return Err(about(mapper, error));
        }
    }
    Ok(())
}

/// New rows, in groups: a group are rows that leave the same columns to the database, one after another.
struct Inserts<'w, I> {
    mapper: &'static Mapper,
    has_defaults: bool,
    instances: I,
    /// The columns that the group leaves to the database.
    omitted: Omitted,
    /// The places of the columns that it gives.
    given: Vec<SlotId>,
    /// A row that was looked at and isn't written yet: the first of a group.
    ahead: Option<(&'w Handle, Omitted)>,
    /// The rows of the group so far, by their numbers.
    rows: Vec<&'w Handle>,
    /// How many of them are written.
    written: usize,
}

impl<'w, I: Iterator<Item = &'w Handle>> Inserts<'w, I> {
    fn new(mapper: &'static Mapper, instances: I) -> Self {
        Inserts {
            mapper,
            has_defaults: mapper.columns().iter().any(MappedColumn::has_server_default),
            instances,
            omitted: Omitted::new(),
            given: Vec::new(),
            ahead: None,
            rows: Vec::new(),
            written: 0,
        }
    }

    /// The next row, and the columns that it leaves to the database.
    fn look(&mut self) -> Result<Option<(&'w Handle, Omitted)>> {
        let Some(instance) = self.instances.next() else { return Ok(None) };
        let omitted = omitted(self.mapper, instance, self.has_defaults)?;
        Ok(Some((instance, omitted)))
    }

    /// Begins the next group; says whether there is one.
    fn begin(&mut self) -> Result<bool> {
        let row = match self.ahead.take() {
            Some(row) => Some(row),
            None => self.look()?,
        };
        if let Some((_, omitted)) = &row {
            self.omitted.clone_from(omitted);
            let given = self.mapper.columns().iter().filter(|column| !omitted.contains(&column.id()));
            self.given.clear();
            self.given.extend(given.map(MappedColumn::slot));
            self.rows.clear();
            self.written = 0;
        }
        self.ahead = row;
        Ok(self.ahead.is_some())
    }

    fn statement(&self, cx: FlushSession<'_>) -> Rc<Compiled> {
        let (mapper, omitted) = (self.mapper, &self.omitted);
        let columns: SmallVec<[u16; 8]> = omitted.iter().map(|id| id.number()).collect();
        let of = mapper.id().index();
        let shape = Shape::Own { kind: StatementKind::Insert, of, columns: &columns };
        cx.connection().statement(shape, |dialect| {
            let given = mapper.columns().iter().filter(|column| !omitted.contains(&column.id()));
            let set = given.enumerate().map(|(at, column)| (column.name(), Tree::Param(at))).collect();
            render_row(&InsertStmt { table: mapper.table_ref(), set }, dialect)
        })
    }

    /// SQLAlchemy writes rows of one shape together: where one of them fails, none has got its key.
    fn forget_keys(&self) {
        for instance in self.rows.iter().take(self.written) {
            // One that a closure is reading keeps it; the error of the statement is what counts.
            instance.header().unmark(Mark::GENERATED);
            let _ = instance.write(|columns| {
                for id in &self.omitted {
                    if let Some(slot) = columns.at_mut(self.mapper.slot(*id)) {
                        slot.reset(SlotState::Unset);
                    }
                }
            });
        }
    }
}

impl<'w, I: Iterator<Item = &'w Handle>> RowSource for Inserts<'w, I> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let row = match self.ahead.take() {
            Some(row) => Some(row),
            None => self.look()?,
        };
        let Some((instance, omitted)) = row else { return Ok(false) };
        if omitted != self.omitted {
            self.ahead = Some((instance, omitted));
            return Ok(false);
        }
        instance.read(|columns| {
            let mut given = self.given.iter().enumerate();
            given.try_for_each(|(at, place)| bind_column(bind, at, columns.at(*place), (self.mapper, *place)))
        })??;
        self.rows.push(instance);
        Ok(true)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        if let Some(instance) = self.rows.get(row)
            && !self.omitted.is_empty()
        {
            take_over(self.mapper, instance, &self.omitted, done)?;
        }
        self.written = row + 1;
        Ok(())
    }
}

/// Takes over what the database filled in: the key that it generated; what else it did is loaded when it is read.
fn take_over(mapper: &'static Mapper, instance: &Rc<Instance>, omitted: &Omitted, done: Done) -> Result<()> {
    instance.write(|columns| {
        for id in omitted {
            let Some(slot) = columns.at_mut(mapper.slot(*id)) else { continue };
            if mapper.db_generated_key() != Some(*id) {
                slot.reset(SlotState::Expired);
                continue;
            }
            let key = done.last_id.ok_or_else(|| without_key(mapper))?;
            slot.load(ValueRef::Int(key)).map_err(|error| {
                Error::new(Code::Value, format!("the generated key doesn't fit its column: {error}"))
                    .about(mapper.class(), Some(mapper.column(*id).attribute()))
                    .help("make the column an `i64`")
            })?;
            instance.header().mark(Mark::GENERATED);
        }
        Ok(())
    })?
}

#[cold]
fn without_key(mapper: &Mapper) -> Error {
    Error::new(Code::Flush, format!("an insert into `{}` made no row", mapper.table().name))
        .about(mapper.class(), None)
        .help("the table may be a view, or a trigger of it ignore the row: the key of the row isn't known")
}

fn omitted(mapper: &'static Mapper, instance: &Rc<Instance>, has_defaults: bool) -> Result<Omitted> {
    let mut omitted = Omitted::new();
    if let Some(id) = mapper.db_generated_key()
        && instance.read(|columns| {
            let mut null = true;
            if let Some(slot) = columns.at(mapper.slot(id)) {
                slot.with(&mut |value| {
                    null = value.is_null();
                    Ok(())
                });
            }
            null
        })?
    {
        omitted.push(id);
    }
    if has_defaults {
        for column in mapper.columns() {
            if column.has_server_default() && is_unset(instance, column.slot())? {
                omitted.push(column.id());
            }
        }
    }
    Ok(omitted)
}
