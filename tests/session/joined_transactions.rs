//! Sessions on connections of others: what becomes of a transaction that is there.

use expect_test::expect;
use orm::engine::{Access, Connection, EngineConnection};
use orm::prelude::*;
use orm::{Code, JoinMode, SessionConfig};
use tests::models::*;
use tests::{Db, Report, code, show};

const MODES: [JoinMode; 4] = [
    JoinMode::ConditionalSavepoint,
    JoinMode::RollbackOnly,
    JoinMode::ControlFully,
    JoinMode::CreateSavepoint,
];

fn connection(db: &Db) -> EngineConnection {
    db.engine.connect().unwrap()
}

fn on(connection: &EngineConnection, mode: JoinMode) -> Session {
    Session::on_connection(connection, SessionConfig::default().join(mode))
}

fn items(connection: &EngineConnection) -> String {
    tests::db::rows(connection, "SELECT count(*) FROM item").unwrap().trim().to_owned()
}

/// Each mode, where there is nothing, a transaction, or a savepoint in one, and each end of the session's own. Whether the
/// savepoint and the transaction go on, and how many rows are seen, is as with SQLAlchemy.
#[test]
fn each_mode() {
    let mut report = Report::default();
    for mode in MODES {
        for there in ["nothing", "transaction", "savepoint"] {
            for end in ["commit", "rollback", "close", "drop"] {
                let db = Db::new();
                let connection = connection(&db);
                if there != "nothing" {
                    connection.begin(Access::Usual).unwrap();
                }
                if there == "savepoint" {
                    connection.savepoint("theirs").unwrap();
                }
                let session = on(&connection, mode);
                session.add(Item::builder().name("x")).unwrap();
                session.flush().unwrap();
                match end {
                    "commit" => session.commit().unwrap(),
                    "rollback" => session.rollback().unwrap(),
                    "close" => session.close().unwrap(),
                    _ => drop(session),
                }
                let (rows, transaction) = (items(&connection), connection.in_transaction());
                let savepoint = there == "savepoint" && transaction && connection.release("theirs").is_ok();
                report.line(format_args!(
                    "{mode:?}, {there}, {end}: {rows} row(s){}{}",
                    if transaction { ", transaction" } else { "" },
                    if savepoint { ", savepoint" } else { "" },
                ));
            }
        }
    }
    expect![[r#"
        ConditionalSavepoint, nothing, commit: 1 row(s)
        ConditionalSavepoint, nothing, rollback: 0 row(s)
        ConditionalSavepoint, nothing, close: 0 row(s)
        ConditionalSavepoint, nothing, drop: 0 row(s)
        ConditionalSavepoint, transaction, commit: 1 row(s), transaction
        ConditionalSavepoint, transaction, rollback: 0 row(s)
        ConditionalSavepoint, transaction, close: 1 row(s), transaction
        ConditionalSavepoint, transaction, drop: 1 row(s), transaction
        ConditionalSavepoint, savepoint, commit: 1 row(s), transaction, savepoint
        ConditionalSavepoint, savepoint, rollback: 0 row(s), transaction, savepoint
        ConditionalSavepoint, savepoint, close: 0 row(s), transaction, savepoint
        ConditionalSavepoint, savepoint, drop: 0 row(s), transaction, savepoint
        RollbackOnly, nothing, commit: 1 row(s)
        RollbackOnly, nothing, rollback: 0 row(s)
        RollbackOnly, nothing, close: 0 row(s)
        RollbackOnly, nothing, drop: 0 row(s)
        RollbackOnly, transaction, commit: 1 row(s), transaction
        RollbackOnly, transaction, rollback: 0 row(s)
        RollbackOnly, transaction, close: 1 row(s), transaction
        RollbackOnly, transaction, drop: 1 row(s), transaction
        RollbackOnly, savepoint, commit: 1 row(s), transaction, savepoint
        RollbackOnly, savepoint, rollback: 0 row(s), transaction
        RollbackOnly, savepoint, close: 1 row(s), transaction, savepoint
        RollbackOnly, savepoint, drop: 1 row(s), transaction, savepoint
        ControlFully, nothing, commit: 1 row(s)
        ControlFully, nothing, rollback: 0 row(s)
        ControlFully, nothing, close: 0 row(s)
        ControlFully, nothing, drop: 0 row(s)
        ControlFully, transaction, commit: 1 row(s)
        ControlFully, transaction, rollback: 0 row(s)
        ControlFully, transaction, close: 0 row(s)
        ControlFully, transaction, drop: 0 row(s)
        ControlFully, savepoint, commit: 1 row(s), transaction
        ControlFully, savepoint, rollback: 0 row(s), transaction
        ControlFully, savepoint, close: 0 row(s), transaction
        ControlFully, savepoint, drop: 0 row(s), transaction
        CreateSavepoint, nothing, commit: 1 row(s)
        CreateSavepoint, nothing, rollback: 0 row(s)
        CreateSavepoint, nothing, close: 0 row(s)
        CreateSavepoint, nothing, drop: 0 row(s)
        CreateSavepoint, transaction, commit: 1 row(s), transaction
        CreateSavepoint, transaction, rollback: 0 row(s), transaction
        CreateSavepoint, transaction, close: 0 row(s), transaction
        CreateSavepoint, transaction, drop: 0 row(s), transaction
        CreateSavepoint, savepoint, commit: 1 row(s), transaction, savepoint
        CreateSavepoint, savepoint, rollback: 0 row(s), transaction, savepoint
        CreateSavepoint, savepoint, close: 0 row(s), transaction, savepoint
        CreateSavepoint, savepoint, drop: 0 row(s), transaction, savepoint
    "#]]
    .assert_eq(report.text());
}

/// The statements by which a session does so.
#[test]
fn what_the_database_hears() {
    let db = Db::with_transactions();
    let connection = connection(&db);
    connection.begin(Access::Usual).unwrap();
    let session = on(&connection, JoinMode::CreateSavepoint);
    session.add(Item::builder().name("a")).unwrap();
    session.commit().unwrap();
    session.add(Item::builder().name("b")).unwrap();
    let part = session.begin_nested().unwrap();
    session.add(Item::builder().name("c")).unwrap();
    part.commit().unwrap();
    session.rollback().unwrap();
    assert_eq!(session.count_statements(|session| session.get_one::<Item>(1).unwrap().name().unwrap()).1, 1);
    drop(session);
    connection.commit().unwrap();
    expect![[r#"
        BEGIN
        SAVEPOINT orm_1
        INSERT INTO "item" ("name") VALUES (?) ['a']
        RELEASE SAVEPOINT orm_1
        SAVEPOINT orm_2
        INSERT INTO "item" ("name") VALUES (?) ['b']
        SAVEPOINT orm_3
        INSERT INTO "item" ("name") VALUES (?) ['c']
        RELEASE SAVEPOINT orm_3
        ROLLBACK TO SAVEPOINT orm_2
        SAVEPOINT orm_4
        SELECT "id", "name" FROM "item" WHERE "id" = ? [1]
        ROLLBACK TO SAVEPOINT orm_4
        COMMIT
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT name FROM item"), "'a'\n");
}

/// With savepoints of its own, also where it leaves the transaction around them alone.
#[test]
fn savepoints_within() {
    for mode in MODES {
        let db = Db::new();
        let connection = connection(&db);
        connection.begin(Access::Usual).unwrap();
        let session = on(&connection, mode);
        session.add(Item::builder().name("u1")).unwrap();
        session.flush().unwrap();
        let part = session.begin_nested().unwrap();
        session.add(Item::builder().name("u2")).unwrap();
        session.flush().unwrap();
        part.rollback().unwrap();
        session.commit().unwrap();
        assert_eq!(items(&connection), "1");
        // What a savepoint did that nobody ended goes with the session.
        let part = session.begin_nested().unwrap();
        session.add(Item::builder().name("u3")).unwrap();
        session.flush().unwrap();
        session.close().unwrap();
        assert_eq!(code(part.commit()), Code::NoTransaction);
        assert_eq!(items(&connection), "1", "{mode:?}");
        if connection.in_transaction() {
            connection.commit().unwrap();
        }
        assert_eq!(db.rows("SELECT name FROM item"), "'u1'\n");
    }
}

/// A commit of the session does nothing to the transaction; its owner takes all of it back.
#[test]
fn the_owner_has_the_last_word() {
    let db = Db::new();
    let connection = connection(&db);
    connection.begin(Access::Usual).unwrap();
    let session = on(&connection, JoinMode::RollbackOnly);
    let item = session.add(Item::builder().name("ed")).unwrap();
    session.commit().unwrap();
    assert!(Obj::any(&item).is_expired("name").unwrap());
    connection.rollback().unwrap();
    assert!(session.scalars(select(Item)).unwrap().all().unwrap().is_empty());
    assert_eq!(code(item.name()), Code::ObjectDeleted);
    session.close().unwrap();
    // The session rolls back: there is nothing left to commit.
    connection.begin(Access::Usual).unwrap();
    session.add(Item::builder().name("ed")).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert!(!connection.in_transaction());
    // One that its owner ends under the session's hands waits for a rollback: nobody would commit what it writes.
    connection.begin(Access::Usual).unwrap();
    session.add(Item::builder().name("ed")).unwrap();
    session.flush().unwrap();
    connection.commit().unwrap();
    expect!["[pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first"]
        .assert_eq(&show(session.scalars(select(Item)).unwrap().all()));
    session.rollback().unwrap();
    assert_eq!(session.scalars(select(Item)).unwrap().all().unwrap().len(), 1);
}

/// A failed flush rolls back as far as the session may.
#[test]
fn a_failed_flush() {
    for (mode, left) in
        [(JoinMode::CreateSavepoint, "1"), (JoinMode::RollbackOnly, "0"), (JoinMode::ControlFully, "0")]
    {
        let db = Db::new();
        let connection = connection(&db);
        connection.begin(Access::Usual).unwrap();
        connection.execute_batch("INSERT INTO item (id, name) VALUES (1, 'theirs')").unwrap();
        let session = on(&connection, mode);
        session.add(Item::builder().id(1).name("ours")).unwrap();
        assert_eq!(code(session.commit()), Code::Integrity);
        assert_eq!(code(session.commit()), Code::PendingRollback);
        session.rollback().unwrap();
        assert_eq!(items(&connection), left, "{mode:?}");
        session.add(Item::builder().id(2).name("ours")).unwrap();
        session.commit().unwrap();
    }
}

/// Tests that leave nothing behind: whatever the code under test commits and rolls back.
#[test]
fn a_test_that_takes_all_back() {
    for (mode, savepoint) in [
        (JoinMode::CreateSavepoint, false),
        (JoinMode::CreateSavepoint, true),
        (JoinMode::ConditionalSavepoint, true),
    ] {
        let db = Db::new();
        let connection = connection(&db);
        connection.begin(Access::Usual).unwrap();
        if savepoint {
            connection.savepoint("theirs").unwrap();
        }
        let session = on(&connection, mode);
        let add = || session.add(Item::builder().name("a")).unwrap();
        session.begin().unwrap();
        add();
        session.flush().unwrap();
        session.rollback().unwrap();
        assert_eq!(items(&connection), "0");
        add();
        session.commit().unwrap();
        // Ends and beginnings in any order.
        for step in [1, 1, 3, 2, 1, 3, 1, 2, 2, 3, 1, 1, 1] {
            match step {
                1 if session.in_transaction() => drop(session.begin_nested().map(std::mem::forget)),
                1 => session.begin().unwrap(),
                2 => session.rollback().unwrap(),
                _ => session.commit().unwrap(),
            }
            session.connection().unwrap();
        }
        session.close().unwrap();
        assert_eq!(items(&connection), "1");
        if savepoint {
            connection.rollback_to("theirs").unwrap();
        }
        assert!(connection.in_transaction());
        connection.rollback().unwrap();
        assert_eq!(items(&connection), "0");
    }
}

/// Two sessions on one connection see each other's rows; a session doesn't close what isn't its own.
#[test]
fn two_sessions_on_one_connection() {
    let db = Db::file();
    let connection = connection(&db);
    let (one, two, apart) =
        (on(&connection, JoinMode::default()), on(&connection, JoinMode::default()), db.session());
    one.add(Item::builder().name("x")).unwrap();
    one.flush().unwrap();
    assert_eq!(two.scalars(select(Item)).unwrap().count().unwrap(), 1);
    assert_eq!(apart.scalars(select(Item)).unwrap().count().unwrap(), 0);
    apart.rollback().unwrap();
    two.close().unwrap();
    assert!(connection.in_transaction(), "it wasn't the second one's");
    one.commit().unwrap();
    drop((one, two));
    assert_eq!(
        (items(&connection).as_str(), apart.scalars(select(Item)).unwrap().count().unwrap()),
        ("1", 1)
    );
}

/// Savepoints of two sessions on one connection that don't end in the order of their nesting: what `one` ends takes the savepoint
/// of `two` along, which is told so and goes on after a rollback. In SQLAlchemy neither the session nor the connection can be
/// used any more.
#[test]
fn savepoints_that_are_not_nested() {
    let mut report = Report::default();
    for steps in [
        "one+ two+ two.commit one.rollback",
        "one+ two+ two.rollback one.commit",
        "one+ two+ one.commit two.commit two.rollback two+ two.commit",
        "one+ two+ one.commit two.rollback two+ two.commit",
        "one+ two+ one.commit two+ two.rollback two+ two.commit",
        "one+ two+ one.commit two.close two+ two.commit",
        "one+ two+ one.rollback two.commit two.rollback two+ two.commit",
        "one+ two+ one.rollback two.rollback two+ two.commit",
        "one+ two+ one.rollback two+ two.rollback two+ two.commit",
        "one+ two+ one.rollback two.close two+ two.commit",
        // Each in a savepoint of its own within.
        "one+ two+ one.nested one+ two.nested two+ one.release two.release two.rollback",
        "one+ two+ one.nested one+ two.nested two+ one.release two+ two.undo two.commit",
        "one+ two+ one.nested one+ two.nested two+ one.undo two.release two.rollback two.commit",
        "one+ two+ one.nested one+ two.nested two+ one.undo two.undo two.commit one.commit",
        "one+ two+ one.nested one+ two.nested two+ one.undo two.rollback one.commit",
        "one+ two+ one.nested one+ two.nested two+ one.commit two.commit two.rollback",
        // Its owner ends the transaction, and begins another.
        "one+ two+ all.commit one.commit one.rollback two.rollback",
        "one+ two+ all.rollback one.commit one.rollback two.rollback",
    ] {
        let db = Db::with_transactions();
        let connection = connection(&db);
        connection.begin(Access::Usual).unwrap();
        let sessions = ["one", "two"].map(|name| (name, on(&connection, JoinMode::CreateSavepoint)));
        let mut parts: Vec<(&str, orm::Savepoint)> = Vec::new();
        let mut states = Vec::new();
        report.line(format_args!("{steps}"));
        for step in steps.split(' ') {
            let (who, what) = step.split_at(3);
            let Some((name, session)) = sessions.iter().find(|(name, _)| *name == who) else {
                match what {
                    ".commit" => connection.commit().unwrap(),
                    _ => connection.rollback().unwrap(),
                }
                connection.begin(Access::Usual).unwrap();
                continue;
            };
            let last = parts.iter().rposition(|(of, _)| of == name);
            let done = match what {
                "+" => {
                    let item = session.add(Item::builder().name(who)).unwrap();
                    states.push(item);
                    session.flush()
                }
                ".commit" => session.commit(),
                ".rollback" => session.rollback(),
                ".close" => session.close(),
                ".nested" => session.begin_nested().map(|part| parts.push((*name, part))),
                ".release" => parts.remove(last.unwrap()).1.commit(),
                _ => parts.remove(last.unwrap()).1.rollback(),
            };
            if let Err(error) = done {
                report.line(format_args!("  {step}: {error}"));
            }
        }
        let rows = tests::db::rows(&connection, "SELECT name FROM item ORDER BY id").unwrap();
        let states: Vec<String> = states.iter().map(|item| Obj::state(item).to_string()).collect();
        assert!(connection.in_transaction(), "it is nobody's but its owner's: {steps}");
        report.line(format_args!("  rows {} | {}", rows.replace('\n', " "), states.join(", ")));
        drop(parts);
        drop(sessions);
        connection.rollback().unwrap();
    }
    expect![[r#"
        one+ two+ two.commit one.rollback
          rows  | transient, persistent
        one+ two+ two.rollback one.commit
          rows 'one'  | persistent, transient
        one+ two+ one.commit two.commit two.rollback two+ two.commit
          two.commit: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two' 'two'  | persistent, persistent, persistent
        one+ two+ one.commit two.rollback two+ two.commit
          two.rollback: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two' 'two'  | persistent, persistent, persistent
        one+ two+ one.commit two+ two.rollback two+ two.commit
          two+: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two' 'two'  | persistent, persistent, transient, persistent
        one+ two+ one.commit two.close two+ two.commit
          rows 'one' 'two' 'two'  | persistent, detached, persistent
        one+ two+ one.rollback two.commit two.rollback two+ two.commit
          two.commit: [pending-rollback] the savepoint of the session was rolled back with what is around it; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'two'  | transient, transient, persistent
        one+ two+ one.rollback two.rollback two+ two.commit
          rows 'two'  | transient, transient, persistent
        one+ two+ one.rollback two+ two.rollback two+ two.commit
          two+: [pending-rollback] the savepoint of the session was rolled back with what is around it; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'two'  | transient, transient, transient, persistent
        one+ two+ one.rollback two.close two+ two.commit
          rows 'two'  | transient, detached, persistent
        one+ two+ one.nested one+ two.nested two+ one.release two.release two.rollback
          two.release: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one'  | persistent, transient, persistent, transient
        one+ two+ one.nested one+ two.nested two+ one.release two+ two.undo two.commit
          two+: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          two.undo: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two' 'one' 'two'  | persistent, persistent, persistent, persistent, transient
        one+ two+ one.nested one+ two.nested two+ one.undo two.release two.rollback two.commit
          two.release: [pending-rollback] the savepoint of the session was rolled back with what is around it; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one'  | persistent, transient, transient, transient
        one+ two+ one.nested one+ two.nested two+ one.undo two.undo two.commit one.commit
          rows 'one' 'two'  | persistent, persistent, transient, transient
        one+ two+ one.nested one+ two.nested two+ one.undo two.rollback one.commit
          rows 'one'  | persistent, transient, transient, transient
        one+ two+ one.nested one+ two.nested two+ one.commit two.commit two.rollback
          two.commit: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two' 'one' 'two'  | persistent, persistent, persistent, persistent
        one+ two+ all.commit one.commit one.rollback two.rollback
          one.commit: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          two.rollback: [pending-rollback] the savepoint of the session was released with what is around it: what was flushed stays; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows 'one' 'two'  | persistent, persistent
        one+ two+ all.rollback one.commit one.rollback two.rollback
          one.commit: [pending-rollback] the savepoint of the session was rolled back with what is around it; help: call `rollback()` of the session first; of sessions that share a connection, end the last one first
          rows  | transient, transient
    "#]].assert_eq(report.text());
}

/// Names are the connection's, not the session's.
#[test]
fn names_of_savepoints() {
    let db = Db::with_transactions();
    let connection = connection(&db);
    connection.begin(Access::Usual).unwrap();
    for mode in [JoinMode::CreateSavepoint, JoinMode::RollbackOnly] {
        let session = on(&connection, mode);
        session.add(Item::builder().name("a")).unwrap();
        let part = session.begin_nested().unwrap();
        session.add(Item::builder().name("b")).unwrap();
        part.commit().unwrap();
        session.commit().unwrap();
    }
    connection.rollback().unwrap();
    let sql = db.sql();
    let names: Vec<&str> = sql.lines().filter(|line| line.starts_with("SAVEPOINT")).collect();
    assert_eq!(names, ["SAVEPOINT orm_1", "SAVEPOINT orm_2", "SAVEPOINT orm_3"]);
}
