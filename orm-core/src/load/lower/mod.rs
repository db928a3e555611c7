//! A query to a statement: every leaf of its expressions is resolved in the scope where it stands. Keys of objects are
//! read now.

mod base;
mod change;
mod criteria;
mod from;
mod items;
mod named;
mod related;
mod select;

pub(super) use base::{ItemPlan, Lowered};
pub(crate) use change::expression;
pub(super) use change::{Change, Column, NewRows, change};
pub(super) use criteria::criteria;
pub(super) use select::{around, statement};
