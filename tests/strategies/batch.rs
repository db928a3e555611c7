//! `lazy = "batch"`: what is read of one object is loaded for those that were loaded together with it.

use expect_test::expect;
use orm::SessionConfig;
use orm::prelude::*;

use super::chain::{self, filled, seen};

#[test]
fn a_loop_takes_a_statement_for_every_five_hundred() {
    use chain::batch::*;
    for (parents, statements) in [(1, 2), (2, 2), (500, 2), (501, 3), (1_003, 4)] {
        let db = filled(Chain::create_all, &vec![1; parents]);
        let session = db.session();
        let users = session.scalars(select(User)).unwrap().all().unwrap();
        let orders: usize = users.iter().map(|user| user.orders().len().unwrap()).sum();
        assert_eq!((orders, db.statements()), (parents, statements), "{parents}");
        // What it leads to was loaded together too.
        for user in users.iter().rev() {
            for order in user.orders().iter().unwrap() {
                assert_eq!(order.items().len().unwrap(), 2);
            }
        }
        assert_eq!(db.statements(), parents.div_ceil(500), "{parents}");
    }
}

#[test]
fn the_statement_has_the_keys_of_all() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &[1, 2, 0]);
    let session = db.session();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    db.sql();
    assert_eq!(users[1].orders().len().unwrap(), 2);
    assert_eq!(seen!(users), "1:[1:[~]] 2:[2:[~] 3:[~]] 3:[]");
    assert_eq!(users[0].orders().get(0).unwrap().unwrap().user().unwrap().unwrap(), users[0]);
    expect![[r#"
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_to_one_asks_for_what_the_session_lacks() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &[1, 1, 1]);
    let session = db.session();
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    let known = session.get_one::<User>(2).unwrap();
    db.sql();
    let names: Vec<String> =
        orders.iter().map(|order| order.user().unwrap().unwrap().name().unwrap()).collect();
    assert_eq!(names, ["user 1", "user 2", "user 3"]);
    assert_eq!(orders[1].user().unwrap().unwrap(), known);
    expect![[r#"
        SELECT "user"."id", "user"."name" FROM "user" WHERE "user"."id" IN (SELECT +value FROM json_each(?)) ['[1,3]']
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn who_is_left_out() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &[1, 1, 1, 1, 1]);
    let session = db.session();
    let mut users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    let alone = session.get_one::<User>(3).unwrap();
    // One is gone from memory, one has left the session, one is expired, one is loaded already.
    drop(alone);
    drop(users.remove(4));
    session.expunge(&users[3]).unwrap();
    session.expire(&users[2]).unwrap();
    db.sql();
    assert_eq!(users[0].orders().len().unwrap(), 1);
    expect![[r#"
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2]']
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(users[2].orders().len().unwrap(), 1);
    expect![[r#"
        SELECT "id", "name" FROM "user" WHERE "id" = ? [3]
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE ? = "order"."user_id" ORDER BY "order"."id" [3]
    "#]]
    .assert_eq(&db.sql());
    // One that came by its key was loaded with nobody.
    let session = db.session();
    let (first, second) = (session.get_one::<User>(1).unwrap(), session.get_one::<User>(2).unwrap());
    db.sql();
    assert_eq!(first.orders().len().unwrap() + second.orders().len().unwrap(), 2);
    assert_eq!(db.statements(), 2);
}

#[test]
fn what_was_queued_is_merged() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &[1, 1]);
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    let order = session.add(Order::builder()).unwrap();
    session.no_autoflush(|_| {
        users[1].orders().append(&order).unwrap();
        assert_eq!(users[0].orders().len().unwrap(), 1);
        assert!(users[1].orders().is_loaded().unwrap());
        assert_eq!(users[1].orders().len().unwrap(), 2);
    });
    session.commit().unwrap();
    assert_eq!(db.rows(r#"SELECT user_id, count(*) FROM "order" GROUP BY 1"#), "1|1\n2|2\n");
}

#[test]
fn expired_objects_are_loaded_together() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &vec![1; 700]);
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    session.commit().unwrap();
    db.run("UPDATE user SET name = 'new'; DELETE FROM link; DELETE FROM \"order\"; DELETE FROM user WHERE id = 7");
    db.sql();
    for user in users[..6].iter().chain(&users[7..]) {
        assert_eq!(user.name().unwrap(), "new");
        assert_eq!(user.orders().len().unwrap(), 0);
    }
    assert_eq!(db.statements(), 4);
    assert_eq!(users[6].name().unwrap_err().code(), orm::Code::ObjectDeleted);
    assert_eq!(db.statements(), 1);
}

#[test]
fn a_session_can_be_told_to_load_everything_so() {
    use chain::select::*;
    let db = filled(Chain::create_all, &vec![2; 600]);
    let session = Session::with_config(&db.engine, SessionConfig::default().batch(true));
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    for user in &users {
        for order in user.orders().iter().unwrap() {
            assert_eq!(order.items().len().unwrap(), 2);
        }
    }
    assert_eq!(db.statements(), 1 + 2 + 3);
    session.commit().unwrap();
    for user in &users {
        user.name().unwrap();
    }
    assert_eq!(db.statements(), 2);
    // While rows are read it is loaded for those that were read so far, 500 at a time.
    let session = Session::with_config(&db.engine, SessionConfig::default().batch(true));
    let mut orders = 0;
    session
        .scalars(select(User))
        .unwrap()
        .each(|user| {
            orders += user.orders().len()?;
            Ok(())
        })
        .unwrap();
    assert_eq!((orders, db.statements()), (1_200, 3));
}

#[test]
fn nothing_is_read_in_a_session_that_says_nothing() {
    use chain::select::*;
    let db = filled(Chain::create_all, &[1; 20]);
    let session = db.session();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!(users.iter().map(|user| user.orders().len().unwrap()).sum::<usize>(), 20);
    assert_eq!(db.statements(), 21);
}
