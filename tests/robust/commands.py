"""One table of example invocations of every command, tiny and without network, for all tests that walk through commands.

usage: commands.py RLRA [WRAPPER...]      (run each once, under a program such as valgrind where one is named: every command of
the program's table has an example, and each writes what it should)

From Python: `make_inputs(folder)`, then for each of EXAMPLES run [RLRA, *example.words] in that folder. Words are relative to it;
what an example writes is named in `writes` (files) and `folder` (a result folder).
"""
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections import namedtuple
from random import Random

# name: for people; words: the command line; folder: its result folder or None; writes: other files and folders that it writes.
Example = namedtuple("Example", "name words folder writes")


def example(line, folder=None, writes=(), name=None):
    return Example(name or line, line.split(), folder, tuple(writes))


def fit(line, *writes):
    """A fit of few sweeps into the folder `out`."""
    return example(f"{line} -r 2 --threads 2 --max-sweeps 5 -q -o out", "out", writes, line)


def team(line):
    """A fit that has work for three threads: smaller ones take one."""
    return example(f"{line} -r 12 --threads 3 --max-sweeps 2 -q -o out", "out", (), f"{line} by a team")


def solve(line, out, *writes):
    return example(f"{line} --threads 2 -q -o {out}", None, (out, *writes), f"{line} -o {out}")


EXAMPLES = [
    fit("nmf x.npy"),
    fit("nmf x.npy --dtype f32 --update admm --log log", "log"),
    fit("nmf x.npy --loss kl"),
    fit("nmf x.npy --mask mask.npy"),
    fit("nmf x.npy --starts 2 --checkpoint ck --checkpoint-every 0", "ck"),
    fit("nmf x.npy --checkpoint ck --checkpoint-every 0 --resume", "ck"),
    fit("nmf x.npy --init start.npz"),
    fit("nmf wide.npy --memory-limit 3M"),
    fit("nmf counts.mtx --missing unstored"),
    fit("cp t.npy"),
    fit("cp t.tns"),
    fit("cp t.npy --loss kl --checkpoint ck --checkpoint-every 0", "ck"),
    fit("unmix scene.hdr"),
    fit("unmix scene.hdr --sum-to-one --log log --library spectra.csv", "log"),
    fit("topics counts.mtx --vocab words.txt --titles titles.txt"),
    fit("topics counts.mtx --checkpoint ck --checkpoint-every 0", "ck"),
    team("nmf wide.npy"),
    team("nmf wide.npy --loss kl"),
    team("nmf wide.npy --holdout 0.1"),
    team("nmf many.mtx"),
    team("cp deep.npy"),
    team("cp many.tns"),
    example("separable wide.npy -r 3 --threads 3 -q -o out", "out", (), "separable wide.npy by a team"),
    example("nnls tall.npy wide.npy --threads 3 -q -o b.npz", None, ("b.npz",), "nnls tall.npy wide.npy by a team"),
    example("separable x.npy -r 2 -q -o out", "out", (), "separable x.npy"),
    example("separable x.csv -r 2 --method spa -q -o out", "out", (), "separable x.csv --method spa"),
    solve("nnls w.npy y.npy", "b.npz"),
    solve("nnls w.npy y.npy --loss kl", "b.mat"),
    solve("nnls w.npy y.npy --front", "b.h5"),
    solve("nnls w.npy y.npy", "b.npy"),
    solve("nnls w.npy y.npy", "b.csv"),
    solve("nnls spectra.csv scene.hdr --report page.html", "b.hdr", "b.bsq", "page.html"),
    example("nmf x.npy -r 2 --plan"),
    example("nnls w.npy y.npy --json -o b.npz", None, ("b.npz",)),
    example("info x.npy x.csv x.csv.gz t.npy t.tns counts.mtx scene.hdr start.npz"),
    example("list"),
    example("list --json"),
    example("help nmf"),
]


def drawn(count, seed=1):
    """Numbers in [0, 1) from a small generator, the same everywhere."""
    numbers = []
    for _ in range(count):
        seed = (1103515245 * seed + 12345) % 2**31
        numbers.append(seed / 2**31)
    return numbers


def npy(path, dims, numbers):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {tuple(dims)}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(numbers)}d", *numbers))


