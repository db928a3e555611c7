//! The statement of a joined load: what is wrapped, how inner and outer joins nest, and what the names of the query around
//! it mean.

use expect_test::expect;
use orm::prelude::*;
use orm::{Lazy, all, literal};
use tests::models::*;
use tests::{Db, filled, tree};

use super::{chain, loads};

/// A limit is about objects, so a collection is joined to the limited rows; what leads to one object multiplies nothing.
#[test]
fn only_a_collection_is_joined_to_limited_rows() {
    loads(
        select(Order).order_by(Order::id).limit(2).options(joined(Order::user)),
        expect![[r#"
        Order#1(user: User#1)
        Order#2(user: User#1)
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "orders" LEFT JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "orders"."user_id" ORDER BY "orders"."id" LIMIT ? [2]
    "#]],
    );
    loads(
        select(Order).order_by(Order::id).limit(2).options(joined(Order::user).inner()),
        expect![[r#"
        Order#1(user: User#1)
        Order#2(user: User#1)
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "orders" JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "orders"."user_id" ORDER BY "orders"."id" LIMIT ? [2]
    "#]],
    );
    loads(
        select(User).order_by(User::id).limit(2).options(joined(User::profile)),
        expect![[r#"
        User#1(profile: Profile#1)
        User#2(profile: none)
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile_1"."id", "profile_1"."text", "profile_1"."user_id" FROM "user_account" LEFT JOIN "profile" AS "profile_1" ON "user_account"."id" = "profile_1"."user_id" ORDER BY "user_account"."id" LIMIT ? [2]
    "#]],
    );
    loads(
        select(User).order_by(User::id).limit(2).options(joined(User::profile).joined(Profile::user)),
        expect![[r#"
            User#1(profile: Profile#1(user: User#1))
            User#2(profile: none)
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile_1"."id", "profile_1"."text", "profile_1"."user_id", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname" FROM "user_account" LEFT JOIN "profile" AS "profile_1" ON "user_account"."id" = "profile_1"."user_id" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "profile_1"."user_id" ORDER BY "user_account"."id" LIMIT ? [2]
        "#]],
    );
    // A collection beyond one object multiplies rows too.
    loads(
        select(Address).order_by(Address::id).limit(3).options(joined(Address::user).joined(User::orders)),
        expect![[r#"
            Address#1(user: User#1(orders: [Order#1, Order#2]))
            Address#2(user: User#1(orders: [Order#1, Order#2]))
            Address#3(user: User#2(orders: []))
            SELECT "address_1"."id", "address_1"."email", "address_1"."user_id", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname", "orders_3"."id", "orders_3"."note", "orders_3"."user_id" FROM (SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" ORDER BY "address"."id" LIMIT ?) AS "address_1" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "address_1"."user_id" LEFT JOIN "orders" AS "orders_3" ON "user_account_2"."id" = "orders_3"."user_id" ORDER BY "address_1"."id", "orders_3"."id" [3]
        "#]],
    );
    loads(
        select(User).order_by(User::id).limit(2).options(joined(User::orders).options(joined(Order::user))),
        expect![[r#"
            User#1(orders: [Order#1(user: User#1), Order#2(user: User#1)])
            User#2(orders: [])
            SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id", "user_account_3"."id", "user_account_3"."name", "user_account_3"."fullname" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" LEFT JOIN "user_account" AS "user_account_3" ON "user_account_3"."id" = "orders_2"."user_id" ORDER BY "user_account_1"."id", "orders_2"."id" [2]
        "#]],
    );
}

/// Columns of what is joined would be grouped, or make rows different.
#[test]
fn one_object_is_joined_to_rows_that_are_distinct_or_grouped() {
    loads(
        select(Order).order_by(Order::id).distinct().options(joined(Order::user)),
        expect![[r#"
        Order#1(user: User#1)
        Order#2(user: User#1)
        Order#3(user: none)
        SELECT "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname" FROM (SELECT DISTINCT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" ORDER BY "orders"."id") AS "orders_1" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "orders_1"."user_id" ORDER BY "orders_1"."id"
    "#]],
    );
    loads(
        select(Order).join(Order::items).group_by(Order::id).order_by(Order::id).options(joined(Order::user)),
        expect![[r#"
            Order#1(user: User#1)
            Order#2(user: User#1)
            Order#3(user: none)
            SELECT "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" GROUP BY "orders"."id" ORDER BY "orders"."id") AS "orders_1" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "orders_1"."user_id" ORDER BY "orders_1"."id"
        "#]],
    );
    let db = filled();
    let session = db.session();
    let query = select((Order, func::count(Item::id)))
        .join(Order::items)
        .group_by(Order::id)
        .order_by(Order::id)
        .options(joined(Order::user));
    let rows = session.execute(query).unwrap().all().unwrap();
    let rows: Vec<String> = rows.iter().map(|(order, count)| format!("{} {count}", tree(order))).collect();
    expect![[r#"
        Order#1(user: User#1) 2
        Order#2(user: User#1) 1
        Order#3(user: none) 1
        SELECT "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "orders_1"."item 3", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id", count("item"."id") AS "item 3" FROM "orders" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" GROUP BY "orders"."id" ORDER BY "orders"."id") AS "orders_1" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "orders_1"."user_id" ORDER BY "orders_1"."id"
    "#]].assert_eq(&format!("{}\n{}", rows.join("\n"), db.sql()));
}

/// The order of the rows is that of the query, by whatever it is, also where these are wrapped.
#[test]
fn the_order_of_limited_rows_is_kept() {
    loads(
        select(User)
            .join(User::addresses)
            .order_by(Address::email.desc())
            .limit(2)
            .options(joined(User::addresses)),
        expect![[r#"
            User#2(addresses: [Address#3])
            User#1(addresses: [Address#1, Address#2])
            SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address"."email" AS "order 0" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "address"."email" DESC LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."order 0" DESC, "address_2"."id" [2]
        "#]],
    );
    loads(
        select(User)
            .order_by((func::length(User::name).desc(), User::fullname.is_null().desc(), -User::id))
            .limit(2)
            .offset(1)
            .options(joined(User::orders)),
        expect![[r#"
            User#2(orders: [])
            User#1(orders: [Order#1, Order#2])
            SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", length("user_account"."name") AS "order 0", "user_account"."fullname" IS NULL AS "order 1", -"user_account"."id" AS "order 2" FROM "user_account" ORDER BY length("user_account"."name") DESC, "user_account"."fullname" IS NULL DESC, -"user_account"."id" LIMIT ? OFFSET ?) AS "user_account_1" LEFT JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" ORDER BY "user_account_1"."order 0" DESC, "user_account_1"."order 1" DESC, "user_account_1"."order 2", "orders_2"."id" [2, 1]
        "#]],
    );
    let has = case().when(User::orders.any_item(), 1).otherwise(0).label("has");
    let db = filled();
    let session = db.session();
    let query =
        select((User, &has)).order_by((has.desc(), User::id)).limit(2).options(joined(User::addresses));
    let rows = session.execute(query).unwrap().all().unwrap();
    let rows: Vec<String> = rows.iter().map(|(user, has)| format!("{} {has}", tree(user))).collect();
    expect![[r#"
        User#1(addresses: [Address#1, Address#2]) 1
        User#2(addresses: [Address#3]) 0
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "user_account_1"."has", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", CASE WHEN EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id") THEN ? ELSE ? END AS "has" FROM "user_account" ORDER BY "has" DESC, "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."has" DESC, "user_account_1"."id", "address_2"."id" [1, 1, 0, 2]
    "#]].assert_eq(&format!("{}\n{}", rows.join("\n"), db.sql()));
}

/// What the query joins and filters by itself is not what is loaded.
#[test]
fn a_join_of_the_query_is_apart_from_what_is_loaded() {
    loads(
        select(Order)
            .join(Order::items)
            .filter(Item::name.eq("pen"))
            .order_by(Order::id)
            .options(joined(Order::items)),
        expect![[r#"
            Order#1(items: [Item#1, Item#2])
            Order#3(items: [Item#1])
            SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE "item"."name" = ? ORDER BY "orders"."id", "item_2"."id" ['pen']
        "#]],
    );
    loads(
        select(User)
            .join(User::addresses)
            .filter(Address::email.eq("ed@y"))
            .order_by(Address::email)
            .options(joined(User::addresses)),
        expect![[r#"
            User#1(addresses: [Address#1, Address#2])
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address_1"."id", "address_1"."email", "address_1"."user_id" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" LEFT JOIN "address" AS "address_1" ON "user_account"."id" = "address_1"."user_id" WHERE "address"."email" = ? ORDER BY "address"."email", "address_1"."id" ['ed@y']
        "#]],
    );
}

/// Values beside the object stay what they are where rows are wrapped: aggregates, constants, several that are the same.
#[test]
fn values_beside_a_wrapped_object() {
    let db = filled();
    let session = db.session();
    let grouped = select((User, func::count(User::id)))
        .group_by((User::id, User::name))
        .order_by(User::id)
        .limit(1)
        .options(joined(User::addresses));
    let (user, count) = session.execute(grouped).unwrap().one().unwrap();
    assert_eq!((tree(&user).as_str(), count), ("User#1(addresses: [Address#1, Address#2])", 1));
    let constants = select((
        User,
        literal(true),
        literal(true),
        literal(None::<i64>),
        literal(None::<i64>),
        User::name,
        User::name,
    ))
    .filter(User::id.eq(1))
    .limit(10)
    .options(joined(User::orders));
    let row = session.execute(constants).unwrap().unique().one().unwrap();
    assert_eq!(
        (row.1, row.2, row.3, row.4, row.5, row.6),
        (true, true, None, None, "ed".into(), "ed".into())
    );
    expect![[r#"
        User#1(addresses: [Address#1, Address#2], orders: [Order#1, Order#2])
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "user_account_1"."item 3", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", count("user_account"."id") AS "item 3" FROM "user_account" GROUP BY "user_account"."id", "user_account"."name" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."id", "address_2"."id" [1]
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "user_account_1"."item 3", "user_account_1"."item 4", "user_account_1"."item 5", "user_account_1"."item 6", "user_account_1"."item 7", "user_account_1"."item 8", "orders_2"."id", "orders_2"."note", "orders_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", ? AS "item 3", ? AS "item 4", ? AS "item 5", ? AS "item 6", "user_account"."name" AS "item 7", "user_account"."name" AS "item 8" FROM "user_account" WHERE "user_account"."id" = ? LIMIT ?) AS "user_account_1" LEFT JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" ORDER BY "orders_2"."id" [true, true, NULL, NULL, 1, 10]
    "#]].assert_eq(&format!("{}\n{}", tree(&row.0), db.sql()));
}

/// Said of all ways, nothing of a query within a query is loaded: only rows of the query itself become objects.
#[test]
fn a_query_within_a_query_joins_nothing() {
    use chain::joined::*;
    let db = chain::filled(Chain::create_all, &[2, 0, 1]);
    let session = db.session();
    let users = select(User).order_by(User::id).limit(2).subquery("users");
    assert_eq!(session.scalar(select(func::count_all()).from(&users)).unwrap(), Some(2));
    let with_orders =
        select(func::count_all()).from(Item).filter(exists(select(Order).filter(Order::id.eq(Item::id))));
    assert_eq!(session.scalar(with_orders).unwrap(), Some(3));
    assert_eq!(
        session
            .scalars(select(User::id).filter(User::id.in_(select(Order::user_id))))
            .unwrap()
            .all()
            .unwrap(),
        [1, 3]
    );
    assert_eq!(session.scalars(select(User)).unwrap().count().unwrap(), 3);
    assert!(session.scalars(select(User)).unwrap().exists().unwrap());
    expect![[r#"
        SELECT count(*) FROM (SELECT "user"."id", "user"."name" FROM "user" ORDER BY "user"."id" LIMIT ?) AS "users" [2]
        SELECT count(*) FROM "item" WHERE EXISTS (SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."id" = "item"."id")
        SELECT "user"."id" FROM "user" WHERE "user"."id" IN (SELECT "order"."user_id" FROM "order")
        SELECT count(*) FROM (SELECT "user"."id", "user"."name" FROM "user") AS "rows"
        SELECT EXISTS (SELECT "user"."id", "user"."name" FROM "user")
    "#]].assert_eq(&db.sql());
}

/// Inner joins below inner ones are joined one after the other, below an outer one they stay within it.
#[test]
fn inner_joins_by_options() {
    let with = |option: orm::query::Load<User, Item>| select(User).order_by(User::id).options(option);
    loads(
        with(joined(User::orders).inner().joined(Order::items).inner()),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).joined(Order::items).inner()),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN ("orders" AS "orders_1" JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id") ON "user_account"."id" = "orders_1"."user_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).inner().joined(Order::items)),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "user_account"."id", "orders_1"."id", "item_3"."id"
    "#]],
    );
    loads(
        with(joined(User::orders).joined(Order::items).inner()).limit(2),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id", "item_4"."id", "item_4"."name" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN ("orders" AS "orders_2" JOIN ("order_item" AS "order_item_3" JOIN "item" AS "item_4" ON "item_4"."id" = "order_item_3"."item_id") ON "orders_2"."id" = "order_item_3"."order_id") ON "user_account_1"."id" = "orders_2"."user_id" ORDER BY "user_account_1"."id", "orders_2"."id", "item_4"."id" [2]
    "#]],
    );
    loads(
        with(joined(User::orders).inner().joined(Order::items).inner()).limit(2),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id", "item_4"."id", "item_4"."name" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" JOIN ("order_item" AS "order_item_3" JOIN "item" AS "item_4" ON "item_4"."id" = "order_item_3"."item_id") ON "orders_2"."id" = "order_item_3"."order_id" ORDER BY "user_account_1"."id", "orders_2"."id", "item_4"."id" [2]
    "#]],
    );
}

mod rooms {
    //! What is outer stands before what is inner, and below that are two inner ones.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Rooms
    );

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Room {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Event::id)]
        pub event_id: Option<i64>,
        #[relationship(lazy = "joined")]
        pub event: Option<One<Event>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Event {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Run::id)]
        pub run_id: i64,
        #[relationship(lazy = "joined", innerjoin)]
        pub run: One<Run>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Run {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Source::id)]
        pub source_id: i64,
        #[column(foreign_key = Day::id)]
        pub day_id: i64,
        #[relationship(lazy = "joined", innerjoin)]
        pub source: One<Source>,
        #[relationship(lazy = "joined", innerjoin)]
        pub day: One<Day>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Source {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Day {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Week::id)]
        pub week_id: Option<i64>,
        #[relationship]
        pub week: Option<One<Week>>,
        #[relationship(secondary = DayTag, order_by = Tag::id)]
        pub tags: Many<Tag>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Week {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Rooms)]
    pub struct Tag {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Table)]
    #[mapped(table = "day_tag", registry = Rooms)]
    pub struct DayTag {
        #[column(primary_key, foreign_key = Day::id)]
        pub day_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        pub tag_id: i64,
    }
}

/// Rooms: one with an event, one without.
fn rooms() -> Db {
    let db = Db::empty();
    rooms::Rooms::create_all(&db.engine).unwrap();
    db.run("INSERT INTO week VALUES (1); INSERT INTO source VALUES (2); INSERT INTO day VALUES (3, 1), (4, NULL)");
    db.run("INSERT INTO tag VALUES (8), (9); INSERT INTO day_tag VALUES (3, 9), (3, 8)");
    db.run("INSERT INTO run VALUES (5, 2, 3), (10, 2, 4); INSERT INTO event VALUES (6, 5), (11, 10)");
    db.run("INSERT INTO room VALUES (7, 6), (12, NULL), (13, 11)");
    db.sql();
    db
}

#[test]
fn several_inner_joins_below_an_outer_one() {
    use rooms::*;
    let db = rooms();
    let told = |query: orm::Select<Obj<Room>>| {
        let session = db.session();
        let rooms = session.scalars(query.order_by(Room::id)).unwrap().all().unwrap();
        let rooms: String = rooms.iter().map(|room| format!("{}\n", tree(room))).collect();
        format!("{rooms}{}", db.sql())
    };
    expect![[r#"
        Room#7(event: Event#6(run: Run#5(source: Source#2, day: Day#3)))
        Room#12(event: none)
        Room#13(event: Event#11(run: Run#10(source: Source#2, day: Day#4)))
        SELECT "room"."id", "room"."event_id", "event_1"."id", "event_1"."run_id", "run_2"."id", "run_2"."source_id", "run_2"."day_id", "source_3"."id", "day_4"."id", "day_4"."week_id" FROM "room" LEFT JOIN ("event" AS "event_1" JOIN "run" AS "run_2" ON "run_2"."id" = "event_1"."run_id" JOIN "source" AS "source_3" ON "source_3"."id" = "run_2"."source_id" JOIN "day" AS "day_4" ON "day_4"."id" = "run_2"."day_id") ON "event_1"."id" = "room"."event_id" ORDER BY "room"."id"
    "#]].assert_eq(&told(select(Room)));
    // What follows the inner ones is outer: a day may have no week and no tag, and stays.
    let day = || default_load(Room::event).default_load(Event::run).default_load(Run::day);
    expect![[r#"
        Room#7(event: Event#6(run: Run#5(source: Source#2, day: Day#3(week: Week#1, tags: [Tag#8, Tag#9]))))
        Room#12(event: none)
        Room#13(event: Event#11(run: Run#10(source: Source#2, day: Day#4(week: none, tags: []))))
        SELECT "room"."id", "room"."event_id", "event_1"."id", "event_1"."run_id", "run_2"."id", "run_2"."source_id", "run_2"."day_id", "source_3"."id", "day_4"."id", "day_4"."week_id", "week_5"."id", "tag_7"."id" FROM "room" LEFT JOIN ("event" AS "event_1" JOIN "run" AS "run_2" ON "run_2"."id" = "event_1"."run_id" JOIN "source" AS "source_3" ON "source_3"."id" = "run_2"."source_id" JOIN "day" AS "day_4" ON "day_4"."id" = "run_2"."day_id") ON "event_1"."id" = "room"."event_id" LEFT JOIN "week" AS "week_5" ON "week_5"."id" = "day_4"."week_id" LEFT JOIN ("day_tag" AS "day_tag_6" JOIN "tag" AS "tag_7" ON "tag_7"."id" = "day_tag_6"."tag_id") ON "day_4"."id" = "day_tag_6"."day_id" ORDER BY "room"."id", "tag_7"."id"
    "#]].assert_eq(&told(select(Room).options(day().options((joined(Day::week), joined(Day::tags))))));
    // What is inner after that stands in the same parentheses, and leaves the room alone.
    expect![[r#"
        Room#7(event: Event#6(run: Run#5(source: Source#2, day: Day#3(tags: [Tag#8, Tag#9]))))
        Room#12(event: none)
        Room#13(event: none)
        SELECT "room"."id", "room"."event_id", "event_1"."id", "event_1"."run_id", "run_2"."id", "run_2"."source_id", "run_2"."day_id", "source_3"."id", "day_4"."id", "day_4"."week_id", "tag_6"."id" FROM "room" LEFT JOIN ("event" AS "event_1" JOIN "run" AS "run_2" ON "run_2"."id" = "event_1"."run_id" JOIN "source" AS "source_3" ON "source_3"."id" = "run_2"."source_id" JOIN "day" AS "day_4" ON "day_4"."id" = "run_2"."day_id" JOIN ("day_tag" AS "day_tag_5" JOIN "tag" AS "tag_6" ON "tag_6"."id" = "day_tag_5"."tag_id") ON "day_4"."id" = "day_tag_5"."day_id") ON "event_1"."id" = "room"."event_id" ORDER BY "room"."id", "tag_6"."id"
    "#]].assert_eq(&told(select(Room).options(day().joined(Day::tags).inner())));
    // An outer one in between makes all below it one join.
    expect![[r#"
        Room#7(event: Event#6(run: Run#5(source: Source#2, day: Day#3)))
        Room#12(event: none)
        Room#13(event: Event#11(run: Run#10(source: Source#2, day: Day#4)))
        SELECT "room"."id", "room"."event_id", "event_1"."id", "event_1"."run_id", "run_2"."id", "run_2"."source_id", "run_2"."day_id", "source_3"."id", "day_4"."id", "day_4"."week_id" FROM "room" LEFT JOIN ("event" AS "event_1" JOIN "run" AS "run_2" ON "run_2"."id" = "event_1"."run_id" JOIN "source" AS "source_3" ON "source_3"."id" = "run_2"."source_id" JOIN "day" AS "day_4" ON "day_4"."id" = "run_2"."day_id") ON "event_1"."id" = "room"."event_id" ORDER BY "room"."id"
    "#]].assert_eq(&told(select(Room).options(joined(Room::event).joined(Event::run))));
}

/// What is said of all relationships of a class isn't joined; what is said of one is, and stays for what is loaded later.
#[test]
fn what_is_joined_may_be_called_off() {
    use chain::joined::*;
    let db = chain::filled(Chain::create_all, &[2]);
    let session = db.session();
    let user = session.scalars(select(User).options(all(Lazy::Select))).unwrap().one().unwrap();
    assert_eq!(tree(&user), "User#1");
    assert_eq!(user.orders().len().unwrap(), 2);
    assert_eq!(
        tree(&user),
        "User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])])"
    );
    expect![[r#"
        SELECT "user"."id", "user"."name" FROM "user"
        SELECT "order"."id", "order"."user_id", "item_2"."id", "item_2"."name" FROM "order" LEFT JOIN ("link" AS "link_1" JOIN "item" AS "item_2" ON "item_2"."id" = "link_1"."item_id") ON "order"."id" = "link_1"."order_id" WHERE ? = "order"."user_id" ORDER BY "order"."id", "item_2"."id" [1]
    "#]].assert_eq(&db.sql());
    // Here of the items alone, or of the orders alone.
    let session = db.session();
    let query = select(User).options(default_load(User::orders).lazy(Order::items));
    let user = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(tree(&user), "User#1(orders: [Order#1, Order#2])");
    expect![[r#"
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" ORDER BY "order_1"."id"
    "#]].assert_eq(&db.sql());
}
