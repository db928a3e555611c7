//! Joins: of a class in itself under several names, of several sources, backwards, by a condition.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, aliased_as};
use tests::models::*;
use tests::{Db, show};

use super::asked;

#[test]
fn a_class_in_itself_under_several_names() {
    let (parent, grandparent) = (aliased(Node), aliased(Node));
    asked(
        select((Node, parent, grandparent))
            .join(Node::parent.to(parent))
            .join(parent.of(Node::parent).to(grandparent))
            .filter(Node::name.eq("leaf 2"))
            .filter(parent.of(Node::name).eq("branch"))
            .filter(grandparent.of(Node::name).eq("root")),
        expect![[r#"
            (Node#4, Node#2, Node#1)
            SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", "node_2"."name", "node_2"."parent_id" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" WHERE "node"."name" = ? AND "node_1"."name" = ? AND "node_2"."name" = ? ['leaf 2', 'branch', 'root']
        "#]],
    );
    // From the other end, and from the middle.
    asked(
        select(grandparent)
            .from(grandparent)
            .join(grandparent.of(Node::children).to(parent))
            .join(parent.of(Node::children))
            .filter(Node::name.eq("leaf 1")),
        expect![[r#"
            Node#1
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node_2"."name" = ? ['leaf 1']
        "#]],
    );
    let (one, other) = (aliased(Node), aliased(Node));
    asked(
        select((Node::id, one.of(Node::id), other.of(Node::id)))
            .join(Node::children.to(one))
            .join(Node::children.to(other))
            .filter(one.of(Node::id).lt(other.of(Node::id))),
        expect![[r#"
            (2, 3, 4)
            SELECT "node"."id", "node_1"."id", "node_2"."id" FROM "node" JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" JOIN "node" AS "node_2" ON "node"."id" = "node_2"."parent_id" WHERE "node_1"."id" < "node_2"."id"
        "#]],
    );
    asked(
        select((parent.of(Node::name), func::count(Node::id)))
            .from(parent)
            .outer_join(Node.on(Node::parent_id.eq(parent.of(Node::id))))
            .group_by(parent.of(Node::id))
            .order_by(parent.of(Node::id)),
        expect![[r#"
            (Some("root"), 1)
            (Some("branch"), 2)
            (Some("leaf 1"), 0)
            (Some("leaf 2"), 0)
            SELECT "node"."name", count("node_1"."id") FROM "node" LEFT JOIN "node" AS "node_1" ON "node_1"."parent_id" = "node"."id" GROUP BY "node"."id" ORDER BY "node"."id"
        "#]],
    );
    // Pairs in an order of both.
    let other = aliased(User);
    asked(
        select((User, other))
            .filter(User::id.gt(other.of(User::id)))
            .order_by((other.of(User::id).desc(), User::name)),
        expect![[r#"
            (User#3, User#2)
            (User#2, User#1)
            (User#3, User#1)
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account", "user_account" AS "user_account_1" WHERE "user_account"."id" > "user_account_1"."id" ORDER BY "user_account_1"."id" DESC, "user_account"."name"
        "#]],
    );
}

#[test]
fn a_class_is_joined_twice_from_one_name() {
    let (user, one, other) = (aliased(User), aliased(Order), aliased(Order));
    asked(
        select((user, one.of(Order::id), other.of(Order::id)))
            .from(user)
            .join(user.of(User::orders).to(one))
            .join(user.of(User::orders).to(other))
            .filter(one.of(Order::note).eq("o1").or(other.of(Order::note).eq("o3"))),
        expect![[r#"
            (User#1, 1, 1)
            (User#1, 1, 2)
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders_1"."id" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" WHERE "orders"."note" = ? OR "orders_1"."note" = ? ['o1', 'o3']
        "#]],
    );
    // Links, under other names too.
    let (item, again) = (aliased(Item), aliased(Item));
    asked(
        select((Order::id, item.of(Item::name), again.of(Item::name)))
            .join(Order::items.to(item))
            .join(Order::items.to(again))
            .filter(item.of(Item::id).lt(again.of(Item::id))),
        expect![[r#"
            (1, "pen", "ink")
            SELECT "orders"."id", "item"."name", "item_2"."name" FROM "orders" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE "item"."id" < "item_2"."id"
        "#]],
    );
}

#[test]
fn each_of_several_sources_has_its_joins() {
    asked(
        select((Address::email, Node::name))
            .from((Address, Node))
            .join(Address::user)
            .outer_join(Node::children.to(aliased(Node)))
            .filter(User::name.eq("jack").and(Node::name.eq("root"))),
        expect![[r#"
            ("jack@x", Some("root"))
            SELECT "address"."email", "node"."name" FROM "address" JOIN "user_account" ON "user_account"."id" = "address"."user_id", "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" WHERE "user_account"."name" = ? AND "node"."name" = ? ['jack', 'root']
        "#]],
    );
    // The name says which of two sources of a class it is.
    let other = aliased(User);
    asked(
        select((User::id, other.of(User::id), Address::id))
            .from((User, other))
            .join(User::addresses)
            .limit(1),
        expect![[r#"
            (1, 1, 1)
            SELECT "user_account"."id", "user_account_1"."id", "address"."id" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id", "user_account" AS "user_account_1" LIMIT ? [1]
        "#]],
    );
    asked(
        select((User::id, other.of(User::id), Address::id))
            .from((User, other))
            .join(other.of(User::addresses))
            .limit(1),
        expect![[r#"
            (1, 1, 1)
            SELECT "user_account"."id", "user_account_1"."id", "address"."id" FROM "user_account", "user_account" AS "user_account_1" JOIN "address" ON "user_account_1"."id" = "address"."user_id" LIMIT ? [1]
        "#]],
    );
    // By a condition it is joined to the last source that this speaks of.
    let address = aliased(Address);
    asked(
        select((Order::id, Profile::id, address.of(Address::id)))
            .from((Order, Profile))
            .join(address.on(address.of(Address::user_id).eq(Order::user_id)))
            .limit(1),
        expect![[r#"
            (1, 1, 1)
            SELECT "orders"."id", "profile"."id", "address"."id" FROM "orders" JOIN "address" ON "address"."user_id" = "orders"."user_id", "profile" LIMIT ? [1]
        "#]],
    );
    asked(
        select((Order::id, Profile::id, address.of(Address::id)))
            .from((Order, Profile))
            .join(address.on(address.of(Address::user_id).eq(Profile::user_id)))
            .limit(1),
        expect![[r#"
            (3, 1, 1)
            SELECT "orders"."id", "profile"."id", "address"."id" FROM "orders", "profile" JOIN "address" ON "address"."user_id" = "profile"."user_id" LIMIT ? [1]
        "#]],
    );
}

#[test]
fn joins_that_could_be_several_or_none() {
    let (db, session) = super::session();
    db.sql();
    let told = |query: orm::Select<Obj<Order>>| show(session.scalars(query).and_then(|rows| rows.all()));
    // Two sources that a foreign key joins with it, and none.
    expect!["[query] several foreign keys join `User` with the query; help: give a condition by `.on(...)`, or join along a relationship"].assert_eq(&told(select(Order).from((Order, Profile)).join(User)));
    expect!["[query] no foreign key joins `Node` with the query; help: give a condition by `.on(...)`"]
        .assert_eq(&told(select(Order).join(Node)));
    expect!["[query] no foreign key joins `Item` with the query; help: give a condition by `.on(...)`"]
        .assert_eq(&told(select(Order).from((Order, User)).join(Item)));
    let other = aliased(Item);
    expect!["[query] no foreign key joins `Item` with the query; help: give a condition by `.on(...)`"]
        .assert_eq(&told(select(Order).join(other)));
    // Joined twice under one name.
    expect!["[query] `Order.items`: `Item` is part of the query already; help: join it under another name: `let other = aliased(Item); ... .join(Order::items.to(other))`, or ask by `any` or `has`"].assert_eq(&told(select(Order).join(Order::items).join(Order::user).join(Order::items)));
    assert_eq!(db.statements(), 0);
}

#[test]
fn the_source_that_is_joined_may_be_selected() {
    asked(
        select(User).join(Address::user).filter(Address::email.eq("jack@x")),
        expect![[r#"
            User#2
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "address" JOIN "user_account" ON "user_account"."id" = "address"."user_id" WHERE "address"."email" = ? ['jack@x']
        "#]],
    );
    let address = aliased(Address);
    asked(
        select((User, address))
            .join(address.of(Address::user))
            .filter(User::name.eq("ed"))
            .order_by(address.of(Address::id)),
        expect![[r#"
            (User#1, Address#1)
            (User#1, Address#2)
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address"."id", "address"."email", "address"."user_id" FROM "address" JOIN "user_account" ON "user_account"."id" = "address"."user_id" WHERE "user_account"."name" = ? ORDER BY "address"."id" ['ed']
        "#]],
    );
    asked(
        select(Item::id).from(User).join(User::orders).join(Order::items).order_by(Item::id),
        expect![[r#"
        1
        2
        3
        SELECT "item"."id" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" ORDER BY "item"."id"
    "#]],
    );
    asked(
        select(Item::id).from(User).join(Item.on(User::id.eq(Item::id))).order_by(Item::id),
        expect![[r#"
        1
        2
        3
        SELECT "item"."id" FROM "user_account" JOIN "item" ON "user_account"."id" = "item"."id" ORDER BY "item"."id"
    "#]],
    );
}

#[test]
fn rows_of_queries_are_joined() {
    let last = select(User).order_by(User::id.desc()).limit(2).offset(1).subquery("last");
    let user = aliased_as(User, &last);
    asked(
        select((&user, Order.optional()))
            .outer_join(Order.on(Order::user_id.eq(user.of(User::id))))
            .order_by(Order::id),
        expect![[r#"
            (User#2, None)
            (User#1, Some(Order#1))
            (User#1, Some(Order#2))
            SELECT "last"."id", "last"."name", "last"."fullname", "orders"."id", "orders"."note", "orders"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT ? OFFSET ?) AS "last" LEFT JOIN "orders" ON "orders"."user_id" = "last"."id" ORDER BY "orders"."id" [2, 1]
        "#]],
    );
    asked(
        select((&user, Order::id))
            .join(user.of(User::orders))
            .filter(Order::items.any_item())
            .order_by(Order::id),
        expect![[r#"
            (User#1, 1)
            (User#1, 2)
            SELECT "last"."id", "last"."name", "last"."fullname", "orders"."id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT ? OFFSET ?) AS "last" JOIN "orders" ON "last"."id" = "orders"."user_id" WHERE EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id") ORDER BY "orders"."id" [2, 1, 1]
        "#]],
    );
    let count = func::count(Address::id).label("count");
    let counts = select((Address::user_id, &count)).group_by(Address::user_id).subquery("counts");
    asked(
        select((counts.of(&count), User::id))
            .from(User)
            .join(counts.on(counts.of(Address::user_id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            (2, 1)
            (1, 2)
            SELECT "counts"."count", "user_account"."id" FROM "user_account" JOIN (SELECT "address"."user_id", count("address"."id") AS "count" FROM "address" GROUP BY "address"."user_id") AS "counts" ON "counts"."user_id" = "user_account"."id" ORDER BY "user_account"."id"
        "#]],
    );
    asked(
        select((counts.of(&count), User::id))
            .from(&counts)
            .join(User.on(counts.of(Address::user_id).eq(User::id)))
            .order_by(User::id),
        expect![[r#"
            (2, 1)
            (1, 2)
            SELECT "counts"."count", "user_account"."id" FROM (SELECT "address"."user_id", count("address"."id") AS "count" FROM "address" GROUP BY "address"."user_id") AS "counts" JOIN "user_account" ON "counts"."user_id" = "user_account"."id" ORDER BY "user_account"."id"
        "#]],
    );
    // Several queries put together are a source too.
    let both =
        select(User).filter(User::id.eq(1)).union(select(User).filter(User::id.gt(2))).subquery("both");
    let user = aliased_as(User, &both);
    asked(
        select((&user, Address::email.optional()))
            .outer_join(user.of(User::addresses))
            .order_by((user.of(User::id), Address::id)),
        expect![[r#"
            (User#1, Some("ed@x"))
            (User#1, Some("ed@y"))
            (User#3, None)
            SELECT "both"."id", "both"."name", "both"."fullname", "address"."email" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? UNION SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" WHERE "user_account_1"."id" > ?) AS "both" LEFT JOIN "address" ON "both"."id" = "address"."user_id" ORDER BY "both"."id", "address"."id" [1, 2]
        "#]],
    );
}

/// What is asked of a relationship from an alias, to an alias, or within another question, is asked of that one.
#[test]
fn questions_of_several_names() {
    let (child, parent) = (aliased(Node), aliased(Node));
    asked(
        select(parent)
            .from(parent)
            .filter(parent.of(Node::children).to(child).any(child.of(Node::name).eq("leaf 1"))),
        expect![[r#"
            Node#2
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node"."id" = "node_1"."parent_id" AND "node_1"."name" = ?) [1, 'leaf 1']
        "#]],
    );
    asked(
        select(child)
            .from(child)
            .filter(child.of(Node::parent).has(Node::parent.is_none()))
            .order_by(child.of(Node::id)),
        expect![[r#"
            Node#2
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node_1"."id" = "node"."parent_id" AND "node_1"."parent_id" IS NULL) ORDER BY "node"."id" [1]
        "#]],
    );
    asked(
        select(User).filter(User::orders.any(Order::items.any(Item::orders.any(Order::user.is_none())))),
        expect![[r#"
            User#1
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND EXISTS (SELECT ? FROM "orders" AS "orders_2", "order_item" AS "order_item_1" WHERE "item"."id" = "order_item_1"."item_id" AND "orders_2"."id" = "order_item_1"."order_id" AND "orders_2"."user_id" IS NULL))) [1, 1, 1]
        "#]],
    );
    // The query's own join doesn't leak into it, nor a subquery that bears the class.
    asked(
        select(User)
            .join(User::orders)
            .filter(Order::note.eq("o2"))
            .filter(User::orders.any(Order::note.eq("o1"))),
        expect![[r#"
            User#1
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."note" = ? AND EXISTS (SELECT ? FROM "orders" AS "orders_1" WHERE "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" = ?) ['o2', 1, 'o1']
        "#]],
    );
    let few = select(Order).limit(9).subquery("few");
    let order = aliased_as(Order, &few);
    asked(
        select(User)
            .join(User::orders.to(&order))
            .filter(User::orders.any(Order::note.eq("o1")))
            .filter(order.of(Order::note).eq("o2")),
        expect![[r#"
            User#1
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN (SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" LIMIT ?) AS "few" ON "user_account"."id" = "few"."user_id" WHERE EXISTS (SELECT ? FROM "orders" AS "orders_1" WHERE "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" = ?) AND "few"."note" = ? [9, 1, 'o1', 'o2']
        "#]],
    );
    let (db, session) = super::session();
    let root = session.get_one::<Node>(1).unwrap();
    let node = aliased(Node);
    let told = |query: orm::Select<Obj<Node>>| {
        db.sql();
        let found = session.scalars(query).unwrap().all().unwrap();
        format!("{found:?}\n{}", db.sql())
    };
    expect![[r#"
        [Node#2]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
    "#]]
    .assert_eq(&told(select(Node).filter(Node::parent.is(&root))));
    expect![[r#"
        [Node#1, Node#3, Node#4]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? <> "node"."parent_id" OR "node"."parent_id" IS NULL ORDER BY "node"."id" [1]
    "#]].assert_eq(&told(select(Node).filter(Node::parent.is_not(&root)).order_by(Node::id)));
    expect![[r#"
        [Node#3, Node#4]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? <> "node"."parent_id" ORDER BY "node"."id" [1]
    "#]].assert_eq(&told(select(Node).filter(!Node::parent.is(&root)).order_by(Node::id)));
    expect![[r#"
        [Node#2]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
    "#]]
    .assert_eq(&told(select(node).from(node).filter(node.of(Node::parent).is(&root))));
    expect![[r#"
        [Node#1, Node#3, Node#4]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? <> "node"."parent_id" OR "node"."parent_id" IS NULL ORDER BY "node"."id" [1]
    "#]].assert_eq(&told(select(node).from(node).filter(node.of(Node::parent).is_not(&root)).order_by(node.of(Node::id))));
    let leaf = session.get_one::<Node>(3).unwrap();
    expect![[r#"
        [Node#2]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [2]
    "#]]
    .assert_eq(&told(select(Node).filter(Node::children.contains(&leaf))));
    expect![[r#"
        [Node#1, Node#3, Node#4]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."id" <> ? ORDER BY "node"."id" [2]
    "#]].assert_eq(&told(select(Node).filter(!Node::children.contains(&leaf)).order_by(Node::id)));
    let pen = session.get_one::<Item>(1).unwrap();
    let orders = session.scalars(select(Order).filter(!Order::items.contains(&pen))).unwrap().all().unwrap();
    assert_eq!(orders.len(), 1);
    expect![[r#"
        SELECT "id", "name" FROM "item" WHERE "id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE NOT EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."id" = ?) [1, 1]
    "#]].assert_eq(&db.sql());
}

/// Parents of two conditions are two, wherever they stand; an object that was never added gives the key that it has.
#[test]
fn parents_in_several_conditions() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    db.sql();
    let of = |at: usize| with_parent(&users[at], User::addresses);
    let both = select(Address).filter(of(0)).union(select(Address).filter(of(1))).order_by(Address::id);
    assert_eq!(session.scalars(both).unwrap().all().unwrap().len(), 3);
    let either = select(Address).filter(of(0).or(of(1))).order_by(Address::id);
    assert_eq!(session.scalars(either).unwrap().all().unwrap().len(), 3);
    let address = aliased(Address);
    let named = select(address).from(address).filter(with_parent(&users[0], User::addresses.to(address)));
    assert_eq!(session.scalars(named).unwrap().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" UNION SELECT "address_1"."id", "address_1"."email", "address_1"."user_id" FROM "address" AS "address_1" WHERE ? = "address_1"."user_id" ORDER BY 1 [1, 2]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" OR ? = "address"."user_id" ORDER BY "address"."id" [1, 2]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" [1]
    "#]].assert_eq(&db.sql());
    let new = orm::IntoObj::into_obj(User::builder().id(1).name("like ed")).unwrap();
    db.sql();
    let with_key = select(Address).filter(with_parent(&new, User::addresses)).order_by(Address::id);
    assert_eq!(session.scalars(with_key).unwrap().all().unwrap().len(), 2);
    assert_eq!(session.scalars(select(Order).filter(Order::user.is(&new))).unwrap().all().unwrap().len(), 2);
    // One that waits is flushed first, or has no key where nothing is flushed.
    let waits =
        session.add(User::builder().name("new").addresses([Address::builder().email("new@x")])).unwrap();
    let its = || select(Address::email).filter(with_parent(&waits, User::addresses));
    let unflushed = session.no_autoflush(|session| session.scalars(its()).unwrap().all());
    assert_eq!(unflushed.map_err(|error| error.code()), Err(Code::Unset));
    assert_eq!(session.scalars(its()).unwrap().all().unwrap(), ["new@x"]);
}

/// An object without a parent is in no collection; that is false, so that the opposite is true of each.
#[test]
fn an_object_without_a_parent_is_in_no_collection() {
    let (db, session) = super::session();
    let root = session.get_one::<Node>(1).unwrap();
    assert_eq!(root.parent_id().unwrap(), None);
    db.sql();
    let all = session.scalars(Node).unwrap().count().unwrap();
    let among = select(Node).filter(Node::children.contains(&root));
    assert_eq!(session.scalars(among).unwrap().all().unwrap(), []);
    let others = select(Node).filter(!Node::children.contains(&root));
    assert_eq!(session.scalars(others).unwrap().all().unwrap().len(), all);
    expect![[r#"
        SELECT count(*) FROM (SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node") AS "rows"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE 0
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE NOT 0
    "#]]
    .assert_eq(&db.sql());
    // Like SQLAlchemy it is unknown, and true of none: the same query is another statement then.
    let like = Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let root = like.get_one::<Node>(1).unwrap();
    db.sql();
    for _ in 0..2 {
        let others = select(Node).filter(!Node::children.contains(&root));
        assert_eq!(like.scalars(others).unwrap().all().unwrap(), []);
    }
    expect![[r#"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."id" <> ? [NULL]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."id" <> ? [NULL]
    "#]]
    .assert_eq(&db.sql());
}

/// Several objects in a row of one class, also of the rows of one query: each has the columns that it was selected by.
#[test]
fn several_objects_of_a_class_in_a_row() {
    let (parent, grandparent) = (aliased(Node), aliased(Node));
    let query = || {
        select((Node, parent, grandparent))
            .join(Node::parent.to(parent))
            .join(parent.of(Node::parent).to(grandparent))
            .filter(Node::name.eq("leaf 1"))
    };
    let told = |db: &tests::Db,
                session: &orm::Session,
                query: orm::Select<(Obj<Node>, Obj<Node>, Obj<Node>)>| {
        session.expunge_all();
        db.sql();
        let (node, parent, grandparent) = session.execute(query).unwrap().first().unwrap().unwrap();
        format!("{} {} {}\n{}", tests::tree(&node), tests::tree(&parent), tests::tree(&grandparent), db.sql())
    };
    let (db, session) = super::session();
    expect![[r#"
        Node#3(children: []) Node#2 Node#1
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", "node_2"."name", "node_2"."parent_id", "node_3"."id", "node_3"."name", "node_3"."parent_id" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_3" ON "node"."id" = "node_3"."parent_id" WHERE "node"."name" = ? ORDER BY "node_3"."id" ['leaf 1']
    "#]].assert_eq(&told(&db, &session, query().options(joined(Node::children))));
    let rows = query().subquery("rows");
    let (one, two, three) =
        (aliased_as(Node, &rows), aliased_as(parent, &rows), aliased_as(grandparent, &rows));
    expect![[r#"
        Node#3 Node#2 Node#1
        SELECT "rows"."id", "rows"."name", "rows"."parent_id", "rows"."id_1", "rows"."name_1", "rows"."parent_id_1", "rows"."id_2", "rows"."name_2", "rows"."parent_id_2" FROM (SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id" AS "id_1", "node_1"."name" AS "name_1", "node_1"."parent_id" AS "parent_id_1", "node_2"."id" AS "id_2", "node_2"."name" AS "name_2", "node_2"."parent_id" AS "parent_id_2" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" WHERE "node"."name" = ?) AS "rows" ['leaf 1']
    "#]].assert_eq(&told(&db, &session, select((&one, &two, &three))));
    let options = (joined(one.of(Node::children)), selectin(three.of(Node::children)));
    expect![[r#"
        Node#3(children: []) Node#2 Node#1(children: [Node#2])
        SELECT "rows"."id", "rows"."name", "rows"."parent_id", "rows"."id_1", "rows"."name_1", "rows"."parent_id_1", "rows"."id_2", "rows"."name_2", "rows"."parent_id_2", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM (SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id" AS "id_1", "node_1"."name" AS "name_1", "node_1"."parent_id" AS "parent_id_1", "node_2"."id" AS "id_2", "node_2"."name" AS "name_2", "node_2"."parent_id" AS "parent_id_2" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" WHERE "node"."name" = ?) AS "rows" LEFT JOIN "node" AS "node_1" ON "rows"."id" = "node_1"."parent_id" ORDER BY "node_1"."id" ['leaf 1']
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
    "#]].assert_eq(&told(&db, &session, select((&one, &two, &three)).options(options)));
    // The order of what is selected there makes no difference.
    let rows = select((parent, grandparent, Node))
        .join(Node::parent.to(parent))
        .join(parent.of(Node::parent).to(grandparent))
        .filter(Node::name.eq("leaf 1"))
        .subquery("rows");
    let (one, two, three) =
        (aliased_as(Node, &rows), aliased_as(parent, &rows), aliased_as(grandparent, &rows));
    expect![[r#"
        Node#3 Node#2 Node#1
        SELECT "rows"."id_2", "rows"."name_2", "rows"."parent_id_2", "rows"."id", "rows"."name", "rows"."parent_id", "rows"."id_1", "rows"."name_1", "rows"."parent_id_1" FROM (SELECT "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id" AS "id_1", "node_2"."name" AS "name_1", "node_2"."parent_id" AS "parent_id_1", "node"."id" AS "id_2", "node"."name" AS "name_2", "node"."parent_id" AS "parent_id_2" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" WHERE "node"."name" = ?) AS "rows" ['leaf 1']
    "#]].assert_eq(&told(&db, &session, select((&one, &two, &three))));
    // Such a source is joined, and ordered by.
    let query = select((Node::name, two.of(Node::name)))
        .join(two.on(two.of(Node::id).eq(Node::parent_id)))
        .order_by((two.of(Node::id), Node::id));
    expect![[r#"
        (Some("leaf 1"), Some("branch"))
        (Some("leaf 2"), Some("branch"))
        SELECT "node"."name", "rows"."name" FROM "node" JOIN (SELECT "node_2"."id", "node_2"."name", "node_2"."parent_id", "node_3"."id" AS "id_1", "node_3"."name" AS "name_1", "node_3"."parent_id" AS "parent_id_1", "node_1"."id" AS "id_2", "node_1"."name" AS "name_2", "node_1"."parent_id" AS "parent_id_2" FROM "node" AS "node_1" JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" JOIN "node" AS "node_3" ON "node_3"."id" = "node_2"."parent_id" WHERE "node_1"."name" = ?) AS "rows" ON "rows"."id" = "node"."parent_id" ORDER BY "rows"."id", "node"."id" ['leaf 1']
    "#]].assert_eq(&super::told(&db, session.execute(query).and_then(|rows| rows.all())));
    // By name, too.
    let node = Models::mapper("Node").unwrap();
    let near = node.aliased();
    let rows = select(vec![near.clone().into(), node.entity().into()])
        .join(near.relationship("parent").unwrap().to(&node.entity()).unwrap())
        .subquery("rows");
    let (near, far) = (near.aliased_as(&rows), node.aliased_as(&rows));
    let names = vec![near.attr("name").unwrap().into(), far.attr("name").unwrap().into()];
    let query = select(names).from((&near, &far)).order_by(near.attr("id").unwrap());
    expect![[r#"
        AnyRow([Value(Text("branch")), Value(Text("root"))])
        AnyRow([Value(Text("leaf 1")), Value(Text("branch"))])
        AnyRow([Value(Text("leaf 2")), Value(Text("branch"))])
        SELECT "rows"."name", "rows"."name_1" FROM (SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id" AS "id_1", "node_1"."name" AS "name_1", "node_1"."parent_id" AS "parent_id_1" FROM "node" JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id") AS "rows" ORDER BY "rows"."id"
    "#]].assert_eq(&super::told(&db, session.execute(query).and_then(|rows| rows.all())));
}

/// Of a key of several columns the rows lead elsewhere that differ in one of them, or have none.
#[test]
fn another_object_of_a_key_of_several_columns() {
    use super::nested::composite::{Hall, Halls, Seat};
    let db = Db::empty();
    Halls::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO hall VALUES (1, 'a'), (1, 'b'), (2, 'a'), (2, 'b');
         INSERT INTO hall_seat (row, number, house, hall_name)
         VALUES ('x', 1, 1, 'a'), ('x', 2, 1, 'b'), ('x', 3, 2, 'a'), ('x', 4, NULL, 'a'), ('x', 5, 1, NULL), ('x', 6, NULL, NULL),
         ('x', 7, 2, 'b')",
    );
    for (is_like_sqlalchemy, wanted, sql) in [
        (
            false,
            vec![2, 3, 4, 5, 6, 7],
            expect![[r#"
            SELECT "hall_seat"."number" FROM "hall_seat" WHERE NOT (? = "hall_seat"."house" AND ? = "hall_seat"."hall_name") OR "hall_seat"."house" IS NULL OR "hall_seat"."hall_name" IS NULL ORDER BY "hall_seat"."number" [1, 'a']
        "#]],
        ),
        (
            true,
            vec![6, 7],
            expect![[r#"
            SELECT "hall_seat"."number" FROM "hall_seat" WHERE ("hall_seat"."house" <> ? OR "hall_seat"."house" IS NULL) AND ("hall_seat"."hall_name" <> ? OR "hall_seat"."hall_name" IS NULL) ORDER BY "hall_seat"."number" [1, 'a']
        "#]],
        ),
    ] {
        let config = SessionConfig::default().like_sqlalchemy(is_like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let hall = session.get_one::<Hall>((1, "a")).unwrap();
        let query = select(Seat::number).filter(Seat::hall.is_not(&hall)).order_by(Seat::number);
        db.sql();
        assert_eq!(session.scalars(query).unwrap().all().unwrap(), wanted);
        sql.assert_eq(&db.sql());
    }
}
