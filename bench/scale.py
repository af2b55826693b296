"""How a sweep scales with size, rank and precision: time for a flop, memory over what --plan announced, gain of a second thread."""

import argparse
import csv
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import numpy as np

from contestants.rlra import environment as clock_environment
from contestants.rlra import peak_of
from harness import add_clock, clock_library, environment
from table import print_columns

SIZES = [1e5, 1e6, 1e7, 1e8, 4e8]
RANKS = [2, 10, 50, 200]
LEAST_PLAN = 32 * 2.0**20  # below that the program itself, 8 MB with its libraries, is what one sees
UNITS = {"B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30}


def arguments():
    parser = argparse.ArgumentParser(prog="bench/scale", description=__doc__)
    add = parser.add_argument
    add("--least", type=float, default=SIZES[0], help="entries of the smallest data")
    add("--most", type=float, default=1e8, help="entries of the largest data; 4e8 take 3.2 GB on disk and in memory")
    add("--ranks", nargs="+", type=int, default=RANKS)
    add("--dtypes", nargs="+", choices=["f64", "f32"], default=["f64", "f32"])
    add("--threads", nargs="+", type=int, default=[1, 2], help="the second over the first is the last column")
    add("--sweeps", type=int, default=5, help="the median is taken of so many")
    add("--binary", default="build/rlra")
    add("--kernels", help="not used; bench/run gives it to every program")
    add("--cache", default="out/bench", help="where the compiled clock is kept; the data sets are not")
    add_clock(add)
    return parser.parse_args()


def write(path, entries, dtype):
    """A nonnegative matrix of rank 10 with noise, five rows to eight columns, block by block."""
    rng = np.random.default_rng(50)
    rows = int(np.sqrt(entries / 1.6))
    columns = int(entries / rows)
    right = rng.random((10, columns), dtype=np.float32)
    data = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(rows, columns))
    step = max(1, 2**22 // columns)
    for begin in range(0, rows, step):
        block = rng.random((min(step, rows - begin), 10), dtype=np.float32) @ right
        data[begin : begin + step] = block + rng.random(block.shape, dtype=np.float32)
    data.flush()
    return rows, columns


def planned(command):
    """Bytes that --plan announces for the whole run."""
    text = subprocess.run([*command, "--plan"], capture_output=True, text=True, check=True).stdout
    number, unit = re.search(r"in all\s+([0-9.]+) (\w+) of memory", text).groups()
    return float(number) * UNITS[unit]


def measure(options, path, rank, threads, scratch):
    """Seconds of a sweep, peak memory, and what was planned."""
    command = [str(pathlib.Path(options.binary).resolve()), "nmf", path, "--rank", str(rank), "--update", "hals", "--inner-sweeps", "1",
               "--extrapolate", "off", "--init", "random", "--tolerance", "0", "--decrease", "0", "--max-sweeps", str(options.sweeps),
               "--threads", str(threads), "--out", scratch + "/out"]
    settings = {"clock": options.clock}
    if options.clock == "cpu":
        settings["clock_library"] = clock_library(options.cache)
    env = {**(clock_environment(settings) or os.environ), **environment(threads)}
    peak = peak_of([*command, "--quiet"], env)
    with open(scratch + "/out/trace.csv", newline="") as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(np.diff(seconds)), peak, planned(command)


def main():
    options = arguments()
    if options.clock == "cpu" and options.threads != [1]:
        print("bench: CPU seconds add up over threads: only one is measured", file=sys.stderr)
        options.threads = [1]
    lines = [["entries", "dtype", "rank", "sweep", "ps a flop", "peak memory", "over --plan",
              "1 over 2 threads" if len(options.threads) > 1 else ""]]
    with tempfile.TemporaryDirectory(dir=".") as scratch:
        for entries in [size for size in SIZES if options.least <= size <= options.most]:
            for dtype in options.dtypes:
                path = f"{scratch}/data.npy"
                rows, columns = write(path, entries, {"f64": np.float64, "f32": np.float32}[dtype])
                for rank in [rank for rank in options.ranks if rank <= min(rows, columns)]:
                    sweeps = [measure(options, path, rank, threads, scratch) for threads in options.threads]
                    seconds, peak, plan = sweeps[0]
                    lines.append([f"{entries:.0e}", dtype, str(rank), f"{1e3 * seconds:.3g} ms",
                                  f"{1e12 * seconds / (4.0 * rows * columns * rank):.1f}", f"{peak / 2**20:.0f} MiB", f"{peak / plan:.2f}" if plan >= LEAST_PLAN else "-",
                                  f"{seconds / sweeps[1][0]:.2f}" if len(sweeps) > 1 else ""])
                    print("  ".join(lines[-1]), flush=True)
                os.remove(path)
    print()
    print_columns(lines)


if __name__ == "__main__":
    main()
