//! Loading for objects without rows.

use std::rc::Rc;

use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::state::ObjectState;
use crate::state::memory::access::with_changes_mut;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::typed::obj::{Live, Obj};

impl Session {
    /// Has the session load the relationships of a new object by the keys that it holds, as if it had a row. A transient
    /// object doesn't come into the session by that: nothing of it is inserted until it is added. One that is pending
    /// stays so, and one that is persistent loads what it leads to anyway.
    ///
    /// What keys lead to is loaded once; set a key first, and read the relationship then. For single relationships of
    /// pending objects there is `load_on_pending`.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// #     #[relationship(back_populates = "user")]
    /// #     addresses: Many<Address>,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct Address {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed"))?;
    /// # session.commit()?;
    /// let address = Address::builder().user_id(1).into_obj()?;
    /// session.enable_relationship_loading(&address)?;
    /// assert_eq!(address.user()?.name()?, "ed");
    /// assert!(!session.contains(&address));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `other-session`; `wrong-state` for a detached object, which has a row: add or merge it.
    pub fn enable_relationship_loading<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        self.inner.load_for(Obj::handle(object))
    }
}

impl Inner {
    fn load_for(&self, instance: &Rc<Instance>) -> Result<()> {
        self.check_other_session(instance)?;
        let header = instance.header();
        if header.has_key() {
            return match ObjectState::of(instance) {
                ObjectState::Detached => Err(has_row(instance)),
                _ => Ok(()),
            };
        }
        self.autobegin()?;
        with_changes_mut(instance, |changes| changes.load_related())?;
        if !header.has(Mark::NEW) && header.session() != self.id.get() {
            self.attach(instance);
            self.guests.borrow_mut().push(instance);
        }
        Ok(())
    }
}

#[cold]
fn has_row(instance: &Rc<Instance>) -> Error {
    let header = instance.header();
    Error::new(Code::WrongState, format!("{} is detached, and has a row", header.label()))
        .about(header.mapper().class(), None)
        .help("`add` or `merge` it: what it leads to is then loaded")
}
