//! What is loaded of objects that are there already: when they are expired, refreshed, or met again by another query.

use expect_test::expect;
use orm::prelude::*;
use orm::{OptionOf, defer_all};
use tests::models::*;
use tests::{Db, filled, tree};

use super::chain;

/// The ways of loading addresses along with their users, and how many statements a query takes by each.
fn ways() -> [(OptionOf<User>, usize); 4] {
    [
        (OptionOf::new(joined(User::addresses)), 1),
        (OptionOf::new(selectin(User::addresses)), 2),
        (OptionOf::new(subquery(User::addresses)), 2),
        (OptionOf::new(immediate(User::addresses)), 2),
    ]
}

/// An expired object is loaded with what its class, or the query that found it, says of its relationships.
#[test]
fn what_belongs_to_an_expired_object_comes_with_it() {
    macro_rules! declared {
        ($($name:ident $statements:literal,)*) => {$({
            use chain::$name::*;
            let db = chain::filled(Chain::create_all, &[2, 1]);
            let session = db.session();
            let user = session.get_one::<User>(1).unwrap();
            let whole = tree(&user);
            assert!(user.orders().is_loaded().unwrap(), stringify!($name));
            for again in [
                Session::expire,
                |session: &Session, user: &Obj<User>| session.refresh(user),
                |session: &Session, _: &Obj<User>| session.commit(),
            ] {
                again(&session, &user).unwrap();
                db.sql();
                assert_eq!(user.name().unwrap(), "user 1");
                let statements = db.statements();
                assert!(statements == $statements || statements == 0, "{} {statements}", stringify!($name));
                assert_eq!(tree(&user), whole, stringify!($name));
            }
        })*};
    }
    declared! { joined 1, selectin 3, subquery 3, immediate 3, }
    for (option, statements) in ways() {
        let db = filled();
        let session = db.session();
        let user =
            session.scalars(select(User).filter(User::id.eq(1)).options(option)).unwrap().one().unwrap();
        assert_eq!(db.statements(), statements);
        session.expire(&user).unwrap();
        assert_eq!(user.name().unwrap(), "ed");
        assert_eq!(db.statements(), statements);
        assert_eq!(tree(&user), "User#1(addresses: [Address#1, Address#2])");
    }
}

