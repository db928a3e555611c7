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
        update(User).set(User::name, "x").filter(func::type_of(User::name).eq("text")).sync(Sync::Evaluate);
    expect!["[query] `User`: only the database can test the condition of a statement whose objects follow by `Evaluate`; help: take `Sync::Auto`, or compare columns of the class with values"].assert_eq(&show(session.run(beyond)));
}

/// A condition means in memory what it means to the database: an object is changed where its row is, and no other.
#[test]
fn conditions_mean_in_memory_what_they_mean_to_the_database() {
    let (db, session) = super::session();
    session
        .run(insert(User).rows([User::builder().name("Ed").fullname("ed"), User::builder().name("")]))
        .unwrap();
    let conditions = || {
        let (name, full) = (User::name, User::fullname);
        vec![
            name.eq("ed"),
            name.ne("ed"),
            name.lt("jack"),
            name.le("jack"),
            name.gt("Ed"),
            name.ge("jack"),
            name.between("ed", "mary"),
            User::id.between(2, 3),
            name.in_(["ed", "mary"]),
            name.not_in(["ed", "mary"]),
            name.in_(Vec::<String>::new()),
            full.eq("ed"),
            full.ne("ed"),
            full.is_null(),
            full.is_not_null(),
            full.in_([Some("ed".to_owned()), None]),
            full.not_in([Some("ed".to_owned()), None]),
            full.is_distinct_from("ed"),
            full.is_not_distinct_from(None),
            full.eq(name),
            name.concat("_foo").eq("ed_foo"),
            name.starts_with("E"),
            name.like("%ar_"),
            (User::id + 1).eq(2),
            name.eq("ed").eq(User::id.eq(1)),
            func::length(name).gt(2),
            orm::tuple_((User::id, name)).in_([(1, "ed"), (2, "mary")]),
            func::coalesce(full, name).gt("ed"),
            !full.eq("ed"),
            !(full.eq("ed") | name.eq("ed")),
            full.eq("ed") & User::id.gt(1),
            full.eq("ed") | User::id.gt(4),
            !(full.ne("x") & User::id.gt(2)),
            orm::literal(true),
            orm::literal(false),
            orm::all_of(Vec::<orm::Expr<bool>>::new()),
        ]
    };
    for at in 0..conditions().len() {
        let part = session.begin_nested().unwrap();
        let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
        let condition = conditions().remove(at);
        let asked = format!("{condition:?}");
        db.sql();
        // What is set is plain, so that an object in memory shows it without a statement.
        session.run(update(User).set(User::fullname, "hit").filter(condition).sync(Sync::Evaluate)).unwrap();
        assert_eq!(db.statements(), 1, "{asked}");
        db.sql();
        let seen: Vec<_> = users.iter().map(|user| user.fullname().unwrap()).collect();
        assert_eq!(db.sql(), "", "{asked}");
        let rows = session.scalars(select(User::fullname).order_by(User::id)).unwrap().all().unwrap();
        assert_eq!(seen, rows, "{asked}");
        part.rollback().unwrap();
    }
    // What only the database can say is asked of it by another way.
    let beyond = [
        User::name.collate("NOCASE").eq("ED"),
        User::name.op::<bool>("GLOB", "e*"),
        func::type_of(User::name).eq("text"),
        User::id.eq(select(func::max(User::id)).scalar()),
    ];
    let _users = session.scalars(select(User)).unwrap().all().unwrap();
    for condition in beyond {
        let asked = format!("{condition:?}");
        let change = || update(User).set(User::fullname, "hit").filter(condition.clone());
        let refused = session.run(change().sync(Sync::Evaluate)).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::Query), "{asked}");
        assert!(session.run(change()).is_ok_and(|rows| rows > 0), "{asked}");
    }
}

