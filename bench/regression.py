"""The bench of regressions on a fixed design: time to a gap above the least objective. See bench/README.md."""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys

import regression_data
from bench import better, environment, machine, median, system, show_progress
from regressors import regressors
from table import duration, print_columns, ratio

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = [("1.01x", 1e-2), ("1e-4", 1e-4), ("exact", 1e-9)]  # relative gaps


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run regression", description=__doc__)
    add = parser.add_argument
    names = list(regression_data.WORKLOADS)
    add("workloads", nargs="*", default=names, metavar="NAME", help="of: " + " ".join(names))
    add("--contestants", nargs="+", metavar="NAME", help="default: all standard ones that are installed")
    add("--threads", nargs="+", type=int, default=[1, 2])
    add("--columns", type=int, help="right-hand sides, to try the bench with few")
    add("--repeats", type=int, default=3, help="runs of each contestant; medians are reported")
    add("--seconds", type=float, default=30.0,
        help="time limit of a run; a solver of single columns is stopped there and the rest extrapolated")
    add("--library", default="build/src/librlra.so")
    add("--binary", default="build/rlra")
    add("--kernels", help="the program bench-kernels, for the floor")
    add("--cache", default="out/bench", help="where the data sets are kept")
    add("--output", help="default: bench/results-regression-DATE.json")
    add("--list", action="store_true", help="list workloads and contestants")
    options = parser.parse_args()
    unknown = [name for name in options.workloads if name not in names]
    if unknown:
        parser.error(f"no workload '{unknown[0]}'; there are: {' '.join(names)}")
    return options


def chosen(options):
    found, missing = regressors()
    for name, reason in missing.items():
        print(f"bench: without {name}: {reason}", file=sys.stderr)
    if options.list:
        for name, workload in regression_data.WORKLOADS.items():
            print(f"{name:14} {workload.columns} right-hand sides: {workload.about}")
        for runner in found.values():
            print(f"{runner.name:20} {' '.join(runner.kinds)}{'' if runner.standard else '  (when asked for)'}")
        sys.exit(0)
    unknown = [name for name in options.contestants or [] if name not in found]
    if unknown:
        sys.exit(f"bench: no contestant '{unknown[0]}'; there are: {' '.join(found)}")
    return [found[name] for name in options.contestants] if options.contestants else [r for r in found.values() if r.standard]


def floor(files, measured):
    """Seconds that no solver can beat: the flops that any of them needs at the peak of the machine, every number of y once. For
    squares W^T Y; for divergences one model and one slope, of stored entries where these are few."""
    if measured is None:
        return None
    sparse = files["stored"] < 0.2 * files["rows"] * files["columns"]
    entries = files["stored"] if sparse and files["kind"] == "nnkl" else files["rows"] * files["columns"]
    flops = (4.0 if files["kind"] == "nnkl" else 2.0) * entries * files["rank"] / measured["gemm_f64"]
    moved = 8.0 * entries / measured["read"]
    return {"flops": flops, "bytes": moved, "seconds": max(flops, moved)}


def run_once(options, files, contestant, threads):
    """One run in a fresh process; its points, or None if it failed (reported on stderr)."""
    task = {"contestant": contestant, "threads": threads, "seconds": options.seconds,
            "library": str(pathlib.Path(options.library).resolve()), **files}
    process = subprocess.run([sys.executable, HERE / "regression_worker.py"], input=json.dumps(task), capture_output=True,
                             text=True, env=environment(threads))
    if process.returncode != 0:
        last = process.stderr.strip().splitlines()[-1:] or ["no message"]
        print(f"bench: {contestant} failed: {last[0]}", file=sys.stderr)
        return None
    return json.loads(process.stdout)["points"]


def crossing(points, gap):
    """The shortest run that reached the target: each point is a separate run, and any of them may be disturbed."""
    return min((point["seconds"] for point in points if point["gap"] <= gap), default=None)


def duel(options, name, files, threads, runners):
    """All contestants on one workload with one number of threads, in turns: a disturbance hits them alike."""
    answers = {runner.name: [] for runner in runners if files["kind"] in runner.kinds}
    for repeat in range(options.repeats):
        for contestant in list(answers):
            show_progress(f"{name}, {threads} threads, repeat {repeat}: {contestant}")
            points = run_once(options, files, contestant, threads)
            if points is None:
                del answers[contestant]
            else:
                answers[contestant].append(points)
    show_progress("")
    rows = []
    for contestant, runs in answers.items():
        row = {"workload": name, "threads": threads, "contestant": contestant, "repeats": len(runs),
               "final_gap": runs[0][-1]["gap"], "columns_done": runs[0][-1]["columns_done"], "points": runs[0]}
        for word, gap in TARGETS:
            row[f"seconds_to_{word}"] = median([crossing(points, gap) for points in runs])
        rows.append(row)
    return rows


def print_rows(name, files, threads, rows, bound):
    print(f"\n{name}: W {files['rows']} x {files['rank']} (condition number {files['condition']:.2g}), {files['columns']} "
          f"right-hand sides, {100 * files['stored'] / files['rows'] / files['columns']:.3g} % of Y not zero, f64, {threads} "
          f"thread{'s' if threads > 1 else ''}")
    print(files["about"])
    if bound:
        print(f"floor: {duration(bound['seconds'])} (flops {duration(bound['flops'])}, bytes {duration(bound['bytes'])})")
    rows = sorted(rows, key=lambda row: [row[f"seconds_to_{word}"] or float("inf") for word in ("1e-4", "1.01x")])
    # The fastest of its entries.
    own = next((row["seconds_to_1e-4"] for row in rows if row["contestant"].startswith("rlra")), None)
    lines = [["contestant"] + [f"to {word}" for word, _ in TARGETS] + ["/rlra (1e-4)", "/floor (1e-4)", "final gap"]]
    for row in rows:
        middle = row["seconds_to_1e-4"]
        lines.append([row["contestant"]] + [duration(row[f"seconds_to_{word}"]) for word, _ in TARGETS]
                     + [ratio(middle, own), ratio(middle, bound and bound["seconds"]), f"{row['final_gap']:.1e}"])
    print_columns(lines)
    for row in rows:
        if row["columns_done"] < files["columns"]:
            print(f"{row['contestant']}: extrapolated from {row['columns_done']} of {files['columns']} columns")


def main():
    options = arguments()
    runners = chosen(options)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    output = pathlib.Path(options.output or HERE / f"results-regression-{stamp}.json")
    record = {"date": stamp, "system": system(), "options": vars(options), "machine": {}, "floor": {}, "results": []}
    for name in options.workloads:
        show_progress(f"{name}: data and optimum")
        files = regression_data.prepare(name, options.columns, options.cache, options.binary)
        for threads in options.threads:
            record["machine"][threads] = better(record["machine"].get(threads), machine(options, threads))
            bound = floor(files, record["machine"][threads])
            rows = duel(options, name, files, threads, runners)
            record["floor"][f"{name}/{threads}"] = bound
            record["results"] += rows
            print_rows(name, files, threads, rows, bound)
            output.write_text(json.dumps(record, indent=1, default=str))
    print(f"written: {output}")


if __name__ == "__main__":
    main()
