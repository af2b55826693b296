"""Problems that are posed once and fitted often: rlra.Problem."""
from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import numpy as np

from rlra import _fit
from rlra._files import opened
from rlra._library import Context, warn_unless_converged
from rlra._models import Model
from rlra._options import TABLE, fill, set_option

if TYPE_CHECKING:
    from typing import SupportsIndex

    from numpy.typing import ArrayLike
    from typing_extensions import Self, Unpack

    from rlra._keywords import CpOptions
    from rlra._results import Result
    from rlra._types import Data, MaskMeans, Missing, Precision, Priors, Progress, Start

_MATRIX = 2


class Problem:
    """Data and priors that are checked once and fitted again and again: from other starts, with other ranks, losses or rules.

    A fit gives what `nmf` gives of a matrix, and `cp` of an array of more modes. It is for small problems, of which posing takes
    as long as several sweeps, and for many fits of large ones.

    Parameters
    ----------
    X : array_like, sparse matrix or LinearOperator of shape (m, n, ..)
        The data. Must not be changed as long as the problem is used.
    prior, mask, mask_means, weights, missing, dtype
        See `nmf`.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
        Precision of the computation.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> rng = np.random.default_rng(0)
    >>> problem = rlra.Problem(rng.random((30, 3)) @ rng.random((3, 20)))
    >>> errors = [problem.fit(3, init="random", seed=seed).report.relative_error for seed in range(5)]
    >>> bool(min(errors) < 1e-2)
    True
    """

    def __init__(self, X: Data, *, prior: Priors = None, mask: ArrayLike | None = None, mask_means: MaskMeans = None,
                 weights: ArrayLike | None = None, missing: Missing = "none", dtype: Precision = None) -> None:
        entries = X.data if isinstance(X, np.ma.MaskedArray) else X
        self._lock, self._model = threading.Lock(), None
        with contextlib.ExitStack() as stack:
            self._context = stack.enter_context(Context(_fit.nmf))
            self._data = stack.enter_context(opened(self._context, entries, dtype, None, missing))
            self._terms = stack.enter_context(_fit.Terms(self._context))
            self.shape, self.dtype = tuple(self._data.shape), self._data.dtype
            self._function = self._context.function = _fit.nmf if len(self.shape) == _MATRIX else _fit.cp
            _fit.check_modes(self._function, self.shape, None)
            known, self._priors = _fit.pose(
                self._context, self._function, self._terms, self._data, X, prior=prior, mask=mask,
                mask_means=mask_means, weights=weights, missing=missing)
            self._misses = known is not None or missing != "none"
            self._open = stack.pop_all()

    def fit(self, rank: SupportsIndex, *, init: Start = None, starts: SupportsIndex = 1, progress: Progress = False,
            **options: Unpack[CpOptions]) -> Result:
        """Fit a model to the data; all is as in `nmf` or `cp`.

        Threads that call at once wait for each other: the problem serves one fit at a time.

        Parameters
        ----------
        rank : int
            Number of components.
        init, starts, progress
            See `nmf`.
        **options
            Those of `nmf`, or of `cp` where the data have more than two modes.

        Returns
        -------
        Result
        """
        with self._lock:
            if self._open is None:
                raise ValueError("the problem is closed")
            result = self._fit(rank, init, {"starts": starts, "progress": progress}, options)
        warn_unless_converged(result.report, 3)
        return result

    def _fit(self, rank, init, settings, given):
        context, function = self._context, self._function
        options = fill(context, function, given)
        set_option(context, options, TABLE["rank"], rank)
        model = self._model_of(options, settings)
        _fit.set_start(context, options, model, init)
        _fit.check_effects(context, function, self._terms.pointer, options, given, settings, self._misses)
        report, trace = _fit.run(context, self._terms, options, model, settings, 5)
        return _fit.finish(context, self._data, model, {
            "report": report, "trace": trace, "options": function.task.echo(options), "priors": list(self._priors),
            "task": function.__name__})

    def _model_of(self, options, settings):
        """The model of the fit before, if it has the rank that is asked for now."""
        if self._model is not None and self._model.arguments[-1] == options.rank:
            return self._model
        self._drop_model()
        _fit.require_memory(self._context, self._terms, options, settings)
        self._model = Model(self._context, self.dtype, self.shape, options.rank).__enter__()
        return self._model

    def _drop_model(self):
        if self._model is not None:
            self._model.__exit__()
        self._model = None

    def close(self) -> None:
        """Free what the library holds; so does the end of a with block, or that of the object."""
        with self._lock:
            if self._open is not None:
                self._drop_model()
                self._open.close()
                self._open = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def __del__(self):
        if getattr(self, "_open", None) is not None:
            self.close()

    def __repr__(self):
        return f"<rlra.Problem of shape {' x '.join(map(str, self.shape))}, {self.dtype}>"
