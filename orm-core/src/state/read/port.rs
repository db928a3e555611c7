//! `SessionPort`: what an object asks of the session that it belongs to. `state` itself never runs SQL.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::{Header, SessionId};
use crate::state::memory::instance::Instance;
use crate::state::read::reach::ReadOptions;

/// What a session answers when a relationship is read that isn't loaded.
pub(crate) enum Fetched {
    /// There is nothing to load from: the object has no row.
    Empty,
    /// It isn't known, and may not be loaded.
    Unknown,
    /// The key that it would be looked up by was never set.
    NoValue,
    /// One object or none.
    One(Option<Handle>),
    /// A collection.
    Many(Vec<Handle>),
    /// It was loaded by the way.
    Done,
}

/// What an object asks of its session. The session implements it; nothing here knows how.
pub(crate) trait SessionPort {
    /// Loads the columns of an object that are expired.
    ///
    /// # Errors
    /// `object-deleted` where the row is gone, and what the database says.
    fn load_expired(&self, instance: &Rc<Instance>, options: ReadOptions) -> Result<()>;

    /// Loads a relationship.
    ///
    /// # Errors
    /// `raise-on-load`, and what the database says.
    fn load_relation(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Fetched>;

    /// Whether an object is new or persistent in the session.
    fn contains(&self, instance: &Rc<Instance>) -> bool;

    /// Takes an object and what it leads to by `save-update` into the session.
    ///
    /// # Errors
    /// `other-session`, `duplicate-identity`.
    fn save_or_update(&self, instance: &Rc<Instance>) -> Result<()>;

    /// Takes an object and what it leads to by `expunge` out of the session.
    ///
    /// # Errors
    /// Where an attribute can't be read.
    fn expunge(&self, instance: &Rc<Instance>) -> Result<()>;

    /// An object of the session was changed for the first time since it was clean.
    fn changed(&self, instance: &Rc<Instance>);

    /// A persistent object is dropped.
    fn forget(&self, header: &Header);
}

thread_local! {
    /// The sessions of this thread, by their ids less one.
    static SESSIONS: RefCell<Vec<Option<Weak<dyn SessionPort>>>> = const { RefCell::new(Vec::new()) };
}

/// Gives a new session an id.
pub(crate) fn register(host: Weak<dyn SessionPort>) -> SessionId {
    let registered = SESSIONS.try_with(|hosts| {
        let mut hosts = hosts.borrow_mut();
        let free = hosts.iter().position(Option::is_none);
        let at = match free {
            Some(at) => {
                hosts[at] = Some(host);
                at
            }
            None => {
                hosts.push(Some(host));
                hosts.len() - 1
            }
        };
        SessionId(u32::try_from(at + 1).unwrap_or(u32::MAX))
    });
    // Only a thread that is ending has no table; its objects stay detached.
    registered.unwrap_or(SessionId::NONE)
}

/// Takes the id of a session back. Its objects must have been detached.
pub(crate) fn unregister(id: SessionId) {
    let _ = SESSIONS.try_with(|hosts| {
        if let Ok(mut hosts) = hosts.try_borrow_mut()
            && let Some(slot) = hosts.get_mut((id.0 as usize).wrapping_sub(1))
        {
            *slot = None;
        }
    });
}

/// The session with that id, if it is still there.
pub(crate) fn find(id: SessionId) -> Option<Rc<dyn SessionPort>> {
    if id == SessionId::NONE {
        return None;
    }
    SESSIONS
        .try_with(|hosts| hosts.borrow().get(id.0 as usize - 1).and_then(|slot| slot.as_ref()?.upgrade()))
        .ok()?
}

/// The session of an object.
pub(crate) fn of(instance: &Rc<Instance>) -> Option<Rc<dyn SessionPort>> {
    find(instance.header().session())
}

/// Tells the session of an object that it is dropped.
pub(crate) fn forget(header: &Header) {
    if let Some(host) = find(header.session()) {
        host.forget(header);
    }
}
