//! The steps of a plan, carried out one after another.

use super::context::Flush;
use super::plan::{Plan, Step, Task, Verb};
use super::{dependency, emit, follow, post, stuck};
use crate::error::Result;
use crate::state::read::related;

/// Carries the steps out. What can't be ordered is an error when everything else has been done.
pub(super) fn run(flush: &mut Flush<'_>, plan: &Plan<'_>) -> Result<()> {
    let mut current = Vec::new();
    for Step { task, items } in &plan.steps {
        match *task {
            Task::Write { verb, class } => {
                let Some(mapper) = flush.work.class(class).map(|class| class.mapper) else { continue };
                match verb {
                    Verb::Save => {
                        post::empty(flush.work, flush.cx.rules(), mapper, items)?;
                        let followed = flush.work.rekeyed().len();
                        emit::save(flush.work, flush.cx, mapper, items)?;
                        flush.post.is_saved(items);
                        if flush.work.rekeyed().len() > followed && flush.cx.rules().follows_rows {
                            follow::keys(flush, followed)?;
                        }
                    }
                    Verb::Delete => emit::delete(flush.work, flush.cx, mapper, items)?,
                }
            }
            Task::Process { relation, verb, .. } => {
                // A row that was taken over meanwhile isn't deleted any more.
                current.clear();
                let relation = flush.work.relation(relation);
                for id in items.iter() {
                    let item = flush.work.item(*id);
                    let has_all = || related::is_read_by_keys(&item.instance, relation);
                    if item.verb() == Some(verb) && !item.is_lone && !(verb == Verb::Delete && has_all()?) {
                        current.push(*id);
                    }
                }
                dependency::process(flush, relation, verb, &current)?;
            }
            Task::Post { verb, class } => {
                let Some(mapper) = flush.work.class(class).map(|class| class.mapper) else { continue };
                let rows = flush.post.take(flush.work, verb, items)?;
                emit::post(flush.work, flush.cx, mapper, verb, rows)?;
            }
        }
    }
    plan.stuck.map_or(Ok(()), |at| Err(stuck::error(flush.work, at)))
}
