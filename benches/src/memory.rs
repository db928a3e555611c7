//! Memory of the process, and how much of it a loaded user takes.

use orm::prelude::*;

use crate::models::User;
use crate::{Outcome, Source, bare, check, objects};

/// Memory of the process, in kilobytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Now.
    pub resident: u64,
    /// The most so far.
    pub peak: u64,
}

impl Memory {
    /// Asks the system; only Linux tells.
    ///
    /// # Errors
    /// Where it doesn't tell.
    pub fn now() -> Outcome<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| -> Outcome<u64> {
            let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such field")?;
            Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
        };
        Ok(Memory { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
    }
}

/// By how many bytes the process grows for each user that is loaded and alive, by hand: plain structs.
///
/// # Errors
/// What SQLite says, and rows that aren't there.
pub fn by_hand(source: &Source) -> Outcome<f64> {
    let connection = bare::filled(source, source.size, false)?;
    let before = Memory::now()?;
    let users = bare::all_users(&connection)?;
    let after = Memory::now()?;
    check("users", users.len(), source.size)?;
    Ok(each(before, after, source.size))
}

/// By how many bytes the process grows for each user that is loaded and alive, with objects.
///
/// # Errors
/// What the library says, and rows that aren't there.
pub fn with_objects(source: &Source) -> Outcome<f64> {
    let engine = objects::filled(source, source.size, false)?;
    let before = Memory::now()?;
    let session = Session::new(&engine);
    let users = session.scalars(select(User))?.all()?;
    let after = Memory::now()?;
    check("users", users.len(), source.size)?;
    Ok(each(before, after, source.size))
}

fn each(before: Memory, after: Memory, users: usize) -> f64 {
    after.resident.saturating_sub(before.resident) as f64 * 1024.0 / users as f64
}
