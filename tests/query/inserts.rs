//! Rows inserted, taken over and updated by statement, and what they give back.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Sync};
use tests::models::*;
use tests::{code, show};

/// A row that many may write at once.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "stock", registry = Stocks, unique(columns(place, article)))]
struct Stock {
    #[column(primary_key)]
    id: i64,
    place: i64,
    article: String,
    #[column(default = 1)]
    amount: i64,
    #[column(server_default = "'new'")]
    state: String,
    note: Option<String>,
}

orm::registry!(Stocks);

/// A row with a key of two columns.
#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(table = "seat", registry = Stocks)]
struct Seat {
    #[column(primary_key)]
    line: String,
    #[column(primary_key)]
    number: i64,
    guest: Option<String>,
    visits: i64,
}

fn stock() -> (tests::Db, orm::Session) {
    let db = tests::Db::empty();
    Stocks::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

fn rows(session: &orm::Session) -> Vec<(i64, i64, String, i64, String, Option<String>)> {
    let columns = (Stock::id, Stock::place, Stock::article, Stock::amount, Stock::state, Stock::note);
    session.execute(select(columns).order_by(Stock::id)).unwrap().all().unwrap()
}

#[test]
fn values_and_builders_are_rows() {
    let (db, session) = super::session();
    let users = ["al", "bo"].map(|name| User { name: name.to_owned(), ..User::default() });
    assert_eq!(session.run(insert(User).rows(&users)).unwrap(), 2);
    let builders = [User::builder().name("cy"), User::builder().name("di").fullname("Di").id(20)];
    assert_eq!(session.run(insert(User).rows(builders)).unwrap(), 2);
    expect![[r#"
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['al', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['bo', NULL]
        INSERT INTO "user_account" ("name", "fullname") VALUES (?, ?) ['cy', NULL]
        INSERT INTO "user_account" ("id", "name", "fullname") VALUES (?, ?, ?) [20, 'di', 'Di']
    "#]]
    .assert_eq(&db.sql());
    let names = session.scalars(select(User::name).filter(User::id.gt(3)).order_by(User::id)).unwrap();
    assert_eq!(names.all().unwrap(), ["al", "bo", "cy", "di"]);
    assert_eq!(session.run(insert(User).rows(Vec::<User>::new())).unwrap(), 0);
}

#[test]
fn rows_of_columns_hold_values_and_expressions() {
    let (db, session) = stock();
    let plain = insert(Stock).columns((Stock::place, Stock::article)).rows([(1, "tea"), (1, "rum")]);
    assert_eq!(session.run(plain).unwrap(), 2);
    let most = || select(func::max(Stock::amount)).scalar();
    let made = insert(Stock)
        .columns((Stock::place, Stock::article, Stock::amount))
        .rows([
            (2, func::upper("tea"), func::coalesce(most(), 0) + 4),
            (2, func::lower("RUM"), func::coalesce(most(), 0) + 2),
        ])
        .set(Stock::note, "made");
    assert_eq!(session.run(made).unwrap(), 2);
    assert_eq!(
        session.run(insert(Stock).columns(Stock::article).rows(["gin"]).set(Stock::place, 3)).unwrap(),
        1
    );
    assert_eq!(session.run(insert(Stock).set(Stock::article, "ale").set(Stock::place, 4)).unwrap(), 1);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) [1, 'tea', 1]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) [1, 'rum', 1]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, upper(?), coalesce((SELECT max("stock"."amount") FROM "stock"), ?) + ?, ?) [2, 'tea', 0, 4, 'made']
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, lower(?), coalesce((SELECT max("stock_1"."amount") FROM "stock" AS "stock_1"), ?) + ?, ?) [2, 'RUM', 0, 2, 'made']
        INSERT INTO "stock" ("article", "amount", "place") VALUES (?, ?, ?) ['gin', 1, 3]
        INSERT INTO "stock" ("amount", "article", "place") VALUES (?, ?, ?) [1, 'ale', 4]
    "#]].assert_eq(&db.sql());
    expect![[r#"
        [
            (
                1,
                1,
                "tea",
                1,
                "new",
                None,
            ),
            (
                2,
                1,
                "rum",
                1,
                "new",
                None,
            ),
            (
                3,
                2,
                "TEA",
                5,
                "new",
                Some(
                    "made",
                ),
            ),
            (
                4,
                2,
                "rum",
                7,
                "new",
                Some(
                    "made",
                ),
            ),
            (
                5,
                3,
                "gin",
                1,
                "new",
                None,
            ),
            (
                6,
                4,
                "ale",
                1,
                "new",
                None,
            ),
        ]
    "#]]
    .assert_debug_eq(&rows(&session));
}

#[test]
fn rows_leave_out_what_the_database_makes() {
    let (db, session) = stock();
    let builder = || Stock::builder().place(1).amount(2);
    let builders = [
        builder().article("a"),
        builder().article("b"),
        builder().article("c").state("old"),
        builder().article("d").id(9),
    ];
    assert_eq!(session.run(insert(Stock).rows(builders).set(Stock::amount, 5)).unwrap(), 4);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "note", "amount") VALUES (?, ?, ?, ?) [1, 'a', NULL, 5]
        INSERT INTO "stock" ("place", "article", "note", "amount") VALUES (?, ?, ?, ?) [1, 'b', NULL, 5]
        INSERT INTO "stock" ("place", "article", "state", "note", "amount") VALUES (?, ?, ?, ?, ?) [1, 'c', 'old', NULL, 5]
        INSERT INTO "stock" ("id", "place", "article", "note", "amount") VALUES (?, ?, ?, ?, ?) [9, 1, 'd', NULL, 5]
    "#]].assert_eq(&db.sql());
    expect![[r#"
        [
            (
                1,
                1,
                "a",
                5,
                "new",
                None,
            ),
            (
                2,
                1,
                "b",
                5,
                "new",
                None,
            ),
            (
                3,
                1,
                "c",
                5,
                "old",
                None,
            ),
            (
                9,
                1,
                "d",
                5,
                "new",
                None,
            ),
        ]
    "#]]
    .assert_debug_eq(&rows(&session));
}

#[test]
fn the_rows_of_a_query_are_inserted() {
    let (db, session) = stock();
    session
        .run(insert(Stock).columns((Stock::place, Stock::article)).rows([(1, "tea"), (1, "rum")]))
        .unwrap();
    db.sql();
    let copied = select((Stock::place + 1, Stock::article)).filter(Stock::article.ne("rum"));
    let columns = (Stock::place, Stock::article);
    assert_eq!(session.run(insert(Stock).columns(columns).from(&copied)).unwrap(), 1);
    let all = (Stock::place, Stock::article, Stock::amount);
    let moved = select((Stock::place + 10, Stock::article, Stock::amount)).order_by(Stock::id).limit(2);
    assert_eq!(session.run(insert(Stock).columns(all).from(moved)).unwrap(), 2);
    let both = select((Stock::place, Stock::article)).union_all(select((Stock::place, Stock::article)));
    let again = insert(Stock).columns(columns).from(both).set(Stock::note, "again").on_conflict(columns);
    assert_eq!(session.run(again.update(Stock::note)).unwrap(), 10);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount") SELECT "rows"."column1", "rows"."article", ? FROM (SELECT "stock"."place" + ? AS "column1", "stock"."article" FROM "stock" WHERE "stock"."article" <> ?) AS "rows" WHERE true [1, 1, 'rum']
        INSERT INTO "stock" ("place", "article", "amount") SELECT "stock"."place" + ? AS "column1", "stock"."article", "stock"."amount" FROM "stock" ORDER BY "stock"."id" LIMIT ? [10, 2]
        INSERT INTO "stock" ("place", "article", "amount", "note") SELECT "rows"."place", "rows"."article", ?, ? FROM (SELECT "stock"."place", "stock"."article" FROM "stock" UNION ALL SELECT "stock_1"."place", "stock_1"."article" FROM "stock" AS "stock_1") AS "rows" WHERE true ON CONFLICT ("place", "article") DO UPDATE SET "note" = "excluded"."note" [1, 'again']
    "#]].assert_eq(&db.sql());
    expect![[r#"
        [
            (
                1,
                1,
                "tea",
                1,
                "new",
                Some(
                    "again",
                ),
            ),
            (
                2,
                1,
                "rum",
                1,
                "new",
                Some(
                    "again",
                ),
            ),
            (
                3,
                2,
                "tea",
                1,
                "new",
                Some(
                    "again",
                ),
            ),
            (
                4,
                11,
                "tea",
                1,
                "new",
                Some(
                    "again",
                ),
            ),
            (
                5,
                11,
                "rum",
                1,
                "new",
                Some(
                    "again",
                ),
            ),
        ]
    "#]]
    .assert_debug_eq(&rows(&session));
}

#[test]
fn a_row_that_is_there_is_left_or_updated() {
    let (db, session) = stock();
    let columns = (Stock::place, Stock::article);
    let tea = |amount| Stock::builder().place(1).article("tea").amount(amount);
    let rum = |amount| Stock::builder().place(1).article("rum").amount(amount);
    assert_eq!(session.run(insert(Stock).rows([tea(1), tea(2)]).do_nothing()).unwrap(), 1);
    assert_eq!(
        session.run(insert(Stock).rows([tea(3), rum(1)]).on_conflict(columns).do_nothing()).unwrap(),
        1
    );
    let added = insert(Stock).rows([tea(10), rum(20)]).on_conflict(columns);
    let added = added.set(Stock::amount, Stock::amount + excluded(Stock::amount)).update(Stock::note);
    assert_eq!(session.run(added.filter(excluded(Stock::amount).gt(10))).unwrap(), 1);
    let two = insert(Stock).rows([Stock::builder().id(1).place(7).article("ale"), rum(2).id(9)]);
    let two =
        two.on_conflict(Stock::id).set(Stock::note, "key").on_conflict(columns).set(Stock::note, "pair");
    assert_eq!(session.run(two).unwrap(), 2);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING [1, 'tea', 1, NULL]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING [1, 'tea', 2, NULL]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT ("place", "article") DO NOTHING [1, 'tea', 3, NULL]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT ("place", "article") DO NOTHING [1, 'rum', 1, NULL]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "stock"."amount" + "excluded"."amount", "note" = "excluded"."note" WHERE "excluded"."amount" > ? [1, 'tea', 10, NULL, 10]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "stock"."amount" + "excluded"."amount", "note" = "excluded"."note" WHERE "excluded"."amount" > ? [1, 'rum', 20, NULL, 10]
        INSERT INTO "stock" ("id", "place", "article", "amount", "note") VALUES (?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "note" = ? ON CONFLICT ("place", "article") DO UPDATE SET "note" = ? [1, 7, 'ale', 1, NULL, 'key', 'pair']
        INSERT INTO "stock" ("id", "place", "article", "amount", "note") VALUES (?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "note" = ? ON CONFLICT ("place", "article") DO UPDATE SET "note" = ? [9, 1, 'rum', 2, NULL, 'key', 'pair']
    "#]].assert_eq(&db.sql());
    expect![[r#"
        [
            (
                1,
                1,
                "tea",
                1,
                "new",
                Some(
                    "key",
                ),
            ),
            (
                2,
                1,
                "rum",
                21,
                "new",
                Some(
                    "pair",
                ),
            ),
        ]
    "#]]
    .assert_debug_eq(&rows(&session));
}

#[test]
fn what_was_written_is_given_back() {
    let (db, session) = stock();
    let columns = (Stock::place, Stock::article);
    let new = insert(Stock).columns(columns).rows([(1, "tea"), (1, "rum"), (2, "tea")]);
    let stocks = session.run(new.returning(Stock)).unwrap();
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note" [1, 'tea', 1]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note" [1, 'rum', 1]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note" [2, 'tea', 1]
    "#]].assert_eq(&db.sql());
    assert_eq!(stocks[1].state().unwrap(), "new");
    assert_eq!(session.get_one::<Stock>(2).unwrap(), stocks[1]);
    let more = update(Stock).set(Stock::amount, Stock::amount + 1).filter(Stock::place.eq(1));
    let mut more = session.run(more.returning((Stock::id, Stock::amount * 10))).unwrap();
    more.sort_unstable();
    assert_eq!(more, [(1, 20), (2, 20)]);
    assert_eq!((stocks[0].amount().unwrap(), stocks[2].amount().unwrap()), (2, 1));
    let gone = session.run(delete(Stock).filter(Stock::article.eq("rum")).returning(Stock)).unwrap();
    assert_eq!(gone, [stocks[1].clone()]);
    assert_eq!(Obj::state(&gone[0]), ObjectState::Deleted);
    assert_eq!(gone[0].amount().unwrap(), 2);
    let upsert = insert(Stock)
        .columns((Stock::place, Stock::article, Stock::amount))
        .rows([(2, "tea", 5), (3, "ale", 6)]);
    let upsert = upsert.on_conflict(columns).update(Stock::amount).returning(Stock);
    let both = session.run(upsert).unwrap();
    assert_eq!(both[0], stocks[2]);
    assert_eq!((both[0].amount().unwrap(), both[1].amount().unwrap()), (5, 6));
    expect![[r#"
        UPDATE "stock" SET "amount" = "stock"."amount" + ? WHERE "stock"."place" = ? RETURNING "stock"."id", "stock"."amount" * ?, "stock"."id", "stock"."amount" [1, 1, 10]
        DELETE FROM "stock" WHERE "stock"."article" = ? RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note", "stock"."id" ['rum']
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "excluded"."amount" RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note", "stock"."id", "stock"."amount" [2, 'tea', 5]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "excluded"."amount" RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note", "stock"."id", "stock"."amount" [3, 'ale', 6]
    "#]].assert_eq(&db.sql());
    session.rollback().unwrap();
    assert_eq!(stocks[0].amount().map_err(|error| error.code()), Err(Code::ObjectDeleted));
}

#[test]
fn objects_follow_a_row_that_is_taken_over() {
    let (db, session) = stock();
    let columns = (Stock::place, Stock::article);
    let tea = session.add(Stock::builder().place(1).article("tea")).unwrap();
    session.flush().unwrap();
    tea.state().unwrap();
    db.sql();
    let upsert = || {
        insert(Stock)
            .columns(columns)
            .rows([(1, "tea"), (1, "rum")])
            .set(Stock::amount, 8)
            .on_conflict(columns)
    };
    assert_eq!(session.run(upsert().update(Stock::amount)).unwrap(), 2);
    assert_eq!(tea.amount().unwrap(), 8);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "excluded"."amount" RETURNING "stock"."id", "stock"."amount" [1, 'tea', 8]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) ON CONFLICT ("place", "article") DO UPDATE SET "amount" = "excluded"."amount" RETURNING "stock"."id", "stock"."amount" [1, 'rum', 8]
    "#]].assert_eq(&db.sql());
    let off = upsert().set(Stock::amount, 9).sync(Sync::Off);
    session.run(off).unwrap();
    assert_eq!(tea.amount().unwrap(), 8);
    session.rollback().unwrap();
}

#[test]
fn rows_are_updated_by_their_keys() {
    let (db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    db.sql();
    let by_key = update(User).columns((User::id, User::name)).rows([(1, "a"), (2, "b"), (77, "c")]);
    assert_eq!(session.run(by_key).unwrap(), 2);
    let made = update(User)
        .columns((User::id, User::name))
        .rows([(1, User::name.concat("!")), (3, User::name.concat("?"))]);
    assert_eq!(session.run(made.filter(User::id.lt(3))).unwrap(), 1);
    let builders = [User::builder().id(2).fullname("B"), User::builder().id(3).fullname("C").name("m")];
    assert_eq!(session.run(update(User).rows(builders)).unwrap(), 2);
    let value = User { id: 3, name: "mm".into(), ..User::default() };
    assert_eq!(
        session.run(update(User).rows([value]).returning((User::id, User::name))).unwrap(),
        [(3, "mm".to_owned())]
    );
    let read = |user: &Obj<User>| (user.name().unwrap(), user.fullname().unwrap());
    let read: Vec<_> = users.iter().map(read).collect();
    expect![[r#"
        [
            (
                "a!",
                Some(
                    "Ed Jones",
                ),
            ),
            (
                "b",
                Some(
                    "B",
                ),
            ),
            (
                "mm",
                None,
            ),
        ]
    "#]]
    .assert_debug_eq(&read);
    expect![[r#"
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = ? ['a', 1]
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = ? ['b', 2]
        UPDATE "user_account" SET "name" = ? WHERE "user_account"."id" = ? ['c', 77]
        UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? AND "user_account"."id" = ? ['!', 3, 1]
        UPDATE "user_account" SET "name" = "user_account"."name" || ? WHERE "user_account"."id" < ? AND "user_account"."id" = ? ['?', 3, 3]
        UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" = ? ['B', 2]
        UPDATE "user_account" SET "name" = ?, "fullname" = ? WHERE "user_account"."id" = ? ['m', 'C', 3]
        UPDATE "user_account" SET "name" = ?, "fullname" = ? WHERE "user_account"."id" = ? RETURNING "user_account"."id", "user_account"."name", "user_account"."id", "user_account"."name", "user_account"."fullname" ['mm', NULL, 3]
        SELECT "id", "name", "fullname" FROM "user_account" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    session.rollback().unwrap();
    assert_eq!(users[0].name().unwrap(), "ed");
}

#[test]
fn an_update_by_keys_needs_the_key_and_more() {
    let (_db, session) = stock();
    session.run(insert(Stock).columns((Stock::place, Stock::article)).rows([(1, "tea")])).unwrap();
    let missing = update(Stock).columns((Stock::place, Stock::amount)).rows([(1, 5)]);
    expect!["[query] `Stock.id`: a row is updated by its key, and doesn't have it; help: give each column of the primary key, or say by `.filter(...)` which rows are meant"].assert_eq(&show(session.run(missing)));
    expect!["[query] `Stock.id`: a row is updated by its key, and doesn't have it; help: give each column of the primary key, or say by `.filter(...)` which rows are meant"].assert_eq(&show(session.run(update(Stock).rows([Stock::builder().place(1)]))));
    expect!["[query] `Stock`: an update by keys sets no column; help: give more than the key"]
        .assert_eq(&show(session.run(update(Stock).rows([Stock::builder().id(1)]))));
    let key = update(Stock).columns((Stock::id, Stock::amount)).rows([(Stock::id + 1, 5)]);
    expect!["[query] `Stock.id`: a row is updated by a key that is an expression; help: give the key as a value, or say by `.filter(...)` which rows are meant"].assert_eq(&show(session.run(key)));
}

#[test]
fn statements_have_common_tables() {
    let (db, session) = super::session();
    let long = select(User::id).filter(func::length(User::name).gt(3)).cte("long");
    let ids = || select(long.of(User::id)).from(&long);
    session.run(update(User).set(User::fullname, "long").filter(User::id.in_(ids()))).unwrap();
    session
        .run(insert(Keyword).columns(Keyword::word).from(select(User::name).filter(User::id.in_(ids()))))
        .unwrap();
    session.run(delete(Order).filter(Order::user_id.in_(ids()))).unwrap();
    expect![[r#"
        WITH "long" AS (SELECT "user_account_1"."id" FROM "user_account" AS "user_account_1" WHERE length("user_account_1"."name") > ?) UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" IN (SELECT "long"."id" FROM "long") [3, 'long']
        WITH "long" AS (SELECT "user_account_1"."id" FROM "user_account" AS "user_account_1" WHERE length("user_account_1"."name") > ?) INSERT INTO "keyword" ("word", "weight") SELECT "rows"."name", ? FROM (SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" IN (SELECT "long"."id" FROM "long")) AS "rows" WHERE true [3, 7]
        WITH "long" AS (SELECT "user_account"."id" FROM "user_account" WHERE length("user_account"."name") > ?) DELETE FROM "orders" WHERE "orders"."user_id" IN (SELECT "long"."id" FROM "long") [3]
    "#]].assert_eq(&db.sql());
}

#[test]
fn keys_of_objects_are_read_after_the_flush() {
    let (_db, session) = super::session();
    let user = session.add(User::builder().name("new").addresses([Address::builder().email("n@x")])).unwrap();
    assert_eq!(
        session.run(update(Address).set(Address::email, "m@x").filter(Address::user.is(&user))).unwrap(),
        1
    );
}

#[test]
fn inserts_that_can_not_be() {
    let (db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    expect!["[query] `User`: User#1 is an object, and a statement takes values as rows; help: give a builder or a plain value; an object of the session is written by its flush"].assert_eq(&show(session.run(insert(User).rows([&ed]))));
    let related = User::builder().name("x").addresses([Address::builder().email("x@x")]);
    expect!["[query] `User.addresses`: a row that a statement writes is related to objects; help: give the foreign key, or `session.add` the object, which writes what it is related to"].assert_eq(&show(session.run(insert(User).rows([related]))));
    let column = insert(User).columns(User::name).rows([User::name]);
    expect!["[query] `User` isn't part of the query; help: a new row has no columns to read: take its values from a query, by `.from(select(...))`"].assert_eq(&show(session.run(column)));
    let other = insert(User).columns(User::name).rows(["x"]).returning(Address::id);
    expect!["[query] `Address` isn't part of the query; help: a statement gives back columns of its own class: ask for others by a query afterwards"].assert_eq(&show(session.run(other)));
    let alias = aliased(User);
    let of_alias = insert(User).columns(alias.of(User::name)).rows(["x"]);
    expect!["[query] `User`: columns of an alias are written; name them without `of`"]
        .assert_eq(&show(session.run(of_alias)));
    expect!["[query] a column of an alias is written; name it without `of`"]
        .assert_eq(&show(session.run(insert(User).set(alias.of(User::name), "x"))));
    expect!["[query] `User`: a statement gives back an alias, which no row of it is; help: name the class itself in `.returning(...)`"].assert_eq(&show(session.run(insert(User).set(User::name, "x").returning(alias))));
    expect!["[query] no new row of `User` is at hand; help: `excluded` stands in what an insert does after `.on_conflict(...)`"].assert_eq(&show(session.execute(select(excluded(User::name))).unwrap().all()));
    let twice = insert(User).columns((User::name, User::name)).rows([("x", "y")]);
    expect!["[query] `User.name`: a column is named twice; help: name it once in `.columns(...)`"]
        .assert_eq(&show(session.run(twice)));
    assert_eq!(db.statements(), 0);
    let conflict = insert(User).set(User::name, "x").on_conflict(User::name).do_nothing();
    expect!["[database] `User`: ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint; help: `on_conflict` names just the columns of the primary key, of `unique`, or of a unique index: declare one of them, or name all its columns"].assert_eq(&show(session.run(conflict)));
    expect!["[integrity] `User.name`: NOT NULL constraint failed: user_account.name"]
        .assert_eq(&show(session.run(insert(User).set(User::id, 50))));
    let taken = insert(User).columns((User::id, User::name)).rows([(60, "x"), (1, "y")]);
    assert_eq!(session.run(taken).map_err(|error| error.code()), Err(Code::Integrity));
    session.rollback().unwrap();
    assert!(session.get::<User>(60).unwrap().is_none());
}

#[test]
fn objects_with_composite_keys_follow() {
    let (_db, session) = stock();
    let seat = |line: &str, number| Seat::builder().line(line).number(number).visits(1);
    let seats =
        session.run(insert(Seat).rows([seat("a", 1), seat("a", 2), seat("b", 1)]).returning(Seat)).unwrap();
    let visits = || seats.iter().map(|seat| seat.visits().unwrap()).collect::<Vec<_>>();
    session.run(update(Seat).set(Seat::visits, Seat::visits + 1).filter(Seat::line.eq("a"))).unwrap();
    assert_eq!(visits(), [2, 2, 1]);
    let key = (Seat::line, Seat::number);
    let by_key =
        update(Seat).columns((Seat::line, Seat::number, Seat::visits)).rows([("b", 1, 7), ("b", 2, 8)]);
    assert_eq!(session.run(by_key).unwrap(), 1);
    assert_eq!(visits(), [2, 2, 7]);
    assert_eq!(session.run(update(Seat).rows([seat("a", 2).guest("ed")])).unwrap(), 1);
    assert_eq!((seats[1].guest().unwrap().as_deref(), seats[1].visits().unwrap()), (Some("ed"), 1));
    let again = insert(Seat).rows([seat("a", 1), seat("c", 1)]).on_conflict(key);
    assert_eq!(session.run(again.set(Seat::visits, Seat::visits + excluded(Seat::visits))).unwrap(), 2);
    assert_eq!(visits(), [3, 1, 7]);
    let part = session.begin_nested().unwrap();
    session.run(delete(Seat).filter(Seat::number.eq(1))).unwrap();
    let states = || seats.iter().map(Obj::state).collect::<Vec<_>>();
    assert_eq!(states(), [ObjectState::Deleted, ObjectState::Persistent, ObjectState::Deleted]);
    part.rollback().unwrap();
    assert_eq!(states(), [ObjectState::Persistent; 3]);
    assert_eq!(visits(), [3, 1, 7]);
    session.run(update(Seat).set(Seat::visits, 9).filter(Seat::line.eq("b")).sync(Sync::Evaluate)).unwrap();
    assert_eq!(visits(), [3, 1, 9]);
    let missing = update(Seat).columns((Seat::line, Seat::visits)).rows([("a", 1)]);
    assert_eq!(
        session.run(missing).map_err(|error| error.attribute().map(str::to_owned)),
        Err(Some("number".into()))
    );
}

/// What isn't asked for isn't given back, though the database makes it; what a row holds may be nested, and come of a query.
#[test]
fn what_is_given_back_is_what_is_asked_for() {
    let (db, session) = stock();
    let columns = (Stock::place, Stock::article);
    let new = || insert(Stock).columns(columns);
    let ids = session.run(new().rows([(1, "tea"), (1, "rum")]).returning(Stock::id)).unwrap();
    assert_eq!(ids, [1, 2]);
    let nested = (Stock::article, (Stock::id, Stock::place));
    let rows = session.run(new().rows([(2, "tea")]).returning(nested)).unwrap();
    assert_eq!(rows, [("tea".to_owned(), (3, 2))]);
    let builder = insert(Stock).rows([Stock::builder().place(4).article("ale")]).returning(nested);
    assert_eq!(session.run(builder).unwrap(), [("ale".to_owned(), (4, 4))]);
    let copied = select((Stock::place + 10, Stock::article)).filter(Stock::id.lt(3)).order_by(Stock::id);
    let copies = session.run(new().from(copied).returning(Stock)).unwrap();
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|one| one.place().unwrap() == 11 && one.state().unwrap() == "new"));
    let by_key = update(Stock).columns((Stock::id, Stock::amount)).rows([(1, 5), (2, 6)]);
    let rows = session.run(by_key.returning(((Stock::id, Stock::amount), Stock::article))).unwrap();
    assert_eq!(rows, [((1, 5), "tea".to_owned()), ((2, 6), "rum".to_owned())]);
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."id" [1, 'tea', 1]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."id" [1, 'rum', 1]
        INSERT INTO "stock" ("place", "article", "amount") VALUES (?, ?, ?) RETURNING "stock"."article", "stock"."id", "stock"."place" [2, 'tea', 1]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) RETURNING "stock"."article", "stock"."id", "stock"."place" [4, 'ale', 1, NULL]
        INSERT INTO "stock" ("place", "article", "amount") SELECT "rows"."column1", "rows"."article", ? FROM (SELECT "stock"."place" + ? AS "column1", "stock"."article" FROM "stock" WHERE "stock"."id" < ? ORDER BY "stock"."id") AS "rows" WHERE true RETURNING "stock"."id", "stock"."place", "stock"."article", "stock"."amount", "stock"."state", "stock"."note" [1, 10, 3]
        UPDATE "stock" SET "amount" = ? WHERE "stock"."id" = ? RETURNING "stock"."id", "stock"."amount", "stock"."article", "stock"."id", "stock"."amount" [5, 1]
        UPDATE "stock" SET "amount" = ? WHERE "stock"."id" = ? RETURNING "stock"."id", "stock"."amount", "stock"."article", "stock"."id", "stock"."amount" [6, 2]
    "#]].assert_eq(&db.sql());
}

/// What is said to be `NULL` is written; what isn't said is left to the database.
#[test]
fn null_is_written_where_it_is_said() {
    let (db, session) = stock();
    let row = |article: &str| Stock::builder().place(1).article(article);
    session.run(insert(Stock).rows([row("a").note("x"), row("b").note(None), row("c")])).unwrap();
    let pairs = [(2, "a", Some("y".to_owned())), (2, "b", None)];
    session.run(insert(Stock).columns((Stock::place, Stock::article, Stock::note)).rows(pairs)).unwrap();
    expect![[r#"
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) [1, 'a', 1, 'x']
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) [1, 'b', 1, NULL]
        INSERT INTO "stock" ("place", "article", "amount", "note") VALUES (?, ?, ?, ?) [1, 'c', 1, NULL]
        INSERT INTO "stock" ("place", "article", "note", "amount") VALUES (?, ?, ?, ?) [2, 'a', 'y', 1]
        INSERT INTO "stock" ("place", "article", "note", "amount") VALUES (?, ?, ?, ?) [2, 'b', NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn options_load_what_belongs_to_what_is_given_back() {
    let told = |db: &tests::Db, users: Vec<Obj<User>>| {
        let mut told = db.sql();
        for user in &users {
            let any = Obj::any(user);
            for name in ["addresses", "orders"] {
                told.push_str(&format!("{user:?}.{name}: {:?}\n", any.peek_related(name).unwrap()));
            }
        }
        told
    };
    let (db, session) = super::session();
    let new = [7, 8].map(|id| (id, "new"));
    let new = insert(User).columns((User::id, User::name)).rows(new).returning(User);
    let options = (selectin(User::addresses), immediate(User::orders));
    let mut all = told(&db, session.run(new.options(options)).unwrap());
    let (db, session) = super::session();
    let raised = update(User).set(User::fullname, "x").filter(User::id.le(2)).returning(User);
    let path = selectin(User::orders).joined(Order::items);
    let users = session.run(raised.options((path, raise(User::addresses), load_only(User::name)))).unwrap();
    assert_eq!(code(users[0].addresses().len()), Code::RaiseOnLoad);
    assert!(users[0].orders().get(0).unwrap().unwrap().items().is_loaded().unwrap());
    all.push_str(&told(&db, users));
    // An object that is there gets what it lacks.
    let (db, session) = super::session();
    let ed = session.get_one::<User>(1).unwrap();
    db.sql();
    let raised = update(User).set(User::fullname, "x").filter(User::id.le(2)).returning((User::id, User));
    let rows = session.run(raised.options(selectin(User::addresses).and(Address::id.gt(1)))).unwrap();
    assert_eq!((rows.len(), ed.fullname().unwrap()), (2, Some("x".to_owned())));
    all.push_str(&told(&db, rows.into_iter().map(|row| row.1).collect()));
    expect![[r#"
        INSERT INTO "user_account" ("id", "name") VALUES (?, ?) RETURNING "user_account"."id", "user_account"."name", "user_account"."fullname" [7, 'new']
        INSERT INTO "user_account" ("id", "name") VALUES (?, ?) RETURNING "user_account"."id", "user_account"."name", "user_account"."fullname" [8, 'new']
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "address"."id" ['[7,8]']
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id" ['[7,8]']
        User#7.addresses: Many([])
        User#7.orders: Many([])
        User#8.addresses: Many([])
        User#8.orders: Many([])
        UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" <= ? RETURNING "user_account"."id", "user_account"."name", NULL ['x', 2]
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id", "item_2"."id" ['[1,2]']
        User#1.addresses: NotLoaded
        User#1.orders: Many([Order#1, Order#2])
        User#2.addresses: NotLoaded
        User#2.orders: Many([])
        UPDATE "user_account" SET "fullname" = ? WHERE "user_account"."id" <= ? RETURNING "user_account"."id", "user_account"."id", "user_account"."name", "user_account"."fullname", "user_account"."id", "user_account"."fullname" ['x', 2]
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address" WHERE "address"."user_id" IN (SELECT +value FROM json_each(?)) AND "address"."id" > ? ORDER BY "address"."id" ['[1,2]', 1]
        User#1.addresses: Many([Address#2])
        User#1.orders: NotLoaded
        User#2.addresses: Many([Address#3])
        User#2.orders: NotLoaded
    "#]].assert_eq(&all);

    let (db, session) = super::session();
    let update = || update(User).set(User::fullname, "x").returning(User);
    let wrong = [
        show(session.run(update().options(joined(User::addresses)))),
        show(session.run(update().options(contains_eager(User::addresses)))),
        show(session.run(update().options(orm::all(orm::Lazy::Joined)))),
        show(session.run(delete(User).returning(User).options(selectin(User::addresses)))),
    ];
    expect![[r#"
        [query] `User`: an option joins to the rows that a statement gives back; help: load it by `selectin`: a statement that writes rows has no joins
        [query] `User`: an option joins to the rows that a statement gives back; help: load it by `selectin`: a statement that writes rows has no joins
        [query] `User`: an option joins to the rows that a statement gives back; help: load it by `selectin`: a statement that writes rows has no joins
        [query] `User`: an option loads what belongs to an object whose row is deleted; help: ask for the objects with the option before they are deleted"#]].assert_eq(&wrong.join("\n"));
    assert_eq!(db.statements(), 0);
}
