"""One table of our workloads beside those of other libraries, measured in turns.

    python benches/peers/run.py torch=PYTHON jax=PYTHON onnxruntime=PYTHON candle burn

Each is optional. A Python library gets the interpreter that has it installed (requirements.txt; one environment for
all will do); candle and burn are built here, for the native CPU, and backprop as users build it. Every process is
pinned to one core and has one thread. In each round every workload runs once in every library, ours first; a cell
is the median over rounds, a ratio the median of the rounds' ratios to ours.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tomllib

ROUNDS = 7
FOLDER = pathlib.Path(__file__).resolve().parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "RAYON")}


class Peer:
    def __init__(self, name, command, version):
        pin = lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=os.environ | ONE_THREAD, preexec_fn=pin)
        line = ""
        while not line.startswith("ready"):
            line = self.process.stdout.readline()
            assert line, f"{name} does not start"
        entries = (entry.partition("=") for entry in line.strip().split("\t")[1:])
        self.name, self.version = name, version
        self.operations = {key: int(value or 0) for key, _, value in entries}
        self.seconds = {workload: [] for workload in self.operations}

    def measure(self, workload):
        print(workload, file=self.process.stdin, flush=True)
        self.seconds[workload].append(float(self.process.stdout.readline()))


def python(name, interpreter):
    ask = f"from importlib.metadata import version; print(version('{name}'))"
    version = subprocess.run([interpreter, "-c", ask], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return Peer(name, [interpreter, FOLDER / "peers.py", name], version)


def rust(name, flags, package):
    target = FOLDER / "target" / ("native" if flags else "default")
    build = ["cargo", "build", "--release", "--features", name, "--bin", name, "--target-dir", target]
    subprocess.run(build, cwd=FOLDER, env=os.environ | {"RUSTFLAGS": flags}, check=True)
    lock = tomllib.loads((FOLDER / "Cargo.lock").read_text())
    version = next(entry["version"] for entry in lock["package"] if entry["name"] == package)
    return Peer(name, [target / "release" / name], version)


def peer(argument):
    name, _, interpreter = argument.partition("=")
    if interpreter:
        return python(name, interpreter)
    return rust(name, "-C target-cpu=native", {"candle": "candle-core"}.get(name, name))


def text(seconds):
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3), ("s", 1)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"


def main():
    ours, peers = rust("backprop", "", "backprop"), [peer(argument) for argument in sys.argv[1:]]
    rows = [row for row in ours.operations if any(row in peer.operations for peer in peers)]
    for _ in range(ROUNDS):
        for row in rows:
            # Right before the row: on a busy machine the peak is another every second.
            ours.measure("peak")
            for each in (ours, *peers):
                if row in each.operations:
                    each.measure(row)

    rates = lambda name: [ours.operations[name] / seconds for seconds in ours.seconds[name]]
    peaks = rates("peak")
    print("| | backprop | of the peak |", *(f" {each.name} | ratio |" for each in peers), sep="")
    print("|---|" + "---:|" * (2 + 2 * len(peers)))
    for place, row in enumerate(rows):
        fraction = statistics.median(a / b for a, b in zip(rates(row), peaks[place::len(rows)]))
        cells = [row, text(statistics.median(ours.seconds[row])), f"{100 * fraction:.1f} %"]
        for each in peers:
            seconds = each.seconds.get(row)
            if seconds is None:
                cells += ["", ""]
                continue
            ratio = statistics.median(theirs / mine for theirs, mine in zip(seconds, ours.seconds[row]))
            cells += [text(statistics.median(seconds)), f"{ratio:.1f}×"]
        print("| " + " | ".join(cells) + " |")
    print(f"\nFMA peak: {statistics.median(peaks) / 1e9:.0f} GFLOP/s.", end=" ")
    print(", ".join(f"{each.name} {each.version}" for each in (ours, *peers)))


main()
