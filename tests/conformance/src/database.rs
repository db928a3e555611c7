//! A database in memory with one connection, as the oracle has it: what the session does is counted, and the
//! player reads the same connection beside it, uncounted and without disturbing the session's transaction.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orm::__private::TableDecl;
use orm::engine::{
    Access, Compiled, Connection, Done, Driver, Engine, EngineConnection, Fetch, Flow, Observer, Row,
    RowSource, Statement, StatementEvent,
};
use orm::sql::Dialect;
use orm::{Code, Error, Result, ValueRef};
use serde_json::Value;

thread_local! {
    /// The one connection of the database that is played with. Drivers are shared between threads and
    /// connections aren't, so it can't stand in the driver.
    static CONNECTION: RefCell<Option<Rc<EngineConnection>>> = const { RefCell::new(None) };
}

/// A driver that lends the same connection always.
struct OneConnection(Engine);

/// The connection, lent: rolled back when it is given back.
struct Lent(Rc<EngineConnection>);

impl Driver for OneConnection {
    fn connect(&self) -> Result<Box<dyn Connection>> {
        match CONNECTION.with_borrow(Clone::clone) {
            Some(connection) => Ok(Box::new(Lent(connection))),
            None => Err(Error::new(Code::Connection, "the player is gone")),
        }
    }

    fn dialect(&self) -> &dyn Dialect {
        self.0.dialect()
    }

    fn close(&self) {
        self.0.close();
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.0.in_transaction() {
            let _ = self.0.rollback();
        }
    }
}

impl Connection for Lent {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        self.0.prepare(sql)
    }

    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        self.0.query(statement, params, fetch, each)
    }

    fn columns(&self, statement: &Compiled) -> Result<Vec<String>> {
        self.0.columns(statement)
    }

    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done> {
        self.0.execute(statement, params)
    }

    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()> {
        self.0.execute_many(statement, rows)
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

/// Counts SELECT statements, and prints all where asked.
#[derive(Default)]
struct Counter {
    selects: AtomicU64,
    echo: bool,
}

impl Observer for Counter {
    fn wants_params(&self) -> bool {
        self.echo
    }

    #[allow(clippy::print_stderr, reason = "what `--echo` is for")]
    fn statement(&self, event: &StatementEvent<'_>) {
        let word = event.sql.split_ascii_whitespace().next().unwrap_or_default();
        if word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with") {
            self.selects.fetch_add(1, Ordering::Relaxed);
        }
        if self.echo {
            let params: Vec<String> = event.params.iter().map(ToString::to_string).collect();
            eprintln!("     SQL {} [{}]", event.sql, params.join(", "));
        }
    }
}

/// The database of a player.
pub struct Database {
    /// The engine for the session.
    pub engine: Engine,
    raw: Rc<EngineConnection>,
    counter: Arc<Counter>,
}

impl Database {
    /// A new, empty database, which checks foreign keys or doesn't.
    ///
    /// # Errors
    /// Where SQLite can't open one.
    pub fn new(echo: bool, foreign_keys: bool) -> Result<Self> {
        let options = orm::sqlite::Engine::options().foreign_keys(foreign_keys);
        Self::on(options.in_memory()?.into(), echo)
    }

    /// The database of an engine, by one connection.
    ///
    /// # Errors
    /// Where there is no connection.
    pub fn on(inner: Engine, echo: bool) -> Result<Self> {
        let raw = Rc::new(inner.connect()?);
        CONNECTION.set(Some(Rc::clone(&raw)));
        let engine = Engine::new(OneConnection(inner));
        let counter = Arc::new(Counter { echo, ..Counter::default() });
        engine.observe(counter.clone());
        Ok(Database { engine, raw, counter })
    }

    /// Plays with this database from now on.
    pub fn enter(&self) {
        CONNECTION.set(Some(Rc::clone(&self.raw)));
    }

    /// The connection beside the session.
    pub fn raw(&self) -> &EngineConnection {
        &self.raw
    }

    /// How many SELECT statements the library has executed.
    pub fn selects(&self) -> u64 {
        self.counter.selects.load(Ordering::Relaxed)
    }

    /// How many rows were changed; 0 where SQLite doesn't say.
    pub fn writes(&self) -> u64 {
        let mut changed = 0;
        let asked = self.raw.prepare("SELECT total_changes()").and_then(|mut statement| {
            statement.query(&mut |row| {
                if let ValueRef::Int(count) = row.get(0)? {
                    changed = u64::try_from(count).unwrap_or(0);
                }
                Ok(Flow::Break(()))
            })
        });
        asked.map_or(0, |()| changed)
    }

    /// The rows of a table, by its primary key.
    ///
    /// # Errors
    /// What the database says.
    pub fn rows(&self, table: &TableDecl) -> Result<Value> {
        let names = |keys: bool| -> Vec<String> {
            let columns = table.columns.iter().filter(|column| !keys || column.primary_key);
            columns.map(|column| format!("\"{}\"", column.name)).collect()
        };
        let sql = format!(
            "SELECT {} FROM \"{}\" ORDER BY {}",
            names(false).join(", "),
            table.name,
            names(true).join(", ")
        );
        let mut rows = Vec::new();
        self.raw.prepare(&sql)?.query(&mut |row| {
            let cells = (0..table.columns.len()).map(|at| row.get(at).map(json));
            rows.push(Value::Array(cells.collect::<Result<_>>()?));
            Ok(Flow::Continue(()))
        })?;
        Ok(Value::Array(rows))
    }
}

/// A value as JSON has it.
pub fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(v) => Value::from(v),
        ValueRef::Int(v) => Value::from(v),
        ValueRef::Real(v) => Value::from(v),
        ValueRef::Text(v) => Value::from(v),
        ValueRef::Blob(v) => Value::from(v),
    }
}
