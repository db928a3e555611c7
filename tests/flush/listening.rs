//! Listeners that a registry is given from outside its classes, and what they hear of objects that are expired.

use std::cell::RefCell;

use orm::prelude::*;
use orm::{Code, Listeners, SessionConfig};
use tests::{Db, code};

orm::registry!(
    /// Classes that others listen to.
    Told
);

#[derive(Mapped)]
#[mapped(registry = Told, listen = Room::listen)]
struct Room {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(back_populates = "room", cascade = "all")]
    chairs: Many<Chair>,
}

#[derive(Mapped)]
#[mapped(registry = Told)]
struct Chair {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(server_default = "7")]
    legs: i64,
    #[column(foreign_key = Room::id)]
    room_id: Option<i64>,
    #[relationship(back_populates = "chairs")]
    room: Option<One<Room>>,
}

/// A key of two columns, to which a class leads whose foreign key has both.
#[derive(Mapped)]
#[mapped(registry = Told)]
struct Desk {
    #[column(primary_key)]
    floor: i64,
    #[column(primary_key)]
    number: i64,
    name: String,
    #[relationship(back_populates = "desk")]
    lamps: Many<Lamp>,
}

#[derive(Mapped)]
#[mapped(registry = Told, foreign_key(columns(floor, number), references(Desk::floor, Desk::number)))]
struct Lamp {
    #[column(primary_key)]
    id: i64,
    name: String,
    floor: Option<i64>,
    number: Option<i64>,
    #[relationship(back_populates = "lamps")]
    desk: Option<One<Desk>>,
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(line: String) {
    LOG.with(|log| log.borrow_mut().push(line));
}

fn told() -> Vec<String> {
    LOG.with(RefCell::take)
}

impl Room {
    fn listen(on: &mut Listeners<'_, Room>) {
        on.before_insert(|room| {
            note(format!("own before_insert {}", room.name()?));
            Ok(())
        });
    }
}

/// A database, whose registry is told once who listens.
fn db() -> Db {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        Told::listen_to_all(|on| {
            on.before_insert(|object| {
                note(format!("all before_insert {}", object.mapper().class()));
                Ok(())
            });
        })
        .unwrap();
        Told::listen::<Room>(|on| {
            on.before_insert(|room| {
                note(format!("outside before_insert {}", room.name()?));
                room.set_name(room.name()?.to_uppercase())
            });
            on.append(Room::chairs, |room, chair| {
                note(format!("{} gets {}", room.name()?, chair.name()?));
                Ok(())
            });
            on.expire(|room, names| note(format!("expired Room {:?} {names:?}", room.id().ok())));
        })
        .unwrap();
        Told::listen::<Desk>(|on| {
            on.expire(|desk, names| note(format!("expired {desk:?} {names:?}")));
        })
        .unwrap();
        Told::listen::<Lamp>(|on| {
            on.expire(|lamp, names| note(format!("expired {lamp:?} {names:?}")));
        })
        .unwrap();
        Told::listen_to("Chair", |on| {
            on.expire(|chair, names| {
                // What is told is over: it can be asked for.
                note(format!("expired {:?} {names:?}", chair.get("name").unwrap()));
            });
        })
        .unwrap();
    });
    let db = Db::empty();
    Told::create_all(&db.engine).unwrap();
    db
}

#[test]
fn the_own_listeners_come_first_then_others_in_their_order() {
    let db = db();
    let session = Session::new(&db.engine);
    let room = session.add(Room::builder().name("hall").chairs([Chair::builder().name("a")])).unwrap();
    assert_eq!(told(), ["hall gets a"]);
    session.flush().unwrap();
    assert_eq!(
        told(),
        [
            "own before_insert hall",
            "all before_insert Room",
            "outside before_insert hall",
            "all before_insert Chair"
        ]
    );
    assert_eq!(room.name().unwrap(), "HALL");
    // The registry is in use.
    let error = Told::listen::<Chair>(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::Configured);
    assert_eq!(code(Told::listen_to_all(|_| ())), Code::Configured);
}

