//! `Opener`: opens raw connections and gives them the settings of the options.

use std::time::Duration;

use orm_core::Result;
use rusqlite::Connection as Raw;
use rusqlite::config::DbConfig;

use crate::dialect::quoted;
use crate::error::refusal;
use crate::location::{Location, Place, refused};
use crate::options::{JournalMode, Options, Synchronous};
use crate::wait::{patiently, while_busy};

/// A place and how to open it.
pub(crate) struct Opener {
    pub(crate) location: Location,
    /// The places of the databases that are attached, in the order of the options.
    pub(crate) attached: Vec<Location>,
    pub(crate) options: Options,
}

impl Opener {
    /// Opens the first connection, so that what is wrong with place or options shows now.
    pub(crate) fn open_first(&self) -> Result<Raw> {
        let first = self.open()?;
        if self.location.place == Place::File && first.path() == Some("") {
            return Err(refused("each connection would have a database of its own")
                .help("use `Engine::in_memory()`, or a URI with `mode=memory&cache=shared`"));
        }
        self.check_pragmas(&first)?;
        Ok(first)
    }

    /// Opens a connection.
    pub(crate) fn open(&self) -> Result<Raw> {
        let raw = Raw::open_with_flags(&self.location.target, self.options.flags())
            .map_err(|error| refusal(error, None))?;
        self.set_up(&raw)?;
        self.options.functions.iter().try_for_each(|function| function.add_to(&raw))?;
        Ok(raw)
    }

    /// Whether a database is the memory of its only connection, which therefore can't be closed.
    pub(crate) fn has_one_connection(&self) -> bool {
        self.has(Place::Private)
    }

    /// Whether a database is kept so.
    pub(crate) fn has(&self, place: Place) -> bool {
        std::iter::once(&self.location).chain(&self.attached).any(|location| location.place == place)
    }

    /// The databases that are attached, by their schemas.
    fn schemas(&self) -> impl Iterator<Item = (&str, &Location)> {
        self.options.attached.iter().map(|(schema, _)| schema.as_str()).zip(&self.attached)
    }

