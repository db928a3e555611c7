//! Loading: by key, by relationship, by query; which statements run, and how many.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, Kind};
use tests::models::*;
use tests::{Db, code, filled, show};

fn names(users: &[Obj<User>]) -> Vec<String> {
    users.iter().map(|user| user.name().unwrap()).collect()
}

/// The names of the users that a query finds, and its statement.
fn users(query: orm::Select<Obj<User>>, found: &[&str], expected: Expect) {
    let db = filled();
    let session = db.session();
    let all = session.scalars(query).unwrap().all().unwrap();
    assert_eq!(names(&all), found);
    expected.assert_eq(&db.sql());
}

// ---- by relationship ----

#[test]
fn to_one_looks_into_the_identity_map_first() {
    let db = filled();
    let session = db.session();
    let address = session.get_one::<Address>(1).unwrap();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    assert_eq!(address.user().unwrap(), ed);
    assert_eq!(db.statements(), 0);
    let other = session.get_one::<Address>(3).unwrap();
    assert_eq!(other.user().unwrap().name().unwrap(), "jack");
    assert_eq!(other.user().unwrap().id().unwrap(), 2);
    expect![[r#"
        SELECT "id", "email", "user_id" FROM "address" WHERE "id" = ? [3]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn to_one_over_a_key_that_is_null_needs_no_statement() {
    let db = filled();
    let session = db.session();
    let order = session.get_one::<Order>(3).unwrap();
    db.sql();
    assert_eq!(order.user().unwrap(), None);
    assert_eq!(db.statements(), 0);
}

/// What has no row yet reads nothing by its keys, whatever they are set to.
#[test]
fn a_new_object_loads_nothing() {
    let db = filled();
    let session = db.session();
    session.no_autoflush(|session| {
        let order = session.add(Order::builder().user_id(1)).unwrap();
        assert_eq!((order.user().unwrap(), order.items().len().unwrap()), (None, 0));
        assert_eq!(db.sql(), "");
    });
}

#[test]
fn a_collection_is_loaded_once_and_the_way_back_is_known() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    assert!(!ed.addresses().is_loaded().unwrap());
    let emails: Vec<_> = ed.addresses().iter().unwrap().map(|address| address.email().unwrap()).collect();
    assert_eq!(emails, ["ed@x", "ed@y"]);
    assert!(ed.addresses().is_loaded().unwrap());
    for address in ed.addresses().iter().unwrap() {
        assert_eq!(address.user().unwrap(), ed);
    }
    assert_eq!(ed.addresses().len().unwrap(), 2);
    assert!(ed.addresses().contains(&ed.addresses().get(1).unwrap().unwrap()).unwrap());
    assert_eq!(ed.addresses().get(2).unwrap(), None);
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE ? = "address"."user_id" ORDER BY "address"."id" [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn many_to_many_and_one_to_one() {
    let db = filled();
    let session = db.session();
    let order = session.get_one::<Order>(1).unwrap();
    db.sql();
    let items: Vec<_> = order.items().iter().unwrap().map(|item| item.name().unwrap()).collect();
    assert_eq!(items, ["pen", "ink"]);
    let pen = order.items().get(0).unwrap().unwrap();
    assert_eq!(pen.orders().len().unwrap(), 2);
    let user = order.user().unwrap().unwrap();
    let profile = user.profile().unwrap().unwrap();
    assert_eq!(profile.user().unwrap(), Some(user));
    let jack = session.get_one::<User>(2).unwrap();
    assert_eq!(jack.profile().unwrap(), None);
    assert_eq!(jack.profile().unwrap(), None);
    expect![[r#"
        SELECT "item"."id", "item"."name" FROM "item", "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders", "order_item" WHERE ? = "order_item"."item_id" AND "orders"."id" = "order_item"."order_id" ORDER BY "orders"."id" [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [2]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn a_tree_from_the_leaf_up_and_from_the_root_down() {
    let db = filled();
    let session = db.session();
    let leaf = session.scalars(select(Node).filter(Node::name.eq("leaf 2"))).unwrap().one().unwrap();
    db.sql();
    let root = leaf.parent().unwrap().unwrap().parent().unwrap().unwrap();
    assert_eq!(root.parent().unwrap(), None);
    assert_eq!(root.children().get(0).unwrap().unwrap().children().len().unwrap(), 2);
    expect![[r#"
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [2]
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [1]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [1]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" ORDER BY "node"."id" [2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn statements_of_a_loop_are_one_for_each_object() {
    let db = filled();
    let session = db.session();
    let all = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    let counts: Vec<usize> = all.iter().map(|user| user.addresses().len().unwrap()).collect();
    assert_eq!(counts, [2, 1, 0]);
    assert_eq!(db.statements(), 4);
    let counts: Vec<usize> = all.iter().map(|user| user.addresses().len().unwrap()).collect();
    assert_eq!(counts, [2, 1, 0]);
    assert_eq!(db.statements(), 0);
}

// ---- queries ----

#[test]
fn filters() {
    users(
        select(User).filter(User::name.eq("ed")),
        &["ed"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" = ? ['ed']
    "#]],
    );
    users(
        select(User).filter(User::fullname.is_null()).filter(User::id.gt(1)).order_by(User::name.desc()),
        &["mary", "jack"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."fullname" IS NULL AND "user_account"."id" > ? ORDER BY "user_account"."name" DESC [1]
        "#]],
    );
    users(
        select(User).filter(User::name.eq("ed").or(User::name.eq("mary"))).order_by(User::id),
        &["ed", "mary"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" = ? OR "user_account"."name" = ? ORDER BY "user_account"."id" ['ed', 'mary']
        "#]],
    );
    users(
        select(User).filter(User::name.in_(["jack", "ed"])).order_by(User::id),
        &["ed", "jack"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" IN (?, ?) ORDER BY "user_account"."id" ['jack', 'ed']
    "#]],
    );
    users(
        select(User).filter(User::id.in_(2..=10)).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "user_account"."id" ['[2,3,4,5,6,7,8,9,10]']
    "#]],
    );
    users(
        select(User).filter(User::name.like("%a%")).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" LIKE ? ORDER BY "user_account"."id" ['%a%']
    "#]],
    );
    users(
        select(User).filter(User::name.ne("ed")).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" <> ? ORDER BY "user_account"."id" ['ed']
    "#]],
    );
    users(
        select(User).filter(User::fullname.eq(None)).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."fullname" IS NULL ORDER BY "user_account"."id"
    "#]],
    );
}

#[test]
fn values_are_never_part_of_the_text() {
    users(
        select(User).filter(User::name.eq("' or 1=1 --")),
        &[],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" = ? [''' or 1=1 --']
    "#]],
    );
}

#[test]
fn limit_offset_distinct() {
    users(
        select(User).order_by(User::id).limit(1).offset(1),
        &["jack"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? OFFSET ? [1, 1]
    "#]],
    );
    users(
        select(User).order_by(User::id).limit(0),
        &[],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? [0]
    "#]],
    );
    users(
        select(User).order_by(User::id).offset(2),
        &["mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT -1 OFFSET ? [2]
    "#]],
    );
    users(
        select(User).join(User::addresses).distinct().order_by(User::id),
        &["ed", "jack"],
        expect![[r#"
            SELECT DISTINCT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "user_account"."id"
        "#]],
    );
}

#[test]
fn joins() {
    users(
        select(User).join(User::addresses).filter(Address::email.like("%@x")).order_by(User::id),
        &["ed", "jack"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" WHERE "address"."email" LIKE ? ORDER BY "user_account"."id" ['%@x']
        "#]],
    );
    users(
        select(User).join(User::addresses).order_by(Address::id),
        &["ed", "jack"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "address" ON "user_account"."id" = "address"."user_id" ORDER BY "address"."id"
        "#]],
    );
    users(
        select(User).outer_join(User::orders).filter(Order::id.is_null()).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" WHERE "orders"."id" IS NULL ORDER BY "user_account"."id"
        "#]],
    );
    users(
        select(User).join(User::orders).join(Order::items).filter(Item::name.eq("cup")),
        &["ed"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" JOIN "orders" ON "user_account"."id" = "orders"."user_id" JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" WHERE "item"."name" = ? ['cup']
        "#]],
    );
    users(
        select(User)
            .outer_join(User::orders)
            .outer_join(Order::items)
            .filter(Item::id.is_null())
            .order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" LEFT JOIN ("order_item" JOIN "item" ON "item"."id" = "order_item"."item_id") ON "orders"."id" = "order_item"."order_id" WHERE "item"."id" IS NULL ORDER BY "user_account"."id"
        "#]],
    );
}

#[test]
fn a_join_gives_each_object_once_and_each_row_of_others() {
    let db = filled();
    let session = db.session();
    let query = select(User).join(User::addresses).order_by(Address::id);
    assert_eq!(names(&session.scalars(&query).unwrap().all().unwrap()), ["ed", "jack"]);
    assert_eq!(session.scalars(&query).unwrap().count().unwrap(), 2);
    let query = select((User::name, User)).join(User::addresses).order_by(Address::id);
    assert_eq!(session.execute(&query).unwrap().all().unwrap().len(), 3);
    assert_eq!(session.execute(&query).unwrap().count().unwrap(), 3);
    assert_eq!(session.execute(query).unwrap().unique().all().unwrap().len(), 2);
}

#[test]
fn joins_that_cannot_be() {
    let db = filled();
    let session = db.session();
    let run = |query: orm::Select<Obj<User>>| show(session.scalars(query).and_then(|rows| rows.all()));
    expect!["[query] `Order.items`: `Order` isn't part of the query; help: join along a relationship of a class that is selected or joined before"].assert_eq(&run(select(User).join(Order::items)));
    expect!["[query] `User.orders`: `Order` is part of the query already; help: join it under another name: `let other = aliased(Order); ... .join(User::orders.to(other))`, or ask by `any` or `has`"].assert_eq(&run(select(User).join(User::orders).join(User::orders)));
    let nodes = session.scalars(select(Node).join(Node::children)).and_then(|rows| rows.all());
    expect!["[query] `Node.children`: `Node` is part of the query already; help: join it under another name: `let other = aliased(Node); ... .join(Node::children.to(other))`, or ask by `any` or `has`"].assert_eq(&show(nodes));
    assert_eq!(db.statements(), 0);
}

#[test]
fn existence() {
    users(
        select(User).filter(User::addresses.any(Address::email.eq("jack@x"))),
        &["jack"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "address" WHERE "user_account"."id" = "address"."user_id" AND "address"."email" = ?) [1, 'jack@x']
        "#]],
    );
    users(
        select(User).filter(!User::addresses.any_item()),
        &["mary"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE NOT EXISTS (SELECT ? FROM "address" WHERE "user_account"."id" = "address"."user_id") [1]
    "#]],
    );
    users(
        select(User).filter(User::profile.has(Profile::text.eq("p"))),
        &["ed"],
        expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "profile" WHERE "user_account"."id" = "profile"."user_id" AND "profile"."text" = ?) [1, 'p']
    "#]],
    );
    users(
        select(User).filter(User::profile.is_none()).order_by(User::id),
        &["jack", "mary"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE NOT EXISTS (SELECT ? FROM "profile" WHERE "user_account"."id" = "profile"."user_id") ORDER BY "user_account"."id" [1]
        "#]],
    );
    users(
        select(User).filter(User::orders.any(Order::items.any(Item::name.eq("ink")))),
        &["ed"],
        expect![[r#"
            SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."name" = ?)) [1, 1, 'ink']
        "#]],
    );
}

#[test]
fn existence_in_a_class_of_itself() {
    let db = filled();
    let session = db.session();
    let run = |query: orm::Select<Obj<Node>>| -> Vec<String> {
        let found = session.scalars(query.order_by(Node::id)).unwrap().all().unwrap();
        found.iter().map(|node| node.name().unwrap().unwrap()).collect()
    };
    assert_eq!(run(select(Node).filter(Node::children.any(Node::name.eq("branch")))), ["root"]);
    assert_eq!(run(select(Node).filter(Node::parent.has(Node::name.eq("branch")))), ["leaf 1", "leaf 2"]);
    assert_eq!(
        run(select(Node).filter(Node::children.any(Node::children.any(Node::name.eq("leaf 1"))))),
        ["root"]
    );
    assert_eq!(run(select(Node).filter(Node::parent.is_none())), ["root"]);
    let no_children =
        select(Node).filter(!Node::children.any_item()).filter(Node::parent.has(Node::parent.has_one()));
    assert_eq!(run(no_children), ["leaf 1", "leaf 2"]);
    expect![[r#"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node"."id" = "node_1"."parent_id" AND "node_1"."name" = ?) ORDER BY "node"."id" [1, 'branch']
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node_1"."id" = "node"."parent_id" AND "node_1"."name" = ?) ORDER BY "node"."id" [1, 'branch']
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node"."id" = "node_1"."parent_id" AND EXISTS (SELECT ? FROM "node" AS "node_2" WHERE "node_1"."id" = "node_2"."parent_id" AND "node_2"."name" = ?)) ORDER BY "node"."id" [1, 1, 'leaf 1']
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE "node"."parent_id" IS NULL ORDER BY "node"."id"
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE NOT EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node"."id" = "node_1"."parent_id") AND EXISTS (SELECT ? FROM "node" AS "node_2" WHERE "node_2"."id" = "node"."parent_id" AND EXISTS (SELECT ? FROM "node" AS "node_3" WHERE "node_3"."id" = "node_2"."parent_id")) ORDER BY "node"."id" [1, 1, 1]
    "#]].assert_eq(&db.sql());
}

mod shop {
    //! A class that is met twice on the way.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Shop
    );

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Person {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(foreign_keys = Sale::buyer_id, back_populates = "buyer")]
        pub bought: Many<Sale>,
        #[relationship(back_populates = "person")]
        pub emails: Many<Email>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Sale {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Person::id)]
        pub buyer_id: i64,
        #[column(foreign_key = Person::id)]
        pub seller_id: i64,
        #[relationship(foreign_keys = Sale::buyer_id, back_populates = "bought")]
        pub buyer: One<Person>,
        #[relationship(foreign_keys = Sale::seller_id)]
        pub seller: One<Person>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shop)]
    pub struct Email {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Person::id)]
        pub person_id: i64,
        pub text: String,
        #[relationship(back_populates = "emails")]
        pub person: One<Person>,
    }
}

/// A column means the nearest source of its class: in `any` and `has`, what the relationship leads to.
#[test]
fn a_column_means_the_nearest_source_of_its_class() {
    use shop::{Email, Person, Sale, Shop};
    let db = Db::empty();
    Shop::create_all(&db.engine).unwrap();
    let session = db.session();
    let person = |name: &str, email: &str| {
        session.add(Person::builder().name(name).emails([Email::builder().text(email)])).unwrap()
    };
    // The seller's address is the seller's name; the other buyer's seller is called like the buyer.
    let (ann, bob) = (person("ann", "ann"), person("bob", "ann"));
    session.add(Sale::builder().buyer(&bob).seller(&ann)).unwrap();
    session.add(Sale::builder().buyer(&ann).seller(&bob)).unwrap();
    session.commit().unwrap();
    db.sql();
    let names = |condition: orm::Expr<bool>| -> Vec<String> {
        let found = session.scalars(select(Person).filter(condition).order_by(Person::id)).unwrap().all();
        found.unwrap().iter().map(|person| person.name().unwrap()).collect()
    };
    let own = || Person::emails.any(Email::text.eq(Person::name));
    assert_eq!(names(Person::bought.any(Sale::seller.has(own()))), ["bob"]);
    // Outside of the seller's condition it is the buyer.
    assert_eq!(names(Person::bought.any(Sale::seller.has_one()).and(own())), ["ann"]);
    assert_eq!(names(Person::bought.any(Sale::seller.has(Person::name.eq("bob")).and(own()))), ["ann"]);
    expect![[r#"
        SELECT "person"."id", "person"."name" FROM "person" WHERE EXISTS (SELECT ? FROM "sale" WHERE "person"."id" = "sale"."buyer_id" AND EXISTS (SELECT ? FROM "person" AS "person_1" WHERE "person_1"."id" = "sale"."seller_id" AND EXISTS (SELECT ? FROM "email" WHERE "person_1"."id" = "email"."person_id" AND "email"."text" = "person_1"."name"))) ORDER BY "person"."id" [1, 1, 1]
        SELECT "person"."id", "person"."name" FROM "person" WHERE EXISTS (SELECT ? FROM "sale" WHERE "person"."id" = "sale"."buyer_id" AND EXISTS (SELECT ? FROM "person" AS "person_1" WHERE "person_1"."id" = "sale"."seller_id")) AND EXISTS (SELECT ? FROM "email" WHERE "person"."id" = "email"."person_id" AND "email"."text" = "person"."name") ORDER BY "person"."id" [1, 1, 1]
        SELECT "person"."id", "person"."name" FROM "person" WHERE EXISTS (SELECT ? FROM "sale" WHERE "person"."id" = "sale"."buyer_id" AND EXISTS (SELECT ? FROM "person" AS "person_1" WHERE "person_1"."id" = "sale"."seller_id" AND "person_1"."name" = ?) AND EXISTS (SELECT ? FROM "email" WHERE "person"."id" = "email"."person_id" AND "email"."text" = "person"."name")) ORDER BY "person"."id" [1, 1, 'bob', 1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn conditions_of_every_kind_join_in_every_order() {
    let db = filled();
    let session = db.session();
    let count = |condition: orm::Expr<bool>| {
        session.scalars(select(User).filter(condition)).unwrap().all().unwrap().len()
    };
    let kinds: [fn() -> orm::Expr<bool>; 4] = [
        || User::name.eq("ed"),
        || User::orders.any_item(),
        || orm::text("fullname IS NOT NULL").into(),
        || User::profile.has(Profile::text.eq("p")),
    ];
    for a in kinds {
        for b in kinds {
            assert_eq!(count(a().and(b())), 1);
            assert_eq!(count(a().and(!b())), 0);
            assert_eq!(count((!a()).or(b())), 3);
            assert_eq!(count(!(a().or(b()))), 2);
        }
    }
}

/// SQLite refuses an expression that nests a thousand deep, and takes `a OR b OR c` for nested.
#[test]
fn a_condition_may_be_long_but_not_deep() {
    let db = filled();
    let session = db.session();
    let count = |condition: orm::Expr<bool>| {
        session.scalars(select(User).filter(condition)).and_then(|rows| Ok(rows.all()?.len()))
    };
    let numbers = (2..5_000).map(|n| User::id.eq(n)).reduce(orm::Expr::or).unwrap();
    assert_eq!(count(numbers).unwrap(), 2);
    let numbers = (2..5_000).map(|n| User::id.ne(n)).reduce(|all, one| one.and(all)).unwrap();
    assert_eq!(count(numbers).unwrap(), 1);
    let deep = (0..200_000).fold(User::id.eq(1), |condition, n| match n % 2 {
        0 => condition.and(User::name.eq("ed")),
        _ => condition.or(User::name.eq("mary")),
    });
    expect!["[query] a condition nests too deep for a database; help: join conditions by `and` and `or` in one list, or ask in several queries"]
        .assert_eq(&show(count(deep)));
    let nested = (0..2_000).fold(User::id.eq(1), |condition, _| User::orders.any(Order::user.has(condition)));
    expect!["[query] a condition nests too deep for a database; help: join conditions by `and` and `or` in one list, or ask in several queries"]
        .assert_eq(&show(count(nested)));
}

#[test]
fn what_leads_to_an_object() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let pen = session.get_one::<Item>(1).unwrap();
    db.sql();
    let orders = session
        .scalars(select(Order).filter(Order::user.is(&ed)).order_by(Order::id))
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(orders.iter().map(|order| order.id().unwrap()).collect::<Vec<_>>(), [1, 2]);
    let with_pen = session
        .scalars(select(Order).filter(Order::items.contains(&pen)).order_by(Order::id))
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(with_pen.iter().map(|order| order.id().unwrap()).collect::<Vec<_>>(), [1, 3]);
    let nobody = session.scalars(select(Order).filter(Order::user.is_none())).unwrap().one().unwrap();
    assert_eq!(nobody.id().unwrap(), 3);
    let own = session
        .scalars(select(Order).filter(with_parent(&ed, User::orders)).filter(Order::note.eq("o2")))
        .unwrap()
        .one()
        .unwrap();
    assert_eq!(own.id().unwrap(), 2);
    let items = session.scalars(select(Item).filter(with_parent(&own, Order::items))).unwrap().all().unwrap();
    assert_eq!(items[0].name().unwrap(), "cup");
    expect![[r#"
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND "item"."id" = ?) ORDER BY "orders"."id" [1, 1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IS NULL
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" AND "orders"."note" = ? [1, 'o2']
        SELECT "item"."id", "item"."name" FROM "item" WHERE EXISTS (SELECT ? FROM "order_item" WHERE ? = "order_item"."order_id" AND "item"."id" = "order_item"."item_id") [1, 2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn parents_in_every_place_of_a_condition() {
    let db = filled();
    let session = db.session();
    let (o1, o2, o3) = (1, 2, 3);
    let order = |id: i64| session.get_one::<Order>(id).unwrap();
    let items = |query: orm::Select<Obj<Item>>| -> Vec<String> {
        let found = session.scalars(query.order_by(Item::id)).unwrap().all().unwrap();
        found.iter().map(|item| item.name().unwrap()).collect()
    };
    let of = |id: i64| with_parent(&order(id), Order::items);
    assert_eq!(items(select(Item).filter(of(o1)).filter(of(o3))), ["pen"]);
    assert_eq!(items(select(Item).filter(of(o1).or(of(o2)))), ["pen", "ink", "cup"]);
    assert_eq!(items(select(Item).filter(!of(o1))), ["cup"]);
    assert_eq!(items(select(Item).join(Item::orders).filter(of(o3)).filter(Order::id.eq(o1))), ["pen"]);
    db.sql();
    let users = select(User).filter(User::orders.any(Order::items.any(of(o2))));
    assert_eq!(names(&session.scalars(users).unwrap().all().unwrap()), ["ed"]);
    let root = session.get_one::<Node>(1).unwrap();
    let grand = select(Node).filter(Node::parent.has(with_parent(&root, Node::children)));
    assert_eq!(session.scalars(grand).unwrap().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "id", "note", "user_id" FROM "orders" WHERE "id" = ? [2]
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE EXISTS (SELECT ? FROM "orders" WHERE "user_account"."id" = "orders"."user_id" AND EXISTS (SELECT ? FROM "item", "order_item" WHERE "orders"."id" = "order_item"."order_id" AND "item"."id" = "order_item"."item_id" AND EXISTS (SELECT ? FROM "order_item" AS "order_item_1" WHERE ? = "order_item_1"."order_id" AND "item"."id" = "order_item_1"."item_id"))) [1, 1, 1, 2]
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [1]
        SELECT "node"."id", "node"."name", "node"."parent_id" FROM "node" WHERE EXISTS (SELECT ? FROM "node" AS "node_1" WHERE "node_1"."id" = "node"."parent_id" AND ? = "node_1"."parent_id") [1, 1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn conditions_with_objects_that_have_no_key() {
    let db = filled();
    let session = db.session();
    let new = orm::IntoObj::into_obj(User::builder().name("new")).unwrap();
    let run = |criterion| show(session.scalars(select(Order).filter(criterion)).and_then(|rows| rows.all()));
    expect!["[unset] `User.id`: the key of User(new) isn't known; help: add the object to the session first"]
        .assert_eq(&run(Order::user.is(&new)));
    expect!["[unset] `User.id`: the key of User(new) isn't known; help: add the object to the session first"]
        .assert_eq(&run(with_parent(&new, User::orders)));
    // Pending, it is flushed first.
    let new = session.add(&new).unwrap();
    session.add(Order::builder().note("its").user(&new)).unwrap();
    let its = session.scalars(select(Order).filter(Order::user.is(&new))).unwrap().one().unwrap();
    assert_eq!(its.note().unwrap().unwrap(), "its");
}

// ---- how results are taken ----

#[test]
fn one_first_all_each() {
    let db = filled();
    let session = db.session();
    let all = || session.scalars(select(User).order_by(User::id)).unwrap();
    let none = || session.scalars(select(User).filter(User::id.lt(0))).unwrap();
    assert_eq!(all().first().unwrap().unwrap().name().unwrap(), "ed");
    assert_eq!(none().first().unwrap(), None);
    assert_eq!(none().one_or_none().unwrap(), None);
    assert_eq!(none().all().unwrap(), []);
    expect!["[no-result] `User`: no row where one was asked for; help: use `one_or_none()`"]
        .assert_eq(&show(none().one()));
    expect![
        "[multiple-results] `User`: several rows where one was asked for; help: filter more, or use `first()`"
    ]
    .assert_eq(&show(all().one()));
    assert_eq!(code(all().one_or_none()), Code::MultipleResults);
    let mut seen = Vec::new();
    all()
        .each(|user| {
            seen.push(user.name()?);
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["ed", "jack", "mary"]);
    // An error of the closure's own ends it.
    let mut calls = 0;
    let ended = all().each(|user| {
        calls += 1;
        Err(orm::Error::new(Code::WrongState, format!("at {user:?}")))
    });
    assert_eq!((show(ended), calls), ("[wrong-state] at User#1".to_owned(), 1));
}

#[test]
fn the_session_works_while_rows_are_read() {
    let db = filled();
    let session = db.session();
    let mut emails = Vec::new();
    let users = session.scalars(select(User).order_by(User::id)).unwrap();
    users
        .each(|user| {
            for address in user.addresses().iter()? {
                emails.push(address.email()?);
            }
            user.set_fullname("seen")?;
            session.add(Keyword::builder().word(user.name()?))?;
            session.flush()
        })
        .unwrap();
    assert_eq!(emails, ["ed@x", "ed@y", "jack@x"]);
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from keyword"), "3\n");
    assert_eq!(db.rows("select count(*) from user_account where fullname = 'seen'"), "3\n");
}

#[test]
fn the_transaction_may_end_while_rows_are_read() {
    for how in [Session::commit, Session::rollback, Session::close] {
        let db = filled();
        let session = db.session();
        let mut seen = 0;
        let users = session.scalars(select(User).order_by(User::id)).unwrap();
        let ended = users.each(|_| {
            seen += 1;
            how(&session)
        });
        // SQLite keeps the statement going or ends it with an error; the session works either way.
        assert!(ended.is_ok() || seen > 0);
        session.rollback().unwrap();
        assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 3);
    }
}

#[test]
fn loaded_changes_are_kept_when_the_row_comes_again() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    session.no_autoflush(|session| {
        ed.set_name("changed").unwrap();
        let again = session.scalars(select(User).filter(User::id.eq(1))).unwrap().one().unwrap();
        assert_eq!(again, ed);
    });
    assert_eq!(ed.name().unwrap(), "changed");
}

#[test]
fn a_query_shows_its_text_and_itself() {
    let db = filled();
    let session = db.session();
    let query = select(User).filter(User::name.eq("ed")).limit(1);
    expect![[r#"SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."name" = ? LIMIT ?"#]].assert_eq(&session.sql(query.clone()).unwrap());
    expect![[r#"Select { items: [User], filters: [Node(Compare(Eq), 1, [Late(user_account.name), Value(Text("ed"))])], order: [], limit: Some(Value(Int(1))), offset: None, .. }"#]].assert_eq(&format!("{query:?}"));
    assert_eq!(db.statements(), 0);
}

#[test]
fn queries_by_names() {
    let db = filled();
    let session = db.session();
    let mapper = Models::mapper("User").unwrap();
    let with_orders = select(mapper.entity()).filter(mapper.relationship("orders").unwrap().any(()));
    let found = session.scalars(with_orders).unwrap().one().unwrap();
    assert_eq!(found.get("name").unwrap(), orm::Value::Text("ed".into()));
    let orders = select(Models::mapper("Order").unwrap().entity());
    let own = session
        .scalars(orders.filter(mapper.relationship("orders").unwrap().of_parent(&found)))
        .unwrap()
        .all()
        .unwrap();
    assert_eq!(own.len(), 2);
    assert_eq!(code(mapper.relationship("order")), Code::UnknownAttribute);
    assert_eq!(mapper.relation_named("orders").unwrap().kind(), Kind::List);
}

// ---- lazy = "raise" ----

mod strict {
    //! Relationships that don't load by themselves.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Zoo
    );

    #[derive(Mapped)]
    #[mapped(registry = Zoo)]
    pub struct Team {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "team", lazy = "raise")]
        pub players: Many<Player>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Zoo)]
    pub struct Player {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Team::id)]
        pub team_id: i64,
        #[relationship(back_populates = "players", lazy = "raise_on_sql")]
        pub team: One<Team>,
    }
}

#[test]
fn lazy_raise() {
    use strict::{Player, Team, Zoo};
    let db = Db::empty();
    Zoo::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(Team::builder().players([Player::builder(), Player::builder()])).unwrap();
    session.commit().unwrap();
    let player = session.get_one::<Player>(1).unwrap();
    db.sql();
    // By a statement it is an error; from the identity map it is not.
    expect![[r#"[raise-on-load] `Player.team`: it isn't loaded, and says `lazy = "raise_on_sql"`; help: load it with `refresh_attributes` first"#]].assert_eq(&show(player.team()));
    let team = session.get_one::<Team>(1).unwrap();
    assert_eq!(player.team().unwrap(), team);
    expect![[r#"[raise-on-load] `Team.players`: it isn't loaded, and says `lazy = "raise"`; help: load it with `refresh_attributes` first"#]].assert_eq(&show(team.players().len()));
    assert_eq!(code(team.players().append(Player::builder())), Code::RaiseOnLoad);
    assert!(!team.players().is_loaded().unwrap());
    assert_eq!(db.statements(), 1);
    // A query may say otherwise.
    let other = db.session();
    let lazily = other.scalars(select(Team).options(orm::lazy(Team::players))).unwrap().one().unwrap();
    assert_eq!(lazily.players().len().unwrap(), 2);
    assert_eq!(db.statements(), 2);
    // What is asked for by name is loaded all the same.
    session.refresh_attributes(&team, &["id"]).unwrap();
    assert!(!team.players().is_loaded().unwrap());
    session.refresh_attributes(&team, &["players"]).unwrap();
    assert_eq!(team.players().len().unwrap(), 2);
    drop(team);
    session.expunge_all();
    let player = session.get_one::<Player>(1).unwrap();
    session.refresh_attributes(&player, &["team"]).unwrap();
    assert_eq!(player.team().unwrap().id().unwrap(), 1);
    // A deletion has to know what it deletes, and a flush what depends on it.
    session.delete(&player).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id from player"), "2\n");
}

// ---- rows of many columns ----

mod wide {
    //! Classes whose rows are read into rooms of different size.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Wide
    );

    #[derive(Mapped)]
    #[mapped(registry = Wide)]
    pub struct Twelve {
        #[column(primary_key)]
        pub id: i64,
        pub c0: i64,
        pub c1: i64,
        pub c2: i64,
        pub c3: i64,
        pub c4: i64,
        pub c5: i64,
        pub c6: i64,
        pub c7: i64,
        pub c8: i64,
        pub c9: i64,
        pub c10: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Wide)]
    pub struct Thirty {
        #[column(primary_key)]
        pub id: i64,
        pub c0: i64,
        pub c1: i64,
        pub c2: i64,
        pub c3: i64,
        pub c4: i64,
        pub c5: i64,
        pub c6: i64,
        pub c7: i64,
        pub c8: i64,
        pub c9: i64,
        pub c10: i64,
        pub c11: i64,
        pub c12: i64,
        pub c13: i64,
        pub c14: i64,
        pub c15: i64,
        pub c16: i64,
        pub c17: i64,
        pub c18: i64,
        pub c19: i64,
        pub c20: i64,
        pub c21: i64,
        pub c22: i64,
        pub c23: i64,
        pub c24: i64,
        pub c25: i64,
        pub c26: i64,
        pub c27: i64,
        pub c28: i64,
    }
}

#[test]
fn rows_of_many_columns() {
    let db = Db::empty();
    wide::Wide::create_all(&db.engine).unwrap();
    let session = db.session();
    let numbers = |from: i64, to: i64| (from..to).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    db.run(&format!("insert into twelve values ({})", numbers(1, 13)));
    db.run(&format!("insert into thirty values ({})", numbers(1, 31)));
    let twelve = session.get_one::<wide::Twelve>(1).unwrap();
    assert_eq!((twelve.c0().unwrap(), twelve.c5().unwrap(), twelve.c10().unwrap()), (2, 7, 12));
    let thirty = session.scalars(select(wide::Thirty)).unwrap().one().unwrap();
    assert_eq!((thirty.c0().unwrap(), thirty.c15().unwrap(), thirty.c28().unwrap()), (2, 17, 30));
}

/// As in SQLAlchemy: the key of the object that a condition names is the last that was known where it can't be loaded.
#[test]
fn a_condition_names_an_object_that_has_left_the_session_expired() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let query = select(Address).filter(with_parent(&ed, User::addresses)).order_by(Address::id);
    let found = session.scalars(query.clone()).unwrap().all().unwrap();
    assert!(!found.is_empty());
    session.expire(&ed).unwrap();
    session.expunge(&ed).unwrap();
    assert_eq!(session.scalars(query).unwrap().all().unwrap(), found);
    // A condition that is made only then has nothing that was known.
    let jack = session.get_one::<User>(2).unwrap();
    session.expire(&jack).unwrap();
    session.expunge(&jack).unwrap();
    let late = select(Address).filter(with_parent(&jack, User::addresses));
    assert_eq!(code(session.scalars(late).unwrap().all()), Code::Unset);
}
