//! The session: the states of objects and every move between them, transactions and savepoints, expiry,
//! merging, closing.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, ObjectState, Result, SessionConfig, Value};
use orm::{IntoObj, Related};
use tests::models::*;
use tests::{Db, Report, code, show};

#[path = "session/expired.rs"]
mod expired;
#[path = "session/failed_flushes.rs"]
mod failed_flushes;
#[path = "session/history.rs"]
mod history;
#[path = "session/joined_transactions.rs"]
mod joined_transactions;
#[path = "session/merged.rs"]
mod merged;
#[path = "session/merged_without_load.rs"]
mod merged_without_load;
#[path = "session/states.rs"]
mod states;
#[path = "session/transactions.rs"]
mod transactions;
#[path = "session/within_flushes.rs"]
mod within_flushes;

fn check(db: &Db, expected: Expect) {
    expected.assert_eq(&db.sql());
}

/// A committed user, loaded.
fn stored(session: &Session, name: &str) -> Obj<User> {
    let user = session.add(User::builder().name(name)).unwrap();
    session.commit().unwrap();
    user.name().unwrap();
    user
}

// ---- states ----

/// An object in one of the states, in a database of its own.
fn in_state(what: &str, session: &Session) -> Result<Obj<Item>> {
    let item = Item::builder().name("x").into_obj()?;
    if what == "transient" {
        return Ok(item);
    }
    session.add(&item)?;
    if what == "pending" {
        return Ok(item);
    }
    session.flush()?;
    if what == "persistent (flushed)" {
        return Ok(item);
    }
    session.commit()?;
    match what {
        "persistent" => {}
        "dirty" => item.set_name("y")?,
        "marked" => session.delete(&item)?,
        "deleted" => {
            session.delete(&item)?;
            session.flush()?;
        }
        "gone" => {
            session.delete(&item)?;
            session.commit()?;
        }
        _ => {
            item.name()?;
            session.expunge(&item)?;
        }
    }
    Ok(item)
}

