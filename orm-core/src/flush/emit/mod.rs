//! Rows written: inserts, updates, deletes, and rows of association tables.

mod changed;
mod delete;
mod insert;
mod late;
mod link;
mod post;
mod required;
mod row;
mod save;
mod update;
mod version;

pub(super) use delete::delete;
pub(super) use link::{link, relink, unlink};
pub(super) use post::post;
pub(super) use row::key_in_database;
pub(crate) use row::key_of;
pub(super) use save::save;
