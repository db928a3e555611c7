//! Transactions and savepoints of a session: when they begin, what fails in them, and what comes back.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig, SessionEvents, Sync, update};
use tests::models::*;
use tests::{Db, code, filled, show, warns};

fn names(session: &Session) -> Vec<String> {
    session.scalars(select(User::name).order_by(User::id)).unwrap().all().unwrap()
}

/// What begins a transaction: statements, and changes of what is in the session. An empty flush doesn't.
#[test]
fn what_begins_a_transaction() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let gone = session.add(User::builder().name("gone")).unwrap();
    let begins = |what: &str, expected: bool, work: &dyn Fn()| {
        session.commit().unwrap();
        ed.name().unwrap();
        session.commit().unwrap();
        assert!(!session.in_transaction());
        work();
        assert_eq!(session.in_transaction(), expected, "{what}");
        session.rollback().unwrap();
        assert!(!session.in_transaction());
    };
    begins("an empty flush", false, &|| session.flush().unwrap());
    begins("a query", true, &|| drop(session.scalars(select(User)).unwrap().all().unwrap()));
    begins("a connection", true, &|| drop(session.connection().unwrap()));
    begins("an expired attribute", true, &|| drop(ed.name().unwrap()));
    begins("adding", true, &|| drop(session.add(User::builder().name("new")).unwrap()));
    begins("deleting", true, &|| session.delete(&gone).unwrap());
    begins("changing", true, &|| ed.set_name("edna").unwrap());
    begins("saying so", true, &|| session.begin().unwrap());
    begins("nothing", false, &|| {
        session.close().and_then(|()| session.add(&ed).and_then(|_| session.rollback())).unwrap()
    });
}

#[test]
fn a_transaction_that_is_begun_by_hand() {
    let db = filled();
    let session = db.session();
    session.begin().unwrap();
    assert!(session.in_transaction() && session.is_active());
    expect!["[wrong-state] the session has begun a transaction already; help: commit it or roll it back first; a part of it is begun by `begin_nested`"]
        .assert_eq(&show(session.begin()));
    session.add(User::builder().name("new")).unwrap();
    session.commit().unwrap();
    session.begin().unwrap();
    session.rollback().unwrap();
    assert_eq!(names(&session).len(), 4);
    assert_eq!(code(session.begin()), Code::WrongState, "a query has begun one");
    session.rollback().unwrap();
    session.rollback().unwrap();
    session.commit().unwrap();
    // Two phases are another database's.
    expect!["[wrong-state] the database has no transactions of two phases; help: call `commit`, which is one phase"]
        .assert_eq(&show(session.prepare()));
}

/// A session that begins nothing by itself, at its first work and after each end.
#[test]
fn a_session_that_does_not_begin_by_itself() {
    let db = filled();
    for end in [
        None,
        Some(Session::commit as fn(&Session) -> orm::Result<()>),
        Some(Session::rollback),
        Some(Session::close),
    ] {
        let session = Session::with_config(&db.engine, SessionConfig::default().autobegin(false));
        session.begin().unwrap();
        let ed = session.get_one::<User>(1).unwrap();
        match end {
            Some(end) => end(&session).unwrap(),
            None => session.rollback().unwrap(),
        }
        let refused = [
            code(session.scalars(select(User)).unwrap().all()),
            code(session.get::<User>(2)),
            code(session.add(User::builder().name("new"))),
            code(session.commit()),
            code(session.begin_nested()),
            code(ed.addresses().len()),
        ];
        let detached = !session.contains(&ed);
        assert_eq!(refused[..5], [Code::NoTransaction; 5]);
        assert_eq!(refused[5], if detached { Code::Detached } else { Code::NoTransaction });
        expect!["[no-transaction] the session begins no transaction by itself; help: call `begin` first"]
            .assert_eq(&show(session.connection()));
        assert!(!session.in_transaction());
        session.begin().unwrap();
        if detached {
            session.add(&ed).unwrap();
        }
        assert_eq!(ed.addresses().len().unwrap(), 2);
    }
    // What is changed outside is written with the next one.
    let session = Session::with_config(&db.engine, SessionConfig::default().autobegin(false));
    session.begin().unwrap();
    let ed = session.get_one::<User>(1).unwrap();
    session.commit().unwrap();
    ed.set_name("edna").unwrap();
    assert_eq!(code(session.flush()), Code::NoTransaction);
    session.begin().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM user_account WHERE id = 1"), "'edna'\n");
}

