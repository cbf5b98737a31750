#!/usr/bin/env bash
# Firmware for a Cortex-M4: built, run under QEMU, and compared with what the host computes and with what it took before.
#
# The target comes from rustup where that has it. Elsewhere Debian's compiler builds the core library from its sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../examples/cortex-m"

target=thumbv7em-none-eabihf
wanted=()
for tool in python3 qemu-system-arm; do
    command -v "$tool" >/dev/null || wanted+=("$tool")
done
sysroot=$(rustc --print sysroot)
if [[ ! -d $sysroot/lib/rustlib/$target ]] && [[ ! -d /usr/lib/rustlib/src/rust/library ]]; then
    wanted+=(rustc-web rust-web-src)
fi
if ((${#wanted[@]})); then
    if ! command -v apt-get >/dev/null || ! (apt-get update && apt-get install --yes --no-install-recommends "${wanted[@]}") >/dev/null; then
        echo "left out: firmware, for want of ${wanted[*]}; or: rustup target add $target"
        exit 0
    fi
fi

build=(cargo build --release --target "$target" --bins)
if [[ ! -d $sysroot/lib/rustlib/$target ]]; then
    # Its own linker is not Debian's default; rustup's has one.
    host=$(rustc --version --verbose | sed -n 's/^host: //p')
    export PATH="$sysroot/lib/rustlib/$host/bin:$PATH" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc
    build+=(-Zbuild-std=core)
fi
"${build[@]}"
python3 ../../.ci/firmware.py "${CARGO_TARGET_DIR:-target}/$target/release"
