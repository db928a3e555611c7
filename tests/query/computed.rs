//! Expressions that are written once: in queries of every kind, of aliases, and computed for objects in memory.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{Code, Expr, case, func};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Store
);

#[derive(Mapped)]
#[mapped(table = "customer", registry = Store)]
struct Customer {
    #[column(primary_key)]
    id: i64,
    first: String,
    last: Option<String>,
    #[column(default = 0)]
    credit: i64,
    #[column(default = 1.5)]
    rate: f64,
    #[column(default = true)]
    active: bool,
    #[column(deferred)]
    note: Option<String>,
    #[relationship(back_populates = "customer", order_by = Order::id)]
    orders: Many<Order>,
    #[column(foreign_key = Customer::id)]
    friend_id: Option<i64>,
    #[relationship(remote_side = Customer::id)]
    friend: Option<One<Customer>>,
}

#[derive(Mapped)]
#[mapped(table = "order", registry = Store)]
struct Order {
    #[column(primary_key)]
    id: i64,
    total: i64,
    #[column(foreign_key = Customer::id)]
    customer_id: i64,
    #[relationship(back_populates = "orders")]
    customer: One<Customer>,
}

/// What is written once.
impl Customer {
    fn name() -> Expr<String> {
        func::coalesce(Customer::first.concat(" ").concat(Customer::last), Customer::first).into()
    }

    fn named(name: &str) -> Expr<bool> {
        func::lower(Customer::name()).eq(func::lower(name.to_owned()))
    }

    fn buys_over(total: i64) -> Expr<bool> {
        Customer::orders.any(Order::total.gt(total))
    }

    fn has_friend_called(first: &str) -> Expr<bool> {
        Customer::friend.has(Customer::first.eq(first))
    }

    fn balance() -> Expr<i64> {
        let bought = select(func::sum(Order::total)).filter(Order::customer_id.eq(Customer::id)).scalar();
        Customer::credit - func::coalesce(bought, 0)
    }
}

fn store() -> (Db, Session) {
    let db = Db::empty();
    Store::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO customer (id, first, last, credit, rate, active, note, friend_id) VALUES
         (1, 'Ann', 'Lee', 10, 0.5, 1, 'n', NULL), (2, 'Bob', NULL, -7, -2.25, 0, NULL, 1), (3, '', 'äÖx', 0, 0, 1, '%_', 3);
         INSERT INTO \"order\" (id, total, customer_id) VALUES (1, 5, 1), (2, 50, 1), (3, 7, 2)",
    );
    let session = db.session();
    db.sql();
    (db, session)
}

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