/// Transactions are apart from each other, and a commit is seen by who reads after it.
#[test]
fn what_others_see() {
    let db = filled();
    let (one, two) = (db.session(), db.session());
    let ed = one.get_one::<User>(1).unwrap();
    ed.set_name("edna").unwrap();
    one.add(User::builder().name("new")).unwrap();
    one.flush().unwrap();
    assert_eq!(names(&two), ["ed", "jack", "mary"]);
    two.rollback().unwrap();
    one.commit().unwrap();
    let theirs = two.get_one::<User>(1).unwrap();
    assert_eq!(theirs.name().unwrap(), "edna");
    theirs.set_name("will").unwrap();
    two.commit().unwrap();
    assert_eq!(ed.name().unwrap(), "will");
}

/// A key that is there twice: after the rollback everything can be done again.
#[test]
fn a_key_that_is_there_twice() {
    for nested in [false, true] {
        let db = Db::new();
        let session = db.session();
        let ed = User::builder().id(1).name("ed").addresses([Address::builder().email("foo")]);
        let ed = session.add(ed).unwrap();
        session.commit().unwrap();
        let address = ed.addresses().get(0).unwrap().unwrap();
        let jack = User::builder().id(1).name("jack").addresses([Address::builder().email("bar")]);
        ed.set_name("edward").unwrap();
        address.set_email("foober").unwrap();
        let part = nested.then(|| session.begin_nested().unwrap());
        let jack = session.add(jack).unwrap();
        let theirs = jack.addresses().get(0).unwrap().unwrap();
        assert_eq!(code(session.commit()), Code::Integrity);
        assert!(!session.is_active());
        for _ in 0..5 {
            assert!(show(session.commit()).contains("UNIQUE constraint failed: user_account.id"));
        }
        match part {
            Some(part) => part.rollback().unwrap(),
            None => session.rollback().unwrap(),
        }
        assert!(session.is_active());
        assert!(!session.contains(&jack) && !session.contains(&theirs));
        assert!(session.contains(&ed) && session.contains(&address));
        if !nested {
            assert_eq!((ed.name().unwrap().as_str(), address.email().unwrap().as_str()), ("ed", "foo"));
            ed.set_name("edward").unwrap();
            address.set_email("foober").unwrap();
        }
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT id, name FROM user_account"), "1|'edward'\n");
        assert_eq!(db.rows("SELECT email FROM address"), "'foober'\n");
    }
}

