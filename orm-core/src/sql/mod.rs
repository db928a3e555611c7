//! SQL as data: types, tables, expressions and statements, and their rendering. Knows nothing of entities.

mod dialect;
mod expr;
mod name;
mod render;
mod stmt;

pub mod ddl;
pub mod schema;

pub use crate::value::SqlType;
pub use dialect::{AnsiDialect, Dialect};
pub use expr::{BinaryOp, CompareOp, EqualPair, EqualPairs, Expr, MarkedColumn, OrderBy, func};
pub use name::{ColumnRef, TableRef};
pub use render::{Param, Render, Rendered, Renderer, render, render_row};
pub use stmt::{
    DeleteStmt, FromItem, InsertStmt, Join, JoinKind, SelectItem, SelectStmt, Source, UpdateStmt,
};
