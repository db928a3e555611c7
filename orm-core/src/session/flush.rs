//! Flushing: what changed is gathered and written, then the objects are settled (`settle`); and autoflush.

use super::events::Place;
use super::replaced::Replaced;
use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::flush::{FlushSession, Lead, Outcome, Role, Unsaved, Work, run, unsaved};
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::read::orphan::{self, Verdict};

impl Session {
    /// Writes what changed: inserts, updates and deletes in the order that foreign keys ask for.
    ///
    /// # Errors
    /// `integrity` and whatever else the database says; `stale-data`, `circular-dependency`, `blanked-key`,
    /// `flush`. The transaction, or the innermost savepoint, is then rolled back, and the session says
    /// `pending-rollback` until [`rollback`](Session::rollback) is called. `unsaved` where a relationship leads to an
    /// object that isn't in the session: nothing is written then, and the session goes on.
    pub fn flush(&self) -> Result<()> {
        self.inner.flush()
    }
}

impl Inner {
    pub(super) fn flush(&self) -> Result<()> {
        if self.flushing.get() {
            return Err(Error::new(Code::WrongState, "the session is flushing already"));
        }
        if self.is_clean() {
            return Ok(());
        }
        let flushed = self.flush_all();
        self.tell_done();
        flushed
    }

    fn flush_all(&self) -> Result<()> {
        let _flushing = Replaced::by(true, &self.flushing);
        self.fire(Place::BeforeFlush)?;
        loop {
            let leads = self.write()?;
            if leads.is_empty() {
                return Ok(());
            }
            if self.config.rules.unsaved != Unsaved::Save {
                return Err(unsaved(&leads));
            }
            let mut came = false;
            for Lead { object, .. } in &leads {
                if !self.is_member(object) {
                    self.add_cascading(object)?;
                    came = true;
                }
            }
            if !came {
                return Err(unsaved(&leads));
            }
        }
    }

    /// Writes what changed, unless relationships lead out of the session.
    fn write(&self) -> Result<Vec<Lead>> {
        let mut work = Work::default();
        self.gather(&mut work)?;
        if work.is_empty() {
            return Ok(Vec::new());
        }
        if self.config.read_only {
            return Err(Error::new(Code::ReadOnly, "the session only reads, and has something to write")
                .help("roll back, or take a session that writes"));
        }
        let connection = self.connect_to_write()?;
        self.ledger.borrow_mut().writes();
        let written = run(&mut work, FlushSession::new(self, &connection, self.config.rules));
        self.forget_read_ahead();
        let settled = match written {
            Ok(Outcome::Written) => self.end_flush(&mut work).map(|()| Vec::new()),
            Ok(Outcome::Unsaved(leads)) => return Ok(leads),
            Err(error) => Err(error),
        };
        if let Err(error) = &settled {
            work.finish();
            self.break_innermost(error);
        }
        settled
    }

    fn end_flush(&self, work: &mut Work) -> Result<()> {
        self.fire(Place::AfterFlush)?;
        self.settle(work)?;
        self.fire(Place::AfterFlushPostexec)
    }

    /// Flushes what changed, unless autoflush is off or a flush is running.
    pub(super) fn autoflush(&self) -> Result<()> {
        if self.autoflush.get() && !self.flushing.get() { self.flush() } else { Ok(()) }
    }

    /// New and changed objects, without those to be deleted; orphans; then those to be deleted.
    fn gather(&self, work: &mut Work) -> Result<()> {
        work.reserve(self.new.borrow().len() + self.dirty.borrow().len());
        for list in [&self.new, &self.dirty] {
            let places = list.borrow().places();
            for at in 0..places {
                let Some(instance) = list.borrow().get(at) else { continue };
                if instance.header().has(Mark::TO_DELETE) {
                    continue;
                }
                match orphan::at_flush(&instance)? {
                    Verdict::Expunge => self.expunge_one(&instance, false),
                    Verdict::Delete => work.include(instance, Role::Deleted)?,
                    _ => work.include(instance, Role::Saved)?,
                }
            }
        }
        let to_delete: Vec<Handle> = self.to_delete.borrow().values().cloned().collect();
        for instance in to_delete {
            let header = instance.header();
            if header.has(Mark::MAPPED) {
                work.include(instance, Role::Deleted)?;
            } else if header.has(Mark::DELETED) {
                // An autoflush deleted it while `delete` was looking for what it cascades to.
                self.unmark_for_deletion(&instance);
            } else {
                let message =
                    format!("{} is to be deleted, but a new object has taken its place", header.label());
                return Err(Error::new(Code::WrongState, message)
                    .about(header.mapper().class(), None)
                    .help("its row was gone when it was deleted; expunge it, or roll back"));
            }
        }
        Ok(())
    }
}
