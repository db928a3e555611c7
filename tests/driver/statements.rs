//! Statements that are run by their ids.

use orm_core::engine::{
    Bind, Connection, Done, EngineConnection, Fetch, Flow, RowSource, Shape, StatementKind,
};
use orm_core::sql::{Param, Rendered};
use orm_core::{Code, Constraint, Error, Fault, Result, Value, ValueRef};
use orm_sqlite::Engine;

use super::support::*;

/// A statement with its values in the order of its placeholders.
fn compiled(c: &EngineConnection, sql: &str) -> std::rc::Rc<orm_core::engine::Compiled> {
    let params = (0..sql.matches('?').count()).map(Param::Given).collect();
    c.statement(Shape::Query(sql.as_bytes()), |_| Ok(Rendered { sql: sql.to_owned(), params })).unwrap()
}

fn run(c: &EngineConnection, sql: &str, params: &[ValueRef<'_>]) -> Result<Done> {
    c.execute(&compiled(c, sql), params)
}

fn ask(c: &EngineConnection, sql: &str, params: &[ValueRef<'_>]) -> Result<Vec<Vec<Value>>> {
    let mut found = Vec::new();
    c.query(&compiled(c, sql), params, Fetch::All, &mut |row| {
        let mut values = [ValueRef::Null; 2];
        row.values(0, &mut values)?;
        found.push(values.map(ValueRef::to_value).to_vec());
        Ok(Flow::Continue(()))
    })?;
    Ok(found)
}

/// Rows of values, what each of them did, and an error instead of a row or of an answer.
#[derive(Default)]
struct Rows {
    rows: Vec<Vec<Value>>,
    next: usize,
    done: Vec<(usize, Done)>,
    fail_at: Option<usize>,
    fail_after: Option<usize>,
}

impl Rows {
    fn of(rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        Rows { rows: rows.into_iter().collect(), ..Rows::default() }
    }
}

impl RowSource for Rows {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let Some(row) = self.rows.get(self.next) else { return Ok(false) };
        row.iter().try_for_each(|value| bind(value.as_ref()))?;
        if self.fail_at == Some(self.next) {
            return Err(Error::new(Code::Value, "no such row"));
        }
        self.next += 1;
        Ok(true)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.done.push((row, done));
        if self.fail_after == Some(row) { Err(Error::new(Code::Value, "enough")) } else { Ok(()) }
    }
}

fn int(value: i64) -> Value {
    Value::Int(value)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn table() -> (Engine, EngineConnection) {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE)").unwrap();
    let connection = engine.connect().unwrap();
    (engine, connection)
}

const INSERT: &str = "INSERT INTO t (a) VALUES (?)";
const ALL: &str = "SELECT id, a FROM t ORDER BY id";

#[test]
fn all_values_come_in_one_call_and_the_row_leaves_in_one() {
    let (_engine, c) = table();
    for (at, value) in [ValueRef::Text("x"), ValueRef::Null, ValueRef::Real(1.5)].into_iter().enumerate() {
        let done = run(&c, INSERT, &[value]).unwrap();
        assert_eq!(done, Done { rows: 1, last_id: Some(at as i64 + 1) });
    }
    assert_eq!(
        ask(&c, ALL, &[]).unwrap(),
        [[int(1), text("x")], [int(2), Value::Null], [int(3), Value::Real(1.5)]]
    );
    let by_key = "SELECT id, a FROM t WHERE id = ?";
    assert_eq!(ask(&c, by_key, &[ValueRef::Int(2)]).unwrap(), [[int(2), Value::Null]]);
    assert_eq!(ask(&c, by_key, &[ValueRef::Int(9)]).unwrap(), Vec::<Vec<Value>>::new());
}

#[test]
fn values_say_what_a_row_lacks() {
    let (_engine, c) = table();
    let short = ask(&c, "SELECT 1", &[]).unwrap_err();
    assert_fault(&short, Fault::Statement);
    assert_eq!(said(&short).sql(), Some("SELECT 1"));
    let broken = ask(&c, "SELECT 7, CAST(x'c3' AS TEXT) AS broken", &[]).unwrap_err();
    assert_eq!(broken.message(), "the text in column 2 (`broken`) isn't UTF-8");
    let past = c.query(&compiled(&c, "SELECT 1, 2"), &[], Fetch::All, &mut |row| {
        row.values(usize::MAX, &mut [ValueRef::Null; 2]).map(Flow::Continue)
    });
    assert_fault(&past.unwrap_err(), Fault::Statement);
    // None of them, from any column on, is no error.
    c.query(&compiled(&c, "SELECT 1, 2"), &[], Fetch::All, &mut |row| {
        row.values(2, &mut []).map(Flow::Continue)
    })
    .unwrap();
}

#[test]
fn a_generated_key_is_told_only_where_a_row_was_inserted() {
    let (_engine, c) = table();
    let told = |sql: &str, params: &[ValueRef<'_>]| run(&c, sql, params).unwrap();
    assert_eq!(told(INSERT, &[ValueRef::Int(5)]), Done { rows: 1, last_id: Some(1) });
    for (sql, rows) in [
        ("INSERT OR IGNORE INTO t (a) VALUES (5)", 0),
        ("INSERT INTO t (a) SELECT 6 WHERE 0", 0),
        ("UPDATE t SET a = 7", 1),
        ("DELETE FROM t WHERE id = 9", 0),
        ("CREATE TABLE u (a)", 0),
    ] {
        assert_eq!(told(sql, &[]), Done { rows, last_id: None }, "{sql}");
    }
    for (sql, id) in [
        ("\n  insert into t (a) values (8)", 2),
        ("-- a comment\nREPLACE INTO t (a) VALUES (9)", 3),
        ("WITH n (a) AS (SELECT 10) INSERT INTO t (a) SELECT a FROM n", 4),
    ] {
        assert_eq!(told(sql, &[]), Done { rows: 1, last_id: Some(id) }, "{sql}");
    }
    // A row that a statement as text inserts is told of in the same way.
    assert_eq!(execute(&c, "INSERT INTO t (a) VALUES (11)", &[]).unwrap().last_id, Some(5));
    assert_eq!(execute(&c, "UPDATE t SET a = 12 WHERE id = 5", &[]).unwrap().last_id, None);
}

#[test]
fn many_rows_run_one_statement_and_each_is_told_of() {
    let (_engine, c) = table();
    let insert = compiled(&c, "INSERT INTO t (id, a) VALUES (?, ?)");
    let mut rows = Rows::of((1..=4).map(|id| vec![int(id * 10), text(&format!("row {id}"))]));
    c.execute_many(&insert, &mut rows).unwrap();
    let told: Vec<_> = (0..4).map(|at| (at, Done { rows: 1, last_id: Some((at as i64 + 1) * 10) })).collect();
    assert_eq!(rows.done, told);
    let delete = compiled(&c, "DELETE FROM t WHERE id = ?");
    let mut rows = Rows::of([10, 11, 40].map(|id| vec![int(id)]));
    c.execute_many(&delete, &mut rows).unwrap();
    assert_eq!(rows.done.iter().map(|(_, done)| done.rows).collect::<Vec<_>>(), [1, 0, 1]);
    assert_eq!(ask(&c, ALL, &[]).unwrap(), [[int(20), text("row 2")], [int(30), text("row 3")]]);
    let mut none = Rows::default();
    c.execute_many(&insert, &mut none).unwrap();
    assert_eq!(none.done, []);
}

#[test]
fn many_rows_stop_at_the_first_that_fails() {
    let (_engine, c) = table();
    let insert = compiled(&c, INSERT);
    let mut twice = Rows::of([1, 2, 1, 3].map(|a| vec![int(a)]));
    let error = c.execute_many(&insert, &mut twice).unwrap_err();
    assert_fault(&error, Fault::Constraint(Constraint::Unique));
    assert_eq!(said(&error).sql(), Some(INSERT));
    assert_eq!((twice.next, twice.done.len()), (3, 2));
    let mut fails = Rows { fail_at: Some(1), ..Rows::of([4, 5].map(|a| vec![int(a)])) };
    assert_eq!(c.execute_many(&insert, &mut fails).unwrap_err().message(), "no such row");
    let mut fails = Rows { fail_after: Some(0), ..Rows::of([6, 7].map(|a| vec![int(a)])) };
    assert_eq!(c.execute_many(&insert, &mut fails).unwrap_err().message(), "enough");
    let mut nan = Rows::of([vec![Value::Real(f64::NAN)]]);
    assert_fault(&c.execute_many(&insert, &mut nan).unwrap_err(), Fault::Value);
    assert_eq!(one(&c, "SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY a)"), text("1,2,4,6"));
}

/// A statement that ran before has its values still; none of them may get into a row that lacks one.
#[test]
fn each_placeholder_gets_a_value_each_time() {
    let (_engine, c) = table();
    let insert = compiled(&c, "INSERT INTO t (id, a) VALUES (?, ?)");
    c.execute(&insert, &[ValueRef::Int(1), ValueRef::Text("secret")]).unwrap();
    for params in [&[ValueRef::Int(2)][..], &[ValueRef::Int(2), ValueRef::Null, ValueRef::Null]] {
        let error = c.execute(&insert, params).unwrap_err();
        assert_fault(&error, Fault::Statement);
        let message = format!("{} parameters are given, but the statement has 2", params.len());
        assert_eq!(error.message(), message);
    }
    let mut short = Rows::of([vec![int(3), int(3)], vec![int(4)]]);
    assert_fault(&c.execute_many(&insert, &mut short).unwrap_err(), Fault::Statement);
    let mut long = Rows::of([vec![int(5), int(5), int(5)]]);
    assert_fault(&c.execute_many(&insert, &mut long).unwrap_err(), Fault::Statement);
    let error = c.query(&insert, &[], Fetch::All, &mut |_| Ok(Flow::Break(()))).unwrap_err();
    assert_fault(&error, Fault::Statement);
    assert_eq!(ask(&c, ALL, &[]).unwrap(), [[int(1), text("secret")], [int(3), int(3)]]);
}

#[test]
fn a_statement_runs_while_it_runs() {
    let (_engine, c) = table();
    let tree = "CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER);
        INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 4)";
    c.execute_batch(tree).unwrap();
    fn walk(c: &EngineConnection, parent: i64, depth: usize, seen: &mut Vec<(usize, i64)>) -> Result<()> {
        let children = compiled(c, "SELECT id FROM node WHERE parent = ? ORDER BY id");
        c.query(&children, &[ValueRef::Int(parent)], Fetch::Stream, &mut |row| {
            if let ValueRef::Int(id) = row.get(0)? {
                seen.push((depth, id));
                walk(c, id, depth + 1, seen)?;
            }
            Ok(Flow::Continue(()))
        })
    }
    for _ in 0..2 {
        let mut seen = Vec::new();
        walk(&c, 1, 0, &mut seen).unwrap();
        assert_eq!(seen, [(0, 2), (1, 4), (2, 5), (0, 3)]);
    }

    /// Each row inserts another one by the same statement before it is inserted itself.
    struct Nested<'c>(&'c EngineConnection, i64);
    impl RowSource for Nested<'_> {
        fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
            self.1 += 1;
            if self.1 > 3 {
                return Ok(false);
            }
            self.0.execute(&compiled(self.0, INSERT), &[ValueRef::Int(self.1 * 10)])?;
            bind(ValueRef::Int(self.1)).map(|()| true)
        }

        fn done(&mut self, _: usize, _: Done) -> Result<()> {
            self.0.execute(&compiled(self.0, INSERT), &[ValueRef::Int(self.1 * 100)]).map(|_| ())
        }
    }
    c.execute_many(&compiled(&c, INSERT), &mut Nested(&c, 0)).unwrap();
    let order = "SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY id)";
    assert_eq!(one(&c, order), text("10,1,100,20,2,200,30,3,300"));
}

