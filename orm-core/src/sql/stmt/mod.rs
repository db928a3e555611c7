//! Statements as data.

mod change;
mod from;
mod select;

pub use change::{ConflictUpdate, DeleteStmt, InsertStmt, NEW_ROW, NewRows, OnConflict, UpdateStmt};
pub use from::{FromItem, Join, JoinKind, Source};
pub use select::{CommonRows, CommonTable, SelectItem, SelectStmt, SetOp};
