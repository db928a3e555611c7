//! `ProxyCollection`: a live proxy through a list or a set.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::access::Writes;
use super::attribute::Attribute;
use super::create::{Create, create};
use super::end::ProxyEnd;
use super::given::ProxyGiven;
use crate::declare::Kind;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::{pipeline, to_many};
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::{Collection, CollectionItems, Key, Mapped, Obj};

/// A proxy of an object through a `Many<T>` or a `ManySet<T>`: a view of its collection, read and changed in place. A value
/// that comes makes an object that leads to it, and that object leaves with the value.
///
/// Every change is made by the collection, with its reverse side and its cascades. Values are equal whose stored forms are;
/// objects where they are the same.
pub struct ProxyCollection<T: Mapped, V: ProxyEnd, W = Writes> {
    items: Collection<T>,
    end: &'static dyn Attribute<T, V>,
    create: Create<V>,
    access: PhantomData<fn() -> W>,
}

/// The error where a value isn't there.
#[cold]
pub(super) fn not_there(relation: &Relation, attribute: &str) -> Error {
    let text = format!("no item of the collection has this `{attribute}`");
    Error::new(Code::NotInCollection, text).about(relation.class(), Some(relation.name()))
}

impl<T: Mapped, V: ProxyEnd, W> ProxyCollection<T, V, W> {
    /// Of an object, through the relationship at a place.
    pub(super) fn new(
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<T, V>,
        create: Create<V>,
    ) -> Self {
        ProxyCollection { items: Collection::new(object.clone(), place), end, create, access: PhantomData }
    }

    pub(super) fn owner(&self) -> &Handle {
        self.items.owner()
    }

    /// The collection that it goes through: what leads to the values.
    pub fn items(&self) -> Collection<T> {
        self.items.clone()
    }

    /// Whether the collection that it goes through is loaded.
    ///
    /// # Errors
    /// `busy`.
    pub fn is_loaded(&self) -> Result<bool> {
        self.items.is_loaded()
    }

    /// How many values there are.
    ///
    /// # Errors
    /// As [`Collection::iter`].
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        self.items.len()
    }

    /// Whether there is none.
    ///
    /// # Errors
    /// As [`Collection::iter`].
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        self.items.is_empty()
    }

    /// The values as they are now. `for value in proxy` walks through them too; each is a `Result` there.
    ///
    /// # Errors
    /// As [`Collection::iter`], and as the accessor of the attribute.
    #[track_caller]
    pub fn iter(&self) -> Result<std::vec::IntoIter<V::Item>> {
        let items = self.handles()?;
        let mut values = Vec::with_capacity(items.len());
        for item in &items {
            values.push(self.end.read(item)?);
        }
        Ok(values.into_iter())
    }

    /// The value at a place.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn get(&self, index: usize) -> Result<Option<V::Item>> {
        match self.items.get(index)? {
            Some(item) => self.end.read(Obj::handle(&item)).map(Some),
            None => Ok(None),
        }
    }

    /// Whether the value is there. It looks at one after another.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn contains(&self, value: impl ProxyGiven<V>) -> Result<bool> {
        Ok(self.find(&value.given()?)?.is_some())
    }

    /// The place of the first value that is equal.
    ///
    /// # Errors
    /// As [`iter`](Self::iter).
    #[track_caller]
    pub fn position(&self, value: impl ProxyGiven<V>) -> Result<Option<usize>> {
        Ok(self.find(&value.given()?)?.map(|(place, _)| place))
    }

    /// Loads the items before an object is made for another one: loading flushes, and what is being made isn't in a session
    /// yet, though others may lead to it already.
    #[track_caller]
    fn load(&self) -> Result<()> {
        to_many::read(self.owner(), self.items.relation()?, |_| ())
    }

    #[track_caller]
    fn handles(&self) -> Result<Vec<Handle>> {
        to_many::items(self.owner(), self.items.relation()?)
    }

    /// The first item that leads to an equal value, and its place.
    #[track_caller]
    fn find(&self, value: &V::Given) -> Result<Option<(usize, Handle)>> {
        let Some(print) = V::print_given(value) else { return Ok(None) };
        for (place, item) in self.handles()?.into_iter().enumerate() {
            if V::print(&self.end.read(&item)?) == print {
                return Ok(Some((place, item)));
            }
        }
        Ok(None)
    }

    #[track_caller]
    fn is_set(&self) -> Result<bool> {
        Ok(self.items.relation()?.kind() == Kind::Set)
    }

    /// Replaces the values: items whose values stay stay too, each for one value.
    #[track_caller]
    pub(super) fn replaced<X: ProxyGiven<V>>(&self, values: impl IntoIterator<Item = X>) -> Result<()> {
        self.replaced_by(values.into_iter().map(ProxyGiven::given).collect::<Result<Vec<_>>>()?)
    }

    /// The same by values as they are kept.
    #[track_caller]
    pub(super) fn replaced_by(&self, values: Vec<V::Given>) -> Result<()> {
        let (relation, once) = (self.items.relation()?, self.is_set()?);
        let mut old: HashMap<Key, VecDeque<Handle>, FxBuildHasher> = HashMap::default();
        for item in self.handles()? {
            old.entry(V::print(&self.end.read(&item)?)).or_default().push_back(item);
        }
        let mut seen: HashSet<Key, FxBuildHasher> = HashSet::default();
        let mut items = Vec::new();
        for value in values {
            let kept = match V::print_given(&value) {
                Some(print) => {
                    let kept = old.get_mut(&print).and_then(VecDeque::pop_front);
                    if once && !seen.insert(print) {
                        continue;
                    }
                    kept
                }
                None => None,
            };
            items.push(match kept {
                Some(item) => item,
                None => create(self.end, self.create, value)?,
            });
        }
        pipeline::replace(self.owner(), relation, &items, ReadOptions::of_user())
    }
}

