//! Arguments of relationships that are written as texts, in SQLAlchemy's spelling: `"and_(User.id == Address.user_id,
//! Address.city == 'Boston')"`. They are read by a grammar of their own, and never run as a program.
//!
//! `piece` cuts a text into words and signs, `parse` makes a `Term` of them, which `meaning` turns into an expression of columns
//! once the classes are known.

mod calls;
mod declared;
mod meaning;
mod mistake;
mod order;
mod parse;
mod piece;
mod query;
mod secondary;
mod term;
#[cfg(test)]
mod tests;
mod write;

pub(super) use declared::read;
pub(super) use meaning::Names;
pub(super) use query::TextQuery;
pub(super) use secondary::{is_join, secondary};
