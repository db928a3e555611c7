//! Plays queries (`oracle/queries/query.md` is their grammar) and compares rows, statements and what is loaded with
//! what SQLAlchemy had.

pub mod build;
pub mod compare;
pub mod conditions;
pub mod databases;
pub mod expressions;
pub mod line;
pub mod on_purpose;
pub mod options;
pub mod play;
pub mod report;
pub mod scope;
pub mod see;
