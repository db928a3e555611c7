//! `Listeners`: what a class has called with its objects.

use std::any::Any;
use std::marker::PhantomData;

use crate::error::{Code, Error, Result};
use crate::state::called;
use crate::state::change::hooks::{Hooks, Place};
use crate::state::memory::handle::Handle;
use crate::state::typed::obj::{Live, Obj};

/// What listens to the objects of a class, filled by the function that `#[mapped(listen = ...)]` names.
///
/// A listener is called with one object after another, while nothing is borrowed. Within a flush it may read, load, and
/// set columns of its object; it can't flush or end a transaction, which is `wrong-state`. What one before a statement sets is
/// written by the statement; what one after it sets isn't. An object that it adds is written by the next flush. An error
/// fails the flush, or the load.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(listen = Heading::listen)]
/// struct Heading {
///     #[column(primary_key)]
///     id: i64,
///     text: String,
///     slug: String,
/// }
///
/// impl Heading {
///     fn listen(on: &mut orm::Listeners<'_, Heading>) {
///         on.before_insert(|heading| heading.set_slug(heading.text()?.to_lowercase()));
///     }
/// }
///
/// # fn main() -> orm::Result<()> {
/// let engine = orm::sqlite::Engine::in_memory()?;
/// DefaultRegistry::create_all(&engine)?;
/// let session = Session::new(&engine);
/// let heading = session.add(Heading::builder().text("Ed"))?;
/// session.commit()?;
/// assert_eq!(heading.slug()?, "ed");
/// # Ok(())
/// # }
/// ```
pub struct Listeners<'h, T: Live> {
    hooks: &'h mut Hooks,
    class: PhantomData<fn() -> T>,
}

macro_rules! listeners {
    ($($(#[$doc:meta])* $name:ident = $place:ident,)*) => {
        impl<T: Live> Listeners<'_, T> {
            $(
                $(#[$doc])*
                pub fn $name(&mut self, f: impl Fn(&Obj<T>) -> Result<()> + Send + Sync + 'static) -> &mut Self {
                    self.add(Place::$place, f)
                }
            )*
        }
    };
}

listeners! {
    /// Before rows of new objects are written; their defaults aren't filled in yet. A new object that takes over the row of a
    /// deleted one is among them.
    before_insert = BeforeInsert,
    /// After rows were inserted: the key is known.
    after_insert = AfterInsert,
    /// Before rows of changed objects are written, also where no column of them changed.
    before_update = BeforeUpdate,
    /// After that.
    after_update = AfterUpdate,
    /// Before rows are deleted.
    before_delete = BeforeDelete,
    /// After rows were deleted.
    after_delete = AfterDelete,
    /// When a row has made an object. What is loaded with it needn't be there yet, and is loaded where it is asked for.
    load = Loaded,
    /// When a row has filled columns of an object that was there: expired ones, those that were left out, or all of them.
    refresh = Refreshed,
}

impl<T: Live> Listeners<'_, T> {
    /// When an object was expired by its session: all of it, or the attributes of these names. It is told when the operation
    /// has ended that did so, a commit or rollback, `expire`, `refresh`, or a statement that wrote rows; it may read the
    /// object then, which loads it.
    pub fn expire(&mut self, f: impl Fn(&Obj<T>, Option<&[&str]>) + Send + Sync + 'static) -> &mut Self {
        self.hooks
            .add_expired(Box::new(move |instance, names| f(&Obj::from_handle(Handle::to(instance)), names)));
        self
    }

    /// The table that they are written into.
    pub(super) fn hooks(&mut self) -> &mut Hooks {
        self.hooks
    }

    fn add(&mut self, place: Place, f: impl Fn(&Obj<T>) -> Result<()> + Send + Sync + 'static) -> &mut Self {
        self.hooks.add(
            place,
            Box::new(move |instance| {
                let object = Obj::from_handle(Handle::to(instance));
                called::call(|| f(&object))
            }),
        );
        self
    }
}

impl<T: Live> std::fmt::Debug for Listeners<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listeners").field("class", &T::CLASS).finish_non_exhaustive()
    }
}

/// Has a function of the user's say what listens to the objects of a class. For generated code.
///
/// # Errors
/// `internal`, where the table is another one.
pub fn listen<T: Live>(hooks: &mut dyn Any, by: fn(&mut Listeners<'_, T>)) -> Result<()> {
    fill(hooks, &by)
}

/// Fills the table of what listens to the objects of a class.
///
/// # Errors
/// `internal`, where the table is another one.
pub(super) fn fill<T: Live>(hooks: &mut dyn Any, by: &dyn Fn(&mut Listeners<'_, T>)) -> Result<()> {
    let hooks = hooks
        .downcast_mut::<Hooks>()
        .ok_or_else(|| Error::new(Code::Internal, "listeners are told another table than their own"))?;
    by(&mut Listeners { hooks, class: PhantomData });
    Ok(())
}
