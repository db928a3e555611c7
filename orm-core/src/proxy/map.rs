//! `ProxyMap`: a live proxy through a keyed collection.

use std::fmt;
use std::marker::PhantomData;

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

use super::access::Writes;
use super::attribute::Attribute;
use super::create::{KeyedCreate, create};
use super::end::ProxyEnd;
use super::given::ProxyGiven;
use super::given::ProxyKey;
use crate::error::{Code, Error, Result};
use crate::state::change::{by_key, to_many};
use crate::state::memory::handle::Handle;
use crate::state::memory::items::At;
use crate::state::read::keyed;
use crate::state::{Draft, Key, KeyRef, ManyMap, MapCollection, MapKey, Mapped, Obj, RelationField};

/// A proxy of an object through a `ManyMap<K, T>`: a view of its collection by the same keys, read and changed in place. A
/// value that comes under a new key makes an object that leads to it; under a key that is there, that object leads to the
/// new value.
pub struct ProxyMap<K: MapKey, T: Mapped, V: ProxyEnd, W = Writes> {
    items: MapCollection<K, T>,
    end: &'static dyn Attribute<T, V>,
    create: KeyedCreate<K, V>,
    access: PhantomData<fn() -> W>,
}

impl<K: MapKey, T: Mapped, V: ProxyEnd, W> ProxyMap<K, T, V, W> {
    /// Of an object, through the relationship at a place.
    pub(super) fn new(
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<T, V>,
        create: KeyedCreate<K, V>,
    ) -> Self {
        let items = <ManyMap<K, T> as RelationField>::read(object, place);
        ProxyMap { items, end, create, access: PhantomData }
    }

    /// The collection that it goes through: what leads to the values.
    pub fn items(&self) -> MapCollection<K, T> {
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
    /// As [`MapCollection::len`].
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        self.items.len()
    }

    /// Whether there is none.
    ///
    /// # Errors
    /// As [`MapCollection::len`].
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        self.items.is_empty()
    }

    /// The value under a key.
    ///
    /// # Errors
    /// As [`MapCollection::len`], and as the accessor of the attribute.
    #[track_caller]
    pub fn get<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<Option<V::Item>> {
        match self.items.get(key)? {
            Some(item) => self.end.read(Obj::handle(&item)).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a value is under a key.
    ///
    /// # Errors
    /// As [`MapCollection::len`].
    #[track_caller]
    pub fn contains_key<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<bool> {
        self.items.contains_key(key)
    }

    /// The keys, in the order in which they came.
    ///
    /// # Errors
    /// As [`MapCollection::len`].
    #[track_caller]
    pub fn keys(&self) -> Result<std::vec::IntoIter<K>> {
        self.items.keys()
    }

    /// The values, in the order in which their keys came.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn values(&self) -> Result<std::vec::IntoIter<V::Item>> {
        let items = self.items.values()?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.end.read(Obj::handle(&item))?);
        }
        Ok(values.into_iter())
    }

    /// The keys and the values as they are now, in the order in which the keys came.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn iter(&self) -> Result<std::vec::IntoIter<(K, V::Item)>> {
        let items = self.items.iter()?;
        let mut pairs = Vec::with_capacity(items.len());
        for (key, item) in items {
            pairs.push((key, self.end.read(Obj::handle(&item))?));
        }
        Ok(pairs.into_iter())
    }

    /// The item under a key.
    #[track_caller]
    fn find(&self, key: &Key) -> Result<Option<Handle>> {
        let relation = self.items.relation()?;
        to_many::read(self.items.owner(), relation, |_| ())?;
        keyed::find(self.items.owner(), relation, key)
    }

    /// Puts a value in under a key.
    #[track_caller]
    fn put(&self, key: K, value: V::Given) -> Result<Obj<T>> {
        let under = Key::new(key.key_values());
        if let Some(item) = self.find(&under)? {
            self.end.write(&item, value)?;
            return Ok(Obj::from_handle(item));
        }
        let object = match self.create {
            KeyedCreate::By(create) => create(key, value)?,
            KeyedCreate::Key(set_key) => {
                let object = Draft::new::<T>().finish_any()?;
                set_key(&object, key)?;
                self.end.write(&object, value)?;
                object
            }
            KeyedCreate::Never => create(self.end, None, value)?,
        };
        let relation = self.items.relation()?;
        if let Some(At::Key(own)) = keyed::place(relation, &object, At::End)?
            && own != under
        {
            let text = format!("what was made for the key {under} has the key {own}");
            return Err(Error::new(Code::BadKey, text)
                .about(relation.class(), Some(relation.name()))
                .help("let the `creator` of the proxy give the object the key that it is called with"));
        }
        self.items.insert(Obj::<T>::from_handle(object))
    }

    /// Replaces the values: what leads to them under keys that stay stays too.
    #[track_caller]
    pub(super) fn replaced<Q: ProxyKey<K>, X: ProxyGiven<V>>(
        &self,
        values: impl IntoIterator<Item = (Q, X)>,
    ) -> Result<()> {
        let relation = self.items.relation()?;
        to_many::read(self.items.owner(), relation, |_| ())?;
        let before = to_many::keys(self.items.owner(), relation)?;
        let mut now: HashSet<Key, FxBuildHasher> = HashSet::default();
        for (key, value) in values {
            let key = key.proxy_key();
            now.insert(Key::new(key.key_values()));
            self.put(key, value.given()?)?;
        }
        for key in before.iter().filter(|key| !now.contains(*key)) {
            by_key::remove(self.items.owner(), relation, key)?;
        }
        Ok(())
    }
}

