//! Observers, the statement log, and `tracing`.

use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use orm_core::engine::{
    Access, Bind, Compiled, Connection, Done, EngineConnection, EventKind, Fetch, Flow, Observer, Row,
    RowSource, Shape, SqlLog, StatementEvent,
};
use orm_core::sql::{Param, Rendered};
use orm_core::{Value, ValueRef};
use orm_sqlite::{BeginMode, Engine, Options};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::support::*;

fn watched() -> (Engine, Arc<SqlLog>) {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a, b)").unwrap();
    let log = Arc::new(SqlLog::new());
    engine.observe(log.clone());
    (engine, log)
}

#[test]
fn the_log_keeps_statements_parameters_and_rows() {
    let (engine, log) = watched();
    let connection = engine.connect().unwrap();
    let values = [Value::Int(1), Value::Text("it's".to_owned())];
    execute(&connection, "INSERT INTO t VALUES (?, ?)", &values).unwrap();
    execute(&connection, "INSERT INTO t VALUES (2, 'y')", &[]).unwrap();
    rows(&connection, "SELECT * FROM t", 2).unwrap();
    connection.execute_batch("CREATE TABLE u (a)").unwrap();

    let taken = log.take();
    let brief: Vec<_> = taken.iter().map(|s| (s.kind, s.to_string(), s.rows)).collect();
    let statement = |sql: &str, rows| (EventKind::Statement, sql.to_owned(), rows);
    assert_eq!(
        brief,
        [
            statement("INSERT INTO t VALUES (?, ?) [1, 'it''s']", 1),
            statement("INSERT INTO t VALUES (2, 'y')", 1),
            statement("SELECT * FROM t", 2),
            (EventKind::Batch, "CREATE TABLE u (a)".to_owned(), 0),
        ]
    );
    assert_eq!(taken[0].params, values);
    assert!(log.is_empty());
}

#[test]
fn each_execution_of_a_prepared_statement_is_seen() {
    let (engine, log) = watched();
    let connection = engine.connect().unwrap();
    let mut insert = connection.prepare("INSERT INTO t VALUES (?, 'x')").unwrap();
    for i in 0..10_000 {
        insert.bind(0, ValueRef::Int(i)).unwrap();
        insert.execute().unwrap();
    }
    let taken = log.take();
    assert_eq!(taken.len(), 10_000);
    assert_eq!(taken[9_999].params, [Value::Int(9_999)]);
}

#[test]
fn transactions_are_seen_by_who_wants_to() {
    let (engine, log) = watched();
    let all = Arc::new(SqlLog::with_transactions());
    engine.observe(all.clone());
    let connection = engine.connect().unwrap();
    connection.begin(Access::Usual).unwrap();
    connection.savepoint("s").unwrap();
    execute(&connection, "INSERT INTO t VALUES (1, 1)", &[]).unwrap();
    connection.rollback_to("s").unwrap();
    connection.savepoint("s").unwrap();
    connection.release("s").unwrap();
    connection.commit().unwrap();
    connection.rollback().unwrap();
    let seen: Vec<_> = all.take().into_iter().map(|s| s.sql).collect();
    assert_eq!(
        seen,
        [
            "BEGIN",
            "SAVEPOINT s",
            "INSERT INTO t VALUES (1, 1)",
            "ROLLBACK TO SAVEPOINT s",
            "SAVEPOINT s",
            "RELEASE SAVEPOINT s",
            "COMMIT",
            "ROLLBACK",
        ]
    );
    assert_eq!(log.len(), 1);
}

#[test]
fn a_transaction_is_seen_to_begin_as_it_does() {
    let seen = |options: Options| {
        let engine = options.in_memory().unwrap();
        let log = Arc::new(SqlLog::with_transactions());
        engine.observe(log.clone());
        let connection = engine.connect().unwrap();
        for access in [Access::Read, Access::Usual, Access::Write] {
            connection.begin(access).unwrap();
            connection.rollback().unwrap();
        }
        let texts: Vec<_> = log.take().into_iter().map(|s| s.sql).filter(|sql| sql != "ROLLBACK").collect();
        texts.join(", ")
    };
    let options = || Engine::options().begin_mode(BeginMode::Deferred);
    assert_eq!(seen(options()), "BEGIN, BEGIN, BEGIN IMMEDIATE");
    let immediate = options().begin_mode(BeginMode::Immediate);
    assert_eq!(seen(immediate), "BEGIN, BEGIN IMMEDIATE, BEGIN IMMEDIATE");
    let exclusive = options().begin_mode(BeginMode::Exclusive);
    assert_eq!(seen(exclusive), "BEGIN, BEGIN EXCLUSIVE, BEGIN EXCLUSIVE");
}