/// What is expired of an object isn't loaded to test it: it is expired as a whole instead, and found when it is read.
#[test]
fn conditions_on_objects_that_are_expired() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    let addresses = session.scalars(select(Address).order_by(Address::id)).unwrap().all().unwrap();
    session.expire_attributes(&users[0], &["name"]).unwrap();
    session.expire(&users[1]).unwrap();
    db.sql();
    let change = update(User).set(User::name, "new").set(User::fullname, "F").filter(User::name.ne("mary"));
    session.run(change.sync(Sync::Evaluate)).unwrap();
    let read = |user: &Obj<User>| (user.name().unwrap(), user.fullname().unwrap());
    assert_eq!(read(&users[0]), ("new".to_owned(), Some("F".to_owned())));
    assert_eq!(read(&users[1]), ("new".to_owned(), Some("F".to_owned())));
    assert_eq!(read(&users[2]), ("mary".to_owned(), None));
    expect![[r#"
        UPDATE "user_account" SET "name" = ?, "fullname" = ? WHERE "user_account"."name" <> ? ['new', 'F', 'mary']
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    // By what an object belongs to.
    let gone = || delete(Address).filter(Address::user.is(&users[0])).sync(Sync::Evaluate);
    let part = session.begin_nested().unwrap();
    session.run(gone()).unwrap();
    let states = |of: &[Obj<Address>]| of.iter().map(Obj::state).collect::<Vec<_>>();
    assert_eq!(states(&addresses), [ObjectState::Deleted, ObjectState::Deleted, ObjectState::Persistent]);
    part.rollback().unwrap();
    session.expire_all().unwrap();
    db.sql();
    session.run(gone()).unwrap();
    assert_eq!(states(&addresses), [ObjectState::Persistent; 3]);
    assert_eq!(addresses[0].email().map_err(|error| error.code()), Err(Code::ObjectDeleted));
    assert_eq!(addresses[2].email().unwrap(), "jack@x");
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        DELETE FROM "address" WHERE ? = "address"."user_id" [1]
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [1]
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
}

/// What the database says of the rows comes back, however objects follow.
#[test]
fn objects_and_columns_are_given_back() {
    for sync in [Sync::Auto, Sync::Fetch, Sync::Evaluate, Sync::Off] {
        let (db, session) = super::session();
        let known = session.get_one::<User>(1).unwrap();
        db.sql();
        let change = update(User).set(User::name, User::name.concat("!")).filter(User::id.lt(3)).sync(sync);
        let nested = (User::id, (User::name, User::id * 10), User);
        let mut rows = session.run(change.returning(nested)).unwrap();
        rows.sort_by_key(|row| row.0);
        let [(1, (ed, 10), one), (2, (jack, 20), two)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((ed.as_str(), jack.as_str()), ("ed!", "jack!"));
        // An object that is there stays as it is where that is said.
        let name = if sync == Sync::Off { "ed" } else { "ed!" };
        assert_eq!((one, one.name().unwrap().as_str()), (&known, name));
        assert_eq!(two.name().unwrap(), "jack!");
        let told = db.sql();
        let gone = session
            .run(delete(Address).filter(Address::id.lt(3)).sync(sync).returning((Address, Address::email)));
        let mut gone = gone.unwrap();
        gone.sort_by_key(|(address, _)| address.id().unwrap());
        assert_eq!(gone.iter().map(|(_, email)| email.as_str()).collect::<Vec<_>>(), ["ed@x", "ed@y"]);
        assert_eq!(gone[1].0.email().unwrap(), "ed@y");
        let told = format!("{sync:?}\n{told}{}", db.sql());
        match sync {
            Sync::Auto => expect![[r#"
                Auto
                UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."name", "user_account"."id" * ?, "user_account"."id", "user_account"."name", "user_account"."fullname", "user_account"."id", "user_account"."name" ['!', 3, 10]
                DELETE FROM "address" WHERE "address"."id" < ? RETURNING "address"."id", "address"."email", "address"."user_id", "address"."email", "address"."id" [3]
            "#]].assert_eq(&told),
            Sync::Fetch => expect![[r#"
                Fetch
                UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."name", "user_account"."id" * ?, "user_account"."id", "user_account"."name", "user_account"."fullname", "user_account"."id", "user_account"."name" ['!', 3, 10]
                DELETE FROM "address" WHERE "address"."id" < ? RETURNING "address"."id", "address"."email", "address"."user_id", "address"."email", "address"."id" [3]
            "#]].assert_eq(&told),
            Sync::Evaluate => expect![[r#"
                Evaluate
                UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."name", "user_account"."id" * ?, "user_account"."id", "user_account"."name", "user_account"."fullname" ['!', 3, 10]
                SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
                DELETE FROM "address" WHERE "address"."id" < ? RETURNING "address"."id", "address"."email", "address"."user_id", "address"."email", "address"."id" [3]
            "#]].assert_eq(&told),
            Sync::Off => expect![[r#"
                Off
                UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."name", "user_account"."id" * ?, "user_account"."id", "user_account"."name", "user_account"."fullname" ['!', 3, 10]
                DELETE FROM "address" WHERE "address"."id" < ? RETURNING "address"."id", "address"."email", "address"."user_id", "address"."email" [3]
            "#]].assert_eq(&told),
        }
    }
}

/// Objects whose rows a statement deletes are found by the keys that it gives back.
#[test]
fn deleted_objects_are_found_by_the_keys() {
    let (db, session) = super::session();
    let addresses = session.scalars(select(Address).order_by(Address::id)).unwrap().all().unwrap();
    db.sql();
    session.run(delete(Address).filter(Address::email.like("ed%"))).unwrap();
    expect![[r#"
        DELETE FROM "address" WHERE "address"."email" LIKE ? RETURNING "address"."id" ['ed%']
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&addresses[1]), ObjectState::Deleted);
}

/// A condition on every row of a class narrows a statement of the class, and the queries in it, by whichever way objects
/// follow.
#[test]
fn conditions_on_a_class_of_which_a_statement_is() {
    for sync in [Sync::Auto, Sync::Evaluate] {
        let (db, session) = super::session();
        let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
        db.sql();
        let change = update(User).set(User::fullname, "F").filter(User::id.gt(1));
        let change = change.with_criteria(User, User::name.in_(["ed", "mary"])).sync(sync);
        assert_eq!(session.run(change).unwrap(), 1);
        let fullnames: Vec<_> = users.iter().map(|user| user.fullname().unwrap()).collect();
        assert_eq!(fullnames, [Some("Ed Jones".to_owned()), None, Some("F".to_owned())]);
        let gone = delete(User).filter(User::id.gt(1)).with_criteria(User, User::name.eq("mary")).sync(sync);
        assert_eq!(session.run(gone).unwrap(), 1);
        let states = users.iter().map(Obj::state).collect::<Vec<_>>();
        assert_eq!(states, [ObjectState::Persistent, ObjectState::Persistent, ObjectState::Deleted]);
        let told = db.sql();
        match sync {
            Sync::Evaluate => expect![[r#"
                UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" > ? AND "user_account"."name" IN (?, ?) ['F', 1, 'ed', 'mary']
                DELETE FROM "user_account" WHERE "user_account"."id" > ? AND "user_account"."name" = ? [1, 'mary']
            "#]].assert_eq(&told),
            _ => expect![[r#"
                UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" > ? AND "user_account"."name" IN (?, ?) RETURNING "user_account"."id", "user_account"."fullname" ['F', 1, 'ed', 'mary']
                DELETE FROM "user_account" WHERE "user_account"."id" > ? AND "user_account"."name" = ? RETURNING "user_account"."id" [1, 'mary']
            "#]].assert_eq(&told),
        }
    }
    let (db, session) = super::session();
    db.sql();
    let noted = || Order::note.ne("o1");
    let some = select(Order::id).cte("some");
    let ids = || select(some.of(Order::id)).from(&some);
    session
        .run(update(Order).set(Order::note, "n").filter(Order::id.in_(ids())).with_criteria(Order, noted()))
        .unwrap();
    // The links of the items are still there.
    session
        .run(delete(Item).filter(!Item::orders.any(())).with_criteria(Order, Order::id.gt(1)))
        .unwrap_err();
    let words = select(orm::func::coalesce(Order::note, "none")).filter(Order::id.gt(0));
    session
        .run(
            insert(Keyword)
                .columns(Keyword::word)
                .from(words.distinct())
                .with_criteria(Order, Order::note.ne("n")),
        )
        .unwrap();
    let alias = aliased(Order);
    let others = || select(alias.of(Order::id)).from(alias);
    let of_alias = |change: orm::Update<Order>| session.run(change.filter(Order::id.in_(others()))).unwrap();
    assert_eq!(of_alias(update(Order).set(Order::note, "m").with_criteria(Order, Order::id.eq(1))), 1);
    assert_eq!(
        of_alias(update(Order).set(Order::note, "m").with_criteria_of_aliases(Order, Order::id.lt(3))),
        2
    );
    expect![[r#"
        WITH "some" AS (SELECT "orders_1"."id" FROM "orders" AS "orders_1" WHERE "orders_1"."note" <> ?) UPDATE "orders" SET "note" = ? WHERE "orders"."id" IN (SELECT "some"."id" FROM "some") AND "orders"."note" <> ? ['o1', 'n', 'o1']
        DELETE FROM "item" WHERE NOT EXISTS (SELECT ? FROM "orders", "order_item" WHERE "item"."id" = "order_item"."item_id" AND "orders"."id" = "order_item"."order_id" AND "orders"."id" > ?) [1, 1]
        INSERT INTO "keyword" ("word", "weight") SELECT "rows"."column1", ? FROM (SELECT DISTINCT coalesce("orders"."note", ?) AS "column1" FROM "orders" WHERE "orders"."id" > ? AND "orders"."note" <> ?) AS "rows" WHERE true [7, 'none', 0, 'n']
        UPDATE "orders" SET "note" = ? WHERE "orders"."id" IN (SELECT "orders_1"."id" FROM "orders" AS "orders_1") AND "orders"."id" = ? ['m', 1]
        UPDATE "orders" SET "note" = ? WHERE "orders"."id" IN (SELECT "orders_1"."id" FROM "orders" AS "orders_1" WHERE "orders_1"."id" < ?) AND "orders"."id" < ? ['m', 3, 3]
    "#]].assert_eq(&db.sql());
}

/// Without a flush before it, a statement takes the place of what waits for the columns that it sets, in the order in which it
/// says them.
#[test]
fn a_statement_takes_the_place_of_what_waits() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    for sync in [Sync::Auto, Sync::Evaluate] {
        users[0].set_name("mine").unwrap();
        users[1].set_name("mine").unwrap();
        db.sql();
        let change = update(User).set(User::fullname, "F").set(User::name, "all").filter(User::id.lt(3));
        session.no_autoflush(|session| session.run(change.sync(sync))).unwrap();
        let told = db.sql();
        match sync {
            Sync::Evaluate => expect![[r#"
                UPDATE "user_account" SET "fullname" = ?, "name" = ? WHERE "user_account"."id" < ? ['F', 'all', 3]
            "#]].assert_eq(&told),
            _ => expect![[r#"
                UPDATE "user_account" SET "fullname" = ?, "name" = ? WHERE "user_account"."id" < ? RETURNING "user_account"."id", "user_account"."fullname", "user_account"."name" ['F', 'all', 3]
            "#]].assert_eq(&told),
        }
        assert_eq!(users[1].name().unwrap(), "all");
        db.sql();
        session.flush().unwrap();
        assert_eq!(db.sql(), "");
    }
    users[0].set_name("mine").unwrap();
    db.sql();
    let by_key = update(User).columns((User::id, User::name)).rows([(1, "key")]);
    session.no_autoflush(|session| session.run(by_key)).unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = ? ['key', 1]
    "#]]
    .assert_eq(&db.sql());
    session.flush().unwrap();
    assert_eq!((users[0].name().unwrap().as_str(), db.sql().as_str()), ("key", ""));
}

/// A statement that says so runs without the flush before it, and gives what the database has by then.
#[test]
fn a_statement_without_a_flush() {
    let (db, session) = super::session();
    let user = session.get_one::<User>(1).unwrap();
    user.set_fullname("waits").unwrap();
    session.add(User::builder().name("new")).unwrap();
    db.sql();
    let changed = update(User).set(User::name, "all").autoflush(false);
    assert_eq!(session.run(changed).unwrap(), 3);
    assert_eq!(session.run(delete(User).filter(User::name.eq("new")).autoflush(false)).unwrap(), 0);
    let rows = insert(User).set(User::id, 9).set(User::name, "row").autoflush(false);
    assert_eq!(session.run(rows.returning(User::name)).unwrap(), ["row"]);
    let upsert =
        insert(User).set(User::id, 9).set(User::name, "kept").on_conflict(User::id).update(User::name);
    assert_eq!(session.run(upsert.autoflush(false)).unwrap(), 1);
    assert_eq!(user.fullname().unwrap().as_deref(), Some("waits"));
    expect![[r#"
        UPDATE "user_account" SET "name" = ? RETURNING "user_account"."id", "user_account"."name" ['all']
        DELETE FROM "user_account" WHERE "user_account"."name" = ? RETURNING "user_account"."id" ['new']
        INSERT INTO "user_account" ("id", "name") VALUES (?, ?) RETURNING "user_account"."name" [9, 'row']
        INSERT INTO "user_account" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = "excluded"."name" RETURNING "user_account"."id", "user_account"."name" [9, 'kept']
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(session.run(delete(User).filter(User::name.eq("new"))).unwrap(), 1);
    assert_eq!(db.statements(), 3, "what waited is written before");
}