type Move = (&'static str, fn(&Session, &Obj<Item>) -> Result<()>);

const MOVES: &[Move] = &[
    ("add", |s, o| s.add(o).map(drop)),
    ("delete", |s, o| s.delete(o)),
    ("expunge", |s, o| s.expunge(o)),
    ("expire", |s, o| s.expire(o)),
    ("refresh", |s, o| s.refresh(o)),
    ("merge", |s, o| s.merge(o).map(drop)),
    ("flush", |s, _| s.flush()),
    ("commit", |s, _| s.commit()),
    ("rollback", |s, _| s.rollback()),
    ("savepoint", |s, _| s.begin_nested()?.rollback()),
    ("close", |s, _| s.close()),
    ("delete, flush", |s, o| s.delete(o).and_then(|()| s.flush())),
    ("delete, rollback", |s, o| s.delete(o).and_then(|()| s.rollback())),
    ("add, rollback", |s, o| s.add(o).and_then(|_| s.rollback())),
    ("add, flush", |s, o| s.add(o).and_then(|_| s.flush())),
];

/// Every state with every move. SQLAlchemy gives the same table but for `deleted` and `close`, where it leaves
/// the object deleted though the session has let go of it.
#[test]
fn moves_between_states() {
    let mut report = Report::default();
    let states = [
        "transient",
        "pending",
        "persistent (flushed)",
        "persistent",
        "dirty",
        "marked",
        "deleted",
        "detached",
        "gone",
    ];
    for what in states {
        for (name, run) in MOVES {
            let db = Db::new();
            let session = db.session();
            let item = in_state(what, &session).unwrap();
            let outcome = run(&session, &item);
            let error = outcome.err().map(|error| format!(" ! {}", error.code())).unwrap_or_default();
            report.line(format_args!("{what:22} {name:18} {}{error}", Obj::state(&item)));
        }
    }
    expect![[r#"
        transient              add                pending
        transient              delete             transient ! wrong-state
        transient              expunge            transient ! wrong-state
        transient              expire             transient ! wrong-state
        transient              refresh            transient ! wrong-state
        transient              merge              transient
        transient              flush              transient
        transient              commit             transient
        transient              rollback           transient
        transient              savepoint          transient
        transient              close              transient
        transient              delete, flush      transient ! wrong-state
        transient              delete, rollback   transient ! wrong-state
        transient              add, rollback      transient
        transient              add, flush         persistent
        pending                add                pending
        pending                delete             pending ! wrong-state
        pending                expunge            transient
        pending                expire             pending ! wrong-state
        pending                refresh            pending ! wrong-state
        pending                merge              persistent
        pending                flush              persistent
        pending                commit             persistent
        pending                rollback           transient
        pending                savepoint          persistent
        pending                close              transient
        pending                delete, flush      pending ! wrong-state
        pending                delete, rollback   pending ! wrong-state
        pending                add, rollback      transient
        pending                add, flush         persistent
        persistent (flushed)   add                persistent
        persistent (flushed)   delete             persistent
        persistent (flushed)   expunge            detached
        persistent (flushed)   expire             persistent
        persistent (flushed)   refresh            persistent
        persistent (flushed)   merge              persistent
        persistent (flushed)   flush              persistent
        persistent (flushed)   commit             persistent
        persistent (flushed)   rollback           transient
        persistent (flushed)   savepoint          persistent
        persistent (flushed)   close              detached
        persistent (flushed)   delete, flush      deleted
        persistent (flushed)   delete, rollback   transient
        persistent (flushed)   add, rollback      transient
        persistent (flushed)   add, flush         persistent
        persistent             add                persistent
        persistent             delete             persistent
        persistent             expunge            detached
        persistent             expire             persistent
        persistent             refresh            persistent
        persistent             merge              persistent
        persistent             flush              persistent
        persistent             commit             persistent
        persistent             rollback           persistent
        persistent             savepoint          persistent
        persistent             close              detached
        persistent             delete, flush      deleted
        persistent             delete, rollback   persistent
        persistent             add, rollback      persistent
        persistent             add, flush         persistent
        dirty                  add                persistent
        dirty                  delete             persistent
        dirty                  expunge            detached
        dirty                  expire             persistent
        dirty                  refresh            persistent
        dirty                  merge              persistent
        dirty                  flush              persistent
        dirty                  commit             persistent
        dirty                  rollback           persistent
        dirty                  savepoint          persistent
        dirty                  close              detached
        dirty                  delete, flush      deleted
        dirty                  delete, rollback   persistent
        dirty                  add, rollback      persistent
        dirty                  add, flush         persistent
        marked                 add                persistent
        marked                 delete             persistent
        marked                 expunge            detached
        marked                 expire             persistent
        marked                 refresh            deleted ! object-deleted
        marked                 merge              deleted
        marked                 flush              deleted
        marked                 commit             detached
        marked                 rollback           persistent
        marked                 savepoint          deleted
        marked                 close              detached
        marked                 delete, flush      deleted
        marked                 delete, rollback   persistent
        marked                 add, rollback      persistent
        marked                 add, flush         persistent
        deleted                add                deleted ! wrong-state
        deleted                delete             deleted
        deleted                expunge            detached
        deleted                expire             deleted ! wrong-state
        deleted                refresh            deleted ! wrong-state
        deleted                merge              deleted
        deleted                flush              deleted
        deleted                commit             detached
        deleted                rollback           persistent
        deleted                savepoint          deleted
        deleted                close              detached
        deleted                delete, flush      deleted
        deleted                delete, rollback   persistent
        deleted                add, rollback      deleted ! wrong-state
        deleted                add, flush         deleted ! wrong-state
        detached               add                persistent
        detached               delete             persistent
        detached               expunge            detached ! wrong-state
        detached               expire             detached ! wrong-state
        detached               refresh            detached ! wrong-state
        detached               merge              detached
        detached               flush              detached
        detached               commit             detached
        detached               rollback           detached
        detached               savepoint          detached
        detached               close              detached
        detached               delete, flush      deleted
        detached               delete, rollback   persistent
        detached               add, rollback      persistent
        detached               add, flush         persistent
        gone                   add                detached ! wrong-state
        gone                   delete             deleted
        gone                   expunge            detached ! wrong-state
        gone                   expire             detached ! wrong-state
        gone                   refresh            detached ! wrong-state
        gone                   merge              detached
        gone                   flush              detached
        gone                   commit             detached
        gone                   rollback           detached
        gone                   savepoint          detached
        gone                   close              detached
        gone                   delete, flush      deleted
        gone                   delete, rollback   persistent
        gone                   add, rollback      detached ! wrong-state
        gone                   add, flush         detached ! wrong-state
    "#]]
    .assert_eq(report.text());
}

#[test]
fn an_object_of_another_session_is_refused() {
    let db = Db::new();
    let (one, two) = (db.session(), db.session());
    let user = stored(&one, "ed");
    assert_eq!(code(two.add(&user)), Code::OtherSession);
    assert_eq!(code(two.delete(&user)), Code::OtherSession);
    assert_eq!(code(two.expunge(&user)), Code::WrongState);
    assert_eq!(code(two.refresh(&user)), Code::WrongState);
    one.expunge(&user).unwrap();
    two.add(&user).unwrap();
    assert!(two.contains(&user) && !one.contains(&user));
}

#[test]
fn a_second_object_with_a_key_of_the_session_is_refused() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.expunge(&user).unwrap();
    let again = session.get_one::<User>(1).unwrap();
    assert_ne!(again, user);
    assert_eq!(code(session.add(&user)), Code::DuplicateIdentity);
    assert_eq!(code(session.delete(&user)), Code::DuplicateIdentity);
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    assert_eq!(session.merge(&user).unwrap(), again);
}

#[test]
fn debug_shows_key_or_state() {
    let db = Db::new();
    let session = db.session();
    let user = User::builder().name("ed").into_obj().unwrap();
    assert_eq!(format!("{user:?}"), "User(transient)");
    session.add(&user).unwrap();
    assert_eq!(format!("{user:?}"), "User(pending)");
    session.flush().unwrap();
    assert_eq!(format!("{user:?}"), "User#1");
}

// ---- get, identity ----

#[test]
fn one_row_is_one_object() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    db.sql();
    let found = session.get::<User>(1).unwrap().unwrap();
    assert_eq!(found, user);
    check(&db, expect![[r#""#]]);
    let queried = session.scalars(select(User)).unwrap().one().unwrap();
    assert_eq!(queried, user);
    assert_eq!(session.get::<User>(2).unwrap(), None);
    assert_eq!(code(session.get_one::<User>(2)), Code::NoResult);
    assert_eq!(
        show(session.get_any(Models::mapper("User").unwrap(), &[Value::Int(1), Value::Int(2)])),
        "[bad-key] `User`: 2 value(s) for a key of 1 column(s); help: give the values of the key's columns in the \
         order of the fields"
    );
    check(
        &db,
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account"
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
        "#]],
    );
}

#[test]
fn the_identity_map_is_weak_but_holds_changes() {
    let db = Db::new();
    let session = db.session();
    drop(stored(&session, "ed"));
    session.get_one::<User>(1).unwrap().set_name("edna").unwrap();
    assert!(session.is_dirty());
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'edna'\n");
    assert!(!session.is_dirty());
    db.sql();
    session.get_one::<User>(1).unwrap();
    assert_eq!(db.statements(), 1, "nobody held it, so it is loaded again");
}

#[test]
fn keys_of_other_types() {
    let db = Db::new();
    let session = db.session();
    session.add(Keyword::builder().word("a").rank(1)).unwrap();
    session.commit().unwrap();
    let word = session.get_one::<Keyword>("a").unwrap();
    assert_eq!(
        (word.rank().unwrap(), word.weight().unwrap(), word.state().unwrap()),
        (Some(1), 7, "fresh".into())
    );
    assert_eq!(session.get_one::<Keyword>(String::from("a")).unwrap(), word);
    assert_eq!(session.get_one::<Keyword>(&String::from("a")).unwrap(), word);
    assert_eq!(session.get::<Keyword>("7").unwrap(), None);
}

// ---- commit and expiry ----

#[test]
fn commit_expires() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.commit().unwrap();
    db.run("update user_account set name = 'changed'");
    db.sql();
    assert_eq!(user.name().unwrap(), "changed");
    assert_eq!(user.fullname().unwrap(), None);
    check(
        &db,
        expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
    "#]],
    );
}

#[test]
fn commit_that_does_not_expire() {
    let db = Db::new();
    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    let user = session.add(User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    db.run("update user_account set name = 'changed'");
    db.sql();
    assert_eq!((user.id().unwrap(), user.name().unwrap()), (1, "ed".to_owned()));
    assert_eq!(db.statements(), 0);
    session.refresh(&user).unwrap();
    assert_eq!(user.name().unwrap(), "changed");
}

#[test]
fn an_expired_object_whose_row_is_gone() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.commit().unwrap();
    db.run("delete from user_account");
    assert_eq!(
        show(user.name()),
        "[object-deleted] `User`: the row of User#1 is gone; help: somebody else deleted it; expunge the object"
    );
    assert_eq!(code(session.refresh(&user)), Code::ObjectDeleted);
    assert_eq!(session.get::<User>(1).unwrap(), None);
    session.rollback().unwrap();
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap(), []);
}

#[test]
fn expiring_some_attributes() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    user.addresses().append(Address::builder().email("e1")).unwrap();
    session.commit().unwrap();
    user.name().unwrap();
    user.addresses().len().unwrap();
    db.sql();
    user.set_name("lost").unwrap();
    session.expire_attributes(&user, &["name", "addresses"]).unwrap();
    let any = Obj::any(&user);
    assert!(any.is_expired("name").unwrap() && !any.is_expired("fullname").unwrap());
    assert_eq!(any.peek_related("addresses").unwrap(), Related::NotLoaded);
    assert_eq!((user.name().unwrap(), user.addresses().len().unwrap()), ("ed".to_owned(), 1));
    check(
        &db,
        expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]],
    );
    assert_eq!(
        show(session.expire_attributes(&user, &["nam"])),
        "[unknown-attribute] `User.nam`: no such attribute; help: did you mean `name`?"
    );
    session.expire_all().unwrap();
    assert!(any.is_expired("fullname").unwrap());
}

