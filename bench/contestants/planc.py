"""PLANC (through pyplanc): NMF by block principal pivoting and by HALS. It has no callback, so runs of 0, 1, 2, .. sweeps from the
same start are timed, and the time of the run of 0 sweeps (copies, set-up) is taken off, in its favour."""

import contextlib
import os
import statistics
import time

import numpy as np
import pyplanc

from contestants import Contestant
from race import Finished

SETUP_REPEATS = 3
GROWTH = 1.4


@contextlib.contextmanager
def quiet():
    """It prints a line per sweep from C++, so that the descriptor itself is redirected."""
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def runs(race, algorithm):
    data = np.asfortranarray(race.data)
    w, h = race.copy_of_start(order="F")
    threads = race.settings["threads"]

    def run(sweeps):
        with quiet():
            begin = time.perf_counter()
            result = pyplanc.nmf(data, w.shape[1], sweeps, algorithm, threads, Winit=w, Hinit=h)
            return time.perf_counter() - begin, [result.W, result.H]

    setup = statistics.median(run(0)[0] for _ in range(SETUP_REPEATS))
    race.point(0, 0.0, race.copy_of_start())
    sweeps = 1
    while True:
        seconds, factors = run(sweeps)
        race.point(sweeps, max(seconds - setup, 0.0), factors)
        if seconds - setup >= race.limit or sweeps >= race.max_sweeps:
            raise Finished
        sweeps = min(max(sweeps + 1, int(GROWTH * sweeps)), race.max_sweeps)


CONTESTANTS = [
    Contestant("planc-bpp", "matrix", lambda race: runs(race, "anlsbpp"), dtypes=("f64",)),
    Contestant("planc-hals", "matrix", lambda race: runs(race, "hals"), dtypes=("f64",)),
]
