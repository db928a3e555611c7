//! Delete-orphan: what becomes of an object that a relationship doesn't lead to any more.
//!
//! [`judge`] decides, from facts alone; the functions beside it collect them. Whoever asks carries the verdict out.

use std::rc::Rc;

use crate::declare::Cascade;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::memory::instance::Instance;
use crate::state::memory::mark::Mark;
use crate::state::read::parent;

/// When it is asked what becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It is taken out of a collection.
    Removed,
    /// A to-one relationship that led to it is set to something else.
    Replaced,
    /// A flush comes to it, because it is new or changed.
    AtFlush,
    /// A flush saves an object whose relationship led to it before.
    ParentSaved,
    /// A flush deletes an object whose relationship led to it before.
    ParentDeleted,
    /// A flush deletes an object that leads to it by a foreign key of its own, or did before.
    ReferrerDeleted,
    /// The same where that object is taken for the only one, as SQLAlchemy has it.
    OnlyReferrerDeleted,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: the relationship doesn't delete orphans, or this isn't the moment for it.
    Leave,
    /// Nothing: it has a parent, this one or another.
    HasParent,
    /// It leaves the session: it is new, and isn't inserted.
    Expunge,
    /// It is remembered as an orphan, for the flush that comes to it.
    Remember,
    /// Its row is deleted.
    Delete,
    /// Its foreign key becomes `NULL`.
    LoseKey,
}

/// What is known of an object when it is judged.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// The relationship says `delete-orphan`. When a flush comes to the object: one that leads to its class does.
    deletes_orphans: bool,
    /// It has a parent. While objects are changed and when a flush comes to it: by each relationship that says
    /// `delete-orphan`, and having a row counts where nothing is known. Later in a flush: by this relationship.
    has_parent: bool,
    /// It has a row.
    has_row: bool,
    /// It is new in the session of the parent that it lost.
    is_new_here: bool,
    /// It lost its parent while it wasn't new in the parent's session.
    is_remembered: bool,
}

/// What becomes of an object: the only place that decides about orphans.
fn judge(moment: Moment, facts: Facts) -> Verdict {
    let Facts { deletes_orphans, has_parent, has_row, is_new_here, is_remembered } = facts;
    if !deletes_orphans {
        return match moment {
            Moment::ParentSaved | Moment::ParentDeleted if !has_parent => Verdict::LoseKey,
            _ => Verdict::Leave,
        };
    }
    match moment {
        Moment::OnlyReferrerDeleted => Verdict::Delete,
        _ if has_parent => Verdict::HasParent,
        Moment::Removed | Moment::Replaced if is_new_here => Verdict::Expunge,
        Moment::Removed => Verdict::Remember,
        Moment::Replaced => Verdict::Leave,
        Moment::AtFlush if has_row => Verdict::Delete,
        Moment::AtFlush if is_remembered => Verdict::Expunge,
        Moment::AtFlush => Verdict::Leave,
        Moment::ParentSaved | Moment::ParentDeleted | Moment::ReferrerDeleted => Verdict::Delete,
    }
}

/// What becomes of an object that a relationship of `parent` doesn't lead to any more, while objects are changed.
pub(crate) fn at_change(
    child: &Rc<Instance>,
    relation: &'static Relation,
    parent: &Rc<Instance>,
    moment: Moment,
) -> Result<Verdict> {
    let (header, deletes_orphans) = (child.header(), deletes_orphans(relation));
    let facts = Facts {
        deletes_orphans,
        has_parent: deletes_orphans && has_every_parent(child)?,
        has_row: header.has_key(),
        is_new_here: header.has(Mark::NEW) && header.session() == parent.header().session(),
        is_remembered: header.has(Mark::ORPHANED),
    };
    Ok(judge(moment, facts))
}

/// What becomes of a new or changed object that a flush comes to.
pub(crate) fn at_flush(instance: &Rc<Instance>) -> Result<Verdict> {
    let header = instance.header();
    if header.mapper().delete_orphans().is_empty() {
        return Ok(Verdict::Leave);
    }
    let facts = Facts {
        deletes_orphans: true,
        has_parent: has_every_parent(instance)?,
        has_row: header.has_key(),
        is_new_here: false,
        is_remembered: header.has(Mark::ORPHANED),
    };
    Ok(judge(Moment::AtFlush, facts))
}

