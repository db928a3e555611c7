//! Validators: functions of the user's that are asked before an attribute changes.

use std::any::Any;

use super::kept::Kept;
use crate::error::Result;

/// Asks of a value that a column is set to. It is given the object and a slot with the value, of types that the layer of
/// states knows, and leaves in the slot what the column is set to.
#[derive(Clone, Copy)]
pub enum ColumnCheck {
    /// A function of the declaration.
    Function(AskColumn),
    /// A function that was made while the program ran or stands in a static, and what calls it.
    Kept(Kept, fn(Kept, owner: &dyn Any, slot: &mut dyn Any) -> Result<()>),
}

/// A function that asks of a value.
type AskColumn = fn(owner: &dyn Any, slot: &mut dyn Any) -> Result<()>;

impl ColumnCheck {
    /// Asks. That is a user's code.
    ///
    /// # Errors
    /// Where the value is refused.
    pub fn ask(self, owner: &dyn Any, slot: &mut dyn Any) -> Result<()> {
        match self {
            ColumnCheck::Function(ask) => ask(owner, slot),
            ColumnCheck::Kept(kept, ask) => ask(kept, owner, slot),
        }
    }
}

impl std::fmt::Debug for ColumnCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ColumnCheck")
    }
}

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
