//! `Engine`: a driver with its observers, cheap to clone and shared between threads.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::cache::{Hashed, Recent, StatementCache};
use super::counter::Counter;
use super::driver::{Access, Connection, Done, Driver, Fetch, Flow, Row, RowSource, Statement};
use super::observe::{EventKind, Observer};
use super::savepoints::{Ended, Savepoints, SetPoint};
use super::shape::Shape;
use super::statement::{Compiled, Given};
use super::watch::{Audience, Watch};
use super::watched::{self, Watched};
use crate::error::{Code, Result};
use crate::sql::{Dialect, Rendered};
use crate::value::ValueRef;

/// A database: hands out connections, knows its dialect, and tells observers of every statement.
///
/// Clones share everything; an engine is `Send + Sync`. Drivers come with constructors of their own, such as
/// `orm::sqlite::Engine::open`, which dereference to this type.
///
/// Every statement is a `tracing` event with the target `orm::sql` at level `DEBUG` (`sql`, `rows`,
/// `duration`, `error`, and `params` after [`trace_params`](Engine::trace_params)), and is told to the
/// registered [`Observer`]s. When nobody listens, that costs a look at two flags.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

/// The number of an engine, never given twice in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EngineId(u64);

struct Shared {
    id: EngineId,
    driver: Box<dyn Driver>,
    watch: Watch,
    statements: StatementCache,
    /// Whether any are kept.
    keeps_statements: AtomicBool,
}

impl Engine {
    /// An engine over a driver.
    pub fn new(driver: impl Driver) -> Self {
        let driver = Box::new(driver);
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = EngineId(NEXT.fetch_add(1, Ordering::Relaxed));
        let (watch, statements) = (Watch::default(), StatementCache::default());
        Engine {
            shared: Arc::new(Shared {
                id,
                driver,
                watch,
                statements,
                keeps_statements: AtomicBool::new(true),
            }),
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> EngineId {
        self.shared.id
    }

    /// Whether it keeps statements.
    pub(crate) fn keeps_statements(&self) -> bool {
        self.shared.keeps_statements.load(Ordering::Relaxed)
    }

    /// Takes a connection from the pool. It goes back when it is dropped, rolled back.
    ///
    /// # Errors
    /// [`Connection`](crate::Code::Connection) where none can be opened, or the engine is closed.
    pub fn connect(&self) -> Result<EngineConnection> {
        let inner = self.shared.driver.connect()?;
        Ok(EngineConnection::over(Rc::from(inner), Rc::default(), self))
    }

    /// How statements are written for this database.
    pub fn dialect(&self) -> &dyn Dialect {
        self.shared.driver.dialect()
    }

    /// Runs statements without parameters and rows, as for DDL, on a connection of their own. Settings of a
    /// connection end with it: give those to the engine's options.
    ///
    /// # Errors
    /// What the database says; the statements before the failing one have run.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.connect()?.execute_batch(sql)
    }

    /// Registers an observer: it is told of the statements that are prepared from now on.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        self.shared.watch.observe(observer);
    }

    /// Removes an observer that was registered by [`observe`](Engine::observe), as often as it was. Gives
    /// whether it was found.
    pub fn unobserve<O: Observer + ?Sized>(&self, observer: &Arc<O>) -> bool {
        self.shared.watch.unobserve(Arc::as_ptr(observer).cast::<()>())
    }

    /// Whether `tracing` events carry the bound values too. They don't unless told to, because values may be
    /// private.
    pub fn trace_params(&self, on: bool) {
        self.shared.watch.trace_params(on);
    }

    /// How many texts of statements it keeps, so that they needn't be written anew; those that weren't used for
    /// longest go. Default: 1,000. With 0 only a connection that is lent knows what was used on it.
    pub fn query_cache_size(&self, statements: usize) {
        self.shared.keeps_statements.store(statements > 0, Ordering::Relaxed);
        self.shared.statements.set_most(statements);
    }

