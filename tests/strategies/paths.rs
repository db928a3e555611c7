//! Which way an object is met by says what is loaded with it: options along paths, of aliases, of a class in itself.

use expect_test::expect;
use orm::prelude::*;
use orm::{Lazy, Related, all};
use tests::models::*;
use tests::{Db, filled, tree};

use super::{chain, loads};

/// The objects of each row with what is loaded of them, and the statements.
macro_rules! rows {
    ($db:expr, $session:expr, $query:expr) => {{
        let rows = $session.execute($query).unwrap().all().unwrap();
        let mut told: String = rows.iter().map(|(a, b)| format!("{} {}\n", tree(a), tree(b))).collect();
        told.push_str(&$db.sql());
        told
    }};
}

#[test]
fn two_objects_in_a_row_are_joined_with_their_own() {
    let db = filled();
    let query = select((User, Order))
        .filter(User::id.eq(Order::user_id))
        .order_by(Order::id)
        .options((joined(User::addresses), joined(Order::items)));
    expect![[r#"
        User#1(addresses: [Address#1, Address#2]) Order#1(items: [Item#1, Item#2])
        User#1(addresses: [Address#1, Address#2]) Order#2(items: [Item#3])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id", "address_1"."id", "address_1"."email", "address_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" LEFT JOIN "address" AS "address_1" ON "user_account"."id" = "address_1"."user_id", "orders" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders"."id" = "order_item_2"."order_id" WHERE "user_account"."id" = "orders"."user_id" ORDER BY "orders"."id", "address_1"."id", "item_3"."id"
    "#]].assert_eq(&rows!(db, db.session(), query));
    let query = select((User, Order))
        .join(User::orders)
        .order_by(Order::id)
        .options((joined(User::addresses), joined(Order::items)));
    expect![[r#"
        User#1(addresses: [Address#1, Address#2]) Order#1(items: [Item#1, Item#2])
        User#1(addresses: [Address#1, Address#2]) Order#2(items: [Item#3])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id", "address_1"."id", "address_1"."email", "address_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" LEFT JOIN "address" AS "address_1" ON "user_account"."id" = "address_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders"."id" = "order_item_2"."order_id" ORDER BY "orders"."id", "address_1"."id", "item_3"."id"
    "#]].assert_eq(&rows!(db, db.session(), query));
}

#[test]
fn an_alias_has_options_of_its_own() {
    let db = filled();
    let order = aliased(Order);
    let with_items = select((User, order))
        .join(User::orders.to(order))
        .order_by(order.of(Order::id))
        .options((joined(User::addresses), joined(order.of(Order::items))));
    expect![[r#"
        User#1(addresses: [Address#1, Address#2]) Order#1(items: [Item#1, Item#2])
        User#1(addresses: [Address#1, Address#2]) Order#2(items: [Item#3])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id", "address_1"."id", "address_1"."email", "address_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" LEFT JOIN "address" AS "address_1" ON "user_account"."id" = "address_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders"."id" = "order_item_2"."order_id" ORDER BY "orders"."id", "address_1"."id", "item_3"."id"
    "#]].assert_eq(&rows!(db, db.session(), with_items));
    let selected = select((User, order))
        .filter(order.of(Order::user_id).eq(User::id))
        .order_by(order.of(Order::id))
        .options((selectin(User::addresses), selectin(order.of(Order::items)).joined(Item::orders)));
    expect![[r#"
        User#1(addresses: [Address#1, Address#2]) Order#1(items: [Item#1(orders: [Order#1, Order#3]), Item#2(orders: [Order#1])])
        User#1(addresses: [Address#1, Address#2]) Order#2(items: [Item#3(orders: [Order#2])])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id" FROM "user_account", "orders" WHERE "orders"."user_id" = "user_account"."id" ORDER BY "orders"."id"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
        SELECT "item"."id", "item"."name", "order_item"."order_id", "orders_2"."id", "orders_2"."note", "orders_2"."user_id" FROM "item" LEFT JOIN ("order_item" AS "order_item_1" JOIN "orders" AS "orders_2" ON "orders_2"."id" = "order_item_1"."order_id") ON "item"."id" = "order_item_1"."item_id", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id", "orders_2"."id" ['[1,2]']
    "#]].assert_eq(&rows!(db, db.session(), selected));
    // The same class under two names: each as it is said of it.
    let other = aliased(User);
    let pairs = select((other, User))
        .from((other, User))
        .filter(other.of(User::id).eq(1).and(User::id.eq(2)))
        .options((joined(User::addresses), selectin(other.of(User::orders)).joined(Order::items)));
    expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])]) User#2(addresses: [Address#3])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM "user_account", "user_account" AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" WHERE "user_account"."id" = ? AND "user_account_1"."id" = ? ORDER BY "address_2"."id" [1, 2]
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE ? = "orders"."user_id" ORDER BY "orders"."id", "item_2"."id" [1]
    "#]].assert_eq(&rows!(db, db.session(), pairs));
    // Two pairs that are joined each for itself.
    let (u, o) = (aliased(User), aliased(Order));
    let session = db.session();
    let four = select((User, Order, u, o))
        .join(User::orders)
        .from((User, u))
        .join(u.of(User::orders).to(o))
        .filter(Order::id.lt(o.of(Order::id)))
        .options((
            joined(User::addresses),
            joined(Order::items),
            joined(u.of(User::profile)),
            joined(o.of(Order::items)),
        ));
    let rows = session.execute(four).unwrap().all().unwrap();
    let rows: Vec<String> =
        rows.iter().map(|(a, b, c, d)| format!("{} {} {} {}", tree(a), tree(b), tree(c), tree(d))).collect();
    expect![[r#"
        User#1(addresses: [Address#1, Address#2], profile: Profile#1) Order#1(items: [Item#1, Item#2]) User#1(addresses: [Address#1, Address#2], profile: Profile#1) Order#2(items: [Item#3])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id", "address_3"."id", "address_3"."email", "address_3"."user_id", "item_5"."id", "item_5"."name", "profile_6"."id", "profile_6"."text", "profile_6"."user_id", "item_8"."id", "item_8"."name" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" LEFT JOIN "address" AS "address_3" ON "user_account"."id" = "address_3"."user_id" LEFT JOIN ("order_item" AS "order_item_4" JOIN "item" AS "item_5" ON "item_5"."id" = "order_item_4"."item_id") ON "orders"."id" = "order_item_4"."order_id", "user_account" AS "user_account_1" JOIN "orders" AS "orders_2" ON "user_account_1"."id" = "orders_2"."user_id" LEFT JOIN "profile" AS "profile_6" ON "user_account_1"."id" = "profile_6"."user_id" LEFT JOIN ("order_item" AS "order_item_7" JOIN "item" AS "item_8" ON "item_8"."id" = "order_item_7"."item_id") ON "orders_2"."id" = "order_item_7"."order_id" WHERE "orders"."id" < "orders_2"."id" ORDER BY "address_3"."id", "item_5"."id", "item_8"."id"
    "#]].assert_eq(&format!("{}\n{}", rows.join("\n"), db.sql()));
}

/// Rows of a query that are objects have options as others.
#[test]
fn an_alias_of_a_query_has_options_of_its_own() {
    let db = filled();
    let last = select(User).order_by(User::id.desc()).offset(1).subquery("last");
    let user = orm::aliased_as(User, &last);
    let told = |query: orm::Select<Obj<User>>| {
        let users = db.session().scalars(query.order_by(user.of(User::id))).unwrap().all().unwrap();
        format!("{}\n{}", users.iter().map(tree).collect::<Vec<_>>().join("\n"), db.sql())
    };
    expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        SELECT "last"."id", "last"."name", "last"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT -1 OFFSET ?) AS "last" LEFT JOIN "orders" AS "orders_1" ON "last"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "last"."id", "orders_1"."id", "item_3"."id" [1]
    "#]].assert_eq(&told(select(&user).options(joined(user.of(User::orders)).joined(Order::items))));
    expect![[r#"
        User#1(orders: [Order#1, Order#2], profile: Profile#1)
        User#2(orders: [], profile: none)
        SELECT "last"."id", "last"."name", "last"."fullname", "profile_1"."id", "profile_1"."text", "profile_1"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT -1 OFFSET ?) AS "last" LEFT JOIN "profile" AS "profile_1" ON "last"."id" = "profile_1"."user_id" ORDER BY "last"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id" ['[1,2]']
    "#]].assert_eq(&told(select(&user).options((selectin(user.of(User::orders)), joined(user.of(User::profile))))));
    expect![[r#"
        User#1(addresses: [Address#1, Address#2])
        SELECT "last_1"."id", "last_1"."name", "last_1"."item 2", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "last"."id", "last"."name", (NULL) AS "item 2" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" DESC LIMIT -1 OFFSET ?) AS "last" ORDER BY "last"."id" LIMIT ?) AS "last_1" LEFT JOIN "address" AS "address_2" ON "last_1"."id" = "address_2"."user_id" ORDER BY "last_1"."id", "address_2"."id" [1, 1]
    "#]].assert_eq(&told(select(&user).limit(1).options((load_only(user.of(User::name)), joined(user.of(User::addresses))))));
}

/// An option of an alias that nothing selects has no place, and one of the class doesn't mean its alias.
#[test]
fn an_option_of_another_name_has_no_place() {
    let db = filled();
    let session = db.session();
    let (order, other) = (aliased(Order), aliased(Order));
    let wrong = select(order).from(order).options(joined(other.of(Order::items)));
    let wrong = session.scalars(wrong).and_then(|rows| rows.all());
    expect!["[query] `Order`: an option begins at `Order`, which the query doesn't select; help: select `Order`; of an alias it is `alias.of(Order::...)`"].assert_eq(&tests::show(wrong));
    let wrong = select(order).from(order).options(joined(Order::items));
    expect!["[query] `Order`: an option begins at `Order`, which the query doesn't select; help: select `Order`; of an alias it is `alias.of(Order::...)`"].assert_eq(&tests::show(session.scalars(wrong).and_then(|rows| rows.all())));
    assert_eq!(db.statements(), 0);
}

#[test]
fn options_that_begin_deep_down() {
    let deep = |options: Vec<orm::OptionOf<User>>| {
        let db = filled();
        let session = db.session();
        let users = session.scalars(select(User).order_by(User::id).options(options)).unwrap().all().unwrap();
        let first = db.statements();
        let order = users[0].orders().get(0).unwrap().unwrap();
        let item = order.items().get(1).unwrap().unwrap();
        item.orders().len().unwrap();
        (first, db.statements())
    };
    let orders = || default_load(User::orders);
    let items = || orders().default_load(Order::items);
    assert_eq!(deep(vec![]), (1, 3), "each is loaded when it is read");
    assert_eq!(
        deep(vec![orm::OptionOf::new(items().joined(Item::orders))]),
        (1, 2),
        "the last with what it hangs on"
    );
    assert_eq!(deep(vec![orm::OptionOf::new(orders().joined(Order::items).joined(Item::orders))]), (1, 1));
    let steps = vec![
        orm::OptionOf::new(joined(User::orders)),
        orm::OptionOf::new(orders().joined(Order::items)),
        orm::OptionOf::new(items().joined(Item::orders)),
    ];
    assert_eq!(deep(steps), (1, 0), "said in three steps");
    assert_eq!(
        deep(vec![orm::OptionOf::new(joined(User::orders).joined(Order::items).joined(Item::orders))]),
        (1, 0)
    );
    assert_eq!(
        deep(vec![orm::OptionOf::new(selectin(User::orders).selectin(Order::items).selectin(Item::orders))]),
        (4, 0)
    );
    assert_eq!(
        deep(vec![
            orm::OptionOf::new(joined(User::orders)),
            orm::OptionOf::new(orders().selectin(Order::items))
        ]),
        (2, 1)
    );
}

/// Of two options for one path the later one counts, whatever stands between them.
#[test]
fn the_later_option_of_a_path_counts() {
    loads(
        select(User).filter(User::id.eq(1)).options((joined(User::orders), selectin(User::orders))),
        expect![[r#"
        User#1(orders: [Order#1, Order#2])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
    "#]],
    );
    loads(
        select(User).filter(User::id.eq(1)).options((selectin(User::orders), lazy(User::orders))),
        expect![[r#"
        User#1
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
    "#]],
    );
    loads(
        select(User)
            .filter(User::id.eq(1))
            .options((selectin(User::orders).selectin(Order::items), joined(User::orders))),
        expect![[r#"
            User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" WHERE "user_account"."id" = ? ORDER BY "orders_1"."id" [1]
            SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2]']
        "#]],
    );
}

/// A step that doesn't say how its relationship is loaded leaves that as it was said, and adds what it says besides.
#[test]
fn a_step_that_says_nothing_adds_to_what_was_said() {
    loads(
        select(User).filter(User::id.eq(1)).options((
            selectin(User::orders).joined(Order::items),
            default_load(User::orders).default_load(Order::items).and(Item::name.ne("pen")),
            default_load(User::orders).and(Order::note.eq("o1")),
        )),
        expect![[r#"
            User#1(orders: [Order#1(items: [Item#2])])
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
            SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id" AND "item_2"."name" <> ?) ON "orders"."id" = "order_item_1"."order_id" WHERE ? = "orders"."user_id" AND "orders"."note" = ? ORDER BY "orders"."id", "item_2"."id" ['pen', 1, 'o1']
        "#]],
    );
    loads(
        select(User).filter(User::id.eq(1)).options((
            joined(User::orders).joined(Order::items),
            default_load(User::orders).options((default_load(Order::items).inner(), joined(Order::user))),
            default_load(User::orders).default_load(Order::user).options(load_only(User::name)),
        )),
        expect![[r#"
            User#1(orders: [Order#1(user: User#1, items: [Item#1, Item#2]), Order#2(user: User#1, items: [Item#3])])
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "user_account_2"."id", "user_account_2"."name", NULL, "item_4"."id", "item_4"."name" FROM "user_account" LEFT JOIN ("orders" AS "orders_1" JOIN ("order_item" AS "order_item_3" JOIN "item" AS "item_4" ON "item_4"."id" = "order_item_3"."item_id") ON "orders_1"."id" = "order_item_3"."order_id") ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "orders_1"."user_id" WHERE "user_account"."id" = ? ORDER BY "orders_1"."id", "item_4"."id" [1]
        "#]],
    );
}

/// The reference with its condition sets each object that the query found; the second step, which it met one of them by as
/// well, comes after it, and finds that one set.
#[test]
fn what_is_said_nearer_to_the_query_is_loaded_first() {
    let narrowed = selectin(Node::parent).and(Node::name.ne("root"));
    loads(
        select(Node)
            .filter(Node::name.ne("leaf 1"))
            .order_by(Node::id)
            .options((selectin(Node::children).options(selectin(Node::parent)), narrowed)),
        expect![[r#"
            Node#1(children: [Node#2(children: [Node#3(parent: Node#2), Node#4(children: [], parent: Node#2)], parent: none)], parent: none)
            Node#2(children: [Node#3(parent: Node#2), Node#4(children: [], parent: Node#2)], parent: none)
            Node#4(children: [], parent: Node#2(children: [Node#3(parent: Node#2), Node#4], parent: none))
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."name" <> ? ORDER BY "node"."id" ['leaf 1']
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "node"."id" ['[1,2,4]']
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."id" IN (SELECT +value FROM json_each(?)) AND "node"."name" <> ? ['[1,2]', 'root']
        "#]],
    );
}

/// A depth ends also where the class says that the relationship is loaded with its objects, and holds for an object that
/// the session had before.
#[test]
fn where_a_depth_ends() {
    use super::joined::deep;
    let db = Db::empty();
    deep::Deep::create_all(&db.engine).unwrap();
    db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, 4)");
    db.sql();
    let session = db.session();
    let root = select(deep::Node).filter(deep::Node::id.eq(1));
    let query = root.options(selectin(deep::Node::children).depth(2));
    let root = session.scalars(query).unwrap().one().unwrap();
    expect![[r#"
        Node#1(children: [Node#2(children: [Node#3])])
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [2]
    "#]].assert_eq(&format!("{}\n{}", tree(&root), db.sql()));

    let session = db.session();
    let leaf = session.get_one::<deep::Node>(5).unwrap();
    db.sql();
    let query =
        select(deep::Node).filter(deep::Node::id.eq(5)).options(immediate(deep::Node::parent).depth(2));
    assert_eq!(session.scalars(query).unwrap().one().unwrap(), leaf);
    expect![[r#"
        Node#5(children: [], parent: Node#4(children: [Node#5], parent: Node#3(children: [Node#4])))
        SELECT "node"."id", "node"."parent_id", "node_1"."id", "node_1"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node"."id" = ? ORDER BY "node_1"."id", "node_2"."id" [5]
        SELECT "node"."id", "node"."parent_id", "node_1"."id", "node_1"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node"."id" = ? ORDER BY "node_1"."id", "node_2"."id" [4]
        SELECT "node"."id", "node"."parent_id", "node_1"."id", "node_1"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node"."id" = ? ORDER BY "node_1"."id", "node_2"."id" [3]
    "#]].assert_eq(&format!("{}\n{}", tree(&leaf), db.sql()));
}

/// What is followed until it ends does, also where the rows lead round a circle.
#[test]
fn rows_that_lead_round_a_circle() {
    for like_sqlalchemy in [false, true] {
        for load in [selectin, subquery, immediate] {
            let db = Db::new();
            db.run("INSERT INTO node VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 2)");
            db.run("UPDATE node SET parent_id = 3 WHERE id = 1");
            db.sql();
            let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
            let session = Session::with_config(&db.engine, config);
            let query = || select(Node).filter(Node::id.eq(1)).options(load(Node::children).depth(u16::MAX));
            let mut held = Vec::new();
            for statements in [4, 1] {
                let first = session.scalars(query()).unwrap().one().unwrap();
                assert_eq!(
                    tree(&first),
                    "Node#1(children: [Node#2(children: [Node#3(children: [Node#1])])])"
                );
                let sql = db.sql();
                // SQLAlchemy asks again.
                assert!(sql.lines().count() == statements || (like_sqlalchemy && !held.is_empty()), "{sql}");
                held.push(first);
            }
        }
    }
}

#[test]
fn a_class_in_itself_by_options() {
    let root = || select(Node).filter(Node::name.eq("root"));
    loads(
        root().options(joined(Node::children).joined(Node::children)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3, Node#4])])
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", "node_2"."name", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node"."name" = ? ORDER BY "node_1"."id", "node_2"."id" ['root']
    "#]],
    );
    loads(
        root().options(joined(Node::children).depth(3)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3(children: []), Node#4(children: [])])])
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", "node_2"."name", "node_2"."parent_id", "node_3"."id", "node_3"."name", "node_3"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" LEFT JOIN "node" AS "node_3" ON "node_2"."id" = "node_3"."parent_id" WHERE "node"."name" = ? ORDER BY "node_1"."id", "node_2"."id", "node_3"."id" ['root']
    "#]],
    );
    loads(
        root().options(selectin(Node::children).depth(u16::MAX)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3(children: []), Node#4(children: [])])])
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."name" = ? ['root']
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [2]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "node"."id" ['[3,4]']
    "#]],
    );
    loads(
        root().options(selectin(Node::children).joined(Node::children)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3, Node#4])])
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."name" = ? ['root']
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" WHERE ? = "node"."parent_id" ORDER BY "node"."id", "node_1"."id" [1]
    "#]],
    );
    loads(
        select(Node).filter(Node::name.eq("leaf 1")).options(joined(Node::parent).depth(2)),
        expect![[r#"
        Node#3(parent: Node#2(parent: Node#1))
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", "node_2"."name", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node_1"."id" = "node"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_2"."id" = "node_1"."parent_id" WHERE "node"."name" = ? ['leaf 1']
    "#]],
    );
    loads(
        select(Node).filter(Node::name.eq("leaf 1")).options(immediate(Node::parent).depth(2)),
        expect![[r#"
            Node#3(parent: Node#2(parent: Node#1))
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."name" = ? ['leaf 1']
            SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [2]
            SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [1]
        "#]],
    );
    // With a limit; columns that are left out of one step are left out of that alone.
    loads(
        root().limit(1).options(joined(Node::children).options((defer(Node::name), joined(Node::children)))),
        expect![[r#"
            Node#1(children: [Node#2(children: [Node#3, Node#4])])
            SELECT "node_1"."id", "node_1"."name", "node_1"."parent_id", "node_2"."id", NULL, "node_2"."parent_id", "node_3"."id", "node_3"."name", "node_3"."parent_id" FROM (SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."name" = ? LIMIT ?) AS "node_1" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" LEFT JOIN "node" AS "node_3" ON "node_2"."id" = "node_3"."parent_id" ORDER BY "node_2"."id", "node_3"."id" ['root', 1]
        "#]],
    );
    // All rows at once: an object that a path reaches late is at the beginning of another.
    loads(
        select(Node).order_by(Node::id).options(joined(Node::children)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3(children: []), Node#4(children: [])])])
        Node#2(children: [Node#3(children: []), Node#4(children: [])])
        Node#3(children: [])
        Node#4(children: [])
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" ORDER BY "node"."id", "node_1"."id"
    "#]],
    );
    loads(
        select(Node).order_by(Node::id).options(selectin(Node::children)),
        expect![[r#"
        Node#1(children: [Node#2(children: [Node#3(children: []), Node#4(children: [])])])
        Node#2(children: [Node#3(children: []), Node#4(children: [])])
        Node#3(children: [])
        Node#4(children: [])
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" ORDER BY "node"."id"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "node"."id" ['[1,2,3,4]']
    "#]],
    );
}

/// A chain of two hundred: as many statements as it is followed, and one text for all of them.
#[test]
fn a_chain_is_followed_as_far_as_said() {
    let db = filled();
    db.run("DELETE FROM node");
    for id in 1..=200 {
        let parent = if id == 1 { "NULL".to_owned() } else { (id - 1).to_string() };
        db.run(&format!("INSERT INTO node VALUES ({id}, NULL, {parent})"));
    }
    for (depth, statements) in [(1, 2), (15, 16), (78, 79), (185, 186), (u16::MAX, 201)] {
        for immediately in [false, true] {
            let session = db.session();
            let option = if immediately { immediate(Node::children) } else { selectin(Node::children) };
            let query = select(Node).filter(Node::id.eq(1)).options(option.depth(depth));
            let mut node = session.scalars(query).unwrap().one().unwrap();
            assert_eq!(db.statements(), statements, "{depth} {immediately}");
            let mut steps = 0;
            while node.children().is_loaded().unwrap() {
                let Some(child) = node.children().get(0).unwrap() else { break };
                node = child;
                steps += 1;
            }
            assert_eq!(steps, usize::from(depth).min(199), "{depth} {immediately}");
            assert_eq!(db.statements(), 0);
        }
    }
}

mod ways {
    //! Several ways to one class, and to itself.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Ways
    );

    #[derive(Mapped)]
    #[mapped(table = "a", registry = Ways)]
    pub struct A {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = B::id)]
        pub b_id: Option<i64>,
        #[column(foreign_key = C::id)]
        pub c_id: Option<i64>,
        #[relationship]
        pub b: Option<One<B>>,
        #[relationship]
        pub c: Option<One<C>>,
    }

    #[derive(Mapped)]
    #[mapped(table = "b", registry = Ways)]
    pub struct B {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = C::id)]
        pub c_id: Option<i64>,
        #[column(foreign_key = B::id)]
        pub first_id: Option<i64>,
        #[column(foreign_key = B::id)]
        pub second_id: Option<i64>,
        #[relationship]
        pub c: Option<One<C>>,
        #[relationship(foreign_keys = B::first_id, remote_side = B::id)]
        pub first: Option<One<B>>,
        #[relationship(foreign_keys = B::second_id, remote_side = B::id)]
        pub second: Option<One<B>>,
        #[relationship(
            lazy = "joined",
            join_depth = 1,
            secondary = Pair,
            primaryjoin = B::id.eq(Pair::left.foreign()),
            secondaryjoin = B::id.eq(Pair::right.foreign()),
        )]
        pub friends: Many<B>,
    }

    #[derive(Mapped)]
    #[mapped(table = "c", registry = Ways)]
    pub struct C {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = D::id)]
        pub d_id: Option<i64>,
        #[relationship]
        pub d: Option<One<D>>,
    }

    #[derive(Mapped)]
    #[mapped(table = "d", registry = Ways)]
    pub struct D {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Table)]
    #[mapped(table = "pair", registry = Ways)]
    pub struct Pair {
        #[column(primary_key, foreign_key = B::id)]
        pub left: i64,
        #[column(primary_key, foreign_key = B::id)]
        pub right: i64,
    }
}

fn ways() -> Db {
    let db = Db::empty();
    ways::Ways::create_all(&db.engine).unwrap();
    db.run("INSERT INTO d VALUES (1); INSERT INTO c VALUES (2, 1), (3, NULL)");
    db.run("INSERT INTO b VALUES (4, 2, NULL, NULL), (5, 3, 4, NULL), (6, NULL, 4, 5)");
    db.run("INSERT INTO pair VALUES (5, 4), (5, 6), (6, 6)");
    db.run("INSERT INTO a VALUES (7, 4, 2), (8, 5, 3), (9, NULL, 3)");
    db.sql();
    db
}

/// One row names an object twice: what either way says is loaded of it, whichever comes first.
#[test]
fn an_object_that_two_ways_lead_to_is_filled_by_either() {
    use ways::*;
    let db = ways();
    let (near, far) = (aliased(C), aliased(C));
    let told = |query: orm::Select<Obj<A>>| {
        let session = db.session();
        let all = session.scalars(query.filter(A::id.lt(9)).order_by(A::id)).unwrap().all().unwrap();
        let told: String = all.iter().map(|a| format!("{}\n", tree(a))).collect();
        format!("{told}{}", db.sql())
    };
    let query =
        select(A).join(A::b).join(B::c.to(far)).outer_join(far.of(C::d)).join(A::c.to(near)).options((
            contains_eager(A::b).contains_eager(B::c.to(far)).contains_eager(C::d),
            contains_eager(A::c.to(near)),
        ));
    expect![[r#"
        A#7(b: B#4(c: C#2(d: D#1)), c: C#2(d: D#1))
        A#8(b: B#5(c: C#3(d: none)), c: C#3(d: none))
        SELECT "a"."id", "a"."b_id", "a"."c_id", "b"."id", "b"."c_id", "b"."first_id", "b"."second_id", "c"."id", "c"."d_id", "d"."id", "c_1"."id", "c_1"."d_id" FROM "a" JOIN "b" ON "b"."id" = "a"."b_id" JOIN "c" ON "c"."id" = "b"."c_id" LEFT JOIN "d" ON "d"."id" = "c"."d_id" JOIN "c" AS "c_1" ON "c_1"."id" = "a"."c_id" WHERE "a"."id" < ? ORDER BY "a"."id" [9]
    "#]].assert_eq(&told(query));
    let joins = || joined(A::b).joined(B::c).joined(C::d);
    expect![[r#"
        A#7(b: B#4(c: C#2(d: D#1)), c: C#2(d: D#1))
        A#8(b: B#5(c: C#3(d: none)), c: C#3(d: none))
        SELECT "a"."id", "a"."b_id", "a"."c_id", "b_1"."id", "b_1"."c_id", "b_1"."first_id", "b_1"."second_id", "c_2"."id", "c_2"."d_id", "d_3"."id", "c_4"."id", "c_4"."d_id" FROM "a" LEFT JOIN "b" AS "b_1" ON "b_1"."id" = "a"."b_id" LEFT JOIN "c" AS "c_2" ON "c_2"."id" = "b_1"."c_id" LEFT JOIN "d" AS "d_3" ON "d_3"."id" = "c_2"."d_id" LEFT JOIN "c" AS "c_4" ON "c_4"."id" = "a"."c_id" WHERE "a"."id" < ? ORDER BY "a"."id" [9]
    "#]].assert_eq(&told(select(A).options((joins(), joined(A::c)))));
    expect![[r#"
        A#7(b: B#4(c: C#2(d: D#1), friends: []), c: C#2(d: D#1))
        A#8(b: B#5(c: C#3(d: none), friends: [B#4(c: C#2(d: D#1), friends: []), B#6]), c: C#3(d: none))
        SELECT "a"."id", "a"."b_id", "a"."c_id", "c_1"."id", "c_1"."d_id" FROM "a" LEFT JOIN "c" AS "c_1" ON "c_1"."id" = "a"."c_id" WHERE "a"."id" < ? ORDER BY "a"."id" [9]
        SELECT "b"."id", "b"."c_id", "b"."first_id", "b"."second_id", "c_1"."id", "c_1"."d_id", "d_2"."id", "b_4"."id", "b_4"."c_id", "b_4"."first_id", "b_4"."second_id" FROM "b" LEFT JOIN "c" AS "c_1" ON "c_1"."id" = "b"."c_id" LEFT JOIN "d" AS "d_2" ON "d_2"."id" = "c_1"."d_id" LEFT JOIN ("pair" AS "pair_3" JOIN "b" AS "b_4" ON "b_4"."id" = "pair_3"."right") ON "b"."id" = "pair_3"."left" WHERE "b"."id" IN (SELECT +value FROM json_each(?)) ['[4,5]']
    "#]].assert_eq(&told(select(A).options((joined(A::c), selectin(A::b).joined(B::c).joined(C::d)))));
}

#[test]
fn several_relationships_to_one_class() {
    use ways::*;
    let db = ways();
    let session = db.session();
    let query = select(B).order_by(B::id).options((
        all(Lazy::Select),
        joined(B::first),
        joined(B::second),
        joined(B::c),
    ));
    let told: String =
        session.scalars(query).unwrap().all().unwrap().iter().map(|b| format!("{}\n", tree(b))).collect();
    expect![[r#"
        B#4(c: C#2, first: none, second: none)
        B#5(c: C#3, first: B#4(c: C#2, first: none, second: none), second: none)
        B#6(c: none, first: B#4(c: C#2, first: none, second: none), second: B#5(c: C#3, first: B#4(c: C#2, first: none, second: none), second: none))
        SELECT "b"."id", "b"."c_id", "b"."first_id", "b"."second_id", "c_1"."id", "c_1"."d_id", "b_2"."id", "b_2"."c_id", "b_2"."first_id", "b_2"."second_id", "b_3"."id", "b_3"."c_id", "b_3"."first_id", "b_3"."second_id" FROM "b" LEFT JOIN "c" AS "c_1" ON "c_1"."id" = "b"."c_id" LEFT JOIN "b" AS "b_2" ON "b_2"."id" = "b"."first_id" LEFT JOIN "b" AS "b_3" ON "b_3"."id" = "b"."second_id" ORDER BY "b"."id"
    "#]].assert_eq(&format!("{told}{}", db.sql()));
    // One who is a friend of its own is found where it stands.
    let session = db.session();
    let all = session.scalars(select(B).order_by(B::id)).unwrap().all().unwrap();
    let told: String = all.iter().map(|b| format!("{}\n", tree(b))).collect();
    expect![[r#"
        B#4(friends: [])
        B#5(friends: [B#4(friends: []), B#6(friends: [B#6])])
        B#6(friends: [B#6])
        SELECT "b"."id", "b"."c_id", "b"."first_id", "b"."second_id", "b_2"."id", "b_2"."c_id", "b_2"."first_id", "b_2"."second_id" FROM "b" LEFT JOIN ("pair" AS "pair_1" JOIN "b" AS "b_2" ON "b_2"."id" = "pair_1"."right") ON "b"."id" = "pair_1"."left" ORDER BY "b"."id"
    "#]].assert_eq(&format!("{told}{}", db.sql()));
}

/// A way back to nothing needs no statement later: one row is its own parent, another has none.
#[test]
fn a_parent_that_is_not_there_is_known_to_be_none() {
    let db = filled();
    db.run("DELETE FROM node; INSERT INTO node VALUES (1, NULL, NULL), (2, NULL, 2), (3, NULL, 4), (4, NULL, NULL)");
    for wanted in [[1, 2], [3, 4]] {
        let session = db.session();
        let query =
            select(Node).filter(Node::id.in_(wanted)).order_by(Node::id).options(joined(Node::parent));
        let nodes = session.scalars(query).unwrap().all().unwrap();
        let parents: Vec<Option<i64>> =
            nodes.iter().map(|node| node.parent().unwrap().map(|parent| parent.id().unwrap())).collect();
        assert_eq!(parents, if wanted[0] == 1 { [None, Some(2)] } else { [Some(4), None] });
        assert_eq!(db.statements(), 1);
    }
}

/// What is said of all relationships of a class stands behind what is said of one, in whatever order. A step on the way to
/// what is said further says nothing of the relationship itself.
#[test]
fn all_but_some() {
    use chain::select::*;
    let told = |query: orm::Select<Obj<User>>| {
        let db = chain::filled(Chain::create_all, &[2, 0]);
        let session = db.session();
        let users = session.scalars(query.order_by(User::id)).unwrap().all().unwrap();
        let users: Vec<String> = users.iter().map(tree).collect();
        format!("{} in {}", users.join(" "), db.statements())
    };
    // It is said of the objects of one place.
    expect!["User#1(orders: [Order#1, Order#2]) User#2(orders: []) in 1"]
        .assert_eq(&told(select(User).options(all(Lazy::Joined))));
    expect!["User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])]) User#2(orders: []) in 1"].assert_eq(&told(
        select(User).options((all(Lazy::Joined), default_load(User::orders).options(all(Lazy::Joined)))),
    ));
    expect!["User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])]) User#2(orders: []) in 3"].assert_eq(&told(
        select(User).options((default_load(User::orders).options(all(Lazy::Subquery)), all(Lazy::Subquery))),
    ));
    expect!["User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])]) User#2(orders: []) in 2"].assert_eq(&told(select(User).options((selectin(User::orders).options((all(Lazy::Joined), lazy(Order::user))), all(Lazy::Raise)))));
    // Downwards, of classes that load everything.
    use chain::subquery as eager;
    let told = |query: orm::Select<Obj<eager::User>>| {
        let db = chain::filled(eager::Chain::create_all, &[2, 0]);
        let session = db.session();
        let users = session.scalars(query.order_by(eager::User::id)).unwrap().all().unwrap();
        let users: Vec<String> = users.iter().map(tree).collect();
        format!("{} in {}", users.join(" "), db.statements())
    };
    expect!["User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])]) User#2(orders: []) in 3"].assert_eq(&told(select(eager::User)));
    expect!["User#1 User#2 in 1"].assert_eq(&told(select(eager::User).options(all(Lazy::Select))));
    expect!["User#1(orders: [Order#1(items: [Item#2, Item#3]), Order#2(items: [Item#1, Item#3])]) User#2(orders: []) in 2"].assert_eq(&told(select(eager::User).options((joined(eager::User::orders), all(Lazy::Select)))));
    expect!["User#1(orders: [Order#1, Order#2]) User#2(orders: []) in 1"].assert_eq(&told(
        select(eager::User).options(joined(eager::User::orders).options(all(Lazy::Select))),
    ));
    // Of what isn't selected it says nothing: columns alone are loaded as they are.
    let db = chain::filled(eager::Chain::create_all, &[2, 0]);
    let names =
        db.session().scalars(select(eager::User::name).order_by(eager::User::id)).unwrap().all().unwrap();
    assert_eq!(
        (names.as_slice(), db.statements()),
        (["user 1".to_owned(), "user 2".to_owned()].as_slice(), 1)
    );
}

/// An object that stands at two places of a statement gets what is said of the one by a statement of its own also where
/// the other has filled it from the row, as SQLAlchemy does.
#[test]
fn one_object_at_two_places() {
    let query = select(Node).order_by(Node::id);
    loads(
        query.options(joined(Node::children).and(Node::name.ne("leaf 1")).selectin(Node::children)),
        expect![[r#"
            Node#1(children: [Node#2(children: [Node#3(children: []), Node#4(children: [])])])
            Node#2(children: [Node#3(children: []), Node#4(children: [])])
            Node#3(children: [])
            Node#4(children: [])
            SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" AND "node_1"."name" <> ? ORDER BY "node"."id", "node_1"."id" ['leaf 1']
            SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IN (SELECT +value FROM json_each(?)) ORDER BY "node"."id" ['[2,4]']
        "#]],
    );
    // Where it is loaded as if it were read, what is there stays.
    let query = select(Node).order_by(Node::id);
    loads(
        query.options(joined(Node::children).and(Node::name.ne("leaf 1")).immediate(Node::children)),
        expect![[r#"
            Node#1(children: [Node#2(children: [Node#4(children: [])])])
            Node#2(children: [Node#4(children: [])])
            Node#3(children: [])
            Node#4(children: [])
            SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" AND "node_1"."name" <> ? ORDER BY "node"."id", "node_1"."id" ['leaf 1']
        "#]],
    );
}

/// A foreign key that was left out is read with what it leads to, where that is loaded as if it were read; for all objects
/// at once.
#[test]
fn a_foreign_key_that_was_left_out() {
    for (option, has_key) in [(selectin(Order::user), false), (immediate(Order::user), true)] {
        let db = filled();
        let session = db.session();
        let query = select(Order).order_by(Order::id).options((load_only(Order::note), option));
        let orders = session.scalars(query).unwrap().all().unwrap();
        assert_eq!(db.statements(), if has_key { 3 } else { 2 });
        for order in &orders {
            let any = Obj::any(order);
            assert_eq!(any.peek("user_id").unwrap().is_some(), has_key);
            assert!(!matches!(any.peek_related("user").unwrap(), Related::NotLoaded));
        }
        drop((orders, session));
    }
}

/// What is said of all relationships goes round no circle; what is said of one does.
#[test]
fn all_of_a_class_in_itself() {
    for lazy in [Lazy::Joined, Lazy::SelectIn, Lazy::Subquery] {
        let db = filled();
        let session = db.session();
        let query = select(Node).order_by(Node::id).limit(1);
        let node = session.scalars(query.options(all(lazy))).unwrap().one().unwrap();
        assert_eq!((tree(&node).as_str(), db.statements()), ("Node#1", 1), "{lazy:?}");
        drop((node, session));
        let session = db.session();
        db.sql();
        let query = select(Node).order_by(Node::id).limit(1);
        let node =
            session.scalars(query.options((all(lazy), joined(Node::children)))).unwrap().one().unwrap();
        assert_eq!(db.statements(), 1, "{lazy:?}");
        assert!(tree(&node).starts_with("Node#1(children: ["), "{lazy:?}: {}", tree(&node));
    }
}

/// What the query has joined fills the object now; what is loaded again is loaded as a whole.
#[test]
fn what_was_filled_by_the_query_is_loaded_anew_as_declared() {
    let db = filled();
    let session = db.session();
    let query = select(User)
        .join(User::orders)
        .join(Order::items)
        .filter(Item::name.eq("pen"))
        .options(contains_eager(User::orders).contains_eager(Order::items));
    let user = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(tree(&user), "User#1(orders: [Order#1(items: [Item#1])])");
    session.expire_all().unwrap();
    db.sql();
    assert_eq!(user.orders().len().unwrap(), 2);
    assert_eq!(user.orders().get(0).unwrap().unwrap().items().len().unwrap(), 2);
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" [1]
    "#]].assert_eq(&db.sql());
    // A joined option on the way stays, and is used when it is loaded again.
    let session = db.session();
    let query = select(Order).order_by(Order::id).options(default_load(Order::user).joined(User::profile));
    let orders = session.scalars(query).unwrap().all().unwrap();
    let profile = |order: &Obj<Order>| order.user().unwrap().map(|user| user.profile().unwrap().is_some());
    assert_eq!(orders.iter().map(profile).collect::<Vec<_>>(), [Some(true), Some(true), None]);
    assert_eq!(db.statements(), 2);
    session.expire_all().unwrap();
    assert_eq!(orders.iter().map(profile).collect::<Vec<_>>(), [Some(true), Some(true), None]);
    expect![[r#"
        SELECT "id", "note", "user_id" FROM "orders" WHERE "id" = ? [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile_1"."id", "profile_1"."text", "profile_1"."user_id" FROM "user_account" LEFT JOIN "profile" AS "profile_1" ON "user_account"."id" = "profile_1"."user_id" WHERE "user_account"."id" = ? [1]
        SELECT "id", "note", "user_id" FROM "orders" WHERE "id" = ? [2]
        SELECT "id", "note", "user_id" FROM "orders" WHERE "id" = ? [3]
    "#]].assert_eq(&db.sql());
}
