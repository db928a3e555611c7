//! Every kind of fault, made for real.

use std::fs;
use std::time::{Duration, Instant};

use orm_core::engine::{Access, Connection};
use orm_core::{Code, Constraint, Fault, Value};
use orm_sqlite::{Engine, JournalMode};

use super::support::*;

const SCHEMA: &str = "
    CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
    CREATE TABLE item (
        org INTEGER, num INTEGER, name TEXT NOT NULL, price INTEGER CHECK (price > 0),
        parent_id INTEGER REFERENCES parent, a INTEGER, b INTEGER,
        PRIMARY KEY (org, num), CONSTRAINT both UNIQUE (a, b));
    CREATE UNIQUE INDEX lowered ON item (lower(name));
    CREATE TABLE typed (n INTEGER) STRICT;
    CREATE TABLE guarded (n);
    CREATE TRIGGER guard BEFORE INSERT ON guarded BEGIN SELECT raise(ABORT, 'no bananas'); END;
    INSERT INTO parent VALUES (1, 'p');
    INSERT INTO item VALUES (1, 1, 'x', 1, 1, 5, 5);
";

#[track_caller]
fn broken(sql: &str, constraint: Constraint, table: Option<&str>, columns: &[&str]) {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch(SCHEMA).unwrap();
    let error = execute(&engine.connect().unwrap(), sql, &[]).unwrap_err();
    assert_fault(&error, Fault::Constraint(constraint));
    assert_eq!(error.code(), Code::Integrity);
    let said = said(&error);
    assert_eq!(said.table(), table, "{error}");
    assert_eq!(said.columns(), columns, "{error}");
    assert_eq!(said.sql(), Some(sql));
    assert!(std::error::Error::source(&error).is_some(), "the driver's own error is kept");
}

#[test]
fn constraints_say_their_kind_table_and_columns() {
    broken("INSERT INTO parent VALUES (2, 'p')", Constraint::Unique, Some("parent"), &["code"]);
    broken("INSERT INTO item VALUES (1, 2, 'y', 1, 1, 5, 5)", Constraint::Unique, Some("item"), &["a", "b"]);
    broken("INSERT INTO item VALUES (1, 2, 'X', 1, 1, 6, 6)", Constraint::Unique, None, &[]);
    broken("INSERT INTO parent VALUES (1, 'q')", Constraint::PrimaryKey, Some("parent"), &["id"]);
    broken(
        "INSERT INTO item VALUES (1, 1, 'y', 1, 1, 6, 6)",
        Constraint::PrimaryKey,
        Some("item"),
        &["org", "num"],
    );
    broken("INSERT INTO item VALUES (1, 2, NULL, 1, 1, 6, 6)", Constraint::NotNull, Some("item"), &["name"]);
    broken("UPDATE item SET name = NULL", Constraint::NotNull, Some("item"), &["name"]);
    broken("UPDATE item SET price = 0", Constraint::Check, None, &[]);
    broken("UPDATE item SET parent_id = 7", Constraint::ForeignKey, None, &[]);
    broken("DELETE FROM parent", Constraint::ForeignKey, None, &[]);
    broken("INSERT INTO typed VALUES ('x')", Constraint::Other, Some("typed"), &["n"]);
    broken("INSERT INTO guarded VALUES (1)", Constraint::Other, None, &[]);
}

#[test]
fn refused_statements_carry_their_text() {
    let engine = Engine::in_memory().unwrap();
    let connection = engine.connect().unwrap();
    for sql in [
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT nothing",
        "SELECT 1; SELECT 2",
        "SELECT 'x",
        "SELECT 1\0x",
    ] {
        let error = rows(&connection, sql, 0).unwrap_err();
        assert_fault(&error, Fault::Statement);
        assert_eq!(error.code(), Code::Database);
        assert_eq!(said(&error).sql(), Some(sql));
    }
    for sql in ["CREATE TABLE a (x); CREATE TABEL b (x)", "CREATE TABLE c (x)\0;"] {
        let error = engine.execute_batch(sql).unwrap_err();
        assert_fault(&error, Fault::Statement);
        assert_eq!(said(&error).sql(), Some(sql));
    }
    // No statement at all.
    for sql in ["", "  ", "-- nothing"] {
        assert!(execute(&connection, sql, &[]).is_err(), "{sql:?}");
        engine.execute_batch(sql).unwrap();
    }
    let error = rows(&connection, "SELECT 1 FROM x WHERE y", 0).unwrap_err();
    assert_eq!(error.message(), "no such table: x");
    let error = rows(&connection, "SELECT 1 FORM x", 0).unwrap_err();
    assert!(error.message().contains("syntax error"), "{error}");
}

