//! Objects as users see them: handles of a known class, fields, builders, plain values.

pub(crate) mod any;
mod attribute_listeners;
mod backref;
pub(crate) mod collection;
mod column_functions;
mod derived;
pub(crate) mod draft;
pub(crate) mod field;
mod given;
pub(crate) mod into_obj;
pub(crate) mod large;
mod late_column;
mod late_relationship;
mod listeners;
mod listening;
pub(crate) mod lists;
mod map;
mod map_key;
pub(crate) mod mapped;
pub(crate) mod named;
pub(crate) mod nest;
pub(crate) mod obj;
mod of_class;
mod ordered;
mod own;
pub(crate) mod paths;
pub(crate) mod plain;
mod read_table;
mod validate;
pub(crate) mod value_source;

pub use any::{AnyAttrs, AttributeHistory, ColumnHistory, Related};
pub use attribute_listeners::{ManyObjects, SetAttribute};
pub use backref::{
    AddedPlace, Reverse, ReverseField, check_reverse, read_added, relate_added, reverse_kind,
    reverse_kind_of_named,
};
pub use collection::{Collection, CollectionItems};
pub use derived::{
    Beside, RelationType, check, check_forward, complaint, described, entry, get, into_handle, read,
    relation, relation_to, set, to_value, with,
};
pub use draft::{Draft, ValueDraft};
pub use field::{Relate, RelationField, field, relate_optional};
pub use into_obj::{IntoObj, IntoRelated};
pub use large::{DynamicCollection, WriteOnlyCollection};
pub use late_column::LateColumn;
pub use late_relationship::LateRelationship;
pub use listeners::{Listeners, listen};
pub use listening::Listening;
pub use map::MapCollection;
pub use map_key::{
    KeyColumn, KeyPart, KeyRef, KeySource, KeyValue, KeyedField, MapKey, MapOf, key_by, key_of, keyed_by,
    map_of,
};
pub use mapped::{Factory, Mapped};
pub use nest::Nested;
pub use obj::{AnyClass, AnyObj, Attrs, Live, Obj, PlainOf, PlainValue};
pub use of_class::OfClass;
pub use ordered::{Counted, ListField, ListOf, counted, list_of, numbered, ordered_by};
pub use own::{CollectionType, ManyAs};
pub use paths::{Path, Paths};
pub use plain::{Dynamic, Field, Many, ManyMap, ManySet, One, PlainField, WriteOnly, nth};
pub use validate::{ValidateColumn, ValidateItem, validate_column, validate_item};
pub use value_source::ValueSource;
