//! `Items`: what a relationship slot holds of a collection, one implementation a kind of collection.
//!
//! Changes run through the same steps for every kind; they ask the kind where it matters. A kind that is added is
//! an implementation here, and a line in [`Collected`].

use crate::declare::Kind;
use crate::state::key::Key;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::{Handle, Link};
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::ordered::Ordered;
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use std::rc::Rc;

/// Where an object is put.
#[derive(Clone)]
pub(crate) enum At {
    End,
    Index(usize),
    /// Under a key, in a collection that has some.
    Key(Key),
}

/// The items of a loaded collection.
pub(crate) trait Items {
    /// The items, in their order.
    fn order(&self) -> &Ordered;

    /// The items, to be changed.
    fn order_mut(&mut self) -> &mut Ordered;

    /// Whether an object may stand in it twice.
    fn may_repeat(&self) -> bool;

    /// Whether an object that isn't in it counts as one that is let go of when it is taken out, which then fails.
    fn lets_go_unseen(&self) -> bool;

    /// Where an object goes that is added there: a kind with an order of its own says otherwise.
    fn place(&self, _item: &Rc<Instance>, at: At) -> At {
        at
    }

    /// Whether an object comes in when it is added.
    fn admits(&mut self, item: &Rc<Instance>) -> bool {
        self.may_repeat() || !self.order_mut().contains(item)
    }

    /// Whether an object goes when it is taken out.
    fn releases(&mut self, item: &Rc<Instance>) -> bool {
        self.lets_go_unseen() || self.order_mut().contains(item)
    }

    /// Adds an object, if it comes in. A link that isn't needed is given back so that it is dropped when nothing is
    /// borrowed.
    fn put(&mut self, link: Link, at: At) -> Option<Link> {
        let Some(item) = link.target().filter(|item| self.admits(item)) else { return Some(link) };
        match self.place(item, at) {
            At::End | At::Key(_) => self.order_mut().push(link),
            At::Index(index) => self.order_mut().insert(index, link),
        }
        None
    }

    /// Takes the item at a place out. The link is given back so that it is dropped when nothing is borrowed.
    fn take(&mut self, at: usize) -> Option<Link> {
        self.order_mut().take(at)
    }

    /// Takes an object out, from the first place where it stands.
    fn remove(&mut self, item: &Rc<Instance>) -> Option<Link> {
        let at = self.order_mut().position(item)?;
        self.take(at)
    }

    /// The place of the item under a key.
    fn place_of(&mut self, _key: &Key) -> Option<usize> {
        None
    }

    /// The keys of the items, in their order.
    fn keys(&self) -> &[Key] {
        &[]
    }

    /// Adds objects at the end.
    fn extend(&mut self, items: &[Handle]) {
        for item in items {
            let _ = self.put(Link::to(item), At::End); // they are held
        }
    }

    /// Whether an object stands in it more than once.
    fn is_twice(&mut self, item: &Rc<Instance>) -> bool {
        self.may_repeat() && self.order_mut().is_twice(item)
    }
}

/// A list: an object stands in it as often as it was added.
#[derive(Default)]
pub(crate) struct ListItems(Ordered);

impl Items for ListItems {
    fn order(&self) -> &Ordered {
        &self.0
    }

    fn order_mut(&mut self) -> &mut Ordered {
        &mut self.0
    }

    fn may_repeat(&self) -> bool {
        true
    }

    /// As in SQLAlchemy.
    fn lets_go_unseen(&self) -> bool {
        true
    }
}

/// A set: an object stands in it once. It keeps the order in which they came.
#[derive(Default)]
pub(crate) struct SetItems(Ordered);

impl Items for SetItems {
    fn order(&self) -> &Ordered {
        &self.0
    }

    fn order_mut(&mut self) -> &mut Ordered {
        &mut self.0
    }

    fn may_repeat(&self) -> bool {
        false
    }

    fn lets_go_unseen(&self) -> bool {
        false
    }
}

/// A keyed collection: under each key stands one object. It keeps the order in which the keys came.
#[derive(Default)]
pub(crate) struct MapItems {
    order: Ordered,
    /// The keys of the items, in their order.
    keys: Vec<Key>,
    /// The address of the object under each key.
    places: HashMap<Key, usize, FxBuildHasher>,
}

impl Items for MapItems {
    fn order(&self) -> &Ordered {
        &self.order
    }

