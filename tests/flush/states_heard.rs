//! What listeners of states find, when they are told: where the object stands then, whether the session has it.

use std::cell::RefCell;
use std::sync::LazyLock;

use orm::prelude::*;
use orm::{Code, ObjectState, SessionConfig, SessionEvents};
use tests::models::*;
use tests::{Db, code};

use super::events::{log, note};

thread_local! {
    /// The user that listeners read.
    static USER: RefCell<Option<Obj<User>>> = const { RefCell::new(None) };
}

/// Notes the name of that user, or why it can't be read.
fn note_name(when: &str) {
    let user = USER.with_borrow(Clone::clone).unwrap();
    note(match user.name() {
        Ok(name) => format!("{when} {name}"),
        Err(error) => format!("{when} {}", error.code()),
    });
}

fn heard(db: &Db) -> Session {
    let session = db.session();
    log();
    session.listen(SessionEvents::new().state_change(|object, change| {
        let stands = Obj::session(object).is_some_and(|session| session.contains(object));
        assert_eq!(object.state(), change.to);
        note(format!("{} to {}{}", change.from, change.to, if stands { ", inside" } else { "" }));
    }));
    session
}

#[track_caller]
fn told(lines: &[&str]) {
    assert_eq!(log(), lines);
}

fn ed(session: &Session) -> Obj<User> {
    session.add(User::builder().name("ed")).unwrap()
}

#[test]
fn new_objects() {
    let db = Db::new();
    let session = heard(&db);
    let user = ed(&session);
    told(&["transient to pending, inside"]);
    session.rollback().unwrap();
    told(&["pending to transient"]);
    session.add(&user).unwrap();
    session.expunge(&user).unwrap();
    told(&["transient to pending, inside", "pending to transient"]);
    session.add(&user).unwrap();
    session.flush().unwrap();
    told(&["transient to pending, inside", "pending to persistent, inside"]);
    user.set_name("edward").unwrap();
    session.flush().unwrap();
    told(&[]);
    session.rollback().unwrap();
    told(&["persistent to transient"]);
}

/// Nobody else holds them: the session does until they are told of.
#[test]
fn objects_that_only_the_session_holds() {
    let db = Db::new();
    let session = heard(&db);
    drop(ed(&session));
    log();
    session.flush().unwrap();
    told(&["pending to persistent, inside"]);
    session.commit().unwrap();
    let user = session.get_one::<User>(1).unwrap();
    session.delete(user).unwrap();
    session.flush().unwrap();
    told(&["persistent to deleted"]);
}

#[test]
fn objects_that_leave_and_come() {
    let db = Db::new();
    let session = heard(&db);
    let user = ed(&session);
    session.flush().unwrap();
    log();
    session.expunge(&user).unwrap();
    told(&["persistent to detached"]);
    session.add(&user).unwrap();
    told(&["detached to persistent, inside"]);
    session.expunge_all();
    told(&["persistent to detached"]);
    session.commit().unwrap();
    // What is loaded is told to its class.
    session.get_one::<User>(1).unwrap();
    told(&[]);
}

#[test]
fn objects_that_are_deleted() {
    let db = Db::new();
    let session = heard(&db);
    let user = ed(&session);
    session.commit().unwrap();
    log();
    session.delete(&user).unwrap();
    told(&[]);
    session.flush().unwrap();
    assert!(!session.contains(&user));
    told(&["persistent to deleted"]);
    session.rollback().unwrap();
    assert!(session.contains(&user));
    told(&["deleted to persistent, inside"]);
    session.delete(&user).unwrap();
    session.commit().unwrap();
    assert_eq!(Obj::state(&user), ObjectState::Detached);
    told(&["persistent to deleted", "deleted to detached"]);
}

/// They come into the session to be deleted, with what the cascade reaches.
#[test]
fn detached_objects_that_are_deleted() {
    let db = Db::new();
    let session = heard(&db);
    let user = session.add(User::builder().name("ed").addresses([Address::builder().email("e")])).unwrap();
    session.commit().unwrap();
    let address = user.addresses().get(0).unwrap().unwrap();
    user.name().unwrap();
    user.orders().len().unwrap();
    user.profile().unwrap();
    session.close().unwrap();
    log();
    session.delete(&user).unwrap();
    told(&["detached to persistent, inside", "detached to persistent, inside"]);
    session.flush().unwrap();
    assert_eq!(Obj::state(&address), ObjectState::Deleted);
    told(&["persistent to deleted", "persistent to deleted"]);
}

