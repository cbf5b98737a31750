"""Reads the machine code of the hot kernels: the widest vectors, no spill and no call in an inner loop, no panic.

    cargo build --release
    python3 .ci/assembly.py          # or with the path of a libbackprop_runtime….rlib

For x86-64, with `objdump`. A kernel is a function of the trait `Kernels`, which calls its body once for each instruction
set; the body calls its register panels, which are functions of their own. An inner loop is one without a loop in it; those
that multiply and add several vectors are where the time goes.
"""
import pathlib
import re
import subprocess
import sys

KERNELS = [
    "dense_forward", "dense_input_gradient", "dense_weight_gradient",
    "conv2d_slide", "conv2d_weight_gradient",
    "dense_forward_one", "dense_input_gradient_one",
]
REGISTERS = {"avx512": "zmm", "avx2": "ymm"}
# Which instruction sets a scalar type has kernels for.
LEVELS = {"f32": ["avx512", "avx2"], "f64": ["avx2"]}
MULTIPLY_ADD = re.compile(r"^vf(n?)m(add|sub)\w+p[sd]\b")
# A loop of fewer is the rest of something that has been unrolled.
SEVERAL = 4
# Instructions in inner loops that spill, where another form was slower or has not been found: no more than these.
SPILLS = {
    # A smaller block, which would fit, is slower.
    ("dense_weight_gradient", "avx2"): 8,
    ("conv2d_slide", "avx512"): 1,
    ("dense_forward_one", "avx512"): 12,
    ("dense_forward_one", "avx2"): 60,
    ("dense_input_gradient_one", "avx2"): 13,
}


def functions(library):
    """The instructions of each function, by its symbol: (address, text), with the symbol that a call is relocated to."""
    command = ["objdump", "--disassemble", "--reloc", "--no-show-raw-insn", library]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found, lines = {}, []
    for line in text.splitlines():
        if begins := re.match(r"[0-9a-f]+ <(_[\w$.]+)>:$", line):
            lines = found.setdefault(begins[1], [])
        elif instruction := re.match(r" +([0-9a-f]+):\t(.*)$", line):
            if instruction[2].startswith("R_X86_64"):
                continue
            lines.append([int(instruction[1], 16), instruction[2]])
        elif (relocated := re.match(r"\t+[0-9a-f]+: R_X86_64\w+\t(?:\.text\.)?(_[\w$.]+)", line)) and lines:
            lines[-1][1] += f" -> {relocated[1]}"
    return found


def calls(lines):
    return [call[1] for _, text in lines if (call := re.match(r"(?:call|jmp)\b.* -> (_[\w$.]+)", text))]


def reached(code, face, level):
    """What a kernel calls on an instruction set: its body, and the panels out of line."""
    found, waiting = set(), [face]
    while waiting:
        for name in calls(code.get(waiting.pop(), [])):
            if name not in found and (f"vectorize_{level}" in name or "call_out_of_line" in name):
                found.add(name)
                waiting.append(name)
    return sorted(name for name in found if f"vectorize_{level}" in name)


def inner_loops(lines):
    """Spans from a place to a jump back to it, of those that contain no other."""
    places = {address: place for place, (address, _) in enumerate(lines)}
    spans = set()
    for place, (_, text) in enumerate(lines):
        jump = re.match(r"j\w+\s+([0-9a-f]+)", text)
        target = places.get(int(jump[1], 16), place) if jump else place
        if target < place:
            spans.add((target, place))
    inner = [(a, b) for a, b in spans if not any((a, b) != (c, d) and a <= c and d <= b for c, d in spans)]
    return [[text for _, text in lines[a:b + 1]] for a, b in sorted(inner)]


def mistakes(lines, register):
    """What is wrong with the body of a kernel, and how many of its loops are hot."""
    hot = [loop for loop in inner_loops(lines) if sum(map(bool, map(MULTIPLY_ADD.search, loop))) >= SEVERAL]
    found, spills = [], 0
    # Without a frame that it points to, %rbp is a register like others.
    stack = r"\(%r[sb]p\)" if any("%rsp,%rbp" in text for _, text in lines) else r"\(%rsp\)"
    for loop in hot:
        for line in loop:
            if MULTIPLY_ADD.search(line) and f"%{register}" not in line:
                found.append(f"a vector that is not the widest: {line.strip()}")
            if re.search(stack, line) and re.search(r"%[xyz]mm", line):
                spills += 1
            if line.startswith("call"):
                found.append(f"a call in an inner loop: {line.strip()}")
    found += [f"a panic: {name}" for name in calls(lines) if "panic" in name or "fail" in name]
    # A closure that is not inlined is compiled without the instruction set.
    found += [f"a closure: {name}" for name in calls(lines) if "from_fn" in name]
    return found, len(hot), spills


def main(path):
    code = functions(path)
    failed = False
    for scalar, levels in LEVELS.items():
        for kernel in KERNELS:
            symbol = f"_$LT${scalar}$u20$as$u20$backprop_runtime..kernels..Kernels$GT${len(kernel)}{kernel}17h"
            faces = [name for name in code if symbol in name]
            for level in levels:
                register = REGISTERS[level]
                bodies = {name for face in faces for name in reached(code, face, level)}
                found, hot, spills = [] if bodies else ["not found"], 0, 0
                for body in bodies:
                    of_body = mistakes(code[body], register)
                    found, hot, spills = found + of_body[0], hot + of_body[1], spills + of_body[2]
                if bodies and not hot:
                    found.append("no loop multiplies and adds")
                allowed = SPILLS.get((kernel, level), 0)
                if spills > allowed:
                    found.append(f"{spills} instructions spill in inner loops, {allowed} are allowed")
                failed |= bool(found)
                report = f"{kernel:26} {scalar} {level:6} {hot:3} hot loops {spills:3} spills"
                print(report, *sorted(set(found)), sep="\n    ")
    sys.exit(failed)


def newest():
    folder = pathlib.Path(__file__).resolve().parents[1] / "target/release/deps"
    return max(folder.glob("libbackprop_runtime-*.rlib"), key=lambda path: path.stat().st_mtime)


main(sys.argv[1] if len(sys.argv) > 1 else newest())