#[test]
fn failures_are_seen_with_their_error() {
    let (engine, log) = watched();
    let connection = engine.connect().unwrap();
    assert!(execute(&connection, "INSERT INTO nowhere VALUES (1)", &[]).is_err());
    assert!(execute(&connection, "SELECT 1", &[]).is_err());
    assert!(connection.execute_batch("NONSENSE").is_err());
    let result = connection
        .prepare("SELECT 1")
        .unwrap()
        .query(&mut |_| Err(orm_core::Error::new(orm_core::Code::Value, "of the reader")));
    assert!(result.is_err());
    let errors: Vec<_> = log.take().into_iter().map(|s| (s.sql, s.error.unwrap())).collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert_eq!(errors[0].1, "[database] no such table: nowhere");
    assert!(errors[2].1.contains("syntax error"));
    assert_eq!(errors[3].1, "[value] of the reader");
}

/// A statement whose placeholders stand for what is given.
fn compiled(connection: &EngineConnection, sql: &str) -> Rc<Compiled> {
    let params = (0..sql.matches('?').count()).map(Param::Given).collect();
    let rendered = Rendered { sql: sql.to_owned(), params };
    connection.statement(Shape::Query(sql.as_bytes()), |_| Ok(rendered)).unwrap()
}

/// Integers, and with the last an error of the source where there is one.
struct Numbers(Vec<i64>, Option<&'static str>);

impl RowSource for Numbers {
    fn next(&mut self, bind: &mut Bind<'_>) -> orm_core::Result<bool> {
        if self.0.is_empty() {
            return match self.1 {
                Some(message) => Err(orm_core::Error::new(orm_core::Code::Value, message)),
                None => Ok(false),
            };
        }
        bind(ValueRef::Int(self.0.remove(0))).map(|()| true)
    }

    fn done(&mut self, _: usize, _: Done) -> orm_core::Result<()> {
        Ok(())
    }
}

#[test]
fn statements_by_id_are_told_of_like_others() {
    let (engine, log) = watched();
    let c = engine.connect().unwrap();
    c.execute_batch("CREATE UNIQUE INDEX once ON t (a)").unwrap();
    let insert = compiled(&c, "INSERT INTO t VALUES (?, 'x')");
    c.execute(&insert, &[ValueRef::Int(1)]).unwrap();
    c.execute_many(&insert, &mut Numbers(vec![2, 3], None)).unwrap();
    let select = compiled(&c, "SELECT a FROM t WHERE a > ?");
    let mut none = |_: &dyn Row| Ok(Flow::Continue(()));
    c.query(&select, &[ValueRef::Int(1)], Fetch::All, &mut none).unwrap();
    // What fails is told of once, with the values, and with the rows that were read.
    assert!(c.execute(&insert, &[ValueRef::Int(2)]).is_err());
    assert!(c.execute_many(&insert, &mut Numbers(vec![4, 3, 5], None)).is_err());
    let stop = |_: &dyn Row| Err(orm_core::Error::new(orm_core::Code::Value, "of the reader"));
    assert!(c.query(&select, &[ValueRef::Int(1)], Fetch::Stream, &mut { stop }).is_err());
    let refused = compiled(&c, "INSERT INTO nowhere VALUES (?)");
    assert!(c.execute_many(&refused, &mut Numbers(vec![1], None)).is_err());
    // A row that there isn't is no execution.
    assert_eq!(c.execute_many(&insert, &mut Numbers(vec![], Some("mine"))).unwrap_err().message(), "mine");
    assert_eq!(c.execute_many(&insert, &mut Numbers(vec![6], Some("mine"))).unwrap_err().message(), "mine");
    let taken = log.take();
    assert!(taken.iter().skip(1).all(|told| told.kind == EventKind::Statement));
    let told: Vec<_> = taken
        .iter()
        .skip(1)
        .map(|told| (told.to_string(), told.rows, told.error.as_deref().unwrap_or_default()))
        .collect();
    let unique = "[integrity] UNIQUE constraint failed: t.a";
    assert_eq!(
        told.iter().map(|(sql, rows, error)| (sql.as_str(), *rows, *error)).collect::<Vec<_>>(),
        [
            ("INSERT INTO t VALUES (?, 'x') [1]", 1, ""),
            ("INSERT INTO t VALUES (?, 'x') [2]", 1, ""),
            ("INSERT INTO t VALUES (?, 'x') [3]", 1, ""),
            ("SELECT a FROM t WHERE a > ? [1]", 2, ""),
            ("INSERT INTO t VALUES (?, 'x') [2]", 0, unique),
            ("INSERT INTO t VALUES (?, 'x') [4]", 1, ""),
            ("INSERT INTO t VALUES (?, 'x') [3]", 0, unique),
            ("SELECT a FROM t WHERE a > ? [1]", 1, "[value] of the reader"),
            ("INSERT INTO nowhere VALUES (?)", 0, "[database] no such table: nowhere"),
            ("INSERT INTO t VALUES (?, 'x') [6]", 1, ""),
        ]
    );
}

#[test]
fn an_observer_can_be_removed_and_use_the_engine() {
    struct Nested {
        engine: Engine,
        calls: AtomicU64,
    }
    impl Observer for Nested {
        fn statement(&self, event: &StatementEvent<'_>) {
            assert!(event.params.is_empty(), "it didn't ask for them");
            self.calls.fetch_add(1, Ordering::Relaxed);
            if event.sql.starts_with("INSERT") {
                assert_eq!(int(&self.engine.connect().unwrap(), "SELECT count(*) FROM t"), 1);
            }
        }
    }
    let (engine, log) = watched();
    let nested = Arc::new(Nested { engine: engine.clone(), calls: AtomicU64::new(0) });
    engine.observe(nested.clone());
    let connection = engine.connect().unwrap();
    execute(&connection, "INSERT INTO t VALUES (?, 2)", &[Value::Int(1)]).unwrap();
    assert_eq!(nested.calls.load(Ordering::Relaxed), 2);
    assert_eq!(log.take().len(), 2);

    assert!(engine.unobserve(&nested));
    assert!(!engine.unobserve(&nested));
    execute(&connection, "INSERT INTO t VALUES (1, 2)", &[]).unwrap();
    assert_eq!(nested.calls.load(Ordering::Relaxed), 2);
    assert_eq!(log.take().len(), 1);
    assert!(engine.unobserve(&log));
    execute(&connection, "INSERT INTO t VALUES (1, 2)", &[]).unwrap();
    assert!(log.is_empty());
}

#[test]
fn durations_are_measured() {
    struct Longest(Mutex<std::time::Duration>);
    impl Observer for Longest {
        fn statement(&self, event: &StatementEvent<'_>) {
            let mut longest = self.0.lock().unwrap();
            *longest = (*longest).max(event.duration);
        }
    }
    let engine = Engine::in_memory().unwrap();
    let longest = Arc::new(Longest(Mutex::default()));
    engine.observe(longest.clone());
    let pause = std::time::Duration::from_millis(10);
    engine
        .connect()
        .unwrap()
        .prepare("SELECT 1")
        .unwrap()
        .query(&mut |_| {
            std::thread::sleep(pause);
            Ok(Flow::Continue(()))
        })
        .unwrap();
    let taken = || std::mem::take(&mut *longest.0.lock().unwrap());
    assert!(taken() >= pause);
    let c = engine.connect().unwrap();
    c.query(&compiled(&c, "SELECT 1"), &[], Fetch::All, &mut |_| {
        std::thread::sleep(pause);
        Ok(Flow::Continue(()))
    })
    .unwrap();
    assert!(taken() >= pause);
    // What the source of rows takes for itself isn't the statement's.
    struct Slow(bool, std::time::Duration);
    impl RowSource for Slow {
        fn next(&mut self, bind: &mut Bind<'_>) -> orm_core::Result<bool> {
            if !std::mem::take(&mut self.0) {
                return Ok(false);
            }
            std::thread::sleep(self.1);
            bind(ValueRef::Int(1)).map(|()| true)
        }

        fn done(&mut self, _: usize, _: Done) -> orm_core::Result<()> {
            Ok(())
        }
    }
    let nothing = compiled(&c, "DELETE FROM sqlite_sequence WHERE seq = ? AND 0");
    c.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)").unwrap();
    taken();
    let pause = std::time::Duration::from_millis(200);
    c.execute_many(&nothing, &mut Slow(true, pause)).unwrap();
    assert!(taken() < pause);
}

