//! Trust: what the library does when the database, another process or the machine fails.

mod ended;
mod web;
