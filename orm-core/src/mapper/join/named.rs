//! Columns that a relationship names beside its condition, and columns that it would have to write and can't.

use super::super::RelationSource;
use super::super::condition::Side;
use super::super::draft::RelationDraft;
use super::super::resolve::nearest;
use crate::declare::check::{UNFILLED, is_required};
use crate::declare::{ColumnName, ModelDecl, OtherRows};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// A column, by its table and its name.
type Compared = (&'static str, &'static str);

/// That each column of `foreign_keys` and `remote_side` is there, in a table of the relationship.
pub(super) fn exist(draft: &RelationDraft, other: &'static ModelDecl) -> Result<()> {
    for (option, column) in named(draft) {
        let tables = [&draft.model.table, &other.table].into_iter().chain(draft.secondary());
        let names = || tables.clone().map(|table| format!("`{}`", table.name)).collect::<Vec<_>>();
        let Some(table) = tables.clone().find(|table| table.name == column.table) else {
            let message = format!(
                "`{option}` names a column of `{}`, which isn't part of the relationship",
                column.table
            );
            let mut names = names();
            names.dedup();
            let help = format!("name columns of {}", names.join(" and "));
            return Err(Error::new(Code::JoinCondition, message).help(help));
        };
        if table.column(column.name).is_none() {
            let message = format!("`{option}` names `{}.{}`, which isn't there", table.name, column.name);
            let error = Error::new(Code::UnknownName, message);
            return Err(match nearest(column.name, table.columns.iter().map(|column| column.name)) {
                Some(near) => error.help(format!("did you mean `{}.{near}`?", table.name)),
                None => error.help(format!("name a column of `{}`", table.name)),
            });
        }
    }
    Ok(())
}

/// That a condition of the user's own compares each of them.
pub(super) fn compared(draft: &RelationDraft, columns: &[Compared]) -> Result<()> {
    for (option, column) in named(draft) {
        if !columns.contains(&(column.table, column.name)) {
            let message = format!(
                "`{option}` names `{}.{}`, which the condition doesn't compare",
                column.table, column.name
            );
            let mut names: Vec<String> =
                columns.iter().map(|(table, name)| format!("`{table}.{name}`")).collect();
            names.dedup();
            return Err(Error::new(Code::JoinCondition, message)
                .help(format!("the condition compares {}", names.join(", "))));
        }
    }
    Ok(())
}

fn named(draft: &RelationDraft) -> impl Iterator<Item = (&'static str, &'static ColumnName)> {
    let foreign = draft.decl.foreign_keys.iter().map(|column| ("foreign_keys", column));
    foreign.chain(draft.decl.remote_side.iter().map(|column| ("remote_side", column)))
}

/// The columns of the condition between the class, the target and the association table.
pub(super) fn of_links(draft: &RelationDraft, other: &'static ModelDecl) -> Vec<Compared> {
    let mut columns = Vec::new();
    for tree in std::iter::once(&draft.condition.near).chain(&draft.condition.far) {
        tree.walk(&mut |tree| {
            if let Tree::Late(column) = tree {
                let table = match column.side {
                    Side::Local => Some(&draft.model.table),
                    Side::Remote => Some(&other.table),
                    Side::Association => draft.secondary(),
                };
                columns.extend(table.map(|table| (table.name, column.name)));
            }
        });
    }
    columns
}

/// That the order of a collection is by columns of its items, or of their links.
pub(super) fn order(draft: &RelationDraft, other: &'static ModelDecl) -> Result<()> {
    let is_theirs =
        |name: &str| other.table.name == name || draft.secondary().is_some_and(|table| table.name == name);
    let mut wrong = None;
    for term in &draft.order_by {
        term.tree.walk(&mut |tree| {
            if let Tree::Column(column) = tree
                && (OtherRows::of(column).is_some() || !is_theirs(&column.table.name))
            {
                wrong = Some(format!("{}.{}", column.table.name, column.name));
            }
        });
    }
    match wrong {
        Some(column) => Err(Error::new(
            Code::BadOption,
            format!("`order_by` names `{column}`, which is no column of what it leads to"),
        )
        .help(format!("order by columns of `{}`", other.class))),
        None => Ok(()),
    }
}

/// That a flush can insert links: it knows the keys, and nothing else of them.
pub(super) fn links(draft: &RelationDraft) -> Result<()> {
    let rows = draft.association.as_ref().filter(|rows| rows.is_table() && !draft.decl.viewonly);
    let Some(table) = rows.map(RelationSource::table) else { return Ok(()) };
    let mut written = vec![false; table.columns.len()];
    for link in draft.condition.near_links().into_iter().chain(draft.condition.far_links()) {
        if let Some(written) = written.get_mut(link.link) {
            *written = true;
        }
    }
    let required =
        table.columns.iter().zip(written).find(|(column, written)| !written && is_required(column));
    match required {
        Some((column, _)) => Err(Error::new(
            Code::BadTable,
            format!("the association table needs `{}.{}`, which no link has", table.name, column.name),
        )
        .help(UNFILLED)),
        None => Ok(()),
    }
}
