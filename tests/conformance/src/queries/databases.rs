//! The databases that are queried: Chinook, which stays open, and the zoos with the rows of a line.

use std::path::{Path, PathBuf};

use orm::engine::{Connection, EngineConnection};
use orm::{DefaultRegistry, Mapping, Result};
use serde_json::Value;

use super::line::Line;
use crate::database::Database;
use crate::player::value;
use crate::zoo;

/// The databases of a run.
#[derive(Default)]
pub struct Databases {
    chinook: Option<Database>,
    echo: bool,
}

/// A database with its classes.
pub struct Opened<'d> {
    /// The database.
    pub database: OneOf<'d>,
    /// Its classes.
    pub mapping: &'static Mapping,
}

/// A database that stays, or one of a line.
pub enum OneOf<'d> {
    /// One that stays.
    Lent(&'d Database),
    /// One of a line.
    Own(Box<Database>),
}

impl std::ops::Deref for OneOf<'_> {
    type Target = Database;

    fn deref(&self) -> &Database {
        match self {
            OneOf::Lent(database) => database,
            OneOf::Own(database) => database,
        }
    }
}

/// Where the Chinook file is: where the variable `CHINOOK` says, else where the example has it.
pub fn chinook_file() -> PathBuf {
    match std::env::var_os("CHINOOK") {
        Some(file) => file.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/Chinook_Sqlite.sqlite"),
    }
}

impl Databases {
    /// Databases whose statements are printed where that is wanted.
    pub fn new(echo: bool) -> Self {
        Databases { chinook: None, echo }
    }

    /// The database of a line; none where it has no Rust model.
    ///
    /// # Errors
    /// Where it can't be opened, or its rows can't be inserted.
    pub fn open(&mut self, line: &Line) -> Result<Option<Opened<'_>>> {
        let Some(name) = line.zoo() else {
            let database = match self.chinook.take() {
                Some(database) => database,
                None => {
                    let options = orm::sqlite::Engine::options().read_only(true);
                    Database::on(options.open(chinook_file())?.into(), self.echo)?
                }
            };
            let database = self.chinook.insert(database);
            database.enter();
            let mapping = DefaultRegistry::mapping()?;
            return Ok(Some(Opened { database: OneOf::Lent(database), mapping }));
        };
        let Some(zoo) = zoo::find(name) else { return Ok(None) };
        let mapping = (zoo.mapping)()?;
        let engine = orm::sqlite::Engine::options().max_connections(1).in_memory()?;
        let database = Box::new(Database::on(engine.into(), self.echo)?);
        (zoo.create_all)(&database.engine)?;
        fill(database.raw(), &line.all["setup"])?;
        Ok(Some(Opened { database: OneOf::Own(database), mapping }))
    }
}

/// Inserts the rows of a line: table to its columns and rows.
fn fill(connection: &EngineConnection, setup: &Value) -> Result<()> {
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    for (table, content) in setup.as_object().into_iter().flatten() {
        let columns: Vec<String> =
            list(&content["columns"]).iter().map(|name| format!("\"{}\"", text(name))).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({marks})", columns.join(", "));
        let mut statement = connection.prepare(&sql)?;
        for row in list(&content["rows"]) {
            for (at, cell) in list(row).iter().enumerate() {
                statement.bind(at, value(cell).as_ref())?;
            }
            statement.execute()?;
        }
    }
    Ok(())
}

/// The items of a list; none where it isn't one.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text; empty where it isn't one.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
