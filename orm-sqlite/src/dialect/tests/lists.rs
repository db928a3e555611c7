//! Long lists of values, run by SQLite.

use super::*;

/// A list that is long enough to be bound as one.
fn long(values: &[Value]) -> Vec<Tree> {
    values.iter().cloned().cycle().take(values.len().max(9)).map(Tree::Value).collect()
}

#[test]
fn a_long_list_is_one_bound_value() {
    let list = (1..=9).map(int);
    let rendered = render(&a().in_list(list).not(), &SqliteDialect);
    assert_eq!(rendered.sql, r#""t"."a" NOT IN (SELECT +value FROM json_each(?))"#);
    assert_eq!(rendered.params, [Param::Value(Value::Text("[1,2,3,4,5,6,7,8,9]".into()))]);
}

#[test]
fn a_value_in_a_long_list_is_the_same_as_in_a_short_one() {
    let texts = ["", "a", "\"", "\\", "a\0b", "\0", "\u{1f}\n", "\u{2028}", "é😀", "1", "1.0"];
    let reals = [0.0, -0.0, 1.5, 1.0, 1e300, 5e-324, f64::MAX, f64::MIN_POSITIVE, 0.1 + 0.2, f64::INFINITY];
    // An integer that no real equals isn't asked for in a column of reals: a short list compares it as it is and a long
    // one as a real, as SQLite does with the rows of a query.
    let ints = [0, 1, -1, i64::MIN, 1 << 53];
    let mut all: Vec<Value> = vec![Value::Bool(true), Value::Bool(false)];
    all.extend(texts.map(|text| Value::Text(text.into())));
    all.extend(reals.map(Value::Real));
    all.extend(ints.map(Value::Int));
    all.extend([Value::Blob(vec![]), Value::Blob(vec![0, 255]), Value::Blob(b"a".to_vec())]);
    let db = open();
    for ty in ["TEXT", "INTEGER", "REAL", "NUMERIC", "BLOB", "TEXT COLLATE NOCASE"] {
        db.execute_batch(&format!(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (a {ty}); CREATE INDEX i ON t (a)"
        ))
        .unwrap();
        for value in &all {
            let insert = "INSERT INTO t VALUES (?)";
            db.execute(insert, [stored(&Param::Value(value.clone()))]).unwrap();
        }
        let found = |condition: Tree| {
            run(&db, &SelectStmt::new().item(Tree::text("rowid")).from(t()).filter(condition))
        };
        for value in &all {
            let few = a().in_list([value, value].map(|value| Tree::Value(value.clone())));
            let listed = a().in_list(long(std::slice::from_ref(value)));
            assert_eq!(found(listed), found(few), "{value:?} in a column of type {ty}");
        }
        assert_eq!(found(a().in_list(long(&all))).len(), all.len(), "all of them in a column of type {ty}");
    }
}

#[test]
fn the_largest_integers_are_found_by_a_long_list() {
    let db = open();
    let ends = [i64::MIN, i64::MAX, (1 << 53) + 1];
    db.execute_batch("CREATE TABLE t (a INTEGER)").unwrap();
    for end in ends {
        db.execute("INSERT INTO t VALUES (?)", [end]).unwrap();
    }
    for end in ends {
        let select = SelectStmt::new().item(a()).from(t()).filter(a().in_list(long(&[Value::Int(end)])));
        assert_eq!(run(&db, &select), numbers([end]));
    }
}

#[test]
fn a_null_in_a_long_list_leaves_what_is_not_found_unknown() {
    let db = open();
    db.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)").unwrap();
    let with_null = long(&[Value::Null, Value::Int(1)]);
    let found = |condition: Tree| run(&db, &SelectStmt::new().item(a()).from(t()).filter(condition));
    assert_eq!(found(a().in_list(with_null.clone())), numbers([1]));
    assert_eq!(found(a().in_list(with_null).not()), numbers([]));
}

#[test]
fn a_long_list_uses_an_index() {
    let db = open();
    db.execute_batch("CREATE TABLE t (a INTEGER, b); CREATE INDEX i ON t (a)").unwrap();
    let select = SelectStmt::new().item(a()).from(t()).filter(a().in_list((1..=9).map(int)));
    let rendered = render(&select, &SqliteDialect);
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {}", rendered.sql)).unwrap();
    let params = rusqlite::params_from_iter(rendered.params.iter().map(stored));
    let first: String = plan.query_row(params, |row| row.get("detail")).unwrap();
    assert_eq!(first, "SEARCH t USING COVERING INDEX i (a=?)");
}
