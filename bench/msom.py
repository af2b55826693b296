"""mSOM compared with MU, HALS and projected gradient on the toy of alternating mSOM (100 x 80, rank 5, noise 1e-6): a table and curves.

usage: bench/msom.py [--binary build/rlra] [--figure docs/theory/msom.svg]     (needs numpy and matplotlib)
"""

import argparse
import csv
import pathlib
import statistics
import subprocess
import tempfile

import matplotlib
import numpy as np

from table import duration, print_columns

ROWS, COLUMNS, RANK, NOISE = 100, 80, 5, 1e-6
SWEEPS, ROUNDS, REPEATS = 2000, 10, 5
TARGETS = [1e-2, 1e-5, 1e-8]  # of the objective at the start
RULES = [
    ("msom, step 1.9", ["--update", "msom"]),
    ("msom, step 1", ["--update", "msom", "--gamma", "1"]),
    ("mu", ["--update", "mu"]),
    ("pgd", ["--update", "pgd"]),
    ("hals", ["--update", "hals"]),
]


def write_toy(folder):
    rng = np.random.RandomState(27)
    w, h = rng.rand(ROWS, RANK), np.abs(rng.randn(COLUMNS, RANK))
    np.save(folder / "toy.npy", w @ h.T + NOISE * rng.randn(ROWS, COLUMNS))
    np.savez(folder / "start.npz", factor_0=np.abs(rng.randn(ROWS, RANK)), factor_1=np.abs(rng.randn(COLUMNS, RANK)))


def trace(binary, folder, options, extrapolate):
    """Sweeps, seconds and objectives of a fit on one thread that runs to the end."""
    subprocess.run([binary, "nmf", str(folder / "toy.npy"), "-r", str(RANK), "--init", str(folder / "start.npz"),
                    "--inner-sweeps", str(ROUNDS), "--max-sweeps", str(SWEEPS), "--tolerance", "0", "--decrease", "0",
                    "--threads", "1", "--extrapolate", extrapolate, "--out", str(folder / "run"), "--quiet", *options],
                   check=True)
    with open(folder / "run" / "trace.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[key]) for row in rows]) for key in ("sweep", "seconds", "objective")]


def reached(axis, objective, target):
    below = np.flatnonzero(objective <= target * objective[0])
    return axis[below[0]] if below.size else None


def median(times):
    return None if None in times else statistics.median(times)


def race(binary, folder):
    """For each rule and switch: name, switch and `REPEATS` traces, taken in turns."""
    entries = [(name, options, switch, []) for switch in ("off", "on") for name, options in RULES]
    for _ in range(REPEATS):
        for _, options, switch, traces in entries:
            traces.append(trace(binary, folder, options, switch))
    return [(name, switch, traces) for name, _, switch, traces in entries]


def print_results(results):
    lines = [["rule", "extrapolation"] + [f"sweeps to {target:g}" for target in TARGETS]
             + [f"time to {target:g}" for target in TARGETS] + ["end"]]
    for name, switch, traces in results:
        sweep, _, objective = traces[0]
        counts = [reached(sweep, objective, target) for target in TARGETS]
        times = [median([reached(s, o, target) for _, s, o in traces]) for target in TARGETS]
        lines.append([name, switch] + ["-" if count is None else f"{count:g}" for count in counts]
                     + [duration(time) for time in times] + [f"{objective[-1] / objective[0]:.1e}"])
    print_columns(lines)


def draw(results, figure):
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "rlra"  # the same file for the same data
    from matplotlib import pyplot

    canvas, panels = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    colours = {name: f"C{number}" for number, (name, _) in enumerate(RULES)}
    for panel, axis in zip(panels, ("sweeps", "milliseconds")):
        for name, switch, traces in results:
            sweep, seconds, objective = min(traces, key=lambda trace: trace[1][-1])  # the least disturbed run
            shown = np.unique(np.geomspace(1, len(sweep) - 1, 200).round().astype(int))
            panel.loglog(sweep[shown] if axis == "sweeps" else 1e3 * seconds[shown], objective[shown] / objective[0],
                         color=colours[name], linestyle="-" if switch == "off" else "--",
                         label=name if switch == "off" else None)
        panel.set_xlabel(axis)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("objective over that of the start")
    panels[0].plot([], [], color="grey", linestyle="--", label="with extrapolation")
    panels[0].legend(fontsize="small")
    canvas.savefig(figure, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="build/rlra")
    parser.add_argument("--figure", help="where to draw the curves")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_toy(folder)
        results = race(options.binary, folder)
    print_results(results)
    if options.figure:
        draw(results, options.figure)


if __name__ == "__main__":
    main()
