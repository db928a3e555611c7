//! `ManyAs`: a collection that is read and changed by a type of the user's own.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use crate::declare::{Kind, ToMany};
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::field::{Relate, RelationField, gather_many, nest_many};
use crate::state::typed::map_key::KeyedField;
use crate::state::typed::nest::{Erased, Nested, drop_flat};
use crate::state::typed::ordered::ListField;
use crate::state::typed::plain::PlainField;
use crate::state::typed::value_source::ValueSource;

/// A collection type of your own: a view over a list, a set or a keyed collection, which has the methods that you give it. A
/// field of the type [`ManyAs`] is read as one.
///
/// It holds the collection, and what it does is done by that: reverse sides, cascades and loading are those of any other. What
/// comes by a reverse side, or is loaded, is in the collection without asking the view.
///
/// ```standalone_crate
/// use orm::prelude::*;
/// use orm::{Collection, CollectionType, ManyAs};
///
/// #[derive(Mapped)]
/// struct Post {
///     #[column(primary_key)]
///     id: i64,
///     notes: ManyAs<Notes>,
/// }
///
/// #[derive(Mapped)]
/// struct Note {
///     #[column(primary_key)]
///     id: i64,
///     text: String,
///     #[column(foreign_key = Post::id)]
///     post_id: i64,
/// }
///
/// /// Notes in the order of their texts, each text once.
/// struct Notes(Collection<Note>);
///
/// impl CollectionType for Notes {
///     type Field = Many<Note>;
///
///     fn of(items: Collection<Note>) -> Self {
///         Notes(items)
///     }
/// }
///
/// impl Notes {
///     fn texts(&self) -> orm::Result<Vec<String>> {
///         let mut texts = self.0.iter()?.map(|note| note.text()).collect::<orm::Result<Vec<_>>>()?;
///         texts.sort();
///         Ok(texts)
///     }
///
///     fn add(&self, text: &str) -> orm::Result<()> {
///         if !self.texts()?.iter().any(|other| other == text) {
///             self.0.append(Note::builder().text(text))?;
///         }
///         Ok(())
///     }
/// }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let post = session.add(Post::builder().notes([Note::builder().text("red")]))?;
/// post.notes().add("blue")?;
/// post.notes().add("red")?;
/// session.commit()?;
/// assert_eq!(post.notes().texts()?, ["blue", "red"]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no collection type",
    label = "not a collection type",
    note = "implement `CollectionType` for it, or write `Many<T>`, `ManySet<T>` or `ManyMap<K, T>`"
)]
pub trait CollectionType: 'static {
    /// The field that there would be without it: `Many<T>`, `ManySet<T>` or `ManyMap<K, T>`.
    type Field: RelationField<Number = ToMany>;

    /// The view of a collection of an object: of a [`Collection`](crate::Collection), or of a
    /// [`MapCollection`](crate::MapCollection) where the field is a `ManyMap`.
    fn of(items: <Self::Field as RelationField>::Read) -> Self;
}

/// The class that a collection type holds objects of.
type Item<C> = <<C as CollectionType>::Field as RelationField>::Target;

/// A field that leads to a collection which is read as a `C`: see [`CollectionType`]. In a plain struct it holds the values, or is
/// not loaded.
pub struct ManyAs<C>(Option<Erased>, PhantomData<fn() -> C>);

impl<C: CollectionType> ManyAs<C> {
    /// A loaded collection.
    pub fn new(items: Vec<Item<C>>) -> Self {
        ManyAs(Some(Box::new(items)), PhantomData)
    }

    /// Whether it is loaded. One that isn't is never mistaken for an empty one.
    pub fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// The items, if they are loaded.
    pub fn get(&self) -> Option<&[Item<C>]> {
        self.0.as_ref()?.downcast_ref::<Vec<Item<C>>>().map(Vec::as_slice)
    }

    /// The items; none where it isn't loaded.
    pub fn iter(&self) -> std::slice::Iter<'_, Item<C>> {
        self.get().unwrap_or_default().iter()
    }

    /// The items, if they are loaded.
    pub fn into_vec(mut self) -> Option<Vec<Item<C>>> {
        self.0.take()?.downcast::<Vec<Item<C>>>().ok().map(|items| *items)
    }
}

impl<C> Drop for ManyAs<C> {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_flat(value);
        }
    }
}

impl<C> Default for ManyAs<C> {
    /// Not loaded.
    fn default() -> Self {
        ManyAs(None, PhantomData)
    }
}

impl<C: CollectionType> Clone for ManyAs<C>
where
    Item<C>: Clone,
{
    fn clone(&self) -> Self {
        self.get().map(|items| Self::new(items.to_vec())).unwrap_or_default()
    }
}

impl<C: CollectionType> PartialEq for ManyAs<C>
where
    Item<C>: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<C: CollectionType> Eq for ManyAs<C> where Item<C>: Eq {}

impl<C: CollectionType> fmt::Debug for ManyAs<C>
where
    Item<C>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(items) => f.debug_list().entries(items).finish(),
            None => f.write_str("(not loaded)"),
        }
    }
}

impl<C: CollectionType<Field: RelationField<Target = T>>, T> From<Vec<T>> for ManyAs<C> {
    fn from(items: Vec<T>) -> Self {
        Self::new(items)
    }
}

impl<'a, C: CollectionType> IntoIterator for &'a ManyAs<C> {
    type Item = &'a Item<C>;
    type IntoIter = std::slice::Iter<'a, Item<C>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<C: CollectionType> PlainField for ManyAs<C> {
    fn nest(&mut self, values: &mut dyn Any) -> bool {
        let values = values.downcast_mut::<Vec<Item<C>>>().map(std::mem::take);
        values.map(|values| *self = Self::new(values)).is_some()
    }
}

impl<C: CollectionType> RelationField for ManyAs<C> {
    const KIND: Kind = C::Field::KIND;
    type Target = Item<C>;
    type Number = ToMany;
    type Read = C;

    fn read(handle: &Handle, relation: usize) -> C {
        C::of(C::Field::read(handle, relation))
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        nest_many(self.into_vec(), handle, relation, nested)
    }

    fn not_loaded() -> Self {
        Self::default()
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        Ok(gather_many(source, relation)?.map(Self::new).unwrap_or_default())
    }
}

#[diagnostic::do_not_recommend]
impl<C: CollectionType, X: Relate<C::Field>> Relate<ManyAs<C>> for X {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        Relate::<C::Field>::relate(self, owner, relation)
    }
}

#[diagnostic::do_not_recommend]
impl<C: CollectionType<Field: KeyedField>> KeyedField for ManyAs<C> {
    type Map = <C::Field as KeyedField>::Map;
}

#[diagnostic::do_not_recommend]
impl<C: CollectionType<Field: ListField>> ListField for ManyAs<C> {}
