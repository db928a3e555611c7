//! Growth: time per row as the number of rows grows, and memory while rows are read one after another.

use std::time::Instant;

use cpu_time::ThreadTime;

use orm::prelude::*;
use orm::sqlite::Engine;

use crate::memory::Memory;
use crate::models::User;
use crate::report::median;
use crate::{CHILDREN, Outcome, Source, bare, check, objects};

/// Microseconds a row of the steps of a graph's life.
pub struct PerRow {
    /// Objects are made, added, flushed and committed.
    pub insert: f64,
    /// The session goes with everything that it holds.
    pub load: f64,
    /// What was loaded is dropped.
    pub drop: f64,
    /// Inserting by hand.
    pub bare_insert: f64,
    /// Loading by hand.
    pub bare_load: f64,
}

/// Writes that many parents with their children, and loads them with their children in another session.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn graph(parents: usize, rounds: usize) -> Outcome<PerRow> {
    let source = Source::new(parents);
    let rows = (parents * (CHILDREN + 1)) as f64;
    let mut taken: [Vec<f64>; 5] = Default::default();
    for _ in 0..rounds {
        let engine = objects::empty()?;
        let mut times = [0.0; 5];
        times[0] = timed(|| objects::insert_parents(&engine, &source, parents))?.1;
        let ((session, users), seconds) = timed(|| objects::load_nested(&engine))?;
        times[1] = seconds;
        check("users", users.len(), parents)?;
        times[2] = timed(|| {
            drop((users, session));
            Ok(())
        })?
        .1;
        drop(engine);
        let connection = bare::empty()?;
        times[3] = timed(|| bare::insert_parents(&connection, &source, parents))?.1;
        let (found, seconds) = timed(|| bare::load_nested(&connection))?;
        times[4] = seconds;
        check("users", found.len(), parents)?;
        for (all, time) in taken.iter_mut().zip(times) {
            all.push(time * 1e6 / rows);
        }
    }
    let [insert, load, drop, bare_insert, bare_load] = taken.map(median);
    Ok(PerRow { insert, load, drop, bare_insert, bare_load })
}

fn timed<R>(f: impl FnOnce() -> Outcome<R>) -> Outcome<(R, f64)> {
    let start = ThreadTime::now();
    let result = f()?;
    Ok((result, start.elapsed().as_secs_f64()))
}

/// Memory at one place of a long read.
pub struct Reading {
    /// How many rows were read.
    pub rows: usize,
    /// Then.
    pub memory: Memory,
}

/// Reads that many rows of a file one after another, as objects that nobody keeps.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn stream(rows: usize) -> Outcome<(Vec<Reading>, f64)> {
    struct Remove(std::path::PathBuf);
    impl Drop for Remove {
        fn drop(&mut self) {
            for end in ["", "-wal", "-shm"] {
                let mut path = self.0.clone().into_os_string();
                path.push(end);
                // Nothing to remove is fine too.
                let _ = std::fs::remove_file(path);
            }
        }
    }
    let path = Remove(std::env::temp_dir().join(format!("orm-growth-{}.db", std::process::id())));
    let engine = Engine::open(&path.0)?;
    DefaultRegistry::create_all(&engine)?;
    // In parts, so that the source takes no memory to speak of.
    let part = Source::new(rows.min(10_000));
    for _ in 0..rows / part.size {
        objects::fill(&engine, &part, part.size, false)?;
    }
    let rows = rows / part.size * part.size;
    let mut readings = vec![Reading { rows: 0, memory: Memory::now()? }];
    let (mut read, mut keys) = (0, 0);
    let session = Session::new(&engine);
    let start = Instant::now();
    let mut failed = None;
    session.scalars(select(User))?.each(|user| {
        read += 1;
        keys += user.id()?;
        if read % (rows / 10) == 0 {
            match Memory::now() {
                Ok(memory) => readings.push(Reading { rows: read, memory }),
                Err(error) => failed = Some(error),
            }
        }
        Ok(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    if let Some(error) = failed {
        return Err(error);
    }
    check("rows", read, rows)?;
    check("keys", keys, (rows * (rows + 1) / 2) as i64)?;
    Ok((readings, seconds))
}
