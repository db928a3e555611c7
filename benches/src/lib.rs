//! The workloads: the same work done by bare rusqlite and by `orm` with live objects, on databases of the same
//! schema, each checked.
//!
//! Source rows exist before the clock starts; making objects of them counts, and so does dropping what was
//! loaded. Checking doesn't.

pub mod bare;
pub mod eager;
pub mod growth;
pub mod memory;
pub mod models;
pub mod objects;
pub mod operations;
pub mod report;
pub mod source;

use std::time::Duration;

use cpu_time::ThreadTime;

pub use source::Source;

/// What can go wrong: anything, and then the run ends.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Children of each parent.
pub const CHILDREN: usize = 5;

/// Adds up the time of the parts that count: what the processor worked for this thread, so that other
/// programs on the machine disturb it less. All databases are in memory: nothing waits.
#[derive(Default)]
pub struct Clock {
    spent: Duration,
    meter: Option<fn(bool)>,
}

impl Clock {
    /// A clock that tells when a part that counts begins (`true`) and ends.
    pub fn with_meter(meter: fn(bool)) -> Self {
        Clock { spent: Duration::ZERO, meter: Some(meter) }
    }

    /// Runs what counts.
    pub fn time<R>(&mut self, part: impl FnOnce() -> R) -> R {
        let meter = self.meter.unwrap_or(|_| {});
        meter(true);
        let start = ThreadTime::now();
        let result = counted(part);
        self.spent += start.elapsed();
        meter(false);
        result
    }

    /// The time so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }
}

/// Runs a part that counts. `benches/instructions` finds this function by its name, so it stays a function of
/// its own, and returns after the part instead of jumping into it.
#[inline(never)]
fn counted<R>(part: impl FnOnce() -> R) -> R {
    let result = part();
    std::hint::black_box(());
    result
}

/// One side of a workload: makes a database, does the work by the clock, checks the rows, says how many they
/// were.
pub type Side = fn(&Source, &mut Clock) -> Outcome<usize>;

/// A workload in both forms.
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// By hand.
    pub bare: Side,
    /// With live objects.
    pub objects: Side,
    /// What the objects may cost, as a multiple of the work by hand.
    pub limit: f64,
}

const fn workload(name: &'static str, bare: Side, objects: Side, limit: f64) -> Workload {
    Workload { name, bare, objects, limit }
}

/// Every workload. Where it says `values`, plain values are loaded in place of objects. W4 and W9b by hand take two
/// statements, which are faster than an ordered outer join.
pub const WORKLOADS: [Workload; 23] = [
    Workload { name: "W1 insert_flat", bare: bare::insert_flat, objects: objects::insert_flat, limit: 2.5 },
    Workload {
        name: "W2 insert_graph",
        bare: bare::insert_graph,
        objects: objects::insert_graph,
        limit: 2.5,
    },
    Workload { name: "W3 select_flat", bare: bare::select_flat, objects: objects::select_flat, limit: 1.5 },
    Workload { name: "W5 get_by_pk", bare: bare::get_by_pk, objects: objects::get_by_pk, limit: 1.5 },
    Workload { name: "W6 lazy_n_plus_1", bare: bare::lazy, objects: objects::lazy, limit: 1.5 },
    Workload {
        name: "W7 update_dirty",
        bare: bare::update_dirty,
        objects: objects::update_dirty,
        limit: 2.0,
    },
    Workload {
        name: "W8 delete_cascade",
        bare: bare::delete_cascade,
        objects: objects::delete_cascade,
        limit: 3.5,
    },
    workload("W8p by the database", bare::delete_by_database, objects::delete_by_database, 1.5),
    workload("W8p users loaded", bare::load_and_delete_by_database, objects::delete_by_database, 1.2),
    Workload { name: "W9a m2m_link", bare: bare::m2m_link, objects: objects::m2m_link, limit: 2.0 },
    workload("W5q query", bare::get_by_pk, eager::queried, 2.5),
    workload("W3v values", bare::select_flat, eager::flat_values, 1.1),
    workload("W4 join by hand", eager::by_two_statements, eager::by_join, f64::INFINITY),
    workload("W4 selectin", eager::by_two_statements, eager::objects_selectin, 1.8),
    workload("W4 immediate", eager::by_two_statements, eager::objects_immediate, 1.8),
    workload("W4 joined", eager::by_two_statements, eager::objects_joined, 2.6),
    workload("W4v selectin", eager::by_two_statements, eager::values_selectin, 1.3),
    workload("W4v joined", eager::by_two_statements, eager::values_joined, 2.0),
    workload("W6 batch/selectin", eager::selected, eager::batched, 1.05),
    workload("W9b selectin", eager::links_by_two_statements, eager::linked_objects_selectin, 1.8),
    workload("W9b joined", eager::links_by_two_statements, eager::linked_objects_joined, 2.6),
    workload("W9bv selectin", eager::links_by_two_statements, eager::linked_values_selectin, 1.4),
    workload("W9bv joined", eager::links_by_two_statements, eager::linked_values_joined, 2.0),
];

/// Ends the run where something isn't as it must be.
///
/// # Errors
/// Where the two differ.
pub fn check<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Outcome<()> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}").into()) }
}
