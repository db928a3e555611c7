//! Loading: rows to objects, by key, by relationship, by query. Statements run only through `Execute`.

mod execute;
mod get;
mod instance;
mod lazy;
mod query;

pub(crate) use execute::Execute;
pub(crate) use get::{Identity, by_key, expired, identity, refresh};
pub(crate) use instance::Populate;
pub(crate) use lazy::relation;
pub(crate) use query::fetch;
