//! `Changes`: what is remembered of an object while it is changed.

use smallvec::SmallVec;

use crate::declare::{LinkSlotId, SlotId};
use crate::mapper::RelationId;
use crate::state::memory::handle::Link;
use crate::state::memory::instance::WeakInstance;
use crate::state::memory::late::Late;
use crate::state::memory::queued::Queued;
use crate::value::Value;

/// An attribute of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attr {
    /// A column.
    Column(SlotId),
    /// A relationship.
    Relation(LinkSlotId),
}

/// What an attribute was before it was first changed.
pub(crate) enum Was {
    /// It had no value.
    NoValue,
    /// It wasn't loaded, and is only loaded when it is asked for.
    NotLoaded,
    /// A column's value.
    Value(Value),
    /// One object or none.
    One(Option<Link>),
    /// A collection.
    Many(Vec<Link>),
}

/// Whether an object has a parent by a relationship.
pub(crate) enum Parent {
    /// It has this one.
    Is(WeakInstance),
    /// It lost it.
    Lost,
}

/// What is remembered of an object.
#[derive(Default)]
pub(crate) struct Changes {
    committed: SmallVec<[(Attr, Was); 1]>,
    rare: Option<Box<RareChanges>>,
}

/// What is remembered of few objects.
#[derive(Default)]
struct RareChanges {
    queued: Vec<(LinkSlotId, Queued)>,
    parents: Vec<(RelationId, Parent)>,
    /// Columns that a query asked for, with their values when they were expired.
    last_known: Vec<(SlotId, Option<Value>)>,
    /// Columns that are set to expressions.
    late: Vec<(SlotId, Late)>,
    /// The expressions that flushes wrote, of columns that weren't set since.
    written: Vec<Written>,
    /// Expressions that are the defaults of columns: the flush that made them writes them with the row.
    defaults: Vec<(SlotId, Late)>,
    /// Its relationships are loaded though it has no row.
    loads_related: bool,
}

/// An expression that a flush wrote into a column.
pub(crate) struct Written {
    pub(crate) place: SlotId,
    pub(crate) late: Late,
    /// Whether it came with the row, and not by an update of it.
    pub(crate) by_insert: bool,
}

impl Changes {
    /// What the attribute was before it was first changed.
    pub(crate) fn was(&self, attr: Attr) -> Option<&Was> {
        self.committed.iter().find(|(changed, _)| *changed == attr).map(|(_, was)| was)
    }

    pub(crate) fn keep(&mut self, attr: Attr, was: Was) {
        self.committed.push((attr, was));
    }

    /// Forgets the change of an attribute; gives back what to drop.
    pub(crate) fn forget(&mut self, attr: Attr) -> Option<Was> {
        if let Attr::Column(place) = attr {
            self.set_late(place, None);
        }
        let at = self.committed.iter().position(|(changed, _)| *changed == attr)?;
        Some(self.committed.remove(at).1)
    }