#[test]
fn refreshing_some_attributes() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    let changes =
        "update user_account set name = 'new', fullname = 'New'; insert into address values (7, 'e', 1)";
    session.connection().unwrap().execute_batch(changes).unwrap();
    db.sql();
    session.refresh_attributes(&user, &["name", "addresses"]).unwrap();
    check(
        &db,
        expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]],
    );
    assert_eq!((user.name().unwrap(), user.fullname().unwrap()), ("new".to_owned(), None));
    assert_eq!(user.addresses().len().unwrap(), 1);
    assert_eq!(db.statements(), 0);
}

#[test]
fn refresh_discards_changes() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    user.set_name("lost").unwrap();
    db.sql();
    session.refresh(&user).unwrap();
    assert_eq!(user.name().unwrap(), "ed");
    assert!(!session.is_dirty());
    session.commit().unwrap();
    check(
        &db,
        expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
    "#]],
    );
}

// ---- autoflush ----

#[test]
fn queries_flush_first() {
    let db = Db::new();
    let session = db.session();
    session.add(User::builder().name("ed")).unwrap();
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 1);
    check(
        &db,
        expect![[r#"
            INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['ed', NULL]
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account"
        "#]],
    );
    session.add(User::builder().name("jack")).unwrap();
    let seen = session.no_autoflush(|session| session.scalars(select(User))?.all()).unwrap();
    assert_eq!(seen.len(), 1);
    let off = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    drop(session);
    off.add(User::builder().name("mary")).unwrap();
    assert_eq!(off.scalars(select(User)).unwrap().all().unwrap().len(), 0);
    off.flush().unwrap();
    assert_eq!(off.scalars(select(User)).unwrap().all().unwrap().len(), 1);
}

/// A statement of the user's own changes what was changed before it.
#[test]
fn a_text_flushes_first() {
    let db = Db::new();
    let session = db.session();
    let ed = session.add(User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    ed.set_name("Ed").unwrap();
    let shout = |session: &Session| {
        let sql = "UPDATE user_account SET name = name || ? WHERE id = 1";
        session.execute_text(sql, &["!".into()]).unwrap()
    };
    db.sql();
    assert_eq!(shout(&session), 1);
    check(
        &db,
        expect![[r#"
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
            UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['Ed', 1]
            UPDATE user_account SET name = name || ? WHERE id = 1 ['!']
        "#]],
    );
    session.commit().unwrap();
    assert_eq!(ed.name().unwrap(), "Ed!");
    ed.set_name("other").unwrap();
    session.no_autoflush(shout);
    session.commit().unwrap();
    assert_eq!(ed.name().unwrap(), "other");
    // A failed flush leaves nothing to be done.
    session.add(User::builder().id(1).name("again")).unwrap();
    assert_eq!(code(session.execute_text("DELETE FROM user_account", &[])), Code::Integrity);
    assert_eq!(code(session.execute_text("DELETE FROM user_account", &[])), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(code(session.execute_text("SELECT 1", &[])), Code::Database);
}

#[test]
fn lazy_loads_and_gets_flush_first() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.add(Address::builder().email("e").user_id(1)).unwrap();
    db.sql();
    assert_eq!(user.addresses().len().unwrap(), 1);
    check(
        &db,
        expect![[r#"
            INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['e', 1]
            SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        "#]],
    );
    session.add(Address::builder().id(9).email("f").user_id(1)).unwrap();
    assert_eq!(session.get_one::<Address>(9).unwrap().email().unwrap(), "f");
    check(
        &db,
        expect![[r#"
            INSERT INTO "address" ("id", "email", "user_id") VALUES (?, ?, ?) [9, 'f', 1]
            SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [9]
        "#]],
    );
}

#[test]
fn autoflush_comes_back_after_a_panic() {
    let db = Db::new();
    let session = db.session();
    session.add(User::builder().name("ed")).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        session.no_autoflush(|_| panic!("of the user's own"));
    }));
    assert!(caught.is_err());
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 1);
}

// ---- rollback ----

#[test]
fn rollback_restores_every_state() {
    let db = Db::new();
    let session = db.session();
    let (kept, changed, gone) =
        (stored(&session, "kept"), stored(&session, "changed"), stored(&session, "gone"));
    changed.set_name("other").unwrap();
    session.delete(&gone).unwrap();
    let flushed = session.add(User::builder().name("flushed")).unwrap();
    session.flush().unwrap();
    let pending = session.add(User::builder().name("pending")).unwrap();
    kept.set_fullname("Kept").unwrap();
    session.rollback().unwrap();

    let states = [&kept, &changed, &gone, &flushed, &pending].map(|user| Obj::state(user).to_string());
    assert_eq!(states, ["persistent", "persistent", "persistent", "transient", "transient"]);
    assert_eq!(changed.name().unwrap(), "changed");
    assert_eq!(kept.fullname().unwrap(), None);
    assert_eq!(gone.name().unwrap(), "gone");
    assert_eq!(flushed.name().unwrap(), "flushed", "what a transient object holds stays");
    assert!(!session.is_dirty());
    assert_eq!(db.rows("select id, name from user_account"), "1|'kept'\n2|'changed'\n3|'gone'\n");

    // And all of it can be done again.
    session.add(&flushed).unwrap();
    session.add(&pending).unwrap();
    session.delete(&gone).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("select name from user_account order by name"),
        "'changed'\n'flushed'\n'kept'\n'pending'\n"
    );
}

#[test]
fn rollback_restores_a_changed_key() {
    let db = Db::new();
    let session = db.session();
    session.add(Keyword::builder().word("a")).unwrap();
    session.commit().unwrap();
    let word = session.get_one::<Keyword>("a").unwrap();
    word.set_word("b").unwrap();
    session.flush().unwrap();
    assert_eq!(format!("{word:?}"), "Keyword#'b'");
    word.set_word("c").unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(format!("{word:?}"), "Keyword#'a'");
    assert_eq!(word.word().unwrap(), "a");
    assert_eq!(session.get_one::<Keyword>("a").unwrap(), word);
    assert_eq!(session.get::<Keyword>("b").unwrap(), None);
}

#[test]
fn rollback_restores_both_sides_of_a_relationship() {
    let db = Db::new();
    let session = db.session();
    let (ed, jack) = (stored(&session, "ed"), stored(&session, "jack"));
    let address = ed.addresses().append(Address::builder().email("e")).unwrap();
    session.commit().unwrap();
    address.set_user(&jack).unwrap();
    session.flush().unwrap();
    assert_eq!((ed.addresses().len().unwrap(), jack.addresses().len().unwrap()), (0, 1));
    session.rollback().unwrap();
    assert_eq!((ed.addresses().len().unwrap(), jack.addresses().len().unwrap()), (1, 0));
    assert_eq!(address.user().unwrap(), ed);
}

#[test]
fn expunged_in_the_transaction_that_inserted_it() {
    let db = Db::new();
    let session = db.session();
    let user = session.add(User::builder().name("ed")).unwrap();
    session.flush().unwrap();
    session.expunge(&user).unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Transient, "its row was never committed");
    session.add(&user).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'ed'\n");
}

/// As in SQLAlchemy, however it left: its row was never committed.
#[test]
fn all_expunged_in_the_transaction_that_inserted_them() {
    let db = Db::new();
    let session = db.session();
    let before = stored(&session, "before");
    let user = session.add(User::builder().name("ed")).unwrap();
    session.flush().unwrap();
    session.expunge_all();
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Transient);
    assert_eq!(Obj::state(&before), ObjectState::Detached);
}

/// An object that went to another session belongs to that one, whatever becomes of the row.
#[test]
fn inserted_here_and_added_elsewhere() {
    let db = Db::file();
    let (session, other) = (db.session(), db.session());
    let user = session.add(User::builder().name("ed")).unwrap();
    session.flush().unwrap();
    session.expunge(&user).unwrap();
    other.add(&user).unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Persistent);
    assert!(other.contains(&user));
}

