//! Keys that change, and the rows that hold them: where the flush changes these, and where the database does.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code};

use super::{flush, in_transaction};

orm::registry!(
    /// Classes with keys that change.
    pub Natural
);

/// A person, whose addresses the flush renames.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Person {
    #[column(primary_key)]
    pub name: String,
    #[relationship(passive_updates = false, order_by = Address::email)]
    pub addresses: Many<Address>,
    #[relationship(passive_updates = false)]
    pub badge: Option<One<Badge>>,
    #[relationship(passive_updates = false, secondary = Ticket, backref = "guests", order_by = Show::title)]
    pub shows: Many<Show>,
    #[relationship(passive_updates = false, order_by = Letter::id)]
    pub letters: Dynamic<Letter>,
}

/// It knows nothing of the person.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Address {
    #[column(primary_key)]
    pub email: String,
    #[column(foreign_key = Person::name, deferrable = "initially deferred")]
    pub person_name: Option<String>,
    pub text: Option<String>,
}

/// One to one.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Badge {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Person::name, unique, deferrable = "initially deferred")]
    pub person_name: Option<String>,
}

/// In a collection that isn't held.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Person::name, deferrable = "initially deferred")]
    pub person_name: Option<String>,
}

/// Many to many.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Show {
    #[column(primary_key)]
    pub title: String,
}

/// The rows between.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Ticket {
    #[column(primary_key, foreign_key = Person::name, deferrable = "initially deferred")]
    pub person_name: String,
    #[column(primary_key, foreign_key = Show::title, deferrable = "initially deferred")]
    pub show_title: String,
}

/// Only this side knows of the person.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Pet {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Person::name, deferrable = "initially deferred")]
    pub person_name: Option<String>,
    #[relationship(passive_updates = false)]
    pub person: Option<One<Person>>,
}

/// A class that leads to itself.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Node {
    #[column(primary_key)]
    pub name: String,
    #[column(foreign_key = Node::name, deferrable = "initially deferred")]
    pub parent_name: Option<String>,
    #[relationship(remote_side = Node::parent_name, passive_updates = false, backref = "parent", order_by = Node::name)]
    pub children: Many<Node>,
}

/// Two columns are its key.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Region {
    #[column(primary_key)]
    pub country: String,
    #[column(primary_key)]
    pub code: String,
    #[relationship(back_populates = "region", passive_updates = false, order_by = City::id)]
    pub cities: Many<City>,
}

/// It refers to both.
#[derive(Mapped, Debug, Clone)]
#[mapped(
    registry = Natural,
    foreign_key(
        columns(country, code),
        references(Region::country, Region::code),
        deferrable = "initially deferred"
    )
)]
pub struct City {
    #[column(primary_key)]
    pub id: i64,
    pub country: Option<String>,
    pub code: Option<String>,
    #[relationship(back_populates = "cities")]
    pub region: Option<One<Region>>,
}

/// Its key is that of a person, and others refer to it.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Desk {
    #[column(primary_key, foreign_key = Person::name, deferrable = "initially deferred")]
    pub person_name: String,
    #[relationship(passive_updates = false)]
    pub person: One<Person>,
    #[relationship(passive_updates = false, order_by = Drawer::id)]
    pub drawers: Many<Drawer>,
}

/// It refers to a desk.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Drawer {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Desk::person_name, deferrable = "initially deferred")]
    pub desk_name: Option<String>,
}

/// It is referred to by a column that isn't its key.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Club {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: Option<String>,
    #[relationship(passive_updates = false, order_by = Member::id)]
    pub members: Many<Member>,
}

/// It refers to the name.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Club::name, deferrable = "initially deferred")]
    pub club_name: Option<String>,
}

/// The database renames what leads to it, which are of its class.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Twig {
    #[column(primary_key)]
    pub name: String,
    #[column(foreign_key = Twig::name, on_update = "cascade")]
    pub parent_name: Option<String>,
    #[relationship(remote_side = Twig::name)]
    pub parent: Option<One<Twig>>,
}

