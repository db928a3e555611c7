//! Which statements a session asks a driver for: counted by a driver of its own around that of SQLite.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm_core::engine::{
    Access, Compiled, Connection, Done, Driver, Engine, EngineConnection, Fetch, Flow, Row, RowSource,
    Statement, StatementId,
};
use orm_core::sql::Dialect;
use orm_core::{Result, ValueRef};

orm::registry!(
    /// These classes.
    Counted
);

/// With a key that may be given, so that inserts have two shapes.
#[derive(Mapped, Default)]
#[mapped(registry = Counted)]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub weight: Option<i64>,
    pub colour: Option<String>,
}

/// A field of a board. Marks are on the diagonal: `x` and `z` are the same column of it.
#[derive(Mapped, Default)]
#[mapped(registry = Counted)]
pub struct Field {
    #[column(primary_key)]
    pub a: i64,
    #[column(primary_key)]
    pub b: i64,
    #[relationship(
        primaryjoin = Field::a
            .eq(Spot::x.foreign())
            .and(Field::b.eq(Spot::y.foreign()))
            .and(Field::a.eq(Spot::z.foreign())),
        order_by = Spot::id
    )]
    pub marks: Many<Spot>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Counted)]
pub struct Spot {
    #[column(primary_key)]
    pub id: i64,
    pub x: i64,
    pub y: i64,
    pub z: i64,
}

/// What a session asked for.
#[derive(Default)]
struct Asked {
    prepared: AtomicUsize,
    runs: Mutex<Vec<(StatementId, String)>>,
    rows: AtomicUsize,
}

impl Asked {
    fn run(&self, statement: &Compiled) {
        self.runs.lock().unwrap().push((statement.id(), statement.sql().to_owned()));
    }

    /// How many statements ran by id, how many different ones, and how many rows of values were given.
    fn take(&self) -> (usize, usize, usize) {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap());
        let mut ids: Vec<StatementId> = Vec::new();
        for (id, _) in &runs {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        (runs.len(), ids.len(), self.rows.swap(0, Ordering::Relaxed))
    }
}

struct Counting(Engine, Arc<Asked>);
struct Counter(EngineConnection, Arc<Asked>);

impl Driver for Counting {
    fn connect(&self) -> Result<Box<dyn Connection>> {
        Ok(Box::new(Counter(self.0.connect()?, Arc::clone(&self.1))))
    }

    fn dialect(&self) -> &dyn Dialect {
        self.0.dialect()
    }

    fn close(&self) {
        self.0.close();
    }
}

struct CountedRows<'r>(&'r mut dyn RowSource, &'r Asked);

impl RowSource for CountedRows<'_> {
    fn next(&mut self, bind: &mut orm_core::engine::Bind<'_>) -> Result<bool> {
        self.0.next(bind)
    }

    fn done(&mut self, row: usize, done: Done) -> Result<()> {
        self.1.rows.fetch_add(1, Ordering::Relaxed);
        self.0.done(row, done)
    }
}

impl Connection for Counter {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        self.1.prepared.fetch_add(1, Ordering::Relaxed);
        self.0.prepare(sql)
    }

    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        self.1.run(statement);
        self.0.query(statement, params, fetch, each)
    }

    fn columns(&self, statement: &Compiled) -> Result<Vec<String>> {
        self.0.columns(statement)
    }

    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done> {
        self.1.run(statement);
        self.0.execute(statement, params)
    }

    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()> {
        self.1.run(statement);
        self.0.execute_many(statement, &mut CountedRows(rows, &self.1))
    }

    fn execute_batch(&self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql)
    }

    fn begin(&self, access: Access) -> Result<()> {
        self.0.begin(access)
    }

    fn begin_text(&self, access: Access) -> &'static str {
        self.0.begin_text(access)
    }

    fn commit(&self) -> Result<()> {
        self.0.commit()
    }

    fn rollback(&self) -> Result<()> {
        self.0.rollback()
    }

    fn savepoint(&self, name: &str) -> Result<()> {
        self.0.savepoint(name)
    }

    fn release(&self, name: &str) -> Result<()> {
        self.0.release(name)
    }

    fn rollback_to(&self, name: &str) -> Result<()> {
        self.0.rollback_to(name)
    }

    fn in_transaction(&self) -> bool {
        self.0.in_transaction()
    }
}

fn counted() -> (Engine, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let sqlite = orm_sqlite::Engine::in_memory().unwrap();
    let engine = Engine::new(Counting(sqlite.into(), Arc::clone(&asked)));
    Counted::create_all(&engine).unwrap();
    asked.prepared.store(0, Ordering::Relaxed);
    (engine, asked)
}

