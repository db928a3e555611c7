//! Which error codes stand for which exceptions, and the faults of SQLAlchemy that no step is compared with.

use std::fmt;

use orm::Code;
use serde_json::Value;

use crate::expected::{Expected, names};
use crate::player::Done;
use crate::scenario::Step;

/// The codes that an exception of SQLAlchemy, or of a Python collection, may be here.
pub fn codes(exception: &str) -> &'static [Code] {
    match exception {
        "IntegrityError" => &[Code::Integrity],
        "StaleDataError" => &[Code::StaleData],
        "ObjectDeletedError" => &[Code::ObjectDeleted],
        "DetachedInstanceError" => &[Code::Detached],
        "CircularDependencyError" => &[Code::CircularDependency],
        "FlushError" => &[Code::Flush, Code::DuplicateIdentity],
        // Also an assertion within SQLAlchemy, about changes queued on a collection of an object that lost its
        // row; here the flush says that what the object held is lost.
        "AssertionError" => &[Code::BlankedKey, Code::WrongClass, Code::WrongState],
        // A marker of "no value" that SQLAlchemy binds as the key of a row to delete; here the flush says so.
        "ProgrammingError" => &[Code::Flush],
        "PendingRollbackError" => &[Code::PendingRollback],
        "ResourceClosedError" => &[Code::NoTransaction],
        // Both names of the same: what a list and a set (or map) say of an item that isn't there.
        "KeyError" => &[Code::NotInCollection],
        "ValueError" => &[Code::NotInCollection, Code::ReverseConflict],
        "IndexError" => &[Code::IndexOutOfRange],
        // `with_parent` of an object whose key was never set, or whose row is gone: found when the value is bound.
        "StatementError" => &[Code::Unset, Code::Detached, Code::ObjectDeleted],
        "InvalidRequestError" => &[
            // A subclass of it in SQLAlchemy, whose `refresh` raises the more general one.
            Code::ObjectDeleted,
            Code::WrongState,
            // Another subclass of it: after a rollback within a flush SQLAlchemy calls the session inactive.
            Code::PendingRollback,
            Code::OtherSession,
            Code::DuplicateIdentity,
            Code::RaiseOnLoad,
            Code::SingleParent,
            Code::Unset,
            Code::Query,
            Code::NoTransaction,
            Code::Flush,
        ],
        "OperationalError" => &[Code::Database, Code::Locked],
        _ => &[],
    }
}

/// A fault of SQLAlchemy, which gives its user no answer: the step isn't compared, and the scenario ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An exception of Python, raised in SQLAlchemy's own code.
    OwnCode(String),
    /// A rollback fails while it restores objects, or the error of a flush is hidden by that.
    Restoring,
    /// `delete` marked an object that its own autoflush had taken out of the identity map.
    MarkedDisplaced,
    /// The identity map holds an object that is detached.
    DetachedInPlace,
    /// A row has a second object, since its persistent one has lost its place in the identity map by a rollback.
    SecondObject,
    /// The row that a new object took over from a deleted one is deleted all the same.
    RowTakenOver,
    /// An eager load of a query deletes a row that the flush before the query has kept.
    DeletedWhileRead,
    /// A flush deletes the link of an item that couldn't be removed, since it wasn't in the collection.
    NotRemoved,
    /// An item whose key has changed is looked for under the new one, and so stays in the collection that it leaves.
    Rekeyed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::OwnCode(exception) => write!(f, "`{exception}` in its own code"),
            Fault::Restoring => f.write_str("restoring after a rollback"),
            Fault::MarkedDisplaced => f.write_str("an object displaced by the autoflush of its own deletion"),
            Fault::DetachedInPlace => f.write_str("a detached object in the identity map"),
            Fault::SecondObject => f.write_str("a second object for the row of a persistent one"),
            Fault::RowTakenOver => f.write_str("deleting a row that was taken over"),
            Fault::NotRemoved => f.write_str("deleting the link of an item that wasn't in the collection"),
            Fault::Rekeyed => {
                f.write_str("an item whose key has changed stays in the collection that it leaves")
            }
            Fault::DeletedWhileRead => f.write_str("a row that is deleted while its query is read"),
        }
    }
}

