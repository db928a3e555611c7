//! Objects that a session loads for without having them.

use std::rc::Rc;

use crate::state::memory::header::SessionId;
use crate::state::memory::instance::{Instance, WeakInstance};

/// How many there are at least before the dead ones are forgotten.
const FEW: usize = 64;

/// The guests of a session: new objects that it loads for and doesn't insert. It keeps none alive; they have to be told
/// when it ends.
#[derive(Default)]
pub(super) struct Guests {
    list: Vec<WeakInstance>,
    /// How many there may be before the dead ones are forgotten: twice what was left the last time.
    limit: usize,
}

impl Guests {
    pub(super) fn push(&mut self, instance: &Rc<Instance>) {
        if self.list.len() >= self.limit.max(FEW) {
            self.list.retain(|one| one.strong_count() > 0);
            self.limit = 2 * self.list.len();
        }
        self.list.push(Rc::downgrade(instance));
    }

    /// They belong to no session any more; those that came into it have left it before.
    pub(super) fn leave(&mut self, session: SessionId) {
        for one in std::mem::take(&mut self.list).iter().filter_map(WeakInstance::upgrade) {
            if one.header().session() == session {
                one.header().set_session(SessionId::NONE);
            }
        }
    }
}
