//! The driver for SQLite and the engine over it: values, faults, pool, options, memory, observers.

mod faults;
mod memory;
mod observers;
mod options;
mod pool;
mod support;
mod transactions;
mod values;
