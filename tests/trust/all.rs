//! Trust: what the library does when the database, another process or the machine fails.
//!
//! `ORM_TRUST_LONG=1 cargo test --release -p tests --test trust` runs the long form.

mod by_hand;
mod deep;
mod ended;
mod faults;
mod identity;
mod ignored;
mod kill;
mod late;
mod made;
mod many;
mod one_to_one;
mod outside;
mod plain;
mod process;
mod renamed;
mod texts;
mod unique;
mod values;
mod warnings;
mod web;
mod within;
