//! Classes configured: declarations with all their names resolved.

mod class;
mod column;
mod configure;
mod direction;
mod ids;
mod inverse;
mod join;
mod lazy_clause;
mod mapping;
mod registry;
mod relation;
mod resolve;
mod scope;
mod table;

pub use class::Mapper;
pub use column::MappedColumn;
pub use ids::{LinkPair, MapperId, Pair, RelationId, SlotPair};
pub use mapping::Mapping;
pub use registry::{ClassEntry, DefaultRegistry, Registration, Registry, RegistryCell, TableRegistration};
pub use relation::{Direction, Relation};

pub(crate) use lazy_clause::{join_condition, local_columns};
