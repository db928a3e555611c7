//! Rooms whose keys the database changes with that of their host, and which lead to each other by updates of their own.

use std::fmt::Write as _;

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code};

use super::flush;

orm::registry!(
    /// These classes.
    pub Moved
);

#[derive(Mapped)]
#[mapped(registry = Moved)]
pub struct Host {
    #[column(primary_key)]
    pub name: String,
    #[relationship(foreign_keys = Room::host_name, order_by = Room::number)]
    pub rooms: Many<Room>,
}

#[derive(Mapped)]
#[mapped(
    registry = Moved,
    foreign_key(
        columns(next_host, next_number),
        references(Room::host_name, Room::number),
        on_update = "cascade"
    )
)]
pub struct Room {
    #[column(primary_key, foreign_key = Host::name, on_update = "cascade")]
    pub host_name: String,
    #[column(primary_key)]
    pub number: i64,
    pub next_host: Option<String>,
    pub next_number: Option<i64>,
    #[relationship(remote_side = (Room::host_name, Room::number), post_update)]
    pub next: Option<One<Room>>,
}

/// A row that the database has moved is found at its new place by the update of its foreign key alone.
#[test]
fn rows_that_the_database_moves_are_posted() {
    let db = Db::empty();
    Moved::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO host VALUES ('h'); INSERT INTO room VALUES ('h', 1, NULL, NULL), ('h', 2, NULL, NULL)",
    );
    let session = db.session();
    let host = session.get_one::<Host>("h").unwrap();
    let (one, two) = (session.get_one::<Room>(("h", 1)).unwrap(), session.get_one::<Room>(("h", 2)).unwrap());
    assert_eq!(host.rooms().len().unwrap(), 2);
    host.set_name("j").unwrap();
    one.set_next(&two).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
            UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? ['j', 2, 'j', 1]
        "#]],
    );
    assert_eq!(db.rows_in(&session, "SELECT * FROM room"), "'j'|1|'j'|2\n'j'|2|NULL|NULL\n");
    assert_eq!(one.next_host().unwrap().as_deref(), Some("j"));
    // It leads there already, and its row moves with what it leads to.
    host.set_name("k").unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT * FROM room"), "'k'|1|'k'|2\n'k'|2|NULL|NULL\n");
    session.delete(&one).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT number FROM room"), "2\n");
    session.rollback().unwrap();
}

/// So it is where nobody has loaded the rooms of the host, which SQLAlchemy doesn't find then: they follow the host in memory
/// as soon as its row is written.
#[test]
fn rows_that_the_database_moves_unseen_are_posted() {
    type Case = (&'static str, fn(&Obj<Room>, &Obj<Room>));
    let cases: [Case; 4] = [
        ("leads to another", |one, two| one.set_next(two).unwrap()),
        ("leads to itself", |one, _| one.set_next(one).unwrap()),
        ("is changed by hand", |one, two| {
            one.set_number(5).unwrap();
            one.set_next(two).unwrap();
        }),
        ("the other is changed by hand", |one, two| {
            one.set_next(two).unwrap();
            two.set_number(7).unwrap();
        }),
    ];
    let mut text = String::new();
    for is_loaded in [true, false] {
        for (name, change) in cases {
            let db = Db::empty();
            Moved::create_all(&db.engine).unwrap();
            db.run("INSERT INTO host VALUES ('h'); INSERT INTO room VALUES ('h', 1, NULL, NULL), ('h', 2, NULL, NULL)");
            let session = db.session();
            let host = session.get_one::<Host>("h").unwrap();
            let room = |number: i64| session.get_one::<Room>(("h", number)).unwrap();
            let (one, two) = (room(1), room(2));
            if is_loaded {
                host.rooms().len().unwrap();
            }
            db.sql();
            host.set_name("j").unwrap();
            change(&one, &two);
            session.flush().unwrap();
            let statements = db.sql();
            let rows = db.rows_in(&session, "SELECT * FROM room");
            let memory = format!("{one:?}, {two:?}, next {:?}", one.next_host().unwrap());
            if is_loaded {
                writeln!(text, "{name}\n{statements}{rows}{memory}").unwrap();
            } else {
                assert!(
                    text.contains(&format!("{name}\n{statements}{rows}{memory}\n")),
                    "{name}\n{statements}{rows}"
                );
            }
            assert_eq!(db.statements(), 0);
            session.commit().unwrap();
            assert_eq!(one.next().unwrap().unwrap().host_name().unwrap(), "j");
        }
    }
    expect![[r#"
        leads to another
        UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
        UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? ['j', 2, 'j', 1]
        'j'|1|'j'|2
        'j'|2|NULL|NULL
        Room#'j',1, Room#'j',2, next Some("j")
        leads to itself
        UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
        UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? ['j', 1, 'j', 1]
        'j'|1|'j'|1
        'j'|2|NULL|NULL
        Room#'j',1, Room#'j',2, next Some("j")
        is changed by hand
        UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
        UPDATE "room" SET "number" = ? WHERE "host_name" = ? AND "number" = ? [5, 'j', 1]
        UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? ['j', 2, 'j', 5]
        'j'|5|'j'|2
        'j'|2|NULL|NULL
        Room#'j',5, Room#'j',2, next Some("j")
        the other is changed by hand
        UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
        UPDATE "room" SET "number" = ? WHERE "host_name" = ? AND "number" = ? [7, 'j', 2]
        UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? ['j', 7, 'j', 1]
        'j'|1|'j'|7
        'j'|7|NULL|NULL
        Room#'j',1, Room#'j',7, next Some("j")
    "#]].assert_eq(&text);
}

/// A room that is deleted lets go of what it leads to first; SQLAlchemy's update finds no row.
#[test]
fn rows_that_the_database_moves_unseen_are_deleted() {
    let db = Db::empty();
    Moved::create_all(&db.engine).unwrap();
    db.run("INSERT INTO host VALUES ('h'); INSERT INTO room VALUES ('h', 2, NULL, NULL), ('h', 1, 'h', 2)");
    for like_sqlalchemy in [true, false] {
        let session =
            Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(like_sqlalchemy));
        let host = session.get_one::<Host>("h").unwrap();
        let one = session.get_one::<Room>(("h", 1)).unwrap();
        one.next().unwrap();
        host.set_name("j").unwrap();
        session.delete(&one).unwrap();
        if like_sqlalchemy {
            assert_eq!(code(session.flush()), Code::StaleData);
            continue;
        }
        flush(
            &db,
            &session,
            expect![[r#"
            UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
            UPDATE "room" SET "next_host" = ?, "next_number" = ? WHERE "host_name" = ? AND "number" = ? [NULL, NULL, 'j', 1]
            DELETE FROM "room" WHERE "host_name" = ? AND "number" = ? ['j', 1]
        "#]],
        );
        assert_eq!(db.rows_in(&session, "SELECT * FROM room"), "'j'|2|NULL|NULL\n");
    }
}
