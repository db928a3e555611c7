//! `conformance FILE.jsonl...`: plays files of scenarios and says where the library differs from SQLAlchemy.

use std::process::ExitCode;

use conformance::queries::databases::Databases;
use conformance::queries::{line, report as query_report};
use conformance::report::{Outcome, Report};
use conformance::scenario::{self, Scenario};
use conformance::{again, play, play_aloud, usual, zoo};

const USAGE: &str = "usage: conformance [OPTION...] FILE.jsonl...
  --queries        the files hold queries, not scenarios
  --usual          play in sessions with the usual settings, and look only whether objects and rows agree
  --only ZOO,...   play these zoos only
  --known          leave out scenarios of zoos that have no Rust model, which count as failed else
  --seed N         play the scenarios with this seed only
  --echo           print each step and each statement
  --most N         print at most N differing scenarios (default 20)
  --python PATH    the Python with the pinned SQLAlchemy that is asked again where a scenario differs, since its
                   answer may depend on where objects lie in memory (default python3)
  --once           don't ask again";

#[derive(Default)]
struct Options {
    files: Vec<String>,
    queries: bool,
    usual: bool,
    only: Option<Vec<String>>,
    known: bool,
    seed: Option<u64>,
    echo: bool,
    most: Option<usize>,
    python: Option<String>,
    once: bool,
}

impl Options {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("`{arg}` needs a value"));
            match arg.as_str() {
                "--only" => options.only = Some(value()?.split(',').map(str::to_owned).collect()),
                "--queries" => options.queries = true,
                "--usual" => options.usual = true,
                "--known" => options.known = true,
                "--echo" => options.echo = true,
                "--once" => options.once = true,
                "--python" => options.python = Some(value()?),
                "--seed" => options.seed = Some(value()?.parse().map_err(|_| "`--seed` needs a number")?),
                "--most" => options.most = Some(value()?.parse().map_err(|_| "`--most` needs a number")?),
                other if other.starts_with('-') => return Err(format!("no option `{other}`")),
                _ => options.files.push(arg),
            }
        }
        if options.files.is_empty() {
            return Err("no file".to_owned());
        }
        Ok(options)
    }

    fn wants(&self, scenario: &Scenario) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&scenario.zoo))
            && self.seed.is_none_or(|seed| seed == scenario.seed)
            && (!self.known || zoo::find(&scenario.zoo).is_some())
    }

    fn run_queries(&self) -> Result<query_report::Report, String> {
        let mut report = query_report::Report::default();
        let mut databases = Databases::new(self.echo);
        for file in &self.files {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            for line in line::read(&text).map_err(|error| format!("{file}: {error}"))? {
                if self.seed.is_none_or(|seed| seed == line.seed) {
                    report.add(file, &line, conformance::queries::play::play(&mut databases, &line));
                }
            }
        }
        Ok(report)
    }

    fn run(&self) -> Result<Report, String> {
        let mut report = Report::default();
        for file in &self.files {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            for scenario in scenario::read(&text).map_err(|error| format!("{file}: {error}"))? {
                if !self.wants(&scenario) {
                    continue;
                }
                let outcome = match zoo::find(&scenario.zoo) {
                    Some(zoo) if self.usual => {
                        let (steps, broken) = (scenario.steps.len(), usual::play(zoo, &scenario).err());
                        let equal = if broken.is_none() { steps } else { 0 };
                        Outcome { steps, equal, broken, ..Outcome::default() }
                    }
                    Some(zoo) if self.echo => play_aloud(zoo, &scenario),
                    Some(zoo) => match play(zoo, &scenario) {
                        outcome if outcome.passed() || self.once => outcome,
                        outcome => {
                            let python = self.python.as_deref().unwrap_or("python3");
                            again::check(python, zoo, &scenario, outcome)
                        }
                    },
                    None => Outcome {
                        steps: scenario.steps.len(),
                        broken: Some("the zoo has no Rust model".to_owned()),
                        ..Outcome::default()
                    },
                };
                report.add(file, &scenario, &outcome);
            }
        }
        Ok(report)
    }
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]
fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let most = options.most.unwrap_or(20);
    let ran = match options.queries {
        true => options.run_queries().map(|report| (report.text(most), report.totals().1)),
        false => options.run().map(|report| (report.text(most), report.totals().1)),
    };
    match ran {
        Ok((text, failed)) => {
            print!("{text}");
            if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
