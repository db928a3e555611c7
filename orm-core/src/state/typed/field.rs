//! Relationship fields: what each kind reads as, and what can be given for it.

use crate::declare::LinkSlotId;
use crate::declare::{Kind, ToLarge, ToMany, ToOne};
use crate::error::{Code, Error, Result};
use crate::mapper::{Direction, Relation};
use crate::state::change::{pipeline, to_many};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::memory::items::At;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;
use crate::state::typed::collection::Collection;
use crate::state::typed::into_obj::{IntoObj, IntoRelated};
use crate::state::typed::large::{DynamicCollection, WriteOnlyCollection};
use crate::state::typed::nest::{Nested, carry_key};
use crate::state::typed::obj::{Live, Obj};
use crate::state::typed::plain::{Dynamic, Field, Many, ManySet, One, PlainField, WriteOnly};
use crate::state::typed::value_source::ValueSource;

/// The type of a relationship field: [`Many`], [`ManySet`], [`One`] or `Option<One<T>>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a relationship",
    label = "not a relationship type",
    note = "use `Many<T>`, `ManySet<T>`, `One<T>` or `Option<One<T>>` with a mapped class"
)]
pub trait RelationField: PlainField + Sized + 'static {
    /// What the field holds.
    const KIND: Kind;
    /// The class that it leads to.
    type Target: Live;
    /// [`ToMany`], [`ToLarge`] or [`ToOne`].
    type Number;
    /// What its accessor gives.
    type Read;

    /// Reads it.
    #[track_caller]
    fn read(handle: &Handle, relation: usize) -> Self::Read;

    /// Has an object related to what the plain value holds, if it is loaded.
    ///
    /// # Errors
    /// Where the object has no such relationship.
    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()>;

    /// A plain value that isn't loaded.
    fn not_loaded() -> Self;

    /// The plain value of what the object holds; not loaded where the relationship isn't.
    ///
    /// # Errors
    /// Where a nested value can't be made.
    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self>;
}

impl ValueSource<'_> {
    /// What a relationship field holds in the plain value.
    ///
    /// # Errors
    /// Where a nested value can't be made.
    pub fn related<F: RelationField>(&self, relation: usize) -> Result<F> {
        if self.is_nested(relation) { F::gather(self, relation) } else { Ok(F::not_loaded()) }
    }
}

pub(super) fn nest_many<T: Live>(
    values: Option<Vec<T>>,
    handle: &Handle,
    relation: usize,
    nested: &mut Nested,
) -> Result<()> {
    let Some(values) = values else { return Ok(()) };
    let relation = access::relation(handle, LinkSlotId::at(relation))?;
    let handle = handle.clone();
    nested.add(move |nested| {
        for value in values {
            let object = T::into_handle(value, nested)?;
            carry_key(&handle, relation, &object)?;
            pipeline::append(&handle, relation, &object, At::End, None, ReadOptions::DATABASE)?;
        }
        Ok(())
    });
    Ok(())
}

pub(super) fn gather_many<T: Live>(source: &ValueSource<'_>, relation: usize) -> Result<Option<Vec<T>>> {
    let Some(handle) = source.handle() else { return Ok(None) };
    if !access::is_loaded(handle, LinkSlotId::at(relation))? {
        return Ok(None);
    }
    let objects = to_many::in_slot(handle, access::relation(handle, LinkSlotId::at(relation))?)?;
    source.nested(relation, &objects, T::from_source)
}

impl<T: Live> RelationField for Many<T> {
    const KIND: Kind = Kind::List;
    type Target = T;
    type Number = ToMany;
    type Read = Collection<T>;

    fn read(handle: &Handle, relation: usize) -> Collection<T> {
        Collection::new(handle.clone(), relation)
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        nest_many(self.into_vec(), handle, relation, nested)
    }

    fn not_loaded() -> Self {
        Self::default()
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        Ok(gather_many(source, relation)?.map(Many::new).unwrap_or_default())
    }
}

impl<T: Live> RelationField for ManySet<T> {
    const KIND: Kind = Kind::Set;
    type Target = T;
    type Number = ToMany;
    type Read = Collection<T>;

