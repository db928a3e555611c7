//! The strategy `lazy = "batch"`: what is read of one object is loaded for those that were loaded together with it.

use std::rc::Rc;

use super::LoadPort;
use super::kept::{kept, reached};
use super::many;
use super::options::Options;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::raise;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::is_open;

/// Loads a relationship that is read of an object, for all that were loaded together with it. Says whether it is loaded now.
/// Expired ones are left: what their rows say is not known.
pub(super) fn load(
    cx: &dyn LoadPort,
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<bool> {
    if !cx.loads_in_batches(raise::lazy(instance, relation))
        || relation.is_large()
        || options.is_committed()
        || options.is_of_replaced()
    {
        return Ok(false);
    }
    let told = kept(instance);
    let is_alike =
        |one: &Handle| told.as_ref().map(Options::identity) == kept(one).as_ref().map(Options::identity);
    let mut waiting = Vec::new();
    for one in cx.peers(instance) {
        if !one.header().has(Mark::EXPIRED) && is_alike(&one) && is_open(&one, relation)? {
            waiting.push(one);
        }
    }
    if waiting.len() < 2 || !waiting.iter().any(|one| Rc::ptr_eq(one, instance)) {
        return Ok(false);
    }
    many::related_by(cx, relation, &waiting, reached(instance), options)?;
    Ok(!is_open(instance, relation)?)
}

/// Whether options that an object was loaded by say that something of it is loaded in batches.
pub(crate) fn is_told(instance: &Rc<Instance>) -> bool {
    kept(instance).is_some_and(|options| options.is_batched())
}

/// Loads an expired object, and those expired ones that were loaded together with it. Says whether its row is there.
pub(super) fn expired(cx: &dyn LoadPort, instance: &Rc<Instance>, options: ReadOptions) -> Result<bool> {
    let peers: Vec<Handle> = cx.peers(instance);
    let waiting = peers.iter().filter(|one| one.header().has(Mark::EXPIRED)).count();
    if waiting < 2 {
        return Ok(false);
    }
    many::expired(cx, &peers, options)?;
    Ok(!instance.header().has(Mark::EXPIRED))
}