/// As in SQLAlchemy: what a savepoint took back, the one around it doesn't take back again.
#[test]
fn what_an_inner_savepoint_took_back() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    let outer = session.begin_nested().unwrap();
    let inner = session.begin_nested().unwrap();
    user.set_name("jack").unwrap();
    session.flush().unwrap();
    inner.rollback().unwrap();
    assert_eq!(user.name().unwrap(), "ed");
    db.sql();
    outer.rollback().unwrap();
    assert!(!Obj::any(&user).is_expired("name").unwrap());
    assert_eq!((user.name().unwrap(), db.statements()), ("ed".to_owned(), 0));
}

/// The one that comes back stands in the identity map, the other is detached; in SQLAlchemy it still is in the session.
#[test]
fn an_inserted_object_that_lost_its_place_is_transient_after_a_rollback() {
    let db = Db::with_transactions();
    let session = db.session();
    let user = session.add(User::builder().name("ed")).unwrap();
    session.flush().unwrap();
    let part = session.begin_nested().unwrap();
    session.expunge(&user).unwrap();
    let other = session.get_one::<User>(1).unwrap();
    session.delete(&other).unwrap();
    session.flush().unwrap();
    session.add(&user).unwrap();
    part.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    assert_eq!(Obj::state(&other), ObjectState::Persistent);
    assert!(session.contains(&other) && !session.contains(&user));
    session.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Transient);
    assert_eq!(Obj::state(&other), ObjectState::Persistent);
}

