//! How relationships are loaded: by their declared strategies, and for many objects at once; which statements run, and how
//! many.

mod again;
mod batch;
mod by_keys;
mod cascade;
mod chain;
mod deferred;
mod dynamic;
mod expressed;
mod expressed_flushed;
mod inner;
mod joined;
mod large;
mod lazy;
mod n_plus_one;
mod on_pending;
mod passive;
mod paths;
mod related;
mod schemas;
mod selectin;
mod shape;
mod whole;
mod write_only;

use expect_test::Expect;
use orm::query::IntoSelect;
use orm::{Live, Obj, Row};
use tests::{filled, tree};

/// What a query over the stock models loads, an object in a line, and its statements.
fn loads<T: Live>(query: impl IntoSelect<Obj<T>>, expected: Expect)
where
    Obj<T>: Row<First = Obj<T>>,
{
    let db = filled();
    let session = db.session();
    let objects = session.scalars(query).unwrap().all().unwrap();
    let mut told: String = objects.iter().map(|object| format!("{}\n", tree(object))).collect();
    told.push_str(&db.sql());
    expected.assert_eq(&told);
}
