//! The driver traits and `Engine`: what a database has to offer, and who is told of what it is asked.

mod cache;
mod counter;
mod driver;
mod handle;
mod log;
mod observe;
mod savepoints;
mod shape;
mod statement;
mod watch;
mod watched;

pub(crate) use counter::Counter;
pub use driver::{Access, Bind, Connection, Done, Driver, Fetch, Flow, Row, RowSource, Statement};
pub(crate) use handle::EngineId;
pub use handle::{Engine, EngineConnection};
pub use log::{LoggedStatement, SqlLog};
pub use observe::{EventKind, Observer, StatementEvent};
pub(crate) use savepoints::{Ended, SetPoint};
pub use shape::{Shape, StatementKind};
pub use statement::{Compiled, Given, StatementId};
