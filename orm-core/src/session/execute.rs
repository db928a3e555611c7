//! Queries run: `execute`, `scalars` and `scalar`, and what can be made of the rows.

use std::cell::Cell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::execution::class_of;
use super::waiting::{IsNew, PlainItem, Waiting};
use super::{Inner, Session};
use crate::engine::{Fetch, Flow};
use crate::error::{Code, Error, Result};
use crate::load::{self, Reads};
use crate::query::parts::{Item, QueryParts, Source};
use crate::query::{Cells, IntoSelect, Row, Select};

impl Session {
    /// Prepares a query. It runs when it is asked for its rows; what changed is flushed first.
    ///
    /// # Errors
    /// `configuration`.
    pub fn execute<R: Row>(&self, query: impl IntoSelect<R>) -> Result<Rows<R>> {
        let query = query.select();
        let is_object = R::IS_OBJECT || R::IS_ANY && is_one_object(query.parts());
        Rows::new(self, query, R::read, is_object)
    }

    /// As [`execute`](Self::execute), for the first item of each row.
    ///
    /// # Errors
    /// `configuration`.
    pub fn scalars<R: Row>(&self, query: impl IntoSelect<R>) -> Result<Rows<R::First>> {
        let query = query.select();
        let is_object = R::First::IS_OBJECT || R::First::IS_ANY && first_is_object(query.parts());
        Rows::new(self, query, R::First::read, is_object)
    }

    /// As [`execute`](Self::execute), with plain values in place of objects: nothing is looked up in the session or kept in
    /// it. Nested in them is what the options of the query say, and nothing else; what several values lead to is there
    /// several times. A plain value has all its columns, and nothing is loaded of it later.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// #     #[relationship(back_populates = "user")]
    /// #     addresses: Many<Address>,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct Address {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     email: String,
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
    /// let users: Vec<User> = session.values(select(User).options(selectin(User::addresses)))?.all()?;
    /// let emails: Vec<&str> = users[0].addresses.iter().map(|address| address.email.as_str()).collect();
    /// assert_eq!(emails, ["ed@example.org"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `configuration`; when it runs `query` where options say what plain values can't have: `load_only`, `defer`,
    /// `batch`.
    pub fn values<R: Row>(&self, query: impl IntoSelect<R>) -> Result<Rows<R::Plain>> {
        let rows = Rows::new(self, query.select(), R::plain, R::IS_OBJECT)?;
        let item: PlainItem<R::Plain> = |row, mut item| R::plain_item(row, &mut item);
        Ok(Rows { plain: Some(item), ..rows })
    }

    /// The first item of the first row, if there is one.
    ///
    /// # Errors
    /// As [`Rows::all`].
    pub fn scalar<R: Row>(&self, query: impl IntoSelect<R>) -> Result<Option<R::First>> {
        self.scalars(query)?.first()
    }

    /// The SQL of a query, as it would run.
    ///
    /// # Errors
    /// `query` where it can't be built; `configuration`.
    pub fn sql<R>(&self, query: impl IntoSelect<R>) -> Result<String> {
        load::sql(&*self.inner, query.select().parts(), self.inner.engine.dialect())
    }
}

/// The rows of a query, each an `R`: made by [`Session::execute`] and [`Session::scalars`].
///
/// Where a row is one object, it is given once, also where a join makes several rows of it; [`unique`](Self::unique) does
/// so for other rows.
#[must_use = "a query does nothing until it is asked for its rows"]
pub struct Rows<R> {
    pub(super) session: Rc<Inner>,
    pub(super) query: Box<QueryParts>,
    pub(super) read: fn(&mut Cells<'_>) -> Result<R>,
    pub(super) unique: bool,
    /// Where plain values are made: how one of them is found in a row.
    pub(super) plain: Option<PlainItem<R>>,
    pub(super) row: PhantomData<fn() -> R>,
}

/// A query that is reading rows.
pub(super) struct Reading<'a>(&'a Cell<u32>);

