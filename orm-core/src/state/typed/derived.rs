//! What generated code calls, so that each class is spelled out in few lines.

use crate::declare::{
    At, Column, Complaint, Declared, RelationDecl, TargetDecl, check_relationship, report_rest, same,
    unnamed_class,
};
use crate::error::{Code, Error, Result};
use crate::mapper::{ClassEntry, Registry};
use crate::state::change::{assign, expire};
use crate::state::memory::extended::declared;
use crate::state::memory::handle::Handle;
use crate::state::read::column;
use crate::state::read::reach::ReadOptions;
use crate::state::typed::field::RelationField;
use crate::state::typed::mapped::{Factory, Mapped};
use crate::state::typed::nest::Nested;
use crate::state::typed::obj::{AnyClass, Live, Obj, PlainOf};
use crate::state::typed::value_source::ValueSource;
use crate::value::Typed;

/// The type of a field that is a relationship, through a projection: where it is none, the compiler reports the
/// projection once, and reports nothing of the code that uses it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relationship",
    label = "no relationship type, or of a class that is not mapped",
    note = "use `Many<T>`, `ManySet<T>`, `One<T>` or `Option<One<T>>` with a class that has `#[derive(Mapped)]`"
)]
pub trait RelationType {
    /// The type itself.
    type Type: RelationField;
    /// The class that it leads to.
    type Target: Live;
    /// [`ToMany`](crate::declare::ToMany) or [`ToOne`](crate::declare::ToOne).
    type Number;
    /// What its accessor gives.
    type Read;
}

#[diagnostic::do_not_recommend]
impl<F: RelationField> RelationType for F {
    type Type = F;
    type Target = F::Target;
    type Number = F::Number;
    type Read = F::Read;
}

/// The type itself, beside another type that has to be right too: the compiler looks at that one first, and what
/// is wrong with it is the one error that it reports.
pub trait Beside<O: ?Sized> {
    /// The type itself.
    type Type;
}

impl<F, O: ?Sized> Beside<O> for F {
    type Type = F;
}

/// What is known of a class at link time.
pub const fn entry<T: Mapped, R: Registry>() -> ClassEntry {
    let (of, extended) = const { (&Factory::of::<T>(), &Factory::extended::<T>()) };
    ClassEntry::with_factory::<T>(T::DECLARED, R::CELL, of, extended)
}

/// The declaration of a relationship without options, to the class that the field's type names.
pub const fn relation<F: RelationField>(name: &'static str) -> RelationDecl {
    RelationDecl::new(name, F::KIND, TargetDecl::class::<F::Target>())
}

/// The declaration of a relationship without options, to a class by name.
pub const fn relation_to<F: RelationField>(name: &'static str, target: &'static str) -> RelationDecl {
    RelationDecl::new(name, F::KIND, TargetDecl::Named(target))
}

/// Reads a relationship. What it gives is a parameter, so that a call looks at the field's type before that.
#[track_caller]
pub fn read<F: RelationField<Read = R>, R>(handle: &Handle, relation: usize) -> R {
    F::read(handle, relation)
}

/// Compares a relationship with the class at its other end, in constants only.
///
/// # Panics
/// Where the relationship is wrong, which is the compile error.
#[track_caller]
pub const fn check<S: Declared, F: RelationField>(name: &str) {
    report_rest(complaint::<S, F>(name));
}

/// Compares it, and reports what is wrong with it. What is wrong with the reverse side is left to be reported.
///
/// # Panics
/// Where it is wrong, which is the compile error.
#[track_caller]
pub const fn check_forward<S: Declared, F: RelationField>(name: &str) -> Option<Complaint> {
    match complaint::<S, F>(name) {
        Some(complaint) if !complaint.is_at(At::BackPopulates) => {
            report_rest(Some(complaint));
            None
        }
        other => other,
    }
}

/// Compares it. What is wrong is left to be reported.
///
/// # Panics
/// Where it names no class, which is the compile error.
#[track_caller]
pub const fn complaint<S: Declared, F: RelationField>(name: &str) -> Option<Complaint> {
    // By an alias: where it is spelled out, the derive says so.
    if same(<F::Target as Declared>::CLASS, AnyClass::CLASS) && <F::Target as Declared>::TABLE.is_empty() {
        unnamed_class(S::CLASS, name);
    }
    check_relationship(S::DECLARED, <F::Target as Declared>::DECLARED, name)
}

/// An object made of the plain value, while what is nested in that waits for its turn.
///
/// # Errors
/// Where a value can't be stored, or the mapping has mistakes.
pub fn into_handle<T: Mapped>(value: T, nested: &mut Nested) -> Result<Handle> {
    value.into_draft().finish_later(nested)
}

/// The struct that a class describes, of the plain value of that.
///
/// # Errors
/// Where a column isn't set.
pub fn described<E: Live, P: From<E>>(source: &ValueSource<'_>) -> Result<P> {
    E::from_source(source).map(P::from)
}

/// The plain value of an object: its columns. No relationship is loaded in it.
///
/// # Errors
/// `unset` where a required column isn't set, and whatever loading expired columns says.
#[track_caller]
pub fn to_value<T: Live>(handle: &Handle) -> Result<T::Plain> {
    ValueSource::make(handle, T::Plain::read)
}

/// The value of a column, for accessors.
///
/// # Errors
/// `unset`; `detached`, `object-deleted`, and what the database says.
#[track_caller]
pub fn get<E, V: Typed>(handle: &Handle, column: Column<E, V>) -> Result<V> {
    column::get_or_none(handle, column)
}

/// Sets a column, for accessors.
///
/// # Errors
/// `value` where no database holds the value; `busy`.
pub fn set<E, V: Typed>(handle: &Handle, column: Column<E, V>, value: V) -> Result<()> {
    assign::set(handle, column, value)
}

/// A typed slot of a struct of columns, read without copying.
#[track_caller]
pub fn with<C: 'static, R>(handle: &Handle, f: impl FnOnce(&C) -> R) -> Result<R> {
    column::load_all(handle, ReadOptions::of_user())?;
    /// What a rollback could not expire meanwhile is expired now, also when the closure panics.
    struct Ended<'a>(&'a Handle);
    impl Drop for Ended<'_> {
        fn drop(&mut self) {
            expire::overdue(self.0);
        }
    }
    let _ended = Ended(handle);
    let done = handle.read(|columns| declared::<C>(columns).map(f))?;
    done.ok_or_else(|| {
        Error::new(Code::Internal, "the object's columns are of another type")
            .about(handle.header().mapper().class(), None)
    })
}

impl<T: Mapped> Obj<T> {
    /// Reads the columns without copying them: `user.with(...)` where a field is called `with`.
    ///
    /// # Errors
    /// `unset` and `detached` as of any column; `object-deleted`, and what the database says.
    #[track_caller]
    pub fn with<R>(this: &Self, f: impl FnOnce(&T::Columns) -> R) -> Result<R> {
        with(Self::handle(this), f)
    }

    /// A plain value of the columns: `user.to_value()` where a field is called `to_value`.
    ///
    /// # Errors
    /// `unset` where a required column isn't set, and whatever loading expired columns says.
    #[track_caller]
    pub fn to_value(this: &Self) -> Result<T::Plain> {
        to_value::<T>(Self::handle(this))
    }
}
