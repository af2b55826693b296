"""Brute force for k nonzeros: least squares on every support of up to k columns, all right-hand sides at once, in numpy."""

import itertools

import numpy as np

from regressors import Regressor


def every_support(gram, rhs, sparsity):
    """The best nonnegative solution is the least squares solution on its own support, and positive there: so the best of all
    supports whose solution is nonnegative."""
    rank, columns = rhs.shape
    best = np.zeros(columns)  # least value of 1/2 x G x - m x
    x = np.zeros((rank, columns))
    for size in range(1, sparsity + 1):
        for support in itertools.combinations(range(rank), size):
            chosen = list(support)
            part = np.linalg.lstsq(gram[np.ix_(chosen, chosen)], rhs[chosen], rcond=None)[0]
            value = -0.5 * np.einsum("ij,ij->j", part, rhs[chosen])
            wins = (value < best) & np.all(part >= 0, axis=0)
            best[wins] = value[wins]
            x[:, wins] = 0
            x[np.ix_(chosen, np.flatnonzero(wins))] = part[:, wins]
    return x


def run(task, effort):
    return every_support(task.w.T @ task.w, task.w.T @ task.y, task.sparsity)


REGRESSORS = [Regressor("brute-force", ("k-sparse",), run)]