/// As in SQLAlchemy: the rollback doesn't expire it, since it isn't in the identity map any more.
#[test]
fn a_changed_object_that_lost_its_place_comes_back_with_its_changes() {
    let db = Db::with_transactions();
    let session = db.session();
    let user = stored(&session, "ed");
    session.expunge(&user).unwrap();
    let other = session.get_one::<User>(1).unwrap();
    session.delete(&other).unwrap();
    session.flush().unwrap();
    user.set_name("new").unwrap();
    session.add(&user).unwrap();
    session.rollback().unwrap();
    assert!(session.contains(&other) && !session.contains(&user));
    assert!(!session.is_dirty());
    drop(other);
    session.add(&user).unwrap();
    assert!(session.is_dirty());
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'new'\n");
}

// ---- savepoints ----

#[test]
fn a_savepoint_takes_back_only_what_is_its_own() {
    let db = Db::with_transactions();
    let session = db.session();
    let (one, two, gone) = (stored(&session, "one"), stored(&session, "two"), stored(&session, "gone"));
    one.set_name("before").unwrap();
    let before = session.add(User::builder().name("new before")).unwrap();
    db.sql();
    let part = session.begin_nested().unwrap();
    two.set_name("within").unwrap();
    session.delete(&gone).unwrap();
    let within = session.add(User::builder().name("new within")).unwrap();
    session.flush().unwrap();
    assert!(session.in_nested_transaction());
    part.rollback().unwrap();
    assert!(session.in_transaction() && !session.in_nested_transaction());
    check(
        &db,
        expect![[r#"
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
            UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['before', 1]
            INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['new before', NULL]
            SAVEPOINT orm_1
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
            UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['within', 2]
            SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [3]
            SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [3]
            SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [3]
            INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['new within', NULL]
            DELETE FROM "user_account" WHERE "id" = ? [3]
            ROLLBACK TO SAVEPOINT orm_1
        "#]],
    );
    assert_eq!(Obj::state(&within), ObjectState::Transient);
    assert_eq!(Obj::state(&before), ObjectState::Persistent);
    assert_eq!(Obj::state(&gone), ObjectState::Persistent);
    // Only what was changed within is expired.
    assert!(!Obj::any(&one).is_expired("name").unwrap());
    assert!(Obj::any(&two).is_expired("name").unwrap());
    assert_eq!((one.name().unwrap(), two.name().unwrap()), ("before".to_owned(), "two".to_owned()));
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'before'\n'two'\n'gone'\n'new before'\n");
}

#[test]
fn a_savepoint_takes_back_what_left_and_came_again() {
    let db = Db::with_transactions();
    let session = db.session();
    let user = stored(&session, "ed");
    let part = session.begin_nested().unwrap();
    user.set_name("jack").unwrap();
    session.flush().unwrap();
    session.expunge(&user).unwrap();
    session.add(&user).unwrap();
    part.rollback().unwrap();
    assert_eq!(user.name().unwrap(), "ed");
}

#[test]
fn nested_savepoints() {
    let db = Db::new();
    let session = db.session();
    let add = |name: &str| session.add(Item::builder().name(name)).unwrap();
    add("a");
    let outer = session.begin_nested().unwrap();
    add("b");
    let inner = session.begin_nested().unwrap();
    let c = add("c");
    inner.rollback().unwrap();
    assert_eq!(Obj::state(&c), ObjectState::Transient);
    let second = session.begin_nested().unwrap();
    let d = add("d");
    second.commit().unwrap();
    assert_eq!(Obj::state(&d), ObjectState::Persistent);
    let third = session.begin_nested().unwrap();
    add("e");
    // The outer one takes those within along, committed or not.
    outer.rollback().unwrap();
    assert_eq!(Obj::state(&d), ObjectState::Transient);
    assert_eq!(
        show(third.commit()),
        "[no-transaction] the savepoint is gone: the transaction around it has ended"
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select name from item"), "'a'\n");
}

#[test]
fn committing_a_savepoint_commits_those_within() {
    let db = Db::with_transactions();
    let session = db.session();
    let outer = session.begin_nested().unwrap();
    session.add(Item::builder().name("a")).unwrap();
    let inner = session.begin_nested().unwrap();
    session.add(Item::builder().name("b")).unwrap();
    outer.commit().unwrap();
    assert!(!session.in_nested_transaction() && session.in_transaction());
    assert_eq!(code(inner.rollback()), Code::NoTransaction);
    session.commit().unwrap();
    check(
        &db,
        expect![[r#"
            BEGIN IMMEDIATE
            SAVEPOINT orm_1
            INSERT INTO "item" ("name") VALUES (?) ['a']
            SAVEPOINT orm_2
            INSERT INTO "item" ("name") VALUES (?) ['b']
            RELEASE SAVEPOINT orm_2
            RELEASE SAVEPOINT orm_1
            COMMIT
        "#]],
    );
}

#[test]
fn a_dropped_savepoint_is_rolled_back() {
    let db = Db::new();
    let session = db.session();
    let item = {
        let _part = session.begin_nested().unwrap();
        let item = session.add(Item::builder().name("a")).unwrap();
        session.flush().unwrap();
        item
    };
    assert_eq!(Obj::state(&item), ObjectState::Transient);
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from item"), "0\n");
    // One that outlives its session does nothing.
    let part = session.begin_nested().unwrap();
    drop(session);
    assert_eq!(show(part.commit()), "[no-transaction] the session of the savepoint is gone");
}

#[test]
fn commit_and_rollback_of_the_session_end_savepoints() {
    let db = Db::new();
    let session = db.session();
    let part = session.begin_nested().unwrap();
    session.add(Item::builder().name("a")).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from item"), "'a'\n");
    assert_eq!(code(part.rollback()), Code::NoTransaction);
    let part = session.begin_nested().unwrap();
    let item = session.add(Item::builder().name("b")).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::state(&item), ObjectState::Transient);
    assert_eq!(code(part.commit()), Code::NoTransaction);
    assert_eq!(db.rows("select name from item"), "'a'\n");
}

#[test]
fn deleted_within_a_committed_savepoint() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    let outer = session.begin_nested().unwrap();
    let inner = session.begin_nested().unwrap();
    session.delete(&user).unwrap();
    inner.commit().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Deleted);
    outer.rollback().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Persistent);
    assert_eq!(user.name().unwrap(), "ed");
}

// ---- failed flushes ----

fn break_flush(session: &Session) -> orm::Error {
    session.add(User::builder().id(1).name("twice")).unwrap();
    session.flush().unwrap_err()
}

#[test]
fn a_failed_flush_wants_a_rollback() {
    let db = Db::with_transactions();
    let session = db.session();
    let user = stored(&session, "ed");
    session.expunge(&user).unwrap();
    let first = session.add(User::builder().name("first")).unwrap();
    session.flush().unwrap();
    db.sql();
    let error = break_flush(&session);
    assert_eq!(error.to_string(), "[integrity] `User.id`: UNIQUE constraint failed: user_account.id");
    check(
        &db,
        expect![[r#"
            INSERT INTO "user_account" ("id", "name", "fullname") VALUES (?, ?, ?) [1, 'twice', NULL]
            ROLLBACK
        "#]],
    );
    // The objects are restored already; nothing else works.
    assert_eq!(Obj::state(&first), ObjectState::Transient);
    let waiting = "[pending-rollback] the transaction was rolled back by a failed flush: [integrity] `User.id`: \
                   UNIQUE constraint failed: user_account.id; help: call `rollback()` of the session, or of the savepoint, \
                   first";
    assert_eq!(show(session.commit()), waiting);
    assert_eq!(show(session.scalars(select(User)).unwrap().all()), waiting);
    assert_eq!(show(session.get::<User>(5)), waiting);
    assert_eq!(show(session.begin_nested()), waiting);
    session.add(&first).unwrap();
    assert_eq!(show(session.flush()), waiting);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&first), ObjectState::Transient);
    session.add(&first).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'ed'\n'first'\n");
}

#[test]
fn a_failed_flush_in_a_savepoint_breaks_only_that() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    user.set_name("kept").unwrap();
    let part = session.begin_nested().unwrap();
    user.set_fullname("lost").unwrap();
    session.expunge(&user).unwrap();
    break_flush(&session);
    assert_eq!(code(session.commit()), Code::PendingRollback);
    part.rollback().unwrap();
    session.add(Item::builder().name("after")).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name, fullname from user_account"), "'kept'|NULL\n");
    assert_eq!(db.rows("select name from item"), "'after'\n");
}

