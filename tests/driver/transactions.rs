//! Transactions and savepoints.

use orm_core::engine::{Access, Connection};
use orm_core::{Constraint, Fault};
use orm_sqlite::{BeginMode, Engine};

use super::support::*;

fn table() -> (Engine, orm_core::engine::EngineConnection) {
    let engine = Engine::in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (a UNIQUE)").unwrap();
    let connection = engine.connect().unwrap();
    (engine, connection)
}

fn count(connection: &dyn Connection) -> i64 {
    int(connection, "SELECT count(*) FROM t")
}

#[test]
fn a_transaction_is_kept_or_undone() {
    let (_engine, c) = table();
    assert!(!c.in_transaction());
    c.begin(Access::Usual).unwrap();
    assert!(c.in_transaction());
    execute(&c, "INSERT INTO t VALUES (1)", &[]).unwrap();
    c.rollback().unwrap();
    assert_eq!(count(&c), 0);
    c.begin(Access::Usual).unwrap();
    execute(&c, "INSERT INTO t VALUES (1)", &[]).unwrap();
    c.commit().unwrap();
    assert!(!c.in_transaction());
    assert_eq!(count(&c), 1);
    c.rollback().unwrap();
    assert_fault(&c.commit().unwrap_err(), Fault::Statement);
    c.begin(Access::Usual).unwrap();
    assert_fault(&c.begin(Access::Usual).unwrap_err(), Fault::Statement);
}

#[test]
fn savepoints_nest_and_quote_their_names() {
    let (_engine, c) = table();
    c.begin(Access::Usual).unwrap();
    execute(&c, "INSERT INTO t VALUES (1)", &[]).unwrap();
    c.savepoint("sp 1").unwrap();
    execute(&c, "INSERT INTO t VALUES (2)", &[]).unwrap();
    c.savepoint("a\"b").unwrap();
    execute(&c, "INSERT INTO t VALUES (3)", &[]).unwrap();
    c.rollback_to("a\"b").unwrap();
    assert_eq!(count(&c), 2);
    assert_fault(&c.release("a\"b").unwrap_err(), Fault::Statement);
    c.release("sp 1").unwrap();
    c.savepoint("x").unwrap();
    execute(&c, "DELETE FROM t", &[]).unwrap();
    c.rollback_to("x").unwrap();
    c.commit().unwrap();
    assert_eq!(count(&c), 2);
    assert_fault(&c.savepoint("nul \0").unwrap_err(), Fault::Statement);
}

#[test]
fn a_failed_statement_leaves_the_transaction_open() {
    let (_engine, c) = table();
    c.begin(Access::Usual).unwrap();
    execute(&c, "INSERT INTO t VALUES (1)", &[]).unwrap();
    let error = execute(&c, "INSERT INTO t VALUES (1)", &[]).unwrap_err();
    assert_fault(&error, Fault::Constraint(Constraint::Unique));
    assert!(c.in_transaction());
    execute(&c, "INSERT INTO t VALUES (2)", &[]).unwrap();
    c.commit().unwrap();
    assert_eq!(count(&c), 2);
}

#[test]
fn a_deferred_key_fails_the_commit_and_can_be_mended() {
    let engine = Engine::in_memory().unwrap();
    engine
        .execute_batch(
            "CREATE TABLE p (id INTEGER PRIMARY KEY);
             CREATE TABLE k (p_id INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED);",
        )
        .unwrap();
    let c = engine.connect().unwrap();
    c.begin(Access::Usual).unwrap();
    execute(&c, "INSERT INTO k VALUES (1)", &[]).unwrap();
    let error = c.commit().unwrap_err();
    assert_fault(&error, Fault::Constraint(Constraint::ForeignKey));
    assert_eq!(said(&error).sql(), Some("COMMIT"));
    assert!(c.in_transaction());
    execute(&c, "INSERT INTO p VALUES (1)", &[]).unwrap();
    c.commit().unwrap();
}

#[test]
fn rolling_back_under_a_running_query_is_no_harm() {
    let (_engine, c) = table();
    execute(&c, "INSERT INTO t VALUES (1), (2), (3)", &[]).unwrap();
    c.begin(Access::Usual).unwrap();
    execute(&c, "INSERT INTO t VALUES (4)", &[]).unwrap();
    let mut read = 0;
    let result = c.prepare("SELECT a FROM t").unwrap().query(&mut |_| {
        read += 1;
        if read == 1 {
            c.rollback()?;
        }
        Ok(orm_core::engine::Flow::Continue(()))
    });
    // SQLite either goes on with what is left or ends the query with an error; both are values.
    match result {
        Ok(()) => assert_eq!(read, 3),
        Err(error) => assert_fault(&error, Fault::Other),
    }
    assert_eq!(count(&c), 3);
}

#[test]
fn an_immediate_transaction_takes_the_lock_at_once() {
    let scratch = Scratch::new();
    let engine = Engine::options()
        .begin_mode(BeginMode::Immediate)
        .busy_timeout(std::time::Duration::from_millis(20))
        .open(scratch.file("a.db"))
        .unwrap();
    let (first, second) = (engine.connect().unwrap(), engine.connect().unwrap());
    first.begin(Access::Usual).unwrap();
    assert_fault(&second.begin(Access::Usual).unwrap_err(), Fault::Busy);
    first.rollback().unwrap();
    second.begin(Access::Usual).unwrap();
}
