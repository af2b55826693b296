"""Nonnegative CP decompositions with the signatures of tensorly's."""
import functools
import math

import numpy as np

from rlra._fit import cp, solve
from rlra._nnls import nnls
from rlra.tensorly._backend import as_cp_tensor, as_numpy

_STARTS = {"svd": "nndsvdar", "random": "random"}
_CRITERIA = ("abs_rec_error", "rec_error")
_SEEDS = 2**31 - 1


def _seed(random_state):
    """A seed of the library: a whole number is one, a generator is asked for one."""
    if random_state is None:
        random_state = np.random
    draw = getattr(random_state, "randint", None) or getattr(random_state, "integers", None)
    return random_state if draw is None else int(draw(_SEEDS))


def _whole_rank(rank, shape):
    """'same' is as many numbers in the factors as in the data, a float that share of it."""
    rank = 1.0 if rank == "same" else rank
    return round(rank * math.prod(shape) / sum(shape)) if isinstance(rank, float) else rank


def _start(init):
    """A name of the library, or factors, the last of which takes the weights."""
    if isinstance(init, str):
        if init not in _STARTS:
            raise ValueError(f'Initialization method "{init}" not recognized')
        return _STARTS[init]
    weights, factors = init
    factors = [as_numpy(factor) for factor in factors]
    if weights is not None:
        factors[-1] = factors[-1] * as_numpy(weights)
    return factors


class Decomposition:
    """One decomposition: data, priors of the modes, and when to stop."""

    def __init__(self, tensor, rank, init, n_iter_max, tol, random_state, verbose):
        self.tensor = as_numpy(tensor)
        self.rank, self.start = _whole_rank(rank, self.tensor.shape), _start(init)
        self.n_iter_max, self.tol, self.verbose = n_iter_max, tol or 0.0, bool(verbose)
        self.seed = _seed(random_state)
        self.priors = ["nonneg"] * self.tensor.ndim

    def fit(self, update, mask=None):
        """Factors and the error after each sweep.

        A fall of the relative error by less than tol is one of the loss by less than 2 tol of it, where the error is 1; below,
        the fit continues for longer than tensorly's.
        """
        options = {"update": update, "max_sweeps": self.n_iter_max, "tolerance": min(self.tol, 1.0), "remaining": math.inf,
                   "escapes": 0,
                   "decrease": min(2 * self.tol, 1.0), "seed": self.seed}
        seen = None if mask is None else np.broadcast_to(as_numpy(mask).astype(bool), self.tensor.shape)
        found = solve(cp, self.tensor, self.rank, options, prior=self.priors, mask=seen, init=self.start,
                      progress=self.verbose)
        errors = found.trace["relative_error"][found.trace["sweep"] > 0].tolist()
        return found.factors, errors or [found.report.relative_error]

    def fit_free(self, fixed, **options):
        """The same with some factors kept as they are: exact regressions, one free mode after the other."""
        factors, errors = self._first_factors(), []
        free = [mode for mode in range(self.tensor.ndim) if mode not in fixed]
        for _ in range(self.n_iter_max if free else 0):
            for mode in free:
                factors[mode], error = self._regress(factors, mode, options)
            errors.append(error)
            if len(errors) > 1 and errors[-2] - errors[-1] < self.tol:
                break
        return factors, errors

    def _first_factors(self):
        if not isinstance(self.start, str):
            return list(self.start)
        options = {"max_sweeps": 0, "seed": self.seed}
        return solve(cp, self.tensor, self.rank, options, prior=self.priors, init=self.start).factors

    def _regress(self, factors, mode, options):
        """The factor of a mode given the others, and the relative error of the model."""
        others = [factor for n, factor in enumerate(factors) if n != mode]
        design = functools.reduce(lambda lead, factor: (lead[:, None] * factor).reshape(-1, factor.shape[1]), others)
        unfolded = np.moveaxis(self.tensor, mode, 0).reshape(self.tensor.shape[mode], -1)
        found = nnls(design, unfolded.T, prior=self.priors[mode], **options)
        return np.ascontiguousarray(found.X.T), found.report.relative_error


def _normalised(factors):
    """Weights and factors with columns of norm one; columns of zeros stay."""
    norms = [np.linalg.norm(factor, axis=0) for factor in factors]
    return math.prod(norms), [factor / np.where(norm == 0, 1, norm) for factor, norm in zip(factors, norms)]


def _result(found, normalize_factors, return_errors):
    factors, errors = found
    weights = np.ones(factors[0].shape[1], factors[0].dtype)
    decomposition = as_cp_tensor(*(_normalised(factors) if normalize_factors else (weights, factors)))
    return (decomposition, errors) if return_errors else decomposition


def _check_criterion(cvg_criterion):
    if cvg_criterion not in _CRITERIA:
        raise TypeError(f"cvg_criterion must be one of {', '.join(map(repr, _CRITERIA))}, got {cvg_criterion!r}")