/// The database renames what belongs to it.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Host {
    #[column(primary_key)]
    pub name: String,
    #[relationship(back_populates = "host", order_by = Room::number)]
    pub rooms: Many<Room>,
}

/// Its foreign key is part of its key.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = Natural)]
pub struct Room {
    #[column(primary_key, foreign_key = Host::name, on_update = "cascade")]
    pub host_name: String,
    #[column(primary_key)]
    pub number: i64,
    pub text: Option<String>,
    #[relationship(back_populates = "rooms")]
    pub host: One<Host>,
}

fn natural() -> Db {
    let db = Db::empty();
    Natural::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO person VALUES ('ed'), ('kim');
         INSERT INTO address VALUES ('e1', 'ed', NULL), ('e2', 'ed', NULL), ('k1', 'kim', NULL), ('n', NULL, NULL);
         INSERT INTO badge VALUES (1, 'ed');
         INSERT INTO letter VALUES (1, 'ed'), (2, 'kim');
         INSERT INTO show VALUES ('a'), ('b'), ('c');
         INSERT INTO ticket VALUES ('ed', 'a'), ('ed', 'b'), ('kim', 'b');
         INSERT INTO pet VALUES (1, 'ed'), (2, 'ed'), (3, 'kim'), (4, NULL);
         INSERT INTO node VALUES ('n', NULL), ('n1', 'n'), ('n2', 'n'), ('n11', 'n1');
         INSERT INTO region VALUES ('at', 'w'), ('at', 'k');
         INSERT INTO city VALUES (1, 'at', 'w'), (2, 'at', 'w'), (3, 'at', 'k');
         INSERT INTO desk VALUES ('ed'), ('kim'); INSERT INTO drawer VALUES (1, 'ed'), (2, 'ed'), (3, 'kim');
         INSERT INTO club VALUES (1, 'c'); INSERT INTO member VALUES (1, 'c'), (2, 'c'), (3, NULL);
         INSERT INTO twig VALUES ('t', NULL), ('t1', 't'), ('t2', 't');
         INSERT INTO host VALUES ('h'), ('i'); INSERT INTO room VALUES ('h', 1, NULL), ('h', 2, NULL), ('i', 1, NULL);",
    );
    db.sql();
    db
}

/// The objects of a collection.
fn all<T: Mapped>(collection: orm::Collection<T>) -> Vec<Obj<T>> {
    collection.iter().unwrap().collect()
}

fn like_sqlalchemy(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true))
}

/// What refers to `ed` other than by desks, which are loaded.
fn take_desks(db: &Db) {
    db.run("DELETE FROM drawer; DELETE FROM desk; DELETE FROM pet;");
    db.sql();
}