#[test]
fn what_is_expired_is_told_when_the_operation_has_ended() {
    let db = db();
    let session = Session::new(&db.engine);
    let room = session
        .add(Room::builder().name("hall").chairs(["a", "b"].map(|name| Chair::builder().name(name))))
        .unwrap();
    session.flush().unwrap();
    let chairs: Vec<_> = room.chairs().iter().unwrap().collect();
    told();
    session.expire_attributes(&room, &["name", "chairs"]).unwrap();
    assert_eq!(told(), [r#"expired Room Some(1) Some(["name", "chairs"])"#]);
    // The cascade reaches no chair by a collection that isn't loaded.
    session.expire(&room).unwrap();
    assert_eq!(told(), ["expired Room Some(1) None"]);
    session.refresh_attributes(&chairs[0], &["name"]).unwrap();
    assert_eq!(told(), [r#"expired Text("a") Some(["name"])"#]);
    session.refresh(&room).unwrap();
    assert_eq!(told(), ["expired Room Some(1) None"]);
    // Statements that write rows: what is known isn't expired, but the attribute is told as the object has it no more.
    session.run(update(Chair).filter(Chair::id.eq(1)).set(Chair::legs, Chair::legs + 1)).unwrap();
    assert_eq!(told(), [r#"expired Text("a") Some(["legs"])"#]);
    session.expire_all().unwrap();
    let mut lines = told();
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["expired Room Some(1) None", r#"expired Text("a") None"#, r#"expired Text("b") None"#]
    );
    session.commit().unwrap();
    assert_eq!(told().len(), 3);
    // A savepoint expires what was changed in it.
    let savepoint = session.begin_nested().unwrap();
    chairs[1].set_name("c").unwrap();
    savepoint.rollback().unwrap();
    assert_eq!(told(), [r#"expired Text("b") None"#]);
    chairs[1].set_name("c").unwrap();
    session.rollback().unwrap();
    assert_eq!(told().len(), 3);
    assert_eq!(chairs[1].name().unwrap(), "b");

    let session = Session::with_config(&db.engine, SessionConfig::default().expire_on_commit(false));
    session.get_one::<Chair>(1).unwrap().set_name("d").unwrap();
    session.commit().unwrap();
    assert_eq!(told(), [""; 0]);
}

/// What was told of objects that are expired, in an order.
fn expired() -> Vec<String> {
    let mut lines = told();
    lines.retain(|line| line.starts_with("expired"));
    lines.sort_unstable();
    lines
}

/// As in SQLAlchemy: a flush tells of nothing that it leaves to be read again, one that fails of all that its transaction, or
/// its savepoint, takes back; the rollback after it has nothing more to tell.
#[test]
fn what_failed_flushes_expire_is_told_by_keys_of_several_columns_too() {
    let db = db();
    let session = Session::with_config(&db.engine, SessionConfig::default().autoflush(false));
    let lamp = Lamp::builder().id(1).name("l");
    let desk = session.add(Desk::builder().floor(1).number(1).name("a").lamps([lamp])).unwrap();
    let lamp = desk.lamps().get(0).unwrap().unwrap();
    let other = session.add(Desk::builder().floor(1).number(2).name("b")).unwrap();
    session.commit().unwrap();
    let all = ["expired Desk#1,1 None", "expired Desk#1,2 None", "expired Lamp#1 None"];
    let read = || {
        let names = [desk.name().unwrap(), other.name().unwrap(), lamp.name().unwrap()].concat();
        assert_eq!(expired(), [""; 0]);
        names
    };
    assert_eq!(expired(), all);
    read();
    session.expire_attributes(&desk, &["name", "lamps"]).unwrap();
    assert_eq!(expired(), [r#"expired Desk#1,1 Some(["name", "lamps"])"#]);
    session.refresh(&desk).unwrap();
    assert_eq!(expired(), ["expired Desk#1,1 None"]);
    // A flush that moves the lamp, and one that gives its desk another key.
    lamp.set_desk(&other).unwrap();
    session.flush().unwrap();
    assert_eq!((desk.lamps().len().unwrap(), other.lamps().len().unwrap()), (0, 1));
    desk.set_number(5).unwrap();
    session.flush().unwrap();
    assert_eq!(expired(), [""; 0]);
    session.rollback().unwrap();
    assert_eq!(expired(), all);
    read();
    // One that fails.
    let clash =
        |floor, number| session.add(Desk::builder().floor(floor).number(number).name("again")).unwrap();
    lamp.set_name("x").unwrap();
    desk.set_name("changed").unwrap();
    clash(1, 2);
    assert_eq!(code(session.flush()), Code::Integrity);
    assert_eq!(expired(), all);
    assert_eq!(code(session.scalars(select(Desk)).unwrap().all()), Code::PendingRollback);
    session.rollback().unwrap();
    assert_eq!(expired(), [""; 0]);
    assert_eq!(read(), "abl");
    // In a savepoint: of what was changed in it alone.
    desk.set_name("out").unwrap();
    session.flush().unwrap();
    let part = session.begin_nested().unwrap();
    other.set_name("in").unwrap();
    session.flush().unwrap();
    lamp.set_name("lost").unwrap();
    clash(1, 1);
    assert_eq!(code(session.flush()), Code::Integrity);
    assert_eq!(expired(), all[1..]);
    part.rollback().unwrap();
    assert_eq!(expired(), [""; 0]);
    assert_eq!(read(), "outbl");
    session.rollback().unwrap();
    assert_eq!(expired(), all);
    assert_eq!(read(), "abl");
    // A savepoint that is released leaves what it changed to the transaction.
    let part = session.begin_nested().unwrap();
    other.set_name("kept").unwrap();
    part.commit().unwrap();
    assert_eq!(expired(), [""; 0]);
    session.rollback().unwrap();
    assert_eq!(expired(), all);
    assert_eq!(read(), "abl");
    // Where a savepoint is rolled back no new object is expired, and one that was deleted only because the flush has read what
    // it leads to, which SQLAlchemy keeps.
    session.close().unwrap();
    for like_sqlalchemy in [false, true] {
        let config = SessionConfig::default().autoflush(false).like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let lamp = session.get_one::<Lamp>(1).unwrap();
        let _desk = session.get_one::<Desk>((1, 1)).unwrap();
        let part = session.begin_nested().unwrap();
        session.delete(&lamp).unwrap();
        let new = session.add(Lamp::builder().id(5).name("n")).unwrap();
        session.flush().unwrap();
        assert_eq!(expired(), [""; 0]);
        part.rollback().unwrap();
        assert_eq!(expired(), &all[2..][..usize::from(!like_sqlalchemy)]);
        assert_eq!((new.name().unwrap().as_str(), lamp.name().unwrap().as_str()), ("n", "l"));
    }
}

orm::registry!(Lacking);

#[derive(Mapped)]
#[mapped(registry = Lacking)]
struct Alone {
    #[column(primary_key)]
    id: i64,
}

#[test]
fn who_listens_to_a_class_that_is_not_there_is_told() {
    Lacking::listen::<Room>(|_| ()).unwrap();
    Lacking::listen_to("Nobody", |_| ()).unwrap();
    let error = Lacking::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    expect_test::expect![[r#"
        [configuration] the mapping has 2 mistakes
          [unknown-name] `Room`: `Room` isn't in the same registry; help: give both classes the same `#[mapped(registry = ...)]`
          [unknown-name] `Nobody`: no mapped class is called `Nobody`; help: derive `Mapped` for it, in the same registry"#]].assert_eq(&error.to_string());
}
