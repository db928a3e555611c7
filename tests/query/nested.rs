//! Plain values that are nested as the options of a query say.

use expect_test::expect;
use orm::prelude::*;
use orm::{Lazy, OptionOf, all, defer_all, load_only, undefer};
use tests::models::*;
use tests::{Db, show};

use super::session;

/// The plain values of a query, and its statements.
fn values<E: orm::Live<Plain = E>>(
    db: &Db,
    session: &Session,
    query: orm::Select<Obj<E>>,
) -> (Vec<E>, String) {
    db.sql();
    let values = session.values(query).unwrap().all().unwrap();
    (values, db.sql())
}

/// An option for each of the strategies that load something.
macro_rules! strategies {
    ($load:ident => $option:expr) => {{
        let all: Vec<OptionOf<User>> = vec![
            OptionOf::new({
                let $load = selectin;
                $option
            }),
            OptionOf::new({
                let $load = joined;
                $option
            }),
            OptionOf::new({
                let $load = subquery;
                $option
            }),
            OptionOf::new({
                let $load = immediate;
                $option
            }),
        ];
        all
    }};
}

#[test]
fn each_strategy_nests_the_same() {
    let (db, session) = session();
    let lists = strategies!(load => load(User::addresses));
    let ones = strategies!(load => load(User::profile));
    let links = strategies!(load => load(User::orders).selectin(Order::items));
    let joined_links = strategies!(load => load(User::orders).joined(Order::items));
    for options in [lists, ones, links, joined_links] {
        let known = db.session();
        let query = select(User).order_by(User::id).options(options[0].clone());
        let objects = known.scalars(query).unwrap().all().unwrap();
        let expected: Vec<User> = objects.iter().map(|user| user.to_value_nested().unwrap()).collect();
        for option in options {
            let query = select(User).order_by(User::id).options(option);
            let (found, sql) = values(&db, &session, query.clone());
            assert_eq!(found, expected, "{sql}");
            if !sql.contains("JOIN") {
                let mut streamed = Vec::new();
                let add = |user| {
                    streamed.push(user);
                    Ok(())
                };
                session.values(&query).unwrap().each(add).unwrap();
                assert_eq!(streamed, expected);
            }
            let first = session.values(&query).unwrap().first().unwrap();
            assert_eq!(first.as_ref(), expected.first());
            assert_eq!(session.values(&query).unwrap().count().unwrap(), expected.len());
        }
    }
}

