//! Every statement of a piece of work fails once: with an error, and with an error that ends the transaction too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use orm::engine::{
    Access, Bind, Compiled, Connection, Done, Driver, Engine, EngineConnection, Fetch, Flow, Row, RowSource,
    Statement,
};
use orm::prelude::*;
use orm::sql::Dialect;
use orm::{Code, DriverError, Error, Fault, Result, ValueRef};
use tests::Db;
use tests::models::*;

/// Which statement fails, counted from 1, and how.
#[derive(Default)]
struct Plan {
    left: AtomicUsize,
    ends: AtomicBool,
}

impl Plan {
    fn set(&self, at: usize, ends: bool) {
        self.left.store(at, Ordering::Relaxed);
        self.ends.store(ends, Ordering::Relaxed);
    }

    /// Whether the statement that was to fail has.
    fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    fn check(&self, connection: &EngineConnection) -> Result<()> {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        if left != 1 {
            return Ok(());
        }
        if self.ends.load(Ordering::Relaxed) {
            connection.rollback()?;
        }
        Err(Error::from(DriverError::new(Fault::Other, "injected")))
    }
}

struct Failing(Engine, Arc<Plan>);

struct FailingConnection(EngineConnection, Arc<Plan>);

struct FailingRows<'r>(&'r mut dyn RowSource, &'r FailingConnection);

impl Driver for Failing {
    fn connect(&self) -> Result<Box<dyn Connection>> {
        Ok(Box::new(FailingConnection(self.0.connect()?, Arc::clone(&self.1))))
    }

    fn dialect(&self) -> &dyn Dialect {
        self.0.dialect()
    }

    fn close(&self) {
        self.0.close();
    }
}

impl RowSource for FailingRows<'_> {
    fn next(&mut self, bind: &mut Bind<'_>) -> Result<bool> {
        let is_given = self.0.next(bind)?;
        if is_given {
            self.1.1.check(&self.1.0)?;
        }
        Ok(is_given)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.0.done(row, done)
    }
}

impl FailingConnection {
    fn check(&self) -> Result<&EngineConnection> {
        self.1.check(&self.0)?;
        Ok(&self.0)
    }
}

impl Connection for FailingConnection {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        self.check()?.prepare(sql)
    }

    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        self.check()?.query(statement, params, fetch, each)
    }

    fn columns(&self, statement: &Compiled) -> Result<Vec<String>> {
        self.check()?.columns(statement)
    }

    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done> {
        self.check()?.execute(statement, params)
    }

    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()> {
        self.0.execute_many(statement, &mut FailingRows(rows, self))
    }

    fn execute_batch(&self, sql: &str) -> Result<()> {
        self.check()?.execute_batch(sql)
    }

    fn begin(&self, access: Access) -> Result<()> {
        self.check()?.begin(access)
    }

    fn begin_text(&self, access: Access) -> &'static str {
        self.0.begin_text(access)
    }

    fn commit(&self) -> Result<()> {
        self.check()?.commit()
    }

    fn rollback(&self) -> Result<()> {
        self.0.rollback()
    }

    fn savepoint(&self, name: &str) -> Result<()> {
        self.check()?.savepoint(name)
    }

    fn release(&self, name: &str) -> Result<()> {
        self.check()?.release(name)
    }

    fn rollback_to(&self, name: &str) -> Result<()> {
        self.check()?.rollback_to(name)
    }

    fn in_transaction(&self) -> bool {
        self.0.in_transaction()
    }
}

fn failing() -> (Db, Arc<Plan>) {
    let plan = Arc::new(Plan::default());
    let sqlite = orm::sqlite::Engine::in_memory().unwrap();
    let db = Db::over(Engine::new(Failing(sqlite.into(), Arc::clone(&plan))), None);
    Models::create_all(&db.engine).unwrap();
    (db, plan)
}

/// Everything that is committed.
fn dump(db: &Db) -> String {
    let tables = ["user_account", "address", "orders", "order_item", "item", "profile", "node"];
    tables
        .iter()
        .map(|table| format!("{table}\n{}", db.rows(&format!("SELECT * FROM {table} ORDER BY 1, 2"))))
        .collect()
}

fn user(number: i64) -> UserBuilder {
    let orders = [1, 2].map(|at| {
        Order::builder()
            .note(format!("order {number} {at}"))
            .items([Item::builder().name(format!("item {number} {at}"))])
    });
    User::builder()
        .name(format!("user {number}"))
        .addresses(["a", "b"].map(|email| Address::builder().email(format!("{email}{number}"))))
        .orders(orders)
}

