//! `Collection`: a live collection of an object.

use crate::declare::LinkSlotId;
use std::fmt;
use std::marker::PhantomData;

use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::{pipeline, to_many};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::items::At;
use crate::state::memory::ordered::Ordered;
use crate::state::read::positions;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::into_obj::IntoRelated;
use crate::state::typed::obj::{Live, Obj};

/// A collection of an object: a view, read and changed in place. Reading it loads it where it isn't loaded.
///
/// Every change is made on the other side too, and cascades into the session.
pub struct Collection<T> {
    owner: Handle,
    relation: usize,
    class: PhantomData<fn() -> T>,
}

impl<T: Live> Collection<T> {
    pub(crate) fn new(owner: Handle, relation: usize) -> Self {
        Collection { owner, relation, class: PhantomData }
    }

    /// The object that it is of.
    pub(crate) fn owner(&self) -> &Handle {
        &self.owner
    }

    pub(crate) fn relation(&self) -> Result<&'static Relation> {
        access::relation(&self.owner, LinkSlotId::at(self.relation))
    }

    /// Whether it is loaded.
    ///
    /// # Errors
    /// `busy`.
    pub fn is_loaded(&self) -> Result<bool> {
        access::is_loaded(&self.owner, LinkSlotId::at(self.relation))
    }

    /// The items as they are now. Changing the collection while they are walked through does no harm.
    ///
    /// `for item in collection` walks through them too; each item is a `Result` there.
    ///
    /// # Errors
    /// Where it can't be loaded: `detached`, `raise-on-load`, and what the database says.
    #[track_caller]
    pub fn iter(&self) -> Result<std::vec::IntoIter<Obj<T>>> {
        let items = to_many::items(&self.owner, self.relation()?)?;
        Ok(items.into_iter().map(Obj::from_handle).collect::<Vec<_>>().into_iter())
    }

    /// How many items there are.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        to_many::read(&self.owner, self.relation()?, Ordered::len)
    }

    /// Whether there is none.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The item at a place.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn get(&self, index: usize) -> Result<Option<Obj<T>>> {
        let found = to_many::read(&self.owner, self.relation()?, |items| items.get(index).map(Handle::to))?;
        Ok(found.map(Obj::from_handle))
    }

    /// Whether the object is in it.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn contains(&self, item: &Obj<T>) -> Result<bool> {
        to_many::contains(&self.owner, self.relation()?, Obj::handle(item))
    }

    /// Adds an object at the end; in a set one that is in it already stays where it is.
    ///
    /// # Errors
    /// As [`iter`](Self::iter); where a value can't be stored; `single-parent`, `other-session`.
    #[track_caller]
    pub fn append(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.add(item.related()?, At::End)
    }

    /// As [`append`](Self::append), by the name that lists have for it.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn push(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.append(item)
    }

    #[track_caller]
    fn add(&self, item: Handle, at: At) -> Result<Obj<T>> {
        pipeline::append(&self.owner, self.relation()?, &item, at, None, ReadOptions::of_user())?;
        Ok(Obj::from_handle(item))
    }

    /// Adds several objects at the end.
    ///
    /// # Errors
    /// As [`append`](Self::append). Those before the one that fails stay.
    #[track_caller]
    pub fn extend<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
        for item in items {
            self.append(item)?;
        }
        Ok(())
    }

    /// Adds an object at a place; past the end it is the end.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn insert(&self, index: usize, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.add(item.related()?, At::Index(index))
    }

    /// Takes an object out.
    ///
    /// # Errors
    /// As [`iter`](Self::iter); `not-in-collection`.
    #[track_caller]
    pub fn remove(&self, item: &Obj<T>) -> Result<()> {
        pipeline::remove(&self.owner, self.relation()?, Obj::handle(item), None, ReadOptions::of_user())
    }

    /// Takes the last object out.
    ///
    /// # Errors
    /// As [`iter`](Self::iter); `index-out-of-range` where it is empty.
    #[track_caller]
    pub fn pop(&self) -> Result<Obj<T>> {
        let length = self.len()?;
        self.pop_at(length.wrapping_sub(1))
    }

    /// Takes the object at a place out.
    ///
    /// # Errors
    /// As [`iter`](Self::iter); `index-out-of-range`.
    #[track_caller]
    pub fn pop_at(&self, index: usize) -> Result<Obj<T>> {
        let relation = self.relation()?;
        if index == usize::MAX {
            return Err(Error::new(Code::IndexOutOfRange, "the collection is empty")
                .about(relation.class(), Some(relation.name())));
        }
        pipeline::pop(&self.owner, relation, index).map(Obj::from_handle)
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        pipeline::clear(&self.owner, self.relation()?)
    }

    /// Replaces the items. Those that stay count as unchanged.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn replace<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
        let items: Vec<Handle> = items.into_iter().map(IntoRelated::related).collect::<Result<_>>()?;
        pipeline::replace(&self.owner, self.relation()?, &items, ReadOptions::of_user())
    }
}

