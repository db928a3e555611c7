//! A query to a statement: every leaf of its expressions is resolved in the scope where it stands. Keys of objects are
//! read now.

mod base;
mod change;
mod criteria;
mod express;
mod from;
mod items;
mod key;
mod named;
mod related;
mod select;
mod written;

pub(super) use base::{ItemPlan, Lowered, ONE};
pub(crate) use change::expression;
pub(super) use change::{Change, Column, NewRows, change};
pub(super) use criteria::criteria;
pub(super) use express::{column_at, column_of, with_columns_of};
pub(super) use items::{label_of, names, sources};
pub(super) use key::column_value;
pub(super) use select::{around, parametric, part, statement, within};
pub(super) use written::source_named;
