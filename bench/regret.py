"""What the choices of `auto` cost: every rule from every start once, and `auto` over the best of them. See bench/README.md."""

import argparse
import json
import math
import pathlib

import workloads
from harness import add_clock, crossing, lowest, run_once, show_progress
from settings import ENTRIES, INITS, RULES
from table import duration, print_columns

GIVEN = {"v_wide", "v_offset", "v_uniform", "collinear", "dense", "hyperspectral", "tensor", "digits", "text"}


def arguments():
    parser = argparse.ArgumentParser(prog="bench/regret", description=__doc__)
    add = parser.add_argument
    squares = [name for name in workloads.STANDARD if name in GIVEN]
    add("--workloads", nargs="+", default=squares, choices=list(workloads.WORKLOADS) + ["fresh"], metavar="NAME",
        help="fresh: all sets that no threshold of the solver was chosen on (default: the sets under squares)")
    add("--starts", type=int, default=2, help="number of random starts")
    add("--of", choices=["rules", "inits"], default="rules",
        help="rules: --update auto against each rule from the same start; inits: --init auto against each start")
    add("--threads", type=int, default=1)
    add("--dtype", choices=["f64", "f32"], default="f64")
    add("--seconds", type=float, default=2.0, help="time limit of a run; who misses the target counts with it")
    add("--target", type=float, default=1.001, help="times the best objective that any entry found from this start")
    add("--max-sweeps", type=int, default=100000)
    add("--binary", default="build/rlra")
    add("--kernels", help="not used; bench/run gives it to every program")
    add("--cache", default="out/bench", help="where the data sets are kept")
    add("--output", help="write all numbers to this file as JSON")
    add_clock(add)
    return parser.parse_args()


def names_of(options, files):
    if options.of == "inits":
        matrix = len(files["shape"]) == 2
        return ["init-auto"] + [f"init-{name}" for name in INITS if name != "snpa" or (matrix and not files["is_sparse"])]
    return ["auto", *RULES[files["loss"]]]


def compare(options, workload, start):
    """Seconds to the target and lowest objective of each entry."""
    files = workloads.prepare(workload, options.dtype, start, options.cache)
    if options.of == "inits":
        files = {**files, "start_file": None, "seed": start}
    traces = {}
    for name in names_of(options, files):
        show_progress(f"{workload}, start {start}: {name}")
        answer = run_once(options, files, ENTRIES[name], options.threads, options.max_sweeps, options.seconds)
        if answer is not None:
            traces[name] = answer["points"]
    show_progress("")
    if not traces:
        raise SystemExit(f"bench: no run of {workload} succeeded")
    best = min(lowest(points) for points in traces.values())
    return {name: {"seconds": crossing(points, options.target * best), "end": lowest(points) / best} for name, points in traces.items()}


def ratio(found, name, limit):
    """The time of an entry over that of the fastest; who misses the target counts with the limit."""
    times = {key: min(limit, limit if value["seconds"] is None else value["seconds"]) for key, value in found.items()}
    return times[name] / min(times.values())


def mean(ratios):
    return math.exp(sum(math.log(value) for value in ratios) / len(ratios))


def main():
    options = arguments()
    names = [name for given in options.workloads for name in (workloads.FRESH if given == "fresh" else [given])]
    rows = []
    for workload in names:
        for start in range(options.starts):
            found = compare(options, workload, start)
            rows.append((workload, start, found))
            print(f"{workload} {start}: " + ", ".join(
                f"{name} {duration(value['seconds'])} ({value['end']:.4f})" for name, value in found.items()), flush=True)
    lines = [["", "geometric mean over the best", "missed", "worst"]]
    for name in dict.fromkeys(key for _, _, found in rows for key in found):
        having = [found for _, _, found in rows if name in found]
        ratios = [ratio(found, name, options.seconds) for found in having]
        missed = sum(found[name]["seconds"] is None for found in having)
        lines.append([name, f"{mean(ratios):.3f}", f"{missed} of {len(having)}", f"{max(ratios):.3g}"])
    print()
    print_columns(lines)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps([{"workload": w, "start": s, "entries": f} for w, s, f in rows], indent=1))


if __name__ == "__main__":
    main()
