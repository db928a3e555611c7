//! `Holder`: a connection with the prepared statements that were run on it by their ids.
//!
//! The statements borrow the connection, and both are kept together. When the connection goes back to the pool the
//! statements go back to its cache of texts first, so that a connection in the pool is alone and may go to any
//! thread.

use std::cell::RefCell;

use orm_core::Result;
use orm_core::engine::StatementId;
use rusqlite::Connection as Raw;
use self_cell::self_cell;

use crate::statement::Prepared;

/// The statements, each in the place that its id says. One that is running has left its place, and so has one
/// whose place another one needed: it is in the cache of texts then.
struct Held<'c> {
    places: RefCell<Vec<Option<Box<Statement<'c>>>>>,
    /// How many places there are at most: a power of two, or none.
    most: u64,
}

struct Statement<'c> {
    id: StatementId,
    prepared: Prepared<'c>,
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
        let most = most.checked_ilog2().map_or(0, |log| 1 << log);
        Holder(Cell::new(raw, |_| Held { places: RefCell::default(), most }))
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
            let mut statement = match held.take(id) {
                Some(statement) => statement,
                None => Box::new(Statement { id, prepared: prepare(raw)? }),
            };
            let result = run(raw, &mut statement.prepared);
            statement.prepared.forget_large_values();
            held.put(statement);
            result
        })
    }
}

impl<'c> Held<'c> {
    #[inline]
    fn place(&self, id: StatementId) -> usize {
        (id.number() & self.most.wrapping_sub(1)) as usize
    }

    #[inline]
    fn take(&self, id: StatementId) -> Option<Box<Statement<'c>>> {
        let mut places = self.places.borrow_mut();
        places.get_mut(self.place(id))?.take_if(|held| held.id == id)
    }

    /// Puts a statement into its place.
    #[inline]
    fn put(&self, statement: Box<Statement<'c>>) {
        let at = self.place(statement.id);
        let mut places = self.places.borrow_mut();
        match places.get_mut(at) {
            Some(place) => *place = Some(statement),
            None if self.most == 0 => {}
            None => {
                places.resize_with(at, || None);
                places.push(Some(statement));
            }
        }
    }
}
