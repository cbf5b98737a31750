"""Instructions of each layer for one sample, beside its share of a tile of 32; fails where one takes too many.

    cargo build --release --package backprop-runtime --features std --example one_sample
    python3 .ci/one_sample.py

Needs valgrind, which knows AVX2 at most. Counts repeat, times on a shared machine do not.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# One sample may take so many times its share of a tile, or what is listed here: what was found, and a little more, so that it
# cannot grow. Why, in short:
# - the gradient of a matrix is read and written for one sample as it is for a tile, whose samples share that;
# - planes, windows and rows are cut into vectors, of which the last is partly empty, and channels into others;
# - planes of few channels are copied with zeros around them, and many channels transposed and back: four instructions a number
#   on AVX2, which has half as many registers as that takes, and one on AVX-512;
# - what is a vector of samples in a tile is a single number of one: its place is computed, and little else done with it.
MOST = 1.5
EXCEPTIONS = {
    ("dense 64 -> 64", "forward"): 1.7,
    ("dense 64 -> 64", "backward"): 3,
    ("dense 64 -> 64, 16 rows", "backward"): 3,
    ("conv2d 6x12x12 -> 16, 5x5", "backward"): 3.3,
    ("conv2d 16x16x16 -> 32, 3x3, stride 2", "forward"): 1.8,
    ("conv2d 64x8x8 -> 64, 1x1", "forward"): 3,
    ("conv2d 64x8x8 -> 64, 1x1", "backward"): 2.1,
    ("depthwise 64x16x16, 3x3", "forward"): 3.3,
    ("depthwise 64x16x16, 3x3", "backward"): 3.4,
    ("depthwise 64x16x16, 3x3, stride 2", "forward"): 1.7,
    ("conv_transpose2d 16x8x8 -> 8, 4x4, stride 2", "forward"): 2.9,
    ("conv1d 16 -> 16, 3 taps, 256 steps", "forward"): 2.3,
    ("max_pool2d 6x24x24", "forward"): 5.5,
    ("max_pool2d 6x24x24", "backward"): 7,
    ("max_pool2d 16x16x16, 3x3, stride 2", "forward"): 2.3,
    ("max_pool2d 16x16x16, 3x3, stride 2", "backward"): 2.3,
    ("avg_pool2d 6x24x24", "forward"): 4.5,
    ("avg_pool2d 6x24x24", "backward"): 6.2,
    ("avg_pool2d 64x8x8, all", "forward"): 5.5,
    ("avg_pool2d 64x8x8, all", "backward"): 4.2,
    ("upsample 8x8x8", "forward"): 11,
    ("upsample 8x8x8", "backward"): 3,
    ("attention 32x32, 4 heads", "forward"): 2.2,
    ("attention 32x32, 4 heads", "backward"): 2.3,
    ("layer_norm 32x32", "forward"): 2,
    ("group_norm 8 of 64, 64", "backward"): 2.6,
    ("softmax 1x32", "forward"): 2.2,
    ("softmax 1x32", "backward"): 3.5,
    ("log_softmax 1x32", "forward"): 2.9,
    ("log_softmax 1x32", "backward"): 3.4,
    ("softmax 32x32", "backward"): 2.2,
    ("log_softmax 32x32", "forward"): 2.3,
    ("log_softmax 32x32", "backward"): 2.6,
}

root = pathlib.Path(__file__).resolve().parents[1]
program = root / "target/release/examples/one_sample"


def counts(folder):
    """The instructions between marks, in their order."""
    command = ["valgrind", "--tool=callgrind", "--dump-before=*mark*", f"--callgrind-out-file={folder}/out", program]
    # Valgrind counts an instruction that fills or copies memory once for each byte: libc shall use none.
    tunables = [f"glibc.cpu.x86_rep_{name}_threshold=1000000000" for name in ("stosb", "movsb")]
    environment = {**os.environ, "GLIBC_TUNABLES": ":".join(tunables)}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    names = run.stdout.splitlines()
    files = sorted(pathlib.Path(folder).glob("out.*"), key=lambda file: int(file.suffix[1:]))
    totals = [int(re.search(r"^totals: (\d+)", file.read_text(), re.M)[1]) for file in files]
    # Three marks for each run, and two runs for each layer. The last count is of what follows, and one may come before.
    totals = totals[-6 * len(names) - 1:-1]
    # What is counted up to a run's first mark is no pass.
    return names, [totals[place + 1:place + 3] for place in range(0, len(totals), 3)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        names, runs = counts(folder)
    failed = False
    print(f"{'':48} {'forward':>9} {'share':>9} {'':>5} {'backward':>9} {'share':>9}")
    for name, one, tile in zip(names, runs[::2], runs[1::2], strict=True):
        line = f"{name:48}"
        for direction, one, tile in zip(("forward", "backward"), one, tile):
            share = tile / 32
            most = EXCEPTIONS.get((name, direction), MOST)
            failed |= one > most * share
            line += f" {one:9} {share:9.0f} {one / share:5.2f}{'!' if one > most * share else ' '}"
        print(line)
    sys.exit(failed)


main()
