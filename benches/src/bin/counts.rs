//! Counts what doesn't depend on the machine: statements and allocations of each workload.
#![allow(clippy::print_stdout, reason = "the numbers are the point")]

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use benches::{Clock, Outcome, Side, Source, WORKLOADS, objects};
use orm::engine::{EventKind, Observer, StatementEvent};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

static COUNTING: AtomicBool = AtomicBool::new(false);
static STATEMENTS: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

struct Count;

impl Observer for Count {
    fn statement(&self, event: &StatementEvent<'_>) {
        if event.kind == EventKind::Statement && COUNTING.load(Ordering::Relaxed) {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Called before and after each part that counts.
fn meter(begins: bool) {
    COUNTING.store(begins, Ordering::Relaxed);
    let stats = ALLOCATOR.stats();
    let change = |total: &AtomicUsize, now: usize| {
        // The counts at the beginning are taken off; wrapping makes the order of the two harmless.
        if begins {
            total.fetch_sub(now, Ordering::Relaxed)
        } else {
            total.fetch_add(now, Ordering::Relaxed)
        };
    };
    change(&ALLOCATIONS, stats.allocations + stats.reallocations);
    change(&BYTES, stats.bytes_allocated);
}

/// What one side does: rows, statements, allocations, bytes.
fn counted(side: Side, source: &Source) -> Outcome<[usize; 4]> {
    // Once before, so that what is made once a process isn't counted.
    side(source, &mut Clock::default())?;
    for total in [&STATEMENTS, &ALLOCATIONS, &BYTES] {
        total.store(0, Ordering::Relaxed);
    }
    let rows = side(source, &mut Clock::with_meter(meter))?;
    let [statements, allocations, bytes] =
        [&STATEMENTS, &ALLOCATIONS, &BYTES].map(|total| total.load(Ordering::Relaxed));
    Ok([rows, statements, allocations, bytes])
}

fn main() -> Outcome<()> {
    let source = Source::new(10_000);
    println!("N = {}; allocations and bytes are per row", source.size);
    println!(
        "{:<20} {:>8} {:>15} {:>21} {:>17} {:>15} {:>10}",
        "workload",
        "rows",
        "orm statements",
        "rusqlite allocations",
        "orm allocations",
        "rusqlite bytes",
        "orm bytes"
    );
    for workload in &WORKLOADS {
        let [rows, _, bare_allocations, bare_bytes] = counted(workload.bare, &source)?;
        let [_, _, allocations, bytes] = counted(workload.objects, &source)?;
        // Watched statements allocate, so they are counted in a run of their own.
        objects::on_open(Some(|engine| engine.observe(Arc::new(Count))));
        let [_, statements, ..] = counted(workload.objects, &source)?;
        objects::on_open(None);
        let each = |count: usize| count as f64 / rows as f64;
        println!(
            "{:<20} {rows:>8} {statements:>15} {:>21.2} {:>17.2} {:>15.0} {:>10.0}",
            workload.name,
            each(bare_allocations),
            each(allocations),
            each(bare_bytes),
            each(bytes)
        );
    }
    Ok(())
}
