//! `Attribute`: what a proxy does with the attribute at the end of its path, whose kind is a type's matter.

use super::ask::{ColumnAsk, ObjectAsk};
use super::end::ProxyEnd;
use crate::declare::{Column, RelationAt, Relationship, ToMany, ToOne};
use crate::error::Result;
use crate::mapper::{Relation, not_added};
use crate::query::{Leaf, Operand, RelationRef, Test, related};
use crate::sql::Tree;
use crate::state::change::{assign, pipeline};
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::{Live, Many, ManyMap, ManySet, MapKey, Mapped, Obj, One, RelationField};
use crate::value::Typed;

/// An attribute of the class `T` whose type is written `V`: a column, a relationship, or another proxy.
///
/// A proxy holds it as a constant behind a reference, so that the kinds of attributes share one code.
#[diagnostic::on_unimplemented(
    message = "the attribute is a `{Self}`, and the proxy says `{V}`",
    label = "write the type that this attribute has in its class",
    note = "of another proxy it is what its accessor gives; an attribute of a class that isn't the relationship's has no type here"
)]
pub trait Attribute<T, V: ProxyEnd> {
    /// Its name.
    #[doc(hidden)]
    fn attribute(&self) -> &'static str;

    /// Reads it of an object.
    ///
    /// # Errors
    /// As its accessor.
    #[doc(hidden)]
    #[track_caller]
    fn read(&self, object: &Handle) -> Result<V::Item>;

    /// Sets it of an object.
    ///
    /// # Errors
    /// As its accessor.
    #[doc(hidden)]
    fn write(&self, object: &Handle, value: V::Given) -> Result<()>;

    /// A condition on it; none where every row meets it.
    #[doc(hidden)]
    fn ask(&self, ask: V::Ask) -> Option<Tree<Leaf>>;
}

#[diagnostic::do_not_recommend]
impl<T: Live, V: Typed> Attribute<T, V> for Column<T, V> {
    fn attribute(&self) -> &'static str {
        Column::attribute(*self)
    }

    #[track_caller]
    fn read(&self, object: &Handle) -> Result<V> {
        column::get_or_none(object, *self)
    }

    fn write(&self, object: &Handle, value: V) -> Result<()> {
        assign::set(object, *self, value)
    }

    fn ask(&self, ask: ColumnAsk) -> Option<Tree<Leaf>> {
        let column = Operand::<V>::operand(*self);
        match ask {
            ColumnAsk::Where(condition) => condition,
            ColumnAsk::Null => Some(column.is_null()),
            ColumnAsk::Compared(make) => Some(make(column)),
        }
    }
}

/// A relationship of an object's class.
pub(super) fn relation<S, T, N>(
    object: &Handle,
    relationship: Relationship<S, T, N>,
) -> Result<&'static Relation> {
    let mapper = object.header().mapper();
    let missing = || not_added(mapper.class(), relationship.name());
    mapper.relation_at(relationship.at()).ok_or_else(missing)
}

/// The place of a relationship among those of an object.
pub(super) fn place<S, T, N>(object: &Handle, relationship: Relationship<S, T, N>) -> Result<usize> {
    match relationship.at() {
        RelationAt::Slot(slot) => Ok(slot.index()),
        RelationAt::Named(_) => Ok(relation(object, relationship)?.slot().index()),
    }
}

/// A condition on what a relationship leads to.
pub(super) fn test<S: Mapped, T: Live, N>(relationship: Relationship<S, T, N>, test: Test) -> Tree<Leaf> {
    let places = (relationship.from_alias(), relationship.to_alias());
    related(RelationRef::of(relationship), places, test).into_tree()
}

/// The same of one that a proxy ends in.
fn asked<S: Mapped, T: Live, N>(relationship: Relationship<S, T, N>, ask: ObjectAsk) -> Tree<Leaf> {
    let what = match ask {
        ObjectAsk::Where(condition) => Test::Any(condition.map(Box::new)),
        ObjectAsk::Is(object) => Test::Is(Some(object)),
        ObjectAsk::IsNot(object) => Test::IsNot(object),
        ObjectAsk::Null => Test::Is(None),
        ObjectAsk::Some => return test(relationship, Test::Is(None)).not(),
    };
    test(relationship, what)
}

/// The methods that are the same whatever the relationship holds.
macro_rules! of_relationship {
    () => {
        fn attribute(&self) -> &'static str {
            self.name()
        }

        fn ask(&self, ask: ObjectAsk) -> Option<Tree<Leaf>> {
            Some(asked(*self, ask))
        }
    };
}

#[diagnostic::do_not_recommend]
impl<T: Mapped, U: Live> Attribute<T, One<U>> for Relationship<T, U, ToOne> {
    of_relationship!();

    #[track_caller]
    fn read(&self, object: &Handle) -> Result<Obj<U>> {
        One::<U>::read(object, place(object, *self)?)
    }

    fn write(&self, object: &Handle, value: Obj<U>) -> Result<()> {
        pipeline::set(object, relation(object, *self)?, Some(Obj::handle(&value)), None, None)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mapped, U: Live> Attribute<T, Option<One<U>>> for Relationship<T, U, ToOne> {
    of_relationship!();

    #[track_caller]
    fn read(&self, object: &Handle) -> Result<Option<Obj<U>>> {
        Option::<One<U>>::read(object, place(object, *self)?)
    }

    fn write(&self, object: &Handle, value: Option<Obj<U>>) -> Result<()> {
        let value = value.as_ref().map(|value| &**Obj::handle(value));
        pipeline::set(object, relation(object, *self)?, value, None, None)
    }
}

macro_rules! to_many {
    ($([$($generic:tt)*] $field:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Mapped, U: Live, $($generic)*> Attribute<T, $field> for Relationship<T, U, ToMany> {
            of_relationship!();

            fn read(&self, object: &Handle) -> Result<<$field as ProxyEnd>::Item> {
                Ok(<$field>::read(object, place(object, *self)?))
            }

            fn write(&self, object: &Handle, value: Vec<Obj<U>>) -> Result<()> {
                let items: Vec<Handle> = value.iter().map(|item| Obj::handle(item).clone()).collect();
                pipeline::replace(object, relation(object, *self)?, &items, ReadOptions::of_user())
            }
        }
    )*};
}

to_many! {
    [] Many<U>;
    [] ManySet<U>;
    [K: MapKey] ManyMap<K, U>;
}