#[test]
fn a_query_stops_where_it_is_told_and_can_be_repeated() {
    let (_engine, c) = table();
    c.execute_batch("INSERT INTO t (a) VALUES (1), (2), (3)").unwrap();
    for _ in 0..3 {
        let mut seen = 0;
        c.query(&compiled(&c, ALL), &[], Fetch::Stream, &mut |_| {
            seen += 1;
            Ok(if seen == 2 { Flow::Break(()) } else { Flow::Continue(()) })
        })
        .unwrap();
        assert_eq!(seen, 2);
        let mine = |_: &dyn orm_core::engine::Row| Err(Error::new(Code::Value, "mine"));
        let error = c.query(&compiled(&c, ALL), &[], Fetch::All, &mut { mine }).unwrap_err();
        assert_eq!(error.message(), "mine");
    }
    // Nothing of it is still running: a table that is read can't be dropped.
    c.execute_batch("DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)").unwrap();
    run(&c, INSERT, &[ValueRef::Int(4)]).unwrap();
    assert_eq!(ask(&c, ALL, &[]).unwrap(), [[int(1), int(4)]]);
    let refused = run(&c, "INSERT INTO nowhere VALUES (?)", &[ValueRef::Null]).unwrap_err();
    assert_fault(&refused, Fault::Statement);
    assert_eq!(said(&refused).sql(), Some("INSERT INTO nowhere VALUES (?)"));
    let cut = run(&c, "SELECT 1 \0 2", &[]).unwrap_err();
    assert_eq!(cut.message(), "the statement contains a NUL character");
}

