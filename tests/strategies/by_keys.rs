//! Objects that are given to a deletion, and that nobody else holds: of what goes with them only keys are read.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Firm
);

/// It goes with its items; its labels are the database's.
#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Owner {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan")]
    pub items: Many<Item>,
    #[relationship(secondary = OwnerTag)]
    pub tags: Many<Mark>,
    #[relationship(cascade = "all", passive_deletes)]
    pub labels: Many<Label>,
}

/// It goes with its parts.
#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Owner::id, index)]
    pub owner_id: Option<i64>,
    #[column(unique)]
    pub code: String,
    pub text: String,
    #[relationship(back_populates = "items")]
    pub owner: Option<One<Owner>>,
    #[relationship(cascade = "all, delete-orphan")]
    pub parts: Many<Part>,
}

/// It has a key of two columns, and nothing that leads back.
#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Part {
    #[column(primary_key)]
    pub a: i64,
    #[column(primary_key)]
    pub b: i64,
    #[column(foreign_key = Item::id)]
    pub item_id: Option<i64>,
    pub text: String,
}

#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Mark {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
}

#[derive(Table)]
#[mapped(table = "owner_tag", registry = Firm)]
pub struct OwnerTag {
    #[column(primary_key, foreign_key = Owner::id)]
    pub owner_id: i64,
    #[column(primary_key, foreign_key = Mark::id)]
    pub mark_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Label {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Owner::id, on_delete = "cascade")]
    pub owner_id: i64,
    pub text: String,
}

/// It goes with its children, which are of its class.
#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Place {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Place::id)]
    pub parent_id: Option<i64>,
    #[relationship(cascade = "all")]
    pub children: Many<Place>,
}

/// Two classes that lead to each other.
#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Hen {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Egg::id)]
    pub from_id: Option<i64>,
    #[relationship(cascade = "all", foreign_keys = Egg::hen_id)]
    pub eggs: Many<Egg>,
}

#[derive(Mapped)]
#[mapped(registry = Firm)]
pub struct Egg {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Hen::id)]
    pub hen_id: Option<i64>,
    #[relationship(cascade = "all", foreign_keys = Hen::from_id)]
    pub hens: Many<Hen>,
}

/// Three owners with two items each, which have two parts; a mark and a label for each owner.
fn filled() -> Db {
    let db = Db::empty();
    Firm::create_all(&db.engine).unwrap();
    for owner in 1..=3 {
        db.run(&format!("INSERT INTO owner VALUES ({owner}, 'o{owner}')"));
        db.run(&format!("INSERT INTO mark VALUES ({owner}, 'm')"));
        db.run(&format!("INSERT INTO owner_tag VALUES ({owner}, {owner})"));
        db.run(&format!("INSERT INTO label VALUES ({owner}, {owner}, 'l')"));
        for item in [2 * owner - 1, 2 * owner] {
            db.run(&format!("INSERT INTO item VALUES ({item}, {owner}, 'c{item}', 't{item}')"));
            db.run(&format!("INSERT INTO part VALUES ({item}, 1, {item}, 'p'), ({item}, 2, {item}, 'q')"));
        }
    }
    db.sql();
    db
}

fn counts(db: &Db) -> String {
    let count = |table: &str| db.rows(&format!("SELECT count(*) FROM {table}")).trim().to_owned();
    ["owner", "item", "part", "owner_tag", "mark", "label"].map(count).join(" ")
}

fn owners(session: &Session) -> Vec<Obj<Owner>> {
    session.scalars(select(Owner).order_by(Owner::id)).unwrap().all().unwrap()
}