/// An item of a keyed collection has left it by its other side, after its key had changed: in SQLAlchemy it is still there,
/// under the old one, or the change is refused since another item has the new one. So is that of an item that was displaced.
/// That is all that differs.
pub fn of_rekeyed(before: &Expected, expected: &Expected, step: &Step, done: &Done) -> Option<Fault> {
    let is_change = step.op.first().is_some_and(|op| op == "append" || op == "assign" || op == "replace");
    if !is_change || done.error.is_some() {
        return None;
    }
    if step.error.as_deref() == Some("InvalidRequestError") {
        let has_rekeyed = |(_, object): (&String, &Value)| {
            relations(object).any(|(_, items)| items.iter().any(|(key, item)| is_rekeyed(key, item, done)))
        };
        let refused = before.objects().iter().any(has_rekeyed)
            || is_beside_another(before)
            || replaces_under_a_key(before, step);
        return refused.then_some(Fault::Rekeyed);
    }
    let mut found = false;
    for (label, wanted) in expected.objects() {
        let got = done.objects.get(label)?;
        for (name, items) in relations(wanted) {
            let seen = got["relations"][name].as_object()?;
            if !seen.iter().all(|(key, item)| items.get(key) == Some(item)) {
                return None;
            }
            for (key, item) in items.iter().filter(|(key, _)| !seen.contains_key(*key)) {
                if !is_rekeyed(key, item, done) {
                    return None;
                }
                found = true;
            }
        }
    }
    found.then_some(Fault::Rekeyed)
}

/// Whether an object has a parent in whose keyed collection another one stands under its key, which is found when it leaves.
fn is_beside_another(before: &Expected) -> bool {
    before.objects().iter().any(|(label, object)| {
        let Some(key) = object["columns"]["keyword"].as_str() else { return false };
        let parents = object["relations"].as_object().into_iter().flat_map(|all| all.values());
        let mut parents = parents.filter_map(|parent| before.objects().get(parent.as_str()?));
        parents.any(|parent| {
            relations(parent)
                .any(|(_, items)| items.get(key).is_some_and(|item| item.as_str() != Some(label)))
        })
    })
}

/// Whether a collection is replaced by one that has another item under the key of one of its own. That one leaves, and the other
/// is found in its place.
fn replaces_under_a_key(before: &Expected, step: &Step) -> bool {
    let [op, of, name, items] = step.op.as_slice() else { return false };
    let object = |label: &Value| before.objects().get(label.as_str()?);
    let (Some(of), Some(name), Some(items)) = (object(of), name.as_str(), items.as_array()) else {
        return false;
    };
    let stands_for_another = |item: &Value| {
        let key = object(item).and_then(|item| item["columns"]["keyword"].as_str());
        key.is_some_and(|key| of["relations"][name].get(key).is_some_and(|known| known != item))
    };
    op == "replace" && items.iter().any(stands_for_another)
}

/// The keyed collections of an object.
fn relations(object: &Value) -> impl Iterator<Item = (&str, &serde_json::Map<String, Value>)> {
    let all = object["relations"].as_object().into_iter().flatten();
    all.filter_map(|(name, items)| Some((name.as_str(), items.as_object()?)))
}

/// Whether an item has another key than the one under which it stands.
fn is_rekeyed(key: &str, item: &Value, done: &Done) -> bool {
    let object = item.as_str().and_then(|label| done.objects.get(label));
    object.is_some_and(|object| object["columns"]["keyword"].as_str().is_some_and(|now| now != key))
}

/// An exception that is a mistake within SQLAlchemy.
pub fn of_own_code(exception: Option<&str>) -> Option<Fault> {
    match exception {
        Some(name @ ("AttributeError" | "TypeError" | "NameError" | "UnboundLocalError")) => {
            Some(Fault::OwnCode(name.to_owned()))
        }
        _ => None,
    }
}

/// An exception that SQLAlchemy raises while it restores objects after a rollback, so that the rollback itself
/// fails, or the error of the flush is hidden: an object that came and was deleted in the transaction, and was
/// restored by a savepoint meanwhile, "is not persisted". What it left undone differs then, as objects that it hasn't expired: the
/// rows have to be equal, which were rolled back before. Where the rollback of a savepoint fails so, the transaction around it
/// stays, though all of it was to be rolled back: then the rows have to be those that were committed.
pub fn of_restoring(before: &Expected, step: &Step, done: &Done, same_tables: bool) -> Option<Fault> {
    let op = step.op.first()?.as_str()?;
    let is_rollback = matches!(op, "rollback" | "rollback_to");
    let stays = || op == "rollback" && before.is_in_savepoint() && before.are_committed(&done.tables);
    let hides = match done.error {
        None => is_rollback && (same_tables || stays()),
        Some(Code::Integrity | Code::StaleData | Code::CircularDependency | Code::BlankedKey) => same_tables,
        Some(_) => false,
    };
    (step.error.as_deref() == Some("InvalidRequestError") && hides).then_some(Fault::Restoring)
}

