//! Composites as items of a row: what is selected are the columns, what comes of them is the value.

use super::composite_type::CompositeType;
use super::descriptor::Composite;
use super::parts::Parts;
use super::value::CompositeValue;
use crate::declare::{AliasId, SlotId};
use crate::error::{Code, Error, Result};
use crate::query::{Cells, ColumnList, Item, QueryParts, Selectable};
use crate::sql::Name;
use crate::state::PlainValue;
use crate::value::ValueError;

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> Selectable for Composite<E, V> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        let trees = V::Parts::trees(self.columns());
        for (tree, place) in trees.into_iter().zip(self.places()) {
            parts.add_item(Item::Value { tree, name: Some(Name::new(place.name)) });
        }
    }
}

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> ColumnList<E> for Composite<E, V> {
    fn slots(self) -> (Vec<SlotId>, AliasId) {
        let places = self.places();
        let alias = places.first().map_or(AliasId::NONE, |place| place.alias);
        (places.iter().map(|place| place.slot).collect(), alias)
    }
}

/// Reads a composite of a row. For generated code.
///
/// # Errors
/// `value`.
pub fn read_composite<C: CompositeType>(cells: &mut Cells<'_>) -> Result<C> {
    let parts = C::Parts::read(cells)?;
    <C as CompositeType>::from_parts(parts).map_err(|error| wrong(cells, error))
}

/// The same where its columns may all be `NULL`.
///
/// # Errors
/// `value`.
pub fn read_optional_composite<C: CompositeType>(cells: &mut Cells<'_>) -> Result<Option<C>> {
    let parts = <Option<C> as CompositeValue>::Parts::read(cells)?;
    <Option<C> as CompositeValue>::from_parts(parts).map_err(|error| wrong(cells, error))
}

#[cold]
fn wrong(cells: &Cells<'_>, error: ValueError) -> Error {
    let message = format!("the columns up to {} make up no value: {error}", cells.last());
    Error::new(Code::Value, message).caused_by(error)
}

/// Counts the items of a composite, none of which is an object. For generated code.
pub fn plain_items<'p, C: CompositeType>(item: &mut usize) -> Option<&'p mut dyn PlainValue> {
    *item = item.wrapping_sub(C::Parts::COUNT);
    None
}