#[test]
fn any_number_of_statements_is_kept() {
    for most in [0, 1, 2, 5, 256] {
        let engine = Engine::options().statement_cache(most).in_memory().unwrap();
        engine.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a)").unwrap();
        for lent in 0..2 {
            let c = engine.connect().unwrap();
            for round in 0..3 {
                for n in 0..20 {
                    let sql = format!("SELECT {n} + ?, {lent} FROM (SELECT 1)");
                    let expected = [[int(n + round), int(lent)]];
                    assert_eq!(ask(&c, &sql, &[ValueRef::Int(round)]).unwrap(), expected, "{most}");
                }
            }
        }
    }
}

#[test]
fn settings_that_are_changed_by_id_do_not_reach_the_next_session() {
    let engine = Engine::in_memory().unwrap();
    let connection = engine.connect().unwrap();
    ask(&connection, "PRAGMA foreign_keys = off", &[]).unwrap();
    drop(connection);
    assert_eq!(super::support::int(&engine.connect().unwrap(), "PRAGMA foreign_keys"), 1);
}

#[test]
fn a_shape_has_one_id_on_all_connections_and_threads() {
    let engine = Engine::in_memory().unwrap();
    let id = |engine: &orm_core::engine::Engine, sql: &str| compiled(&engine.connect().unwrap(), sql).id();
    let first = id(&engine, "SELECT 1");
    assert_eq!(id(&engine, "SELECT 1"), first);
    assert_ne!(id(&engine, "SELECT 2"), first);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                (0..50).map(|n| id(&engine, &format!("SELECT {n}"))).collect::<Vec<_>>()
            })
        })
        .collect();
    let ids: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(ids.iter().all(|of_thread| *of_thread == ids[0]));
    assert_eq!(ids[0][1], first);
    // Another engine may write it otherwise.
    assert_ne!(id(&Engine::in_memory().unwrap(), "SELECT 1"), first);
}