fn fill(db: &Db) {
    let session = db.session();
    session.add_all((1..=5).map(user)).unwrap();
    let root = Node::builder().name("root").children(["a", "b"].map(|name| Node::builder().name(name)));
    session.add(root).unwrap();
    session.commit().unwrap();
}

/// Inserts, updates, deletes, moves and links, of more than thirty objects.
fn change(session: &Session) -> Result<()> {
    let users = session.scalars(select(User).order_by(User::id))?.all()?;
    let [first, second, third, fourth, fifth] = users.as_slice() else {
        return Err(Error::from(DriverError::new(Fault::Other, "not five users")));
    };
    first.set_name("renamed")?;
    if let Some(address) = first.addresses().iter()?.next() {
        address.set_email("changed")?;
    }
    if let Some(address) = third.addresses().iter()?.last() {
        address.set_user(second)?;
    }
    for order in third.orders().iter()? {
        order.items().append(Item::builder().name("new"))?;
        order.set_user(first)?;
    }
    if let Some(order) = first.orders().iter()?.next() {
        order.items().clear()?;
    }
    session.delete(fourth)?;
    for order in fifth.orders().iter()? {
        session.delete(&order)?;
    }
    session.add_all((6..=8).map(user))?;
    let root = session.scalars(select(Node).filter(Node::name.eq("root")))?.one()?;
    let children: Vec<_> = root.children().iter()?.collect();
    if let [a, b] = children.as_slice() {
        b.set_parent(a)?;
        a.children().append(Node::builder().name("leaf"))?;
    }
    session.flush()
}

/// The name of the first user, as the session says.
fn first_name(session: &Session) -> String {
    session.get_one::<User>(1).unwrap().name().unwrap()
}

#[test]
fn work_that_fails_at_any_statement_is_taken_back_and_can_be_done_again() {
    for ends in [false, true] {
        let mut at = 0;
        loop {
            at += 1;
            let (db, plan) = failing();
            fill(&db);
            let before = dump(&db);
            let session = db.session();
            plan.set(at, ends);
            let done = change(&session).and_then(|()| session.commit());
            if done.is_ok() {
                assert!(!plan.is_over(), "statement {at} failed, and nobody said so");
                break;
            }
            session.rollback().unwrap();
            assert_eq!(dump(&db), before, "statement {at}");
            assert_eq!(first_name(&session), "user 1", "statement {at}");
            change(&session)
                .and_then(|()| session.commit())
                .unwrap_or_else(|error| panic!("statement {at}: {error}"));
            assert_eq!(dump(&db), expected(), "statement {at}");
        }
        assert!(at > 40, "only {at} statements");
    }
}

/// What is there after `change`.
fn expected() -> String {
    let (db, _) = failing();
    fill(&db);
    let session = db.session();
    change(&session).and_then(|()| session.commit()).unwrap();
    dump(&db)
}

#[test]
fn a_savepoint_that_fails_at_any_statement_leaves_what_was_before_it() {
    let outer_alone = {
        let (db, _) = failing();
        fill(&db);
        let session = db.session();
        session.get_one::<User>(2).unwrap().set_name("outer").unwrap();
        session.commit().unwrap();
        dump(&db)
    };
    for ends in [false, true] {
        let mut at = 0;
        loop {
            at += 1;
            let (db, plan) = failing();
            fill(&db);
            let before = dump(&db);
            let session = db.session();
            session.get_one::<User>(2).unwrap().set_name("outer").unwrap();
            session.flush().unwrap();
            let part = session.begin_nested().unwrap();
            plan.set(at, ends);
            if change(&session).and_then(|()| part.commit()).is_ok() {
                assert!(!plan.is_over(), "statement {at} failed, and nobody said so");
                break;
            }
            // The savepoint is rolled back by its commit, or since it was dropped.
            match session.commit() {
                Ok(()) => assert_eq!(dump(&db), outer_alone, "statement {at}"),
                Err(error) => {
                    assert!(ends && error.code() == Code::PendingRollback, "statement {at}: {error}");
                    session.rollback().unwrap();
                    assert_eq!(dump(&db), before, "statement {at}");
                }
            }
            assert_eq!(first_name(&session), "user 1", "statement {at}");
            session.rollback().unwrap();
            change(&session)
                .and_then(|()| session.commit())
                .unwrap_or_else(|error| panic!("statement {at}: {error}"));
        }
        assert!(at > 40, "only {at} statements");
    }
}
