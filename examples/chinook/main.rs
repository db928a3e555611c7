//! The Chinook sample database as objects: a report read through relationships, changes, and the proof that
//! they are in the file.
//!
//! `cargo run --release --example chinook`, with `-- --echo` to see each statement. It works on a copy.

#![allow(unreachable_pub, reason = "a program has no users of its items; `pub` reads better")]

mod changes;
mod models;
mod report;
mod types;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orm::engine::{Connection, EventKind, Observer, StatementEvent};
use orm::prelude::*;
use orm::sqlite::Engine;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let mut echo = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--echo" => echo = true,
            other => return Err(format!("unknown argument `{other}`; there is only --echo").into()),
        }
    }

    let scratch = Scratch::new()?;
    let file = scratch.0.join("chinook.sqlite");
    std::fs::write(&file, include_bytes!("../data/Chinook_Sqlite.sqlite"))?;
    let mut out = io::stdout().lock();

    work(&file, echo, &mut out, |session, out| {
        report::report(session, out)?;
        changes::change(session, out)
    })?;
    // Another engine, so that nothing comes from memory.
    work(&file, echo, &mut out, changes::prove)?;
    check_file(&file, &mut out)
}

/// Opens the file, works with it in a session, closes it, and says how many statements that took.
fn work(
    file: &Path,
    echo: bool,
    out: &mut dyn Write,
    job: impl FnOnce(&Session, &mut dyn Write) -> Result,
) -> Result {
    let engine = Engine::open(file)?;
    let observer = Arc::new(Statements { echo, count: AtomicU64::new(0) });
    engine.observe(observer.clone());
    let session = Session::new(&engine);
    job(&session, out)?;
    session.close()?;
    engine.close();
    writeln!(out, "\n({} statements)", observer.count.load(Ordering::Relaxed))?;
    Ok(())
}

/// Asks SQLite itself whether the file is sound.
fn check_file(file: &Path, out: &mut dyn Write) -> Result {
    report::heading(out, "Checks of the file")?;
    let connection = Engine::open(file)?.connect()?;
    for (check, clean) in [("foreign_key_check", 0), ("integrity_check", 1)] {
        let mut rows = Vec::new();
        connection.prepare(&format!("PRAGMA {check}"))?.query(&mut |row| {
            rows.push(row.get(0)?.to_value().to_string());
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        if rows.len() != clean || rows.iter().any(|row| row != "'ok'") {
            return Err(format!("{check} found: {}", rows.join(", ")).into());
        }
        writeln!(out, "{check}: ok")?;
    }
    Ok(())
}

/// Counts statements, and prints them when told to.
struct Statements {
    echo: bool,
    count: AtomicU64,
}

impl Observer for Statements {
    fn wants_params(&self) -> bool {
        self.echo
    }

    fn statement(&self, event: &StatementEvent<'_>) {
        if event.kind == EventKind::Statement {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        if self.echo {
            let params: Vec<String> = event.params.iter().map(ToString::to_string).collect();
            let values = if params.is_empty() { String::new() } else { format!(" [{}]", params.join(", ")) };
            // The lock of standard output is reentrant; nobody is left to tell when it is closed.
            let _ = writeln!(io::stdout(), "    | {}{values} -> {} rows", event.sql, event.rows);
        }
    }
}

/// A folder that is gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("orm-chinook-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that is left behind in the place for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
