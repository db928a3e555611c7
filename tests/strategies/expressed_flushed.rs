//! Attributes that stand for expressions, and composites, over what a session does with objects: flushes, savepoints,
//! failures, merges, refreshes, keys that change. What each keeps and forgets is as SQLAlchemy has it.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Value, aliased, defer, load_only, undefer};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Wares
);

#[derive(CompositeType, Clone, Copy, Debug, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

/// What it costs.
#[derive(CompositeType, Clone, Debug, PartialEq)]
struct Cost(i64, i64);

#[derive(Mapped, Debug)]
#[mapped(
    registry = Wares,
    composite(at: Point = (x, y)),
    composite(cost: Cost = (price, total)),
    synonym(sum = total, place = at)
)]
struct Ware {
    #[column(primary_key)]
    id: i64,
    price: i64,
    amount: i64,
    x: i64,
    y: i64,
    #[column(foreign_key = Shelf::id)]
    shelf_id: Option<i64>,
    #[column(expression = Ware::price * Ware::amount)]
    total: i64,
    #[column(expression = Ware::price + Ware::amount, expire_on_flush = false)]
    kept: i64,
    #[column(expression = Ware::price - Ware::amount, deferred)]
    late: i64,
    #[relationship(back_populates = "wares")]
    shelf: Option<One<Shelf>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Wares, proxy(totals: i64 = wares.total, viewonly))]
struct Shelf {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(back_populates = "shelf", order_by = Ware::id)]
    wares: Many<Ware>,
}

/// Its key is a composite, and what it is called is made of that.
#[derive(Mapped, Debug)]
#[mapped(registry = Wares, composite(at: Point = (a, b)))]
struct Spot {
    #[column(primary_key)]
    a: i64,
    #[column(primary_key)]
    b: i64,
    n: i64,
    #[column(expression = Spot::a + Spot::b)]
    sum: i64,
}

