//! Two sides of one relationship: which of them says what joins the classes, and what the other takes from it.
//!
//! The reverse side that `backref` makes takes all that isn't said of it; one that a class declares takes what it would
//! otherwise lack. Both take a condition as it was resolved on the other side, with the sides exchanged.

use super::condition::{JoinColumn, JoinCondition, Side};
use super::draft::RelationDraft;
use super::join;
use super::scope::Scope;
use crate::declare::check::{all_of, kind_of_backref, says, taken};
use crate::declare::join::is_among;
use crate::declare::{ColumnName, RelationDecl, TargetDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// Resolves the joins of all relationships, first of those that say them or have them by foreign keys.
pub(super) fn resolve(scope: &Scope<'_>, drafts: &mut [Option<RelationDraft>], errors: &mut Vec<Error>) {
    let sides = take(scope, drafts);
    for (draft, from) in drafts.iter_mut().zip(&sides) {
        if let (Some(relation), None) = (&mut *draft, from) {
            let resolved = join::resolve(relation, scope.decl(relation.target));
            if let Err(error) = resolved {
                errors.push(relation.error(error));
                *draft = None;
            }
        }
    }
    for (at, from) in sides.iter().enumerate() {
        let Some(from) = *from else { continue };
        let Some(mut relation) = drafts.get_mut(at).and_then(Option::take) else { continue };
        // Where the other side has a mistake, that is told.
        let Some(of) = drafts.get(from).and_then(Option::as_ref) else { continue };
        match reverse(&mut relation, of, scope) {
            Ok(()) => drafts[at] = Some(relation),
            Err(error) => errors.push(relation.error(error)),
        }
    }
}

/// Gives each relationship what its declaration takes from its reverse side, and says which of them take the condition.
fn take(scope: &Scope<'_>, drafts: &mut [Option<RelationDraft>]) -> Vec<Option<usize>> {
    let mut starts = Vec::with_capacity(scope.relations.len());
    let mut start = 0;
    for relations in &scope.relations {
        starts.push(start);
        start += relations.len();
    }
    let place = |relation: &RelationDraft| {
        let name = relation.decl.back_populates?;
        let among = scope.relations.get(relation.target)?.iter().position(|other| other.name == name)?;
        Some(starts.get(relation.target)? + among)
    };
    let mut found = Vec::new();
    for draft in drafts.iter() {
        found.push(draft.as_ref().and_then(|relation| {
            let at = place(relation)?;
            let reverse = drafts.get(at)?.as_ref().filter(|reverse| reverse.target == relation.class)?;
            let (decl, other) = (relation.decl, reverse.decl);
            let whole = match (decl.is_backref, other.is_backref) {
                (true, _) => all_of(other, decl),
                (false, true) => return None,
                (false, false) => taken(relation.model, scope.decl(relation.target), decl, other)?,
            };
            let takes_condition = match decl.is_backref {
                true => decl.primaryjoin.is_none() && decl.secondaryjoin.is_none(),
                false => says(&whole) && !says(decl),
            };
            let association = relation.association.clone().or_else(|| reverse.association.clone());
            Some((whole, association, takes_condition.then_some(at)))
        }));
    }
    let mut sides = Vec::with_capacity(found.len());
    for (draft, found) in drafts.iter_mut().zip(found) {
        let (Some(relation), Some((whole, association, from))) = (draft, found) else {
            sides.push(None);
            continue;
        };
        relation.decl = Box::leak(Box::new(whole));
        relation.association = association;
        sides.push(from);
    }
    sides
}

/// Resolves a relationship by its reverse side.
fn reverse(draft: &mut RelationDraft, of: &RelationDraft, scope: &Scope<'_>) -> Result<()> {
    let decl = draft.decl;
    if decl.is_backref && matches!(of.decl.target, TargetDecl::Named(_)) {
        // No accessor depends on it, and only now it is known where the foreign key stands.
        let kind = kind_of_backref(of.model, draft.model, of.decl, Some(of.direction));
        draft.decl = Box::leak(Box::new(RelationDecl { kind, ..*decl }));
    }
    join::reverse(draft, of, scope.decl(draft.target))?;
    let tables = Tables::of(draft, scope);
    let lacks = |names: &'static [ColumnName], is: fn(&JoinColumn) -> bool| {
        names.iter().find(|name| !tables.has(&draft.condition, name, is))
    };
    let wrong =
        lacks(decl.remote_side, |column| column.side != Side::Local).map(|name| ("remote_side", name));
    let wrong = wrong.or_else(|| Some(("foreign_keys", lacks(decl.foreign_keys, |column| column.foreign)?)));
    let Some((option, ColumnName { table, name, .. })) = wrong.filter(|_| decl.is_backref) else {
        return Ok(());
    };
    let message =
        format!("`{option}` names `{table}.{name}`, which isn't one in the condition of `{}`", of.name());
    Err(Error::new(Code::BadOption, message).help(format!(
        "remove `{option}`: the reverse side follows from `{}.{}`",
        of.model.class,
        of.name()
    )))
}

/// The tables at the sides of a relationship.
struct Tables {
    local: &'static str,
    remote: &'static str,
    association: Option<&'static str>,
}

impl Tables {
    fn of(draft: &RelationDraft, scope: &Scope<'_>) -> Self {
        Tables {
            local: draft.model.table.name,
            remote: scope.decl(draft.target).table.name,
            association: draft.secondary().map(|table| table.name),
        }
    }

    /// Whether a column of the condition has that name, and is so.
    fn has(&self, condition: &JoinCondition, name: &ColumnName, is: fn(&JoinColumn) -> bool) -> bool {
        let mut found = false;
        for tree in std::iter::once(&condition.near).chain(&condition.far) {
            tree.walk(&mut |tree| {
                let Tree::Late(column) = tree else { return };
                let table = match column.side {
                    Side::Local => Some(self.local),
                    Side::Remote => Some(self.remote),
                    Side::Association => self.association,
                };
                let is_it =
                    table.is_some_and(|table| is_among(column.name, table, std::slice::from_ref(name)));
                found |= is_it && is(column);
            });
        }
        found
    }
}

/// Whether two relationships that are each other's reverse side keep the same columns equal, or one
/// of them a part of what the other one does. Which rows else they leave out
/// each says for itself.
pub(super) fn join_alike(one: &RelationDraft, other: &RelationDraft) -> bool {
    let (mine, theirs) = (&one.condition, &other.condition);
    let links = |condition: &JoinCondition| [condition.near_links(), condition.far_links()];
    let [near, far] =
        links(mine).map(|links| sorted(links.iter().map(|link| (link.column.index(), link.link))));
    let [their_near, their_far] =
        links(theirs).map(|links| sorted(links.iter().map(|link| (link.column.index(), link.link))));
    let pairs = sorted(mine.pairs().iter().map(|pair| (pair.local.index(), pair.remote.index())));
    let their_pairs = sorted(theirs.pairs().iter().map(|pair| (pair.remote.index(), pair.local.index())));
    let is_part =
        |one: &[(usize, usize)], other: &[_]| one.iter().all(|pair| other.binary_search(pair).is_ok());
    let alike = |mine: &[_], theirs: &[_]| is_part(mine, theirs) || is_part(theirs, mine);
    alike(&near, &their_far) && alike(&far, &their_near) && alike(&pairs, &their_pairs)
}

fn sorted(pairs: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
