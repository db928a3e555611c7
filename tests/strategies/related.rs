//! What a relationship leads to, by whichever strategy it is loaded: conditions of many kinds, rows that are missing, the
//! order of a collection, objects that stand in several.

use expect_test::expect;
use orm::prelude::*;
use tests::models::{Item, Order, User};
use tests::{Db, each_way, filled, tree, ways};

use super::loads;

orm::registry!(
    /// These classes.
    pub Mail
);

/// Letters are hers by a number that no foreign key holds to.
#[derive(Mapped, Debug)]
#[mapped(table = "person", registry = Mail)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(primaryjoin = Person::id.eq(Letter::writer_number.foreign()), order_by = (Letter::text.desc(), Letter::id), overlaps = "writer, author")]
    pub letters: Many<Letter>,
    #[relationship(secondary = Member, order_by = Member::rank)]
    pub clubs: Many<Club>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "letter", registry = Mail)]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    pub writer_number: Option<i64>,
    pub text: String,
    #[relationship(primaryjoin = Person::id.eq(Letter::writer_number.foreign()))]
    pub writer: Option<One<Person>>,
    /// The same, said the other way round.
    #[relationship(primaryjoin = Letter::writer_number.foreign().eq(Person::id), overlaps = "writer")]
    pub author: Option<One<Person>>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "club", registry = Mail)]
pub struct Club {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[mapped(table = "member", registry = Mail)]
pub struct Member {
    #[column(primary_key, foreign_key = Person::id)]
    pub person_id: i64,
    #[column(primary_key, foreign_key = Club::id)]
    pub club_id: i64,
    #[column(default = 0)]
    pub rank: i64,
}

fn mail() -> Db {
    let db = Db::empty();
    Mail::create_all(&db.engine).unwrap();
    db.run("INSERT INTO person VALUES (1, 'ann'), (2, 'bob'), (3, 'cid')");
    db.run(
        "INSERT INTO letter VALUES (1, 1, 'hello'), (3, 2, 'b'), (4, 1, 'x'), (5, 99, 'y'), (6, NULL, 'z')",
    );
    db.run("INSERT INTO club VALUES (1), (2), (3)");
    db.run("INSERT INTO member VALUES (1, 1, 3), (1, 2, 1), (1, 3, 2), (2, 3, 1), (2, 1, 2)");
    db.sql();
    db
}

/// A row that isn't there is nothing, and isn't asked for again; of no key nothing is asked.
#[test]
fn what_a_number_without_a_row_leads_to() {
    let db = mail();
    expect![[r#"
        Letter#1(writer: Person#1)
        Letter#3(writer: Person#2)
        Letter#4(writer: Person#1)
        Letter#5(writer: none)
        Letter#6(writer: none)
        -- joined
        SELECT "letter"."id", "letter"."writer_number", "letter"."text", "person_1"."id", "person_1"."name" FROM "letter" LEFT JOIN "person" AS "person_1" ON "person_1"."id" = "letter"."writer_number" ORDER BY "letter"."id"
        -- selectin
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" ORDER BY "letter"."id"
        SELECT "person"."id", "person"."name" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,99]']
        -- subquery
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" ORDER BY "letter"."id"
        SELECT "person"."id", "person"."name" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,99]']
        -- immediate
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" ORDER BY "letter"."id"
        SELECT "person"."id", "person"."name" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,99]']
        -- batch
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" ORDER BY "letter"."id"
        SELECT "person"."id", "person"."name" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,99]']
        -- lazy
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" ORDER BY "letter"."id"
        SELECT "id", "name" FROM "person" WHERE "id" = ? [1]
        SELECT "id", "name" FROM "person" WHERE "id" = ? [2]
        SELECT "id", "name" FROM "person" WHERE "id" = ? [99]
    "#]].assert_eq(&each_way!(Letter, writer, db));
    for (name, option) in ways!(Letter::writer) {
        let session = db.session();
        let letters = session
            .scalars(select(Letter).filter(Letter::id.in_([5, 6])).options(option))
            .unwrap()
            .all()
            .unwrap();
        for letter in &letters {
            assert_eq!(letter.writer().unwrap(), None, "{name}");
        }
        db.sql();
        for letter in &letters {
            assert_eq!(letter.writer().unwrap(), None, "{name}");
        }
        assert_eq!(db.statements(), 0, "{name}");
    }
}

/// A key is a key, whichever side of the condition says it.
#[test]
fn a_reference_by_its_key_is_found_in_the_session() {
    let db = mail();
    let session = db.session();
    let letter = session.get_one::<Letter>(1).unwrap();
    let ann = session.get_one::<Person>(1).unwrap();
    db.sql();
    assert_eq!(letter.writer().unwrap().as_ref(), Some(&ann));
    assert_eq!(letter.author().unwrap().as_ref(), Some(&ann));
    assert_eq!(db.statements(), 0);
}

