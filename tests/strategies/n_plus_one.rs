//! `SessionConfig::n_plus_one`: a relationship that is loaded one by one for objects that were loaded together is told.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, NPlusOne, Result, SessionConfig};
use tests::{Db, code, show};

use super::chain::filled;
use super::chain::select::*;

fn strict(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().n_plus_one(NPlusOne::Error))
}

fn count(users: &[Obj<User>]) -> Result<usize> {
    users.iter().map(|user| user.orders().len()).sum()
}

#[test]
fn the_tenth_of_one_statement_is_refused() {
    let db = filled(Chain::create_all, &[1; 20]);
    let session = strict(&db);
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!(count(&users[..9]).unwrap(), 9);
    assert_eq!(db.statements(), 1 + 9);
    // Those that are loaded are read as before, and one that is loaded anew is no further one.
    session.expire_attributes(&users[3], &["orders"]).unwrap();
    assert_eq!(count(&users[..9]).unwrap(), 9);
    assert_eq!(db.statements(), 1);
    expect!["[n-plus-one] `User.orders`: it is loaded one by one, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(User::orders))`, or when it is first read, by `batch(User::orders)`"].assert_eq(&show(users[9].orders().len()));
    for user in &users[9..] {
        assert_eq!(code(user.orders().iter().map(drop)), Code::NPlusOne);
    }
    assert_eq!(db.statements(), 0);
    // The session goes on, and each way that the error names mends it.
    session.refresh_attributes(&users[9], &["orders"]).unwrap();
    assert_eq!(count(&users[..10]).unwrap(), 10);
    db.sql();
    for option in [selectin(User::orders), batch(User::orders)] {
        let session = strict(&db);
        let users = session.scalars(select(User).options(option)).unwrap().all().unwrap();
        assert_eq!((count(&users).unwrap(), db.statements()), (20, 2));
    }
    let session =
        Session::with_config(&db.engine, SessionConfig::default().n_plus_one(NPlusOne::Error).batch(true));
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!((count(&users).unwrap(), db.statements()), (20, 2));
}

#[test]
fn a_to_one_counts_where_it_takes_a_statement() {
    let db = filled(Chain::create_all, &[1; 20]);
    let session = strict(&db);
    let known = session.scalars(select(User).filter(User::id.le(8))).unwrap().all().unwrap();
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    db.sql();
    for order in &orders[..17] {
        assert!(order.user().unwrap().is_some());
    }
    assert_eq!(db.statements(), 9);
    expect!["[n-plus-one] `Order.user`: it is loaded one by one, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(Order::user))`, or when it is first read, by `batch(Order::user)`"].assert_eq(&show(orders[17].user().map(drop)));
    assert_eq!(orders[0].user().unwrap().unwrap(), known[0]);
    // Another relationship is counted by itself.
    assert_eq!(orders[..9].iter().map(|order| order.items().len().unwrap()).sum::<usize>(), 18);
    expect!["[n-plus-one] `Order.items`: it is loaded one by one, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(Order::items))`, or when it is first read, by `batch(Order::items)`"].assert_eq(&show(orders[9].items().get(0).map(drop)));
}

#[test]
fn objects_that_came_one_by_one_are_left_alone() {
    let db = filled(Chain::create_all, &[1; 30]);
    let session = strict(&db);
    let one = |id: i64| session.get_one::<User>(id).unwrap();
    let users: Vec<Obj<User>> = (1..=15).map(one).collect();
    assert_eq!(count(&users).unwrap(), 15);
    // By many statements, of two objects each. The lists of those that are gone get other objects.
    for part in 0..15 {
        let query = select(Order).order_by(Order::id).limit(2).offset(2 * part);
        let orders = session.scalars(query).unwrap().all().unwrap();
        assert_eq!(orders.iter().map(|order| order.items().len().unwrap()).sum::<usize>(), 4);
    }
}

#[test]
fn each_transaction_counts_anew() {
    let db = filled(Chain::create_all, &[1; 20]);
    for ends in [Session::commit, Session::rollback] {
        let config = SessionConfig::default().n_plus_one(NPlusOne::Error).expire_on_commit(false);
        let session = Session::with_config(&db.engine, config);
        let users = session.scalars(select(User)).unwrap().all().unwrap();
        assert_eq!(count(&users[..9]).unwrap(), 9);
        ends(&session).unwrap();
        assert_eq!(count(&users[9..18]).unwrap(), 9);
        // A savepoint is none.
        session.begin_nested().unwrap().commit().unwrap();
        assert_eq!(code(count(&users)), Code::NPlusOne);
    }
}

/// What a cascade or a flush reads is the library's own affair, and so is what a change replaces.
#[test]
fn only_reads_of_the_users_count() {
    let db = filled(Chain::create_all, &[1; 40]);
    let session = strict(&db);
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    session.expire_all().unwrap();
    for order in &orders[..15] {
        order.set_user(&users[0]).unwrap();
    }
    for order in &orders[15..30] {
        session.delete(order).unwrap();
    }
    for user in &users[1..15] {
        session.delete(user).unwrap();
    }
    for user in &users[15..] {
        session.merge(user).unwrap();
    }
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM \"order\" WHERE user_id = 1").trim(), "15");
}

/// It is remembered who was loaded together, and nothing else comes of that.
#[test]
fn the_same_statements_run_as_without_it() {
    let ran = |n_plus_one: NPlusOne, batched: bool| {
        let db = filled(Chain::create_all, &[1; 9]);
        let session = Session::with_config(&db.engine, SessionConfig::default().n_plus_one(n_plus_one));
        let query = if batched { select(User).options(batch(User::orders)) } else { select(User) };
        let users = session.scalars(&query).unwrap().all().unwrap();
        count(&users[..5]).unwrap();
        session.expire_all().unwrap();
        count(&users[3..]).unwrap();
        session.commit().unwrap();
        users[0].name().unwrap();
        users[1].name().unwrap();
        session.refresh_attributes(&users[2], &["orders"]).unwrap();
        count(&users).unwrap();
        let mut streamed = 0;
        session
            .scalars(select(Order))
            .unwrap()
            .each(|order| {
                streamed += order.items().len()?;
                Ok(())
            })
            .unwrap();
        assert_eq!(streamed, 18);
        // Rows that are lent are read five hundred at a time, so that the statements run in another order.
        let mut statements: Vec<String> = db.sql().lines().map(str::to_owned).collect();
        statements.sort();
        statements
    };
    for batched in [false, true] {
        assert_eq!(ran(NPlusOne::Off, batched), ran(NPlusOne::Error, batched), "{batched}");
    }
    assert_ne!(ran(NPlusOne::Error, false), ran(NPlusOne::Error, true));
}

#[test]
fn rows_that_are_lent_count_too() {
    let db = filled(Chain::create_all, &[1; 20]);
    let session = strict(&db);
    let mut lent = 0;
    let ended = session.scalars(select(User)).unwrap().each(|user| {
        user.orders().len()?;
        lent += 1;
        Ok(())
    });
    assert_eq!((code(ended), lent), (Code::NPlusOne, 9));
    // Of several classes in a row, each that came with it counts.
    let session = strict(&db);
    let rows = session.execute(select((User, Order)).join(User::orders)).unwrap().all().unwrap();
    let read = rows.iter().try_for_each(|(_, order)| order.items().len().map(drop));
    assert_eq!(code(read), Code::NPlusOne);
}
