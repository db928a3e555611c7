//! Columns of objects that are set to expressions.

use expect_test::expect;
use orm::Session;
use orm::prelude::*;
use tests::models::*;
use tests::{Db, filled, show};

/// A counter whose value the database makes.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "counter", registry = Counters)]
struct Counter {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(default = 5)]
    hits: i64,
    #[column(server_default = "'fresh'")]
    state: String,
    #[column(foreign_key = Counter::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "children", remote_side = Counter::id)]
    parent: Option<One<Counter>>,
    #[relationship(back_populates = "parent")]
    children: Many<Counter>,
}

orm::registry!(Counters);

fn counters() -> (Db, Session) {
    let db = Db::empty();
    Counters::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn an_update_writes_an_expression_and_its_value_is_read_back() {
    let db = filled();
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    db.sql();
    users[0].set_name(User::name.concat("!")).unwrap();
    users[0].set_fullname("F").unwrap();
    users[1].set_fullname("G").unwrap();
    users[2].set_fullname(User::name).unwrap();
    session.flush().unwrap();
    assert_eq!(users[0].name().unwrap(), "ed!");
    assert_eq!(users[0].fullname().unwrap().as_deref(), Some("F"));
    assert_eq!(users[2].fullname().unwrap().as_deref(), Some("mary"));
    expect![[r#"
        UPDATE "user_account" SET "name" = "user_account"."name" || ?, "fullname" = ? WHERE "user_account"."id" = ? ['!', 'F', 1]
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['G', 2]
        UPDATE "user_account" SET "fullname" = "user_account"."name" WHERE "user_account"."id" = ? [3]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [3]
    "#]].assert_eq(&db.sql());
    session.rollback().unwrap();
    assert_eq!(users[0].name().unwrap(), "ed");
}

#[test]
fn reading_it_flushes() {
    let (db, session) = counters();
    let counter = session.add(Counter::builder().name("a").hits(1)).unwrap();
    session.commit().unwrap();
    counter.set_hits(Counter::hits * 10).unwrap();
    db.sql();
    assert_eq!(counter.hits().unwrap(), 10);
    expect![[r#"
        SELECT "id", "name", "hits", "state", "parent_id" FROM "counter" WHERE "id" = ? [1]
        UPDATE "counter" SET "hits" = "counter"."hits" * ? WHERE "counter"."id" = ? [10, 1]
        SELECT "id", "name", "hits", "state", "parent_id" FROM "counter" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    counter.set_hits(Counter::hits + 1).unwrap();
    session.no_autoflush(|_| {
        expect!["[unset] `Counter.hits`: the column is set to an expression, whose value is made when it is written; help: flush the session first"].assert_eq(&show(counter.hits()));
    });
    assert_eq!(counter.to_value().unwrap().hits, 11);
    counter.set_hits(Counter::hits + 1).unwrap();
    counter.set_hits(3).unwrap();
    assert_eq!(counter.hits().unwrap(), 3);
    counter.set_hits(Counter::hits + 1).unwrap();
    // The row has 11: that 3 was set was never written.
    assert_eq!(
        session.scalars(select(Counter).filter(Counter::hits.eq(12))).unwrap().all().unwrap(),
        [counter]
    );
}

#[test]
fn an_insert_writes_an_expression() {
    let (db, session) = counters();
    let most = || select(func::max(Counter::id)).scalar();
    let first =
        session.add(Counter::builder().name(func::upper("a")).hits(func::coalesce(most(), 40) + 2)).unwrap();
    let second = session.add(Counter::builder().name("b").state(func::lower("B"))).unwrap();
    let third = session.add(Counter::builder().name("c").parent(&first)).unwrap();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "counter" ("name", "hits", "parent_id") VALUES (upper(?), coalesce((SELECT max("counter"."id") FROM "counter"), ?) + ?, ?) ['a', 40, 2, NULL]
        INSERT INTO "counter" ("name", "hits", "state", "parent_id") VALUES (?, ?, lower(?), ?) ['b', 5, 'B', NULL]
        INSERT INTO "counter" ("name", "hits", "parent_id") VALUES (?, ?, ?) ['c', 5, 1]
    "#]].assert_eq(&db.sql());
    let read = |one: &Obj<Counter>| (one.name().unwrap(), one.hits().unwrap(), one.state().unwrap());
    expect![[r#"
        [
            (
                "A",
                42,
                "fresh",
            ),
            (
                "b",
                5,
                "b",
            ),
            (
                "c",
                5,
                "fresh",
            ),
        ]
    "#]]
    .assert_debug_eq(&[read(&first), read(&second), read(&third)]);
    expect![[r#"
        SELECT "counter"."id", "counter"."name", "counter"."hits", "counter"."state", "counter"."parent_id" FROM "counter" WHERE "counter"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
    "#]].assert_eq(&db.sql());
    let unsent = Counter::builder().name("d").hits(func::abs(-1));
    let unsent = session.add(unsent).unwrap();
    assert_eq!(unsent.hits().unwrap(), 1);
}

#[test]
fn a_relationship_follows_a_key_that_is_an_expression() {
    let (_db, session) = counters();
    let first = session.add(Counter::builder().name("a")).unwrap();
    let second = session.add(Counter::builder().name("b")).unwrap();
    session.flush().unwrap();
    assert_eq!(second.parent().unwrap(), None);
    second.set_parent_id(select(func::min(Counter::id)).scalar()).unwrap();
    session.flush().unwrap();
    session.expire(&second).unwrap();
    assert_eq!(second.parent().unwrap(), Some(first));
}

#[test]
fn a_failed_flush_keeps_it_and_a_rollback_forgets_it() {
    let (_db, session) = counters();
    let counter = session.add(Counter::builder().name("a").hits(1)).unwrap();
    session.commit().unwrap();
    counter.set_hits(Counter::hits + 1).unwrap();
    let part = session.begin_nested().unwrap();
    assert_eq!(counter.hits().unwrap(), 2);
    counter.set_hits(Counter::hits + 1).unwrap();
    part.rollback().unwrap();
    assert_eq!(counter.hits().unwrap(), 2);
    counter.set_hits(Counter::hits + 1).unwrap();
    session.rollback().unwrap();
    assert_eq!(counter.hits().unwrap(), 1);
    counter.set_hits(Counter::hits + 1).unwrap();
    session.expire(&counter).unwrap();
    assert_eq!(counter.hits().unwrap(), 1);
    counter.set_hits(Counter::hits + 1).unwrap();
    session.refresh(&counter).unwrap();
    assert_eq!(counter.hits().unwrap(), 1);
}

#[test]
fn merging_copies_it() {
    let (_db, session) = counters();
    let counter = session.add(Counter::builder().name("a").hits(1)).unwrap();
    session.commit().unwrap();
    let merged = session.merge(Counter::builder().id(1).name("a").hits(Counter::hits + 5)).unwrap();
    assert_eq!(merged, counter);
    assert_eq!(counter.hits().unwrap(), 6);
}

#[test]
fn what_can_not_be() {
    let (_db, session) = counters();
    let counter = session.add(Counter::builder().name("a")).unwrap();
    session.commit().unwrap();
    expect!["[value] `Counter.id`: a key is set to an expression, and its row is found by its value; help: ask for the value by a query first, and set that"].assert_eq(&show(counter.set_id(Counter::id + 1)));
    expect!["[value] `Counter.id`: a key is set to an expression, and its row is found by its value; help: ask for the value by a query first, and set that"].assert_eq(&show(session.add(Counter::builder().id(func::abs(-3)).name("b"))));
    counter.set_name(User::name).unwrap();
    // The class is another registry's, and is known here by its table.
    expect!["[query] `Counter.name`: `user_account` isn't part of the query; help: an expression reads columns of the object's own row: ask for others by a query's `.scalar()`"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    session.add(Counter::builder().name("b").hits(Counter::hits + 1)).unwrap();
    expect!["[query] `Counter.hits`: `Counter` isn't part of the query; help: a new row has no columns to read: take a query's `.scalar()`, or set it after the flush"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    let alone = session.add(Counter::builder().name("c").hits(func::abs(-3))).unwrap();
    session.expunge(&alone).unwrap();
    expect!["[unset] `Counter.hits`: the column is set to an expression, whose value is made when it is written; help: add the object to a session and flush that first"].assert_eq(&show(alone.hits()));
    assert_eq!(counter.hits().unwrap(), 5);
}

/// Counters that were inserted, and what takes them back.
fn taken_back(
    take_back: impl FnOnce(&Session, &dyn Fn() -> Vec<Obj<Counter>>) -> Vec<Obj<Counter>>,
) -> String {
    let (db, session) = counters();
    let most = || select(func::max(Counter::id)).scalar();
    let add = || {
        let first = Counter::builder().name(func::upper("a")).hits(func::coalesce(most(), 40) + 2);
        let second = Counter::builder().name("b");
        session.add_all([first, second]).unwrap()
    };
    let objects = take_back(&session, &add);
    session.add_all(&objects).unwrap();
    db.sql();
    session.flush().unwrap();
    let sql = db.sql();
    let read = |one: &Obj<Counter>| format!("{} {}\n", one.name().unwrap(), one.hits().unwrap());
    sql + &objects.iter().map(read).collect::<String>()
}

#[test]
fn a_rollback_gives_back_what_an_insert_wrote() {
    let in_savepoint = taken_back(|session, add| {
        let part = session.begin_nested().unwrap();
        let objects = add();
        session.flush().unwrap();
        part.rollback().unwrap();
        expect!["[unset] `Counter.hits`: the column is set to an expression, whose value is made when it is written; help: add the object to a session and flush that first"].assert_eq(&show(objects[0].hits()));
        objects
    });
    expect![[r#"
        INSERT INTO "counter" ("id", "name", "hits", "parent_id") VALUES (?, upper(?), coalesce((SELECT max("counter"."id") FROM "counter"), ?) + ?, ?) [1, 'a', 40, 2, NULL]
        INSERT INTO "counter" ("id", "name", "hits", "parent_id") VALUES (?, ?, ?, ?) [2, 'b', 5, NULL]
        A 42
        b 5
    "#]].assert_eq(&in_savepoint);
    // Also what was read: it was made of rows that are gone.
    let in_transaction = taken_back(|session, add| {
        let objects = add();
        session.flush().unwrap();
        assert_eq!(objects[0].hits().unwrap(), 42);
        session.refresh(&objects[0]).unwrap();
        session.rollback().unwrap();
        objects
    });
    expect![[r#"
        INSERT INTO "counter" ("id", "name", "hits", "state", "parent_id") VALUES (?, upper(?), coalesce((SELECT max("counter"."id") FROM "counter"), ?) + ?, ?, ?) [1, 'a', 40, 2, 'fresh', NULL]
        INSERT INTO "counter" ("id", "name", "hits", "state", "parent_id") VALUES (?, ?, ?, ?, ?) [2, 'b', 5, 'fresh', NULL]
        A 42
        b 5
    "#]].assert_eq(&in_transaction);
    let released = taken_back(|session, add| {
        let part = session.begin_nested().unwrap();
        let objects = add();
        session.flush().unwrap();
        part.commit().unwrap();
        objects[0].set_state("set").unwrap();
        session.flush().unwrap();
        objects[0].set_state("fresh").unwrap();
        session.rollback().unwrap();
        objects
    });
    expect![[r#"
        INSERT INTO "counter" ("id", "name", "hits", "state", "parent_id") VALUES (?, upper(?), coalesce((SELECT max("counter"."id") FROM "counter"), ?) + ?, ?, ?) [1, 'a', 40, 2, 'fresh', NULL]
        INSERT INTO "counter" ("id", "name", "hits", "parent_id") VALUES (?, ?, ?, ?) [2, 'b', 5, NULL]
        A 42
        b 5
    "#]].assert_eq(&released);
    let departed = taken_back(|session, add| {
        let objects = add();
        session.flush().unwrap();
        session.expunge(&objects[0]).unwrap();
        session.rollback().unwrap();
        objects
    });
    assert_eq!(departed, in_savepoint);
    let twice = taken_back(|session, add| {
        let objects = add();
        session.flush().unwrap();
        session.rollback().unwrap();
        session.add_all(&objects).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        objects
    });
    assert_eq!(twice, in_savepoint);
}

#[test]
fn a_rollback_keeps_what_was_set_last() {
    let set = taken_back(|session, add| {
        let objects = add();
        session.flush().unwrap();
        objects[0].set_hits(7).unwrap();
        session.flush().unwrap();
        objects[1].set_hits(func::abs(-9)).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        objects
    });
    expect![[r#"
        INSERT INTO "counter" ("id", "name", "hits", "parent_id") VALUES (?, upper(?), ?, ?) [1, 'a', 7, NULL]
        INSERT INTO "counter" ("id", "name", "hits", "parent_id") VALUES (?, ?, abs(?), ?) [2, 'b', -9, NULL]
        A 7
        b 9
    "#]]
    .assert_eq(&set);
    let committed = taken_back(|session, add| {
        let objects = add();
        session.commit().unwrap();
        objects[0].set_hits(Counter::hits + 1).unwrap();
        session.flush().unwrap();
        session.rollback().unwrap();
        assert_eq!(objects[0].hits().unwrap(), 42);
        objects
    });
    expect![[r#"
        A 42
        b 5
    "#]]
    .assert_eq(&committed);
}

#[test]
fn what_an_update_wrote_of_a_row_that_is_taken_back_is_said() {
    let (_db, session) = counters();
    let add = || session.add_all(["a", "b"].map(|name| Counter::builder().name(name))).unwrap();
    let counters = add();
    session.flush().unwrap();
    counters[0].set_hits(Counter::hits + 1).unwrap();
    assert_eq!(counters[0].hits().unwrap(), 6);
    counters[1].set_hits(Counter::hits + 1).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    session.add(&counters[0]).unwrap();
    session.flush().unwrap();
    assert_eq!(counters[0].hits().unwrap(), 6);
    session.add(&counters[1]).unwrap();
    expect!["[query] `Counter.hits`: `Counter` isn't part of the query; help: a new row has no columns to read: take a query's `.scalar()`, or set it after the flush"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    counters[1].set_hits(6).unwrap();
    session.add(&counters[1]).unwrap();
    session.commit().unwrap();
    assert_eq!(counters[1].hits().unwrap(), 6);
}
