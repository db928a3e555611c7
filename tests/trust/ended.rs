//! The database ends a transaction by itself, or a savepoint can't be kept.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Savepoint, SessionConfig};
use tests::models::*;
use tests::{Db, code, show};

/// A database whose triggers roll back the transaction that writes the item "bad" or renames a user to "bad".
fn hostile() -> Db {
    let db = Db::new();
    db.engine
        .execute_batch(
            "CREATE TRIGGER no_item BEFORE INSERT ON item WHEN new.name = 'bad'
             BEGIN SELECT raise(ROLLBACK, 'no bad items'); END;
             CREATE TRIGGER no_name BEFORE UPDATE ON user_account WHEN new.name = 'bad'
             BEGIN SELECT raise(ROLLBACK, 'no bad names'); END;
             CREATE TRIGGER no_delete BEFORE DELETE ON user_account WHEN old.name = 'kept'
             BEGIN SELECT raise(ROLLBACK, 'kept'); END;",
        )
        .unwrap();
    db
}

fn stored(session: &Session, name: &str) -> Obj<User> {
    let user = session.add(User::builder().name(name)).unwrap();
    session.commit().unwrap();
    user
}

/// What another session sees.
fn names(db: &Db) -> Vec<String> {
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    users.iter().map(|user| user.name().unwrap()).collect()
}

