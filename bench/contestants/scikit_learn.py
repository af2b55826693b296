"""scikit-learn: NMF by coordinate descent and by multiplicative updates, driven sweep by sweep."""

import numpy as np
from sklearn.decomposition import _nmf

from contestants import Contestant


def coordinate_descent(race):
    # The body of _fit_coordinate_descent without its stopping rule.
    w, h = race.copy_of_start()
    race.begin()
    while True:
        _nmf._update_coordinate_descent(race.data, w, h, 0.0, 0.0, False, None)
        _nmf._update_coordinate_descent(race.data.T, h, w, 0.0, 0.0, False, None)
        race.sweep([w, h])


def multiplicative(race):
    # The body of _fit_multiplicative_update without its stopping rule.
    beta = {"frobenius": 2, "kl": 1, "is": 0}[race.settings["loss"]]
    gamma = 0.5 if beta < 1 else 1.0
    w, h = race.copy_of_start()
    h = np.ascontiguousarray(h.T)
    race.begin()
    while True:
        w = _nmf._multiplicative_update_w(race.data, w, h, beta, 0, 0, gamma)[0]
        h = _nmf._multiplicative_update_h(race.data, w, h, beta, 0, 0, gamma)
        if beta <= 1:
            h[h < np.finfo(np.float64).eps] = 0.0
        race.sweep([w, h.T])


CONTESTANTS = [
    Contestant("sklearn-cd", "matrix", coordinate_descent, sparse=True),
    Contestant("sklearn-mu", "matrix", multiplicative, losses=("frobenius", "kl", "is"), sparse=True),
]
