//! Cascades of a relationship that is only read: it brings nobody into a session and deletes nobody, but merging, expunging and
//! expiring go along it as along any other.

use expect_test::expect;
use orm::prelude::*;
use orm::{IntoObj, ObjectState};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Shown
);

#[derive(Mapped)]
#[mapped(registry = Shown)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(viewonly, primaryjoin = User::id.eq(Order::user_id.foreign()), order_by = Order::id)]
    orders: Many<Order>,
    #[relationship(
        viewonly,
        primaryjoin = User::id.eq(Order::user_id.foreign()),
        order_by = Order::id,
        cascade = "merge, expunge, refresh-expire"
    )]
    held: Many<Order>,
}

#[derive(Mapped)]
#[mapped(registry = Shown)]
struct Order {
    #[column(primary_key)]
    id: i64,
    user_id: Option<i64>,
    text: String,
}

fn shown() -> (Db, Session) {
    let db = Db::empty();
    Shown::create_all(&db.engine).unwrap();
    db.run("INSERT INTO user VALUES (1, 'jack'); INSERT INTO \"order\" VALUES (1, 1, 'a'), (2, 1, 'b')");
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn expunging_and_expiring_where_it_says_so() {
    let (_, session) = shown();
    let user = session.get_one::<User>(1).unwrap();
    let orders: Vec<_> = user.held().iter().unwrap().collect();
    assert_eq!(orders.len(), 2);
    session.expire(&user).unwrap();
    assert!(orders.iter().all(|order| Obj::any(order).is_expired("text").unwrap()));
    assert_eq!((orders[0].text().unwrap(), user.held().len().unwrap()), ("a".into(), 2));
    session.expunge(&user).unwrap();
    assert!(orders.iter().all(|order| !session.contains(order)));

    let user = session.get_one::<User>(1).unwrap();
    let orders: Vec<_> = user.orders().iter().unwrap().collect();
    session.expunge(&user).unwrap();
    assert!(orders.iter().all(|order| session.contains(order)), "the usual cascades are but `merge`");
}

#[test]
fn what_is_put_in_does_not_come() {
    let (db, session) = shown();
    let user = session.add(User::builder().id(2).name("ed")).unwrap();
    let one = Order::builder().text("c").into_obj().unwrap();
    user.orders().append(&one).unwrap();
    assert!(!session.contains(&one));
    session.commit().unwrap();
    assert_eq!(Obj::state(&one), ObjectState::Transient);
    session.delete(&user).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM \"order\""), "2\n");
}

/// What is loaded is loaded in the merged object too. Nothing of the relationship is written.
#[test]
fn merging_goes_along_it() {
    let (db, session) = shown();
    let user = session.get_one::<User>(1).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
    session.close().unwrap();
    let other = db.session();
    db.sql();
    let merged = other.merge(&user).unwrap();
    expect![[r#"
        SELECT "id", "name" FROM "user" WHERE "id" = ? [1]
        SELECT "order"."id", "order"."user_id", "order"."text" FROM "order" WHERE ? = "order"."user_id" ORDER BY "order"."id" [1]
    "#]].assert_eq(&db.sql());
    assert!(merged.orders().is_loaded().unwrap());
    assert_eq!(merged.orders().len().unwrap(), 2);
    other.flush().unwrap();
    assert_eq!(db.sql(), "");
    // Of a new one too.
    let new = User::builder().id(2).name("ed").orders([Order::builder().id(7).text("c")]).into_obj().unwrap();
    let merged = other.merge(&new).unwrap();
    assert_eq!(merged.orders().len().unwrap(), 1);
    other.commit().unwrap();
    assert_eq!(db.rows("SELECT id, user_id FROM \"order\" WHERE id > 2"), "7|NULL\n");
}
