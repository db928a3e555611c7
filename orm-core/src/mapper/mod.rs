//! Classes configured: declarations with all their names resolved.

mod added;
mod class;
mod column;
mod condition;
mod configure;
mod draft;
mod ids;
mod index;
mod info;
mod inverse;
mod join;
mod links;
mod mapping;
mod overlaps;
mod referrers;
mod registry;
mod relation;
mod resolve;
mod scope;
mod sides;
mod source;
mod table;
mod text;

pub use crate::declare::Direction;
pub use class::Mapper;
pub use column::MappedColumn;
pub use ids::{LinkPair, MapperId, Pair, RelationId, SlotPair};
pub use mapping::Mapping;
pub use registry::{
    ClassEntry, ColumnRegistration, DefaultRegistry, Registration, Registry, RegistryCell,
    RelationRegistration, TableRegistration,
};
pub(crate) use registry::{class_of_table, is_table};
pub use relation::Relation;
pub use source::RelationSource;

pub(crate) use condition::{JoinColumn, JoinCondition, Side};
pub(crate) use referrers::{Referrers, cascades, ends, key};
