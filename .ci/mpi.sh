#!/usr/bin/env bash
# Training over MPI: a package of its own, since nothing else here needs more than Rust. Installs Open MPI from Debian's or
# Ubuntu's packages where it is missing; leaves the rest out, and says so, where it cannot.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../bp-mpi"

packages=(libopenmpi-dev openmpi-bin libclang-dev clang)
is_there() { command -v mpirun && command -v mpicc && command -v clang; } >/dev/null
if ! is_there; then
    root=()
    [[ $(id --user) == 0 ]] || root=(sudo --non-interactive)
    if ! command -v apt-get >/dev/null || ! {
        "${root[@]}" apt-get update && "${root[@]}" apt-get install --yes --no-install-recommends "${packages[@]}"
    } >/tmp/backprop-mpi-packages.log 2>&1 || ! is_there; then
        echo "left out: training over MPI, which takes ${packages[*]} (/tmp/backprop-mpi-packages.log)"
        exit 0
    fi
fi

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

step cargo fmt --check
export CARGO_INCREMENTAL=0
step cargo build --release --test mpirun --examples
# Bits, errors, faults and checkpoints on one to four processes.
step cargo test --release --test mpirun
# The same bits and more than nine digits of ten right, whatever the number of processes.
ranks() {
    mpirun --allow-run-as-root --oversubscribe -n "$@" | tee >(cat >&2) | sed -n 's/.*parameters.* \([0-9a-f]\{16\}\)$/\1/p'
}
for example in mnist evolution; do
    arguments=()
    [[ $example == evolution ]] || arguments=(--epochs 1)
    for count in 1 2 4; do
        printf '\n== mpirun -n %s %s\n' "$count" "$example"
        bits=$(ranks "$count" "target/release/examples/$example" "${arguments[@]}")
        [[ -n $bits && $bits == "${expected:=$bits}" ]] || { echo "error: other bits than on one process" >&2; exit 1; }
    done
    unset expected
done
