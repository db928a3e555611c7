//! The condition of a relationship: made of the foreign key that joins its classes, or read from what the user gave.

mod by_key;
mod check;
mod direction;
mod given;
mod marks;
mod named;
mod resolve;

pub(in crate::mapper) use resolve::{error, resolve, reverse};
