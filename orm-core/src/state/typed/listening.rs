//! `Listening`: listeners that a registry is given from outside its classes.

use super::listeners::{Listeners, fill};
use super::mapped::Mapped;
use super::obj::{AnyClass, Live};
use crate::declare::TargetDecl;
use crate::error::Result;
use crate::mapper::{AddedListener, FillListeners, Registry, kept};

/// Listeners of classes that are given to a registry, besides those that a class names itself by `#[mapped(listen = ...)]`:
/// where what listens stands in another module or crate than the class, or listens to all classes. Each is called after
/// those of the class, in the order in which they were added.
///
/// ```standalone_crate
/// use orm::prelude::*;
///
/// orm::registry!(Models);
///
/// #[derive(Mapped)]
/// #[mapped(registry = Models)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// # fn main() -> orm::Result<()> {
/// Models::listen::<User>(|on| {
///     on.before_insert(|user| user.set_name(user.name()?.to_lowercase()));
/// })?;
/// Models::listen_to_all(|on| {
///     on.after_insert(|object| Ok(println!("inserted: {object:?}")));
/// })?;
/// let engine = orm::sqlite::Engine::in_memory()?;
/// Models::create_all(&engine)?;
/// let session = Session::new(&engine);
/// let user = session.add(User::builder().name("Ed"))?;
/// session.flush()?;
/// assert_eq!(user.name()?, "ed");
/// # Ok(())
/// # }
/// ```
pub trait Listening: Registry {
    /// Has objects of a class listened to.
    ///
    /// # Errors
    /// `configured` where the registry is. That it lacks the class is told when it is configured.
    fn listen<T: Mapped>(by: impl Fn(&mut Listeners<'_, T>) + Send + Sync + 'static) -> Result<()> {
        add::<Self, T>(Some(TargetDecl::class::<T>()), by)
    }

    /// As [`listen`](Self::listen), of a class by its name, or path of modules and name.
    ///
    /// # Errors
    /// As [`listen`](Self::listen).
    fn listen_to(
        class: &str,
        by: impl Fn(&mut Listeners<'_, AnyClass>) + Send + Sync + 'static,
    ) -> Result<()> {
        add::<Self, AnyClass>(Some(TargetDecl::Named(kept(class))), by)
    }

    /// Has the objects of all classes of the registry listened to.
    ///
    /// # Errors
    /// `configured` where the registry is.
    fn listen_to_all(by: impl Fn(&mut Listeners<'_, AnyClass>) + Send + Sync + 'static) -> Result<()> {
        add::<Self, AnyClass>(None, by)
    }
}

impl<R: Registry> Listening for R {}

fn add<R: Registry + ?Sized, T: Live>(
    class: Option<TargetDecl>,
    by: impl Fn(&mut Listeners<'_, T>) + Send + Sync + 'static,
) -> Result<()> {
    let listen: Box<FillListeners> = Box::new(move |hooks| fill::<T>(hooks, &by));
    R::CELL.add_listener(AddedListener { class, listen })
}
