//! The rows that are given to a statement, and what becomes one.

use std::fmt;
use std::rc::Rc;

use super::columns::RowOf;
use crate::declare::{AliasId, SlotId};
use crate::error::{Code, Error, Result};
use crate::query::leaf::Leaf;
use crate::query::parts::QueryParts;
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::SessionId;
use crate::state::typed::into_obj::IntoObj;
use crate::state::typed::obj::{Live, Obj};

/// The rows that are given to a statement.
pub(crate) enum Rows {
    /// Values or expressions for these columns.
    Columns(Vec<SlotId>, Vec<Vec<Tree<Leaf>>>),
    /// Those of objects that no session has, or the first mistake in making one.
    Objects(Result<Vec<Handle>>),
    /// The rows of a query, for these columns.
    Query(Vec<SlotId>, Rc<QueryParts>),
    /// Rows for columns of an alias.
    OfAnAlias,
}

/// What becomes a row: a plain value of the class, a reference to one that is `Clone`, or a builder.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of a `{E}`",
    label = "expected a `{E}` or a builder of it; name columns by `.columns(...)` for rows of tuples"
)]
pub trait NewRow<E> {
    /// The object whose columns are the row.
    #[doc(hidden)]
    fn row(self) -> Result<Handle>;
}

#[diagnostic::do_not_recommend]
impl<E: Live, X: IntoObj<E>> NewRow<E> for X {
    fn row(self) -> Result<Handle> {
        let object = self.into_obj()?;
        let header = Obj::handle(&object).header();
        if header.session() != SessionId::NONE || header.has_key() {
            let message = format!("{} is an object, and a statement takes values as rows", header.label());
            return Err(Error::new(Code::Query, message)
                .about(E::CLASS, None)
                .help("give a builder or a plain value; an object of the session is written by its flush"));
        }
        Ok(Obj::handle(&object).clone())
    }
}

impl Rows {
    pub(super) fn of_objects<E, X: NewRow<E>>(rows: impl IntoIterator<Item = X>) -> Self {
        Rows::Objects(rows.into_iter().map(NewRow::row).collect())
    }

    pub(super) fn of_columns<V, X: RowOf<V>>(
        (columns, alias): (Vec<SlotId>, AliasId),
        rows: impl IntoIterator<Item = X>,
    ) -> Self {
        if alias.is_some() {
            return Rows::OfAnAlias;
        }
        Rows::Columns(columns, rows.into_iter().map(RowOf::trees).collect())
    }

    pub(super) fn of_query((columns, alias): (Vec<SlotId>, AliasId), query: Rc<QueryParts>) -> Self {
        if alias.is_some() { Rows::OfAnAlias } else { Rows::Query(columns, query) }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rows::Columns(_, rows) => f.debug_list().entries(rows).finish(),
            Rows::Objects(Ok(objects)) => {
                f.debug_list().entries(objects.iter().map(|object| object.header().label())).finish()
            }
            Rows::Objects(Err(error)) => error.fmt(f),
            Rows::Query(_, query) => query.fmt(f),
            Rows::OfAnAlias => f.write_str("columns of an alias"),
        }
    }
}
