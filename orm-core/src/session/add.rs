//! Objects come into the session.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::ObjectState;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::typed::into_obj::IntoObj;
use crate::state::typed::obj::{Live, Obj};

impl Session {
    /// Takes an object into the session, with everything that it leads to by `save-update`: a new one is
    /// inserted by the next flush; a detached one is persistent again.
    ///
    /// # Errors
    /// `other-session`, `duplicate-identity`; `wrong-state` for an object whose row was deleted; and where a
    /// plain value can't be made an object.
    pub fn add<T: Live>(&self, object: impl IntoObj<T>) -> Result<Obj<T>> {
        let object = object.into_obj()?;
        self.inner.add_and_tell(Obj::handle(&object))?;
        Ok(object)
    }

    /// Takes several objects into the session: those of an iterator, which gives a list of handles, or a tuple of
    /// objects, builders and values of any classes, which gives a tuple of handles.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct Ware {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct Employee {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let wares = session.add_all(["nail", "nut"].map(|name| Ware::builder().name(name)))?;
    /// let (ware, ed) = session.add_all((Ware::builder().name("bolt"), Employee::builder().name("ed")))?;
    /// session.add_all((&ware, &ed))?;
    /// # assert_eq!((wares.len(), ware.name()?.as_str(), ed.name()?.as_str()), (2, "bolt", "ed"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`add`](Self::add). Those before the one that fails stay.
    pub fn add_all<C, A: AddAll<C>>(&self, objects: A) -> Result<A::Added> {
        objects.add_to(self)
    }
}

/// What [`Session::add_all`] takes: an iterator of what becomes objects of a class, or a tuple of what becomes objects
/// of any classes `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no objects, and nothing that becomes some",
    label = "expected an iterator or a tuple of objects, builders or values"
)]
pub trait AddAll<C> {
    /// The handles.
    type Added;

    /// Takes them into a session.
    ///
    /// # Errors
    /// As [`Session::add`].
    #[doc(hidden)]
    fn add_to(self, session: &Session) -> Result<Self::Added>;
}

#[diagnostic::do_not_recommend]
impl<T: Live, X: IntoObj<T>, I: IntoIterator<Item = X>> AddAll<T> for I {
    type Added = Vec<Obj<T>>;

    fn add_to(self, session: &Session) -> Result<Vec<Obj<T>>> {
        self.into_iter().map(|object| session.add(object)).collect()
    }
}

macro_rules! add_tuples {
    ($(($($object:ident $class:ident),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($class: Live, $object: IntoObj<$class>),+> AddAll<($($class,)+)> for ($($object,)+) {
            type Added = ($(Obj<$class>,)+);

            #[allow(non_snake_case, reason = "the names of the types serve as those of the objects")]
            fn add_to(self, session: &Session) -> Result<Self::Added> {
                let ($($object,)+) = self;
                Ok(($(session.add($object)?,)+))
            }
        }
    )*};
}

add_tuples! {
    (A CA)
    (A CA, B CB)
    (A CA, B CB, C CC)
    (A CA, B CB, C CC, D CD)
    (A CA, B CB, C CC, D CD, E CE)
    (A CA, B CB, C CC, D CD, E CE, F CF)
    (A CA, B CB, C CC, D CD, E CE, F CF, G CG)
    (A CA, B CB, C CC, D CD, E CE, F CF, G CG, H CH)
}

impl Inner {
    /// Adds an object and what it leads to, and tells what that did, be it all or not.
    fn add_and_tell(&self, instance: &Rc<Instance>) -> Result<()> {
        let added = self.add_cascading(instance);
        self.tell_done();
        added
    }

    /// Adds an object and what it leads to.
    pub(super) fn add_cascading(&self, instance: &Rc<Instance>) -> Result<()> {
        instance.header().unmark(Mark::ORPHANED);
        self.save_or_attach(instance)?;
        self.follow((instance, &[]), Cascade::SAVE_UPDATE, true, |reached| self.save_or_attach(reached))
    }

    fn save_or_attach(&self, instance: &Rc<Instance>) -> Result<()> {
        if instance.header().has_key() { self.attach_persistent(instance) } else { self.save(instance) }
    }

    /// A new object becomes pending.
    fn save(&self, instance: &Rc<Instance>) -> Result<()> {
        self.check_other_session(instance)?;
        self.autobegin()?;
        let header = instance.header();
        if !header.has(Mark::NEW) {
            header.mark(Mark::NEW);
            let mut new = self.new.borrow_mut();
            new.push(instance);
            // As SQLAlchemy counts: after others have left, a late comer may go before those that stayed.
            header.set_rank(new.len());
            self.moved(instance, ObjectState::Transient, ObjectState::Pending);
        }
        self.attach(instance);
        Ok(())
    }

    /// An object with a row becomes persistent here.
    pub(super) fn attach_persistent(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        if header.has(Mark::DELETED) {
            return Err(Error::new(Code::WrongState, format!("the row of {} was deleted", header.label()))
                .about(header.mapper().class(), None)
                .help("make a new object of it: `to_value()`, then `add`"));
        }
        self.check_other_session(instance)?;
        self.autobegin()?;
        self.unmark_for_deletion(instance);
        self.put_identity(instance)?;
        self.attach_with_row(instance);
        Ok(())
    }
}