    /// Every changed column with what it was.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (SlotId, &Was)> {
        self.committed.iter().filter_map(|(attr, was)| match attr {
            Attr::Column(place) => Some((*place, was)),
            Attr::Relation(_) => None,
        })
    }

    /// The expression that a column is set to.
    pub(crate) fn late(&self, place: SlotId) -> Option<&Late> {
        self.all_late().find(|(column, _)| *column == place).map(|(_, late)| late)
    }

    /// The columns that are set to expressions.
    pub(crate) fn all_late(&self) -> impl Iterator<Item = &(SlotId, Late)> {
        self.rare.iter().flat_map(|rare| &rare.late)
    }

    /// Sets a column to an expression, or forgets the one that it was set to.
    pub(crate) fn set_late(&mut self, place: SlotId, late: Option<Late>) {
        if let Some(rare) = &mut self.rare {
            rare.late.retain(|(column, _)| *column != place);
        }
        if let Some(late) = late {
            self.rare.get_or_insert_default().late.push((place, late));
        }
    }

    /// The expressions that are the defaults of columns.
    pub(crate) fn defaults(&self) -> &[(SlotId, Late)] {
        self.rare.as_ref().map_or(&[], |rare| &rare.defaults)
    }

    /// The default of a column is an expression.
    pub(crate) fn add_default(&mut self, place: SlotId, late: Late) {
        self.rare.get_or_insert_default().defaults.push((place, late));
    }

    /// Takes out the defaults that are expressions.
    pub(crate) fn take_defaults(&mut self) -> Vec<(SlotId, Late)> {
        self.rare.as_mut().map(|rare| std::mem::take(&mut rare.defaults)).unwrap_or_default()
    }

    /// The expressions were written, with the row or by an update of it. Gives back what to drop.
    pub(crate) fn note_written(&mut self, by_insert: bool) -> Vec<Written> {
        let Some(rare) = &mut self.rare else { return Vec::new() };
        let is_late = |place| rare.late.iter().any(|(column, _)| *column == place);
        let before = std::mem::take(&mut rare.written).into_iter();
        let (kept, gone) = before.partition(|one| !by_insert && !is_late(one.place));
        let written = rare.late.iter();
        let written = written.map(|(place, late)| Written { place: *place, late: late.clone(), by_insert });
        rare.written = written.chain::<Vec<Written>>(kept).collect();
        gone
    }

    /// Whether columns are set to expressions, or were before a flush.
    pub(crate) fn has_late(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| !rare.late.is_empty() || !rare.written.is_empty())
    }

    /// Takes out the expressions that flushes wrote.
    pub(crate) fn take_written(&mut self) -> Vec<Written> {
        self.rare.as_mut().map(|rare| std::mem::take(&mut rare.written)).unwrap_or_default()
    }

    /// Forgets the expressions that flushes wrote, but those to keep; gives back what to drop.
    pub(crate) fn forget_written(&mut self, is_kept: impl Fn(&Written) -> bool) -> Vec<Written> {
        let (kept, gone) = self.take_written().into_iter().partition(is_kept);
        if let Some(rare) = &mut self.rare {
            rare.written = kept;
        }
        gone
    }

    fn all_queued(&self) -> &[(LinkSlotId, Queued)] {
        self.rare.as_ref().map_or(&[], |rare| &rare.queued)
    }

    pub(crate) fn queued(&self, relation: LinkSlotId) -> Option<&Queued> {
        self.all_queued().iter().find(|(place, _)| *place == relation).map(|(_, queued)| queued)
    }

    pub(crate) fn queue(&mut self, relation: LinkSlotId) -> &mut Queued {
        let queued = &mut self.rare.get_or_insert_default().queued;
        let at = queued.iter().position(|(place, _)| *place == relation);
        let at = at.unwrap_or_else(|| {
            queued.push((relation, Queued::default()));
            queued.len() - 1
        });
        &mut queued[at].1
    }

    pub(crate) fn take_queued(&mut self, relation: LinkSlotId) -> Option<Queued> {
        let queued = &mut self.rare.as_mut()?.queued;
        let at = queued.iter().position(|(place, _)| *place == relation)?;
        Some(queued.remove(at).1)
    }

    pub(crate) fn parent(&self, relation: RelationId) -> Option<&Parent> {
        let parents = &self.rare.as_ref()?.parents;
        parents.iter().find(|(uid, _)| *uid == relation).map(|(_, parent)| parent)
    }

    pub(crate) fn set_parent(&mut self, relation: RelationId, parent: Parent) {
        let parents = &mut self.rare.get_or_insert_default().parents;
        match parents.iter_mut().find(|(uid, _)| *uid == relation) {
            Some(known) => known.1 = parent,
            None => parents.push((relation, parent)),
        }
    }

    pub(crate) fn forget_parent(&mut self, relation: RelationId) {
        if let Some(rare) = &mut self.rare {
            rare.parents.retain(|(uid, _)| *uid != relation);
        }
    }

    /// From now on the value of a column is kept when it is expired.
    pub(crate) fn watch(&mut self, place: SlotId) {
        let last_known = &mut self.rare.get_or_insert_default().last_known;
        if !last_known.iter().any(|(column, _)| *column == place) {
            last_known.push((place, None));
        }
    }

    /// The columns whose values are kept when they are expired.
    pub(crate) fn watched(&self) -> Vec<SlotId> {
        let last_known = self.rare.iter().flat_map(|rare| &rare.last_known);
        last_known.map(|(place, _)| *place).collect()
    }

    /// The value that a column had when it was expired.
    pub(crate) fn last_known(&self, place: SlotId) -> Option<&Value> {
        let last_known = &self.rare.as_ref()?.last_known;
        last_known.iter().find(|(column, _)| *column == place)?.1.as_ref()
    }

    /// Keeps the value of a column that is expired, or forgets it for one that is set.
    pub(crate) fn set_last_known(&mut self, place: SlotId, value: Option<Value>) {
        let mut last_known = self.rare.iter_mut().flat_map(|rare| &mut rare.last_known);
        if let Some(known) = last_known.find(|(column, _)| *column == place) {
            known.1 = value;
        }
    }

    /// What stays when everything is expired.
    pub(crate) fn expired(&mut self) -> Changes {
        let stays = self.rare.as_mut().map(|rare| RareChanges {
            last_known: std::mem::take(&mut rare.last_known),
            written: std::mem::take(&mut rare.written),
            ..RareChanges::default()
        });
        let stays = stays.filter(|rare| !rare.last_known.is_empty() || !rare.written.is_empty());
        Changes { rare: stays.map(Box::new), ..Changes::default() }
    }

    /// From now on relationships of the object are loaded though it has no row.
    pub(crate) fn load_related(&mut self) {
        self.rare.get_or_insert_default().loads_related = true;
    }

    /// Whether relationships of the object are loaded though it has no row.
    pub(crate) fn loads_related(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.loads_related)
    }

    /// Whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        self.committed.is_empty() && self.rare.is_none()
    }

    /// What to drop after a flush: everything but the marks of parents, and the last known values.
    pub(crate) fn take_changes(&mut self) -> Changes {
        let taken =
            self.rare.as_mut().map(|rare| (std::mem::take(&mut rare.queued), std::mem::take(&mut rare.late)));
        let taken = taken.filter(|(queued, late)| !queued.is_empty() || !late.is_empty());
        Changes {
            committed: std::mem::take(&mut self.committed),
            rare: taken
                .map(|(queued, late)| Box::new(RareChanges { queued, late, ..RareChanges::default() })),
        }
    }

    /// Whether nothing but marks of parents is in it.
    pub(crate) fn is_clean(&self) -> bool {
        self.committed.is_empty() && self.all_queued().is_empty() && self.all_late().next().is_none()
    }

    pub(crate) fn has_links(&self) -> bool {
        self.links().next().is_some()
    }

    /// Every link in it, for the collector.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        let before = self.committed.iter().flat_map(|(_, was)| match was {
            Was::One(Some(link)) => std::slice::from_ref(link),
            Was::Many(links) => links.as_slice(),
            _ => &[],
        });
        before.chain(self.all_queued().iter().flat_map(|(_, queued)| queued.links()))
    }
}
