//! The rules of the repository that a program can keep: those of `docs/architecture.md` and `docs/style.md`.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "tidy/coverage.rs"]
mod coverage;
#[path = "tidy/entry.rs"]
mod entry;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/relationships.rs"]
mod relationships;
#[path = "tidy/words.rs"]
mod words;

/// The layers of orm-core, from the lowest. A module uses those of lower layers only.
const LAYERS: &[&[&str]] = &[
    &["error", "value"],
    &["sql"],
    &["engine"],
    &["declare"],
    &["mapper"],
    &["state"],
    &["query"],
    &["load", "flush", "proxy", "composite"],
    &["session"],
];

/// What orm-sqlite may see of orm-core: these modules, and what the root exports of them.
const DRIVERS_SEE: &[&str] = &[
    "error",
    "value",
    "sql",
    "engine",
    "Result",
    "Error",
    "Code",
    "Fault",
    "Constraint",
    "DriverError",
    "Value",
    "ValueRef",
    "Typed",
    "ValueError",
    "SqlType",
];

const LIBRARY: &[&str] = &["src", "orm-core/src", "orm-derive/src", "orm-sqlite/src"];
const LINES: usize = 400;
const MESSAGE_LINES: usize = 25;
const EXPANSION_LINES: usize = 262;

/// Expansions that may be longer: of a class with every option there is.
const LONG_EXPANSIONS: &[(&str, usize)] = &[("orm_derive__tests__node.snap", 445)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file under a folder of the repository whose name ends so, sorted.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    walk(&path, ending, found);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The path as it stands in the repository.
fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The lines without comments, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
}

/// The words that follow a prefix in a line, as `state` follows `crate::`.
fn after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    line.match_indices(prefix).map(move |(at, _)| {
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        (&line[..at], &rest[..end])
    })
}

fn none(problems: &[String], rule: &str) {
    assert!(problems.is_empty(), "{rule}:\n  {}\n", problems.join("\n  "));
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn modules_look_down() {
    let mut problems = Vec::new();
    for path in files("orm-core/src", ".rs") {
        let name = name(&path);
        let inside = name.trim_start_matches("orm-core/src/").trim_end_matches(".rs");
        let mut modules: Vec<&str> = inside.split('/').collect();
        modules.retain(|module| *module != "mod");
        let module = modules[0];
        if ["lib", "private", "testing"].contains(&module) {
            continue;
        }
        let Some(own) = layer(module) else {
            problems.push(format!("{name}: `{module}` has no layer"));
            continue;
        };
        let up = "super::".repeat(modules.len());
        for (number, line) in code(&read(&path)) {
            let from_root = after(line, "crate::").filter(|(before, _)| !before.ends_with('$'));
            let by_super =
                after(line, &up).filter(|(before, other)| !before.ends_with("super::") && *other != "super");
            for (_, other) in from_root.chain(by_super.filter(|(_, other)| layer(other).is_some())) {
                match layer(other) {
                    Some(layer) if layer < own || other == module => {}
                    Some(_) => problems.push(format!("{name}:{number}: `{module}` uses `{other}`")),
                    // What only tests are compiled with.
                    None if line.contains("crate::registry!") || other == "testing" => {}
                    None => problems.push(format!("{name}:{number}: `crate::{other}` doesn't say its layer")),
                }
            }
        }
    }
    none(&problems, "a module of orm-core uses only modules of lower layers, each named by its path");
}

#[test]
fn packages_look_down() {
    let mut problems = Vec::new();
    for path in files("orm-sqlite/src", ".rs") {
        for (number, line) in code(&read(&path)) {
            for (_, other) in after(line, "orm_core::") {
                // A list is looked at word by word.
                let names: Vec<&str> = if other.is_empty() {
                    let list = line.split("orm_core::{").nth(1).unwrap_or_default();
                    list.split([',', '}', ';']).map(str::trim).filter(|word| !word.is_empty()).collect()
                } else {
                    vec![other]
                };
                for other in names.iter().map(|name| name.split("::").next().unwrap_or_default()) {
                    if !DRIVERS_SEE.contains(&other) {
                        problems.push(format!("{}:{number}: `{other}` of orm-core", name(&path)));
                    }
                }
            }
        }
    }
    for folder in ["orm-core", "orm-derive"] {
        for path in files(&format!("{folder}/src"), ".rs") {
            for (number, line) in code(&read(&path)) {
                let crates: &[&str] = if folder == "orm-core" {
                    &["orm_sqlite", "rusqlite"]
                } else {
                    &["orm_core", "orm_sqlite", "rusqlite"]
                };
                for other in crates {
                    if line.contains(other) {
                        problems.push(format!("{}:{number}: {other}", name(&path)));
                    }
                }
            }
        }
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        let own = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        let own = own.split("[dependencies]").nth(1).unwrap_or_default();
        for line in own.lines().filter(|line| line.starts_with("orm") || line.starts_with("rusqlite")) {
            problems.push(format!("{folder}/Cargo.toml: {line}"));
        }
    }
    none(
        &problems,
        "orm-sqlite sees the lower layers of orm-core, orm-core and orm-derive see none of the others",
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut problems = Vec::new();
    for folder in ["src", "orm-core", "orm-derive", "orm-sqlite", "tests", "examples", "benches"] {
        for path in files(folder, ".rs") {
            let name = name(&path);
            // What is compiled to see the compiler's message has the lines that the message quotes.
            if name.starts_with("tests/ui/") || name.starts_with("tests/ui_pass/") {
                continue;
            }
            let text = read(&path);
            if !text.starts_with("//! ") && !text.starts_with("#![doc = include_str!(") {
                problems.push(name);
            }
        }
    }
    none(&problems, "every file opens with a `//!` line that says what it is for");
}

/// How many lines a file has before the tests at its end.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ") && pair[1].ends_with('{')
    });
    tests.unwrap_or(lines.len())
}

