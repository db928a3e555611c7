//! The committed corpus: every scenario comes out as SQLAlchemy's did.

use std::path::Path;

use conformance::fault::Fault;
use conformance::report::Report;
use conformance::scenario::Scenario;
use conformance::{play, scenario, usual, zoo};

/// Plays the corpus of one zoo.
#[allow(clippy::expect_used, reason = "a test")]
fn check(name: &str) {
    let scenarios = read_corpus(name);
    assert_eq!(scenarios.len(), 20);
    let zoo = zoo::find(name).expect("the zoo has a model");
    let mut report = Report::default();
    for scenario in &scenarios {
        assert_eq!(scenario.zoo, name);
        report.add("corpus", scenario, &play(zoo, scenario));
    }
    assert_eq!(report.totals(), (20, 0), "\n{}", report.text(5));
}

#[allow(clippy::expect_used, reason = "a test")]
fn read_corpus(zoo: &str) -> Vec<Scenario> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format!("{zoo}.jsonl"));
    let text = std::fs::read_to_string(&file).expect("the zoo has a corpus");
    scenario::read(&text).expect("the corpus can be read")
}

#[allow(clippy::expect_used, reason = "a test")]
fn read_found() -> Vec<Scenario> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("found.jsonl");
    let text = std::fs::read_to_string(&file).expect("the file is there");
    scenario::read(&text).expect("the file can be read")
}

/// Scenarios that once came out differently.
#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn found() {
    let scenarios = read_found();
    let mut report = Report::default();
    for scenario in &scenarios {
        let zoo = zoo::find(&scenario.zoo).expect("the zoo has a model");
        report.add("found", scenario, &play(zoo, scenario));
    }
    assert_eq!(report.totals(), (scenarios.len(), 0), "\n{}", report.text(5));
}

/// A session with the usual settings does the same ops otherwise; whatever comes of them, its objects and the rows agree.
#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn objects_and_rows_agree() {
    let corpus = zoo::ZOOS.iter().flat_map(|zoo| read_corpus(zoo.name));
    let wrong = corpus.chain(read_found()).filter_map(|scenario| {
        let zoo = zoo::find(&scenario.zoo).expect("the zoo has a model");
        usual::play(zoo, &scenario).err()
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Where SQLAlchemy is at fault the runner says so by name, at the step where it shows, and nowhere else.
#[test]
#[allow(clippy::expect_used, reason = "a test")]
fn faults_are_told_by_name() {
    let faults = [
        ("self_ref", 440_106, 32, Fault::RowTakenOver),
        ("self_ref_cascade", 5_502_031, 50, Fault::MarkedDisplaced),
        ("self_ref_cascade", 9_902_076, 45, Fault::RowTakenOver),
        ("o2o_orphan", 15_707_039, 40, Fault::Restoring),
        ("assoc_object", 15_719_000, 39, Fault::Restoring),
        ("three_levels", 8_200_001, 8, Fault::MarkedDisplaced),
        ("three_levels", 8_200_002, 8, Fault::MarkedDisplaced),
        ("self_ref_cascade", 40_618_004, 55, Fault::RowTakenOver),
        ("o2o_orphan", 40_411_025, 39, Fault::DetachedInPlace),
        ("o2o_orphan", 8_200_031, 13, Fault::DetachedInPlace),
        ("o2o_orphan", 8_200_034, 13, Fault::DetachedInPlace),
        ("three_levels", 8_200_011, 8, Fault::MarkedDisplaced),
        ("three_levels", 8_100_055, 39, Fault::MarkedDisplaced),
        ("self_ref_cascade", 511_000_005, 18, Fault::RowTakenOver),
        ("m2o_delete", 512_000_000, 12, Fault::Restoring),
        ("self_ref", 525_000_010, 12, Fault::RowTakenOver),
        ("eager_subquery", 61_014_150, 30, Fault::DeletedWhileRead),
        ("eager_subquery", 63_011_512, 33, Fault::DeletedWhileRead),
        ("cascade_expunge_refresh", 88_300_012, 27, Fault::DeletedWhileRead),
        ("no_constraint", 99_100_018, 24, Fault::DeletedWhileRead),
        ("natural_pk_orm", 28_110_062, 34, Fault::DeletedWhileRead),
        ("natural_pk", 28_190_041, 6, Fault::DetachedInPlace),
        ("m2m_passive", 29_110_093, 7, Fault::NotRemoved),
        ("m2m_passive", 31_110_083, 7, Fault::NotRemoved),
        ("m2m_passive", 31_110_070, 12, Fault::NotRemoved),
        ("eager_selectin", 31_110_094, 36, Fault::DeletedWhileRead),
        ("assoc_object", 32_190_004, 157, Fault::SecondObject),
        ("m2m_set_delete", 34_110_035, 29, Fault::Restoring),
    ];
    let mut told = Vec::new();
    for scenario in read_found() {
        let zoo = zoo::find(&scenario.zoo).expect("the zoo has a model");
        let outcome = play(zoo, &scenario);
        if let Some((fault, steps)) = outcome.fault {
            assert_eq!(outcome.equal + steps, outcome.steps);
            told.push((scenario.zoo, scenario.seed, outcome.equal, fault));
        }
    }
    let expected = faults.map(|(zoo, seed, step, fault)| (zoo.to_owned(), seed, step, fault));
    assert_eq!(told, expected);
}

macro_rules! corpus {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_zoo_has_a_test() {
            let tested = [$(stringify!($name)),*];
            assert!(zoo::ZOOS.iter().all(|zoo| tested.contains(&zoo.name)));
        }
    };
}

corpus! {
    o2m_uni o2m_bi o2m_backref o2m_orphan o2m_set three_levels cascade_save_only cascade_expunge_refresh
    m2o_uni m2o_delete o2o o2o_orphan multi_path
    m2m_uni m2m_bi m2m_set_delete assoc_object
    self_ref self_ref_cascade self_m2m
    composite_fk custom_join_viewonly one_way_backref no_constraint
    passive_deletes passive_deletes_all m2m_passive versioned natural_pk natural_pk_orm
    ordered_list keyed_dict
    post_update self_pointing
    eager_joined eager_selectin eager_subquery eager_mixed lazy_raise self_ref_joined
}
