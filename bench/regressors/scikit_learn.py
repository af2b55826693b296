"""scikit-learn: the updates of NMF with one factor held fixed: coordinate descent, and multiplicative updates for KL. The Gram
matrix of coordinate descent is formed once, which its own loop would do in every round."""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import _nmf

from regressors import Regressor


def coordinate_descent(task, effort):
    gram, rhs = task.w.T @ task.w, np.ascontiguousarray((task.w.T @ task.y).T)
    x = np.zeros(rhs.shape)
    order = np.arange(len(gram), dtype=np.intp)
    for _ in range(effort):
        _nmf._update_cdnmf_fast(x, gram, rhs, order)
    return x.T


def transpose_data(task):
    task.samples = csr_matrix(task.stored.T) if task.stored is not None else np.ascontiguousarray(task.y.T)


def multiplicative(task, effort):
    """From the constant that fits each column best, like the sums of the data."""
    components = np.ascontiguousarray(task.w.T)
    sums = np.asarray(task.samples.sum(axis=1)).reshape(-1, 1)
    x = np.repeat(sums / task.w.sum(), len(components), axis=1)
    for _ in range(effort):
        x = _nmf._multiplicative_update_w(task.samples, x, components, 1, 0, 0, 1)[0]
    return x.T


REGRESSORS = [
    Regressor("sklearn-cd", ("nnls",), coordinate_descent, iterative=True),
    Regressor("sklearn-mu", ("nnkl",), multiplicative, iterative=True, prepare=transpose_data, sparse=True),
    Regressor("sklearn-mu-dense", ("nnkl",), multiplicative, iterative=True, prepare=transpose_data),
]