#[test]
fn shapes_are_told_apart() {
    let engine = Engine::in_memory().unwrap();
    let c = engine.connect().unwrap();
    let own = |kind, of, columns| Shape::Own { kind, of, columns };
    let shapes = [
        own(StatementKind::Get, 0, &[]),
        own(StatementKind::Get, 1, &[]),
        own(StatementKind::Insert, 0, &[]),
        own(StatementKind::Insert, 0, &[0]),
        own(StatementKind::Insert, 0, &[0, 1]),
        own(StatementKind::Update, 0, &[0, 1]),
        Shape::Query(b""),
        Shape::Query(b"\0"),
        Shape::Query(b"ab"),
        Shape::Query(b"ba"),
    ];
    for _ in 0..2 {
        for (at, shape) in shapes.iter().enumerate() {
            let sql = format!("SELECT {at}");
            let found =
                c.statement(*shape, |_| Ok(Rendered { sql: sql.clone(), params: Vec::new() })).unwrap();
            assert_eq!(found.sql(), sql);
        }
    }
    let failed = c.statement(Shape::Query(b"new"), |_| Err(Error::new(Code::Query, "too deep")));
    assert_eq!(failed.unwrap_err().message(), "too deep");
}

#[test]
fn texts_are_kept_up_to_a_bound() {
    let engine = Engine::in_memory().unwrap();
    engine.query_cache_size(4);
    let id = |sql: &str| compiled(&engine.connect().unwrap(), sql).id();
    let kept = id("SELECT 1");
    for n in 2..50 {
        id(&format!("SELECT {n}"));
        assert_eq!(id("SELECT 1"), kept, "one that is used stays");
    }
    let gone = id("SELECT 2");
    (3..8).for_each(|n| {
        id(&format!("SELECT {n}"));
    });
    assert_ne!(id("SELECT 2"), gone, "one that isn't used goes");
    engine.query_cache_size(0);
    assert_ne!(id("SELECT 2"), id("SELECT 2"));
}

#[test]
fn parameters_are_bound_as_they_were_rendered() {
    let (_engine, c) = table();
    let sql = "SELECT ? || ? || ? || ?, ?";
    let params = vec![
        Param::Given(1),
        Param::Value(text("-")),
        Param::Given(0),
        Param::Given(1),
        Param::Value(int(7)),
    ];
    let mixed =
        c.statement(Shape::Query(b"mixed"), |_| Ok(Rendered { sql: sql.to_owned(), params })).unwrap();
    let mut found = Vec::new();
    let given = [ValueRef::Text("a"), ValueRef::Text("b")];
    c.run(&mixed, &|number| given.get(number).copied(), Fetch::All, &mut |row| {
        found.push((row.get(0)?.to_value(), row.get(1)?.to_value()));
        Ok(Flow::Continue(()))
    })
    .unwrap();
    assert_eq!(found, [(text("b-ab"), int(7))]);
    let error = c.run(&mixed, &|_| None, Fetch::All, &mut |_| Ok(Flow::Continue(()))).unwrap_err();
    assert_eq!(error.code(), Code::Query);
    assert_eq!(error.message(), format!("parameter 1 has no value in `{sql}`"));
}
