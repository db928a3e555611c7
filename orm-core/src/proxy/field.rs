//! `ProxyField`: what the field of a proxy's relationship says of the proxy.

use super::attribute::Attribute;
use super::collection::ProxyCollection;
use super::create::{Create, KeyedCreate};
use super::end::ProxyEnd;
use super::given::{ProxyGiven, ProxyKey};
use super::map::ProxyMap;
use super::scalar;
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::{CollectionType, Many, ManyAs, ManyMap, ManySet, MapKey, Mapped, One, RelationField};

/// The field of a relationship that a proxy goes through: `Many<T>`, `ManySet<T>`, `ManyMap<K, T>`, `One<T>`,
/// `Option<One<T>>`, or a collection type of one's own, `ManyAs<C>`, whose proxies are those of the collection that it is a view
/// of.
#[diagnostic::on_unimplemented(
    message = "a proxy can't go through `{Self}`",
    label = "holds no objects that a proxy could read",
    note = "it goes through `Many<T>`, `ManySet<T>`, `ManyMap<K, T>`, `One<T>` or `Option<One<T>>`"
)]
pub trait ProxyField: RelationField<Target: Mapped> {
    /// How what leads to a value is made.
    #[doc(hidden)]
    type Create<V: ProxyEnd>: Copy + 'static;
    /// What the accessor gives.
    type Proxied<V: ProxyEnd, W>;

    /// Reads a proxy of an object through the relationship at a place.
    #[doc(hidden)]
    #[track_caller]
    fn proxied<V: ProxyEnd, W>(
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<Self::Target, V>,
        create: Self::Create<V>,
    ) -> Self::Proxied<V, W>;
}

/// What the accessor of a proxy gives.
pub type Proxied<F, V, W> = <F as ProxyField>::Proxied<V, W>;

macro_rules! collections {
    ($($field:ident),*) => {$(
        impl<T: Mapped> ProxyField for $field<T> {
            type Create<V: ProxyEnd> = Create<V>;
            type Proxied<V: ProxyEnd, W> = ProxyCollection<T, V, W>;

            fn proxied<V: ProxyEnd, W>(
                object: &Handle,
                place: usize,
                end: &'static dyn Attribute<T, V>,
                create: Create<V>,
            ) -> ProxyCollection<T, V, W> {
                ProxyCollection::new(object, place, end, create)
            }
        }
    )*};
}

collections!(Many, ManySet);

impl<K: MapKey, T: Mapped> ProxyField for ManyMap<K, T> {
    type Create<V: ProxyEnd> = KeyedCreate<K, V>;
    type Proxied<V: ProxyEnd, W> = ProxyMap<K, T, V, W>;

    fn proxied<V: ProxyEnd, W>(
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<T, V>,
        create: KeyedCreate<K, V>,
    ) -> ProxyMap<K, T, V, W> {
        ProxyMap::new(object, place, end, create)
    }
}

impl<C: CollectionType<Field: ProxyField>> ProxyField for ManyAs<C> {
    type Create<V: ProxyEnd> = <C::Field as ProxyField>::Create<V>;
    type Proxied<V: ProxyEnd, W> = <C::Field as ProxyField>::Proxied<V, W>;

    fn proxied<V: ProxyEnd, W>(
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<Self::Target, V>,
        create: Self::Create<V>,
    ) -> Self::Proxied<V, W> {
        C::Field::proxied(object, place, end, create)
    }
}

macro_rules! scalars {
    ($($field:ty),*) => {$(
        impl<T: Mapped> ProxyField for $field {
            type Create<V: ProxyEnd> = Create<V>;
            type Proxied<V: ProxyEnd, W> = Result<<V::Optional as ProxyEnd>::Item>;

            #[track_caller]
            fn proxied<V: ProxyEnd, W>(
                object: &Handle,
                place: usize,
                end: &'static dyn Attribute<T, V>,
                _: Create<V>,
            ) -> Result<<V::Optional as ProxyEnd>::Item> {
                scalar::get(object, place, end)
            }
        }
    )*};
}

scalars!(One<T>, Option<One<T>>);

/// What the items of a proxy that is a collection are replaced by: an iterator of values or of objects; of a keyed one, of
/// pairs of a key and a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a proxy through `{F}` to `{V}`",
    label = "expected an iterator of what the proxy gives"
)]
pub trait SetProxy<F: ProxyField, V: ProxyEnd> {
    /// Replaces them.
    #[doc(hidden)]
    fn set_proxy(
        self,
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<F::Target, V>,
        create: F::Create<V>,
    ) -> Result<()>;
}

macro_rules! set_collections {
    ($($field:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Mapped, V: ProxyEnd, I> SetProxy<$field<T>, V> for I
        where
            I: IntoIterator,
            I::Item: ProxyGiven<V>,
        {
            fn set_proxy(
                self,
                object: &Handle,
                place: usize,
                end: &'static dyn Attribute<T, V>,
                create: Create<V>,
            ) -> Result<()> {
                ProxyCollection::<T, V>::new(object, place, end, create).replaced(self)
            }
        }
    )*};
}

set_collections!(Many, ManySet);

#[diagnostic::do_not_recommend]
impl<C: CollectionType<Field: ProxyField>, V: ProxyEnd, X: SetProxy<C::Field, V>> SetProxy<ManyAs<C>, V>
    for X
{
    fn set_proxy(
        self,
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<<ManyAs<C> as RelationField>::Target, V>,
        create: <ManyAs<C> as ProxyField>::Create<V>,
    ) -> Result<()> {
        SetProxy::<C::Field, V>::set_proxy(self, object, place, end, create)
    }
}

#[diagnostic::do_not_recommend]
impl<K: MapKey, T: Mapped, V: ProxyEnd, Q, X, I> SetProxy<ManyMap<K, T>, V> for I
where
    I: IntoIterator<Item = (Q, X)>,
    Q: ProxyKey<K>,
    X: ProxyGiven<V>,
{
    fn set_proxy(
        self,
        object: &Handle,
        place: usize,
        end: &'static dyn Attribute<T, V>,
        create: KeyedCreate<K, V>,
    ) -> Result<()> {
        ProxyMap::<K, T, V>::new(object, place, end, create).replaced(self)
    }
}
