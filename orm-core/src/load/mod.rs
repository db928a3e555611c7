//! Loading: rows to objects, by key, by relationship, by query. Statements run only through `LoadPort`.

mod get;
mod instance;
mod lazy;
mod lower;
mod port;
mod query;
mod scope;

pub(crate) use get::{Identity, by_key, expired, identity, refresh};
pub(crate) use instance::Populate;
pub(crate) use lazy::relation;
pub(crate) use port::LoadPort;
pub(crate) use query::fetch;
