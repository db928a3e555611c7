//! Columns that an update writes, or the database changes, though the object doesn't set them: what `onupdate` makes, and
//! what triggers and computed columns do.

use std::rc::Rc;

use smallvec::SmallVec;

use super::omitted::is_unset;
use crate::declare::{ColumnId, Made};
use crate::engine::Bind;
use crate::error::Result;
use crate::mapper::{MappedColumn, Mapper};
use crate::state::change::assign;
use crate::state::memory::access::not_stored;
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::value::Value;

/// The columns that an update sets.
type Columns = SmallVec<[ColumnId; 8]>;

/// What `onupdate` makes of a row that is about to be updated. Rows of which it makes nothing don't become larger by it.
#[derive(Default)]
pub(super) struct Extra(Option<Box<Beside>>);

#[derive(Default)]
struct Beside {
    values: SmallVec<[(ColumnId, Value); 1]>,
    expressions: Vec<(ColumnId, Late)>,
}

impl Extra {
    /// Makes what the update of an object's row sets beside the columns that changed, and adds those columns to these. A new
    /// object that takes over a row may leave columns unset that it writes.
    ///
    /// # Errors
    /// `value` where no database holds what was made.
    pub(super) fn make(
        mapper: &'static Mapper,
        instance: &Rc<Instance>,
        takes_over: bool,
        changed: &mut Columns,
    ) -> Result<Self> {
        let mut extra = Extra::default();
        for id in &mapper.writes().onupdate {
            let at = changed.binary_search(id);
            let place = mapper.slot(*id);
            if at.is_ok() && (!takes_over || instance.read(|columns| !is_unset(columns, place))?) {
                continue;
            }
            extra.add(mapper, instance, *id)?;
            if let Err(at) = at {
                changed.insert(at, *id);
            }
        }
        Ok(extra)
    }

    /// Makes what an update sets a column to.
    ///
    /// # Errors
    /// `value` where no database holds what was made.
    pub(super) fn add(
        &mut self,
        mapper: &'static Mapper,
        instance: &Rc<Instance>,
        id: ColumnId,
    ) -> Result<()> {
        let Some(make) = mapper.column(id).onupdate() else { return Ok(()) };
        // A user's code: nothing is borrowed.
        match make.make().map_err(|error| not_stored(instance, mapper.slot(id), &error))? {
            Made::Value(value) => self.beside().values.push((id, value)),
            Made::Expression(expression) => self.beside().expressions.push((id, Late::of(expression))),
        }
        Ok(())
    }

    fn beside(&mut self) -> &mut Beside {
        self.0.get_or_insert_default()
    }

    /// The value that was made of a column.
    #[inline]
    pub(super) fn value(&self, id: ColumnId) -> Option<&Value> {
        self.0.as_ref()?.values.iter().find(|(of, _)| *of == id).map(|(_, value)| value)
    }

    /// The expression that was made of a column.
    pub(super) fn expression(&self, id: ColumnId) -> Option<&Late> {
        self.0.as_ref()?.expressions.iter().find(|(of, _)| *of == id).map(|(_, late)| late)
    }

    /// Whether the row is written by a statement of its own.
    #[inline]
    pub(super) fn has_expressions(&self) -> bool {
        self.0.as_ref().is_some_and(|beside| !beside.expressions.is_empty())
    }

    /// The row is written with these columns: the object has the values that were made, and loads again what only the
    /// database knows when it is read.
    ///
    /// # Errors
    /// `busy` where a closure reads the object.
    pub(super) fn take_over(&self, instance: &Rc<Instance>, changed: &[ColumnId]) -> Result<()> {
        let mapper = instance.header().mapper();
        let (values, expressions) =
            self.0.as_ref().map_or((&[][..], &[][..]), |beside| (&beside.values, &beside.expressions));
        for (id, value) in values {
            assign::load_value(instance, mapper.slot(*id), value)?;
        }
        let version = mapper.version().filter(|version| version.by_server).map(|version| version.id);
        let made = mapper.writes().changed.iter();
        let made = made.filter(|id| Some(**id) == version || !changed.contains(id));
        expire(instance, expressions.iter().map(|(id, _)| *id).chain(made.copied()))
    }
}