impl<T: Mapped, V: ProxyEnd> ProxyCollection<T, V, Writes> {
    /// Adds a value at the end, and gives the object that leads to it; in a set a value that is in it already stays where it
    /// is.
    ///
    /// # Errors
    /// As [`Collection::append`], and as what makes the object.
    #[track_caller]
    pub fn append(&self, value: impl ProxyGiven<V>) -> Result<Obj<T>> {
        self.add(value.given()?, |item| self.items.append(item))
    }

    /// As [`append`](Self::append), by the name that lists have for it.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn push(&self, value: impl ProxyGiven<V>) -> Result<Obj<T>> {
        self.append(value)
    }

    #[track_caller]
    fn add(&self, value: V::Given, put: impl FnOnce(Obj<T>) -> Result<Obj<T>>) -> Result<Obj<T>> {
        self.load()?;
        if self.is_set()?
            && let Some((_, item)) = self.find(&value)?
        {
            return Ok(Obj::from_handle(item));
        }
        put(Obj::from_handle(create(self.end, self.create, value)?))
    }

    /// Adds several values at the end.
    ///
    /// # Errors
    /// As [`append`](Self::append). Those before the one that fails stay.
    #[track_caller]
    pub fn extend<X: ProxyGiven<V>>(&self, values: impl IntoIterator<Item = X>) -> Result<()> {
        let mut seen: HashSet<Key, FxBuildHasher> = HashSet::default();
        let once = self.is_set()?;
        self.load()?;
        if once {
            for item in self.handles()? {
                seen.insert(V::print(&self.end.read(&item)?));
            }
        }
        for value in values {
            let value = value.given()?;
            if once && V::print_given(&value).is_some_and(|print| !seen.insert(print)) {
                continue;
            }
            self.items.append(Obj::<T>::from_handle(create(self.end, self.create, value)?))?;
        }
        Ok(())
    }

    /// Adds a value at a place; past the end it is the end.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn insert(&self, index: usize, value: impl ProxyGiven<V>) -> Result<Obj<T>> {
        self.add(value.given()?, |item| self.items.insert(index, item))
    }

    /// Sets the value at a place: the object that leads there leads to this one then.
    ///
    /// # Errors
    /// `index-out-of-range`; as [`iter`](Self::iter), and as the accessor of the attribute.
    #[track_caller]
    pub fn set(&self, index: usize, value: impl ProxyGiven<V>) -> Result<()> {
        let Some(item) = self.items.get(index)? else {
            let relation = self.items.relation()?;
            let text = format!("there is no item {index} among {}", self.len()?);
            return Err(
                Error::new(Code::IndexOutOfRange, text).about(relation.class(), Some(relation.name()))
            );
        };
        self.end.write(Obj::handle(&item), value.given()?)
    }

    /// Takes the first value that is equal out, with the object that leads to it.
    ///
    /// # Errors
    /// `not-in-collection`; as [`Collection::remove`].
    #[track_caller]
    pub fn remove(&self, value: impl ProxyGiven<V>) -> Result<()> {
        match self.find(&value.given()?)? {
            Some((place, _)) => self.items.pop_at(place).map(|_| ()),
            None => Err(not_there(self.items.relation()?, self.end.attribute())),
        }
    }

    /// Takes the last value out.
    ///
    /// # Errors
    /// As [`Collection::pop`], and as the accessor of the attribute.
    #[track_caller]
    pub fn pop(&self) -> Result<V::Item> {
        let item = self.items.pop()?;
        self.end.read(Obj::handle(&item))
    }

    /// Takes the value at a place out.
    ///
    /// # Errors
    /// As [`pop`](Self::pop).
    #[track_caller]
    pub fn pop_at(&self, index: usize) -> Result<V::Item> {
        let item = self.items.pop_at(index)?;
        self.end.read(Obj::handle(&item))
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// As [`Collection::clear`].
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        self.items.clear()
    }

    /// Replaces the values. What leads to values that stay stays too, and counts as unchanged.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[track_caller]
    pub fn replace<X: ProxyGiven<V>>(&self, values: impl IntoIterator<Item = X>) -> Result<()> {
        self.replaced(values)
    }
}

