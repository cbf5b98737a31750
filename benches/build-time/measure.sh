#!/usr/bin/env bash
# How long networks take to build: release, dependencies warm. Not part of CI, because it needs a quiet machine.
#
#   benches/build-time/measure.sh            all cases
#   benches/build-time/measure.sh 64 lenet5  some of them
#
# Prints a line for each case: seconds on the clock, seconds of processor time, bytes of the executable.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
crate=$root/target/build-time/crate
mkdir -p "$crate/src"
cat > "$crate/Cargo.toml" <<TOML
[package]
name = "build-time"
version = "0.0.0"
edition = "2024"
[dependencies]
backprop = { path = "$root" }
[workspace]
TOML

# A program that trains and predicts with a network of the given keys.
program() {
    cat <<RUST
use backprop::prelude::*;
#[network($1, loss = cross_entropy)]
struct Net;
fn main() {
    let mut net = Net::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<Net, _>::boxed(Adam::new(1e-3));
    let xs = vec![[0.5; Net::INPUTS]; 40];
    println!("{:?} {}", trainer.step(&mut net, &xs, &[0_u8; 40]), net.summary());
    let mut scratch = <Net as Network>::Scratch::zeroed_box();
    println!("{:?}", net.predict_with(&mut scratch, &xs[0]));
}
RUST
}

# So many dense layers, no two of one shape.
dense() {
    layers=""
    for layer in $(seq "$1"); do layers="$layers dense($((20 + layer * 37 % 101 + layer / 101))), relu,"; done
    program "input = 50, layers = [$layers dense(10)]"
}

lenet5() {
    program "input = [1, 28, 28], layers = [conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2), flatten, dense(120), relu, dense(84), relu, dense(10)]"
}

build() {
    cargo build --quiet --release --manifest-path "$crate/Cargo.toml" --target-dir "$root/target/build-time/target"
}

dense 1 > "$crate/src/main.rs"
build
[ $# -gt 0 ] || set -- 8 16 32 64 lenet5
printf '%-8s %9s %9s %9s\n' case seconds processor bytes
for case in "$@"; do
    case $case in
    lenet5) lenet5 > "$crate/src/main.rs" ;;
    *) dense "$case" > "$crate/src/main.rs" ;;
    esac
    # `time -p` of bash: real, user and sys, in that order.
    { time -p build; } 2> "$crate/time" || { cat "$crate/time"; exit 1; }
    bytes=$(wc -c < "$root/target/build-time/target/release/build-time")
    awk -v case="$case" -v bytes="$bytes" '
        { seconds[$1] = $2 }
        END { printf "%-8s %9.1f %9.1f %9d\n", case, seconds["real"], seconds["user"] + seconds["sys"], bytes }
    ' "$crate/time"
done
