//! Columns of its items that a collection is kept by: their places, and their keys.

use super::SlotId;
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

/// By which column of its items a collection is keyed.
#[derive(Clone, Copy, Debug)]
pub struct KeyedBy {
    /// The column of the items.
    pub column: SlotId,
    /// Whether `NULL` is a key.
    pub nullable: bool,
    /// Whether an item without a key is left out; otherwise it is an error.
    pub skips: bool,
}
