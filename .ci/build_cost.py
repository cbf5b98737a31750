"""What the library costs to build: code, and time of processors as a ratio to that of `syn` in the same build.

    RUSTC_WRAPPER=$PWD/.ci/timed_rustc TIMED_RUSTC_LOG=/tmp/log cargo run --release --example autoencoder
    python3 .ci/build_cost.py /tmp/log       # BLESS=1 writes the table anew

Bytes repeat exactly for one compiler; a ratio varies with what else the machine does. More than the table's allowance is an
error: make it smaller, or write the table anew and say why.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLE = ROOT / ".ci/build_cost.txt"
ALLOWED = {"bytes": 1.05, "ratio": 1.5}


def code():
    """Bytes of machine code in the newest release build of the runtime."""
    libraries = (ROOT / "target/release/deps").glob("libbackprop_runtime-*.rlib")
    library = max(libraries, key=lambda path: path.stat().st_mtime)
    rows = subprocess.run(["size", "--totals", library], capture_output=True, text=True, check=True).stdout
    return int(rows.splitlines()[-1].split()[0])


def seconds(log):
    """Seconds by crate; those of a crate that is built twice, as `syn` may be in two versions, are the largest."""
    found = {}
    for line in pathlib.Path(log).read_text().splitlines():
        crate, _, time = line.partition(" ")
        if crate and time:
            found[crate] = max(found.get(crate, 0), float(time))
    return found


def main(log):
    times = seconds(log)
    if "syn" not in times or "backprop_runtime" not in times:
        sys.exit("nothing was built: remove target/release and build again")
    found = {"runtime, bytes": code()}
    for crate in ("backprop_runtime", "backprop_macros"):
        found[f"{crate} / syn, ratio"] = round(times[crate] / times["syn"], 1)
    print(f"syn: {times['syn']:.1f} s", *(f"{name}: {value}" for name, value in found.items()), sep="\n")
    if os.environ.get("BLESS"):
        TABLE.write_text("".join(f"{name}: {value}\n" for name, value in found.items()))
    expected = dict(line.rsplit(": ", 1) for line in TABLE.read_text().splitlines())
    limit = {name: float(value) * ALLOWED[name.rsplit(" ", 1)[1]] for name, value in expected.items()}
    grown = [name for name, value in found.items() if value > limit[name]]
    for name in grown:
        print(f"error: {name}: {found[name]}, {expected[name]} when the table was written")
    sys.exit(bool(grown))


main(*sys.argv[1:])
