//! Queries run: `scalars` and what can be made of its rows.

use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::{Inner, Session};
use crate::engine::Flow;
use crate::error::{Code, Error, Result};
use crate::load;
use crate::query::{Select, Selectable};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;
use crate::state::typed::obj::{Live, Obj};

impl<T: Live> Selectable for Select<T> {
    type Row = T;

    fn into_select(self) -> Select<T> {
        self
    }
}

impl Session {
    /// Prepares a query whose rows are one object each. It runs when it is asked for its objects; what changed
    /// is flushed first.
    ///
    /// # Errors
    /// `configuration`.
    pub fn scalars<S: Selectable>(&self, query: S) -> Result<Scalars<S::Row>> {
        let query = query.into_select();
        query.source.mapper()?;
        Ok(Scalars { session: Rc::clone(&self.inner), query, unique: false, row: PhantomData })
    }

    /// The SQL of a query, as it would run.
    ///
    /// # Errors
    /// `query` where it can't be built; `configuration`.
    pub fn sql<S: Selectable>(&self, query: S) -> Result<String> {
        load::sql(&query.into_select(), self.inner.engine.dialect())
    }
}

/// The objects of a query.
#[must_use = "a query does nothing until it is asked for its objects"]
pub struct Scalars<T: Live> {
    session: Rc<Inner>,
    query: Select<T>,
    unique: bool,
    row: PhantomData<fn() -> T>,
}

/// A query that is reading rows.
struct Reading<'a>(&'a Cell<u32>);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<T: Live> Scalars<T> {
    /// Gives each object once, also where a join makes several rows of it.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    fn run(self, mut each: impl FnMut(Handle) -> Result<Flow>) -> Result<()> {
        self.session.autoflush()?;
        // A broken transaction is what is said first, whatever the query reads of objects.
        self.session.connect()?;
        let cursors = &self.session.cursors;
        cursors.set(cursors.get().saturating_add(1));
        let _reading = Reading(cursors);
        if !self.unique {
            return load::stream(&*self.session, &self.query, &mut each);
        }
        // Loaded, so that no address is used twice.
        let mut seen: HashSet<usize, FxBuildHasher> = HashSet::default();
        let mut held = Vec::new();
        load::stream(&*self.session, &self.query, &mut |object| {
            if !seen.insert(address(&object)) {
                return Ok(Flow::Continue(()));
            }
            held.push(object.clone());
            each(object)
        })
    }

    /// Every object, in the order of the rows.
    ///
    /// # Errors
    /// As a flush; `query`, `value`, and what the database says.
    pub fn all(self) -> Result<Vec<Obj<T>>> {
        let mut all = Vec::new();
        self.run(|object| {
            all.push(Obj::from_handle(object));
            Ok(Flow::Continue(()))
        })?;
        Ok(all)
    }

    /// Runs `f` with one object after another, while the rows are read: no more objects are in memory than `f`
    /// keeps.
    ///
    /// # Errors
    /// As [`all`](Self::all), and what `f` says: it ends there.
    pub fn each(self, mut f: impl FnMut(Obj<T>) -> Result<()>) -> Result<()> {
        self.run(|object| f(Obj::from_handle(object)).map(Flow::Continue))
    }

    /// The first object, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn first(self) -> Result<Option<Obj<T>>> {
        let mut first = None;
        self.run(|object| {
            first = Some(Obj::from_handle(object));
            Ok(Flow::Break(()))
        })?;
        Ok(first)
    }

    /// The only object, or none.
    ///
    /// # Errors
    /// `multiple-results`, and as [`all`](Self::all).
    pub fn one_or_none(self) -> Result<Option<Obj<T>>> {
        let class = self.query.source.mapper()?.class();
        let (mut one, mut more) = (None, false);
        self.run(|object| {
            more = one.is_some();
            one.get_or_insert(Obj::from_handle(object));
            Ok(if more { Flow::Break(()) } else { Flow::Continue(()) })
        })?;
        if more {
            return Err(Error::new(Code::MultipleResults, "several rows where one was asked for")
                .about(class, None)
                .help("filter more, or use `first()`"));
        }
        Ok(one)
    }

    /// The only object.
    ///
    /// # Errors
    /// `no-result`, `multiple-results`, and as [`all`](Self::all).
    pub fn one(self) -> Result<Obj<T>> {
        let class = self.query.source.mapper()?.class();
        self.one_or_none()?.ok_or_else(|| {
            Error::new(Code::NoResult, "no row where one was asked for")
                .about(class, None)
                .help("use `one_or_none()`")
        })
    }
}
