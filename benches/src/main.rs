//! Prints what live objects cost beside bare rusqlite.
//!
//! `benches [--check] [--size N] [--pairs N] [--only W1,W5]` prints the table of ratios; with `--check` it
//! fails where one is over its limit. `benches growth [--only ..]` prints time per row at two sizes, the memory
//! of a long read, and how the cost of single operations grows (where some are named, only these); with
//! `--check` it fails where they grow. `benches memory` prints how much memory a loaded user takes. `benches
//! profile [--side rusqlite] [--only ..]` runs one side alone, the one with objects where none is named, for a
//! profiler. `benches list` prints the names of the workloads.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the numbers are the point")]

use std::process::ExitCode;

use benches::report::measure;
use benches::{Clock, Outcome, Source, WORKLOADS, growth, memory, operations};

#[derive(Clone, Copy)]
enum Command {
    Ratios,
    Growth,
    Memory,
    Profile,
    List,
}

/// The side of a workload.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Bare,
    Objects,
}

impl Side {
    const ALL: [Side; 2] = [Side::Bare, Side::Objects];

    fn name(self) -> &'static str {
        match self {
            Side::Bare => "rusqlite",
            Side::Objects => "orm",
        }
    }

    fn named(name: &str) -> Outcome<Self> {
        let found = Side::ALL.into_iter().find(|side| side.name() == name);
        found.ok_or_else(|| format!("a side is `rusqlite` or `orm`, not `{name}`").into())
    }
}

struct Options {
    command: Command,
    side: Option<Side>,
    check: bool,
    size: usize,
    pairs: usize,
    only: Vec<String>,
}

impl Options {
    fn read() -> Outcome<Self> {
        let mut options = Options {
            command: Command::Ratios,
            side: None,
            check: false,
            size: 10_000,
            pairs: 21,
            only: Vec::new(),
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "growth" => options.command = Command::Growth,
                "memory" => options.command = Command::Memory,
                "profile" => options.command = Command::Profile,
                "list" => options.command = Command::List,
                "--side" => options.side = Some(Side::named(&value()?)?),
                "--check" => options.check = true,
                "--size" => options.size = value()?.parse()?,
                "--pairs" => options.pairs = value()?.parse()?,
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                "--bench" => {} // what `cargo bench` says
                other => return Err(format!("unknown argument {other}").into()),
            }
        }
        if options.size < 50 || options.pairs == 0 {
            return Err("a size of at least 50 and one pair are needed".into());
        }
        if options.side.is_some() && !matches!(options.command, Command::Memory | Command::Profile) {
            return Err("--side goes with `profile` and `memory`".into());
        }
        Ok(options)
    }
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }
}

fn profile(options: &Options) -> Outcome<bool> {
    let source = Source::new(options.size);
    let side = options.side.unwrap_or(Side::Objects);
    for workload in WORKLOADS.iter().filter(|workload| options.wants(workload.name)) {
        let run = match side {
            Side::Bare => workload.bare,
            Side::Objects => workload.objects,
        };
        let mut rows = 0;
        for _ in 0..options.pairs {
            rows = run(&source, &mut Clock::default())?;
        }
        println!("{}\t{}\t{rows}", workload.name, side.name());
    }
    Ok(true)
}

/// Prints what each side takes, each measured in a process of its own: what one leaves to the allocator would
/// be used by the other.
fn remembered(options: &Options) -> Outcome<bool> {
    let source = Source::new(options.size * 10);
    match options.side {
        Some(side) => {
            let bytes = match side {
                Side::Bare => memory::by_hand(&source)?,
                Side::Objects => memory::with_objects(&source)?,
            };
            println!("{:<10} {bytes:>8.0}", side.name());
        }
        None => {
            println!("bytes per loaded user, {} users alive", source.size);
            for side in Side::ALL {
                let status = std::process::Command::new(std::env::current_exe()?)
                    .args(["memory", "--side", side.name(), "--size", &options.size.to_string()])
                    .status()?;
                if !status.success() {
                    return Err(format!("{} failed", side.name()).into());
                }
            }
        }
    }
    Ok(true)
}

