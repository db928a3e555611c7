//! `Left`: what an object holds of what a query leaves out that overwrites it, as SQLAlchemy has it stay.

use std::rc::Rc;

use crate::declare::ColumnId;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::memory::access::{is_loaded, with_slot};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::SlotState;
use crate::state::read::related;
use crate::value::Value;

/// What an object holds of what a query leaves out that overwrites it.
pub(super) struct Left {
    columns: Vec<(ColumnId, Value)>,
    relations: Vec<(&'static Relation, Vec<Handle>)>,
}

impl Left {
    /// What an object holds of these columns and relationships.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn of<'c>(
        object: &Rc<Instance>,
        columns: impl Iterator<Item = &'c ColumnId>,
        relations: &[&'static Relation],
    ) -> Result<Self> {
        let mapper = object.header().mapper();
        let columns = object.read(|slots| {
            let value = |id: &ColumnId| {
                let slot = slots.at(mapper.slot(*id))?;
                let is_known = matches!(slot.state(), SlotState::Set | SlotState::Null);
                is_known.then(|| (*id, slot.value().unwrap_or(Value::Null)))
            };
            columns.filter_map(value).collect()
        })?;
        let mut loaded = Vec::new();
        for relation in relations {
            if is_loaded(object, relation.slot())? {
                let targets =
                    with_slot(object, relation.slot(), |slot| slot.targets().map(Handle::to).collect())?;
                loaded.push((*relation, targets));
            }
        }
        Ok(Left { columns, relations: loaded })
    }

    /// Gives it back to the object.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn give_back(self, object: &Rc<Instance>) -> Result<()> {
        let mapper = object.header().mapper();
        object.write(|slots| {
            for (id, value) in &self.columns {
                let slot = slots.at_mut(mapper.slot(*id));
                slot.map_or(Ok(()), |slot| slot.load(value.as_ref())).map_err(|error| {
                    Error::new(Code::Internal, format!("a value isn't what it was: {error}"))
                        .about(mapper.class(), Some(mapper.column(*id).attribute()))
                })?;
            }
            Ok::<(), Error>(())
        })??;
        for (relation, targets) in self.relations {
            if relation.is_many() {
                related::set_committed_many(object, relation, &targets)?;
            } else {
                related::set_committed_one(object, relation, targets.first())?;
            }
        }
        Ok(())
    }
}
