//! `Unread`: new objects with columns that the database made, which wait to be read. They are read many at a time.

use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::mapper::Mapper;
use crate::state::memory::instance::{Instance, WeakInstance};
use crate::state::memory::steps;

/// How many are read by one statement at most.
const TOGETHER: usize = 500;

/// How many there are at least before the dead ones are forgotten.
const FEW: usize = 256;

/// The objects that wait, by the numbers of their classes. None is kept alive.
#[derive(Default)]
pub(super) struct Unread {
    classes: HashMap<usize, Waiting, FxBuildHasher>,
}

/// The objects of a class that wait, in the order in which they were inserted.
#[derive(Default)]
struct Waiting {
    /// Those that came since one was last asked for. Nothing is made of them while none is.
    noted: Vec<WeakInstance>,
    /// Those that are read together. One that was taken is empty.
    groups: Vec<Vec<WeakInstance>>,
    /// The group of each, by its address.
    group_of: HashMap<usize, usize, FxBuildHasher>,
    /// How many there may be before the dead ones are forgotten: twice what was left the last time.
    limit: usize,
}

impl Unread {
    /// A flush has inserted an object, and left columns of it to be read.
    pub(super) fn push(&mut self, instance: &Rc<Instance>) {
        let mapper = instance.header().mapper();
        if mapper.primary_key().len() == 1 {
            self.classes.entry(number(mapper)).or_default().push(Rc::downgrade(instance));
        }
    }

    /// What waits in a savepoint that ends waits in what is around it.
    pub(super) fn append(&mut self, other: Unread) {
        for (class, waiting) in other.classes {
            let here = self.classes.entry(class).or_default();
            waiting.all().for_each(|one| here.push(one));
        }
    }

    /// Takes out the group in which an object waits. It is empty where the object doesn't.
    pub(super) fn take(&mut self, instance: &Rc<Instance>) -> Vec<WeakInstance> {
        let waiting = self.classes.get_mut(&number(instance.header().mapper()));
        waiting.map(|waiting| waiting.take(instance)).unwrap_or_default()
    }
}

fn number(mapper: &Mapper) -> usize {
    mapper.id().index()
}

impl Waiting {
    fn push(&mut self, one: WeakInstance) {
        if self.noted.len() >= self.limit.max(FEW) {
            steps::in_session(self.noted.len());
            self.noted.retain(is_alive);
            self.limit = 2 * self.noted.len();
        }
        self.noted.push(one);
    }

    fn all(self) -> impl Iterator<Item = WeakInstance> {
        self.groups.into_iter().flatten().chain(self.noted).filter(is_alive)
    }

    fn take(&mut self, instance: &Rc<Instance>) -> Vec<WeakInstance> {
        self.group();
        let group = self.group_of.get(&address(&Rc::downgrade(instance)));
        let group = group.and_then(|group| self.groups.get_mut(*group)).map(std::mem::take);
        let group = group.unwrap_or_default();
        steps::in_session(group.len());
        for one in &group {
            self.group_of.remove(&address(one));
        }
        if self.group_of.is_empty() {
            self.groups.clear();
        }
        group
    }

    /// Makes groups of those that came since.
    fn group(&mut self) {
        if self.noted.is_empty() {
            return;
        }
        let mut came = std::mem::take(&mut self.noted);
        if self.group_of.len() + came.len() > self.limit.max(FEW) {
            let before = std::mem::take(&mut self.groups);
            self.group_of.clear();
            came = before.into_iter().flatten().chain(came).filter(is_alive).collect();
            self.limit = 2 * came.len();
        }
        steps::in_session(came.len());
        let mut came = came.into_iter().filter(is_alive).peekable();
        while came.peek().is_some() {
            let group: Vec<WeakInstance> = came.by_ref().take(TOGETHER).collect();
            self.group_of.extend(group.iter().map(|one| (address(one), self.groups.len())));
            self.groups.push(group);
        }
    }
}

fn is_alive(one: &WeakInstance) -> bool {
    one.strong_count() > 0
}

fn address(one: &WeakInstance) -> usize {
    one.as_ptr().cast::<()>() as usize
}
