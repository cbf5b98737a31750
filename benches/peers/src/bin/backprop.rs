//! Our side: the workloads of `cargo bench`, and the machine's peak.

#[path = "../../../support/peak.rs"]
mod peak;
#[path = "../../../support/mod.rs"]
mod support;

use peers::Workload;

fn main() {
    let ours = support::workloads().into_iter();
    let mut workloads: Vec<Workload> =
        ours.map(|w| Workload { name: w.name.to_string(), operations: w.operations, run: w.run }).collect();
    let peak = Workload::new("peak", peak::peak());
    workloads.push(Workload { operations: peak::PEAK_OPERATIONS, ..peak });
    peers::serve(workloads);
}