#[test]
fn values_that_a_key_cannot_hold() {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch(SCHEMA).unwrap();
    let connection = engine.connect().unwrap();
    let sql = "INSERT INTO parent (id) VALUES (?)";
    let error = execute(&connection, sql, &[Value::Text("x".to_owned())]).unwrap_err();
    assert_fault(&error, Fault::Value);
    let limit = Value::Int(2_000_000_000);
    let error = execute(&connection, "INSERT INTO guarded VALUES (zeroblob(?))", &[limit]).unwrap_err();
    assert_fault(&error, Fault::Value);
}

#[test]
fn a_lock_is_waited_for_then_an_error() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let engine = Engine::options().busy_timeout(Duration::from_millis(100)).open(&path).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let connection = engine.connect().unwrap();
    let start = Instant::now();
    let sql = "INSERT INTO t VALUES (1)";
    let error = execute(&connection, sql, &[]).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
    assert_fault(&error, Fault::Busy);
    assert_eq!(error.code(), Code::Locked);
    assert_eq!(said(&error).sql(), Some(sql));
    assert!(error.to_string().contains("help: "), "{error}");
    // Readers don't wait with a write-ahead log.
    assert_eq!(int(&connection, "SELECT count(*) FROM t"), 0);

    other.execute_batch("COMMIT").unwrap();
    execute(&connection, sql, &[]).unwrap();
}

#[test]
fn a_lock_that_goes_away_is_no_error() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let engine = Engine::open(&path).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        other.execute_batch("COMMIT").unwrap();
    });
    execute(&engine.connect().unwrap(), "INSERT INTO t VALUES (1)", &[]).unwrap();
    release.join().unwrap();
}

#[test]
fn a_transaction_that_has_read_an_old_state_cannot_write() {
    let scratch = Scratch::new();
    let engine = Engine::open(scratch.file("a.db")).unwrap();
    engine.execute_batch("CREATE TABLE t (a)").unwrap();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    first.begin(Access::Usual).unwrap();
    assert_eq!(int(&first, "SELECT count(*) FROM t"), 0);
    execute(&second, "INSERT INTO t VALUES (1)", &[]).unwrap();
    assert_eq!(int(&first, "SELECT count(*) FROM t"), 0, "the same state throughout");
    let error = execute(&first, "INSERT INTO t VALUES (2)", &[]).unwrap_err();
    assert_fault(&error, Fault::Busy);
    assert!(error.to_string().contains("roll back and repeat"), "{error}");
    first.rollback().unwrap();
    execute(&first, "INSERT INTO t VALUES (2)", &[]).unwrap();
}

#[test]
fn dropping_a_table_while_it_is_read_fails_at_once() {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let connection = engine.connect().unwrap();
    let start = Instant::now();
    let error = connection
        .prepare("SELECT a FROM t")
        .unwrap()
        .query(&mut |_| connection.execute_batch("DROP TABLE t").map(std::ops::ControlFlow::Continue))
        .unwrap_err();
    assert_fault(&error, Fault::Busy);
    assert!(start.elapsed() < Duration::from_secs(2), "waiting can't help");
    connection.execute_batch("DROP TABLE t").unwrap();
}

#[test]
fn read_only_databases_refuse_to_be_written() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    Engine::open(&path).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    let sql = "INSERT INTO t VALUES (2)";
    let refuses = |engine: Engine| {
        let connection = engine.connect().unwrap();
        assert_eq!(int(&connection, "SELECT count(*) FROM t"), 1);
        let error = execute(&connection, sql, &[]).unwrap_err();
        assert_fault(&error, Fault::ReadOnly);
        assert_eq!(error.code(), Code::ReadOnly);
        assert_eq!(said(&error).sql(), Some(sql));
        assert_eq!(int(&connection, "SELECT count(*) FROM t"), 1, "still of use");
    };
    refuses(Engine::options().read_only(true).open(&path).unwrap());
    refuses(Engine::open(uri(&path, "mode=ro")).unwrap());
    refuses(Engine::open(uri(&path, "immutable=1")).unwrap());

    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    // The superuser may write all the same.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        refuses(Engine::open(&path).unwrap());
    }

    let error = Engine::options().read_only(true).open(scratch.file("missing.db")).unwrap_err();
    assert_fault(&error, Fault::Connection);
    let error = Engine::options().read_only(true).in_memory().unwrap_err();
    assert_fault(&error, Fault::Connection);
}

