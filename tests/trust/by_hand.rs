//! Foreign keys that are set by hand beside their relationship, columns that wait for a flush, and what is set on objects
//! that are being deleted.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::models::*;
use tests::{code, filled, show};

#[test]
fn a_foreign_key_that_its_relationship_would_overwrite_is_refused() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let jack = session.get_one::<User>(2).unwrap();
    let order = session.add(Order::builder().user(&ed)).unwrap();
    session.flush().unwrap();
    order.set_user(&jack).unwrap();
    expect!["[wrong-state] `Order.user_id`: `Order.user` was set to an object with another key, and the flush takes the column from that; help: set `Order.user` alone, or flush the session between the two"].assert_eq(&show(order.set_user_id(1)));
    assert_eq!(code(order.set_user_id(None)), Code::WrongState);
    assert_eq!(code(order.set_user_id(func::abs(-1))), Code::WrongState);
    assert_eq!(code(Obj::any(&order).set("user_id", &1.into())), Code::WrongState);
    order.set_user_id(2).unwrap();
    session.flush().unwrap();
    order.set_user_id(1).unwrap();
    session.flush().unwrap();
    session.expire(&order).unwrap();
    assert_eq!(order.user().unwrap(), Some(ed.clone()));
    order.set_user(None).unwrap();
    expect!["[wrong-state] `Order.user_id`: `Order.user` was set to nothing, and the flush takes the column from that; help: set `Order.user` alone, or flush the session between the two"].assert_eq(&show(order.set_user_id(2)));
    order.set_user_id(None).unwrap();
    session.flush().unwrap();
    // From the other side.
    jack.orders().append(&order).unwrap();
    assert_eq!(code(order.set_user_id(1)), Code::WrongState);
    session.rollback().unwrap();
}

#[test]
fn what_is_set_last_counts() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let jack = session.get_one::<User>(2).unwrap();
    let order = session.add(Order::builder().user_id(1).user(&jack)).unwrap();
    session.flush().unwrap();
    assert_eq!(order.user_id().unwrap(), Some(2));
    order.set_user_id(3).unwrap();
    order.set_user(&ed).unwrap();
    session.flush().unwrap();
    assert_eq!(order.user_id().unwrap(), Some(1));
    // The same object as before is no change.
    order.set_user(&jack).unwrap();
    order.set_user(&ed).unwrap();
    order.set_user_id(2).unwrap();
    session.flush().unwrap();
    session.expire(&order).unwrap();
    assert_eq!(order.user().unwrap(), Some(jack.clone()));
}

#[test]
fn a_builder_that_disagrees_with_itself_is_refused() {
    let db = filled();
    let session = db.session();
    let jack = session.get_one::<User>(2).unwrap();
    expect!["[wrong-state] `Order.user_id`: `Order.user` was set to an object with another key, and the flush takes the column from that; help: set `Order.user` alone, or flush the session between the two"].assert_eq(&show(session.add(Order::builder().user(&jack).user_id(1))));
    let new = User::builder().name("new");
    assert_eq!(code(session.add(Order::builder().user(new).user_id(1))), Code::WrongState);
    // The builder's object is in the collection of the other side, as it is after any mistake.
    session.rollback().unwrap();
    session.add(Order::builder().user(&jack).user_id(2)).unwrap();
    session.flush().unwrap();
}

#[test]
fn like_sqlalchemy_the_relationship_wins() {
    let db = filled();
    let session = orm::Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true));
    let jack = session.get_one::<User>(2).unwrap();
    let order = session.add(Order::builder().user_id(1)).unwrap();
    session.flush().unwrap();
    order.set_user(&jack).unwrap();
    order.set_user_id(1).unwrap();
    session.flush().unwrap();
    assert_eq!(order.user_id().unwrap(), Some(2));
}

