//! `LoadPort`: what a loader needs of a session, beside what objects ask of it.

use std::rc::Rc;

use crate::declare::Lazy;
use crate::engine::EngineConnection;
use crate::error::Result;
use crate::mapper::{Mapper, Relation};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::port::SessionPort;
use crate::state::read::reach::ReadOptions;

/// What a loader needs of a session, beside what objects ask of it.
pub(crate) trait LoadPort: SessionPort {
    /// The connection for a statement of a read with these options, in a transaction that isn't broken. The session
    /// decides whether it flushes first.
    ///
    /// # Errors
    /// As a flush; `pending-rollback`, and what the database says.
    fn connection(&self, options: ReadOptions) -> Result<Rc<EngineConnection>>;

    /// The row of an object turned out to be gone.
    fn found_deleted(&self, instance: &Rc<Instance>);

    /// Whether the session has to hear of what is read, since it may be taken back: in a savepoint.
    fn notes_reads(&self) -> bool;

    /// An object was read.
    fn note_read(&self, instance: &Rc<Instance>);

    /// An object that waits for what the database made of its new row, and those that are to be read with it, in the
    /// order in which they were inserted. None are given where it is to be read by itself, nor a second time.
    fn take_unread(&self, instance: &Rc<Instance>) -> Vec<Handle>;

    /// Whether queries mean what SQLAlchemy makes of them, where that is another thing.
    fn asks_like_sqlalchemy(&self) -> bool;

    /// Whether it is remembered which objects of a class were loaded together.
    fn groups(&self, mapper: &Mapper) -> bool;

    /// Whether a relationship is loaded for all objects at once that were loaded together.
    fn loads_in_batches(&self, lazy: Lazy) -> bool;

    /// A relationship of an object is about to be loaded by a statement of its own.
    ///
    /// # Errors
    /// `n-plus-one` where the session refuses that.
    fn loads_alone(
        &self,
        instance: &Rc<Instance>,
        relation: &'static Relation,
        options: ReadOptions,
    ) -> Result<()>;

    /// An object and those that were loaded together with it and are still in the session; none where it is alone, or is
    /// to be loaded by itself.
    fn peers(&self, instance: &Rc<Instance>) -> Vec<Handle>;

    /// Calls the user's code while rows are read: no transaction can be ended meanwhile.
    ///
    /// # Errors
    /// What it says.
    fn while_reading(&self, f: &mut dyn FnMut() -> Result<()>) -> Result<()>;

    /// An object is what the database holds: its session needn't hold it for its changes.
    fn settled(&self, instance: &Rc<Instance>);
}
