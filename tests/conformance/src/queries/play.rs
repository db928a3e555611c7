//! Plays a line: what is done before, the query, and what is read afterwards.

use orm::{AnyItem, AnyObj, AnyRow, Error, Result, Select, Session, SessionConfig};
use serde_json::{Map, Value, json};

use super::build::Builder;
use super::compare::{self, Compared};
use super::databases::{Databases, Opened, list, text};
use super::line::Line;
use super::scope::Stop;
use super::see;
use crate::player::value;

/// What came of a line.
#[derive(Debug)]
pub enum Outcome {
    /// It came out as SQLAlchemy's.
    Equal,
    /// What differs, a line each.
    Different(Vec<String>),
    /// It can't be said here, and why.
    LeftOut(String),
    /// It doesn't count: it has no model, or its only mistake is none here.
    NotCounted(String),
}

/// What the library gave for a query.
#[derive(Debug, Default)]
pub struct Given {
    /// The error, where it was one.
    pub error: Option<Error>,
    /// How many statements the query took.
    pub statements: u64,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
    /// What is loaded, where that is asked for.
    pub loaded: Value,
    /// The loaded columns of the same objects.
    pub columns: Value,
    /// The columns of the first objects, or of those of before.
    pub values: Value,
    /// What was read afterwards.
    pub read: Option<Read>,
}

/// What was read of the objects of rows.
#[derive(Debug)]
pub struct Read {
    /// What each has.
    pub is: Value,
    /// How many statements that took.
    pub statements: u64,
    /// The error that ended it.
    pub error: Option<Error>,
}

/// Plays a line and compares what it gave.
pub fn play(databases: &mut Databases, line: &Line) -> Outcome {
    if line.message().contains("unique() method") {
        return Outcome::NotCounted("its only mistake is a missing `unique()`".to_owned());
    }
    match databases.open(line) {
        Ok(None) => Outcome::NotCounted(format!("the zoo {} has no Rust model", text(&line.all["db"]))),
        Err(error) => Outcome::Different(vec![format!("the database can't be opened: {error}")]),
        Ok(Some(opened)) => match run(&opened, line) {
            Err(Stop::LeftOut(why)) => Outcome::LeftOut(why),
            Err(Stop::Error(error)) => Outcome::Different(vec![format!("can't be played: {error}")]),
            Ok(given) => match compare::line(line, &given, opened.mapping) {
                Compared::Equal => Outcome::Equal,
                Compared::LeftOut(why) => Outcome::LeftOut(why),
                Compared::NotCounted(why) => Outcome::NotCounted(why),
                Compared::Different(what) => Outcome::Different(what),
            },
        },
    }
}

fn run(opened: &Opened<'_>, line: &Line) -> std::result::Result<Given, Stop> {
    let query = line.query();
    let session = Session::with_config(
        &opened.database.engine,
        SessionConfig::default().autoflush(false).like_sqlalchemy(true),
    );
    let mut before = Vec::new();
    for step in list(&query["before"]) {
        before.push(prepare(&session, opened, step)?);
    }
    let mut builder = Builder::new(&session, opened.mapping);
    let built = builder.statement(query);
    let held = std::mem::take(&mut builder.held);
    let start = opened.database.selects();
    let rows = match built {
        Ok(built) => rows(&session, built, query),
        Err(Stop::Error(error)) => Err(error),
        Err(left_out) => return Err(left_out),
    };
    let mut given = Given { statements: opened.database.selects() - start, ..Given::default() };
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => {
            given.error = Some(error);
            return Ok(given);
        }
    };
    given.rows = rows.iter().map(see::cells).collect();
    let objects = see::objects(&rows);
    (given.loaded, given.columns) = see::graph(&objects)?;
    let shown = if before.is_empty() { &objects[..objects.len().min(2)] } else { &before };
    let mut values = Map::new();
    for object in shown {
        values.insert(see::label(Some(object)).as_str().unwrap_or_default().to_owned(), see::values(object)?);
    }
    given.values = Value::Object(values);
    if let Some(name) = query["read"].as_str() {
        let start = opened.database.selects();
        let (is, error) = read(&rows, name);
        given.read = Some(Read { is, error, statements: opened.database.selects() - start });
    }
    drop(held);
    Ok(given)
}

/// An object that is got, read and changed before the query.
fn prepare(session: &Session, opened: &Opened<'_>, step: &Value) -> std::result::Result<AnyObj, Stop> {
    let mapper = opened.mapping.by_name(text(&step["get"]))?;
    let key: Vec<orm::Value> = list(&step["key"]).iter().map(value).collect();
    let Some(object) = session.get_any(mapper, &key)? else {
        return Err(Error::new(orm::Code::Internal, format!("no {} {key:?}", mapper.class())).into());
    };
    for name in list(&step["read"]) {
        object.related(text(name))?;
    }
    for (name, cell) in step["set"].as_object().into_iter().flatten() {
        object.set(name, &value(cell))?;
    }
    Ok(object)
}

fn rows(session: &Session, built: Select<AnyRow>, query: &Value) -> Result<Vec<AnyRow>> {
    let rows = session.execute(built)?;
    let rows = if query["unique"] == true { rows.unique() } else { rows };
    match query["take"].as_str() {
        Some("first") => rows.first().map(|row| row.into_iter().collect()),
        Some("one") => rows.one().map(|row| vec![row]),
        Some(_) => rows.one_or_none().map(|row| row.into_iter().collect()),
        None => rows.all(),
    }
}

/// Reads a relationship of the first object of each row, as far as it goes.
fn read(rows: &[AnyRow], name: &str) -> (Value, Option<Error>) {
    let mut found = Map::new();
    for row in rows {
        let Some(AnyItem::Object(Some(object))) = row.0.first() else { continue };
        let label = see::label(Some(object)).as_str().unwrap_or_default().to_owned();
        let relation = object.mapper().relation_named(name);
        match (object.related(name), relation) {
            (Ok(related), Some(relation)) => found.insert(label, see::related(relation, &related)),
            (Ok(_), None) => None,
            (Err(error), _) => return (json!(found), Some(error)),
        };
    }
    (json!(found), None)
}
