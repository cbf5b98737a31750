"""One table of our workloads beside those of other libraries, measured in turns.

    python benches/peers/run.py torch=PYTHON libtorch=PYTHON jax=PYTHON onnxruntime=PYTHON litert=PYTHON \\
        candle burn plain NAME:PROGRAM

Each is optional. A Python library gets the interpreter that has it installed (requirements.txt; one environment for
all will do), and so does libtorch, whose headers come with torch; candle, burn and plain (Rust by hand) are built
here, for the native CPU, and backprop as users build it. Every process is pinned to one core and has one thread. In
each round every workload runs once in every library, ours first; a cell is the median over rounds, a ratio the median
of the rounds' ratios to ours. ROUNDS=1 in the environment makes a short run.

NAME:PROGRAM is any other program that speaks as src/lib.rs does: it prints a line of `ready` and the names of its
workloads, with tabs between them, and answers each name that it reads on a line of its input with the seconds that
one call takes, on a line of its output.
"""
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import tomllib

ROUNDS = int(os.environ.get("ROUNDS", 7))
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


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def python(name, interpreter):
    package = {"litert": "ai-edge-litert", "libtorch": "torch"}.get(name, name)
    version = output(interpreter, "-c", f"from importlib.metadata import version; print(version('{package}'))")
    command = [libtorch(interpreter)] if name == "libtorch" else [interpreter, FOLDER / "peers.py", name]
    return Peer(name, command, version)


def libtorch(interpreter):
    root = output(interpreter, "-c", "import torch; print(torch.__path__[0])")
    program = FOLDER / "target" / "libtorch"
    program.parent.mkdir(exist_ok=True)
    headers = [f"-I{root}/include", f"-I{root}/include/torch/csrc/api/include"]
    libraries = [f"-L{root}/lib", f"-Wl,-rpath,{root}/lib", "-ltorch_cpu", "-lc10"]
    options = ["-std=c++20", "-O3", "-march=native", *headers, FOLDER / "libtorch.cpp", "-o", program, *libraries]
    subprocess.run(["g++", *options], check=True)
    return program


def rust(name, flags, package=None):
    target = FOLDER / "target" / ("native" if flags else "default")
    build = ["cargo", "build", "--release", "--features", name, "--bin", name, "--target-dir", target]
    subprocess.run(build, cwd=FOLDER, env=os.environ | {"RUSTFLAGS": flags}, check=True)
    lock = tomllib.loads((FOLDER / "Cargo.lock").read_text())
    version = next((entry["version"] for entry in lock["package"] if entry["name"] == package), "")
    return Peer(name, [target / "release" / name], version)


def peer(argument):
    name, kind, place = re.fullmatch("([^=:]+)([=:]?)(.*)", argument).groups()
    if kind == "=":
        return python(name, place)
    if kind == ":":
        return Peer(name, shlex.split(place), "")
    return rust(name, "-C target-cpu=native", {"candle": "candle-core", "burn": "burn"}.get(name))


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
    print(", ".join(f"{each.name} {each.version}".strip() for each in (ours, *peers)))


main()
