#!/usr/bin/env bash
# No step of time allocates, locks, waits or calls the system: the realtime sanitizer of the nightly compiler ends a program where
# one does. That it finds what it looks for is shown by a function that allocates.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/realtime"

host=$(rustc --version --verbose | sed -n 's/^host: //p')
if ! rustup toolchain list 2>/dev/null | grep --quiet ^nightly; then
    echo "left out: the realtime sanitizer, for want of a nightly compiler (rustup toolchain install nightly)"
    exit 0
fi
target="${CARGO_TARGET_DIR:-$PWD/../../target/realtime}"
RUSTFLAGS="-Zsanitizer=realtime" cargo +nightly build --quiet --release --target "$host" --target-dir "$target"
program="$target/$host/release/realtime"
"$program"
if said=$("$program" control 2>&1) || ! grep --quiet RealtimeSanitizer <<<"$said"; then
    echo "error: a function that allocates has not been found: $said" >&2
    exit 1
fi