#[test]
fn files_are_short() {
    let mut problems = Vec::new();
    for folder in LIBRARY.iter().chain(&["examples"]) {
        for path in files(folder, ".rs") {
            let name = name(&path);
            if name.ends_with("/tests.rs") || name.contains("/tests/") {
                continue;
            }
            let lines = lines_without_tests(&read(&path));
            if lines > LINES {
                problems.push(format!("{name}: {lines}"));
            }
        }
    }
    none(&problems, "a file has at most 400 lines without its tests");
}

#[test]
fn paths_in_the_documentation_exist() {
    const TOP: &[&str] =
        &["src", "orm-core", "orm-derive", "orm-sqlite", "tests", "examples", "benches", "docs", ".ci"];
    let mut problems = Vec::new();
    let mut pages = files("docs", ".md");
    pages.push(root().join("README.md"));
    let mut found = 0;
    for page in &pages {
        for (at, line) in read(page).lines().enumerate() {
            let words = line.split('`').skip(1).step_by(2);
            for word in words.filter(|word| word.split('/').next().is_some_and(|top| TOP.contains(&top))) {
                found += 1;
                if word.contains('/') && !root().join(word).exists() {
                    problems.push(format!("{}:{}: {word}", name(page), at + 1));
                }
            }
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let beside = page.parent().unwrap_or(page).join(link.split('#').next().unwrap_or_default());
                if !link.contains("://") && !beside.exists() {
                    problems.push(format!("{}:{}: {link}", name(page), at + 1));
                }
            }
        }
    }
    assert!(found > 50, "only {found} paths were found: is the search right?");
    none(&problems, "paths that the documentation names exist");
}

#[test]
fn behaviours_are_decided_in_one_or_two_files() {
    let page = read(&root().join("docs/architecture.md"));
    let table = page.split("\n## Where a behaviour is decided\n").nth(1).unwrap_or_default();
    let rows =
        table.lines().take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| "));
    let mut problems = Vec::new();
    let rows: Vec<&str> = rows.skip(1).collect();
    assert!(rows.len() >= 15, "only {} behaviours were found: is the search right?", rows.len());
    for row in rows {
        let (behaviour, place) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap_or((row, ""));
        let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let mut paths: Vec<String> = quoted(place).into_iter().filter(|word| word.contains('/')).collect();
        paths.dedup();
        if paths.is_empty() || paths.len() > 2 || paths.iter().any(|path| !path.ends_with(".rs")) {
            problems.push(format!("{behaviour}: {} files", paths.len()));
        }
        // Functions stand in parentheses.
        let texts: String =
            paths.iter().map(|path| fs::read_to_string(root().join(path)).unwrap_or_default()).collect();
        for group in place.split('(').skip(1).filter_map(|rest| rest.split(')').next()) {
            for function in quoted(group) {
                let function = function.rsplit("::").next().unwrap_or_default();
                if ![format!("fn {function}("), format!("fn {function}<")]
                    .iter()
                    .any(|begin| texts.contains(begin))
                {
                    problems.push(format!("{behaviour}: there is no `{function}`"));
                }
            }
        }
    }
    none(
        &problems,
        "a behaviour is decided in one or two files, and the functions that are named stand there",
    );
}