/// Binds what was made of a column.
///
/// # Errors
/// Of the attribute whose value the database can't take.
pub(super) fn bind_made(
    bind: &mut Bind<'_>,
    value: &Value,
    column: &MappedColumn,
    mapper: &Mapper,
) -> Result<()> {
    bind(value.as_ref()).map_err(|error| error.about(mapper.class(), Some(column.attribute())))
}

/// The columns that an update sets, with those for which it makes values.
pub(super) fn with_extra(mapper: &Mapper, changed: &mut Columns) {
    for id in &mapper.writes().onupdate {
        if let Err(at) = changed.binary_search(id) {
            changed.insert(at, *id);
        }
    }
}

/// What the database made of columns is read when it is asked for.
pub(super) fn expire(instance: &Rc<Instance>, columns: impl Iterator<Item = ColumnId>) -> Result<()> {
    let mapper: &'static Mapper = instance.header().mapper();
    instance.write(|slots| {
        for column in columns.map(|id| mapper.column(id)) {
            if let Some(slot) = slots.at_mut(column.slot()) {
                slot.reset(SlotState::unloaded(column));
            }
        }
    })
}

/// A new object took over a row: of the columns that it doesn't set it has what the database made of them.
///
/// # Errors
/// `busy` where a closure reads the object.
pub(super) fn expire_unset(instance: &Rc<Instance>, changed: &[ColumnId]) -> Result<()> {
    let mapper: &'static Mapper = instance.header().mapper();
    let mut made: SmallVec<[ColumnId; 4]> = SmallVec::new();
    instance.read(|slots| {
        let is_made = |column: &&MappedColumn| {
            (column.has_server_default() || column.changes_on_update())
                && !column.is_primary_key()
                && (is_unset(slots, column.slot()) || !changed.contains(&column.id()))
        };
        made.extend(mapper.columns().iter().filter(is_made).map(MappedColumn::id));
    })?;
    expire(instance, made.into_iter())
}

/// Objects were written, each for the first time or again: what their expressions come to is read when it is asked for.
///
/// # Errors
/// `busy` where a closure reads an object.
pub(super) fn leave_expressions<'i>(
    mapper: &'static Mapper,
    objects: impl Iterator<Item = &'i Rc<Instance>>,
    are_new: bool,
) -> Result<()> {
    if mapper.expressions().is_empty() {
        return Ok(());
    }
    for instance in objects {
        let is_left = instance.write(|slots| {
            let mut is_left = false;
            for column in mapper.expressions().iter().map(|id| mapper.column(*id)) {
                let Some(slot) = slots.at_mut(column.slot()) else { continue };
                let is_kept = matches!(slot.state(), SlotState::Set | SlotState::Null);
                if !is_kept || column.expires_on_flush() {
                    slot.reset(SlotState::unloaded(column));
                }
                is_left |= slot.state() == SlotState::Expired;
            }
            is_left
        })?;
        if is_left && are_new {
            instance.header().mark(Mark::UNREAD);
        }
    }
    Ok(())
}

/// Computed columns that a plain value gave to the object are no change, and are read again.
///
/// # Errors
/// `busy` where a closure reads the object.
pub(super) fn leave_computed(
    mapper: &'static Mapper,
    instance: &Rc<Instance>,
    changed: &mut Columns,
) -> Result<()> {
    let computed = &mapper.writes().computed;
    if computed.is_empty() || !changed.iter().any(|id| computed.contains(id)) {
        return Ok(());
    }
    expire(instance, changed.iter().copied().filter(|id| computed.contains(id)))?;
    changed.retain(|id| !computed.contains(id));
    Ok(())
}
