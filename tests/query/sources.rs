//! Where rows come from: joins, aliases, subqueries, common tables, lists, and queries put together.

use super::asked;
use expect_test::expect;
use orm::aliased_as;
use orm::prelude::*;
use tests::models::*;
use tests::show;

#[test]
fn aliases() {
    let parent = aliased(Node);
    asked(
        select((Node::name, parent.of(Node::name))).join(Node::parent.to(parent)).order_by(Node::id),
        expect![[r#"
            (Some("branch"), Some("root"))
            (Some("leaf 1"), Some("branch"))
            (Some("leaf 2"), Some("branch"))
            SELECT "node"."name", "node_1"."name" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" ORDER BY "node"."id"
        "#]],
    );
    asked(
        select(parent).join(parent.of(Node::children)).filter(Node::name.eq("leaf 1")),
        expect![[r#"
        Node#2
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" WHERE "node_1"."name" = ? ['leaf 1']
    "#]],
    );
    let (a, b) = (aliased(User), aliased(User));
    asked(
        select((a.of(User::id), b.of(User::id)))
            .filter(a.of(User::id).lt(b.of(User::id)))
            .order_by((a.of(User::id), b.of(User::id))),
        expect![[r#"
            (1, 2)
            (1, 3)
            (2, 3)
            SELECT "user_account"."id", "user_account_1"."id" FROM "user_account", "user_account" AS "user_account_1" WHERE "user_account"."id" < "user_account_1"."id" ORDER BY "user_account"."id", "user_account_1"."id"
        "#]],
    );
}

#[test]
fn joins_with_conditions() {
    asked(
        select((User::name, Order::note.optional()))
            .outer_join(User::orders.and(Order::note.eq("o2")))
            .order_by(User::id),
        expect![[r#"
            ("ed", Some("o2"))
            ("jack", None)
            ("mary", None)
            SELECT "user_account"."name", "orders"."note" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" AND "orders"."note" = ? ORDER BY "user_account"."id" ['o2']
        "#]],
    );
    let order = aliased(Order);
    asked(
        select((User::id, order.of(Order::id)))
            .join(order.on(order.of(Order::user_id).eq(User::id)))
            .order_by(order.of(Order::id)),
        expect![[r#"
            (1, 1)
            (1, 2)
            SELECT "user_account"."id", "orders"."id" FROM "user_account" JOIN "orders" ON "orders"."user_id" = "user_account"."id" ORDER BY "orders"."id"
        "#]],
    );
    asked(
        select((User::id, Address::id)).from(User).join(Address).order_by(Address::id),
        expect![[r#"
        (1, 1)
        (1, 2)
        (2, 3)
        SELECT "user_account"."id", "address"."id" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "address"."id"
    "#]],
    );
    asked(
        select((User::id.optional(), Order::id.optional()))
            .from(User)
            .full_join(User::orders)
            .order_by((User::id, Order::id)),
        expect![[r#"
            (None, Some(3))
            (Some(1), Some(1))
            (Some(1), Some(2))
            (Some(2), None)
            (Some(3), None)
            SELECT "user_account"."id", "orders"."id" FROM "user_account" FULL JOIN "orders" ON "user_account"."id" = "orders"."user_id" ORDER BY "user_account"."id", "orders"."id"
        "#]],
    );
    asked(
        select(Order).join(User::orders).filter(User::name.eq("ed")).order_by(Order::id),
        expect![[r#"
        Order#1
        Order#2
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" WHERE "user_account"."name" = ? ORDER BY "orders"."id" ['ed']
    "#]],
    );
}

#[test]
fn subqueries() {
    let count = func::count(Address::id).label("count");
    let counts = select((Address::user_id, &count)).group_by(Address::user_id).subquery("counts");
    asked(
        select((User::name, counts.of(&count).optional()))
            .outer_join(counts.on(counts.of(Address::user_id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            ("ed", Some(2))
            ("jack", Some(1))
            ("mary", None)
            SELECT "user_account"."name", "counts"."count" FROM "user_account" LEFT JOIN (SELECT "address"."user_id", count("address"."id") AS "count" FROM "address" GROUP BY "address"."user_id") AS "counts" ON "counts"."user_id" = "user_account"."id" ORDER BY "user_account"."id"
        "#]],
    );
    let first = select(User).order_by(User::id.desc()).limit(2).subquery("last");
    let user = aliased_as(User, &first);
    asked(
        select((&user, user.of(User::name))).order_by(user.of(User::id)),
        expect![[r#"
        (User#2, "jack")
        (User#3, "mary")
        SELECT "last"."id", "last"."name", "last"."fullname", "last"."name" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT ?) AS "last" ORDER BY "last"."id" [2]
    "#]],
    );
    asked(
        select((Address::email, user.of(User::name))).join(Address::user.to(&user)).order_by(Address::id),
        expect![[r#"
            ("jack@x", "jack")
            SELECT "address"."email", "last"."name" FROM "address" JOIN (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT ?) AS "last" ON "last"."id" = "address"."user_id" ORDER BY "address"."id" [2]
        "#]],
    );
    let both = select((User::id, Address::id, Address::email)).join(User::addresses).subquery("both");
    asked(
        select((both.of(User::id), both.of(Address::id))).order_by(both.of(Address::id)),
        expect![[r#"
        (1, 1)
        (1, 2)
        (2, 3)
        SELECT "both"."id", "both"."id_1" FROM (SELECT "user_account"."id", "address"."id" AS "id_1", "address"."email" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id") AS "both" ORDER BY "both"."id_1"
    "#]],
    );
}

#[test]
fn correlated_queries() {
    asked(
        select((User::name, select(func::count(Order::id)).filter(Order::user_id.eq(User::id)).scalar()))
            .order_by(User::id),
        expect![[r#"
            ("ed", 2)
            ("jack", 0)
            ("mary", 0)
            SELECT "user_account"."name", (SELECT count("orders"."id") FROM "orders" WHERE "orders"."user_id" = "user_account"."id") FROM "user_account" ORDER BY "user_account"."id"
        "#]],
    );
    asked(
        select(User::name)
            .filter(orm::exists(select(Address::id).filter(Address::user_id.eq(User::id))))
            .order_by(User::id),
        expect![[r#"
            "ed"
            "jack"
            SELECT "user_account"."name" FROM "user_account" WHERE EXISTS (SELECT "address"."id" FROM "address" WHERE "address"."user_id" = "user_account"."id") ORDER BY "user_account"."id"
        "#]],
    );
    let other = aliased(User);
    asked(
        select(User::name)
            .filter(
                User::id
                    .eq(select(func::max(other.of(User::id))).filter(other.of(User::name).ne(User::name))),
            )
            .order_by(User::id),
        expect![[r#"
            SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" = (SELECT max("user_account_1"."id") FROM "user_account" AS "user_account_1" WHERE "user_account_1"."name" <> "user_account"."name") ORDER BY "user_account"."id"
        "#]],
    );
    asked(
        select(User::name).filter(orm::exists(
            select(User::id).correlate(User).from(Order).filter(Order::user_id.eq(User::id)),
        )),
        expect![[r#"
            "ed"
            SELECT "user_account"."name" FROM "user_account" WHERE EXISTS (SELECT "user_account"."id" FROM "orders" WHERE "orders"."user_id" = "user_account"."id")
        "#]],
    );
}

#[test]
fn common_tables() {
    let users = select((User::id, User::name)).filter(User::id.lt(3)).cte("users");
    let again = users.aliased("again");
    asked(
        select((users.of(User::name), again.of(User::name)))
            .from(&users)
            .join(again.on(again.of(User::id).gt(users.of(User::id)))),
        expect![[r#"
            ("ed", "jack")
            WITH "users" AS (SELECT "user_account"."id", "user_account"."name" FROM "user_account" WHERE "user_account"."id" < ?) SELECT "users"."name", "again"."name" FROM "users" JOIN "users" AS "again" ON "again"."id" > "users"."id" [3]
        "#]],
    );
    let depth = orm::text::<i64>("0").label("depth");
    let tree = select((Node::id, Node::name, &depth))
        .filter(Node::parent_id.is_null())
        .cte("tree")
        .recursive(|tree| {
            select((Node::id, Node::name, tree.of(&depth) + 1))
                .join(tree.on(tree.of(Node::id).eq(Node::parent_id)))
        });
    asked(
        select((tree.of(Node::name), tree.of(&depth))).from(&tree).order_by(tree.of(Node::id)),
        expect![[r#"
            (Some("root"), 0)
            (Some("branch"), 1)
            (Some("leaf 1"), 2)
            (Some("leaf 2"), 2)
            WITH RECURSIVE "tree" AS (SELECT "node"."id", "node"."name", (0) AS "depth" FROM "node" WHERE "node"."parent_id" IS NULL UNION ALL SELECT "node_1"."id", "node_1"."name", "tree"."depth" + ? AS "column3" FROM "node" AS "node_1" JOIN "tree" ON "tree"."id" = "node_1"."parent_id") SELECT "tree_2"."name", "tree_2"."depth" FROM "tree" AS "tree_2" ORDER BY "tree_2"."id" [1]
        "#]],
    );
    asked(
        select(Node)
            .join(tree.on(tree.of(Node::id).eq(Node::id)))
            .filter(tree.of(&depth).eq(2))
            .order_by(Node::id),
        expect![[r#"
            Node#3
            Node#4
            WITH RECURSIVE "tree" AS (SELECT "node_1"."id", "node_1"."name", (0) AS "depth" FROM "node" AS "node_1" WHERE "node_1"."parent_id" IS NULL UNION ALL SELECT "node_2"."id", "node_2"."name", "tree"."depth" + ? AS "column3" FROM "node" AS "node_2" JOIN "tree" ON "tree"."id" = "node_2"."parent_id") SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" JOIN "tree" AS "tree_3" ON "tree_3"."id" = "node"."id" WHERE "tree_3"."depth" = ? ORDER BY "node"."id" [1, 2]
        "#]],
    );
}

#[test]
fn lists_of_rows() {
    let wanted = values("wanted", ["name", "rank"], [("mary", 1), ("ed", 2)]);
    asked(
        select((User::id, wanted.column::<i64>("rank")))
            .join(wanted.on(wanted.column::<String>("name").eq(User::name)))
            .order_by(wanted.column::<i64>("rank")),
        expect![[r#"
            (3, 1)
            (1, 2)
            WITH "wanted"("name", "rank") AS (VALUES (?, ?), (?, ?)) SELECT "user_account"."id", "wanted"."rank" FROM "user_account" JOIN "wanted" ON "wanted"."name" = "user_account"."name" ORDER BY "wanted"."rank" ['mary', 1, 'ed', 2]
        "#]],
    );
    let none = values("none", ["name"], Vec::<(String,)>::new());
    asked(
        select(none.column::<String>("name")).from(&none),
        expect![[r#"
        WITH "none"("name") AS (SELECT ? WHERE 0) SELECT "none"."name" FROM "none" [NULL]
    "#]],
    );
}

#[test]
fn queries_put_together() {
    asked(
        select(User::name).union(select(Address::email)).order_by(User::name).limit(3),
        expect![[r#"
        "ed"
        "ed@x"
        "ed@y"
        SELECT "user_account"."name" FROM "user_account" UNION SELECT "address"."email" FROM "address" ORDER BY 1 LIMIT ? [3]
    "#]],
    );
    asked(
        select(User)
            .filter(User::id.eq(1))
            .union_all(select(User).filter(User::id.ge(2)))
            .order_by(User::name.desc()),
        expect![[r#"
            User#3
            User#2
            User#1
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? UNION ALL SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" >= ? ORDER BY 2 DESC [1, 2]
        "#]],
    );
    asked(
        select(User::id).except(select(Address::user_id)).intersect(select(User::id).filter(User::id.gt(1))),
        expect![[r#"
            3
            SELECT "user_account"."id" FROM "user_account" EXCEPT SELECT "address"."user_id" FROM "address" INTERSECT SELECT "user_account_1"."id" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" > ? [1]
        "#]],
    );
    // What the second selects isn't that of the first: neither stands around the other.
    asked(
        select(User::id)
            .filter(User::id.eq(3))
            .union(select(User::id).from(Address).filter(Address::user_id.eq(User::id).and(User::id.lt(2)))),
        expect![[r#"
            1
            3
            SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" = ? UNION SELECT "user_account_1"."id" FROM "address", "user_account" AS "user_account_1" WHERE "address"."user_id" = "user_account_1"."id" AND "user_account_1"."id" < ? [3, 2]
        "#]],
    );
    let id = User::id.label("id");
    asked(
        select(&id)
            .order_by(&id)
            .limit(1)
            .union(select(User::id).order_by(User::id.desc()).limit(1))
            .order_by(id.desc()),
        expect![[r#"
            3
            1
            SELECT "first"."id" FROM (SELECT "user_account"."id" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "first" UNION SELECT * FROM (SELECT "user_account_1"."id" FROM "user_account" AS "user_account_1" ORDER BY "user_account_1"."id" DESC LIMIT ?) ORDER BY 1 DESC [1, 1]
        "#]],
    );
    let both = select(User::id).union(select(Order::id)).subquery("both");
    asked(
        select(func::count(both.of(User::id))),
        expect![[r#"
        3
        SELECT count("both"."id") FROM (SELECT "user_account"."id" FROM "user_account" UNION SELECT "orders"."id" FROM "orders") AS "both"
    "#]],
    );
}

/// What an alias of a query's rows says of a column is never read from the table of its class.
#[test]
fn aliases_of_queries_are_named() {
    let (db, session) = super::session();
    let few = select(User).filter(User::id.eq(1)).subquery("few");
    let one = aliased_as(User, &few);
    let unnamed = session.scalars(select(one.of(User::name))).and_then(|rows| rows.all());
    expect!["[query] an alias of `User` isn't part of the query; help: join it, as in `.join(relationship.to(alias))`, or name it in `.from(alias)`; a column of `User` itself is written without `of`"].assert_eq(&show(unnamed));
    let counted = session.scalar(select(func::count(one.of(User::id))));
    expect!["[query] an alias of `User` isn't part of the query; help: join it, as in `.join(relationship.to(alias))`, or name it in `.from(alias)`; a column of `User` itself is written without `of`"].assert_eq(&show(counted));
    assert_eq!(db.statements(), 0);
    assert_eq!(session.scalars(select(one.of(User::name)).from(&one)).unwrap().all().unwrap(), ["ed"]);
}

/// A common table hides no table, and names that differ by case alone are the same to the database.
#[test]
fn names_that_are_in_use() {
    let (db, session) = super::session();
    let of_ed = select(Order::user_id).filter(Order::user_id.eq(1)).cte("USER_ACCOUNT");
    let others = select(User::id).filter(User::id.not_in(select(of_ed.of(Order::user_id)).from(&of_ed)));
    let others = session.scalars(others.order_by(User::id)).unwrap().all().unwrap();
    expect![[r#"
        [2, 3]
        WITH "USER_ACCOUNT_1" AS (SELECT "orders"."user_id" FROM "orders" WHERE "orders"."user_id" = ?) SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" NOT IN (SELECT "USER_ACCOUNT_1_1"."user_id" FROM "USER_ACCOUNT_1" AS "USER_ACCOUNT_1_1") ORDER BY "user_account"."id" [1]
    "#]].assert_eq(&format!("{others:?}\n{}", db.sql()));

    let double = (User::id * 2).label("ID");
    let both = select((&double, User::id)).order_by(User::id).limit(1).subquery("both");
    let both = select((both.of(User::id), both.of(&double)));
    assert_eq!(session.execute(both).unwrap().all().unwrap(), [(1, 2)]);

    let loud = func::upper(User::name).label("name");
    let named = select((User::name, &loud)).order_by(User::id).limit(1).subquery("USER_account");
    let named = select((named.of(&loud), named.of(User::name), User::name)).join(User.on(User::id.eq(1)));
    assert_eq!(session.execute(named).unwrap().one().unwrap(), ("ED".into(), "ed".into(), "ed".into()));
}

/// A label says one thing.
#[test]
fn labels_that_are_the_same() {
    let (db, session) = super::session();
    let (one, other) = (User::id.label("x"), (-User::id).label("X"));
    let query = select((&one, &other)).order_by(&other);
    assert_eq!(session.execute(query.clone()).unwrap().first().unwrap(), Some((3, -3)));
    expect![[r#"
        SELECT "user_account"."id" AS "x", -"user_account"."id" AS "X" FROM "user_account" ORDER BY -"user_account"."id"
    "#]].assert_eq(&db.sql());
    let both = query.subquery("both");
    let refused = session.scalars(select(both.of(&other))).and_then(|rows| rows.all());
    expect!["[query] two columns of a query are called `X`; help: give one of them another label"]
        .assert_eq(&show(refused));
}

/// A query may be called as a table is that gets a number.
#[test]
fn a_query_that_is_called_like_a_table_with_a_number() {
    let other = aliased(User);
    let few = select(User::id).filter(User::id.le(2)).subquery("user_account_1");
    asked(
        select((User::id, other.of(User::id), few.of(User::id)))
            .join(other.on(other.of(User::id).eq(User::id)))
            .join(few.on(few.of(User::id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            (1, 1, 1)
            (2, 2, 2)
            SELECT "user_account"."id", "user_account_1"."id", "user_account_1_3"."id" FROM "user_account" JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "user_account"."id" JOIN (SELECT "user_account_2"."id" FROM "user_account" AS "user_account_2" WHERE "user_account_2"."id" <= ?) AS "user_account_1_3" ON "user_account_1_3"."id" = "user_account"."id" ORDER BY "user_account"."id" [2]
        "#]],
    );
    let common = select(User::id).filter(User::id.le(2)).cte("user_account_1");
    asked(
        select((User::id, other.of(User::id), common.of(User::id)))
            .join(other.on(other.of(User::id).eq(User::id)))
            .join(common.on(common.of(User::id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            (1, 1, 1)
            (2, 2, 2)
            WITH "user_account_1" AS (SELECT "user_account_2"."id" FROM "user_account" AS "user_account_2" WHERE "user_account_2"."id" <= ?) SELECT "user_account"."id", "user_account_1"."id", "user_account_1_3"."id" FROM "user_account" JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "user_account"."id" JOIN "user_account_1" AS "user_account_1_3" ON "user_account_1_3"."id" = "user_account"."id" ORDER BY "user_account"."id" [2]
        "#]],
    );
}

/// Labels of one expression are told apart where several queries are put together, and only the label is left of it.
#[test]
fn two_labels_of_one_expression() {
    let (first, second) = (User::id.label("first"), User::id.label("second"));
    let (order, twice) = (Order::id.label("first"), (Order::id * 2).label("second"));
    asked(
        select((&first, &second))
            .union_all(select((&order, &twice)))
            .order_by(second.desc())
            .order_by(&first),
        expect![[r#"
            (3, 6)
            (2, 4)
            (3, 3)
            (1, 2)
            (2, 2)
            (1, 1)
            SELECT "user_account"."id" AS "first", "user_account"."id" AS "second" FROM "user_account" UNION ALL SELECT "orders"."id" AS "first", "orders"."id" * ? AS "second" FROM "orders" ORDER BY "second" DESC, "first" [2]
        "#]],
    );
}