def non_negative_parafac(tensor, rank, n_iter_max=100, init="svd", svd="truncated_svd", tol=10e-7, random_state=None,
                         verbose=0, normalize_factors=False, return_errors=False, mask=None,
                         cvg_criterion="abs_rec_error", fixed_modes=None):
    """Nonnegative CP decomposition by multiplicative updates; `non_negative_parafac_hals` is faster.

    Parameters
    ----------
    tensor : array
        The data, nonnegative.
    rank : int, float or 'same'
        Number of components; a float is a share of as many numbers as the data has, 'same' all of it.
    n_iter_max : int
        Most sweeps.
    init : {'svd', 'random'} or CPTensor
        The start.
    svd : str
        Not used: the library has its own.
    tol : float
        Stop when a sweep lowers the relative error by less, or the KKT residual is less; 0 or None: never.
    random_state : int, RandomState or Generator, optional
        For the start.
    verbose : int
        Other than 0: report progress.
    normalize_factors : bool
        Columns of norm one, their norms as weights.
    return_errors : bool
        Also return the relative error after each sweep.
    mask : array of bool, optional
        False where an entry is missing.
    cvg_criterion : {'abs_rec_error', 'rec_error'}
        The same, as no sweep raises the objective.
    fixed_modes : list of int, optional
        Factors of the start to keep; all others are found by exact regressions, and no mask can be given.

    Returns
    -------
    CPTensor
        Unpacks as ``weights, factors``; a named tuple where tensorly is not installed.
    errors : list of float
        Only if ``return_errors``.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.tensorly import non_negative_parafac
    >>> X = np.einsum("i,j,k->ijk", [1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 1.0])
    >>> weights, factors = non_negative_parafac(X, 1)
    >>> np.allclose(np.einsum("ir,jr,kr->ijk", *factors), X, atol=1e-3)
    True
    """
    _check_criterion(cvg_criterion)
    task = Decomposition(tensor, rank, init, n_iter_max, tol, random_state, verbose)
    if fixed_modes and mask is not None:
        raise ValueError("mask and fixed_modes cannot be given together")
    found = task.fit_free(fixed_modes) if fixed_modes else task.fit("mu", mask)
    return _result(found, normalize_factors, return_errors)


def non_negative_parafac_hals(tensor, rank, n_iter_max=100, init="svd", svd="truncated_svd", tol=10e-8,
                              random_state=None, sparsity_coefficients=None, fixed_modes=None, nn_modes="all",
                              exact=False, normalize_factors=False, verbose=False, return_errors=False,
                              cvg_criterion="abs_rec_error"):
    """Nonnegative CP decomposition by HALS.

    Parameters
    ----------
    tensor, rank, n_iter_max, init, svd, tol, random_state, normalize_factors, verbose, return_errors, cvg_criterion
        See `non_negative_parafac`; the data may have any sign.
    sparsity_coefficients : float or sequence of float, optional
        Weight of the sum of magnitudes of each factor; None for none.
    fixed_modes : list of int, optional
        Factors of the start to keep; all others are found by exact regressions.
    nn_modes : 'all', None or set of int
        Modes whose factors are nonnegative.
    exact : bool
        Solve each regression exactly, by block principal pivoting.

    Returns
    -------
    CPTensor
        Unpacks as ``weights, factors``; a named tuple where tensorly is not installed.
    errors : list of float
        Only if ``return_errors``.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.tensorly import non_negative_parafac_hals
    >>> X = np.einsum("i,j,k->ijk", [1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 1.0])
    >>> (weights, factors), errors = non_negative_parafac_hals(X, 1, normalize_factors=True, return_errors=True)
    >>> errors[-1] < 1e-6
    True
    """
    _check_criterion(cvg_criterion)
    task = Decomposition(tensor, rank, init, n_iter_max, tol, random_state, verbose)
    task.priors = _priors(task.tensor.ndim, nn_modes, sparsity_coefficients)
    found = task.fit_free(fixed_modes) if fixed_modes else task.fit("block_pivot" if exact else "hals")
    return _result(found, normalize_factors, return_errors)


def _priors(order, nn_modes, sparsity):
    """The prior of each mode."""
    if sparsity is None or isinstance(sparsity, (int, float)):
        sparsity = [sparsity] * order
    if len(sparsity) != order:
        raise ValueError(f"sparsity_coefficients holds {len(sparsity)} numbers, the data has {order} modes")
    nonnegative = range(order) if isinstance(nn_modes, str) and nn_modes == "all" else nn_modes or ()
    parts = [(["nonneg"] if mode in nonnegative else []) + ([f"l1={float(weight)!r}"] if weight else [])
             for mode, weight in enumerate(sparsity)]
    return [",".join(part) or "none" for part in parts]