/// What stands in the parentheses behind each occurrence of `opener`, which ends with one.
fn lists<'a>(text: &'a str, opener: &str) -> Vec<&'a str> {
    let inside = |start: usize| {
        let mut depth = 1;
        let end = text[start..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        &text[start..end.map_or(text.len(), |end| start + end)]
    };
    let starts = text.match_indices(opener).map(|(at, _)| at);
    starts
        .filter(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .map(|at| inside(at + opener.len()))
        .collect()
}

/// The keys of a list, without those of lists within it.
fn keys(list: &str) -> Vec<String> {
    let mut depth = 0;
    let flat: String = list
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(');
            let keep = depth == 0;
            depth -= i32::from(*c == ')');
            keep
        })
        .collect();
    let words = flat.split(',').map(|part| part.trim().split([' ', '=', '\n']).next().unwrap_or_default());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_attribute_key_has_a_test_of_its_misuse() {
    let table = read(&root().join("orm-derive/src/attr/keys.rs"));
    let table = table.split("\nkeys! {").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap();
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut place = "";
    for (_, line) in code(table) {
        // `Place => Options {`, then `key: Shape,` or `field as "key": Shape,`.
        if let Some((opened, _)) = line.split_once("=>") {
            place = opened.trim();
        } else if let Some((key, _)) = line.split_once(':') {
            let key = key.split(" as ").last().unwrap_or(key).trim().trim_matches('"');
            entries.push((place.to_owned(), key.to_owned()));
        }
    }
    assert!(entries.len() > 40, "only {} keys were found: is the search right?", entries.len());

    let mut misused: Vec<(String, String)> = Vec::new();
    for path in files("tests/ui", ".rs") {
        let source = read(&path);
        let stderr = read(&path.with_extension("stderr"));
        // Quoted source stands behind a bar, so that what is left is what the compiler says.
        let said: Vec<&str> = stderr.lines().filter(|line| !line.contains(" | ")).collect();
        let mapped = lists(&source, "#[mapped(");
        let related = lists(&source, "#[relationship(");
        let backref = related.iter().flat_map(|list| lists(list, "backref(")).collect::<Vec<_>>();
        let nested = |opener: &str| mapped.iter().flat_map(|list| lists(list, opener)).collect::<Vec<_>>();
        let places = [
            ("Mapped", mapped.clone()),
            ("Column", lists(&source, "#[column(")),
            ("Relationship", related.clone()),
            ("Backref", backref),
            ("ForeignKey", nested("foreign_key(")),
            ("ColumnForeignKey", lists(&source, "#[column(foreign_key(")),
            ("Unique", nested("unique(")),
            ("Index", nested("index(")),
            ("Check", nested("check(")),
            ("Proxy", nested("proxy(")),
            ("CompositeType", lists(&source, "#[composite(")),
        ];
        for (place, lists) in places {
            for key in lists.into_iter().flat_map(keys) {
                if said.iter().any(|line| line.contains(&format!("`{key}"))) {
                    misused.push((place.to_owned(), key));
                }
            }
        }
    }
    let problems: Vec<String> = entries
        .iter()
        .filter(|entry| !misused.contains(entry))
        .map(|(place, key)| format!("{place}: {key}"))
        .collect();
    none(&problems, "each key of an attribute is misused in a file of tests/ui, and the message names it");
}

#[test]
fn messages_are_short_and_name_no_machine() {
    let mut problems = Vec::new();
    for path in files("tests/ui", ".stderr") {
        let name = name(&path);
        let text = read(&path);
        for message in text.split("\nerror").map(str::trim_end) {
            let lines = message.lines().count();
            if lines > MESSAGE_LINES {
                problems
                    .push(format!("{name}: {lines} lines: {}", message.lines().next().unwrap_or_default()));
            }
        }
        if text.contains("--> /") || text.contains("::: /") {
            problems.push(format!("{name}: an absolute path"));
        }
    }
    none(&problems, "a message of the compiler has at most 25 lines, and no path of a machine");
}

#[test]
fn expansions_are_short() {
    let mut problems = Vec::new();
    let snapshots = files("orm-derive/src/tests/snapshots", "");
    assert!(snapshots.len() > 3);
    for path in snapshots {
        let name = name(&path);
        if !name.ends_with(".snap") {
            problems.push(format!("{name}: not a snapshot"));
            continue;
        }
        let text = read(&path);
        let lines = text.splitn(3, "---\n").nth(2).unwrap_or_default().lines().count();
        let long = LONG_EXPANSIONS.iter().find(|(file, _)| name.ends_with(file));
        if lines > long.map_or(EXPANSION_LINES, |(_, lines)| *lines) {
            problems.push(format!("{name}: {lines} lines"));
        }
    }
    none(&problems, "the expansion of a class has at most 262 lines");
}

#[test]
fn no_order_comes_from_a_hash() {
    let mut problems = Vec::new();
    for path in files("orm-core/src", ".rs") {
        for (number, line) in code(&read(&path)) {
            if line.contains("std::collections::Hash") || line.contains("collections::hash_") {
                problems.push(format!("{}:{number}", name(&path)));
            }
        }
    }
    none(&problems, "orm-core has no hash maps of std");
}

#[test]
fn the_quickstart_is_the_example() {
    let readme = read(&root().join("README.md"));
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = read(&root().join("examples/quickstart.rs"));
    let start = example.find("use orm::prelude::*;").unwrap();
    assert_eq!(shown.trim_end(), example[start..].trim_end(), "README.md and examples/quickstart.rs differ");
}

#[test]
fn the_readme_shows_what_the_example_of_requests_does() {
    let readme = read(&root().join("README.md"));
    let shown = readme.split("```rust,ignore\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = read(&root().join("examples/requests.rs"));
    let text = |code: &str| code.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text(&example).contains(&text(shown)), "README.md and examples/requests.rs differ");
}
