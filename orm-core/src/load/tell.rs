//! What tells one row of a query from another.

use super::instance::EntityPlan;
use super::lower::ItemPlan;
use crate::engine::Row;
use crate::error::Result;
use crate::value::ValueRef;

/// The columns that tell a row from others: of objects their keys, since a key tells the rest.
pub(super) fn told(items: &[ItemPlan], columns: usize) -> Vec<usize> {
    if items.iter().any(|item| matches!(item, ItemPlan::Value(..))) {
        return (0..columns).collect();
    }
    let entities = items.iter().filter_map(|item| match item {
        ItemPlan::Entity(entity) => Some(entity),
        ItemPlan::Value(..) => None,
    });
    let key = |entity: &EntityPlan| {
        let offset = entity.offset;
        entity.mapper.primary_key().iter().map(move |id| offset + id.index())
    };
    entities.flat_map(key).collect()
}

/// Writes what tells a row from others.
///
/// # Errors
/// Where it can't be read.
pub(super) fn tell(told: &[usize], row: &dyn Row, key: &mut Vec<u8>) -> Result<()> {
    key.clear();
    for at in told {
        write(row.get(*at)?, key);
    }
    Ok(())
}

/// Writes a value so that lists of values are the same only where all their values are.
fn write(value: ValueRef<'_>, key: &mut Vec<u8>) {
    let mut text = |kind: u8, bytes: &[u8]| {
        key.push(kind);
        key.extend(bytes.len().to_le_bytes());
        key.extend(bytes);
    };
    match value {
        ValueRef::Null => text(0, &[]),
        ValueRef::Bool(is_true) => text(1, &[u8::from(is_true)]),
        ValueRef::Int(number) => text(2, &number.to_le_bytes()),
        ValueRef::Real(number) => text(3, &number.to_le_bytes()),
        ValueRef::Text(value) => text(4, value.as_bytes()),
        ValueRef::Blob(value) => text(5, value),
    }
}
