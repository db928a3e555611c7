//! The page that says which tests cover SQLAlchemy's: its names are those of tests, and its sums are right.

use std::collections::BTreeMap;

use super::{none, read, root};

/// The file of each test binary.
fn binaries() -> BTreeMap<String, String> {
    let manifest = read(&root().join("tests/Cargo.toml"));
    let tests = manifest.split("[[test]]").skip(1);
    let value = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        line.unwrap_or_default().trim_end_matches('"').to_owned()
    };
    tests.map(|test| (value(test, "name"), format!("tests/{}", value(test, "path")))).collect()
}

/// The file where a test stands that is named with its binary, and its function.
fn file(binaries: &BTreeMap<String, String>, name: &str) -> Option<(String, String)> {
    let mut parts: Vec<&str> = name.split("::").collect();
    let function = parts.pop()?.to_owned();
    let binary = parts.remove(0);
    // What doesn't compile is a file for each.
    if binary == "ui" {
        return Some((format!("tests/ui/{}/{function}.rs", parts.join("/")), String::new()));
    }
    let root = match (binary, parts.first()) {
        ("conformance", Some(module)) => {
            return Some((format!("tests/conformance/tests/{module}.rs"), function));
        }
        _ => binaries.get(binary)?,
    };
    let folder = root.strip_suffix("/all.rs").unwrap_or(root.trim_end_matches(".rs"));
    match parts.as_slice() {
        [] => Some((root.clone(), function)),
        modules => Some((format!("{folder}/{}.rs", modules.join("/")), function)),
    }
}

#[test]
fn tests_that_the_coverage_names_exist() {
    tests_exist("docs/coverage.md", 200);
}

#[test]
fn tests_that_the_misconfigurations_name_exist() {
    tests_exist("docs/misconfigurations.md", 100);
}

/// Where a mistake is caught there is a test that shows it; where none can be made, nothing has to be shown.
#[test]
fn every_misconfiguration_names_a_test() {
    let page = read(&root().join("docs/misconfigurations.md"));
    let mut problems = Vec::new();
    let (mut found, mut place) = (0, None);
    for (at, line) in page.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            place = None;
        } else if line.starts_with("|--") {
            continue;
        } else if let Some(header) = cells.iter().position(|cell| *cell == "Where") {
            place = Some(header);
        } else if let Some(place) = place {
            found += 1;
            let caught = cells.get(place).copied().unwrap_or_default();
            let is_shown = cells.last().is_some_and(|tests| tests.contains("::"));
            if !["compile", "configure", "run", "none"].contains(&caught) {
                problems.push(format!("line {}: `{caught}` is no place", at + 1));
            } else if caught != "none" && !is_shown {
                problems.push(format!("line {}: it names no test", at + 1));
            }
        }
    }
    assert!(found > 120, "only {found} rows were found: is the search right?");
    none(&problems, "each misconfiguration that is caught names a test");
}

/// That the tests exist that a page names, which are at least so many.
pub(super) fn tests_exist(path: &str, least: usize) {
    let page = read(&root().join(path));
    let binaries = binaries();
    let is_test = |word: &&str| {
        word.contains("::")
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c))
    };
    let mut found = 0;
    let mut problems = Vec::new();
    for (at, line) in page.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2).filter(is_test) {
            found += 1;
            let exists = file(&binaries, word).is_some_and(|(file, function)| {
                let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
                let is_test = text.contains(&format!("#[test]\nfn {function}()"));
                is_test || (function.is_empty() && text.contains("fn main()"))
            });
            if !exists {
                problems.push(format!("{path}:{}: {word}", at + 1));
            }
        }
    }
    assert!(found > least, "only {found} tests were found: is the search right?");
    none(&problems, "tests that a page names exist");
}

/// The name in the first cell of a row, and the numbers in four cells that follow one another.
fn row(line: &str) -> Option<(String, [u32; 4])> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let numbers = cells.windows(4).find_map(|four| {
        let numbers: Vec<u32> = four.iter().map_while(|cell| cell.parse().ok()).collect();
        <[u32; 4]>::try_from(numbers).ok()
    })?;
    let name = cells.first()?.split('`').nth(1).unwrap_or("All");
    Some((name.to_owned(), numbers))
}

#[test]
fn the_sums_of_the_coverage_are_right() {
    let page = read(&root().join("docs/coverage.md"));
    let mut sections = page.split("\n## ");
    let stated: Vec<(String, [u32; 4])> =
        sections.next().unwrap_or_default().lines().filter_map(row).collect();
    let mut sums: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    for section in sections {
        let (file, rows) = section.split_once('\n').unwrap_or_default();
        for (_, numbers) in rows.lines().filter_map(row) {
            for name in [file, "All"] {
                let sum = sums.entry(name.to_owned()).or_default();
                sum.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
            }
        }
    }
    assert!(sums.len() > 10, "only {} files were found: is the search right?", sums.len());
    assert_eq!(stated.into_iter().collect::<BTreeMap<_, _>>(), sums);
}
