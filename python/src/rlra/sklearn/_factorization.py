"""Factorizations with the parameters of scikit-learn: its scaling of penalties, its names, its messages."""
import math
import warnings
from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import Bunch, check_array, check_scalar
from sklearn.utils.validation import check_non_negative

from rlra._fit import nmf, solve
from rlra.sklearn._base import FLOATS, SPARSE, codes, seed_of, warn_of_limit

# The names of scikit-learn. 'mu' is the plain algorithm; rounds do not depend on what a product with the data costs, so that sparse
# and dense data give the same.
_SOLVERS = {"cd": {"update": "hals", "inner_sweeps": 4}, "mu": {"update": "mu", "inner_sweeps": 1, "extrapolate": "off"}}
_LOSSES = {"kullback-leibler": "kl", "itakura-saito": "is", 2: "frobenius", 1: "kl", 0: "is"}
_BETAS = {"frobenius": 2.0, "kl": 1.0, "is": 0.0}
# Losses whose sparse data the library reads as they are.
_SPARSE_LOSSES = ("frobenius", "kl")
_NNDSVD = ("nndsvd", "nndsvda", "nndsvdar")
# scikit-learn's mu checks the root of the loss every tenth sweep: a fall of tol there is one of tol / 5 of the loss in a sweep.
_DECREASE_OF_MU = 0.2
# Under other rules the KKT residual decides, and this only where progress ends.
_DECREASE = 1e-3


def check_parameters(given):
    """Refuse parameters that no data can make meaningful; the library checks the rest."""
    if given.missing not in ("none", "nan"):
        raise ValueError(f"missing must be 'none' or 'nan', got {given.missing!r}")
    if given.n_components not in ("auto", None):
        check_scalar(given.n_components, "n_components", Integral, min_val=1)
    if not isinstance(given.beta_loss, (str, Real)):
        raise TypeError(f"beta_loss must be a str or a number, got {type(given.beta_loss).__name__}")
    check_scalar(given.max_iter, "max_iter", Integral, min_val=1)
    check_scalar(given.tol, "tol", Real, min_val=0)
    check_scalar(given.alpha_W, "alpha_W", Real, min_val=0)
    if given.alpha_H != "same":
        check_scalar(given.alpha_H, "alpha_H", Real, min_val=0)
    check_scalar(given.l1_ratio, "l1_ratio", Real, min_val=0, max_val=1)
    if given.solver == "cd" and given.beta_loss not in (2, "frobenius"):
        raise ValueError(f"Invalid beta_loss parameter: solver 'cd' does not handle beta_loss = {given.beta_loss!r}")
    if given.solver == "mu" and given.init == "nndsvd":
        warnings.warn("The multiplicative update ('mu') solver cannot update zeros present in the initialization, "
                      "and so leads to poorer results when used jointly with init='nndsvd'. You may try "
                      "init='nndsvda' or init='nndsvdar' instead.", UserWarning, stacklevel=4)


def _penalty(alpha, length, l1_ratio):
    """A prior of the library: its l2 is the sum of squares, of which scikit-learn takes half."""
    weights = {"l1": alpha * l1_ratio * length, "l2": alpha * (1 - l1_ratio) * length / 2}
    return ",".join(["nonneg", *(f"{name}={weight!r}" for name, weight in weights.items() if weight > 0)])


def _check_factor(array, shape, whom):
    """A factor that was given, checked in the order and the words of scikit-learn."""
    array = check_array(array)
    for came, expected, place in zip(array.shape, shape, ("first", "second")):
        if expected != "auto" and came != expected:
            raise ValueError(f"Array with wrong {place} dimension passed to {whom}. Expected {expected}, but got {came}.")
    check_non_negative(array, whom)
    return array


def _check_start(array, shape, whom):
    """A factor to start from, where zeros would stay."""
    array = _check_factor(array, shape, whom)
    if not array.any():
        raise ValueError(f"Array passed to {whom} is full of zeros.")
    return array