fn ratios(options: &Options) -> Outcome<bool> {
    let source = Source::new(options.size);
    println!(
        "N = {}, {} alternating pairs, medians; SQLite {}",
        options.size,
        options.pairs,
        rusqlite::version()
    );
    println!(
        "{:<20} {:>8} {:>12} {:>10} {:>7} {:>7} {:>14} {:>10}",
        "workload", "rows", "rusqlite ms", "orm ms", "ratio", "limit", "rusqlite µs/row", "orm µs/row"
    );
    let mut good = true;
    for workload in WORKLOADS.iter().filter(|workload| options.wants(workload.name)) {
        let found = measure(workload, &source, options.pairs)?;
        let each = |ms: f64| ms * 1e3 / found.rows as f64;
        let over = found.ratio > workload.limit;
        good &= !over;
        println!(
            "{:<20} {:>8} {:>12.2} {:>10.2} {:>7.2} {:>7.1} {:>14.2} {:>10.2}{}",
            workload.name,
            found.rows,
            found.bare,
            found.objects,
            found.ratio,
            workload.limit,
            each(found.bare),
            each(found.objects),
            if over { "  over its limit" } else { "" }
        );
    }
    Ok(good)
}

/// How much dearer a row may be at ten times the size.
const FACTOR: f64 = 1.3;
/// How many kilobytes the process may grow by between a tenth of a long read and its end.
const FLAT: u64 = 1024;

fn growing(options: &Options) -> Outcome<bool> {
    let mut good = true;
    // Memory first: the peak counts from the start of the process.
    let (readings, seconds) = growth::stream(options.size * 100)?;
    println!("one object after another, {seconds:.2} s");
    println!("{:>10} {:>14} {:>10}", "rows", "resident kB", "peak kB");
    for reading in &readings {
        println!("{:>10} {:>14} {:>10}", reading.rows, reading.memory.resident, reading.memory.peak);
    }
    if let (Some(early), Some(last)) = (readings.get(1), readings.last()) {
        let grown = last.memory.peak.saturating_sub(early.memory.peak);
        good &= grown <= FLAT;
        println!("the peak grew by {grown} kB after the first tenth, {FLAT} allowed");
    }
    let small = growth::graph(options.size, 5)?;
    let large = growth::graph(options.size * 10, 3)?;
    println!("\nµs a row, {} and {} parents with 5 children each", options.size, options.size * 10);
    println!("{:<14} {:>10} {:>10} {:>8}", "", options.size, options.size * 10, "factor");
    let steps = [
        ("orm insert", small.insert, large.insert, true),
        ("orm load", small.load, large.load, true),
        ("orm drop", small.drop, large.drop, false),
        ("rusqlite insert", small.bare_insert, large.bare_insert, false),
        ("rusqlite load", small.bare_load, large.bare_load, false),
    ];
    for (name, small, large, counts) in steps {
        let factor = large / small;
        good &= !counts || factor <= FACTOR;
        println!("{name:<14} {small:>10.3} {large:>10.3} {factor:>8.2}");
    }
    println!();
    Ok(operated(options)? && good)
}

/// A number, or what stands for one that isn't known because its case was cut off.
fn number(number: f64, width: usize, digits: usize) -> String {
    if number.is_finite() { format!("{number:>width$.digits$}") } else { format!("{:>width$}", "cut off") }
}

/// Prints how the cost of single operations grows.
fn operated(options: &Options) -> Outcome<bool> {
    let mut good = true;
    println!("ms for an operation on each of n, 2n and 4n objects; the factor is of the cost of one");
    println!(
        "{:<20} {:>6} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "operation", "n", "n", "2n", "4n", "factor", "limit"
    );
    for case in operations::CASES.iter().filter(|case| options.wants(case.name)) {
        let growth = operations::measure(case)?;
        print!("{:<20} {:>6}", case.name, case.objects);
        for time in growth.times {
            print!(" {}", number(time, 9, 3));
        }
        let over = growth.factor > case.limit;
        let mark = if over { "  over its limit" } else { "" };
        println!(" {} {:>7.1}{mark}", number(growth.factor, 7, 2), case.limit);
        good &= !over;
    }
    Ok(good)
}

fn main() -> ExitCode {
    let run = || -> Outcome<bool> {
        let options = Options::read()?;
        let good = match options.command {
            Command::Ratios => ratios(&options)?,
            Command::Growth if options.only.is_empty() => growing(&options)?,
            Command::Growth => operated(&options)?,
            Command::Memory => remembered(&options)?,
            Command::Profile => profile(&options)?,
            Command::List => {
                WORKLOADS.iter().for_each(|workload| println!("{}", workload.name));
                true
            }
        };
        Ok(good || !options.check)
    };
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("over a limit");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
