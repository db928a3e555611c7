//! Values on their way in and out, and statements.

use orm_core::engine::{Connection, Flow};
use orm_core::{Code, Fault, Result, Value, ValueRef};
use orm_sqlite::Engine;

use super::support::*;

fn back(connection: &dyn Connection, value: Value) -> Value {
    let mut statement = connection.prepare("SELECT ?").unwrap();
    statement.bind(0, value.as_ref()).unwrap();
    let mut found = None;
    statement
        .query(&mut |row| {
            found = Some(row.get(0)?.to_value());
            Ok(Flow::Continue(()))
        })
        .unwrap();
    found.unwrap()
}

#[test]
fn values_come_back_as_they_went_in() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let values = [
        Value::Null,
        Value::Int(0),
        Value::Int(i64::MIN),
        Value::Int(i64::MAX),
        Value::Real(-0.0),
        Value::Real(f64::MIN_POSITIVE),
        Value::Real(f64::MAX),
        Value::Real(f64::INFINITY),
        Value::Real(f64::NEG_INFINITY),
        Value::Text(String::new()),
        Value::Text("Grüße, 世界 \u{1F30D} e\u{301}".to_owned()),
        Value::Text("nul \0 inside".to_owned()),
        Value::Text("x".repeat(1_000_000)),
        Value::Blob(Vec::new()),
        Value::Blob((0..=255).collect()),
        Value::Blob(vec![0xff, 0xfe, 0x00]),
    ];
    for value in values {
        assert_eq!(back(&connection, value.clone()), value);
    }
    assert_eq!(back(&connection, Value::Bool(true)), Value::Int(1));
    assert_eq!(back(&connection, Value::Bool(false)), Value::Int(0));
}

#[test]
fn nan_is_refused_when_bound() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let mut statement = connection.prepare("SELECT 1, ?").unwrap();
    let error = statement.bind(0, ValueRef::Real(f64::NAN)).unwrap_err();
    assert_fault(&error, Fault::Value);
    assert_eq!(said(&error).sql(), Some("SELECT 1, ?"));
    assert_eq!(error.message(), "parameter 1 is NaN, which SQLite can't store");
    statement.bind(0, ValueRef::Real(1.5)).unwrap();
    statement.query(&mut |_| Ok(Flow::Continue(()))).unwrap();
}

#[test]
fn parameters_past_the_end_are_refused() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let mut statement = connection.prepare("SELECT ?").unwrap();
    for index in [1, 2, i32::MAX as usize, u32::MAX as usize, usize::MAX] {
        let error = statement.bind(index, ValueRef::Int(1)).unwrap_err();
        assert_fault(&error, Fault::Statement);
        assert!(error.message().ends_with("the statement has 1"), "{error}");
    }
}

#[test]
fn bound_values_stay_until_bound_anew_and_not_beyond_the_statement() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    connection.execute_batch("CREATE TABLE t (a, b)").unwrap();
    let sql = "INSERT INTO t VALUES (?, ?)";
    {
        let mut insert = connection.prepare(sql).unwrap();
        insert.bind(0, ValueRef::Int(1)).unwrap();
        insert.bind(1, ValueRef::Text("x")).unwrap();
        insert.execute().unwrap();
        insert.bind(0, ValueRef::Int(2)).unwrap();
        insert.execute().unwrap();
    }
    connection.prepare(sql).unwrap().execute().unwrap();
    let x = || Value::Text("x".to_owned());
    let expected = [[Value::Int(1), x()], [Value::Int(2), x()], [Value::Null, Value::Null]];
    assert_eq!(rows(&connection, "SELECT a, b FROM t", 2).unwrap(), expected);
}

#[test]
fn columns_past_the_end_and_broken_text_are_errors() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let error = rows(&connection, "SELECT 1", 2).unwrap_err();
    assert_fault(&error, Fault::Statement);
    assert_eq!(said(&error).sql(), Some("SELECT 1"));

    let sql = "SELECT 7, CAST(x'c3' AS TEXT) AS broken";
    let error = rows(&connection, sql, 2).unwrap_err();
    assert_fault(&error, Fault::Value);
    assert_eq!(error.code(), Code::Value);
    assert_eq!(error.message(), "the text in column 2 (`broken`) isn't UTF-8");
    assert_eq!(said(&error).sql(), Some(sql));
    // The other columns of such a row can be read.
    assert_eq!(rows(&connection, sql, 1).unwrap(), [[Value::Int(7)]]);
}

