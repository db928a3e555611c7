//! By which keys a relationship is asked for the objects that wait for it.

use super::related::Bulk;
use super::selectin::Ask;
use crate::declare::ColumnId;
use crate::error::Result;
use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::read::answer::Read;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::value::Value;

impl Bulk<'_> {
    /// Whether the keys of all say that they lead nowhere: nothing is asked then, and so no flush comes before.
    pub(super) fn lead_nowhere(&self, ask: &Ask, objects: &[Handle]) -> Result<bool> {
        if !self.options.autoflush() {
            return Ok(false);
        }
        for object in objects {
            if !self.key(ask, object)?.is_some_and(|key| key.has_null()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The key by which it is asked for an object, as far as that is in memory.
    pub(super) fn key(&self, ask: &Ask, object: &Handle) -> Result<Option<Key>> {
        if ask.by_parents {
            return Ok(object.header().key());
        }
        let mapper = self.relation.mapper();
        let mut values: Vec<Value> = Vec::with_capacity(ask.pairs.len());
        for (id, _) in &ask.pairs {
            match self.value(object, mapper, *id)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(match self.relation.get_columns() {
            Some(_) => Key::named(self.relation.target(), values),
            None => Key::new(values),
        }))
    }

    fn value(&self, object: &Handle, mapper: &'static Mapper, id: ColumnId) -> Result<Option<Value>> {
        let place = mapper.slot(id);
        let options = ReadOptions::MEMORY;
        let value = if self.options.is_committed() {
            column::committed_value(object, place, options)?
        } else {
            column::value(object, place, options)?
        };
        if let Read::Known(value) = value {
            return Ok(Some(value));
        }
        // Expired, but the object's key says it.
        let part = mapper.primary_key().iter().position(|key| *key == id);
        let key = part.and_then(|part| Some(object.header().key()?.get(part).to_value()));
        Ok(key.filter(|_| matches!(value, Read::Unknown)))
    }
}
