//! Whether a step came out as SQLAlchemy's did. `README.md` of the oracle says what has to be equal.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::fault::{self, Fault};
use crate::player::Done;
use crate::scenario::Step;
use crate::see::UNLOADED;

/// What SQLAlchemy shows after a step: the file has only what changed.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    objects: IndexMap<String, Value>,
    tables: IndexMap<String, Value>,
    deleted_twice: bool,
}

impl Expected {
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

    /// Whether an object had lost its row when `delete` marked it for deletion, and no rollback has restored it.
    pub fn has_deleted_twice(&self) -> bool {
        self.deleted_twice
    }

    fn state(&self, label: Option<&Value>) -> Option<&str> {
        self.objects.get(label?.as_str()?)?["state"].as_str()
    }

    /// Goes on to the next step.
    pub fn take(&mut self, step: &Step) {
        let (op, label) = (step.op.first().and_then(Value::as_str), step.op.get(1));
        match op {
            // It only marks: what is deleted after it was deleted by an autoflush within it.
            Some("delete") if self.state(label) == Some("persistent") => {
                let after = label.and_then(Value::as_str).and_then(|label| step.objects.get(label));
                self.deleted_twice |= after.is_some_and(|object| object["state"] == "deleted");
            }
            Some("rollback" | "rollback_to" | "expunge_all") if step.error.is_none() => {
                self.deleted_twice = false;
            }
            _ => {}
        }
        self.objects.extend(step.objects.clone());
        self.tables.extend(step.tables.clone());
    }
}

/// How a step compares.
#[derive(Debug)]
pub enum Compared {
    /// It came out the same.
    Equal,
    /// What differs, a line each.
    Different(Vec<String>),
    /// It isn't compared, since SQLAlchemy is at fault.
    Fault(Fault),
}

/// Compares a step with what was done.
pub fn step(before: &Expected, expected: &Expected, step: &Step, done: &Done) -> Compared {
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, got: String| {
        found.push(format!("{what}: expected {expected}, got {got}"));
    };
    if step.value != done.value {
        differ("value", step.value.to_string(), done.value.to_string());
    }
    if done.selects > step.selects {
        differ("selects", format!("at most {}", step.selects), done.selects.to_string());
    }
    if done.writes != step.writes {
        differ("writes", step.writes.to_string(), done.writes.to_string());
    }
    for (label, wanted) in &expected.objects {
        match done.objects.get(label) {
            None => differ(label, wanted.to_string(), "no such object".into()),
            Some(got) => object(label, wanted, got, &mut differ),
        }
    }
    if let Some(label) = done.objects.keys().find(|label| !expected.objects.contains_key(*label)) {
        differ(label, "no such object".into(), "one".into());
    }
    for (table, got) in &done.tables {
        let wanted = expected.rows(table);
        if wanted != *got {
            differ(&format!("table {table}"), wanted.to_string(), got.to_string());
        }
    }
    let same_error = match (&step.error, done.error) {
        (None, None) => true,
        (Some(exception), Some(code)) => fault::codes(exception).contains(&code),
        _ => false,
    };
    if !same_error {
        let fault = fault::of_restoring(step, done.error, found.is_empty())
            .or_else(|| fault::of_deleting_twice(before, step, done.error));
        if let Some(fault) = fault {
            return Compared::Fault(fault);
        }
        let (wanted, got) = (step.error.as_deref(), done.error.map(orm::Code::as_str));
        found.insert(
            0,
            format!("error: expected {}, got {}", wanted.unwrap_or("none"), got.unwrap_or("none")),
        );
    }
    if found.is_empty() {
        return Compared::Equal;
    }
    match fault::of_row_taken_over(before, expected, step, done) {
        Some(fault) => Compared::Fault(fault),
        None => Compared::Different(found),
    }
}

fn object(label: &str, wanted: &Value, got: &Value, differ: &mut impl FnMut(&str, String, String)) {
    let (state, got_state) = (&wanted["state"], &got["state"]);
    if state != got_state {
        differ(&format!("{label} state"), state.to_string(), got_state.to_string());
    }
    let no_row = state == "transient" || state == "pending";
    let empty = Map::new();
    let (columns, got_columns) = (part(wanted, "columns", &empty), part(got, "columns", &empty));
    for (name, value) in columns {
        let seen = got_columns.get(name);
        // A column that can't hold NULL is unset instead.
        if seen != Some(value) && !(no_row && value.is_null() && seen.is_none()) {
            let seen = seen.map_or_else(|| "not loaded".to_owned(), ToString::to_string);
            differ(&format!("{label}.{name}"), value.to_string(), seen);
        }
    }
    // An object without a row may hold more than SQLAlchemy shows.
    for (name, value) in got_columns.iter().filter(|(name, _)| !no_row && !columns.contains_key(*name)) {
        differ(&format!("{label}.{name}"), "not loaded".into(), value.to_string());
    }
    let (relations, got_relations) = (part(wanted, "relations", &empty), part(got, "relations", &empty));
    for (name, value) in relations {
        let seen = got_relations.get(name).unwrap_or(&Value::Null);
        let bare = seen.is_null() || seen.as_array().is_some_and(Vec::is_empty);
        if seen != value && !(value == UNLOADED && no_row && bare) {
            differ(&format!("{label}.{name}"), value.to_string(), seen.to_string());
        }
    }
}

fn part<'a>(value: &'a Value, key: &str, empty: &'a Map<String, Value>) -> &'a Map<String, Value> {
    value.get(key).and_then(Value::as_object).unwrap_or(empty)
}