/// What is changed while a rollback is due is taken back by it, with a warning.
#[test]
fn what_is_changed_before_the_rollback_is_lost() {
    type Change = fn(&Session, &Obj<User>);
    let changes: [(&str, Change); 3] = [
        ("new", |session, _| drop(session.add(User::builder().name("late")).unwrap())),
        ("dirty", |_, user| user.set_name("newname").unwrap()),
        ("deleted", |session, user| {
            // What it would have to load can't be.
            assert_eq!(code(session.delete(user)), Code::PendingRollback);
            user.set_name("newname").unwrap();
        }),
    ];
    for (what, change) in changes {
        let db = Db::new();
        let session = db.session();
        let user = session.add(User::builder().id(1).name("u1")).unwrap();
        session.commit().unwrap();
        session.add(User::builder().id(1).name("u2")).unwrap();
        assert_eq!(code(session.flush()), Code::Integrity);
        warns(expect![[""]], || session.is_active());
        change(&session, &user);
        warns(
            expect![[r#"
                WARN orm::session message=what was changed after a rollback is lost
            "#]],
            || session.rollback().unwrap(),
        );
        assert!(session.contains(&user) && !session.is_dirty(), "{what}");
        assert_eq!((session.objects().len(), user.name().unwrap().as_str()), (1, "u1"), "{what}");
    }
    // Nothing changed, no warning.
    let db = Db::new();
    let session = db.session();
    session.add(User::builder()).unwrap();
    assert!(session.flush().is_err());
    warns(expect![""], || session.rollback().unwrap());
}

/// What a savepoint did comes back; what was done around it stays.
#[test]
fn what_a_savepoint_takes_back() {
    let db = Db::new();
    let session = db.session();
    let new =
        |name: &str, email: &str| User::builder().name(name).addresses([Address::builder().email(email)]);
    let ed = session.add(new("ed", "foo")).unwrap();
    session.commit().unwrap();
    ed.set_name("edward").unwrap();
    ed.addresses().append(Address::builder().email("bar")).unwrap();
    let part = session.begin_nested().unwrap();
    ed.set_fullname("Ed").unwrap();
    let jack = session.add(new("jack", "bat")).unwrap();
    assert_eq!(names(&session), ["edward", "jack"]);
    assert_eq!(ed.addresses().len().unwrap(), 2);
    part.rollback().unwrap();
    assert_eq!((Obj::state(&jack), names(&session)), (ObjectState::Transient, vec!["edward".to_owned()]));
    assert_eq!((ed.addresses().len().unwrap(), ed.fullname().unwrap()), (2, None));
    // Committed, nothing is expired by it.
    let part = session.begin_nested().unwrap();
    ed.set_fullname("Ed").unwrap();
    session.add(&jack).unwrap();
    part.commit().unwrap();
    db.sql();
    assert_eq!(
        (ed.fullname().unwrap().as_deref(), jack.name().unwrap().as_str(), db.statements()),
        (Some("Ed"), "jack", 0)
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, fullname FROM user_account"), "'edward'|'Ed'\n'jack'|NULL\n");
    assert_eq!(db.rows("SELECT email, user_id FROM address"), "'foo'|1\n'bar'|1\n'bat'|2\n");
}

/// What is marked for deletion in a savepoint isn't any more after its rollback, deleted or not; committed, it is deleted.
#[test]
fn deletions_in_a_savepoint() {
    let db = Db::new();
    let session = db.session();
    let ed = super::stored(&session, "ed");
    for flushes in [false, true] {
        let part = session.begin_nested().unwrap();
        session.delete(&ed).unwrap();
        assert!(session.deleted_objects().contains(&Obj::any(&ed)));
        if flushes {
            session.flush().unwrap();
            assert!(!session.contains(&ed));
        }
        part.rollback().unwrap();
        assert!(session.contains(&ed) && session.deleted_objects().is_empty());
    }
    let _part = session.begin_nested().unwrap();
    session.delete(&ed).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM user_account"), "0\n");
}

/// A savepoint notes what was changed in it, deep within too; a rollback of the session takes all of it.
#[test]
fn changes_deep_within_savepoints() {
    let db = Db::new();
    let session = db.session();
    let user = super::stored(&session, "u1");
    let outer = session.begin_nested().unwrap();
    let inner = session.begin_nested().unwrap();
    user.set_name("u2").unwrap();
    session.flush().unwrap();
    inner.commit().unwrap();
    outer.rollback().unwrap();
    assert!(Obj::any(&user).is_expired("name").unwrap());
    assert_eq!(user.name().unwrap(), "u1");
    let part = session.begin_nested().unwrap();
    let new = session.add(User::builder().name("new")).unwrap();
    part.commit().unwrap();
    assert!(session.contains(&new) && session.in_transaction() && !session.in_nested_transaction());
    session.rollback().unwrap();
    assert!(!session.contains(&new) && !session.in_transaction());
}

/// What statements changed in it is read anew too.
#[test]
fn statements_in_a_savepoint() {
    for sync in [None, Some(Sync::Evaluate), Some(Sync::Fetch)] {
        let db = Db::new();
        let session = db.session();
        let (one, two) = (super::stored(&session, "u1"), super::stored(&session, "u2"));
        one.name().unwrap();
        let part = session.begin_nested().unwrap();
        match sync {
            None => two.set_name("modified").unwrap(),
            Some(sync) => {
                let change = update(User).set(User::name, "modified").filter(User::name.eq("u2")).sync(sync);
                session.run(change).unwrap();
            }
        }
        assert_eq!(two.name().unwrap(), "modified");
        part.rollback().unwrap();
        assert!(!Obj::any(&one).is_expired("name").unwrap());
        assert_eq!(two.name().unwrap(), "u2");
    }
}

/// After `commit` the session flushes until nothing is left, a hundred times at most.
#[test]
fn a_commit_flushes_again_what_its_flushes_leave() {
    let db = Db::new();
    let session = db.session();
    let left = std::sync::Arc::new(std::sync::Mutex::new(vec!["wendy", "jack"]));
    let (more, commits) = (left.clone(), std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0)));
    let count = commits.clone();
    session.listen(
        SessionEvents::new()
            .after_flush_postexec(move |session| match more.lock().unwrap().pop() {
                Some(name) => session.add(User::builder().name(name)).map(drop),
                None => Ok(()),
            })
            .after_commit(move |_| {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }),
    );
    session.add(User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    assert_eq!((names(&session).len(), commits.load(std::sync::atomic::Ordering::Relaxed)), (3, 1));
    let session = db.session();
    session.listen(
        SessionEvents::new().after_flush_postexec(|session| session.add(User::builder().name("x")).map(drop)),
    );
    session.add(User::builder().name("x")).unwrap();
    expect!["[flush] after 100 flushes there is still something to flush; help: a column type changes objects while it is written: it must not"]
        .assert_eq(&show(session.commit()));
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM user_account"), "3\n");
}

/// Keys that passed from one object to another go back.
#[test]
fn keys_that_passed_on() {
    let db = Db::new();
    let session = db.session();
    let add = |word: &str| session.add(Keyword::builder().word(word)).unwrap();
    let (one, two, three) = (add("u1"), add("u2"), add("u3"));
    session.commit().unwrap();
    let check = || {
        for (word, object) in [("u1", &one), ("u2", &two), ("u3", &three)] {
            assert_eq!(session.get_one::<Keyword>(word).unwrap(), *object);
        }
    };
    session.delete_all([&one, &two]).unwrap();
    session.flush().unwrap();
    for word in ["u1", "u2"] {
        three.set_word(word).unwrap();
        session.flush().unwrap();
    }
    assert!(!session.contains(&one));
    session.rollback().unwrap();
    check();
    // A new object that took the key over.
    session.delete(&two).unwrap();
    let again = add("u2");
    session.flush().unwrap();
    let twice = add("u3");
    assert_eq!(code(session.flush()), Code::Integrity);
    assert!(!session.contains(&again) && !session.contains(&twice));
    session.rollback().unwrap();
    check();
    // A row that somebody else inserted.
    session.delete(&one).unwrap();
    session.flush().unwrap();
    session
        .connection()
        .unwrap()
        .execute_batch("INSERT INTO keyword (word, weight, state) VALUES ('u1', 1, '')")
        .unwrap();
    let theirs = session.get_one::<Keyword>("u1").unwrap();
    assert!(theirs != one && !session.contains(&one));
    session.rollback().unwrap();
    check();
    assert!(!session.contains(&theirs));
    // In a savepoint; and one that nobody holds.
    let part = session.begin_nested().unwrap();
    let new = add("u4");
    session.flush().unwrap();
    new.set_word("u5").unwrap();
    part.commit().unwrap();
    session.rollback().unwrap();
    assert!(!session.contains(&new));
    one.set_word("u6").unwrap();
    session.commit().unwrap();
    drop(add("u7"));
    session.flush().unwrap();
    let loaded = session.get_one::<Keyword>("u7").unwrap();
    session.rollback().unwrap();
    let added = add("u7");
    session.commit().unwrap();
    assert!(session.contains(&added) && !session.contains(&loaded));
}
