//! A class that leads to itself by a condition of the user's own: paths, composite keys of which a column is on both sides, and
//! foreign keys that overlap.

use expect_test::expect;
use orm::prelude::*;
use orm::{aliased, with_parent};
use tests::{Db, each_way};

orm::registry!(
    /// These classes.
    pub Itself
);

/// A place in a tree, told by its path.
#[derive(Mapped, Debug)]
#[mapped(table = "element", registry = Itself)]
pub struct Element {
    #[column(primary_key)]
    pub id: i64,
    pub path: String,
    #[relationship(
        primaryjoin = Element::path.foreign().remote().like(Element::path.concat("/%")),
        viewonly,
        order_by = Element::path
    )]
    pub below: Many<Element>,
    #[relationship(
        primaryjoin = Element::path.like(Element::path.foreign().remote().concat("/%")),
        viewonly,
        order_by = Element::path
    )]
    pub above: Many<Element>,
}

/// A folder of an account; the account is on both sides of what joins it to the folder that it is in.
#[derive(Mapped, Debug)]
#[mapped(
    table = "folder",
    registry = Itself,
    foreign_key(columns(account, parent), references(Folder::account, Folder::id))
)]
pub struct Folder {
    #[column(primary_key)]
    pub account: i64,
    #[column(primary_key)]
    pub id: i64,
    pub parent: Option<i64>,
    #[relationship(
        back_populates = "folders",
        primaryjoin = Folder::account.eq(Folder::account).and(Folder::id.eq(Folder::parent)),
        remote_side = (Folder::account, Folder::id)
    )]
    pub within: Option<One<Folder>>,
    #[relationship(
        back_populates = "within",
        primaryjoin = Folder::account.eq(Folder::account).and(Folder::id.eq(Folder::parent)),
        order_by = Folder::id
    )]
    pub folders: Many<Folder>,
}

fn itself() -> Db {
    let db = Db::empty();
    Itself::create_all(&db.engine).unwrap();
    db.run("INSERT INTO element VALUES (1, 'a'), (2, 'a/b'), (3, 'a/b/c'), (4, 'd')");
    db.run("INSERT INTO folder VALUES (1, 1, NULL), (1, 2, 1), (1, 3, 1), (2, 1, NULL), (2, 2, 1)");
    db.sql();
    db
}