#[test]
fn what_belongs_to_a_renamed_row_is_loaded_and_renamed() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    ed.set_name("edna").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "address"."email", "address"."person_name", "address"."text" FROM "address" WHERE ? = "address"."person_name" ORDER BY "address"."email" ['ed']
        SELECT "badge"."id", "badge"."person_name" FROM "badge" WHERE ? = "badge"."person_name" ['ed']
        SELECT "show"."title" FROM "show", "ticket" WHERE ? = "ticket"."person_name" AND "show"."title" = "ticket"."show_title" ORDER BY "show"."title" ['ed']
        SELECT "letter"."id", "letter"."person_name" FROM "letter" WHERE ? = "letter"."person_name" ORDER BY "letter"."id" ['ed']
        UPDATE "person" SET "name" = ? WHERE "name" = ? ['edna', 'ed']
        UPDATE "ticket" SET "person_name" = ?, "show_title" = ? WHERE "person_name" = ? AND "show_title" = ? ['edna', 'a', 'ed', 'a']
        UPDATE "ticket" SET "person_name" = ?, "show_title" = ? WHERE "person_name" = ? AND "show_title" = ? ['edna', 'b', 'ed', 'b']
        UPDATE "address" SET "person_name" = ? WHERE "email" = ? ['edna', 'e1']
        UPDATE "address" SET "person_name" = ? WHERE "email" = ? ['edna', 'e2']
        UPDATE "badge" SET "person_name" = ? WHERE "id" = ? ['edna', 1]
        UPDATE "letter" SET "person_name" = ? WHERE "id" = ? ['edna', 1]
    "#]],
    );
    assert!(!session.is_dirty());
    assert_eq!(ed.addresses().len().unwrap(), 2);
    assert!(
        ed.addresses()
            .iter()
            .unwrap()
            .all(|address| address.person_name().unwrap().as_deref() == Some("edna"))
    );
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT * FROM address"),
        "'e1'|'edna'|NULL\n'e2'|'edna'|NULL\n'k1'|'kim'|NULL\n'n'|NULL|NULL\n"
    );
    assert_eq!(db.rows("SELECT * FROM ticket ORDER BY 1, 2"), "'edna'|'a'\n'edna'|'b'\n'kim'|'b'\n");
    assert_eq!(db.rows("SELECT * FROM badge"), "1|'edna'\n");
    assert_eq!(db.rows("SELECT * FROM letter"), "1|'edna'\n2|'kim'\n");
}

#[test]
fn what_is_loaded_is_not_loaded_again() {
    for like in [false, true] {
        let db = natural();
        take_desks(&db);
        let session = if like { like_sqlalchemy(&db) } else { db.session() };
        let ed = session.get_one::<Person>("ed").unwrap();
        let addresses = all(ed.addresses());
        ed.badge().unwrap();
        all(ed.shows());
        in_transaction(&session, "DELETE FROM letter");
        ed.set_name("edna").unwrap();
        // What was said of an address in the same flush is written with it.
        addresses[1].set_text(Some("t".to_owned())).unwrap();
        flush(
            &db,
            &session,
            expect![[r#"
            SELECT "letter"."id", "letter"."person_name" FROM "letter" WHERE ? = "letter"."person_name" ORDER BY "letter"."id" ['ed']
            UPDATE "person" SET "name" = ? WHERE "name" = ? ['edna', 'ed']
            UPDATE "ticket" SET "person_name" = ?, "show_title" = ? WHERE "person_name" = ? AND "show_title" = ? ['edna', 'a', 'ed', 'a']
            UPDATE "ticket" SET "person_name" = ?, "show_title" = ? WHERE "person_name" = ? AND "show_title" = ? ['edna', 'b', 'ed', 'b']
            UPDATE "address" SET "person_name" = ? WHERE "email" = ? ['edna', 'e1']
            UPDATE "address" SET "person_name" = ?, "text" = ? WHERE "email" = ? ['edna', 't', 'e2']
            UPDATE "badge" SET "person_name" = ? WHERE "id" = ? ['edna', 1]
        "#]],
        );
        assert_eq!(addresses[0].person_name().unwrap().as_deref(), Some("edna"));
        flush(&db, &session, expect![[""]]);
        session.commit().unwrap();
    }
}

#[test]
fn what_comes_and_goes_in_the_same_flush() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let kim = session.get_one::<Person>("kim").unwrap();
    let (shows, addresses) = (all(ed.shows()), all(ed.addresses()));
    let c = session.get_one::<Show>("c").unwrap();
    let k1 = session.get_one::<Address>("k1").unwrap();
    ed.shows().remove(&shows[0]).unwrap();
    ed.shows().push(&c).unwrap();
    ed.addresses().remove(&addresses[0]).unwrap();
    ed.addresses().push(&k1).unwrap();
    session.delete(&addresses[1]).unwrap();
    ed.set_name("edna").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM ticket ORDER BY 1, 2"), "'edna'|'b'\n'edna'|'c'\n'kim'|'b'\n");
    assert_eq!(db.rows("SELECT email, person_name FROM address"), "'e1'|NULL\n'k1'|'edna'\n'n'|NULL\n");
    assert_eq!(kim.addresses().len().unwrap(), 0);
}

#[test]
fn both_sides_of_a_link_are_renamed() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let b = session.get_one::<Show>("b").unwrap();
    ed.set_name("edna").unwrap();
    b.set_title("z").unwrap();
    session.flush().unwrap();
    let sql = db.sql();
    let updates: Vec<&str> = sql.lines().filter(|line| line.starts_with("UPDATE \"ticket\"")).collect();
    assert_eq!(updates.len(), 3, "each row once: {updates:?}");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM ticket ORDER BY 1, 2"), "'edna'|'a'\n'edna'|'z'\n'kim'|'z'\n");
}

