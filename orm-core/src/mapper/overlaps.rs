//! Relationships that write the same columns without being the two sides of one: the flush would write what the last of them
//! says. As in SQLAlchemy that is a warning, which `overlaps` takes back.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Direction;
use super::draft::RelationDraft;
use super::resolve::nearest;
use super::scope::Scope;
use crate::error::{Code, Error};

/// A column of a table.
type Written = (&'static str, &'static str);

/// Warns of relationships that write the same column, and reports names in `overlaps` that mean none.
pub(super) fn check(scope: &Scope<'_>, relations: &[Option<RelationDraft>], errors: &mut Vec<Error>) {
    let mut writers: HashMap<Written, Vec<&RelationDraft>, FxBuildHasher> = HashMap::default();
    for relation in relations.iter().flatten().filter(|relation| !relation.decl.viewonly) {
        let mut conflicts: Vec<(&RelationDraft, Written)> = Vec::new();
        for column in written(scope, relation) {
            let others = writers.entry(column).or_default();
            conflicts.extend(
                others.iter().filter(|other| conflict(relation, other)).map(|other| (*other, column)),
            );
            others.push(relation);
        }
        if let Some((other, (table, column))) = conflicts.first() {
            tracing::warn!(
                target: "orm::mapper",
                "the relationships `{}.{}` and `{}.{}` write the same column, `{table}.{column}`: name each other by \
                 `back_populates`, mark one as `viewonly`, or say `overlaps = \"{}\"`",
                relation.model.class,
                relation.name(),
                other.model.class,
                other.name(),
                other.name(),
            );
        }
    }
    for relation in relations.iter().flatten() {
        let columns = written(scope, relation);
        let beside = || columns.iter().filter_map(|column| writers.get(column)).flatten();
        for name in relation.decl.overlaps {
            if !beside().any(|other| other.name() == *name) {
                let message = format!("`overlaps` names `{name}`, which writes none of its columns");
                let names = beside().map(|other| other.name()).filter(|other| *other != relation.name());
                let error = Error::new(Code::BadOption, message);
                errors.push(relation.error(match nearest(name, names) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("remove it"),
                }));
            }
        }
    }
}

/// Whether two relationships that write the same column are no pair, and don't say that they do it on purpose.
fn conflict(one: &RelationDraft, other: &RelationDraft) -> bool {
    let leads_to =
        |from: &RelationDraft, to: &RelationDraft| from.target == to.class && from.inverse == Some(to.index);
    let names = |from: &RelationDraft, to: &RelationDraft| from.decl.overlaps.contains(&to.name());
    !(leads_to(one, other) || leads_to(other, one) || names(one, other) || names(other, one))
}

/// The columns that a flush writes for a relationship, each once.
fn written(scope: &Scope<'_>, relation: &RelationDraft) -> Vec<Written> {
    let condition = &relation.condition;
    let mut columns: Vec<Written> = match relation.secondary() {
        Some(table) => {
            let links = condition.near_links().into_iter().chain(condition.far_links());
            links.filter_map(|link| Some((table.name, table.columns.get(link.link)?.name))).collect()
        }
        None => {
            let mine = relation.direction == Direction::ManyToOne;
            let table = if mine { &relation.model.table } else { &scope.decl(relation.target).table };
            let place = |pair: &super::Pair| if mine { pair.local.index() } else { pair.remote.index() };
            let name = |pair| Some((table.name, table.columns.get(place(&pair))?.name));
            condition.pairs().into_iter().filter_map(name).collect()
        }
    };
    columns.sort_unstable();
    columns.dedup();
    columns
}
