//! What an object holds: header, columns, links to other objects, the memory of its changes; and how objects that
//! only point at each other are freed.

pub(crate) mod access;
pub(crate) mod addresses;
pub(crate) mod batch;
pub(crate) mod changes;
pub(crate) mod collector;
pub(crate) mod extended;
pub(crate) mod handle;
pub(crate) mod header;
pub(crate) mod identity;
pub(crate) mod instance;
pub(crate) mod items;
mod labels;
pub(crate) mod late;
pub(crate) mod links;
pub(crate) mod loaded_by;
pub(crate) mod mark;
pub(crate) mod ordered;
pub(crate) mod peers;
pub(crate) mod queued;
pub(crate) mod rare;
pub(crate) mod slot;
pub(crate) mod steps;

pub use collector::collect;
pub(crate) use collector::collect_if_due;
pub use extended::AddedSlot;
pub use handle::Handle;
pub use slot::{AnySlot, Columns, RowValues, Slot, SlotState, slot_of_row};
pub use steps::{collection_steps, collector_steps, session_steps};
