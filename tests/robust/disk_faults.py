"""Let change N of the file system fail, or the process die at it, for N = 1, 2, ..: results are old or new, and whole.

usage: disk_faults.py RLRA SHIM [STEP]      (STEP: try every STEP-th change only)
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

RLRA, SHIM = map(os.path.abspath, sys.argv[1:3])
STEP = int(sys.argv[3]) if len(sys.argv) > 3 else 1
WAYS = ("ENOSPC", "EIO", "EDQUOT", "EINTR", "short", "full", "die", "died")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("DISK_FAULT")}
failures, trials = [], 0


def npy(path, rows, columns):
    """A matrix of numbers from a small generator, without numpy."""
    state, numbers = 1, []
    for _ in range(rows * columns):
        state = (1103515245 * state + 12345) % 2**31
        numbers.append(state / 2**31)
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(numbers)}d", *numbers))


def run(arguments, **faults):
    environment = dict(ENVIRONMENT, LD_PRELOAD=SHIM, OMP_WAIT_POLICY="passive", **faults)
    return subprocess.run([RLRA, *arguments], env=environment, capture_output=True, text=True)


def content(folder):
    """All that stands in a folder, by name; None where there is no folder."""
    if not os.path.isdir(folder):
        return None
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        found[name] = "folder" if os.path.isdir(path) else open(path, "rb").read()
    return found


def timeless(files):
    """A result without what differs from run to run: times, and the hashes of files that hold some."""
    kept = {}
    for name, data in (files or {}).items():
        if name == "run.json":
            record = json.loads(data)
            for word in ("timings", "seconds", "files"):
                record.pop(word)
            data = json.dumps(record)
        elif name == "trace.csv":
            data = [[w for k, w in enumerate(line.split(b",")) if k != 1] for line in data.splitlines()]
        elif name == "report.html":
            data = len(data) > 100000
        kept[name] = data
    return kept


def is_whole(files):
    """The record is there, and all that it lists is as long as it says."""
    if "run.json" not in files:
        return False
    listed = json.loads(files["run.json"])["files"]
    results = set(files) & {"factors.npz", "trace.csv", "report.html", "topics.csv"}
    return results == set(listed) and all(len(files[name]) == listed[name]["bytes"] for name in listed)


def complain(case, what, done):
    failures.append(f"{case}: {what} (exit {done.returncode}: {done.stderr.strip()})")


def check(case, done, out, old, new, way):
    files = content(out)
    dead = done.returncode < 0
    if dead and way not in ("die", "died"):
        complain(case, "the process was ended", done)
    if old is None and not dead and done.returncode != 0 and files not in (None, {}):
        # Without an older result the numbers are worth having even without their page.
        if not (is_whole(files) and "factors.npz" in files and way != "die"):
            complain(case, f"left {sorted(files)}", done)
        return
    if old is not None and files == old:
        if done.returncode == 0:
            complain(case, "exit 0, and the result is the old one", done)
        return
    if old is None and not files:
        if done.returncode == 0:
            complain(case, "exit 0 and no result", done)
        return
    # Folders of the user follow the result; where that was cut off, the next run brings them.
    wanted = timeless(new)
    if not is_whole(files) or timeless(files) not in (wanted, {k: v for k, v in wanted.items() if k != "deep"}):
        complain(case, f"neither old nor new: {sorted(files)}", done)
    elif not dead and done.returncode != 0:
        complain(case, "the result is the new one, and the exit code tells of a failure", done)


def walk(name, arguments, before, box):
    """`before` makes the old result in the folder, or is None."""
    global trials
    out = os.path.join(box, "out")

    def begin():
        shutil.rmtree(box, ignore_errors=True)
        os.makedirs(box)
        if before is not None:
            assert run([*before, "-o", out]).returncode == 0
            with open(os.path.join(out, "mine.txt"), "w") as file:
                file.write("of the user")
            os.mkdir(os.path.join(out, "deep"))
        return content(out)

    begin()
    log = os.path.join(tempfile.gettempdir(), f"changes-{os.getpid()}")
    done = run([*arguments, "-o", out], DISK_FAULT_LOG=log)
    assert done.returncode == 0, done.stderr
    new = content(out)
    changes = open(log).read().count("\n")
    os.remove(log)
    assert is_whole(new), sorted(new)
    for way in WAYS:
        for at in range(1, changes + 1, STEP):
            trials += 1
            case = f"{name}, {way} at {at} of {changes}"
            old = begin()
            done = run([*arguments, "-o", out], DISK_FAULT=way, DISK_FAULT_AT=str(at))
            if done.returncode > 0 and done.stderr.count("\n") not in (1, 2):
                complain(case, "not one or two sentences", done)
            check(case, done, out, old, new, way)
            if before is not None and (content(out) or {}).get("mine.txt") != b"of the user":
                complain(case, "a file of the user is gone", done)
            after = run([*arguments, "-o", out])
            if after.returncode != 0 or timeless(content(out)) != timeless(new):
                complain(case, f"the next run: {sorted(content(out) or {})}, {after.stderr.strip()}", done)
            if os.listdir(box) != ["out"]:
                complain(case, f"left beside the folder: {os.listdir(box)}", done)


def main():
    with tempfile.TemporaryDirectory() as folder:
        data, box = os.path.join(folder, "x.npy"), os.path.join(folder, "box")
        npy(data, 12, 8)
        nmf = ["nmf", data, "-r", "2", "--threads", "1"]
        walk("nmf into a new folder", nmf, None, box)
        walk("nmf over an older result", nmf, ["nmf", data, "-r", "3"], box)
        walk("separable over a result of nmf", ["separable", data, "-r", "2"], ["nmf", data, "-r", "3"], box)
    for failure in failures[:40]:
        print(failure)
    print(f"{trials} trials, {len(failures)} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
