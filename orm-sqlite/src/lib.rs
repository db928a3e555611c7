//! SQLite behind the driver traits of `orm`; use the crate `orm`, whose `sqlite` module is this crate.
//!
//! ```
//! use orm_core::engine::Connection;
//! use orm_sqlite::Engine;
//!
//! # fn main() -> orm_core::Result<()> {
//! let engine = Engine::in_memory()?;
//! engine.execute_batch("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")?;
//! let connection = engine.connect()?;
//! let mut insert = connection.prepare("INSERT INTO user (name) VALUES (?)")?;
//! insert.bind(0, orm_core::ValueRef::Text("ed"))?;
//! assert_eq!(insert.execute()?.last_id, Some(1));
//! # Ok(())
//! # }
//! ```

mod connection;
mod dialect;
mod engine;
mod error;
mod function;
mod held;
mod location;
mod open;
mod options;
mod pool;
mod statement;
mod verb;
mod wait;

pub use dialect::SqliteDialect;
pub use engine::Engine;
pub use function::SqlFunction;
pub use options::{BeginMode, JournalMode, Options, Synchronous};