#[test]
fn statements_are_those_of_objects() {
    let (db, session) = session();
    let query = select(User).order_by(User::id).limit(2);
    let (_, sql) =
        values(&db, &session, query.clone().options(selectin(User::orders).selectin(Order::items)));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ? [2]
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id" ['[1,2]']
        SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2]']
    "#]].assert_eq(&sql);
    let (found, sql) = values(&db, &session, query.clone().options(joined(User::addresses)));
    expect![[r#"
        SELECT "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname", "address_2"."id", "address_2"."email", "address_2"."user_id" FROM (SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id" LIMIT ?) AS "user_account_1" LEFT JOIN "address" AS "address_2" ON "user_account_1"."id" = "address_2"."user_id" ORDER BY "user_account_1"."id", "address_2"."id" [2]
    "#]].assert_eq(&sql);
    assert_eq!(found.len(), 2);
    let (found, sql) = values(&db, &session, select(Address).options(joined(Address::user).inner()));
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id", "user_account_1"."id", "user_account_1"."name", "user_account_1"."fullname" FROM "address" JOIN "user_account" AS "user_account_1" ON "user_account_1"."id" = "address"."user_id"
    "#]].assert_eq(&sql);
    assert!(found.iter().all(|address| address.user.get().unwrap().id == address.user_id));
}

#[test]
fn what_options_dont_say_is_not_loaded() {
    let (db, session) = session();
    let (found, sql) = values(&db, &session, select(User));
    expect![[r#"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account"
    "#]]
    .assert_eq(&sql);
    assert!(
        found
            .iter()
            .all(|user| !user.addresses.is_loaded() && user.profile.as_ref().is_some_and(|p| !p.is_loaded()))
    );
    let options = (lazy(User::addresses), raise(User::orders), noload(User::profile));
    let (found, _) = values(&db, &session, select(User).options(options));
    assert!(found.iter().all(|user| !user.addresses.is_loaded() && !user.orders.is_loaded()));
    assert!(found.iter().all(|user| user.profile.is_none()));
    let (found, _) = values(&db, &session, select(User).options(noload(User::addresses)));
    assert!(found.iter().all(|user| user.addresses.get().unwrap().is_empty()));
    let (found, sql) = values(&db, &session, select(User).options((all(Lazy::SelectIn), lazy(User::orders))));
    assert_eq!(sql.lines().count(), 3);
    let ed = &found[0];
    assert!(ed.addresses.is_loaded() && !ed.orders.is_loaded());
    assert!(!ed.addresses.get().unwrap()[0].user.is_loaded());
    let options = default_load(User::addresses).selectin(Address::user);
    let (found, sql) = values(&db, &session, select(User).options(options));
    assert_eq!((found.len(), sql.lines().count()), (3, 1), "the addresses are loaded when they are read");
}

#[test]
fn what_plain_values_cant_have_is_an_error() {
    let (_db, session) = session();
    let wrong = |option: OptionOf<User>| {
        show(session.values(select(User).options(option)).and_then(|rows| rows.all()))
    };
    expect!["[query] `User`: a plain value has all its columns; help: select columns, and make structs of them by `#[derive(FromRow)]`"].assert_eq(&wrong(OptionOf::new(load_only(User::name))));
    expect!["[query] `User`: a plain value has all its columns; help: select columns, and make structs of them by `#[derive(FromRow)]`"].assert_eq(&wrong(OptionOf::new(defer(User::name))));
    expect!["[query] `Order`: a plain value has all its columns; help: select columns, and make structs of them by `#[derive(FromRow)]`"].assert_eq(&wrong(OptionOf::new(selectin(User::orders).options(defer_all()))));
    expect!["[query] `User.orders`: `batch` loads what is read later, and nothing is loaded later of a plain value; help: take `selectin`"].assert_eq(&wrong(OptionOf::new(batch(User::orders))));
    expect!["[query] `Order.items`: `batch` loads what is read later, and nothing is loaded later of a plain value; help: take `selectin`"].assert_eq(&wrong(OptionOf::new(selectin(User::orders).batch(Order::items))));
    expect!["[query] `batch` loads what is read later, and nothing is loaded later of a plain value; help: take `selectin`"].assert_eq(&wrong(OptionOf::new(all(Lazy::Batch))));
    expect!["[query] `User.orders`: `contains_eager` is told of `orders`, which the query doesn't join; help: add `.join(User::orders)`, or take `joined` in place of `contains_eager`"].assert_eq(&wrong(OptionOf::new(contains_eager(User::orders))));
    session.values(select(User).options(undefer(User::name))).unwrap().all().unwrap();
    let query = select(User).options(joined(User::addresses));
    expect!["[query] a joined collection is whole when all rows are read, and these are read one by one; help: load it by `selectin`"].assert_eq(&show(session.values(query).and_then(|rows| rows.each(|_| Ok(())))));
}

#[test]
fn conditions_narrow_what_is_nested() {
    let (db, session) = session();
    for option in [
        OptionOf::new(selectin(User::addresses).and(Address::email.ends_with("y"))),
        OptionOf::new(joined(User::addresses).and(Address::email.ends_with("y"))),
    ] {
        let (found, _) = values(&db, &session, select(User).order_by(User::id).options(option));
        let emails: Vec<Vec<&str>> =
            found.iter().map(|user| user.addresses.iter().map(|one| one.email.as_str()).collect()).collect();
        assert_eq!(emails, [vec!["ed@y"], vec![], vec![]]);
    }
    let query = select(Address).options(selectin(Address::user).and(User::name.eq("jack")));
    let (found, _) = values(&db, &session, query.clone());
    assert_eq!(found.iter().filter(|address| address.user.is_loaded()).count(), 1);
    let (found, _) = values(&db, &session, query.with_criteria(User, User::id.eq(1)));
    assert_eq!(found.iter().filter(|address| address.user.is_loaded()).count(), 0);
    let query = select(User).join(User::orders).filter(Order::note.eq("o2"));
    let (found, _) =
        values(&db, &session, query.options(contains_eager(User::orders).selectin(Order::items)));
    assert_eq!(found.len(), 1);
    let orders = found[0].orders.get().unwrap();
    assert_eq!((orders.len(), orders[0].items.get().unwrap().len()), (1, 1));
}

#[test]
fn what_several_lead_to_is_in_each_of_them() {
    let (db, session) = session();
    for option in [
        OptionOf::new(selectin(Address::user).selectin(User::orders)),
        OptionOf::new(joined(Address::user).selectin(User::orders)),
        OptionOf::new(joined(Address::user).joined(User::orders)),
        OptionOf::new(selectin(Address::user).joined(User::orders)),
    ] {
        let (found, sql) = values(&db, &session, select(Address).order_by(Address::id).options(option));
        let orders = |address: &Address| address.user.get().unwrap().orders.get().unwrap().len();
        assert_eq!(found.iter().map(orders).collect::<Vec<_>>(), [2, 2, 0], "{sql}");
    }
    let query = select(Item).order_by(Item::id).options(selectin(Item::orders).selectin(Order::items));
    let (found, _) = values(&db, &session, query);
    let items = |item: &Item| -> Vec<Vec<i64>> {
        let ids = |order: &Order| order.items.iter().map(|item| item.id).collect();
        item.orders.iter().map(ids).collect()
    };
    let ids: Vec<_> = found.iter().map(items).collect();
    assert_eq!(ids, [vec![vec![1, 2], vec![1]], vec![vec![1, 2]], vec![vec![3]]]);
    let options = (joined(User::addresses), joined(User::orders).joined(Order::items));
    let (found, _) = values(&db, &session, select(User).order_by(User::id).options(options));
    let counts = |user: &User| {
        let items = |order: &Order| order.items.get().unwrap().len();
        (user.addresses.get().unwrap().len(), user.orders.iter().map(items).collect::<Vec<_>>())
    };
    assert_eq!(found.iter().map(counts).collect::<Vec<_>>(), [(2, vec![2, 1]), (1, vec![]), (0, vec![])]);
}

#[test]
fn classes_in_themselves_nest_as_deep_as_told() {
    fn depth(node: &Node) -> usize {
        1 + node.children.iter().map(depth).max().unwrap_or(0)
    }
    let (db, session) = session();
    let roots = select(Node).filter(Node::parent_id.is_null());
    for (times, deep, statements) in [(1, 2, 2), (2, 3, 3), (7, 3, 4), (u16::MAX, 3, 4)] {
        let query = roots.clone().options(selectin(Node::children).depth(times));
        let (found, sql) = values(&db, &session, query);
        assert_eq!((depth(&found[0]), sql.lines().count()), (deep, statements), "{times}");
    }
    let (found, _) = values(&db, &session, roots.clone().options(joined(Node::children).depth(2)));
    assert_eq!(depth(&found[0]), 3);
    // A node that is below itself.
    session.commit().unwrap();
    db.run("UPDATE node SET parent_id = 3 WHERE id = 1");
    let query = select(Node).options(selectin(Node::children).depth(u16::MAX));
    expect!["[value] `Node.children`: the plain value would nest deeper than 128 objects; help: take the parts one by one"].assert_eq(&show(session.values(query).and_then(|rows| rows.all())));
    let query = select(Node).options(selectin(Node::parent).depth(u16::MAX));
    expect!["[value] `Node.parent`: the plain value would nest deeper than 128 objects; help: take the parts one by one"].assert_eq(&show(session.values(query).and_then(|rows| rows.all())));
}

#[test]
fn values_stand_beside_each_other() {
    let (_db, session) = session();
    let query = select((User, Profile.optional(), User::name)).outer_join(User::profile).order_by(User::id);
    let query = query.options((selectin(User::addresses), selectin(Profile::user)));
    let found = session.values(&query).unwrap().all().unwrap();
    assert_eq!(found.len(), 3);
    let (user, profile, name) = &found[0];
    assert_eq!((user.addresses.get().unwrap().len(), name.as_str()), (2, "ed"));
    assert_eq!(profile.as_ref().unwrap().user.as_ref().unwrap().get().unwrap().name, "ed");
    assert!(found[1].1.is_none() && found[1].0.addresses.get().unwrap().len() == 1);
    // Two that may be missing, of which the second has something in it.
    let query = select((User::id, Profile.optional(), Address.optional()));
    let query = query.outer_join(User::profile).outer_join(User::addresses).order_by((User::id, Address::id));
    let found = session.values(query.options(selectin(Address::user))).unwrap().all().unwrap();
    let owner = |address: &Option<Address>| Some(address.as_ref()?.user.get()?.id);
    assert_eq!(found.iter().map(|row| owner(&row.2)).collect::<Vec<_>>(), [Some(1), Some(1), Some(2), None]);
    // Rows of one user are several, and with a joined collection too.
    let query =
        select((User, Address.optional())).outer_join(User::addresses).order_by((User::id, Address::id));
    let found =
        session.values(query.options((joined(User::orders), joined(Address::user)))).unwrap().all().unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|(user, address)| {
            let owner = address.as_ref().map(|address| address.user.get().unwrap().id);
            (user.id, user.orders.get().unwrap().len(), owner)
        })
        .collect();
    assert_eq!(seen, [(1, 2, Some(1)), (1, 2, Some(1)), (2, 0, Some(2)), (3, 0, None)]);
    // Each user once.
    let query = select(User).join(User::addresses).order_by(User::id).options(selectin(User::orders));
    let found = session.values(query).unwrap().all().unwrap();
    assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(found[0].orders.get().unwrap().len(), 2);
}

#[test]
fn sql_gives_nested_values_too() {
    let (_db, session) = session();
    let sql = "SELECT u.id AS user_account_id, u.name, u.fullname, a.id AS address_id, a.email, a.user_id
        FROM user_account u LEFT JOIN address a ON a.user_id = u.id ORDER BY u.id, a.id";
    let query = select_text(sql).entities(User);
    let query = query.options((contains_eager(User::addresses), selectin(User::orders)));
    let found = session.values(query).unwrap().all().unwrap();
    let counts = |user: &User| (user.addresses.get().unwrap().len(), user.orders.get().unwrap().len());
    assert_eq!(found.iter().map(counts).collect::<Vec<_>>(), [(2, 2), (1, 0), (0, 0)]);
    let sql = "SELECT u.id AS user_account_id, u.name, u.fullname, a.id AS address_id, a.user_id
        FROM user_account u LEFT JOIN address a ON a.user_id = u.id";
    let query = select_text(sql).entities(User).options(contains_eager(User::addresses));
    expect!["[query] `Address.email`: the SQL gives no column `email`; help: a plain value has all its columns: select it, or take `rows`; the SQL gives `user_account_id`, `name`, `fullname`, `address_id`, `user_id`"].assert_eq(&show(session.values(query).and_then(|rows| rows.all())));
}

#[test]
fn many_values_are_read_in_parts() {
    let db = Db::new();
    db.run(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1203)
        INSERT INTO user_account (id, name) SELECT x, 'user ' || x FROM n;
        INSERT INTO address (email, user_id) SELECT 'a', id FROM user_account WHERE id % 3 > 0
        UNION ALL SELECT 'b', id FROM user_account WHERE id % 3 > 1;",
    );
    let session = db.session();
    let query =
        select(User).order_by(User::id.desc()).options(selectin(User::addresses).joined(Address::user));
    let mut seen = 0;
    let check = |user: &User| {
        assert_eq!(user.addresses.get().unwrap().len() as i64, user.id % 3);
        assert!(user.addresses.iter().all(|one| one.user.get().unwrap().id == user.id));
    };
    let (found, sql) = values(&db, &session, query.clone());
    found.iter().for_each(check);
    assert_eq!((found.len(), sql.lines().count()), (1203, 2));
    let part = |users: Vec<User>| {
        users.iter().for_each(check);
        seen += users.len();
        Ok(())
    };
    session.values(&query).unwrap().chunks(100, part).unwrap();
    assert_eq!((seen, db.statements()), (1203, 4));
    assert_eq!(session.values(&query).unwrap().first().unwrap().unwrap().id, 1203);
    assert_eq!(db.statements(), 2);
    let owners = select(Address).options(selectin(Address::user)).order_by(Address::id);
    let (found, sql) = values(&db, &session, owners);
    assert!(found.iter().all(|one| one.user.get().unwrap().id == one.user_id));
    assert_eq!((found.len(), sql.lines().count()), (1203, 3));
}

#[test]
fn an_object_gives_what_is_named() {
    let (db, session) = session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    let value = ed.to_value_with((User::orders.then(Order::items), User::profile)).unwrap();
    expect![[r#"
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE ? = "orders"."user_id" ORDER BY "orders"."id" [1]
        SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
        SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
    let items = |order: &Order| order.items.get().unwrap().len();
    assert_eq!(value.orders.iter().map(items).collect::<Vec<_>>(), [2, 1]);
    assert!(value.profile.as_ref().unwrap().is_loaded() && !value.addresses.is_loaded());
    assert!(!value.orders.get().unwrap()[0].user.as_ref().unwrap().is_loaded());
    // What was read before makes no difference, and nothing is read twice.
    ed.addresses().len().unwrap();
    db.sql();
    assert_eq!(
        ed.to_value_with((User::orders.then(Order::items), User::profile.then(Profile::user)))
            .unwrap()
            .addresses,
        Many::default()
    );
    assert_eq!(db.statements(), 0);
    assert_eq!(ed.to_value_with(()).unwrap(), ed.to_value().unwrap());
    // Back and forth, as it is said.
    let back = User::addresses.then(Address::user).then(User::addresses);
    let value = ed.to_value_with(back).unwrap();
    let address = &value.addresses.get().unwrap()[0];
    assert_eq!(address.user.get().unwrap().addresses.get().unwrap().len(), 2);
    assert!(!address.user.get().unwrap().addresses.get().unwrap()[0].user.is_loaded());
    // Changes are in it, and new objects have what was given to them.
    ed.addresses().append(Address::builder().email("new")).unwrap();
    session.flush().unwrap();
    assert_eq!(ed.to_value_with(User::addresses).map(|value| value.addresses.iter().count()).unwrap(), 3);
    let new = User::builder().name("zoe").orders([Order::builder().note("z")]).into_obj().unwrap();
    assert_eq!(new.to_value_with(vec![User::orders]).unwrap().orders.get().unwrap().len(), 1);
    let nobody = session.get_one::<Order>(3).unwrap();
    assert_eq!(nobody.to_value_with(Order::user).unwrap().user, None);
}

#[test]
fn what_is_named_is_loaded_for_all_that_were_loaded_together() {
    let (db, session) = session();
    for (option, statements) in
        [(OptionOf::new(batch(User::addresses)), 1), (OptionOf::new(Vec::<OptionOf<User>>::new()), 3)]
    {
        session.expunge_all();
        let users = session.scalars(select(User).options(option)).unwrap().all().unwrap();
        db.sql();
        for user in &users {
            assert!(user.to_value_with(User::addresses).unwrap().addresses.is_loaded());
        }
        assert_eq!(db.statements(), statements);
    }
    session.expunge_all();
    let narrow = select(User).options(lazy(User::addresses).and(Address::email.eq("ed@y")));
    let ed = session.scalars(narrow).unwrap().first().unwrap().unwrap();
    assert_eq!(ed.to_value_with(User::addresses).unwrap().addresses.iter().count(), 1);
    session.expunge_all();
    let raising = select(User).options(raise(User::addresses));
    let ed = session.scalars(raising).unwrap().first().unwrap().unwrap();
    assert_eq!(ed.to_value_with(User::addresses).unwrap().addresses.iter().count(), 2, "it is named");
    session.expunge_all();
    assert!(ed.to_value_with(User::orders).is_err(), "a detached object has no session to load it");
    assert_eq!(ed.to_value_with(User::addresses).unwrap().addresses.iter().count(), 2);
}

pub(super) mod composite {
    use orm::prelude::*;

    orm::registry!(
        /// Classes with keys of several columns.
        pub Halls
    );

    #[derive(Mapped, Debug, Clone, Default, PartialEq)]
    #[mapped(table = "hall", registry = Halls)]
    pub struct Hall {
        #[column(primary_key)]
        pub house: i64,
        #[column(primary_key)]
        pub name: String,
        #[relationship(back_populates = "hall", order_by = (Seat::row, Seat::number))]
        pub seats: Many<Seat>,
    }

    #[derive(Mapped, Debug, Clone, Default, PartialEq)]
    #[mapped(
        table = "hall_seat",
        registry = Halls,
        foreign_key(columns(house, hall_name), references(Hall::house, Hall::name)),
        foreign_key(columns(next_row, next_number), references(Seat::row, Seat::number))
    )]
    pub struct Seat {
        #[column(primary_key)]
        pub row: String,
        #[column(primary_key)]
        pub number: i64,
        pub house: Option<i64>,
        pub hall_name: Option<String>,
        pub next_row: Option<String>,
        pub next_number: Option<i64>,
        #[relationship(back_populates = "seats")]
        pub hall: Option<One<Hall>>,
        #[relationship(remote_side = (Seat::row, Seat::number))]
        pub next: Option<One<Seat>>,
        #[relationship(secondary = SeatGuest, order_by = Guest::id)]
        pub guests: Many<Guest>,
    }

    #[derive(Mapped, Debug, Clone, Default, PartialEq)]
    #[mapped(table = "guest", registry = Halls)]
    pub struct Guest {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Table)]
    #[mapped(
        table = "seat_guest",
        registry = Halls,
        foreign_key(columns(row, number), references(Seat::row, Seat::number))
    )]
    pub struct SeatGuest {
        #[column(primary_key)]
        pub row: String,
        #[column(primary_key)]
        pub number: i64,
        #[column(primary_key, foreign_key = Guest::id)]
        pub guest_id: i64,
    }
}

