//! Classes in a circle: one that leads to itself, two that lead to each other, and what hangs on them.

use expect_test::expect;
use orm::IntoObj;
use orm::prelude::*;
use tests::Db;

use super::flush;

orm::registry!(
    /// These classes.
    pub Cycles
);

/// It has children of its class, and notes.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Leaf {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Leaf::id)]
    parent_id: Option<i64>,
    #[relationship(cascade = "all", order_by = Leaf::id)]
    leaves: Many<Leaf>,
    #[relationship(cascade = "all, delete-orphan", order_by = Note::id)]
    notes: Many<Note>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Leaf::id)]
    leaf_id: Option<i64>,
}

/// It knows its parent alone.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Twig {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Twig::id)]
    parent_id: Option<i64>,
    #[relationship(remote_side = Twig::id)]
    parent: Option<One<Twig>>,
}

/// The same, by an update of its own.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Vine {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Vine::id)]
    parent_id: Option<i64>,
    #[relationship(remote_side = Vine::id, post_update)]
    parent: Option<One<Vine>>,
}

/// It knows its children alone, and lets them go.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Stem {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Stem::id)]
    parent_id: Option<i64>,
    #[relationship]
    children: Many<Stem>,
}

/// It is referred to by a column that isn't its key.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Thing {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    code: String,
    #[column(foreign_key = Thing::code)]
    parent_code: Option<String>,
    #[relationship(remote_side = Thing::parent_code, back_populates = "parent", order_by = Thing::id)]
    children: Many<Thing>,
    #[relationship(remote_side = Thing::code, back_populates = "children")]
    parent: Option<One<Thing>>,
}

/// Two classes that refer to each other, and one that refers to both.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Left {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Right::id)]
    right_id: Option<i64>,
    #[relationship(foreign_keys = Left::right_id)]
    right: Option<One<Right>>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Right {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Left::id)]
    left_id: Option<i64>,
    #[relationship(foreign_keys = Right::left_id)]
    left: Option<One<Left>>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Both {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Left::id)]
    left_id: i64,
    #[column(foreign_key = Right::id)]
    right_id: i64,
    #[relationship]
    left: One<Left>,
    #[relationship]
    right: One<Right>,
}

/// Two classes that have collections of each other, and one that hangs on the first.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Ice {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Fire::id)]
    fire_id: Option<i64>,
    #[relationship(foreign_keys = Fire::ice_id, order_by = Fire::id)]
    fires: Many<Fire>,
    #[relationship(order_by = IceNote::id)]
    notes: Many<IceNote>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Fire {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Ice::id)]
    ice_id: Option<i64>,
    #[relationship(foreign_keys = Ice::fire_id, order_by = Ice::id)]
    ices: Many<Ice>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct IceNote {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Ice::id)]
    ice_id: Option<i64>,
    text: String,
}

/// It has balls, and a favourite that nobody has to write by itself while there is none.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Ball::id)]
    favorite_id: Option<i64>,
    #[relationship(foreign_keys = Ball::person_id)]
    balls: Many<Ball>,
    #[relationship(foreign_keys = Person::favorite_id)]
    favorite: Option<One<Ball>>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Ball {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Person::id)]
    person_id: Option<i64>,
}

/// It has children, one of which is the first, by an update of its own; the children have parents among themselves.
#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Parent {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Child::id)]
    child_id: Option<i64>,
    #[relationship(foreign_keys = Child::parent_id, order_by = Child::id)]
    children: Many<Child>,
    #[relationship(foreign_keys = Parent::child_id, post_update)]
    child: Option<One<Child>>,
}

#[derive(Mapped)]
#[mapped(registry = Cycles)]
struct Child {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Child::id)]
    child_id: Option<i64>,
    #[column(foreign_key = Parent::id)]
    parent_id: Option<i64>,
    #[relationship(foreign_keys = Child::child_id, remote_side = Child::id)]
    before: Option<One<Child>>,
}

