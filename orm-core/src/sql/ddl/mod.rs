//! DDL: the statements that create and drop the tables of a schema.
//!
//! Each gives its statements as texts, in the order in which they are to run, best in one transaction.

mod create;
mod drop;
#[cfg(test)]
mod tests;
mod write;

pub use create::CreateSchema;
pub use drop::DropSchema;

use super::schema::Table;

/// Which tables are meant.
type Only<'s> = Box<dyn Fn(&Table) -> bool + 's>;
