"""The time of `info` grows with the number of arrays in a file, not with its square, in every container that holds many.

usage: many_arrays.py RLRA [ARRAYS]
"""
import os
import resource
import struct
import sys
import tempfile
import time
import zipfile

from arrays import Program, mat, mat_array, mat_struct, npy, npz
from hdf5_files import write_sets
from nightly import is_nightly

rlra = Program(sys.argv[1])
ARRAYS = int(sys.argv[2]) if len(sys.argv) > 2 else 10000 if is_nightly() else 4000


def octave_matrix(name, value):
    return f"# name: {name}\n# type: matrix\n# rows: 1\n# columns: 2\n 1 {value}\n\n\n"


def write_octave(path, count):
    with open(path, "w") as file:
        file.write("# Created by Octave\n" + "".join(octave_matrix(f"a{k}", k) for k in range(count)))


def write_octave_struct(path, count):
    with open(path, "w") as file:
        file.write(f"# Created by Octave\n# name: s\n# type: scalar struct\n# ndims: 2\n 1 1\n# length: {count}\n" +
                   "".join(octave_matrix(f"a{k}", k) for k in range(count)))


def write_groups(path, count):
    parts = {"data": npy([1.0, 2.0]), "indices": npy([0, 1], descr="<i8"), "indptr": npy([0, 1, 2], descr="<i8"),
             "shape": npy([2, 3], descr="<i8")}
    npz(path, {f"g{k}_{part}": content for k in range(count // 4) for part, content in parts.items()})


def write_version_4(path, count):
    with open(path, "wb") as file:
        for k in range(count):
            name = f"a{k}".encode() + b"\0"
            file.write(struct.pack("<5i", 0, 1, 2, 0, len(name)) + name + struct.pack("<2d", 1, k))


def fields(count):
    return mat_struct("s", [(f"a{k}", mat_array("", [1.0, k], 1, 2)) for k in range(count)])


WRITERS = {
    "stored.npz": lambda path, n: npz(path, {f"a{k}": npy([1.0, k]) for k in range(n)}),
    "deflated.npz": lambda path, n: npz(path, {f"a{k}": npy([1.0, k]) for k in range(n)}, zipfile.ZIP_DEFLATED),
    "groups.npz": write_groups,
    "plain.mat": lambda path, n: mat(path, [mat_array(f"a{k}", [1.0, k], 1, 2) for k in range(n)]),
    "packed.mat": lambda path, n: mat(path, [mat_array(f"a{k}", [1.0, k], 1, 2) for k in range(n)], packed=True),
    "struct.mat": lambda path, n: mat(path, [fields(n)]),
    "packed_struct.mat": lambda path, n: mat(path, [fields(n)], packed=True),
    "version4.mat": write_version_4,
    "flat.h5": write_sets,
    "hundred.h5": lambda path, n: write_sets(path, n, groups=100),
    "flat73.mat": lambda path, n: write_sets(path, n, matlab=True),
    "hundred73.mat": lambda path, n: write_sets(path, n, groups=100, matlab=True),
    "octave.txt": write_octave,
    "octave_struct.txt": write_octave_struct,
}


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def time_of(name, path, count):
    """Seconds of the processor, so that others on the machine do not count."""
    WRITERS[name](path, count)
    begin = cpu_seconds()
    done = rlra.run("info", path)
    seconds = cpu_seconds() - begin
    rows = len(done.stdout.splitlines()) - 2
    rlra.expect(f"{name} shows all of its arrays", done.returncode == 0 and rows == count // (4 if "groups" in name else 1),
                rows, done.stderr[-300:])
    return seconds


with tempfile.TemporaryDirectory() as work:
    for writer in WRITERS:
        file_name = os.path.join(work, writer)
        few, many = time_of(writer, file_name, ARRAYS // 4), time_of(writer, file_name, ARRAYS)
        print(f"{writer}: {few:.2f} s for {ARRAYS // 4}, {many:.2f} s for {ARRAYS}")
        # Four times as many: the square would take 16 times as long.
        rlra.expect(f"{writer} takes a time that is linear", many < 8 * few + 0.1, few, many)
print(f"{rlra.failures} failures")
sys.exit(rlra.failures > 0)
