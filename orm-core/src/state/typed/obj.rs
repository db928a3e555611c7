//! `Obj`: a live object of a known class.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use crate::declare::Declared;
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::lifecycle::ObjectState;
use crate::state::typed::nest::Nested;
use crate::state::typed::plain::Field;
use crate::state::typed::value_source::ValueSource;

/// What a live object of a class is read and changed by. Implemented by the derive.
#[doc(hidden)]
pub trait Attrs {
    /// Makes the attributes of an object.
    const OF: fn(Handle) -> Self;
    /// The object.
    fn handle(&self) -> &Handle;
}

/// A class that live objects are of. Implemented by the derive, and by [`AnyClass`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mapped class",
    label = "add `#[derive(Mapped)]` to `{Self}`"
)]
pub trait Live: Declared + Send + Sync {
    /// What [`Obj`] dereferences to.
    type Attrs: Attrs;
    /// The plain value of an object: the class itself, or the struct that it describes.
    type Plain: PlainOf<Self>;

    /// An object made of the plain value, while what is nested in that waits for its turn.
    ///
    /// # Errors
    /// Where a value can't be stored, or the mapping has mistakes.
    #[doc(hidden)]
    fn into_handle(self, nested: &mut Nested) -> Result<Handle>;

    /// The plain value of an object.
    ///
    /// # Errors
    /// Where a column isn't set.
    #[doc(hidden)]
    fn from_source(source: &ValueSource<'_>) -> Result<Self>;

    /// The relationship field at a place.
    #[doc(hidden)]
    fn field(&mut self, _at: usize) -> Field<'_> {
        None
    }
}

/// A plain value of whatever class.
pub trait PlainValue {
    /// Its relationship at a place, where the struct has a field for it.
    fn related(&mut self, relation: usize) -> Field<'_>;
}

impl<T: Live> PlainValue for T {
    fn related(&mut self, relation: usize) -> Field<'_> {
        self.field(relation)
    }
}

/// The relationships of a value that has no fields for any.
struct WithoutFields;

impl PlainValue for WithoutFields {
    fn related(&mut self, _: usize) -> Field<'_> {
        None
    }
}

/// A plain value of objects of the class `E`.
#[doc(hidden)]
pub trait PlainOf<E>: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Where a column isn't set.
    fn read(source: &ValueSource<'_>) -> Result<Self>;

    /// Its fields for relationships; none where it is a struct that the class describes.
    fn fields(&mut self) -> &mut dyn PlainValue {
        // It has no size, so that nothing is allocated.
        Box::leak(Box::new(WithoutFields))
    }
}

#[diagnostic::do_not_recommend]
impl<E: Live> PlainOf<E> for E {
    #[inline]
    fn read(source: &ValueSource<'_>) -> Result<Self> {
        E::from_source(source)
    }

    fn fields(&mut self) -> &mut dyn PlainValue {
        self
    }
}

/// A live object: a cheap handle, equal to every other handle of the same object.
///
/// It dereferences to the accessors that `#[derive(Mapped)]` makes of the fields. An object stays on its
/// thread; plain values travel.
///
/// The class stands last: whether an object is `Sized` doesn't depend on its attributes then, and a class that
/// isn't mapped is reported once. What keeps it on its thread stands first: the compiler names the way to the first
/// of equal parts, which is the shortest.
pub struct Obj<T: Live>([Rc<Instance>; 0], T::Attrs, PhantomData<fn() -> T>);

impl<T: Live> Obj<T> {
    #[doc(hidden)]
    pub fn from_handle(handle: Handle) -> Self {
        Obj([], (T::Attrs::OF)(handle), PhantomData)
    }

    #[doc(hidden)]
    pub fn handle(this: &Self) -> &Handle {
        this.1.handle()
    }

    /// Where the object stands between memory and the database. An associated function, so that it hides no
    /// accessor: `Obj::state(&user)`.
    pub fn state(this: &Self) -> ObjectState {
        ObjectState::of(Self::handle(this))
    }

    /// Whether the object's row was deleted, and nothing has taken that back. After the transaction such an object is detached,
    /// as one that was expunged: this tells them apart.
    ///
    /// ```
    /// # use orm_core::{AnyObj, Obj, ObjectState};
    /// fn is_gone(object: &AnyObj) -> bool {
    ///     Obj::state(object) == ObjectState::Detached && Obj::was_deleted(object)
    /// }
    /// ```
    pub fn was_deleted(this: &Self) -> bool {
        Self::handle(this).header().has(Mark::DELETED)
    }

    /// The plain value of the object, with that of each object that is loaded in its relationships nested in it, of those
    /// that are loaded in theirs, and so on; what leads back to an object that it is nested in is left out. One that is
    /// reached by several ways is there several times. `to_value()` gives the columns only.
    ///
    /// # Errors
    /// `value` where that are more than 100,000 objects, or more than 128 nested in each other, fewer where the structs are
    /// so large that the stack would not do; `unset` where a required column isn't set; and whatever loading expired columns
    /// says.
    #[track_caller]
    pub fn to_value_nested(&self) -> Result<T> {
        ValueSource::make_nested(Self::handle(self), T::from_source)
    }

    /// The same object with its class unknown, to be read and changed by names.
    pub fn any(this: &Self) -> AnyObj {
        AnyObj::from_handle(Self::handle(this).clone())
    }
}

impl<T: Live> Deref for Obj<T> {
    type Target = T::Attrs;

    fn deref(&self) -> &T::Attrs {
        &self.1
    }
}

impl<T: Live> Clone for Obj<T> {
    fn clone(&self) -> Self {
        Obj::from_handle(Self::handle(self).clone())
    }
}

impl<T: Live> PartialEq for Obj<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(Self::handle(self), Self::handle(other))
    }
}

impl<T: Live> Eq for Obj<T> {}

impl<T: Live> Hash for Obj<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        address(Self::handle(self)).hash(state);
    }
}

impl<T: Live> fmt::Debug for Obj<T> {
    /// `User#1`, or `User(pending)` where there is no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = Self::handle(self).header();
        header.with_key(|key| match key {
            Some(key) => write!(f, "{}#{key}", header.mapper().class()),
            None => write!(f, "{}({})", header.mapper().class(), Self::state(self)),
        })
    }
}

/// Stands for a class that isn't named here: the target of a relationship with `target = "..."`, or an object
/// that a tool handles by names. It has no plain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyClass {}

/// A live object of any class, read and changed by names.
pub type AnyObj = Obj<AnyClass>;
