"""One regressor on one workload in a process of its own: reads a JSON task from stdin, writes a JSON answer to stdout."""

import json
import os
import sys
import time
import types
import warnings

import numpy as np

from regression_data import OBJECTIVES
from regressors import regressors

SPARSE_BELOW = 0.2  # y is also passed as stored entries if a smaller fraction is not zero
WARM_COLUMNS = 64  # solved before the clock starts, so that starting threads and first calls are not timed
GROWTH = 2  # of the number of rounds from run to run
ENOUGH = 1e-10  # a relative gap that needs no more rounds


def make_ready(task, regressor, w, y):
    """The arguments of a regressor."""
    ready = types.SimpleNamespace(w=w, y=y, stored=None, sparsity=task["sparsity"], threads=task["threads"],
                                  seconds=task["seconds"], library=task["library"])
    ready.columns_first = np.asfortranarray(y)
    if regressor.sparse and np.count_nonzero(y) < SPARSE_BELOW * y.size:
        from scipy.sparse import csc_matrix

        ready.stored = csc_matrix(y)
    regressor.prepare(ready)
    return ready


def measure(kind, ready, best, answer, seconds, effort):
    """A point: time for all columns, and the gap of the objective over the finished columns."""
    x, done = answer if isinstance(answer, tuple) else (answer, ready.y.shape[1])
    part = slice(0, done)
    if np.min(x) < 0:
        raise ValueError(f"the result holds {np.min(x)}")
    total = float(np.sum(OBJECTIVES[kind](ready.w, ready.y[:, part], x[:, part])))
    least = float(np.sum(best[part]))
    return {"rounds": effort, "seconds": seconds * ready.y.shape[1] / done, "objective": total, "gap": total / least - 1,
            "columns_done": done}


def race(task, regressor):
    with np.load(task["file"]) as archive:
        w, y, best = archive["w"], archive["y"], archive["best"]
    points, effort, spent = [], 1 if regressor.iterative else None, 0.0
    regressor.run(make_ready(task, regressor, w, np.ascontiguousarray(y[:, :WARM_COLUMNS])), effort)
    ready = make_ready(task, regressor, w, y)
    while True:
        begun = time.perf_counter()
        answer = regressor.run(ready, effort)
        seconds = time.perf_counter() - begun
        points.append(measure(task["kind"], ready, best, answer, seconds, effort))
        spent += seconds
        if effort is None or points[-1]["gap"] <= ENOUGH or spent + GROWTH * seconds > task["seconds"]:
            return points
        effort *= GROWTH


def main():
    task = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    points = race(task, regressors()[0][task["contestant"]])
    json.dump({"points": points}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # as in worker.py


if __name__ == "__main__":
    main()
