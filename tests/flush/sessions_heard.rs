//! What sessions tell of their flushes, their transactions and the states of objects. The orders are those that SQLAlchemy
//! gives for the same work, but for those of objects of one flush, which are a set there.

use std::sync::LazyLock;

use orm::prelude::*;
use orm::{Code, SessionConfig, SessionEvents};
use tests::{Db, code};

use super::events::{Member, Team, db, log, note};

static EVENTS: LazyLock<SessionEvents> = LazyLock::new(heard);

fn heard() -> SessionEvents {
    let told = |what: &'static str| move |_: &Session| note(format!("[{what}]"));
    let asked = |what: &'static str| {
        move |_: &Session| {
            note(format!("[{what}]"));
            Ok(())
        }
    };
    SessionEvents::new()
        .before_flush(asked("before_flush"))
        .after_flush(asked("after_flush"))
        .after_flush_postexec(asked("after_flush_postexec"))
        .after_begin(asked("after_begin"))
        .before_commit(asked("before_commit"))
        .after_commit(told("after_commit"))
        .after_rollback(told("after_rollback"))
        .after_soft_rollback(told("after_soft_rollback"))
        .state_change(|object, change| {
            let name = object.peek("name").unwrap();
            let name = name.map_or("?".to_owned(), |name| format!("{name:?}"));
            note(format!("{} to {} {} {name}", change.from, change.to, object.mapper().class()));
        })
}

fn session(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().events(&EVENTS))
}

#[track_caller]
fn told(lines: &[&str]) {
    let lines: Vec<String> = lines.iter().map(|line| line.replace('\'', "\"")).collect();
    let found: Vec<String> = log().iter().map(|line| line.replace("Text(", "").replace(')', "")).collect();
    assert_eq!(found, lines);
}

#[test]
fn a_session_tells_what_it_does() {
    let db = db();
    let session = session(&db);
    let members = [Member::builder().name("x"), Member::builder().name("y")];
    let team = session.add(Team::builder().name("a").members(members)).unwrap();
    told(&[
        "transient to pending Team 'a'",
        "transient to pending Member 'x'",
        "transient to pending Member 'y'",
    ]);
    session.flush().unwrap();
    told(&[
        "[before_flush]",
        "[after_begin]",
        "before_insert Team a",
        "after_insert Team a",
        "before_insert Member x",
        "before_insert Member y",
        "after_insert Member x",
        "after_insert Member y",
        "[after_flush]",
        "[after_flush_postexec]",
        "pending to persistent Team 'a'",
        "pending to persistent Member 'x'",
        "pending to persistent Member 'y'",
    ]);
    let members: Vec<_> = team.members().iter().unwrap().collect();
    session.commit().unwrap();
    told(&["[before_commit]", "[after_commit]"]);
    for member in &members {
        member.name().unwrap();
    }
    team.name().unwrap();
    told(&["[after_begin]", "refresh Member x", "refresh Member y", "refresh Team a"]);
    team.set_name("A").unwrap();
    session.delete(&members[1]).unwrap();
    session.flush().unwrap();
    told(&[
        "[before_flush]",
        "before_update Team A",
        "after_update Team A",
        "before_delete Member y",
        "after_delete Member y",
        "[after_flush]",
        "[after_flush_postexec]",
        "persistent to deleted Member 'y'",
    ]);
    session.rollback().unwrap();
    told(&["[after_rollback]", "deleted to persistent Member ?", "[after_soft_rollback]"]);
    session.delete(&members[1]).unwrap();
    session.commit().unwrap();
    assert_eq!(log().last().unwrap(), "deleted to detached Member Text(\"y\")");
    session.expunge(&members[0]).unwrap();
    session.add(&members[0]).unwrap();
    let new = session.add(Member::builder().name("new")).unwrap();
    session.expunge(&new).unwrap();
    told(&[
        "persistent to detached Member ?",
        "detached to persistent Member ?",
        "transient to pending Member 'new'",
        "pending to transient Member 'new'",
    ]);
    session.close().unwrap();
    let mut closed = log();
    closed.sort();
    assert_eq!(closed, ["persistent to detached Member ?", "persistent to detached Team ?"]);
    // Nothing to flush, but a commit all the same.
    session.flush().unwrap();
    session.commit().unwrap();
    told(&["[before_commit]", "[after_commit]"]);
}

#[test]
fn savepoints_and_failed_flushes_are_told() {
    let db = db();
    let session = session(&db);
    let one = session.add(Member::builder().id(1).name("one")).unwrap();
    session.commit().unwrap();
    one.name().unwrap();
    log();
    let part = session.begin_nested().unwrap();
    told(&[]);
    one.set_name("N").unwrap();
    part.commit().unwrap();
    told(&[
        "[before_commit]",
        "[before_flush]",
        "[after_begin]",
        "before_update Member N",
        "after_update Member N",
        "[after_flush]",
        "[after_flush_postexec]",
        "[after_commit]",
    ]);
    let part = session.begin_nested().unwrap();
    one.set_name("M").unwrap();
    session.flush().unwrap();
    log();
    part.rollback().unwrap();
    told(&["[after_rollback]", "[after_soft_rollback]"]);
    let dup = session.add(Member::builder().id(1).name("dup")).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    told(&[
        "transient to pending Member 'dup'",
        "[before_flush]",
        "before_insert Member dup",
        "refresh Member N",
        "[after_rollback]",
        "[after_soft_rollback]",
        "pending to transient Member 'dup'",
    ]);
    session.rollback().unwrap();
    told(&["[after_soft_rollback]"]);
    drop(dup);
}