#[test]
fn what_is_below_a_path() {
    let db = itself();
    let told = each_way!(Element, below, db) + &each_way!(Element, above, db);
    expect![[r#"
        Element#1(below: [Element#2(below: [Element#3(below: [])]), Element#3(below: [])])
        Element#2(below: [Element#3(below: [])])
        Element#3(below: [])
        Element#4(below: [])
        -- joined
        SELECT "element"."id", "element"."path", "element_1"."id", "element_1"."path" FROM "element" LEFT JOIN "element" AS "element_1" ON "element_1"."path" LIKE "element"."path" || ? ORDER BY "element"."id", "element_1"."path" ['/%']
        -- selectin
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element"."path" LIKE "element_1"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- subquery
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element"."path" LIKE "element_1"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- immediate
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element"."path" LIKE "element_1"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- batch
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element"."path" LIKE "element_1"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- lazy
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."path" ['a', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."path" ['a/b', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."path" ['a/b/c', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."path" ['d', '/%']
        Element#1(above: [])
        Element#2(above: [Element#1(above: [])])
        Element#3(above: [Element#1(above: []), Element#2(above: [Element#1(above: [])])])
        Element#4(above: [])
        -- joined
        SELECT "element"."id", "element"."path", "element_1"."id", "element_1"."path" FROM "element" LEFT JOIN "element" AS "element_1" ON "element"."path" LIKE "element_1"."path" || ? ORDER BY "element"."id", "element_1"."path" ['/%']
        -- selectin
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element_1"."path" LIKE "element"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- subquery
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element_1"."path" LIKE "element"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- immediate
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element_1"."path" LIKE "element"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- batch
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path", "element_1"."id" FROM "element" AS "element_1" JOIN "element" ON "element_1"."path" LIKE "element"."path" || ? WHERE "element_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "element"."path" ['/%', '[1,2,3,4]']
        -- lazy
        SELECT "element"."id", "element"."path" FROM "element" ORDER BY "element"."id"
        SELECT "element"."id", "element"."path" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."path" ['a', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."path" ['a/b', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."path" ['a/b/c', '/%']
        SELECT "element"."id", "element"."path" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."path" ['d', '/%']
    "#]].assert_eq(&told);
}

#[test]
fn a_column_on_both_sides() {
    let db = itself();
    let told = each_way!(Folder, within, db) + &each_way!(Folder, folders, db);
    expect![[r#"
        Folder#1,1(within: none)
        Folder#2,1(within: none)
        Folder#1,2(within: Folder#1,1(within: none))
        Folder#2,2(within: Folder#2,1(within: none))
        Folder#1,3(within: Folder#1,1(within: none))
        -- joined
        SELECT "folder"."account", "folder"."id", "folder"."parent", "folder_1"."account", "folder_1"."id", "folder_1"."parent" FROM "folder" LEFT JOIN "folder" AS "folder_1" ON "folder_1"."account" = "folder"."account" AND "folder_1"."id" = "folder"."parent" ORDER BY "folder"."id"
        -- selectin
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        -- subquery
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        -- immediate
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        -- batch
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        -- lazy
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        Folder#1,1(folders: [Folder#1,2(folders: []), Folder#1,3(folders: [])])
        Folder#2,1(folders: [Folder#2,2(folders: [])])
        Folder#1,2(folders: [])
        Folder#2,2(folders: [])
        Folder#1,3(folders: [])
        -- joined
        SELECT "folder"."account", "folder"."id", "folder"."parent", "folder_1"."account", "folder_1"."id", "folder_1"."parent" FROM "folder" LEFT JOIN "folder" AS "folder_1" ON "folder_1"."account" = "folder"."account" AND "folder"."id" = "folder_1"."parent" ORDER BY "folder"."id", "folder_1"."id"
        -- selectin
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE ("folder"."account", "folder"."parent") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "folder"."id" [1, 1, 1, 2, 1, 3, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
        -- subquery
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE ("folder"."account", "folder"."parent") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "folder"."id" [1, 1, 1, 2, 1, 3, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
        -- immediate
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE ("folder"."account", "folder"."parent") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "folder"."id" [1, 1, 1, 2, 1, 3, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
        -- batch
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE ("folder"."account", "folder"."parent") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "folder"."id" [1, 1, 1, 2, 1, 3, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
        -- lazy
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" ORDER BY "folder"."id"
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [1, 1]
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [2, 1]
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [1, 2]
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [2, 2]
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [1, 3]
    "#]].assert_eq(&told);
}

/// A new folder gets both columns of what it is in, also the one that is part of its key; one that moves only the other.
#[test]
fn a_column_on_both_sides_is_written() {
    let db = itself();
    let session = db.session();
    let [one, two] = [1, 2].map(|id| session.get::<Folder>((1, id)).unwrap().unwrap());
    let new = session.add(Folder::builder().id(9).within(&two)).unwrap();
    session.flush().unwrap();
    assert_eq!(new.account().unwrap(), 1);
    one.folders().append(&new).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "account", "id", "parent" FROM "folder" WHERE "account" = ? AND "id" = ? [1, 1]
        SELECT "account", "id", "parent" FROM "folder" WHERE "account" = ? AND "id" = ? [1, 2]
        INSERT INTO "folder" ("account", "id", "parent") VALUES (?, ?, ?) [1, 9, 2]
        SELECT "folder"."account", "folder"."id", "folder"."parent" FROM "folder" WHERE "folder"."account" = ? AND ? = "folder"."parent" ORDER BY "folder"."id" [1, 1]
        UPDATE "folder" SET "parent" = ? WHERE "account" = ? AND "id" = ? [1, 1, 9]
    "#]].assert_eq(&db.sql());
}

/// It is joined to an alias, and asked for one object from either side.
#[test]
fn a_path_in_conditions() {
    let db = itself();
    let session = db.session();
    let lower = aliased(Element);
    let ids = |query: &orm::Select<i64>| session.scalars(query).unwrap().all().unwrap();
    let joined = select(lower.of(Element::id))
        .from(Element)
        .join(Element::below.to(lower))
        .filter(Element::id.eq(1))
        .order_by(lower.of(Element::id));
    assert_eq!(ids(&joined), [2, 3]);
    let third = session.get_one::<Element>(3).unwrap();
    db.sql();
    let with = |condition| select(Element::id).filter(condition).order_by(Element::id);
    assert_eq!(ids(&with(with_parent(&third, Element::below))), []);
    assert_eq!(ids(&with(with_parent(&third, Element::above))), [1, 2]);
    assert_eq!(ids(&with(Element::below.contains(&third))), [1, 2]);
    assert_eq!(ids(&with(Element::above.contains(&third))), []);
    expect![[r#"
        SELECT "element"."id" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."id" ['a/b/c', '/%']
        SELECT "element"."id" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."id" ['a/b/c', '/%']
        SELECT "element"."id" FROM "element" WHERE ? LIKE "element"."path" || ? ORDER BY "element"."id" ['a/b/c', '/%']
        SELECT "element"."id" FROM "element" WHERE "element"."path" LIKE ? || ? ORDER BY "element"."id" ['a/b/c', '/%']
    "#]]
    .assert_eq(&db.sql());
}