fn cycles() -> (Db, Session) {
    let db = Db::empty();
    Cycles::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn new<T: orm::Live>(builder: impl IntoObj<T>) -> Obj<T> {
    builder.into_obj().unwrap()
}

/// Rows and what hangs on them go by their depth, each class within it.
#[test]
fn a_tree_with_what_hangs_on_it() {
    let (db, session) = cycles();
    let leaf = |name: &str| Leaf::builder().name(name);
    let first = leaf("1").leaves([leaf("1.1"), leaf("1.2")]);
    let second = leaf("2").notes([Note::builder(), Note::builder()]);
    let root = session.add(leaf("root").leaves([first, second])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "leaf" ("name", "parent_id") VALUES (?, ?) ['root', NULL]
        INSERT INTO "leaf" ("name", "parent_id") VALUES (?, ?) ['1', 1]
        INSERT INTO "leaf" ("name", "parent_id") VALUES (?, ?) ['2', 1]
        INSERT INTO "note" ("leaf_id") VALUES (?) [3]
        INSERT INTO "note" ("leaf_id") VALUES (?) [3]
        INSERT INTO "leaf" ("name", "parent_id") VALUES (?, ?) ['1.1', 2]
        INSERT INTO "leaf" ("name", "parent_id") VALUES (?, ?) ['1.2', 2]
    "#]],
    );
    session.delete(&root).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        DELETE FROM "note" WHERE "id" = ? [1]
        DELETE FROM "note" WHERE "id" = ? [2]
        DELETE FROM "leaf" WHERE "id" = ? [3]
        DELETE FROM "leaf" WHERE "id" = ? [4]
        DELETE FROM "leaf" WHERE "id" = ? [5]
        DELETE FROM "leaf" WHERE "id" = ? [2]
        DELETE FROM "leaf" WHERE "id" = ? [1]
    "#]],
    );
    // One row and one below it.
    let root = session.add(leaf("root").leaves([leaf("below")])).unwrap();
    session.flush().unwrap();
    session.delete(&root).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id FROM leaf UNION ALL SELECT id FROM note"), "");
}

/// Only the object with the key takes part in the flush.
#[test]
fn a_parent_that_is_there_already() {
    let (db, session) = cycles();
    session.add(Twig::builder()).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    let parent = session.get_one::<Twig>(1).unwrap();
    let child = session.add(Twig::builder().parent(&parent)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "twig" ("parent_id") VALUES (?) [1]
    "#]],
    );
    assert_eq!(child.parent_id().unwrap(), Some(1));
    // The same where the key is written by an update of its own.
    let parent = session.add(Vine::builder()).unwrap();
    session.flush().unwrap();
    session.add(Vine::builder().parent(&parent)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "vine" ("parent_id") VALUES (?) [NULL]
        UPDATE "vine" SET "parent_id" = ? WHERE "id" = ? [1, 2]
    "#]],
    );
    session.commit().unwrap();
    session.expunge_all();
    let (parent, child) = (session.get_one::<Vine>(1).unwrap(), session.get_one::<Vine>(2).unwrap());
    assert_eq!(child.parent().unwrap(), Some(parent));
}

#[test]
fn children_of_itself_lose_their_key() {
    let (db, session) = cycles();
    let child = new(Stem::builder());
    let stem = session.add(Stem::builder().children([&child])).unwrap();
    session.flush().unwrap();
    assert_eq!(child.parent_id().unwrap(), Some(stem.id().unwrap()));
    session.delete(&stem).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "stem" SET "parent_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "stem" WHERE "id" = ? [1]
    "#]],
    );
    assert_eq!(child.parent_id().unwrap(), None);
    session.expire_all().unwrap();
    assert_eq!(child.parent_id().unwrap(), None);
}

