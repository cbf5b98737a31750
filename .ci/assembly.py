"""Reads the assembly of the hot kernels: the widest vectors, no spill and no call in an inner loop, no panic.

    cargo rustc --release -p backprop-runtime --features std --lib -- --emit asm
    python3 .ci/assembly.py          # or with the path of the .s file

For x86-64. A kernel is a function of the trait `Kernels`, which calls its body once for each instruction set. An inner
loop is one without a loop in it; those that multiply and add several vectors are where the time goes.
"""
import pathlib
import re
import sys

KERNELS = [
    "dense_forward", "dense_input_gradient", "dense_weight_gradient",
    "conv2d_slide", "conv2d_weight_gradient",
    "dense_forward_one", "dense_input_gradient_one",
]
REGISTERS = {"avx512": "zmm", "avx2": "ymm"}
MULTIPLY_ADD = re.compile(r"\tvf(n?)m(add|sub)\w+p[sd]\t")
# A loop of fewer is the rest of something that has been unrolled.
SEVERAL = 4
# Instructions in inner loops that spill, where another form was slower or has not been found: no more than these.
SPILLS = {
    # A smaller block, which would fit, is slower.
    ("dense_weight_gradient", "avx2"): 8,
    ("conv2d_slide", "avx512"): 1,
    ("dense_forward_one", "avx512"): 12,
    ("dense_forward_one", "avx2"): 54,
    ("dense_input_gradient_one", "avx2"): 13,
}


def functions(text):
    """The lines of each function, by its symbol."""
    parts = re.split(r"^(_[\w$.]+):\s*$", text, flags=re.M)
    return {name: body.split(".cfi_endproc")[0].splitlines() for name, body in zip(parts[1::2], parts[2::2])}


def calls(lines):
    return re.findall(r"\t(?:call|jmp)q?\s+\*?(_[\w$.]+)", "\n".join(lines))


def inner_loops(lines):
    """Spans of lines from a label to a jump back to it, of those that contain no other."""
    places = {line[:-1]: place for place, line in enumerate(lines) if re.match(r"\.LBB\w+:$", line)}
    spans = set()
    for place, line in enumerate(lines):
        jump = re.match(r"\tj\w+\s+(\.LBB\w+)", line)
        if jump and places.get(jump[1], place) < place:
            spans.add((places[jump[1]], place))
    inner = [(a, b) for a, b in spans if not any((a, b) != (c, d) and a <= c and d <= b for c, d in spans)]
    return [lines[a:b + 1] for a, b in sorted(inner)]


def mistakes(lines, register):
    """What is wrong with the body of a kernel, and how many of its loops are hot."""
    hot = [loop for loop in inner_loops(lines) if sum(map(bool, map(MULTIPLY_ADD.search, loop))) >= SEVERAL]
    found, spills = [] if hot else ["no loop multiplies and adds"], 0
    # Without a frame that it points to, %rbp is a register like others.
    stack = r"\(%r[sb]p\)" if any("%rsp, %rbp" in line for line in lines) else r"\(%rsp\)"
    for loop in hot:
        for line in loop:
            if MULTIPLY_ADD.search(line) and f"%{register}" not in line:
                found.append(f"a vector that is not the widest: {line.strip()}")
            if re.search(stack, line) and re.search(r"%[xyz]mm", line):
                spills += 1
            if "\tcall" in line:
                found.append(f"a call in an inner loop: {line.strip()}")
    found += [f"a panic: {name}" for name in calls(lines) if "panic" in name or "fail" in name]
    # A closure that is not inlined is compiled without the instruction set.
    found += [f"a closure: {name}" for name in calls(lines) if "from_fn" in name]
    return found, len(hot), spills


def main(path):
    code = functions(open(path).read())
    failed = False
    for scalar in ("f32", "f64"):
        for kernel in KERNELS:
            symbol = f"_$LT${scalar}$u20$as$u20$backprop_runtime..kernels..Kernels$GT${len(kernel)}{kernel}17h"
            faces = [lines for name, lines in code.items() if symbol in name]
            for level, register in REGISTERS.items():
                bodies = {name for face in faces for name in calls(face) if f"vectorize_{level}" in name}
                absent = (["not found"], 0, 0)
                found, hot, spills = mistakes(code[bodies.pop()], register) if len(bodies) == 1 else absent
                allowed = SPILLS.get((kernel, level), 0)
                if spills > allowed:
                    found.append(f"{spills} instructions spill in inner loops, {allowed} are allowed")
                failed |= bool(found)
                report = f"{kernel:26} {scalar} {level:6} {hot:3} hot loops {spills:3} spills"
                print(report, *sorted(set(found)), sep="\n    ")
    sys.exit(failed)


def newest():
    folder = pathlib.Path(__file__).resolve().parents[1] / "target/release/deps"
    return max(folder.glob("backprop_runtime-*.s"), key=lambda path: path.stat().st_mtime)


main(sys.argv[1] if len(sys.argv) > 1 else newest())
