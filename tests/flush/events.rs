//! What is called while objects are written and loaded, in which order, and what it may change. The orders are those that
//! SQLAlchemy gives for the same work.

use std::cell::RefCell;

use orm::prelude::*;
use orm::{Code, Listeners, ObjectState};
use tests::{Db, code};

orm::registry!(
    /// Classes that are listened to.
    pub Heard
);

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub fn note(line: String) {
    LOG.with(|log| log.borrow_mut().push(line));
}

pub fn log() -> Vec<String> {
    LOG.with(RefCell::take)
}

#[derive(Mapped)]
#[mapped(registry = Heard, listen = listen_to_teams)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(default = "none")]
    pub note: String,
    #[relationship(back_populates = "team", order_by = Member::id)]
    pub members: Many<Member>,
}

#[derive(Mapped)]
#[mapped(registry = Heard, listen = Member::listen)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
    #[relationship(back_populates = "members")]
    pub team: Option<One<Team>>,
}

/// One whose listeners are asked to do what can't be done.
#[derive(Mapped)]
#[mapped(registry = Heard, listen = Odd::listen)]
pub struct Odd {
    #[column(primary_key, generated = false)]
    pub id: i64,
    pub what: String,
    #[column(default = 7)]
    pub number: i64,
}

fn listen_to_teams(on: &mut Listeners<'_, Team>) {
    on.before_insert(|team| told("before_insert Team", &team.name()?))
        .after_insert(|team| told("after_insert Team", &team.name()?))
        .before_update(|team| told("before_update Team", &team.name()?))
        .after_update(|team| told("after_update Team", &team.name()?))
        .before_delete(|team| told("before_delete Team", &team.name()?))
        .after_delete(|team| told("after_delete Team", &team.name()?))
        .load(|team| told("load Team", &team.name()?))
        .refresh(|team| told("refresh Team", &team.name()?));
}

fn told(what: &str, name: &str) -> orm::Result<()> {
    note(format!("{what} {name}"));
    Ok(())
}

impl Member {
    fn listen(on: &mut Listeners<'_, Member>) {
        on.before_insert(|member| told("before_insert Member", &member.name()?))
            .after_insert(|member| told("after_insert Member", &member.name()?))
            .before_update(|member| told("before_update Member", &member.name()?))
            .after_update(|member| told("after_update Member", &member.name()?))
            .before_delete(|member| told("before_delete Member", &member.name()?))
            .after_delete(|member| told("after_delete Member", &member.name()?))
            .load(|member| told("load Member", &member.name()?))
            .refresh(|member| told("refresh Member", &member.name()?));
    }
}

impl Odd {
    fn listen(on: &mut Listeners<'_, Odd>) {
        on.before_insert(|odd| {
            let session = Obj::session(odd).unwrap();
            match odd.what()?.as_str() {
                "flush" => session.flush(),
                "commit" => session.commit(),
                "rollback" => session.rollback(),
                "savepoint" => session.begin_nested().map(drop),
                "close" => session.close(),
                "refuse" => Err(orm::Error::new(Code::Refused, "no")),
                "key" => odd.set_id(42),
                "default" => {
                    // Defaults come afterwards, and leave alone what is set here.
                    assert_eq!(Obj::any(odd).peek("number")?, None);
                    odd.set_number(8)
                }
                "add" => session.add(Odd::builder().id(100).what("added")).map(drop),
                "query" => {
                    assert_eq!(session.scalars(select(Odd))?.all()?.len(), 0);
                    Ok(())
                }
                "late" => {
                    note(format!("late {:?}", Obj::any(odd).peek("number")?));
                    Ok(())
                }
                _ => Ok(()),
            }
        });
        on.after_insert(|odd| {
            if odd.what()? == "late" {
                note(format!("late {:?} {}", odd.number()?, Obj::state(odd)));
                return Err(orm::Error::new(Code::Refused, "late"));
            }
            Ok(())
        });
        on.before_update(|odd| if odd.what()? == "set" { odd.set_number(odd.number()? + 1) } else { Ok(()) });
        on.before_delete(|odd| match odd.what()?.as_str() {
            "kept" => Err(orm::Error::new(Code::Refused, "kept")),
            _ => Ok(()),
        });
        on.load(|odd| {
            let session = Obj::session(odd).unwrap();
            match odd.what()?.as_str() {
                "commit on load" => session.commit(),
                "rollback on load" => session.rollback(),
                "refuse on load" => Err(orm::Error::new(Code::Refused, "not loaded")),
                // Each row loads the next one.
                "endless" => session.get::<Odd>(odd.id()? + 1).map(drop),
                "others" => {
                    note(format!("{} others", session.scalars(select(Odd))?.all()?.len()));
                    Ok(())
                }
                _ => Ok(()),
            }
        });
    }
}