/// An object that a statement meets at several places keeps what is said at the one nearest to the query's own objects,
/// whichever came first.
#[test]
fn the_nearest_place_says_how_an_object_is_loaded_anew() {
    let db = filled();
    let session = db.session();
    let again = |node: &Obj<Node>| {
        session.expire(node).unwrap();
        db.sql();
        node.name().unwrap();
        format!("{}\n{}", node.children().is_loaded().unwrap(), db.sql())
    };
    // The row of the root names its child before the child's own row comes.
    let query = || select(Node).order_by(Node::id).options(joined(Node::children));
    let nodes = session.scalars(query()).unwrap().all().unwrap();
    expect![[r#"
        true
        SELECT "node"."id", "node"."name", "node"."parent_id", "node_1"."id", "node_1"."name", "node_1"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" WHERE "node"."id" = ? ORDER BY "node_1"."id" [2]
    "#]].assert_eq(&again(&nodes[1]));
    // One that stands beside others only has nothing said of it.
    session.expunge_all();
    let root = session.scalars(query().filter(Node::id.eq(1))).unwrap().one().unwrap();
    let child = root.children().get(0).unwrap().unwrap();
    expect![[r#"
        false
        SELECT "id", "name", "parent_id" FROM "node" WHERE "id" = ? [2]
    "#]]
    .assert_eq(&again(&child));
    // What the row of an order says of its user doesn't count where the user is an object of the query too.
    session.expunge_all();
    let query = select((Order, User)).join(Order::user).filter(Order::id.eq(1));
    let query = query.options(joined(Order::user).joined(User::addresses));
    let (_order, user) = session.execute(query).unwrap().one().unwrap();
    session.expire(&user).unwrap();
    db.sql();
    assert_eq!(user.name().unwrap(), "ed");
    expect![[r#"
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

orm::registry!(
    /// Frames, each with a picture of its own.
    pub Single
);

#[derive(Mapped)]
#[mapped(table = "frame", registry = Single)]
pub struct Frame {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "frame", cascade = "all, delete-orphan")]
    pub picture: Option<One<Picture>>,
}

#[derive(Mapped)]
#[mapped(table = "picture", registry = Single)]
pub struct Picture {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Frame::id, unique)]
    pub frame_id: Option<i64>,
    #[relationship(back_populates = "picture", single_parent)]
    pub frame: Option<One<Frame>>,
}

/// What comes after the row of an object that is loaded anew is read of it, whatever strategy the query said: what was
/// changed is flushed before a statement, also where the object itself was looked at without that.
#[test]
fn what_comes_after_an_expired_object_is_read() {
    for option in [
        OptionOf::new(subquery(Picture::frame)),
        OptionOf::new(selectin(Picture::frame)),
        OptionOf::new(immediate(Picture::frame)),
    ] {
        let db = Db::empty();
        Single::create_all(&db.engine).unwrap();
        db.run("INSERT INTO frame VALUES (1, 'old'), (2, 'other'); INSERT INTO picture VALUES (1, 1)");
        let session = db.session();
        let frames = session.scalars(select(Frame).order_by(Frame::id)).unwrap().all().unwrap();
        let picture = session.scalars(select(Picture).options(option)).unwrap().one().unwrap();
        session.commit().unwrap();
        frames[0].set_name("new").unwrap();
        db.sql();
        frames[1].set_picture(Some(&picture)).unwrap();
        expect![[r#"
            SELECT "id", "name" FROM "frame" WHERE "id" = ? [2]
            SELECT "picture"."id", "picture"."frame_id" FROM "picture" WHERE ? = "picture"."frame_id" [2]
            SELECT "id", "frame_id" FROM "picture" WHERE "id" = ? [1]
            SELECT "id", "name" FROM "frame" WHERE "id" = ? [1]
            UPDATE "frame" SET "name" = ? WHERE "id" = ? ['new', 1]
        "#]]
        .assert_eq(&db.sql());
    }
}

/// A column that is read later is loaded alone.
#[test]
fn a_deferred_column_brings_nothing_with_it() {
    for (option, _) in ways() {
        let db = filled();
        let session = db.session();
        let query = select(User).filter(User::id.eq(1)).options((defer(User::fullname), option));
        let user = session.scalars(query).unwrap().one().unwrap();
        db.sql();
        assert_eq!(user.fullname().unwrap().as_deref(), Some("Ed Jones"));
        expect![[r#"
            SELECT "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" = ? [1]
        "#]]
        .assert_eq(&db.sql());
    }
}

/// What was changed and isn't written is given up, of the object and of what it leads to. (`immediate` reads, so it flushes
/// before.)
#[test]
fn everything_is_overwritten_where_it_is_wanted() {
    for (option, _) in ways().into_iter().take(3) {
        let db = filled();
        let session = db.session();
        let user = session.get_one::<User>(1).unwrap();
        let addresses: Vec<Obj<Address>> = user.addresses().iter().unwrap().collect();
        user.set_name("changed").unwrap();
        user.addresses().remove(&addresses[0]).unwrap();
        user.addresses().append(Address::builder().email("new")).unwrap();
        let query = select(User).filter(User::id.eq(1)).options(option).populate_existing().autoflush(false);
        let again = session.scalars(query).unwrap().one().unwrap();
        assert_eq!(again, user);
        assert_eq!(user.addresses().iter().unwrap().collect::<Vec<_>>(), addresses);
        assert_eq!(user.name().unwrap(), "ed");
    }
}

/// What leads back to an object that was overwritten leaves it as it is; with `like_sqlalchemy` the statement that does so
/// overwrites it once more, and what the first one loaded is forgotten.
#[test]
fn what_is_met_again_is_overwritten_again_as_in_sqlalchemy() {
    for like_sqlalchemy in [false, true] {
        let db = filled();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let query = select(User).filter(User::id.eq(1)).options(joined(User::orders).selectin(Order::user));
        let user = session.scalars(query.populate_existing()).unwrap().one().unwrap();
        assert_eq!(db.statements(), if like_sqlalchemy { 2 } else { 1 });
        let is_loaded = user.orders().is_loaded().unwrap();
        assert_eq!(is_loaded, !like_sqlalchemy);
    }
}

/// What a query leaves out of an object that it overwrites is loaded when it is read; with `like_sqlalchemy` columns and
/// references keep what they had.
#[test]
fn what_is_left_out_of_an_overwritten_object() {
    for like_sqlalchemy in [false, true] {
        let db = filled();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy).autoflush(false);
        let session = Session::with_config(&db.engine, config);
        let order = session.get_one::<Order>(1).unwrap();
        assert_eq!(order.user().unwrap().map(|user| user.id().unwrap()), Some(1));
        assert_eq!(order.items().len().unwrap(), 2);
        order.set_note("changed").unwrap();
        order.items().clear().unwrap();
        let query = select(Order).filter(Order::id.eq(1)).populate_existing();
        let query = query.options((defer(Order::note), raise(Order::user), immediate(Order::items)));
        db.sql();
        session.scalars(query).unwrap().one().unwrap();
        assert_eq!(db.statements(), if like_sqlalchemy { 1 } else { 2 });
        assert_eq!(order.items().len().unwrap(), if like_sqlalchemy { 0 } else { 2 });
        assert_eq!(order.user().is_ok(), like_sqlalchemy);
        let note = order.note().unwrap();
        assert_eq!(note.as_deref(), Some(if like_sqlalchemy { "changed" } else { "o1" }));
        // It counts as what the database has.
        assert!(!Obj::any(&order).is_modified());
    }
}

/// A collection that is loaded stays as it is with its changes, and what is beyond it is loaded for who was in a row.
#[test]
fn the_second_step_is_loaded_for_those_that_are_there() {
    type Way = fn() -> orm::query::Load<User, Item>;
    let ways: [(&str, Way, usize); 4] = [
        ("joined", || joined(User::orders).joined(Order::items), 2),
        ("selectin", || selectin(User::orders).selectin(Order::items), 2),
        ("subquery", || subquery(User::orders).subquery(Order::items), 2),
        // It loads what is read, and nothing where that is there.
        ("immediate", || immediate(User::orders).immediate(Order::items), 0),
    ];
    for (name, way, loaded) in ways {
        let db = filled();
        let session = db.session();
        let user = session.get_one::<User>(1).unwrap();
        let orders: Vec<Obj<Order>> = user.orders().iter().unwrap().collect();
        session.no_autoflush(|session| {
            orders[0].set_note("changed").unwrap();
            let new = session.add(Order::builder().note("new")).unwrap();
            user.orders().append(&new).unwrap();
            let query = select(User).filter(User::id.eq(1)).options(way());
            session.scalars(query).unwrap().one().unwrap();
            assert_eq!(user.orders().len().unwrap(), 3, "{name}");
            assert_eq!(user.orders().get(2).unwrap().unwrap(), new, "{name}");
            assert_eq!(orders[0].note().unwrap().as_deref(), Some("changed"), "{name}");
            db.sql();
            assert_eq!(orders[0].items().len().unwrap() + orders[1].items().len().unwrap(), 3);
            assert_eq!(db.statements(), 2 - loaded, "{name}");
        });
    }
}

#[test]
fn two_steps_after_one() {
    type Way = fn() -> OptionOf<User>;
    let ways: [(Way, Way); 4] = [
        (|| OptionOf::new(joined(User::orders)), || OptionOf::new(joined(User::orders).joined(Order::items))),
        (
            || OptionOf::new(selectin(User::orders)),
            || OptionOf::new(selectin(User::orders).selectin(Order::items)),
        ),
        (
            || OptionOf::new(subquery(User::orders)),
            || OptionOf::new(subquery(User::orders).subquery(Order::items)),
        ),
        (
            || OptionOf::new(joined(User::orders)),
            || OptionOf::new(joined(User::orders).selectin(Order::items)),
        ),
    ];
    for (one, two) in ways {
        let db = filled();
        let session = db.session();
        let users = session.scalars(select(User).order_by(User::id).options(one())).unwrap().all().unwrap();
        assert_eq!(tree(&users[0]), "User#1(orders: [Order#1, Order#2])");
        session.scalars(select(User).options(two())).unwrap().all().unwrap();
        assert_eq!(
            tree(&users[0]),
            "User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])"
        );
        assert_eq!(tree(&users[1]), "User#2(orders: [])");
    }
}

/// To one: what is loaded of what a reference leads to, where that is loaded already.
#[test]
fn the_second_step_of_a_reference_that_is_there() {
    let options: [fn() -> OptionOf<Order>; 4] = [
        || OptionOf::new(joined(Order::user).joined(User::addresses)),
        || OptionOf::new(selectin(Order::user).selectin(User::addresses)),
        || OptionOf::new(subquery(Order::user).subquery(User::addresses)),
        || OptionOf::new(joined(Order::user).selectin(User::addresses)),
    ];
    for option in options {
        let db = filled();
        let session = db.session();
        let order = session.get_one::<Order>(1).unwrap();
        let user = order.user().unwrap().unwrap();
        session.scalars(select(Order).filter(Order::id.eq(1)).options(option())).unwrap().one().unwrap();
        db.sql();
        assert_eq!(user.addresses().len().unwrap(), 2);
        assert_eq!(db.statements(), 0);
    }
}

/// A collection that was never asked for, and one that was given empty to a new object.
#[test]
fn a_new_object_is_met_by_a_query() {
    for (option, _) in ways() {
        let db = filled();
        let session = db.session();
        let user = session.add(User::builder().name("new").addresses(Vec::<Obj<Address>>::new())).unwrap();
        session.commit().unwrap();
        let found = session
            .scalars(select(User).filter(User::name.eq("new")).options(option))
            .unwrap()
            .one()
            .unwrap();
        assert_eq!(found, user);
        assert_eq!(tree(&user), "User#4(addresses: [])");
    }
}

/// A joined collection whose objects lead back by another statement: each is loaded once.
#[test]
fn a_way_back_by_another_strategy_ends() {
    for way in [selectin, subquery, immediate] {
        let db = filled();
        let session = db.session();
        let option = joined(User::addresses).options(way(Address::user));
        let user =
            session.scalars(select(User).filter(User::id.eq(1)).options(option)).unwrap().one().unwrap();
        assert_eq!(db.statements(), 1, "who is led back to is there");
        let whole = "User#1(addresses: [Address#1(user: User#1), Address#2(user: User#1)])";
        assert_eq!(tree(&user), whole);
        session.expire(&user).unwrap();
        assert_eq!(user.name().unwrap(), "ed");
        assert_eq!(db.statements(), 1);
        assert_eq!(tree(&user), whole);
    }
}

/// What is left empty at the end of a way is the parent's own collection, which is being filled: the parent's place counts.
#[test]
fn a_way_back_that_leaves_empty_takes_nothing_away() {
    for way in [selectin, subquery, immediate, joined] {
        let db = filled();
        let session = db.session();
        let option = way(User::addresses).options(joined(Address::user).options(noload(User::addresses)));
        let user =
            session.scalars(select(User).filter(User::id.eq(1)).options(option)).unwrap().one().unwrap();
        assert_eq!(user.addresses().len().unwrap(), 2);
    }
}

/// One that refers to itself is met in its own row, and what isn't loaded there is loaded when it is read.
#[test]
fn an_object_that_refers_to_itself_is_met_in_its_own_row() {
    let db = filled();
    db.run("DELETE FROM node; INSERT INTO node VALUES (1, 'own', 1), (2, 'other', 1)");
    for option in [joined(Node::parent), selectin(Node::parent), immediate(Node::parent), lazy(Node::parent)]
    {
        let session = db.session();
        let nodes = session.scalars(select(Node).order_by(Node::id).options(option)).unwrap().all().unwrap();
        assert_eq!(nodes[0].parent().unwrap().as_ref(), Some(&nodes[0]));
        assert_eq!(nodes[1].parent().unwrap().as_ref(), Some(&nodes[0]));
        assert_eq!(nodes[0].children().len().unwrap(), 2);
        assert_eq!(nodes[1].children().len().unwrap(), 0);
    }
    let session = db.session();
    let query = select(Node).filter(Node::id.eq(1)).options(joined(Node::parent).joined(Node::children));
    let own = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(tree(&own), "Node#1(children: [Node#1, Node#2], parent: Node#1)");
    let session = db.session();
    let query =
        select(Node).filter(Node::id.eq(1)).options(joined(Node::children).options(selectin(Node::parent)));
    let own = session.scalars(query).unwrap().one().unwrap();
    assert_eq!(tree(&own), "Node#1(children: [Node#1, Node#2(parent: Node#1)], parent: Node#1)");
}

/// Objects that were loaded in part, each by the column that a path needs.
#[test]
fn what_a_joined_load_needs_is_taken_from_the_row_alone() {
    let db = filled();
    let session = db.session();
    // The foreign key isn't loaded, though the join compares it.
    let query =
        select(Address).order_by(Address::id).options((defer(Address::user_id), joined(Address::user)));
    for query in [query.clone(), query.limit(3)] {
        session.expunge_all();
        let addresses = session.scalars(query).unwrap().all().unwrap();
        let users: Vec<i64> = addresses.iter().map(|address| address.user().unwrap().id().unwrap()).collect();
        assert_eq!(users, [1, 1, 2]);
        assert_eq!(db.statements(), 1);
        assert_eq!(addresses[0].user_id().unwrap(), 1);
        assert_eq!(db.statements(), 1);
    }
    let query = select(User).filter(User::id.eq(1)).options((
        defer_all(),
        joined(User::addresses)
            .options((defer(Address::user_id), joined(Address::user).options(defer_all()))),
    ));
    for query in [query.clone(), query.limit(1)] {
        session.expunge_all();
        let user = session.scalars(query).unwrap().one().unwrap();
        assert_eq!(db.statements(), 1);
        assert_eq!(tree(&user), "User#1(addresses: [Address#1(user: User#1), Address#2(user: User#1)])");
        assert_eq!(user.addresses().get(0).unwrap().unwrap().user_id().unwrap(), 1);
        assert_eq!(db.statements(), 1);
    }
}

/// Rows of many-to-many links and keys are taken whatever columns are left out, by every strategy.
#[test]
fn keys_are_there_where_columns_are_left_out() {
    for load in [joined, selectin, subquery, immediate] {
        let db = filled();
        let session = db.session();
        let query =
            select(Order).filter(Order::id.eq(1)).options((load_only(Order::note), load(Order::items)));
        let order = session.scalars(query).unwrap().one().unwrap();
        assert_eq!(tree(&order), "Order#1(items: [Item#1, Item#2])");
    }
    for load in [joined, selectin, subquery, immediate] {
        let db = filled();
        let session = db.session();
        let query = select(Order)
            .filter(Order::id.le(2))
            .order_by(Order::id)
            .options((load_only(Order::note), load(Order::user)));
        let orders = session.scalars(query).unwrap().all().unwrap();
        assert_eq!(
            orders.iter().map(tree).collect::<Vec<_>>(),
            ["Order#1(user: User#1)", "Order#2(user: User#1)"]
        );
    }
}

/// Of an object that was there before a collection stays as it is, whatever condition an option has, and what the option says
/// further counts for those that meet the condition.
#[test]
fn a_condition_takes_nothing_from_a_collection_that_is_there() {
    let ways: [fn() -> OptionOf<User>; 2] = [
        || OptionOf::new(selectin(User::orders).and(Order::id.gt(1)).joined(Order::items)),
        || OptionOf::new(subquery(User::orders).and(Order::id.gt(1)).selectin(Order::items)),
    ];
    for way in ways {
        let db = filled();
        let session = db.session();
        let user = session.get_one::<User>(1).unwrap();
        let orders: Vec<Obj<Order>> = user.orders().iter().unwrap().collect();
        session.scalars(select(User).filter(User::id.eq(1)).options(way())).unwrap().one().unwrap();
        assert_eq!(tree(&user), "User#1(orders: [Order#1, Order#2(items: [Item#3])])");
        drop(orders);
    }
    // And a reference.
    let db = filled();
    let session = db.session();
    let order = session.get_one::<Order>(1).unwrap();
    assert_eq!(order.user().unwrap().unwrap().id().unwrap(), 1);
    let option = selectin(Order::user).and(User::id.gt(1));
    session.scalars(select(Order).filter(Order::id.eq(1)).options(option)).unwrap().one().unwrap();
    assert_eq!(tree(&order), "Order#1(user: User#1)");
}

/// What is loaded as if it were read takes what the session has, as reading does: a condition on the class is for rows that are
/// read. Of an option's own condition only the row tells.
#[test]
fn what_the_session_has_is_taken_as_where_it_is_read() {
    let db = filled();
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    let query = || select(Order).filter(Order::id.eq(1));
    for (option, orders, leads_to) in [
        (immediate(Order::user), query().with_criteria(User, User::name.ne("ed")), Some(&user)),
        (immediate(Order::user).and(User::name.ne("ed")), query(), None),
    ] {
        db.sql();
        let order = session.scalars(orders.options(option)).unwrap().one().unwrap();
        assert_eq!(order.user().unwrap().as_ref(), leads_to);
        assert_eq!(db.statements(), if leads_to.is_some() { 1 } else { 2 });
        session.expunge(&order).unwrap();
    }
}

/// `immediate` reads an object that was there before by the options that this was loaded by, and the others by those of the
/// query.
#[test]
fn what_is_read_of_an_object_that_is_there_goes_by_its_own_options() {
    let db = filled();
    let session = db.session();
    let known = session.get_one::<User>(1).unwrap();
    db.sql();
    let query = select(User).order_by(User::id).options(immediate(User::orders).joined(Order::items));
    let users = session.scalars(query).unwrap().all().unwrap();
    assert_eq!(tree(&known), "User#1(orders: [Order#1, Order#2])");
    assert_eq!(tree(&users[1]), "User#2(orders: [])");
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id"
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id", "item_2"."id" ['[2,3]']
    "#]].assert_eq(&db.sql());
}

/// What comes after the rows of a place is loaded too of what an object that was there before leads to, where a statement of
/// the query's own has read such a row before. As in SQLAlchemy it depends on which object comes first.
#[test]
fn what_comes_after_rows_is_loaded_of_all_that_are_read_then() {
    for (is_first, expected) in
        [(false, "Address#3(user: User#2(orders: []))"), (true, "Address#3(user: User#2)")]
    {
        let db = filled();
        let session = db.session();
        let known = session.get_one::<Address>(3).unwrap();
        let order = if is_first { Address::id.desc() } else { Address::id.asc() };
        let query = select(Address).order_by(order).options(immediate(Address::user).selectin(User::orders));
        let addresses = session.scalars(query).unwrap().all().unwrap();
        assert_eq!(tree(&known), expected);
        let made = addresses.iter().find(|address| address.id().unwrap() == 1).unwrap();
        assert_eq!(tree(made), "Address#1(user: User#1(orders: [Order#1, Order#2]))");
    }
    // Nobody reads a row where the session has what a key names.
    let db = filled();
    let session = db.session();
    let known = session.get_one::<Address>(3).unwrap();
    let _user = session.get_one::<User>(1).unwrap();
    let query =
        select(Address).order_by(Address::id).options(immediate(Address::user).selectin(User::orders));
    let _addresses = session.scalars(query).unwrap().all().unwrap();
    assert_eq!(tree(&known), "Address#3(user: User#2)");
}

/// A relationship of an object that was there before is filled by a subquery within what is read.
#[test]
fn a_subquery_fills_what_is_there() {
    let db = filled();
    let session = db.session();
    let orders = session.scalars(select(Order).filter(Order::user_id.eq(1)).order_by(Order::id)).unwrap();
    let orders = orders.all().unwrap();
    let option = immediate(User::orders).subquery(Order::items);
    session.scalars(select(User).filter(User::id.eq(1)).options(option)).unwrap().one().unwrap();
    assert_eq!(tree(&orders[0]), "Order#1(items: [Item#1, Item#2])");
}

/// What a query's `subquery` and its rows name is made by the row, and keeps what the query says. SQLAlchemy runs the subquery
/// with the first row, so that it makes all but the object of that, and these keep what is said of its place.
#[test]
fn who_makes_what_a_subquery_and_rows_name() {
    for like_sqlalchemy in [false, true] {
        let db = filled();
        let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
        let session = Session::with_config(&db.engine, config);
        let statements = |node: &Obj<Node>| {
            session.refresh(node).unwrap();
            db.statements()
        };
        let query = || select(Node).order_by(Node::id);
        let nodes = session.scalars(query().options(subquery(Node::children))).unwrap().all().unwrap();
        db.sql();
        let found: Vec<_> = nodes.iter().map(statements).collect();
        assert_eq!(found, if like_sqlalchemy { [2, 1, 1, 1] } else { [2; 4] });
        // What stands in the first row is made by it, as far as it comes before the subquery.
        session.expunge_all();
        let query = query().filter(Node::id.le(2)).options((joined(Node::parent), subquery(Node::children)));
        let nodes = session.scalars(query).unwrap().all().unwrap();
        db.sql();
        let found: Vec<_> = nodes.iter().map(statements).collect();
        assert_eq!(found, if like_sqlalchemy { [2, 1] } else { [2, 2] });
    }
}

orm::registry!(
    /// Authors, and books that have their author loaded with them.
    pub Written
);

#[derive(Mapped)]
#[mapped(table = "author", registry = Written)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "author")]
    pub books: Many<Book>,
}

#[derive(Mapped)]
#[mapped(table = "book", registry = Written)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(foreign_key = Author::id)]
    pub author_id: Option<i64>,
    #[relationship(back_populates = "books", lazy = "selectin")]
    pub author: Option<One<Author>>,
}

/// An object is loaded anew as on the way on which a query's options reached it: what is declared isn't followed back round a
/// circle. With `like_sqlalchemy` that counts also where they say nothing of the object itself.
#[test]
fn an_expired_object_leads_back_as_on_its_way() {
    for like_sqlalchemy in [false, true] {
        let options = [
            (OptionOf::new(joined(Author::books)), if like_sqlalchemy { 1 } else { 2 }),
            // The author is loaded anew as the query says too.
            (OptionOf::new(selectin(Author::books)), if like_sqlalchemy { 1 } else { 3 }),
            (OptionOf::new(joined(Author::books).options(defer(Book::title))), 1),
        ];
        for (option, statements) in options {
            let db = Db::empty();
            Written::create_all(&db.engine).unwrap();
            db.run(
                "INSERT INTO author VALUES (1); INSERT INTO book VALUES (1, 'first', 1), (2, 'second', 1)",
            );
            let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
            let session = Session::with_config(&db.engine, config);
            let author = session.scalars(select(Author).options(option)).unwrap().one().unwrap();
            let book = author.books().get(0).unwrap().unwrap();
            session.commit().unwrap();
            db.sql();
            assert_eq!(book.title().unwrap(), "first");
            assert_eq!(db.statements(), statements);
            assert_eq!(book.author().unwrap().as_ref(), Some(&author));
            assert_eq!(db.statements(), 0);
        }
    }
}

/// What an object leads to that is refreshed is what its row says, also where the flush before has loaded what it was.
#[test]
fn a_flush_before_a_refresh_loads_what_was() {
    let options: [OptionOf<Order>; 4] = [
        OptionOf::new(joined(Order::user)),
        OptionOf::new(selectin(Order::user)),
        OptionOf::new(subquery(Order::user)),
        OptionOf::new(immediate(Order::user)),
    ];
    for option in options {
        let db = filled();
        let session = db.session();
        let jack = session.get_one::<User>(2).unwrap();
        let query = select(Order).filter(Order::id.eq(3)).options(option);
        let order = session.scalars(query).unwrap().one().unwrap();
        assert!(order.user().unwrap().is_none());
        session.expire(&order).unwrap();
        order.set_user(&jack).unwrap();
        session.refresh(&order).unwrap();
        db.sql();
        assert_eq!(order.user().unwrap(), Some(jack));
        assert_eq!(db.statements(), 0);
    }
    // A collection too, to which its items were given by the other side.
    let options: [OptionOf<User>; 4] = [
        OptionOf::new(joined(User::orders)),
        OptionOf::new(selectin(User::orders)),
        OptionOf::new(subquery(User::orders)),
        OptionOf::new(immediate(User::orders)),
    ];
    for option in options {
        let db = filled();
        let session = db.session();
        let order = session.get_one::<Order>(3).unwrap();
        let query = select(User).filter(User::id.eq(2)).options(option);
        let jack = session.scalars(query).unwrap().one().unwrap();
        session.expire(&jack).unwrap();
        order.set_user(&jack).unwrap();
        jack.set_name("Jack").unwrap();
        session.refresh(&jack).unwrap();
        db.sql();
        assert_eq!(jack.orders().iter().unwrap().collect::<Vec<_>>(), [order]);
        assert_eq!(db.statements(), 0);
    }
}
