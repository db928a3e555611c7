//! Keys that are no plain foreign keys to primary keys: to a unique column, in part, with a constant, by either of two columns,
//! and over a third class.

use expect_test::expect;
use orm::prelude::*;
use orm::{Collection, func};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Keys
);

/// A shop has a name of its own beside its key, to which its shelves refer.
#[derive(Mapped, Debug)]
#[mapped(registry = Keys, unique(columns(region, number)))]
pub struct Shop {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    pub region: i64,
    pub number: i64,
    pub floor: Option<i64>,
    #[relationship(back_populates = "shop", order_by = Shelf::id)]
    pub shelves: Many<Shelf>,
    /// The condition compares more than the foreign key.
    #[relationship(
        primaryjoin = Shop::region.eq(Crate::region).and(Shop::number.eq(Crate::number)).and(Shop::floor.eq(Crate::floor)),
        order_by = Crate::id
    )]
    pub crates: Many<Crate>,
    /// By either of two columns.
    #[relationship(
        primaryjoin = Crate::id.eq(Shop::first_crate.foreign()).or(Crate::id.eq(Shop::second_crate.foreign())),
        viewonly
    )]
    pub first_or_second: Option<One<Crate>>,
    pub first_crate: Option<i64>,
    pub second_crate: Option<i64>,
    /// A third class has a part in what is found.
    #[relationship(
        secondary = Label,
        primaryjoin = Shop::id.eq(Label::shop_id).and(Shop::name.eq(Shelf::shop_name)),
        secondaryjoin = Label::shelf_id.eq(Shelf::id),
        viewonly,
        order_by = Shelf::id
    )]
    pub labelled: Many<Shelf>,
    /// A constant in a column that is named as foreign.
    #[relationship(
        primaryjoin = Label::word.eq("new").and(Label::shop_id.eq(Shop::id)),
        foreign_keys = (Label::shop_id, Label::word),
        order_by = Label::id
    )]
    pub new_labels: Many<Label>,
    /// The foreign column stands within a function.
    #[relationship(primaryjoin = Shop::name.eq(func::lower(Label::word.foreign())), order_by = Label::id)]
    pub of_its_name: Many<Label>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Keys)]
pub struct Shelf {
    #[column(primary_key)]
    pub id: i64,
    #[column(name = "the_shop", foreign_key = Shop::name)]
    pub shop_name: String,
    #[relationship(back_populates = "shelves")]
    pub shop: One<Shop>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Keys, foreign_key(columns(region, number), references(Shop::region, Shop::number)))]
pub struct Crate {
    #[column(primary_key)]
    pub id: i64,
    pub region: Option<i64>,
    pub number: Option<i64>,
    pub floor: Option<i64>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Keys)]
pub struct Label {
    #[column(primary_key)]
    pub id: i64,
    pub word: Option<String>,
    #[column(foreign_key = Shop::id)]
    pub shop_id: Option<i64>,
    #[column(foreign_key = Shelf::id)]
    pub shelf_id: Option<i64>,
}

fn keys() -> (Db, Session) {
    let db = Db::empty();
    Keys::create_all(&db.engine).unwrap();
    let session = db.session();
    for (id, name) in [(1, "north"), (2, "south")] {
        session.add(Shop::builder().id(id).name(name).region(1).number(id).floor(5)).unwrap();
    }
    session.commit().unwrap();
    db.sql();
    (db, session)
}

fn ids<T: orm::Live>(all: Collection<T>) -> Vec<orm::Value> {
    all.iter().unwrap().map(|one| Obj::any(&one).get("id").unwrap()).collect()
}

/// All shelves move to another shop, and the first one goes.
#[test]
fn a_unique_column_that_is_no_key() {
    let (db, session) = keys();
    let [north, south] = [1, 2].map(|id| session.get_one::<Shop>(id).unwrap());
    for _ in 0..2 {
        north.shelves().append(Shelf::builder()).unwrap();
    }
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT the_shop FROM shelf"), "'north'\n'north'\n");
    for shelf in north.shelves().iter().unwrap() {
        shelf.set_shop(&south).unwrap();
    }
    session.delete(&north).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        SELECT "crate"."id", "crate"."region", "crate"."number", "crate"."floor" FROM "crate" WHERE ? = "crate"."region" AND ? = "crate"."number" AND ? = "crate"."floor" ORDER BY "crate"."id" [1, 1, 5]
        SELECT "label"."id", "label"."word", "label"."shop_id", "label"."shelf_id" FROM "label" WHERE "label"."word" = ? AND "label"."shop_id" = ? ORDER BY "label"."id" ['new', 1]
        SELECT "label"."id", "label"."word", "label"."shop_id", "label"."shelf_id" FROM "label" WHERE ? = lower("label"."word") ORDER BY "label"."id" ['north']
        SELECT "shop"."id", "shop"."name", "shop"."region", "shop"."number", "shop"."floor", "shop"."first_crate", "shop"."second_crate" FROM "shop" WHERE "shop"."name" = ? ['north']
        SELECT "id", "name", "region", "number", "floor", "first_crate", "second_crate" FROM "shop" WHERE "id" = ? [2]
        SELECT "shop"."id", "shop"."name", "shop"."region", "shop"."number", "shop"."floor", "shop"."first_crate", "shop"."second_crate" FROM "shop" WHERE "shop"."name" = ? ['north']
        UPDATE "shelf" SET "the_shop" = ? WHERE "id" = ? ['south', 1]
        UPDATE "shelf" SET "the_shop" = ? WHERE "id" = ? ['south', 2]
        DELETE FROM "shop" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(south.shelves().len().unwrap(), 2);
}