#[test]
fn a_flush_that_the_database_rolls_back_takes_the_whole_transaction() {
    let db = hostile();
    let session = db.session();
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    let new = session.add(User::builder().name("new")).unwrap();
    session.flush().unwrap();
    session.add(Item::builder().name("bad")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    expect!["[pending-rollback] the database ended the transaction and its savepoints: [integrity] `Item`: no bad items; help: call `rollback()` of the session first"]
    .assert_eq(&show(session.flush().and_then(|()| session.get::<User>(1))));
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
    assert!(!session.contains(&new), "it was never written");
    assert_eq!(names(&db), ["ed"]);
}

#[test]
fn savepoints_end_with_the_transaction() {
    let db = hostile();
    let session = db.session();
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    let outer = session.begin_nested().unwrap();
    let new = session.add(User::builder().name("new")).unwrap();
    session.flush().unwrap();
    let inner = session.begin_nested().unwrap();
    session.add(Item::builder().name("bad")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    assert_eq!(code(inner.rollback()), Code::PendingRollback);
    // The savepoint around it is gone too, and so is what was flushed before it.
    assert_eq!(code(session.flush().and_then(|()| session.get::<User>(1))), Code::PendingRollback);
    assert_eq!(code(session.begin_nested()), Code::PendingRollback);
    assert_eq!(code(ed.name()), Code::PendingRollback);
    assert_eq!(code(outer.rollback()), Code::PendingRollback);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
    assert!(!session.contains(&new));
    // The session goes on, in a transaction.
    ed.set_name("eddy").unwrap();
    session.flush().unwrap();
    assert!(session.connection().unwrap().in_transaction());
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
}

#[test]
fn an_update_and_a_delete_that_the_database_rolls_back() {
    let db = hostile();
    let session = db.session();
    let ed = stored(&session, "ed");
    let kept = stored(&session, "kept");
    let gone = stored(&session, "gone");
    session.delete(&gone).unwrap();
    session.flush().unwrap();
    ed.set_name("bad").unwrap();
    assert_eq!(code(session.commit()), Code::Integrity);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert!(session.contains(&gone));
    session.delete(&gone).unwrap();
    session.flush().unwrap();
    session.delete(&kept).unwrap();
    assert_eq!(code(session.commit()), Code::Integrity);
    session.rollback().unwrap();
    assert!(session.contains(&gone) && session.contains(&kept));
    assert_eq!(names(&db), ["ed", "kept", "gone"]);
}

#[test]
fn a_statement_of_the_users_own_that_ends_the_transaction_is_found_by_the_next_one() {
    for (end, seen) in [("ROLLBACK", vec!["ed"]), ("COMMIT", vec!["edna", "new"])] {
        let end = format!("DELETE FROM item; {end}");
        let db = hostile();
        let session = db.session();
        let ed = stored(&session, "ed");
        ed.set_name("edna").unwrap();
        session.add(User::builder().name("new")).unwrap();
        session.flush().unwrap();
        assert_eq!(code(session.connection().unwrap().execute_batch(&end)), Code::PendingRollback);
        expect![["[pending-rollback] the database ended the transaction and its savepoints: it has none any more; help: call `rollback()` of the session first"]]
        .assert_eq(&show(session.get::<User>(7)));
        session.rollback().unwrap();
        assert_eq!(names(&db), seen);
        assert_eq!(ed.name().unwrap(), seen[0], "it is read anew");
    }
}

#[test]
fn a_statement_that_would_end_the_transaction_is_refused() {
    let db = Db::new();
    let session = db.session();
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    let connection = session.connection().unwrap();
    for sql in ["COMMIT", " -- x\n rollback", "/* x */ END", "begin", "savepoint x", "RELEASE x", "; commit"]
    {
        assert_eq!(code(connection.execute_batch(sql)), Code::WrongState, "{sql}");
        assert_eq!(code(connection.prepare(sql)), Code::WrongState, "{sql}");
        assert_eq!(code(connection.execute(sql, &[])), Code::WrongState, "{sql}");
    }
    expect!["[wrong-state] `COMMIT` would end the transaction behind the session; help: use `commit`, `rollback` and `begin_nested` of the session"]
        .assert_eq(&show(connection.execute("commit", &[])));
    assert_eq!(connection.execute("UPDATE user_account SET fullname = ?", &["E".into()]).unwrap(), 1);
    let mut fullname = String::new();
    let query = "SELECT fullname FROM user_account WHERE id = ?";
    connection
        .query(query, &[1.into()], &mut |row| {
            fullname = row.get(0)?.to_string();
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(fullname, "'E'");
    session.commit().unwrap();
    assert_eq!(names(&db), ["edna"]);
}

#[test]
fn a_transaction_does_not_end_while_a_query_of_the_session_reads_rows() {
    let db = Db::new();
    let session = db.session();
    session.add_all(["a", "b", "c"].map(|name| User::builder().name(name))).unwrap();
    session.commit().unwrap();
    let mut seen = Vec::new();
    session
        .scalars(select(User).order_by(User::id))
        .unwrap()
        .each(|user| {
            let start = std::time::Instant::now();
            assert_eq!(code(session.commit()), Code::WrongState);
            assert_eq!(code(session.rollback()), Code::WrongState);
            assert_eq!(code(session.close()), Code::WrongState);
            assert!(start.elapsed() < std::time::Duration::from_secs(1));
            // A part of the transaction may end.
            let part = session.begin_nested()?;
            user.set_fullname(user.name()?)?;
            if user.name()? == "b" {
                part.rollback()?
            } else {
                part.commit()?
            }
            seen.push(user.name()?);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["a", "b", "c"]);
    session.commit().unwrap();
    assert_eq!(db.rows("select fullname from user_account order by id"), "'a'\nNULL\n'c'\n");
    // One that fails in the middle is over.
    let failed = session.scalars(select(User)).unwrap().each(|_| session.get_one::<User>(9).map(drop));
    assert_eq!(code(failed), Code::NoResult);
    session.commit().unwrap();
}

#[test]
fn whoever_ends_something_finds_it_too() {
    type End = fn(&Session, Savepoint) -> orm::Result<()>;
    let ends: [End; 3] = [
        |_, part| part.commit(),
        |_, part| part.rollback(),
        |session, part| {
            std::mem::forget(part);
            session.commit()
        },
    ];
    for end in ends {
        let db = hostile();
        let session = db.session();
        let ed = stored(&session, "ed");
        ed.set_name("edna").unwrap();
        session.flush().unwrap();
        let part = session.begin_nested().unwrap();
        // As by a statement that was prepared.
        let raw = "DELETE FROM item WHERE name = 'x' ; /* */ ROLLBACK";
        assert_eq!(code(session.connection().unwrap().execute_batch(raw)), Code::PendingRollback);
        assert_eq!(code(end(&session, part)), Code::PendingRollback);
        assert_eq!(code(session.commit()), Code::PendingRollback);
        session.rollback().unwrap();
        assert_eq!(ed.name().unwrap(), "ed");
        ed.set_name("eddy").unwrap();
        session.commit().unwrap();
        assert_eq!(names(&db), ["eddy"]);
    }
}

#[test]
fn a_savepoint_that_the_user_released_takes_the_transaction_with_it() {
    let db = hostile();
    let session = db.session();
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    let part = session.begin_nested().unwrap();
    session.add(User::builder().name("new")).unwrap();
    session.flush().unwrap();
    // Savepoints are numbered by their connection.
    session.connection().unwrap().execute_batch("DELETE FROM item; RELEASE orm_1").unwrap();
    // What it did can't be told from what was done before any more.
    assert_eq!(code(part.rollback()), Code::Database);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
    assert_eq!(names(&db), ["ed"]);
}

#[test]
fn a_savepoint_whose_commit_fails_is_rolled_back() {
    let db = Db::new();
    let session = db.session();
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    let part = session.begin_nested().unwrap();
    session.add(User::builder().id(1).name("second")).unwrap();
    assert_eq!(code(part.commit()), Code::Integrity);
    assert!(!session.in_nested_transaction());
    assert_eq!(ed.name().unwrap(), "edna");
    session.commit().unwrap();
    assert_eq!(names(&db), ["edna"]);

    // One that waits for its rollback since a flush failed, and one around such a one.
    let outer = session.begin_nested().unwrap();
    ed.set_name("eddy").unwrap();
    let inner = session.begin_nested().unwrap();
    session.add(User::builder().id(1).name("second")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    assert_eq!(code(inner.commit()), Code::PendingRollback);
    assert_eq!(ed.name().unwrap(), "eddy");
    let inner = session.begin_nested().unwrap();
    session.add(User::builder().id(1).name("second")).unwrap();
    assert_eq!(code(outer.commit()), Code::Integrity);
    assert!(!session.in_nested_transaction());
    assert_eq!(code(inner.commit()), Code::NoTransaction);
    session.commit().unwrap();
    assert_eq!(names(&db), ["edna"]);
}

/// As SQLAlchemy's, which has no handle to roll it back by.
#[test]
fn a_savepoint_whose_commit_fails_waits_for_a_rollback_where_it_is_told_to() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let ed = stored(&session, "ed");
    ed.set_name("edna").unwrap();
    let part = session.begin_nested().unwrap();
    session.add(User::builder().id(1).name("second")).unwrap();
    assert_eq!(code(part.commit()), Code::Integrity);
    assert!(session.in_nested_transaction());
    assert_eq!(code(session.commit()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
}

/// What a savepoint changed was read in it; the objects that hold what was read weren't changed themselves.
fn read_in_savepoint(config: SessionConfig) -> (usize, Option<i64>, usize) {
    let db = Db::new();
    let session = Session::with_config(&db.engine, config);
    let one = session.add(User::builder().name("one").orders([Order::builder().note("n")])).unwrap();
    let two = session.add(User::builder().name("two")).unwrap();
    session.commit().unwrap();
    let order = session.get_one::<Order>(1).unwrap();
    let part = session.begin_nested().unwrap();
    order.set_user(&two).unwrap();
    session.flush().unwrap();
    session.expire_all().unwrap();
    assert_eq!(one.orders().len().unwrap(), 0);
    assert_eq!(two.orders().len().unwrap(), 1);
    assert_eq!(order.user_id().unwrap(), two.id().ok());
    // Through a released savepoint too.
    let inner = session.begin_nested().unwrap();
    let fresh = session.get_one::<User>(2).unwrap();
    assert_eq!(fresh, two);
    inner.commit().unwrap();
    part.rollback().unwrap();
    (one.orders().len().unwrap(), order.user_id().unwrap(), two.orders().len().unwrap())
}

#[test]
fn what_was_read_in_a_savepoint_is_read_again_after_its_rollback() {
    assert_eq!(read_in_savepoint(SessionConfig::default()), (1, Some(1), 0));
    // SQLAlchemy keeps what it has read of objects that weren't changed.
    assert_eq!(read_in_savepoint(SessionConfig::default().like_sqlalchemy(true)).0, 0);
}
