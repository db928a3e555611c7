//! `FlushPort`: what a flush needs of the session, beside what objects ask of it.

use std::ops::Deref;
use std::rc::Rc;

use super::rules::FlushRules;
use crate::engine::EngineConnection;
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::sql::Tree;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::late::Late;
use crate::state::read::port::SessionPort;
use crate::state::read::reach::ReadOptions;

/// What a flush needs of the session, beside what objects ask of it.
pub(crate) trait FlushPort: SessionPort {
    /// Whether the row of an expired object turns out to be gone; it is then deleted in the session too.
    fn was_deleted(&self, instance: &Rc<Instance>) -> Result<bool>;

    /// The expression that a column of a row is set to: of a new row, which has no columns to read, or of one that is
    /// there.
    ///
    /// # Errors
    /// `query` where it names what isn't there.
    fn expression(&self, mapper: &'static Mapper, late: &Late, is_new: bool) -> Result<Tree>;

    /// Whether everything that the database makes of a new row is read back with it, as SQLAlchemy does.
    fn reads_defaults_back(&self) -> bool;

    /// Loads a relationship of objects of which it is about to be read, as far as it isn't loaded, for all at once.
    ///
    /// # Errors
    /// As where it is read of each.
    fn fetch(&self, relation: &'static Relation, objects: &[Handle], options: ReadOptions) -> Result<()>;

    /// Every object that an object's `delete` cascade reaches. The same will be asked of the `siblings`: what isn't
    /// loaded is loaded for them too.
    ///
    /// # Errors
    /// What loading says.
    fn cascade_delete(&self, instance: &Rc<Instance>, siblings: &[Handle]) -> Result<Vec<Handle>>;
}

/// The session of a flush, and the connection on which it writes.
#[derive(Clone, Copy)]
pub(crate) struct FlushSession<'s> {
    session: &'s dyn FlushPort,
    connection: &'s EngineConnection,
    rules: FlushRules,
}

impl<'s> FlushSession<'s> {
    /// A session whose transaction is begun on the connection.
    pub(crate) fn new(
        session: &'s dyn FlushPort,
        connection: &'s EngineConnection,
        rules: FlushRules,
    ) -> Self {
        FlushSession { session, connection, rules }
    }

    /// What the session was told.
    pub(super) fn rules(&self) -> FlushRules {
        self.rules
    }

    /// The connection, in a transaction.
    pub(super) fn connection(&self) -> &'s EngineConnection {
        self.connection
    }
}

impl<'s> Deref for FlushSession<'s> {
    type Target = dyn FlushPort + 's;

    fn deref(&self) -> &Self::Target {
        self.session
    }
}
