//! `Header`: what every object has, whatever its class. Each of its bytes is paid for every object that is loaded, so
//! what few objects have is in [`Rare`].

use crate::mapper::Mapper;
use crate::state::key::Key;
use crate::state::memory::mark::Mark;
use crate::state::memory::peers::PeerList;
use crate::state::memory::rare::Rare;
use std::cell::{Cell, OnceCell};

/// How many bits the number of a session takes.
const SESSION_BITS: u32 = 20;

/// Which session an object belongs to; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) u32);

impl SessionId {
    pub(crate) const NONE: SessionId = SessionId(0);
    /// The largest: so many sessions a thread may have at a time.
    pub(crate) const MOST: u32 = (1 << SESSION_BITS) - 1;
}

/// The header of an object.
pub(crate) struct Header {
    mapper: &'static Mapper,
    /// How many handles there are; links and the collector don't count.
    pub(crate) handles: Cell<u32>,
    /// The collector's count.
    pub(crate) gc: Cell<u32>,
    /// The marks, and in the upper eight bits the slot that links back.
    marks: Cell<u32>,
    /// The session, and in the upper bits the list of those that were loaded together with it.
    session: Cell<u32>,
    /// Its place in the list that its session holds it in.
    pub(crate) place: Cell<u32>,
    /// Its place in the flush that is running, counted from 1.
    pub(crate) work: Cell<u32>,
    /// The key, where it is one integer; where there is no key, the rank among the new objects of the session.
    number: Cell<i64>,
    rare: OnceCell<Box<Rare>>,
}

/// No to-one slot shelters the object.
pub(crate) const NO_BACKLINK: u8 = u8::MAX;

/// Where the slot that links back stands among the marks.
const BACKLINK_AT: u32 = u32::BITS - u8::BITS;

impl Header {
    #[inline]
    pub(super) fn new(mapper: &'static Mapper) -> Self {
        Header {
            mapper,
            handles: Cell::new(0),
            gc: Cell::new(0),
            marks: Cell::new(u32::from(NO_BACKLINK) << BACKLINK_AT),
            session: Cell::new(0),
            place: Cell::new(0),
            work: Cell::new(0),
            number: Cell::new(0),
            rare: OnceCell::new(),
        }
    }

    #[inline]
    pub(crate) fn mapper(&self) -> &'static Mapper {
        self.mapper
    }

    #[inline]
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks.get() & mark.0 != 0
    }

    #[inline]
    pub(crate) fn mark(&self, mark: Mark) {
        self.marks.set(self.marks.get() | mark.0);
    }

    #[inline]
    pub(crate) fn unmark(&self, mark: Mark) {
        self.marks.set(self.marks.get() & !mark.0);
    }

    /// The to-one slot whose object links back to this one, or [`NO_BACKLINK`].
    #[inline]
    pub(crate) fn backlink_slot(&self) -> u8 {
        self.marks.get().to_be_bytes()[0]
    }

    #[inline]
    pub(crate) fn set_backlink_slot(&self, slot: u8) {
        let [_, marks @ ..] = self.marks.get().to_be_bytes();
        let [high, middle, low] = marks;
        self.marks.set(u32::from_be_bytes([slot, high, middle, low]));
    }

    #[inline]
    pub(crate) fn session(&self) -> SessionId {
        SessionId(self.session.get() & SessionId::MOST)
    }

    /// It belongs to that session, in which nothing was loaded together with it yet.
    #[inline]
    pub(crate) fn set_session(&self, session: SessionId) {
        if self.session() != session {
            self.session.set(session.0 & SessionId::MOST);
        }
    }

    /// The list of those that were loaded together with it.
    #[inline]
    pub(crate) fn peers(&self) -> PeerList {
        PeerList(self.session.get() >> SESSION_BITS)
    }

    pub(crate) fn set_peers(&self, list: PeerList) {
        self.session.set(self.session().0 | list.0 << SESSION_BITS);
    }

    /// What few objects have, where this one has any of it.
    #[inline]
    pub(crate) fn rare(&self) -> Option<&Rare> {
        self.rare.get().map(|rare| &**rare)
    }

    /// What few objects have, to be put something into.
    #[inline]
    pub(crate) fn rare_or_new(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }

    #[inline]
    pub(crate) fn has_key(&self) -> bool {
        self.has(Mark::ANY_KEY)
    }

    pub(crate) fn key(&self) -> Option<Key> {
        self.with_key(|key| key.cloned())
    }

    pub(crate) fn set_key(&self, key: Option<Key>) {
        if self.has(Mark::OTHER_KEY)
            && let Some(Ok(mut known)) = self.rare().map(|rare| rare.key.try_borrow_mut())
        {
            *known = None;
        }
        self.unmark(Mark::ANY_KEY);
        self.number.set(0);
        if let Some(key) = key {
            self.give_key(key);
        }
    }

    /// Gives a key to an object that has none.
    #[inline]
    pub(crate) fn give_key(&self, key: Key) {
        match key {
            Key::Int(id) => {
                self.number.set(id);
                self.mark(Mark::INT_KEY);
            }
            Key::Values(values) => {
                if let Ok(mut known) = self.rare_or_new().key.try_borrow_mut() {
                    *known = Some(values);
                    self.mark(Mark::OTHER_KEY);
                }
            }
        }
    }

    /// The key, where it is one integer.
    #[inline]
    pub(super) fn int_key(&self) -> Option<i64> {
        self.has(Mark::INT_KEY).then(|| self.number.get())
    }

    /// Runs `f` with the key, without copying it.
    #[inline]
    pub(crate) fn with_key<R>(&self, f: impl FnOnce(Option<&Key>) -> R) -> R {
        if self.has(Mark::INT_KEY) {
            return f(Some(&Key::Int(self.number.get())));
        }
        if !self.has(Mark::OTHER_KEY) {
            return f(None);
        }
        let values = self.rare().and_then(|rare| rare.key.try_borrow().ok().and_then(|key| key.clone()));
        f(values.map(Key::Values).as_ref())
    }

    /// Its rank among the new objects of its session; 0 for one that has a key.
    pub(crate) fn rank(&self) -> i64 {
        if self.has_key() { 0 } else { self.number.get() }
    }

    /// Gives it a rank among the new objects of its session. One that has a key has none.
    pub(crate) fn set_rank(&self, rank: usize) {
        if !self.has_key() {
            self.number.set(i64::try_from(rank).unwrap_or(i64::MAX));
        }
    }

    /// `User#1` or `User(transient)`, for messages.
    pub(crate) fn label(&self) -> String {
        self.with_key(|key| match key {
            Some(key) => format!("{}#{key}", self.mapper.class()),
            None => format!("{}(new)", self.mapper.class()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, SessionId};
    use crate::state::memory::peers::LISTS;

    #[test]
    fn a_session_and_a_list_have_room() {
        assert!((u64::from(SessionId::MOST) + 1) << LISTS.trailing_zeros() <= 1 << 32);
    }

    /// One more word, and a loaded object of the benchmarks takes the next larger piece of memory.
    #[test]
    fn a_header_takes_six_words() {
        assert_eq!(size_of::<Header>(), 48);
    }
}
