//! The committed queries: every one comes out as SQLAlchemy's did, and a difference is told where there is one.

use std::path::Path;

use conformance::queries::databases::{Databases, chinook_file};
use conformance::queries::line::{self, Line};
use conformance::queries::play::{Outcome, play};
use conformance::queries::report::Report;
use serde_json::{Value, json};

/// The committed lines, without those on Chinook where its file isn't there.
#[allow(clippy::expect_used, reason = "a test")]
fn lines() -> Vec<Line> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries.jsonl");
    let text = std::fs::read_to_string(&file).expect("the queries are there");
    let mut lines = line::read(&text).expect("the queries can be read");
    assert_eq!(lines.len(), 610);
    if !chinook_file().exists() {
        lines.retain(|line| line.zoo().is_some());
    }
    lines
}

#[test]
fn corpus() {
    let (mut report, mut databases) = (Report::default(), Databases::new(false));
    for line in lines() {
        let outcome = play(&mut databases, &line);
        report.add("queries", &line, outcome);
    }
    let (passed, failed) = report.totals();
    assert_eq!(failed, 0, "\n{}", report.text(5));
    assert!(passed > 180, "\n{}", report.text(0));
    for kind in ["rows", "entities"] {
        let (lines, left_out) = report.left_out(kind);
        assert!(left_out * 100 < lines, "{left_out} of {lines} {kind} are left out\n{}", report.text(0));
    }
}

/// What is changed in a line is told.
#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn differences_are_told() {
    let mut databases = Databases::new(false);
    let lines = lines();
    let mut told = |what: &str, fits: &dyn Fn(&Line) -> bool, change: &dyn Fn(&mut Value)| {
        let is_equal = |line: &&Line, databases: &mut Databases| {
            line.zoo().is_some() && fits(line) && matches!(play(databases, line), Outcome::Equal)
        };
        let mut line =
            lines.iter().find(|line| is_equal(line, &mut databases)).expect("there is such a line").clone();
        change(&mut line.all);
        match play(&mut databases, &line) {
            Outcome::Different(lines) => {
                assert!(lines.iter().any(|line| line.starts_with(what)), "{what}: {lines:?}");
            }
            other => panic!("{what}: {other:?}"),
        }
    };
    let has = |key: &'static str| move |line: &Line| line.all.get(key).is_some_and(|value| !value.is_null());
    let rows = |line: &Line| line.all["rows"][0][0].is_number() && line.all["ordered"] == true;
    told("row 0: wanted [4711", &rows, &|all| all["rows"][0][0] = json!(4711));
    told("count: wanted 4711", &rows, &|all| all["count"] = json!(4711));
    told("hash of", &rows, &|all| {
        // A row that isn't shown is in the hash alone.
        all["rows"].as_array_mut().map(Vec::pop);
        all["hash"] = json!("0");
    });
    let open = |line: &Line| line.all["ordered"] == false && line.all["rows"][0][0].is_number();
    told("no row [4711", &open, &|all| all["rows"][0][0] = json!(4711));
    told("error: wanted CompileError", &rows, &|all| all["error"] = json!("CompileError"));
    told("error: wanted none", &has("error"), &|all| all["error"] = Value::Null);
    told("statements: wanted 0, got 1", &rows, &|all| all["statements"] = json!(0));
    told("values of", &has("values"), &|all| all["values"] = json!({}));
    told("loaded of", &has("loaded"), &|all| all["loaded"]["Node#4711"] = json!("~"));
}

#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn what_is_no_query_is_told() {
    assert_eq!(line::read("{}\n").err().as_deref(), Some("line 1: not a query"));
    assert!(line::read("\n{").err().is_some_and(|error| error.starts_with("line 2: ")));
    let unknown = r#"{"db": "zoo:o2m_bi", "setup": {}, "seed": 1, "kind": "rows", "query": {"from": "User", "select": [{"expr": {"nothing": 1}, "label": "c0"}]}, "error": null}"#;
    let lines = line::read(unknown).expect("a line");
    let outcome = play(&mut Databases::new(false), &lines[0]);
    assert!(
        matches!(&outcome, Outcome::Different(lines) if lines[0].contains("not in the grammar")),
        "{outcome:?}"
    );
}
