//! Functions of the user's own, registered with the engine.

use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::expect;
use orm_core::{Value, ValueError};
use orm_sqlite::Engine;

use super::support::*;

#[test]
fn arguments_and_results_are_typed() {
    let engine = Engine::options()
        .function("seven", || Ok(7_i64))
        .function("twice", |text: String| Ok(text.repeat(2)))
        .function("twice", |text: String, between: String| Ok(format!("{text}{between}{text}")))
        .function("either", |one: Option<i64>, other: Option<i64>| Ok(one.or(other)))
        .function("whether", |number: f64| Ok(number > 1.5))
        .function("back", |bytes: Vec<u8>| Ok(bytes.into_iter().rev().collect::<Vec<u8>>()))
        .in_memory()
        .unwrap();
    let connection = engine.connect().unwrap();
    let value = |sql: &str| one(&connection, sql);
    assert_eq!(value("SELECT seven()"), Value::Int(7));
    assert_eq!(value("SELECT twice('ab')"), Value::Text("abab".into()));
    assert_eq!(value("SELECT TWICE('ab', '-')"), Value::Text("ab-ab".into()));
    assert_eq!(value("SELECT either(NULL, 3)"), Value::Int(3));
    assert_eq!(value("SELECT either(NULL, NULL)"), Value::Null);
    assert_eq!(value("SELECT whether(2.5)"), Value::Int(1));
    assert_eq!(value("SELECT back(x'0102')"), Value::Blob(vec![2, 1]));
    // As with most functions of SQL.
    assert_eq!(value("SELECT twice(NULL)"), Value::Null);
}

#[test]
fn operators_of_sqlite_call_them() {
    let options = Engine::options()
        .function("regexp", |pattern: String, text: String| Ok(text.contains(pattern.trim_matches('^'))))
        .function("upper", |text: String| Ok(format!("<{text}>")));
    let engine = options.in_memory().unwrap();
    let connection = engine.connect().unwrap();
    assert_eq!(int(&connection, "SELECT 'abc' REGEXP '^b'"), 1);
    assert_eq!(text(&connection, "SELECT upper('a')"), "<a>", "it is replaced");
}

#[test]
fn every_connection_has_them() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let count = |number: i64| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        Ok(number + 1)
    };
    let engine = Engine::options().function("next", count).pool_size(1).in_memory().unwrap();
    let lent: Vec<_> = (0..3).map(|_| engine.connect().unwrap()).collect();
    for connection in &lent {
        assert_eq!(int(connection, "SELECT next(1)"), 2);
    }
    drop(lent);
    assert_eq!(int(&engine.connect().unwrap(), "SELECT next(1)"), 2);
    assert_eq!(CALLS.load(Ordering::Relaxed), 4);
    let only = Engine::options().function("next", |number: i64| Ok(number + 1)).max_connections(1);
    let only = only.in_memory().unwrap();
    for _ in 0..2 {
        assert_eq!(int(&only.connect().unwrap(), "SELECT next(1)"), 2);
    }
}

#[test]
fn what_is_always_the_same_may_be_indexed() {
    let options = || Engine::options().deterministic_function("sound", |text: String| Ok(text.len() as i64));
    let engine = options().in_memory().unwrap();
    engine.execute_batch("CREATE TABLE t (name TEXT); CREATE INDEX i ON t (sound(name))").unwrap();
    let engine =
        Engine::options().function("sound", |text: String| Ok(text.len() as i64)).in_memory().unwrap();
    let error =
        engine.execute_batch("CREATE TABLE t (name TEXT); CREATE INDEX i ON t (sound(name))").unwrap_err();
    assert!(error.to_string().contains("non-deterministic functions prohibited"), "{error}");
}

#[test]
fn what_goes_wrong_is_an_error() {
    let options = Engine::options()
        .function("refuse", |_: i64| Err::<i64, _>(ValueError::new("no such planet")))
        .function("broken", |number: i64| {
            assert!(number < 0, "it breaks");
            Ok(number)
        });
    let engine = options.in_memory().unwrap();
    let connection = engine.connect().unwrap();
    let told = |sql: &str| rows(&connection, sql, 1).unwrap_err().to_string();
    let all = [
        "SELECT refuse(1)",
        "SELECT refuse('one')",
        "SELECT refuse(CAST(x'ff' AS TEXT))",
        "SELECT refuse(1, 2)",
        "SELECT broken(1)",
    ]
    .map(told)
    .join("\n");
    expect![[r#"
        [database] refuse: no such planet
        [database] refuse: expected an integer, found text
        [database] invalid utf-8 sequence of 1 bytes from index 0
        [database] wrong number of arguments to function refuse() (at byte 7)
        [database] unwinding panic"#]]
    .assert_eq(&all);
    assert_eq!(int(&connection, "SELECT refuse(NULL) IS NULL"), 1, "the connection goes on");
    let twice = Engine::options().function("f", || Ok(1_i64)).function("F", || Ok(2_i64)).in_memory();
    expect!["[connection] the function `F/0` is given twice"].assert_eq(&twice.unwrap_err().to_string());
}