#[test]
fn a_link_that_is_gone_is_stale() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    all(ed.shows());
    in_transaction(&session, "DELETE FROM ticket WHERE person_name = 'ed' AND show_title = 'a'");
    ed.set_name("edna").unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    expect!["[stale-data] `Person.shows`: an update of 2 row(s) in `ticket` matched 1; help: somebody else changed the links, or one stands there twice: roll back and load the collection again"].assert_eq(&error.to_string());
}

#[test]
fn from_the_side_with_the_foreign_key_the_session_is_searched() {
    for (like, is_loaded) in [(false, false), (false, true), (true, true)] {
        let db = natural();
        db.run("DELETE FROM drawer; DELETE FROM desk; DELETE FROM address; DELETE FROM badge; DELETE FROM letter; DELETE FROM ticket");
        let session = if like { like_sqlalchemy(&db) } else { db.session() };
        let (ed, kim) = (session.get_one::<Person>("ed").unwrap(), session.get_one::<Person>("kim").unwrap());
        let pets: Vec<Obj<Pet>> = session.scalars(select(Pet).order_by(Pet::id)).unwrap().all().unwrap();
        for pet in pets.iter().filter(|_| is_loaded) {
            pet.person().unwrap();
        }
        for person in [&ed, &kim] {
            all(person.addresses());
            person.badge().unwrap();
            all(person.shows());
        }
        ed.set_name("edna").unwrap();
        db.sql();
        session.flush().unwrap();
        let sql: Vec<String> =
            db.sql().lines().filter(|line| !line.contains("letter")).map(str::to_owned).collect();
        assert_eq!(
            sql,
            [
                r#"UPDATE "person" SET "name" = ? WHERE "name" = ? ['edna', 'ed']"#,
                r#"UPDATE "pet" SET "person_name" = ? WHERE "id" = ? ['edna', 1]"#,
                r#"UPDATE "pet" SET "person_name" = ? WHERE "id" = ? ['edna', 2]"#,
            ]
        );
        assert_eq!(pets[0].person().unwrap(), Some(ed.clone()));
        assert_eq!(pets[2].person().unwrap(), Some(kim.clone()));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT * FROM pet"), "1|'edna'\n2|'edna'\n3|'kim'\n4|NULL\n");
    }
}

#[test]
fn a_pet_that_moves_is_deleted_or_is_expired_in_the_same_flush() {
    let db = natural();
    db.run("DELETE FROM drawer; DELETE FROM desk; INSERT INTO pet VALUES (5, 'ed')");
    let session = db.session();
    let (ed, kim) = (session.get_one::<Person>("ed").unwrap(), session.get_one::<Person>("kim").unwrap());
    let pets: Vec<Obj<Pet>> = session.scalars(select(Pet).order_by(Pet::id)).unwrap().all().unwrap();
    pets[0].set_person(&kim).unwrap();
    session.delete(&pets[1]).unwrap();
    session.expire(&pets[4]).unwrap();
    session.expire(&pets[2]).unwrap();
    in_transaction(&session, "DELETE FROM pet WHERE id = 3");
    ed.set_name("edna").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM pet"), "1|'kim'\n4|NULL\n5|'edna'\n");
    assert_eq!(pets[4].person().unwrap(), Some(ed));
}