/// A step in which an assertion of SQLAlchemy fails because an object is marked for deletion that isn't in its
/// identity map: while `delete` was looking for what it cascades to, an autoflush deleted it as an orphan, or gave
/// its place to a new object with the same key. Every flush meets the mark, also after the object was expunged, and
/// then every rollback too.
pub fn of_marking_displaced(before: &Expected, step: &Step, got: Option<Code>) -> Option<Fault> {
    (step.error.as_deref() == Some("AssertionError") && got.is_none() && before.has_marked_displaced())
        .then_some(Fault::MarkedDisplaced)
}

/// A step in which SQLAlchemy can't load an object of its identity map, because it is detached: one that a flush
/// deleted as an orphan and the next one inserted again is detached by the commit as one that was deleted, and yet
/// stays in the identity map. That it is there shows when a flush that wanted to write it has failed, since it is
/// expired with the others; or `get` finds it here.
pub fn of_detached_in_place(before: &Expected, step: &Step, done: &Done) -> Option<Fault> {
    let is_found = || {
        let found = done.value["is"].as_str().and_then(|label| before.objects().get(label));
        step.op.first().is_some_and(|op| op == "get") && found.is_some_and(|one| one["state"] == "detached")
    };
    let is_detached = step.error.as_deref() == Some("DetachedInstanceError") && done.error.is_none();
    (is_detached && (before.has_expired_detached(step) || is_found())).then_some(Fault::DetachedInPlace)
}

/// A query that makes a new object of a row whose object is persistent: this one was deleted, a new one with its key came, and
/// the rollback of their flush has restored it, but not its place in the identity map. It has all that the new one has.
pub fn of_second_object(before: &Expected, expected: &Expected, step: &Step, done: &Done) -> Option<Fault> {
    let labels = |value: &Value| -> Vec<String> {
        let all = value["is"].as_array().into_iter().flatten().filter_map(Value::as_str);
        all.map(str::to_owned).collect()
    };
    let (wanted, got) = (labels(&step.value), labels(&done.value));
    let is_second = |(wanted, got): (&String, &String)| {
        let objects = expected.objects();
        !before.objects().contains_key(wanted)
            && objects.get(got).is_some_and(|first| first["state"] == "persistent")
            && done.objects.get(got).zip(objects.get(wanted)).is_some_and(|(first, second)| {
                first["columns"] == second["columns"]
                    && names(&first["relations"]).eq(names(&second["relations"]))
            })
    };
    let mut others = wanted.iter().zip(&got).filter(|(wanted, got)| wanted != got).peekable();
    let is_told = wanted.len() == got.len() && others.peek().is_some() && others.all(is_second);
    is_told.then_some(Fault::SecondObject)
}

/// A step in which SQLAlchemy deletes a row that a new object took over from a deleted one in the same flush: where a
/// class depends on itself, the last of its statements is the deletion all the same. Then the row is missing, or the
/// database refuses, because another one refers to it; or it refuses here, because the row stays and refers to another
/// one that is deleted.
pub fn of_row_taken_over(before: &Expected, expected: &Expected, step: &Step, done: &Done) -> Option<Fault> {
    let state = |label: &str| done.objects.get(label).and_then(|object| object["state"].as_str());
    let gone = |new: &str, key: &Value| {
        let is_gone = |object: &Value| matches!(object["state"].as_str(), Some("deleted" | "detached"));
        // Of one that was expired only SQLAlchemy may have loaded the key.
        let has_key = |label: &str, object: &Value| {
            let loaded = || expected.objects().get(label).map(|object| &object["columns"]["id"]);
            let own = &object["columns"]["id"];
            if own.is_null() { loaded() == Some(key) } else { own == key }
        };
        done.objects.iter().any(|(label, object)| label != new && is_gone(object) && has_key(label, object))
    };
    // One that was deleted before a rollback says so of itself all the same.
    let is_saved = |label: &str| matches!(state(label), Some("persistent" | "deleted"));
    let took_over = before.keys("pending").any(|(label, key)| is_saved(label) && gone(label, key));
    let refused = step.error.as_deref() == Some("IntegrityError");
    let loses_row = || {
        let mut tables = done.tables.iter().filter(|(table, got)| expected.rows(table) != **got);
        let (Some((table, got)), None) = (tables.next(), tables.next()) else { return false };
        let wanted = expected.rows(table);
        let (Some(wanted), Some(got)) = (wanted.as_array(), got.as_array()) else { return false };
        wanted.len() + 1 == got.len() && wanted.iter().all(|row| got.contains(row))
    };
    let is_fault = match done.error {
        None => took_over && (refused || (step.error.is_none() && loses_row())),
        Some(Code::Integrity) => before.has_lost_new_row(expected),
        // The flush was right, and what was to be done after it can't be with an object that it has deleted.
        Some(Code::WrongState) => took_over && refused,
        Some(_) => false,
    };
    is_fault.then_some(Fault::RowTakenOver)
}

