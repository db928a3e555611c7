//! What a relationship of many objects leads to that the session has.

use std::rc::Rc;

use super::LoadPort;
use super::instance::Populate;
use super::keys::Keys;
use super::refresh;
use super::related::Bulk;
use super::selectin::Ask;
use super::task::Task;
use super::with::With;
use crate::error::Result;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;

impl Bulk<'_> {
    /// Whether the session has what each object names by its key.
    pub(super) fn finds_all(&self, cx: &dyn LoadPort, ask: &Ask, objects: &[Handle]) -> Result<bool> {
        for object in objects.iter().filter(|_| self.takes_known) {
            let Some(key) = ask.key(object, self.options)? else { return Ok(false) };
            let found = cx.identity().get(self.relation.target(), &key);
            if !key.has_null() && found.is_none_or(|one| one.header().has(Mark::EXPIRED)) {
                return Ok(false);
            }
        }
        Ok(self.takes_known)
    }

    /// What it leads to is there, and no row is read for it.
    pub(super) fn known(&self, with: Option<&With>, known: Vec<Handle>, tasks: &mut Vec<Task>) -> Result<()> {
        if known.is_empty() {
            return Ok(());
        }
        self.between.claim(&known, self.route.reached())?;
        with.map_or(Ok(()), |with| with.tasks_of_known(&Rc::from(known), &self.between, tasks))
    }

    /// Whether a row has nothing to add to an object that is there.
    pub(super) fn is_whole(&self, with: Option<&With>, one: &Handle) -> Result<bool> {
        let header = one.header();
        if !header.has(Mark::MAPPED) {
            // It has no row, but the one may have that the key of the object names.
            return Ok(self.relation.get_columns().is_none());
        }
        if self.route.overwritten().is_some_and(|overwritten| !overwritten.has(one)) {
            return Ok(false);
        }
        let entity = With::entity(with, header.mapper());
        Ok(!header.has(Mark::EXPIRED)
            && with.is_none_or(With::is_alone)
            && entity.wanted(one, Populate::Missing)?.is_empty())
    }

    /// Sets what the session has in memory, and gives the keys of the rest.
    pub(super) fn without_known(
        &self,
        cx: &dyn LoadPort,
        keys: Keys,
        objects: &[Handle],
        tasks: &mut Vec<Task>,
    ) -> Result<Keys> {
        let target = self.relation.target();
        let with = With::of(target, self.route);
        let (mut rest, mut known, list) = (Keys::default(), Vec::new(), keys.into_list());
        if !self.route.loads_known() {
            // As where one is read: what is expired is loaded anew.
            let found: Vec<Handle> =
                list.iter().filter_map(|(key, _)| cx.identity().get(target, key)).collect();
            refresh::expired(cx, &found, self.options, tasks)?;
            for gone in found.iter().filter(|one| one.header().has(Mark::EXPIRED)) {
                cx.found_deleted(gone);
            }
        }
        let mut found = Vec::with_capacity(list.len());
        for (key, of) in list {
            let mut one = cx.identity().get(target, &key);
            if let Some(known) = &one
                && self.route.loads_known()
                && !self.is_whole(with.as_deref(), known)?
            {
                one = None;
            }
            found.push((key, of, one));
        }
        // As in `waiting`.
        let asks_all = self.route.loads_known()
            && with.as_ref().is_some_and(|with| !with.posts.is_empty())
            && found.iter().any(|(.., one)| one.is_none());
        for (key, of, one) in found {
            match one.filter(|_| !asks_all) {
                Some(one) => {
                    for object in of.iter().filter_map(|at| objects.get(*at as usize)) {
                        self.set(object, std::slice::from_ref(&one))?;
                    }
                    known.push(one);
                }
                None => of.into_iter().for_each(|at| rest.add(key.clone(), at as usize)),
            }
        }
        if self.route.loads_known() {
            self.known(with.as_deref(), known, tasks)?;
        }
        Ok(rest)
    }
}
