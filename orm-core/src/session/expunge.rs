//! Objects leave the session.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::{Live, Mark, Node, Obj, SessionId, release};

impl Session {
    /// Takes an object out of the session, with everything that it leads to by `expunge`: it is detached, or
    /// transient again where it has no row. Its changes aren't written.
    ///
    /// # Errors
    /// `wrong-state` where it isn't in the session.
    pub fn expunge<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        self.inner.expunge_cascading(Obj::handle(object))
    }

    /// Takes every object out of the session.
    pub fn expunge_all(&self) {
        self.inner.let_go_of_all();
    }
}

impl Inner {
    pub(super) fn expunge_cascading(&self, node: &Rc<Node>) -> Result<()> {
        if node.core().session() != self.id.get() {
            return Err(Error::new(
                Code::WrongState,
                format!("{} isn't in this session", node.core().label()),
            )
            .of(node.core().mapper().class(), None));
        }
        let reached = self.cascade(node, Cascade::EXPUNGE)?;
        self.expunge_one(node, false);
        for one in reached {
            self.expunge_one(&one, false);
        }
        Ok(())
    }

    pub(super) fn expunge_one(&self, node: &Rc<Node>, to_transient: bool) {
        let core = node.core();
        let mine = core.session() == self.id.get();
        if mine && core.has(Mark::NEW) {
            let held = self.no_longer_new(node);
            self.detach(node, to_transient);
            drop(held);
            return;
        }
        if mine && core.has(Mark::MAPPED) {
            if !to_transient {
                self.remember_departed(node);
            }
            self.identity.discard(core);
            self.undoom(node);
        } else if mine {
            self.deleted
                .borrow_mut()
                .retain(|(_, other)| !other.upgrade().is_some_and(|other| Rc::ptr_eq(&other, node)));
            if !to_transient {
                self.remember_departed(node);
            }
        }
        self.detach(node, to_transient);
    }

    /// Lets go of everything. The identity map goes first: taking objects out of it one by one costs more.
    pub(super) fn let_go_of_all(&self) {
        let mut all = self.identity.all();
        self.identity.clear();
        all.extend(self.new.borrow_mut().take_all());
        let mut held = self.dirty.borrow_mut().take_all();
        held.extend(std::mem::take(&mut *self.doomed.borrow_mut()).into_values());
        for node in all.iter().chain(&held) {
            let core = node.core();
            for mark in [Mark::NEW, Mark::MAPPED, Mark::DOOMED, Mark::HELD] {
                core.unmark(mark);
            }
            core.set_session(SessionId::NONE);
        }
        for (_, node) in std::mem::take(&mut *self.deleted.borrow_mut()) {
            if let Some(node) = node.upgrade()
                && node.core().session() == self.id.get()
            {
                node.core().set_session(SessionId::NONE);
            }
        }
        // Most of these are among the others.
        drop(held);
        release(all);
    }
}
