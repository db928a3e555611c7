//! Stock models shared by the integration tests, and a database whose statements are seen.

pub mod db;
pub mod models;

pub use db::{Db, Report, code, show};