def lines(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def make_larger(at):
    """Those that have work for several threads."""
    random = Random(1).random
    npy(at("wide.npy"), (3000, 150), [random() for _ in range(450000)])
    npy(at("tall.npy"), (3000, 4), [random() for _ in range(12000)])
    npy(at("deep.npy"), (40, 50, 60), [random() for _ in range(120000)])
    cells = range(0, 300 * 200, 2)
    lines(at("many.mtx"), ["%%MatrixMarket matrix coordinate integer general", f"300 200 {len(cells)}",
                           *(f"{1 + k // 200} {1 + k % 200} {1 + k % 7}" for k in cells)])
    lines(at("many.tns"), [f"{1 + k // 1200} {1 + k // 20 % 60} {1 + k % 20} {1 + k % 5}" for k in range(0, 60000, 2)])


def link_inputs(inputs, folder):
    """Those that were made once, for another run: no command changes what it reads."""
    for name in os.listdir(inputs):
        os.link(os.path.join(inputs, name), os.path.join(folder, name))


def make_inputs(folder):
    """All files that the examples read, without numpy."""
    import gzip
    import zipfile

    def at(name):
        return os.path.join(folder, name)
    npy(at("x.npy"), (12, 8), drawn(96))
    npy(at("mask.npy"), (12, 8), [float(x > 0.2) for x in drawn(96, 7)])
    make_larger(at)
    npy(at("t.npy"), (4, 5, 3), drawn(60))
    npy(at("w.npy"), (6, 3), drawn(18, 2))
    npy(at("y.npy"), (6, 10), drawn(60, 3))
    npy(at("factor_0.npy"), (12, 2), drawn(24, 4))
    npy(at("factor_1.npy"), (8, 2), drawn(16, 5))
    with zipfile.ZipFile(at("start.npz"), "w") as archive:
        for name in ("factor_0.npy", "factor_1.npy"):
            archive.write(at(name), name)
            os.remove(at(name))
    rows = [",".join(f"{x:.3f}" for x in drawn(4, seed)) for seed in range(20, 26)]
    lines(at("x.csv"), rows)
    with gzip.open(at("x.csv.gz"), "wt") as file:
        file.writelines(f"{row}\n" for row in rows)
    lines(at("t.tns"), [f"{1 + k % 4} {1 + k % 3} {1 + k % 5} {1 + k % 7}" for k in range(30)])
    cells = sorted({(k * k % 9, k * 5 % 7) for k in range(60)})
    lines(at("counts.mtx"), ["%%MatrixMarket matrix coordinate integer general", f"9 7 {len(cells)}",
                             *(f"{i + 1} {j + 1} {1 + (i + 2 * j) % 4}" for i, j in cells)])
    lines(at("words.txt"), ["ant", "bee", "cow", "dog", "elk", "fox", "gnu"])
    lines(at("titles.txt"), [f"document {k}" for k in range(9)])
    scene = drawn(5 * 12, 6)
    with open(at("scene.bsq"), "wb") as file:
        file.write(struct.pack(f"<{len(scene)}d", *scene))
    lines(at("scene.hdr"), ["ENVI", "samples = 4", "lines = 3", "bands = 5", "data type = 5", "interleave = bsq",
                            "byte order = 0"])
    lines(at("spectra.csv"), [",".join(f"{x:.3f}" for x in drawn(3, seed)) for seed in range(30, 35)])


def commands_of(rlra):
    listed = subprocess.run([rlra, "list", "--json"], capture_output=True, text=True, check=True)
    return [command["name"] for command in json.loads(listed.stdout)["commands"]]


def without_example(rlra):
    """Commands of the program's table that nobody would walk through."""
    return sorted(set(commands_of(rlra)) - {each.words[0] for each in EXAMPLES})


def main(rlra, *wrapper):
    faults = [f"{name}: a command without an example" for name in without_example(rlra)]
    with tempfile.TemporaryDirectory() as home:
        inputs = os.path.join(home, "inputs")
        os.mkdir(inputs)
        make_inputs(inputs)
        for number, each in enumerate(EXAMPLES):
            folder = os.path.join(home, str(number))
            os.mkdir(folder)
            link_inputs(inputs, folder)
            done = subprocess.run([*wrapper, rlra, *each.words], cwd=folder, capture_output=True, text=True)
            made = set(os.listdir(folder)) - set(os.listdir(inputs))
            if done.returncode != 0:
                faults.append(f"{each.name}: exit {done.returncode}: {done.stderr.strip()}")
            if made != {*each.writes, *([each.folder] if each.folder else [])}:
                faults.append(f"{each.name}: made {sorted(made)}")
    print("\n".join([*faults, f"{len(EXAMPLES)} examples, {len(faults)} faults"]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), *sys.argv[2:]))