class Factorization:
    """One factorization ``X ~ W @ H``: data, loss, penalties and how to minimise; parameters are those of an estimator."""

    def __init__(self, given, X):
        self.given, self.shape = given, X.shape
        number = isinstance(given.beta_loss, Real)
        self.loss = _LOSSES.get(given.beta_loss, "beta" if number else given.beta_loss)
        # A name that is not known is left for the library to refuse.
        self.beta = _BETAS.get(self.loss, given.beta_loss if number else math.nan)
        samples, features = X.shape
        self.rank = features if given.n_components is None else given.n_components
        alpha_H = given.alpha_W if given.alpha_H == "same" else given.alpha_H
        self.prior_W = _penalty(float(given.alpha_W), features, float(given.l1_ratio))
        self.prior_H = _penalty(float(alpha_H), samples, float(given.l1_ratio))
        # Which entries are missing; None where all are there.
        self.gone = np.isnan(X) if given.missing == "nan" else None
        if self.beta <= 0 and (X.min() if self.gone is None else X.min(where=~self.gone, initial=np.inf)) == 0:
            raise ValueError("When beta_loss <= 0 and X contains zeros, the solver may diverge. "
                             "Please add small values to X, or use a positive beta_loss.")
        self.X = X.toarray() if issparse(X) and self.loss not in _SPARSE_LOSSES else X

    def _loss_options(self):
        options = {"loss": self.loss}
        return {**options, "beta": self.beta} if self.loss == "beta" else options

    def components(self, H):
        """Components that were given, to stay as they are."""
        H = _check_factor(H, (self.rank, self.shape[1]), "NMF (input H)")
        if H.dtype != self.X.dtype:
            raise TypeError(f"H should have the same dtype as X. Got H.dtype = {H.dtype}.")
        return H

    def _custom(self, W, H):
        H = _check_start(H, (self.rank, self.shape[1]), "NMF (input H)")
        W = _check_start(W, (self.shape[0], self.rank), "NMF (input W)")
        if H.dtype != self.X.dtype or W.dtype != self.X.dtype:
            raise TypeError("H and W should have the same dtype as X. Got "
                            f"H.dtype = {H.dtype} and W.dtype = {W.dtype}.")
        return H.shape[0], (W, H.T)

    def start(self, W, H):
        """The rank and the start of a fit."""
        init = self.given.init
        if init == "custom":
            return self._custom(W, H)
        if W is not None or H is not None:
            warnings.warn("When init!='custom', provided W or H are ignored. Set init='custom' to use them as "
                          "initialization.", RuntimeWarning, stacklevel=4)
        rank = self.shape[1] if self.rank == "auto" else self.rank
        if init in _NNDSVD and rank > min(self.shape):
            raise ValueError(f"init = '{init}' can only be used when n_components <= min(n_samples, n_features)")
        return rank, init or ("nndsvda" if rank <= min(self.shape) else "random")

    def _options(self):
        given, tol = self.given, float(self.given.tol)
        decrease = _DECREASE_OF_MU if given.solver == "mu" else _DECREASE
        solver = _SOLVERS.get(given.solver, {"update": given.solver})
        return {**self._loss_options(), **solver, "max_sweeps": given.max_iter,
                "tolerance": min(tol, 1.0), "decrease": min(decrease * tol, 1.0), "remaining": math.inf,
                "escapes": 0, "seed": seed_of(given.random_state),
                "order": "shuffled" if given.shuffle else "cyclic"}

    def fit(self, W, H):
        """W, H, the number of sweeps and the loss; W is the exact regression on the H that was found."""
        rank, start = self.start(W, H)
        found = solve(nmf, self.X, rank, self._options(), prior=[self.prior_W, self.prior_H], init=start,
                      missing="none" if self.gone is None else "nan", progress=bool(self.given.verbose))
        if found.report.stop == "sweeps" and self.given.tol > 0:
            warn_of_limit(self.given.max_iter)
        W, H = found.factors[0], np.ascontiguousarray(found.factors[1].T)
        # Where a feature is zero throughout this is the minimum, which multiplicative updates never quite reach.
        sums = self.X.sum(axis=0) if self.gone is None else np.nansum(self.X, axis=0)
        H[:, np.asarray(sums).ravel() == 0] = 0
        W, loss = self.codes(H, W)
        return W, H, max(found.report.sweeps, 1), loss

    def codes(self, H, start=None):
        """The W that minimises the objective for this H, and its loss.

        A feature that no component has makes some divergences infinite, whatever W: it is left out.
        """
        if self.gone is None:
            return self._codes(self.X, H, start)
        W, loss = np.zeros((self.shape[0], H.shape[0]), self.X.dtype), 0.0
        # Samples in which the same features are missing are those of one regression on the others.
        patterns, which = np.unique(self.gone, axis=0, return_inverse=True)
        which = which.ravel()
        for number, gone in enumerate(patterns):
            rows = which == number
            if gone.all():
                continue
            begin = None if start is None else start[rows]
            W[rows], part = self._codes(self.X[rows][:, ~gone], np.ascontiguousarray(H[:, ~gone]), begin)
            loss += part
        return W, loss

    def _codes(self, X, H, start):
        """The same of data without gaps."""
        whole, seen = X, H.any(axis=0)
        if self.beta <= 1 and not seen.all():
            X, H = X[:, seen], H[:, seen]
        if H.size == 0:
            return np.zeros((whole.shape[0], H.shape[0]), self.X.dtype), np.inf if whole.max() > 0 else 0.0
        W, regression = codes(X, H, start=start, prior=self.prior_W, **self._loss_options())
        return W, regression.report.loss


def non_negative_factorization(X, W=None, H=None, n_components="auto", *, init=None, update_H=True, solver="cd",
                               beta_loss="frobenius", tol=1e-4, max_iter=200, alpha_W=0.0, alpha_H="same",
                               l1_ratio=0.0, random_state=None, verbose=0, shuffle=False):
    """Nonnegative W and H with ``X ~ W @ H``, as a function.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The data.
    W, H : array-like, optional
        The start if ``init="custom"``; H is kept as it is if ``update_H=False``.
    update_H : bool
        False: find W for the given H.
    n_components, init, solver, beta_loss, tol, max_iter, alpha_W, alpha_H, l1_ratio, random_state, verbose, shuffle
        See `NMF`.

    Returns
    -------
    W : ndarray of shape (n_samples, n_components)
    H : ndarray of shape (n_components, n_features)
    n_iter : int
        Sweeps; 1 if H was given.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.sklearn import non_negative_factorization
    >>> X = np.outer([1.0, 2.0, 3.0], [4.0, 0.0, 5.0, 6.0])
    >>> W, H, n_iter = non_negative_factorization(X, n_components=1)
    >>> np.allclose(W @ H, X)
    True
    """
    given = Bunch(n_components=n_components, init=init, solver=solver, beta_loss=beta_loss, tol=tol, max_iter=max_iter,
                  alpha_W=alpha_W, alpha_H=alpha_H, l1_ratio=l1_ratio, random_state=random_state, verbose=verbose,
                  shuffle=shuffle, missing="none")
    check_parameters(given)
    X = check_array(X, accept_sparse=SPARSE, dtype=FLOATS)
    check_non_negative(X, "NMF (input X)")
    task = Factorization(given, X)
    if update_H:
        return task.fit(W, H)[:3]
    if W is not None:
        warnings.warn("When update_H=False, the provided initial W is not used.", RuntimeWarning, stacklevel=2)
    H = task.components(H)
    return task.codes(H)[0], H, 1
