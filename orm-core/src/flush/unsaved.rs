//! `Lead`: a relationship that leads to an object which isn't in the session, and what is said of it.

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::mapper::Relation;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::read::port;

/// A relationship of an object that leads out of the session.
pub(crate) struct Lead {
    pub(super) owner: Handle,
    pub(super) relation: &'static Relation,
    pub(crate) object: Handle,
}

/// Warns that nothing is written for an object to which a relationship leads, or led.
pub(super) fn warn(relation: &Relation, object: &Rc<Instance>) {
    tracing::warn!(
        target: "orm::flush",
        class = relation.class(),
        attribute = relation.name(),
        object = %object.header().label(),
        "not in the session: the flush leaves it alone"
    );
}

/// The error of relationships that lead out of the session.
pub(crate) fn unsaved(leads: &[Lead]) -> Error {
    let Some(Lead { owner, relation, object }) = leads.first() else {
        return Error::new(Code::Internal, "nothing leads out of the session");
    };
    let others = match leads.len() - 1 {
        0 => String::new(),
        others => format!(", and so it is {others} more time(s)"),
    };
    let (owner, label) = (owner.header().label(), object.header().label());
    let help = if port::of(object).is_some() {
        "it belongs to another session: `merge` it, and relate to what that gives".to_owned()
    } else if object.header().has_key() {
        format!("`add` {label} to the session, or take it out of the relationship")
    } else {
        format!(
            "`add` {label} to the session, or give the relationship the cascade `save-update`, or take it out of it"
        )
    };
    Error::new(Code::Unsaved, format!("{owner} leads to {label}, which isn't in the session{others}"))
        .about(relation.class(), Some(relation.name()))
        .help(help)
}
