//! Options: what is on by default, and what each one changes.

use std::time::Duration;

use orm_core::Fault;
use orm_sqlite::{Engine, JournalMode, Synchronous};

use super::support::*;

#[test]
fn files_have_a_write_ahead_log_foreign_keys_and_a_busy_timeout() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let engine = Engine::open(&path).unwrap();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    for connection in [&first, &second] {
        assert_eq!(text(connection, "PRAGMA journal_mode"), "wal");
        assert_eq!(int(connection, "PRAGMA foreign_keys"), 1);
        assert_eq!(int(connection, "PRAGMA busy_timeout"), 5000);
        assert_eq!(int(connection, "PRAGMA read_uncommitted"), 0);
    }
    assert!(path.exists());
    assert_eq!(engine.dialect().name(), "sqlite");
    assert_eq!(format!("{engine:?}"), "Engine(Engine(sqlite))");
}

#[test]
fn options_hold_for_each_connection() {
    let scratch = Scratch::new();
    let engine = Engine::options()
        .foreign_keys(false)
        .busy_timeout(Duration::from_millis(1234))
        .journal_mode(JournalMode::Truncate)
        .synchronous(Synchronous::Normal)
        .pragma("cache_size", -4321)
        .pragma("temp_store", "memory")
        .open(scratch.file("a.db"))
        .unwrap();
    let lent: Vec<_> = (0..3).map(|_| engine.connect().unwrap()).collect();
    for connection in &lent {
        assert_eq!(int(connection, "PRAGMA foreign_keys"), 0);
        assert_eq!(int(connection, "PRAGMA busy_timeout"), 1234);
        assert_eq!(text(connection, "PRAGMA journal_mode"), "truncate");
        assert_eq!(int(connection, "PRAGMA synchronous"), 1);
        assert_eq!(int(connection, "PRAGMA cache_size"), -4321);
        assert_eq!(int(connection, "PRAGMA temp_store"), 2);
    }
}

#[test]
fn a_timeout_longer_than_sqlite_can_count_is_cut() {
    let engine =
        Engine::options().busy_timeout(Duration::MAX).pool_timeout(Duration::MAX).in_memory().unwrap();
    assert_eq!(int(&engine.connect().unwrap(), "PRAGMA busy_timeout"), i64::from(i32::MAX));
}

#[test]
fn options_that_cannot_be_met_are_errors() {
    let error = Engine::options().journal_mode(JournalMode::Wal).max_connections(1).in_memory().unwrap_err();
    assert_fault(&error, Fault::Connection);
    assert!(error.message().contains("`wal` can't be had"), "{error}");
    let error = Engine::options().pragma("cash_size", 1).in_memory().unwrap_err();
    assert_fault(&error, Fault::Connection);
    assert_eq!(error.message(), "SQLite knows no pragma `cash_size`");
    assert!(Engine::options().pragma("cache_size; DROP TABLE x", 1).in_memory().is_err());
    assert!(Engine::options().max_connections(0).in_memory().is_err());
}

#[test]
fn a_small_statement_cache_still_works() {
    let engine = Engine::options().statement_cache(0).in_memory().unwrap();
    let connection = engine.connect().unwrap();
    for i in 0..40 {
        assert_eq!(int(&connection, &format!("SELECT {i}")), i);
        assert_eq!(int(&connection, "SELECT 7"), 7);
    }
}

#[test]
fn uris_are_understood() {
    let scratch = Scratch::new();
    let path = scratch.file("a b.db");
    let engine = Engine::open(uri(&path, "mode=rwc").replace(' ', "%20")).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(path.exists());
    let error = Engine::open(uri(&scratch.file("none.db"), "mode=rw")).unwrap_err();
    assert_fault(&error, Fault::Connection);
    // A file in rollback mode that is opened read-only stays as it is.
    let plain = scratch.file("plain.db");
    rusqlite::Connection::open(&plain).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let engine = Engine::open(uri(&plain, "mode=ro")).unwrap();
    assert_eq!(text(&engine.connect().unwrap(), "PRAGMA journal_mode"), "delete");
}

#[test]
fn it_coerces_to_the_engine_of_every_database() {
    fn dialect_of(engine: &orm_core::engine::Engine) -> &'static str {
        engine.dialect().name()
    }
    let engine = Engine::in_memory().unwrap();
    assert_eq!(dialect_of(&engine), "sqlite");
    assert_eq!(dialect_of(&orm_core::engine::Engine::from(engine)), "sqlite");
}
