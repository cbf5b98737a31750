"""Walks through the machine code of a program, from each function of a module to all that it calls: none may be one that panics.

    python3 .ci/panics.py PROGRAM

`PROGRAM` is the example `panics` (`.ci/panics`) in a release build for x86-64. Its function `control` panics, and must be found to.
"""
import bisect
import re
import subprocess
import sys

# Where this ends: what asks the processor once what it can panics only after the function that it runs has, which does not; steps on
# threads and over ranks, which a trainer takes if it is told to, call a pool and an engine that are not ours.
KNOWN = re.compile(r"std::sys::sync::once::futex::Once>::call|::run_threads$|_over_ranks(_with)?$|::sum_pending$")
PANICS = re.compile(r"panick|panic_|unwrap_failed|expect_failed|len_mismatch_fail|slice_index_fail|handle_alloc_error")


def objdump(program, *options):
    command = ["objdump", *options, program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def functions(program):
    """The functions by their addresses, in order: name, and the addresses that are called or jumped to."""
    # Calls into the standard library go through a table of addresses, which are known when the program is linked.
    slots = {}
    for line in objdump(program, "--dynamic-reloc"):
        if slot := re.match(r"([0-9a-f]+) R_X86_64_RELATIVE\s+\*ABS\*\+0x([0-9a-f]+)", line):
            slots[int(slot[1], 16)] = int(slot[2], 16)
    found, targets = {}, []
    for line in objdump(program, "--disassemble", "--demangle=rust", "--no-show-raw-insn"):
        if begins := re.match(r"([0-9a-f]+) <(.+)>:$", line):
            targets = []
            found[int(begins[1], 16)] = (begins[2], targets)
        elif call := re.search(r"\t(?:call|j\w+)\s+([0-9a-f]+) <.+>$", line):
            targets.append(int(call[1], 16))
        elif call := re.search(r"\t(?:call|jmp)\s+\*.*# ([0-9a-f]+) <.+>$", line):
            targets.append(slots.get(int(call[1], 16)))
    return found


class Code:
    """Which function calls which. Several may have one name: they are told apart by their addresses."""

    def __init__(self, program):
        self.functions = functions(program)
        self.addresses = sorted(self.functions)

    def function_at(self, address):
        place = bisect.bisect_right(self.addresses, address) - 1
        return self.addresses[place] if place >= 0 else None

    def calls(self, function):
        targets = (self.function_at(target) for target in self.functions[function][1] if target is not None)
        found = {target for target in targets if target not in (None, function)}
        return sorted(target for target in found if not KNOWN.search(self.name(target)))

    def name(self, function):
        return self.functions[function][0]

    def way_to_panic(self, function):
        """From a function to one that panics, by the calls between them."""
        ways, seen = [[function]], {function}
        for way in ways:
            for called in self.calls(way[-1]):
                if PANICS.search(self.name(called)):
                    return [*map(self.name, way), self.name(called)]
                if called not in seen:
                    seen.add(called)
                    ways.append([*way, called])
        return None


def main(program):
    code = Code(program)
    checked = {code.name(place): place for place in code.addresses if code.name(place).startswith("panics::checked::")}
    control = [place for place in code.addresses if code.name(place) == "panics::control"]
    failed = len(checked) < 12 or not control or code.way_to_panic(control[0]) is None
    if failed:
        print(f"nothing is shown: the functions are {sorted(checked)}, or the panic of `control` is not found")
    for name in sorted(checked):
        way = code.way_to_panic(checked[name])
        failed |= way is not None
        print(f"{name:28} {'no panic' if way is None else ' -> '.join(way)}")
    sys.exit(failed)


main(sys.argv[1])