pub fn db() -> Db {
    let db = Db::empty();
    Heard::create_all(&db.engine).unwrap();
    log();
    db
}

#[test]
fn what_is_written_is_told_before_and_after_step_by_step() {
    let db = db();
    let session = db.session();
    let members = [Member::builder().name("x"), Member::builder().name("y")];
    let team = session.add(Team::builder().name("a").members(members)).unwrap();
    assert_eq!(log(), Vec::<String>::new());
    session.flush().unwrap();
    assert_eq!(
        log(),
        [
            "before_insert Team a",
            "after_insert Team a",
            "before_insert Member x",
            "before_insert Member y",
            "after_insert Member x",
            "after_insert Member y",
        ]
    );
    let members: Vec<_> = team.members().iter().unwrap().collect();
    let [x, y] = members.as_slice() else { panic!() };
    session.commit().unwrap();
    assert_eq!(x.name().unwrap() + &y.name().unwrap() + &team.name().unwrap(), "xya");
    assert_eq!(log(), ["refresh Member x", "refresh Member y", "refresh Team a"]);
    team.set_name("A").unwrap();
    x.set_name("X").unwrap();
    session.delete(y).unwrap();
    session.flush().unwrap();
    let written = log();
    assert_eq!(
        written,
        [
            "before_update Team A",
            "after_update Team A",
            "before_update Member X",
            "after_update Member X",
            "before_delete Member y",
            "after_delete Member y",
        ]
    );
    session.commit().unwrap();
    drop((members, team));

    let session = db.session();
    let x = session.get_one::<Member>(1).unwrap();
    assert_eq!(log(), ["load Member X"]);
    // Nobody is told of plain values, nor of what statements write.
    assert_eq!(session.values(select(Member)).unwrap().all().unwrap().len(), 1);
    session.run(orm::update(Member).set(Member::name, "X")).unwrap();
    assert_eq!(log(), Vec::<String>::new());
    // A new object that takes over the row of a deleted one.
    session.delete(&x).unwrap();
    session.add(Member::builder().id(1).name("new")).unwrap();
    session.flush().unwrap();
    assert_eq!(log(), ["before_insert Member new", "after_update Member new"]);
}

#[test]
fn what_is_set_before_a_row_is_written_is_written() {
    let db = db();
    let session = db.session();
    let odd = |id: i64, what: &str| session.add(Odd::builder().id(id).what(what)).unwrap();
    let (key, default, set) = (odd(1, "key"), odd(2, "default"), odd(3, "set"));
    let added = odd(4, "add");
    session.flush().unwrap();
    assert_eq!((key.id().unwrap(), key.number().unwrap(), default.number().unwrap()), (42, 7, 8));
    assert_eq!(Obj::state(&added), ObjectState::Persistent);
    // What was added waits for the next flush.
    assert!(session.is_dirty());
    set.set_what("other").unwrap();
    set.set_what("set").unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT id, what, number FROM odd ORDER BY id"),
        "2|'default'|8\n3|'set'|8\n4|'add'|7\n42|'key'|7\n100|'added'|7\n"
    );
    assert_eq!(session.get_one::<Odd>(42).unwrap(), key);
}

