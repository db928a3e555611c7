//! What of its items a collection is kept by: the column of their places, and their keys.

use std::any::Any;

use super::SlotId;
use crate::error::Result;
use crate::value::Value;

/// That a list keeps the places of its items in a column of theirs.
#[derive(Clone, Copy, Debug)]
pub struct OrderedBy {
    /// The column of the items.
    pub column: SlotId,
    /// What it holds at a place of the list.
    pub number: fn(usize) -> Value,
    /// Whether an item that is appended, or loaded, is numbered though it has a number.
    pub on_append: bool,
}

/// By what of its items a collection is keyed.
#[derive(Clone, Copy, Debug)]
pub struct KeyedBy {
    /// The key of an item, which is an object of the layer above.
    pub key: fn(&dyn Any) -> Result<ItemKey>,
    /// Whether an item without a key is left out; otherwise it is an error.
    pub skips: bool,
}

/// The key of an item.
#[derive(Clone, Debug)]
pub enum ItemKey {
    /// The values that it is made of.
    Known(Vec<Value>),
    /// It has none; the column that holds none, where it is keyed by columns.
    Missing(Option<SlotId>),
}
