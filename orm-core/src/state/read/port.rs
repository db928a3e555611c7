//! `SessionPort`: what an object asks of the session that it belongs to. `state` itself never runs SQL.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::{Header, SessionId};
use crate::state::memory::identity::IdentityMap;
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

    /// The session's id.
    fn id(&self) -> SessionId;

    /// The objects of the session that have rows.
    fn identity(&self) -> &IdentityMap;

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

/// The sessions of a thread, by their ids less one.
struct Sessions {
    places: Vec<Option<Weak<dyn SessionPort>>>,
    /// The places of sessions that are gone, to be used again.
    free: Vec<u32>,
}

impl Sessions {
    const fn new() -> Self {
        Sessions { places: Vec::new(), free: Vec::new() }
    }

    fn put(&mut self, session: Weak<dyn SessionPort>) -> SessionId {
        let free = self.free.pop();
        let at = free.unwrap_or_else(|| u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        match self.places.get_mut(at as usize) {
            Some(place) => *place = Some(session),
            None => self.places.push(Some(session)),
        }
        SessionId(at.saturating_add(1))
    }

    fn take(&mut self, id: SessionId) -> Option<Weak<dyn SessionPort>> {
        let at = id.0.checked_sub(1)?;
        let taken = self.places.get_mut(at as usize)?.take()?;
        self.free.push(at);
        Some(taken)
    }

    fn get(&self, id: SessionId) -> Option<Rc<dyn SessionPort>> {
        self.places.get(id.0.checked_sub(1)? as usize)?.as_ref()?.upgrade()
    }
}

thread_local! {
    static SESSIONS: RefCell<Sessions> = const { RefCell::new(Sessions::new()) };
}

/// Gives a new session an id.
pub(crate) fn register(session: Weak<dyn SessionPort>) -> SessionId {
    let registered = SESSIONS.try_with(|sessions| sessions.borrow_mut().put(session));
    // Only a thread that is ending has no table; its objects stay detached.
    registered.unwrap_or(SessionId::NONE)
}

/// Takes the id of a session back. Its objects must have been detached.
pub(crate) fn unregister(id: SessionId) {
    let taken = SESSIONS.try_with(|sessions| sessions.try_borrow_mut().ok()?.take(id));
    drop(taken);
}

/// The session with that id, if it is still there.
pub(crate) fn find(id: SessionId) -> Option<Rc<dyn SessionPort>> {
    if id == SessionId::NONE {
        return None;
    }
    SESSIONS.try_with(|sessions| sessions.borrow().get(id)).ok()?
}

/// The session of an object.
pub(crate) fn of(instance: &Rc<Instance>) -> Option<Rc<dyn SessionPort>> {
    find(instance.header().session())
}

/// Tells the session of an object that it is dropped.
pub(crate) fn forget(header: &Header) {
    if let Some(session) = find(header.session()) {
        session.forget(header);
    }
}
