//! Conditions between two classes: criteria, other comparisons, functions, paths.

use expect_test::expect;
use orm::prelude::*;
use orm::{Collection, func};
use tests::{Db, each_way};

use crate::each_operator;

orm::registry!(
    /// These classes.
    pub Kinds
);

#[derive(Mapped, Debug)]
#[mapped(table = "person", registry = Kinds)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub low: i64,
    pub high: i64,
    #[relationship(back_populates = "person", foreign_keys = House::person_id, order_by = House::id)]
    pub houses: Many<House>,
    /// With a criterion on the target: written by the flush, which doesn't look at the criterion.
    #[relationship(
        primaryjoin = Person::id.eq(House::person_id).and(House::city.eq("Boston")),
        order_by = House::id, overlaps = "person, houses")]
    pub boston: Many<House>,
    /// With a criterion on the class itself.
    #[relationship(
        primaryjoin = Person::id.eq(House::person_id).and(Person::name.eq("ann")),
        viewonly,
        order_by = House::id
    )]
    pub if_ann: Many<House>,
    /// By an inequality and a range.
    #[relationship(
        primaryjoin = House::price.foreign().between(Person::low, Person::high),
        viewonly,
        order_by = House::id
    )]
    pub affordable: Many<House>,
    /// By an operator of the user's own.
    #[relationship(
        primaryjoin = House::city.foreign().op::<bool>("GLOB", Person::name.concat("*")),
        viewonly,
        order_by = House::id
    )]
    pub namesakes: Many<House>,
    /// By functions on both sides.
    #[relationship(
        primaryjoin = func::lower(Person::name).eq(func::lower(House::owner.foreign())),
        viewonly,
        order_by = House::id
    )]
    pub by_name: Many<House>,
    /// One of two keys.
    #[relationship(
        primaryjoin = Person::id.eq(House::person_id.foreign()).or(Person::id.eq(House::agent_id.foreign())),
        viewonly,
        order_by = House::id
    )]
    pub lives_or_sells: Many<House>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "house", registry = Kinds)]
pub struct House {
    #[column(primary_key)]
    pub id: i64,
    pub city: String,
    pub price: i64,
    pub owner: String,
    #[column(foreign_key = Person::id)]
    pub person_id: Option<i64>,
    #[column(foreign_key = Person::id)]
    pub agent_id: Option<i64>,
    /// A number as a text, to which a cast leads.
    pub number: String,
    #[relationship(back_populates = "houses", foreign_keys = House::person_id)]
    pub person: Option<One<Person>>,
    #[relationship(
        primaryjoin = Person::id.eq(House::person_id).and(Person::name.ne("bob")),
        viewonly
    )]
    pub unless_bob: Option<One<Person>>,
    #[relationship(primaryjoin = House::number.foreign().cast::<i64>().eq(Person::id), viewonly)]
    pub by_number: Option<One<Person>>,
}

fn kinds() -> Db {
    let db = Db::empty();
    Kinds::create_all(&db.engine).unwrap();
    db.run("INSERT INTO person VALUES (1, 'ann', 10, 20), (2, 'bob', 15, 30), (3, 'Bos', 100, 200)");
    db.run(
        "INSERT INTO house VALUES (1, 'Boston', 10, 'ANN', 1, 2, '3'), (2, 'annapolis', 16, 'bob', 1, NULL, '1'),
        (3, 'Boston', 25, 'x', 2, 1, '2'), (4, 'Rome', 500, 'bos', NULL, NULL, '9')",
    );
    db.sql();
    db
}

/// Loads a relationship in each way, asks for it in each way, and compares what is found and which statements ran.
macro_rules! shown {
    ($class:ident.$relation:ident -> $target:ident by $operator:ident, $expected:expr) => {
        let db = kinds();
        let told = each_way!($class, $relation, db) + "-- operators\n";
        $expected.assert_eq(&(told + &each_operator!($class, $relation, $target, $operator, db)));
    };
}

