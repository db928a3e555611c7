//! Objects marked for deletion.

use std::rc::Rc;

use super::read_ahead::is_only;
use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::mark::Mark;
use crate::state::read::large;
use crate::state::typed::obj::{Live, Obj};

/// What [`Session::delete`] takes: an object, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no object",
    label = "expected an `Obj`, or a reference to one"
)]
pub trait Deletable {
    /// A handle of the object: that which is given, or another one.
    #[doc(hidden)]
    fn into_handle(self) -> Handle;
}

#[diagnostic::do_not_recommend]
impl<T: Live> Deletable for Obj<T> {
    fn into_handle(self) -> Handle {
        Obj::handle(&self).clone()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Live> Deletable for &Obj<T> {
    fn into_handle(self) -> Handle {
        Obj::handle(self).clone()
    }
}

impl Session {
    /// Marks an object for deletion, with everything that it leads to by `delete`. The next flush deletes the
    /// rows.
    ///
    /// # Errors
    /// `wrong-state` where it has no row; `other-session`; and whatever loading what the cascade reaches says.
    pub fn delete(&self, object: impl Deletable) -> Result<()> {
        let deleted = self.inner.delete_cascading(vec![object.into_handle()]);
        self.inner.tell_done();
        deleted
    }

    /// Marks several objects for deletion, as [`delete`](Self::delete) does with one. What the cascades reach is
    /// found for all of them before the first is marked, so that no autoflush comes between: one flush deletes
    /// all the rows, in fewer statements than a loop of `delete` makes.
    ///
    /// Objects that are given away, not lent, and that nobody else holds, can't be asked later for what went with them. Of
    /// their children only the keys are read then:
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     active: bool,
    /// #     #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    /// #     addresses: Many<Address>,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct Address {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     email: String,
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// session.delete_all(session.scalars(select(User).filter(User::active.eq(false)))?.all()?)?;
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`delete`](Self::delete); none is marked then.
    pub fn delete_all(&self, objects: impl IntoIterator<Item: Deletable>) -> Result<()> {
        let deleted = self.inner.delete_cascading(objects.into_iter().map(Deletable::into_handle).collect());
        self.inner.tell_done();
        deleted
    }
}

impl Inner {
    fn delete_cascading(&self, instances: Vec<Handle>) -> Result<()> {
        for instance in &instances {
            if !instance.header().has_key() {
                return Err(Error::new(
                    Code::WrongState,
                    format!("{} has no row", instance.header().label()),
                )
                .about(instance.header().mapper().class(), None)
                .help("expunge an object that was never flushed"));
            }
            large::check_deletable(instance.header().mapper())?;
        }
        for instance in instances.iter().filter(|instance| is_only(instance)) {
            self.read_ahead.borrow_mut().note_unknown(instance);
        }
        let reached = self.reached_by_deletion(&instances);
        let taken_back = if reached.is_err() { self.take_back_ahead() } else { Ok(()) };
        self.forget_read_ahead();
        let reached = reached?;
        taken_back?;
        self.to_delete.borrow_mut().reserve(reached.len());
        for (one, has_entered) in reached {
            // What has entered doesn't do so again: if an autoflush deleted it meanwhile, or gave its place to a
            // new object, it stays out of the identity map.
            let enters = has_entered || (one.header().has_key() && self.enter_for_deletion(&one)?);
            if enters && !one.header().has(Mark::TO_DELETE) {
                self.mark_for_deletion(one);
            }
        }
        Ok(())
    }

    /// The objects, and what their cascades reach, with whether each has entered the session. It is found before any of
    /// them is marked, so that no autoflush deletes it meanwhile.
    fn reached_by_deletion(&self, instances: &[Handle]) -> Result<Vec<(Handle, bool)>> {
        let mut entered = Vec::with_capacity(instances.len());
        for instance in instances {
            if self.enter_for_deletion(instance)? {
                entered.push(instance.clone());
            }
        }
        let mut reached = Vec::with_capacity(entered.len());
        for instance in &entered {
            reached.push((instance.clone(), true));
            self.follow((instance, &entered), Cascade::DELETE, false, |one| {
                large::check_deletable(one.header().mapper())?;
                reached.push((one.clone(), false));
                Ok(())
            })?;
        }
        Ok(reached)
    }

    /// The object belongs to the session; `false` where it is marked already.
    fn enter_for_deletion(&self, instance: &Rc<Instance>) -> Result<bool> {
        self.check_other_session(instance)?;
        self.autobegin()?;
        if instance.header().has(Mark::TO_DELETE) {
            return Ok(false);
        }
        self.put_identity(instance)?;
        self.attach_with_row(instance);
        Ok(true)
    }

    fn mark_for_deletion(&self, instance: Handle) {
        instance.header().mark(Mark::TO_DELETE);
        self.to_delete.borrow_mut().insert(address(&instance), instance);
    }

    /// The object isn't marked for deletion any more.
    pub(super) fn unmark_for_deletion(&self, instance: &Rc<Instance>) {
        if instance.header().has(Mark::TO_DELETE) {
            instance.header().unmark(Mark::TO_DELETE);
            let held = self.to_delete.borrow_mut().swap_remove(&address(instance));
            drop(held);
        }
    }
}