#[test]
fn execute_says_how_many_rows_and_which_key() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let c = &connection;
    let done = execute(c, "CREATE TABLE p (id INTEGER PRIMARY KEY, a)", &[]).unwrap();
    assert_eq!(done.rows, 0);
    let done = execute(c, "INSERT INTO p (a) VALUES (1), (1), (2)", &[]).unwrap();
    assert_eq!((done.rows, done.last_id), (3, Some(3)));
    assert_eq!(execute(c, "UPDATE p SET a = 1 WHERE a = 1", &[]).unwrap().rows, 2, "matched, if not changed");
    assert_eq!(execute(c, "UPDATE p SET a = 1 WHERE a = 9", &[]).unwrap().rows, 0);
    assert_eq!(
        execute(c, "CREATE TABLE q (id INTEGER PRIMARY KEY)", &[]).unwrap().rows,
        0,
        "DDL changes no rows"
    );
    c.execute_batch(
        "CREATE TABLE k (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p ON DELETE CASCADE);
         INSERT INTO k (p_id) VALUES (1), (1), (2);",
    )
    .unwrap();
    let before = total_changes(c);
    assert_eq!(execute(c, "DELETE FROM p WHERE id = 1", &[]).unwrap().rows, 1, "cascades don't count here");
    assert_eq!(total_changes(c) - before, 3, "but here");
    let done = execute(c, "INSERT INTO p (id, a) VALUES (?, 5)", &[Value::Int(i64::MAX)]).unwrap();
    assert_eq!(done.last_id, Some(i64::MAX));
}

#[test]
fn execute_refuses_to_lose_rows() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let error = execute(&connection, "SELECT 1", &[]).unwrap_err();
    assert_fault(&error, Fault::Statement);
    assert_eq!(said(&error).sql(), Some("SELECT 1"));
}

#[test]
fn query_runs_statements_without_rows_and_returning_ones_once() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    connection.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a)").unwrap();
    assert_eq!(rows(&connection, "INSERT INTO t (a) VALUES (5)", 0).unwrap().len(), 0);
    let given = rows(&connection, "INSERT INTO t (a) VALUES (6), (7) RETURNING id, a", 2).unwrap();
    assert_eq!(given, [[Value::Int(2), Value::Int(6)], [Value::Int(3), Value::Int(7)]]);
    assert_eq!(int(&connection, "SELECT count(*) FROM t"), 3);
}

#[test]
fn query_stops_where_it_is_told_and_passes_errors_on() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    let numbers = "SELECT value FROM json_each('[1,2,3,4]')";
    let mut statement = connection.prepare(numbers).unwrap();
    for _ in 0..2 {
        let mut seen = 0;
        statement
            .query(&mut |row| {
                seen += 1;
                Ok(if row.get(0)? == ValueRef::Int(2) { Flow::Break(()) } else { Flow::Continue(()) })
            })
            .unwrap();
        assert_eq!(seen, 2);
    }
    let error = statement.query(&mut |_| Err(orm_core::Error::new(Code::Value, "mine"))).unwrap_err();
    assert_eq!(error.message(), "mine");
    assert!(error.driver().is_none());
}

#[test]
fn statements_nest_with_the_same_text_too() {
    let connection = Engine::in_memory().unwrap().connect().unwrap();
    connection.execute_batch("CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER)").unwrap();
    connection.execute_batch("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 4)").unwrap();

    fn walk(
        connection: &dyn Connection,
        parent: i64,
        depth: usize,
        seen: &mut Vec<(usize, i64)>,
    ) -> Result<()> {
        let mut children = connection.prepare("SELECT id FROM node WHERE parent = ? ORDER BY id")?;
        children.bind(0, ValueRef::Int(parent))?;
        children.query(&mut |row| {
            if let ValueRef::Int(id) = row.get(0)? {
                seen.push((depth, id));
                walk(connection, id, depth + 1, seen)?;
            }
            Ok(Flow::Continue(()))
        })
    }
    let mut seen = Vec::new();
    walk(&connection, 1, 0, &mut seen).unwrap();
    assert_eq!(seen, [(0, 2), (1, 4), (2, 5), (0, 3)]);

    // Two at once that are both alive, and a write while rows are read.
    let first = connection.prepare("SELECT id FROM node").unwrap();
    let mut second = connection.prepare("SELECT id FROM node").unwrap();
    let mut written = 0;
    second
        .query(&mut |row| {
            let id = row.get(0)?.to_value();
            written += execute(&connection, "UPDATE node SET parent = 9 WHERE id = ?", &[id])?.rows;
            Ok(Flow::Continue(()))
        })
        .unwrap();
    drop(first);
    assert_eq!(written, 5);
}