fn selects(db: &Db) -> String {
    let sql = db.sql();
    sql.lines().filter(|line| line.starts_with("SELECT")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_goes_with_objects_that_are_given_away_is_read_by_keys() {
    let db = filled();
    let session = db.session();
    let owners = owners(&session);
    db.sql();
    session.delete_all(owners).unwrap();
    expect![[r#"
        SELECT "item"."id", "item"."owner_id", "item"."code", NULL FROM "item" WHERE "item"."owner_id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
        SELECT "part"."a", "part"."b", "part"."item_id", NULL FROM "part" WHERE "part"."item_id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4,5,6]']
    "#]].assert_eq(&selects(&db));
    session.commit().unwrap();
    expect![[r#"
        SELECT "mark"."id", "mark"."text", "owner_tag"."owner_id" FROM "mark", "owner_tag" WHERE "owner_tag"."owner_id" IN (SELECT +value FROM json_each(?)) AND "mark"."id" = "owner_tag"."mark_id" ['[1,2,3]']
        DELETE FROM "owner_tag" WHERE "owner_id" = ? AND "mark_id" = ? [1, 1]
        DELETE FROM "owner_tag" WHERE "owner_id" = ? AND "mark_id" = ? [2, 2]
        DELETE FROM "owner_tag" WHERE "owner_id" = ? AND "mark_id" = ? [3, 3]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [1, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [1, 2]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [2, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [2, 2]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [3, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [3, 2]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [4, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [4, 2]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [5, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [5, 2]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [6, 1]
        DELETE FROM "part" WHERE "a" = ? AND "b" = ? [6, 2]
        DELETE FROM "item" WHERE "id" = ? [1]
        DELETE FROM "item" WHERE "id" = ? [2]
        DELETE FROM "item" WHERE "id" = ? [3]
        DELETE FROM "item" WHERE "id" = ? [4]
        DELETE FROM "item" WHERE "id" = ? [5]
        DELETE FROM "item" WHERE "id" = ? [6]
        DELETE FROM "owner" WHERE "id" = ? [1]
        DELETE FROM "owner" WHERE "id" = ? [2]
        DELETE FROM "owner" WHERE "id" = ? [3]
    "#]].assert_eq(&db.sql());
    assert_eq!(counts(&db), "0 0 0 0 3 0");
}

#[test]
fn one_that_is_given_away_alone() {
    let db = filled();
    let session = db.session();
    let owner = session.get_one::<Owner>(2).unwrap();
    db.sql();
    session.delete(owner).unwrap();
    expect![[r#"
        SELECT "item"."id", "item"."owner_id", "item"."code", NULL FROM "item" WHERE ? = "item"."owner_id" [2]
        SELECT "part"."a", "part"."b", "part"."item_id", NULL FROM "part" WHERE "part"."item_id" IN (SELECT +value FROM json_each(?)) ['[3,4]']
    "#]].assert_eq(&selects(&db));
    session.commit().unwrap();
    assert_eq!(counts(&db), "2 4 8 2 3 2");
}

#[test]
fn those_that_somebody_holds_have_all_that_went_with_them() {
    let db = filled();
    let session = db.session();
    let mut owners = owners(&session);
    let held = owners[1].clone();
    let item = session.get_one::<Item>(5).unwrap();
    item.set_text("changed").unwrap();
    session.flush().unwrap();
    db.sql();
    // One is lent, one is held besides, and one has a child that is held.
    let lent = owners.remove(0);
    session.delete(&lent).unwrap();
    session.no_autoflush(|session| session.delete_all(owners)).unwrap();
    expect![[r#"
        SELECT "item"."id", "item"."owner_id", "item"."code", "item"."text" FROM "item" WHERE ? = "item"."owner_id" [1]
        SELECT "part"."a", "part"."b", "part"."item_id", "part"."text" FROM "part" WHERE "part"."item_id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        SELECT "item"."id", "item"."owner_id", "item"."code", NULL FROM "item" WHERE ? = "item"."owner_id" [3]
        SELECT "item"."id", "item"."owner_id", "item"."code", "item"."text" FROM "item" WHERE ? = "item"."owner_id" [2]
        SELECT "part"."a", "part"."b", "part"."item_id", NULL FROM "part" WHERE ? = "part"."item_id" [6]
        SELECT "part"."a", "part"."b", "part"."item_id", "part"."text" FROM "part" WHERE "part"."item_id" IN (SELECT +value FROM json_each(?)) ['[3,4,5]']
    "#]].assert_eq(&selects(&db));
    session.commit().unwrap();
    for (owner, first) in [(&lent, 1), (&held, 3)] {
        assert_eq!(Obj::state(owner), ObjectState::Detached);
        let items: Vec<_> = owner.items().iter().unwrap().collect();
        assert_eq!(items[0].text().unwrap(), format!("t{first}"));
        assert_eq!(items[1].parts().get(0).unwrap().unwrap().text().unwrap(), "p");
    }
    assert_eq!(item.text().unwrap(), "changed");
    assert_eq!(counts(&db), "0 0 0 0 3 0");
}

#[test]
fn before_the_flush_they_are_as_any_other() {
    let db = filled();
    let session = db.session();
    session.delete_all(owners(&session)).unwrap();
    db.sql();
    let item = session.get_one::<Item>(3).unwrap();
    assert_eq!(item.text().unwrap(), "t3");
    let owner = session.get_one::<Owner>(1).unwrap();
    let items: Vec<_> = owner.items().iter().unwrap().collect();
    assert_eq!(items[1].text().unwrap(), "t2");
    assert_eq!(items[1].parts().get(1).unwrap().unwrap().text().unwrap(), "q");
    expect![[r#"
        SELECT "item"."text" FROM "item" WHERE "item"."id" = ? [3]
        SELECT "item"."id", "item"."owner_id", "item"."code", "item"."text" FROM "item" WHERE ? = "item"."owner_id" [1]
        SELECT "part"."a", "part"."b", "part"."item_id", "part"."text" FROM "part" WHERE ? = "part"."item_id" [2]
    "#]].assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(counts(&db), "0 0 0 0 3 0");
    assert_eq!(owner.items().len().unwrap(), 2);
    assert_eq!(items[0].text().unwrap(), "t1");
}

#[test]
fn after_the_flush_they_say_that_their_rows_are_gone() {
    let db = filled();
    let session = db.session();
    session.delete_all(owners(&session)).unwrap();
    let item = session.get_one::<Item>(3).unwrap();
    let owner = session.get_one::<Owner>(1).unwrap();
    session.flush().unwrap();
    let code = |result: orm::Result<()>| result.unwrap_err().code();
    assert_eq!(code(item.text().map(drop)), Code::ObjectDeleted);
    assert_eq!(code(item.parts().len().map(drop)), Code::ObjectDeleted);
    assert_eq!(code(owner.items().len().map(drop)), Code::ObjectDeleted);
    assert_eq!(item.owner_id().unwrap(), Some(2));
    assert_eq!(owner.name().unwrap(), "o1");
    session.commit().unwrap();
    assert_eq!(code(item.text().map(drop)), Code::Detached);
    assert_eq!(code(owner.items().len().map(drop)), Code::Detached);
}

/// The objects have all that their rows hold, and can be deleted as any other.
fn are_whole(db: &Db, session: &Session, item: &Obj<Item>, owner: &Obj<Owner>) {
    assert_eq!(Obj::state(item), ObjectState::Persistent);
    assert_eq!(item.text().unwrap(), "t3");
    assert_eq!(item.parts().len().unwrap(), 2);
    let items: Vec<_> = owner.items().iter().unwrap().collect();
    assert_eq!(items[0].text().unwrap(), "t1");
    item.set_text("new").unwrap();
    session.delete(owner).unwrap();
    session.commit().unwrap();
    assert_eq!(counts(db), "2 4 8 2 3 2");
    assert_eq!(db.rows("SELECT text FROM item WHERE id = 3").trim(), "'new'");
}

#[test]
fn a_rollback_makes_them_whole() {
    for flushes in [false, true] {
        let db = filled();
        let session = db.session();
        session.delete_all(owners(&session)).unwrap();
        let item = session.get_one::<Item>(3).unwrap();
        let owner = session.get_one::<Owner>(1).unwrap();
        if flushes {
            session.flush().unwrap();
        }
        session.rollback().unwrap();
        are_whole(&db, &session, &item, &owner);
    }
}

#[test]
fn the_rollback_of_a_savepoint_makes_them_whole() {
    let db = filled();
    let session = db.session();
    let part = session.begin_nested().unwrap();
    session.delete_all(owners(&session)).unwrap();
    let item = session.get_one::<Item>(3).unwrap();
    let owner = session.get_one::<Owner>(1).unwrap();
    session.flush().unwrap();
    part.rollback().unwrap();
    are_whole(&db, &session, &item, &owner);
}

#[test]
fn what_comes_back_or_leaves_does_so_with_all_that_was_reached() {
    let after = [true, false].map(|lends| {
        let db = filled();
        let session = db.session();
        let owners = owners(&session);
        if lends { session.delete_all(&owners) } else { session.delete_all(owners) }.unwrap();
        let owner = session.get_one::<Owner>(1).unwrap();
        session.add(&owner).unwrap();
        assert_eq!(owner.items().len().unwrap(), 2);
        let other = session.get_one::<Owner>(2).unwrap();
        session.expunge(&other).unwrap();
        session.commit().unwrap();
        assert_eq!(
            owner.items().len().unwrap(),
            0,
            "what is to be deleted isn't added again, as in SQLAlchemy"
        );
        assert_eq!(other.items().get(0).unwrap().unwrap().text().unwrap(), "t3");
        counts(&db)
    });
    assert_eq!(after[0], after[1]);
    assert_eq!(after[0], "2 2 4 2 3 2");
}

#[test]
fn what_is_changed_meanwhile_is_as_where_they_were_lent() {
    let after = [true, false].map(|lends| {
        let db = filled();
        let session = db.session();
        let owners = owners(&session);
        if lends { session.delete_all(&owners) } else { session.delete_all(owners) }.unwrap();
        let item = session.get_one::<Item>(3).unwrap();
        session.no_autoflush(|_| item.set_text("changed")).unwrap();
        let other = session.add(Owner::builder().name("new")).unwrap();
        item.set_owner(Some(&other)).unwrap();
        // One comes to an owner that is to be deleted.
        let owner = session.get_one::<Owner>(1).unwrap();
        owner.items().push(Item::builder().code("x").text("x")).unwrap();
        session.commit().map_err(|error| error.code()).and(Ok((counts(&db), db.rows("SELECT * FROM item"))))
    });
    assert_eq!(after[0], after[1]);
}

#[test]
fn children_of_the_same_class_go_before_their_parents() {
    let db = filled();
    db.run("INSERT INTO place VALUES (5, 'a', NULL), (4, 'b', 5), (6, 'c', 5), (3, 'd', 4), (7, 'e', NULL), (8, 'f', 7)");
    db.sql();
    let session = db.session();
    let roots = session.scalars(select(Place).filter(Place::parent_id.is_null())).unwrap().all().unwrap();
    session.delete_all(roots).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "place"."id", "place"."name", "place"."parent_id" FROM "place" WHERE "place"."parent_id" IS NULL
        SELECT "place"."id", "place"."name", "place"."parent_id" FROM "place" WHERE "place"."parent_id" IN (SELECT +value FROM json_each(?)) ['[5,7]']
        SELECT "place"."id", "place"."name", "place"."parent_id" FROM "place" WHERE "place"."parent_id" IN (SELECT +value FROM json_each(?)) ['[4,6,8]']
        SELECT "place"."id", "place"."name", "place"."parent_id" FROM "place" WHERE ? = "place"."parent_id" [3]
        DELETE FROM "place" WHERE "id" = ? [3]
        DELETE FROM "place" WHERE "id" = ? [6]
        DELETE FROM "place" WHERE "id" = ? [8]
        DELETE FROM "place" WHERE "id" = ? [4]
        DELETE FROM "place" WHERE "id" = ? [7]
        DELETE FROM "place" WHERE "id" = ? [5]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT count(*) FROM place").trim(), "0");
}

#[test]
fn children_of_classes_in_a_circle_go_before_their_parents() {
    let db = filled();
    db.run("INSERT INTO hen VALUES (1, 'a', NULL), (4, 'd', NULL); INSERT INTO egg VALUES (7, 'x', 1), (9, 'z', 4)");
    db.run("INSERT INTO hen VALUES (3, 'c', 7); INSERT INTO egg VALUES (8, 'y', 3)");
    db.run("INSERT INTO hen VALUES (2, 'b', 8); INSERT INTO egg VALUES (6, 'w', 2)");
    db.sql();
    let session = db.session();
    let roots = session.scalars(select(Hen).filter(Hen::from_id.is_null())).unwrap().all().unwrap();
    session.delete_all(roots).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "hen"."id", "hen"."name", "hen"."from_id" FROM "hen" WHERE "hen"."from_id" IS NULL
        SELECT "egg"."id", NULL, "egg"."hen_id" FROM "egg" WHERE "egg"."hen_id" IN (SELECT +value FROM json_each(?)) ['[1,4]']
        SELECT "hen"."id", NULL, "hen"."from_id" FROM "hen" WHERE "hen"."from_id" IN (SELECT +value FROM json_each(?)) ['[7,9]']
        SELECT "egg"."id", NULL, "egg"."hen_id" FROM "egg" WHERE ? = "egg"."hen_id" [3]
        SELECT "hen"."id", NULL, "hen"."from_id" FROM "hen" WHERE ? = "hen"."from_id" [8]
        SELECT "egg"."id", NULL, "egg"."hen_id" FROM "egg" WHERE ? = "egg"."hen_id" [2]
        SELECT "hen"."id", NULL, "hen"."from_id" FROM "hen" WHERE ? = "hen"."from_id" [6]
        SELECT "egg"."id", "egg"."name", "egg"."hen_id" FROM "egg" WHERE "egg"."hen_id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4]']
        SELECT "hen"."id", "hen"."name", "hen"."from_id" FROM "hen" WHERE "hen"."from_id" IN (SELECT +value FROM json_each(?)) ['[6,7,8,9]']
        DELETE FROM "egg" WHERE "id" = ? [6]
        DELETE FROM "egg" WHERE "id" = ? [9]
        DELETE FROM "hen" WHERE "id" = ? [2]
        DELETE FROM "hen" WHERE "id" = ? [4]
        DELETE FROM "egg" WHERE "id" = ? [8]
        DELETE FROM "hen" WHERE "id" = ? [3]
        DELETE FROM "egg" WHERE "id" = ? [7]
        DELETE FROM "hen" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT count(*) FROM hen").trim(), "0");
}

#[test]
fn nothing_is_left_of_a_deletion_that_failed() {
    let db = filled();
    let session = db.session();
    let mut given = owners(&session);
    let held = given[2].clone();
    let connection = session.connection().unwrap();
    session.expire(&held).unwrap();
    for statement in [
        "DELETE FROM part WHERE item_id > 4",
        "DELETE FROM item WHERE owner_id = 3",
        "DELETE FROM owner_tag WHERE owner_id = 3",
        "DELETE FROM owner WHERE id = 3",
    ] {
        connection.execute(statement, &[]).unwrap();
    }
    drop(connection);
    given.rotate_left(2);
    assert_eq!(session.delete_all(given).unwrap_err().code(), Code::ObjectDeleted);
    let owner = session.get_one::<Owner>(1).unwrap();
    assert_eq!(owner.items().get(1).unwrap().unwrap().text().unwrap(), "t2");
    session.commit().unwrap();
    assert_eq!(counts(&db), "2 4 8 2 3 2");
}
