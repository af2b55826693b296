"""tensorly: HALS and FISTA on all columns, the active set on one column at a time; the products W^T W and W^T Y are in the time."""

import time

import numpy as np
from tensorly.solvers.nnls import active_set_nnls, fista, hals_nnls

from regressors import Regressor


def products(task):
    return task.w.T @ task.y, task.w.T @ task.w


def run_hals(task, effort):
    rhs, gram = products(task)
    return hals_nnls(rhs, gram, n_iter_max=effort, tol=0)


def run_fista(task, effort):
    rhs, gram = products(task)
    return np.maximum(fista(rhs, gram, n_iter_max=effort, tol=0, epsilon=0), 0)


def run_active_set(task, effort):
    rhs, gram = products(task)
    end = time.perf_counter() + task.seconds
    x = np.zeros(rhs.shape)
    for j in range(rhs.shape[1]):
        x[:, j] = active_set_nnls(rhs[:, j], gram, n_iter_max=10 * len(gram), tol=1e-10 * np.abs(rhs[:, j]).max())
        if time.perf_counter() > end:
            break
    return x, j + 1


REGRESSORS = [
    Regressor("tensorly-hals", ("nnls",), run_hals, iterative=True),
    Regressor("tensorly-fista", ("nnls",), run_fista, iterative=True),
    Regressor("tensorly-active-set", ("nnls",), run_active_set),
]
