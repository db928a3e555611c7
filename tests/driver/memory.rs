//! Databases in memory: shared within an engine as a file would be, apart from other engines.

use std::time::{Duration, Instant};

use orm_core::engine::{Access, Connection, Flow};
use orm_core::{Fault, Value};
use orm_sqlite::Engine;

use super::support::*;

fn filled() -> Engine {
    let engine = Engine::options().busy_timeout(Duration::from_millis(100)).in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a); CREATE TABLE u (a); INSERT INTO t VALUES (1)").unwrap();
    engine
}

#[test]
fn connections_share_the_database_and_engines_do_not() {
    for name in [":memory:", "file::memory:", "file:x?mode=memory", "file:x?vfs=memdb"] {
        let (engine, other) = (Engine::open(name).unwrap(), Engine::open(name).unwrap());
        engine.execute_batch("CREATE TABLE t (a)").unwrap();
        // All connections are closed in between.
        drop((engine.connect().unwrap(), engine.connect().unwrap()));
        let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
        execute(&first, "INSERT INTO t VALUES (1)", &[]).unwrap();
        assert_eq!(int(&second, "SELECT count(*) FROM t"), 1, "{name}");
        other.execute_batch("CREATE TABLE t (a)").unwrap();
    }
}

#[test]
fn memory_shared_by_name_is_shared_between_engines() {
    for name in ["file:orm-test-shared?mode=memory&cache=shared", "file:/orm-test-shared?vfs=memdb"] {
        let (engine, other) = (Engine::open(name).unwrap(), Engine::open(name).unwrap());
        engine.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(int(&other.connect().unwrap(), "SELECT count(*) FROM t"), 1, "{name}");
    }
}

#[test]
fn it_outlives_its_connections_and_ends_with_the_engine() {
    let name = "file:orm-test-ends?mode=memory&cache=shared";
    let engine = Engine::options().pool_size(0).open(name).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    assert_eq!(int(&engine.connect().unwrap(), "SELECT count(*) FROM t"), 0);
    let clone = engine.clone();
    drop(engine);
    assert_eq!(int(&clone.connect().unwrap(), "SELECT count(*) FROM t"), 0);
    drop(clone);
    let anew = Engine::open(name).unwrap();
    assert_eq!(int(&anew.connect().unwrap(), "SELECT count(*) FROM sqlite_schema"), 0);
}

#[test]
fn a_reader_does_not_block_a_writer_and_sees_what_was_there() {
    let engine = filled();
    let (reader, writer) = (engine.connect().unwrap(), engine.connect().unwrap());
    reader.begin(Access::Usual).unwrap();
    assert_eq!(int(&reader, "SELECT count(*) FROM t"), 1);
    writer.begin(Access::Usual).unwrap();
    execute(&writer, "INSERT INTO t VALUES (2)", &[]).unwrap();
    writer.commit().unwrap();
    assert_eq!(int(&reader, "SELECT count(*) FROM t"), 1);
    // What it would write would rest on what isn't so any more.
    assert_fault(&execute(&reader, "INSERT INTO t VALUES (3)", &[]).unwrap_err(), Fault::Busy);
    reader.rollback().unwrap();
    reader.begin(Access::Usual).unwrap();
    assert_eq!(int(&reader, "SELECT count(*) FROM t"), 2);
    execute(&reader, "INSERT INTO t VALUES (3)", &[]).unwrap();
    reader.commit().unwrap();
}