fn wares() -> (Db, Session) {
    let db = Db::empty();
    Wares::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn ware() -> WareBuilder {
    Ware::builder().price(3).amount(2).at(Point { x: 1, y: 2 })
}

/// What is held of the three expressions, without a look at the database.
fn held(ware: &Obj<Ware>) -> String {
    let columns = ["total", "kept", "late"];
    let state = |name: &&str| format!("{name}: {:?}", Obj::any(ware).column_history(name).unwrap().unchanged);
    columns.iter().map(state).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_flush_forgets_what_it_may_have_changed() {
    let (db, session) = wares();
    let ware = session.add(ware()).unwrap();
    assert_eq!(code(ware.total()), Code::Unset);
    session.flush().unwrap();
    assert_eq!((ware.total().unwrap(), ware.kept().unwrap(), ware.late().unwrap()), (6, 5, 1));
    ware.set_price(5).unwrap();
    session.flush().unwrap();
    expect!["total: None, kept: Some(Int(5)), late: None"].assert_eq(&held(&ware));
    assert_eq!((ware.total().unwrap(), ware.kept().unwrap(), ware.late().unwrap()), (10, 5, 3));
    // Its own row is written though only where it stands has changed.
    let shelf = session.add(Shelf::builder().name("s")).unwrap();
    ware.set_shelf(&shelf).unwrap();
    session.flush().unwrap();
    expect!["total: None, kept: Some(Int(5)), late: None"].assert_eq(&held(&ware));
    assert_eq!(shelf.totals().iter().unwrap().collect::<Vec<_>>(), [10]);
    expect![[r#"
        INSERT INTO "ware" ("price", "amount", "x", "y", "shelf_id") VALUES (?, ?, ?, ?, ?) [3, 2, 1, 2, NULL]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."price" - "ware"."amount" FROM "ware" WHERE "ware"."id" = ? [1]
        UPDATE "ware" SET "price" = ? WHERE "id" = ? [5, 1]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."price" - "ware"."amount" FROM "ware" WHERE "ware"."id" = ? [1]
        INSERT INTO "shelf" ("name") VALUES (?) ['s']
        UPDATE "ware" SET "shelf_id" = ? WHERE "id" = ? [1, 1]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    // A flush that doesn't write the object leaves it alone.
    shelf.set_name("t").unwrap();
    session.flush().unwrap();
    expect!["total: Some(Int(10)), kept: Some(Int(5)), late: None"].assert_eq(&held(&ware));
}

#[test]
fn what_is_taken_back_is_read_again() {
    let (db, session) = wares();
    let ware = session.add(ware()).unwrap();
    session.commit().unwrap();
    ware.total().unwrap();
    let savepoint = session.begin_nested().unwrap();
    ware.set_price(9).unwrap();
    ware.set_at(Point { x: 7, y: 7 }).unwrap();
    session.flush().unwrap();
    assert_eq!((ware.total().unwrap(), ware.cost().unwrap()), (18, Cost(9, 18)));
    savepoint.rollback().unwrap();
    db.sql();
    assert_eq!(
        (ware.total().unwrap(), ware.kept().unwrap(), ware.at().unwrap()),
        (6, 5, Point { x: 1, y: 2 })
    );
    expect![[r#"
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    // A failed flush.
    ware.set_price(1).unwrap();
    session.add(Ware::builder().id(1).price(1).amount(1).at(Point { x: 0, y: 0 })).unwrap();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    assert_eq!((ware.price().unwrap(), ware.total().unwrap(), ware.late().unwrap()), (3, 6, 1));
}

#[test]
fn merged_populated_refreshed_and_expired() {
    let (db, session) = wares();
    let ware = session.add(ware()).unwrap();
    session.commit().unwrap();
    assert_eq!((ware.total().unwrap(), ware.late().unwrap()), (6, 1));
    // What an object without a session holds of an expression is what its row had then, and says nothing of the row now.
    session.expunge(&ware).unwrap();
    let run = |sql: &str| session.connection().unwrap().execute_batch(sql).unwrap();
    run("UPDATE ware SET price = 10");
    db.sql();
    let merged = session.merge(&ware).unwrap();
    expect!["total: Some(Int(20)), kept: Some(Int(12)), late: None"].assert_eq(&held(&merged));
    session.flush().unwrap();
    expect!["total: None, kept: Some(Int(12)), late: None"].assert_eq(&held(&merged));
    assert_eq!((merged.price().unwrap(), merged.total().unwrap()), (3, 6));
    expect![[r#"
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
        UPDATE "ware" SET "price" = ? WHERE "id" = ? [3, 1]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    session.refresh(&merged).unwrap();
    run("UPDATE ware SET amount = 10");
    db.sql();
    let again = select(Ware).populate_existing();
    assert_eq!(session.scalars(again).unwrap().all().unwrap().len(), 1);
    expect!["total: Some(Int(30)), kept: Some(Int(13)), late: None"].assert_eq(&held(&merged));
    run("UPDATE ware SET amount = 20");
    session.refresh_attributes(&merged, &["total"]).unwrap();
    assert_eq!((merged.total().unwrap(), merged.amount().unwrap(), merged.kept().unwrap()), (60, 10, 13));
    session.expire_attributes(&merged, &["sum"]).unwrap();
    expect!["total: None, kept: Some(Int(13)), late: None"].assert_eq(&held(&merged));
    assert_eq!((merged.sum().unwrap(), merged.amount().unwrap()), (60, 10));
    expect![[r#"
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware"
        UPDATE ware SET amount = 20
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn a_composite_by_its_name() {
    let (db, session) = wares();
    let ware = session.add(ware()).unwrap();
    session.commit().unwrap();
    ware.at().unwrap();
    let run = |sql: &str| session.connection().unwrap().execute_batch(sql).unwrap();
    run("UPDATE ware SET x = 5, amount = 20");
    db.sql();
    session.refresh_attributes(&ware, &["at"]).unwrap();
    assert_eq!((ware.at().unwrap(), ware.amount().unwrap()), (Point { x: 5, y: 2 }, 2));
    run("UPDATE ware SET y = 6");
    session.expire_attributes(&ware, &["place"]).unwrap();
    assert_eq!((ware.at().unwrap(), ware.amount().unwrap()), (Point { x: 5, y: 6 }, 2));
    expect![[r#"
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
        UPDATE ware SET y = 6
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", NULL FROM "ware" WHERE "ware"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    let error = Obj::any(&ware).get("at").unwrap_err();
    expect![
        "[unknown-attribute] `Ware.at`: it is a composite, and no column; help: name its columns: `x`, `y`"
    ]
    .assert_eq(&error.to_string());
    let error = session.refresh_attributes(&ware, &["plaze"]).unwrap_err();
    expect!["[unknown-attribute] `Ware.plaze`: no such attribute; help: did you mean `place`?"]
        .assert_eq(&error.to_string());
}

#[test]
fn parts_are_left_out_and_taken_in_together() {
    let (db, session) = wares();
    session.add(ware()).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    db.sql();
    let only = |option| session.scalars(select(Ware).options(option)).unwrap().one().unwrap();
    let ware = only(load_only(Ware::cost));
    assert_eq!((ware.cost().unwrap(), ware.kept().unwrap()), (Cost(3, 6), 5));
    session.expunge_all();
    let ware = only(defer((Ware::cost, Ware::at)));
    assert_eq!((ware.cost().unwrap(), ware.at().unwrap()), (Cost(3, 6), Point { x: 1, y: 2 }));
    session.expunge_all();
    let there = aliased(Ware);
    let query = select(there)
        .options(there.of(undefer(there.of(Ware::late))))
        .filter(there.of(Ware::cost).eq(Cost(3, 6)));
    let ware = session.scalars(query.order_by(there.of(Ware::cost))).unwrap().one().unwrap();
    assert_eq!(ware.late().unwrap(), 1);
    let rows =
        session.execute(select((Ware::cost, Ware::late, Ware::at)).order_by(Ware::late.desc())).unwrap();
    assert_eq!(rows.all().unwrap(), [(Cost(3, 6), 1, Point { x: 1, y: 2 })]);
    expect![[r#"
        SELECT "ware"."id", "ware"."price", NULL, NULL, NULL, NULL, "ware"."price" * "ware"."amount", NULL, NULL FROM "ware"
        SELECT "ware"."price" + "ware"."amount" FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."id", NULL, "ware"."amount", NULL, NULL, "ware"."shelf_id", NULL, "ware"."price" + "ware"."amount", NULL FROM "ware"
        SELECT "ware"."price", "ware"."price" * "ware"."amount" FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."x", "ware"."y" FROM "ware" WHERE "ware"."id" = ? [1]
        SELECT "ware"."id", "ware"."price", "ware"."amount", "ware"."x", "ware"."y", "ware"."shelf_id", "ware"."price" * "ware"."amount", "ware"."price" + "ware"."amount", "ware"."price" - "ware"."amount" FROM "ware" WHERE "ware"."price" = ? AND "ware"."price" * "ware"."amount" = ? ORDER BY "ware"."price", "ware"."price" * "ware"."amount" [3, 6]
        SELECT "ware"."price", "ware"."price" * "ware"."amount", "ware"."price" - "ware"."amount", "ware"."x", "ware"."y" FROM "ware" ORDER BY "ware"."price" - "ware"."amount" DESC
    "#]].assert_eq(&db.sql());
}

#[test]
fn a_key_that_is_a_composite_changes() {
    let (db, session) = wares();
    let spot = session.add(Spot::builder().at(Point { x: 1, y: 2 }).n(1)).unwrap();
    session.commit().unwrap();
    assert_eq!(spot.sum().unwrap(), 3);
    db.sql();
    spot.set_at(Point { x: 3, y: 4 }).unwrap();
    session.flush().unwrap();
    assert_eq!((spot.sum().unwrap(), spot.at().unwrap()), (7, Point { x: 3, y: 4 }));
    assert_eq!(session.get::<Spot>(Point { x: 3, y: 4 }).unwrap().as_ref(), Some(&spot));
    session.rollback().unwrap();
    assert_eq!((spot.at().unwrap(), spot.sum().unwrap()), (Point { x: 1, y: 2 }, 3));
    expect![[r#"
        UPDATE "spot" SET "a" = ?, "b" = ? WHERE "a" = ? AND "b" = ? [3, 4, 1, 2]
        SELECT "spot"."a", "spot"."b", "spot"."n", "spot"."a" + "spot"."b" FROM "spot" WHERE "spot"."a" = ? AND "spot"."b" = ? [3, 4]
        SELECT "spot"."a", "spot"."b", "spot"."n", "spot"."a" + "spot"."b" FROM "spot" WHERE "spot"."a" = ? AND "spot"."b" = ? [1, 2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn nobody_sets_an_expression_by_another_name() {
    let (_db, session) = wares();
    let ware = session.add(ware()).unwrap();
    session.flush().unwrap();
    for name in ["total", "sum"] {
        assert_eq!(code(Obj::any(&ware).set(name, &Value::Int(1))), Code::ReadOnly);
    }
}
