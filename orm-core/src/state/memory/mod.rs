//! What an object holds: header, columns, links to other objects, the memory of its changes; and how objects that
//! only point at each other are freed.

pub(crate) mod access;
pub(crate) mod addresses;
pub(crate) mod changes;
pub(crate) mod collector;
pub(crate) mod handle;
pub(crate) mod header;
pub(crate) mod identity;
pub(crate) mod instance;
pub(crate) mod links;
pub(crate) mod mark;
pub(crate) mod slot;

pub use collector::collect;
pub use handle::Handle;
pub use links::Relations;
pub use slot::{AnySlot, Columns, Slot, SlotState};
