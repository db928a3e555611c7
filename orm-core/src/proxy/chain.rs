//! Proxies of proxies: an attribute at the end of a path that is a proxy itself.

use super::access::Access;
use super::attribute::Attribute;
use super::collection::ProxyCollection;
use super::create::Create;
use super::descriptor::Proxy;
use super::end::{ColumnEnd, ObjectEnd, ProxyEnd, collection_ends, leads_to, no_object, print_object};
use super::field::ProxyField;
use super::given::ProxyGiven;
use super::query::through;
use super::scalar;
use crate::declare::{Kind, ToMany};
use crate::error::{Code, Error, Result};
use crate::query::Leaf;
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::{CollectionType, Key, Many, ManyAs, ManySet, Mapped, One};

/// Whether a proxy that another one ends in may be written through that.
fn check<S, F: ProxyField, V: ProxyEnd, W: Access>(object: &Handle, proxy: &Proxy<S, F, V, W>) -> Result<()> {
    if W::WRITES {
        return Ok(());
    }
    let error = Error::new(Code::WrongState, "the proxy is only read (`viewonly`)");
    Err(error
        .about(object.header().mapper().class(), Some(proxy.name))
        .help("remove `viewonly`, or set what it reads"))
}

macro_rules! scalars {
    ($($field:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Mapped, A: Mapped, V: ProxyEnd, W: Access> Attribute<T, V::Optional> for Proxy<T, $field, V, W> {
            fn attribute(&self) -> &'static str {
                self.name
            }

            #[track_caller]
            fn read(&self, object: &Handle) -> Result<<V::Optional as ProxyEnd>::Item> {
                scalar::get(object, self.place(object), self.end)
            }

            fn write(&self, object: &Handle, value: <V::Optional as ProxyEnd>::Given) -> Result<()> {
                check(object, self)?;
                self.set(object, value)
            }

            fn ask(&self, ask: V::Ask) -> Option<Tree<Leaf>> {
                Some(through(*self, ask))
            }
        }
    )*};
}

scalars!(One<A>, Option<One<A>>);

macro_rules! collections {
    ($($field:ty, [$($generic:tt)*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Mapped, A: Mapped, V: ProxyEnd, W: Access, $($generic)*> Attribute<T, ProxyCollection<A, V, W>>
            for Proxy<T, $field, V, W>
        {
            fn attribute(&self) -> &'static str {
                self.name
            }

            fn read(&self, object: &Handle) -> Result<ProxyCollection<A, V, W>> {
                Ok(ProxyCollection::new(object, self.place(object), self.end, self.create))
            }

            fn write(&self, object: &Handle, value: Vec<V::Given>) -> Result<()> {
                check(object, self)?;
                ProxyCollection::<A, V, W>::new(object, self.place(object), self.end, self.create).replaced_by(value)
            }

            fn ask(&self, ask: V::Ask) -> Option<Tree<Leaf>> {
                Some(through(*self, ask))
            }
        }
    )*};
}

collections! {
    Many<A>, [];
    ManySet<A>, [];
    ManyAs<C>, [C: CollectionType<Field: ProxyField<Target = A, Create<V> = Create<V>>>];
}

collection_ends! {
    [T: Mapped, V: ProxyEnd, W: 'static] ProxyCollection<T, V, W>, ProxyCollection<T, V, W>, V::Given, None, V::Ask,
        ProxyCollection::owner;
}

leads_to! {
    [T: Mapped, V: ObjectEnd, W: 'static] ProxyCollection<T, V, W>, ObjectEnd, Class = V::Class;
    [T: Mapped, V: ColumnEnd, W: 'static] ProxyCollection<T, V, W>, ColumnEnd, Column = V::Column;
}

#[diagnostic::do_not_recommend]
impl<T: Mapped, V: ProxyEnd, W: 'static, I> ProxyGiven<ProxyCollection<T, V, W>> for I
where
    I: IntoIterator,
    I::Item: ProxyGiven<V>,
{
    fn given(self) -> Result<Vec<V::Given>> {
        self.into_iter().map(ProxyGiven::given).collect()
    }
}
