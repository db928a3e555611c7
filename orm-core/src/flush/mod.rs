//! The unit of work: what a flush writes, in which order. It moves no object between its states.
//!
//! [`run`] is the whole of it: the session has registered what changed; let the relationships add what depends on
//! it (presort), plan the order, execute. The session settles the result.

mod conflicts;
mod context;
mod dependency;
mod emit;
mod execute;
mod follow;
mod histories;
mod links;
mod plan;
mod port;
mod post;
mod presort;
mod rules;
mod stuck;
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
use plan::{Items, Order, Plan};

use crate::error::Result;

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
    let plan = plan(&flush, &items)?;
    execute::run(&mut flush, &plan)?;
    follow::run(&mut flush).map(|()| Outcome::Written)
}

/// Orders what is to be done. What the order depends on is loaded before anything is written.
fn plan<'i>(flush: &Flush<'_>, items: &'i Items) -> Result<Plan<'i>> {
    let (work, rules): (&Work, _) = (flush.work, flush.cx.rules());
    if rules.unique_order {
        let conflicts = conflicts::find(work, items)?;
        if !conflicts.is_empty() {
            let order = Order::apart(links::shape(work, rules));
            let links = links::gather(work, flush.cx, &order.circles(items))?;
            if let Some(plan) = order.deleting_first(items, &links, &conflicts) {
                return Ok(plan);
            }
        }
    }
    let order = Order::of(links::key(work, rules), || links::shape(work, rules));
    let links = links::gather(work, flush.cx, &order.circles(items))?;
    Ok(order.finish(items, &links))
}