    /// Takes back what a session has changed on a connection that can't be closed: settings, attached
    /// databases, temporary tables. What can't be restored stays: the database is worth more.
    pub(crate) fn restore(&self, raw: &Raw) {
        const TEMPORARY: &str = "SELECT printf('DROP %s temp.\"%w\"', type, name) FROM sqlite_temp_schema
             WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite^_%' ESCAPE '^'
             ORDER BY type = 'table'";
        let texts = |sql: &str| -> rusqlite::Result<Vec<String>> {
            raw.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        let others = attached_to(raw).unwrap_or_default().into_iter();
        let others =
            others.filter(|name| !self.schemas().any(|(schema, _)| schema.eq_ignore_ascii_case(name)));
        let detach = others.map(|name| format!("DETACH {}", quoted(&name)));
        for undo in detach.chain(texts(TEMPORARY).unwrap_or_default()) {
            let _ = raw.execute_batch(&undo);
        }
        let _ = self.set_up(raw);
    }

    fn set_up(&self, raw: &Raw) -> Result<()> {
        let options = &self.options;
        // The limit is SQLite's: milliseconds in 32 bits.
        let longest = Duration::from_millis(i32::MAX as u64);
        raw.busy_timeout(options.busy_timeout.min(longest)).map_err(|error| refusal(error, None))?;
        raw.set_prepared_statement_cache_capacity(options.statement_cache);
        // A quoted name that is no column would else be read as a text.
        for config in [DbConfig::SQLITE_DBCONFIG_DQS_DML, DbConfig::SQLITE_DBCONFIG_DQS_DDL] {
            raw.set_db_config(config, false).map_err(|error| refusal(error, None))?;
        }
        self.set(raw, "foreign_keys", if options.foreign_keys { "on" } else { "off" })?;
        if options.read_uncommitted {
            self.set(raw, "read_uncommitted", "on")?;
        }
        self.attach(raw)?;
        for (schema, location) in std::iter::once(("main", &self.location)).chain(self.schemas()) {
            self.set_journal_mode(raw, schema, location.place)?;
            let unless_told = (location.place == Place::Temporary).then_some(Synchronous::Off);
            if let Some(level) = options.synchronous.or(unless_told) {
                self.set_of(raw, Some(schema), "synchronous", level.as_str())?;
            }
        }
        for (name, value) in &options.pragmas {
            self.set(raw, name, value)?;
        }
        Ok(())
    }

    /// Attaches the databases that aren't yet.
    fn attach(&self, raw: &Raw) -> Result<()> {
        if self.attached.is_empty() {
            return Ok(());
        }
        let there = attached_to(raw).map_err(|error| refusal(error, None))?;
        for (schema, location) in self.schemas() {
            if there.iter().any(|name| name.eq_ignore_ascii_case(schema)) {
                continue;
            }
            let Some(target) = location.target.to_str() else {
                return Err(refused(format!("the path of `{schema}` is no Unicode text"))
                    .help("SQLite attaches only what has such a name"));
            };
            let sql = format!("ATTACH ? AS {}", quoted(schema));
            patiently(self.options.busy_timeout, || raw.execute(&sql, [target]))
                .map_err(|error| refusal(error, Some(&sql)))?;
        }
        Ok(())
    }

    fn set(&self, raw: &Raw, name: &str, value: &str) -> Result<()> {
        self.set_of(raw, None, name, value)
    }

    fn set_of(&self, raw: &Raw, schema: Option<&str>, name: &str, value: &str) -> Result<()> {
        patiently(self.options.busy_timeout, || raw.pragma_update(schema, name, value))
            .map_err(|error| refusal(error, Some(&format!("PRAGMA {name} = '{value}'"))))
    }

    fn set_journal_mode(&self, raw: &Raw, schema: &str, place: Place) -> Result<()> {
        let Some(mode) = self.journal_mode(raw, schema, place)? else { return Ok(()) };
        let sql = format!("PRAGMA journal_mode = '{}'", mode.as_str());
        // Two connections that turn the log on at the same moment refuse each other without waiting.
        let got = while_busy(self.options.busy_timeout, || {
            raw.pragma_update_and_check(Some(schema), "journal_mode", mode.as_str(), |row| {
                row.get::<_, String>(0)
            })
        })
        .map_err(|error| refusal(error, Some(&sql)))?;
        // The default is had where the file system allows it; a wish is met or refused.
        if self.options.journal_mode.is_some() && got != mode.as_str() {
            let wanted = mode.as_str();
            return Err(refused(format!("the journal mode is `{got}`, and `{wanted}` can't be had")));
        }
        Ok(())
    }

    /// The journal mode to set: what was asked for, else the log for files that can be written.
    fn journal_mode(&self, raw: &Raw, schema: &str, place: Place) -> Result<Option<JournalMode>> {
        if self.options.journal_mode.is_some() {
            return Ok(self.options.journal_mode);
        }
        match place {
            Place::File => {}
            Place::Temporary => return Ok(Some(JournalMode::Wal)),
            Place::NamedMemory | Place::Private => return Ok(None),
        }
        // Only reading finds out whether the file is a database and may be written.
        patiently(self.options.busy_timeout, || {
            let sql = format!("SELECT count(*) FROM {}.sqlite_schema", quoted(schema));
            raw.query_row(&sql, [], |_| Ok(()))
        })
        .map_err(|error| refusal(error, None))?;
        let read_only = raw.is_readonly(schema).map_err(|error| refusal(error, None))?;
        Ok(if read_only { None } else { Some(JournalMode::Wal) })
    }

    /// SQLite is silent about pragmas that it doesn't know.
    fn check_pragmas(&self, raw: &Raw) -> Result<()> {
        for (name, _) in &self.options.pragmas {
            let known: bool = raw
                .query_row("SELECT count(*) FROM pragma_pragma_list WHERE name = lower(?)", [name], |row| {
                    row.get::<_, i64>(0).map(|found| found > 0)
                })
                .map_err(|error| refusal(error, None))?;
            if !known {
                return Err(refused(format!("SQLite knows no pragma `{name}`")));
            }
        }
        Ok(())
    }
}

/// The names of the databases that are attached to a connection.
fn attached_to(raw: &Raw) -> rusqlite::Result<Vec<String>> {
    const ATTACHED: &str = "SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')";
    raw.prepare(ATTACHED)?.query_map([], |row| row.get(0))?.collect()
}
