//! The steps of a plan, carried out one after another.

use super::context::Flush;
use super::plan::{Plan, Step, Stuck, Task, Verb};
use super::work::Work;
use super::{dependency, emit};
use crate::error::{Code, Error, Result};
use crate::state::read::related;

/// Carries the steps out. What can't be ordered is an error when everything else has been done.
pub(super) fn run(flush: &mut Flush<'_>, plan: &Plan<'_>) -> Result<()> {
    let mut current = Vec::new();
    for Step { task, items } in &plan.steps {
        match *task {
            Task::Write { verb, class } => {
                let Some(mapper) = flush.work.class(class).map(|class| class.mapper) else { continue };
                match verb {
                    Verb::Save => emit::save(flush.work, flush.cx, mapper, items)?,
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
        }
    }
    plan.stuck.map_or(Ok(()), |stuck| Err(circular(flush.work, stuck)))
}

fn circular(work: &Work, stuck: Stuck) -> Error {
    let (class, object) = match stuck {
        Stuck::Item(item) => {
            let header = work.item(item).instance.header();
            (Some(header.mapper().class()), Some(header.label()))
        }
        Stuck::Class(class) => (work.class(class).map(|class| class.mapper.class()), None),
        Stuck::Relation(relation) => (Some(work.relation(relation).class()), None),
    };
    let what = object.unwrap_or_else(|| "the rows".to_owned());
    let error = Error::new(
        Code::CircularDependency,
        format!("{what} can't be written before rows that need it first"),
    )
    .help("write one of the references in a later flush");
    match class {
        Some(class) => error.about(class, None),
        None => error,
    }
}
