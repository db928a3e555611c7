//! `SessionPort`: what an object asks of the session that it belongs to. `state` itself never runs SQL.

use crate::declare::SlotId;
use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::header::{Header, SessionId};
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;
use crate::state::read::answer::Read;
use crate::state::read::reach::ReadOptions;

/// What a relationship leads to.
pub(crate) enum Targets {
    /// One object or none.
    One(Option<Handle>),
    /// A collection.
    Many(Vec<Handle>),
    /// What its slot holds: it was loaded while it was looked for.
    InSlot,
}

/// What changes of relationships do otherwise than in SQLAlchemy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChangeRules {
    /// A new object that changes its parent stays in the session.
    pub(crate) keeps_moved: bool,
    /// Where a to-one relationship whose key stands on the other side is set, what it led to is loaded first.
    pub(crate) loads_replaced: bool,
    /// A foreign key isn't set by hand to something else than what its relationship was set to.
    pub(crate) keeps_by_hand: bool,
    /// An item of a keyed collection that leaves by its other side is taken out where it stands, whatever its key is by now.
    pub(crate) finds_rekeyed: bool,
    /// What can't be taken out of a list, since it isn't in it, stays whose it is.
    pub(crate) keeps_others: bool,
}

impl ChangeRules {
    /// The usual rules.
    pub(crate) const USUAL: ChangeRules = ChangeRules {
        keeps_moved: true,
        loads_replaced: true,
        keeps_by_hand: true,
        finds_rekeyed: true,
        keeps_others: true,
    };

    /// Those of SQLAlchemy.
    pub(crate) const SQLALCHEMY: ChangeRules = ChangeRules {
        keeps_moved: false,
        loads_replaced: false,
        keeps_by_hand: false,
        finds_rekeyed: false,
        keeps_others: false,
    };
}

/// What an object asks of its session. The session implements it; nothing here knows how.
pub(crate) trait SessionPort {
    /// Loads the columns of an object that are expired.
    ///
    /// # Errors
    /// `object-deleted` where the row is gone, and what the database says.
    fn load_expired(&self, instance: &Rc<Instance>, options: ReadOptions) -> Result<()>;

    /// Loads columns that were left out when the object was loaded.
    ///
    /// # Errors
    /// As [`load_expired`](Self::load_expired).
    fn load_deferred(&self, instance: &Rc<Instance>, places: &[SlotId], options: ReadOptions) -> Result<()>;

    /// Flushes what changed, unless the session is told not to flush by itself, or is flushing.
    ///
    /// # Errors
    /// As a flush.
    fn flush_before_read(&self) -> Result<()>;

    /// What a relationship leads to, loaded as far as `options` allows. Unset where the key that it would be looked up
    /// by was never set.
    ///
    /// # Errors
    /// `raise-on-load`, and what the database says.
    fn load_relation(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<Read<Targets>>;

    /// Loads a relationship of objects of which it isn't loaded, whatever its strategy: for all of them at once, and for
    /// those that were loaded together with one that is alone. Objects without a row are left out.
    ///
    /// # Errors
    /// As [`load_relation`](Self::load_relation).
    fn load_named(&self, relation: &'static Relation, objects: &[Handle], options: ReadOptions)
    -> Result<()>;

    /// The session's id.
    fn id(&self) -> SessionId;

    /// The session itself, for the layer that knows its type.
    fn into_any(self: Rc<Self>) -> Rc<dyn Any>;

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

    /// What the session was told about changes of relationships.
    fn change_rules(&self) -> ChangeRules;

    /// An object of the session was changed for the first time since it was clean.
    fn changed(&self, instance: &Rc<Instance>);
}

/// Values at places that are used again, found without a search.
struct Places<T> {
    list: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Places<T> {
    const fn new() -> Self {
        Places { list: Vec::new(), free: Vec::new() }
    }

    fn put(&mut self, value: T) -> u32 {
        let free = self.free.pop();
        let at = free.unwrap_or_else(|| u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        match self.list.get_mut(at as usize) {
            Some(place) => *place = Some(value),
            None => self.list.push(Some(value)),
        }
        at
    }

    fn take(&mut self, at: u32) -> Option<T> {
        let taken = self.list.get_mut(at as usize)?.take()?;
        self.free.push(at);
        Some(taken)
    }

    fn get(&self, at: u32) -> Option<&T> {
        self.list.get(at as usize)?.as_ref()
    }
}

/// A session as its objects find it.
struct Registered {
    session: Weak<dyn SessionPort>,
    identity: Rc<IdentityMap>,
}

thread_local! {
    /// The sessions of this thread, by their ids less one.
    static SESSIONS: RefCell<Places<Registered>> = const { RefCell::new(Places::new()) };
}

/// Gives a new session an id.
pub(crate) fn register(session: Weak<dyn SessionPort>, identity: Rc<IdentityMap>) -> SessionId {
    let registered = Registered { session, identity };
    let registered = SESSIONS.try_with(|sessions| sessions.borrow_mut().put(registered));
    // Only a thread that is ending has no table; its objects stay detached.
    match registered.map(|at| at.saturating_add(1)) {
        Ok(id) if id <= SessionId::MOST => SessionId(id),
        // There is no room in objects for more sessions at a time: those of this one stay detached too.
        Ok(id) => {
            unregister(SessionId(id));
            SessionId::NONE
        }
        Err(_) => SessionId::NONE,
    }
}

/// Takes the id of a session back. Its objects must have been detached.
pub(crate) fn unregister(id: SessionId) {
    let Some(at) = id.0.checked_sub(1) else { return };
    let taken = SESSIONS.try_with(|sessions| sessions.try_borrow_mut().ok()?.take(at));
    drop(taken);
}

/// The session with that id, if it is still there.
pub(crate) fn find(id: SessionId) -> Option<Rc<dyn SessionPort>> {
    let at = id.0.checked_sub(1)?;
    SESSIONS.try_with(|sessions| sessions.borrow().get(at)?.session.upgrade()).ok()?
}

/// The session of an object.
pub(crate) fn of(instance: &Rc<Instance>) -> Option<Rc<dyn SessionPort>> {
    find(instance.header().session())
}

/// A persistent object is dropped: it leaves the identity map of its session. That runs nothing of a user's, and needs
/// no more of the session.
#[inline]
pub(crate) fn forget(header: &Header) {
    let Some(at) = header.session().0.checked_sub(1) else { return };
    let _ = SESSIONS.try_with(|sessions| {
        if let Ok(sessions) = sessions.try_borrow()
            && let Some(registered) = sessions.get(at)
        {
            registered.identity.discard(header);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn places_are_used_again_without_a_search() {
        let mut places = Places::new();
        for value in 0..1000 {
            assert_eq!(places.put(value), value);
        }
        for at in [10, 500, 999] {
            assert_eq!(places.take(at), Some(at));
            assert_eq!((places.take(at), places.get(at)), (None, None));
        }
        // What is free is known, so that nothing is looked through.
        assert_eq!(places.free, [10, 500, 999]);
        let mut again = [places.put(1), places.put(2), places.put(3)];
        again.sort_unstable();
        assert_eq!(again, [10, 500, 999]);
        assert_eq!((places.put(4), places.list.len()), (1000, 1001));
        assert!(places.free.is_empty());
    }
}