    fn read(handle: &Handle, relation: usize) -> Collection<T> {
        Collection::new(handle.clone(), relation)
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        nest_many(self.into_vec(), handle, relation, nested)
    }

    fn not_loaded() -> Self {
        Self::default()
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        Ok(gather_many(source, relation)?.map(ManySet::new).unwrap_or_default())
    }
}

macro_rules! large_field {
    ($name:ident, $read:ident) => {
        impl<T: Live> RelationField for $name<T> {
            const KIND: Kind = Kind::$name;
            type Target = T;
            type Number = ToLarge;
            type Read = $read<T>;

            fn read(handle: &Handle, relation: usize) -> $read<T> {
                $read::new(handle.clone(), relation)
            }

            fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
                nest_many(self.into_vec(), handle, relation, nested)
            }

            fn not_loaded() -> Self {
                Self::default()
            }

            fn gather(_: &ValueSource<'_>, _: usize) -> Result<Self> {
                Ok(Self::default())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Live, I> Relate<$name<T>> for I
        where
            I: IntoIterator,
            I::Item: IntoRelated<T>,
        {
            fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
                relate_many(self, owner, relation)
            }
        }
    };
}

large_field!(WriteOnly, WriteOnlyCollection);
large_field!(Dynamic, DynamicCollection);

fn nest_one<T: Live>(value: One<T>, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
    let Some(value) = value.into_inner() else { return Ok(()) };
    let relation = access::relation(handle, LinkSlotId::at(relation))?;
    let handle = handle.clone();
    nested.add(move |nested| {
        let object = T::into_handle(value, nested)?;
        carry_key(&handle, relation, &object)?;
        pipeline::set(&handle, relation, Some(&*object), None, None)
    });
    Ok(())
}

fn gather_one<T: Live>(source: &ValueSource<'_>, relation: usize) -> Result<Option<One<T>>> {
    let index = relation;
    let Some(handle) = source.handle() else { return Ok(Some(One::default())) };
    let relation = access::relation(handle, LinkSlotId::at(index))?;
    match related::one(handle, relation, ReadOptions::MEMORY)? {
        Read::Known(None) => Ok(None),
        Read::Known(Some(object)) => {
            let value = source
                .nested(index, std::slice::from_ref(&object), T::from_source)?
                .and_then(|mut one| one.pop());
            Ok(Some(value.map(One::new).unwrap_or_default()))
        }
        Read::Unset | Read::Unknown => Ok(Some(One::default())),
    }
}

impl<T: Live> RelationField for One<T> {
    const KIND: Kind = Kind::One;
    type Target = T;
    type Number = ToOne;
    type Read = Result<Obj<T>>;

    fn read(handle: &Handle, relation: usize) -> Result<Obj<T>> {
        one(handle, relation)?.map(Obj::from_handle).ok_or_else(|| {
            let error = Error::new(Code::MissingRelated, "the required object isn't there");
            match access::relation(handle, LinkSlotId::at(relation)) {
                Ok(relation) => error.about(relation.class(), Some(relation.name())).help("set it first"),
                Err(error) => error,
            }
        })
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        nest_one(self, handle, relation, nested)
    }

    fn not_loaded() -> Self {
        Self::default()
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        Ok(gather_one(source, relation)?.unwrap_or_default())
    }
}

impl<T: Live> RelationField for Option<One<T>> {
    const KIND: Kind = Kind::OptionalOne;
    type Target = T;
    type Number = ToOne;
    type Read = Result<Option<Obj<T>>>;

    fn read(handle: &Handle, relation: usize) -> Result<Option<Obj<T>>> {
        Ok(one(handle, relation)?.map(Obj::from_handle))
    }

    fn nest(self, handle: &Handle, relation: usize, nested: &mut Nested) -> Result<()> {
        self.map_or(Ok(()), |value| nest_one(value, handle, relation, nested))
    }

    fn not_loaded() -> Self {
        Some(One::default())
    }

    fn gather(source: &ValueSource<'_>, relation: usize) -> Result<Self> {
        gather_one(source, relation)
    }
}

