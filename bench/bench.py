"""The bench: every contestant on the same data from the same start with the same threads, in one run. See bench/README.md."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import workloads
from contestants import contestants
from harness import HERE, add_clock, crossing, environment, lowest, median, run_once, show_progress
from table import print_summary, print_table

TARGETS = [1.01, 1.001, 1.0001]
OWN = 1.001  # of the own end: how fast a contestant is on its own way, wherever that leads
STARTS = {"frobenius": 1, "kl": 5, "is": 5}  # where local minima differ by per cent, one start says nothing
REFERENCE = ["rlra", "rlra-ls", "rlra-ccd", "sklearn-cd", "tensorly-hals"]  # contestants of the long runs: the first two that take the data
SHORT_SWEEPS = 10  # of a repeat that has no target to reach: enough for the time of a sweep


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    add = parser.add_argument
    add("--workloads", nargs="+", default=workloads.STANDARD, choices=list(workloads.WORKLOADS), metavar="NAME",
        help="of: " + " ".join(workloads.WORKLOADS))
    add("--contestants", nargs="+", metavar="NAME", help="default: all standard ones that are installed")
    add("--threads", nargs="+", type=int, default=[1, 2])
    add("--dtype", choices=["f64", "f32"], default="f64")
    add("--starts", type=int, help="number of random starts (default: 5 under kl and is, else 1)")
    add_clock(add)
    add("--repeats", type=int, default=3, help="runs of each contestant; medians are reported")
    add("--seconds", type=float, default=15.0, help="time limit of a run")
    add("--reference-seconds", type=float, default=60.0,
        help="time limit of the long runs that look for the best objective; 0: none")
    add("--max-sweeps", type=int, default=100000)
    add("--binary", default="build/rlra")
    add("--kernels", help="the program bench-kernels, for the floor")
    add("--cache", default="out/bench", help="where the data sets are kept")
    add("--output", help="default: bench/results-DATE.json")
    add("--list", action="store_true", help="list workloads and contestants")
    return parser.parse_args()


def machine(options, threads):
    """Measured gemm peak (flops/s) and read bandwidth (bytes/s); None without bench-kernels."""
    if not options.kernels:
        return None
    command = [options.kernels, "-m", "-t", str(threads), "-j", "-"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment(threads)).stdout)


def better(before, now):
    """The machine is measured before every workload, as on a shared one a single measurement may be disturbed."""
    if before is None or now is None:
        return before or now
    return {key: max(before[key], now[key]) for key in now}


def floor(files, dtype, measured):
    """Seconds that no sweep can beat: flops per stored entry and component, every byte of the data once."""
    if measured is None:
        return None
    each = {"frobenius": 4.0, "kl": 8.0, "is": 8.0}[files["loss"]]
    size = {"f64": 8, "f32": 4}[dtype] + (4 if files["is_sparse"] else 0)
    flops = each * files["entries"] * files["rank"] / measured[f"gemm_{dtype}"]
    moved = files["entries"] * size / measured["read"]
    return {"flops": flops, "bytes": moved, "seconds": max(flops, moved)}


class Duel:
    """One workload, one start, one thread count: all contestants against one best objective."""

    def __init__(self, options, workload, start, threads, runners):
        self.options, self.workload, self.start, self.threads = options, workload, start, threads
        self.files = workloads.prepare(workload, options.dtype, start, options.cache)
        self.runners = {r.name: r for r in runners if r.takes(self.files, options.dtype)}
        self.answers = {name: [] for name in self.runners}
        self.best = float("inf")

    def note(self, answer):
        if answer is not None:
            self.best = min(self.best, lowest(answer["points"]))

    def run(self, name, max_sweeps, seconds):
        answer = run_once(self.options, self.files, self.runners[name], self.threads, max_sweeps, seconds)
        self.note(answer)
        return answer

    def fight(self):
        for repeat in range(self.options.repeats):  # contestants take turns, so a disturbance hits them alike
            for name in list(self.answers):
                show_progress(f"{self.workload}, start {self.start}, {self.threads} threads, repeat {repeat}: {name}")
                answer = self.run(name, self.sweeps_needed(name), self.options.seconds)
                if answer is None:
                    del self.answers[name]
                else:
                    self.answers[name].append(answer)
        show_progress("")

    def sweeps_needed(self, name):
        """The first run uses its whole time; a repeat only needs to reach the last target that the first one reached."""
        if not self.answers[name]:
            return self.options.max_sweeps
        points = self.answers[name][0]["points"]
        reached = [crossing(points, target * self.best, "sweep") for target in TARGETS]
        return max([k for k in reached if k is not None] + [SHORT_SWEEPS]) + 1

    def results(self, best):
        for name, answers in self.answers.items():
            row = {
                "workload": self.workload, "start": self.start, "threads": self.threads, "dtype": self.options.dtype,
                "contestant": name, "sweep_seconds": statistics.median(answer["sweep_seconds"] for answer in answers),
                "end": lowest(answers[0]["points"]), "final_over_best": lowest(answers[0]["points"]) / best,
                "own_seconds": crossing(answers[0]["points"], OWN * lowest(answers[0]["points"])),
                "best_objective": best, "repeats": len(answers),
            }
            for target in TARGETS:
                row[f"seconds_to_{target}"] = median([crossing(a["points"], target * best) for a in answers])
                row[f"sweeps_to_{target}"] = crossing(answers[0]["points"], target * best, "sweep")
            for key in ("trace_error", "peak_bytes_over_data"):
                if key in answers[0]:
                    row[key] = max(answer[key] for answer in answers)
            yield row


def reference(duel):
    """Long runs from the same start, only to know the best objective."""
    if duel.options.reference_seconds <= 0:
        return
    for name in [name for name in REFERENCE if name in duel.runners][:2]:
        show_progress(f"{duel.workload}, start {duel.start}: long reference run of {name}")
        duel.run(name, duel.options.max_sweeps, duel.options.reference_seconds)


def chosen(options):
    found, missing = contestants()
    for package, reason in missing.items():
        print(f"bench: {package} is left out: {reason}", file=sys.stderr)
    if options.list:
        print("workloads: " + " ".join(workloads.WORKLOADS))
        print("contestants: " + " ".join(found))
        sys.exit(0)
    unknown = set(options.contestants or []) - set(found)
    if unknown:
        sys.exit(f"bench: no contestant {', '.join(sorted(unknown))}; there are {', '.join(found)}")
    return [found[name] for name in options.contestants] if options.contestants else \
        [contestant for contestant in found.values() if contestant.standard]


def system():
    versions = {}
    for package in ("numpy", "scipy", "sklearn", "tensorly", "nn_fac", "pyplanc", "pyttb"):
        try:
            versions[package] = getattr(__import__(package), "__version__", "unknown")
        except ImportError:
            continue
    return {"machine": platform.processor() or platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version(),
            "packages": versions, "load": os.getloadavg()}


def main():
    options = arguments()
    runners = chosen(options)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    output = pathlib.Path(options.output or HERE / f"results-{stamp}.json")
    record = {"date": stamp, "system": system(), "options": vars(options), "machine": {}, "floor": {}, "results": [], "traces": []}
    for workload in options.workloads:
        for threads in options.threads:
            record["machine"][threads] = better(record["machine"].get(threads), machine(options, threads))
        loss, of_workload = workloads.WORKLOADS[workload].loss, []
        for start in range(options.starts or STARTS[loss]):
            duels = [Duel(options, workload, start, threads, runners) for threads in options.threads]
            reference(duels[-1])
            for duel in duels:
                duel.best = duels[-1].best
                duel.fight()
            best = min(duel.best for duel in duels)
            for duel in duels:
                bound = floor(duel.files, options.dtype, record["machine"][duel.threads])
                record["floor"][f"{workload}/{duel.threads}"] = bound
                rows = list(duel.results(best))
                record["results"] += rows
                of_workload += rows
                record["traces"] += [{"workload": workload, "start": start, "threads": duel.threads, "contestant": name,
                                      "points": answers[0]["points"]} for name, answers in duel.answers.items()]
                print_table(duel, rows, bound, TARGETS)
            output.write_text(json.dumps(record, indent=1, default=str))
        print_summary(of_workload, TARGETS[1])
    print(f"written: {output}")


if __name__ == "__main__":
    main()
