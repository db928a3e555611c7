//! Tuples of columns, which are compared together.

use super::asked;
use expect_test::expect;
use orm::prelude::*;
use orm::{Selected, Value, literal};
use tests::models::*;

#[test]
fn of_a_list() {
    asked(
        select(User::id).filter(tuple_((User::id, User::name)).in_([(1, "ed"), (2, "ed"), (3, "mary")])),
        expect![[r#"
            1
            3
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") IN (VALUES (?, ?), (?, ?), (?, ?)) [1, 'ed', 2, 'ed', 3, 'mary']
        "#]],
    );
    asked(
        select(User::id).filter(tuple_((User::id, User::name)).not_in([(1, "ed"), (2, "ed")])),
        expect![[r#"
            2
            3
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") NOT IN (VALUES (?, ?), (?, ?)) [1, 'ed', 2, 'ed']
        "#]],
    );
    asked(
        select(User::id).filter(tuple_((User::id, User::name)).in_(Vec::<(i64, String)>::new())),
        expect![[r#"
            SELECT "user_account"."id" FROM "user_account" WHERE 0
        "#]],
    );
    asked(
        select(User::id).filter(tuple_((User::id, User::name)).not_in(Vec::<(i64, String)>::new())),
        expect![[r#"
            1
            2
            3
            SELECT "user_account"."id" FROM "user_account" WHERE 1
        "#]],
    );
    // Lent, made on the way, and more than a list of single values binds one by one.
    let rows = vec![(1, "ed".to_owned()), (3, "mary".to_owned())];
    asked(
        select(User::id).filter(tuple_((User::id, User::name)).in_(&rows)),
        expect![[r#"
        1
        3
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") IN (VALUES (?, ?), (?, ?)) [1, 'ed', 3, 'mary']
    "#]],
    );
    let many = (1..=9).map(|id| (id, id + 1, User::id));
    asked(
        select(User::id).filter(tuple_((User::id, 3, User::id)).in_(many)),
        expect![[r#"
        2
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", ?, "user_account"."id") IN (VALUES (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id"), (?, ?, "user_account"."id")) [3, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10]
    "#]],
    );
}

#[test]
fn what_may_be_null() {
    asked(
        select(User::id)
            .filter(tuple_((User::id, User::fullname)).in_([(1, Some("Ed Jones".to_owned())), (2, None)])),
        expect![[r#"
            1
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."fullname") IN (VALUES (?, ?), (?, ?)) [1, 'Ed Jones', 2, NULL]
        "#]],
    );
    asked(
        select(User::id).filter(tuple_((User::id, User::fullname)).not_in([(1, "Ed Jones"), (2, "x")])),
        expect![[r#"
            3
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."fullname") NOT IN (VALUES (?, ?), (?, ?)) [1, 'Ed Jones', 2, 'x']
        "#]],
    );
    asked(
        select(User::id)
            .filter(tuple_((User::id, User::fullname)).is_not_distinct_from((2, None::<String>)))
            .filter(tuple_((User::id, User::fullname)).is_distinct_from((1, None::<String>))),
        expect![[r#"
            2
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."fullname") IS NOT DISTINCT FROM (?, ?) AND ("user_account"."id", "user_account"."fullname") IS DISTINCT FROM (?, ?) [2, NULL, 1, NULL]
        "#]],
    );
}

#[test]
fn of_the_rows_of_a_query() {
    let first = select((Address::user_id, func::min(Address::id))).group_by(Address::user_id);
    asked(
        select(Address::email).filter(tuple_((Address::user_id, Address::id)).in_(&first)),
        expect![[r#"
            "ed@x"
            "jack@x"
            SELECT "address"."email" FROM "address" WHERE ("address"."user_id", "address"."id") IN (SELECT "address_1"."user_id", min("address_1"."id") FROM "address" AS "address_1" GROUP BY "address_1"."user_id")
        "#]],
    );
    asked(
        select(Address::email).filter(tuple_((Address::user_id, Address::id)).not_in(first)),
        expect![[r#"
            "ed@y"
            SELECT "address"."email" FROM "address" WHERE ("address"."user_id", "address"."id") NOT IN (SELECT "address_1"."user_id", min("address_1"."id") FROM "address" AS "address_1" GROUP BY "address_1"."user_id")
        "#]],
    );
    // The rows of a query see the row around it.
    let own = select((Order::user_id, Order::note)).filter(Order::user_id.eq(User::id));
    asked(
        select(User::name).filter(tuple_((User::id, "o2")).in_(own)),
        expect![[r#"
        "ed"
        SELECT "user_account"."name" FROM "user_account" WHERE ("user_account"."id", ?) IN (SELECT "orders"."user_id", "orders"."note" FROM "orders" WHERE "orders"."user_id" = "user_account"."id") ['o2']
    "#]],
    );
}

#[test]
fn in_their_order() {
    let at = || tuple_((User::name, User::id));
    asked(
        select(User::id).filter(at().eq(("jack", 2))),
        expect![[r#"
        2
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") = (?, ?) ['jack', 2]
    "#]],
    );
    asked(
        select(User::id).filter(at().ne(("jack", 2))),
        expect![[r#"
        1
        3
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") <> (?, ?) ['jack', 2]
    "#]],
    );
    asked(
        select(User::id).filter(at().lt(("jack", 2))),
        expect![[r#"
        1
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") < (?, ?) ['jack', 2]
    "#]],
    );
    asked(
        select(User::id).filter(at().le(("jack", 2))),
        expect![[r#"
        1
        2
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") <= (?, ?) ['jack', 2]
    "#]],
    );
    asked(
        select(User::id).filter(at().gt(("jack", 1))),
        expect![[r#"
        2
        3
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") > (?, ?) ['jack', 1]
    "#]],
    );
    asked(
        select(User::id).filter(at().ge(("jack", 3)) & !at().ge(("mary", 4))),
        expect![[r#"
        3
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") >= (?, ?) AND ("user_account"."name", "user_account"."id") < (?, ?) ['jack', 3, 'mary', 4]
    "#]],
    );
    asked(
        select(User::id).filter(at().between(("ed", 2), ("mary", 2)) | !at().between(("a", 0), ("z", 0))),
        expect![[r#"
            2
            SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."name", "user_account"."id") BETWEEN (?, ?) AND (?, ?) OR ("user_account"."name", "user_account"."id") NOT BETWEEN (?, ?) AND (?, ?) ['ed', 2, 'mary', 2, 'a', 0, 'z', 0]
        "#]],
    );
}

#[test]
fn of_aliases_and_expressions() {
    let (parent, child) = (aliased(Node), aliased(Node));
    asked(
        select((parent.of(Node::id), child.of(Node::id)))
            .from(parent)
            .join(parent.of(Node::children).to(child))
            .filter(
                tuple_((child.of(Node::id) - 1, child.of(Node::parent_id)))
                    .eq(tuple_((parent.of(Node::id), parent.of(Node::id)))),
            ),
        expect![[r#"
            (1, 2)
            (2, 3)
            SELECT "node"."id", "node_1"."id" FROM "node" JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" WHERE ("node_1"."id" - ?, "node_1"."parent_id") = ("node"."id", "node"."id") [1]
        "#]],
    );
    let name = func::upper(User::name).label("upper");
    asked(
        select(&name).filter(
            tuple_((&name, User::id + 1, User::id.eq(2)))
                .in_([("JACK", literal(3_i64), User::id.eq(2)), ("ED", literal(2_i64), User::name.eq("x"))]),
        ),
        expect![[r#"
            "ED"
            "JACK"
            SELECT upper("user_account"."name") AS "upper" FROM "user_account" WHERE (upper("user_account"."name"), "user_account"."id" + ?, "user_account"."id" = ?) IN (VALUES (?, ?, "user_account"."id" = ?), (?, ?, "user_account"."name" = ?)) [1, 2, 'JACK', 3, 2, 'ED', 2, 'x']
        "#]],
    );
    asked(
        select((User::id, func::count(Order::id)))
            .join(User::orders)
            .group_by(User::id)
            .having(tuple_((User::id, func::count(Order::id))).gt((1, 1))),
        expect![[r#"
            (1, 2)
            SELECT "user_account"."id", count("orders"."id") FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" GROUP BY "user_account"."id" HAVING ("user_account"."id", count("orders"."id")) > (?, ?) [1, 1]
        "#]],
    );
}

#[test]
fn by_names() {
    let user = Models::mapper("User").unwrap().entity();
    let order = Models::mapper("Order").unwrap().entity();
    let (id, name) = (user.attr("id").unwrap(), user.attr("name").unwrap());
    let ids = |query| select(vec![Selected::from(id.clone())]).filter(query);
    asked(
        ids(tuple_((id.clone(), name.clone())).in_([(1, "ed"), (2, "x")])),
        expect![[r#"
        AnyRow([Value(Int(1))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") IN (VALUES (?, ?), (?, ?)) [1, 'ed', 2, 'x']
    "#]],
    );
    let both = || tuple_(vec![id.clone(), name.clone()]);
    let rows: Vec<Vec<Value>> = vec![vec![1.into(), "ed".into()], vec![2.into(), "x".into()]];
    asked(
        ids(both().in_(&rows)),
        expect![[r#"
        AnyRow([Value(Int(1))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") IN (VALUES (?, ?), (?, ?)) [1, 'ed', 2, 'x']
    "#]],
    );
    asked(
        ids(both().not_in(rows)),
        expect![[r#"
        AnyRow([Value(Int(2))])
        AnyRow([Value(Int(3))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") NOT IN (VALUES (?, ?), (?, ?)) [1, 'ed', 2, 'x']
    "#]],
    );
    asked(
        ids(both().gt(vec![Value::from(2), "k".into()])),
        expect![[r#"
        AnyRow([Value(Int(3))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", "user_account"."name") > (?, ?) [2, 'k']
    "#]],
    );
    let notes: Vec<Selected> =
        vec![order.attr("user_id").unwrap().into(), order.attr("note").unwrap().into()];
    let notes = select(notes);
    asked(
        ids(tuple_((id.clone(), literal(Value::from("o1")))).in_(&notes)),
        expect![[r#"
        AnyRow([Value(Int(1))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", ?) IN (SELECT "orders"."user_id", "orders"."note" FROM "orders") ['o1']
    "#]],
    );
    asked(
        ids(tuple_(vec![id.clone(), literal(Value::from("o2"))]).in_(&notes)),
        expect![[r#"
        AnyRow([Value(Int(1))])
        SELECT "user_account"."id" FROM "user_account" WHERE ("user_account"."id", ?) IN (SELECT "orders"."user_id", "orders"."note" FROM "orders") ['o2']
    "#]],
    );
    // How many there are is known when the query runs.
    asked(
        ids(both().eq(vec![Value::from(2)])),
        expect![[r#"
        [query] a tuple of 1 stands beside one of 2
    "#]],
    );
    asked(
        ids(both().in_(vec![vec![Value::from(2), "x".into(), Value::Null]])),
        expect![[r#"
        [query] a tuple of 3 stands beside one of 2
    "#]],
    );
    asked(
        ids(tuple_(vec![id.clone()]).eq(vec![Value::from(2)])),
        expect![[r#"
        [query] a tuple of 1, where two or more are needed
    "#]],
    );
    let three = tuple_((id.clone(), name.clone(), name.clone()));
    asked(
        ids(three.in_(notes)),
        expect![[r#"
        [query] a query of 2 columns stands beside a tuple of 3; help: select as many columns in it as the tuple has
    "#]],
    );
}

#[test]
fn in_statements_that_write() {
    let (db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    let written = session
        .run(
            update(User)
                .set(User::fullname, "x")
                .filter(tuple_((User::id, User::name)).in_([(1, "ed"), (2, "x")])),
        )
        .unwrap();
    assert_eq!((written, ed.fullname().unwrap().as_deref()), (1, Some("x")));
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE ("user_account"."id", "user_account"."name") IN (VALUES (?, ?), (?, ?)) RETURNING "user_account"."id", "user_account"."fullname" ['x', 1, 'ed', 2, 'x']
    "#]].assert_eq(&db.sql());
    let deleted =
        session.run(delete(Profile).filter(tuple_((Profile::id, Profile::user_id)).eq((1, 1)))).unwrap();
    assert_eq!(deleted, 1);
    expect![[r#"
        DELETE FROM "profile" WHERE ("profile"."id", "profile"."user_id") = (?, ?) [1, 1]
    "#]]
    .assert_eq(&db.sql());
}
