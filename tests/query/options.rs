//! Options: how what belongs to the objects of a query is loaded.

use expect_test::expect;
use orm::prelude::*;
use orm::{
    Code, Lazy, OptionOf, all, batch, contains_eager, default_load, defer, defer_all, immediate, joined,
    lazy, load_only, noload, raise, raise_on_sql, selectin, subquery, undefer,
};
use tests::models::*;
use tests::{Db, code, show, tree};

/// The users with what is loaded of them, and the statements.
fn loaded(db: &Db, session: &Session, query: orm::Select<Obj<User>>) -> String {
    db.sql();
    let users = session.scalars(query).unwrap().all().unwrap();
    let mut told = db.sql();
    for user in &users {
        let any = Obj::any(user);
        for name in ["addresses", "orders", "profile"] {
            let related = any.peek_related(name).unwrap();
            told.push_str(&format!("{user:?}.{name}: {related:?}\n"));
        }
    }
    assert_eq!(db.statements(), 0);
    told
}

#[test]
fn strategies_of_one_query() {
    let strategies = [
        ("selectin", OptionOf::new(selectin(User::addresses))),
        ("subquery", OptionOf::new(subquery(User::addresses))),
        ("joined", OptionOf::new(joined(User::addresses))),
        ("immediate", OptionOf::new(immediate(User::addresses))),
    ];
    for (name, option) in strategies {
        let (db, session) = super::session();
        let query = select(User).order_by(User::id).limit(2).options(option);
        let expected = match name {
            "joined" => expect![[r#"
                SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."id", "address_2"."id" [2]
                User#1.addresses: Many([Address#1, Address#2])
                User#1.orders: NotLoaded
                User#1.profile: NotLoaded
                User#2.addresses: Many([Address#3])
                User#2.orders: NotLoaded
                User#2.profile: NotLoaded
            "#]],
            "immediate" => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? [2]
                SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2]']
                User#1.addresses: Many([Address#1, Address#2])
                User#1.orders: NotLoaded
                User#1.profile: NotLoaded
                User#2.addresses: Many([Address#3])
                User#2.orders: NotLoaded
                User#2.profile: NotLoaded
            "#]],
            "selectin" => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? [2]
                SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2]']
                User#1.addresses: Many([Address#1, Address#2])
                User#1.orders: NotLoaded
                User#1.profile: NotLoaded
                User#2.addresses: Many([Address#3])
                User#2.orders: NotLoaded
                User#2.profile: NotLoaded
            "#]],
            _ => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? [2]
                SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2]']
                User#1.addresses: Many([Address#1, Address#2])
                User#1.orders: NotLoaded
                User#1.profile: NotLoaded
                User#2.addresses: Many([Address#3])
                User#2.orders: NotLoaded
                User#2.profile: NotLoaded
            "#]],
        };
        expected.assert_eq(&loaded(&db, &session, query));
    }
}

