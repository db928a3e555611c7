//! Queries by names: the same statements as those by types.

use super::{asked, told};
use expect_test::{Expect, expect};
use orm::mapper::Mapper;
use orm::prelude::*;
use orm::query::IntoSelect;
use orm::{AnyRow, Code, Selected, Value, literal};
use tests::code;
use tests::models::*;

pub(super) fn mapper(class: &str) -> &'static Mapper {
    Models::mapper(class).unwrap()
}

/// The same query by names and by types: its rows and its statement.
fn same<R>(by_name: impl IntoSelect<AnyRow>, by_type: impl IntoSelect<R>, expected: Expect) {
    let (db, session) = super::session();
    let by_name = by_name.select();
    assert_eq!(session.sql(&by_name).unwrap(), session.sql(by_type).unwrap());
    let rows = session.execute(&by_name).unwrap().all();
    let rows = rows.map(|rows| rows.iter().map(shown).collect());
    expected.assert_eq(&told::<String>(&db, rows));
}

/// A row as its cells.
fn shown(row: &AnyRow) -> String {
    let cell = |item: &orm::AnyItem| match item {
        orm::AnyItem::Value(value) => value.to_string(),
        orm::AnyItem::Object(None) => "none".to_owned(),
        orm::AnyItem::Object(Some(object)) => format!("{object:?}"),
    };
    row.0.iter().map(cell).collect::<Vec<_>>().join(", ")
}

