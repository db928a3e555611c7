//! To-one relationships: setting, with the reverse side and the cascades.

use std::rc::Rc;

use super::{Got, Token, get, put};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::links::Held;
use crate::state::memory::{Handle, Link};
use crate::state::node::{Node, SessionId};
use crate::state::passive::Passive;
use crate::state::track::{Attr, Old};
use crate::state::{backref, events, parent};

/// What a to-one relationship held before it is set.
#[derive(Clone)]
pub(crate) enum Before {
    /// Not known: not loaded.
    Unknown,
    /// Never set.
    NoValue,
    /// One object or none.
    Was(Option<Handle>),
}

impl Before {
    pub(crate) fn object(&self) -> Option<&Handle> {
        match self {
            Before::Was(one) => one.as_ref(),
            _ => None,
        }
    }

    fn into_old(self) -> Old {
        match self {
            Before::Unknown => Old::NotLoaded,
            Before::NoValue => Old::NoValue,
            Before::Was(one) => Old::One(one.map(|one| Link::to(&one))),
        }
    }
}

/// Which object has to be there for the change to be made.
#[derive(Clone, Copy)]
pub(crate) enum Expect<'a> {
    /// Any.
    Anything,
    /// This one; another is left alone.
    OrLeave(&'a Rc<Node>),
}

/// Sets a to-one relationship.
pub(crate) fn set(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: Option<&Rc<Node>>,
    began: Option<Token>,
    expect: Expect<'_>,
) -> Result<()> {
    let before = before(node, relation)?;
    if let Expect::OrLeave(wanted) = expect {
        match &before {
            Before::Unknown => {}
            Before::Was(Some(one)) if Rc::ptr_eq(one, wanted) => {}
            _ => return Ok(()),
        }
    }
    if let Some(value) = value {
        check_class(relation, node, value)?;
    }
    replace(node, relation, value, &before, began.unwrap_or(Token::append(relation)))?;
    put(node, relation.index(), Held::One(value.map(Link::to)))
}

/// Sets the to-one relationship of a fresh object, as the answer to an append on the other side: in no session,
/// without a row and never related by it, it has nothing to load, to let go of or to cascade. Says whether it is
/// one. `is_child` says that the other side makes it a child.
pub(crate) fn begin(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: &Rc<Node>,
    is_child: bool,
) -> Result<bool> {
    let (core, index) = (node.core(), relation.index());
    let fresh = !core.has_key()
        && core.session() == SessionId::NONE
        && !relation.single_parent()
        && !super::is_loaded(node, index)?
        && !super::is_changed(node, Attr::relation(index))?;
    if fresh {
        super::with_slot_mut(node, index, |slot| {
            slot.held = Held::One(Some(Link::to(value)));
            slot.began = true;
            slot.is_child = is_child;
        })?;
        super::mark_modified(node);
    }
    Ok(fresh)
}

/// The value before it is set, loaded only where it must be known.
fn before(node: &Rc<Node>, relation: &'static Relation) -> Result<Before> {
    let passive = if relation.needs_old_value() {
        Passive::ONLY_PERSISTENT.with(Passive::NO_AUTOFLUSH).with(Passive::COMMITTED)
    } else {
        Passive::NO_FETCH.without(Passive::INIT).with(Passive::COMMITTED).with(Passive::NO_RAISE)
    };
    Ok(match get(node, relation, passive)? {
        Got::Unknown => Before::Unknown,
        Got::One(one) => Before::Was(one),
        _ => Before::NoValue,
    })
}

fn replace(
    node: &Rc<Node>,
    relation: &'static Relation,
    value: Option<&Rc<Node>>,
    before: &Before,
    began: Token,
) -> Result<()> {
    let same = match (before, value) {
        (Before::Was(Some(one)), Some(value)) => Rc::ptr_eq(one, value),
        (Before::Was(None), None) => true,
        _ => false,
    };
    if relation.tracks_parent()
        && !same
        && let Some(one) = before.object()
    {
        parent::lost(one, relation, node)?;
    }
    if let Some(value) = value {
        events::check_single_parent(node, relation, value, same, began)?;
    }
    if !same {
        events::on_set(node, relation, value, before, began)?;
        backref::on_set(node, relation, value, before, began)?;
    }
    super::modified(node, Attr::relation(relation.index()), || Ok(before.clone().into_old()))?;
    if relation.tracks_parent()
        && let Some(value) = value
    {
        parent::gained(value, relation, node)?;
    }
    Ok(())
}

/// Refuses objects of another class.
pub(crate) fn check_class(relation: &'static Relation, node: &Rc<Node>, value: &Rc<Node>) -> Result<()> {
    let mapper = node.core().mapper();
    let target = mapper.mapping()?.mapper(relation.target());
    if std::ptr::eq(target, value.core().mapper()) {
        return Ok(());
    }
    Err(Error::new(Code::WrongClass, format!("{} is no `{}`", value.core().label(), target.class()))
        .of(relation.class(), Some(relation.name()))
        .help(format!("give it a `{}`", target.class())))
}
