//! Proxies through a to-one: what is read, set and taken away.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, IntoObj};
use tests::{Db, code, show};

use super::proxies::proxies;
use super::proxy_models::*;

orm::registry!(
    /// Those of this file.
    Scalars
);

/// A person with a portrait, and proxies to what that has, each with another word about `None`.
#[derive(Mapped)]
#[mapped(
    registry = Scalars,
    proxy(text: Option<String> = portrait.text),
    proxy(cascading: Option<String> = portrait.text, cascade_scalar_deletes),
    proxy(creating: Option<String> = portrait.text, create_on_none_assignment, creator = portrait),
    proxy(size: i64 = portrait.size, cascade_scalar_deletes),
    proxy(frame: Option<One<Frame>> = portrait.frame),
    proxy(frame_or_none: Option<One<Frame>> = portrait.frame, cascade_scalar_deletes),
    proxy(city: String = home.city, creator = |city: String| Home::builder().city(city)),
    proxy(street: String = home.street, cascade_scalar_deletes, creator = |street| Home::builder().street(street)),
    proxy(rooms: Many<Room> = home.rooms, viewonly),
    proxy(doors: i64 = home.doors, viewonly)
)]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "person", cascade = "all, delete-orphan")]
    portrait: Option<One<Portrait>>,
    #[column(foreign_key = Home::id)]
    home_id: i64,
    home: One<Home>,
}

#[derive(Mapped)]
#[mapped(registry = Scalars)]
struct Portrait {
    #[column(primary_key)]
    id: i64,
    text: Option<String>,
    #[column(default = 7)]
    size: i64,
    #[column(foreign_key = Person::id)]
    person_id: i64,
    #[column(foreign_key = Frame::id)]
    frame_id: Option<i64>,
    #[relationship(back_populates = "portrait")]
    person: One<Person>,
    #[relationship(back_populates = "portraits")]
    frame: Option<One<Frame>>,
}

/// The empty text for none.
fn portrait(text: Option<String>) -> orm::Result<Obj<Portrait>> {
    Portrait::builder().text(text.unwrap_or_default()).into_obj()
}

#[derive(Mapped)]
#[mapped(registry = Scalars)]
struct Frame {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "frame")]
    portraits: Many<Portrait>,
}

#[derive(Mapped)]
#[mapped(registry = Scalars)]
struct Home {
    #[column(primary_key)]
    id: i64,
    #[column(default = "")]
    city: String,
    #[column(default = "")]
    street: String,
    #[column(default = 1)]
    doors: i64,
    rooms: Many<Room>,
}

#[derive(Mapped)]
#[mapped(registry = Scalars)]
struct Room {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Home::id)]
    home_id: i64,
}

