//! Objects marked for deletion.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::state::host;
use crate::state::{Handle, Live, Mark, Node, Obj, address};

impl Session {
    /// Marks an object for deletion, with everything that it leads to by `delete`. The next flush deletes the
    /// rows.
    ///
    /// # Errors
    /// `wrong-state` where it has no row; `other-session`; and whatever loading what the cascade reaches says.
    pub fn delete<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        self.inner.delete_nodes(&[Obj::handle(object).clone()])
    }

    /// Marks several objects for deletion, as [`delete`](Self::delete) does with one. What the cascades reach is
    /// found for all of them before the first is marked, so that no autoflush comes between: one flush deletes
    /// all the rows, in fewer statements than a loop of `delete` makes.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); none is marked then.
    pub fn delete_all<'a, T: Live>(&self, objects: impl IntoIterator<Item = &'a Obj<T>>) -> Result<()> {
        let nodes: Vec<Handle> = objects.into_iter().map(|object| Obj::handle(object).clone()).collect();
        self.inner.delete_nodes(&nodes)
    }
}

impl Inner {
    fn delete_nodes(&self, nodes: &[Handle]) -> Result<()> {
        for node in nodes {
            if !node.core().has_key() {
                return Err(Error::new(Code::WrongState, format!("{} has no row", node.core().label()))
                    .of(node.core().mapper().class(), None)
                    .help("expunge an object that was never flushed"));
            }
        }
        // Found before any object is marked, so that no autoflush deletes it meanwhile.
        let mut doomed: Vec<Handle> = Vec::new();
        for node in nodes {
            if self.enter_for_deletion(node)? {
                doomed.push(node.clone());
                doomed.extend(self.cascade(node, Cascade::DELETE)?);
            }
        }
        for one in doomed {
            if one.core().has_key() && self.enter_for_deletion(&one)? {
                self.doom(&one);
            }
        }
        Ok(())
    }

    /// The object belongs to the session; `false` where it is marked already.
    fn enter_for_deletion(&self, node: &Rc<Node>) -> Result<bool> {
        let core = node.core();
        if core.session() != self.id.get() && host::of(node).is_some() {
            return Err(Error::new(
                Code::OtherSession,
                format!("{} belongs to another session", core.label()),
            )
            .of(core.mapper().class(), None));
        }
        self.autobegin();
        if core.has(Mark::DOOMED) {
            return Ok(false);
        }
        self.put_identity(node)?;
        self.attach(node);
        Ok(true)
    }

    fn doom(&self, node: &Rc<Node>) {
        node.core().mark(Mark::DOOMED);
        self.doomed.borrow_mut().insert(address(node), Handle::to(node));
    }

    /// The object isn't marked for deletion any more.
    pub(super) fn undoom(&self, node: &Rc<Node>) {
        if node.core().has(Mark::DOOMED) {
            node.core().unmark(Mark::DOOMED);
            let held = self.doomed.borrow_mut().swap_remove(&address(node));
            drop(held);
        }
    }
}
