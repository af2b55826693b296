"""PLANC (through pyplanc): NMF by block principal pivoting and by HALS. It has no callback, so runs of 0, 1, 2, .. sweeps from the
same start are timed, and the time of the run of 0 sweeps (copies, set-up) is taken off, in its favour."""

import statistics

import numpy as np
import pyplanc

from contestants import Contestant
from race import quiet

SETUP_REPEATS = 3


def runs(race, algorithm):
    data = np.asfortranarray(race.data)
    w, h = race.copy_of_start(order="F")
    threads = race.settings["threads"]

    def run(sweeps):
        with quiet():
            begin = race.now()
            result = pyplanc.nmf(data, w.shape[1], sweeps, algorithm, threads, Winit=w, Hinit=h)
            return race.now() - begin, [result.W, result.H]

    race.series(run, statistics.median(run(0)[0] for _ in range(SETUP_REPEATS)))


CONTESTANTS = [
    Contestant("planc-bpp", "matrix", lambda race: runs(race, "anlsbpp"), dtypes=("f64",)),
    Contestant("planc-hals", "matrix", lambda race: runs(race, "hals"), dtypes=("f64",)),
]