/// What a flush does with an object that a relationship of a saved or deleted one led to before.
pub(crate) fn in_flush(child: &Rc<Instance>, relation: &'static Relation, moment: Moment) -> Result<Verdict> {
    let facts = Facts {
        deletes_orphans: deletes_orphans(relation),
        has_parent: parent::has(child, relation, false)?,
        has_row: child.header().has_key(),
        is_new_here: false,
        is_remembered: child.header().has(Mark::ORPHANED),
    };
    Ok(judge(moment, facts))
}

/// Whether a new object has lost a parent that it needs, so that it isn't to be written.
pub(crate) fn is_given_up(instance: &Rc<Instance>) -> Result<bool> {
    let header = instance.header();
    if header.has_key() {
        return Ok(false);
    }
    for relation in header.mapper().delete_orphans() {
        if !parent::has(instance, relation, true)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a relationship says `delete-orphan`.
pub(crate) fn deletes_orphans(relation: &Relation) -> bool {
    relation.cascade().has(Cascade::DELETE_ORPHAN)
}

/// Whether an object has every parent that it must have: one by each relationship that deletes orphans.
fn has_every_parent(instance: &Rc<Instance>) -> Result<bool> {
    let has_row = instance.header().has_key();
    for relation in instance.header().mapper().delete_orphans() {
        if !parent::has(instance, relation, has_row)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moment; deletes orphans, has a parent, has a row, is new here, is remembered (`1`, `0`, or `-` for either);
    /// verdict.
    const TABLE: &[(Moment, &str, Verdict)] = &[
        (Moment::Removed, "0----", Verdict::Leave),
        (Moment::Removed, "11---", Verdict::HasParent),
        (Moment::Removed, "10-1-", Verdict::Expunge),
        (Moment::Removed, "10-0-", Verdict::Remember),
        (Moment::Replaced, "0----", Verdict::Leave),
        (Moment::Replaced, "11---", Verdict::HasParent),
        (Moment::Replaced, "10-1-", Verdict::Expunge),
        (Moment::Replaced, "10-0-", Verdict::Leave),
        (Moment::AtFlush, "0----", Verdict::Leave),
        (Moment::AtFlush, "11---", Verdict::HasParent),
        (Moment::AtFlush, "101--", Verdict::Delete),
        (Moment::AtFlush, "100-1", Verdict::Expunge),
        (Moment::AtFlush, "100-0", Verdict::Leave),
        (Moment::ParentSaved, "00---", Verdict::LoseKey),
        (Moment::ParentSaved, "01---", Verdict::Leave),
        (Moment::ParentSaved, "10---", Verdict::Delete),
        (Moment::ParentSaved, "11---", Verdict::HasParent),
        (Moment::ParentDeleted, "00---", Verdict::LoseKey),
        (Moment::ParentDeleted, "01---", Verdict::Leave),
        (Moment::ParentDeleted, "10---", Verdict::Delete),
        (Moment::ParentDeleted, "11---", Verdict::HasParent),
        (Moment::ReferrerDeleted, "0----", Verdict::Leave),
        (Moment::ReferrerDeleted, "10---", Verdict::Delete),
        (Moment::ReferrerDeleted, "11---", Verdict::HasParent),
        (Moment::OnlyReferrerDeleted, "0----", Verdict::Leave),
        (Moment::OnlyReferrerDeleted, "1----", Verdict::Delete),
    ];

    fn fits(pattern: &str, facts: Facts) -> bool {
        let Facts { deletes_orphans, has_parent, has_row, is_new_here, is_remembered } = facts;
        let facts = [deletes_orphans, has_parent, has_row, is_new_here, is_remembered];
        assert_eq!(pattern.len(), facts.len());
        pattern.chars().zip(facts).all(|(wanted, fact)| wanted == '-' || (wanted == '1') == fact)
    }

    #[test]
    fn every_combination_has_its_verdict() {
        let moments = [
            Moment::Removed,
            Moment::Replaced,
            Moment::AtFlush,
            Moment::ParentSaved,
            Moment::ParentDeleted,
            Moment::ReferrerDeleted,
            Moment::OnlyReferrerDeleted,
        ];
        for moment in moments {
            for bits in 0..32_u8 {
                let bit = |at: u8| bits >> at & 1 == 1;
                let facts = Facts {
                    deletes_orphans: bit(0),
                    has_parent: bit(1),
                    has_row: bit(2),
                    is_new_here: bit(3),
                    is_remembered: bit(4),
                };
                let lines: Vec<Verdict> = TABLE
                    .iter()
                    .filter(|(when, pattern, _)| *when == moment && fits(pattern, facts))
                    .map(|(_, _, verdict)| *verdict)
                    .collect();
                assert_eq!(lines, [judge(moment, facts)], "{moment:?} {facts:?}");
            }
        }
    }
}
