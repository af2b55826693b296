"""Fits of low-rank models: rlra.nmf and rlra.cp."""
from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

import numpy as np

from rlra._arrays import asked_mask, is_stack, observed
from rlra._core import ffi, lib
from rlra._files import FileView, opened
from rlra._implicit import ImplicitView
from rlra._library import Context, as_whole, warn_of_threads, warn_unless_converged
from rlra._models import Model
from rlra._options import TABLE, check_given, fill, needy, set_option, takes_options
from rlra._priors import for_factors
from rlra._reports import Report
from rlra._results import Result
from rlra._watch import Watch

if TYPE_CHECKING:
    from typing import SupportsIndex

    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from rlra._keywords import CpOptions, NmfOptions
    from rlra._types import Data, MaskMeans, Missing, PathLike, Precision, Priors, Progress, Start

# What fits an int of C; the library refuses it as it would refuse more.
MOST_INT = 2**31 - 1
_MISSING = ("none", "nan", "unstored")
# The meaning of a mask whose maker knows that True is observed.
_OBSERVED = object()
# Seconds between two checkpoints, by default.
_EVERY = 60.0


def check_missing(missing, is_sparse):
    """Refuse other words for what is missing, and those that are not for such data."""
    if missing not in _MISSING:
        raise ValueError(f"missing must be one of {', '.join(map(repr, _MISSING))}, got {missing!r}")
    if missing == "unstored" and not is_sparse:
        raise ValueError('missing="unstored" is for sparse data, and X is dense: missing="nan" or mask says what '
                         "is missing in it")


def factors_of(init, order):
    """The weights, or None, and the factors of a start that is no name."""
    weights, factors = init if isinstance(init, Result) else (None, init)
    try:
        count = len(factors)
    except TypeError:
        raise TypeError(f"init must be a str, a Result or a sequence of factors, got {type(init).__name__}") from None
    if count != order:
        raise ValueError(f"init holds {count} factors, the data has {order} modes")
    return weights, factors


class Terms:
    """An rlra_problem, freed at the end of its with block; it keeps what it borrows."""

    __slots__ = ("context", "_own", "pointer", "borrowed")

    def __init__(self, context):
        self.context, self.borrowed = context, []

    def __enter__(self):
        self._own = ffi.new("rlra_problem **")
        self.context.check(lib.rlra_problem_create(self.context.pointer, self._own))
        self.pointer = self._own[0]
        return self

    def __exit__(self, *failure):
        lib.rlra_problem_destroy(self.pointer)
        self.pointer = ffi.NULL

    def add(self, data, weights=None, missing="none", weight=1.0, factors=ffi.NULL):
        """Add a term of data, of which some entries may be missing."""
        check_missing(missing, data.sparse)
        self.borrowed.append((data, weights))
        self.context.check(self._add(data, weights, missing, weight, factors))

    def check(self, status):
        """Raise the exception of a product of data that failed, or that of a status."""
        for data, _weights in self.borrowed:
            if isinstance(data, ImplicitView) and data.failure is not None:
                raise data.failure
        self.context.check(status)

    def _add(self, data, weights, missing, weight, factors):
        if isinstance(data, ImplicitView):
            return lib.rlra_problem_add_implicit(self.pointer, data.c, weight, factors)
        if data.sparse:
            add = lib.rlra_problem_add_observed if missing == "unstored" else lib.rlra_problem_add_sparse
            return add(self.pointer, data.c, weight, factors)
        if weights is None and missing != "nan":
            return lib.rlra_problem_add_dense(self.pointer, data.c, weight, factors)
        kind = lib.RLRA_MISSING_NAN if missing == "nan" else lib.RLRA_MISSING_NONE
        entries = ffi.NULL if weights is None else weights.c
        return lib.rlra_problem_add_weighted(self.pointer, data.c, entries, kind, weight, factors)

    def add_file(self, data, weights, missing):
        """Add the term of data that stay in their file."""
        if weights is not None or missing != "none":
            raise ValueError("missing entries and weights need the data in memory: leave memory_limit out")
        self.borrowed.append((data, None))
        self.context.check(lib.rlra_problem_add_stream(self.pointer, data.pointer, data.memory, 1.0, ffi.NULL))

    def constrain(self, priors):
        """Add the prior of each factor."""
        for n, prior in enumerate(priors):
            self.context.check(lib.rlra_problem_add_prior(self.pointer, n, prior.encode()))