#[test]
fn a_writer_does_not_block_a_reader_even_in_the_middle_of_a_query() {
    let engine = filled();
    let (reader, writer) = (engine.connect().unwrap(), engine.connect().unwrap());
    for i in 2..=100 {
        execute(&writer, "INSERT INTO t VALUES (?)", &[Value::Int(i)]).unwrap();
    }
    writer.begin(Access::Usual).unwrap();
    let mut seen = Vec::new();
    reader
        .prepare("SELECT a FROM t ORDER BY rowid")
        .unwrap()
        .query(&mut |row| {
            seen.push(row.get(0)?.to_value());
            let next = Value::Int(seen.len() as i64 + 1);
            execute(&writer, "UPDATE t SET a = a + 1000 WHERE a = ?", &[next])?;
            Ok(Flow::Continue(()))
        })
        .unwrap();
    assert_eq!(seen, (1..=100).map(Value::Int).collect::<Vec<_>>(), "nothing of it is committed");
    writer.rollback().unwrap();
    assert_eq!(int(&reader, "SELECT count(*) FROM t WHERE a > 1000"), 0);
}

#[test]
fn a_second_writer_waits_and_then_fails() {
    let engine = filled();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    first.begin(Access::Usual).unwrap();
    execute(&first, "INSERT INTO t VALUES (2)", &[]).unwrap();
    second.begin(Access::Usual).unwrap();
    let sql = "INSERT INTO u VALUES (2)";
    let start = Instant::now();
    let error = execute(&second, sql, &[]).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
    assert_fault(&error, Fault::Busy);
    assert_eq!(said(&error).sql(), Some(sql));
    first.commit().unwrap();
    execute(&second, sql, &[]).unwrap();
    second.commit().unwrap();
    assert_eq!(int(&first, "SELECT count(*) FROM u"), 1);
}

#[test]
fn a_second_writer_gets_through_when_the_first_is_done() {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let (locked, wait) = std::sync::mpsc::channel();
    let clone = engine.clone();
    let thread = std::thread::spawn(move || {
        let connection = clone.connect().unwrap();
        connection.begin(Access::Usual).unwrap();
        execute(&connection, "INSERT INTO t VALUES (1)", &[]).unwrap();
        locked.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(60));
        connection.commit().unwrap();
    });
    wait.recv().unwrap();
    let connection = engine.connect().unwrap();
    connection.begin(Access::Usual).unwrap();
    let given = rows(&connection, "INSERT INTO t VALUES (2) RETURNING a", 1).unwrap();
    assert_eq!(given, [[Value::Int(2)]], "waiting happens for queries too");
    connection.commit().unwrap();
    thread.join().unwrap();
    assert_eq!(int(&connection, "SELECT count(*) FROM t"), 2);
}

#[test]
fn schema_changes_are_seen_when_they_are_committed() {
    let engine = Engine::in_memory().unwrap();
    let (changes, reads) = (engine.connect().unwrap(), engine.connect().unwrap());
    let tables = "SELECT count(*) FROM sqlite_schema";
    changes.begin(Access::Usual).unwrap();
    changes.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(int(&reads, tables), 0);
    changes.commit().unwrap();
    assert_eq!(int(&reads, "SELECT count(*) FROM t"), 1);
}

