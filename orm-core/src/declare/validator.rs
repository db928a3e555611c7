//! Validators: functions of the user's that are asked before an attribute changes.

use std::any::Any;

use crate::error::Result;

/// Asks of a value that a column is set to. It is given the object and a slot with the value, of types that the layer of
/// states knows, and leaves in the slot what the column is set to.
pub type ColumnCheck = fn(owner: &dyn Any, slot: &mut dyn Any) -> Result<()>;

/// Asks of an object that comes to a relationship, or leaves it. It is given the object whose relationship that is, and
/// the other one.
pub type ItemCheck = fn(owner: &dyn Any, item: &dyn Any) -> Result<()>;

/// What is asked before a relationship changes.
#[derive(Clone, Copy, Debug)]
pub struct ItemChecks {
    /// Asked of what comes.
    pub comes: Option<ItemCheck>,
    /// Asked of what goes.
    pub goes: Option<ItemCheck>,
    /// Whether they are asked too where the change was begun on the reverse side.
    pub of_reverse: bool,
}

impl ItemChecks {
    /// Nothing is asked.
    pub const NONE: ItemChecks = ItemChecks { comes: None, goes: None, of_reverse: true };

    /// Whether anything is asked.
    pub(crate) const fn are_any(&self) -> bool {
        self.comes.is_some() || self.goes.is_some()
    }
}
