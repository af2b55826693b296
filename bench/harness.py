"""What the programs of the bench share: runs in processes of their own, crossings, and the clock."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def environment(threads):
    """Equal thread counts for every BLAS and OpenMP; no tuning of OpenBLAS meant for another library's copy of it."""
    env = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
        env[name] = str(threads)
    return env


def clock_library(cache):
    """The clock of --clock cpu, compiled where the data sets are kept."""
    library, source = pathlib.Path(cache).resolve() / "clock.so", HERE / "clock.c"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        library.parent.mkdir(parents=True, exist_ok=True)
        compiler = os.environ.get("CC", "cc").split()
        subprocess.run([*compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return str(library)


def add_clock(add):
    """The option of all programs that can measure on a shared machine."""
    add("--clock", choices=["wall", "cpu"], default="wall",
        help="cpu: CPU seconds of the process over all its threads, for machines that are shared")


def run_once(options, files, contestant, threads, max_sweeps, seconds):
    """One run in a fresh process; its answer, or None if it failed (reported on stderr)."""
    task = {"contestant": contestant.name, "module": contestant.run.__module__, "files": files, "threads": threads,
            "max_sweeps": max_sweeps, "seconds": seconds, "binary": str(pathlib.Path(options.binary).resolve()), "clock": options.clock}
    if options.clock == "cpu":
        task["clock_library"] = clock_library(options.cache)
    process = subprocess.run([sys.executable, HERE / "worker.py"], input=json.dumps(task), capture_output=True, text=True,
                             env=environment(threads))
    if process.returncode != 0:
        last = process.stderr.strip().splitlines()[-1:] or ["no message"]
        print(f"bench: {contestant.name} failed: {last[0]}", file=sys.stderr)
        return None
    return json.loads(process.stdout)


def crossing(points, target, key="seconds"):
    """The time at which the objective was first at most `target`; None if never."""
    return next((point[key] for point in points if point["objective"] <= target), None)


def lowest(points):
    return min(point["objective"] for point in points)


def median(values):
    """The median of times of which some are None (never): None when at least half are."""
    ordered = sorted(float("inf") if value is None else value for value in values)
    middle = statistics.median(ordered)
    return None if middle == float("inf") else middle


def show_progress(text):
    """One line that is overwritten, on terminals only."""
    if sys.stderr.isatty():
        print(f"\r{text:79}\r", end="", file=sys.stderr, flush=True)
