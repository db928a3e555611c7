//! `Kept`: the options that an object keeps, and `Said`: what a query says of objects that are there already.

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

use super::of_column::OfColumn;
use super::options::Options;
use super::way::Way;
use crate::declare::{ColumnId, Lazy, SlotId};
use crate::error::Result;
use crate::mapper::{MappedColumn, Mapper, Relation, RelationId};
use crate::query::option::{How, Unloaded};
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;
use crate::state::memory::loaded_by::{LoadedBy, LoaderOptions};
use crate::state::memory::slot::{AnySlot, SlotState};
use crate::state::read::related;

/// The options that an object keeps.
struct Kept {
    at: Reached,
    mapper: &'static Mapper,
    since: Since,
    /// What the object keeps when it is expired, where that is something else.
    before: OnceCell<Option<LoadedBy>>,
    /// What an expired object keeps when its row is read by them.
    again: OnceCell<LoadedBy>,
}

/// Options, and on which way objects were reached that were loaded by them.
#[derive(Clone)]
pub(super) struct Reached {
    pub(super) options: Rc<Options>,
    pub(super) way: Way,
}

/// What became of an object since it was loaded by its options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Nothing,
    /// It was expired: what they say of columns that aren't loaded counts no more, nor, as in SQLAlchemy, when relationships
    /// are loaded, until its row is read by them.
    Expired,
    /// It was expired, and its row was read since.
    Read,
}

impl Kept {
    fn new(at: Reached, mapper: &'static Mapper) -> Self {
        Kept { at, mapper, since: Since::Nothing, before: OnceCell::new(), again: OnceCell::new() }
    }

    /// The same of an object to which something happened since.
    fn since(&self, since: Since) -> LoadedBy {
        LoadedBy::new(Kept { since, ..Kept::new(self.at.clone(), self.mapper) })
    }

    /// Whether they say less of an object that is expired.
    fn may_fall_silent(&self) -> bool {
        let is_of_columns = self.since == Since::Nothing && self.at.options.is_of_columns();
        self.since != Since::Expired && (is_of_columns || self.at.options.is_like_sqlalchemy())
    }
}

impl LoaderOptions for Kept {
    fn lazy(&self, relation: &Relation) -> Option<Lazy> {
        if self.since == Since::Expired && self.at.options.is_like_sqlalchemy() {
            return None;
        }
        match self.at.options.how(relation)? {
            How::By(lazy) => Some(lazy),
            How::FromQuery | How::AsDeclared => None,
        }
    }

    fn forbids(&self, column: SlotId) -> Option<bool> {
        self.at.options.forbids(self.mapper.column_in(column)?, self.since != Since::Nothing)
    }