def set_start(context, options, model, init):
    """The start of a fit: None for the default, a name of the option table, or factors."""
    if init is None:
        return
    if isinstance(init, str):
        set_option(context, options, TABLE["init"], init)
        return
    weights, factors = factors_of(init, lib.rlra_model_order(model.pointer))
    model.fill(factors, weights)
    set_option(context, options, TABLE["init"], "model")


def _checkpoint(watch, folder, every, resume):
    """The struct of a checkpoint, and what it borrows."""
    name = ffi.new("char[]", os.fsencode(folder))
    checkpoint = ffi.new("rlra_checkpoint *", {"folder": name, "every": every, "resume": bool(resume)})
    checkpoint.warn, checkpoint.user = lib.rlra_watch_warn, watch.handle
    return checkpoint, name


def run(context, problem, options, model, settings, level=6):
    """Fit, from one start or several; the report and the watch. Warnings are of the line so many calls up."""
    report = ffi.new("rlra_report *")
    count = max(-1, min(as_whole("starts", settings.get("starts", 1)), MOST_INT))
    folder = settings.get("checkpoint")
    kept = ffi.NULL
    with Watch(context, settings.get("progress", False)) as watch:
        if folder is not None:
            kept, _name = _checkpoint(watch, folder, settings["checkpoint_every"], settings["resume"])
        arguments = problem.pointer, options
        if count != 1:
            outcome = ffi.new("rlra_starts_report *")
            status = lib.rlra_fit_starts(*arguments, count, kept, model.pointer, report, ffi.NULL, outcome)
        elif folder is not None:
            status = lib.rlra_fit_checkpointed(*arguments, kept, model.pointer, report, ffi.NULL)
        else:
            status = lib.rlra_fit(*arguments, model.pointer, report)
    for note in watch.notes:
        warnings.warn(note, RuntimeWarning, stacklevel=level - 1)
    problem.check(status)
    warn_of_threads(report, level)
    best = outcome.best if count != 1 else 0
    trace = watch.trace if count == 1 else watch.trace[watch.trace["start"] == best]
    return Report.of(report), trace


def _start(init):
    """How most fits start: from a name or factors."""
    return lambda context, options, data, model, priors: set_start(context, options, model, init)


def finish(context, data, model, result):
    """How most fits end: the model as it is."""
    return Result(model.weights(), model.factors(), **result)


def fit(function, X, rank, given, **settings):
    """A fit that warns when it did not converge; see `solve`."""
    result = solve(function, X, rank, given, strict=True, **settings)
    warn_unless_converged(result.report)
    return result


def _check_given(context, function, problem, options, given, settings):
    """Refuse what was given and has no effect."""
    if settings.get("checkpoint") is None:
        if settings.get("resume", False):
            raise ValueError("resume has no effect without checkpoint")
        if settings.get("checkpoint_every", _EVERY) != _EVERY:
            raise ValueError("checkpoint_every has no effect without checkpoint")
    names = needy(function, given)
    if not names:
        return
    plan = ffi.new("rlra_plan *")
    # A fit that is refused reports this itself.
    if lib.rlra_fit_plan(problem, options, options.rank, plan) == lib.RLRA_OK:
        factors = plan.factor[0:plan.factors]
        check_given(context, options, names, [factor.update for factor in factors if factor.length > 0])


def require_memory(context, problem, options, settings):
    """Refuse what does not fit into memory before the model is made; a fit that is refused for another reason reports this itself."""
    plan = ffi.new("rlra_plan *")
    starts = as_whole("starts", settings.get("starts", 1))
    if not 1 <= starts <= lib.RLRA_STARTS_MOST:
        return
    if lib.rlra_fit_plan(problem.pointer, options, options.rank, plan) == lib.RLRA_OK:
        context.check(lib.rlra_plan_check(context.pointer, plan, 1 if starts == 1 else starts + 1))


def check_modes(function, shape, most):
    if most == 2 and len(shape) != 2:
        raise ValueError(f"{function.__name__} needs a matrix, or an array that is a stack of matrices, X has shape {shape}; "
                         "rlra.cp takes arrays of any order")
    if len(shape) < 2:
        raise ValueError(f"{function.__name__} needs an array of at least two modes, X has shape {shape}")


