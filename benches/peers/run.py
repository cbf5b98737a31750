"""One table of our workloads beside those of other libraries, measured in turns.

    python benches/peers/run.py torch=/path/to/python jax=/path/to/python onnxruntime=/path/to/python

Each library gets the interpreter that has it installed (requirements.txt; one environment for all will do). Every
process is pinned to the last core and has one thread. In each of the rounds every workload runs once in every
library, ours first; a cell is the median over rounds, a ratio the median of the rounds' ratios to ours.
"""
import os
import pathlib
import statistics
import subprocess
import sys

ROUNDS = 7
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Peer:
    def __init__(self, name, command):
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        pin = lambda: os.sched_setaffinity(0, {os.cpu_count() - 1})
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, preexec_fn=pin)
        line = ""
        while not line.startswith("ready"):
            line = self.process.stdout.readline()
            assert line, f"{name} does not start"
        entries = (entry.partition("=") for entry in line.strip().split(",")[1:])
        self.name, self.workloads = name, {key: int(value or 0) for key, _, value in entries}
        self.seconds = {workload: [] for workload in self.workloads}

    def measure(self, workload):
        print(workload, file=self.process.stdin, flush=True)
        self.seconds[workload].append(float(self.process.stdout.readline()))


def text(seconds):
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000 or unit == "ms":
            return f"{seconds * scale:.3g} {unit}"


def main():
    subprocess.run(["cargo", "build", "--release", "--bench", "workloads"], cwd=ROOT, check=True)
    bench = ["cargo", "bench", "--quiet", "--bench", "workloads", "--", "--serve"]
    ours = Peer("backprop", bench)
    peers = [Peer(name, [path, "benches/peers/peers.py", name])
             for name, _, path in (argument.partition("=") for argument in sys.argv[1:])]
    rows = [name for name in ours.workloads if name[:2] in ("W1", "W2", "W3", "W4", "W6")]
    for _ in range(ROUNDS):
        for row in rows:
            # Right before the row: on a busy machine the peak is another every second.
            ours.measure("peak")
            for peer in (ours, *peers):
                if row in peer.workloads:
                    peer.measure(row)

    rates = lambda name: [ours.workloads[name] / seconds for seconds in ours.seconds[name]]
    peaks = rates("peak")
    print("| | backprop | of the peak |", *(f" {peer.name} | ratio |" for peer in peers), sep="")
    print("|---|" + "---:|" * (2 + 2 * len(peers)))
    for place, row in enumerate(rows):
        fraction = statistics.median(a / b for a, b in zip(rates(row), peaks[place::len(rows)]))
        cells = [row, text(statistics.median(ours.seconds[row])), f"{100 * fraction:.1f} %"]
        for peer in peers:
            seconds = peer.seconds.get(row)
            if seconds is None:
                cells += ["", ""]
                continue
            ratio = statistics.median(theirs / mine for theirs, mine in zip(seconds, ours.seconds[row]))
            cells += [text(statistics.median(seconds)), f"{ratio:.1f}×"]
        print("| " + " | ".join(cells) + " |")
    print(f"\nFMA peak: {statistics.median(peaks) / 1e9:.0f} GFLOP/s")


main()