#[test]
fn a_class_that_leads_to_itself() {
    let db = natural();
    let session = db.session();
    let top = session.get_one::<Node>("n").unwrap();
    let below = session.get_one::<Node>("n1").unwrap();
    top.set_name("m").unwrap();
    below.set_name("m1").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM node ORDER BY name"), "'m'|NULL\n'm1'|'m'\n'n11'|'m1'\n'n2'|'m'\n");
    assert_eq!(below.parent().unwrap().as_ref(), Some(&top));
}

#[test]
fn keys_of_two_columns() {
    let db = natural();
    let session = db.session();
    let region = session.get_one::<Region>(("at", "w")).unwrap();
    region.set_code("x").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "city"."id", "city"."country", "city"."code" FROM "city" WHERE ? = "city"."country" AND ? = "city"."code" ORDER BY "city"."id" ['at', 'w']
        UPDATE "region" SET "code" = ? WHERE "country" = ? AND "code" = ? ['x', 'at', 'w']
        UPDATE "city" SET "code" = ? WHERE "id" = ? ['x', 1]
        UPDATE "city" SET "code" = ? WHERE "id" = ? ['x', 2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM city"), "1|'at'|'x'\n2|'at'|'x'\n3|'at'|'k'\n");
    assert!(session.get::<Region>(("at", "x")).unwrap().is_some());
}

#[test]
fn what_refers_to_what_refers_is_renamed_too() {
    let db = natural();
    db.run("DELETE FROM address; DELETE FROM badge; DELETE FROM letter; DELETE FROM ticket; DELETE FROM pet");
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let desk = session.get_one::<Desk>("ed").unwrap();
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    let sql: Vec<String> =
        db.sql().lines().filter(|line| line.starts_with("UPDATE")).map(str::to_owned).collect();
    assert_eq!(
        sql,
        [
            r#"UPDATE "person" SET "name" = ? WHERE "name" = ? ['edna', 'ed']"#,
            r#"UPDATE "desk" SET "person_name" = ? WHERE "person_name" = ? ['edna', 'ed']"#,
            r#"UPDATE "drawer" SET "desk_name" = ? WHERE "id" = ? ['edna', 1]"#,
            r#"UPDATE "drawer" SET "desk_name" = ? WHERE "id" = ? ['edna', 2]"#,
        ]
    );
    assert_eq!(session.get::<Desk>("edna").unwrap().as_ref(), Some(&desk));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM drawer"), "1|'edna'\n2|'edna'\n3|'kim'\n");
}

#[test]
fn what_refers_is_renamed_with_all_that_it_has_where_it_was_changed_itself() {
    let db = natural();
    db.run("DELETE FROM address; DELETE FROM badge; DELETE FROM letter; DELETE FROM ticket; DELETE FROM pet");
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let desk = session.get_one::<Desk>("ed").unwrap();
    desk.drawers().append(Drawer::builder()).unwrap();
    ed.set_name("edna").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM drawer"), "1|'edna'\n2|'edna'\n3|'kim'\n4|'edna'\n");
}

#[test]
fn a_rollback_takes_it_back() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    let addresses = all(ed.addresses());
    let part = session.begin_nested().unwrap();
    ed.set_name("edna").unwrap();
    session.flush().unwrap();
    assert_eq!(addresses[0].person_name().unwrap().as_deref(), Some("edna"));
    part.rollback().unwrap();
    assert_eq!(addresses[0].person_name().unwrap().as_deref(), Some("ed"));
    assert_eq!(session.get::<Person>("ed").unwrap(), Some(ed));
}

