//! What is loaded after the rows of plain values: relationships of all values of a level at once.

use std::rc::Rc;

use super::instance::EntityPlan;
use super::keys::{Part, Written};
use super::nested::Nest;
use super::route::Strategy;
use super::selectin::Ask;
use super::statement::Statement;
use super::whose::Whose;
use super::with::With;
use super::within::{Within, links_repeat};
use crate::engine::{EngineConnection, Fetch, Flow};
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::state::typed::mapped::Factory;
use crate::state::typed::value_source::{DEPTH, too_deep, with_values};

impl Nest {
    /// Loads what is loaded after the rows of a level.
    pub(super) fn load(&mut self, connection: &EngineConnection, at: usize) -> Result<()> {
        let Some(level) = self.levels.get_mut(at) else { return Ok(()) };
        let (within, count, is_all) = (Rc::clone(&level.within), level.roots.len(), level.is_all);
        let (keys, depth) = (std::mem::take(&mut level.keys), level.depth);
        for ((relation, strategy, ask), keys) in within.posts.iter().zip(keys) {
            let target = relation.target();
            let factory = Factory::find(target).ok_or_else(|| Factory::missing(target))?;
            let Some(route) = &within.route else { continue };
            if *strategy == Strategy::Empty || keys.is_empty() {
                let within = Rc::new(Within::of(None, EntityPlan::of_plain(target, 0), false));
                self.add(within, Some((at, relation)), Some(factory.lists(count)), 0);
                continue;
            }
            if depth >= DEPTH {
                return Err(too_deep(relation, DEPTH));
            }
            let route = route.then(relation);
            let with = With::of(target, &route).map(|with| with.from_column(ask.columns()));
            let entity = EntityPlan::of_plain(target, 0);
            let inner = Rc::new(Within::of(with.as_deref(), entity, links_repeat(relation)));
            let add = |nest: &mut Nest| {
                nest.add(Rc::clone(&inner), Some((at, relation)), Some(factory.lists(count)), count)
            };
            // By one statement, where most of the values that there are need it.
            let is_most = is_all && keys.len().saturating_mul(2) >= count;
            let is_whole = is_most && keys.are_many() && ask.may_be_whole(&route);
            let all = keys.whole();
            if is_whole {
                let made = self.shared.clone();
                let level = add(self);
                if self.ask(connection, (level, relation), (ask, &all, true), with.as_deref())? {
                    if let Some(level) = self.levels.get_mut(level) {
                        level.is_all = route.filter().is_empty();
                    }
                    continue;
                }
                // Most rows are nobody's.
                self.levels.truncate(level);
                self.shared = made;
            }
            let level = add(self);
            for part in all.split(ask.pairs.len(), connection) {
                self.ask(connection, (level, relation), (ask, &part, false), with.as_deref())?;
            }
        }
        Ok(())
    }

    /// Runs the statement for a part of the keys, or the one for all that there are. Says whether all rows were read: not
    /// where most of them are nobody's.
    fn ask(
        &mut self,
        connection: &EngineConnection,
        level: (usize, &'static Relation),
        (ask, part, is_whole): (&Ask, &Part, bool),
        with: Option<&With>,
    ) -> Result<bool> {
        let (_, relation) = level;
        let target = relation.target();
        let width = ask.pairs.len();
        let written = if is_whole { Written::Nothing } else { part.written(width, connection) };
        let statement = Statement::SelectIn(relation, ask.by_parents, written.length());
        let given = |at: usize| written.value(part, width, at);
        let entity = EntityPlan::of_plain(target, 0);
        let mut whose = Whose::new(ask, part, is_whole);
        statement.run((Some(&entity), with), connection, &given, Fetch::All, &mut |row| {
            with_values((row, 0), target, |values| {
                let mut read = |place: usize| {
                    let (_, of) = part.list.get(place).ok_or_else(no_part)?;
                    of.iter().try_for_each(|around| self.read(level, *around as usize, values, row))
                };
                match whose.place(row, values)? {
                    Some(place) => read(place)?,
                    None => whose.others(row, values)?.into_iter().try_for_each(read)?,
                }
                Ok(if whose.is_in_vain() { Flow::Break(()) } else { Flow::Continue(()) })
            })
        })?;
        Ok(!whose.is_in_vain())
    }
}

#[cold]
fn no_part() -> Error {
    Error::new(Code::Internal, "a list of keys lacks one")
}
