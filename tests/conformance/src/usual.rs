//! Plays scenarios in a session with the usual settings. What SQLAlchemy gave doesn't count then: it is looked whether objects and
//! rows agree, and whether the library finds fault with itself.

use orm::Code;

use crate::player::Player;
use crate::scenario::Scenario;
use crate::zoo::Zoo;

/// Columns that the database changes by itself, or that nothing carries on: what the objects of a session hold of these is as
/// in SQLAlchemy until they are loaded again.
const OF_THE_DATABASE: [(&str, &str); 2] = [("passive_deletes_all", "user_id"), ("no_constraint", "ip")];

/// Plays a scenario to its end, and says what is wrong after the first step where anything is.
///
/// # Errors
/// That, and where the zoo can't be set up.
pub fn play(zoo: &'static Zoo, scenario: &Scenario) -> Result<(), String> {
    let mut player = Player::usual(zoo).map_err(|error| error.to_string())?;
    let is_meant = |line: &String| {
        let of =
            |(name, column): &(&str, &str)| *name == zoo.name && line.contains(&format!(".{column} is "));
        !OF_THE_DATABASE.iter().any(of)
    };
    for (at, step) in scenario.steps.iter().enumerate() {
        let place = || format!("{} seed {} step {at}: {}", zoo.name, scenario.seed, step.op_text());
        let Ok(done) = player.play(&step.op) else { return Ok(()) };
        if done.error == Some(Code::Internal) {
            return Err(format!("{}\n    {}", place(), done.message.unwrap_or_default()));
        }
        let commits = step.op.first().is_some_and(|op| op == "commit") && done.error.is_none();
        let found =
            if commits { player.disagreements().map_err(|error| error.to_string())? } else { Vec::new() };
        let found: Vec<String> = found.into_iter().filter(is_meant).collect();
        if !found.is_empty() {
            return Err(format!("{}\n    {}", place(), found.join("\n    ")));
        }
    }
    Ok(())
}
