//! A row to an object: the one in the identity map, or a new one.

use std::rc::Rc;

use super::LoadPort;
use crate::engine::Row;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::sql::{Expr, SelectStmt, TableRef};
use crate::state::change::expire;
use crate::state::key::Key;
use crate::state::memory::access::with_changes;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::Found;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::state::typed::tracked::create;
use crate::value::{Value, ValueError, ValueRef};

/// Where the columns of a class stand in a row.
#[derive(Clone, Copy)]
pub(crate) struct EntityPlan {
    pub(crate) mapper: &'static Mapper,
    pub(crate) offset: usize,
}

/// What of an object a row sets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Populate {
    /// What isn't loaded.
    Missing,
    /// The columns that are expired, and weren't changed since.
    Expired,
    /// Everything.
    All,
}

impl EntityPlan {
    pub(crate) fn new(mapper: &'static Mapper, offset: usize) -> Self {
        EntityPlan { mapper, offset }
    }

    /// Adds the columns to a statement.
    pub(crate) fn select(self, mut stmt: SelectStmt, table: TableRef) -> SelectStmt {
        for column in self.mapper.columns() {
            stmt = stmt.item(Expr::Column(table.column(column.name)));
        }
        stmt
    }

    /// The key in a row; `None` where it is `NULL`, as in an outer join.
    pub(crate) fn key(self, row: &dyn Row) -> Result<Option<Key>> {
        if let [only] = self.mapper.primary_key() {
            return Ok(match row.get(self.offset + only)? {
                ValueRef::Null => None,
                ValueRef::Int(id) => Some(Key::Int(id)),
                other => Some(Key::new(vec![other.to_value()])),
            });
        }
        let mut values: Vec<Value> = Vec::with_capacity(self.mapper.primary_key().len());
        for index in self.mapper.primary_key() {
            match row.get(self.offset + index)? {
                ValueRef::Null => return Ok(None),
                value => values.push(value.to_value()),
            }
        }
        Ok(Some(Key::new(values)))
    }

    /// The object of a row.
    pub(crate) fn object(self, cx: &dyn LoadPort, row: &dyn Row) -> Result<Option<Handle>> {
        let Some(key) = self.key(row)? else { return Ok(None) };
        let place = match cx.identity().find(self.mapper, &key) {
            Found::Object(known) => {
                self.populate(cx, &known, row, Populate::Missing)?;
                return Ok(Some(known));
            }
            Found::Nothing(place) => place,
        };
        let object = create(self.mapper)?;
        object.write(|columns| {
            for index in 0..self.mapper.columns().len() {
                if let Some(slot) = columns.slot_mut(index) {
                    slot.load(row.get(self.offset + index)?)
                        .map_err(|error| self.unreadable(index, &error))?;
                }
            }
            Ok::<(), Error>(())
        })??;
        // A column type of the user's own may have loaded the same row meanwhile.
        if let Some(known) = cx.identity().get_or_put(&object, &key, place) {
            self.populate(cx, &known, row, Populate::Missing)?;
            return Ok(Some(known));
        }
        let header = object.header();
        header.set_session(cx.id());
        header.set_key(Some(key));
        Ok(Some(object))
    }

    /// Sets columns of an object that is there already.
    pub(crate) fn populate(
        self,
        cx: &dyn LoadPort,
        object: &Rc<Instance>,
        row: &dyn Row,
        what: Populate,
    ) -> Result<()> {
        let wanted = self.wanted(object, what)?;
        self.fill(cx, object, row, what, &wanted)
    }

    /// Sets these columns of an object that is there already.
    pub(crate) fn fill(
        self,
        cx: &dyn LoadPort,
        object: &Rc<Instance>,
        row: &dyn Row,
        what: Populate,
        wanted: &[usize],
    ) -> Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        // Read before anything is borrowed for writing: a user's type may run code of its own.
        object.write(|columns| {
            for index in wanted {
                if let Some(slot) = columns.slot_mut(*index) {
                    slot.load(row.get(self.offset + index)?)
                        .map_err(|error| self.unreadable(*index, &error))?;
                }
            }
            Ok::<(), Error>(())
        })??;
        if what == Populate::All {
            expire::commit(object)?;
            cx.settled(object);
        } else {
            object.header().unmark(Mark::EXPIRED);
        }
        Ok(())
    }

    /// Which columns of an object that is there already a row sets.
    pub(crate) fn wanted(self, object: &Rc<Instance>, what: Populate) -> Result<Vec<usize>> {
        let count = self.mapper.columns().len();
        if what == Populate::All {
            return Ok((0..count).collect());
        }
        let missing: Vec<usize> = object.read(|columns| {
            (0..count)
                .filter(|index| {
                    let state = columns.slot(*index).map_or(SlotState::Set, |slot| slot.state());
                    state == SlotState::Expired || (what == Populate::Missing && state == SlotState::Unset)
                })
                .collect()
        })?;
        if missing.is_empty() {
            return Ok(missing);
        }
        with_changes(object, |changes| {
            missing
                .into_iter()
                .filter(|index| changes.is_none_or(|changes| changes.old(Attr::column(*index)).is_none()))
                .collect()
        })
    }

    fn unreadable(self, index: usize, error: &ValueError) -> Error {
        let column = &self.mapper.columns()[index];
        Error::new(
            Code::Value,
            format!("the column `{}.{}` can't be read: {error}", self.mapper.table().name, column.name),
        )
        .about(self.mapper.class(), Some(column.attribute))
        .caused_by(error.clone())
    }
}
