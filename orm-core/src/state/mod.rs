//! Live objects: what they hold, what is known of it, how it changes, and how users see it. Never runs SQL: what is
//! missing is asked of the session through a `SessionPort`.
//!
//! The folders look down only: `memory`, `read`, `change`, `typed`.

pub(crate) mod called;
pub(crate) mod key;
pub(crate) mod memory;
pub(crate) mod read;

pub(crate) mod change;
pub(crate) mod typed;

pub use key::Key;
pub(crate) use memory::collect_if_due;
pub use memory::{
    AddedSlot, AnySlot, Columns, Handle, RowValues, Slot, SlotState, collect, collection_steps,
    collector_steps, session_steps, slot_of_row,
};
pub use read::lifecycle::ObjectState;
pub use typed::{
    AddedPlace, Reverse, ReverseField, check_reverse, read_added, relate_added, reverse_kind,
    reverse_kind_of_named,
};
pub use typed::{
    AnyAttrs, AnyClass, AnyObj, AttributeHistory, Attrs, Beside, Collection, CollectionItems, ColumnHistory,
    Draft, Dynamic, DynamicCollection, Factory, IntoObj, IntoRelated, Live, Many, ManySet, Mapped, Nested,
    Obj, One, PlainOf, Relate, Related, RelationField, RelationType, ValueDraft, ValueSource, WriteOnly,
    WriteOnlyCollection, check, check_forward, complaint, described, entry, get, into_handle,
    read as read_relation, relate_optional, relation, relation_to, set, to_value, with,
};
pub use typed::{CollectionType, ManyAs};
pub use typed::{Counted, ListField, ListOf, OfClass, counted, list_of, numbered, ordered_by};
pub use typed::{Field, Path, Paths, PlainField, PlainValue, field, nth};
pub use typed::{
    KeyColumn, KeyPart, KeyRef, KeySource, KeyValue, KeyedField, ManyMap, MapCollection, MapKey, MapOf,
    key_by, key_of, keyed_by, map_of,
};
pub use typed::{LateColumn, LateRelationship};
pub use typed::{Listeners, Listening, ManyObjects, SetAttribute, listen};
pub use typed::{ValidateColumn, ValidateItem, validate_column, validate_item};
