//! `Turns` and `Between`: in which order SQLAlchemy reads the rows of a statement and those of its subqueries.
//!
//! SQLAlchemy runs what is loaded by `subquery` while it reads the first row of the statement, and reads the other rows
//! afterwards. An object that both name was made by the subquery then, unless the first row has made it, and keeps what the
//! query says of the subquery's place. Here all rows of a statement are read before anything else is loaded, so that it is noted
//! in which turn each object was made. It matters only where a session asks as SQLAlchemy does.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::LoadPort;
use super::kept::{Reached, Said, keep, kept};
use crate::error::Result;
use crate::mapper::MapperId;
use crate::state::key::Key;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::loaded_by::LoadedBy;

/// In which order a statement makes objects, and the statements between whose rows it is read.
#[derive(Clone)]
pub(super) struct Turns {
    made: Rc<Made>,
    between: Between,
}

/// The objects that a statement has made, by class and key, and in which turn.
#[derive(Default)]
struct Made {
    turns: RefCell<HashMap<(MapperId, Key), u32, FxBuildHasher>>,
    next: Cell<u32>,
}

/// The statements between whose rows SQLAlchemy reads those of another one: as many as subqueries are nested.
#[derive(Clone, Default)]
pub(super) struct Between(Option<Rc<[Begun]>>);

/// A statement that SQLAlchemy has begun to read when it runs another one.
#[derive(Clone)]
struct Begun {
    made: Rc<Made>,
    /// The turn in which it does.
    turn: u32,
}

impl Turns {
    /// Those of a statement which is read between others, and may have subqueries; none where no order matters.
    pub(super) fn of(cx: &dyn LoadPort, has_subqueries: bool, between: &Between) -> Option<Self> {
        let is_any = between.0.is_some() || (has_subqueries && cx.asks_like_sqlalchemy());
        is_any.then(|| Turns { made: Rc::default(), between: between.clone() })
    }

    /// The turn that comes next.
    pub(super) fn next(&self) -> u32 {
        self.made.next.get()
    }

    /// A row made an object.
    pub(super) fn add(&self, object: &Instance) {
        let turn = self.made.next.get();
        self.made.next.set(turn.saturating_add(1));
        let header = object.header();
        if let (Some(key), Ok(mut turns)) = (header.key(), self.made.turns.try_borrow_mut()) {
            turns.insert((header.mapper().id(), key), turn);
        }
    }

    /// What is loaded after the rows of the statement is read with what the statement itself is read with.
    pub(super) fn between(&self) -> Between {
        self.between.clone()
    }

    /// What is loaded by a subquery is read too between the rows of the statement, from that turn on.
    pub(super) fn within(&self, turn: u32) -> Between {
        let outer = self.between.0.iter().flat_map(|outer| outer.iter().cloned());
        Between(Some(outer.chain([Begun { made: Rc::clone(&self.made), turn }]).collect()))
    }

    /// A row names an object that is there already. Says whether SQLAlchemy makes it of this row, so that it keeps these options
    /// and what the earlier statement says of objects that are there.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn claim(&self, object: &Rc<Instance>, options: Option<&LoadedBy>) -> Result<bool> {
        let is_claimed = self.between.claim_one(object, options)?;
        if is_claimed {
            self.add(object);
        }
        Ok(is_claimed)
    }
}

impl Between {
    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Objects that are named without that a row is read for them.
    ///
    /// # Errors
    /// As [`Turns::claim`].
    pub(super) fn claim(&self, objects: &[Handle], at: Option<Reached>) -> Result<()> {
        let Some(first) = objects.first().filter(|_| self.0.is_some()) else { return Ok(()) };
        let keeps = at.map(|at| keep(at, first.header().mapper()));
        objects.iter().try_for_each(|object| self.claim_one(object, keeps.as_ref()).map(drop))
    }

    /// Whether a row has made an object that SQLAlchemy reads later.
    pub(super) fn is_later(&self, object: &Instance) -> bool {
        let Some(key) = object.header().key() else { return false };
        let key = (object.header().mapper().id(), key);
        self.0.iter().flat_map(|outer| outer.iter()).any(|begun| begun.made.has(&key, begun.turn))
    }

    fn claim_one(&self, object: &Rc<Instance>, options: Option<&LoadedBy>) -> Result<bool> {
        let Some(outer) = &self.0 else { return Ok(false) };
        let header = object.header();
        let Some(key) = header.key() else { return Ok(false) };
        let key = (header.mapper().id(), key);
        if !outer.iter().any(|begun| begun.made.take(&key, begun.turn)) {
            return Ok(false);
        }
        let before = kept(object);
        header.rare_or_new().load_by(options.cloned());
        if let Some(mut said) = before.and_then(|before| Said::of(&before, header.mapper())) {
            said.tell(object)?;
        }
        Ok(true)
    }
}

impl Made {
    /// Takes out an object, where it was made since that turn.
    fn take(&self, key: &(MapperId, Key), since: u32) -> bool {
        self.has(key, since) && self.turns.try_borrow_mut().is_ok_and(|mut turns| turns.remove(key).is_some())
    }

    /// Whether an object was made since that turn.
    fn has(&self, key: &(MapperId, Key), since: u32) -> bool {
        self.turns.try_borrow().is_ok_and(|turns| turns.get(key).is_some_and(|turn| *turn >= since))
    }
}
