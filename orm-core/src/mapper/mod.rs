//! Classes configured: declarations with all their names resolved.

mod added;
mod adding;
mod class;
mod column;
mod column_check;
mod condition;
mod configure;
mod constraints;
mod define;
mod draft;
mod ids;
mod index;
mod info;
mod inverse;
mod join;
mod late;
mod links;
mod mapping;
mod naming;
mod new;
mod new_table;
mod options;
mod overlaps;
mod printed;
mod read;
mod referrers;
mod registry;
mod relation;
mod resolve;
mod scope;
mod sides;
mod source;
mod table;
mod text;
mod turn;
mod writes;

pub use crate::declare::Direction;
pub use class::Mapper;
pub use column::{MappedColumn, Version};
pub use ids::{LinkPair, MapperId, Pair, RelationId, SlotPair};
pub use late::LateAttribute;
pub use mapping::Mapping;
pub use naming::NamingConvention;
pub use new::{NewColumn, NewRelationship};
pub use new_table::NewTable;
pub use printed::{ConditionColumn, RelationCondition};
pub use registry::{
    ClassEntry, ColumnRegistration, DefaultRegistry, LateRegistration, Registration, Registry, RegistryCell,
    RelationRegistration, TableRegistration,
};
pub(crate) use registry::{class_of_table, is_table};
pub use relation::Relation;
pub use source::RelationSource;

pub(crate) use condition::{JoinColumn, JoinCondition, Side};
pub(crate) use info::{AddedColumn, AddedListener, AddedRelation, FillListeners};
pub(crate) use late::{LateAddition, not_added};
pub(crate) use options::{as_is, column_options, kept, option, options, relation_options};
pub(crate) use read::{ReadColumn, ReadKey, ReadTable, inspect};
pub(crate) use referrers::{Referrers, cascades, ends, far_key_cascades, key};
pub(crate) use resolve::nearest;
