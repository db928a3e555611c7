//! What the library gave against what SQLAlchemy had, as `oracle/queries/README.md` says.

use orm::Code;
use orm::mapper::Mapping;
use serde_json::{Map, Value};

use super::databases::list;
use super::line::Line;
use super::on_purpose;
use super::play::{Given, Read};

/// What a comparison says.
#[derive(Debug, PartialEq)]
pub enum Compared {
    /// They are the same.
    Equal,
    /// What differs, a line each.
    Different(Vec<String>),
    /// They can't be compared, and why.
    LeftOut(String),
    /// The query has a mistake for SQLAlchemy that is none here.
    NotCounted(String),
}

/// The codes that an exception of SQLAlchemy may be here.
fn codes(exception: &str) -> &'static [Code] {
    /// What a query says that is wrong by itself.
    const QUERY: &[Code] =
        &[Code::Query, Code::UnknownAttribute, Code::UnknownName, Code::WrongClass, Code::Value];
    match exception {
        "CompileError" | "ArgumentError" | "AttributeError" | "KeyError" => QUERY,
        "InvalidRequestError" => {
            &[Code::Query, Code::UnknownAttribute, Code::UnknownName, Code::WrongClass, Code::RaiseOnLoad]
        }
        "OperationalError" => &[Code::Database, Code::Query],
        "NoResultFound" => &[Code::NoResult],
        "MultipleResultsFound" => &[Code::MultipleResults],
        _ => &[],
    }
}

/// Compares what a line expects with what the library gave.
pub fn line(line: &Line, given: &Given, mapping: &Mapping) -> Compared {
    let mut found = Vec::new();
    let said = given.error.as_ref().map(ToString::to_string).unwrap_or_default();
    match (line.error(), &given.error) {
        (None, None) => {}
        (None, Some(_)) => found.push(format!("error: wanted none, got {said}")),
        (Some(wanted), Some(error)) if codes(wanted).contains(&error.code()) => {}
        (Some("MultipleResultsFound"), None) if may_repeat(line) && given.rows.len() == 1 => {
            return Compared::NotCounted("its only mistake is a missing `unique()`".to_owned());
        }
        (Some(wanted), _) => {
            found.push(format!("error: wanted {wanted} ({}), got {said}", line.message()));
        }
    }
    if line.error().is_none() && given.error.is_none() {
        rows(line, given, &mut found);
        if !found.is_empty() && line.query()["take"] == "first" && line.all["ordered"] == false {
            let why = "the first of rows in no order: any of them may be it";
            return Compared::LeftOut(why.to_owned());
        }
        for (key, got) in [("values", &given.values), ("loaded", &given.loaded)] {
            if let Some(wanted) = line.all.get(key) {
                parts(key, wanted, got, &mut found);
            }
        }
        if let Some(wanted) = line.all.get("columns") {
            parts("columns", &in_order(wanted), &in_order(&given.columns), &mut found);
        }
        if let Some(wanted) = line.all.get("read") {
            read(wanted, given.read.as_ref(), &mut found);
        }
    }
    let most = line.all["statements"].as_u64().unwrap_or(0);
    if line.error().is_none() && given.statements > most {
        found.push(format!("statements: wanted {most}, got {}", given.statements));
    }
    match on_purpose::reason(line, mapping).filter(|_| line.error().is_none() && given.error.is_none()) {
        _ if found.is_empty() => Compared::Equal,
        Some(why) => Compared::LeftOut(why.to_owned()),
        None => Compared::Different(found),
    }
}

/// The columns of each object by their names: their order says nothing.
fn in_order(columns: &Value) -> Value {
    let Some(objects) = columns.as_object() else { return columns.clone() };
    let sorted = |of: &Value| {
        let mut names: Vec<String> = list(of).iter().filter_map(Value::as_str).map(str::to_owned).collect();
        names.sort_unstable();
        Value::from(names)
    };
    objects.iter().map(|(object, of)| (object.clone(), sorted(of))).collect()
}

/// Whether rows are one object each, and may repeat it: here they don't.
fn may_repeat(line: &Line) -> bool {
    let query = line.query();
    let first = if query.get("set").is_some() { &query["parts"][0] } else { query };
    query["unique"] != true && matches!(list(&first["select"]), [one] if one.get("entity").is_some())
}

