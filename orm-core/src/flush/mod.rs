//! The unit of work: what a flush writes, in which order. It moves no object between its states.
//!
//! [`run`] is the whole of it: register what changed, let the relationships add what depends on it (presort),
//! plan the order, execute. The session settles the result.

mod dependency;
mod emit;
mod graph;
mod plan;
mod sync;
mod work;

pub(crate) use emit::key_of;
pub(crate) use work::Work;

use std::rc::Rc;

use crate::engine::EngineConnection;
use crate::error::Result;
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
}

/// Writes everything that is registered in the work.
pub(crate) fn run(work: &mut Work, cx: &dyn FlushPort) -> Result<()> {
    work.presort(cx)?;
    let plan = plan::Plan::of(work)?;
    for step in plan.steps {
        match step {
            plan::Step::Save(mapper, items) => emit::save(work, cx, mapper, items)?,
            plan::Step::Delete(mapper, items) => emit::delete(work, cx, mapper, &items)?,
            plan::Step::Process { relation, deleted, mut items } => {
                // A row that was taken over meanwhile isn't deleted any more.
                items.retain(|item| {
                    let item = work.item(*item);
                    item.is_delete == deleted && !item.list_only && !item.is_lone
                });
                dependency::process(work, cx, relation, deleted, &items)?;
            }
        }
    }
    plan.stuck.map_or(Ok(()), Err)
}
