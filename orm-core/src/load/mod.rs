//! Loading: rows to objects, by key, by relationship, by query. Statements run only through `LoadPort`.

mod fresh;
mod get;
mod instance;
mod lazy;
mod lower;
mod plan;
mod port;
mod query;
mod scope;
mod statement;
#[cfg(test)]
mod tests;

pub(crate) use get::{by_key, expired, identity, refresh};
pub(crate) use instance::Populate;
pub(crate) use lazy::relation;
pub(crate) use plan::PostLoad;
pub(crate) use port::LoadPort;
pub(crate) use query::{count, exists, sql, stream};
