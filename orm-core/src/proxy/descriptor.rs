//! `Proxy`: the typed descriptor of a proxy, a constant.

use std::fmt;
use std::marker::PhantomData;

use super::access::Writes;
use super::attribute::{Attribute, place};
use super::create::Create;
use super::end::ProxyEnd;
use super::field::ProxyField;
use super::scalar::{self, OnNone};
use crate::declare::{AliasId, LinkSlotId, Relationship};
use crate::error::Result;
use crate::query::Member;
use crate::state::memory::handle::Handle;

/// A typed proxy: `User::keywords` is a `Proxy<User, Many<UserKeyword>, One<Keyword>>`, made of the relationship that it goes
/// through, with the type of its field, and of the attribute at its end, with the type of that.
///
/// ```standalone_crate
/// use orm::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(proxy(keywords: One<Keyword> = user_keywords.keyword))]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     name: String,
///     #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
///     user_keywords: Many<UserKeyword>,
/// }
///
/// #[derive(Mapped)]
/// struct UserKeyword {
///     #[column(primary_key, foreign_key = User::id)]
///     user_id: i64,
///     #[column(primary_key, foreign_key = Keyword::id)]
///     keyword_id: i64,
///     #[relationship(back_populates = "user_keywords")]
///     user: One<User>,
///     keyword: One<Keyword>,
/// }
///
/// #[derive(Mapped)]
/// struct Keyword {
///     #[column(primary_key)]
///     id: i64,
///     text: String,
/// }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let ed = session.add(User::builder().name("ed"))?;
/// ed.keywords().append(Keyword::builder().text("red"))?;
/// assert_eq!(ed.keywords().get(0)?.unwrap().text()?, "red");
/// let red = User::keywords.any(Keyword::text.eq("red"));
/// assert_eq!(session.scalars(select(User).filter(red))?.one()?, ed);
/// # Ok(())
/// # }
/// ```
pub struct Proxy<S, F: ProxyField, V: ProxyEnd, W = Writes> {
    pub(super) name: &'static str,
    pub(super) relationship: Relationship<S, F::Target, F::Number>,
    pub(super) end: &'static dyn Attribute<F::Target, V>,
    pub(super) create: F::Create<V>,
    /// Whether setting none takes away what leads to the value.
    pub(super) cascades: bool,
    /// Whether setting none makes what leads to it.
    pub(super) creates_on_none: bool,
    access: PhantomData<fn() -> W>,
}

impl<S, F: ProxyField, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        relationship: Relationship<S, F::Target, F::Number>,
        end: &'static dyn Attribute<F::Target, V>,
        create: F::Create<V>,
    ) -> Self {
        let access = PhantomData;
        Proxy { name, relationship, end, create, cascades: false, creates_on_none: false, access }
    }

    /// `cascade_scalar_deletes`. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn cascading(self) -> Self {
        Proxy { cascades: true, ..self }
    }

    /// `create_on_none_assignment`. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn creating_on_none(self) -> Self {
        Proxy { creates_on_none: true, ..self }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The place of its relationship among those of an object. One that isn't there is told of when it is read.
    pub(super) fn place(&self, object: &Handle) -> usize {
        place(object, self.relationship).unwrap_or(LinkSlotId::NOT_ADDED.index())
    }

    /// The relationship that it goes through.
    pub const fn relationship(self) -> Relationship<S, F::Target, F::Number> {
        self.relationship
    }
}

impl<S, F: ProxyField<Create<V> = Create<V>>, V: ProxyEnd, W> Proxy<S, F, V, W> {
    /// Sets the value of one through a to-one.
    #[track_caller]
    pub(super) fn set(&self, object: &Handle, value: <V::Optional as ProxyEnd>::Given) -> Result<()> {
        let on_none = OnNone { goes: self.cascades, comes: self.creates_on_none };
        scalar::set(object, self.place(object), (self.end, self.create), value, on_none)
    }
}

impl<S, F: ProxyField, V: ProxyEnd, W> Member<S> for Proxy<S, F, V, W> {
    fn of_alias(self, alias: AliasId) -> Self {
        Proxy { relationship: self.relationship.of_alias(alias), ..self }
    }
}

impl<S, F: ProxyField, V: ProxyEnd, W> Clone for Proxy<S, F, V, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, F: ProxyField, V: ProxyEnd, W> Copy for Proxy<S, F, V, W> {}

impl<S, F: ProxyField, V: ProxyEnd, W> fmt::Debug for Proxy<S, F, V, W> {
    /// `Proxy(keywords = user_keywords.keyword)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({} = {}.{})", self.name, self.relationship.name(), self.end.attribute())
    }
}