/// A subscriber that writes each event of `orm::sql` as a line, without the duration's figures.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orm::sql"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                match field.name() {
                    "duration" => self.0.push_str(" duration"),
                    name => self.0.push_str(&format!(" {name}={value:?}")),
                }
            }
        }
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn each_statement_is_a_tracing_event() {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a, b)").unwrap();
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), || {
        let connection = engine.connect().unwrap();
        let values = [Value::Int(1), Value::Blob(vec![0xab])];
        connection.begin(Access::Usual).unwrap();
        execute(&connection, "INSERT INTO t VALUES (?, ?)", &values).unwrap();
        connection.commit().unwrap();
        engine.trace_params(true);
        let mut insert = connection.prepare("INSERT INTO t VALUES (?, ?)").unwrap();
        insert.bind(1, values[1].as_ref()).unwrap();
        insert.execute().unwrap();
        assert!(connection.execute_batch("NONSENSE").is_err());
    });
    let lines = lines.0.lock().unwrap().clone();
    assert_eq!(
        lines,
        [
            "DEBUG sql=\"BEGIN\" rows=0 duration",
            "DEBUG sql=\"INSERT INTO t VALUES (?, ?)\" rows=1 duration",
            "DEBUG sql=\"COMMIT\" rows=0 duration",
            "DEBUG sql=\"INSERT INTO t VALUES (?, ?)\" params=[NULL, x'ab'] rows=1 duration",
            "DEBUG sql=\"NONSENSE\" params=[] rows=0 duration \
             error=[database] near \"NONSENSE\": syntax error (at byte 0)",
        ]
    );
}