/// An object stands as the listener is told also where it is asked in the middle of what a user's code does.
#[test]
fn what_is_loaded_stays_until_listeners_of_the_end_were_called() {
    let db = Db::new();
    let session = db.session();
    let user = ed(&session);
    session.commit().unwrap();
    user.name().unwrap();
    USER.set(Some(user.clone()));
    session.listen(
        SessionEvents::new().after_commit(|_| note_name("commit")).after_rollback(|_| note_name("rollback")),
    );
    log();
    session.commit().unwrap();
    assert!(Obj::any(&user).is_expired("name").unwrap());
    user.name().unwrap();
    session.rollback().unwrap();
    assert!(Obj::any(&user).is_expired("name").unwrap());
    told(&["commit ed", "rollback ed"]);
    USER.set(None);
}

/// A listener of a rollback that has ended uses the session, but while a flush fails that isn't over.
#[test]
fn a_rollback_that_ended_lets_the_session_be_used() {
    let db = Db::new();
    let session = db.session();
    let user = session.add(User::builder().id(1).name("u1")).unwrap();
    session.commit().unwrap();
    log();
    USER.set(Some(user.clone()));
    session.listen(SessionEvents::new().after_soft_rollback(|_| note_name("ended")));
    session.expunge(&user).unwrap();
    session.add(&user).unwrap();
    session.add(User::builder().id(1).name("again")).unwrap();
    assert_eq!(code(session.commit()), Code::Integrity);
    session.rollback().unwrap();
    told(&["ended wrong-state", "ended u1"]);
    USER.set(None);
}

/// What `before_flush` adds, deletes and changes is written by the flush, and it can't flush itself.
#[test]
fn before_a_flush_more_is_done() {
    let db = Db::new();
    let session = db.session();
    session.listen(SessionEvents::new().before_flush(|session| {
        assert_eq!(code(session.flush()), Code::WrongState);
        for item in session.scalars(select(Item))?.all()? {
            item.set_name(item.name()? + " modified")?;
        }
        Ok(())
    }));
    session.add(Item::builder().name("i1")).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT name FROM item"), "'i1'\n");
    session.add(Item::builder().name("i2")).unwrap();
    session.flush().unwrap();
    session.expunge_all();
    assert_eq!(db.rows_in(&session, "SELECT name FROM item ORDER BY id"), "'i1 modified'\n'i2'\n");
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT name FROM item ORDER BY id"), "'i1 modified'\n'i2'\n");
}

/// A connection that is asked for begins a transaction too.
#[test]
fn a_connection_begins() {
    let db = Db::new();
    let session = db.session();
    log();
    session.listen(SessionEvents::new().after_begin(|_| {
        note("begun".to_owned());
        Ok(())
    }));
    session.connection().unwrap();
    told(&["begun"]);
    session.commit().unwrap();
    session.run(update(Item).set(Item::name, "x")).unwrap();
    session.run(delete(Item)).unwrap();
    told(&["begun"]);
}

/// Listeners of settings hear of the sessions that have them, and those of one session of that.
#[test]
fn listeners_hear_of_their_own_sessions() {
    static EVENTS: LazyLock<SessionEvents> = LazyLock::new(|| {
        SessionEvents::new().before_flush(|_| {
            note("settings".to_owned());
            Ok(())
        })
    });
    let db = Db::new();
    log();
    let config = SessionConfig::default().events(&EVENTS);
    let [one, two] = [(); 2].map(|()| Session::with_config(&db.engine, config));
    two.listen(SessionEvents::new().before_flush(|_| {
        note("session".to_owned());
        Ok(())
    }));
    for (session, lines) in
        [(&one, &["settings"][..]), (&two, &["settings", "session"]), (&db.session(), &[])]
    {
        session.add(Item::builder().name("i")).unwrap();
        session.flush().unwrap();
        told(lines);
        session.rollback().unwrap();
    }
}
