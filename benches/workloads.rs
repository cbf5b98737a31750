//! The workloads of `benches/README.md`, each beside the peak of the core it runs on.
//!
//! ```sh
//! cargo bench --bench workloads            # all of them
//! cargo bench --bench workloads -- W3      # those whose name contains it
//! ```
//!
//! Criterion measures and reports; an element is a floating-point operation, so `Gelem/s` reads GFLOP/s. Every sample is
//! taken right after one of the peak, because a shared machine is not equally fast for long: the line below a
//! workload gives the median of these fractions.

mod support;

use criterion::{Criterion, Throughput};
use std::time::{Duration, Instant};
use support::{PEAK_OPERATIONS, Workload, peak, workloads};

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn measure(criterion: &mut Criterion, workload: Workload) {
    let Workload { name, operations, mut run } = workload;
    let mut peak = peak();
    // (operations per second, of them what the core could do)
    let mut rates = Vec::new();
    let mut group = criterion.benchmark_group("workloads");
    group.throughput(Throughput::Elements(operations as u64));
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let most = PEAK_OPERATIONS as f64 / seconds(&mut peak);
            let taken = seconds(|| (0..count).for_each(|_| run()));
            rates.push((operations as f64 * count as f64 / taken, most));
            Duration::from_secs_f64(taken)
        });
    });
    group.finish();
    if !rates.is_empty() {
        let rate = median(rates.iter().map(|(rate, _)| rate / 1e9).collect());
        let most = median(rates.iter().map(|(_, most)| most / 1e9).collect());
        let part = median(rates.iter().map(|(rate, most)| 100.0 * rate / most).collect());
        println!("{name}: {rate:.1} GFLOP/s, {part:.1} % of the core's {most:.0}\n");
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for workload in workloads() {
        measure(&mut criterion, workload);
    }
    criterion.final_summary();
}