impl<'a> Reading<'a> {
    pub(super) fn begin(cursors: &'a Cell<u32>) -> Self {
        cursors.set(cursors.get().saturating_add(1));
        Reading(cursors)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<R> Rows<R> {
    fn new<Q>(
        session: &Session,
        query: Select<Q>,
        read: fn(&mut Cells<'_>) -> Result<R>,
        is_object: bool,
    ) -> Result<Self> {
        let mut query = query.take_parts();
        query.running.like_sqlalchemy = session.inner.config.asks_like_sqlalchemy;
        if let Some(Item::Entity(Source::Class(class, _), _)) = query.items.first() {
            class.mapper()?;
        }
        let unique = is_object && can_repeat(&query);
        Ok(Rows { session: Rc::clone(&session.inner), query, read, unique, plain: None, row: PhantomData })
    }

    /// Tells who listens, flushes what changed and runs `f` while the query counts as one that reads rows.
    fn running<T>(&self, f: impl FnOnce(&Inner, &QueryParts) -> Result<T>) -> Result<T> {
        let told = self.session.tell_query(&self.query)?;
        let query = told.as_deref().unwrap_or(&self.query);
        if !query.running.no_autoflush {
            self.session.autoflush()?;
        }
        // A broken transaction is what is said first, whatever the query reads of objects.
        self.session.connect()?;
        let _reading = Reading::begin(&self.session.cursors);
        f(&self.session, query)
    }

    fn run(&self, fetch: Fetch, each: impl FnMut(R) -> Result<Flow>) -> Result<()> {
        self.run_told((fetch, false), None, each)
    }

    /// Runs it. `is_new` is given what tells a row from others, and says whether it is given.
    fn run_told(
        &self,
        (fetch, bounded): (Fetch, bool),
        is_new: Option<IsNew<'_>>,
        each: impl FnMut(R) -> Result<Flow>,
    ) -> Result<()> {
        let reads = Reads { fetch, told: is_new.is_some(), plain: self.plain.is_some(), bounded };
        let (read, plain) = (self.read, self.plain);
        let mut sink = Waiting { read, is_new, each, rows: VecDeque::new(), plain };
        self.running(|session, query| load::stream(session, query, reads, &mut sink))
    }
}

impl<R> Rows<R> {
    /// Gives equal rows once.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Runs it, and leaves out rows that came before, where that is wanted.
    fn run_unique(&self, fetch: Fetch, each: impl FnMut(R) -> Result<Flow>) -> Result<()> {
        if !self.unique {
            return self.run(fetch, each);
        }
        let mut seen: HashSet<Box<[u8]>, FxBuildHasher> = HashSet::default();
        let mut is_new = |key: &[u8]| !seen.contains(key) && seen.insert(key.into());
        self.run_told((fetch, false), Some(&mut is_new), each)
    }

    /// Every row, in their order.
    ///
    /// # Errors
    /// As a flush; `query`, `value`, and what the database says.
    pub fn all(self) -> Result<Vec<R>> {
        let mut all = Vec::new();
        self.run_unique(Fetch::All, |row| {
            all.push(row);
            Ok(Flow::Continue(()))
        })?;
        Ok(all)
    }

    /// Runs `f` with one row after another, while they are read: no more rows are in memory than `f` keeps. Where equal
    /// rows are given once, only one that came directly before is left out.
    ///
    /// # Errors
    /// As [`all`](Self::all), and what `f` says: it ends there.
    pub fn each(self, mut f: impl FnMut(R) -> Result<()>) -> Result<()> {
        self.one_by_one(|row| f(row).map(Flow::Continue))
    }

    /// As [`each`](Self::each), with so many rows at once, and fewer at the end.
    ///
    /// # Errors
    /// As [`each`](Self::each).
    pub fn chunks(self, rows: usize, mut f: impl FnMut(Vec<R>) -> Result<()>) -> Result<()> {
        let rows = rows.max(1);
        let mut chunk = Vec::new();
        self.one_by_one(|row| {
            chunk.push(row);
            if chunk.len() < rows {
                return Ok(Flow::Continue(()));
            }
            f(std::mem::take(&mut chunk)).map(Flow::Continue)
        })?;
        if chunk.is_empty() { Ok(()) } else { f(chunk) }
    }

    fn one_by_one(&self, each: impl FnMut(R) -> Result<Flow>) -> Result<()> {
        if !self.unique {
            return self.run_told((Fetch::Stream, true), None, each);
        }
        let mut last: Option<Box<[u8]>> = None;
        let mut is_new = |key: &[u8]| {
            let is_new = last.as_deref() != Some(key);
            last = Some(key.into());
            is_new
        };
        self.run_told((Fetch::Stream, true), Some(&mut is_new), each)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn first(self) -> Result<Option<R>> {
        let mut first = None;
        self.run(Fetch::Stream, |row| {
            first = Some(row);
            Ok(Flow::Break(()))
        })?;
        Ok(first)
    }

    /// The only row, or none.
    ///
    /// # Errors
    /// `multiple-results`, and as [`all`](Self::all).
    pub fn one_or_none(self) -> Result<Option<R>> {
        let (mut one, mut more) = (None, false);
        self.run_unique(Fetch::Stream, |row| {
            more = one.is_some();
            one.get_or_insert(row);
            Ok(if more { Flow::Break(()) } else { Flow::Continue(()) })
        })?;
        if more {
            let error = Error::new(Code::MultipleResults, "several rows where one was asked for");
            return Err(self.about(error).help("filter more, or use `first()`"));
        }
        Ok(one)
    }

    /// The only row.
    ///
    /// # Errors
    /// `no-result`, `multiple-results`, and as [`all`](Self::all).
    pub fn one(self) -> Result<R> {
        let none = self.about(Error::new(Code::NoResult, "no row where one was asked for"));
        self.one_or_none()?.ok_or_else(|| none.help("use `one_or_none()`"))
    }

    /// How many rows [`all`](Self::all) would give, counted by the database where it can be. No object is made.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn count(self) -> Result<usize> {
        let counted =
            self.running(|session, query| load::count(session, query, (self.unique, self.plain.is_some())))?;
        Ok(usize::try_from(counted).unwrap_or(0))
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn exists(self) -> Result<bool> {
        self.running(|session, query| load::exists(session, query, self.plain.is_some()))
    }

    fn about(&self, error: Error) -> Error {
        match class_of(&self.query) {
            Some(class) => error.about(class, None),
            None => error,
        }
    }
}

fn first_is_object(query: &QueryParts) -> bool {
    matches!(query.items.first(), Some(Item::Entity(..)))
}

fn is_one_object(query: &QueryParts) -> bool {
    query.items.len() == 1 && first_is_object(query)
}

/// Whether rows that are one object each can be the same object: where more than its table is read.
fn can_repeat(query: &QueryParts) -> bool {
    let is_table = |item: &Item| matches!(item, Item::Entity(Source::Class(..), _));
    query.written.is_some()
        || !query.joins.is_empty()
        || !query.compound.is_empty()
        || query.items.len() + query.from.len() > 1
        || !query.items.iter().all(is_table)
}
