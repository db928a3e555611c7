//! Growth: what an operation on one object costs doesn't depend on how many others there are. Counted are steps and
//! bytes, not seconds. Only builds with debug assertions count steps.

#[cfg(debug_assertions)]
mod collections;
#[cfg(debug_assertions)]
mod collector;
mod sessions;
#[cfg(debug_assertions)]
mod steps;
#[cfg(debug_assertions)]
mod world;

use std::alloc::System;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

static RUNNING: RwLock<()> = RwLock::new(());

/// Bytes are counted for the whole process, so that nothing else runs beside a test that counts them.
fn alone() -> RwLockWriteGuard<'static, ()> {
    RUNNING.write().unwrap_or_else(PoisonError::into_inner)
}

/// Steps are counted for each thread, so that such tests run beside each other.
fn together() -> RwLockReadGuard<'static, ()> {
    RUNNING.read().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes are allocated while `f` runs.
fn allocated(f: impl FnOnce()) -> usize {
    let before = ALLOCATOR.stats().bytes_allocated;
    f();
    ALLOCATOR.stats().bytes_allocated - before
}

/// Bytes that are in use.
fn in_use() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}