#[test]
fn a_criterion_on_the_target() {
    shown!(Person.boston -> House by any, expect![[r#"
        Person#1(boston: [House#1])
        Person#2(boston: [House#3])
        Person#3(boston: [])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON "person"."id" = "house_1"."person_id" AND "house_1"."city" = ? ORDER BY "person"."id", "house_1"."id" ['Boston']
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."person_id" IN (SELECT +value FROM json_each(?)) AND "house"."city" = ? ORDER BY "house"."id" ['[1,2,3]', 'Boston']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."person_id" IN (SELECT +value FROM json_each(?)) AND "house"."city" = ? ORDER BY "house"."id" ['[1,2,3]', 'Boston']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."person_id" IN (SELECT +value FROM json_each(?)) AND "house"."city" = ? ORDER BY "house"."id" ['[1,2,3]', 'Boston']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."person_id" IN (SELECT +value FROM json_each(?)) AND "house"."city" = ? ORDER BY "house"."id" ['[1,2,3]', 'Boston']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND "house"."city" = ? ORDER BY "house"."id" [1, 'Boston']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND "house"."city" = ? ORDER BY "house"."id" [2, 'Boston']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND "house"."city" = ? ORDER BY "house"."id" [3, 'Boston']
        -- operators
        [(1, 1), (2, 3)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON "person"."id" = "house"."person_id" AND "house"."city" = ? ORDER BY "person"."id", "house"."id" ['Boston']
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE "person"."id" = "house"."person_id" AND "house"."city" = ?) ORDER BY "person"."id" [1, 'Boston']
        SELECT "house"."id" FROM "house" WHERE ? = "house"."person_id" AND "house"."city" = ? ORDER BY "house"."id" [1, 'Boston']
    "#]]);
}

#[test]
fn a_criterion_on_the_class() {
    shown!(Person.if_ann -> House by any, expect![[r#"
        Person#1(if_ann: [House#1, House#2])
        Person#2(if_ann: [])
        Person#3(if_ann: [])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON "person"."id" = "house_1"."person_id" AND "person"."name" = ? ORDER BY "person"."id", "house_1"."id" ['ann']
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" AND "person_1"."name" = ? WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['ann', '[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" AND "person_1"."name" = ? WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['ann', '[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" AND "person_1"."name" = ? WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['ann', '[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" AND "person_1"."name" = ? WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['ann', '[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND ? = ? ORDER BY "house"."id" [1, 'ann', 'ann']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND ? = ? ORDER BY "house"."id" [2, 'bob', 'ann']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" AND ? = ? ORDER BY "house"."id" [3, 'Bos', 'ann']
        -- operators
        [(1, 1), (1, 2)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON "person"."id" = "house"."person_id" AND "person"."name" = ? ORDER BY "person"."id", "house"."id" ['ann']
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE "person"."id" = "house"."person_id" AND "person"."name" = ?) ORDER BY "person"."id" [1, 'ann']
        SELECT "house"."id" FROM "house" WHERE ? = "house"."person_id" AND ? = ? ORDER BY "house"."id" [1, 'ann', 'ann']
    "#]]);
}

#[test]
fn a_range() {
    shown!(Person.affordable -> House by any, expect![[r#"
        Person#1(affordable: [House#1, House#2])
        Person#2(affordable: [House#2, House#3])
        Person#3(affordable: [])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON "house_1"."price" BETWEEN "person"."low" AND "person"."high" ORDER BY "person"."id", "house_1"."id"
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."price" BETWEEN "person_1"."low" AND "person_1"."high" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."price" BETWEEN "person_1"."low" AND "person_1"."high" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."price" BETWEEN "person_1"."low" AND "person_1"."high" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."price" BETWEEN "person_1"."low" AND "person_1"."high" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."price" BETWEEN ? AND ? ORDER BY "house"."id" [10, 20]
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."price" BETWEEN ? AND ? ORDER BY "house"."id" [15, 30]
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."price" BETWEEN ? AND ? ORDER BY "house"."id" [100, 200]
        -- operators
        [(1, 1), (1, 2), (2, 2), (2, 3)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON "house"."price" BETWEEN "person"."low" AND "person"."high" ORDER BY "person"."id", "house"."id"
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE "house"."price" BETWEEN "person"."low" AND "person"."high") ORDER BY "person"."id" [1]
        SELECT "house"."id" FROM "house" WHERE "house"."price" BETWEEN ? AND ? ORDER BY "house"."id" [10, 20]
    "#]]);
}

#[test]
fn an_operator_of_ones_own() {
    shown!(Person.namesakes -> House by any, expect![[r#"
        Person#1(namesakes: [House#2])
        Person#2(namesakes: [])
        Person#3(namesakes: [House#1, House#3])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON "house_1"."city" GLOB ("person"."name" || ?) ORDER BY "person"."id", "house_1"."id" ['*']
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."city" GLOB ("person_1"."name" || ?) WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['*', '[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."city" GLOB ("person_1"."name" || ?) WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['*', '[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."city" GLOB ("person_1"."name" || ?) WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['*', '[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "house"."city" GLOB ("person_1"."name" || ?) WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['*', '[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."city" GLOB (? || ?) ORDER BY "house"."id" ['ann', '*']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."city" GLOB (? || ?) ORDER BY "house"."id" ['bob', '*']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE "house"."city" GLOB (? || ?) ORDER BY "house"."id" ['Bos', '*']
        -- operators
        [(1, 2), (3, 1), (3, 3)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON "house"."city" GLOB ("person"."name" || ?) ORDER BY "person"."id", "house"."id" ['*']
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE "house"."city" GLOB ("person"."name" || ?)) ORDER BY "person"."id" [1, '*']
        SELECT "house"."id" FROM "house" WHERE "house"."city" GLOB (? || ?) ORDER BY "house"."id" ['ann', '*']
    "#]]);
}

#[test]
fn functions() {
    shown!(Person.by_name -> House by any, expect![[r#"
        Person#1(by_name: [House#1])
        Person#2(by_name: [House#2])
        Person#3(by_name: [House#4])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON lower("person"."name") = lower("house_1"."owner") ORDER BY "person"."id", "house_1"."id"
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON lower("person_1"."name") = lower("house"."owner") WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON lower("person_1"."name") = lower("house"."owner") WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON lower("person_1"."name") = lower("house"."owner") WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON lower("person_1"."name") = lower("house"."owner") WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE lower(?) = lower("house"."owner") ORDER BY "house"."id" ['ann']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE lower(?) = lower("house"."owner") ORDER BY "house"."id" ['bob']
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE lower(?) = lower("house"."owner") ORDER BY "house"."id" ['Bos']
        -- operators
        [(1, 1), (2, 2), (3, 4)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON lower("person"."name") = lower("house"."owner") ORDER BY "person"."id", "house"."id"
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE lower("person"."name") = lower("house"."owner")) ORDER BY "person"."id" [1]
        SELECT "house"."id" FROM "house" WHERE lower(?) = lower("house"."owner") ORDER BY "house"."id" ['ann']
    "#]]);
}

#[test]
fn one_of_two_keys() {
    shown!(Person.lives_or_sells -> House by any, expect![[r#"
        Person#1(lives_or_sells: [House#1, House#2, House#3])
        Person#2(lives_or_sells: [House#1, House#3])
        Person#3(lives_or_sells: [])
        -- joined
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id", "house_1"."city", "house_1"."price", "house_1"."owner", "house_1"."person_id", "house_1"."agent_id", "house_1"."number" FROM "person" LEFT JOIN "house" AS "house_1" ON "person"."id" = "house_1"."person_id" OR "person"."id" = "house_1"."agent_id" ORDER BY "person"."id", "house_1"."id"
        -- selectin
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" OR "person_1"."id" = "house"."agent_id" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- subquery
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" OR "person_1"."id" = "house"."agent_id" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- immediate
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" OR "person_1"."id" = "house"."agent_id" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- batch
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id" FROM "person" AS "person_1" JOIN "house" ON "person_1"."id" = "house"."person_id" OR "person_1"."id" = "house"."agent_id" WHERE "person_1"."id" IN (SELECT +value FROM json_each(?)) ORDER BY "house"."id" ['[1,2,3]']
        -- lazy
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" ORDER BY "person"."id"
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" OR ? = "house"."agent_id" ORDER BY "house"."id" [1, 1]
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" OR ? = "house"."agent_id" ORDER BY "house"."id" [2, 2]
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" WHERE ? = "house"."person_id" OR ? = "house"."agent_id" ORDER BY "house"."id" [3, 3]
        -- operators
        [(1, 1), (1, 2), (1, 3), (2, 1), (2, 3)]
        SELECT "person"."id", "house"."id" FROM "person" JOIN "house" ON "person"."id" = "house"."person_id" OR "person"."id" = "house"."agent_id" ORDER BY "person"."id", "house"."id"
        SELECT "person"."id" FROM "person" WHERE EXISTS (SELECT ? FROM "house" WHERE "person"."id" = "house"."person_id" OR "person"."id" = "house"."agent_id") ORDER BY "person"."id" [1]
        SELECT "house"."id" FROM "house" WHERE ? = "house"."person_id" OR ? = "house"."agent_id" ORDER BY "house"."id" [1, 1]
    "#]]);
}

#[test]
fn a_criterion_of_a_single_one() {
    shown!(House.unless_bob -> Person by has, expect![[r#"
        House#1(unless_bob: Person#1)
        House#2(unless_bob: Person#1)
        House#3(unless_bob: none)
        House#4(unless_bob: none)
        -- joined
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id", "person_1"."name", "person_1"."low", "person_1"."high" FROM "house" LEFT JOIN "person" AS "person_1" ON "person_1"."id" = "house"."person_id" AND "person_1"."name" <> ? ORDER BY "house"."id" ['bob']
        -- selectin
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) AND "person"."name" <> ? ['[1,2]', 'bob']
        -- subquery
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) AND "person"."name" <> ? ['[1,2]', 'bob']
        -- immediate
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) AND "person"."name" <> ? ['[1,2]', 'bob']
        -- batch
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" IN (SELECT +value FROM json_each(?)) AND "person"."name" <> ? ['[1,2]', 'bob']
        -- lazy
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" = ? AND "person"."name" <> ? [1, 'bob']
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" = ? AND "person"."name" <> ? [1, 'bob']
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE "person"."id" = ? AND "person"."name" <> ? [2, 'bob']
        -- operators
        [(1, 1), (2, 1)]
        SELECT "house"."id", "person"."id" FROM "house" JOIN "person" ON "person"."id" = "house"."person_id" AND "person"."name" <> ? ORDER BY "house"."id", "person"."id" ['bob']
        SELECT "house"."id" FROM "house" WHERE EXISTS (SELECT ? FROM "person" WHERE "person"."id" = "house"."person_id" AND "person"."name" <> ?) ORDER BY "house"."id" [1, 'bob']
        SELECT "person"."id" FROM "person" WHERE "person"."id" = ? AND "person"."name" <> ? ORDER BY "person"."id" [1, 'bob']
    "#]]);
}

#[test]
fn a_cast() {
    shown!(House.by_number -> Person by has, expect![[r#"
        House#1(by_number: Person#3)
        House#2(by_number: Person#1)
        House#3(by_number: Person#2)
        House#4(by_number: none)
        -- joined
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number", "person_1"."id", "person_1"."name", "person_1"."low", "person_1"."high" FROM "house" LEFT JOIN "person" AS "person_1" ON CAST("house"."number" AS INTEGER) = "person_1"."id" ORDER BY "house"."id"
        -- selectin
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id" FROM "house" AS "house_1" JOIN "person" ON CAST("house_1"."number" AS INTEGER) = "person"."id" WHERE "house_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4]']
        -- subquery
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id" FROM "house" AS "house_1" JOIN "person" ON CAST("house_1"."number" AS INTEGER) = "person"."id" WHERE "house_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4]']
        -- immediate
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id" FROM "house" AS "house_1" JOIN "person" ON CAST("house_1"."number" AS INTEGER) = "person"."id" WHERE "house_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4]']
        -- batch
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high", "house_1"."id" FROM "house" AS "house_1" JOIN "person" ON CAST("house_1"."number" AS INTEGER) = "person"."id" WHERE "house_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3,4]']
        -- lazy
        SELECT "house"."id", "house"."city", "house"."price", "house"."owner", "house"."person_id", "house"."agent_id", "house"."number" FROM "house" ORDER BY "house"."id"
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE CAST(? AS INTEGER) = "person"."id" ['3']
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE CAST(? AS INTEGER) = "person"."id" ['1']
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE CAST(? AS INTEGER) = "person"."id" ['2']
        SELECT "person"."id", "person"."name", "person"."low", "person"."high" FROM "person" WHERE CAST(? AS INTEGER) = "person"."id" ['9']
        -- operators
        [(1, 3), (2, 1), (3, 2)]
        SELECT "house"."id", "person"."id" FROM "house" JOIN "person" ON CAST("house"."number" AS INTEGER) = "person"."id" ORDER BY "house"."id", "person"."id"
        SELECT "house"."id" FROM "house" WHERE EXISTS (SELECT ? FROM "person" WHERE CAST("house"."number" AS INTEGER) = "person"."id") ORDER BY "house"."id" [1]
        SELECT "person"."id" FROM "person" WHERE CAST(? AS INTEGER) = "person"."id" ORDER BY "person"."id" ['3']
    "#]]);
}

/// The keys of what a collection holds.
fn keys(houses: Collection<House>) -> String {
    let houses: Vec<String> = houses.iter().unwrap().map(|house| format!("{house:?}")).collect();
    houses.join(", ")
}

/// A criterion counts in SQL only: in memory and for the flush anything may be put in, and it is there until it is loaded
/// again.
#[test]
fn a_criterion_doesnt_count_in_memory() {
    let db = kinds();
    let session = db.session();
    let ann = session.get::<Person>(1).unwrap().unwrap();
    let rome = session.get::<House>(4).unwrap().unwrap();
    ann.boston().append(&rome).unwrap();
    assert_eq!(keys(ann.boston()), "House#1, House#4");
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "house" SET "person_id" = ? WHERE "id" = ? [1, 4]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(keys(ann.boston()), "House#1");
}

/// What is only read may be changed in memory; nothing of it is written, and the object doesn't count as changed.
#[test]
fn what_is_only_read_isnt_written() {
    let db = kinds();
    let session = db.session();
    let ann = session.get::<Person>(1).unwrap().unwrap();
    let rome = session.get::<House>(4).unwrap().unwrap();
    ann.affordable().append(&rome).unwrap();
    ann.if_ann().append(House::builder().city("Oslo").price(1).owner("y").number("0")).unwrap();
    rome.set_unless_bob(Some(&ann)).unwrap();
    rome.set_unless_bob(None).unwrap();
    assert!(!session.is_dirty());
    db.sql();
    session.flush().unwrap();
    assert_eq!(db.sql(), "");
    assert_eq!(keys(ann.affordable()), "House#1, House#2, House#4");
    session.commit().unwrap();
    assert_eq!(keys(ann.affordable()), "House#1, House#2");
}
