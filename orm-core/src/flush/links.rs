//! What the planner has to know of a flush, read off its objects.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::plan::{
    ClassItems, ClassPlace, ClassShape, Items, Key, Links, RelationPlace, RelationShape, Shape, Target, Verb,
    Wanted,
};
use super::port::FlushSession;
use super::rules::FlushRules;
use super::work::{ClassWork, Work};
use crate::declare::PassiveDeletes;
use crate::error::Result;
use crate::mapper::{Mapper, MapperId};
use crate::state::memory::access;
use crate::state::memory::handle::Handle;
use crate::state::read::history::all_pending;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related;

/// What tells the shape from others.
pub(super) fn key(work: &Work, rules: FlushRules) -> Key {
    Key {
        posts_saved_first: !rules.unique_order,
        classes: work.classes().map(|class| class.mapper.id()).collect(),
        active: work.relations().iter().map(|relation| relation.active).collect(),
    }
}

/// The classes and relationships that take part.
pub(super) fn shape(work: &Work, rules: FlushRules) -> Shape {
    let class = |mapper: &Mapper, has_items| {
        let decl = mapper.decl();
        ClassShape { module: decl.module, class: decl.class, has_items }
    };
    let mut classes: Vec<ClassShape> = work.classes().map(|of| class(of.mapper, true)).collect();
    // Classes that relationships lead to, and of which no object takes part.
    let mut others: IndexSet<MapperId, FxBuildHasher> = IndexSet::default();
    let present = classes.len();
    let mut place = |mapper: &'static Mapper| {
        work.place_of(mapper).unwrap_or_else(|| {
            let (at, is_new) = others.insert_full(mapper.id());
            if is_new {
                classes.push(class(mapper, false));
            }
            ClassPlace::at(present + at)
        })
    };
    let relations = work.relations().iter().map(|of| {
        of.active.then(|| RelationShape {
            name: of.relation.name(),
            direction: of.relation.direction(),
            parent: place(of.relation.mapper()),
            child: place(of.relation.target()),
            post_update: of.relation.post_update(),
        })
    });
    let relations = relations.collect();
    Shape { classes, relations, posts_saved_first: !rules.unique_order }
}

/// The objects.
pub(super) fn items(work: &Work) -> Items {
    Items(work.classes().map(|class| of_class(work, class)).collect())
}

fn of_class(work: &Work, class: &ClassWork) -> ClassItems {
    let mut items = ClassItems::default();
    for (at, item) in class.items.iter().enumerate() {
        let list = match work.item(*item).verb() {
            Some(Verb::Save) => &mut items.saved,
            Some(Verb::Delete) => &mut items.deleted,
            None => continue,
        };
        if list.is_empty() {
            list.reserve_exact(class.items.len() - at);
        }
        list.push(*item);
    }
    items
}

/// Loads relationships of which a deletion has read only keys, where the order of single objects depends on them. Nothing
/// is written yet, so their rows are there.
fn read_whole(work: &Work, cx: FlushSession<'_>, wanted: &[Wanted]) -> Result<()> {
    let options = ReadOptions::DATABASE.ignoring_raise().without_autoflush();
    let mut unread: IndexMap<RelationPlace, Vec<Handle>, FxBuildHasher> = IndexMap::default();
    for wanted in wanted.iter().filter(|wanted| wanted.verb == Verb::Delete) {
        let instance = &work.item(wanted.item).instance;
        if related::is_read_by_keys(instance, work.relation(wanted.relation))? {
            unread.entry(wanted.relation).or_default().push(instance.clone());
        }
    }
    for (place, objects) in unread {
        let relation = work.relation(place);
        match objects.as_slice() {
            [one] => related::load(one, relation, options)?,
            _ => cx.fetch(relation, &objects, options)?,
        }
    }
    Ok(())
}

/// What relationships of single objects lead to. To-one relationships of objects to be deleted are loaded.
pub(super) fn gather(work: &Work, cx: FlushSession<'_>, wanted: &[Wanted]) -> Result<Links> {
    read_whole(work, cx, wanted)?;
    let mut links = Links::default();
    for wanted in wanted {
        let relation = work.relation(wanted.relation);
        let instance = &work.item(wanted.item).instance;
        let is_loaded = relation.is_large() || access::is_loaded(instance, relation.slot())?;
        match wanted.verb {
            Verb::Save if !is_loaded => continue,
            Verb::Delete
                if !is_loaded && !relation.is_many() && relation.passive_deletes() == PassiveDeletes::No =>
            {
                let options = ReadOptions::DATABASE.ignoring_raise().without_autoflush();
                related::one(instance, relation, options)?;
            }
            Verb::Save | Verb::Delete => {}
        }
        let related = match work.known_history(wanted.item, relation).filter(|_| relation.is_large()) {
            None => all_pending(instance, relation)?,
            // Its rows may have been loaded, and are held by nobody else.
            Some(history) => {
                let came = history.added.iter().flatten();
                came.chain(history.unchanged()?).chain(&history.deleted).cloned().collect()
            }
        };
        if related.is_empty() && relation.is_many() {
            continue;
        }
        let target = |instance| {
            let item = work.find(instance)?;
            let verb = if work.item(item).is_deleted() { Verb::Delete } else { Verb::Save };
            Some(Target { class: work.place_of(instance.header().mapper())?, item, verb })
        };
        links.push(*wanted, related.iter().filter_map(|instance| target(instance)));
    }
    Ok(links)
}