def pose(context, function, problem, data, X, *, prior, mask, mask_means, weights, missing):
    """Add data, of which some entries may be missing, and the priors to an empty problem; the weights of entries, or None, and the
    text of each prior."""
    if isinstance(data, ImplicitView):
        data.refuse(mask, weights, missing)
    if mask_means is not _OBSERVED:
        mask = asked_mask(context, data, mask, mask_means, missing)
    known = observed(data, mask, weights, X)
    (problem.add_file if isinstance(data, FileView) else problem.add)(data, known, missing)
    priors = for_factors(prior, function.task.prior, len(data.shape))
    problem.constrain(priors)
    return known, priors


def check_effects(context, function, problem, options, given, settings, misses):
    """Refuse options that were given and have no effect; `misses`: entries may be missing or have weights."""
    if "reach" in given and not misses and not options.holdout:
        raise ValueError("reach has no effect without missing entries or weights: it needs holdout or "
                         "what says that entries are missing (mask, weights, missing)")
    _check_given(context, function, problem, options, given, settings)


def solve(function, X, rank, given, *, prior=None, mask=None, mask_means=_OBSERVED, weights=None, missing="none",
          init=None, dtype=None, memory_limit=None, most_modes=None, start=None, finish=finish, strict=False, **settings):
    """A fit from data to its result, for all functions that have data and a rank.

    ``start(context, options, data, model, priors)`` prepares the model; ``finish(context, data, model, result)`` makes
    the result, of which it is given all but the model. ``strict`` refuses options that have no effect.
    """
    entries = X.data if isinstance(X, np.ma.MaskedArray) else X
    with Context(function) as context, opened(context, entries, dtype, memory_limit, missing) as data, \
            Terms(context) as problem:
        check_modes(function, data.shape, most_modes)
        known, priors = pose(context, function, problem, data, X, prior=prior, mask=mask, mask_means=mask_means,
                             weights=weights, missing=missing)
        options = fill(context, function, given)
        set_option(context, options, TABLE["rank"], rank)
        require_memory(context, problem, options, settings)
        with Model(context, data.dtype, data.shape, options.rank) as model:
            (start or _start(init))(context, options, data, model, priors)
            if strict:
                check_effects(context, function, problem.pointer, options, given, settings,
                              known is not None or missing != "none")
            report, trace = run(context, problem, options, model, settings)
            return finish(context, data, model, {
                "report": report, "trace": trace, "options": function.task.echo(options), "priors": priors,
                "task": function.__name__})


