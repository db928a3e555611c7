//! `LateRelationship`: a relationship that a class doesn't declare itself, in a constant with types.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::declare::{LinkSlotId, RelationDecl, Relationship, TargetDecl};
use crate::error::Result;
use crate::mapper::{AddedRelation, LateAddition, LateAttribute, as_is, not_added, relation_options};
use crate::state::typed::derived::{relation, relation_to};
use crate::state::typed::field::{Relate, RelationField};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;

/// A relationship of the class `S` that stands beside it, as in another module or crate: a static, which is added to the
/// class's registry by [`late!`](crate::late) when the program is linked, or by `Models::add` before the registry is used.
/// `F` is what a field would be: `Many<Address>`, `Option<One<User>>`.
///
/// ```standalone_crate
/// use orm::mapper::LateRelationship;
/// use orm::prelude::*;
///
/// #[derive(Mapped)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// #[derive(Mapped)]
/// struct Address {
///     #[column(primary_key)]
///     id: i64,
///     email: String,
///     #[column(foreign_key = User::id)]
///     user_id: i64,
/// }
///
/// static ADDRESSES: LateRelationship<User, Many<Address>> =
///     LateRelationship::new("addresses").back_populates("user").order_by("Address.email");
/// static USER: LateRelationship<Address, One<User>> = LateRelationship::new("user").back_populates("addresses");
///
/// orm::late!(DefaultRegistry: ADDRESSES, USER);
///
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let ed = session.add(User::builder().name("ed"))?;
/// ADDRESSES.of(&ed).append(Address::builder().email("ed@example.org"))?;
/// session.commit()?;
/// let with_address = ADDRESSES.relationship().any(Address::email.like("%@example.org"));
/// let found = session.scalars(select(User).filter(with_address).options(selectin(ADDRESSES.relationship())))?.one()?;
/// assert_eq!(USER.of(&ADDRESSES.of(&found).get(0)?.unwrap())?, ed);
/// # Ok(())
/// # }
/// ```
pub struct LateRelationship<S, F> {
    decl: RelationDecl,
    /// One more than its place among the relationships of the class, once that is known.
    place: AtomicU32,
    types: PhantomData<fn() -> (S, F)>,
}

impl<S: Mapped, F: RelationField> LateRelationship<S, F> {
    /// A relationship to the class that the field's type names.
    #[allow(clippy::new_without_default, reason = "a relationship has a name")]
    pub const fn new(name: &'static str) -> Self {
        LateRelationship { decl: relation::<F>(name), place: AtomicU32::new(0), types: PhantomData }
    }

    /// A relationship to a class by its name or path, where the field's type is `Many<AnyClass>` or the like.
    pub const fn to(name: &'static str, target: &'static str) -> Self {
        LateRelationship {
            decl: relation_to::<F>(name, target),
            place: AtomicU32::new(0),
            types: PhantomData,
        }
    }

    relation_options!(&'static str, as_is, const);

    /// The relationship, for queries and options of loading: they are `unknown-attribute` errors where it wasn't added to
    /// the class.
    pub const fn relationship(&self) -> Relationship<S, F::Target, F::Number> {
        Relationship::added(self.decl.name)
    }

    /// Its place among the relationships of the class.
    fn place(&'static self) -> Result<u16> {
        let mapper = S::class().mapper()?;
        let known = self.place.load(Ordering::Relaxed);
        let place = match known.checked_sub(1) {
            Some(place) => u16::try_from(place).ok(),
            None => {
                let added = mapper.relations().iter().skip(S::DECLARED.relations.len());
                let mut mine = added.filter(|relation| relation.name() == self.decl.name);
                let place = mine.next().map(|relation| relation.slot().index());
                let place = place.and_then(|place| u16::try_from(place).ok());
                self.place.store(place.map_or(0, |place| u32::from(place) + 1), Ordering::Relaxed);
                place
            }
        };
        place.ok_or_else(|| not_added(S::CLASS, self.decl.name))
    }

    /// What it leads to from an object, as an accessor gives it.
    #[track_caller]
    pub fn of(&'static self, object: &Obj<S>) -> F::Read {
        F::read(Obj::handle(object), self.place_or_none())
    }

    /// Sets it, as an accessor does.
    ///
    /// # Errors
    /// As the accessor of a relationship that is declared.
    pub fn set(&'static self, object: &Obj<S>, value: impl Relate<F>) -> Result<()> {
        value.relate(Obj::handle(object), self.place_or_none())
    }

    /// The place, or one that no relationship has: reading it is an error then.
    fn place_or_none(&'static self) -> usize {
        self.place().map_or(LinkSlotId::NOT_ADDED.index(), usize::from)
    }
}

impl<S: Mapped, F: RelationField> LateAttribute for LateRelationship<S, F> {
    fn addition(&'static self) -> LateAddition {
        LateAddition::relation(AddedRelation { class: TargetDecl::class::<S>(), relation: &self.decl })
    }
}

impl<S, F> std::fmt::Debug for LateRelationship<S, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LateRelationship({})", self.decl.name)
    }
}