#[test]
fn a_full_database_is_an_error_and_goes_on() {
    let scratch = Scratch::new();
    for engine in [
        Engine::options().pragma("max_page_count", 10).open(scratch.file("a.db")).unwrap(),
        Engine::options().pragma("max_page_count", 10).in_memory().unwrap(),
    ] {
        engine.execute_batch("CREATE TABLE t (a)").unwrap();
        let connection = engine.connect().unwrap();
        connection.begin(Access::Usual).unwrap();
        let big = Value::Blob(vec![7; 3000]);
        let sql = "INSERT INTO t VALUES (?)";
        let error =
            (0..20).find_map(|_| execute(&connection, sql, std::slice::from_ref(&big)).err()).unwrap();
        assert_fault(&error, Fault::Full);
        assert_eq!(error.code(), Code::Full);
        assert_eq!(said(&error).sql(), Some(sql));
        connection.rollback().unwrap();
        assert_eq!(int(&connection, "SELECT count(*) FROM t"), 0);
        execute(&connection, "INSERT INTO t VALUES (1)", &[]).unwrap();
    }
}

#[test]
fn what_is_no_database_is_found_when_opened() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    fs::write(
        &path,
        "This is a letter to my aunt, long enough to be taken for a header of something. ".repeat(50),
    )
    .unwrap();
    for options in [
        Engine::options(),
        Engine::options().read_only(true),
        Engine::options().journal_mode(JournalMode::Delete),
    ] {
        let error = options.open(&path).unwrap_err();
        assert_fault(&error, Fault::Corrupt);
        assert_eq!(error.code(), Code::Corrupt);
    }
}

#[test]
fn a_damaged_file_is_an_error_where_it_is_met() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    {
        let engine = Engine::options().journal_mode(JournalMode::Delete).open(&path).unwrap();
        engine.execute_batch("CREATE TABLE t (a); CREATE INDEX i ON t (a)").unwrap();
        let connection = engine.connect().unwrap();
        connection.begin(Access::Usual).unwrap();
        for i in 0..2000 {
            execute(&connection, "INSERT INTO t VALUES (?)", &[Value::Text(format!("row {i}"))]).unwrap();
        }
        connection.commit().unwrap();
    }
    let mut bytes = fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 8 * page);
    bytes[page..].fill(0xa5);
    fs::write(&path, bytes).unwrap();

    let engine = Engine::open(&path).unwrap();
    let connection = engine.connect().unwrap();
    let sql = "SELECT a FROM t";
    let error = rows(&connection, sql, 1).unwrap_err();
    assert_fault(&error, Fault::Corrupt);
    assert_eq!(said(&error).sql(), Some(sql));
    assert_fault(&execute(&connection, "DELETE FROM t", &[]).unwrap_err(), Fault::Corrupt);
}

#[test]
fn a_file_cut_short_under_a_connection_is_an_error() {
    let scratch = Scratch::new();
    let path = scratch.file("a.db");
    let engine =
        Engine::options().journal_mode(JournalMode::Delete).pragma("cache_size", 1).open(&path).unwrap();
    engine
        .execute_batch(
            "CREATE TABLE t (a); INSERT INTO t SELECT randomblob(2000) FROM json_each('[1,2,3,4,5,6,7,8]')",
        )
        .unwrap();
    let connection = engine.connect().unwrap();
    assert_eq!(rows(&connection, "SELECT a FROM t", 1).unwrap().len(), 8);
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4096).unwrap();
    let error = rows(&connection, "SELECT a FROM t", 1).unwrap_err();
    assert!(matches!(said(&error).fault(), Fault::Corrupt | Fault::Other), "{error}");
}

#[test]
fn what_cannot_be_opened() {
    let scratch = Scratch::new();
    let missing = scratch.file("no/such/folder/a.db");
    let folder = scratch.file(".");
    for path in [missing.to_str().unwrap(), folder.to_str().unwrap(), "", "sqlite:///a.db", "nul\0.db"] {
        let error = Engine::open(path).unwrap_err();
        assert_fault(&error, Fault::Connection);
        assert_eq!(error.code(), Code::Connection);
    }
    let error = Engine::options().create(false).open(scratch.file("a.db")).unwrap_err();
    assert_fault(&error, Fault::Connection);
    let error = Engine::open("file:x?%6dode=memory").unwrap_err();
    assert_fault(&error, Fault::Connection);
    assert!(error.message().contains("a database of its own"), "{error}");
}

#[test]
fn a_closed_engine_says_so() {
    let scratch = Scratch::new();
    for engine in [Engine::in_memory().unwrap(), Engine::open(scratch.file("a.db")).unwrap()] {
        engine.execute_batch("CREATE TABLE t (a)").unwrap();
        let lent = engine.connect().unwrap();
        engine.close();
        let error = engine.connect().unwrap_err();
        assert_fault(&error, Fault::Connection);
        assert_eq!(error.message(), "the engine is closed");
        assert_fault(&engine.execute_batch("SELECT 1").unwrap_err(), Fault::Connection);
        // A connection that was lent before goes on until it comes back.
        execute(&lent, "INSERT INTO t VALUES (1)", &[]).unwrap();
        drop(lent);
        engine.close();
        assert!(engine.clone().connect().is_err());
    }
}
