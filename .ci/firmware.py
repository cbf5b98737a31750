"""Runs firmware on an emulated Cortex-M4 and compares what it takes and prints with `examples/cortex-m/table.txt`.

    .ci/bare-metal.sh            # builds the firmware, and calls this with its folder
    BLESS=1 .ci/bare-metal.sh    # writes the table anew

Bits are those of the table, which the host computes too (`tests/reproducible.rs`). Bytes and instructions are near it. What
must hold whatever the table says: limits, no panic, and as many instructions for one input as for another.
"""
import os
import pathlib
import re
import struct
import subprocess
import sys

TABLE = pathlib.Path(__file__).parent.parent / "examples/cortex-m/table.txt"
FIRMWARE = ["empty", "sine", "train", "whole", "adapt", "conv", "stream"]
# Panics when it is given a number that is too large: the check below must find that.
CONTROL = "control"
QEMU = (
    "qemu-system-arm -M mps2-an386 -cpu cortex-m4 -icount shift=0 -nographic "
    "-semihosting-config enable=on,target=native -kernel"
).split()
# Another compiler takes a few bytes and instructions more or less; a frame more is a large part of a small stack.
TOLERANCE = {"flash": 0.1, "ram": 0.05, "stack": 0.25, "instructions": 0.1}


class Elf:
    """A little-endian ELF file of 32 bits."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x01\x01":
            raise SystemExit(f"{path}: no little-endian ELF file of 32 bits")
        self.sections = self._sections()

    def _sections(self):
        (offset,) = struct.unpack_from("<I", self.data, 0x20)
        size, count, names = struct.unpack_from("<HHH", self.data, 0x2E)
        rows = [struct.unpack_from("<10I", self.data, offset + i * size) for i in range(count)]
        return [(self._text(rows[names][4] + row[0]), *row[1:]) for row in rows]

    def _text(self, place):
        return self.data[place : self.data.index(b"\0", place)].decode()

    def bytes(self):
        """Flash and RAM: what is loaded, and what stands in memory that can be written."""
        flash = ram = 0
        for _, kind, flags, _, _, size, *_ in self.sections:
            if flags & 2:  # takes memory
                flash += size if kind != 8 else 0  # 8: begins as zeros, or as anything
                ram += size if flags & 1 else 0
        return flash, ram

    def functions(self):
        """Name, place and bytes of every function."""
        found = []
        for _, kind, _, _, offset, size, link, *_ in self.sections:
            if kind != 2:
                continue
            names = self.sections[link][4]
            for place in range(offset, offset + size, 16):
                name, value, length, info = struct.unpack_from("<IIIB", self.data, place)
                if info & 15 == 2:
                    found.append((self._text(names + name), value & ~1, length))
        return found

    # The timer ticks every forty instructions, in forty calls: a count is off by one.
    def panics(self):
        """Functions of the machinery of panics. Without one that panics the linker keeps none."""
        return sorted(name for name, _, _ in self.functions() if "panicking" in name)


def run(path):
    """What a firmware prints, by its line up to the number."""
    done = subprocess.run([*QEMU, path], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{path.name}: fails\n{done.stdout}{done.stderr}")
    return {line[1]: int(line[2]) for line in re.finditer(r"^(.*) = (\d+)$", done.stdout, re.MULTILINE)}


def measured(folder):
    """All rows of the table, and the mistakes that need none."""
    rows, mistakes = {}, []
    for name in FIRMWARE:
        elf = Elf(folder / name)
        flash, ram = elf.bytes()
        printed = run(folder / name)
        rows |= {f"{name}: flash": flash, f"{name}: ram": ram}
        rows |= {f"{name}: {what}": value for what, value in printed.items()}
        if panics := elf.panics():
            mistakes.append(f"{name} can panic: {', '.join(panics)}")
        for what, count in printed.items():
            if what.startswith("instructions") and abs(printed.get(what + " another", count) - count) > 1:
                mistakes.append(f"{name}: {what}: {count}, for another input {printed[what + ' another']}")
    if not Elf(folder / CONTROL).panics():
        mistakes.append(f"{CONTROL} panics, and the check does not see it")
    return rows, mistakes


def limits(rows):
    """What the documentation promises, in bytes: (what, found, at most)."""
    def beyond(name, what):
        return rows[f"{name}: {what}"] - rows[f"empty: {what}"]

    # A step's stack is what its predictions take, and more.
    ram = {name: rows[f"{name}: ram"] + rows[f"{name}: stack step"] for name in ["train", "whole", "adapt"]}
    return [
        ("sine: code and weights in flash", beyond("sine", "flash"), 6 * 1024),
        ("sine: RAM and stack", beyond("sine", "ram") + rows["sine: stack predict"], 512),
        ("train: RAM in all", ram["train"], 16 * 1024),
        ("train: flash in all", rows["train: flash"], 16 * 1024),
        ("adapt: RAM in all", ram["adapt"], ram["whole"] // 5),
        ("stream: flash in all", rows["stream: flash"], 16 * 1024),
        ("stream: RAM in all", rows["stream: ram"] + rows["stream: stack step"], 4 * 1024),
        # Layers of 64-64-10 have 64 × 74 weights.
        ("whole: instructions of a prediction, for 4736 multiply-adds", rows["whole: instructions predict"], 3 * 4736),
    ]


def differences(rows, table):
    for what in sorted(rows.keys() | table.keys()):
        found, expected = rows.get(what), table.get(what)
        tolerance = TOLERANCE.get(what.split()[1], 0)
        if found is None or expected is None or abs(found - expected) > tolerance * expected:
            yield f"{what}: {found}, in the table {expected}"


def main():
    folder = pathlib.Path(sys.argv[1])
    rows, mistakes = measured(folder)
    text = "".join(f"{what} = {value}\n" for what, value in rows.items())
    print(text, end="")
    for what, found, most in limits(rows):
        print(f"{what}: {found} of {most}")
        if found > most:
            mistakes.append(f"{what}: {found}, and at most {most} are promised")
    if os.environ.get("BLESS"):
        TABLE.write_text(text)
    lines = (line.rsplit(" = ", 1) for line in TABLE.read_text().splitlines())
    mistakes += differences(rows, {what: int(value) for what, value in lines})
    if mistakes:
        raise SystemExit("\n".join(["", *mistakes, "if this is meant: BLESS=1 .ci/bare-metal.sh"]))


if __name__ == "__main__":
    main()
