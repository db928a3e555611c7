//! `select_text`: queries that the user wrote as SQL, with typed rows.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::leaf::Output;
use super::named::{Cte, Kind, Subquery};
use super::operand::SqlExpr;
use super::options_for::OptionsFor;
use super::parts::{QueryParts, WrittenParts};
use super::row::{AnyRow, Row};
use super::select::{IntoSelect, Select};
use super::selectable::Selectable;
use super::source::NamedItem;
use crate::declare::AliasId;
use crate::sql::{Name, Op, Tree};
use crate::value::Typed;

/// A query written as SQL, which runs as it is. Values come to the question marks in it by [`bind`](WrittenQuery::bind).
/// [`rows`](WrittenQuery::rows) says what its rows are, or [`entities`](WrittenQuery::entities) that they are objects.
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
/// # let ed = session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
/// let letters = select_text("SELECT name, length(name) FROM user WHERE id >= ?").bind(1);
/// assert_eq!(session.execute(letters.rows::<(String, i64)>())?.all()?, [("ed".to_owned(), 2)]);
///
/// let users = select_text("SELECT * FROM user ORDER BY name").entities(User);
/// let users = session.scalars(users.options(selectin(User::addresses)))?.all()?;
/// assert_eq!(users, [ed]);
/// # Ok(())
/// # }
/// ```
pub fn select_text(sql: impl Into<String>) -> WrittenQuery {
    let mut sql: String = sql.into();
    // A query around it, as for its count, has it in parentheses.
    sql.truncate(sql.trim_end_matches(|c: char| c == ';' || c.is_whitespace()).len());
    WrittenQuery(WrittenParts { sql: Tree::node(Op::Sql(Name::made(sql)), Vec::new()), columns: None })
}

/// A query written as SQL, made by [`select_text`]: it says what its rows are by [`rows`](Self::rows) or
/// [`entities`](Self::entities), or is a source of others by [`subquery`](Self::subquery).
#[derive(Clone)]
#[must_use = "a query does nothing until a session runs it"]
pub struct WrittenQuery(WrittenParts);

impl WrittenQuery {
    /// The value, or the expression, for the next question mark.
    pub fn bind(mut self, value: impl SqlExpr) -> Self {
        if let Tree::Node(op, _, mut operands) = std::mem::replace(&mut self.0.sql, Tree::TooDeep) {
            operands.push(value.sql());
            self.0.sql = Tree::node(op, operands);
        }
        self
    }

    /// What the columns of its rows are, in their order: columns of classes, and labels. Then objects find theirs by the
    /// place and not by the name, so that several classes may have columns of one name.
    pub fn columns(mut self, columns: impl WrittenColumns) -> Self {
        let mut all = Vec::new();
        columns.put(&mut all);
        self.0.columns = Some(all);
        self
    }

    /// As a query whose rows hold these values, in the order of the columns.
    pub fn rows<R: WrittenRow>(self) -> WrittenSelect<R> {
        let mut parts = Box::new(QueryParts::default());
        match R::ITEMS {
            Some(items) => (1..=items).for_each(|place| parts.add_value(Tree::Ordinal(place))),
            None => parts.items = Vec::new(), // each column is one
        }
        self.with(parts)
    }

    /// As a query of objects, and of columns and labels beside them. Each column is found by its name among those of the
    /// SQL, or by its table and its name, as `user_id` for `User::id`; or by its place, where
    /// [`columns`](Self::columns) says what stands there. The key must be there; other columns that aren't are loaded
    /// when they are read.
    pub fn entities<R>(self, what: impl Selectable<Row = R>) -> WrittenSelect<R> {
        let mut parts = Box::new(QueryParts::default());
        what.add(&mut parts);
        self.with(parts)
    }

    fn with<R>(self, mut parts: Box<QueryParts>) -> WrittenSelect<R> {
        parts.written = Some(Rc::new(self.0));
        WrittenSelect { parts, row: PhantomData }
    }

