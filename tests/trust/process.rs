//! Processes of their own: this test binary, started again to do one thing.

use std::process::{Child, Command, Stdio};

use orm::sqlite::Engine;
use tests::Db;

const WORK: &str = "ORM_TEST_WORK";
const FILE: &str = "ORM_TEST_FILE";

/// Starts another process of this binary, in which the ignored test `test` does what it finds by [`work`].
pub fn start(test: &str, work: &str, db: &Db) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(WORK, work).env(FILE, db.path()).stdout(Stdio::piped()).spawn().unwrap()
}

/// What this process was started for, and the database. None where it wasn't.
pub fn work() -> Option<(String, Engine)> {
    let (work, file) = (std::env::var(WORK).ok()?, std::env::var(FILE).ok()?);
    Some((work, Engine::open(file).unwrap()))
}

/// How many rounds of a long test run: few in the ordinary tests, `long` where `ORM_TRUST_LONG` is set.
pub fn rounds(few: usize, long: usize) -> usize {
    if std::env::var_os("ORM_TRUST_LONG").is_some() { long } else { few }
}
