//! Steps: the items of collections and the objects and links that are looked at.

use orm::__private::{collection_steps, collector_steps};
use orm::{IntoObj, Result};

use super::together;
use super::world::{Member, Team, world};

/// How many objects there are at first; then four times as many.
const FEW: usize = 300;

/// How many steps an operation may take at four times as many objects, as a share of what it takes at first.
const LIMIT: f64 = 1.3;

/// How many steps are too few to tell.
const FEW_STEPS: f64 = 4.0;

/// Counts the steps of one operation for each of so many objects, and of four times as many. What is counted is what
/// `run` gives to the function that it is given.
pub(super) fn flat(name: &str, run: impl Fn(usize, &mut Steps)) {
    let _together = together();
    let each = |objects: usize| {
        let mut steps = Steps::default();
        run(objects, &mut steps);
        (steps.in_collections as f64 / objects as f64, steps.in_collector as f64 / objects as f64)
    };
    let (few, many) = (each(FEW), each(4 * FEW));
    println!("{name}: {few:.1?} {many:.1?}");
    assert!(many.0 <= few.0.max(FEW_STEPS) * LIMIT, "{name}: items an operation {} and {}", few.0, many.0);
    assert!(many.1 <= few.1.max(FEW_STEPS) * LIMIT, "{name}: the collector's steps {} and {}", few.1, many.1);
}

/// What was counted.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) in_collections: u64,
    pub(super) in_collector: u64,
}

impl Steps {
    /// Counts the steps of `f`.
    pub(super) fn of<R>(&mut self, f: impl FnOnce() -> Result<R>) -> R {
        let before = (collection_steps(), collector_steps());
        let result = f().unwrap();
        self.in_collections += collection_steps() - before.0;
        self.in_collector += collector_steps() - before.1;
        result
    }

    /// Counts the steps of `f` for each of many objects.
    pub(super) fn each<I>(&mut self, items: impl IntoIterator<Item = I>, mut f: impl FnMut(I) -> Result<()>) {
        let items: Vec<I> = items.into_iter().collect();
        self.of(|| items.into_iter().try_for_each(&mut f));
    }
}

#[test]
fn steps_are_counted() {
    let _together = together();
    let world = world();
    let all = world.team(100);
    let mut steps = Steps::default();
    steps.of(|| all.team.members().iter());
    assert!(steps.in_collections >= 100);
    let mut steps = Steps::default();
    let ring = Team::builder().members((0..200).map(|_| Member::builder())).into_obj().unwrap();
    steps.of(|| {
        drop(ring);
        orm::collect();
        Ok(())
    });
    assert!(steps.in_collector >= 400);
}
