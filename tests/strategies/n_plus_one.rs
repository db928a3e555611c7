//! `SessionConfig::n_plus_one`: a relationship or a deferred column that is loaded one by one for objects that were loaded
//! together is told, with the line that reads it.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, NPlusOne, Result, SessionConfig, load_only, undefer, undefer_all, undefer_group};
use tests::{Db, code, show};

use super::chain::filled;
use super::chain::select::*;

fn strict(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().n_plus_one(NPlusOne::Error))
}

/// The text of an error, in which this line of this file is `HERE`.
fn at<T>(line: u32, result: Result<T>) -> String {
    let place = format!("{}:{line}, ", file!());
    let text = show(result);
    assert!(text.contains(&place), "{text}, but {place}");
    text.replace(&place, "HERE, ")
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
    expect!["[n-plus-one] `User.orders`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(User::orders))`, or when it is first read, by `batch(User::orders)`"].assert_eq(&at(line!(), users[9].orders().len()));
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
    expect!["[n-plus-one] `Order.user`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(Order::user))`, or when it is first read, by `batch(Order::user)`"].assert_eq(&at(line!(), orders[17].user().map(drop)));
    assert_eq!(orders[0].user().unwrap().unwrap(), known[0]);
    // Another relationship is counted by itself.
    assert_eq!(orders[..9].iter().map(|order| order.items().len().unwrap()).sum::<usize>(), 18);
    expect!["[n-plus-one] `Order.items`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(Order::items))`, or when it is first read, by `batch(Order::items)`"].assert_eq(&at(line!(), orders[9].items().get(0).map(drop)));
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

/// A collection is loaded before it is replaced. The setter that does it is named; `replace` tells its line.
#[test]
fn collections_that_are_replaced() {
    let db = filled(Chain::create_all, &[1; 12]);
    let told = |change: &dyn Fn(&Obj<User>) -> orm::Result<()>| {
        let session = strict(&db);
        let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
        let error = users.iter().try_for_each(change).unwrap_err();
        session.rollback().unwrap();
        error.to_string()
    };
    expect!["[n-plus-one] `User.orders`: it is loaded one by one by `set_orders`, for 10 of 12 objects that were loaded together; help: load it with the query, by `.options(selectin(User::orders))`, or when it is first read, by `batch(User::orders)`"].assert_eq(&told(&|user| user.set_orders(Vec::<Obj<Order>>::new())));
    let line = line!() + 1;
    let by_replace = told(&|user| user.orders().replace(Vec::<Obj<Order>>::new()));
    assert!(by_replace.contains(&format!("one by one at {}:{line}", file!())), "{by_replace}");
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

orm::registry!(
    /// These classes.
    pub Shelf
);

#[derive(Mapped)]
#[mapped(table = "page", registry = Shelf)]
struct Page {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(deferred)]
    text: String,
    #[column(deferred)]
    note: Option<String>,
    #[column(deferred_group = "scan")]
    front: String,
    #[column(deferred_group = "scan")]
    back: String,
}

/// Twenty pages, and a strict session.
fn pages() -> (Db, Session) {
    let db = Db::empty();
    Shelf::create_all(&db.engine).unwrap();
    let session = db.session();
    let page = |number: i64| Page::builder().title(number.to_string()).text("t").front("f").back("b");
    session.add_all((0..20).map(page)).unwrap();
    session.commit().unwrap();
    db.sql();
    let strict = strict(&db);
    (db, strict)
}

fn all(session: &Session) -> Vec<Obj<Page>> {
    session.scalars(select(Page)).unwrap().all().unwrap()
}

#[test]
fn every_way_to_read_says_its_line() {
    let db = filled(Chain::create_all, &[1; 20]);
    let session = strict(&db);
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    count(&users[..9]).unwrap();
    let user = &users[9];
    let order = session.get_one::<Order>(1).unwrap();
    at(line!(), user.orders().iter());
    at(line!(), user.orders().len());
    at(line!(), user.orders().is_empty());
    at(line!(), user.orders().get(0));
    at(line!(), user.orders().contains(&order));
    at(line!(), user.orders().insert(0, &order));
    at(line!(), user.orders().remove(&order));
    at(line!(), user.orders().pop());
    at(line!(), user.orders().pop_at(0));
    at(line!(), user.orders().clear());
    at(line!(), user.orders().replace([&order]));
    at(line!(), user.orders().into_iter().next().unwrap());
    at(line!(), (&user.orders()).into_iter().next().unwrap());
    let mut walked = Vec::new();
    let line = line!() + 1;
    for order in user.orders() {
        walked.push(at(line, order));
    }
    assert_eq!(walked.len(), 1);
    let any = Obj::any(user);
    at(line!(), any.related("orders"));
    at(line!(), any.collection("orders").unwrap().len());
    // Of a call over several lines it is that of the method.
    let result = user.orders().len();
    at(line!() - 1, result);
}

#[test]
fn a_to_one_by_name() {
    let db = filled(Chain::create_all, &[1; 20]);
    let session = strict(&db);
    let orders = session.scalars(select(Order)).unwrap().all().unwrap();
    for order in &orders[..9] {
        Obj::any(order).related("user").unwrap();
    }
    expect!["[n-plus-one] `Order.user`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(selectin(Order::user))`, or when it is first read, by `batch(Order::user)`"].assert_eq(&at(line!(), Obj::any(&orders[9]).related("user")));
}

#[test]
fn deferred_columns_count() {
    let (db, session) = pages();
    let pages = all(&session);
    for page in &pages[..9] {
        assert_eq!((page.text().unwrap(), page.front().unwrap()), ("t".into(), "f".into()));
        // It came with the group, and what is loaded with the object is none.
        assert_eq!((page.back().unwrap(), page.title().unwrap().is_empty()), ("b".into(), false));
    }
    assert_eq!(db.statements(), 1 + 18);
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer(Page::text))`"].assert_eq(&at(line!(), pages[9].text()));
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer(Page::text))`"].assert_eq(&at(line!(), Obj::any(&pages[9]).get("text")));
    // A group is counted as one, whichever of its columns is read.
    expect![[r#"[n-plus-one] `Page.front`: its group `scan` is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer_group("scan"))`"#]].assert_eq(&at(line!(), pages[9].back()));
    // Another one is counted by itself.
    assert_eq!(pages[9].note().unwrap(), None);
    assert_eq!(db.statements(), 1);
    session.refresh_attributes(&pages[9], &["text"]).unwrap();
    assert_eq!(pages[9].text().unwrap(), "t");
    db.sql();
    // What the errors name mends it.
    let session = strict(&db);
    let query = select(Page).options((undefer(Page::text), undefer_group("scan")));
    let pages = session.scalars(query).unwrap().all().unwrap();
    assert!(pages.iter().all(|page| page.text().unwrap() == "t" && page.back().unwrap() == "b"));
    assert_eq!(db.statements(), 1);
}

#[test]
fn columns_that_a_query_leaves_out_count() {
    let (db, session) = pages();
    let left_out = || select(Page).options(load_only(Page::id));
    let pages = session.scalars(left_out()).unwrap().all().unwrap();
    pages[..9].iter().for_each(|page| drop(page.title().unwrap()));
    expect!["[n-plus-one] `Page.title`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer(Page::title))`"].assert_eq(&at(line!(), pages[9].title()));
    let session = strict(&db);
    let pages = session.scalars(left_out().options(undefer(Page::title))).unwrap().all().unwrap();
    db.sql();
    assert!(pages.iter().all(|page| !page.title().unwrap().is_empty()));
    assert_eq!(db.statements(), 0);
}

#[test]
fn columns_that_are_read_together() {
    let (db, session) = pages();
    let pages = all(&session);
    for page in &pages[..9] {
        page.with(|_| ()).unwrap();
    }
    assert_eq!(db.statements(), 1 + 9);
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer((Page::text, Page::note, Page::front, Page::back)))`"].assert_eq(&at(line!(), pages[9].with(|_| ())));
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer((Page::text, Page::note, Page::front, Page::back)))`"].assert_eq(&at(line!(), pages[9].to_value()));
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer((Page::text, Page::note, Page::front, Page::back)))`"].assert_eq(&at(line!(), pages[9].to_value_nested()));
    let session = strict(&db);
    let pages = session.scalars(select(Page).options(undefer_all())).unwrap().all().unwrap();
    db.sql();
    assert!(pages.iter().all(|page| page.to_value().unwrap().text == "t"));
    // Two columns are named, and a group.
    let session = strict(&db);
    let pages = session.scalars(select(Page).options(undefer_group("scan"))).unwrap().all().unwrap();
    pages[..9].iter().for_each(|page| drop(page.to_value().unwrap()));
    expect!["[n-plus-one] `Page.text`: it is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer((Page::text, Page::note)))`"].assert_eq(&at(line!(), pages[9].to_value()));
    let session = strict(&db);
    let query = select(Page).options(undefer((Page::text, Page::note)));
    let pages = session.scalars(query).unwrap().all().unwrap();
    pages[..9].iter().for_each(|page| drop(page.to_value().unwrap()));
    expect![[r#"[n-plus-one] `Page.front`: its group `scan` is loaded one by one at HERE, for 10 of 20 objects that were loaded together; help: load it with the query, by `.options(undefer_group("scan"))`"#]].assert_eq(&at(line!(), pages[9].to_value()));
}

/// What a flush or a merge reads of columns is the library's own affair.
#[test]
fn only_columns_that_the_users_read_count() {
    let (db, session) = pages();
    for page in all(&session) {
        page.set_text("new").unwrap();
    }
    session.commit().unwrap();
    let pages = all(&session);
    let other = strict(&db);
    for page in &pages {
        other.merge(page).unwrap();
    }
    for page in &pages {
        session.delete(page).unwrap();
    }
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT count(*) FROM page").trim(), "0");
}
