//! Whether a step came out as SQLAlchemy's did. `README.md` of the oracle says what has to be equal.

use serde_json::{Map, Value};

use crate::expected::Expected;
use crate::fault::{self, Fault};
use crate::player::Done;
use crate::scenario::Step;
use crate::see::UNLOADED;

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
    let mut in_place = Vec::new();
    for (label, wanted) in expected.objects() {
        match done.objects.get(label) {
            None => differ(label, wanted.to_string(), "no such object".into()),
            Some(got) if before.expired_detached(label, wanted) && got["state"] == "detached" => {
                in_place.push((label, wanted, got));
            }
            Some(got) => object(label, wanted, got, &mut differ),
        }
    }
    if let Some(label) = done.objects.keys().find(|label| !expected.objects().contains_key(*label)) {
        differ(label, "no such object".into(), "one".into());
    }
    let mut same_tables = true;
    for (table, got) in &done.tables {
        let wanted = expected.rows(table);
        if wanted != *got {
            same_tables = false;
            differ(&format!("table {table}"), wanted.to_string(), got.to_string());
        }
    }
    let same_error = match (&step.error, done.error) {
        (None, None) => true,
        (Some(exception), Some(code)) => fault::codes(exception).contains(&code),
        _ => false,
    };
    if !same_error {
        let fault = fault::of_restoring(before, step, done, same_tables)
            .or_else(|| fault::of_marking_displaced(before, step, done.error))
            .or_else(|| fault::of_detached_in_place(before, step, done))
            .or_else(|| fault::of_not_removed(before, step, done))
            .or_else(|| fault::of_rekeyed(before, expected, step, done));
        if let Some(fault) = fault {
            return Compared::Fault(fault);
        }
        let (wanted, got) = (step.error.as_deref(), done.error.map(orm::Code::as_str));
        found.insert(
            0,
            format!("error: expected {}, got {}", wanted.unwrap_or("none"), got.unwrap_or("none")),
        );
    }
    if found.is_empty() && !in_place.is_empty() {
        // What expires an object finds it in the identity map.
        return Compared::Fault(Fault::DetachedInPlace);
    }
    if found.is_empty() {
        return Compared::Equal;
    }
    for (label, wanted, got) in in_place {
        object(label, wanted, got, &mut |what: &str, expected: String, got: String| {
            found.push(format!("{what}: expected {expected}, got {got}"));
        });
    }
    let fault = fault::of_row_taken_over(before, expected, step, done)
        .or_else(|| fault::of_second_object(before, expected, step, done))
        .or_else(|| fault::of_deleted_while_read(before, expected, step, done))
        .or_else(|| fault::of_rekeyed(before, expected, step, done));
    match fault {
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
        let bare = seen.is_null()
            || seen.as_array().is_some_and(Vec::is_empty)
            || seen.as_object().is_some_and(Map::is_empty);
        if seen != value && !(value == UNLOADED && no_row && bare) {
            differ(&format!("{label}.{name}"), value.to_string(), seen.to_string());
        }
    }
}

fn part<'a>(value: &'a Value, key: &str, empty: &'a Map<String, Value>) -> &'a Map<String, Value> {
    value.get(key).and_then(Value::as_object).unwrap_or(empty)
}