    fn before(&self) -> Option<&Option<LoadedBy>> {
        if self.before.get().is_none() && !self.may_fall_silent() {
            return None;
        }
        // Objects of one load share it.
        Some(self.before.get_or_init(|| Some(self.since(Since::Expired))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What objects of a class keep that are made there.
pub(super) fn keep(at: Reached, mapper: &'static Mapper) -> LoadedBy {
    LoadedBy::new(Kept::new(at, mapper))
}

/// The row of an object is read by these options: where it was loaded by them, they count again.
pub(super) fn counts_again(object: &Instance, options: &LoadedBy) {
    let Some(options) = kept_in(options).filter(|kept| kept.at.options.is_like_sqlalchemy()) else { return };
    let Some(rare) = object.header().rare() else { return };
    let Some(by) = rare.loaded_by() else { return };
    let expired = kept_in(&by).filter(|kept| kept.since == Since::Expired);
    if let Some(kept) = expired.filter(|kept| Rc::ptr_eq(&kept.at.options, &options.at.options)) {
        rare.load_by(Some(kept.again.get_or_init(|| kept.since(Since::Read)).clone()));
    }
}

/// The options that an object was loaded by.
pub(super) fn kept(instance: &Instance) -> Option<Rc<Options>> {
    options_of(&instance.header().rare()?.loaded_by()?)
}

/// The same, and on which way it was reached.
pub(super) fn reached(instance: &Instance) -> Option<Reached> {
    Some(kept_in(&instance.header().rare()?.loaded_by()?)?.at.clone())
}

/// Options, and the objects that were loaded by them.
pub(super) type Group = (Option<Reached>, Vec<Handle>);

/// Objects by the options that they were loaded by, in the order of the first of each.
pub(super) fn grouped(objects: impl IntoIterator<Item = Handle>) -> Vec<Group> {
    // Options that several have are the same list.
    let mut places: HashMap<Option<*const ()>, usize, FxBuildHasher> = HashMap::default();
    let mut groups: Vec<Group> = Vec::new();
    for one in objects {
        let at = reached(&one);
        let options = at.as_ref().map(|at| at.options.identity());
        let place = *places.entry(options).or_insert_with(|| {
            groups.push((at, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, objects)) = groups.get_mut(place) {
            objects.push(one);
        }
    }
    groups
}

fn kept_in(by: &LoadedBy) -> Option<&Kept> {
    by.options().as_any().downcast_ref()
}

fn options_of(by: &LoadedBy) -> Option<Rc<Options>> {
    kept_in(by).map(|kept| Rc::clone(&kept.at.options))
}

/// What a query says of objects that are there already and stay as they are: what becomes of their relationships and columns
/// that aren't loaded, where the query leaves these to whoever reads them. It counts until an object is expired; the
/// options that it was loaded by stay.
pub(super) struct Said {
    options: Rc<Options>,
    mapper: &'static Mapper,
    relations: SmallVec<[&'static Relation; 2]>,
    columns: SmallVec<[(&'static MappedColumn, Unloaded); 2]>,
    /// What the last object got: most have the same.
    last: Option<Given>,
}

/// Of which attributes something is said to an object.
#[derive(Default, PartialEq)]
struct About {
    relations: SmallVec<[RelationId; 2]>,
    columns: SmallVec<[(ColumnId, Unloaded); 2]>,
}

/// What an object got.
struct Given {
    /// What it kept before.
    kept: Option<LoadedBy>,
    about: About,
    keeps: LoadedBy,
}

impl Said {
    /// What options say of objects of a class; none where that is nothing.
    pub(super) fn of(options: &Rc<Options>, mapper: &'static Mapper) -> Option<Self> {
        let leaves = |relation: &&Relation| options.leaves(relation);
        let relations: SmallVec<[_; 2]> = mapper.relations().iter().filter(leaves).collect();
        let unloaded = |column| match options.of_column(column)? {
            OfColumn::Deferred(unloaded) if !column.is_primary_key() => Some((column, unloaded)),
            OfColumn::Deferred(_) | OfColumn::Loaded => None,
        };
        let columns: SmallVec<[_; 2]> = match options.is_of_columns() {
            true => mapper.columns().iter().filter_map(unloaded).collect(),
            false => SmallVec::new(),
        };
        let is_any = !relations.is_empty() || !columns.is_empty();
        is_any.then(|| Said { options: Rc::clone(options), mapper, relations, columns, last: None })
    }

    /// A row names an object that is there already.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn tell(&mut self, object: &Rc<Instance>) -> Result<()> {
        let kept = object.header().rare().and_then(|rare| rare.loaded_by());
        if let (Some(last), Some(kept)) = (&self.last, &kept)
            && last.keeps.is(kept)
        {
            return Ok(()); // by an earlier row
        }
        let about = self.about(object)?;
        if about == About::default() {
            return Ok(());
        }
        let is_same = |last: &&Given| {
            let kept_is_same = match (&last.kept, &kept) {
                (Some(one), Some(other)) => one.is(other),
                (None, None) => true,
                _ => false,
            };
            kept_is_same && last.about == about
        };
        let keeps = match self.last.as_ref().filter(is_same) {
            Some(last) => last.keeps.clone(),
            None => {
                let before = match &kept {
                    Some(by) => by.options().before().cloned().unwrap_or_else(|| Some(by.clone())),
                    None => None,
                };
                let options = kept.as_ref().and_then(options_of).unwrap_or_default();
                let options = options.saying((&about.relations, &about.columns), &self.options);
                let known = kept.as_ref().and_then(kept_in);
                let is_new = known.is_none_or(|known| known.since == Since::Nothing);
                let way = known.map_or_else(|| Way::from(self.mapper), |known| known.at.way.clone());
                let at = Reached { options: Rc::new(options), way };
                let keeps = LoadedBy::new(Kept {
                    since: if is_new { Since::Nothing } else { Since::Read },
                    before: OnceCell::from(before),
                    ..Kept::new(at, self.mapper)
                });
                self.last = Some(Given { kept, about, keeps: keeps.clone() });
                keeps
            }
        };
        object.header().rare_or_new().load_by(Some(keeps));
        Ok(())
    }

    /// What isn't loaded of an object, of what something is said of.
    fn about(&self, object: &Rc<Instance>) -> Result<About> {
        let mut about = About::default();
        for relation in &self.relations {
            if related::is_open(object, relation)? {
                about.relations.push(relation.id());
            }
        }
        if !self.columns.is_empty() {
            about.columns = object.read(|slots| {
                let state = |column: &MappedColumn| slots.at(column.slot()).map(AnySlot::state);
                let columns = self.columns.iter();
                let deferred = columns.filter(|(column, _)| state(column) == Some(SlotState::Deferred));
                deferred.map(|(column, unloaded)| (column.id(), *unloaded)).collect()
            })?;
        }
        Ok(about)
    }
}
