//! Rows whose key is changed, and those that refer to them.

use expect_test::expect;
use orm::SessionConfig;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// Classes whose foreign keys follow.
    pub Named
);

#[derive(Mapped, Debug, Clone)]
#[mapped(table = "person", registry = Named)]
struct Person {
    #[column(primary_key)]
    name: String,
    #[column(unique)]
    code: Option<i64>,
    #[relationship(back_populates = "owner")]
    notes: Many<Note>,
    #[relationship]
    boxes: Many<Chest>,
}

/// It refers to a person without a reverse side.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "mail", registry = Named)]
struct Mail {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::name, on_update = "cascade")]
    person_name: Option<String>,
    #[relationship]
    person: Option<One<Person>>,
}

/// The same, with a reverse side.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "note", registry = Named)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::name, on_update = "cascade")]
    owner_name: Option<String>,
    #[relationship(back_populates = "notes")]
    owner: Option<One<Person>>,
}

/// Only the other side knows of it.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "chest", registry = Named)]
struct Chest {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::name, on_update = "cascade")]
    person_name: Option<String>,
}

/// It refers to a column that isn't the primary key.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "badge", registry = Named)]
struct Badge {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::code, on_update = "cascade")]
    code: Option<i64>,
    #[relationship]
    person: Option<One<Person>>,
}

/// Its own key is that of the person.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "desk", registry = Named)]
struct Desk {
    #[column(primary_key, foreign_key = Person::name, on_update = "cascade")]
    person_name: String,
    #[relationship]
    person: One<Person>,
}

/// It refers to that.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "drawer", registry = Named)]
struct Drawer {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Desk::person_name, on_update = "cascade")]
    desk_name: Option<String>,
    #[relationship]
    desk: Option<One<Desk>>,
}

/// Its foreign key doesn't follow by itself.
#[derive(Mapped, Debug, Clone)]
#[mapped(table = "loose", registry = Named)]
struct Loose {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::name)]
    person_name: Option<String>,
    #[relationship]
    person: Option<One<Person>>,
}

fn named() -> Db {
    let db = Db::empty();
    Named::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO person VALUES ('ed', 1), ('kim', 2);
         INSERT INTO mail VALUES (1, 'ed'), (2, 'ed'), (3, 'kim'), (4, NULL);
         INSERT INTO note VALUES (1, 'ed'); INSERT INTO chest VALUES (1, 'ed'); INSERT INTO badge VALUES (1, 1);
         INSERT INTO desk VALUES ('ed'), ('kim'); INSERT INTO drawer VALUES (1, 'ed'), (2, 'kim');",
    );
    db.sql();
    db
}

