//! `Expected`: what SQLAlchemy shows, and what that tells of it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::fault;
use crate::scenario::Step;

/// What SQLAlchemy shows after a step: the file has only what changed.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    objects: IndexMap<String, Value>,
    tables: IndexMap<String, Value>,
    /// The tables as the last commit left them.
    committed: IndexMap<String, Value>,
    /// How many savepoints are open.
    savepoints: usize,
    marked_displaced: bool,
    /// The items that weren't in the collection that they were to be taken out of, since objects were expired last.
    not_removed: Vec<Value>,
    /// Whether an item was taken out of a collection of a new object since then.
    left_new: bool,
}

impl Expected {
    /// What can be seen of the objects, by label.
    pub fn objects(&self) -> &IndexMap<String, Value> {
        &self.objects
    }

    /// The labels of objects in that state with their keys, where those are known.
    pub fn keys(&self, state: &'static str) -> impl Iterator<Item = (&str, &Value)> {
        let of_state = self.objects.iter().filter(move |(_, object)| object["state"] == state);
        of_state
            .map(|(label, object)| (label.as_str(), &object["columns"]["id"]))
            .filter(|(_, key)| !key.is_null())
    }

    /// The rows of a table, which is first told of when it has some.
    pub fn rows(&self, table: &str) -> Value {
        self.tables.get(table).cloned().unwrap_or_else(|| Value::Array(Vec::new()))
    }

    /// Whether tables hold what was committed last.
    pub fn are_committed(&self, tables: &IndexMap<String, Value>) -> bool {
        let empty = Value::Array(Vec::new());
        tables.iter().all(|(table, rows)| self.committed.get(table).unwrap_or(&empty) == rows)
    }

    /// Whether a savepoint is open.
    pub fn is_in_savepoint(&self) -> bool {
        self.savepoints > 0
    }

    /// Whether `delete` has marked an object that isn't in the identity map, and no rollback has restored it.
    pub fn has_marked_displaced(&self) -> bool {
        self.marked_displaced
    }

    /// Whether an object wasn't in the collection that it was to be taken out of.
    pub fn is_not_removed(&self, label: &str) -> bool {
        self.not_removed.iter().any(|known| known == label)
    }

    /// Whether an item was taken out of a collection of a new object.
    pub fn has_left_new(&self) -> bool {
        self.left_new
    }

    /// Whether an object that was detached before the step lost what was loaded of its columns in it.
    pub fn has_expired_detached(&self, step: &Step) -> bool {
        step.objects.iter().any(|(label, object)| self.expired_detached(label, object))
    }

    /// Whether that is so of an object, which looks like this now.
    pub fn expired_detached(&self, label: &str, now: &Value) -> bool {
        let is_detached = |object: &Value| object["state"] == "detached";
        let is_bare = |object: &Value| object["columns"].as_object().is_some_and(Map::is_empty);
        let was = self.objects.get(label);
        is_detached(now) && is_bare(now) && was.is_some_and(|was| is_detached(was) && !is_bare(was))
    }

    /// Whether an object that was persistent isn't in the identity map after `delete` of it, which only marks it:
    /// an autoflush deleted it, or gave its place to a new object with the same key.
    fn is_displaced(&self, label: &str, step: &Step) -> bool {
        let Some(old) = self.objects.get(label) else { return false };
        let one = step.objects.get(label).unwrap_or(old);
        let has_taken_place = |(other, seen): (&String, &Value)| {
            self.objects.get(other).is_some_and(|other| other["state"] == "pending")
                && seen["state"] == "persistent"
                && !seen["columns"]["id"].is_null()
                && seen["columns"]["id"] == one["columns"]["id"]
                && names(&seen["relations"]).eq(names(&one["relations"]))
        };
        old["state"] == "persistent"
            && (one["state"] == "deleted" || step.objects.iter().any(has_taken_place))
    }

    /// Whether a row with that key was there before, and is gone.
    pub fn has_lost_row(&self, before: &Expected, key: &Value) -> bool {
        let has_row =
            |rows: &Value| rows.as_array().is_some_and(|rows| rows.iter().any(|row| row.get(0) == Some(key)));
        let mut tables = before.tables.iter();
        tables.any(|(table, rows)| has_row(rows) && !has_row(&self.rows(table)))
    }

    /// Whether a new object has come to stand for the row of one that is gone, and the row is gone too.
    pub fn has_lost_new_row(&self, after: &Expected) -> bool {
        let is_gone = |one: &Value, object: &Value| {
            matches!(object["state"].as_str(), Some("deleted" | "detached"))
                && object["columns"]["id"] == one["columns"]["id"]
                && names(&object["relations"]).eq(names(&one["relations"]))
        };
        let pending = self.objects.iter().filter(|(_, object)| object["state"] == "pending");
        // One that was deleted before a rollback says so of itself all the same.
        let is_saved =
            |one: &Value| matches!(one["state"].as_str(), Some("persistent" | "deleted" | "detached"));
        let mut new = pending.filter_map(|(label, _)| Some((label, after.objects.get(label)?)));
        new.any(|(label, one)| {
            let mut others = after.objects.iter().filter(|(other, _)| *other != label);
            is_saved(one)
                && !one["columns"]["id"].is_null()
                && after.has_lost_row(self, &one["columns"]["id"])
                && others.any(|(_, object)| is_gone(one, object))
        })
    }

    /// Whether a step takes an item out of a collection of a new object.
    fn leaves_new(&self, step: &Step) -> bool {
        let is_change = step.op.first().is_some_and(|op| op == "replace" || op == "remove" || op == "pop");
        let owner = step.op.get(1).and_then(Value::as_str);
        let before = owner.and_then(|owner| self.objects.get(owner));
        let after = owner.and_then(|owner| step.objects.get(owner));
        let (Some(before), Some(after)) = (before.filter(|_| is_change), after) else { return false };
        let is_new = matches!(before["state"].as_str(), Some("transient" | "pending"));
        is_new && fault::leads(before).any(|item| fault::leads(after).all(|other| other != item))
    }

    /// Goes on to the next step.
    pub fn take(&mut self, step: &Step) {
        if step.error.is_none() {
            match step.op.first().and_then(Value::as_str) {
                Some("delete") => {
                    let label = step.op.get(1).and_then(Value::as_str);
                    self.marked_displaced |= label.is_some_and(|label| self.is_displaced(label, step));
                }
                Some("rollback" | "rollback_to" | "expunge_all") => self.marked_displaced = false,
                _ => {}
            }
        }
        self.left_new |= self.leaves_new(step);
        self.objects.extend(step.objects.clone());
        self.tables.extend(step.tables.clone());
        match (step.op.first().and_then(Value::as_str), &step.error) {
            (Some("remove"), Some(_)) => self.not_removed.extend(step.op.get(3).cloned()),
            (Some("commit" | "rollback" | "rollback_to" | "expire_all"), _) => {
                (self.not_removed, self.left_new) = (Vec::new(), false);
            }
            _ => {}
        }
        match (step.op.first().and_then(Value::as_str), &step.error) {
            (Some("savepoint"), None) => self.savepoints += 1,
            (Some("release" | "rollback_to"), _) => self.savepoints = self.savepoints.saturating_sub(1),
            (Some("commit" | "rollback"), _) => self.savepoints = 0,
            _ => {}
        }
        if step.error.is_none() && step.op.first().is_some_and(|op| op == "commit") {
            self.committed = self.tables.clone();
        }
    }
}

/// The names of the members of an object, which stand for its class.
pub fn names(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(Map::keys)
}
