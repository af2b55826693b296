"""Matrices that are known by their products: linear operators as terms of a fit."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rlra._arrays import FLOATS, numpy_of, target_dtype
from rlra._core import ffi, lib

if TYPE_CHECKING:
    from typing import Any

# Unit vectors that go through an operator together.
_AT_ONCE = 64


def is_operator(X):
    """Whether it is known by products alone, as `scipy.sparse.linalg.LinearOperator`; found out without importing scipy."""
    return isinstance(X, Implicit) or (hasattr(X, "matmat") and hasattr(X, "rmatmat") and hasattr(X, "shape"))


class Implicit:
    """A matrix that is known by its products, with what a fit must know beside them.

    A ``scipy.sparse.linalg.LinearOperator`` can be given to `rlra.nmf` and `rlra.cp` as it is; this class adds what it does not
    know.

    Parameters
    ----------
    operator : LinearOperator
        Or anything real with ``shape``, ``matmat(V)`` for ``X @ V`` and ``rmatmat(U)`` for ``X.T @ U``.
    norm2 : float, optional
        The sum of the squares of all entries. Where it is not given it is computed from the products of all unit vectors of the
        shorter side.
    nonneg : bool
        Whether no entry is negative: rules such as ``"mu"`` must know.
    digest : int
        A number that other data would not have, at most 64 bits; checkpoints need one.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> from scipy.sparse.linalg import aslinearoperator
    >>> rng = np.random.default_rng(0)
    >>> L, R = rng.random((60, 5)), rng.random((5, 40))
    >>> X = aslinearoperator(L) @ aslinearoperator(R)
    >>> result = rlra.nmf(rlra.Implicit(X, nonneg=True), 3, update="mu", max_sweeps=50, tolerance=0.1)
    >>> [factor.shape for factor in result.factors]
    [(60, 3), (40, 3)]
    """

    __slots__ = ("operator", "norm2", "nonneg", "digest")

    def __init__(self, operator: Any, norm2: float | None = None, nonneg: bool = False, digest: int = 0) -> None:
        if not (hasattr(operator, "matmat") and hasattr(operator, "rmatmat") and hasattr(operator, "shape")):
            raise TypeError(f"operator needs shape, matmat and rmatmat, got {type(operator).__name__}")
        self.operator, self.norm2, self.nonneg, self.digest = operator, norm2, nonneg, digest


class ImplicitView:
    """An rlra_products, and what must stay alive with it."""

    __slots__ = ("c", "shape", "dtype", "operator", "failure", "_handle", "__weakref__")
    sparse = False

    def __init__(self, X, asked=None):
        given = X if isinstance(X, Implicit) else Implicit(X)
        self.operator, self.failure = given.operator, None
        self.shape = tuple(int(length) for length in self.operator.shape)
        if len(self.shape) != 2:
            raise ValueError(f"X must be a matrix, it has shape {self.shape}")
        self.dtype = target_dtype("X", np.dtype(getattr(self.operator, "dtype", None) or np.float64), asked)
        self._handle = ffi.new_handle(self)
        norm2 = self._squares() if given.norm2 is None else float(given.norm2)
        self.c = ffi.new("rlra_products *", {
            "dtype": FLOATS[self.dtype], "rows": self.shape[0], "columns": self.shape[1], "norm2": norm2,
            "nonneg": bool(given.nonneg), "digest": int(given.digest), "user": self._handle,
            "apply": lib.rlra_implicit_apply, "apply_transposed": lib.rlra_implicit_apply_transposed})

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        """Nothing is to be closed."""

    def refuse(self, mask, weights, missing):
        """Fits of products are fits of whole data."""
        if mask is not None or weights is not None or missing != "none":
            raise ValueError("mask, weights and missing need the entries of X, which is known by its products only")

    def product(self, transposed, given):
        """X V or X^T U, checked: what comes is written into memory of the library."""
        name = "rmatmat" if transposed else "matmat"
        came = np.asarray(getattr(self.operator, name)(given))
        expected = (self.shape[1 if transposed else 0], given.shape[1])
        if came.shape != expected:
            raise ValueError(f"{name} of X returned shape {came.shape}, expected {expected}")
        if came.dtype.kind not in "biuf":
            raise TypeError(f"{name} of X must return real numbers, got dtype {came.dtype}")
        return came

    def _squares(self):
        """The sum of the squares of all entries, from products with unit vectors."""
        transposed = self.shape[0] < self.shape[1]
        side, total = min(self.shape), 0.0
        for begin in range(0, side, _AT_ONCE):
            count = min(_AT_ONCE, side - begin)
            units = np.zeros((side, count), self.dtype, order="F")
            units[np.arange(begin, begin + count), np.arange(count)] = 1
            total += float(np.square(self.product(transposed, units), dtype=np.float64).sum())
        return total


def _keep(kind, failure, trace):
    """An exception cannot pass through the library: the fit is ended, then it is raised."""
    ffi.from_handle(trace.tb_frame.f_locals["handle"]).failure = failure


def _write(handle, transposed, given, out):
    view = ffi.from_handle(handle)
    numpy_of(out)[...] = view.product(transposed, np.array(numpy_of(given), order="F"))
    return 0


@ffi.def_extern(error=1, onerror=_keep)
def rlra_implicit_apply(handle, given, out):
    """Called by the library for X V."""
    return _write(handle, False, given, out)


@ffi.def_extern(error=1, onerror=_keep)
def rlra_implicit_apply_transposed(handle, given, out):
    """Called by the library for X^T U."""
    return _write(handle, True, given, out)