/// What the condition compares beyond the foreign key counts for what is loaded, and isn't written.
#[test]
fn a_key_that_is_a_part_of_the_condition() {
    let (db, session) = keys();
    let north = session.get_one::<Shop>(1).unwrap();
    north.crates().append(Crate::builder().floor(5)).unwrap();
    north.crates().append(Crate::builder().floor(6)).unwrap();
    session.commit().unwrap();
    db.sql();
    assert_eq!(ids(north.crates()), [1.into()]);
    expect![[r#"
        SELECT "id", "name", "region", "number", "floor", "first_crate", "second_crate" FROM "shop" WHERE "id" = ? [1]
        SELECT "crate"."id", "crate"."region", "crate"."number", "crate"."floor" FROM "crate" WHERE ? = "crate"."region" AND ? = "crate"."number" AND ? = "crate"."floor" ORDER BY "crate"."id" [1, 1, 5]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT region, number, floor FROM crate"), "1|1|5\n1|1|6\n");
}

/// A constant isn't written either; both are there, and one is found.
#[test]
fn a_constant_in_a_foreign_column() {
    let (db, session) = keys();
    let north = session.get_one::<Shop>(1).unwrap();
    for word in ["new", "old"] {
        north.new_labels().append(Label::builder().word(word)).unwrap();
    }
    session.commit().unwrap();
    db.sql();
    assert_eq!(ids(north.new_labels()), [1.into()]);
    expect![[r#"
        SELECT "id", "name", "region", "number", "floor", "first_crate", "second_crate" FROM "shop" WHERE "id" = ? [1]
        SELECT "label"."id", "label"."word", "label"."shop_id", "label"."shelf_id" FROM "label" WHERE "label"."word" = ? AND "label"."shop_id" = ? ORDER BY "label"."id" ['new', 1]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT word, shop_id FROM label"), "'new'|1\n'old'|1\n");
}

/// A column within a function is written as it is, and found by what the function makes of it.
#[test]
fn a_foreign_column_within_a_function() {
    let (db, session) = keys();
    db.run("INSERT INTO label VALUES (1, 'NORTH', NULL, NULL), (2, 'South', NULL, NULL)");
    let north = session.get_one::<Shop>(1).unwrap();
    assert_eq!(ids(north.of_its_name()), [1.into()]);
    north.of_its_name().append(Label::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT word FROM label"), "'NORTH'\n'South'\n'north'\n");
    assert_eq!(ids(north.of_its_name()), [1.into(), 3.into()]);
}

#[test]
fn either_of_two_keys_and_a_third_class() {
    let (db, session) = keys();
    db.run("INSERT INTO crate VALUES (1, NULL, NULL, NULL), (2, NULL, NULL, NULL)");
    db.run("UPDATE shop SET second_crate = 2 WHERE id = 1");
    db.run("INSERT INTO shelf VALUES (1, 'north'), (2, 'south'), (3, 'north')");
    db.run("INSERT INTO label VALUES (1, NULL, 1, 1), (2, NULL, 1, 2), (3, NULL, 2, 3)");
    let [north, south] = [1, 2].map(|id| session.get_one::<Shop>(id).unwrap());
    db.sql();
    assert_eq!(north.first_or_second().unwrap().unwrap().id().unwrap(), 2);
    assert_eq!(south.first_or_second().unwrap(), None);
    assert_eq!((ids(north.labelled()), ids(south.labelled())), (vec![1.into()], vec![]));
    let joined = select((Shop::id, Shelf::id)).join(Shop::labelled);
    assert_eq!(db.session().execute(joined).unwrap().all().unwrap(), [(1, 1)]);
    expect![[r#"
        SELECT "crate"."id", "crate"."region", "crate"."number", "crate"."floor" FROM "crate" WHERE "crate"."id" = ? OR "crate"."id" = ? [NULL, 2]
        SELECT "crate"."id", "crate"."region", "crate"."number", "crate"."floor" FROM "crate" WHERE "crate"."id" = ? OR "crate"."id" = ? [NULL, NULL]
        SELECT "shelf"."id", "shelf"."the_shop" FROM "shelf", "label" WHERE ? = "label"."shop_id" AND ? = "shelf"."the_shop" AND "label"."shelf_id" = "shelf"."id" ORDER BY "shelf"."id" [1, 'north']
        SELECT "shelf"."id", "shelf"."the_shop" FROM "shelf", "label" WHERE ? = "label"."shop_id" AND ? = "shelf"."the_shop" AND "label"."shelf_id" = "shelf"."id" ORDER BY "shelf"."id" [2, 'south']
        SELECT "shop"."id", "shelf"."id" FROM "shop" JOIN ("label" JOIN "shelf" ON "label"."shelf_id" = "shelf"."id") ON "shop"."id" = "label"."shop_id" AND "shop"."name" = "shelf"."the_shop"
    "#]].assert_eq(&db.sql());
}

/// Two relationships to aliases of one class, which SQLAlchemy lets write the same column.
mod alike {
    use orm::prelude::*;

    orm::registry!(pub Alike);

    #[derive(Mapped)]
    #[mapped(registry = Alike)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(rows = aliased(Pet), primaryjoin = Owner::id.eq(Pet::owner_id).and(Pet::age.eq(1)))]
        pub young: Many<Pet>,
        #[relationship(rows = aliased(Pet), primaryjoin = Owner::id.eq(Pet::owner_id).and(Pet::age.eq(9)))]
        pub old: Many<Pet>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Alike)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
        pub age: i64,
        #[column(foreign_key = Owner::id)]
        pub owner_id: Option<i64>,
    }
}

#[test]
fn two_aliases_of_one_class() {
    let error = alike::Alike::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [bad-option] `Owner.old`: it writes `pet.owner_id`, as `Owner.young` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "young"`
    "#]].assert_eq(&lines.concat());
}
