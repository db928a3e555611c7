//! `Line`: a line of a file of queries, read.

use serde_json::Value;

/// A query, and what SQLAlchemy gave for it.
#[derive(Clone, Debug)]
pub struct Line {
    /// `chinook`, or `zoo:` and the name of a zoo.
    pub db: String,
    /// The seed that it was made from.
    pub seed: u64,
    /// `rows`, `entities` or `options`.
    pub kind: String,
    /// The whole line.
    pub all: Value,
}

impl Line {
    /// The query.
    pub fn query(&self) -> &Value {
        &self.all["query"]
    }

    /// The name of the zoo, where it is of one.
    pub fn zoo(&self) -> Option<&str> {
        self.db.strip_prefix("zoo:")
    }

    /// The class of the exception that SQLAlchemy raised.
    pub fn error(&self) -> Option<&str> {
        self.all["error"].as_str()
    }

    /// What the exception said.
    pub fn message(&self) -> &str {
        self.all["message"].as_str().unwrap_or_default()
    }
}

/// Reads the lines of a file's text.
///
/// # Errors
/// Which line isn't one of queries, and why.
pub fn read(text: &str) -> Result<Vec<Line>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let value = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))?;
            parse(value).ok_or_else(|| format!("line {}: not a query", at + 1))
        })
        .collect()
}

fn parse(all: Value) -> Option<Line> {
    all.get("query")?.as_object()?;
    Some(Line {
        db: all.get("db")?.as_str()?.to_owned(),
        seed: all.get("seed")?.as_u64()?,
        kind: all.get("kind")?.as_str()?.to_owned(),
        all,
    })
}
