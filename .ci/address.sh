#!/usr/bin/env bash
# Programs in safe code (`tests/soundness`) under the address sanitizer, which finds what a wrong `unsafe` does to memory. That it
# finds it is shown by a control, which claims one number more than it has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/soundness"

if ! rustup toolchain list 2>/dev/null | grep --quiet ^nightly; then
    echo "left out: the address sanitizer, for want of a nightly compiler (rustup toolchain install nightly)"
    exit 0
fi
host=$(rustc --version --verbose | sed -n 's/^host: //p')
target="${CARGO_TARGET_DIR:-$PWD/../../target}/soundness"
RUSTFLAGS="-Zsanitizer=address" cargo +nightly build --quiet --target "$host" --target-dir "$target"
export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_init_order=1"
programs=$target/$host/debug
for program in passes places threads views; do
    "$programs/$program"
done
if said=$("$programs/control" 2>&1) || ! grep --quiet AddressSanitizer <<<"$said"; then
    echo "error: a read beyond the end of an allocation has not been found: $said" >&2
    exit 1
fi
echo "no wrong access to memory, but for the control's"
