"""Every way by which a file gets into a command refuses hostile files in one sentence that names them, soon and in little memory.

usage: hostile_entries.py RLRA
The options that take a file are those of the help texts, so that new ones are in.
"""
import os
import re
import resource
import struct
import sys
import tempfile
import time
import zlib

from archives import many_overlap
from arrays import Program, element, mat, mat_array, npy, npz

rlra = Program(sys.argv[1])
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "io")
OUTPUTS = ("--log", "--out", "--report")
MOST_SECONDS, MOST_BYTES = 10, 1 << 30


def put(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def hostile_files():
    """One of each kind, and what is reported of it where it is read as an array."""
    put("overlap.npz", many_overlap(2000))
    npz("lies.npz", {"factor_0": npy([0.0] * 4, (1 << 30, 6))})
    mat("bomb.mat", [mat_array("factor_0", [0.0] * 4, 1 << 30, 6)], packed=True)
    # An element that claims to have 2 GB within a small one that is packed.
    small = zlib.compress(mat_array("a", [1.0] * 4, 2, 2)[:4] + struct.pack("<I", 0x7ffffff0) +
                          mat_array("a", [1.0] * 4, 2, 2)[8:-40] + struct.pack("<II", 9, 0x7fffff00))
    put("within.mat", open("bomb.mat", "rb").read()[:128] + struct.pack("<II", 15, len(small)) + small)
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = packed.compress(b"1,2\n" * 100000) + packed.flush()
    put("cut.csv.gz", content[:-30])
    return {"overlap.npz": "overlaps", "lies.npz": "announces|piece by piece", "bomb.mat": "announces|piece by piece", "within.mat": "longer|early|announces",
            "cut.csv.gz": "ends too early", os.path.join(SAMPLES, "elsewhere.h5") + ":/outside": "data of other files",
            os.path.join(SAMPLES, "elsewhere.h5") + ":/virtual": "data of other files"}


def sound_files():
    numbers = [(7 * k * k + 3 * k) % 17 + 1.0 for k in range(240)]
    put("x.npy", npy(numbers[:60], (10, 6)))
    put("cube.npy", npy(numbers[:120], (4, 5, 6)))
    put("bands.npy", npy(numbers[:18], (6, 3)))
    put("labels.npy", npy([k % 3 for k in range(20)], (4, 5)))
    put("counts.mtx", ("%%MatrixMarket matrix coordinate integer general\n5 3 7\n1 1 5\n2 1 4\n3 2 7\n4 2 6\n5 3 3\n"
                       "1 3 2\n4 1 1\n").encode())


# Options that need another one.
NEEDS = {"--label-names": ["--labels", "labels.npy"], "--wavelengths": ["--bad-bands", "1"]}
# How each command is called with files that are sound.
CALLS = {"nmf": ["x.npy", "-r", "2"], "cp": ["cube.npy", "-r", "2"], "unmix": ["cube.npy", "-r", "2"],
         "separable": ["x.npy", "-r", "2"], "topics": ["counts.mtx", "-r", "2"], "nnls": ["bands.npy", "cube.npy"],
         "info": ["x.npy"]}
CALLS_OF_OPTIONS = {"--start": ["x.npy", "x.npy"]}


def file_options(command):
    """The options of a command that read a file."""
    text = rlra.run("help", command).stdout
    found = re.findall(r"^ +(?:-\w, )?(--[\w-]+) [^ ]*FILE", text, re.M)
    return [option for option in dict.fromkeys(found) if option not in OUTPUTS]


def ways():
    """Pairs: what to call it, and a function that makes the arguments with a file."""
    for command, call in CALLS.items():
        places = [k for k, word in enumerate(call) if "." in word]
        for k in places:
            yield f"{command}, file {k + 1}", lambda f, c=command, a=call, k=k: [c, *a[:k], f, *a[k + 1:]]
        if command in ("nmf", "cp"):
            yield f"{command} --memory-limit", lambda f, c=command, a=call: [c, f, *a[1:], "--memory-limit", "1"]
        for option in file_options(command):
            yield f"{command} {option}", lambda f, c=command, a=CALLS_OF_OPTIONS.get(option, call), o=option: [
                c, *a, *NEEDS.get(o, []), o, f]


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def check(way, arguments, path, part):
    begin = time.monotonic()
    done = rlra.run(*arguments, "-o", "out.npz" if arguments[0] == "nnls" else "out",
                    preexec_fn=limits) if arguments[0] != "info" else rlra.run(*arguments, preexec_fn=limits)
    seconds = time.monotonic() - begin
    messages = [line for line in done.stderr.splitlines() if not line.startswith("rlra: note")]
    if way.startswith("info") and ".h5" in path:  # it lists what there is
        rlra.expect(f"{way} lists {path}", part in done.stdout and messages == [], done.stdout, messages)
        return
    rlra.expect(f"{way} refuses {path}", done.returncode == 1 and len(messages) == 1, done.returncode, done.stderr[-600:])
    rlra.expect(f"{way} names {path}", any(path.split(":")[0] in line for line in messages), messages)
    # Options that want text or a list, or arrays of certain names, have another sentence.
    chooses = ("names", "vocab", "titles", "bad-bands") + ((".h5",) if "--init" in way or "--library" in way else ())
    if not any(option in way + path for option in chooses):
        rlra.expect(f"{way} gives the reason to refuse {path}", any(re.search(part, line) for line in messages), messages)
    rlra.expect(f"{way} refuses {path} soon", seconds < MOST_SECONDS, seconds)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        sound_files()
        files = hostile_files()
        tried = 0
        for way, arguments in ways():
            for path, part in files.items():
                check(way, arguments(path), path, part)
                tried += 1
        rlra.expect("many ways were tried", tried > 100, tried)
    print(f"{tried} refused, {rlra.failures} failures")
    sys.exit(rlra.failures > 0)
