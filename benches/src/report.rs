//! Medians, and the table of ratios.

use crate::{Clock, Outcome, Source, Workload};

/// What a workload took.
pub struct Measured {
    /// Milliseconds by hand.
    pub bare: f64,
    /// Milliseconds with objects.
    pub objects: f64,
    /// The middle of the ratios of the pairs.
    pub ratio: f64,
    /// How many rows it touched.
    pub rows: usize,
}

/// The middle of some numbers.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => numbers[count / 2],
        count => f64::midpoint(numbers[count / 2 - 1], numbers[count / 2]),
    }
}

/// Runs a workload in pairs, each side first in every other pair, so that what the machine does besides meets
/// both alike.
///
/// # Errors
/// Where a side fails, or its rows are wrong.
pub fn measure(workload: &Workload, source: &Source, pairs: usize) -> Outcome<Measured> {
    let (mut bare, mut objects, mut rows) = (Vec::new(), Vec::new(), 0);
    for pair in 0..=pairs {
        let mut times = [0.0; 2];
        for side in if pair % 2 == 0 { [0, 1] } else { [1, 0] } {
            let mut clock = Clock::default();
            let run = if side == 0 { workload.bare } else { workload.objects };
            rows = run(source, &mut clock).map_err(|error| format!("{}: {error}", workload.name))?;
            times[side] = clock.spent().as_secs_f64() * 1e3;
        }
        // The first pair only warms up.
        if pair > 0 {
            bare.push(times[0]);
            objects.push(times[1]);
        }
    }
    let ratio = median(bare.iter().zip(&objects).map(|(bare, objects)| objects / bare).collect());
    Ok(Measured { bare: median(bare), objects: median(objects), ratio, rows })
}
