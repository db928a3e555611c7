//! `LoadPort`: what a loader needs of a session.

use std::rc::Rc;

use crate::engine::EngineConnection;
use crate::error::Result;
use crate::state::memory::header::SessionId;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;

/// What a loader needs of a session.
pub(crate) trait LoadPort {
    /// The session's id, for the objects that are made.
    fn id(&self) -> SessionId;

    /// The connection, in a transaction that isn't broken.
    ///
    /// # Errors
    /// `pending-rollback`, and what the database says.
    fn connection(&self) -> Result<Rc<EngineConnection>>;

    /// Flushes what changed, unless that is rekeyed off.
    ///
    /// # Errors
    /// As a flush.
    fn autoflush(&self) -> Result<()>;

    /// The objects with rows.
    fn identity(&self) -> &IdentityMap;

    /// The row of an object turned out to be gone.
    fn found_deleted(&self, instance: &Rc<Instance>);

    /// An object is what the database holds: its session needn't hold it for its changes.
    fn settled(&self, instance: &Rc<Instance>);
}
