//! Statements that write rows: `insert`, `update` and `delete`, as data.

mod by_name;
mod columns;
mod conflict;
mod counted;
mod delete;
mod insert;
mod parts;
mod returning;
mod rows;
mod set_to;
mod statement;
mod update;

pub use columns::{Fits, RowOf, SetColumns};
pub use conflict::{OnConflict, Upsert, excluded};
pub use delete::{Delete, delete};
pub use insert::{Insert, InsertColumns, insert};
pub use parts::Sync;
pub use returning::Returning;
pub use rows::NewRow;
pub use set_to::SetTo;
pub(crate) use set_to::stored;
pub use statement::Change;
pub use update::{Update, UpdateColumns, update};

pub(crate) use parts::{ChangeParts, Conflict, Verb};
pub(crate) use rows::Rows;
pub(crate) use statement::Run;
