//! What came out of queries, and how it is printed.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::line::Line;
use super::play::Outcome;

#[derive(Default)]
struct Counts {
    lines: usize,
    equal: usize,
    different: usize,
    left_out: usize,
    not_counted: usize,
}

/// Gathers outcomes, by kind and database.
#[derive(Default)]
pub struct Report {
    kinds: IndexMap<String, Counts>,
    reasons: IndexMap<String, Vec<u64>>,
    differences: Vec<String>,
}

impl Report {
    /// Adds the outcome of a line; `file` is where it stands.
    pub fn add(&mut self, file: &str, line: &Line, outcome: Outcome) {
        let db = if line.zoo().is_some() { "zoos" } else { "chinook" };
        let counts = self.kinds.entry(format!("{} on {db}", line.kind)).or_default();
        counts.lines += 1;
        let mut reason = |text: String| self.reasons.entry(text).or_default().push(line.seed);
        match outcome {
            Outcome::Equal => counts.equal += 1,
            Outcome::LeftOut(why) => {
                counts.left_out += 1;
                reason(format!("left out: {why}"));
            }
            Outcome::NotCounted(why) => {
                counts.not_counted += 1;
                reason(format!("not counted: {why}"));
            }
            Outcome::Different(what) => {
                counts.different += 1;
                let mut text = format!("{} of {}, seed {} ({file})", line.kind, line.db, line.seed);
                for line in what {
                    let _ = write!(text, "\n    {line}");
                }
                self.differences.push(text);
            }
        }
    }

    /// How many lines came out as SQLAlchemy's, and how many otherwise. Those that are left out are in neither.
    pub fn totals(&self) -> (usize, usize) {
        let sum = |count: fn(&Counts) -> usize| self.kinds.values().map(count).sum();
        (sum(|counts| counts.equal), sum(|counts| counts.different))
    }

    /// How many lines of a kind count, and how many of them are left out.
    pub fn left_out(&self, kind: &str) -> (usize, usize) {
        let of_kind = self.kinds.iter().filter(|(name, _)| name.starts_with(kind));
        of_kind.fold((0, 0), |(lines, left_out), (_, counts)| {
            (lines + counts.lines - counts.not_counted, left_out + counts.left_out)
        })
    }

    /// Everything, as text; the last line says how many lines passed and how many failed.
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
            "{:<22}{:>8}{:>8}{:>11}{:>10}{:>13}",
            "kind", "lines", "equal", "different", "left out", "not counted"
        );
        for (name, counts) in &self.kinds {
            let Counts { lines, equal, different, left_out, not_counted } = counts;
            let _ = writeln!(
                text,
                "{name:<22}{lines:>8}{equal:>8}{different:>11}{left_out:>10}{not_counted:>13}"
            );
        }
        for (reason, seeds) in &self.reasons {
            let some: Vec<String> = seeds.iter().take(5).map(u64::to_string).collect();
            let more = if seeds.len() > some.len() { ", ..." } else { "" };
            let _ = writeln!(text, "{reason}: {} lines, seeds {}{more}", seeds.len(), some.join(", "));
        }
        let (passed, failed) = self.totals();
        let _ = writeln!(text, "{passed} passed, {failed} failed");
        text
    }
}
