//! INSERT: new rows, one prepared statement for as many rows as have the same shape.

use std::rc::Rc;

use smallvec::SmallVec;

use super::{about, bind_column};
use crate::engine::cache::{TextKey, TextKind, text};
use crate::engine::{Connection, Statement};
use crate::error::{Code, Error, Result};
use crate::flush::FlushCx;
use crate::mapper::Mapper;
use crate::sql::text as sql_text;
use crate::state::attr::column::not_stored;
use crate::state::{Handle, Node, SlotState};
use crate::value::ValueRef;

/// The columns that a row leaves to the database.
type Omitted = SmallVec<[u16; 8]>;

/// A statement, with the columns that it leaves to the database and those that it is given.
struct Shape<'c> {
    omitted: Omitted,
    given: Vec<usize>,
    statement: Box<dyn Statement + 'c>,
}

pub(super) fn run<'w>(
    cx: &dyn FlushCx,
    mapper: &'static Mapper,
    nodes: impl Iterator<Item = &'w Handle>,
) -> Result<()> {
    let mut prepared: Option<Shape<'_>> = None;
    let mut written = Vec::new();
    let done = each(cx, mapper, nodes, &mut prepared, &mut written);
    if let (Err(_), Some(shape)) = (&done, prepared) {
        // SQLAlchemy writes rows of one shape together: where one of them fails, none has got its key.
        for node in written {
            // One that a closure is reading keeps it; the error of the statement is what counts.
            let _ = node.write(|columns| {
                for index in &shape.omitted {
                    if let Some(slot) = columns.slot_mut(usize::from(*index)) {
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
    cx: &'c dyn FlushCx,
    mapper: &'static Mapper,
    nodes: impl Iterator<Item = &'w Handle>,
    prepared: &mut Option<Shape<'c>>,
    written: &mut Vec<&'w Handle>,
) -> Result<()> {
    let has_defaults =
        mapper.columns().iter().any(|column| column.default.is_some() || column.server_default.is_some());
    for node in nodes {
        if has_defaults {
            set_defaults(mapper, node)?;
        }
        let omitted = omitted(mapper, node, has_defaults)?;
        let shape = match prepared {
            Some(shape) if shape.omitted == omitted => shape,
            _ => {
                written.clear();
                let statement = cx.connection().prepare(&insert_text(cx, mapper, &omitted))?;
                let given = 0..mapper.columns().len();
                let given = given.filter(|index| !omitted.contains(&narrow(*index))).collect();
                prepared.insert(Shape { omitted, given, statement })
            }
        };
        insert(mapper, node, shape)?;
        written.push(node);
    }
    Ok(())
}

/// Values that the declaration gives to columns that were never set.
fn set_defaults(mapper: &'static Mapper, node: &Rc<Node>) -> Result<()> {
    for (index, column) in mapper.columns().iter().enumerate() {
        let Some(default) = column.default else { continue };
        if is_unset(node, index)? {
            // A user's code: nothing is borrowed.
            let value = default().map_err(|error| not_stored(node, index, &error))?;
            node.write(|columns| columns.slot_mut(index).map(|slot| slot.load(value.as_ref())))?
                .transpose()
                .map_err(|error| not_stored(node, index, &error))?;
        }
    }
    Ok(())
}

fn is_unset(node: &Rc<Node>, index: usize) -> Result<bool> {
    node.read(|columns| {
        columns.slot(index).is_none_or(|slot| !matches!(slot.state(), SlotState::Set | SlotState::Null))
    })
}

fn omitted(mapper: &'static Mapper, node: &Rc<Node>, has_defaults: bool) -> Result<Omitted> {
    let mut omitted = Omitted::new();
    if let Some(index) = mapper.generated_key()
        && node.read(|columns| {
            let mut null = true;
            if let Some(slot) = columns.slot(index) {
                slot.with(&mut |value| {
                    null = value.is_null();
                    Ok(())
                });
            }
            null
        })?
    {
        omitted.push(narrow(index));
    }
    if has_defaults {
        for (index, column) in mapper.columns().iter().enumerate() {
            if column.server_default.is_some() && is_unset(node, index)? {
                omitted.push(narrow(index));
            }
        }
    }
    Ok(omitted)
}

fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn insert_text(cx: &dyn FlushCx, mapper: &'static Mapper, omitted: &Omitted) -> Rc<str> {
    let key = TextKey { columns: omitted.clone(), ..TextKey::new(TextKind::Insert, mapper.uid()) };
    text(cx.dialect(), key, || {
        let columns: Vec<&str> = mapper
            .columns()
            .iter()
            .enumerate()
            .filter(|(index, _)| !omitted.contains(&narrow(*index)))
            .map(|(_, column)| column.name)
            .collect();
        sql_text::insert(mapper.table().name, &columns, cx.dialect())
    })
}

fn insert(mapper: &'static Mapper, node: &Rc<Node>, shape: &mut Shape<'_>) -> Result<()> {
    let Shape { omitted, given, statement } = shape;
    node.read(|columns| {
        let mut given = given.iter().enumerate();
        given.try_for_each(|(at, index)| {
            bind_column(&mut **statement, at, columns.slot(*index), (mapper, *index))
        })
    })??;
    let done = statement.execute().map_err(|error| about(mapper, error))?;
    if omitted.is_empty() {
        return Ok(());
    }
    node.write(|columns| {
        for index in omitted.iter() {
            let index = usize::from(*index);
            let Some(slot) = columns.slot_mut(index) else { continue };
            if mapper.generated_key() == Some(index) {
                slot.load(ValueRef::Int(done.last_id)).map_err(|error| {
                    Error::new(Code::Value, format!("the generated key doesn't fit its column: {error}"))
                        .of(mapper.class(), Some(mapper.columns()[index].attribute))
                        .help("make the column an `i64`")
                })?;
            } else {
                slot.reset(SlotState::Expired);
            }
        }
        Ok(())
    })?
}