impl<K: MapKey, T: Mapped, V: ProxyEnd> ProxyMap<K, T, V, Writes> {
    /// Puts a value in under a key, and gives the object that leads to it: the one under that key, or a new one.
    ///
    /// # Errors
    /// As [`MapCollection::insert`], as what makes the object and as the accessor of the attribute; `bad-key` where what
    /// makes the object gives it another key.
    #[track_caller]
    pub fn insert(&self, key: impl ProxyKey<K>, value: impl ProxyGiven<V>) -> Result<Obj<T>> {
        self.put(key.proxy_key(), value.given()?)
    }

    /// The value under a key, which is put in where there is none.
    ///
    /// # Errors
    /// As [`insert`](Self::insert) and [`get`](Self::get).
    #[track_caller]
    pub fn get_or_insert(&self, key: impl ProxyKey<K>, value: impl ProxyGiven<V>) -> Result<V::Item> {
        let key = key.proxy_key();
        let item = match self.find(&Key::new(key.key_values()))? {
            Some(item) => item,
            None => Obj::handle(&self.put(key, value.given()?)?).clone(),
        };
        self.end.read(&item)
    }

    /// Puts several values in.
    ///
    /// # Errors
    /// As [`insert`](Self::insert). Those before the one that fails stay.
    #[track_caller]
    pub fn extend<Q: ProxyKey<K>, X: ProxyGiven<V>>(
        &self,
        values: impl IntoIterator<Item = (Q, X)>,
    ) -> Result<()> {
        for (key, value) in values {
            self.put(key.proxy_key(), value.given()?)?;
        }
        Ok(())
    }

    /// Takes the value under a key out, if there is one, with the object that leads to it.
    ///
    /// # Errors
    /// As [`MapCollection::remove`], and as the accessor of the attribute.
    #[track_caller]
    pub fn remove<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<Option<V::Item>> {
        match self.items.remove(key)? {
            Some(item) => self.end.read(Obj::handle(&item)).map(Some),
            None => Ok(None),
        }
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// As [`MapCollection::clear`].
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        self.items.clear()
    }

    /// Replaces the values. What leads to values under keys that stay stays too, and leads to the new ones.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    #[track_caller]
    pub fn replace<Q: ProxyKey<K>, X: ProxyGiven<V>>(
        &self,
        values: impl IntoIterator<Item = (Q, X)>,
    ) -> Result<()> {
        self.replaced(values)
    }
}

impl<K: MapKey, T: Mapped, V: ProxyEnd, W> Clone for ProxyMap<K, T, V, W> {
    fn clone(&self) -> Self {
        ProxyMap { items: self.items.clone(), ..*self }
    }
}

impl<K: MapKey, T: Mapped, V: ProxyEnd, W> fmt::Debug for ProxyMap<K, T, V, W> {
    /// `Item#1.notes.text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.items, self.end.attribute())
    }
}
