//! Queries as data: a `Select` is inert, and needs neither a session nor a connection to be built and compared.

mod criteria;
mod relation_op;
mod select;

pub use criteria::Criterion;
pub use relation_op::{parent_is, related_exists, with_parent};
pub use select::{Entity, Select, Selectable, select, select_class};

pub(crate) use criteria::{Node as CriterionNode, RelationRef};
pub(crate) use select::JoinKind;
