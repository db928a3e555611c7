//! What goes with objects that are deleted: of its rows only the keys are read, where nobody can ask for more.

use std::rc::Rc;

use super::LoadPort;
use super::keys_only::{KeysOnly, OfEach};
use super::queue;
use super::related::Bulk;
use super::route::Told;
use crate::declare::ColumnId;
use crate::error::Result;
use crate::mapper::{MappedColumn, Relation};
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;

/// What a relationship leads to from objects of which it isn't loaded, by the keys of its rows: the columns that no
/// deletion asks for are loaded when somebody reads them. `None` where there are no such columns, or where
/// what it leads to is loaded with more.
///
/// # Errors
/// As where it is read.
pub(crate) fn children_by_keys(
    cx: &dyn LoadPort,
    relation: &'static Relation,
    objects: &[Handle],
    options: ReadOptions,
) -> Result<Option<OfEach>> {
    let target = relation.target();
    let deferred = left_out(relation);
    if deferred.is_empty() || target.loads_with() {
        return Ok(None);
    }
    let mut tasks = Vec::new();
    let route = Told::Reading(relation, None).route();
    let mut bulk = Bulk::new(relation, &route, options);
    bulk.keys_only = Some(KeysOnly::leaving_out(deferred));
    bulk.load(cx, objects, &mut tasks)?;
    let keys_only = bulk.keys_only.take();
    queue::run(cx, &mut tasks)?;
    Ok(keys_only.map(KeysOnly::into_found))
}

/// The columns that a deletion of what a relationship leads to doesn't ask for: they find no row and lead to none, and hold
/// nothing that only one row may have.
fn left_out(relation: &Relation) -> Rc<[ColumnId]> {
    let mapper = relation.target();
    let table = mapper.table();
    let foreign = table.foreign_keys.iter().map(|key| key.columns);
    let unique = table.uniques.iter().map(|unique| unique.columns);
    let indexes = table.indexes.iter().filter(|index| index.unique).map(|index| index.columns);
    let named: Vec<&str> = foreign.chain(unique).chain(indexes).flatten().copied().collect();
    let is_compared = |id| {
        relation.pairs().iter().any(|pair| pair.remote == id)
            || mapper.relations().iter().any(|relation| relation.local_columns().contains(&id))
    };
    let is_left_out = |column: &&MappedColumn| {
        !(column.is_primary_key()
            || column.is_version()
            || is_compared(column.id())
            || named.contains(&column.name()))
    };
    mapper.columns().iter().filter(is_left_out).map(MappedColumn::id).collect()
}