#[test]
fn rows_of_one_shape_are_one_call() {
    let (engine, asked) = counted();
    let session = Session::new(&engine);
    for n in 0..300 {
        session.add(Part::builder().name(format!("part {n}"))).unwrap();
    }
    session.flush().unwrap();
    assert_eq!(asked.take(), (1, 1, 300));
    let parts = session.scalars(select(Part).order_by(Part::id)).unwrap().all().unwrap();
    assert_eq!(asked.take(), (1, 1, 0));
    for part in &parts {
        part.set_weight(7).unwrap();
    }
    session.flush().unwrap();
    assert_eq!(asked.take(), (1, 1, 300));
    session.delete_all(&parts).unwrap();
    session.flush().unwrap();
    // A hundred keys at a time.
    assert_eq!(asked.take(), (1, 1, 3));
    assert_eq!(asked.prepared.load(Ordering::Relaxed), 0);
}

/// The order of the rows stays: two shapes in turn are a call for each row, of two statements.
#[test]
fn two_shapes_in_turn_are_two_statements() {
    let (engine, asked) = counted();
    let session = Session::new(&engine);
    let added: Vec<Obj<Part>> = (0..50)
        .map(|n| {
            let part = Part::builder().name(format!("part {n}"));
            let part = if n % 2 == 0 { part } else { part.id(1000 + n) };
            session.add(part).unwrap()
        })
        .collect();
    session.flush().unwrap();
    assert_eq!(asked.take(), (50, 2, 50));
    assert!(added[0].id().unwrap() < added[1].id().unwrap());
    for (n, part) in
        session.scalars(select(Part).order_by(Part::id)).unwrap().all().unwrap().iter().enumerate()
    {
        if n % 2 == 0 { part.set_weight(1).unwrap() } else { part.set_colour("red").unwrap() }
    }
    asked.take();
    session.flush().unwrap();
    assert_eq!(asked.take(), (50, 2, 50));
    assert_eq!(asked.prepared.load(Ordering::Relaxed), 0);
    // Those of the next session are the same.
    session.commit().unwrap();
    session.close().unwrap();
    let session = Session::new(&engine);
    session.add(Part::builder().name("last")).unwrap();
    session.add(Part::builder().id(5000).name("given")).unwrap();
    session.flush().unwrap();
    assert_eq!(asked.take(), (2, 2, 2));
}

#[test]
fn objects_by_key_and_queries_are_found_by_their_shape() {
    let (engine, asked) = counted();
    let session = Session::new(&engine);
    for id in 1..=20 {
        session.add(Part::builder().id(id).name("part")).unwrap();
    }
    session.commit().unwrap();
    session.expunge_all();
    asked.take();
    for id in 1..=20 {
        session.get::<Part>(id).unwrap().unwrap();
    }
    assert_eq!(asked.take(), (20, 1, 0));
    for name in ["part", "other", "part"] {
        let found = session.scalars(select(Part).filter(Part::name.eq(name))).unwrap().all().unwrap();
        assert_eq!(found.len(), if name == "part" { 20 } else { 0 });
    }
    session.scalars(select(Part).filter(Part::weight.eq(1))).unwrap().all().unwrap();
    assert_eq!(asked.take(), (4, 2, 0));
    assert_eq!(asked.prepared.load(Ordering::Relaxed), 0);
}

#[test]
fn a_column_that_stands_twice_in_a_condition_is_bound_twice() {
    let (engine, asked) = counted();
    let session = Session::new(&engine);
    session.add(Field::builder().a(1).b(2)).unwrap();
    session.add(Field::builder().a(2).b(1)).unwrap();
    for (id, (x, y, z)) in (1..).zip([(1, 2, 1), (1, 2, 2), (1, 1, 2), (2, 1, 2), (2, 2, 1), (1, 2, 1)]) {
        session.add(Spot::builder().id(id).x(x).y(y).z(z)).unwrap();
    }
    session.commit().unwrap();
    asked.take();
    let marks = |key: (i64, i64)| -> Vec<i64> {
        let field = session.get_one::<Field>(key).unwrap();
        field.marks().iter().unwrap().map(|spot| spot.id().unwrap()).collect()
    };
    assert_eq!(marks((1, 2)), [1, 6]);
    assert_eq!(marks((2, 1)), [4]);
    let lazy: Vec<String> = asked.runs.lock().unwrap().iter().map(|(_, sql)| sql.clone()).collect();
    assert!(lazy.iter().any(|sql| sql.matches('?').count() == 3), "{lazy:?}");
}