    fn order_mut(&mut self) -> &mut Ordered {
        &mut self.order
    }

    /// Under several keys, where its own has changed in between.
    fn may_repeat(&self) -> bool {
        true
    }

    fn lets_go_unseen(&self) -> bool {
        false
    }

    /// The object that stood under the key is given back.
    fn put(&mut self, link: Link, at: At) -> Option<Link> {
        // Who adds an object has read its key.
        let At::Key(key) = at else { return Some(link) };
        let place = self.place_of(&key);
        self.places.insert(key.clone(), link.address());
        match place {
            Some(place) => {
                let old = self.order.take(place);
                self.order.insert(place, link);
                old
            }
            None => {
                self.keys.push(key);
                self.order.push(link);
                None
            }
        }
    }

    fn take(&mut self, at: usize) -> Option<Link> {
        if at < self.keys.len() {
            let key = self.keys.remove(at);
            self.places.remove(&key);
        }
        self.order.take(at)
    }

    fn place_of(&mut self, key: &Key) -> Option<usize> {
        let first = self.order.position_of(*self.places.get(key)?)?;
        if self.keys.get(first) == Some(key) {
            return Some(first);
        }
        // It stands under several keys.
        self.keys.iter().position(|one| one == key)
    }

    fn keys(&self) -> &[Key] {
        &self.keys
    }

    fn is_twice(&mut self, _: &Rc<Instance>) -> bool {
        false // as in SQLAlchemy, where it leaves by one of its keys
    }
}

/// The kinds of collections.
pub(crate) enum Collected {
    List(ListItems),
    Set(SetItems),
    Map(MapItems),
}

impl Collected {
    fn with(kind: Kind, items: Ordered) -> Box<Self> {
        Box::new(match kind {
            Kind::Set => Collected::Set(SetItems(items)),
            // What is in it comes with its keys.
            Kind::Map => Collected::Map(MapItems::default()),
            Kind::List | Kind::WriteOnly | Kind::Dynamic | Kind::One | Kind::OptionalOne => {
                Collected::List(ListItems(items))
            }
        })
    }

    /// A collection without items.
    pub(crate) fn empty(kind: Kind) -> Box<Self> {
        Collected::with_capacity(kind, 0)
    }

    /// A collection without items, with room for so many.
    pub(crate) fn with_capacity(kind: Kind, items: usize) -> Box<Self> {
        Collected::with(kind, Ordered::of(Vec::with_capacity(items)))
    }

    /// A collection of what was loaded: each object once, as SQLAlchemy's loaders have it, also where several rows
    /// lead to it.
    pub(crate) fn loaded(kind: Kind, objects: &[Handle]) -> Box<Self> {
        let links = if is_each_once(objects) {
            objects.iter().map(|object| Link::to(object)).collect()
        } else {
            let mut seen = Addresses::default();
            let unique = objects.iter().filter(|object| seen.insert(address(object)));
            unique.map(|object| Link::to(object)).collect()
        };
        Collected::with(kind, Ordered::of(links))
    }

    /// The items, in their order.
    #[inline]
    pub(crate) fn order(&self) -> &Ordered {
        match self {
            Collected::List(items) => items.order(),
            Collected::Set(items) => items.order(),
            Collected::Map(items) => items.order(),
        }
    }

    /// Adds an object, if it comes in.
    #[inline]
    pub(crate) fn put(&mut self, link: Link, at: At) -> Option<Link> {
        match self {
            Collected::List(items) => items.put(link, at),
            Collected::Set(items) => items.put(link, at),
            Collected::Map(items) => items.put(link, at),
        }
    }

    pub(crate) fn items_mut(&mut self) -> &mut dyn Items {
        match self {
            Collected::List(items) => items,
            Collected::Set(items) => items,
            Collected::Map(items) => items,
        }
    }

    pub(crate) fn into_order(self) -> Ordered {
        match self {
            Collected::List(items) => items.0,
            Collected::Set(items) => items.0,
            Collected::Map(items) => items.order,
        }
    }
}

/// Whether no object is there twice. Few are compared with each other.
fn is_each_once(objects: &[Handle]) -> bool {
    if objects.len() > 12 {
        let mut seen = Addresses::default();
        return objects.iter().all(|object| seen.insert(address(object)));
    }
    let mut rest = objects;
    while let [first, others @ ..] = rest {
        if others.contains(first) {
            return false;
        }
        rest = others;
    }
    true
}