#[test]
fn entities_and_columns() {
    let (user, order) = (mapper("User").entity(), mapper("Order").entity());
    same(
        select(vec![Selected::from(&user), order.attr("note").unwrap().into(), (&order).into()])
            .outer_join(user.relationship("orders").unwrap())
            .order_by((user.attr("id").unwrap(), order.attr("id").unwrap())),
        select((User, Order::note.optional(), Order.optional()))
            .outer_join(User::orders)
            .order_by((User::id, Order::id)),
        expect![[r#"
            "User#1, 'o1', Order#1"
            "User#1, 'o2', Order#2"
            "User#2, NULL, none"
            "User#3, NULL, none"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."note", "orders"."id", "orders"."note", "orders"."user_id" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" ORDER BY "user_account"."id", "orders"."id"
        "#]],
    );
    // One object a row comes once.
    same(
        select(vec![Selected::from(&user)]).join(user.relationship("orders").unwrap()),
        select(User).join(User::orders),
        expect![[r#"
            "User#1"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id"
        "#]],
    );
}

#[test]
fn aliases_and_joins() {
    let (node, parent) = (mapper("Node").entity(), mapper("Node").aliased());
    let typed = aliased(Node);
    same(
        select(vec![node.attr("name").unwrap().into(), parent.attr("name").unwrap().into()])
            .join(node.relationship("parent").unwrap().to(&parent).unwrap())
            .order_by(node.attr("id").unwrap()),
        select((Node::name, typed.of(Node::name))).join(Node::parent.to(typed)).order_by(Node::id),
        expect![[r#"
            "'branch', 'root'"
            "'leaf 1', 'branch'"
            "'leaf 2', 'branch'"
            SELECT "node"."name", "node_1"."name" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" ORDER BY "node"."id"
        "#]],
    );
    let (user, order) = (mapper("User").entity(), mapper("Order").aliased());
    let typed = aliased(Order);
    same(
        select(vec![user.attr("name").unwrap().into(), order.attr("note").unwrap().into()])
            .outer_join(
                order.on(order
                    .attr("user_id")
                    .unwrap()
                    .eq(user.attr("id").unwrap())
                    .and(order.attr("note").unwrap().eq("o2"))),
            )
            .order_by(user.attr("id").unwrap()),
        select((User::name, typed.of(Order::note).optional()))
            .outer_join(typed.on(typed.of(Order::user_id).eq(User::id).and(typed.of(Order::note).eq("o2"))))
            .order_by(User::id),
        expect![[r#"
            "'ed', 'o2'"
            "'jack', NULL"
            "'mary', NULL"
            SELECT "user_account"."name", "orders"."note" FROM "user_account" LEFT JOIN "orders" ON "orders"."user_id" = "user_account"."id" AND "orders"."note" = ? ORDER BY "user_account"."id" ['o2']
        "#]],
    );
    let (user, address) = (mapper("User").entity(), mapper("Address").entity());
    same(
        select(vec![address.attr("email").unwrap().into()]).from(&user).join(&address),
        select(Address::email).from(User).join(Address),
        expect![[r#"
            "'ed@x'"
            "'ed@y'"
            "'jack@x'"
            SELECT "address"."email" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id"
        "#]],
    );
    same(
        select(vec![user.attr("name").unwrap().into()]).join(
            user.relationship("orders").unwrap().and(mapper("Order").attr("note").unwrap().is_not_null()),
        ),
        select(User::name).join(User::orders.and(Order::note.is_not_null())),
        expect![[r#"
            "'ed'"
            "'ed'"
            SELECT "user_account"."name" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" AND "orders"."note" IS NOT NULL
        "#]],
    );
}

#[test]
fn what_is_asked_of_relationships() {
    let (user, order) = (mapper("User").entity(), mapper("Order").entity());
    let name = || vec![Selected::from(mapper("User").attr("name").unwrap())];
    let orders = user.relationship("orders").unwrap();
    same(
        select(name()).filter(orders.any(order.attr("note").unwrap().eq("o1")).not()),
        select(User::name).filter(User::orders.any(Order::note.eq("o1")).not()),
        expect![[r#"
            "'jack'"
            "'mary'"
            SELECT "user_account"."name" FROM "user_account" WHERE NOT EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND "orders"."note" = ?) [1, 'o1']
        "#]],
    );
    let (alias, typed) = (mapper("Order").aliased(), aliased(Order));
    same(
        select(name()).filter(orders.to(&alias).unwrap().any(alias.attr("note").unwrap().eq("o1"))),
        select(User::name).filter(User::orders.to(typed).any(typed.of(Order::note).eq("o1"))),
        expect![[r#"
            "'ed'"
            SELECT "user_account"."name" FROM "user_account" WHERE EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND "orders"."note" = ?) [1, 'o1']
        "#]],
    );
    same(
        select(name()).filter(orders.is_empty()),
        select(User::name).filter(User::orders.is_empty()),
        expect![[r#"
            "'jack'"
            "'mary'"
            SELECT "user_account"."name" FROM "user_account" WHERE NOT EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id") [1]
        "#]],
    );
    let owner = order.relationship("user").unwrap();
    let id = || vec![Selected::from(mapper("Order").attr("id").unwrap())];
    same(
        select(id()).filter(owner.has(user.attr("name").unwrap().eq("ed")).or(owner.is_none())),
        select(Order::id).filter(Order::user.has(User::name.eq("ed")).or(Order::user.is_none())),
        expect![[r#"
            "3"
            "1"
            "2"
            SELECT "orders"."id" FROM "orders" WHERE EXISTS (SELECT ? FROM "user_account" WHERE "user_account"."id" = "orders"."user_id" AND "user_account"."name" = ?) OR "orders"."user_id" IS NULL [1, 'ed']
        "#]],
    );
    same(
        select(id()).filter(owner.is_some()),
        select(Order::id).filter(Order::user.is_some()),
        expect![[r#"
            "1"
            "2"
            SELECT "orders"."id" FROM "orders" WHERE "orders"."user_id" IS NOT NULL
        "#]],
    );
}

#[test]
fn what_is_asked_of_objects() {
    let (_db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    let any = Obj::any(&ed);
    let (order, alias, typed) = (mapper("Order").entity(), mapper("Order").aliased(), aliased(Order));
    let owner = order.relationship("user").unwrap();
    let sql = |query: orm::Select<orm::AnyObj>| session.sql(query).unwrap();
    assert_eq!(
        sql(select(&order).filter(owner.is(&any))),
        session.sql(select(Order).filter(Order::user.is(&ed))).unwrap()
    );
    assert_eq!(
        sql(select(&order).filter(owner.is_not(&any))),
        session.sql(select(Order).filter(Order::user.is_not(&ed))).unwrap()
    );
    let orders = mapper("User").relationship("orders").unwrap();
    assert_eq!(
        sql(select(&order).filter(orders.of_parent(&any))),
        session.sql(select(Order).filter(with_parent(&ed, User::orders))).unwrap()
    );
    assert_eq!(
        sql(select(&alias).filter(orders.to(&alias).unwrap().of_parent(&any))),
        session.sql(select(typed).filter(with_parent(&ed, User::orders.to(typed)))).unwrap()
    );
    let first = session.get_one::<Order>(1).unwrap();
    let found = select(mapper("User").entity()).filter(orders.contains(&Obj::any(&first)));
    assert_eq!(
        session.sql(&found).unwrap(),
        session.sql(select(User).filter(User::orders.contains(&first))).unwrap()
    );
    assert_eq!(session.scalars(found).unwrap().all().unwrap(), [any]);
}

#[test]
fn subqueries_and_common_tables() {
    let (user, order) = (mapper("User").entity(), mapper("Order").entity());
    let total =
        orm::func::custom::<Value>("count".to_owned(), vec![order.attr("id").unwrap()]).labelled("total");
    let totals = select(vec![order.attr("user_id").unwrap().into(), (&total).into()])
        .group_by(order.attr("user_id").unwrap())
        .subquery("totals".to_owned());
    let typed_total = func::count(Order::id).label("total");
    let typed = select((Order::user_id, &typed_total)).group_by(Order::user_id).subquery("totals");
    same(
        select(vec![user.attr("name").unwrap().into(), totals.attr("total").into()])
            .join(totals.on(totals.attr("user_id").eq(user.attr("id").unwrap()))),
        select((User::name, typed.of(&typed_total))).join(typed.on(typed.of(Order::user_id).eq(User::id))),
        expect![[r#"
            "'ed', 2"
            SELECT "user_account"."name", "totals"."total" FROM "user_account" JOIN (SELECT "orders"."user_id", count("orders"."id") AS "total" FROM "orders" GROUP BY "orders"."user_id") AS "totals" ON "totals"."user_id" = "user_account"."id"
        "#]],
    );
    let node = mapper("Node").entity();
    let it = node.attr("id").unwrap().labelled("it");
    let below = select(vec![Selected::from(&it)])
        .filter(node.attr("name").unwrap().eq("branch"))
        .cte("below".to_owned())
        .try_recursive(|below| {
            let step = select(vec![Selected::from(node.attr("id")?)]);
            Ok(step.join(below.on(below.attr("it").eq(node.attr("parent_id")?))))
        })
        .unwrap();
    let it = Node::id.label("it");
    let typed = select(&it)
        .filter(Node::name.eq("branch"))
        .cte("below")
        .recursive(|below| select(Node::id).join(below.on(below.of(&it).eq(Node::parent_id))));
    same(
        select(vec![Selected::from(below.attr("it"))]),
        select(typed.of(&it)),
        expect![[r#"
        "2"
        "3"
        "4"
        WITH RECURSIVE "below" AS (SELECT "node"."id" AS "it" FROM "node" WHERE "node"."name" = ? UNION ALL SELECT "node_1"."id" FROM "node" AS "node_1" JOIN "below" ON "below"."it" = "node_1"."parent_id") SELECT "below_2"."it" FROM "below" AS "below_2" ['branch']
    "#]],
    );
    // The rows of a query as objects.
    let first =
        select(vec![Selected::from(&user)]).order_by(user.attr("id").unwrap()).limit(2).subquery("few");
    let few = mapper("User").aliased_as(&first);
    let typed_first = select(User).order_by(User::id).limit(2).subquery("few");
    let typed = orm::aliased_as(User, &typed_first);
    same(
        select(vec![Selected::from(&few)]).filter(few.attr("name").unwrap().ne("ed")),
        select(&typed).filter(typed.of(User::name).ne("ed")),
        expect![[r#"
            "User#2"
            SELECT "few"."id", "few"."name", "few"."fullname" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "few" WHERE "few"."name" <> ? [2, 'ed']
        "#]],
    );
}

mod shop {
    //! A class whose columns have other names than its attributes.

    use orm::prelude::*;

    orm::registry!(pub Shop);

    #[derive(Mapped, Debug)]
    #[mapped(registry = Shop)]
    pub struct Good {
        #[column(name = "GoodId", primary_key)]
        pub id: i64,
        #[column(name = "Title")]
        pub name: String,
    }
}

#[test]
fn columns_of_a_query_go_by_attributes_too() {
    let engine = orm::sqlite::Engine::in_memory().unwrap();
    shop::Shop::create_all(&engine).unwrap();
    let session = Session::new(&engine);
    session.add(shop::Good::builder().name("tea")).unwrap();
    let good = shop::Shop::mapper("Good").unwrap().entity();
    let goods = select(vec![Selected::from(&good)]).subquery("goods");
    for name in ["name", "Title"] {
        let query = select(goods.attr(name)).from(&goods);
        expect![[
            r#"SELECT "goods"."Title" FROM (SELECT "good"."GoodId", "good"."Title" FROM "good") AS "goods""#
        ]]
        .assert_eq(&session.sql(&query).unwrap());
        assert_eq!(session.scalars(query).unwrap().all().unwrap(), [Value::from("tea")]);
    }
    assert_eq!(code(session.scalars(select(goods.attr("title")).from(&goods)).unwrap().all()), Code::Query);
}

#[test]
fn sets_windows_and_values() {
    let user = mapper("User").entity();
    let name = user.attr("name").unwrap().labelled("who");
    let typed = User::name.label("who");
    same(
        select(vec![Selected::from(&name)])
            .union(select(vec![mapper("Item").attr("name").unwrap().into()]))
            .order_by(name.desc()),
        select(&typed).union(select(Item::name)).order_by(typed.desc()),
        expect![[r#"
            "'pen'"
            "'mary'"
            "'jack'"
            "'ink'"
            "'ed'"
            "'cup'"
            SELECT "user_account"."name" AS "who" FROM "user_account" UNION SELECT "item"."name" FROM "item" ORDER BY "who" DESC
        "#]],
    );
    let rank = orm::func::custom::<Value>("rank", Vec::<orm::Expr<Value>>::new());
    same(
        select(vec![
            user.attr("id").unwrap().into(),
            rank.over(window().order_by(user.attr("name").unwrap().desc()).rows(-1, None)).into(),
            literal(Value::Int(5)).into(),
        ]),
        select((
            User::id,
            func::rank().over(window().order_by(User::name.desc()).rows(-1, None)),
            literal(5_i64),
        )),
        expect![[r#"
            "3, 1, 5"
            "2, 2, 5"
            "1, 3, 5"
            SELECT "user_account"."id", rank() OVER (ORDER BY "user_account"."name" DESC ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING), ? FROM "user_account" [5]
        "#]],
    );
    let order = mapper("Order").entity();
    let ids = select(vec![Selected::from(order.attr("user_id").unwrap())]);
    same(
        select(vec![Selected::from(user.attr("name").unwrap())]).filter(user.attr("id").unwrap().in_(&ids)),
        select(User::name).filter(User::id.in_(select(Order::user_id))),
        expect![[r#"
            "'ed'"
            SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" IN (SELECT "orders"."user_id" FROM "orders")
        "#]],
    );
    let newest = select(vec![func::max(order.attr("id").unwrap()).into()]);
    same(
        select(vec![Selected::from(order.attr("note").unwrap())])
            .filter(order.attr("id").unwrap().eq(newest.scalar())),
        select(Order::note).filter(Order::id.eq(select(func::max(Order::id)))),
        expect![[r#"
            "'o3'"
            SELECT "orders"."note" FROM "orders" WHERE "orders"."id" = (SELECT max("orders_1"."id") FROM "orders" AS "orders_1")
        "#]],
    );
}

#[test]
fn lists_casts_and_operators() {
    let rows = vec![vec![Value::from("tea"), 2.into()], vec!["rum".into(), Value::Null]];
    let prices =
        orm::Subquery::of_rows("prices".to_owned(), vec!["name".into(), "price".into()], rows.clone());
    let prices = prices.unwrap();
    let typed = orm::values("prices", ["name", "price"], [("tea", Some(2)), ("rum", None)]);
    same(
        select(vec![prices.attr("price").cast_to(orm::SqlType::Text).into()]).from(&prices).filter(
            prices
                .attr("name")
                .op::<bool>("GLOB".to_owned(), "*")
                .and(prices.attr("name").collate("NOCASE".to_owned()).ne("x")),
        ),
        select(typed.column::<Option<i64>>("price").cast::<String>()).from(&typed).filter(
            typed
                .column::<String>("name")
                .op::<bool>("GLOB", "*")
                .and(typed.column::<String>("name").collate("NOCASE").ne("x")),
        ),
        expect![[r#"
            "'2'"
            "NULL"
            WITH "prices"("name", "price") AS (VALUES (?, ?), (?, ?)) SELECT CAST("prices"."price" AS TEXT) FROM "prices" WHERE "prices"."name" GLOB ? AND "prices"."name" COLLATE NOCASE <> ? ['tea', 2, 'rum', NULL, '*', 'x']
        "#]],
    );
    let wrong = orm::Subquery::of_rows("prices", vec!["name".into()], rows);
    expect!["[query] a row of 2 values, and 1 columns; help: give each row a value for each column"]
        .assert_eq(&wrong.unwrap_err().to_string());
}

#[test]
fn names_that_are_not_there() {
    let (_db, session) = super::session();
    let user = mapper("User").entity();
    let show = |error: orm::Error| error.to_string();
    expect!["[unknown-attribute] `User.nmae`: no such attribute; help: did you mean `name`?"]
        .assert_eq(&show(user.attr("nmae").unwrap_err()));
    expect!["[unknown-attribute] `User.orders`: it is a relationship, not a column; help: ask for it by `relationship(...)`"].assert_eq(&show(user.attr("orders").unwrap_err()));
    expect!["[unknown-attribute] `User.order`: no such attribute; help: did you mean `orders`?"]
        .assert_eq(&show(user.relationship("order").unwrap_err()));
    expect![
        "[unknown-attribute] `User.name`: it is a column, not a relationship; help: ask for it by `attr(...)`"
    ]
    .assert_eq(&show(user.relationship("name").unwrap_err()));
    let other = mapper("Item").aliased();
    expect!["[wrong-class] `User.orders`: it leads to `Order`, not to `Item`"]
        .assert_eq(&show(user.relationship("orders").unwrap().to(&other).unwrap_err()));
    let orders = user.relationship("orders").unwrap();
    let wrong = select(&user).filter(orders.has(()));
    expect![
        "[query] `has` of `User::orders`, which leads to a collection: ask by `any`, `contains` or `is_empty`"
    ]
    .assert_eq(&show(session.scalars(wrong).unwrap().all().unwrap_err()));
    let owner = mapper("Order").relationship("user").unwrap();
    let wrong = select(mapper("Order").entity()).filter(owner.any(()));
    expect!["[query] `any` of `Order::user`, which leads to one object: ask by `has`, `is` or `is_none`"]
        .assert_eq(&show(session.scalars(wrong).unwrap().all().unwrap_err()));
    assert_eq!(code(Models::mapper("Usr")), Code::UnknownName);
}

#[test]
fn a_label_of_a_column_is_its_name() {
    let who = User::name.label("who");
    let users = select((User::id, &who)).subquery("users");
    asked(
        select(users.of(&who)).from(&users).order_by(users.of(User::id).desc()),
        expect![[r#"
        "mary"
        "jack"
        "ed"
        SELECT "users"."who" FROM (SELECT "user_account"."id", "user_account"."name" AS "who" FROM "user_account") AS "users" ORDER BY "users"."id" DESC
    "#]],
    );
    asked(
        select(&who).order_by(&who),
        expect![[r#"
        "ed"
        "jack"
        "mary"
        SELECT "user_account"."name" AS "who" FROM "user_account" ORDER BY "who"
    "#]],
    );
}

#[test]
fn what_rows_are_ordered_by_goes_by_its_label() {
    let has = case().when(User::orders.any_item(), 1).otherwise(0).label("has");
    asked(
        select((User::name, &has)).union_all(select((Item::name, literal(7)))).order_by((&has, User::name)),
        expect![[r#"
            ("jack", 0)
            ("mary", 0)
            ("ed", 1)
            ("cup", 7)
            ("ink", 7)
            ("pen", 7)
            SELECT "user_account"."name", CASE WHEN EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id") THEN ? ELSE ? END AS "has" FROM "user_account" UNION ALL SELECT "item"."name", ? FROM "item" ORDER BY "has", 1 [1, 1, 0, 7]
        "#]],
    );
}

/// The text and the rows of the same statement by names and by types, each in a database of its own.
fn same_change<A: orm::query::Change<Output: std::fmt::Debug>, B: orm::query::Change>(
    by_name: A,
    by_type: B,
) -> String {
    let (db, session) = super::session();
    let (other, second) = super::session();
    let told = format!("{:?}", session.run(by_name).unwrap());
    second.run(by_type).unwrap();
    let sql = db.sql();
    assert_eq!(sql, other.sql());
    format!("{told}\n{sql}")
}

#[test]
fn rows_are_written_by_names() {
    let user = mapper("User").entity();
    let column = |name: &str| user.column(name).unwrap();
    let attr = |name: &str| user.attr(name).unwrap();
    let text = |text: &str| Value::from(text);
    let told = [
        same_change(
            mapper("User")
                .insert()
                .columns(vec![column("name"), column("fullname")])
                .rows([vec![text("al"), Value::Null], vec![text("bo"), text("Bo")]]),
            insert(User)
                .columns((User::name, User::fullname))
                .rows([("al", None), ("bo", Some("Bo".to_owned()))]),
        ),
        same_change(
            mapper("User").insert().set(column("name"), text("al")).returning(attr("id")),
            insert(User).set(User::name, "al").returning(User::id),
        ),
        same_change(
            mapper("User")
                .insert()
                .columns(vec![column("id"), column("name")])
                .rows([vec![Value::from(1), text("new")]])
                .on_conflict(column("id"))
                .set(column("name"), orm::excluded(column("name")))
                .filter(attr("name").ne("x")),
            insert(User)
                .columns((User::id, User::name))
                .rows([(1, "new")])
                .on_conflict(User::id)
                .set(User::name, excluded(User::name))
                .filter(User::name.ne("x")),
        ),
        same_change(
            mapper("User")
                .insert()
                .columns(vec![column("name")])
                .from(select(vec![Selected::from(mapper("Item").attr("name").unwrap())])),
            insert(User).columns(User::name).from(select(Item::name)),
        ),
        same_change(
            mapper("User")
                .update()
                .set(column("fullname"), attr("name").concat("!").untyped())
                .filter(attr("id").le(2)),
            update(User).set(User::fullname, User::name.concat("!")).filter(User::id.le(2)),
        ),
        same_change(
            mapper("User")
                .update()
                .columns(vec![column("id"), column("name")])
                .rows([vec![Value::from(2), text("b")]]),
            update(User).columns((User::id, User::name)).rows([(2, "b")]),
        ),
        same_change(
            mapper("Order").delete().filter(mapper("Order").attr("id").unwrap().gt(90)),
            delete(Order).filter(Order::id.gt(90)),
        ),
    ];
    expect![[r#"
        2
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['al', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['bo', 'Bo']
        [Int(4)]
        INSERT INTO "user_account" ("name") VALUES (?) RETURNING "user_account"."id" ['al']
        1
        INSERT INTO "user_account" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "name" = "excluded"."name" WHERE "user_account"."name" <> ? [1, 'new', 'x']
        3
        INSERT INTO "user_account" ("name") SELECT "item"."name" FROM "item"
        2
        UPDATE "user_account" SET "fullname" = "user_account"."name" || ? WHERE "user_account"."id" <= ? ['!', 2]
        1
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = ? ['b', 2]
        0
        DELETE FROM "orders" WHERE "orders"."id" > ? [90]
    "#]].assert_eq(&told.concat());
}

#[test]
fn objects_follow_what_is_written_by_names() {
    let (db, session) = super::session();
    let user = mapper("User").entity();
    let ed = session.get::<User>(1).unwrap().unwrap();
    db.sql();
    let renamed = mapper("User").update().set(user.column("name").unwrap(), Value::from("Ed"));
    let given = session.run(renamed.filter(user.attr("id").unwrap().eq(1)).returning(&user)).unwrap();
    assert_eq!((given.len(), Obj::any(&ed) == given[0], ed.name().unwrap().as_str()), (1, true, "Ed"));
    let options = vec![user.relationship("addresses").unwrap().load(orm::Lazy::SelectIn)];
    let again = mapper("User").update().set(user.column("name").unwrap(), Value::from("Ed!"));
    session.run(again.filter(user.attr("id").unwrap().eq(1)).returning(&user).options(options)).unwrap();
    assert!(ed.addresses().is_loaded().unwrap());
}

#[test]
fn what_no_column_holds_is_an_error() {
    let (db, session) = super::session();
    let user = mapper("User").entity();
    let column = |name: &str| user.column(name).unwrap();
    let alias = mapper("User").aliased();
    let wrong = [
        session.run(mapper("User").insert().set(column("name"), Value::from(1))),
        session.run(mapper("User").update().set(column("name"), Value::Null)),
        session.run(mapper("User").insert().columns(vec![column("name")]).rows([vec![Value::from(2.5)]])),
        session.run(
            mapper("User").insert().columns(vec![column("name")]).rows([vec![Value::from("a"), Value::Null]]),
        ),
        session.run(mapper("User").insert().set(alias.column("name").unwrap(), Value::from("x"))),
        user.column("nmae").map(|_| 0),
        user.column("addresses").map(|_| 0),
    ];
    let told: Vec<String> = wrong.into_iter().map(tests::show).collect();
    expect![[r#"
        [value] `User.name`: expected text, found an integer
        [value] `User.name`: expected text, found NULL
        [value] `User.name`: expected text, found a real number
        [query] `User`: a row of 2 values is given for 1 columns; help: give a value for each column that `.columns(...)` names
        [query] a column of an alias is written; name it without `of`
        [unknown-attribute] `User.nmae`: no such attribute; help: did you mean `name`?
        [unknown-attribute] `User.addresses`: it is a relationship, not a column; help: ask for it by `relationship(...)`"#]].assert_eq(&told.join("\n"));
    assert_eq!(db.statements(), 0);
}
