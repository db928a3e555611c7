//! What generated code calls, so that each class is spelled out in few lines.

use super::field::{IntoObj, Relate, RelationField, relate_optional};
use super::memory::Handle;
use super::object::Obj;
use super::plain::One;
use super::tracked::{Factory, Tracked};
use crate::declare::{Mapped, RelationDecl, TargetDecl, check_relationship};
use crate::error::Result;
use crate::mapper::{ClassEntry, Registry};

/// The type of a field that is a relationship, through a projection: where it is none, the compiler reports the
/// projection once, and takes what depends on it for good.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relationship",
    label = "no relationship type, or of a class that is not mapped",
    note = "use `Many<T>`, `ManySet<T>`, `One<T>` or `Option<One<T>>` with a class that has `#[derive(Mapped)]`"
)]
pub trait RelationType {
    /// The type itself.
    type Type: RelationField;
}

#[diagnostic::do_not_recommend]
impl<F: RelationField> RelationType for F {
    type Type = F;
}

/// What is known of a class at link time.
pub const fn entry<T: Tracked, R: Registry>() -> ClassEntry {
    ClassEntry::with_factory::<T>(const { &T::DECL }, R::CELL, const { &Factory::of::<T>() })
}

/// The declaration of a relationship without options, to the class that the field's type names.
pub const fn relation<F: RelationField<Target: Mapped>>(name: &'static str) -> RelationDecl {
    RelationDecl::new(name, F::KIND, TargetDecl::class::<F::Target>())
}

/// The declaration of a relationship without options, to a class by name.
pub const fn relation_to<F: RelationField>(name: &'static str, target: &'static str) -> RelationDecl {
    RelationDecl::new(name, F::KIND, TargetDecl::Named(target))
}

/// Compares a relationship with the class at its other end, in constants only.
///
/// # Panics
/// Where the relationship is wrong, which is the compile error.
#[track_caller]
pub const fn check<S: Mapped, F: RelationField<Target: Mapped>>(name: &str) {
    check_relationship(&S::DECL, &<F::Target as Mapped>::DECL, name);
}

/// An object made of the plain value.
///
/// # Errors
/// Where a value can't be stored, or the mapping has mistakes.
pub fn into_handle<T: Tracked>(value: T) -> Result<Handle> {
    value.into_draft().finish().map(|object| Obj::handle(&object).clone())
}

impl<T: Tracked> IntoObj<T> for T {
    fn into_obj(self) -> Result<Obj<T>> {
        self.into_draft().finish()
    }
}

impl<T: Tracked> Relate<Option<One<T>>> for T {
    fn relate(self, owner: &Handle, relation: usize) -> Result<()> {
        relate_optional(self, owner, relation)
    }
}