    /// The query with a name, as a source of others. Its columns are asked for by their names in the SQL.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # let session = Session::new(&engine);
    /// let days = select_text("SELECT 'mon' AS day, 3 AS hours UNION ALL SELECT 'tue', 5").subquery("days");
    /// let query = select(days.column::<String>("day")).from(&days).filter(days.column::<i64>("hours").gt(4));
    /// assert_eq!(session.scalars(query)?.all()?, ["tue"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn subquery(self, name: impl Into<Name>) -> Subquery {
        Subquery::of_kind(AliasId::next(), name.into(), Kind::Subquery(self.into_parts()))
    }

    /// The query with a name, written before the statement (`WITH`).
    pub fn cte(self, name: impl Into<Name>) -> Cte {
        Cte(Subquery::of_kind(AliasId::next(), name.into(), Kind::Common(self.into_parts(), None)))
    }

    fn into_parts(self) -> Rc<QueryParts> {
        self.with::<AnyRow>(Box::default()).select().into_parts()
    }
}

/// A query written as SQL whose rows become an `R`. What runs a query takes it as it takes a [`Select`]; there is nothing to
/// be added to it but options.
#[must_use = "a query does nothing until a session runs it"]
pub struct WrittenSelect<R> {
    parts: Box<QueryParts>,
    row: PhantomData<fn() -> R>,
}

impl<R> WrittenSelect<R> {
    /// How what belongs to its objects is loaded: see [`Select::options`]. What is to be joined is loaded by `selectin`;
    /// `contains_eager` finds the columns in the SQL by their names.
    pub fn options(mut self, options: impl OptionsFor<R::Root>) -> Self
    where
        R: Row,
    {
        options.put(&mut self.parts.options);
        self
    }

    /// Overwrites objects that the session has already by what the rows hold, changes included.
    pub fn populate_existing(mut self) -> Self {
        self.parts.running.populate_existing = true;
        self
    }

    /// Whether what changed is flushed before the query runs; it is unless this says no.
    pub fn autoflush(mut self, flush: bool) -> Self {
        self.parts.running.no_autoflush = !flush;
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoSelect<R> for WrittenSelect<R> {
    fn select(self) -> Select<R> {
        Select::of_parts(self.parts)
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoSelect<R> for &WrittenSelect<R> {
    fn select(self) -> Select<R> {
        self.clone().select()
    }
}

impl<R> Clone for WrittenSelect<R> {
    fn clone(&self) -> Self {
        WrittenSelect { parts: self.parts.clone(), row: PhantomData }
    }
}

impl<R> fmt::Debug for WrittenSelect<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

impl fmt::Debug for WrittenQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WrittenQuery").field(&self.0.sql).finish()
    }
}

/// What the rows of SQL can hold: values, options of them, tuples of them; or an [`AnyRow`] of as many as there are.
#[diagnostic::on_unimplemented(
    message = "the rows of SQL hold no `{Self}`",
    label = "expected a value or a tuple of values; objects are asked for by `.entities(...)`"
)]
pub trait WrittenRow: Row {
    /// How many values a row has; none where there are as many as the SQL gives.
    #[doc(hidden)]
    const ITEMS: Option<usize>;
}

#[diagnostic::do_not_recommend]
impl<V: Typed + Row> WrittenRow for V {
    const ITEMS: Option<usize> = Some(1);
}

#[diagnostic::do_not_recommend]
impl WrittenRow for AnyRow {
    const ITEMS: Option<usize> = None;
}

/// What the columns of SQL are: a column, a label, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of the columns of SQL",
    label = "expected a column, a label, or a tuple of up to 12 of them, which may be tuples again"
)]
pub trait WrittenColumns {
    /// Adds them.
    #[doc(hidden)]
    fn put(self, into: &mut Vec<Output>);
}

#[diagnostic::do_not_recommend]
impl<N: NamedItem> WrittenColumns for N {
    fn put(self, into: &mut Vec<Output>) {
        into.push(self.part());
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: WrittenColumns),*> WrittenColumns for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn put(self, into: &mut Vec<Output>) {
                let ($($name,)*) = self;
                $($name.put(into);)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Typed + Row),*> WrittenRow for ($($name,)*) {
            const ITEMS: Option<usize> = Some([$(stringify!($name)),*].len());
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
