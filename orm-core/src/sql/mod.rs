//! SQL as data: types, tables, expressions and statements, and their rendering. Knows nothing of entities.

mod dialect;
mod expr;
mod name;
mod stmt;
mod types;

pub use dialect::Dialect;
pub use expr::{BinaryOp, CompareOp, Expr, OrderBy};
pub use name::{ColumnRef, TableRef};
pub use stmt::SelectStmt;
pub use types::SqlType;
