//! A measurement beside the peak of the core it runs on.
//!
//! Every sample is taken right after one of the peak, because a shared machine is not equally fast for long.

use crate::peak::{PEAK_OPERATIONS, peak};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Throughput};
use std::time::{Duration, Instant};

/// Medians, in GFLOP/s but for the part.
pub(crate) struct Rate {
    pub(crate) rate: f64,
    /// What the core could do.
    pub(crate) most: f64,
    /// How much of that it does, in percent.
    pub(crate) part: f64,
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures a call of so many operations; nothing if the command line does not ask for it.
pub(crate) fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    operations: usize,
    mut run: impl FnMut(),
) -> Option<Rate> {
    let mut peak = peak();
    // (operations per second, of them what the core could do)
    let mut rates = Vec::new();
    group.throughput(Throughput::Elements(operations as u64));
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|count| {
            let most = PEAK_OPERATIONS as f64 / seconds(&mut peak);
            let taken = seconds(|| (0..count).for_each(|_| run()));
            rates.push((operations as f64 * count as f64 / taken, most));
            Duration::from_secs_f64(taken)
        });
    });
    (!rates.is_empty()).then(|| Rate {
        rate: median(rates.iter().map(|(rate, _)| rate / 1e9).collect()),
        most: median(rates.iter().map(|(_, most)| most / 1e9).collect()),
        part: median(rates.iter().map(|(rate, most)| 100.0 * rate / most).collect()),
    })
}