/// Values whose classes have keys of several columns nest by each strategy, and are added and merged with all that is nested
/// in them.
#[test]
fn values_with_keys_of_several_columns() {
    use composite::{Guest, Hall, Halls, Seat};
    let db = Db::empty();
    Halls::create_all(&db.engine).unwrap();
    let session = db.session();
    let seat = |number: i64, guests: Vec<i64>| Seat {
        row: "a".into(),
        number,
        guests: guests.into_iter().map(|id| Guest { id }).collect::<Vec<_>>().into(),
        ..Seat::default()
    };
    let hall = |house: i64, seats: Vec<Seat>| Hall { house, name: "h".into(), seats: seats.into() };
    // What is nested says to whom it belongs, whatever its own columns say.
    let added =
        session.add_all([hall(1, vec![seat(1, vec![5, 6]), seat(2, vec![])]), hall(2, vec![])]).unwrap();
    let seats = added[0].seats();
    let (first, second) = (seats.get(0).unwrap().unwrap(), seats.get(1).unwrap().unwrap());
    first.set_next(&second).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT row, number, house, hall_name, next_row, next_number FROM hall_seat ORDER BY number"),
        "'a'|1|1|'h'|'a'|2\n'a'|2|1|'h'|NULL|NULL\n"
    );
    session.expunge_all();
    let nested = |load: fn() -> orm::OptionOf<Hall>| {
        let (values, sql) = values(&db, &session, select(Hall).order_by(Hall::house).options(load()));
        (values, sql)
    };
    let (expected, told) = nested(|| {
        OptionOf::new(selectin(Hall::seats).options((selectin(Seat::next), selectin(Seat::guests))))
    });
    expect![[r#"
        SELECT "hall"."house", "hall"."name" FROM "hall" ORDER BY "hall"."house"
        SELECT "hall_seat"."row", "hall_seat"."number", "hall_seat"."house", "hall_seat"."hall_name", "hall_seat"."next_row", "hall_seat"."next_number" FROM "hall_seat" WHERE ("hall_seat"."house", "hall_seat"."hall_name") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "hall_seat"."row", "hall_seat"."number" [1, 'h', 2, 'h', 2, 'h', 2, 'h']
        SELECT "hall_seat"."row", "hall_seat"."number", "hall_seat"."house", "hall_seat"."hall_name", "hall_seat"."next_row", "hall_seat"."next_number" FROM "hall_seat" WHERE ("hall_seat"."row", "hall_seat"."number") IN (VALUES (?, ?)) ['a', 2]
        SELECT "guest"."id", "seat_guest"."row", "seat_guest"."number" FROM "guest", "seat_guest" WHERE ("seat_guest"."row", "seat_guest"."number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "guest"."id" = "seat_guest"."guest_id" ORDER BY "guest"."id" ['a', 1, 'a', 2, 'a', 2, 'a', 2]
    "#]].assert_eq(&told);
    assert_eq!(expected.iter().map(|hall| hall.seats.iter().count()).collect::<Vec<_>>(), [2, 0]);
    let one = expected[0].seats.iter().next().unwrap();
    assert_eq!(one.next.as_ref().unwrap().get().map(|next| (next.row.as_str(), next.number)), Some(("a", 2)));
    assert_eq!(one.guests.iter().map(|guest| guest.id).collect::<Vec<_>>(), [5, 6]);
    let (by_join, told) =
        nested(|| OptionOf::new(joined(Hall::seats).options((joined(Seat::next), joined(Seat::guests)))));
    assert_eq!(by_join, expected);
    expect![[r#"
        SELECT "hall"."house", "hall"."name", "hall_seat_1"."row", "hall_seat_1"."number", "hall_seat_1"."house", "hall_seat_1"."hall_name", "hall_seat_1"."next_row", "hall_seat_1"."next_number", "hall_seat_2"."row", "hall_seat_2"."number", "hall_seat_2"."house", "hall_seat_2"."hall_name", "hall_seat_2"."next_row", "hall_seat_2"."next_number", "guest_4"."id" FROM "hall" LEFT JOIN "hall_seat" AS "hall_seat_1" ON "hall"."house" = "hall_seat_1"."house" AND "hall"."name" = "hall_seat_1"."hall_name" LEFT JOIN "hall_seat" AS "hall_seat_2" ON "hall_seat_2"."row" = "hall_seat_1"."next_row" AND "hall_seat_2"."number" = "hall_seat_1"."next_number" LEFT JOIN ("seat_guest" AS "seat_guest_3" JOIN "guest" AS "guest_4" ON "guest_4"."id" = "seat_guest_3"."guest_id") ON "hall_seat_1"."row" = "seat_guest_3"."row" AND "hall_seat_1"."number" = "seat_guest_3"."number" ORDER BY "hall"."house", "hall_seat_1"."row", "hall_seat_1"."number", "guest_4"."id"
    "#]].assert_eq(&told);
    for load in [
        || OptionOf::new(subquery(Hall::seats).options((subquery(Seat::next), subquery(Seat::guests)))),
        || OptionOf::new(immediate(Hall::seats).options((immediate(Seat::next), immediate(Seat::guests)))),
    ] {
        assert_eq!(nested(load).0, expected);
    }
    // Of an object the same by name.
    let hall = session.get_one::<Hall>((1, "h")).unwrap();
    let paths = (Hall::seats.then(Seat::next), Hall::seats.then(Seat::guests));
    db.sql();
    let value = hall.to_value_with(paths).unwrap();
    assert_eq!(value.seats.iter().count(), 2);
    assert_eq!(value.seats.iter().next().unwrap().guests.iter().count(), 2);
    expect![[r#"
        SELECT "hall_seat"."row", "hall_seat"."number", "hall_seat"."house", "hall_seat"."hall_name", "hall_seat"."next_row", "hall_seat"."next_number" FROM "hall_seat" WHERE ? = "hall_seat"."house" AND ? = "hall_seat"."hall_name" ORDER BY "hall_seat"."row", "hall_seat"."number" [1, 'h']
        SELECT "guest"."id", "seat_guest"."row", "seat_guest"."number" FROM "guest", "seat_guest" WHERE ("seat_guest"."row", "seat_guest"."number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "guest"."id" = "seat_guest"."guest_id" ORDER BY "guest"."id" ['a', 1, 'a', 2, 'a', 2, 'a', 2]
    "#]].assert_eq(&db.sql());
    // Merged, it finds the rows by all columns of their keys.
    let mut changed = value;
    changed.seats = changed.seats.iter().filter(|seat| seat.number == 2).cloned().collect::<Vec<_>>().into();
    session.merge(changed).unwrap();
    session.commit().unwrap();
    assert_eq!(
        db.rows("SELECT number, house, hall_name FROM hall_seat ORDER BY number"),
        "1|NULL|NULL\n2|1|'h'\n"
    );
}
