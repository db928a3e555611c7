//! `DynamicQuery`, and how a dynamic collection is read: by a query of the session that its object is in.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use super::{Rows, Session};
use crate::error::{Code, Error, Result};
use crate::query::{Condition, OrderTerms, Select, large_items};
use crate::state::memory::handle::Handle;
use crate::state::read::large;
use crate::state::typed::collection::CollectionItems;
use crate::state::typed::large::DynamicCollection;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;

/// Items of a dynamic collection that are asked for: those that meet conditions, in an order, some of them.
#[must_use = "a query does nothing until it is asked for its rows"]
pub struct DynamicQuery<T: Mapped> {
    owner: Handle,
    query: Select<Obj<T>>,
    window: Window,
}

/// Which of the rows.
#[derive(Clone, Copy, Default)]
struct Window {
    from: usize,
    rows: Option<usize>,
}

impl Window {
    fn is_all(self) -> bool {
        self.from == 0 && self.rows.is_none()
    }

    /// Those of the rows here that stand in a range.
    fn slice(self, range: impl RangeBounds<usize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(at) => *at,
            Bound::Excluded(at) => at.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(at) => Some(at.saturating_add(1)),
            Bound::Excluded(at) => Some(*at),
            Bound::Unbounded => None,
        };
        let wanted = end.map(|end| end.saturating_sub(start));
        let left = self.rows.map(|rows| rows.saturating_sub(start));
        let rows = match (wanted, left) {
            (Some(wanted), Some(left)) => Some(wanted.min(left)),
            (wanted, left) => wanted.or(left),
        };
        Window { from: self.from.saturating_add(start), rows }
    }

    /// Those of the items in memory that it takes.
    fn of<X>(self, items: Vec<X>) -> Vec<X> {
        items.into_iter().skip(self.from).take(self.rows.unwrap_or(usize::MAX)).collect()
    }
}

impl<T: Mapped> DynamicQuery<T> {
    /// Only those that meet a condition; several are joined by `AND`.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.query = self.query.filter(condition);
        self
    }

    /// In this order, behind the one that the relationship says.
    pub fn order_by(mut self, terms: impl OrderTerms) -> Self {
        self.query = self.query.order_by(terms);
        self
    }

    /// In no order: what the relationship says is forgotten, and what was said before.
    pub fn order_by_none(mut self) -> Self {
        self.query = self.query.order_by_none();
        self
    }

    /// So many of them at most.
    pub fn limit(mut self, rows: usize) -> Self {
        self.window = self.window.slice(..rows);
        self
    }

    /// Without the first ones.
    pub fn offset(mut self, rows: usize) -> Self {
        self.window = self.window.slice(rows..);
        self
    }

    /// The query, to be run by a session or to stand in another one.
    pub fn select(self) -> Select<Obj<T>> {
        let Window { from, rows } = self.window;
        let query = if from > 0 { self.query.offset(from) } else { self.query };
        match rows {
            Some(rows) => query.limit(rows),
            None => query,
        }
    }

    fn rows(self) -> Result<Rows<Obj<T>>> {
        let Some(session) = Session::of(&self.owner) else { return Err(detached(&self.owner)) };
        session.scalars(self.select())
    }

    /// All of them.
    ///
    /// # Errors
    /// `detached` where the object is in no session; `unset` where it has no row; as a flush, and what the database says.
    pub fn all(self) -> Result<Vec<Obj<T>>> {
        self.rows()?.all()
    }

    /// All of them, to be walked through.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn iter(self) -> Result<std::vec::IntoIter<Obj<T>>> {
        self.all().map(IntoIterator::into_iter)
    }

    /// Those in a range, `10..20`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn slice(mut self, range: impl RangeBounds<usize>) -> Result<Vec<Obj<T>>> {
        self.window = self.window.slice(range);
        if self.window.rows == Some(0) { Ok(Vec::new()) } else { self.all() }
    }

    /// The one at a place.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn get(self, index: usize) -> Result<Option<Obj<T>>> {
        Ok(self.slice(index..=index)?.pop())
    }

    /// The first one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn first(self) -> Result<Option<Obj<T>>> {
        self.get(0)
    }

    /// The only one.
    ///
    /// # Errors
    /// `no-result`, `multiple-results`; as [`all`](Self::all).
    pub fn one(self) -> Result<Obj<T>> {
        self.rows()?.one()
    }

    /// The only one, if there is any.
    ///
    /// # Errors
    /// `multiple-results`; as [`all`](Self::all).
    pub fn one_or_none(self) -> Result<Option<Obj<T>>> {
        self.rows()?.one_or_none()
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn count(self) -> Result<usize> {
        self.unordered().rows()?.count()
    }

    /// Whether there is any.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn exists(self) -> Result<bool> {
        self.unordered().rows()?.exists()
    }

    /// The same without an order, where that says nothing of which they are.
    fn unordered(self) -> Self {
        if self.window.is_all() { self.order_by_none() } else { self }
    }
}

impl<T: Mapped> Clone for DynamicQuery<T> {
    fn clone(&self) -> Self {
        DynamicQuery { owner: self.owner.clone(), query: self.query.clone(), window: self.window }
    }
}

impl<T: Mapped> fmt::Debug for DynamicQuery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clone().select().fmt(f)
    }
}

/// What a dynamic collection is read from.
enum Source<T: Mapped> {
    Rows(DynamicQuery<T>),
    /// Its object has no row, so that it has no other items than those that came to it.
    Memory(Vec<Obj<T>>),
}

