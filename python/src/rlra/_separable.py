"""Columns that generate all others: rlra.separable."""
from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from rlra._arrays import dense_view
from rlra._core import ffi, lib
from rlra._library import Context, warn_of_threads
from rlra._models import Model
from rlra._options import TABLE, fill, set_option, takes_options
from rlra._watch import Watch

if TYPE_CHECKING:
    from typing import SupportsIndex

    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from rlra._keywords import SeparableOptions
    from rlra._types import Method, Precision

_PREFIX = "RLRA_SEPARABLE_"
METHODS = {name[len(_PREFIX):].lower(): code
           for code, name in ffi.typeof("rlra_separable_method").elements.items()}


@dataclasses.dataclass(repr=False, eq=False)
class Separable:
    """Picked columns and the coefficients of all others; unpacks as ``columns, H``.

    Attributes
    ----------
    columns : ndarray of int
        Indices of the columns, in the order picked; fewer than asked for when no more are independent.
    H : ndarray of shape (len(columns), n)
        Nonnegative coefficients: ``X ~ X[:, columns] @ H``.
    method : str
        Whose columns these are.
    relative_error : float
    seconds : float
    """

    columns: np.ndarray
    H: np.ndarray
    method: str
    relative_error: float
    seconds: float

    def __iter__(self):
        return iter((self.columns, self.H))

    def __repr__(self):
        return (f"<rlra.Separable: columns {self.columns.tolist()} by {self.method}, relative error "
                f"{self.relative_error:.6g}, {self.seconds:.3g} s>")


@takes_options
def separable(
    X: ArrayLike, rank: SupportsIndex, *, method: Method = "snpa", residual: float | None = None,
    dtype: Precision = None, **options: Unpack[SeparableOptions],
) -> Separable:
    """Pick columns of X such that all columns are nearly their nonnegative combinations.

    Parameters
    ----------
    X : array_like of shape (m, n)
        The data.
    rank : int
        Number of columns to pick.
    method : {'spa', 'snpa', 'rank_two'}
        How to pick; 'rank_two' is for nonnegative data and two columns.
    residual : float, optional
        Stop when the largest residual falls below this part of the largest column.
    dtype : {'f32', 'f64'} or dtype, optional
        Precision of the computation; by default that of X.
    {options}

    Returns
    -------
    Separable
        Unpacks as ``columns, H``.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> W = np.eye(3)
    >>> X = np.hstack([W @ np.full((3, 1), 1 / 3), W])
    >>> sorted(rlra.separable(X, 3).columns.tolist())
    [1, 2, 3]
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(map(repr, METHODS))}, got {method!r}")
    with Context(separable) as context:
        data = dense_view("X", X, dtype)
        if len(data.shape) != 2:
            raise ValueError(f"separable needs a matrix, X has shape {data.shape}")
        given = fill(context, separable, options)
        set_option(context, given, TABLE["rank"], rank)
        settings = ffi.new("rlra_separable_options *", lib.rlra_separable_options_default())
        settings.method, settings.rank, settings.threads = METHODS[method], given.rank, given.threads
        if residual is not None:
            settings.tolerance = residual
        with Model(context, data.dtype, data.shape, given.rank) as model:
            return _pick(context, data, settings, model)


def _pick(context, data, settings, model):
    columns, report = np.empty(settings.rank, np.int64), ffi.new("rlra_separable_report *")
    with Watch(context):
        status = lib.rlra_separable(context.pointer, data.c, settings, ffi.from_buffer("int64_t[]", columns),
                                    model.pointer, report)
    context.check(status)
    warn_of_threads(report, 5)
    names = {code: name for name, code in METHODS.items()}
    found = columns[:report.found]
    return Separable(found, np.ascontiguousarray(model.factors()[1].T[:report.found]), names[report.method],
                     report.relative_error, report.seconds)
