//! Plays random work that SQLAlchemy has played (`oracle/`) with the Rust models of the same zoos, and compares
//! step by step: errors, values, states, what is loaded, rows, and how many statements it took.

pub mod again;
pub mod compare;
pub mod database;
pub mod expected;
pub mod fault;
pub mod player;
pub mod queries;
pub mod report;
pub mod scenario;
pub mod see;
pub mod usual;
pub mod zoo;

#[allow(dead_code, unreachable_pub, reason = "the models of the example")]
#[path = "../../../examples/chinook/models.rs"]
mod models;
#[allow(dead_code, unreachable_pub, reason = "the types of the example")]
#[path = "../../../examples/chinook/types.rs"]
mod types;

use compare::Compared;
use expected::Expected;
use player::Player;
use report::{Difference, Outcome};
use scenario::Scenario;
use zoo::Zoo;

/// Plays a scenario up to its first step that differs.
pub fn play(zoo: &'static Zoo, scenario: &Scenario) -> Outcome {
    run(zoo, scenario, false)
}

/// As [`play`], printing each step and each statement of the library.
pub fn play_aloud(zoo: &'static Zoo, scenario: &Scenario) -> Outcome {
    run(zoo, scenario, true)
}

#[allow(clippy::print_stderr, reason = "what `--echo` is for")]
fn run(zoo: &'static Zoo, scenario: &Scenario, echo: bool) -> Outcome {
    let mut outcome = Outcome { steps: scenario.steps.len(), ..Outcome::default() };
    let mut player = match Player::new(zoo, echo) {
        Ok(player) => player,
        Err(error) => {
            outcome.broken = Some(format!("the zoo can't be set up: {error}"));
            return outcome;
        }
    };
    let mut expected = Expected::default();
    for (at, step) in scenario.steps.iter().enumerate() {
        if echo {
            eprintln!("{at} {}", step.op_text());
        }
        if let Some(fault) = fault::of_own_code(step.error.as_deref()) {
            outcome.fault = Some((fault, scenario.steps.len() - at));
            return outcome;
        }
        let before = expected.clone();
        expected.take(step);
        let done = match player.play(&step.op) {
            Ok(done) => done,
            Err(left_out) => {
                // What follows presumes that the op was done, so the scenario ends here.
                outcome.left_out = Some((left_out.0, scenario.steps.len() - at));
                return outcome;
            }
        };
        match compare::step(&before, &expected, step, &done) {
            Compared::Equal => outcome.equal += 1,
            Compared::Fault(fault) => {
                outcome.fault = Some((fault, scenario.steps.len() - at));
                return outcome;
            }
            Compared::Different(what) => {
                let (op, message) = (step.op_text(), done.message);
                outcome.different = Some(Difference { step: at, op, what, message });
                return outcome;
            }
        }
    }
    outcome
}
