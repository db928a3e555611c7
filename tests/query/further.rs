//! Queries put together, read one by one, narrowed for every row of a class; and statements that change rows.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Lazy, Sync, all, defer_all};
use tests::models::*;
use tests::{filled, show, tree};

use super::asked;

/// Objects of queries that are put together are loaded with what is said of them, by statements of their own.
#[test]
fn what_is_loaded_with_queries_that_are_put_together() {
    let (db, session) = super::session();
    let of = |least: i64| select(User).filter(User::id.ge(least));
    let told = |query: orm::Select<Obj<User>>| {
        session.expunge_all();
        db.sql();
        let users = session.scalars(query).unwrap().all().unwrap();
        format!("{}\n{}", users.iter().map(tree).collect::<Vec<_>>().join("\n"), db.sql())
    };
    expect![[r#"
        User#1(addresses: [Address#1, Address#2])
        User#2(addresses: [Address#3])
        User#3(addresses: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" >= ? UNION SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" >= ? ORDER BY 1 [2, 1]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2,3]']
    "#]].assert_eq(&told(of(2).union(of(1)).order_by(User::id).options(selectin(User::addresses))));
    expect![[r#"
        User#2(addresses: [Address#3(user: User#2)])
        User#3(addresses: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" >= ? UNION ALL SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" >= ? ORDER BY 1 [3, 2]
        SELECT "address"."id", "address"."email", "address"."user_id", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "address" LEFT JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "address"."user_id" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[2,3]']
    "#]].assert_eq(&told(of(3).union_all(of(2)).order_by(User::id).options(joined(User::addresses).joined(Address::user))));
    expect![[r#"
        User#3(profile: none)
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" >= ? INTERSECT SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" >= ? [1, 3]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [3]
    "#]].assert_eq(&told(of(1).intersect(of(3)).options(joined(User::profile))));
}

/// Columns that are left out of the objects are compared all the same, so that the rows are those of whole objects.
#[test]
fn columns_of_queries_that_are_put_together() {
    let (db, session) = super::session();
    db.sql();
    let of = |least: i64| select(User).filter(User::id.ge(least));
    let users = session
        .scalars(of(2).union(of(1)).order_by(User::id).options(defer(User::name)))
        .unwrap()
        .all()
        .unwrap();
    let known: Vec<_> = users.iter().map(|user| Obj::any(user).peek("name").unwrap()).collect();
    expect![[r#"
        [None, None, None]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" >= ? UNION SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" >= ? ORDER BY 1 [2, 1]
    "#]].assert_eq(&format!("{known:?}\n{}", db.sql()));
    assert_eq!(users[0].name().unwrap(), "ed");
    assert_eq!(db.statements(), 1);
    let both = of(1).intersect(of(3)).options(load_only(User::name));
    assert_eq!(session.scalars(both).unwrap().all().unwrap().len(), 1);
}

/// Rows are told apart before they are ordered by what isn't selected.
#[test]
fn distinct_rows_in_an_order_of_their_own() {
    asked(
        select((User::name, func::length(User::name)))
            .join(User::addresses)
            .distinct()
            .order_by(User::name.desc()),
        expect![[r#"
            ("jack", 4)
            ("ed", 2)
            SELECT DISTINCT "user_account"."name", length("user_account"."name") FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "user_account"."name" DESC
        "#]],
    );
    asked(
        select(User).join(User::addresses).distinct().order_by(Address::email.desc()),
        expect![[r#"
        User#2
        User#1
        SELECT DISTINCT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "address"."email" DESC
    "#]],
    );
    asked(
        select(func::count(User::name).distinct()).join(User::addresses),
        expect![[r#"
            2
            SELECT count(DISTINCT "user_account"."name") FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id"
        "#]],
    );
    let users = select(User).join(User::addresses).distinct().order_by(User::id.desc()).subquery("users");
    asked(
        select(&orm::aliased_as(User, &users)),
        expect![[r#"
        User#2
        User#1
        SELECT "users"."id", "users"."name", "users"."fullname" FROM (SELECT DISTINCT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "user_account"."id" DESC) AS "users"
    "#]],
    );
}

/// Whether there is something is a value like others.
#[test]
fn existence_is_selected() {
    asked(
        select((User::id, exists(select(Order).filter(Order::user_id.eq(User::id))))).order_by(User::id),
        expect![[r#"
            (1, true)
            (2, false)
            (3, false)
            SELECT "user_account"."id", EXISTS (SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" = "user_account"."id") FROM "user_account" ORDER BY "user_account"."id"
        "#]],
    );
    let (db, session) = super::session();
    db.sql();
    let any = |least: i64| select(exists(select(User::id).filter(User::id.gt(least))));
    assert_eq!(session.scalar(any(1)).unwrap(), Some(true));
    assert_eq!(session.scalar(any(9)).unwrap(), Some(false));
    assert!(
        !session.scalars(select(User).join(User::orders).filter(Order::id.gt(9))).unwrap().exists().unwrap()
    );
    expect![[r#"
        SELECT EXISTS (SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" > ?) [1]
        SELECT EXISTS (SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" > ?) [9]
        SELECT EXISTS (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."id" > ?) [9]
    "#]].assert_eq(&db.sql());
}

/// Read one by one, what is joined to one object comes with its row; what would multiply rows is refused, also where the
/// query joins it itself.
#[test]
fn rows_one_by_one_with_what_belongs_to_them() {
    let (db, session) = super::session();
    db.sql();
    let mut seen = Vec::new();
    session
        .scalars(select(Address).order_by(Address::id).options(joined(Address::user)))
        .unwrap()
        .each(|address| {
            seen.push(tree(&address));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["Address#1(user: User#1)", "Address#2(user: User#1)", "Address#3(user: User#2)"]);
    assert_eq!(db.statements(), 1);
    let own = select(User).join(User::orders).options(contains_eager(User::orders));
    expect!["[query] a joined collection is whole when all rows are read, and these are read one by one; help: load it by `selectin`"].assert_eq(&show(session.scalars(&own).and_then(|rows| rows.chunks(2, |_| Ok(())))));
    // Called off it is no hindrance.
    let off = select(User).order_by(User::id).options((joined(User::orders), lazy(User::orders)));
    let mut count = 0;
    session
        .scalars(off)
        .unwrap()
        .each(|_| {
            count += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(count, 3);
    // Whoever stops gets no more rows, and the session goes on.
    let mut count = 0;
    let stopped = session.scalars(select(Address)).unwrap().each(|_| {
        count += 1;
        Err(orm::Error::new(Code::WrongState, "enough"))
    });
    assert_eq!((stopped.map_err(|error| error.code()), count), (Err(Code::WrongState), 1));
    assert_eq!(session.scalars(select(Address)).unwrap().count().unwrap(), 3);
}

/// A condition on every row of a class is asked wherever the class is read: by itself, joined, loaded with others, or later.
#[test]
fn conditions_on_a_class_wherever_it_is_read() {
    let (db, session) = super::session();
    let told = |query: orm::Select<Obj<User>>| {
        session.expunge_all();
        db.sql();
        let query = query
            .order_by(User::id)
            .with_criteria(Order, Order::note.ne("o1"))
            .with_criteria(Item, Item::name.ne("pen"));
        let users = session.scalars(query).unwrap().all().unwrap();
        format!("{}\n{}", users.iter().map(tree).collect::<Vec<_>>().join("\n"), db.sql())
    };
    expect![[r#"
        User#1(orders: [Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" <> ? LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id" AND "item_3"."name" <> ?) ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id" ['o1', 'pen']
    "#]].assert_eq(&told(select(User).options(joined(User::orders).joined(Order::items))));
    expect![[r#"
        User#1(orders: [Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id"
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) AND "orders"."note" <> ? ORDER BY "orders"."id" ['[1,2,3]', 'o1']
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."name" <> ? ORDER BY "item"."id" [2, 'pen']
    "#]].assert_eq(&told(select(User).options(selectin(User::orders).selectin(Order::items))));
    expect![[r#"
        User#1
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" AND "orders"."note" <> ? JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id" AND "item"."name" <> ?) ON "orders"."id" = "order_item"."order_id" ORDER BY "user_account"."id" ['o1', 'pen']
    "#]].assert_eq(&told(select(User).join(User::orders).join(Order::items)));
    expect![[r#"
        User#1
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND "orders"."note" <> ? AND EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."name" <> ?)) ORDER BY "user_account"."id" [1, 'o1', 1, 'pen']
    "#]].assert_eq(&told(select(User).filter(User::orders.any(Order::items.any_item()))));
    let later = || {
        session.expunge_all();
        let query = select(User).filter(User::id.eq(1)).with_criteria(Order, Order::note.ne("o1"));
        session.scalars(query).unwrap().one().unwrap()
    };
    let ed = later();
    db.sql();
    assert_eq!(ed.orders().len().unwrap(), 1);
    expect![[r#"
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" <> ? ORDER BY "orders"."id" [1, 'o1']
    "#]].assert_eq(&db.sql());
    // Counted as it is read.
    let orders = select(Order).with_criteria(Order, Order::note.ne("o1"));
    assert_eq!(session.scalars(&orders).unwrap().count().unwrap(), 2);
    assert!(session.scalars(&orders).unwrap().exists().unwrap());
    let columns =
        select((Order::id, func::count_all())).group_by(Order::id).with_criteria(Order, Order::note.ne("o1"));
    assert_eq!(session.execute(columns).unwrap().all().unwrap(), [(2, 1), (3, 1)]);
}

/// A condition on a class counts in queries within the query too.
#[test]
fn conditions_on_a_class_within_queries() {
    let (db, session) = super::session();
    db.sql();
    let told = |query: orm::Select<i64>| {
        let ids = session.scalars(query.with_criteria(Order, Order::note.ne("o1"))).unwrap().all().unwrap();
        format!("{ids:?}\n{}", db.sql())
    };
    expect![[r#"
        [2, 3]
        SELECT "item"."id" FROM "item" WHERE "item"."id" IN (SELECT "orders"."id" FROM "orders" WHERE "orders"."note" <> ?) ['o1']
    "#]].assert_eq(&told(select(Item::id).filter(Item::id.in_(select(Order::id)))));
    expect![[r#"
        [2, 3]
        SELECT "item"."id" FROM "item" WHERE EXISTS (SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."id" = "item"."id" AND "orders"."note" <> ?) ['o1']
    "#]].assert_eq(&told(select(Item::id).filter(exists(select(Order).filter(Order::id.eq(Item::id))))));
    let orders = select(Order::id).subquery("orders");
    expect![[r#"
        [2, 3]
        SELECT "orders_1"."id" FROM (SELECT "orders"."id" FROM "orders" WHERE "orders"."note" <> ?) AS "orders_1" ['o1']
    "#]].assert_eq(&told(select(orders.of(Order::id)).from(&orders)));
    expect![[r#"
        [1, 2, 2, 3, 3]
        SELECT "orders"."id" FROM "orders" WHERE "orders"."note" <> ? UNION ALL SELECT "item"."id" FROM "item" ORDER BY 1 ['o1']
    "#]].assert_eq(&told(select(Order::id).union_all(select(Item::id)).order_by(Order::id)));
    expect![[r#"
        [2]
        SELECT (SELECT count("orders"."id") FROM "orders" WHERE "orders"."note" <> ?) ['o1']
    "#]]
    .assert_eq(&told(select(select(func::count(Order::id)).scalar())));
}

/// A condition that asks for its own class means all rows of that.
#[test]
fn a_condition_on_a_class_that_asks_for_it() {
    let last = || Order::id.eq(select(func::max(Order::id)).scalar());
    asked(
        select(Order::id).with_criteria(Order, last()),
        expect![[r#"
        3
        SELECT "orders"."id" FROM "orders" WHERE "orders"."id" = (SELECT max("orders_1"."id") FROM "orders" AS "orders_1")
    "#]],
    );
    asked(
        select((User::id, Order::id.optional()))
            .outer_join(User::orders)
            .order_by(User::id)
            .with_criteria(Order, last()),
        expect![[r#"
            (1, None)
            (2, None)
            (3, None)
            SELECT "user_account"."id", "orders"."id" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" AND "orders"."id" = (SELECT max("orders_1"."id") FROM "orders" AS "orders_1") ORDER BY "user_account"."id"
        "#]],
    );
    let (db, session) = super::session();
    let told = |query: orm::Select<Obj<User>>| {
        session.expunge_all();
        db.sql();
        let user = session.scalars(query.filter(User::id.eq(1))).unwrap().one().unwrap();
        user.orders().len().unwrap();
        format!("{}\n{}", tree(&user), db.sql())
    };
    let noted = || Order::id.in_(select(Order::id).filter(Order::note.ne("o1")));
    expect![[r#"
        User#1(orders: [Order#2])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" AND "orders_1"."id" IN (SELECT "orders_1001"."id" FROM "orders" AS "orders_1001" WHERE "orders_1001"."note" <> ?) WHERE "user_account"."id" = ? ORDER BY "orders_1"."id" ['o1', 1]
    "#]].assert_eq(&told(select(User).options(joined(User::orders).and(noted()))));
    expect![[r#"
        User#1(orders: [Order#2])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."id" IN (SELECT "orders_1001"."id" FROM "orders" AS "orders_1001" WHERE "orders_1001"."note" <> ?) ORDER BY "orders"."id" [1, 'o1']
    "#]].assert_eq(&told(select(User).options(selectin(User::orders).and(noted()))));
    expect![[r#"
        User#1(orders: [Order#2])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."id" IN (SELECT "orders_1001"."id" FROM "orders" AS "orders_1001" WHERE "orders_1001"."note" <> ?) ORDER BY "orders"."id" [1, 'o1']
    "#]].assert_eq(&told(select(User).options(lazy(User::orders).and(noted()))));
    // Another value is another condition, however often the statement has run.
    for (note, orders) in [
        ("o1", "User#1(orders: [Order#2])"),
        ("o2", "User#1(orders: [Order#1])"),
        ("o1", "User#1(orders: [Order#2])"),
    ] {
        for way in [joined, selectin, subquery, lazy] {
            let told = told(select(User).options(way(User::orders).and(Order::note.not_in([note, "x"]))));
            assert_eq!(told.lines().next(), Some(orders));
        }
    }
}

/// Loaded again, an object is its row, whatever conditions its query had; each query has its own.
#[test]
fn conditions_on_a_class_and_objects_that_are_there() {
    let (db, session) = super::session();
    let query = select(User)
        .filter(User::id.eq(1))
        .with_criteria(User, User::name.eq("ed"))
        .options(defer(User::fullname));
    let ed = session.scalars(query).unwrap().one().unwrap();
    session.run(update(User).set(User::name, "edna").sync(Sync::Off)).unwrap();
    db.sql();
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!(ed.name().unwrap(), "ed");
    session.expire(&ed).unwrap();
    assert_eq!(ed.name().unwrap(), "edna");
    session.refresh(&ed).unwrap();
    assert_eq!(db.statements(), 3);
    // The same relationship by two conditions, one after the other.
    let part = |note: &str| {
        let query = select(User)
            .filter(User::id.eq(1))
            .options(selectin(User::orders))
            .with_criteria(Order, Order::note.eq(note));
        let user = session.scalars(query.populate_existing()).unwrap().one().unwrap();
        user.orders().iter().unwrap().map(|order| order.id().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((part("o1"), part("o2"), part("o3")), (vec![1], vec![2], vec![]));
}

/// A condition on what one relationship leads to: by every strategy, for links too, for the first step and the second.
#[test]
fn conditions_on_one_relationship() {
    let (db, session) = super::session();
    let told = |query: orm::Select<Obj<User>>| {
        session.expunge_all();
        db.sql();
        let users = session.scalars(query.filter(User::id.eq(1))).unwrap().all().unwrap();
        let orders: Vec<usize> = users.iter().map(|user| user.orders().len().unwrap()).collect();
        format!("{} {orders:?}\n{}", tree(&users[0]), db.sql())
    };
    let first = || Order::note.eq("o1").and(Order::id.lt(9));
    expect![[r#"
        User#1(orders: [Order#1]) [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" = ? AND "orders_1"."id" < ? WHERE "user_account"."id" = ? ORDER BY "orders_1"."id" ['o1', 9, 1]
    "#]].assert_eq(&told(select(User).options(joined(User::orders).and(first()))));
    expect![[r#"
        User#1(orders: [Order#1]) [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" = ? AND "orders"."id" < ? ORDER BY "orders"."id" [1, 'o1', 9]
    "#]].assert_eq(&told(select(User).options(subquery(User::orders).and(first()))));
    expect![[r#"
        User#1(orders: [Order#1]) [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" = ? AND "orders"."id" < ? ORDER BY "orders"."id" [1, 'o1', 9]
    "#]].assert_eq(&told(select(User).options(lazy(User::orders).and(first()))));
    expect![[r#"
        User#1(orders: [Order#1(items: [Item#2])]) [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" = ? AND "orders"."id" < ? ORDER BY "orders"."id" [1, 'o1', 9]
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."name" = ? ORDER BY "item"."id" [1, 'ink']
    "#]].assert_eq(&told(select(User).options(selectin(User::orders).and(first()).selectin(Order::items).and(Item::name.eq("ink")))));
    expect![[r#"
        User#1(orders: [Order#1(items: [Item#2])]) [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" = ? AND "orders_1"."id" < ? LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id" AND "item_3"."name" = ?) ON "orders_1"."id" = "order_item_2"."order_id" WHERE "user_account"."id" = ? ORDER BY "orders_1"."id", "item_3"."id" ['o1', 9, 'ink', 1]
    "#]].assert_eq(&told(select(User).options(joined(User::orders).and(first()).joined(Order::items).and(Item::name.eq("ink")))));
    // In a join of the query: to links, to an alias, to one object.
    asked(
        select((Order::id, Item::name.optional()))
            .outer_join(Order::items.and(Item::name.eq("pen")))
            .order_by(Order::id),
        expect![[r#"
            (1, Some("pen"))
            (2, None)
            (3, Some("pen"))
            SELECT "orders"."id", "item"."name" FROM "orders" LEFT JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id" AND "item"."name" = ?) ON "orders"."id" = "order_item"."order_id" ORDER BY "orders"."id" ['pen']
        "#]],
    );
    let item = aliased(Item);
    asked(
        select((Order::id, item.of(Item::name)))
            .join(Order::items.to(item).and(item.of(Item::name).eq("pen")))
            .order_by(Order::id),
        expect![[r#"
            (1, "pen")
            (3, "pen")
            SELECT "orders"."id", "item"."name" FROM "orders" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id" AND "item"."name" = ?) ON "orders"."id" = "order_item"."order_id" ORDER BY "orders"."id" ['pen']
        "#]],
    );
    asked(
        select((Order::id, User::name.optional()))
            .outer_join(Order::user.and(User::name.eq("jack")))
            .order_by(Order::id),
        expect![[r#"
            (1, None)
            (2, None)
            (3, None)
            SELECT "orders"."id", "user_account"."name" FROM "orders" LEFT JOIN "user_account" ON "user_account"."id" = "orders"."user_id" AND "user_account"."name" = ? ORDER BY "orders"."id" ['jack']
        "#]],
    );
}

/// Changes by statement: nothing is loaded with what they concern, whatever its class declares.
#[test]
fn a_statement_that_changes_rows_loads_nothing() {
    mod eager {
        //! Classes that load each other.

        use orm::prelude::*;

        orm::registry!(pub Eager);

        #[derive(Mapped)]
        #[mapped(registry = Eager)]
        pub struct Owner {
            #[column(primary_key)]
            pub id: i64,
            pub name: String,
            #[relationship(lazy = "joined", back_populates = "owner")]
            pub pets: Many<Pet>,
        }

        #[derive(Mapped)]
        #[mapped(registry = Eager)]
        pub struct Pet {
            #[column(primary_key)]
            pub id: i64,
            pub name: String,
            #[column(foreign_key = Owner::id)]
            pub owner_id: i64,
            #[relationship(lazy = "joined", back_populates = "pets")]
            pub owner: One<Owner>,
        }
    }
    use eager::{Eager, Owner, Pet};
    let db = tests::Db::empty();
    Eager::create_all(&db.engine).unwrap();
    db.run("INSERT INTO owner VALUES (1, 'ann'), (2, 'bob'); INSERT INTO pet VALUES (1, 'rex', 1), (2, 'tom', 2)");
    let session = db.session();
    let owners = session.scalars(select(Owner).order_by(Owner::id)).unwrap().all().unwrap();
    db.sql();
    assert_eq!(
        session
            .run(update(Owner).set(Owner::name, "x").filter(Owner::pets.any(Pet::name.eq("rex"))))
            .unwrap(),
        1
    );
    assert_eq!(session.run(delete(Pet).filter(Pet::owner.has(Owner::name.eq("x")))).unwrap(), 1);
    expect![[r#"
        UPDATE "owner" SET "name" = ? WHERE EXISTS (SELECT ? FROM "pet" WHERE "owner"."id" = "pet"."owner_id" AND "pet"."name" = ?) RETURNING "owner"."id", "owner"."name" ['x', 1, 'rex']
        DELETE FROM "pet" WHERE EXISTS (SELECT ? FROM "owner" WHERE "owner"."id" = "pet"."owner_id" AND "owner"."name" = ?) RETURNING "pet"."id" [1, 'x']
    "#]].assert_eq(&db.sql());
    assert_eq!(owners[0].name().unwrap(), "x");
}

/// Values and conditions of any kind: lists, cases, queries, of the class itself too.
#[test]
fn statements_with_conditions_of_every_kind() {
    let (db, session) = super::session();
    db.sql();
    let older = case().when(User::id.gt(1), "old").otherwise("young");
    assert_eq!(session.run(update(User).set(User::fullname, older).filter(User::id.in_([1, 2]))).unwrap(), 2);
    let with_orders = select(Order::user_id).filter(Order::note.eq("o1"));
    assert_eq!(session.run(update(User).set(User::name, "x").filter(User::id.in_(with_orders))).unwrap(), 1);
    let most = select(func::max(User::id)).scalar();
    assert_eq!(session.run(update(User).set(User::name, "last").filter(User::id.eq(most))).unwrap(), 1);
    let count = select(func::count(Order::id)).filter(Order::user_id.eq(User::id)).scalar();
    assert_eq!(session.run(update(User).set(User::name, count.cast::<String>())).unwrap(), 3);
    assert_eq!(
        session
            .run(delete(Order).filter(!Order::user.has(User::id.gt(0)) & !Order::items.any_item()))
            .unwrap(),
        0
    );
    expect![[r#"
        UPDATE "user_account" SET "fullname" = CASE WHEN "user_account"."id" > ? THEN ? ELSE ? END WHERE "user_account"."id" IN (?, ?) [1, 'old', 'young', 1, 2]
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" IN (SELECT "orders"."user_id" FROM "orders" WHERE "orders"."note" = ?) ['x', 'o1']
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = (SELECT max("user_account_1"."id") FROM "user_account" AS "user_account_1") ['last']
        UPDATE "user_account" SET "name" = CAST((SELECT count("orders"."id") FROM "orders" WHERE "orders"."user_id" = "user_account"."id") AS TEXT)
        DELETE FROM "orders" WHERE NOT EXISTS (SELECT ? FROM "user_account" WHERE "user_account"."id" = "orders"."user_id" AND "user_account"."id" > ?) AND NOT EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id") [1, 0, 1]
    "#]].assert_eq(&db.sql());
    assert_eq!(
        db.rows_in(&session, "SELECT name, fullname FROM user_account"),
        "'2'|'young'\n'0'|'old'\n'0'|NULL\n"
    );
}

/// What waits is written before; what isn't to be written stays, and what the statement sets counts. An expired object is
/// left expired.
#[test]
fn objects_and_the_statement_that_changes_their_rows() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    users[0].set_fullname("mine").unwrap();
    session.no_autoflush(|session| session.run(update(User).set(User::name, "all"))).unwrap();
    assert_eq!(
        (users[0].name().unwrap().as_str(), users[0].fullname().unwrap().as_deref()),
        ("all", Some("mine"))
    );
    session.flush().unwrap();
    assert_eq!(
        db.rows_in(&session, "SELECT name, fullname FROM user_account WHERE id = 1"),
        "'all'|'mine'\n"
    );
    // The statement's own value counts behind one that was set and is written by then.
    users[1].set_name("mine").unwrap();
    session.run(update(User).set(User::name, User::name.concat("!")).filter(User::id.eq(2))).unwrap();
    assert_eq!(users[1].name().unwrap(), "mine!");
    assert!(!Obj::any(&users[1]).is_modified());
    session.expire(&users[2]).unwrap();
    db.sql();
    session.run(update(User).set(User::name, "late").filter(User::name.eq("all"))).unwrap();
    assert_eq!(db.statements(), 1);
    assert_eq!(users[2].name().unwrap(), "late");
    assert_eq!(db.statements(), 1);
    session.rollback().unwrap();
    assert_eq!(users.iter().map(|user| user.name().unwrap()).collect::<Vec<_>>(), ["ed", "jack", "mary"]);
    // Deleted, and back: objects that were changed meanwhile, and those that the session doesn't know.
    let address = session.get_one::<Address>(3).unwrap();
    assert_eq!(session.run(delete(Address)).unwrap(), 3);
    assert_eq!(Obj::state(&address), ObjectState::Deleted);
    assert_eq!(users[0].addresses().len().unwrap(), 0);
    session.rollback().unwrap();
    assert_eq!(Obj::state(&address), ObjectState::Persistent);
    assert_eq!(users[0].addresses().len().unwrap(), 2);
    session.run(delete(Address).filter(Address::id.eq(3)).sync(Sync::Off)).unwrap();
    assert_eq!(Obj::state(&address), ObjectState::Persistent);
    assert_eq!(session.scalars(select(Address)).unwrap().count().unwrap(), 2);
}

/// Columns of one class in several steps: what is said later counts; of several classes each has its own.
#[test]
fn columns_said_in_several_steps() {
    let peeked = |query: orm::Select<Obj<User>>| {
        let db = filled();
        let session = db.session();
        let user = session.scalars(query.filter(User::id.eq(1))).unwrap().one().unwrap();
        let any = Obj::any(&user);
        let known: Vec<&str> =
            ["id", "name", "fullname"].into_iter().filter(|name| any.peek(name).unwrap().is_some()).collect();
        known.join(" ")
    };
    assert_eq!(peeked(select(User)), "id name fullname");
    assert_eq!(peeked(select(User).options((defer(User::name), defer(User::fullname)))), "id");
    assert_eq!(
        peeked(select(User).options((defer((User::name, User::fullname)), undefer(User::name)))),
        "id name"
    );
    assert_eq!(
        peeked(select(User).options((load_only(User::name), undefer(User::fullname)))),
        "id name fullname"
    );
    assert_eq!(peeked(select(User).options((defer_all(), orm::undefer_all()))), "id name fullname");
    // A key is always there.
    assert_eq!(peeked(select(User).options(defer((User::id, User::name)))), "id fullname");
    let db = filled();
    let session = db.session();
    let query = select((User, Address))
        .join(User::addresses)
        .filter(Address::id.eq(1))
        .options((load_only(User::name), load_only(Address::email)));
    let (user, address) = session.execute(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", NULL, "address"."id", "address"."email", NULL FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" WHERE "address"."id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(Obj::any(&user).peek("fullname").unwrap(), None);
    assert_eq!(Obj::any(&address).peek("user_id").unwrap(), None);
    let other = aliased(User);
    let query =
        select((User, other)).from((User, other)).filter(User::id.eq(2).and(other.of(User::id).eq(3)));
    let query = query.options((defer(other.of(User::name)), load_only(User::id)));
    let (jack, mary) = session.execute(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "user_account"."id", NULL, NULL, "user_account_1"."id", NULL, "user_account_1"."fullname" FROM "user_account", "user_account" AS "user_account_1" WHERE "user_account"."id" = ? AND "user_account_1"."id" = ? [2, 3]
    "#]].assert_eq(&db.sql());
    assert_eq!(Obj::any(&jack).peek("name").unwrap(), None);
    assert_eq!(
        (Obj::any(&mary).peek("name").unwrap(), Obj::any(&mary).peek("fullname").unwrap()),
        (None, Some(orm::Value::Null))
    );
}

/// A column that isn't loaded is read with what waits written first; set, it isn't read at all; taken back, it is as it was.
#[test]
fn a_column_that_is_not_loaded() {
    let db = filled();
    let session = db.session();
    let query = || select(User).filter(User::id.eq(1)).options(defer_all());
    let ed = session.scalars(query()).unwrap().one().unwrap();
    ed.set_fullname("Edward").unwrap();
    db.sql();
    assert_eq!(ed.name().unwrap(), "ed");
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['Edward', 1]
        SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
    assert_eq!(ed.fullname().unwrap().as_deref(), Some("Ed Jones"));
    session.expunge_all();
    // Where it must not be read it can be set, and read then.
    let query = select(User).filter(User::id.eq(1)).options((defer_all().raise(), all(Lazy::Raise)));
    let ed = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(tests::code(ed.name()), Code::RaiseOnLoad);
    ed.set_name("eddie").unwrap();
    assert_eq!(ed.name().unwrap(), "eddie");
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "id" = ? ['eddie', 1]
    "#]]
    .assert_eq(&db.sql());
    // Met by another query, it has what that loads; a join's own option is about what is joined.
    let whole = session.scalars(select(User).filter(User::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(whole.fullname().unwrap().as_deref(), Some("Ed Jones"));
    let session = db.session();
    let address = session
        .scalars(
            select(Address).filter(Address::id.eq(1)).options(joined(Address::user).options(defer_all())),
        )
        .unwrap()
        .one()
        .unwrap();
    let user = address.user().unwrap();
    assert_eq!(Obj::any(&user).peek("name").unwrap(), None);
    session.scalars(select(Address).options(joined(Address::user))).unwrap().all().unwrap();
    db.sql();
    assert_eq!(user.name().unwrap(), "ed");
    assert_eq!(db.statements(), 0);
}
