//! What generated code calls for a reverse side that another class makes by `backref`.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::declare::{BackrefDecl, Declared, Kind, RelationDecl, backref_kind, check_backref, same_crate};
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::typed::field::{Relate, RelationField};
use crate::state::typed::obj::{Live, Obj};
use crate::state::typed::plain::{Dynamic, Many, ManySet, One, WriteOnly};

/// What the reverse side of a relationship to `T` holds: its kind as a number, since the type follows from it.
pub struct Reverse<const KIND: u8, T>(PhantomData<fn() -> T>);

/// The type that a field of the reverse side would have.
pub trait ReverseField {
    /// That type.
    type Field: RelationField;
}

macro_rules! kinds {
    ($($number:literal $kind:ident => $field:ty;)*) => {
        const fn number(kind: Kind) -> u8 {
            match kind {
                $(Kind::$kind => $number,)*
                // Nobody is told by which column.
                Kind::Map => u8::MAX,
            }
        }

        $(
            impl<T: Live> ReverseField for Reverse<$number, T> {
                type Field = $field;
            }
        )*
    };
}

kinds! {
    0 List => Many<T>;
    1 Set => ManySet<T>;
    2 WriteOnly => WriteOnly<T>;
    3 Dynamic => Dynamic<T>;
    4 One => One<T>;
    5 OptionalOne => Option<One<T>>;
}

/// The kind of the reverse side that a relationship of `S` makes, as a number.
pub const fn reverse_kind<S: Declared, F: RelationField>(name: &str) -> u8 {
    number(backref_kind(S::DECLARED, <F::Target as Declared>::DECLARED, name))
}

/// The kind of the reverse side of a relationship to a class by name, as far as the relationship itself tells.
pub const fn reverse_kind_of_named(kind: Kind, has_secondary: bool, word: BackrefDecl) -> Kind {
    match word {
        BackrefDecl::One => Kind::OptionalOne,
        BackrefDecl::Set => Kind::Set,
        BackrefDecl::WriteOnly => Kind::WriteOnly,
        BackrefDecl::Dynamic => Kind::Dynamic,
        BackrefDecl::Plain if kind.is_many() && !has_secondary => Kind::OptionalOne,
        BackrefDecl::Plain => Kind::List,
    }
}

/// Compares the reverse side that a relationship makes with both classes, in constants only. `module` is where the
/// relationship stands.
///
/// # Panics
/// Where it is wrong, which is the compile error.
#[track_caller]
pub const fn check_reverse<S: Declared, F: RelationField>(name: &str, reverse: &RelationDecl) {
    same_crate(S::DECLARED, <F::Target as Declared>::DECLARED, name);
    check_backref(S::DECLARED, <F::Target as Declared>::DECLARED, name, reverse);
}

/// The name of a relationship that is added to a class, and its place among those of the class once it was asked for.
pub struct AddedPlace {
    name: &'static str,
    place: AtomicU16,
}

/// Stands for a place that isn't known yet.
const UNKNOWN: u16 = u16::MAX;

impl AddedPlace {
    /// For generated code.
    pub const fn new(name: &'static str) -> Self {
        AddedPlace { name, place: AtomicU16::new(UNKNOWN) }
    }

    /// The place. A class is configured once, so that it stays.
    fn of(&self, object: &Handle) -> usize {
        match self.place.load(Ordering::Relaxed) {
            UNKNOWN => self.find(object),
            place => usize::from(place),
        }
    }

    #[cold]
    fn find(&self, object: &Handle) -> usize {
        let found = object.header().mapper().relation_named(self.name);
        // Without one, the place is none of an object, and whoever reads it says so.
        let place = found.map_or(usize::from(UNKNOWN), |relation| relation.slot().index());
        self.place.store(u16::try_from(place).unwrap_or(UNKNOWN), Ordering::Relaxed);
        place
    }
}

/// Reads a relationship that is added to a class.
#[track_caller]
pub fn read_added<T: Live, F: RelationField<Read = R>, R>(object: &Obj<T>, place: &AddedPlace) -> R {
    let handle = Obj::handle(object);
    F::read(handle, place.of(handle))
}

/// Sets one.
///
/// # Errors
/// Where a value can't be stored, or the relationship refuses it.
pub fn relate_added<T: Live, F: RelationField>(
    object: &Obj<T>,
    place: &AddedPlace,
    value: impl Relate<F>,
) -> Result<()> {
    let handle = Obj::handle(object);
    value.relate(handle, place.of(handle))
}