#[test]
fn a_path_of_options() {
    let (db, session) = super::session();
    db.sql();
    let query = select(User)
        .filter(User::id.eq(1))
        .options((selectin(User::orders).selectin(Order::items), joined(User::profile)));
    let user = session.scalars(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile_1"."id", "profile_1"."text", "profile_1"."user_id" FROM "user_account" LEFT JOIN "profile" AS "profile_1" ON "user_account"."id" = "profile_1"."user_id" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
    let items: usize = user.orders().iter().unwrap().map(|order| order.items().len().unwrap()).sum();
    assert_eq!(items, 3);
    assert_eq!(db.statements(), 0, "all of it was loaded");
}

#[test]
fn criteria_stay_with_the_object() {
    let (db, session) = super::session();
    let query = select(User).filter(User::id.eq(1)).options((
        selectin(User::orders).and(Order::note.eq("o2")),
        lazy(User::addresses).and(Address::email.starts_with("ed@y")),
    ));
    let user = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    assert_eq!(user.orders().len().unwrap(), 1);
    assert_eq!(user.addresses().len().unwrap(), 1);
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" AND "address"."email" LIKE ? ESCAPE '\' ORDER BY "address"."id" [1, 'ed@y%']
    "#]].assert_eq(&db.sql());
    session.expire(&user).unwrap();
    assert_eq!(user.addresses().len().unwrap(), 1, "the options stay");
}

#[test]
fn criteria_of_what_is_joined() {
    let (db, session) = super::session();
    let query = select(User)
        .order_by(User::id)
        .options(joined(User::orders).and(Order::note.eq("o2").or(Order::items.any(Item::name.eq("x")))));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM "user_account" LEFT JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" AND ("orders_1"."note" = ? OR EXISTS (SELECT ? FROM "item" AS "item_1002", "order_item" AS "order_item_1001" WHERE "orders_1"."id" = "order_item_1001"."order_id" AND "item_1002"."id" = "order_item_1001"."item_id" AND "item_1002"."name" = ?)) ORDER BY "user_account"."id", "orders_1"."id" ['o2', 1, 'x']
        User#1.addresses: NotLoaded
        User#1.orders: Many([Order#2])
        User#1.profile: NotLoaded
        User#2.addresses: NotLoaded
        User#2.orders: Many([])
        User#2.profile: NotLoaded
        User#3.addresses: NotLoaded
        User#3.orders: Many([])
        User#3.profile: NotLoaded
    "#]].assert_eq(&loaded(&db, &session, query));
    session.rollback().unwrap();
    let query = select(User).options(joined(User::orders).inner().options(joined(Order::items)));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "item_3"."id", "item_3"."name" FROM "user_account" JOIN "orders" AS "orders_1" ON "user_account"."id" = "orders_1"."user_id" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" ORDER BY "orders_1"."id", "item_3"."id"
        User#1.addresses: NotLoaded
        User#1.orders: Many([Order#1, Order#2])
        User#1.profile: NotLoaded
    "#]].assert_eq(&loaded(&db, &session, query));
}

#[test]
fn what_must_not_be_read() {
    let (db, session) = super::session();
    let query =
        select(User).filter(User::id.eq(1)).options((raise(User::orders), raise_on_sql(User::profile)));
    let user = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    expect!["[raise-on-load] `User.orders`: it isn't loaded, and the query that loaded its object says `raise`; help: load it with `refresh_attributes` first"].assert_eq(&show(user.orders().len()));
    expect!["[raise-on-load] `User.profile`: it isn't loaded, and the query that loaded its object says `raise_on_sql`; help: load it with `refresh_attributes` first"].assert_eq(&show(user.profile()));
    assert_eq!(db.statements(), 0);
    session.refresh_attributes(&user, &["orders"]).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
    assert_eq!(user.addresses().len().unwrap(), 2, "nothing is said of it");
}

#[test]
fn what_is_said_of_all() {
    let (_db, session) = super::session();
    let query = select(User).filter(User::id.eq(1)).options((
        all(Lazy::Raise),
        selectin(User::orders),
        noload(User::profile),
    ));
    let user = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(user.addresses().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(user.orders().len().unwrap(), 2);
    assert_eq!(user.profile().unwrap(), None, "it is left empty");
    let order = &user.orders().get(0).unwrap().unwrap();
    assert_eq!(order.items().len().unwrap(), 2, "it is said of users alone");
}

/// What leads to one object must not be read either, unless it is there; and what is joined says of itself what must not be
/// read below it.
#[test]
fn what_must_not_be_read_of_one_object() {
    let (db, session) = super::session();
    let order = |option: OptionOf<Order>| {
        let query = select(Order).filter(Order::id.eq(1)).options(option);
        session.scalars(query.populate_existing()).unwrap().one().unwrap()
    };
    let raised = order(OptionOf::new(raise(Order::user)));
    let only_sql = order(OptionOf::new(raise_on_sql(Order::user)));
    db.sql();
    assert_eq!(code(only_sql.user()), Code::RaiseOnLoad);
    assert_eq!(db.statements(), 0);
    let user = session.get_one::<User>(1).unwrap();
    assert_eq!(only_sql.user().unwrap(), Some(user.clone()));
    let raised_again = order(OptionOf::new(raise(Order::user)));
    assert_eq!((code(raised_again.user()), raised), (Code::RaiseOnLoad, raised_again));
    session.rollback().unwrap();

    let query = select(User).filter(User::id.eq(1)).options(joined(User::orders).options(all(Lazy::Raise)));
    let user = session.scalars(query).unwrap().one().unwrap();
    db.sql();
    let order = user.orders().get(0).unwrap().unwrap();
    assert_eq!(code(order.items().len()), Code::RaiseOnLoad);
    assert_eq!(db.statements(), 0);
}

/// It is said of all classes of a query, or of what is named.
#[test]
fn what_must_not_be_read_of_one_class() {
    let (_db, session) = super::session();
    let query = || select((User, Order)).join(User::orders).filter(Order::id.eq(1));
    let one = |query: orm::Select<(Obj<User>, Obj<Order>)>| session.execute(query).unwrap().one().unwrap();
    let (user, order) = one(query().options(all(Lazy::Raise)));
    assert_eq!(
        (code(user.orders().len()), code(order.items().len())),
        (Code::RaiseOnLoad, Code::RaiseOnLoad)
    );
    assert_eq!((user.id().unwrap(), order.id().unwrap()), (1, 1));
    session.expunge_all();
    let (user, order) = one(query().options(raise(Order::items)));
    assert_eq!((user.orders().len().unwrap(), code(order.items().len())), (2, Code::RaiseOnLoad));
}

#[test]
fn batches() {
    let (db, session) = super::session();
    let users = session
        .scalars(select(User).order_by(User::id).options(batch(User::addresses)))
        .unwrap()
        .all()
        .unwrap();
    db.sql();
    let counts: Vec<usize> = users.iter().map(|user| user.addresses().len().unwrap()).collect();
    assert_eq!(counts, [2, 1, 0]);
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[1,2,3]']
    "#]].assert_eq(&db.sql());
}

#[test]
fn what_the_query_joins_itself() {
    let (db, session) = super::session();
    let query = select(User)
        .join(User::orders)
        .filter(Order::note.eq("o2"))
        .options(contains_eager(User::orders).options(selectin(Order::items)));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."note" = ? ['o2']
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" [2]
        User#1.addresses: NotLoaded
        User#1.orders: Many([Order#2])
        User#1.profile: NotLoaded
    "#]].assert_eq(&loaded(&db, &session, query));
    session.rollback().unwrap();
    let (db, session) = super::session();
    let order = aliased(Order);
    let query = select(User)
        .outer_join(User::orders.to(order))
        .order_by((User::id, order.of(Order::id)))
        .options(contains_eager(User::orders.to(order)));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "orders"."id", "orders"."note", "orders"."user_id" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" ORDER BY "user_account"."id", "orders"."id"
        User#1.addresses: NotLoaded
        User#1.orders: Many([Order#1, Order#2])
        User#1.profile: NotLoaded
        User#2.addresses: NotLoaded
        User#2.orders: Many([])
        User#2.profile: NotLoaded
        User#3.addresses: NotLoaded
        User#3.orders: Many([])
        User#3.profile: NotLoaded
    "#]].assert_eq(&loaded(&db, &session, query));
    let missing =
        session.scalars(select(User).options(contains_eager(User::orders))).and_then(|rows| rows.all());
    expect!["[query] `User.orders`: `contains_eager` is told of `orders`, which the query doesn't join; help: add `.join(User::orders)`, or take `joined` in place of `contains_eager`"].assert_eq(&show(missing));
}

#[test]
fn a_class_in_itself() {
    let (db, session) = super::session();
    let query = select(Node).filter(Node::parent_id.is_null()).options(selectin(Node::children).depth(2));
    let root = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(db.statements(), 3);
    let branch = &root.children().get(0).unwrap().unwrap();
    assert_eq!(branch.children().len().unwrap(), 2);
    assert_eq!(db.statements(), 0);
}

#[test]
fn options_of_several_objects_in_a_row() {
    let (db, session) = super::session();
    let query =
        select((User, Order)).join(User::orders).options((selectin(User::addresses), selectin(Order::items)));
    let rows = session.execute(query).unwrap().all().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(db.statements(), 3);
    assert_eq!(rows[0].0.addresses().len().unwrap() + rows[0].1.items().len().unwrap(), 4);
    assert_eq!(db.statements(), 0);
    let other = session.execute(select((User, Profile)).join(User::profile).options(selectin(Order::items)));
    expect!["[query] `Order`: an option begins at `Order`, which the query doesn't select; help: select `Order`; of an alias it is `alias.of(Order::...)`"].assert_eq(&show(other.and_then(|rows| rows.all())));
}

/// A limit is about the rows as the query says them, also where there are several objects in a row, where the query has
/// joined something itself, and where the column that leads to another object isn't loaded.
#[test]
fn joined_to_limited_rows() {
    let (db, session) = super::session();
    let rows = select((Order, User))
        .join(Order::user)
        .order_by(Order::id)
        .limit(2)
        .options(joined(Order::items))
        .options(joined(User::addresses));
    let rows = session.execute(rows).unwrap().all().unwrap();
    let many = rows.iter().map(|(order, user)| {
        let many = [Obj::any(order).peek_related("items"), Obj::any(user).peek_related("addresses")];
        many.map(Result::unwrap)
    });
    expect!["[[Many([Item#1, Item#2]), Many([Address#1, Address#2])], [Many([Item#3]), Many([Address#1, Address#2])]]"].assert_eq(&format!("{:?}", many.collect::<Vec<_>>()));
    expect![[r#"
        SELECT "orders_1"."id", "orders_1"."note", "orders_1"."user_id", "orders_1"."item 3", "orders_1"."name", "orders_1"."fullname", "item_3"."id", "item_3"."name", "address_4"."id", "address_4"."email", "address_4"."user_id" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account"."id" AS "item 3", "user_account"."name", "user_account"."fullname" FROM "orders" JOIN "user_account" ON "user_account"."id" = "orders"."user_id" ORDER BY "orders"."id" LIMIT ?) AS "orders_1" LEFT JOIN ("order_item" AS "order_item_2" JOIN "item" AS "item_3" ON "item_3"."id" = "order_item_2"."item_id") ON "orders_1"."id" = "order_item_2"."order_id" LEFT JOIN "address" AS "address_4" ON "orders_1"."item 3" = "address_4"."user_id" ORDER BY "orders_1"."id", "item_3"."id", "address_4"."id" [2]
    "#]].assert_eq(&db.sql());

    session.expunge_all();
    let users = select(User)
        .join(User::profile)
        .order_by(User::id)
        .limit(2)
        .options(contains_eager(User::profile))
        .options(joined(User::addresses));
    expect![[r#"
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "address_2"."id", "address_2"."email", "address_2"."user_id", "user_account_1"."item 3", "user_account_1"."item 4", "user_account_1"."item 5" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "profile"."id" AS "item 3", "profile"."text" AS "item 4", "profile"."user_id" AS "item 5" FROM "user_account" JOIN "profile" ON "user_account"."id" = "profile"."user_id" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."id", "address_2"."id" [2]
        User#1.addresses: Many([Address#1, Address#2])
        User#1.orders: NotLoaded
        User#1.profile: One(Some(Profile#1))
    "#]].assert_eq(&loaded(&db, &session, users));

    session.expunge_all();
    let orders = select(Order).order_by(Order::id).limit(1).options(load_only(Order::note));
    let orders = orders.options(joined(Order::user)).options(joined(Order::items));
    let order = session.scalars(orders).unwrap().first().unwrap().unwrap();
    expect![[r#"
        SELECT "orders_1"."id", "orders_1"."note", "orders_1"."item 2", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname", "item_4"."id", "item_4"."name" FROM (SELECT "orders"."id", "orders"."note", (NULL) AS "item 2", "orders"."user_id" AS "item 3" FROM "orders" ORDER BY "orders"."id" LIMIT ?) AS "orders_1" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "orders_1"."item 3" LEFT JOIN ("order_item" AS "order_item_3" JOIN "item" AS "item_4" ON "item_4"."id" = "order_item_3"."item_id") ON "orders_1"."id" = "order_item_3"."order_id" ORDER BY "orders_1"."id", "item_4"."id" [1]
    "#]].assert_eq(&db.sql());
    expect!["Ok(One(Some(User#1)))"].assert_eq(&format!("{:?}", Obj::any(&order).peek_related("user")));
    assert_eq!(db.statements(), 0);
}

#[test]
fn steps_that_say_nothing() {
    let (db, session) = super::session();
    let query =
        select(User).filter(User::id.eq(1)).options(default_load(User::orders).selectin(Order::items));
    let user = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(db.statements(), 1);
    user.orders().iter().unwrap();
    assert_eq!(db.statements(), 2, "the items come with the orders");
}

#[test]
fn a_list_of_options() {
    let (db, session) = super::session();
    let wanted = [true, false];
    let mut options = Vec::new();
    if wanted[0] {
        options.push(OptionOf::new(selectin(User::addresses)));
    }
    let perhaps = wanted[1].then(|| selectin(User::orders));
    session.scalars(select(User).options(options).options(perhaps)).unwrap().all().unwrap();
    assert_eq!(db.statements(), 2);
}

#[test]
fn conditions_on_every_row_of_a_class() {
    let (db, session) = super::session();
    db.sql();
    let query = select(User)
        .outer_join(User::orders)
        .filter(User::orders.any(()))
        .options(selectin(User::orders))
        .with_criteria(Order, Order::note.ne("o1"))
        .with_criteria(User, User::id.lt(3));
    let users = session.scalars(&query).unwrap().all().unwrap();
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" AND "orders"."note" <> ? WHERE EXISTS (SELECT ? FROM "orders" AS "orders_1" WHERE "user_account"."id" = "orders_1"."user_id" AND "orders_1"."note" <> ?) AND "user_account"."id" < ? ['o1', 1, 'o1', 3]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" <> ? ORDER BY "orders"."id" [1, 'o1']
    "#]].assert_eq(&db.sql());
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].orders().len().unwrap(), 1);
    session.expire(&users[0]).unwrap();
    assert_eq!(users[0].orders().len().unwrap(), 1, "it stays with the object");
    let order = aliased(Order);
    let aliases = select(order).from(order);
    let count = |query: orm::Select<Obj<Order>>| session.scalars(query).unwrap().all().unwrap().len();
    assert_eq!(count(aliases.clone().with_criteria(Order, Order::id.eq(1))), 3);
    assert_eq!(count(aliases.with_criteria_of_aliases(Order, Order::id.eq(1))), 1);
}

#[test]
fn conditions_within_queries() {
    let (db, session) = super::session();
    db.sql();
    let criteria = |query: orm::Select<Obj<User>>| {
        let query = query.with_criteria(Order, Order::note.eq("o1"));
        session.scalars(query).unwrap().all().unwrap().len()
    };
    let owners = select(Order::user_id).filter(Order::id.gt(0));
    assert_eq!(criteria(select(User).filter(User::id.in_(owners.clone()))), 1);
    let named = owners.clone().subquery("owners");
    assert_eq!(criteria(select(User).join(named.on(named.of(Order::user_id).eq(User::id)))), 1);
    let common = owners.clone().cte("owners");
    assert_eq!(criteria(select(User).join(common.on(common.of(Order::user_id).eq(User::id)))), 1);
    assert_eq!(
        criteria(select(User).filter(exists(select(Order::id).filter(Order::user_id.eq(User::id))))),
        1
    );
    assert_eq!(
        criteria(
            select(User)
                .filter(select(func::count(Order::id)).filter(Order::user_id.eq(User::id)).scalar().eq(1))
        ),
        1
    );
    assert_eq!(criteria(select(User).filter(User::id.eq(9)).union(select(User).join(User::orders))), 1);
    let columns = select(Order::note).with_criteria(Order, Order::note.eq("o1"));
    assert_eq!(session.scalars(columns).unwrap().all().unwrap(), [Some("o1".to_owned())]);
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" IN (SELECT "orders"."user_id" FROM "orders" WHERE "orders"."id" > ? AND "orders"."note" = ?) [0, 'o1']
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN (SELECT "orders"."user_id" FROM "orders" WHERE "orders"."id" > ? AND "orders"."note" = ?) AS "owners" ON "owners"."user_id" = "user_account"."id" [0, 'o1']
        WITH "owners" AS (SELECT "orders"."user_id" FROM "orders" WHERE "orders"."id" > ? AND "orders"."note" = ?) SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "owners" ON "owners"."user_id" = "user_account"."id" [0, 'o1']
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT "orders"."id" FROM "orders" WHERE "orders"."user_id" = "user_account"."id" AND "orders"."note" = ?) ['o1']
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE (SELECT count("orders"."id") FROM "orders" WHERE "orders"."user_id" = "user_account"."id" AND "orders"."note" = ?) = ? ['o1', 1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? UNION SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "user_account" AS "user_account_1" JOIN "orders" ON "user_account_1"."id" = "orders"."user_id" AND "orders"."note" = ? [9, 'o1']
        SELECT "orders"."note" FROM "orders" WHERE "orders"."note" = ? ['o1']
    "#]].assert_eq(&db.sql());
}

#[test]
fn what_is_joined_to_the_rows_of_a_query() {
    let (db, session) = super::session();
    let both = select((Order, User)).join(Order::user).filter(Order::id.gt(1)).subquery("both");
    let user = orm::aliased_as(User, &both);
    db.sql();
    let query = select(&user).options(joined(user.of(User::addresses)).options(joined(Address::user)));
    let users = session.scalars(query).unwrap().all().unwrap();
    expect![[r#"
        SELECT "both"."id_1", "both"."name", "both"."fullname", "address_1"."id", "address_1"."email", "address_1"."user_id", "user_account_2"."id", "user_account_2"."name", "user_account_2"."fullname" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account"."id" AS "id_1", "user_account"."name", "user_account"."fullname" FROM "orders" JOIN "user_account" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."id" > ?) AS "both" LEFT JOIN "address" AS "address_1" ON "both"."id_1" = "address_1"."user_id" LEFT JOIN "user_account" AS "user_account_2" ON "user_account_2"."id" = "address_1"."user_id" ORDER BY "address_1"."id" [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(users.iter().map(|user| user.addresses().len().unwrap()).collect::<Vec<_>>(), [2]);
    session.expunge_all();
    let query = select(&user).limit(1).options(joined(user.of(User::orders)).inner());
    let users = session.scalars(query).unwrap().all().unwrap();
    expect![[r#"
        SELECT "both_1"."id_1", "both_1"."name", "both_1"."fullname", "orders_2"."id", "orders_2"."note", "orders_2"."user_id" FROM (SELECT "both"."id_1", "both"."name", "both"."fullname" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account"."id" AS "id_1", "user_account"."name", "user_account"."fullname" FROM "orders" JOIN "user_account" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."id" > ?) AS "both" LIMIT ?) AS "both_1" JOIN "orders" AS "orders_2" ON "both_1"."id_1" = "orders_2"."user_id" ORDER BY "orders_2"."id" [1, 1]
    "#]].assert_eq(&db.sql());
    assert_eq!(users[0].orders().len().unwrap(), 2);
    let query = select(&user).options((contains_eager(user.of(User::orders)), defer(user.of(User::name))));
    let query = query.join(user.of(User::orders));
    assert_eq!(session.scalars(query).unwrap().all().unwrap().len(), 1);
    expect![[r#"
        SELECT "both"."id_1", NULL, "both"."fullname", "orders_1"."id", "orders_1"."note", "orders_1"."user_id" FROM (SELECT "orders"."id", "orders"."note", "orders"."user_id", "user_account"."id" AS "id_1", "user_account"."name", "user_account"."fullname" FROM "orders" JOIN "user_account" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."id" > ?) AS "both" JOIN "orders" AS "orders_1" ON "both"."id_1" = "orders_1"."user_id" [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn columns_that_are_loaded_when_they_are_read() {
    let (db, session) = super::session();
    db.sql();
    let query = select(User).filter(User::id.eq(1)).options((
        load_only(User::name),
        selectin(User::orders).options(defer((Order::note, Order::user_id))),
    ));
    let user = session.scalars(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", NULL FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", NULL, NULL FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(user.name().unwrap(), "ed");
    let order = user.orders().get(0).unwrap().unwrap();
    assert_eq!(Obj::any(&order).peek("note").unwrap(), None);
    assert_eq!(db.statements(), 0);
    assert_eq!(user.fullname().unwrap().as_deref(), Some("Ed Jones"));
    assert_eq!(order.note().unwrap().as_deref(), Some("o1"));
    expect![[r#"
        SELECT "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."note" FROM "orders" WHERE "orders"."id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(order.user_id().unwrap(), Some(1));
    // What is deferred can be set without being read, and the rest is written as it is.
    let mary =
        session.scalars(select(User).filter(User::id.eq(3)).options(defer_all())).unwrap().one().unwrap();
    db.sql();
    mary.set_fullname("Mary").unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['Mary', 3]
    "#]]
    .assert_eq(&db.sql());
    session.expire(&mary).unwrap();
    assert_eq!((mary.name().unwrap().as_str(), mary.fullname().unwrap().as_deref()), ("mary", Some("Mary")));
}

#[test]
fn columns_of_objects_that_are_there() {
    let (db, session) = super::session();
    let part =
        session.scalars(select(User).filter(User::id.eq(1)).options(defer_all())).unwrap().one().unwrap();
    let whole = session.scalars(select(User).filter(User::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(part, whole);
    db.sql();
    assert_eq!(part.name().unwrap(), "ed");
    assert_eq!(db.statements(), 0, "the second query had it");
    let again = select(User).filter(User::id.eq(1)).options(defer(User::name)).populate_existing();
    session.scalars(again).unwrap().one().unwrap();
    db.sql();
    assert_eq!(part.name().unwrap(), "ed");
    assert_eq!(db.statements(), 1);
}

#[test]
fn what_is_said_of_objects_that_are_there() {
    let (db, session) = super::session();
    let ed =
        |query: orm::Select<Obj<User>>| session.scalars(query.filter(User::id.eq(1))).unwrap().one().unwrap();
    let code = |user: &Obj<User>| user.orders().len().map_err(|error| error.code());
    let user = ed(select(User));
    // A later query says what becomes of what isn't loaded, until the object is expired.
    ed(select(User).options(raise(User::orders)));
    assert_eq!(code(&user), Err(Code::RaiseOnLoad));
    ed(select(User));
    assert_eq!(code(&user), Err(Code::RaiseOnLoad), "this one says nothing");
    ed(select(User).options(all(Lazy::NoLoad)));
    assert_eq!(code(&user), Ok(0));
    session.expire(&user).unwrap();
    assert_eq!(code(&user), Ok(2));
    ed(select(User).options(raise(User::orders)));
    assert_eq!(code(&user), Ok(2), "it is loaded");
    // What it was loaded by stays.
    session.expunge_all();
    let user = ed(select(User).options((raise(User::orders), raise(User::addresses))));
    ed(select(User).options(lazy(User::orders).and(Order::note.eq("o2"))));
    assert_eq!(code(&user), Ok(1));
    assert_eq!(user.addresses().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.expire(&user).unwrap();
    assert_eq!(code(&user), Err(Code::RaiseOnLoad));
    // One that is made anew is loaded by the options of the query that does it, where it has some.
    ed(select(User).populate_existing());
    assert_eq!(code(&user), Err(Code::RaiseOnLoad));
    ed(select(User).options(lazy(User::addresses)).populate_existing());
    assert_eq!(code(&user), Ok(2));
    session.expire(&user).unwrap();
    assert_eq!(code(&user), Ok(2));
    // What relationships lead to is told the same, also where nothing is read for it.
    session.expunge_all();
    let user = ed(select(User));
    let addresses: Vec<Obj<Address>> = user.addresses().iter().unwrap().collect();
    assert_eq!(addresses[1].user().unwrap(), user);
    db.sql();
    ed(select(User).options(selectin(User::addresses).raise(Address::user)));
    assert_eq!(db.statements(), 1);
    assert_eq!(addresses[0].user().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    assert_eq!(addresses[1].user().unwrap(), user);
}

#[test]
fn what_belongs_to_objects_that_are_made_anew() {
    for option in [
        OptionOf::new(joined(User::orders)),
        OptionOf::new(selectin(User::orders)),
        OptionOf::new(joined(User::orders).selectin(Order::user)),
        OptionOf::new(selectin(User::orders).joined(Order::items).selectin(Item::orders)),
    ] {
        let (db, session) = super::session();
        let query = || select(User).filter(User::id.eq(1));
        let user = session.scalars(query()).unwrap().one().unwrap();
        let orders: Vec<Obj<Order>> = user.orders().iter().unwrap().collect();
        user.orders().remove(&orders[1]).unwrap();
        orders[0].set_note("mine").unwrap();
        user.set_name("mine").unwrap();
        db.sql();
        session.no_autoflush(|session| {
            session.scalars(query().options(option.clone()).populate_existing()).unwrap().all().unwrap();
        });
        db.sql();
        assert_eq!(user.name().unwrap(), "ed");
        assert_eq!(user.orders().iter().unwrap().collect::<Vec<_>>(), orders);
        assert_eq!(orders[0].note().unwrap().as_deref(), Some("o1"));
        assert_eq!(db.statements(), 0);
        session.flush().unwrap();
        assert_eq!(db.statements(), 0, "nothing is left to be written");
    }
}

#[test]
fn options_of_what_is_merged() {
    let (db, session) = super::session();
    let other = db.session();
    let query = select(User).filter(User::id.eq(1)).options(raise(User::orders));
    let given = other.scalars(query).unwrap().one().unwrap();
    let user = session.get::<User>(1).unwrap().unwrap();
    assert_eq!(session.merge(&given).unwrap(), user);
    assert_eq!(user.orders().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    session.expire(&user).unwrap();
    assert_eq!(user.orders().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    // A value was loaded by nothing.
    session.merge(given.to_value().unwrap()).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
}

#[test]
fn columns_that_must_not_be_read() {
    let (_db, session) = super::session();
    let option = load_only(User::id).raise();
    let user = session.scalars(select(User).filter(User::id.eq(1)).options(option)).unwrap().one().unwrap();
    expect!["[raise-on-load] `User.name`: it isn't loaded, and the query that loaded its object says `raise`; help: load it with `refresh_attributes` first"].assert_eq(&show(user.name()));
    session.refresh_attributes(&user, &["name"]).unwrap();
    assert_eq!(user.name().unwrap(), "ed");
    let both = (defer_all(), undefer(User::name));
    let user = session.scalars(select(User).filter(User::id.eq(2)).options(both)).unwrap().one().unwrap();
    assert_eq!(Obj::any(&user).peek("name").unwrap(), Some("jack".into()));
    assert_eq!(Obj::any(&user).peek("fullname").unwrap(), None);
}

#[test]
fn columns_of_what_is_joined() {
    let (db, session) = super::session();
    db.sql();
    let query =
        select(Address).filter(Address::id.eq(3)).options(joined(Address::user).options(load_only(User::id)));
    let address = session.scalars(query).unwrap().one().unwrap();
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id", "user_account_1"."id", NULL, NULL FROM "address" LEFT JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "address"."user_id" WHERE "address"."id" = ? [3]
    "#]].assert_eq(&db.sql());
    assert_eq!(address.user().unwrap().name().unwrap(), "jack");
    assert_eq!(db.statements(), 1);
}

#[test]
fn where_options_have_no_place() {
    let (db, session) = super::session();
    db.sql();
    let query = select(User).order_by(User::id).options(joined(User::orders));
    expect!["[query] a joined collection is whole when all rows are read, and these are read one by one; help: load it by `selectin`"].assert_eq(&show(session.scalars(&query).and_then(|rows| rows.each(|_| Ok(())))));
    assert_eq!(db.statements(), 0);
    assert_eq!(session.scalars(query).unwrap().first().unwrap().unwrap().orders().len().unwrap(), 2);
    let mut seen = 0;
    let query = select(User).options((selectin(User::orders), joined(User::profile)));
    session
        .scalars(query)
        .unwrap()
        .each(|user| {
            seen += user.orders().len()?;
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, 2);
}

/// An object by its key is loaded with what an option says of it, in as many statements as by a query; one that is there is
/// given as it is.
#[test]
fn options_of_an_object_by_its_key() {
    let (db, session) = super::session();
    db.sql();
    let options =
        [orm::OptionOf::new(joined(User::addresses)), orm::OptionOf::new(selectin(User::addresses))];
    for (at, option) in options.into_iter().chain([orm::OptionOf::new(subquery(User::addresses))]).enumerate()
    {
        session.expunge_all();
        let ed = session.get_with::<User>(1, option).unwrap().unwrap();
        let told = db.sql();
        assert_eq!(tree(&ed), "User#1(addresses: [Address#1, Address#2])");
        match at {
            0 => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname", "address_1"."id", "address_1"."email", "address_1"."user_id" FROM "user_account" LEFT JOIN "address" AS "address_1" ON "user_account"."id" = "address_1"."user_id" WHERE "user_account"."id" = ? ORDER BY "address_1"."id" [1]
            "#]].assert_eq(&told),
            1 => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
                SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
            "#]].assert_eq(&told),
            _ => expect![[r#"
                SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
                SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
            "#]].assert_eq(&told),
        }
    }
    // One that is in the session: nothing is asked, and nothing loaded with it.
    let kept = session.get_with::<User>(1, selectin(User::addresses)).unwrap().unwrap();
    db.sql();
    let ed = session.get_with::<User>(1, (selectin(User::orders), defer(User::name))).unwrap().unwrap();
    assert_eq!(
        (tree(&ed), db.sql()),
        ("User#1(addresses: [Address#1, Address#2])".to_owned(), String::new())
    );
    assert_eq!((&ed, ed.name().unwrap()), (&kept, "ed".to_owned()));
    assert_eq!(session.get_with::<User>(99, selectin(User::orders)).unwrap(), None);
    // What changed is flushed before, a deleted row is none, and what is said stays with the object.
    let new = session.add(User::builder().name("new")).unwrap();
    session.flush().unwrap();
    session.delete(&new).unwrap();
    session.flush().unwrap();
    let jack = session.get_one::<User>(2).unwrap();
    jack.set_fullname("J").unwrap();
    db.sql();
    assert_eq!(session.get_with::<User>(4, raise(User::orders)).unwrap(), None);
    let mary = session.get_with::<User>(3, raise(User::orders)).unwrap().unwrap();
    expect![[r#"
        UPDATE "user_account" SET "fullname" = ? WHERE "id" = ? ['J', 2]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [4]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [3]
    "#]].assert_eq(&db.sql());
    session.expire(&mary).unwrap();
    assert_eq!(mary.orders().len().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    // By `refresh` everything is overwritten.
    ed.set_name("other").unwrap();
    session.refresh(&ed).unwrap();
    assert_eq!((ed.name().unwrap(), Obj::any(&ed).is_modified()), ("ed".to_owned(), false));
}

/// What is said of all relationships, steps that say nothing, a class in itself, and objects that are overwritten: the
/// statements that run, and those that don't.
#[test]
fn what_runs_by_what_is_said() {
    let (db, session) = super::session();
    let told = |query: orm::Select<Obj<User>>, read: &dyn Fn(&Obj<User>)| {
        session.expunge_all();
        db.sql();
        let user = session.scalars(query.filter(User::id.eq(1))).unwrap().one().unwrap();
        read(&user);
        db.sql()
    };
    let is_refused = |result: orm::Result<usize>| {
        assert_eq!(result.map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    };
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
    "#]].assert_eq(&told(
        select(User).options((all(Lazy::Raise), selectin(User::orders), noload(User::profile))),
        &|user| {
            is_refused(user.addresses().len());
            assert_eq!((user.orders().len().unwrap(), user.profile().unwrap()), (2, None));
        },
    ));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2]']
    "#]]
        .assert_eq(&told(select(User).options(default_load(User::orders).selectin(Order::items)), &|user| {
            assert_eq!(user.orders().get(0).unwrap().unwrap().items().len().unwrap(), 2)
        }));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "address"."id", "address"."email", NULL FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]].assert_eq(&told(
        select(User).options(default_load(User::addresses).options(load_only(Address::email))),
        &|user| assert_eq!(user.addresses().get(0).unwrap().unwrap().email().unwrap(), "ed@x"),
    ));
    // What the session has is read where only a statement is forbidden.
    session.expunge_all();
    let owner = session.get_one::<User>(1).unwrap();
    let read = |option: OptionOf<Address>| {
        let query = select(Address).filter(Address::id.eq(1)).options(option).populate_existing();
        let address = session.scalars(query).unwrap().one().unwrap();
        db.sql();
        let user = address.user().map_err(|error| error.code());
        assert_eq!(db.statements(), 0);
        user
    };
    assert_eq!(read(OptionOf::new(raise_on_sql(Address::user))), Ok(owner.clone()));
    assert_eq!(read(OptionOf::new(raise(Address::user))), Err(Code::RaiseOnLoad));
    let query = select(Address).filter(Address::id.eq(3)).options(raise_on_sql(Address::user));
    let other = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(other.user().map_err(|error| error.code()), Err(Code::RaiseOnLoad));
    // A class in itself, as deep as is said.
    session.expunge_all();
    db.sql();
    let root = select(Node).filter(Node::parent_id.is_null()).options(selectin(Node::children).depth(2));
    let root = session.scalars(root).unwrap().one().unwrap();
    expect![[r#"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IS NULL
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [2]
    "#]].assert_eq(&db.sql());
    assert_eq!(tree(&root), "Node#1(children: [Node#2(children: [Node#3, Node#4])])");
    // Overwritten by one statement, changes included.
    let owner = session.get_one::<User>(1).unwrap();
    owner.set_name("changed").unwrap();
    db.sql();
    let query = select(User).filter(User::id.eq(1)).autoflush(false);
    session.scalars(query.clone()).unwrap().one().unwrap();
    assert_eq!(owner.name().unwrap(), "changed");
    session.scalars(query.populate_existing()).unwrap().one().unwrap();
    assert_eq!((owner.name().unwrap(), Obj::any(&owner).is_modified()), ("ed".to_owned(), false));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
    "#]].assert_eq(&db.sql());
}
