//! `Location`: what a path or URI means to an engine that opens several connections to it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use orm_core::{DriverError, Error, Fault, Result};
use tempfile::TempDir;

/// What keeps a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    /// Memory that anybody in the process can name. It lasts as long as a connection to it.
    NamedMemory,
    /// The memory of the only connection of an engine.
    Private,
    /// A file in a folder of its own that goes with the engine: what several connections have for memory.
    Temporary,
}

/// Where a database is.
#[derive(Debug)]
pub(crate) struct Location {
    /// What SQLite is given.
    pub(crate) target: PathBuf,
    pub(crate) place: Place,
    /// The folder that goes with the database.
    pub(crate) folder: Option<TempDir>,
}

/// What a user names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    File(PathBuf),
    /// Memory that others can name too.
    Shared(PathBuf),
    /// Memory that only one engine knows, with parameters of a URI.
    Memory(String),
}

impl Named {
    /// Says where the database is. Memory that several connections share is a file without waiting for the disk: SQLite's
    /// shared caches read what isn't committed or keep readers and writers waiting for each other.
    pub(crate) fn locate(self, connections: usize, folder: Option<&Path>) -> Result<Location> {
        Ok(match self {
            Named::File(target) => Location { target, place: Place::File, folder: None },
            Named::Shared(target) => Location { target, place: Place::NamedMemory, folder: None },
            Named::Memory(params) if connections == 1 => {
                let target = format!("file::memory:?cache=private{params}").into();
                Location { target, place: Place::Private, folder: None }
            }
            Named::Memory(params) => {
                let folder = temporary(folder).map_err(|error| {
                    refused(format!(
                        "there is no folder for a database that several connections share: {error}"
                    ))
                    .help("name one by `Options::memory_folder`, or take `Options::max_connections(1)`")
                })?;
                let file = folder.path().join("memory.db");
                let target = if params.is_empty() { file } else { with_params(&file, &params) };
                Location { target, place: Place::Temporary, folder: Some(folder) }
            }
        })
    }

    /// A database in memory that only one engine knows.
    pub(crate) fn memory() -> Self {
        Named::Memory(String::new())
    }

    /// Reads a path, `:memory:` or a URI. A URI that would give each connection a database of its own is
    /// memory of the engine's own, with its other parameters kept.
    pub(crate) fn parse(path: &Path) -> Result<Self> {
        let file = Named::File(path.to_owned());
        let Some(text) = path.to_str() else { return Ok(file) };
        match text {
            "" => Err(refused("an empty path names no database").help("use `Engine::in_memory()`")),
            ":memory:" => Ok(Self::memory()),
            _ if text.starts_with("sqlite:") => {
                Err(refused(format!("`{text}` is no path and no URI of SQLite"))
                    .help("write the path alone, or a URI such as `file:app.db?mode=ro`"))
            }
            _ => match text.strip_prefix("file:") {
                None => Ok(file),
                Some(rest) => Self::parse_uri(rest, path),
            },
        }
    }

    fn parse_uri(rest: &str, as_written: &Path) -> Result<Self> {
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
        let params: Vec<&str> = query.split('&').filter(|param| !param.is_empty()).collect();
        // SQLite takes the last of several parameters of the same name for `mode` and `cache`.
        let value = |key: &str| {
            params
                .iter()
                .rev()
                .filter_map(|param| param.split_once('='))
                .find(|(k, _)| *k == key)
                .map(|(_, v)| v)
        };
        let memdb = value("vfs") == Some("memdb");
        let memory = memdb || name == ":memory:" || value("mode") == Some("memory");
        let shared = if memdb { name.starts_with('/') } else { value("cache") == Some("shared") };
        match (memory, shared) {
            (true, true) => Ok(Named::Shared(as_written.to_owned())),
            (true, false) => Ok(Named::Memory(others(&params))),
            (false, _) if name.is_empty() => {
                Err(refused("a URI without a path names no database").help("use `Engine::in_memory()`"))
            }
            (false, _) => Ok(Named::File(as_written.to_owned())),
        }
    }
}

/// The parameters of a URI that don't say that it is memory, each with `&` before it.
fn others(params: &[&str]) -> String {
    let ours = ["mode=", "cache=", "vfs="];
    let others = params.iter().filter(|param| !ours.iter().any(|key| param.starts_with(key)));
    others.flat_map(|param| ["&", param]).collect()
}

/// A new folder that nobody else can read.
fn temporary(folder: Option<&Path>) -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("orm-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    match folder {
        Some(folder) => builder.tempdir_in(folder),
        None => builder.tempdir(),
    }
}

/// A file as a URI with parameters.
fn with_params(file: &Path, params: &str) -> PathBuf {
    let mut uri = String::from("file:");
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte))
            }
            other => _ = write!(uri, "%{other:02x}"),
        }
    }
    uri.push('?');
    uri.push_str(params.trim_start_matches('&'));
    uri.into()
}

/// What can't be opened.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    Error::from(DriverError::new(Fault::Connection, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Named {
        Named::parse(Path::new(text)).unwrap()
    }

    #[test]
    fn files_stay_as_written() {
        for text in
            ["app.db", "/tmp/a b.db", "file:app.db", "file:app.db?mode=ro", "memory", "file:a?cache=shared"]
        {
            assert_eq!(parse(text), Named::File(text.into()));
        }
    }

    #[test]
    fn memory_that_would_be_private_to_a_connection_is_the_engines() {
        for text in
            [":memory:", "file::memory:", "file:x?mode=memory", "file:x?vfs=memdb", "file:?mode=memory#part"]
        {
            assert_eq!(parse(text), Named::memory(), "{text}");
        }
        assert_eq!(parse("file:x?mode=memory&nolock=1&a=b"), Named::Memory("&nolock=1&a=b".to_owned()));
    }

    #[test]
    fn memory_that_is_shared_by_name_stays_as_written() {
        for text in ["file:x?mode=memory&cache=shared", "file::memory:?cache=shared", "file:/x?vfs=memdb"] {
            assert_eq!(parse(text), Named::Shared(text.into()));
        }
    }

    #[test]
    fn memory_is_private_to_an_only_connection_and_else_a_file() {
        let alone = parse("file:x?mode=memory&nolock=1").locate(1, None).unwrap();
        assert_eq!(alone.target, Path::new("file::memory:?cache=private&nolock=1"));
        assert_eq!((alone.place, alone.folder.is_some()), (Place::Private, false));
        let shared = Named::memory().locate(2, None).unwrap();
        let folder = shared.folder.unwrap();
        assert_eq!((shared.target, shared.place), (folder.path().join("memory.db"), Place::Temporary));
        let within = Named::Memory("&a=b".to_owned()).locate(2, Some(folder.path())).unwrap();
        let uri = within.target.to_str().unwrap();
        assert!(uri.starts_with("file:/") && uri.ends_with("/memory.db?a=b"), "{uri}");
        assert!(within.folder.unwrap().path().starts_with(folder.path()));
        let nowhere = folder.path().join("none");
        assert!(Named::memory().locate(2, Some(&nowhere)).is_err());
        assert_eq!(with_params(Path::new("/a b?c%/x.db"), "&y=1"), Path::new("file:/a%20b%3fc%25/x.db?y=1"));
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for text in ["", "file:", "file:?cache=shared", "sqlite:///app.db"] {
            let error = Named::parse(Path::new(text)).unwrap_err();
            assert_eq!(error.code(), orm_core::Code::Connection, "{text}");
        }
    }
}
