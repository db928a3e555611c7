//! INSERT: new rows, one prepared statement for as many rows as have the same shape.

use crate::declare::ColumnId;
use crate::mapper::MappedColumn;
use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column};
use crate::engine::cache::{TextKey, TextKind, text};
use crate::engine::{Connection, Statement};
use crate::error::{Code, Error, Result};
use crate::flush::FlushSession;
use crate::mapper::Mapper;
use crate::sql::text as sql_text;
use crate::state::change::defaults::is_unset;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::value::ValueRef;

/// The columns that a row leaves to the database.
type Omitted = SmallVec<[ColumnId; 8]>;

/// A statement, with the columns that it leaves to the database and those that it is given.
struct Shape<'c> {
    omitted: Omitted,
    given: Vec<ColumnId>,
    statement: Box<dyn Statement + 'c>,
}

pub(super) fn run<'w>(
    cx: FlushSession<'_>,
    mapper: &'static Mapper,
    instances: impl Iterator<Item = &'w Handle>,
) -> Result<()> {
    let mut prepared: Option<Shape<'_>> = None;
    let mut written = Vec::new();
    let done = each(cx, mapper, instances, &mut prepared, &mut written);
    if let (Err(_), Some(shape)) = (&done, prepared) {
        // SQLAlchemy writes rows of one shape together: where one of them fails, none has got its key.
        for instance in written {
            // One that a closure is reading keeps it; the error of the statement is what counts.
            instance.header().unmark(Mark::GENERATED);
            let _ = instance.write(|columns| {
                for id in &shape.omitted {
                    if let Some(slot) = columns.at_mut(mapper.slot(*id)) {
                        slot.reset(SlotState::Unset);
                    }
                }
            });
        }
    }
    done
}

/// Inserts the rows. `written` are those that the statement which was prepared last has inserted.
fn each<'w, 'c>(
    cx: FlushSession<'c>,
    mapper: &'static Mapper,
    instances: impl Iterator<Item = &'w Handle>,
    prepared: &mut Option<Shape<'c>>,
    written: &mut Vec<&'w Handle>,
) -> Result<()> {
    let has_defaults = mapper.columns().iter().any(MappedColumn::has_server_default);
    for instance in instances {
        let omitted = omitted(mapper, instance, has_defaults)?;
        let shape = match prepared {
            Some(shape) if shape.omitted == omitted => shape,
            _ => {
                written.clear();
                let statement = cx.connection().prepare(&insert_text(cx, mapper, &omitted))?;
                let given = mapper.columns().iter().map(MappedColumn::id);
                let given = given.filter(|id| !omitted.contains(id)).collect();
                prepared.insert(Shape { omitted, given, statement })
            }
        };
        insert(mapper, instance, shape)?;
        written.push(instance);
    }
    Ok(())
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

fn insert_text(cx: FlushSession<'_>, mapper: &'static Mapper, omitted: &Omitted) -> Rc<str> {
    let key = TextKey {
        columns: omitted.iter().map(|id| id.number()).collect(),
        ..TextKey::new(TextKind::Insert, mapper.id().index())
    };
    text(cx.dialect(), key, || {
        let columns: Vec<&str> = mapper
            .columns()
            .iter()
            .filter(|column| !omitted.contains(&column.id()))
            .map(MappedColumn::name)
            .collect();
        sql_text::insert(mapper.table().name, &columns, cx.dialect())
    })
}

fn insert(mapper: &'static Mapper, instance: &Rc<Instance>, shape: &mut Shape<'_>) -> Result<()> {
    let Shape { omitted, given, statement } = shape;
    instance.read(|columns| {
        let mut given = given.iter().enumerate();
        given.try_for_each(|(at, id)| {
            let place = mapper.slot(*id);
            bind_column(&mut **statement, at, columns.at(place), (mapper, place))
        })
    })??;
    let done = statement.execute().map_err(|error| about(mapper, error))?;
    if omitted.is_empty() {
        return Ok(());
    }
    instance.write(|columns| {
        for id in omitted.iter() {
            let Some(slot) = columns.at_mut(mapper.slot(*id)) else { continue };
            if mapper.db_generated_key() == Some(*id) {
                slot.load(ValueRef::Int(done.last_id)).map_err(|error| {
                    Error::new(Code::Value, format!("the generated key doesn't fit its column: {error}"))
                        .about(mapper.class(), Some(mapper.column(*id).attribute()))
                        .help("make the column an `i64`")
                })?;
                instance.header().mark(Mark::GENERATED);
            } else {
                slot.reset(SlotState::Expired);
            }
        }
        Ok(())
    })?
}
