//! Rows written: inserts, updates, deletes, and rows of association tables.

mod changed;
mod delete;
mod extra;
mod insert;
mod insert_late;
mod late;
mod link;
mod omitted;
mod post;
mod read_back;
mod required;
mod row;
mod save;
mod update;
mod update_made;
mod version;

pub(super) use delete::delete;
pub(super) use link::{link, relink, unlink};
pub(super) use post::post;
pub(super) use row::key_in_database;
pub(crate) use row::key_of;
pub(super) use save::save;
