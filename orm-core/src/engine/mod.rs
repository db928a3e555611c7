//! The driver traits and `Engine`: what a database has to offer, and who is told of what it is asked.

pub(crate) mod cache;
mod driver;
mod handle;
mod log;
mod observe;
mod watch;

pub use driver::{Connection, Done, Driver, Flow, Row, Statement};
pub use handle::{Engine, EngineConnection};
pub use log::{LoggedStatement, SqlLog};
pub use observe::{EventKind, Observer, StatementEvent};