impl<T: Live> Collection<T> {
    /// Numbers all items in the column in which the list keeps their places (`ordered_by`): what was appended with a number
    /// of its own, and what a replacement left, get those of their places.
    ///
    /// # Errors
    /// `wrong-state` where it keeps none; as [`iter`](Self::iter); `value` where the column can't hold a number.
    #[track_caller]
    pub fn reorder(&self) -> Result<()> {
        let relation = self.relation()?;
        if relation.ordered_by().is_none() {
            return Err(Error::new(
                Code::WrongState,
                "the collection keeps no places of its items in a column",
            )
            .about(relation.class(), Some(relation.name()))
            .help(format!("write `ordered_by = {}::...`", relation.target().class())));
        }
        to_many::items(&self.owner, relation)?;
        positions::reorder(&self.owner, relation)
    }
}

/// The items of a collection one by one; one error where it can't be loaded.
///
/// `for address in user.addresses()` walks through them.
pub struct CollectionItems<T> {
    left: Result<std::vec::IntoIter<Handle>, Option<Error>>,
    class: PhantomData<fn() -> T>,
}

impl<T: Live> CollectionItems<T> {
    pub(crate) fn of(items: Result<Vec<Handle>>) -> Self {
        CollectionItems { left: items.map(IntoIterator::into_iter).map_err(Some), class: PhantomData }
    }
}

impl<T: Live> Iterator for CollectionItems<T> {
    type Item = Result<Obj<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.left {
            Ok(left) => left.next().map(|item| Ok(Obj::from_handle(item))),
            Err(error) => error.take().map(Err),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left =
            self.left.as_ref().map_or_else(|error| usize::from(error.is_some()), ExactSizeIterator::len);
        (left, Some(left))
    }
}

impl<T: Live> fmt::Debug for CollectionItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CollectionItems").field("left", &self.size_hint().0).finish()
    }
}

impl<T: Live> IntoIterator for &Collection<T> {
    type Item = Result<Obj<T>>;
    type IntoIter = CollectionItems<T>;

    /// The items as they are now, as [`Collection::iter`] gives them.
    #[track_caller]
    fn into_iter(self) -> CollectionItems<T> {
        // Not in a closure, whose caller would be no line of the user's.
        CollectionItems::of(match self.relation() {
            Ok(relation) => to_many::items(&self.owner, relation),
            Err(error) => Err(error),
        })
    }
}

impl<T: Live> IntoIterator for Collection<T> {
    type Item = Result<Obj<T>>;
    type IntoIter = CollectionItems<T>;

    #[track_caller]
    fn into_iter(self) -> CollectionItems<T> {
        (&self).into_iter()
    }
}

impl<T: Live> Clone for Collection<T> {
    fn clone(&self) -> Self {
        Collection::new(self.owner.clone(), self.relation)
    }
}

impl<T: Live> fmt::Debug for Collection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.relation() {
            Ok(relation) => write!(f, "{}.{}", self.owner.header().label(), relation.name()),
            Err(error) => error.fmt(f),
        }
    }
}
