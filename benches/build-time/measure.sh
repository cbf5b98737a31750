#!/usr/bin/env bash
# How long networks take to build: release, dependencies warm. Not part of CI, because it needs a quiet machine.
#
#   benches/build-time/measure.sh            all cases
#   benches/build-time/measure.sh 64 lenet5  some of them
#
# Prints a line for each case: seconds of `cargo check` beyond those of an empty crate; of `cargo build --release`,
# seconds on the clock and of processor time; bytes of the executable, and of its code beyond an empty program's.
set -eu
# Whatever an earlier check remembers is no part of the time.
export CARGO_INCREMENTAL=0
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

# A network of the given keys, and a program that trains and predicts with it.
network() {
    cat <<RUST
use backprop::prelude::*;
#[network($1, loss = cross_entropy)]
struct Net;
RUST
}
program() {
    network "$1"
    cat <<RUST
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

lenet5="input = [1, 28, 28], layers = [conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
    conv2: conv2d(16, kernel = 5), relu, max_pool2d(2), flatten, dense(120), relu, dense(84), relu, dense(10)]"

# Nothing but training.
training() {
    network "$lenet5"
    cat <<RUST
fn main() {
    let mut net = Net::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<Net, _>::boxed(Adam::new(1e-3));
    let loss = trainer.step(&mut net, &[[0.5; 784]; 40], &[0_u8; 40]);
    std::process::exit(loss.is_ok().into());
}
RUST
}

run() {
    cargo "$@" --quiet --manifest-path "$crate/Cargo.toml" --target-dir "$root/target/build-time/target"
}

# Seconds of `cargo check`, the least of five.
check() {
    for _ in 1 2 3 4 5; do
        touch "$crate/src/main.rs"
        { time -p run check; } 2>&1 | awk '/^real/ { print $2 }'
    done | sort -n | head -n 1
}

# Bytes of the executable's code.
code() {
    size -A "$root/target/build-time/target/release/build-time" | awk '$1 == ".text" { print $2 }'
}

dense 1 > "$crate/src/main.rs"
run check
run build --release
echo 'fn main() {}' > "$crate/src/main.rs"
empty_check=$(check)
run build --release
empty_code=$(code)
[ $# -gt 0 ] || set -- 8 16 32 64 lenet5 training
printf '%-8s %9s %9s %9s %9s %9s\n' case check seconds processor bytes code
for case in "$@"; do
    case $case in
    lenet5) program "$lenet5" > "$crate/src/main.rs" ;;
    training) training > "$crate/src/main.rs" ;;
    *) dense "$case" > "$crate/src/main.rs" ;;
    esac
    check=$(check)
    # `time -p` of bash: real, user and sys, in that order.
    { time -p run build --release; } 2> "$crate/time" || { cat "$crate/time"; exit 1; }
    bytes=$(wc -c < "$root/target/build-time/target/release/build-time")
    awk -v case="$case" -v check="$check" -v empty_check="$empty_check" \
        -v bytes="$bytes" -v code="$(code)" -v empty_code="$empty_code" '
        { seconds[$1] = $2 }
        END {
            printf "%-8s %9.2f %9.1f %9.1f %9d %9d\n", case, check - empty_check, seconds["real"],
                seconds["user"] + seconds["sys"], bytes, code - empty_code
        }
    ' "$crate/time"
done
