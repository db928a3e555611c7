//! Expiring and refreshing.

use crate::state::memory::changes::Attr;
use std::rc::Rc;

use super::{Inner, Session};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::load::{Named, Populate, refresh};
use crate::mapper::MappedColumn;
use crate::state::change::expire;
use crate::state::memory::access;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::typed::obj::{Live, Obj};

impl Session {
    /// Expires an object, and what it leads to by `refresh-expire`: it is loaded again when it is next read.
    /// Changes that weren't flushed are lost.
    ///
    /// # Errors
    /// `wrong-state` where it isn't persistent in this session; `busy`.
    pub fn expire<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        let expired = self.inner.expire_cascading(Obj::handle(object));
        self.inner.tell_done();
        expired
    }

    /// Expires some attributes of an object, columns or relationships; a composite is its columns.
    ///
    /// # Errors
    /// As [`expire`](Self::expire); `unknown-attribute`.
    pub fn expire_attributes<T: Live>(&self, object: &Obj<T>, names: &[&str]) -> Result<()> {
        let instance = Obj::handle(object);
        self.inner.check_persistent(instance)?;
        let expired = self.inner.expire_some(instance, &attributes(instance, names)?);
        self.inner.tell_done();
        expired
    }

    /// Expires every object of the session.
    ///
    /// # Errors
    /// `busy`: the object that is being read stays as it is.
    pub fn expire_all(&self) -> Result<()> {
        let mut expired = Ok(());
        for instance in self.inner.identity.all() {
            expired = expired.and(self.inner.expire_one(&instance));
        }
        self.inner.tell_done();
        crate::state::collect_if_due();
        expired
    }

    /// Loads an object anew, at once. Changes that weren't flushed are lost; relationships are loaded when they
    /// are next read.
    ///
    /// # Errors
    /// As [`expire`](Self::expire); `object-deleted` where its row is gone; and what the database says.
    pub fn refresh<T: Live>(&self, object: &Obj<T>) -> Result<()> {
        let instance = Obj::handle(object);
        let refreshed = self
            .inner
            .expire_cascading(instance)
            .and_then(|()| self.inner.refresh(instance, Populate::All, (&[], &[])));
        self.inner.tell_done();
        refreshed
    }

    /// Loads some attributes of an object anew, at once, relationships among them too; a composite is its columns.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh); `unknown-attribute`.
    pub fn refresh_attributes<T: Live>(&self, object: &Obj<T>, names: &[&str]) -> Result<()> {
        let instance = Obj::handle(object);
        self.inner.check_persistent(instance)?;
        let wanted = attributes(instance, names)?;
        self.inner.expire_some(instance, &wanted)?;
        let (mut columns, mut named) = (Vec::new(), Vec::new());
        for wanted in wanted {
            match wanted {
                Attr::Relation(index) => named.push(access::relation(instance, index)?),
                Attr::Column(index) => {
                    let column = instance.header().mapper().column_in(index);
                    columns.extend(column.filter(|one| one.deferred().is_some()).map(MappedColumn::id));
                }
            }
        }
        let refreshed = self.inner.refresh(instance, Populate::Expired, (&columns, &named));
        self.inner.tell_done();
        refreshed
    }
}

fn attributes(instance: &Rc<Instance>, names: &[&str]) -> Result<Vec<Attr>> {
    let mapper = instance.header().mapper();
    let mut wanted = Vec::with_capacity(names.len());
    for name in names {
        if let Some(column) = mapper.column_attribute(name) {
            wanted.push(Attr::Column(column.slot()));
        } else if let Some(relation) = mapper.relation_named(name) {
            wanted.push(Attr::Relation(relation.slot()));
        } else if let Some(columns) = mapper.composite_named(name) {
            wanted.extend(columns.iter().map(|column| Attr::Column(column.slot())));
        } else {
            return Err(mapper.unknown_attribute(name));
        }
    }
    Ok(wanted)
}

impl Inner {
    fn check_persistent(&self, instance: &Rc<Instance>) -> Result<()> {
        let header = instance.header();
        if header.session() == self.id.get() && header.has(Mark::MAPPED) {
            return Ok(());
        }
        Err(Error::new(Code::WrongState, format!("{} isn't persistent in this session", header.label()))
            .about(header.mapper().class(), None))
    }

    fn expire_some(&self, instance: &Rc<Instance>, attributes: &[Attr]) -> Result<()> {
        expire::attributes(instance, attributes)?;
        self.note_expired(instance, Some(attributes));
        Ok(())
    }

    fn expire_cascading(&self, instance: &Rc<Instance>) -> Result<()> {
        self.check_persistent(instance)?;
        let reached = self.cascade(instance, Cascade::REFRESH_EXPIRE)?;
        self.expire_or_expunge(instance)?;
        reached.iter().try_for_each(|one| self.expire_or_expunge(one))
    }

    /// A new object has nothing to be loaded from: it leaves the session.
    fn expire_or_expunge(&self, instance: &Rc<Instance>) -> Result<()> {
        if instance.header().has_key() {
            self.expire_one(instance)
        } else {
            if instance.header().has(Mark::NEW) && instance.header().session() == self.id.get() {
                self.expunge_one(instance, false);
            }
            Ok(())
        }
    }

    fn refresh(&self, instance: &Rc<Instance>, what: Populate, named: Named<'_>) -> Result<()> {
        self.autoflush()?;
        if refresh(self, instance, what, named)? {
            return Ok(());
        }
        Err(row_is_gone(instance))
    }
}

/// Somebody else has deleted the row of an object.
pub(super) fn row_is_gone(instance: &Rc<Instance>) -> Error {
    Error::new(Code::ObjectDeleted, format!("the row of {} is gone", instance.header().label()))
        .about(instance.header().mapper().class(), None)
        .help("somebody else deleted it; expunge the object")
}
