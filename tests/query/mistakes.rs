//! Mistakes that are found when the statement is built, with the mend.

use super::asked;
use expect_test::expect;
use orm::prelude::*;
use tests::models::*;
use tests::{Db, warns};

#[test]
fn a_class_that_is_not_part_of_the_query() {
    asked(
        select(User).filter(Address::email.eq("x")),
        expect![[r#"
        [query] `Address` isn't part of the query; help: add `.join(User::addresses)`
    "#]],
    );
    asked(
        select(User::name).order_by(Order::id),
        expect![[r#"
        [query] `Order` isn't part of the query; help: add `.join(User::orders)`
    "#]],
    );
    let order = aliased(Order);
    asked(
        select(User).join(User::orders).filter(order.of(Order::id).eq(1)),
        expect![[r#"
        [query] an alias of `Order` isn't part of the query; help: join it, as in `.join(relationship.to(alias))`, or name it in `.from(alias)`; a column of `Order` itself is written without `of`
    "#]],
    );
    let sub = select(User::id).subquery("sub");
    asked(
        select(User).filter(sub.of(User::id).eq(1)),
        expect![[r#"
        [query] the query `sub` isn't part of the query; help: add `.join(sub.on(...))` or `.from(&sub)`
    "#]],
    );
    asked(
        select(sub.of(User::name)),
        expect![[r#"
        [query] the query `sub` has no column `name`; help: select it there; it has `id`
    "#]],
    );
}

#[test]
fn sources_that_nothing_joins() {
    asked(
        select((User::id, Item::id)),
        expect![[r#"
        [query] nothing joins `User` and `Item`: each row of one comes with each of the other; help: add a condition; or name both, `.from((Item, User))`, if that is meant
    "#]],
    );
    asked(
        select((User::id, Order::id)),
        expect![[r#"
        [query] nothing joins `User` and `Order`: each row of one comes with each of the other; help: add `.join(Order::user)`, or a condition; or name both, `.from((Order, User))`, if that is meant
    "#]],
    );
    asked(
        select((User::id, Item::id)).from((User, Item)).limit(1),
        expect![[r#"
        (1, 1)
        SELECT "user_account"."id", "item"."id" FROM "user_account", "item" LIMIT ? [1]
    "#]],
    );
    asked(
        select((User::id, Order::id)).filter(Order::user_id.eq(User::id)).limit(1),
        expect![[r#"
        (1, 1)
        SELECT "user_account"."id", "orders"."id" FROM "user_account", "orders" WHERE "orders"."user_id" = "user_account"."id" LIMIT ? [1]
    "#]],
    );
}

#[test]
fn what_can_not_be_put_together_or_joined() {
    asked(
        select(User::id).filter(User::id.in_(select(User::id).union(select(Address::id)))),
        expect![[r#"
            1
            2
            3
            SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" IN (SELECT "user_account_1"."id" FROM "user_account" AS "user_account_1" UNION SELECT "address"."id" FROM "address")
        "#]],
    );
    asked(
        select(User::name).union(select(Address::email)).order_by(User::id),
        expect![[r#"
        [query] rows of several queries are ordered by what they don't select; help: order by a column or a label that the first query selects
    "#]],
    );
    asked(
        select(User).join(User::orders).join(Node),
        expect![[r#"
        [query] no foreign key joins `Node` with the query; help: give a condition by `.on(...)`
    "#]],
    );
}

#[test]
fn words_of_the_users_own() {
    asked(
        select(User).filter(User::name.op::<bool>("= 'x' OR 1 --", "")),
        expect![[r#"
        [query] `= 'x' OR 1 --` is no operator: write a word or a sign
    "#]],
    );
    asked(
        select(func::custom::<i64>("f(1); drop", ())),
        expect![[r#"
        [query] `f(1); drop` is no name of a function: write a word
    "#]],
    );
    asked(
        select(text::<i64>("? + ?").bind(1)),
        expect![[r#"
        [query] `? + ?` has 2 question marks, and 1 values; help: give a value for each by `.bind(...)`
    "#]],
    );
    asked(
        select(User).limit(-1),
        expect![[r#"
        [query] -1 is no number of rows
    "#]],
    );
}

mod shops {
    use super::*;

    orm::registry!(
        /// Wares by a code that a shop may not have.
        pub Shops
    );

    #[derive(Mapped)]
    #[mapped(registry = Shops)]
    pub struct Shop {
        #[column(primary_key)]
        pub id: i64,
        #[column(unique)]
        pub code: Option<String>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shops)]
    pub struct Ware {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Shop::code)]
        pub shop_code: Option<String>,
        #[relationship]
        pub shop: Option<One<Shop>>,
    }
}

/// Nothing equals `NULL`, neither a ware without a shop nor any other, and that is told.
#[test]
fn an_object_asked_for_by_null() {
    let db = Db::empty();
    shops::Shops::create_all(&db.engine).unwrap();
    let session = db.session();
    let shop = session.add(shops::Shop::builder().id(1)).unwrap();
    session.add(shops::Ware::builder().id(1)).unwrap();
    session.flush().unwrap();
    let wares = || session.scalars(select(shops::Ware).filter(shops::Ware::shop.is(&shop))).unwrap().all();
    let found = warns(
        expect![[r#"
            WARN orm::load message=an object is asked for by a column that is NULL, which equals nothing class="Shop" attribute="code"
        "#]],
        wares,
    );
    assert_eq!(found.unwrap(), []);
    // With a code there is nothing to tell.
    shop.set_code("s".to_owned()).unwrap();
    assert_eq!(warns(expect![""], wares).unwrap(), []);
}
