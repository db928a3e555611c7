//! The driver for SQLite and the engine over it: values, faults, pool, options, memory, observers.

#[path = "driver/faults.rs"]
mod faults;
#[path = "driver/memory.rs"]
mod memory;
#[path = "driver/observers.rs"]
mod observers;
#[path = "driver/options.rs"]
mod options;
#[path = "driver/pool.rs"]
mod pool;
#[path = "driver/support.rs"]
mod support;
#[path = "driver/transactions.rs"]
mod transactions;
#[path = "driver/values.rs"]
mod values;
