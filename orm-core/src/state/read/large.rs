//! Large collections: those that an object never holds as a whole. All that it holds of one is what came to it and went
//! since the last flush; its rows are asked for, or aren't.

use std::rc::Rc;

use crate::declare::{Kind, PassiveDeletes};
use crate::error::{Code, Error, Result};
use crate::mapper::{Mapper, Relation};
use crate::state::memory::access::with_changes;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::{Instance, address};
use crate::state::memory::queued::Queued;
use crate::state::read::answer::Read;
use crate::state::read::port::Targets;
use crate::state::read::raise::never_loaded;
use crate::state::read::reach::ReadOptions;
use crate::state::read::related::fetch;

/// What a large collection is known to hold, and to have held.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) added: Vec<Handle>,
    pub(crate) unchanged: Vec<Handle>,
    pub(crate) removed: Vec<Handle>,
}

fn with_queued<R>(
    instance: &Rc<Instance>,
    relation: &Relation,
    f: impl FnOnce(Option<&Queued>) -> R,
) -> Result<R> {
    with_changes(instance, |changes| f(changes.and_then(|changes| changes.queued(relation.slot()))))
}

/// What came to it since the last flush.
pub(crate) fn added(instance: &Rc<Instance>, relation: &Relation) -> Result<Vec<Handle>> {
    with_queued(instance, relation, |queued| {
        queued.map(|queued| queued.added.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

/// What went from it since the last flush.
pub(crate) fn removed(instance: &Rc<Instance>, relation: &Relation) -> Result<Vec<Handle>> {
    with_queued(instance, relation, |queued| {
        queued.map(|queued| queued.removed.iter().map(Handle::to).collect()).unwrap_or_default()
    })
}

/// Whether that came to it since the last flush.
pub(crate) fn has_added(instance: &Rc<Instance>, relation: &Relation, item: &Rc<Instance>) -> Result<bool> {
    with_queued(instance, relation, |queued| {
        queued.is_some_and(|queued| queued.added.iter().any(|one| Rc::ptr_eq(one, item)))
    })
}

/// What came and went, with what its rows say as far as `options` allows it.
///
/// # Errors
/// `raise-on-load` for one that is only written, where the rows would have to be asked for.
pub(crate) fn contents(
    instance: &Rc<Instance>,
    relation: &'static Relation,
    options: ReadOptions,
) -> Result<Contents> {
    let mut rows = None;
    if options.runs_sql() && instance.header().has_key() {
        if relation.kind() == Kind::WriteOnly {
            // Only a deletion has to know what isn't loaded, whatever was said of it.
            return Err(if options.ignores_raise() {
                not_deletable(relation)
            } else {
                never_loaded(relation)
            });
        }
        // It may flush, and the changes are rows then.
        if let Read::Known(Targets::Many(found)) = fetch(instance, relation, options)? {
            rows = Some(found);
        }
    }
    let (added, removed) = (added(instance, relation)?, removed(instance, relation)?);
    let Some(unchanged) = rows else { return Ok(Contents { added, removed, ..Contents::default() }) };
    let mut contents = Contents { added, unchanged, removed };
    if !contents.added.is_empty() || !contents.removed.is_empty() {
        let rows: Addresses = contents.unchanged.iter().map(|one| address(one)).collect();
        let gone: Addresses = contents.removed.iter().map(|one| address(one)).collect();
        contents.added.retain(|one| !rows.contains(address(one)));
        contents.removed.retain(|one| rows.contains(address(one)));
        contents.unchanged.retain(|one| !gone.contains(address(one)));
    }
    Ok(contents)
}

/// Its items as they are now.
///
/// # Errors
/// As [`contents`].
pub(crate) fn items(instance: &Rc<Instance>, relation: &'static Relation) -> Result<Vec<Handle>> {
    let Contents { added, mut unchanged, .. } = contents(instance, relation, ReadOptions::DATABASE)?;
    unchanged.extend(added);
    Ok(unchanged)
}

/// The error where somebody would replace what he can't know.
#[cold]
pub(crate) fn not_replaced(relation: &Relation) -> Error {
    Error::new(
        Code::RaiseOnLoad,
        "what a collection holds that is only written isn't known, so that it can't be replaced",
    )
    .about(relation.class(), Some(relation.name()))
    .help("add and take out single objects, or delete rows by `.delete()` of the collection")
}

/// Refuses that an object is deleted of which a collection is only written, unless the database deals with its rows.
pub(crate) fn check_deletable(mapper: &Mapper) -> Result<()> {
    let is_in_the_way = |relation: &&Relation| {
        relation.kind() == Kind::WriteOnly
            && relation.passive_deletes() == PassiveDeletes::No
            && !relation.is_viewonly()
    };
    mapper.relations().iter().find(is_in_the_way).map_or(Ok(()), |relation| Err(not_deletable(relation)))
}

/// The error where an object is deleted of which a collection isn't known and nobody else deals with its rows.
#[cold]
pub(crate) fn not_deletable(relation: &Relation) -> Error {
    Error::new(Code::RaiseOnLoad, "a collection that is only written isn't loaded when its object is deleted")
        .about(relation.class(), Some(relation.name()))
        .help("leave its rows to the database: `passive_deletes`, with `on_delete` at the foreign key")
}
