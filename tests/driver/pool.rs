//! The pool: connections shared between threads, and handed over clean.

use std::time::{Duration, Instant};

use orm_core::engine::{Access, Connection};
use orm_core::{Fault, Value};
use orm_sqlite::Engine;

use super::support::*;

fn is_shared<T: Send + Sync>() {}

#[test]
fn threads_share_an_engine() {
    is_shared::<Engine>();
    is_shared::<orm_core::engine::Engine>();
    let scratch = Scratch::new();
    for engine in [Engine::open(scratch.file("a.db")).unwrap(), Engine::in_memory().unwrap()] {
        engine.execute_batch("CREATE TABLE t (thread, i)").unwrap();
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let engine = engine.clone();
                std::thread::spawn(move || {
                    for i in 0..20 {
                        let connection = engine.connect().unwrap();
                        connection.begin(Access::Usual).unwrap();
                        for _ in 0..5 {
                            let values = [Value::Int(thread), Value::Int(i)];
                            execute(&connection, "INSERT INTO t VALUES (?, ?)", &values).unwrap();
                        }
                        connection.commit().unwrap();
                        let mine = format!("SELECT count(*) FROM t WHERE thread = {thread}");
                        assert_eq!(int(&connection, &mine), (i + 1) * 5);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(int(&engine.connect().unwrap(), "SELECT count(*) FROM t"), 8 * 20 * 5);
    }
}

#[test]
fn threads_open_the_same_new_file_at_once() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Engine::open(&path).unwrap().connect().map(drop).unwrap())
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn what_was_left_open_is_rolled_back() {
    let scratch = Scratch::new();
    for engine in [Engine::open(scratch.file("a.db")).unwrap(), Engine::in_memory().unwrap()] {
        engine.execute_batch("CREATE TABLE t (a)").unwrap();
        {
            let connection = engine.connect().unwrap();
            connection.begin(Access::Usual).unwrap();
            connection.savepoint("s").unwrap();
            execute(&connection, "INSERT INTO t VALUES (1)", &[]).unwrap();
        }
        let connection = engine.connect().unwrap();
        assert!(!connection.in_transaction());
        assert_eq!(int(&connection, "SELECT count(*) FROM t"), 0);
        // Nobody else holds a lock either.
        execute(&engine.connect().unwrap(), "INSERT INTO t VALUES (1)", &[]).unwrap();
    }
}

#[test]
fn a_panic_gives_the_connection_back() {
    let engine =
        Engine::options().max_connections(1).pool_timeout(Duration::from_millis(50)).in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let clone = engine.clone();
    let thread = std::thread::spawn(move || {
        let connection = clone.connect().unwrap();
        connection.begin(Access::Usual).unwrap();
        execute(&connection, "INSERT INTO t VALUES (1)", &[]).unwrap();
        panic!("on purpose");
    });
    assert!(thread.join().is_err());
    assert_eq!(int(&engine.connect().unwrap(), "SELECT count(*) FROM t"), 0);
}

#[test]
fn connections_are_kept_and_closed_as_the_options_say() {
    let scratch = Scratch::new();
    let engine = Engine::options().pool_size(1).open(scratch.file("a.db")).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    execute(&first, "INSERT INTO t VALUES (1), (2), (3)", &[]).unwrap();
    execute(&second, "INSERT INTO t VALUES (4)", &[]).unwrap();
    drop(first);
    drop(second);
    let (again, anew) = (engine.connect().unwrap(), engine.connect().unwrap());
    assert_eq!(total_changes(&again), 3, "the first that came back was kept");
    assert_eq!(total_changes(&anew), 0, "the second was closed");
}

#[test]
fn changed_settings_do_not_reach_the_next_session() {
    let engine = Engine::in_memory().unwrap();
    for sql in ["PRAGMA foreign_keys = off", "CREATE TEMP TABLE mine (a)", "ATTACH ':memory:' AS other"] {
        let connection = engine.connect().unwrap();
        execute(&connection, sql, &[])
            .or_else(|_| rows(&connection, sql, 0).map(|_| Default::default()))
            .unwrap();
        drop(connection);
        engine.connect().unwrap().execute_batch(sql).unwrap();
        let connection = engine.connect().unwrap();
        assert_eq!(int(&connection, "PRAGMA foreign_keys"), 1, "{sql}");
        assert_eq!(int(&connection, "SELECT count(*) FROM sqlite_temp_schema"), 0, "{sql}");
        assert_eq!(
            int(&connection, "SELECT count(*) FROM pragma_database_list WHERE name = 'other'"),
            0,
            "{sql}"
        );
    }
}

#[test]
fn a_limit_makes_wait_then_fail() {
    let engine =
        Engine::options().max_connections(2).pool_timeout(Duration::from_millis(80)).in_memory().unwrap();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    let start = Instant::now();
    let error = engine.connect().unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(70));
    assert_fault(&error, Fault::Connection);
    assert!(error.to_string().contains("all 2 connections are in use; help: "), "{error}");
    drop(first);
    let third = engine.connect().unwrap();
    drop((second, third));

    // One that comes back in time is taken.
    let engine = Engine::options().max_connections(1).in_memory().unwrap();
    let clone = engine.clone();
    let (taken, wait) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let connection = clone.connect().unwrap();
        taken.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        drop(connection);
    });
    wait.recv().unwrap();
    engine.connect().unwrap();
    thread.join().unwrap();
}

#[test]
fn closing_wakes_who_waits() {
    let engine = Engine::options().max_connections(1).in_memory().unwrap();
    let _taken = engine.connect().unwrap();
    let clone = engine.clone();
    let thread = std::thread::spawn(move || clone.connect().map(drop).unwrap_err());
    std::thread::sleep(Duration::from_millis(30));
    let start = Instant::now();
    engine.close();
    assert_fault(&thread.join().unwrap(), Fault::Connection);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_file_is_released_when_the_engine_and_its_connections_are_gone() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let log = scratch.file("a.db-wal");
    let engine = Engine::open(&path).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let connection = engine.connect().unwrap();
    engine.close();
    assert!(log.exists());
    drop(connection);
    assert!(!log.exists(), "the last connection writes the log back and removes it");
}
