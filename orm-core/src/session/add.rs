//! Objects come into the session.

use std::rc::Rc;

use super::{Departed, Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::host;
use crate::state::{Handle, IntoObj, Key, Live, Mark, Node, Obj, SessionId, address};

impl Session {
    /// Takes an object into the session, with everything that it leads to by `save-update`: a new one is
    /// inserted by the next flush; a detached one is persistent again.
    ///
    /// # Errors
    /// `other-session`, `duplicate-identity`; `wrong-state` for an object whose row was deleted; and where a
    /// plain value can't be made an object.
    pub fn add<T: Live>(&self, object: impl IntoObj<T>) -> Result<Obj<T>> {
        let object = object.into_obj()?;
        self.inner.add_node(Obj::handle(&object))?;
        Ok(object)
    }

    /// Takes several objects into the session.
    ///
    /// # Errors
    /// As [`add`](Self::add). Those before the one that fails stay.
    pub fn add_all<T: Live, X: IntoObj<T>>(
        &self,
        objects: impl IntoIterator<Item = X>,
    ) -> Result<Vec<Obj<T>>> {
        objects.into_iter().map(|object| self.add(object)).collect()
    }
}

impl Inner {
    /// Adds an object and what it leads to.
    pub(super) fn add_node(&self, node: &Rc<Node>) -> Result<()> {
        node.core().unmark(Mark::ORPHANED);
        self.save_or_attach(node)?;
        self.follow(node, Cascade::SAVE_UPDATE, true, |reached| self.save_or_attach(reached))
    }

    fn save_or_attach(&self, node: &Rc<Node>) -> Result<()> {
        if node.core().has_key() { self.attach_persistent(node) } else { self.save(node) }
    }

    /// A new object becomes pending.
    fn save(&self, node: &Rc<Node>) -> Result<()> {
        self.check_other_session(node)?;
        self.autobegin();
        let core = node.core();
        if !core.has(Mark::NEW) {
            core.mark(Mark::NEW);
            let mut new = self.new.borrow_mut();
            new.push(node);
            // As SQLAlchemy counts: after others have left, a late comer may go before those that stayed.
            core.order.set(u32::try_from(new.len()).unwrap_or(u32::MAX));
        }
        self.attach(node);
        Ok(())
    }

    /// An object with a row becomes persistent here.
    pub(super) fn attach_persistent(&self, node: &Rc<Node>) -> Result<()> {
        let core = node.core();
        if core.has(Mark::DELETED) {
            return Err(Error::new(Code::WrongState, format!("the row of {} was deleted", core.label()))
                .of(core.mapper().class(), None)
                .help("make a new object of it: `to_value()`, then `add`"));
        }
        self.check_other_session(node)?;
        self.autobegin();
        self.undoom(node);
        self.put_identity(node)?;
        self.attach(node);
        Ok(())
    }

    /// Puts an object into the identity map.
    ///
    /// # Errors
    /// `duplicate-identity` where another object with the same key is there.
    pub(super) fn put_identity(&self, node: &Rc<Node>) -> Result<()> {
        let core = node.core();
        if core.has(Mark::MAPPED) && core.session() == self.id.get() {
            return Ok(());
        }
        let Some(key) = core.key() else { return Ok(()) };
        if let Some(other) = self.identity.get(core.mapper(), &key)
            && !Rc::ptr_eq(&other, node)
        {
            return Err(Error::new(
                Code::DuplicateIdentity,
                format!("another object for the row of {} is in the session", core.label()),
            )
            .of(core.mapper().class(), None)
            .help("use the one that is there, or `merge` this one into it"));
        }
        self.take_place(node, &key);
        Ok(())
    }

    /// Puts an object under its key, whoever stood there. The changes of the one that leaves aren't written.
    pub(super) fn take_place(&self, node: &Rc<Node>, key: &Key) {
        if let Some(old) = self.identity.put(node, key) {
            self.release(&old);
            self.remember_departed(&old);
        }
        // One that had lost its place comes back with what was changed of it.
        if node.core().has_key() && node.core().has(Mark::MODIFIED) {
            self.hold(node);
        }
    }

    /// An object that was inserted or changed in the transaction leaves the identity map: a rollback has to find it,
    /// because its row goes then, and it may come back.
    pub(super) fn remember_departed(&self, node: &Rc<Node>) {
        let (born, touched) = (node.core().born.get(), node.core().touched.get());
        if born.max(touched) >= self.outermost() {
            let departed = Departed { born, touched, node: Rc::downgrade(node) };
            self.departed.borrow_mut().insert(address(node), departed);
        }
    }

    fn check_other_session(&self, node: &Rc<Node>) -> Result<()> {
        let core = node.core();
        if core.session() != self.id.get() && host::of(node).is_some() {
            return Err(Error::new(
                Code::OtherSession,
                format!("{} belongs to another session", core.label()),
            )
            .of(core.mapper().class(), None)
            .help("expunge it there first, or `merge` it here"));
        }
        Ok(())
    }

    /// The object belongs to the session now.
    pub(super) fn attach(&self, node: &Rc<Node>) {
        let core = node.core();
        if core.session() == self.id.get() {
            return;
        }
        core.set_session(self.id.get());
        let came_back = self.departed.borrow_mut().swap_remove(&address(node));
        core.born.set(came_back.as_ref().map_or(0, |departed| departed.born));
        core.touched.set(came_back.as_ref().map_or(0, |departed| departed.touched));
    }

    /// Holds a changed object until it is flushed. One whose row was deleted has nothing to be written to.
    pub(super) fn hold(&self, node: &Rc<Node>) {
        let core = node.core();
        if !core.has(Mark::HELD) && core.has(Mark::MAPPED) {
            core.mark(Mark::HELD);
            self.dirty.borrow_mut().push(node);
        }
    }

    /// Lets go of a changed object.
    pub(super) fn release(&self, node: &Rc<Node>) {
        if node.core().has(Mark::HELD) {
            node.core().unmark(Mark::HELD);
            let held = self.dirty.borrow_mut().take(node);
            drop(held);
        }
    }

    /// Takes an object from the list of new ones.
    pub(super) fn no_longer_new(&self, node: &Rc<Node>) -> Option<Handle> {
        if !node.core().has(Mark::NEW) {
            return None;
        }
        node.core().unmark(Mark::NEW);
        self.new.borrow_mut().take(node)
    }

    pub(super) fn contains_node(&self, node: &Rc<Node>) -> bool {
        let core = node.core();
        core.session() == self.id.get() && (core.has(Mark::NEW) || core.has(Mark::MAPPED))
    }

    /// The object belongs to no session any more.
    pub(super) fn detach(&self, node: &Rc<Node>, to_transient: bool) {
        let core = node.core();
        self.release(node);
        if core.session() == self.id.get() {
            core.set_session(SessionId::NONE);
        }
        if to_transient {
            core.set_key(None);
        }
    }
}