#[test]
fn nothing_is_left_of_it() {
    let scratch = Scratch::new();
    let folder = scratch.file("");
    let count = || std::fs::read_dir(&folder).unwrap().count();
    let open = || Engine::options().memory_folder(&folder).in_memory().unwrap();
    let engine = open();
    engine.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let connection = engine.connect().unwrap();
    assert_eq!(count(), 1);
    drop(engine);
    assert_eq!(int(&connection, "SELECT count(*) FROM t"), 1);
    drop(connection);
    assert_eq!(count(), 0, "it goes with its last connection");
    let engine = open();
    let connection = engine.connect().unwrap();
    engine.close();
    assert_eq!(int(&connection, "SELECT count(*) FROM sqlite_schema"), 0);
    drop(connection);
    assert_eq!(count(), 0, "an engine that is closed keeps nothing");
    let engine = open();
    engine.close();
    assert_eq!(count(), 0);
    let nowhere = Engine::options().memory_folder(scratch.file("none")).in_memory().unwrap_err();
    assert_fault(&nowhere, Fault::Connection);
    Engine::options().memory_folder(scratch.file("none")).max_connections(1).in_memory().unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let _engine = Engine::options().memory_folder(scratch.file("")).in_memory().unwrap();
    let folder = std::fs::read_dir(scratch.file("")).unwrap().next().unwrap().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

/// Shared by name, as SQLite itself shares memory: nobody reads what isn't committed unless he asks for it.
#[test]
fn memory_shared_by_name_has_the_isolation_of_a_shared_cache() {
    for dirty in [false, true] {
        let options = Engine::options().busy_timeout(Duration::from_millis(50));
        let options = if dirty { options.read_uncommitted(true) } else { options };
        let engine = options.open("file:orm-test-isolated?mode=memory&cache=shared").unwrap();
        engine.execute_batch("CREATE TABLE t (a)").unwrap();
        let (writer, reader) = (engine.connect().unwrap(), engine.connect().unwrap());
        writer.begin(Access::Usual).unwrap();
        execute(&writer, "INSERT INTO t VALUES (1)", &[]).unwrap();
        match rows(&reader, "SELECT a FROM t", 1) {
            Ok(read) => assert!(dirty && read.len() == 1),
            Err(error) => {
                assert!(!dirty);
                assert_fault(&error, Fault::Busy);
            }
        }
        writer.commit().unwrap();
        assert_eq!(rows(&reader, "SELECT a FROM t", 1).unwrap().len(), 1);
    }
}

#[test]
fn readers_and_writers_on_threads() {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE INDEX i ON t (a)").unwrap();
    let writer = {
        let engine = engine.clone();
        std::thread::spawn(move || {
            for round in 0..60 {
                let connection = engine.connect().unwrap();
                connection.begin(Access::Usual).unwrap();
                for i in 0..20 {
                    execute(&connection, "INSERT INTO t (a) VALUES (?)", &[Value::Int(i)]).unwrap();
                }
                execute(&connection, "DELETE FROM t WHERE a = ?", &[Value::Int(round % 20)]).unwrap();
                if round % 3 == 0 { connection.rollback() } else { connection.commit() }.unwrap();
            }
        })
    };
    let mut read = 0;
    while !writer.is_finished() {
        let connection = engine.connect().unwrap();
        connection.begin(Access::Usual).unwrap();
        rows(&connection, "SELECT id, a FROM t WHERE a > 3 ORDER BY a", 2).unwrap();
        read += 1;
    }
    writer.join().unwrap();
    assert!(read > 0);
    assert_eq!(text(&engine.connect().unwrap(), "PRAGMA integrity_check"), "ok");
}

#[test]
fn one_connection_alone_keeps_the_database_and_its_settings() {
    let engine = Engine::options()
        .max_connections(1)
        .pool_size(0)
        .pool_timeout(Duration::from_millis(20))
        .in_memory()
        .unwrap();
    engine.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    {
        let connection = engine.connect().unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = off;
                 ATTACH ':memory:' AS \"o\"\"ther\";
                 CREATE TEMP TABLE \"a \"\"b\" (x UNIQUE);
                 CREATE TEMP VIEW v AS SELECT 1;
                 CREATE TEMP TABLE t (z);",
            )
            .unwrap();
        connection.begin(Access::Usual).unwrap();
        execute(&connection, "INSERT INTO main.t VALUES (2)", &[]).unwrap();
    }
    let connection = engine.connect().unwrap();
    assert_eq!(int(&connection, "SELECT count(*) FROM t"), 1);
    assert_eq!(int(&connection, "PRAGMA foreign_keys"), 1);
    assert_eq!(int(&connection, "SELECT count(*) FROM sqlite_temp_schema"), 0);
    let attached = "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')";
    assert_eq!(int(&connection, attached), 0);
    let error = engine.connect().unwrap_err();
    assert_fault(&error, Fault::Connection);
    assert_eq!(error.message(), "the only connection is in use");
    drop(connection);
    engine.close();
    assert!(engine.connect().is_err());
}
