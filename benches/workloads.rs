//! The workloads of `benches/README.md`, each beside the peak of the core it runs on.
//!
//! ```sh
//! cargo bench --bench workloads            # all of them
//! cargo bench --bench workloads -- W3      # those whose name contains it
//! ```
//!
//! Criterion measures and reports; an element is a floating-point operation, so `Gelem/s` reads GFLOP/s. The line below
//! a workload gives the median of its fractions of the peak.

#[path = "support/measure.rs"]
mod measure;
#[path = "support/peak.rs"]
mod peak;
mod support;

use criterion::{BenchmarkId, Criterion};
use std::time::Duration;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for workload in support::workloads() {
        let mut group = criterion.benchmark_group("workloads");
        let id = BenchmarkId::from_parameter(workload.name);
        let rate = measure::measure(&mut group, id, workload.operations, workload.run);
        group.finish();
        if let Some(measure::Rate { rate, most, part }) = rate {
            println!("{}: {rate:.1} GFLOP/s, {part:.1} % of the core's {most:.0}\n", workload.name);
        }
    }
    criterion.final_summary();
}