#[test]
fn objects_added_after_a_failed_flush_leave_with_the_rollback() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.expunge(&user).unwrap();
    break_flush(&session);
    let late = session.add(User::builder().name("late")).unwrap();
    assert_eq!(Obj::state(&late), ObjectState::Pending);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&late), ObjectState::Transient);
    assert!(!session.is_dirty());
}

// ---- expunge, merge, close ----

#[test]
fn expunged_objects_keep_what_they_hold() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    session.expunge(&user).unwrap();
    assert_eq!(user.name().unwrap(), "ed");
    assert_eq!(
        show(user.addresses().len()),
        "[detached] `User.addresses`: User#1 has no session to load the relationship from; help: read it while the \
         session lives, or add or merge the object into one"
    );
    user.set_name("offline").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'ed'\n");
    session.add(&user).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'offline'\n");
}

#[test]
fn merge_copies_state() {
    let db = Db::new();
    let (one, two) = (db.session(), db.session());
    let user = stored(&one, "ed");
    user.addresses().append(Address::builder().email("e1")).unwrap();
    one.commit().unwrap();
    user.name().unwrap();
    user.addresses().get(0).unwrap().unwrap().email().unwrap();
    one.expunge_all();
    user.set_name("edna").unwrap();
    user.addresses().append(Address::builder().email("e2")).unwrap();
    db.sql();
    let merged = two.merge(&user).unwrap();
    assert_ne!(merged, user);
    assert_eq!(merged.name().unwrap(), "edna");
    assert_eq!(merged.addresses().len().unwrap(), 2);
    two.commit().unwrap();
    check(
        &db,
        expect![[r#"
            SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
            SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
            UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['edna', 1]
            INSERT INTO "address" ("email", "user_id") VALUES (?, ?) ['e2', 1]
        "#]],
    );
    assert_eq!(db.rows("select id, email, user_id from address"), "1|'e1'|1\n2|'e2'|1\n");
    assert_eq!(Obj::state(&user), ObjectState::Detached);
}

#[test]
fn merging_what_has_no_row_makes_it() {
    let db = Db::new();
    let session = db.session();
    let given = User::builder().id(7).name("new").into_obj().unwrap();
    let merged = session.merge(&given).unwrap();
    assert_eq!((Obj::state(&given), Obj::state(&merged)), (ObjectState::Transient, ObjectState::Pending));
    session.commit().unwrap();
    assert_eq!(db.rows("select id, name from user_account"), "7|'new'\n");
    let changed = session.merge(User::builder().id(7).fullname("Full")).unwrap();
    assert_eq!(changed, merged);
    assert_eq!((changed.name().unwrap(), changed.fullname().unwrap()), ("new".into(), Some("Full".into())));
}

#[test]
fn a_closed_session_lets_go_and_goes_on() {
    let db = Db::with_transactions();
    let session = db.session();
    let user = stored(&session, "ed");
    user.set_name("lost").unwrap();
    session.flush().unwrap();
    let pending = session.add(User::builder().name("new")).unwrap();
    db.sql();
    session.close().unwrap();
    check(
        &db,
        expect![[r#"
        ROLLBACK
    "#]],
    );
    assert_eq!((Obj::state(&user), Obj::state(&pending)), (ObjectState::Detached, ObjectState::Transient));
    assert!(!session.in_transaction() && !session.is_dirty());
    assert_eq!(session.get_one::<User>(1).unwrap().name().unwrap(), "ed");
}

#[test]
fn objects_outlive_their_session() {
    let db = Db::new();
    let session = db.session();
    let user = stored(&session, "ed");
    let expired = stored(&session, "jack");
    user.name().unwrap();
    session.expire(&expired).unwrap();
    drop(session);
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    assert_eq!(user.name().unwrap(), "ed");
    assert_eq!(
        show(expired.name()),
        "[detached] `User`: User#2 has no session to load its columns from; help: read them while the session lives, \
         or switch `expire_on_commit` off"
    );
    user.set_name("again").unwrap();
    let session = db.session();
    session.add(&user).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name from user_account"), "'again'\n'jack'\n");
}

#[test]
fn a_dropped_session_takes_back_what_is_not_committed() {
    let db = Db::new();
    let session = db.session();
    session.add(User::builder().name("ed")).unwrap();
    session.flush().unwrap();
    drop(session);
    assert_eq!(db.rows("select count(*) from user_account"), "0\n");
}

// ---- cascades into and out of the session ----

#[test]
fn cascades_into_the_session() {
    let db = Db::new();
    let session = db.session();
    let user = User::builder().name("ed").addresses([Address::builder().email("e")]).into_obj().unwrap();
    let address = user.addresses().get(0).unwrap().unwrap();
    session.add(&address).unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Pending, "along the many-to-one");
    session.commit().unwrap();
    let late = Address::builder().email("f").into_obj().unwrap();
    late.set_user(&user).unwrap();
    assert_eq!(Obj::state(&late), ObjectState::Transient, "a reverse side brings nobody into the session");
    // Until it is added, a flush doesn't know what to do with it.
    assert_eq!(code(session.flush()), Code::Unsaved);
    session.add(&late).unwrap();
    let later = user.addresses().append(Address::builder().email("g")).unwrap();
    assert_eq!(Obj::state(&later), ObjectState::Pending);
}

#[test]
fn expire_and_expunge_reach_what_all_names() {
    let db = Db::new();
    let session = db.session();
    let user =
        User::builder().name("ed").addresses([Address::builder().email("e")]).orders([Order::builder()]);
    let user = session.add(user).unwrap();
    session.commit().unwrap();
    let address = user.addresses().get(0).unwrap().unwrap();
    let order = user.orders().get(0).unwrap().unwrap();
    address.email().unwrap();
    order.note().unwrap();
    session.expire(&user).unwrap();
    assert!(Obj::any(&address).is_expired("email").unwrap());
    assert!(!Obj::any(&order).is_expired("note").unwrap());
    user.addresses().len().unwrap();
    session.expunge(&user).unwrap();
    let states = (Obj::state(&address), Obj::state(&order));
    assert_eq!(states, (ObjectState::Detached, ObjectState::Persistent));
}

#[test]
fn deleting_what_was_never_flushed_is_refused() {
    let db = Db::new();
    let session = db.session();
    let user = session.add(User::builder().name("ed")).unwrap();
    assert_eq!(
        show(session.delete(&user)),
        "[wrong-state] `User`: User(new) has no row; help: expunge an object that was never flushed"
    );
}

// ---- objects by names ----

#[test]
fn tools_reach_everything_by_name() {
    let db = Db::new();
    let session = db.session();
    let mapper = Models::mapper("User").unwrap();
    let any = orm::AnyObj::create(mapper).unwrap();
    any.set("name", &Value::Text("ed".into())).unwrap();
    session.add(&any).unwrap();
    assert_eq!(
        show(any.history("name")),
        "[unknown-attribute] `User.name`: it is a column, and no relationship"
    );
    assert_eq!(
        show(any.get("addresses")),
        "[unknown-attribute] `User.addresses`: it is a relationship, and no column"
    );
    session.commit().unwrap();
    let user = Obj::downcast::<User>(&any).unwrap();
    assert_eq!(user.name().unwrap(), "ed");
    assert_eq!(code(Obj::downcast::<Item>(&any)), Code::WrongClass);
    assert_eq!(any.get("name").unwrap(), Value::Text("ed".into()));
    assert_eq!(any.key(), Some(vec![Value::Int(1)]));
    assert!(!any.is_modified());
    any.set("name", &Value::Text("edna".into())).unwrap();
    assert!(any.is_modified());
    let address = any.collection("addresses").unwrap();
    assert!(address.is_empty().unwrap());
    let item = orm::AnyObj::create(Models::mapper("Item").unwrap()).unwrap();
    assert_eq!(code(address.append(&item)), Code::WrongClass);
    assert_eq!(code(any.set("name", &Value::Int(1))), Code::Value);
    // No key of a row that is there becomes `NULL`.
    assert_eq!(code(any.set("id", &Value::Null)), Code::Value);
    assert_eq!(any.key(), Some(vec![Value::Int(1)]));
    assert_eq!(code(any.relate("addresses", None)), Code::UnknownAttribute);
    assert_eq!(code(any.collection("profile")), Code::UnknownAttribute);
    let found = session.get_any(mapper, &[Value::Int(1)]).unwrap();
    assert_eq!(found, Some(any));
}

/// Its links, and the foreign keys that lead to it, were taken back with its row.
#[test]
fn what_an_object_leads_to_comes_again_with_it_after_a_rollback() {
    for like_sqlalchemy in [false, true] {
        let db = Db::new();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let (pen, ink) = (Item::builder().name("pen"), Item::builder().name("ink"));
        let (pen, ink) = (session.add(pen).unwrap(), session.add(ink).unwrap());
        let kept = session.add(Order::builder().note("kept")).unwrap();
        let text = session.add(Profile::builder().text("text")).unwrap();
        session.commit().unwrap();
        let new = Order::builder().note("new").items([&pen, &ink]);
        let ed = session.add(User::builder().name("ed").orders([&kept]).profile(&text)).unwrap();
        let new = ed.orders().append(new).unwrap();
        session.flush().unwrap();
        // What has left since isn't written.
        new.items().remove(&ink).unwrap();
        session.rollback().unwrap();
        session.add(&ed).unwrap();
        assert_eq!(code_of(session.commit()), like_sqlalchemy.then_some(Code::StaleData));
        if like_sqlalchemy {
            // It would have deleted a link, and written none.
            continue;
        }
        let rows = |sql| db.rows(sql);
        assert_eq!(rows("select order_id, item_id from order_item"), "2|1\n");
        assert_eq!(rows("select id, note, user_id from orders"), "1|'kept'|1\n2|'new'|1\n");
        assert_eq!(rows("select id, user_id from profile"), "1|1\n");
        assert_eq!(ed.orders().iter().unwrap().collect::<Vec<_>>(), [kept, new.clone()]);
        assert_eq!(new.items().iter().unwrap().collect::<Vec<_>>(), [pen]);
        assert_eq!(ed.profile().unwrap(), Some(text));
    }
}

fn code_of<T>(result: orm::Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

// ---- counting ----

/// They are those of which observers are told, as long as the work runs, whatever connection the session has.
#[test]
fn statements_are_counted() {
    let db = Db::new();
    let (session, other) = (db.session(), db.session());
    stored(&session, "ed");
    session.commit().unwrap();
    db.sql();
    let (ran, statements) = session.count_statements(|session| -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        let user = session.get_one::<User>(1)?; // one
        session.get_one::<User>(1)?;
        user.set_name("al")?;
        counts.push(session.count_statements(Session::commit).1);
        counts.push(session.count_statements(|_| user.orders().len()).1); // the row, which is expired, and its orders
        let orders = ["a", "b"].map(|note| Order::builder().note(note));
        counts.push(session.count_statements(|_| user.orders().extend(orders)).1);
        counts.push(session.count_statements(Session::flush).1); // one a row
        let savepoint = session.begin_nested()?;
        counts.push(session.count_statements(|_| savepoint.rollback()).1);
        let own = |session: &Session| session.connection()?.execute_batch("SELECT 1; SELECT 2");
        counts.push(session.count_statements(own).1);
        let refused = |session: &Session| session.connection()?.execute("SELEC", &[]);
        counts.push(session.count_statements(refused).1);
        session.rollback()?;
        let prepared =
            session.count_statements(|session| session.connection()?.execute("DELETE FROM profile", &[]));
        counts.push(prepared.1);
        session.rollback()?;
        Ok(counts)
    });
    assert_eq!(ran.unwrap(), [1, 2, 0, 2, 0, 1, 1, 1]);
    assert_eq!(statements, 1 + 1 + 2 + 2 + 1 + 1 + 1);
    assert_eq!(db.statements(), statements);
    // Those of another session aren't its own, and after the work none is.
    let (_, others) = session.count_statements(|_| other.scalars(select(User)).unwrap().all().unwrap());
    assert_eq!(others, 0);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        session.count_statements(|_| panic!("of the user's own"));
    }));
    assert!(panicked.is_err());
    session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!(session.count_statements(|_| ()).1, 0);
    let (users, statements) = session.count_statements(|session| session.scalars(select(User))?.all());
    assert_eq!((users.unwrap().len(), statements), (1, 1));
}
