//! What a change of a relationship means for the session: cascades, orphans, the single parent.
//!
//! They run at the moment of the change, before the reverse side answers, as SQLAlchemy's do: which objects a
//! cascade reaches depends on it.

use std::rc::Rc;

use super::attr::Token;
use super::attr::object::Before;
use super::node::{Mark, Node};
use super::{host, parent};
use crate::declare::Cascade;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;

/// Refuses a second parent by a relationship that says `single_parent`.
pub(crate) fn check_single_parent(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: &Rc<Node>,
    same: bool,
    began: Token,
) -> Result<()> {
    if !relation.single_parent() || same {
        return Ok(());
    }
    let mapping = node.core().mapper().mapping()?;
    if began.has_name(relation, mapping) && began.is_of(relation) && parent::has(value, relation, false)? {
        return Err(Error::new(
            Code::SingleParent,
            format!("{} already has a parent by this relationship", value.core().label()),
        )
        .of(relation.class(), Some(relation.name()))
        .help("take it from the other parent first"));
    }
    Ok(())
}

/// An object came to a collection.
pub(crate) fn on_append(
    node: &Rc<Node>,
    relation: &'static Relation,
    item: &Rc<Node>,
    began: Token,
) -> Result<()> {
    cascade_save(node, relation, item, began)
}

fn cascade_save(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>, began: Token) -> Result<()> {
    if relation.cascade().has(Cascade::SAVE_UPDATE)
        && let Some(host) = host::of(node)
        && began.has_name(relation, node.core().mapper().mapping()?)
        && !host.contains(item)
    {
        host.save_or_update(item)?;
    }
    Ok(())
}

/// An object left a collection.
pub(crate) fn on_remove(node: &Rc<Node>, relation: &'static Relation, item: &Rc<Node>) -> Result<()> {
    if !relation.cascade().has(Cascade::DELETE_ORPHAN) || !parent::is_orphan(item)? {
        return Ok(());
    }
    match host::of(node) {
        Some(host) if item.core().has(Mark::NEW) && item.core().session() == node.core().session() => {
            host.expunge(item)?;
        }
        // It may or may not be in a session: the flush that meets it has to know.
        _ => item.core().mark(Mark::ORPHANED),
    }
    Ok(())
}

/// A to-one relationship was set to something else.
pub(crate) fn on_set(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: Option<&Rc<Node>>,
    before: &Before,
    began: Token,
) -> Result<()> {
    let Some(host) = host::of(node) else { return Ok(()) };
    if let Some(value) = value {
        cascade_save(node, relation, value, began)?;
    }
    if relation.cascade().has(Cascade::DELETE_ORPHAN)
        && let Some(old) = before.object()
        && old.core().has(Mark::NEW)
        && old.core().session() == node.core().session()
        && parent::is_orphan(old)?
    {
        host.expunge(old)?;
    }
    Ok(())
}
