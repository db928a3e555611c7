//! Live objects: storage, links, changes and their effects. Never runs SQL: what is missing is asked of a `Host`.

mod addresses;
mod any;
pub(crate) mod attr;
mod backref;
mod collect;
mod draft;
mod events;
pub(crate) mod expire;
mod field;
mod generated;
pub(crate) mod history;
pub(crate) mod host;
pub(crate) mod identity;
mod lifecycle;
pub(crate) mod links;
mod memory;
mod node;
mod object;
pub(crate) mod parent;
mod passive;
mod plain;
pub(crate) mod raise;
mod slot;
mod track;
mod tracked;
mod view;

pub use any::{AnyAttrs, Changes, Related};
pub use collect::collect;
pub use draft::Draft;
pub use field::{IntoObj, Relate, RelationField, relate_optional};
pub use generated::{Beside, RelationType, check, entry, into_handle, read, relation, relation_to};
pub use lifecycle::ObjectState;
pub use links::Relations;
pub use memory::Handle;
pub use node::Key;
pub use object::{AnyClass, AnyObj, Attrs, Live, Obj};
pub use plain::{Many, ManySet, One, ValueSource, to_value, with};
pub use slot::{AnySlot, Columns, Slot, SlotState};
pub use tracked::{Factory, Tracked};
pub use view::Collection;

pub(crate) use addresses::Addresses;
pub(crate) use identity::IdentityMap;
pub(crate) use memory::{Leaving, release};
pub(crate) use node::{Core, Mark, Node, SessionId, WeakNode, address};
pub(crate) use passive::Passive;
pub(crate) use track::{Attr, Old};
pub(crate) use tracked::create;

use crate::declare::Column;
use crate::error::Result;
use crate::value::Typed;

/// The value of a column, for accessors.
///
/// # Errors
/// `unset`; `detached`, `object-deleted`, and what the database says.
pub fn get<E, V: Typed>(handle: &Handle, column: Column<E, V>) -> Result<V> {
    attr::column::get_or_none(handle, column)
}

/// Sets a column, for accessors.
///
/// # Errors
/// `value` where no database holds the value; `busy`.
pub fn set<E, V: Typed>(handle: &Handle, column: Column<E, V>, value: V) -> Result<()> {
    attr::column::set(handle, column, value)
}
