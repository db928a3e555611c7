//! `Holder`: a connection with the prepared statements that were run on it by their ids.
//!
//! The statements borrow the connection, and both are kept together. When the connection goes back to the pool the
//! statements go back to its cache of texts first, so that a connection in the pool is alone and may go to any
//! thread.

use std::cell::RefCell;

use hashbrown::HashMap;
use orm_core::Result;
use orm_core::engine::StatementId;
use rusqlite::Connection as Raw;
use rustc_hash::FxBuildHasher;
use self_cell::self_cell;

use crate::statement::Prepared;

/// The statements by their ids. One that is running has left its place.
struct Held<'c> {
    statements: RefCell<HashMap<StatementId, Option<Prepared<'c>>, FxBuildHasher>>,
    most: usize,
}

self_cell!(
    struct Cell {
        owner: Raw,
        #[not_covariant]
        dependent: Held,
    }
);

/// A connection and its statements.
pub(crate) struct Holder(Cell);

impl Holder {
    /// A connection that holds at most so many statements.
    pub(crate) fn new(raw: Raw, most: usize) -> Self {
        Holder(Cell::new(raw, |_| Held { statements: RefCell::default(), most }))
    }

    /// The connection.
    #[inline]
    pub(crate) fn raw(&self) -> &Raw {
        self.0.borrow_owner()
    }

    /// The connection alone; its statements go to its cache of texts.
    pub(crate) fn give_back(self) -> Raw {
        self.0.into_owner()
    }

    /// Runs `run` with the statement of an id, which `prepare` gives where it isn't held, or is running already.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        id: StatementId,
        prepare: impl for<'c> FnOnce(&'c Raw) -> Result<Prepared<'c>>,
        run: impl FnOnce(&Raw, &mut Prepared<'_>) -> Result<R>,
    ) -> Result<R> {
        self.0.with_dependent(|raw, held| {
            let mut prepared = match held.take(id) {
                Some(prepared) => prepared,
                None => prepare(raw)?,
            };
            let result = run(raw, &mut prepared);
            held.put(id, prepared);
            result
        })
    }
}

impl<'c> Held<'c> {
    #[inline]
    fn take(&self, id: StatementId) -> Option<Prepared<'c>> {
        self.statements.borrow_mut().get_mut(&id).and_then(Option::take)
    }

    /// Puts a statement into its place. Where one of the same id has come back meanwhile, that one goes to the
    /// cache of texts.
    #[inline]
    fn put(&self, id: StatementId, mut prepared: Prepared<'c>) {
        prepared.forget_large_values();
        let mut statements = self.statements.borrow_mut();
        match statements.get_mut(&id) {
            Some(place) => *place = Some(prepared),
            None => {
                if statements.len() >= self.most {
                    // All of them go to the cache of texts, which knows those that were used last.
                    statements.clear();
                }
                if self.most > 0 {
                    statements.insert(id, Some(prepared));
                }
            }
        }
    }
}
