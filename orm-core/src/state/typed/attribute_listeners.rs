//! What a class has called before attributes of its objects change.

use std::rc::Rc;

use crate::declare::{Column, LinkSlotId, Relationship, ToLarge, ToMany, ToOne};
use crate::error::Result;
use crate::state::called;
use crate::state::change::attribute_hooks::{AttributeHooks, ItemHook};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::slot::{AnySlot, Slot};
use crate::state::read::answer::Read;
use crate::state::typed::listeners::Listeners;
use crate::state::typed::obj::{Live, Obj};
use crate::value::Typed;

/// Listeners of attributes are called where validators are asked, behind them: before anything changes, for all that a
/// change brings about, on the other side as well. What they are told is what will be; an error refuses the change, and
/// all objects stay as they were. Unlike a validator, a listener can't replace the value.
impl<T: Live> Listeners<'_, T> {
    /// Before a column, or a relationship to one object, is set: with the object, what it is set to, and what it was where
    /// that is known (it is neither expired nor never set; `active_history` loads what a relationship led to). It is called
    /// too where both are equal. A builder and a plain value set what they give; what is loaded, what a flush fills in, and
    /// expressions set nothing.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// #[mapped(listen = Price::listen)]
    /// struct Price {
    ///     #[column(primary_key)]
    ///     id: i64,
    ///     amount: i64,
    ///     changes: i64,
    /// }
    ///
    /// impl Price {
    ///     fn listen(on: &mut orm::Listeners<'_, Price>) {
    ///         on.set(Price::amount, |price, amount, before| match before {
    ///             Some(before) if before != amount => price.set_changes(price.changes()? + 1),
    ///             _ => Ok(()),
    ///         });
    ///     }
    /// }
    ///
    /// # fn main() -> orm::Result<()> {
    /// let engine = orm::sqlite::Engine::in_memory()?;
    /// DefaultRegistry::create_all(&engine)?;
    /// let session = Session::new(&engine);
    /// let price = session.add(Price::builder().amount(3).changes(0))?;
    /// price.set_amount(4)?;
    /// price.set_amount(4)?;
    /// assert_eq!(price.changes()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<A: SetAttribute<T>>(
        &mut self,
        attribute: A,
        f: impl Fn(&Obj<T>, &A::Value, Option<&A::Value>) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        attribute.hear(self, f);
        self
    }

    /// Before an object comes to a collection, also where it comes because the other side is set. Of a collection that is
    /// replaced, those that stay don't come.
    pub fn append<U: Live, N: ManyObjects>(
        &mut self,
        collection: Relationship<T, U, N>,
        f: impl Fn(&Obj<T>, &Obj<U>) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        self.on_items(collection, AttributeHooks::on_append, f)
    }

    /// Before an object leaves a collection, also where it leaves because the other side is set.
    pub fn remove<U: Live, N: ManyObjects>(
        &mut self,
        collection: Relationship<T, U, N>,
        f: impl Fn(&Obj<T>, &Obj<U>) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        self.on_items(collection, AttributeHooks::on_remove, f)
    }

    fn on_items<U: Live, N: ManyObjects>(
        &mut self,
        collection: Relationship<T, U, N>,
        add: fn(&mut AttributeHooks, LinkSlotId, ItemHook),
        f: impl Fn(&Obj<T>, &Obj<U>) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        let hooks = self.hooks();
        if let Some(slot) = hooks.relation(collection.at()) {
            let hook = move |instance: &Rc<Instance>, item: &Rc<Instance>| {
                let (object, item) =
                    (Obj::from_handle(Handle::to(instance)), Obj::from_handle(Handle::to(item)));
                called::call(|| f(&object, &item))
            };
            add(&mut hooks.attributes, slot, Box::new(hook));
        }
        self
    }

    /// Before a collection is replaced: with all that it is to hold, before `append` and `remove` are called of what comes
    /// and goes. What a collection is set to in a builder or a plain value is appended.
    pub fn bulk_replace<U: Live>(
        &mut self,
        collection: Relationship<T, U, ToMany>,
        f: impl Fn(&Obj<T>, &[Obj<U>]) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        let hooks = self.hooks();
        if let Some(slot) = hooks.relation(collection.at()) {
            hooks.attributes.on_replace(
                slot,
                Box::new(move |instance, items| {
                    let object = Obj::from_handle(Handle::to(instance));
                    let items: Vec<Obj<U>> =
                        items.iter().map(|item| Obj::from_handle(item.clone())).collect();
                    called::call(|| f(&object, &items))
                }),
            );
        }
        self
    }
}

/// A relationship that leads to many objects.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to one object",
    label = "no collection",
    note = "listen to `set`"
)]
pub trait ManyObjects {}

impl ManyObjects for ToMany {}
impl ManyObjects for ToLarge {}

/// An attribute that is set as a whole: a column, or a relationship to one object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no attribute of `{T}` that is set as a whole",
    label = "no column of `{T}`, and no relationship of it to one object",
    note = "to a collection listen by `append`, `remove` and `bulk_replace`"
)]
pub trait SetAttribute<T: Live> {
    /// What it is set to.
    type Value;

    /// Has a function called before it is set.
    #[doc(hidden)]
    fn hear(
        self,
        on: &mut Listeners<'_, T>,
        f: impl Fn(&Obj<T>, &Self::Value, Option<&Self::Value>) -> Result<()> + Send + Sync + 'static,
    );
}

#[diagnostic::do_not_recommend]
impl<T: Live, V: Typed> SetAttribute<T> for Column<T, V> {
    type Value = V;

    fn hear(
        self,
        on: &mut Listeners<'_, T>,
        f: impl Fn(&Obj<T>, &V, Option<&V>) -> Result<()> + Send + Sync + 'static,
    ) {
        let slot = self.slot();
        let known = |slot: &dyn AnySlot| slot.as_any().downcast_ref::<Slot<V>>()?.known().cloned();
        on.hooks().attributes.on_column(
            slot,
            Box::new(move |instance, given| {
                let Some(value) = known(given) else { return Ok(()) };
                let before = instance.read(|columns| columns.at(slot).and_then(known))?;
                let object = Obj::from_handle(Handle::to(instance));
                called::call(|| f(&object, &value, before.as_ref()))
            }),
        );
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live, U: Live> SetAttribute<T> for Relationship<T, U, ToOne> {
    type Value = Option<Obj<U>>;

    fn hear(
        self,
        on: &mut Listeners<'_, T>,
        f: impl Fn(&Obj<T>, &Option<Obj<U>>, Option<&Option<Obj<U>>>) -> Result<()> + Send + Sync + 'static,
    ) {
        let hooks = on.hooks();
        let Some(slot) = hooks.relation(self.at()) else { return };
        hooks.attributes.on_link(
            slot,
            Box::new(move |instance, value, before| {
                let object = Obj::from_handle(Handle::to(instance));
                let value = value.map(|value| Obj::from_handle(Handle::to(value)));
                let before = match before {
                    Read::Known(before) => Some(before.clone().map(Obj::from_handle)),
                    Read::Unset => Some(None),
                    Read::Unknown => None,
                };
                called::call(|| f(&object, &value, before.as_ref()))
            }),
        );
    }
}
