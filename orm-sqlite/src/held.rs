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
use smallvec::SmallVec;

use crate::statement::Prepared;

/// The statements, the one that ran last at the end. One that is running isn't there. One that runs within itself
/// is there several times, and is found as often.
struct Held<'c> {
    list: RefCell<List<'c>>,
    most: usize,
}

/// Few are held where a connection is lent for a request, and then no list has to be allocated.
type List<'c> = SmallVec<[Box<Statement<'c>>; 4]>;

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
    /// How many statements are held at most: as many as a list is looked through for without ado.
    pub(crate) const MOST: usize = 64;

    /// A connection that holds so many statements, but no more than [`Holder::MOST`].
    pub(crate) fn new(raw: Raw, most: usize) -> Self {
        let most = most.min(Self::MOST);
        Holder(Cell::new(raw, |_| Held { list: RefCell::default(), most }))
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
    fn take(&self, id: StatementId) -> Option<Box<Statement<'c>>> {
        let mut list = self.list.borrow_mut();
        match list.iter().rposition(|held| held.id == id)? {
            at if at + 1 == list.len() => list.pop(),
            at => Some(list.remove(at)),
        }
    }

    /// Puts a statement at the end. The one that hasn't run for longest goes to the cache of texts.
    #[inline]
    fn put(&self, statement: Box<Statement<'c>>) {
        let mut list = self.list.borrow_mut();
        if list.len() < self.most {
            list.push(statement);
        } else {
            replace_first(&mut list, statement);
        }
    }
}

#[cold]
fn replace_first<'c>(list: &mut List<'c>, statement: Box<Statement<'c>>) {
    if let Some(first) = list.first_mut() {
        *first = statement;
        list.rotate_left(1);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use orm_core::engine::{Compiled, Shape};
    use orm_core::sql::Rendered;

    use super::*;

    /// Statements with ids one after another.
    fn statements(count: usize) -> Vec<Compiled> {
        let connection = crate::Engine::in_memory().unwrap().connect().unwrap();
        let statement = |n: usize| {
            let sql = format!("SELECT {n}");
            let text = sql.clone();
            connection.statement(Shape::Query(sql.as_bytes()), |_| Ok(Rendered { sql: text, params: vec![] }))
        };
        (0..count).map(|n| (*statement(n).unwrap()).clone()).collect()
    }

    /// A holder that counts what it had to prepare.
    struct Counted(Holder, Cell<usize>);

    impl Counted {
        fn new(most: usize) -> Self {
            Counted(Holder::new(Raw::open_in_memory().unwrap(), most), Cell::new(0))
        }

        /// Runs a statement, and meanwhile something else.
        fn run(&self, statement: &Compiled, meanwhile: &dyn Fn()) {
            let sql = statement.sql();
            self.0
                .with(
                    statement.id(),
                    |raw| {
                        self.1.set(self.1.get() + 1);
                        Prepared::new(raw, sql, Duration::ZERO)
                    },
                    |_, prepared| {
                        prepared.query(sql, Duration::ZERO, &mut |row| {
                            let given = row.get(0)?.to_value().to_string();
                            assert_eq!(format!("SELECT {given}"), sql);
                            meanwhile();
                            Ok(std::ops::ControlFlow::Continue(()))
                        })
                    },
                )
                .unwrap();
        }

        fn prepared(&self) -> usize {
            self.1.replace(0)
        }

        fn held(&self) -> usize {
            self.0.0.with_dependent(|_, held| held.list.borrow().len())
        }
    }

    #[test]
    fn statements_in_turn_are_prepared_once() {
        let [a, b] = <[Compiled; 2]>::try_from(statements(2)).unwrap();
        let holder = Counted::new(8);
        for _ in 0..100 {
            holder.run(&a, &|| ());
            holder.run(&b, &|| ());
        }
        assert_eq!(holder.prepared(), 2);
    }

    #[test]
    fn a_connection_that_is_given_back_is_alone() {
        let [a] = <[Compiled; 1]>::try_from(statements(1)).unwrap();
        let holder = Counted::new(8);
        holder.run(&a, &|| ());
        let raw = holder.0.give_back();
        // It may go to another thread, and what was held is in its cache of texts.
        let cached = std::thread::spawn(move || {
            raw.execute_batch("CREATE TABLE t (a); DROP TABLE t").unwrap();
            let holder = Counted(Holder::new(raw, 8), Cell::new(0));
            holder.run(&a, &|| ());
            holder.prepared()
        });
        assert_eq!(cached.join().unwrap(), 1);
    }

    #[test]
    fn a_running_statement_is_not_in_its_place() {
        let [a] = <[Compiled; 1]>::try_from(statements(1)).unwrap();
        let holder = Counted::new(8);
        holder.run(&a, &|| holder.run(&a, &|| holder.run(&a, &|| ())));
        assert_eq!((holder.prepared(), holder.held()), (3, 3));
        holder.run(&a, &|| holder.run(&a, &|| holder.run(&a, &|| ())));
        assert_eq!((holder.prepared(), holder.held()), (0, 3));
    }

    #[test]
    fn no_more_are_held_than_allowed() {
        let all = statements(70);
        for (most, held) in [(0, 0), (1, 1), (2, 2), (7, 7), (256, 64)] {
            let holder = Counted::new(most);
            for _ in 0..3 {
                all.iter().for_each(|statement| holder.run(statement, &|| ()));
                assert_eq!(holder.held(), held, "{most}");
            }
            assert_eq!(holder.prepared(), 210, "{most}");
        }
        // The ones that ran last are those that are held.
        let holder = Counted::new(7);
        all[..7].iter().cycle().take(70).for_each(|statement| holder.run(statement, &|| ()));
        assert_eq!(holder.prepared(), 7);
        holder.run(&all[7], &|| ());
        all[1..7].iter().for_each(|statement| holder.run(statement, &|| ()));
        assert_eq!(holder.prepared(), 1);
    }
}