/// The values of a proxy one by one; one error where it can't be loaded.
pub struct ProxyItems<T: Mapped, V: ProxyEnd> {
    left: CollectionItems<T>,
    end: &'static dyn Attribute<T, V>,
}

impl<T: Mapped, V: ProxyEnd> Iterator for ProxyItems<T, V> {
    type Item = Result<V::Item>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.left.next()? {
            Ok(item) => self.end.read(Obj::handle(&item)),
            Err(error) => Err(error),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl<T: Mapped, V: ProxyEnd> fmt::Debug for ProxyItems<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyItems").field("left", &self.left.size_hint().0).finish()
    }
}

impl<T: Mapped, V: ProxyEnd, W> IntoIterator for &ProxyCollection<T, V, W> {
    type Item = Result<V::Item>;
    type IntoIter = ProxyItems<T, V>;

    /// The values as they are now, as [`ProxyCollection::iter`] gives them.
    #[track_caller]
    fn into_iter(self) -> ProxyItems<T, V> {
        ProxyItems { left: (&self.items).into_iter(), end: self.end }
    }
}

impl<T: Mapped, V: ProxyEnd, W> IntoIterator for ProxyCollection<T, V, W> {
    type Item = Result<V::Item>;
    type IntoIter = ProxyItems<T, V>;

    #[track_caller]
    fn into_iter(self) -> ProxyItems<T, V> {
        (&self).into_iter()
    }
}

impl<T: Mapped, V: ProxyEnd, W> Clone for ProxyCollection<T, V, W> {
    fn clone(&self) -> Self {
        ProxyCollection { items: self.items.clone(), ..*self }
    }
}

impl<T: Mapped, V: ProxyEnd, W> fmt::Debug for ProxyCollection<T, V, W> {
    /// `User#1.user_keywords.keyword`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.items, self.end.attribute())
    }
}
