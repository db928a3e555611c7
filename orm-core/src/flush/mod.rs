//! The unit of work: what a flush writes, in which order. It moves no object between its states.
//!
//! [`run`] is the whole of it: the session has registered what changed; let the relationships add what depends on
//! it (presort), plan the order, execute. The session settles the result.

mod context;
mod dependency;
mod emit;
mod follow;
mod histories;
mod links;
mod plan;
mod port;
mod presort;
mod rules;
mod sync;
mod unsaved;
mod work;

pub(crate) use emit::key_of;
pub(crate) use port::{FlushPort, FlushSession};
pub(crate) use rules::FlushRules;
pub use rules::Unsaved;
pub(crate) use unsaved::{Lead, unsaved};
pub(crate) use work::{Role, Work};

use context::Flush;
use plan::{Items, Order, Plan, Step, Stuck, Task, Verb};

use crate::error::{Code, Error, Result};

/// What a flush came to.
pub(crate) enum Outcome {
    /// Everything is written.
    Written,
    /// Nothing is: relationships lead to objects that aren't in the session.
    Unsaved(Vec<Lead>),
}

/// Writes everything that is registered in the work.
pub(crate) fn run(work: &mut Work, cx: FlushSession<'_>) -> Result<Outcome> {
    let mut flush = Flush::new(work, cx);
    presort::run(&mut flush)?;
    if !flush.unsaved.is_empty() {
        return Ok(Outcome::Unsaved(flush.unsaved));
    }
    let items = links::items(flush.work);
    let plan = plan(flush.work, &items)?;
    execute(&mut flush, &plan)?;
    follow::run(&mut flush).map(|()| Outcome::Written)
}

/// Orders what is to be done. What the order depends on is loaded before anything is written.
fn plan<'i>(work: &Work, items: &'i Items) -> Result<Plan<'i>> {
    let order = Order::of(links::key(work), || links::shape(work));
    let links = links::gather(work, &order.circles(items))?;
    Ok(order.finish(items, &links))
}

fn execute(flush: &mut Flush<'_>, plan: &Plan<'_>) -> Result<()> {
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
                current.extend(items.iter().filter(|item| {
                    let item = flush.work.item(**item);
                    item.verb() == Some(verb) && !item.is_lone
                }));
                dependency::process(flush, flush.work.relation(relation), verb, &current)?;
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
