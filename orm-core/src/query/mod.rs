//! Queries as data: a `Select` is inert, and needs neither a session nor a connection to be built and compared.

mod column;
mod declared;
mod expr;
mod leaf;
mod operand;
mod relation_op;
mod select;

pub use declared::{join_condition, order_term, order_terms};
pub use expr::{Expr, OrderBy, attr, text};
pub use operand::{Condition, Operand};
pub use relation_op::{parent_is, related_exists, with_parent};
pub use select::{Entity, Select, Selectable, select, select_class};

pub(crate) use leaf::{Leaf, RelationRef, Test};
pub(crate) use select::JoinKind;
