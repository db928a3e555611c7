//! What generated code calls.

use super::create::Create;
use super::descriptor::Proxy;
use super::end::ProxyEnd;
use super::field::{ProxyField, SetProxy};
use super::given::ProxyGiven;
use crate::error::Result;
use crate::state::Draft;
use crate::state::memory::handle::Handle;

/// Reads a proxy of an object.
#[track_caller]
pub fn read_proxy<S, F: ProxyField, V: ProxyEnd, W>(
    object: &Handle,
    proxy: &Proxy<S, F, V, W>,
) -> F::Proxied<V, W> {
    F::proxied(object, proxy.place(object), proxy.end, proxy.create)
}

/// Replaces the items of a proxy that is a collection.
///
/// # Errors
/// As the method `replace` of the proxy.
pub fn set_proxy<S, F: ProxyField, V: ProxyEnd, W>(
    object: &Handle,
    proxy: &Proxy<S, F, V, W>,
    values: impl SetProxy<F, V>,
) -> Result<()> {
    values.set_proxy(object, proxy.place(object), proxy.end, proxy.create)
}

/// Gives an object that is being built the items of a proxy.
pub fn give_proxy<S, F: ProxyField, V: ProxyEnd, W>(
    draft: Draft,
    proxy: &Proxy<S, F, V, W>,
    values: impl SetProxy<F, V>,
) -> Draft {
    draft.changed(|object| set_proxy(object, proxy, values))
}

/// Sets a proxy through a to-one to a value.
///
/// # Errors
/// As the accessors of the relationship and of the attribute.
pub fn set_scalar_proxy<S, F, V: ProxyEnd, W>(
    object: &Handle,
    proxy: &Proxy<S, F, V, W>,
    value: impl ProxyGiven<V>,
) -> Result<()>
where
    F: ProxyField<Create<V> = Create<V>>,
{
    proxy.set(object, V::optional(value.given()?))
}

/// Sets a proxy through a to-one to a value or to none.
///
/// # Errors
/// As [`set_scalar_proxy`].
pub fn set_optional_proxy<S, F, V: ProxyEnd, W>(
    object: &Handle,
    proxy: &Proxy<S, F, V, W>,
    value: impl ProxyGiven<V::Optional>,
) -> Result<()>
where
    F: ProxyField<Create<V> = Create<V>>,
{
    proxy.set(object, value.given()?)
}

/// Gives an object that is being built the value of a proxy through a to-one.
pub fn give_scalar_proxy<S, F, V: ProxyEnd, W>(
    draft: Draft,
    proxy: &Proxy<S, F, V, W>,
    value: impl ProxyGiven<V>,
) -> Draft
where
    F: ProxyField<Create<V> = Create<V>>,
{
    draft.changed(|object| set_scalar_proxy(object, proxy, value))
}

/// Gives an object that is being built the value of a proxy through a to-one, or none.
pub fn give_optional_proxy<S, F, V: ProxyEnd, W>(
    draft: Draft,
    proxy: &Proxy<S, F, V, W>,
    value: impl ProxyGiven<V::Optional>,
) -> Draft
where
    F: ProxyField<Create<V> = Create<V>>,
{
    draft.changed(|object| set_optional_proxy(object, proxy, value))
}
