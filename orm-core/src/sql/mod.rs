//! SQL as data: types, tables, expressions and statements, and their rendering. Knows nothing of entities.

mod dialect;
mod full_name;
mod inspect;
mod name;
mod render;
mod stmt;
mod tree;

pub mod ddl;
pub mod schema;

pub use crate::value::SqlType;
pub use dialect::{AnsiDialect, Dialect};
pub(crate) use full_name::{full_name, in_one_schema, label, own_name, parts};
pub use inspect::TableQueries;
pub use name::{Alias, ColumnRef, Name, TableRef};
pub(crate) use render::is_long_list;
use render::render_ddl;
pub use render::{Param, Render, Rendered, Renderer, placeholders, render, render_row};
pub use stmt::{
    CommonRows, CommonTable, ConflictUpdate, DeleteStmt, FromItem, InsertStmt, Join, JoinKind, NEW_ROW,
    NewRows, OnConflict, SelectItem, SelectStmt, SetOp, Source, UpdateStmt,
};
pub use tree::{
    BinaryOp, Bound, CompareOp, Depth, Frame, FrameUnit, MAX_DEPTH, Never, Nulls, Op, Order, OrderTerm,
    OuterColumn, Place, QUERY_DEPTH, QueryWithin, Tree, func, is_operator,
};
pub(crate) use tree::{Known, all, evaluate};