#[test]
fn what_is_set_on_a_deleted_object_stays_on_it() {
    let db = filled();
    let session = db.session();
    let keyword = session.add(Keyword::builder().word("a").rank(1)).unwrap();
    session.commit().unwrap();
    session.delete(&keyword).unwrap();
    keyword.set_rank(2).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        SELECT "word", "rank", "weight", "state" FROM "keyword" WHERE "word" = ? ['a']
        DELETE FROM "keyword" WHERE "word" = ? ['a']
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(keyword.rank().unwrap(), Some(2));
}

#[test]
fn a_column_that_waits_for_a_flush_says_so() {
    let db = filled();
    let session = db.session();
    let ed = session.get_one::<User>(1).unwrap();
    let unset = |build: &dyn Fn() -> Obj<Keyword>| {
        let keyword = build();
        let texts = (show(keyword.word()), show(keyword.weight()), show(keyword.state()));
        format!("{}\n{}\n{}\n", texts.0, texts.1, texts.2)
    };
    session.no_autoflush(|session| {
        let alone = unset(&|| Keyword::builder().into_obj().unwrap());
        expect![[r#"
            [unset] `Keyword.word`: the column was never set; help: set it first
            [unset] `Keyword.weight`: the column was never set; help: set it, or add the object to a session and flush that first: it has a default, which comes with the insert
            [unset] `Keyword.state`: the column was never set; help: set it, or add the object to a session and flush that first: it has a default, which comes with the insert
        "#]].assert_eq(&alone);
        let added = unset(&|| session.add(Keyword::builder()).unwrap());
        expect![[r#"
            [unset] `Keyword.word`: the column was never set; help: set it first
            [unset] `Keyword.weight`: the column was never set; help: set it, or flush the session first: it has a default, which comes with the insert
            [unset] `Keyword.state`: the column was never set; help: set it, or flush the session first: it has a default, which comes with the insert
        "#]].assert_eq(&added);
    });
    session.rollback().unwrap();
    let ed = session.merge(&ed).unwrap();
    let address = session.add(Address::builder().email("e").user(&ed)).unwrap();
    expect!["[unset] `Address.id`: the column was never set; help: set it, or flush the session first: the database generates it"].assert_eq(&show(address.id()));
    expect!["[unset] `Address.user_id`: the column was never set; help: set it, or flush the session first: it comes with `Address.user`"].assert_eq(&show(address.user_id()));
    session.flush().unwrap();
    assert_eq!(address.user_id().unwrap(), 1);
    assert!(address.id().unwrap() > 0);
    let without = session.add(Address::builder().email("f")).unwrap();
    expect!["[unset] `Address.user_id`: the column was never set; help: set it first"]
        .assert_eq(&show(without.user_id()));
    let keyword = session.add(Keyword::builder().word("w")).unwrap();
    session.expunge(&without).unwrap();
    session.flush().unwrap();
    assert_eq!((keyword.weight().unwrap(), keyword.state().unwrap().as_str()), (7, "fresh"));
}

/// A relationship that is read and leads to nothing is no change, and that is set to nothing is one.
#[test]
fn nothing_is_set_beside_a_foreign_key() {
    let db = filled();
    let session = db.session();
    let read = Order::builder().into_obj().unwrap();
    assert_eq!(read.user().unwrap(), None);
    read.set_user_id(1).unwrap();
    let set = Order::builder().user_id(1).into_obj().unwrap();
    set.set_user(None).unwrap();
    session.add_all([&read, &set]).unwrap();
    session.flush().unwrap();
    assert_eq!((read.user_id().unwrap(), set.user_id().unwrap()), (Some(1), None));
    session.commit().unwrap();
    // One that a join has found to lead to nothing.
    let session = db.session();
    let query = select(Order).filter(Order::user_id.is_null()).options(joined(Order::user));
    let order = session.scalars(query).unwrap().first().unwrap().unwrap();
    order.set_user_id(2).unwrap();
    session.flush().unwrap();
    assert_eq!(order.user_id().unwrap(), Some(2));
}