    /// Closes the pool: idle connections now, lent ones when they come back. Later calls of
    /// [`connect`](Engine::connect) fail.
    pub fn close(&self) {
        self.shared.driver.close();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({})", self.dialect().name())
    }
}

/// A connection of an [`Engine`], whose statements are told to those who listen.
pub struct EngineConnection {
    inner: Rc<dyn Connection>,
    engine: Engine,
    /// The statements that were used on it, found without a lock.
    recent: Recent,
    /// Whether a statement failed since others kept the database locked.
    met_lock: Cell<bool>,
    /// Who counts its statements, when it does.
    counter: Option<Rc<Counter>>,
    savepoints: Rc<Savepoints>,
}

impl EngineConnection {
    fn over(inner: Rc<dyn Connection>, savepoints: Rc<Savepoints>, engine: &Engine) -> Self {
        EngineConnection {
            inner,
            engine: engine.clone(),
            recent: Recent::default(),
            met_lock: Cell::new(false),
            counter: None,
            savepoints,
        }
    }

    /// The same connection for somebody else, with a counter of its own.
    pub(crate) fn shared(&self) -> EngineConnection {
        EngineConnection::over(Rc::clone(&self.inner), Rc::clone(&self.savepoints), &self.engine)
    }

    /// The innermost savepoint that is set by [`savepoint`](Connection::savepoint).
    pub(crate) fn innermost_savepoint(&self) -> Option<Rc<SetPoint>> {
        self.savepoints.innermost()
    }

    /// Sets a savepoint with a name that nobody else has given who shares the connection.
    pub(crate) fn set_savepoint(&self) -> Result<Rc<SetPoint>> {
        let name = self.savepoints.name();
        self.send_savepoint(&name)?;
        Ok(self.savepoints.set(&name))
    }

    fn send_savepoint(&self, name: &str) -> Result<()> {
        self.verb(|| format!("SAVEPOINT {name}"), |c| c.savepoint(name))
    }

    /// The engine that it belongs to.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a statement failed since others kept the database locked. Those that were prepared by their text don't
    /// count.
    pub(crate) fn met_lock(&self) -> bool {
        self.met_lock.get()
    }

    /// The same, with its statements counted by `counter` whenever that is on.
    pub(crate) fn counted_by(self, counter: &Rc<Counter>) -> Self {
        EngineConnection { counter: Some(Rc::clone(counter)), ..self }
    }

    /// Who is told of a statement that begins now; `None` is the fast path.
    #[inline]
    fn audience(&self) -> Option<Audience> {
        let counter = self.counter.as_ref().filter(|counter| counter.is_on());
        self.engine.shared.watch.audience(counter)
    }

    /// Notes whether what failed met a lock.
    #[inline]
    fn note<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.met_lock.set(self.met_lock.get() || error.code() == Code::Locked);
        }
        result
    }

    /// The statement of a shape. `render` writes it where the engine doesn't know it yet.
    ///
    /// # Errors
    /// What `render` says.
    #[inline]
    pub fn statement(
        &self,
        shape: Shape<'_>,
        render: impl FnOnce(&dyn Dialect) -> Result<Rendered>,
    ) -> Result<Rc<Compiled>> {
        let hashed = (shape, shape.hash());
        match self.recent.find(hashed) {
            Some(known) => Ok(known),
            None => self.take_over(hashed, render),
        }
    }

    #[cold]
    fn take_over(
        &self,
        hashed: Hashed<'_>,
        render: impl FnOnce(&dyn Dialect) -> Result<Rendered>,
    ) -> Result<Rc<Compiled>> {
        let shared = &self.engine.shared;
        let statement = shared.statements.find_or_make(hashed, || render(shared.driver.dialect()))?;
        let statement = Rc::new(statement);
        self.recent.add(hashed.1, Rc::clone(&statement));
        Ok(statement)
    }

    /// Runs a query with the values of its parameters, bound as they were rendered, and lends each row.
    ///
    /// # Errors
    /// `query` where a value isn't given, and what the database or `each` says.
    pub fn run<'v>(
        &self,
        statement: &'v Compiled,
        given: Given<'_, 'v>,
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        statement.with_values(given, |params| self.query(statement, params, fetch, each))
    }

    /// Runs one of the transaction verbs. `text` composes the event's text, which nobody needs otherwise.
    fn verb<T: AsRef<str>>(
        &self,
        text: impl FnOnce() -> T,
        run: impl FnOnce(&dyn Connection) -> Result<()>,
    ) -> Result<()> {
        self.note(match self.audience() {
            None => run(&*self.inner),
            Some(audience) => {
                audience.run(EventKind::Transaction, text().as_ref(), || run(&*self.inner), |()| 0)
            }
        })
    }
}

