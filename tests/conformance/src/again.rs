//! Asks SQLAlchemy again: where a scenario differs, its own answer may depend on where objects lie in memory.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::report::Outcome;
use crate::scenario::{self, Scenario};
use crate::zoo::Zoo;

/// How often the scenario is played again.
const TIMES: &str = "48";

/// The other answers of SQLAlchemy to a scenario.
///
/// # Errors
/// Where Python or the pinned SQLAlchemy isn't there.
pub fn answers(python: &str, scenario: &Scenario) -> Result<Vec<Scenario>, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle").join("again.py");
    let mut child = Command::new(python)
        .arg("-B")
        .arg(script)
        .arg(TIMES)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{python}: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(scenario.line.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{python} can't play the scenario again"));
    }
    scenario::read(&String::from_utf8_lossy(&output.stdout))
}

/// Plays a scenario that differs against the other answers of SQLAlchemy; it passes if it is one of them.
pub fn check(python: &str, zoo: &'static Zoo, scenario: &Scenario, outcome: Outcome) -> Outcome {
    for other in answers(python, scenario).unwrap_or_default() {
        let again = crate::play(zoo, &other);
        if again.passed() {
            return Outcome { open: true, ..again };
        }
    }
    outcome
}
