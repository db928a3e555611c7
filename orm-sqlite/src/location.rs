//! `Location`: what a path or URI means to an engine that opens several connections to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use orm_core::{DriverError, Error, Fault, Result};

/// What keeps a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    /// Memory that anybody in the process can name. It lasts as long as a connection to it.
    NamedMemory,
    /// Memory that belongs to one engine.
    OwnMemory,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// What SQLite is given.
    pub(crate) target: PathBuf,
    pub(crate) place: Place,
}

impl Location {
    /// A database in memory that only one engine knows.
    pub(crate) fn own_memory() -> Self {
        Self::own_memory_with(&[])
    }

    /// The same for an engine that never has two connections: without a shared cache SQLite is faster, but
    /// then the database is the connection's.
    pub(crate) fn for_one_connection(self) -> Self {
        match (self.place, self.target.to_str()) {
            (Place::OwnMemory, Some(target)) => {
                Location { target: target.replacen("&cache=shared", "&cache=private", 1).into(), ..self }
            }
            _ => self,
        }
    }

    /// Reads a path, `:memory:` or a URI. A URI that would give each connection a database of its own is
    /// turned into memory shared by the engine's connections, with its other parameters kept.
    pub(crate) fn parse(path: &Path) -> Result<Self> {
        let file = Location { target: path.to_owned(), place: Place::File };
        let Some(text) = path.to_str() else { return Ok(file) };
        match text {
            "" => Err(refused("an empty path names no database").help("use `Engine::in_memory()`")),
            ":memory:" => Ok(Self::own_memory()),
            _ if text.starts_with("sqlite:") => {
                Err(refused(format!("`{text}` is no path and no URI of SQLite"))
                    .help("write the path alone, or a URI such as `file:app.db?mode=ro`"))
            }
            _ => match text.strip_prefix("file:") {
                None => Ok(file),
                Some(rest) => Self::parse_uri(rest, file),
            },
        }
    }

    fn parse_uri(rest: &str, as_written: Location) -> Result<Self> {
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
            (true, true) => Ok(Location { place: Place::NamedMemory, ..as_written }),
            (true, false) => Ok(Self::own_memory_with(&params)),
            (false, _) if name.is_empty() => {
                Err(refused("a URI without a path names no database").help("use `Engine::in_memory()`"))
            }
            (false, _) => Ok(as_written),
        }
    }

    fn own_memory_with(params: &[&str]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Names of shared memory are known to the whole process, so another copy of this crate must not hit
        // the same ones: the address of the counter tells them apart.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut target = format!("file:orm-{:p}-{number}?mode=memory&cache=shared", &raw const NEXT);
        let ours = ["mode=", "cache=", "vfs="];
        for param in params.iter().filter(|param| !ours.iter().any(|key| param.starts_with(key))) {
            target.push('&');
            target.push_str(param);
        }
        Location { target: target.into(), place: Place::OwnMemory }
    }
}

/// What can't be opened.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    Error::from(DriverError::new(Fault::Connection, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Location {
        Location::parse(Path::new(text)).unwrap()
    }

    #[test]
    fn files_stay_as_written() {
        for text in
            ["app.db", "/tmp/a b.db", "file:app.db", "file:app.db?mode=ro", "memory", "file:a?cache=shared"]
        {
            assert_eq!(parse(text), Location { target: text.into(), place: Place::File });
        }
    }

    #[test]
    fn memory_that_would_be_private_to_a_connection_is_shared_within_the_engine() {
        for text in
            [":memory:", "file::memory:", "file:x?mode=memory", "file:x?vfs=memdb", "file:?mode=memory#part"]
        {
            let location = parse(text);
            assert_eq!(location.place, Place::OwnMemory, "{text}");
            assert!(location.target.to_str().unwrap().ends_with("?mode=memory&cache=shared"), "{location:?}");
            assert_ne!(location, parse(text), "each engine has its own");
            let alone = location.for_one_connection().target;
            assert!(alone.to_str().unwrap().ends_with("?mode=memory&cache=private"), "{alone:?}");
        }
        let kept = parse("file:x?mode=memory&nolock=1").target;
        assert!(kept.to_str().unwrap().ends_with("?mode=memory&cache=shared&nolock=1"), "{kept:?}");
    }

    #[test]
    fn memory_that_is_shared_by_name_stays_as_written() {
        for text in ["file:x?mode=memory&cache=shared", "file::memory:?cache=shared", "file:/x?vfs=memdb"] {
            assert_eq!(parse(text), Location { target: text.into(), place: Place::NamedMemory });
            assert_eq!(parse(text).for_one_connection(), parse(text));
        }
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for text in ["", "file:", "file:?cache=shared", "sqlite:///app.db"] {
            let error = Location::parse(Path::new(text)).unwrap_err();
            assert_eq!(error.code(), orm_core::Code::Connection, "{text}");
        }
    }
}
