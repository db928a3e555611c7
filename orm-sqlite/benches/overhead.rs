//! What the driver adds to bare rusqlite: inserts and reads in memory and in one transaction, best of several
//! alternating rounds.
#![allow(clippy::print_stdout, reason = "the numbers are the point")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use orm_core::ValueRef;
use orm_core::engine::{Access, Connection, Flow};

const ROWS: i64 = 100_000;
const ROUNDS: usize = 9;
const TABLE: &str =
    "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL, fullname TEXT, age INTEGER)";
const INSERT: &str = "INSERT INTO user (name, fullname, age) VALUES (?, ?, ?)";
const SELECT: &str = "SELECT id, name, fullname, age FROM user";

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Prepares from the cache for each row.
fn bare_each(raw: &rusqlite::Connection) {
    for i in 0..ROWS {
        let mut insert = raw.prepare_cached(INSERT).unwrap();
        insert.execute((NAMES[(i % 4) as usize], None::<&str>, i)).unwrap();
    }
}

/// Prepares once.
fn bare_bulk(raw: &rusqlite::Connection) {
    let mut insert = raw.prepare_cached(INSERT).unwrap();
    for i in 0..ROWS {
        insert.execute((NAMES[(i % 4) as usize], None::<&str>, i)).unwrap();
    }
}

fn bare_read(raw: &rusqlite::Connection) -> i64 {
    let mut sum = 0;
    let mut select = raw.prepare_cached(SELECT).unwrap();
    let mut rows = select.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        sum += row.get_ref(0).unwrap().as_i64().unwrap();
        sum += row.get_ref(1).unwrap().as_str().unwrap().len() as i64;
        sum += i64::from(row.get_ref(2).unwrap().as_str_or_null().unwrap().is_some());
        sum += row.get_ref(3).unwrap().as_i64().unwrap();
    }
    sum
}

const NAMES: [&str; 4] = ["ed", "wendy", "mary contrary", "fred flintstone"];

fn bound(insert: &mut dyn orm_core::engine::Statement, i: i64) {
    insert.bind(0, ValueRef::Text(NAMES[(i % 4) as usize])).unwrap();
    insert.bind(1, ValueRef::Null).unwrap();
    insert.bind(2, ValueRef::Int(i)).unwrap();
    insert.execute().unwrap();
}

fn ours_each(connection: &dyn Connection) {
    for i in 0..ROWS {
        bound(&mut *connection.prepare(INSERT).unwrap(), i);
    }
}

fn ours_bulk(connection: &dyn Connection) {
    let mut insert = connection.prepare(INSERT).unwrap();
    for i in 0..ROWS {
        bound(&mut *insert, i);
    }
}

fn ours_read(connection: &dyn Connection) -> i64 {
    let mut sum = 0;
    let mut select = connection.prepare(SELECT).unwrap();
    select
        .query(&mut |row| {
            for index in 0..4 {
                sum += match row.get(index)? {
                    ValueRef::Int(v) => v,
                    ValueRef::Text(v) => v.len() as i64,
                    _ => 0,
                };
            }
            Ok(Flow::Continue(()))
        })
        .unwrap();
    sum
}

fn main() {
    let path = std::env::temp_dir().join(format!("orm-overhead-{}.db", std::process::id()));
    for place in ["memory", "memory, one connection", "file"] {
        let file = place == "file";
        let mut best = [[Duration::MAX; 2]; 3];
        for _ in 0..ROUNDS {
            let _ = std::fs::remove_file(&path);
            let raw = if file {
                rusqlite::Connection::open(&path).unwrap()
            } else {
                rusqlite::Connection::open_in_memory().unwrap()
            };
            raw.pragma_update(None, "journal_mode", if file { "wal" } else { "memory" }).unwrap();
            raw.execute_batch(TABLE).unwrap();
            raw.execute_batch("BEGIN").unwrap();
            let times = [
                timed(|| bare_each(&raw)),
                timed(|| bare_bulk(&raw)),
                timed(|| assert!(black_box(bare_read(&raw)) > 0)),
            ];
            raw.execute_batch("COMMIT").unwrap();
            for (row, time) in best.iter_mut().zip(times) {
                row[0] = row[0].min(time);
            }
            drop(raw);

            let _ = std::fs::remove_file(&path);
            let engine = if file {
                orm_sqlite::Engine::open(&path).unwrap()
            } else {
                let most = if place == "memory" { usize::MAX } else { 1 };
                orm_sqlite::Engine::options().max_connections(most).in_memory().unwrap()
            };
            let connection = engine.connect().unwrap();
            connection.execute_batch(TABLE).unwrap();
            connection.begin(Access::Usual).unwrap();
            let times = [
                timed(|| ours_each(&connection)),
                timed(|| ours_bulk(&connection)),
                timed(|| assert!(black_box(ours_read(&connection)) > 0)),
            ];
            connection.commit().unwrap();
            for (row, time) in best.iter_mut().zip(times) {
                row[1] = row[1].min(time);
            }
        }
        for (name, [bare, ours]) in
            ["insert, prepared for each", "insert, prepared once", "read"].iter().zip(best)
        {
            let ns = |time: Duration| time.as_nanos() as f64 / ROWS as f64;
            let ratio = ours.as_secs_f64() / bare.as_secs_f64();
            println!(
                "{place:22} {name:26} bare {:7.0} ns  ours {:7.0} ns  ratio {ratio:.3}",
                ns(bare),
                ns(ours)
            );
        }
    }
    let _ = std::fs::remove_file(&path);
}
