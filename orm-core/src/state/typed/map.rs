//! `MapCollection`: a live keyed collection of an object, and what generated code calls for one.

use std::fmt;
use std::marker::PhantomData;

use crate::declare::{Kind, ToMany};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::change::{by_key, to_many};
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::read::keyed;
use crate::state::typed::collection::Collection;
use crate::state::typed::field::{Relate, RelationField, gather_many, nest_many, relate_many};
use crate::state::typed::into_obj::IntoRelated;
use crate::state::typed::map_key::{KeyRef, MapKey};
use crate::state::typed::nest::Nested;
use crate::state::typed::obj::{Live, Obj};
use crate::state::typed::plain::ManyMap;
use crate::state::typed::value_source::ValueSource;

/// A keyed collection of an object: a view, read and changed in place. Reading it loads it where it isn't loaded.
///
/// An object stands under the key that it had when it came, or when it was loaded. Every change is made on the other side
/// too, and cascades into the session.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// #[derive(Mapped)]
/// struct Item {
///     #[column(primary_key)]
///     id: i64,
///     #[relationship(key = Note::keyword, cascade = "all, delete-orphan")]
///     notes: ManyMap<String, Note>,
/// }
///
/// #[derive(Mapped)]
/// struct Note {
///     #[column(primary_key)]
///     id: i64,
///     keyword: String,
///     text: Option<String>,
///     #[column(foreign_key = Item::id)]
///     item_id: i64,
/// }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let item = session.add(Item::builder())?;
/// item.notes().insert(Note::builder().keyword("colour").text("red"))?;
/// let colour = item.notes().get("colour")?;
/// assert_eq!(colour.map(|note| note.text()).transpose()?.flatten().as_deref(), Some("red"));
/// # Ok(())
/// # }
/// ```
pub struct MapCollection<K, T> {
    items: Collection<T>,
    key: PhantomData<fn() -> K>,
}

impl<K: MapKey, T: Live> MapCollection<K, T> {
    pub(crate) fn owner(&self) -> &Handle {
        self.items.owner()
    }

    pub(crate) fn relation(&self) -> Result<&'static Relation> {
        self.items.relation()
    }

    /// Whether it is loaded.
    ///
    /// # Errors
    /// `busy`.
    pub fn is_loaded(&self) -> Result<bool> {
        self.items.is_loaded()
    }

    /// How many items there are.
    ///
    /// # Errors
    /// Where it can't be loaded: `detached`, `raise-on-load`, and what the database says.
    #[track_caller]
    pub fn len(&self) -> Result<usize> {
        self.items.len()
    }

    /// Whether there is none.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        self.items.is_empty()
    }

    /// The item under a key.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn get<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<Option<Obj<T>>> {
        let relation = self.relation()?;
        to_many::read(self.owner(), relation, |_| ())?;
        Ok(keyed::find(self.owner(), relation, &key.to_key())?.map(Obj::from_handle))
    }

    /// Whether an item is under a key.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn contains_key<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// Whether the object is in it.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn contains(&self, item: &Obj<T>) -> Result<bool> {
        self.items.contains(item)
    }

    /// The keys and the items as they are now, in the order in which the keys came. Changing the collection while they are
    /// walked through does no harm.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn iter(&self) -> Result<std::vec::IntoIter<(K, Obj<T>)>> {
        let keys = self.keys()?;
        let items = to_many::in_slot(self.owner(), self.relation()?)?;
        Ok(keys.zip(items.into_iter().map(Obj::from_handle)).collect::<Vec<_>>().into_iter())
    }

    /// The keys, in the order in which they came.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn keys(&self) -> Result<std::vec::IntoIter<K>> {
        let relation = self.relation()?;
        to_many::read(self.owner(), relation, |_| ())?;
        let keys = to_many::keys(self.owner(), relation)?;
        let read = |key: &Key| {
            K::of_key(key).map_err(|error| {
                Error::new(Code::Value, error.to_string())
                    .about(relation.class(), Some(relation.name()))
                    .caused_by(error)
            })
        };
        Ok(keys.iter().map(read).collect::<Result<Vec<_>>>()?.into_iter())
    }

    /// The items, in the order in which their keys came.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn values(&self) -> Result<std::vec::IntoIter<Obj<T>>> {
        self.items.iter()
    }

    /// Puts an object in under its key. What stood there leaves the collection.
    ///
    /// # Errors
    /// `unset` where it has no key; as [`len`](Self::len); where a value can't be stored; `single-parent`, `other-session`.
    #[track_caller]
    pub fn insert(&self, item: impl IntoRelated<T>) -> Result<Obj<T>> {
        self.items.append(item)
    }

    /// Puts several objects in.
    ///
    /// # Errors
    /// As [`insert`](Self::insert). Those before the one that fails stay.
    #[track_caller]
    pub fn extend<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
        self.items.extend(items)
    }

    /// Takes the item under a key out, if there is one.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn remove<Q: KeyRef<K> + ?Sized>(&self, key: &Q) -> Result<Option<Obj<T>>> {
        Ok(by_key::remove(self.owner(), self.relation()?, &key.to_key())?.map(Obj::from_handle))
    }

    /// Takes an object out, under whatever key it stands.
    ///
    /// # Errors
    /// As [`len`](Self::len); `not-in-collection`.
    #[track_caller]
    pub fn remove_item(&self, item: &Obj<T>) -> Result<()> {
        self.items.remove(item)
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    #[track_caller]
    pub fn clear(&self) -> Result<()> {
        self.items.clear()
    }

    /// Replaces the items. Those that stay count as unchanged; of several with one key the last comes in.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    #[track_caller]
    pub fn replace<X: IntoRelated<T>>(&self, items: impl IntoIterator<Item = X>) -> Result<()> {
        self.items.replace(items)
    }
}

impl<K: MapKey, T: Live> Clone for MapCollection<K, T> {
    fn clone(&self) -> Self {
        MapCollection { items: self.items.clone(), key: PhantomData }
    }
}

impl<K: MapKey, T: Live> fmt::Debug for MapCollection<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<K: MapKey, T: Live> RelationField for ManyMap<K, T> {
    const KIND: Kind = Kind::Map;
    type Target = T;
    type Number = ToMany;
    type Read = MapCollection<K, T>;

    fn read(handle: &Handle, relation: usize) -> MapCollection<K, T> {
        MapCollection { items: Collection::new(handle.clone(), relation), key: PhantomData }
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        nest_many(self.into_vec(), handle, relation, nested)
    }

    fn not_loaded() -> Self {
        Self::default()
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        Ok(gather_many(source, relation)?.map(ManyMap::new).unwrap_or_default())
    }
}

#[diagnostic::do_not_recommend]
impl<K: MapKey, T: Live, I> Relate<ManyMap<K, T>> for I
where
    I: IntoIterator,
    I::Item: IntoRelated<T>,
{
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_many(self, owner, relation)
    }
}
