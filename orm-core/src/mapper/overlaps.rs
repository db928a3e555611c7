//! Relationships that write the same columns without being the two sides of one: the flush would write what the last of them
//! says. SQLAlchemy warns of them; here it is a mistake, which `overlaps` takes back.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Direction;
use super::draft::RelationDraft;
use super::resolve::nearest;
use super::scope::Scope;
use crate::error::{Code, Error};

/// A column of a table.
type Written = (&'static str, &'static str);

/// Reports relationships that write the same column, and names in `overlaps` that mean none.
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
        // What is wrong with a relationship otherwise is to be mended first.
        if let Some((_, (table, column))) = conflicts.first()
            && !errors.iter().any(|error| is_about(error, relation))
        {
            errors.push(conflicting(relation, table, column, &conflicts));
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

/// The error, with all others that write the columns, so that naming them is enough.
fn conflicting(
    relation: &RelationDraft,
    table: &str,
    column: &str,
    conflicts: &[(&RelationDraft, Written)],
) -> Error {
    let (mut others, mut names): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    for (other, _) in conflicts {
        let path = format!("`{}.{}`", other.model.class, other.name());
        if !others.contains(&path) {
            others.push(path);
        }
        if !names.contains(&other.name()) {
            names.push(other.name());
        }
    }
    let does = if others.len() > 1 { "do" } else { "does" };
    let message = format!("it writes `{table}.{column}`, as {} {does}", others.join(" and "));
    relation.error(Error::new(Code::BadOption, message).help(format!(
        "name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = \"{}\"`",
        names.join(", ")
    )))
}

/// Whether an error is one of a relationship.
fn is_about(error: &Error, relation: &RelationDraft) -> bool {
    error.class() == Some(relation.model.class) && error.attribute() == Some(relation.name())
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