@takes_options
def nmf(
    X: Data, rank: SupportsIndex, *, prior: Priors = None, mask: ArrayLike | None = None,
    mask_means: MaskMeans = None, weights: ArrayLike | None = None, missing: Missing = "none", init: Start = None,
    starts: SupportsIndex = 1, dtype: Precision = None, progress: Progress = False,
    checkpoint: PathLike | None = None, checkpoint_every: float = 60.0, resume: bool = False,
    memory_limit: SupportsIndex | None = None, **options: Unpack[NmfOptions],
) -> Result:
    """Nonnegative matrix factorization, ``X ~ (W * weights) @ H.T``.

    Minimises the loss between the data and the model, plus the penalties of the factors.

    Parameters
    ----------
    X : array_like, sparse matrix or LinearOperator of shape (m, n), or path-like
        The data, or a file that `load` can read. C- or Fortran-ordered or strided float32 and float64 arrays are not
        copied; other numbers are converted once. Must not be changed while the fit runs. An array of shape (k, m, n) is a
        stack of k matrices, which are fitted at once, each as if alone; mask and weights are stacks then, too.
    rank : int
        Number of components.
    prior : str, Prior, dict or sequence of them, optional
        Penalties of the factors, such as ``"nonneg,l1=0.1"``: one for all, one for each, or a dict with the keys
        0, 1, ``"W"`` and ``"H"``. Factors that have none are nonnegative.
    mask : array_like of bool, optional
        True where an entry is observed.
    mask_means : {'observed', 'missing'}, optional
        What True in the mask stands for. Without it True is observed, and a mask that hides numbers while it keeps less
        than half of the entries, or NaN, is refused with the question which of the two is meant.
    weights : array_like, optional
        Weight of each entry in the loss, at least 0.
    missing : {'none', 'nan', 'unstored'}
        What else is missing: entries that are NaN, or those that a sparse matrix does not store.
    init : str, Result or sequence of arrays
        The start: factors, or a name that ``rlra.members("init")`` lists.
    starts : int
        Fit from so many starts and keep the best.
    dtype : {'f32', 'f64'} or dtype, optional
        Precision of the computation; by default that of the data.
    progress : bool or callable
        True: a bar of tqdm, or lines on stderr without it. A function is called with a dict after each sweep.
    checkpoint : path-like, optional
        Folder to keep the state of the fit in.
    checkpoint_every : float
        Seconds between two checkpoints.
    resume : bool
        Resume from the checkpoint in the folder, if there is one.
    memory_limit : int, optional
        Bytes that a fit may hold. X must be the path of a file, from which the data are read in every sweep.
    {options}

    Returns
    -------
    Result
        Unpacks as ``weights, (W, H)`` with W of shape (m, rank) and H of shape (n, rank). Of a stack it is a `Batch`, whose
        arrays and fields of the report are stacks.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> rng = np.random.default_rng(0)
    >>> X = rng.random((30, 3)) @ rng.random((3, 20))
    >>> result = rlra.nmf(X, 3, tolerance=1e-6)
    >>> weights, (W, H) = result
    >>> W.shape, H.shape
    ((30, 3), (20, 3))
    >>> bool(result.report.relative_error < 1e-3)
    True
    """
    if is_stack(X):
        from rlra._batch import fit_stack  # here alone, as imports take time

        return fit_stack(nmf, X, rank, options, prior=prior, mask=mask, mask_means=mask_means, weights=weights,
                         missing=missing, init=init, dtype=dtype, progress=progress, starts=starts,
                         checkpoint=checkpoint, resume=resume, memory_limit=memory_limit)
    return fit(nmf, X, rank, options, most_modes=2, prior=prior, mask=mask, mask_means=mask_means, weights=weights, missing=missing, init=init,
               starts=starts, dtype=dtype, progress=progress, checkpoint=checkpoint,
               checkpoint_every=checkpoint_every, resume=resume, memory_limit=memory_limit)


@takes_options
def cp(
    X: Data, rank: SupportsIndex, *, prior: Priors = None, mask: ArrayLike | None = None,
    mask_means: MaskMeans = None, weights: ArrayLike | None = None, missing: Missing = "none", init: Start = None,
    starts: SupportsIndex = 1, dtype: Precision = None, progress: Progress = False,
    checkpoint: PathLike | None = None, checkpoint_every: float = 60.0, resume: bool = False,
    memory_limit: SupportsIndex | None = None, **options: Unpack[CpOptions],
) -> Result:
    """Nonnegative CP (PARAFAC) decomposition of an array of any order.

    ``X ~ sum_k weights[k] * outer(A[:, k], B[:, k], C[:, k], ..)``

    Parameters
    ----------
    X : array_like or sparse array
        The data, of 2 to 8 modes; see `nmf`.
    rank : int
        Number of components.
    prior : str, Prior, dict or sequence of them, optional
        Penalties of the factors: one for all, one for each, or a dict with factors' numbers as keys.
    mask, mask_means, weights, missing, init, starts, dtype, progress, checkpoint, checkpoint_every, resume, memory_limit
        See `nmf`.
    {options}

    Returns
    -------
    Result
        Unpacks as ``weights, factors``, like a CPTensor of tensorly.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> rng = np.random.default_rng(0)
    >>> a, b, c = rng.random((10, 2)), rng.random((11, 2)), rng.random((12, 2))
    >>> result = rlra.cp(np.einsum("ir,jr,kr->ijk", a, b, c), 2)
    >>> [factor.shape for factor in result.factors]
    [(10, 2), (11, 2), (12, 2)]
    """
    return fit(cp, X, rank, options, prior=prior, mask=mask, mask_means=mask_means, weights=weights, missing=missing, init=init,
               starts=starts, dtype=dtype, progress=progress, checkpoint=checkpoint,
               checkpoint_every=checkpoint_every, resume=resume, memory_limit=memory_limit)
