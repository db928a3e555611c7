//! Statements that write rows: which statements a change is, and what becomes of the objects whose rows it writes.

mod batch;
mod changing;
mod evaluate;
mod insert;
mod keys;
mod run;
mod write;

pub(crate) use changing::{Changing, Followed, Hears};
