//! `RowKey`: tells a row from others.

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::value::ValueRef;

/// What tells a row from others: its values and its objects, as bytes. Values of different kinds are different; texts and
/// blobs go with their lengths, so that no two rows have the same bytes.
#[derive(Debug, Default)]
pub(crate) struct RowKey(Vec<u8>);

impl RowKey {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn put(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        self.0.extend_from_slice(bytes);
    }

    fn put_long(&mut self, kind: u8, bytes: &[u8]) {
        self.put(kind, &bytes.len().to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// An object by its class and its key, which stay the same when it is let go of and loaded again.
    pub(super) fn object(&mut self, object: Option<&Handle>) {
        match object.map(|object| object.header()) {
            Some(header) => header.with_key(|key| self.entity(header.mapper(), key)),
            None => self.put(0, &[]),
        }
    }

    /// A row of a class by its key.
    pub(super) fn entity(&mut self, mapper: &'static Mapper, key: Option<&Key>) {
        self.put(7, &mapper.id().index().to_le_bytes());
        match key {
            Some(Key::Int(key)) => self.value(ValueRef::Int(*key)),
            Some(Key::Values(values)) => values.iter().for_each(|value| self.value(value.as_ref())),
            None => self.put(0, &[]),
        }
    }

    pub(super) fn value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.put(1, &[]),
            ValueRef::Bool(value) => self.put(2, &[u8::from(value)]),
            ValueRef::Int(value) => self.put(3, &value.to_le_bytes()),
            ValueRef::Real(value) => self.put(4, &value.to_bits().to_le_bytes()),
            ValueRef::Text(value) => self.put_long(5, value.as_bytes()),
            ValueRef::Blob(value) => self.put_long(6, value),
        }
    }
}
