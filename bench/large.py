#!/usr/bin/env python3
"""Sweeps over a file that is larger than the memory allowed, against reading it with cat.

usage: bench/large.py RLRA [FILE]     (RLRA: the program; FILE: created if it does not exist, and kept; by default a temporary one)
The file takes 2.2 GB. "Cold": its pages are dropped from the page cache before each sweep and each cat.
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

import numpy

ROWS, COLUMNS, RANK, LIMIT = 110_000, 5_000, 20, "200M"
SWEEPS, REPEATS = 8, 3


def write_matrix(path):
    """A float32 matrix of rank RANK with noise, written block by block."""
    random = numpy.random.default_rng(1)
    right = random.random((RANK, COLUMNS), dtype=numpy.float32)
    header = repr({"descr": "<f4", "fortran_order": False, "shape": (ROWS, COLUMNS)}).encode()
    header += b" " * (117 - len(header)) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        for _ in range(0, ROWS, 1000):
            block = random.random((1000, RANK), dtype=numpy.float32) @ right
            block += random.random(block.shape, dtype=numpy.float32)
            block.tofile(file)
        file.flush()
        os.fsync(file.fileno())


def drop(path):
    """Take the file out of the page cache."""
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cat_seconds(path, cold):
    best = float("inf")
    for _ in range(REPEATS):
        if cold:
            drop(path)
        begun = time.perf_counter()
        with open(os.devnull, "wb") as sink:
            subprocess.run(["cat", path], stdout=sink, check=True)
        best = min(best, time.perf_counter() - begun)
    return best


def fit(program, path, folder, threads, limit, cold):
    """(seconds of the fastest sweep, of the median one)"""
    log = pathlib.Path(folder, "log.jsonl")
    log.unlink(missing_ok=True)
    command = [program, "nmf", path, "-r", str(RANK), "--init", "random", "--max-sweeps", str(SWEEPS), "--tolerance", "0",
               "--decrease", "0", "--inner-sweeps", "1", "--threads", str(threads), "--log", log, "-o", folder + "/out", "--quiet"]
    running = subprocess.Popen(command + (["--memory-limit", limit] if limit else []))
    seen = 0
    while running.poll() is None:
        lines = log.read_text().count("\n") if log.exists() else 0
        if lines > seen and cold:
            drop(path)
        seen = lines
        time.sleep(0.002)
    if running.returncode != 0:
        sys.exit(running.returncode)
    seconds = [json.loads(line)["seconds"] for line in log.read_text().splitlines()]
    sweeps = sorted(after - before for before, after in zip(seconds, seconds[1:]))
    return sweeps[0], sweeps[len(sweeps) // 2]


def peak(program, path, folder):
    """Peak memory of a whole run with the limit, including start and certificate, in bytes."""
    probe = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); " \
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    command = [program, "nmf", path, "-r", str(RANK), "--max-sweeps", "2", "-o", folder + "/out", "--memory-limit", LIMIT, "--quiet"]
    return int(subprocess.run([sys.executable, "-c", probe] + command, capture_output=True, text=True, check=True).stdout)


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = sys.argv[2] if len(sys.argv) > 2 else folder + "/large.npy"
        if not os.path.exists(path):
            write_matrix(path)
        size = os.path.getsize(path)
        print(f"{ROWS} x {COLUMNS} float32, {size / 1e9:.2f} GB, rank {RANK}, --memory-limit {LIMIT} ({size / (200 << 20):.1f} x)")
        print(f"peak memory of the process: {peak(program, path, folder) / (1 << 20):.0f} MiB")
        for name, cold in (("warm", False), ("cold", True)):
            print(f"{name}: cat {cat_seconds(path, cold):.2f} s")
            for threads in (1, 2):
                for limit in (LIMIT, None) if not cold else (LIMIT,):
                    best, median = fit(program, path, folder, threads, limit, cold)
                    where = "from the file" if limit else "in memory"
                    print(f"{name}: a sweep {where}, {threads} thread(s): fastest {best:.2f} s, median {median:.2f} s")


if __name__ == "__main__":
    main()