fn scalars() -> (Db, Session) {
    let db = Db::empty();
    Scalars::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

/// Where nothing leads to a value there is none; what is set makes what leads to it, or changes it.
#[test]
fn a_value_is_set() {
    let (db, session) = scalars();
    let person = session.add(Person::builder().city("Berlin")).unwrap();
    assert_eq!(person.text().unwrap(), None);
    assert_eq!((person.size().unwrap(), person.frame().unwrap()), (None, None));
    assert_eq!(person.portrait().unwrap(), None);
    person.set_text("first").unwrap();
    let portrait = person.portrait().unwrap().unwrap();
    assert_eq!(
        (portrait.text().unwrap().as_deref(), portrait.person().unwrap()),
        (Some("first"), person.clone())
    );
    session.commit().unwrap();
    person.set_text("second".to_owned()).unwrap();
    person.set_size(3).unwrap();
    let frame = session.add(Frame::builder()).unwrap();
    person.set_frame(&frame).unwrap();
    assert_eq!(frame.portraits().get(0).unwrap(), Some(portrait.clone()));
    assert_eq!(person.portrait().unwrap(), Some(portrait));
    session.commit().unwrap();
    assert_eq!(
        (person.text().unwrap().as_deref(), person.city().unwrap().as_deref()),
        (Some("second"), Some("Berlin"))
    );
    assert_eq!((person.size().unwrap(), person.frame().unwrap()), (Some(3), Some(frame)));
    assert_eq!((person.doors().unwrap(), person.rooms().unwrap().unwrap().len().unwrap()), (Some(1), 0));
    expect![[r#"
        INSERT INTO "home" ("city", "street", "doors") VALUES (?, ?, ?) ['Berlin', '', 1]
        INSERT INTO "person" ("home_id") VALUES (?) [1]
        INSERT INTO "portrait" ("text", "size", "person_id", "frame_id") VALUES (?, ?, ?, ?) ['first', 7, 1, NULL]
        SELECT "id", "home_id" FROM "person" WHERE "id" = ? [1]
        SELECT "portrait"."id", "portrait"."text", "portrait"."size", "portrait"."person_id", "portrait"."frame_id" FROM "portrait" WHERE ? = "portrait"."person_id" [1]
        INSERT INTO "frame" DEFAULT VALUES
        UPDATE "portrait" SET "text" = ?, "size" = ?, "frame_id" = ? WHERE "id" = ? ['second', 3, 1, 1]
        SELECT "id", "home_id" FROM "person" WHERE "id" = ? [1]
        SELECT "portrait"."id", "portrait"."text", "portrait"."size", "portrait"."person_id", "portrait"."frame_id" FROM "portrait" WHERE ? = "portrait"."person_id" [1]
        SELECT "id", "city", "street", "doors" FROM "home" WHERE "id" = ? [1]
        SELECT "id" FROM "frame" WHERE "id" = ? [1]
        SELECT "room"."id", "room"."home_id" FROM "room" WHERE ? = "room"."home_id" [1]
    "#]].assert_eq(&db.sql());
}

/// What `None` does, where there is something that leads to the value, and where there is not.
#[test]
fn none_is_set() {
    let (db, session) = scalars();
    let person = session.add(Person::builder().street("Main")).unwrap();
    person.set_text(None).unwrap();
    person.set_cascading(None).unwrap();
    person.set_size(None).unwrap();
    person.set_frame(None).unwrap();
    person.set_frame_or_none(None).unwrap();
    assert_eq!(person.portrait().unwrap(), None);
    person.set_creating(None).unwrap();
    assert_eq!(person.portrait().unwrap().unwrap().text().unwrap().as_deref(), Some(""));
    session.commit().unwrap();
    // Without a word it is the value that becomes none.
    person.set_text(None).unwrap();
    person.set_creating(None).unwrap();
    assert!(person.portrait().unwrap().is_some());
    session.commit().unwrap();
    db.sql();
    // With `cascade_scalar_deletes` what leads to it goes, as an orphan.
    person.set_cascading(None).unwrap();
    assert_eq!(person.portrait().unwrap(), None);
    session.commit().unwrap();
    expect![[r#"
        SELECT "id", "home_id" FROM "person" WHERE "id" = ? [1]
        SELECT "portrait"."id", "portrait"."text", "portrait"."size", "portrait"."person_id", "portrait"."frame_id" FROM "portrait" WHERE ? = "portrait"."person_id" [1]
        DELETE FROM "portrait" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    person.set_size(4).unwrap();
    session.commit().unwrap();
    person.set_size(None).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from portrait"), "0\n");
    let frame = Frame::builder().into_obj().unwrap();
    person.set_frame_or_none(Some(&frame)).unwrap();
    person.set_frame_or_none(None).unwrap();
    assert_eq!((person.portrait().unwrap(), frame.portraits().len().unwrap()), (None, 0));
    // Where what it goes through is required, its row is what the database says no to.
    person.set_street(None).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
}

/// A proxy through a to-one to a list, and through that to its values.
#[test]
fn a_collection_behind_one() {
    let (db, session) = proxies();
    let ed = session.add(User::builder().name("ed")).unwrap();
    assert!(ed.singular_keywords().unwrap().is_none() && ed.singular_keyword().unwrap().is_none());
    let red = Keyword::builder().keyword("red").into_obj().unwrap();
    ed.set_singular_keywords([&red]).unwrap();
    assert_eq!(ed.singular().unwrap().unwrap().keywords().get(0).unwrap(), Some(red));
    ed.singular_keyword().unwrap().unwrap().append("blue").unwrap();
    session.commit().unwrap();
    let texts: Vec<String> = ed.singular_keyword().unwrap().unwrap().iter().unwrap().collect();
    assert_eq!(texts, ["red", "blue"]);
    ed.set_singular_keyword(["blue", "green"]).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("select keyword, singular_id from keywords order by id"),
        "'red'|NULL\n'blue'|1\n'green'|1\n"
    );
}

/// What a query loads with its objects is what a proxy reads.
#[test]
fn loaded_with_its_object() {
    let (db, session) = proxies();
    session.add(User::builder().name("ed").singular_value("one".to_owned())).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    db.sql();
    let ed = session.scalars(select(User).options(joined(User::singular))).unwrap().one().unwrap();
    assert_eq!(ed.singular_value().unwrap().as_deref(), Some("one"));
    assert_eq!(db.statements(), 1);
    session.expire_all().unwrap();
    assert_eq!(ed.singular_value().unwrap().as_deref(), Some("one"));
    // Its options stay with it.
    assert_eq!(db.statements(), 1);
}

/// A proxy of a proxy reads through both, and what is set goes through both.
#[test]
fn proxies_of_proxies() {
    let (_db, session) = proxies();
    let red = session.add(Keyword::builder().keyword("red")).unwrap();
    let ed = session.add(User::builder().name("ed").keywords([&red])).unwrap();
    session.add(User::builder().name("jo").user_keywords([UserKeyword::builder()])).unwrap();
    session.commit().unwrap();
    let link = ed.user_keywords().get(0).unwrap().unwrap();
    assert_eq!(link.keyword_name().unwrap().as_deref(), Some("red"));
    assert_eq!((link.common_users().unwrap(), link.singular().unwrap()), (Some(ed.clone()), None));
    assert_eq!(red.user().unwrap(), Some(ed.clone()));
    assert_eq!(ed.common_users().iter().unwrap().collect::<Vec<_>>(), [Some(ed.clone())]);
    assert_eq!(ed.common_keyword_name().get(0).unwrap(), Some(Some("red".to_owned())));
    let singular = session.add(Singular::builder().value("one")).unwrap();
    ed.set_singular(&singular).unwrap();
    assert_eq!(red.singulars().iter().unwrap().collect::<Vec<_>>(), [Some(singular)]);
    link.set_keyword_name("blue").unwrap();
    assert_eq!(red.keyword().unwrap(), "blue");
}

mod chains {
    //! A proxy that ends in one that is only read.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Chains
    );

    #[derive(Mapped)]
    #[mapped(registry = Chains, proxy(name: Option<String> = middle.name))]
    pub struct First {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Middle::id)]
        pub middle_id: Option<i64>,
        pub middle: Option<One<Middle>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Chains, proxy(name: String = last.name, viewonly))]
    pub struct Middle {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Last::id)]
        pub last_id: Option<i64>,
        pub last: Option<One<Last>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Chains)]
    pub struct Last {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }
}

/// It is read through, and not written: neither what is there, nor by an object that would be made for it.
#[test]
fn a_proxy_that_ends_in_one_that_is_only_read() {
    use chains::{Chains, First, Last, Middle};
    let db = Db::empty();
    Chains::create_all(&db.engine).unwrap();
    let session = db.session();
    let middle = Middle::builder().last(Last::builder().name("ed"));
    let (first, empty) = session.add_all((First::builder().middle(middle), First::builder())).unwrap();
    session.commit().unwrap();
    assert_eq!((first.name().unwrap().as_deref(), empty.name().unwrap()), (Some("ed"), None));
    for object in [&first, &empty] {
        expect!["[wrong-state] `Middle.name`: the proxy is only read (`viewonly`); help: remove `viewonly`, or set what it reads"].assert_eq(&show(object.set_name(Some("jo".to_owned()))));
    }
    assert_eq!((first.name().unwrap().as_deref(), empty.middle().unwrap()), (Some("ed"), None));
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name FROM last UNION ALL SELECT count(*) FROM middle"), "'ed'\n1\n");
}
