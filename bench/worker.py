"""One run of one contestant in a process of its own: reads a JSON task from stdin, writes a JSON answer to stdout."""

import importlib
import json
import os
import statistics
import sys
import tempfile
import warnings

import workloads
from race import Finished, Race


def main():
    task = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    contestant = next(c for c in importlib.import_module(task["module"]).CONTESTANTS if c.name == task["contestant"])
    data, start = workloads.load(task["files"])
    with tempfile.TemporaryDirectory(prefix="rlra-bench-") as scratch:
        settings = {key: task.get(key) for key in ("threads", "binary", "clock", "clock_library")}
        settings.update(task["files"], scratch=scratch)
        race = Race(data, start, task["max_sweeps"], task["seconds"], settings)
        try:
            contestant.run(race)
        except Finished:
            pass
    points = race.points()
    answer = {"points": points, "sweep_seconds": statistics.median(race.sweep_seconds or [float("nan")]), **race.extra}
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # some contestants' thread pools hang or crash in their destructors


if __name__ == "__main__":
    main()