/// The order of a collection may be that of its links, and of several columns, backwards.
#[test]
fn the_order_of_links() {
    let db = mail();
    expect![[r#"
        Person#1(clubs: [Club#2, Club#3, Club#1])
        Person#2(clubs: [Club#3, Club#1])
        Person#3(clubs: [])
        -- joined
        SELECT "person"."id", "person"."name", "club_2"."id" FROM "person" LEFT JOIN ("member" AS "member_1" JOIN "club" AS "club_2" ON "club_2"."id" = "member_1"."club_id") ON "person"."id" = "member_1"."person_id" ORDER BY "person"."id", "member_1"."rank"
        -- selectin
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "club"."id", "member"."person_id" FROM "club", "member" WHERE "member"."person_id" IN (SELECT +value FROM json_each(?)) AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" ['[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "club"."id", "member"."person_id" FROM "club", "member" WHERE "member"."person_id" IN (SELECT +value FROM json_each(?)) AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" ['[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "club"."id", "member"."person_id" FROM "club", "member" WHERE "member"."person_id" IN (SELECT +value FROM json_each(?)) AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" ['[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "club"."id", "member"."person_id" FROM "club", "member" WHERE "member"."person_id" IN (SELECT +value FROM json_each(?)) AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" ['[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "club"."id" FROM "club", "member" WHERE ? = "member"."person_id" AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" [1]
        SELECT "club"."id" FROM "club", "member" WHERE ? = "member"."person_id" AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" [2]
        SELECT "club"."id" FROM "club", "member" WHERE ? = "member"."person_id" AND "club"."id" = "member"."club_id" ORDER BY "member"."rank" [3]
    "#]].assert_eq(&each_way!(Person, clubs, db));
    expect![[r#"
        Person#1(letters: [Letter#4, Letter#1])
        Person#2(letters: [Letter#3])
        Person#3(letters: [])
        -- joined
        SELECT "person"."id", "person"."name", "letter_1"."id", "letter_1"."writer_number", "letter_1"."text" FROM "person" LEFT JOIN "letter" AS "letter_1" ON "person"."id" = "letter_1"."writer_number" ORDER BY "person"."id", "letter_1"."text" DESC, "letter_1"."id"
        -- selectin
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE "letter"."writer_number" IN (SELECT +value FROM json_each(?)) ORDER BY "letter"."text" DESC, "letter"."id" ['[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE "letter"."writer_number" IN (SELECT +value FROM json_each(?)) ORDER BY "letter"."text" DESC, "letter"."id" ['[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE "letter"."writer_number" IN (SELECT +value FROM json_each(?)) ORDER BY "letter"."text" DESC, "letter"."id" ['[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE "letter"."writer_number" IN (SELECT +value FROM json_each(?)) ORDER BY "letter"."text" DESC, "letter"."id" ['[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name" FROM "person" ORDER BY "person"."id"
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE ? = "letter"."writer_number" ORDER BY "letter"."text" DESC, "letter"."id" [1]
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE ? = "letter"."writer_number" ORDER BY "letter"."text" DESC, "letter"."id" [2]
        SELECT "letter"."id", "letter"."writer_number", "letter"."text" FROM "letter" WHERE ? = "letter"."writer_number" ORDER BY "letter"."text" DESC, "letter"."id" [3]
    "#]].assert_eq(&each_way!(Person, letters, db));
}

/// Objects of two collections are one object, and each stands in both once, also where the rows of what hangs on it are
/// several.
#[test]
fn an_object_in_several_collections() {
    loads(
        select(Order).order_by(Order::id).options(selectin(Order::items)),
        expect![[r#"
        Order#1(items: [Item#1, Item#2])
        Order#2(items: [Item#3])
        Order#3(items: [Item#1])
        SELECT "orders"."id", "orders"."note", "orders"."user_id" FROM "orders" ORDER BY "orders"."id"
        SELECT "item"."id", "item"."name", "order_item"."order_id" FROM "item", "order_item" WHERE "order_item"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "order_item"."item_id" ORDER BY "item"."id" ['[1,2,3]']
    "#]],
    );
    loads(
        select(User).order_by(User::id).options(selectin(User::orders).joined(Order::items)),
        expect![[r#"
        User#1(orders: [Order#1(items: [Item#1, Item#2]), Order#2(items: [Item#3])])
        User#2(orders: [])
        User#3(orders: [])
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."id"
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" WHERE "orders"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "orders"."id", "item_2"."id" ['[1,2,3]']
    "#]],
    );
    loads(
        select(Order).order_by(Order::id).options(joined(Order::items).selectin(Item::orders)),
        expect![[r#"
        Order#1(items: [Item#1(orders: [Order#1, Order#3(items: [Item#1])]), Item#2(orders: [Order#1])])
        Order#2(items: [Item#3(orders: [Order#2])])
        Order#3(items: [Item#1(orders: [Order#1(items: [Item#1, Item#2(orders: [Order#1])]), Order#3])])
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" ORDER BY "orders"."id", "item_2"."id"
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "order_item"."item_id" FROM "orders", "order_item" WHERE "order_item"."item_id" IN (SELECT +value FROM json_each(?)) AND "orders"."id" = "order_item"."order_id" ORDER BY "orders"."id" ['[1,2,3]']
    "#]],
    );
    loads(
        select(Order).order_by(Order::id).options(joined(Order::items).joined(Item::orders)),
        expect![[r#"
        Order#1(items: [Item#1(orders: [Order#1, Order#3(items: [Item#1])]), Item#2(orders: [Order#1])])
        Order#2(items: [Item#3(orders: [Order#2])])
        Order#3(items: [Item#1(orders: [Order#1(items: [Item#1, Item#2(orders: [Order#1])]), Order#3])])
        SELECT "orders"."id", "orders"."note", "orders"."user_id", "item_2"."id", "item_2"."name", "orders_4"."id", "orders_4"."note", "orders_4"."user_id" FROM "orders" LEFT JOIN ("order_item" AS "order_item_1" JOIN "item" AS "item_2" ON "item_2"."id" = "order_item_1"."item_id") ON "orders"."id" = "order_item_1"."order_id" LEFT JOIN ("order_item" AS "order_item_3" JOIN "orders" AS "orders_4" ON "orders_4"."id" = "order_item_3"."order_id") ON "item_2"."id" = "order_item_3"."item_id" ORDER BY "orders"."id", "item_2"."id", "orders_4"."id"
    "#]],
    );
}

/// What was set and isn't flushed stays when the row comes again, and goes where everything is overwritten.
#[test]
fn a_reference_that_was_set_stays() {
    for way in [joined, selectin, subquery, immediate] {
        let db = filled();
        let session = db.session();
        session.no_autoflush(|session| {
            let query = || select(Order).order_by(Order::id).options(way(Order::user));
            let orders = session.scalars(query()).unwrap().all().unwrap();
            assert_eq!(tree(&orders[2]), "Order#3(user: none)");
            let new = session.add(User::builder().name("new")).unwrap();
            orders[2].set_user(Some(&new)).unwrap();
            session.scalars(query()).unwrap().all().unwrap();
            assert_eq!(orders[2].user().unwrap(), Some(new));
            session.scalars(query().populate_existing()).unwrap().all().unwrap();
            assert_eq!(orders[2].user().unwrap(), None);
        });
    }
}

/// Objects that several rows and chunks name are asked for once.
#[test]
fn what_is_named_in_several_chunks_is_asked_for_once() {
    let db = Db::new();
    db.run("INSERT INTO user_account VALUES (1, 'ed', NULL), (2, 'jack', NULL)");
    db.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO address SELECT i, 'a', i % 2 + 1 FROM n");
    db.sql();
    let session = db.session();
    use tests::models::Address;
    let addresses = session.scalars(select(Address).options(selectin(Address::user))).unwrap().all().unwrap();
    assert!(
        addresses
            .iter()
            .all(|address| Obj::any(address).peek_related("user").unwrap() != orm::Related::NotLoaded)
    );
    expect![[r#"
        SELECT "address"."id", "address"."email", "address"."user_id" FROM "address"
        SELECT "user_account"."id", "user_account"."name", "user_account"."fullname" FROM "user_account" WHERE "user_account"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]].assert_eq(&db.sql());
    // Rows one by one come with theirs, five hundred at a time; what is held meanwhile isn't asked for again.
    let session = db.session();
    let mut seen = 0;
    let mut kept = Vec::new();
    session
        .scalars(select(Address).options(selectin(Address::user)))
        .unwrap()
        .each(|address| {
            if seen < 2 {
                kept.push(address.user()?);
            }
            seen += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!((seen, db.statements()), (1500, 2));
}

/// Chunks of a query whose objects lead on, and on again: the lists of keys are as long as they may be.
#[test]
fn chunks_of_what_chunks_lead_to() {
    let db = Db::new();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <";
    db.run(&format!("INSERT INTO user_account {numbers} 600) SELECT i, 'u', NULL FROM n"));
    db.run(&format!("INSERT INTO orders {numbers} 1200) SELECT i, 'o', (i + 1) / 2 FROM n"));
    db.run("INSERT INTO item VALUES (1, 'pen')");
    db.run(&format!("INSERT INTO order_item {numbers} 1200) SELECT i, 1 FROM n"));
    db.sql();
    let session = db.session();
    let query = select(User).options(selectin(User::orders).selectin(Order::items));
    let users = session.scalars(query).unwrap().all().unwrap();
    assert_eq!(db.statements(), 1 + 2 + 3);
    let items: usize = users
        .iter()
        .flat_map(|user| user.orders().iter().unwrap())
        .map(|order| order.items().len().unwrap())
        .sum();
    assert_eq!((items, db.statements()), (1200, 0));
    let session = db.session();
    let query = select(User).options(selectin(User::orders).selectin(Order::items));
    let mut sizes = Vec::new();
    session
        .scalars(query)
        .unwrap()
        .chunks(250, |users| {
            sizes.push(users.len());
            for user in users {
                assert_eq!(user.orders().get(1)?.map(|order| order.items().len()).transpose()?, Some(1));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(sizes, [250, 250, 100]);
    assert_eq!(db.statements(), 1 + 2 + 3);
}
