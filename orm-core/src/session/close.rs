//! The end of a session's work: everything is let go of.

use super::{Inner, Session};
use crate::engine::Connection;
use crate::error::Result;

impl Session {
    /// Rolls back what isn't committed and lets go of every object. The session can be used again, unless its settings say
    /// otherwise ([`SessionConfig::close_resets_only`](super::SessionConfig::close_resets_only)).
    ///
    /// # Errors
    /// `wrong-state` within `Rows::each`, and what the database says to the rollback; the objects are detached all the same.
    pub fn close(&self) -> Result<()> {
        self.inner.close()?;
        if !self.inner.config.close_resets_only {
            self.inner.is_closed.set(true);
        }
        Ok(())
    }

    /// As [`close`](Self::close), whatever the settings say: the session can be used again.
    ///
    /// # Errors
    /// As [`close`](Self::close).
    pub fn reset(&self) -> Result<()> {
        self.inner.close()
    }

    /// As [`close`](Self::close), and has the connection closed instead of given back to the engine: for one of which
    /// nobody knows in what state it is. The session goes on with another one. A database that has one connection alone keeps
    /// it.
    ///
    /// # Errors
    /// As [`close`](Self::close).
    pub fn invalidate(&self) -> Result<()> {
        let connection = self.inner.connection.borrow().clone();
        if let Some(connection) = connection {
            connection.invalidate();
        }
        self.close()
    }
}

impl Inner {
    fn close(&self) -> Result<()> {
        self.check_flushing()?;
        self.check_cursors()?;
        self.check_ending()?;
        let ended = self.end_all();
        self.let_go_of_all();
        self.tell_done();
        crate::state::collect_if_due();
        ended
    }

    /// Rolls back what isn't committed and lets go of every object, when nobody is left to tell of a mistake.
    pub(super) fn end(&self) {
        let _ = self.end_all();
        self.let_go_of_all();
    }
}
