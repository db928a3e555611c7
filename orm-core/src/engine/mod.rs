//! The driver traits: what a database has to offer, and what it may rely on.

mod driver;
mod observe;

pub use driver::{Connection, Done, Driver, Flow, Row, Statement};
pub use observe::{Observer, StatementEvent};