impl fmt::Debug for EngineConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EngineConnection({})", self.engine.dialect().name())
    }
}

impl Connection for EngineConnection {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        match self.audience() {
            None => self.inner.prepare(sql),
            Some(audience) => {
                let watched = Watched::prepare(audience, sql, || self.inner.prepare(sql))?;
                Ok(Box::new(watched))
            }
        }
    }

    fn query(
        &self,
        statement: &Compiled,
        params: &[ValueRef<'_>],
        fetch: Fetch,
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        self.note(match self.audience() {
            None => self.inner.query(statement, params, fetch, each),
            Some(audience) => watched::query(&audience, statement.sql(), params, each, |each| {
                self.inner.query(statement, params, fetch, each)
            }),
        })
    }

    fn columns(&self, statement: &Compiled) -> Result<Vec<String>> {
        self.note(self.inner.columns(statement))
    }

    fn execute(&self, statement: &Compiled, params: &[ValueRef<'_>]) -> Result<Done> {
        self.note(match self.audience() {
            None => self.inner.execute(statement, params),
            Some(audience) => {
                watched::execute(&audience, statement.sql(), params, || self.inner.execute(statement, params))
            }
        })
    }

    fn execute_many(&self, statement: &Compiled, rows: &mut dyn RowSource) -> Result<()> {
        self.note(match self.audience() {
            None => self.inner.execute_many(statement, rows),
            Some(audience) => watched::execute_many(&audience, statement.sql(), rows, |rows| {
                self.inner.execute_many(statement, rows)
            }),
        })
    }

    fn execute_batch(&self, sql: &str) -> Result<()> {
        self.note(match self.audience() {
            None => self.inner.execute_batch(sql),
            Some(audience) => audience.run(EventKind::Batch, sql, || self.inner.execute_batch(sql), |()| 0),
        })
    }

    fn begin(&self, access: Access) -> Result<()> {
        self.verb(|| self.inner.begin_text(access), |c| c.begin(access))?;
        // The database may have ended the last one by itself.
        self.savepoints.end(None, Ended::TakenBack);
        Ok(())
    }

    fn begin_text(&self, access: Access) -> &'static str {
        self.inner.begin_text(access)
    }

    fn commit(&self) -> Result<()> {
        self.verb(|| "COMMIT", |c| c.commit())?;
        self.savepoints.end(None, Ended::Kept);
        Ok(())
    }

    fn rollback(&self) -> Result<()> {
        self.verb(|| "ROLLBACK", |c| c.rollback())?;
        self.savepoints.end(None, Ended::TakenBack);
        Ok(())
    }

    fn savepoint(&self, name: &str) -> Result<()> {
        self.send_savepoint(name)?;
        self.savepoints.set(name);
        Ok(())
    }

    fn release(&self, name: &str) -> Result<()> {
        self.verb(|| format!("RELEASE SAVEPOINT {name}"), |c| c.release(name))?;
        self.savepoints.end(Some(name), Ended::Kept);
        Ok(())
    }

    fn rollback_to(&self, name: &str) -> Result<()> {
        self.verb(|| format!("ROLLBACK TO SAVEPOINT {name}"), |c| c.rollback_to(name))?;
        self.savepoints.end(Some(name), Ended::TakenBack);
        Ok(())
    }

    fn in_transaction(&self) -> bool {
        self.inner.in_transaction()
    }

    fn invalidate(&self) {
        self.inner.invalidate();
    }
}
