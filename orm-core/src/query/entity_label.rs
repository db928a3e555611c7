//! `EntityLabel`: an object of a row under a name.

use super::alias::{Alias, Entity, Optional, QueryAlias};
use super::parts::{Item, QueryParts};
use super::selectable::Selectable;
use crate::sql::Name;

/// An object of a row under a name, made by `label` of a class or an alias: for rows that are asked by names, which may hold
/// several objects of one class.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Employee {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// #     #[column(foreign_key = Employee::id)]
/// #     manager_id: Option<i64>,
/// #     #[relationship(back_populates = "reports", remote_side = Employee::id)]
/// #     manager: Option<One<Employee>>,
/// #     #[relationship(back_populates = "manager")]
/// #     reports: Many<Employee>,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// # session.add(Employee::builder().name("ed").reports([Employee::builder().name("jo")]))?;
/// let manager = aliased(Employee);
/// let query = select((Employee, manager.label("manager"))).join(Employee::manager.to(manager));
/// let row = session.execute(query)?.mappings().one()?;
/// assert_eq!(row.names().collect::<Vec<_>>(), ["Employee", "manager"]);
/// let manager: Obj<Employee> = Obj::downcast(&row.object("manager")?.unwrap())?;
/// assert_eq!(manager.name()?, "ed");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EntityLabel<S> {
    entity: S,
    name: Name,
}

impl<S> EntityLabel<S> {
    pub(super) fn new(entity: S, name: Name) -> Self {
        EntityLabel { entity, name }
    }

    /// What it is, and its name.
    pub(super) fn into_parts(self) -> (S, Name) {
        (self.entity, self.name)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Selectable> Selectable for EntityLabel<S> {
    type Row = S::Row;

    fn add(self, parts: &mut QueryParts) {
        self.entity.add(parts);
        if let Some(Item::Entity(_, name)) = parts.items.last_mut() {
            *name = Some(self.name);
        }
    }
}

macro_rules! labelled {
    ($([$generic:ident] $entity:ty, $self:ty;)*) => {$(
        impl<$generic> $entity {
            /// The same under a name, for rows that are asked by names.
            pub fn label(self: $self, name: &'static str) -> EntityLabel<$self> {
                EntityLabel::new(self, Name::new(name))
            }

            /// As `label`, with a name that is made when the program runs.
            pub fn labelled(self: $self, name: impl Into<String>) -> EntityLabel<$self> {
                EntityLabel::new(self, Name::made(name.into()))
            }
        }
    )*};
}

labelled! {
    [E] Entity<E>, Self;
    [E] Alias<E>, Self;
    [E] QueryAlias<E>, &Self;
    [W] Optional<W>, Self;
}
