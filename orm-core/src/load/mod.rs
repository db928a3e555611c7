//! Loading: rows to objects, by key, by relationship, by query. Statements run only through `LoadPort`.

mod batch;
mod change;
mod fresh;
mod get;
mod instance;
mod joined;
mod kept;
mod keys;
mod lazy;
mod lower;
mod many;
mod options;
mod overwritten;
mod plan;
mod port;
mod query;
mod queue;
mod refresh;
mod related;
mod route;
mod run;
mod scope;
mod selectin;
mod statement;
mod task;
#[cfg(test)]
mod tests;
mod whole;
mod with;

pub(crate) use change::{Changing, Followed, Hears};
pub(crate) use get::{Named, deferred, expired, get, identity, refresh};
pub(crate) use instance::Populate;
pub(crate) use lazy::relation;
pub(crate) use lower::expression;
pub(crate) use many::{expired as expired_of, related};
pub(crate) use port::LoadPort;
pub(crate) use query::{Reads, RowSink, count, exists, sql, stream};
