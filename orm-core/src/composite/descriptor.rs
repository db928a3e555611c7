//! `Composite`: the typed descriptor of a composite, a constant.

use std::fmt;

use super::parts::{Parts, Place};
use super::value::CompositeValue;
use crate::declare::AliasId;
use crate::query::Member;

/// The columns of a composite of type `V` in the class `E`.
type Columns<E, V> = <<V as CompositeValue>::Parts as Parts>::Columns<E>;

/// A typed composite: `Segment::start` is a `Composite<Segment, Point>`, made of columns of its class.
///
/// It is compared column by column: `eq` asks that each is equal, `lt` that each is less, and `ne` that each is another one;
/// that any of them differs is the opposite of `eq`. It is selected as its value, ordered by its columns, set in statements,
/// and named by options that name columns.
///
/// ```standalone_crate
/// use orm::prelude::*;
/// use orm::CompositeType;
///
/// #[derive(CompositeType, Clone, Debug, PartialEq)]
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// #[derive(Mapped)]
/// #[mapped(composite(start: Point = (x1, y1)), composite(end: Option<Point> = (x2, y2)))]
/// struct Segment {
///     #[column(primary_key)]
///     id: i64,
///     x1: i64,
///     y1: i64,
///     x2: Option<i64>,
///     y2: Option<i64>,
/// }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let segment = session.add(Segment::builder().start(Point { x: 3, y: 4 }))?;
/// assert_eq!((segment.x1()?, segment.end()?), (3, None));
/// segment.set_end(Point { x: 5, y: 6 })?;
/// session.commit()?;
///
/// let there = select(Segment).filter(Segment::end.eq(Point { x: 5, y: 6 })).order_by(Segment::start);
/// assert_eq!(session.scalars(there)?.all()?, [segment]);
/// let ends = session.scalars(select(Segment::end))?.all()?;
/// assert_eq!(ends, [Some(Point { x: 5, y: 6 })]);
/// # Ok(())
/// # }
/// ```
pub struct Composite<E, V: CompositeValue> {
    name: &'static str,
    columns: Columns<E, V>,
}

/// A composite of columns. For generated code.
pub const fn composite<E, V: CompositeValue>(name: &'static str, columns: Columns<E, V>) -> Composite<E, V> {
    Composite { name, columns }
}

impl<E, V: CompositeValue> Composite<E, V> {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its columns, a tuple.
    pub const fn columns(self) -> Columns<E, V> {
        self.columns
    }

    pub(super) fn places(self) -> Vec<Place> {
        V::Parts::places(self.columns)
    }
}

#[diagnostic::do_not_recommend]
impl<E, V: CompositeValue> Member<E> for Composite<E, V> {
    fn of_alias(self, alias: AliasId) -> Self {
        Composite { columns: V::Parts::of_alias(self.columns, alias), ..self }
    }
}

impl<E, V: CompositeValue> Clone for Composite<E, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, V: CompositeValue> Copy for Composite<E, V> {}

impl<E, V: CompositeValue> fmt::Debug for Composite<E, V> {
    /// `Composite(start = x1, y1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.places().iter().map(|place| place.name).collect();
        write!(f, "Composite({} = {})", self.name, names.join(", "))
    }
}