#[test]
fn what_refers_to_a_renamed_row_follows() {
    for is_loaded in [true, false] {
        let db = named();
        let session = db.session();
        let ed = session.get_one::<Person>("ed").unwrap();
        let mails: Vec<Obj<Mail>> = session.scalars(select(Mail).order_by(Mail::id)).unwrap().all().unwrap();
        let note = session.get_one::<Note>(1).unwrap();
        let chest = session.get_one::<Chest>(1).unwrap();
        let badge = session.get_one::<Badge>(1).unwrap();
        let desk = session.get_one::<Desk>("ed").unwrap();
        let drawer = session.get_one::<Drawer>(1).unwrap();
        if is_loaded {
            assert_eq!(mails[0].person().unwrap().as_ref(), Some(&ed));
            assert_eq!(note.owner().unwrap().as_ref(), Some(&ed));
            assert_eq!(badge.person().unwrap().as_ref(), Some(&ed));
            assert_eq!(desk.person().unwrap(), ed);
            assert_eq!(drawer.desk().unwrap().as_ref(), Some(&desk));
        }
        db.sql();
        ed.set_name("edna").unwrap();
        ed.set_code(Some(11)).unwrap();
        session.flush().unwrap();
        expect![[r#"
            UPDATE "person" SET "name" = ?, "code" = ? WHERE "name" = ? ['edna', 11, 'ed']
        "#]]
        .assert_eq(&db.sql());
        let names: Vec<Option<String>> = mails.iter().map(|mail| mail.person_name().unwrap()).collect();
        let edna = Some("edna".to_owned());
        assert_eq!(names, [edna.clone(), edna.clone(), Some("kim".to_owned()), None]);
        assert_eq!((note.owner_name().unwrap(), chest.person_name().unwrap()), (edna.clone(), edna.clone()));
        assert_eq!((desk.person_name().unwrap(), drawer.desk_name().unwrap()), ("edna".to_owned(), edna));
        assert_eq!(badge.code().unwrap(), Some(11));
        assert_eq!(db.sql(), "", "nothing had to be read");
        for mail in &mails[..2] {
            assert_eq!(mail.person().unwrap().as_ref(), Some(&ed));
        }
        assert_eq!(note.owner().unwrap().as_ref(), Some(&ed));
        assert_eq!(badge.person().unwrap().as_ref(), Some(&ed));
        assert_eq!(desk.person().unwrap(), ed);
        assert_eq!(drawer.desk().unwrap().as_ref(), Some(&desk));
        assert_eq!(session.get::<Desk>("edna").unwrap().as_ref(), Some(&desk));
        assert!(session.get::<Desk>("ed").unwrap().is_none());
        assert!(!session.is_dirty());
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT desk_name FROM drawer ORDER BY id"), "'edna'\n'kim'\n");
        assert_eq!(desk.person_name().unwrap(), "edna");
    }
}

#[test]
fn a_rollback_takes_it_back() {
    let db = named();
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let mail = session.get_one::<Mail>(1).unwrap();
    let desk = session.get_one::<Desk>("ed").unwrap();
    let part = session.begin_nested().unwrap();
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    assert_eq!(
        (mail.person_name().unwrap().as_deref(), desk.person_name().unwrap().as_str()),
        (Some("edna"), "edna")
    );
    part.rollback().unwrap();
    assert_eq!(
        (mail.person_name().unwrap().as_deref(), desk.person_name().unwrap().as_str()),
        (Some("ed"), "ed")
    );
    assert_eq!(session.get::<Desk>("ed").unwrap().as_ref(), Some(&desk));
    assert_eq!(mail.person().unwrap(), Some(ed));
}

#[test]
fn what_was_said_in_the_same_flush_stands() {
    let db = named();
    let session = db.session();
    let (ed, kim) = (session.get_one::<Person>("ed").unwrap(), session.get_one::<Person>("kim").unwrap());
    let one = session.get_one::<Mail>(1).unwrap();
    let two = session.get_one::<Mail>(2).unwrap();
    ed.set_name("edna").unwrap();
    one.set_person(&kim).unwrap();
    session.delete(&two).unwrap();
    session.add(Mail::builder().person(&ed)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, person_name FROM mail"), "1|'kim'\n3|'kim'\n4|NULL\n5|'edna'\n");
    assert_eq!(one.person().unwrap(), Some(kim));
}

#[test]
fn two_that_are_renamed_and_a_name_that_is_given_on() {
    let db = named();
    let session = db.session();
    let (ed, kim) = (session.get_one::<Person>("ed").unwrap(), session.get_one::<Person>("kim").unwrap());
    let mails: Vec<Obj<Mail>> = session.scalars(select(Mail).order_by(Mail::id)).unwrap().all().unwrap();
    ed.set_name("ann").unwrap();
    session.flush().unwrap();
    ed.set_name("bob").unwrap();
    kim.set_name("zoe").unwrap();
    session.flush().unwrap();
    let names: Vec<_> = mails.iter().filter_map(|mail| mail.person_name().unwrap()).collect();
    assert_eq!(names, ["bob", "bob", "zoe"]);
    assert_eq!(mails[2].person().unwrap(), Some(kim));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT person_name FROM mail"), "'bob'\n'bob'\n'zoe'\nNULL\n");
}

#[test]
fn a_foreign_key_that_does_not_cascade_is_left_alone() {
    let db = named();
    db.run("PRAGMA foreign_keys = OFF; DROP TABLE loose; CREATE TABLE loose (id INTEGER PRIMARY KEY, person_name TEXT);
            INSERT INTO loose VALUES (1, 'ed')");
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let loose = session.get_one::<Loose>(1).unwrap();
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    assert_eq!(loose.person_name().unwrap().as_deref(), Some("ed"));
    assert_eq!(db.rows_in(&session, "SELECT person_name FROM loose"), "'ed'\n");
}

#[test]
fn in_sqlalchemy_those_follow_that_have_loaded_it() {
    let db = named();
    let session = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let ed = session.get_one::<Person>("ed").unwrap();
    let (one, two) = (session.get_one::<Mail>(1).unwrap(), session.get_one::<Mail>(2).unwrap());
    let note = session.get_one::<Note>(1).unwrap();
    assert_eq!(one.person().unwrap().as_ref(), Some(&ed));
    assert_eq!(note.owner().unwrap().as_ref(), Some(&ed));
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    assert_eq!(one.person_name().unwrap().as_deref(), Some("edna"));
    assert_eq!(two.person_name().unwrap().as_deref(), Some("ed"));
    assert_eq!(note.owner_name().unwrap().as_deref(), Some("ed"));
}
