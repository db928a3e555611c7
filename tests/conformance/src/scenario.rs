//! `Scenario`: a line of a file of scenarios, read.

use indexmap::IndexMap;
use serde_json::Value;

/// Random work, and what SQLAlchemy did.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The mapping that it is played with.
    pub zoo: String,
    /// The seed that it was made from.
    pub seed: u64,
    /// The steps.
    pub steps: Vec<Step>,
    /// The line of the file.
    pub line: String,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name and the arguments.
    pub op: Vec<Value>,
    /// The class of the exception that it raised.
    pub error: Option<String>,
    /// What it returned.
    pub value: Value,
    /// How many SELECT statements it took.
    pub selects: u64,
    /// How many rows it changed.
    pub writes: u64,
    /// The objects that look different from the step before, by label.
    pub objects: IndexMap<String, Value>,
    /// The tables that changed.
    pub tables: IndexMap<String, Value>,
}

impl Step {
    /// The op as it stands in the file.
    pub fn op_text(&self) -> String {
        Value::Array(self.op.clone()).to_string()
    }
}

/// Reads the scenarios of a file's text.
///
/// # Errors
/// Which line isn't a scenario, and why.
pub fn read(text: &str) -> Result<Vec<Scenario>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let value = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))?;
            scenario(&value, line).ok_or_else(|| format!("line {}: not a scenario", at + 1))
        })
        .collect()
}

fn scenario(value: &Value, line: &str) -> Option<Scenario> {
    Some(Scenario {
        zoo: value.get("zoo")?.as_str()?.to_owned(),
        seed: value.get("seed").and_then(Value::as_u64).unwrap_or(0),
        steps: value.get("steps")?.as_array()?.iter().map(step).collect::<Option<_>>()?,
        line: line.to_owned(),
    })
}

fn step(value: &Value) -> Option<Step> {
    let map = |key| match value.get(key) {
        None => Some(IndexMap::new()),
        Some(found) => Some(found.as_object()?.iter().map(|(k, v)| (k.clone(), v.clone())).collect()),
    };
    Some(Step {
        op: value.get("op")?.as_array()?.clone(),
        error: value.get("error").and_then(Value::as_str).map(str::to_owned),
        value: value.get("value").cloned().unwrap_or_default(),
        selects: value.get("selects")?.as_u64()?,
        writes: value.get("writes")?.as_u64()?,
        objects: map("objects")?,
        tables: map("tables")?,
    })
}
