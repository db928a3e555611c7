//! Asking: expressions, sources and rows, with the SQL that they become.

mod by_name;
mod cached;
mod changes;
mod computed;
mod expressions;
mod further;
mod inserts;
mod joins;
mod mistakes;
mod nested;
mod options;
mod registries;
mod rows;
mod schemas;
mod sources;
mod tuples;
mod written;

use expect_test::Expect;
use orm::query::IntoSelect;
use orm::{Row, Session};
use tests::{Db, filled};

/// What the rows of a query are, one in a line, and its statement.
fn asked<R: Row + std::fmt::Debug>(query: impl IntoSelect<R>, expected: Expect) {
    let db = filled();
    let session = db.session();
    let rows = session.execute(query).and_then(|rows| rows.all());
    expected.assert_eq(&told(&db, rows));
}

fn told<R: std::fmt::Debug>(db: &Db, rows: orm::Result<Vec<R>>) -> String {
    let sql = db.sql();
    let mut told = match rows {
        Ok(rows) => rows.iter().map(|row| format!("{row:?}\n")).collect(),
        Err(error) => format!("{}\n", tests::show::<()>(Err(error))),
    };
    told.push_str(&sql);
    told
}

/// A session over the stock models with rows in them.
fn session() -> (Db, Session) {
    let db = filled();
    let session = db.session();
    (db, session)
}
