"""What the tests of files need: .npy and .npz files, .mat files of version 5, and runs of the command, without numpy."""
import io
import os
import re
import struct
import subprocess
import zipfile
import zlib


def npy(values, shape=None, descr="<f8"):
    """The bytes of a .npy file of numbers."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape or (len(values),))!r}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    letter = {"<f8": "d", "<i8": "q"}[descr]
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
            struct.pack(f"<{len(values)}{letter}", *values))


def npz(path, arrays, method=zipfile.ZIP_STORED):
    """An archive of arrays, bytes by name."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in arrays.items():
            archive.writestr(name + ".npy", content)


def element(kind, content):
    """An element of a .mat file, filled up to 8 bytes."""
    return struct.pack("<II", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def mat_array(name, values, rows, columns):
    """An element with a matrix of doubles."""
    return element(14, element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<ii", rows, columns)) +
                   element(1, name.encode()) + element(9, struct.pack(f"<{len(values)}d", *values)))


def mat_struct(name, fields):
    """An element with a struct of one element; fields are pairs of a name and an element without a name."""
    names = b"".join(key.encode().ljust(32, b"\0") for key, _ in fields)
    return element(14, element(6, struct.pack("<II", 2, 0)) + element(5, struct.pack("<ii", 1, 1)) +
                   element(1, name.encode()) + element(5, struct.pack("<i", 32)) + element(1, names) +
                   b"".join(content for _, content in fields))


def mat(path, elements, packed=False):
    """A .mat file of version 5; packed elements are not filled up."""
    with open(path, "wb") as file:
        file.write(b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x100) + b"IM")
        for one in elements:
            small = zlib.compress(one, 9)
            file.write(struct.pack("<II", 15, len(small)) + small if packed else one)


class Program:
    """The command, and what did not go as it should."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.failures = 0

    def run(self, *arguments, prefix=(), **more):
        more.setdefault("timeout", 100)
        return subprocess.run([*prefix, self.path, *map(str, arguments)], capture_output=True, text=True,
                              errors="replace", **more)

    def expect(self, what, condition, *seen):
        if not condition:
            self.failures += 1
            print(f"FAILED: {what}:", *seen)

    def refused(self, arguments, part):
        """It ends with 1 and one sentence, in which this pattern stands."""
        done = self.run(*arguments)
        lines = [line for line in done.stderr.splitlines() if not line.startswith("rlra: note")]
        self.expect(f"{arguments} is refused with '{part}'",
                    done.returncode == 1 and len(lines) == 1 and re.search(part, lines[0]), done.returncode,
                    done.stderr)

    def prints(self, arguments, part):
        """It succeeds, and this pattern stands in what it prints."""
        done = self.run(*arguments)
        self.expect(f"{arguments} prints '{part}'", done.returncode == 0 and re.search(part, done.stdout + done.stderr),
                    done.returncode, done.stdout, done.stderr)
