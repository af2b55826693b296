"""Nonnegative regression on normal equations: the Gram matrix ``UtU = U.T @ U`` and ``UtM = U.T @ M``."""
import functools

import numpy as np

from rlra._nnls import nnls
from rlra.tensorly._backend import as_numpy, as_tensor


def _design(gram, product):
    """U and M with ``U.T @ U = gram`` and ``U.T @ M = product``, and as many rows as the Gram matrix has rank.

    What of `product` no U could make is left out.
    """
    values, vectors = np.linalg.eigh(gram)
    kept = values > len(values) * np.finfo(np.float64).eps * max(values[-1], np.finfo(np.float64).tiny)
    if not kept.any():
        return np.zeros((1, len(values))), np.zeros((1, product.shape[1]))
    roots = np.sqrt(values[kept])[:, None]
    return roots * vectors[:, kept].T, (vectors[:, kept].T @ product) / roots


def _prior(non_negative, sparsity, ridge, least):
    """The penalties, as the library reads them."""
    weights = {"lower": least if non_negative else 0, "l1": sparsity, "l2": ridge}
    parts = ["nonneg"] if non_negative else []
    parts += [f"{name}={float(weight)!r}" for name, weight in weights.items() if weight]
    return ",".join(parts) or "none"


def _solve(UtM, UtU, start, prior, **options):
    """The solution as an array of numpy, of the shape and type of UtM; computed in double, as the Gram matrix squares U."""
    product, gram = as_numpy(UtM), as_numpy(UtU).astype(np.float64)
    if gram.ndim != 2 or gram.shape[0] != gram.shape[1] or product.shape[:1] != gram.shape[:1]:
        raise ValueError(f"UtU must be square and UtM have as many rows, got shapes {gram.shape} and {product.shape}")
    for name, array in (("UtU", gram), ("UtM", product)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or Inf")
    columns = product.astype(np.float64).reshape(len(gram), -1)
    design, data = _design(gram, columns)
    begin = None if start is None else as_numpy(start).astype(np.float64).reshape(columns.shape)
    found = nnls(design, data, start=begin, prior=prior, **options)
    return found.X.reshape(product.shape).astype(product.dtype)


def _with_callback(UtM, UtU, V, n_iter_max, callback, prior):
    """One round after the other, each passed to a callback, which may end them."""
    V = np.zeros(np.shape(UtM)) if V is None else as_numpy(V)
    for _ in range(n_iter_max):
        before, V = V, _solve(UtM, UtU, V, prior, update="hals", max_sweeps=1)
        if callback(as_tensor(V), float(np.sum((V - before)**2))) is True:
            break
    return V


def hals_nnls(UtM, UtU, V=None, n_iter_max=500, tol=1e-8, sparsity_coefficient=None, ridge_coefficient=None,
              nonzero_rows=False, exact=False, epsilon=0.0, callback=None):
    """The V >= 0 that minimises ``||M - U V||^2 / 2 + sparsity * sum(V) + ridge * sum(V^2)``, by HALS.

    Parameters
    ----------
    UtM : array of shape (r, n)
        ``U.T @ M``.
    UtU : array of shape (r, r)
        ``U.T @ U``.
    V : array of shape (r, n), optional
        The start; it is not changed.
    n_iter_max : int
        Most rounds.
    tol : float
        Of the KKT residual of each column.
    sparsity_coefficient, ridge_coefficient : float, optional
        Weights of the penalties.
    nonzero_rows : bool
        Lift rows that end as zeros to a tiny number.
    exact : bool
        The minimiser to rounding, by block principal pivoting.
    epsilon : float
        ``V >= epsilon`` instead.
    callback : callable, optional
        ``callback(V, error)`` after each round, error being the squared length of its step; True ends the rounds.

    Returns
    -------
    array of shape (r, n)

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.tensorly import hals_nnls
    >>> U = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> M = U @ [[2.0], [1.0]]
    >>> np.round(hals_nnls(U.T @ M, U.T @ U), 6).tolist()
    [[2.0], [1.0]]
    """
    if nonzero_rows and not np.diagonal(as_numpy(UtU)).all():
        column = int(np.argmin(np.diagonal(as_numpy(UtU)) != 0))
        raise ValueError(f"Column {column} of U is zero with nonzero condition")
    prior = _prior(True, sparsity_coefficient, ridge_coefficient, epsilon)
    if callback is not None:
        found = _with_callback(UtM, UtU, V, n_iter_max, callback, prior)
    elif exact:
        found = _solve(UtM, UtU, V, prior)
    else:
        found = _solve(UtM, UtU, V, prior, update="hals", max_sweeps=n_iter_max, tolerance=tol)
    if nonzero_rows:
        found[~found.any(axis=1)] = np.finfo(found.dtype).eps * found.max()
    return as_tensor(found)


def fista(UtM, UtU, x=None, n_iter_max=100, non_negative=True, sparsity_coef=0, ridge_coef=0, lr=None, tol=1e-8,
          epsilon=1e-8):
    """The x that minimises ``||m - U x||^2 / 2 + sparsity * sum(|x|) + ridge * sum(x^2)``, by accelerated gradient steps.

    Parameters
    ----------
    UtM : array of shape (r, n), or of the shape of a core
        ``U.T @ M``.
    UtU : array of shape (r, r), or a list of them
        ``U.T @ U``; a list stands for the Kronecker product.
    x : array like UtM, optional
        The start; it is not changed.
    n_iter_max : int
        Most steps.
    non_negative : bool
        ``x >= epsilon``.
    sparsity_coef, ridge_coef : float
        Weights of the penalties.
    lr : float, optional
        Not used: the largest step that converges is found.
    tol : float
        Of the KKT residual of each column.
    epsilon : float
        Least entry of a nonnegative x.

    Returns
    -------
    array like UtM
    """
    options = {"update": "fista", "max_sweeps": n_iter_max, "tolerance": tol}
    prior = _prior(non_negative, sparsity_coef, ridge_coef, epsilon)
    if not isinstance(UtU, (list, tuple)):
        return as_tensor(_solve(UtM, UtU, x, prior, **options))
    core, gram = as_numpy(UtM), functools.reduce(np.kron, map(as_numpy, UtU))
    start = None if x is None else as_numpy(x).ravel()
    return as_tensor(_solve(core.ravel(), gram, start, prior, **options).reshape(core.shape))


def active_set_nnls(Utm, UtU, x=None, n_iter_max=100, tol=10e-8):
    """The x >= 0 that minimises ``||U x - m||``, by the active-set method, to rounding.

    Parameters
    ----------
    Utm : array of shape (r,)
        ``U.T @ m``.
    UtU : array of shape (r, r)
        ``U.T @ U``.
    x : array of shape (r,), optional
        The start: which entries are positive is what helps.
    n_iter_max, tol
        Not used: the method is finite.

    Returns
    -------
    array of shape (r,)
    """
    return as_tensor(_solve(Utm, UtU, x, "nonneg", update="active_set"))