#[test]
fn a_class_of_itself_by_a_column_that_is_no_key() {
    let (db, session) = cycles();
    let thing = |code: &str| Thing::builder().code(code);
    session.add(thing("a").children([thing("b"), thing("c")])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "thing" ("code", "parent_code") VALUES (?, ?) ['a', NULL]
        INSERT INTO "thing" ("code", "parent_code") VALUES (?, ?) ['b', 'a']
        INSERT INTO "thing" ("code", "parent_code") VALUES (?, ?) ['c', 'a']
    "#]],
    );
    session.expunge_all();
    let first = session.get_one::<Thing>(1).unwrap();
    db.sql();
    let child = first.children().get(0).unwrap().unwrap();
    assert_eq!(child.parent_code().unwrap().as_deref(), Some("a"));
    session.expunge_all();
    let second = session.get_one::<Thing>(2).unwrap();
    assert_eq!(second.parent().unwrap().unwrap().code().unwrap(), "a");
    expect![[r#"
        SELECT "thing"."id", "thing"."code", "thing"."parent_code" FROM "thing" WHERE ? = "thing"."parent_code" ORDER BY "thing"."id" ['a']
        SELECT "id", "code", "parent_code" FROM "thing" WHERE "id" = ? [2]
        SELECT "thing"."id", "thing"."code", "thing"."parent_code" FROM "thing" WHERE "thing"."code" = ? ['a']
    "#]].assert_eq(&db.sql());
}

/// What refers to both takes part though nothing of the circle does, or only a part of it.
#[test]
fn what_refers_to_a_circle() {
    for more in [false, true] {
        let (db, session) = cycles();
        let left = session.add(Left::builder().right(Right::builder())).unwrap();
        session.flush().unwrap();
        if more {
            let (left, right) = session.add_all((Left::builder(), Right::builder())).unwrap();
            session.add(Both::builder().left(&left).right(&right)).unwrap();
        }
        session.add(Both::builder().left(&left).right(left.right().unwrap().unwrap())).unwrap();
        session.commit().unwrap();
        let rows = if more { "2|2\n1|1\n" } else { "1|1\n" };
        assert_eq!(db.rows("SELECT left_id, right_id FROM both ORDER BY id"), rows);
    }
}

#[test]
fn collections_of_each_other() {
    let (db, session) = cycles();
    let (a, c) = (new(Ice::builder()), new(Ice::builder()));
    let [b, d, e, f] = [(); 4].map(|()| new(Fire::builder()));
    a.fires().append(&b).unwrap();
    d.ices().append(&c).unwrap();
    b.ices().append(&c).unwrap();
    let note = |text: &str| IceNote::builder().text(text);
    a.notes().extend([note("1"), note("2")]).unwrap();
    c.notes().append(note("3")).unwrap();
    session.add_all((&a, &b, &c, &d, &e, &f)).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT count(*) FROM fire"), "4\n");
    assert!(c.fire_id().unwrap().is_some());
    session.delete(&d).unwrap();
    session.delete(&c).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT text FROM ice_note WHERE ice_id IS NULL"), "'3'\n");
    assert_eq!(db.rows("SELECT count(*) FROM ice"), "1\n");
}

/// Of two relationships between two classes one isn't used, so that there is no circle of rows.
#[test]
fn a_circle_of_classes_is_none_of_rows() {
    let (db, session) = cycles();
    session.add(Person::builder().balls([Ball::builder()])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "person" ("favorite_id") VALUES (?) [NULL]
        INSERT INTO "ball" ("person_id") VALUES (?) [1]
    "#]],
    );
}

/// What is written by itself is let go of before the row that it leads to is deleted.
#[test]
fn the_first_of_the_children_goes() {
    let (db, session) = cycles();
    let (c1, c2, c3) = (
        new(Child::builder().name("c1")),
        new(Child::builder().name("c2")),
        new(Child::builder().name("c3")),
    );
    c2.set_before(&c1).unwrap();
    let p1 = session.add(Parent::builder().name("p1").children([&c1, &c2]).child(&c2)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "parent" ("name", "child_id") VALUES (?, ?) ['p1', NULL]
        INSERT INTO "child" ("name", "child_id", "parent_id") VALUES (?, ?, ?) ['c1', NULL, 1]
        INSERT INTO "child" ("name", "child_id", "parent_id") VALUES (?, ?, ?) ['c2', 1, 1]
        UPDATE "parent" SET "child_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
    let p2 = session.add(Parent::builder().name("p2").children([&c3]).child(c3)).unwrap();
    session.no_autoflush(|session| session.delete(&c2)).unwrap();
    p1.children().remove(&c2).unwrap();
    p1.set_child(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "parent" ("name", "child_id") VALUES (?, ?) ['p2', NULL]
        INSERT INTO "child" ("name", "child_id", "parent_id") VALUES (?, ?, ?) ['c3', NULL, 2]
        UPDATE "parent" SET "child_id" = ? WHERE "id" = ? [3, 2]
        UPDATE "parent" SET "child_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "child" WHERE "id" = ? [2]
    "#]],
    );
    p2.set_child(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "parent" SET "child_id" = ? WHERE "id" = ? [NULL, 2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, child_id FROM parent"), "'p1'|NULL\n'p2'|NULL\n");
}