#[test]
fn rows_of_which_the_database_renamed_the_key_are_found() {
    for like in [false, true] {
        let db = natural();
        let session = if like { like_sqlalchemy(&db) } else { db.session() };
        let host = session.get_one::<Host>("h").unwrap();
        let rooms = all(host.rooms());
        host.set_name("j").unwrap();
        rooms[1].set_number(3).unwrap();
        rooms[1].set_text(Some("t".to_owned())).unwrap();
        flush(
            &db,
            &session,
            expect![[r#"
            UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
            UPDATE "room" SET "number" = ?, "text" = ? WHERE "host_name" = ? AND "number" = ? [3, 't', 'j', 2]
        "#]],
        );
        assert_eq!(rooms[0].host_name().unwrap(), "j");
        assert_eq!(session.get::<Room>(("j", 3)).unwrap().as_ref(), Some(&rooms[1]));
        assert_eq!(session.get::<Room>(("j", 1)).unwrap().as_ref(), Some(&rooms[0]));
        session.commit().unwrap();
        assert_eq!(db.rows("SELECT * FROM room ORDER BY 1, 2"), "'i'|1|NULL\n'j'|1|NULL\n'j'|3|'t'\n");
    }
}

#[test]
fn also_where_only_the_row_itself_is_in_the_session() {
    let db = natural();
    let session = db.session();
    let host = session.get_one::<Host>("h").unwrap();
    let one = session.get_one::<Room>(("h", 1)).unwrap();
    let two = session.get_one::<Room>(("h", 2)).unwrap();
    host.set_name("j").unwrap();
    one.set_text(Some("t".to_owned())).unwrap();
    session.delete(&two).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "host" SET "name" = ? WHERE "name" = ? ['j', 'h']
        UPDATE "room" SET "text" = ? WHERE "host_name" = ? AND "number" = ? ['t', 'j', 1]
        DELETE FROM "room" WHERE "host_name" = ? AND "number" = ? ['j', 2]
    "#]],
    );
    assert_eq!(one.host_name().unwrap(), "j");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM room ORDER BY 1, 2"), "'i'|1|NULL\n'j'|1|'t'\n");
}

#[test]
fn a_row_whose_key_refers_moves_to_another() {
    let db = natural();
    let session = db.session();
    let (h, i) = (session.get_one::<Host>("h").unwrap(), session.get_one::<Host>("i").unwrap());
    let room = session.get_one::<Room>(("h", 2)).unwrap();
    room.set_host(&i).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "room" SET "host_name" = ? WHERE "host_name" = ? AND "number" = ? ['i', 'h', 2]
    "#]],
    );
    assert_eq!(session.get::<Room>(("i", 2)).unwrap().as_ref(), Some(&room));
    // And while the one that it leaves is renamed.
    h.set_name("j").unwrap();
    let one = session.get_one::<Room>(("h", 1)).unwrap_err();
    assert_eq!(one.code(), Code::NoResult);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM room ORDER BY 1, 2"), "'i'|1|NULL\n'i'|2|NULL\n'j'|1|NULL\n");
}

#[test]
fn keys_that_two_rows_exchange_by_a_third() {
    let db = natural();
    let session = db.session();
    let (one, two) =
        (session.get_one::<Region>(("at", "k")).unwrap(), session.get_one::<Region>(("at", "w")).unwrap());
    one.set_code("z").unwrap();
    two.set_code("k").unwrap();
    session.commit().unwrap();
    assert_eq!(session.get::<Region>(("at", "k")).unwrap().as_ref(), Some(&two));
    assert_eq!(session.get::<Region>(("at", "z")).unwrap().as_ref(), Some(&one));
    assert_eq!(db.rows("SELECT * FROM city"), "1|'at'|'k'\n2|'at'|'k'\n3|'at'|'z'\n");
    let part = session.begin_nested().unwrap();
    two.set_code("a").unwrap();
    one.set_code("k").unwrap();
    session.flush().unwrap();
    part.rollback().unwrap();
    assert_eq!((one.code().unwrap().as_str(), two.code().unwrap().as_str()), ("z", "k"));
}

