//! What came out, and how it is printed.

use std::fmt::Write as _;

use indexmap::IndexMap;

use crate::fault::Fault;
use crate::scenario::Scenario;

/// What came of a scenario.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many steps it has.
    pub steps: usize,
    /// How many came out the same.
    pub equal: usize,
    /// The first that didn't.
    pub different: Option<Difference>,
    /// Why it couldn't be played to its end, and how many steps that left out.
    pub left_out: Option<(String, usize)>,
    /// The fault of SQLAlchemy that ended it, and how many steps weren't compared for it.
    pub fault: Option<(Fault, usize)>,
    /// Whether it is another of SQLAlchemy's answers than the one in the file.
    pub open: bool,
    /// Why it couldn't be played at all.
    pub broken: Option<String>,
}

impl Outcome {
    /// Whether it came out as SQLAlchemy's.
    pub fn passed(&self) -> bool {
        self.different.is_none() && self.broken.is_none()
    }
}

/// A step that came out otherwise.
#[derive(Debug)]
pub struct Difference {
    /// Its place in the scenario.
    pub step: usize,
    /// The op.
    pub op: String,
    /// What differs, a line each.
    pub what: Vec<String>,
    /// The library's error message.
    pub message: Option<String>,
}

#[derive(Default)]
struct Row {
    scenarios: usize,
    passed: usize,
    steps: usize,
    equal: usize,
    faults: usize,
    left_out: usize,
}

/// What wasn't compared for one reason.
#[derive(Default)]
struct NotCompared {
    steps: usize,
    scenarios: Vec<String>,
}

/// Gathers outcomes.
#[derive(Default)]
pub struct Report {
    zoos: IndexMap<String, Row>,
    reasons: IndexMap<String, NotCompared>,
    open: Vec<String>,
    differences: Vec<String>,
}

impl Report {
    /// Adds the outcome of a scenario; `file` is where it stands.
    pub fn add(&mut self, file: &str, scenario: &Scenario, outcome: &Outcome) {
        let row = self.zoos.entry(scenario.zoo.clone()).or_default();
        row.scenarios += 1;
        row.passed += usize::from(outcome.passed());
        row.steps += outcome.steps;
        row.equal += outcome.equal;
        if outcome.open {
            self.open.push(format!("{} seed {}", scenario.zoo, scenario.seed));
        }
        let mut reasons = Vec::new();
        if let Some((reason, steps)) = &outcome.left_out {
            row.left_out += steps;
            reasons.push((format!("left out: {reason}"), steps));
        }
        if let Some((fault, steps)) = &outcome.fault {
            row.faults += steps;
            reasons.push((format!("SQLAlchemy's own fault: {fault}"), steps));
        }
        for (reason, steps) in reasons {
            let reason = self.reasons.entry(reason).or_default();
            reason.steps += steps;
            reason.scenarios.push(format!(
                "{} seed {} from {}",
                scenario.zoo,
                scenario.seed,
                outcome.steps - steps
            ));
        }
        let mut text = format!("{} seed {} ({file})", scenario.zoo, scenario.seed);
        if let Some(broken) = &outcome.broken {
            let _ = write!(text, ": {broken}");
        } else if let Some(difference) = &outcome.different {
            let _ = write!(text, " step {}: {}", difference.step, difference.op);
            for line in &difference.what {
                let _ = write!(text, "\n    {line}");
            }
            if let Some(message) = &difference.message {
                let _ = write!(text, "\n    message: {message}");
            }
        } else {
            return;
        }
        self.differences.push(text);
    }

    /// How many scenarios passed, and how many failed.
    pub fn totals(&self) -> (usize, usize) {
        let passed: usize = self.zoos.values().map(|row| row.passed).sum();
        let all: usize = self.zoos.values().map(|row| row.scenarios).sum();
        (passed, all - passed)
    }

    /// Everything, as text; the last line says how many scenarios passed and how many failed.
    pub fn text(&self, most: usize) -> String {
        let mut text = String::new();
        for difference in self.differences.iter().take(most) {
            let _ = writeln!(text, "{difference}");
        }
        if self.differences.len() > most {
            let _ = writeln!(text, "... and {} more", self.differences.len() - most);
        }
        let _ = writeln!(
            text,
            "{:<26}{:>10}{:>8}{:>8}{:>11}{:>11}{:>10}",
            "zoo", "scenarios", "steps", "equal", "different", "its fault", "left out"
        );
        let mut sum = Row::default();
        for (name, row) in &self.zoos {
            line(&mut text, name, row);
            sum.scenarios += row.scenarios;
            sum.passed += row.passed;
            sum.steps += row.steps;
            sum.equal += row.equal;
            sum.faults += row.faults;
            sum.left_out += row.left_out;
        }
        line(&mut text, "all", &sum);
        for (reason, NotCompared { steps, scenarios }) in &self.reasons {
            let count = scenarios.len();
            let _ = writeln!(text, "{reason}: {steps} steps, {count} scenarios: {}", scenarios.join(", "));
        }
        if !self.open.is_empty() {
            let _ = writeln!(
                text,
                "equal to another of SQLAlchemy's answers, which change with where its objects lie in memory and when they are collected: {}",
                self.open.join(", ")
            );
        }
        let (passed, failed) = self.totals();
        let _ = writeln!(text, "{passed} passed, {failed} failed");
        text
    }
}

fn line(text: &mut String, name: &str, row: &Row) {
    let _ = writeln!(
        text,
        "{name:<26}{:>10}{:>8}{:>8}{:>11}{:>11}{:>10}",
        row.scenarios,
        row.steps,
        row.equal,
        row.scenarios - row.passed,
        row.faults,
        row.left_out
    );
}