impl<T: Mapped> DynamicCollection<T> {
    fn query(&self) -> DynamicQuery<T> {
        let owner = self.collection().owner().clone();
        DynamicQuery { owner, query: large_items(self.collection()), window: Window::default() }
    }

    /// What it is read from, after the session has written what changed in it.
    fn source(&self) -> Result<Source<T>> {
        let owner = self.collection().owner();
        if let Some(session) = Session::of(owner) {
            session.inner.autoflush()?;
        }
        if owner.header().has_key() {
            return Ok(Source::Rows(self.query()));
        }
        let added = large::added(owner, self.collection().relation()?)?;
        Ok(Source::Memory(added.into_iter().map(Obj::from_handle).collect()))
    }

    /// Those of the items that meet a condition. Nothing is asked until the result is: `.all()`, `.count()`.
    pub fn filter(&self, condition: impl Condition) -> DynamicQuery<T> {
        self.query().filter(condition)
    }

    /// The items in an order.
    pub fn order_by(&self, terms: impl OrderTerms) -> DynamicQuery<T> {
        self.query().order_by(terms)
    }

    /// So many of the items at most.
    pub fn limit(&self, rows: usize) -> DynamicQuery<T> {
        self.query().limit(rows)
    }

    /// The items without the first ones.
    pub fn offset(&self, rows: usize) -> DynamicQuery<T> {
        self.query().offset(rows)
    }

    /// The items. Of an object that was never flushed they are those that were added.
    ///
    /// # Errors
    /// `detached` where the object has a row, but no session; as a flush, and what the database says.
    pub fn all(&self) -> Result<Vec<Obj<T>>> {
        match self.source()? {
            Source::Rows(query) => query.all(),
            Source::Memory(items) => Ok(items),
        }
    }

    /// The items, to be walked through. `for item in collection` does so too; each item is a `Result` there.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn iter(&self) -> Result<std::vec::IntoIter<Obj<T>>> {
        self.all().map(IntoIterator::into_iter)
    }

    /// How many items there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn count(&self) -> Result<usize> {
        match self.source()? {
            Source::Rows(query) => query.count(),
            Source::Memory(items) => Ok(items.len()),
        }
    }

    /// Whether there is none.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn is_empty(&self) -> Result<bool> {
        match self.source()? {
            Source::Rows(query) => query.exists().map(|exists| !exists),
            Source::Memory(items) => Ok(items.is_empty()),
        }
    }

    /// The items in a range, `10..20`: only they are loaded.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Vec<Obj<T>>> {
        match self.source()? {
            Source::Rows(query) => query.slice(range),
            Source::Memory(items) => Ok(Window::default().slice(range).of(items)),
        }
    }

    /// The item at a place.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn get(&self, index: usize) -> Result<Option<Obj<T>>> {
        Ok(self.slice(index..=index)?.pop())
    }

    /// The first item.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn first(&self) -> Result<Option<Obj<T>>> {
        self.get(0)
    }

    /// The only item.
    ///
    /// # Errors
    /// `no-result`, `multiple-results`; as [`all`](Self::all).
    pub fn one(&self) -> Result<Obj<T>> {
        let none = Error::new(Code::NoResult, "no item where one was asked for");
        self.one_or_none()?.ok_or_else(|| self.about(none).help("use `one_or_none()`"))
    }

    /// The only item, if there is any.
    ///
    /// # Errors
    /// `multiple-results`; as [`all`](Self::all).
    pub fn one_or_none(&self) -> Result<Option<Obj<T>>> {
        let mut items = self.slice(..2)?;
        let one = items.pop();
        if !items.is_empty() {
            let error = Error::new(Code::MultipleResults, "several items where one was asked for");
            return Err(self.about(error).help("filter more, or use `first()`"));
        }
        Ok(one)
    }

    #[cold]
    fn about(&self, error: Error) -> Error {
        let relation = self.collection().relation().ok().map(|relation| relation.name());
        error.about(self.collection().owner().header().mapper().class(), relation)
    }
}

impl<T: Mapped> IntoIterator for &DynamicCollection<T> {
    type Item = Result<Obj<T>>;
    type IntoIter = CollectionItems<T>;

    /// The items as they are now, as [`DynamicCollection::iter`] gives them.
    fn into_iter(self) -> CollectionItems<T> {
        CollectionItems::of(
            self.all().map(|items| items.iter().map(|one| Obj::handle(one).clone()).collect()),
        )
    }
}

impl<T: Mapped> IntoIterator for DynamicCollection<T> {
    type Item = Result<Obj<T>>;
    type IntoIter = CollectionItems<T>;

    fn into_iter(self) -> CollectionItems<T> {
        (&self).into_iter()
    }
}

fn detached(owner: &Handle) -> Error {
    let header = owner.header();
    Error::new(Code::Detached, format!("{} has no session to ask for its items", header.label()))
        .about(header.mapper().class(), None)
        .help("add or merge the object into a session")
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn ranges_within_ranges() {
        let of = |window: Window| window.of((0..10).collect::<Vec<_>>());
        assert_eq!(of(Window::default().slice(2..5)), [2, 3, 4]);
        assert_eq!(of(Window::default().slice(2..5).slice(1..9)), [3, 4]);
        assert_eq!(of(Window::default().slice(..=3).slice(2..)), [2, 3]);
        assert_eq!(of(Window::default().slice(8..).slice(1..)), [9]);
        let (start, end) = (3, 2);
        assert_eq!(of(Window::default().slice(start..end)), [0_i32; 0]);
        assert_eq!(of(Window::default().slice(2..4).slice(5..)), [0_i32; 0]);
    }
}
