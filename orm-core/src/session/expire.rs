//! Expiring and refreshing.

use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::load::{Execute, Populate, refresh};
use crate::state::{Attr, Live, Mark, Node, Obj, Passive, attr, expire};

impl Session {
    /// Expires an object, and what it leads to by `refresh-expire`: it is loaded again when it is next read.
    /// Changes that weren't flushed are lost.
    ///
    /// # Errors
    /// `wrong-state` where it isn't persistent in this session; `busy`.
    pub fn expire<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        self.inner.expire_cascading(Obj::handle(object))
    }

    /// Expires some attributes of an object, columns or relationships.
    ///
    /// # Errors
    /// As [`expire`](Self::expire); `unknown-attribute`.
    pub fn expire_attributes<T: Live>(&self, object: &Obj<T>, names: &[&str]) -> Result<()> {
        let node = Obj::handle(object);
        self.inner.check_persistent(node)?;
        expire::attributes(node, &attributes(node, names)?)
    }

    /// Expires every object of the session.
    ///
    /// # Errors
    /// `busy`: the object that is being read stays as it is.
    pub fn expire_all(&self) -> Result<()> {
        let mut expired = Ok(());
        for node in self.inner.identity.all() {
            expired = expired.and(self.inner.expire_node(&node));
        }
        crate::state::collect();
        expired
    }

    /// Loads an object anew, at once. Changes that weren't flushed are lost; relationships are loaded when they
    /// are next read.
    ///
    /// # Errors
    /// As [`expire`](Self::expire); `object-deleted` where its row is gone; and what the database says.
    pub fn refresh<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        let node = Obj::handle(object);
        self.inner.expire_cascading(node)?;
        self.inner.refresh(node, Populate::All)
    }

    /// Loads some attributes of an object anew, at once, relationships among them too.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh); `unknown-attribute`.
    pub fn refresh_attributes<T: Live>(&self, object: &Obj<T>, names: &[&str]) -> Result<()> {
        let node = Obj::handle(object);
        self.inner.check_persistent(node)?;
        let wanted = attributes(node, names)?;
        expire::attributes(node, &wanted)?;
        self.inner.refresh(node, Populate::Expired)?;
        for wanted in wanted {
            if let Attr::Relation(index) = wanted {
                attr::get(node, attr::relation(node, usize::from(index))?, Passive::OFF)?;
            }
        }
        Ok(())
    }
}

fn attributes(node: &Rc<Node>, names: &[&str]) -> Result<Vec<Attr>> {
    let mapper = node.core().mapper();
    names
        .iter()
        .map(|name| {
            let column = mapper.column_attribute(name).map(Attr::column);
            let relation = || mapper.relation_named(name).map(|relation| Attr::relation(relation.index()));
            column.or_else(relation).ok_or_else(|| mapper.unknown_attribute(name))
        })
        .collect()
}

impl Inner {
    fn check_persistent(&self, node: &Rc<Node>) -> Result<()> {
        let core = node.core();
        if core.session() == self.id.get() && core.has(Mark::MAPPED) {
            return Ok(());
        }
        Err(Error::new(Code::WrongState, format!("{} isn't persistent in this session", core.label()))
            .of(core.mapper().class(), None))
    }

    fn expire_cascading(&self, node: &Rc<Node>) -> Result<()> {
        self.check_persistent(node)?;
        let reached = self.cascade(node, Cascade::REFRESH_EXPIRE)?;
        self.expire_or_expunge(node)?;
        reached.iter().try_for_each(|one| self.expire_or_expunge(one))
    }

    /// A new object has nothing to be loaded from: it leaves the session.
    fn expire_or_expunge(&self, node: &Rc<Node>) -> Result<()> {
        if node.core().has_key() {
            self.expire_node(node)
        } else {
            if node.core().has(Mark::NEW) && node.core().session() == self.id.get() {
                self.expunge_one(node, false);
            }
            Ok(())
        }
    }

    fn refresh(&self, node: &Rc<Node>, what: Populate) -> Result<()> {
        self.autoflush()?;
        if refresh(self, node, what)? {
            return Ok(());
        }
        Err(Error::new(Code::ObjectDeleted, format!("the row of {} is gone", node.core().label()))
            .of(node.core().mapper().class(), None)
            .help("somebody else deleted it; expunge the object"))
    }
}