fn rows(line: &Line, given: &Given, found: &mut Vec<String>) {
    let shown: Vec<&[Value]> = list(&line.all["rows"]).iter().map(list).collect();
    let count = line.all["count"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let floats = floats(&shown);
    let repeats = may_repeat(line) && given.rows.len() < count;
    if repeats {
        let mut once: Vec<&[Value]> = Vec::new();
        shown.iter().for_each(|row| {
            if !once.contains(row) {
                once.push(row);
            }
        });
        let all = shown.len() == count;
        return listed(&once, given, line.all["ordered"] != false, all, found);
    }
    if given.rows.len() != count {
        found.push(format!("count: wanted {count}, got {}", given.rows.len()));
    }
    let ordered = line.all["ordered"] != false;
    if ordered || shown.len() == count {
        listed(&shown, given, ordered, shown.len() == count, found);
    }
    if shown.len() < count {
        let mut lines: Vec<String> = given.rows.iter().map(|row| text(row, &floats)).collect();
        if !ordered {
            lines.sort_unstable();
        }
        let (wanted, got) = (line.all["hash"].as_str().unwrap_or_default(), hash(&lines));
        if wanted != got {
            found.push(format!("hash of {count} rows: wanted {wanted}, got {got}"));
        }
    }
}

/// Compares rows one by one, in order or each with one that is left.
fn listed(wanted: &[&[Value]], given: &Given, ordered: bool, all: bool, found: &mut Vec<String>) {
    if all && wanted.len() != given.rows.len() {
        found.push(format!("rows: wanted {}, got {}", wanted.len(), given.rows.len()));
    }
    let same_row =
        |one: &[Value], two: &[Value]| one.len() == two.len() && one.iter().zip(two).all(|(a, b)| same(a, b));
    if ordered {
        for (at, (wanted, got)) in wanted.iter().zip(&given.rows).enumerate() {
            if !same_row(wanted, got) {
                found.push(format!("row {at}: wanted {}, got {}", show(wanted), show(got)));
                return;
            }
        }
        return;
    }
    let mut left: Vec<&Vec<Value>> = given.rows.iter().collect();
    for wanted in wanted {
        match left.iter().position(|got| same_row(wanted, got)) {
            Some(at) => _ = left.swap_remove(at),
            None => {
                found.push(format!("no row {} among {}", show(wanted), given.rows.len()));
                return;
            }
        }
    }
}

fn show(row: &[Value]) -> String {
    Value::from(row).to_string()
}

/// Which columns hold real numbers only: SQLite stores whole amounts of money as integers, and SQLAlchemy makes reals of
/// them.
fn floats(rows: &[&[Value]]) -> Vec<bool> {
    let width = rows.first().map_or(0, |row| row.len());
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at)).filter(|cell| cell.is_number());
    (0..width).map(|at| column(at).next().is_some() && column(at).all(Value::is_f64)).collect()
}

/// A row as the hash counts it.
fn text(row: &[Value], floats: &[bool]) -> String {
    let cell = |(at, cell): (usize, &Value)| match cell {
        Value::Null => "~".to_owned(),
        Value::Number(_) if cell.is_f64() || floats.get(at) == Some(&true) => "f".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    row.iter().enumerate().map(cell).collect::<Vec<_>>().join("|")
}

/// FNV-1a of 64 bits, over the lines, each followed by a newline.
fn hash(lines: &[String]) -> String {
    let bytes = lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Whether values are the same: numbers to a millionth.
fn same(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::Number(wanted), Value::Number(got)) if wanted.is_f64() || got.is_f64() => {
            let (Some(wanted), Some(got)) = (wanted.as_f64(), got.as_f64()) else { return false };
            (wanted - got).abs() <= 1e-6 * wanted.abs().max(1.0)
        }
        (Value::Object(wanted), Value::Object(got)) => {
            wanted.len() == got.len()
                && wanted.iter().all(|(key, value)| got.get(key).is_some_and(|got| same(value, got)))
        }
        (Value::Array(wanted), Value::Array(got)) => {
            wanted.len() == got.len() && wanted.iter().zip(got).all(|(wanted, got)| same(wanted, got))
        }
        _ => wanted == got,
    }
}

/// Compares objects of JSON member by member.
fn parts(what: &str, wanted: &Value, got: &Value, found: &mut Vec<String>) {
    let empty = Map::new();
    let (wanted, got) = (wanted.as_object().unwrap_or(&empty), got.as_object().unwrap_or(&empty));
    for (name, value) in wanted {
        match got.get(name) {
            Some(seen) if same(value, seen) => {}
            seen => {
                let seen = seen.map_or_else(|| "nothing".to_owned(), ToString::to_string);
                found.push(format!("{what} of {name}: wanted {value}, got {seen}"));
            }
        }
    }
    for (name, seen) in got.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
        found.push(format!("{what} of {name}: wanted nothing, got {seen}"));
    }
}

fn read(wanted: &Value, got: Option<&Read>, found: &mut Vec<String>) {
    let Some(got) = got else { return };
    parts("read", &wanted["is"], &got.is, found);
    match (wanted["error"].as_str(), &got.error) {
        (None, None) => {}
        (Some(wanted), Some(error)) if codes(wanted).contains(&error.code()) => {}
        (wanted, got) => {
            let got = got.as_ref().map(ToString::to_string).unwrap_or_default();
            found.push(format!("read, error: wanted {}, got {got}", wanted.unwrap_or("none")));
        }
    }
    let most = wanted["statements"].as_u64().unwrap_or(0);
    if got.statements > most {
        found.push(format!("read, statements: wanted {most}, got {}", got.statements));
    }
}