#[track_caller]
fn one(handle: &Handle, relation: usize) -> Result<Option<Handle>> {
    let relation = access::relation(handle, LinkSlotId::at(relation))?;
    Ok(related::one(handle, relation, ReadOptions::of_user())?.object())
}

fn set(handle: &Handle, relation: usize, value: Option<&Handle>) -> Result<()> {
    let relation = access::relation(handle, LinkSlotId::at(relation))?;
    pipeline::set(handle, relation, value.map(|value| &**value), None, None)
}

/// What can be given for a relationship field of type `F`: an object or a reference to one, a builder or a value for
/// [`One`]; for `Option<One<T>>` also `None`, `Some(&object)` and a reference to an `Option<Obj<T>>`; an iterator of
/// objects, builders or values for collections.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given for a relationship of type `{F}`",
    label = "expected what `{F}` leads to",
    note = "one is given as `&object`, a builder or a value; where it may be missing also as `Some(&object)`, `None` or `&option`"
)]
pub trait Relate<F> {
    /// Sets the relationship.
    ///
    /// # Errors
    /// Where a value can't be stored, or the relationship refuses it.
    fn relate(self, owner: &Handle, relation: usize) -> Result<()>;
}

/// What becomes an object that another one is related to.
fn related<T: Live, X: IntoRelated<T>>(
    value: X,
    owner: &Handle,
    relation: &'static Relation,
) -> Result<Handle> {
    let handle = value.related()?;
    if X::IS_VALUE && relation.direction() == Direction::OneToMany {
        carry_key(owner, relation, &handle)?;
    }
    Ok(handle)
}

pub(super) fn relate_one<T: Live>(value: impl IntoRelated<T>, owner: &Handle, relation: usize) -> Result<()> {
    let relation = access::relation(owner, LinkSlotId::at(relation))?;
    let object = related(value, owner, relation)?;
    pipeline::set(owner, relation, Some(&*object), None, None)
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoRelated<T>> Relate<One<T>> for X {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_one(self, owner, relation)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> Relate<Option<One<T>>> for Obj<T> {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_one::<T>(self, owner, relation)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> Relate<Option<One<T>>> for &Obj<T> {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_one::<T>(self, owner, relation)
    }
}

// Of what stands in `Some`, one type only, so that the type of `None` is known. It is a reference, as everywhere.
#[diagnostic::do_not_recommend]
impl<T: Live> Relate<Option<One<T>>> for Option<&Obj<T>> {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        set(owner, relation, self.map(Obj::handle))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> Relate<Option<One<T>>> for &Option<Obj<T>> {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        set(owner, relation, self.as_ref().map(Obj::handle))
    }
}

/// Sets an optional to-one relationship to what becomes an object. For generated code.
///
/// # Errors
/// Where a value can't be stored, or the relationship refuses it.
pub fn relate_optional<T: Live>(value: impl IntoObj<T>, owner: &Handle, relation: usize) -> Result<()> {
    relate_one::<T>(value, owner, relation)
}

/// For how many objects room is made at once: more than there are may be promised.
const ROOM: usize = 64;

pub(super) fn relate_many<T: Live, I>(values: I, owner: &Handle, relation: usize) -> Result<()>
where
    I: IntoIterator,
    I::Item: IntoRelated<T>,
{
    let relation = access::relation(owner, LinkSlotId::at(relation))?;
    let values = values.into_iter();
    let mut objects = Vec::with_capacity(values.size_hint().0.min(ROOM));
    for value in values {
        objects.push(related(value, owner, relation)?);
    }
    pipeline::replace(owner, relation, &objects, ReadOptions::DATABASE)
}

#[diagnostic::do_not_recommend]
impl<T: Live, I> Relate<Many<T>> for I
where
    I: IntoIterator,
    I::Item: IntoRelated<T>,
{
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_many(self, owner, relation)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live, I> Relate<ManySet<T>> for I
where
    I: IntoIterator,
    I::Item: IntoRelated<T>,
{
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_many(self, owner, relation)
    }
}

/// A field of a value, for generated code.
pub fn field<F: RelationField>(field: &mut F) -> Field<'_> {
    Some(field)
}