/// The first names of what a query gives.
fn firsts(session: &Session, query: orm::Select<Obj<Customer>>) -> String {
    let found = session.scalars(query).unwrap().all().unwrap();
    found.iter().map(|one| one.first().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn it_stands_in_queries_and_answers_for_objects() {
    let (db, session) = store();
    assert_eq!(firsts(&session, select(Customer).filter(Customer::named("ann lee"))), "Ann");
    assert_eq!(
        firsts(&session, select(Customer).order_by((Customer::name().desc(), Customer::id))),
        "Bob Ann "
    );
    let names = session.scalars(select(Customer::name()).order_by(Customer::id)).unwrap().all().unwrap();
    assert_eq!(names, ["Ann Lee", "Bob", " äÖx"]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "customer"."id", "customer"."first", "customer"."last", "customer"."credit", "customer"."rate", "customer"."active", NULL, "customer"."friend_id" FROM "customer" WHERE lower(coalesce("customer"."first" || ? || "customer"."last", "customer"."first")) = lower(?) [' ', 'ann lee']
        SELECT "customer"."id", "customer"."first", "customer"."last", "customer"."credit", "customer"."rate", "customer"."active", NULL, "customer"."friend_id" FROM "customer" ORDER BY coalesce("customer"."first" || ? || "customer"."last", "customer"."first") DESC, "customer"."id" [' ']
        SELECT coalesce("customer"."first" || ? || "customer"."last", "customer"."first") FROM "customer" ORDER BY "customer"."id" [' ']
    "#]],
    );
    let ann = session.get_one::<Customer>(1).unwrap();
    db.sql();
    assert_eq!(Customer::name().value_of(&ann).unwrap(), "Ann Lee");
    assert!(Customer::named("ANN LEE").value_of(&ann).unwrap());
    // What is changed counts before it is written.
    ann.set_last("Low").unwrap();
    assert_eq!((Customer::name().value_of(&ann).unwrap(), db.sql()), ("Ann Low".into(), String::new()));
}

#[test]
fn an_alias_has_it_too() {
    let (db, session) = store();
    let friend = aliased(Customer);
    let query = select((Customer::name(), friend.of(Customer::name())))
        .join(Customer::friend.to(friend))
        .filter(friend.of(Customer::named("ann lee")) & friend.of(Customer::buys_over(10)))
        .order_by(friend.of(Customer::balance()));
    let rows = session.execute(query).unwrap().all().unwrap();
    assert_eq!(rows, [("Bob".to_owned(), "Ann Lee".to_owned())]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT coalesce("customer"."first" || ? || "customer"."last", "customer"."first"), coalesce("customer_1"."first" || ? || "customer_1"."last", "customer_1"."first") FROM "customer" JOIN "customer" AS "customer_1" ON "customer_1"."id" = "customer"."friend_id" WHERE lower(coalesce("customer_1"."first" || ? || "customer_1"."last", "customer_1"."first")) = lower(?) AND EXISTS (SELECT ? FROM "order" WHERE "customer_1"."id" = "order"."customer_id" AND "order"."total" > ?) ORDER BY "customer_1"."credit" - coalesce((SELECT sum("order_2"."total") FROM "order" AS "order_2" WHERE "order_2"."customer_id" = "customer_1"."id"), ?) [' ', ' ', ' ', 'ann lee', 1, 10, 0]
    "#]],
    );
    let few = select(Customer).filter(Customer::id.lt(3)).subquery("few");
    let few = orm::aliased_as(Customer, &few);
    let query = select(few.of(Customer::name()))
        .from(&few)
        .filter(few.of(Customer::balance()).lt(0))
        .order_by(few.of(Customer::id));
    assert_eq!(session.scalars(query).unwrap().all().unwrap(), ["Ann Lee", "Bob"]);
    check(
        &db.sql(),
        expect![[r#"
        SELECT coalesce("few"."first" || ? || "few"."last", "few"."first") FROM (SELECT "customer"."id", "customer"."first", "customer"."last", "customer"."credit", "customer"."rate", "customer"."active", "customer"."note", "customer"."friend_id" FROM "customer" WHERE "customer"."id" < ?) AS "few" WHERE "few"."credit" - coalesce((SELECT sum("order"."total") FROM "order" WHERE "order"."customer_id" = "few"."id"), ?) < ? ORDER BY "few"."id" [' ', 3, 0, 0]
    "#]],
    );
    let error = session
        .execute(select(Customer).filter(friend.of(Customer::named("x"))))
        .and_then(|rows| rows.all())
        .unwrap_err();
    assert_eq!(error.code(), Code::Query);
    let error = session
        .execute(select(&few).filter(few.of(Order::total.gt(1))))
        .and_then(|rows| rows.all())
        .unwrap_err();
    check(
        &error.to_string(),
        expect![
            "[query] `Order` isn't part of the query; help: an expression reads columns of its own row: ask for others by a query's `.scalar()`"
        ],
    );
}

#[test]
fn a_statement_of_an_alias_is_built_once() {
    let (_db, session) = store();
    let query = |name: &str| {
        let friend = aliased(Customer);
        select(Customer).join(Customer::friend.to(friend)).filter(friend.of(Customer::named(name)))
    };
    assert_eq!(firsts(&session, query("ann lee")), "Bob");
    let before = orm::__private::statements_built();
    assert_eq!(firsts(&session, query("nobody")), "");
    assert_eq!(orm::__private::statements_built(), before);
}

#[test]
fn it_follows_relationships() {
    let (db, session) = store();
    assert_eq!(firsts(&session, select(Customer).filter(Customer::buys_over(10))), "Ann");
    assert_eq!(firsts(&session, select(Customer).filter(Customer::has_friend_called("Ann"))), "Bob");
    db.sql();
    let bob = session.get_one::<Customer>(2).unwrap();
    let ann = session.get_one::<Customer>(1).unwrap();
    let own = session.get_one::<Customer>(3).unwrap();
    db.sql();
    assert!(Customer::has_friend_called("Ann").value_of(&bob).unwrap());
    assert!(!Customer::has_friend_called("Ann").value_of(&ann).unwrap());
    assert!(Customer::has_friend_called("").value_of(&own).unwrap());
    assert_eq!(db.sql(), "");
    // What isn't loaded is loaded.
    assert!(Customer::buys_over(10).value_of(&ann).unwrap());
    check(
        &db.sql(),
        expect![[r#"
        SELECT "order"."id", "order"."total", "order"."customer_id" FROM "order" WHERE ? = "order"."customer_id" ORDER BY "order"."id" [1]
    "#]],
    );
    ann.orders().append(Order::builder().total(1_000)).unwrap();
    assert!(Customer::buys_over(999).value_of(&ann).unwrap());
    assert!(!Customer::buys_over(1_000).value_of(&ann).unwrap());
    // A condition within speaks of both.
    let pays = Customer::orders.any(Order::total.gt(Customer::credit));
    assert_eq!([&ann, &bob, &own].map(|one| pays.value_of(one).unwrap()), [true, true, false]);
    assert!(Customer::friend.is(&ann).value_of(&bob).unwrap());
    assert!(Customer::friend.is_none().value_of(&ann).unwrap());
    let order = ann.orders().iter().unwrap().next().unwrap();
    assert!(Customer::orders.contains(&order).value_of(&ann).unwrap());
    assert!(!Customer::orders.contains(&order).value_of(&bob).unwrap());
    assert!(Order::customer.is_not(&bob).value_of(&order).unwrap());
    let (buys, befriended) = (Customer::orders.any_item(), Customer::friend.has_one());
    assert_eq!([&ann, &own].map(|one| buys.value_of(one).unwrap()), [true, false]);
    assert_eq!([&ann, &bob].map(|one| befriended.value_of(one).unwrap()), [false, true]);
    assert!(Customer::orders.is_empty().value_of(&own).unwrap());
}

#[test]
fn what_is_not_loaded_is_loaded() {
    let (db, session) = store();
    let ann = session.get_one::<Customer>(1).unwrap();
    db.sql();
    let note = Customer::note.concat("!");
    assert_eq!(note.value_of(&ann).unwrap().as_deref(), Some("n!"));
    check(
        &db.sql(),
        expect![[r#"
        SELECT "customer"."note" FROM "customer" WHERE "customer"."id" = ? [1]
    "#]],
    );
    session.expire(&ann).unwrap();
    assert_eq!((Customer::credit + 1).value_of(&ann).unwrap(), 11);
    check(
        &db.sql(),
        expect![[r#"
        SELECT "id", "first", "last", "credit", "rate", "active", NULL, "friend_id" FROM "customer" WHERE "id" = ? [1]
    "#]],
    );
    // New objects have what they were given.
    let new = Customer::builder().first("New");
    let new = session.add(new).unwrap();
    assert_eq!(Customer::name().value_of(&new).unwrap(), "New");
    let error = (Customer::credit + 1).value_of(&new).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Unset, Some("credit")));
}

#[test]
fn what_only_the_database_can_compute_is_an_error() {
    let (_db, session) = store();
    let ann = session.get_one::<Customer>(1).unwrap();
    let error = Customer::balance().value_of(&ann).unwrap_err();
    check(
        &error.to_string(),
        expect![
            "[query] `Customer`: only the database can compute the expression; help: ask for it by a query, let an attribute stand for it, or compute it by a method of your own"
        ],
    );
    let beyond: Vec<Expr<String>> = vec![
        func::type_of(Customer::first).into(),
        func::custom("soundex", (Customer::first,)).into(),
        orm::text::<String>("'x'").into(),
        Customer::rate.cast::<String>(),
    ];
    for expression in beyond {
        assert_eq!(expression.value_of(&ann).unwrap_err().code(), Code::Query, "{expression:?}");
    }
    let error = (Order::total + 1).value_of(&ann).unwrap_err();
    check(
        &error.to_string(),
        expect![
            "[query] the expression speaks of `order`, and the object isn't of that; help: take an expression of the object's own class"
        ],
    );
    let error = aliased(Customer).of(Customer::credit).expr().value_of(&ann).unwrap_err();
    check(
        &error.to_string(),
        expect![
            "[query] the expression speaks of an alias of `customer`; help: take an expression of the object's own class"
        ],
    );
    let too_large = (Customer::credit * i64::MAX).value_of(&ann).unwrap_err();
    assert_eq!(too_large.code(), Code::Value);
}

/// Whatever can be computed in memory is what the database makes of it.
#[test]
fn in_memory_and_in_the_database_it_is_the_same() {
    let (_db, session) = store();
    let (first, last, note, credit, rate) =
        (Customer::first, Customer::last, Customer::note, Customer::credit, Customer::rate);
    let any = |expression: Expr<i64>| expression.untyped();
    let expressions = vec![
        any(credit + 3),
        any(credit - 3),
        any(credit * -2),
        any(credit / 3),
        any(credit % 3),
        any(credit % -3),
        any(credit / (credit - credit)),
        any(-credit),
        any(credit.bit_and(6)),
        any(credit.bit_or(6)),
        any(credit.bit_not()),
        any(credit.shift_left(3)),
        any(credit.shift_right(1)),
        any(credit.shift_left(-1)),
        any(credit.shift_left(64)),
        any(credit.shift_right(64)),
        (rate + 1.0).untyped(),
        (rate * rate).untyped(),
        (rate / 0.0).untyped(),
        func::abs(rate).untyped(),
        func::abs(credit).untyped(),
        rate.lt(0.5).untyped(),
        rate.cast::<f64>().untyped(),
        credit.cast::<String>().untyped(),
        credit.cast::<f64>().untyped(),
        first.concat(last).untyped(),
        first.concat("-").untyped(),
        func::lower(last).untyped(),
        func::upper(last).untyped(),
        func::trim(first.concat("  ")).untyped(),
        func::ltrim(orm::literal("  x ".to_owned()).concat(first)).untyped(),
        func::rtrim(first.concat("  ")).untyped(),
        func::length(last).untyped(),
        func::instr(last, "x").untyped(),
        func::instr(last, "").untyped(),
        func::replace(first, "n", "mm").untyped(),
        func::replace(first, "", "mm").untyped(),
        func::nullif(first, "Ann").untyped(),
        func::coalesce(note, "none").untyped(),
        first.like("a%").untyped(),
        first.not_like("%_b").untyped(),
        last.like("ä%X").untyped(),
        last.like("Ä%").untyped(),
        note.like("\\%").untyped(),
        first.ilike("ANN").untyped(),
        first.starts_with("aN").untyped(),
        first.ends_with("OB").untyped(),
        last.contains("ÖX").untyped(),
        last.contains("Öx").untyped(),
        note.contains("%").untyped(),
        note.starts_with("").untyped(),
        first.between("A", "Az").untyped(),
        last.between("A", first).untyped(),
        credit.in_([10, -7]).untyped(),
        last.in_([Some("Lee".to_owned()), None]).untyped(),
        last.is_distinct_from(note).untyped(),
        last.eq(note).untyped(),
        (!Customer::active.eq(true)).untyped(),
        (Customer::active.and(last.eq("Lee"))).untyped(),
        (Customer::active.not().or(last.eq("Lee"))).untyped(),
        case().when(credit.gt(0), "rich").when(last.is_null(), "unknown").otherwise("poor").untyped(),
        case().when(last.eq("Lee"), 1).end().untyped(),
        orm::tuple_((first, credit)).eq(("Ann", 10)).untyped(),
        orm::tuple_((first, last)).ne(("Ann", "x")).untyped(),
    ];
    let substrings = [-9, -2, -1, 0, 1, 2, 9].into_iter().flat_map(|from| {
        let all = func::substr(last, from).untyped();
        let few = [0, 1, 2, 9].into_iter().map(move |length| func::substr_len(last, from, length).untyped());
        few.chain([all])
    });
    let customers = session.scalars(select(Customer)).unwrap().all().unwrap();
    for expression in expressions.into_iter().chain(substrings) {
        for customer in &customers {
            let id = customer.id().unwrap();
            let query = select(expression.clone()).filter(Customer::id.eq(id));
            let asked: orm::Value = session.scalars(query).unwrap().one().unwrap();
            let known = expression.value_of(customer).unwrap();
            // A database without truth values stores 0 and 1.
            let known =
                if let orm::Value::Bool(known) = known { orm::Value::Int(known.into()) } else { known };
            assert_eq!(known, asked, "{expression:?} of {id}");
        }
    }
}

#[test]
fn statements_that_write_rows_have_it() {
    let (db, session) = store();
    let ann = session.get_one::<Customer>(1).unwrap();
    db.sql();
    let poorer = |by: i64| orm::update(Customer).set(Customer::credit, Customer::credit - by);
    session.run(poorer(1).filter(Customer::named("ann lee")).sync(orm::Sync::Evaluate)).unwrap();
    assert_eq!(ann.credit().unwrap(), 9);
    session.run(poorer(1).filter(Customer::balance().lt(0))).unwrap();
    assert_eq!(ann.credit().unwrap(), 8);
    check(
        &db.sql(),
        expect![[r#"
        UPDATE "customer" SET "credit" = "customer"."credit" - ? WHERE lower(coalesce("customer"."first" || ? || "customer"."last", "customer"."first")) = lower(?) [1, ' ', 'ann lee']
        SELECT "id", "first", "last", "credit", "rate", "active", NULL, "friend_id" FROM "customer" WHERE "id" = ? [1]
        UPDATE "customer" SET "credit" = "customer"."credit" - ? WHERE "customer"."credit" - coalesce((SELECT sum("order"."total") FROM "order" WHERE "order"."customer_id" = "customer"."id"), ?) < ? RETURNING "customer"."id", "customer"."credit" [1, 0, 0]
    "#]],
    );
}
