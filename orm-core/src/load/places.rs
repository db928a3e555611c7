//! The places of a statement: what is kept of each while its rows are read.

use super::LoadPort;
use super::fresh::Fresh;
use super::notes::Notes;
use super::with::With;
use crate::mapper::Mapper;

impl With {
    /// What is kept of each place while rows are read that name objects of a class.
    pub(super) fn fresh_list(&self, cx: &dyn LoadPort, mapper: &'static Mapper, notes: &Notes) -> Vec<Fresh> {
        fn add(
            with: &With,
            cx: &dyn LoadPort,
            mapper: &'static Mapper,
            (list, notes): (&mut Vec<Fresh>, &Notes),
        ) {
            let fresh = match (with.posts.is_empty(), with.route.loads_known()) {
                (true, _) => Fresh::new(false),
                (false, true) => Fresh::of_met(),
                (false, false) if with.posts.iter().any(|(_, strategy)| with.fills_known(*strategy)) => {
                    Fresh::of_both()
                }
                (false, false) => Fresh::new(true),
            };
            let options = with.route.options();
            let is_grouped = cx.groups(mapper) || options.is_some_and(|options| options.is_batched());
            let made = notes.made.as_ref().filter(|_| cx.asks_like_sqlalchemy());
            let fresh = fresh.grouped(is_grouped).loaded_by(with.route.reached(), mapper);
            let fresh = fresh.overwriting(with.route.overwrites(made, mapper));
            list.push(fresh.noting(notes, with.route.depth()));
            let below = with.joined.iter();
            below.for_each(|joined| add(&joined.with, cx, joined.entity.mapper, (list, notes)));
        }
        let mut list = Vec::with_capacity(self.places());
        add(self, cx, mapper, (&mut list, notes));
        list
    }
}