#[test]
fn a_listener_cant_end_what_it_is_called_in() {
    for what in ["flush", "commit", "rollback", "savepoint", "close"] {
        let db = db();
        let session = db.session();
        let odd = session.add(Odd::builder().id(1).what(what)).unwrap();
        assert_eq!(code(session.flush()), Code::WrongState, "{what}");
        assert_eq!(code(session.get::<Odd>(1)), Code::PendingRollback, "{what}");
        session.rollback().unwrap();
        assert_eq!(Obj::state(&odd), ObjectState::Transient, "{what}");
        odd.set_what("query").unwrap();
        session.add(&odd).unwrap();
        session.commit().unwrap();
    }
}

#[test]
fn an_error_of_a_listener_rolls_the_flush_back() {
    let db = db();
    let session = db.session();
    let kept = session.add(Odd::builder().id(1).what("kept")).unwrap();
    session.commit().unwrap();
    let part = session.begin_nested().unwrap();
    session.add(Odd::builder().id(2).what("refuse")).unwrap();
    assert_eq!(code(session.flush()), Code::Refused);
    part.rollback().unwrap();
    session.delete(&kept).unwrap();
    assert_eq!(code(session.flush()), Code::Refused);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&kept), ObjectState::Persistent);
    let late = session.add(Odd::builder().id(3).what("late")).unwrap();
    assert_eq!(code(session.flush()), Code::Refused);
    assert_eq!(log(), ["late None", "late 7 pending"]);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&late), ObjectState::Transient);
    assert_eq!(db.rows("SELECT id FROM odd"), "1\n");
}

#[test]
fn what_is_loaded_is_told_while_its_rows_are_read() {
    let db = db();
    db.run("INSERT INTO odd VALUES (1, 'commit on load', 1), (2, 'rollback on load', 1), (3, 'refuse on load', 1)");
    db.run("INSERT INTO odd VALUES (4, 'others', 1), (5, 'plain', 1)");
    let session = db.session();
    for (id, expected) in [(1, Code::WrongState), (2, Code::WrongState), (3, Code::Refused)] {
        assert_eq!(code(session.get::<Odd>(id)), expected, "{id}");
    }
    db.run("DELETE FROM odd WHERE id < 4");
    session.close().unwrap();
    let all = session.scalars(select(Odd)).unwrap().all().unwrap();
    // The query within has loaded the second row; the first object is there already.
    assert_eq!((all.len(), log()), (2, vec!["2 others".to_owned()]));
    session.commit().unwrap();
    assert!(all.iter().all(|odd| Obj::session(odd).is_some()));
}

#[test]
fn listeners_that_call_each_other_end() {
    let db = db();
    let rows: Vec<String> = (1..100).map(|id| format!("({id}, 'endless', 1)")).collect();
    db.run(&format!("INSERT INTO odd VALUES {}", rows.join(", ")));
    let session = db.session();
    let error = session.get::<Odd>(1).unwrap_err();
    assert_eq!(error.code(), Code::WrongState);
    assert!(error.to_string().contains("call each other"), "{error}");
}

#[test]
fn what_is_loaded_with_others_is_told_too() {
    let db = db();
    db.run("INSERT INTO team VALUES (1, 'a', '')");
    db.run("INSERT INTO member VALUES (1, 'x', 1), (2, 'y', 1)");
    for (option, lines) in [
        (orm::joined(Team::members), ["load Team a", "load Member x", "load Member y"]),
        (orm::selectin(Team::members), ["load Team a", "load Member x", "load Member y"]),
    ] {
        let session = db.session();
        let teams = session.scalars(select(Team).options(option)).unwrap().all().unwrap();
        let members: Vec<_> = teams[0].members().iter().unwrap().collect();
        assert_eq!(members.len(), 2);
        assert_eq!(log(), lines);
        session.refresh(&teams[0]).unwrap();
        assert_eq!(log(), ["refresh Team a"]);
    }
}
