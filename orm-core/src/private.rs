//! The names that generated code uses. Nothing here is for users, and nothing of it stays as it is.

pub use inventory;

pub use std::ops::FnOnce;
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{Err, Ok};
pub use std::vec::Vec;

pub use crate::composite::{
    Composite, CompositeGiven, CompositeType, CompositeValue, composite, get_composite, give_composite,
    key_values, made_of_parts, parts_of, plain_items, read_composite, read_optional_composite, set_composite,
};
pub use crate::declare::{
    At, BackrefDecl, Cascade, CheckDecl, Column, ColumnDecl, ColumnField, ColumnName, ConditionDecl,
    Declared, DefaultOf, Deferrable, ForeignKeyDecl, IndexDecl, InnerJoin, ItemChecks, Kind, Lazy, ModelDecl,
    OrderDecl, PassiveDeletes, ReferentialAction, RelationDecl, Relationship, SecondaryDecl, TableDecl,
    TableKind, TableSource, TargetDecl, ToLarge, ToMany, ToOne, UniqueDecl, check_generated, check_key,
    check_version, column, condition, count, foreign_key, foreign_key_of, generates, make_version, order,
    report, report_rest,
};
pub use crate::error::Result;
pub use crate::load::{join_condition, link_query, order_terms, rows_of, statements_built};
pub use crate::mapper::{
    ClassEntry, ColumnRegistration, DefaultRegistry as Global, LateRegistration, Registration, Registry,
    RelationRegistration, TableRegistration,
};
pub use crate::proxy::{
    KeyedCreate, Makes, Proxied, Proxy, ProxyCollection, ProxyEnd, ProxyGiven, ProxyMap, SetProxy, ViewOnly,
    Writes, by_creator, by_key, by_keyed_creator, check_proxy, give_optional_proxy, give_proxy,
    give_scalar_proxy, made, made_keyed, read_proxy, set_key, set_optional_proxy, set_proxy,
    set_scalar_proxy,
};
pub use crate::query::{
    AnyRoot, Cells, OptionalRow, Row, SetColumn, default_value, expressed, onupdate, order_term,
};
pub use crate::session::{AcceptsKey, IntoKey, KeyIs, KeyOf};
pub use crate::state::{
    AddedPlace, AddedSlot, AnyClass, AnySlot, Attrs, Beside, Collection, Columns, Draft, DynamicCollection,
    Factory, Field, Handle, IntoObj, IntoRelated, Key, KeyedField, Live, MapCollection, MapKey, MapOf,
    Mapped, Nested, Obj, One, PlainOf, PlainValue, Relate, RelationField, RelationType, Reverse,
    ReverseField, RowValues, Slot, ValueDraft, ValueSource, WriteOnlyCollection, check, check_forward,
    check_reverse, collection_steps, collector_steps, complaint, counted, described, entry, field, get,
    into_handle, key_by, key_of, keyed_by, list_of, listen, map_of, nth, numbered, ordered_by, read_added,
    read_relation as read, relate_added, relate_optional, relation, relation_to, reverse_kind,
    reverse_kind_of_named, session_steps, set, slot_of_row, to_value, validate_column, validate_item, with,
};
pub use crate::value::{Assign, ColumnType, Typed, Value, ValueError};
