//! The page that says where what SQLAlchemy's relationship chapters show is shown here: its names are those of tests, each row
//! that is shown names what shows it, and its sums are right.

use std::collections::BTreeMap;

use super::coverage::tests_exist;
use super::{none, read, root};

const PAGE: &str = "docs/relationships.md";

#[test]
fn tests_that_the_relationships_name_exist() {
    tests_exist(PAGE, 200);
}

/// The cells of a row, without the bars in code.
fn cells(line: &str) -> Vec<String> {
    let cells = line.trim_matches('|').replace("\\|", "");
    cells.split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// How many rows a chapter has, and how many of them are shown, on purpose otherwise, and not there yet.
type Sums = BTreeMap<String, [usize; 4]>;

#[test]
fn the_sums_of_the_relationships_are_right() {
    let page = read(&root().join(PAGE));
    let mut chapters = page.split("\n## ");
    let mut stated = Sums::new();
    for line in chapters.next().unwrap_or_default().lines().filter(|line| line.starts_with("| ")) {
        let cells = cells(line);
        let numbers: Vec<usize> = cells.iter().filter_map(|cell| cell.parse().ok()).collect();
        if let Ok(numbers) = <[usize; 4]>::try_from(numbers) {
            let name = cells[0].trim_start_matches('[').split(']').next().unwrap_or_default();
            stated.insert(name.to_owned(), numbers);
        }
    }
    let mut counted = Sums::new();
    let mut problems = Vec::new();
    for chapter in chapters {
        let (name, text) = chapter.split_once('\n').unwrap_or_default();
        let rows = text.lines().map(cells).filter(|cells| cells[0].parse::<usize>().is_ok());
        for (at, cells) in rows.enumerate() {
            let [number, _, _, shown] = cells.as_slice() else {
                problems.push(format!("{name}, row {}: it has {} cells", at + 1, cells.len()));
                continue;
            };
            let kind = match shown {
                shown if shown.starts_with("On purpose: ") => 2,
                shown if shown.starts_with("Not yet: ") => 3,
                _ => 1,
            };
            if kind == 1
                && !["::", "`tests/", "`examples/", "](guide/"].iter().any(|place| shown.contains(place))
            {
                problems.push(format!("{name}, row {number}: it names nothing that shows it"));
            }
            if *number != (at + 1).to_string() {
                problems.push(format!("{name}, row {number}: it is row {}", at + 1));
            }
            for name in [name, "All"] {
                let sum = counted.entry(name.to_owned()).or_default();
                sum[0] += 1;
                sum[kind] += 1;
            }
        }
    }
    none(&problems, "a row of the relationships says what shows it");
    assert!(counted.len() > 4, "only {} chapters were found: is the search right?", counted.len());
    assert_eq!(stated, counted);
}
