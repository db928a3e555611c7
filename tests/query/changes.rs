//! Writing by statement: many rows changed at once, and the objects that follow.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Sync};
use tests::models::*;
use tests::show;

#[test]
fn objects_follow_an_update() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    db.sql();
    let change =
        update(User).set(User::name, User::name.concat("!")).set(User::fullname, "F").filter(User::id.lt(3));
    assert_eq!(session.run(change).unwrap(), 2);
    expect![[r#"
        UPDATE "user_account" SET "name" = "user_account"."name" || ?, "fullname" = ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."name", "user_account"."fullname" ['!', 'F', 3]
    "#]].assert_eq(&db.sql());
    let names: Vec<String> = users.iter().map(|user| user.name().unwrap()).collect();
    assert_eq!(names, ["ed!", "jack!", "mary"]);
    session.rollback().unwrap();
    assert_eq!(users[0].name().unwrap(), "ed");
}

#[test]
fn without_objects_nothing_is_asked_before() {
    let (db, session) = super::session();
    db.sql();
    assert_eq!(session.run(update(User).set(User::fullname, None)).unwrap(), 3);
    assert_eq!(session.run(delete(Item).filter(!Item::orders.any(())).filter(Item::id.gt(0))).unwrap(), 0);
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? [NULL]
        DELETE FROM "item" WHERE NOT EXISTS (SELECT ? FROM "orders", "order_item" WHERE "item"."id" = "order_item"."item_id" AND "orders"."id" = "order_item"."order_id") AND "item"."id" > ? [1, 0]
    "#]].assert_eq(&db.sql());
}

#[test]
fn relationships_follow_a_key_that_is_set() {
    let (_db, session) = super::session();
    let order = session.get_one::<Order>(1).unwrap();
    assert_eq!(order.user().unwrap().unwrap().id().unwrap(), 1);
    session.run(update(Order).set(Order::user_id, 2).filter(Order::id.eq(1))).unwrap();
    assert_eq!(order.user().unwrap().unwrap().id().unwrap(), 2);
    let max = select(func::max(User::id)).scalar();
    session.run(update(Order).set(Order::user_id, max).filter(Order::id.eq(1))).unwrap();
    assert_eq!(order.user_id().unwrap(), Some(3));
}

#[test]
fn objects_whose_rows_are_deleted_are_deleted() {
    let (_db, session) = super::session();
    let addresses = session.scalars(select(Address).order_by(Address::id)).unwrap().all().unwrap();
    assert_eq!(session.run(delete(Address).filter(Address::user_id.eq(1))).unwrap(), 2);
    let states: Vec<ObjectState> = addresses.iter().map(Obj::state).collect();
    assert_eq!(states, [ObjectState::Deleted, ObjectState::Deleted, ObjectState::Persistent]);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&addresses[0]), ObjectState::Persistent);
    assert_eq!(addresses[0].email().unwrap(), "ed@x");
    session.run(delete(Address).filter(Address::id.eq(3))).unwrap();
    session.commit().unwrap();
    assert_eq!(Obj::state(&addresses[2]), ObjectState::Detached);
}

#[test]
fn a_savepoint_takes_it_back() {
    let (_db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    let part = session.begin_nested().unwrap();
    session.run(update(User).set(User::name, "x")).unwrap();
    assert_eq!(ed.name().unwrap(), "x");
    part.rollback().unwrap();
    assert_eq!(ed.name().unwrap(), "ed");
}

#[test]
fn what_changed_is_flushed_first() {
    let (_db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    ed.set_name("edna").unwrap();
    assert_eq!(
        session.run(update(User).set(User::fullname, User::name).filter(User::name.eq("edna"))).unwrap(),
        1
    );
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("edna"));
}

#[test]
fn objects_that_stay_as_they_are() {
    let (db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    session.run(update(User).set(User::name, "x").sync(Sync::Off)).unwrap();
    assert_eq!(db.statements(), 1);
    assert_eq!(ed.name().unwrap(), "ed");
}

#[test]
fn statements_that_can_not_be() {
    let (db, session) = super::session();
    db.sql();
    expect!["[query] `User`: an update sets no column; help: say what it sets by `.set(column, value)`"]
        .assert_eq(&show(session.run(update(User))));
    expect!["[query] `User.id`: a statement sets a key by which the session knows its objects; help: say `.sync(Sync::Off)`, and expire or close the session afterwards"].assert_eq(&show(session.run(update(User).set(User::id, 7))));
    expect!["[query] `Address` isn't part of the query; help: a statement that changes rows has no joins: ask by `any` or `has`, or by `in_(select(...))`"]
        .assert_eq(&show(session.run(update(User).set(User::name, "x").filter(Address::id.eq(1)))));
    assert_eq!(db.statements(), 0);
    let taken = session.run(update(Address).set(Address::user_id, 99)).map_err(|error| error.code());
    assert_eq!(taken, Err(Code::Integrity));
    session.rollback().unwrap();
}

#[test]
fn conditions_are_tested_on_objects() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    session.expire_attributes(&users[2], &["name"]).unwrap();
    db.sql();
    let named = User::name.in_(["ed", "mary"]) & User::id.between(1, 9) & !User::fullname.is_null();
    let change = update(User).set(User::fullname, "F").filter(named).sync(Sync::Evaluate);
    session.run(change).unwrap();
    let computed =
        update(User).set(User::name, User::name.concat("!")).filter(User::id.lt(3) | User::name.eq("no"));
    session.run(computed.sync(Sync::Evaluate)).unwrap();
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."name" IN (?, ?) AND "user_account"."id" BETWEEN ? AND ? AND "user_account"."fullname" IS NOT NULL ['F', 'ed', 'mary', 1, 9]
        UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? OR "user_account"."name" = ? ['!', 3, 'no']
    "#]].assert_eq(&db.sql());
    let fullnames: Vec<_> = users.iter().map(|user| user.fullname().unwrap()).collect();
    let names: Vec<_> = users.iter().map(|user| user.name().unwrap()).collect();
    expect![[r#"
        (
            [
                Some(
                    "F",
                ),
                None,
                None,
            ],
            [
                "ed!",
                "jack!",
                "mary",
            ],
        )
    "#]]
    .assert_debug_eq(&(fullnames, names));
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
    let addresses = session.scalars(select(Address).order_by(Address::id)).unwrap().all().unwrap();
    session.expire_attributes(&addresses[1], &["email"]).unwrap();
    let gone = delete(Address).filter(Address::email.ne("ed@x")).sync(Sync::Evaluate);
    assert_eq!(session.run(gone).unwrap(), 2);
    let states: Vec<ObjectState> = addresses.iter().map(Obj::state).collect();
    assert_eq!(states, [ObjectState::Persistent, ObjectState::Persistent, ObjectState::Deleted]);
    assert_eq!(addresses[1].email().map_err(|error| error.code()), Err(Code::ObjectDeleted));
    let beyond =
        update(User).set(User::name, "x").filter(func::length(User::name).gt(2)).sync(Sync::Evaluate);
    expect!["[query] `User`: only the database can test the condition of a statement whose objects follow by `Evaluate`; help: take `Sync::Auto`, or compare columns of the class with values of their own type"].assert_eq(&show(session.run(beyond)));
}