#[test]
fn a_row_that_is_renamed_behind_the_session_is_gone() {
    let db = natural();
    let session = db.session();
    let show = session.get_one::<Show>("c").unwrap();
    in_transaction(&session, "UPDATE show SET title = 'd' WHERE title = 'c'");
    session.expire(&show).unwrap();
    assert_eq!(code(show.title()), Code::ObjectDeleted);
}

#[test]
fn an_expired_object_gets_a_new_key() {
    let db = natural();
    take_desks(&db);
    let session = db.session();
    let ed = session.get_one::<Person>("ed").unwrap();
    session.expire(&ed).unwrap();
    ed.set_name("edna").unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT person_name FROM address ORDER BY email"), "'edna'\n'edna'\n'kim'\nNULL\n");
    assert_eq!(session.get::<Person>("edna").unwrap(), Some(ed));
}

#[test]
fn a_column_that_is_no_key() {
    let db = natural();
    let session = db.session();
    let club = session.get_one::<Club>(1).unwrap();
    club.set_name(Some("d".to_owned())).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "member"."id", "member"."club_name" FROM "member" WHERE ? = "member"."club_name" ORDER BY "member"."id" ['c']
        UPDATE "club" SET "name" = ? WHERE "id" = ? ['d', 1]
        UPDATE "member" SET "club_name" = ? WHERE "id" = ? ['d', 1]
        UPDATE "member" SET "club_name" = ? WHERE "id" = ? ['d', 2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM member"), "1|'d'\n2|'d'\n3|NULL\n");
    for member in all(club.members()) {
        club.members().remove(&member).unwrap();
    }
    club.set_name(Some("e".to_owned())).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM member"), "1|NULL\n2|NULL\n3|NULL\n");
}

#[test]
fn a_class_that_leads_to_itself_is_renamed_by_the_database() {
    let db = natural();
    let session = db.session();
    let top = session.get_one::<Twig>("t").unwrap();
    let one = session.get_one::<Twig>("t1").unwrap();
    top.set_name("u").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "twig" SET "name" = ? WHERE "name" = ? ['u', 't']
    "#]],
    );
    assert_eq!(one.parent_name().unwrap().as_deref(), Some("u"));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM twig ORDER BY name"), "'t1'|'u'\n't2'|'u'\n'u'|NULL\n");
}

#[test]
fn a_condition_on_an_object_goes_by_the_key_it_has() {
    let db = natural();
    let session = db.session();
    let host = session.get_one::<Host>("h").unwrap();
    let rooms = select(Room).filter(Room::host.is(&host));
    assert_eq!(session.scalars(rooms.clone()).unwrap().count().unwrap(), 2);
    host.set_name("j").unwrap();
    assert_eq!(session.scalars(rooms.clone()).unwrap().count().unwrap(), 2, "it is flushed first");
    host.set_name("l").unwrap();
    session.commit().unwrap();
    assert_eq!(session.scalars(rooms).unwrap().count().unwrap(), 2, "it is expired");
}

#[test]
fn a_row_that_is_taken_over_keeps_its_key() {
    let db = natural();
    let session = like_sqlalchemy(&db);
    let host = session.get_one::<Host>("i").unwrap();
    let room = session.get_one::<Room>(("i", 1)).unwrap();
    session.delete(&room).unwrap();
    session.delete(&host).unwrap();
    let host = session.add(Host::builder().name("i")).unwrap();
    session.add(Room::builder().host(&host).host_name("i").number(1).text("t".to_owned())).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "room"."host_name", "room"."number", "room"."text" FROM "room" WHERE ? = "room"."host_name" ORDER BY "room"."number" ['i']
        UPDATE "room" SET "text" = ? WHERE "host_name" = ? AND "number" = ? ['t', 'i', 1]
    "#]],
    );
}