fn listening(db: &Db, events: SessionEvents) -> Session {
    let session = db.session();
    session.listen(events);
    session
}

#[test]
fn what_is_changed_before_a_flush_is_written_by_it() {
    let db = db();
    let events = SessionEvents::new().before_flush(|session| {
        // It doesn't flush again.
        let all = session.scalars(select(Member))?.all()?;
        for member in &all {
            if member.name()? == "gone" { session.delete(member)? } else { member.set_name("seen")? }
        }
        session.add(Member::builder().name("added")).map(drop)
    });
    db.run("INSERT INTO member VALUES (1, 'x', NULL), (2, 'gone', NULL)");
    let session = listening(&db, events);
    session.flush().unwrap(); // there is nothing to flush, so nobody is asked
    session.add(Member::builder().name("new")).unwrap();
    session.flush().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, name FROM member ORDER BY id"), "1|'seen'\n3|'new'\n4|'added'\n");
}

/// Adds a listener.
type With = fn(SessionEvents) -> SessionEvents;

#[test]
fn listeners_of_a_flush_refuse_it() {
    let places: [(With, bool); 3] = [
        (|events| events.before_flush(|_| Err(orm::Error::new(Code::Refused, "no"))), false),
        (|events| events.after_flush(|_| Err(orm::Error::new(Code::Refused, "no"))), true),
        (|events| events.after_flush_postexec(|_| Err(orm::Error::new(Code::Refused, "no"))), true),
    ];
    for (with, breaks) in places {
        let db = db();
        let session = listening(&db, with(SessionEvents::new()));
        let new = session.add(Member::builder().name("new")).unwrap();
        assert_eq!(code(session.flush()), Code::Refused);
        // One that refuses before anything was done leaves the session as it is.
        assert_eq!(session.contains(&new), !breaks);
        assert_eq!(session.connection().is_err(), breaks);
        session.rollback().unwrap();
        assert_eq!(Obj::state(&new), orm::ObjectState::Transient);
        assert_eq!(db.rows("SELECT id FROM member"), "");
    }
}

#[test]
fn listeners_cant_end_what_ends() {
    fn all(session: &Session) {
        let calls = [
            code(session.commit()),
            code(session.rollback()),
            code(session.begin_nested()),
            code(session.close()),
        ];
        assert_eq!(calls, [Code::WrongState; 4]);
        note("asked".to_owned());
    }
    let places: [With; 6] = [
        |events| {
            events.before_flush(|session| {
                all(session);
                Ok(())
            })
        },
        |events| {
            events.after_flush(|session| {
                all(session);
                Ok(())
            })
        },
        |events| {
            events.after_flush_postexec(|session| {
                all(session);
                Ok(())
            })
        },
        |events| {
            events.before_commit(|session| {
                all(session);
                session.flush()?;
                assert_eq!(session.scalars(select(Team))?.all()?.len(), 1);
                Ok(())
            })
        },
        |events| {
            events.after_commit(|session| {
                all(session);
                assert_eq!(code(session.scalars(select(Team)).unwrap().all()), Code::WrongState);
                // What is added here waits for the next transaction.
                session.add(Member::builder().name("next")).unwrap();
            })
        },
        |events| {
            events.after_rollback(|session| {
                all(session);
                assert_eq!(code(session.scalars(select(Team)).unwrap().all()), Code::WrongState);
            })
        },
    ];
    for with in places {
        let db = db();
        let session = listening(&db, with(SessionEvents::new()));
        session.add(Team::builder().name("a")).unwrap();
        session.commit().unwrap();
        session.scalars(select(Team)).unwrap().all().unwrap();
        session.rollback().unwrap();
        assert!(log().contains(&"asked".to_owned()));
        assert_eq!(db.rows("SELECT name FROM team"), "'a'\n");
    }
}

#[test]
fn a_listener_runs_statements_when_a_transaction_has_begun() {
    let db = db();
    let events = SessionEvents::new()
        .after_begin(|session| session.add(Team::builder().name("begun")).map(drop))
        .after_soft_rollback(|session| assert!(session.scalars(select(Team)).unwrap().all().is_ok()));
    let session = listening(&db, events);
    assert_eq!(session.scalars(select(Member)).unwrap().all().unwrap().len(), 0);
    session.rollback().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM team"), "1\n");
    let refusing = db.session();
    refusing.listen(SessionEvents::new().after_begin(|_| Err(orm::Error::new(Code::Refused, "no"))));
    assert_eq!(code(refusing.scalars(select(Member)).unwrap().all()), Code::Refused);
    refusing.rollback().unwrap();
}

/// Each object changes its state once, whatever waits for it.
#[test]
fn what_was_changed_or_deleted_is_let_go_of_once() {
    let db = db();
    let session = session(&db);
    let [one, two] = ["one", "two"].map(|name| session.add(Member::builder().name(name)).unwrap());
    session.commit().unwrap();
    assert_eq!((one.name().unwrap().as_str(), two.name().unwrap().as_str()), ("one", "two"));
    // A mark that was never flushed is no change of state.
    session.delete(&two).unwrap();
    log();
    session.rollback().unwrap();
    told(&["[after_rollback]", "[after_soft_rollback]"]);
    assert_eq!((one.name().unwrap().as_str(), two.name().unwrap().as_str()), ("one", "two"));
    session.delete(&two).unwrap();
    session.flush().unwrap();
    log();
    session.expunge(&two).unwrap();
    told(&["deleted to detached Member 'two'"]);
    one.set_name("new").unwrap();
    session.expunge_all();
    told(&["persistent to detached Member 'new'"]);
}
