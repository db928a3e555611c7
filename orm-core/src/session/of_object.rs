//! From an object to the session that it is in.

use std::rc::Rc;

use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::state::memory::handle::Handle;
use crate::state::read::port;
use crate::state::typed::obj::{Live, Obj};

impl<T: Live> Obj<T> {
    /// The session that the object is in; `None` for a transient or detached one. An associated function, so that it
    /// hides no accessor: `Obj::session(&user)`.
    ///
    /// It is the session itself, equal to the one that the object was added to or loaded by, which isn't closed as long
    /// as somebody has it.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// fn rename(user: &Obj<User>, name: &str) -> orm::Result<()> {
    ///     user.set_name(name)?;
    ///     match Obj::session(user) {
    ///         Some(session) => session.flush(),
    ///         None => Ok(()),
    ///     }
    /// }
    ///
    /// let session = Session::new(&engine);
    /// let user = session.add(User::builder().name("ed"))?;
    /// assert_eq!(Obj::session(&user).as_ref(), Some(&session));
    /// rename(&user, "Edward")?;
    /// assert!(!session.is_dirty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(this: &Self) -> Option<Session> {
        Session::of(Self::handle(this))
    }

    /// As [`session`](Self::session), for methods of objects that ask the database: where there is none, that is an error.
    ///
    /// # Errors
    /// `detached` where the object is in no session.
    pub fn own_session(this: &Self) -> Result<Session> {
        Self::session(this).ok_or_else(|| {
            let label = Self::handle(this).header().label();
            Error::new(Code::Detached, format!("{label} is in no session"))
                .help("add it to one: `session.add`")
        })
    }
}

impl Session {
    /// The session that an object is in.
    pub(super) fn of(object: &Handle) -> Option<Self> {
        let session = port::of(object)?;
        Some(Session { inner: session.into_any().downcast::<Inner>().ok()? })
    }
}

impl PartialEq for Session {
    /// Whether it is the same session.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Session {}
