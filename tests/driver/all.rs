//! The driver for SQLite and the engine over it: values, statements, faults, pool, options, memory, observers.

mod attached;
mod faults;
mod flush;
mod functions;
mod memory;
mod observers;
mod options;
mod pool;
mod statements;
mod support;
mod transactions;
mod values;