/// A flush that deletes the link of an item that isn't there. The item couldn't be taken out of a collection in which it
/// wasn't, and is deleted now: that failed, but waits in its own collection, which isn't loaded. Or it was taken out of the
/// collection of a new object whose link a flush has left out, and forgotten, while that wasn't in the session; it doesn't
/// matter then what comes of the flush here.
pub fn of_not_removed(before: &Expected, step: &Step, done: &Done) -> Option<Fault> {
    if step.error.as_deref() != Some("StaleDataError") || done.error == Some(Code::StaleData) {
        return None;
    }
    let is_deleted =
        |(label, object): (&String, &Value)| object["state"] == "deleted" && before.is_not_removed(label);
    // Where rows have versions they may be stale.
    let mut objects = done.objects.values();
    let is_link = before.has_left_new() && objects.all(|object| object["columns"]["version"].is_null());
    (is_link || done.objects.iter().any(is_deleted)).then_some(Fault::NotRemoved)
}

/// A query whose autoflush kept an object that was marked for deletion, since another one refers to it; the autoflush of what
/// is loaded by a statement of its own deleted it, while the rows of the query were read. It may give the deleted object, or a
/// new one for the row, or be a query of another class, whose relationship the statement loads (`subquery`, `selectin`), be
/// that declared of what the query gives and leads to the object.
pub fn of_deleted_while_read(
    before: &Expected,
    expected: &Expected,
    step: &Step,
    done: &Done,
) -> Option<Fault> {
    let is_query = step.op.first().is_some_and(|op| op == "all" || op == "any" || op == "with_parent");
    if !is_query || step.error.is_some() || done.error.is_some() {
        return None;
    }
    let given: Vec<&str> =
        step.value["is"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let is_given = |label: &String, object: &Value| {
        given.contains(&label.as_str())
            || step.objects.iter().any(|(other, one)| {
                given.contains(&other.as_str())
                    && !before.objects().contains_key(other)
                    && one["state"] == "persistent"
                    && key(one) == key(object)
            })
    };
    let leads_to = |label: &String| {
        let mut of_given = given.iter().filter_map(|one| done.objects.get(*one));
        of_given.any(|one| leads(one).any(|other| other == label))
    };
    let options = step.op.get(3).map(Value::to_string).unwrap_or_default();
    let loads_further = ["\"subquery\"", "\"selectin\""].iter().any(|how| options.contains(how));
    let is_fault = step.objects.iter().any(|(label, object)| {
        object["state"] == "deleted"
            && (loads_further || is_given(label, object) || leads_to(label))
            && done.objects.get(label).is_some_and(|got| got["state"] == "persistent")
            && expected.has_lost_row(before, key(object))
    });
    is_fault.then_some(Fault::DeletedWhileRead)
}

/// What the relationships of an object lead to, by label.
pub fn leads(object: &Value) -> impl Iterator<Item = &str> {
    let all = object["relations"].as_object().into_iter().flat_map(|all| all.values());
    all.flat_map(|value| match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(items) => items.values().collect(),
        one => vec![one],
    })
    .filter_map(Value::as_str)
}

/// The key of an object: a number, or in classes without one the column that names it.
fn key(object: &Value) -> &Value {
    let columns = ["id", "email", "username"].map(|name| &object["columns"][name]);
    columns.into_iter().find(|value| !value.is_null()).unwrap_or(&Value::Null)
}
