//! `FlushPort`: what a flush needs of the session.

use std::rc::Rc;

use crate::engine::EngineConnection;
use crate::error::Result;
use crate::sql::Dialect;
use crate::state::memory::handle::Handle;
use crate::state::memory::identity::IdentityMap;
use crate::state::memory::instance::Instance;

/// What a flush needs of the session.
pub(crate) trait FlushPort {
    /// The connection, in a transaction.
    fn connection(&self) -> &EngineConnection;

    /// The objects with rows.
    fn identity(&self) -> &IdentityMap;

    /// Whether an object is new or persistent in the session.
    fn contains(&self, instance: &Rc<Instance>) -> bool;

    /// Whether the row of an expired object turns out to be gone; it is then deleted in the session too.
    fn was_deleted(&self, instance: &Rc<Instance>) -> Result<bool>;

    /// Every object that an object's `delete` cascade reaches.
    fn cascade_delete(&self, instance: &Rc<Instance>) -> Result<Vec<Handle>>;

    /// How statements are written.
    fn dialect(&self) -> &dyn Dialect {
        self.connection().engine().dialect()
    }
}
