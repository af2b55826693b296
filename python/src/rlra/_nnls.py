"""Nonnegative regression: rlra.nnls."""
from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import numpy as np

from rlra._arrays import any_view, as_numbers, dense_view, is_sparse
from rlra._core import ffi, lib
from rlra._library import Context, warn_of_threads
from rlra._options import TABLE, check_given, fill, needy, set_option, takes_options
from rlra._priors import as_text
from rlra._reports import NNLSReport
from rlra._scenes import Scene
from rlra._watch import Watch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from rlra._keywords import NnlsOptions
    from rlra._types import Data, MaskMeans, OnePrior, PathLike, Precision


_SCENE_ORDER = 3


@dataclasses.dataclass(repr=False, eq=False)
class Regression:
    """Coefficients and what is known of them.

    Attributes
    ----------
    X : ndarray of shape (r, n), (r,) for a vector, or (r, height, width) for a scene
        The coefficients; of ``front`` an array of shape (n, sizes, r). NaN in pixels without data.
    loss : ndarray of shape (n,), or (height, width)
        Loss of each column; of ``front`` (n, sizes).
    kkt_residual, gap : ndarray of shape (n,), or (height, width)
        Distance from stationarity, and from the least objective (NaN where no bound is known); None for ``front``.
    report : NNLSReport
        The certificate.
    """

    X: np.ndarray
    loss: np.ndarray
    kkt_residual: np.ndarray
    gap: np.ndarray
    report: NNLSReport

    def __repr__(self):
        report = self.report
        return (f"<rlra.Regression: X {' x '.join(map(str, self.X.shape))}, {self.X.dtype}; relative error "
                f"{report.relative_error:.6g}, KKT residual {report.kkt_residual:.3g}, {report.open_columns} of "
                f"{report.columns} columns open, {report.seconds:.3g} s>")


def _plan(context, w, options, prior):
    plan = ffi.new("rlra_nnls_plan **")
    context.check(lib.rlra_nnls_plan_create(context.pointer, w.c, options, prior.encode(), plan))
    return plan[0]


def _doubles(*shape):
    made = np.full(shape, np.nan)
    return made, ffi.from_buffer("double[]", made)


def _solve(plan, y, x, context):
    """All columns of Y; x is the start and the result."""
    n = y.shape[1] if len(y.shape) > 1 else 1
    (loss, loss_at), (kkt, kkt_at), (gap, gap_at) = _doubles(n), _doubles(n), _doubles(n)
    columns = ffi.new("rlra_nnls_columns *", {"loss": loss_at, "kkt_residual": kkt_at, "gap": gap_at})
    report = ffi.new("rlra_nnls_report *")
    solve = lib.rlra_nnls_plan_solve_sparse if y.sparse else lib.rlra_nnls_plan_solve
    with Watch(context):
        status = solve(plan, y.c, dense_view("X", x).c, columns, report)
    context.check(status)
    warn_of_threads(report, 5)
    return Regression(x, loss, kkt, gap, NNLSReport.of(report))


def _front(plan, y, sizes, r, context):
    """The best supports of every size."""
    n = y.shape[1] if len(y.shape) > 1 else 1
    context.require((n, sizes, r), y.dtype, "the coefficients")
    x = np.zeros((n, sizes, r), y.dtype)
    loss, loss_at = _doubles(n, sizes)
    report = ffi.new("rlra_nnls_report *")
    with Watch(context):
        status = lib.rlra_nnls_plan_front(plan, y.c, dense_view("X", x).c, loss_at, report)
    context.check(status)
    warn_of_threads(report, 5)
    return Regression(x, loss, None, None, NNLSReport.of(report))


def _start(context, x, shape, dtype):
    """Room for the coefficients, filled with a start if there is one."""
    context.require(shape, dtype, "the coefficients")
    if x is None:
        return np.zeros(shape, dtype)
    start = as_numbers("start", x, dtype)
    if start.shape != shape:
        raise ValueError(f"start has shape {start.shape}, the coefficients {shape}")
    return np.array(start)


def _solve_scene(context, W, scene, dtype, plan_of):
    """Known spectra in every pixel of a scene that holds data, as maps."""
    spectra = as_numbers("W", W, dtype)
    if spectra.ndim != 2 or len(spectra) != len(scene.bands):
        raise ValueError(f"W has shape {spectra.shape}, expected {len(scene.bands)} rows, one for each band of the scene")
    used, common = scene.used(), np.result_type(spectra, scene.matrix)
    w, y = dense_view("W", spectra[scene.bands], common), dense_view("Y", used, common)
    plan = plan_of(w)
    try:
        solved = _solve(plan, y, _start(context, None, (spectra.shape[1], used.shape[1]), y.dtype), context)
    finally:
        lib.rlra_nnls_plan_destroy(plan)

    def image(numbers):
        return scene.spread(1, numbers).reshape(scene.image)

    maps = np.stack([image(row) for row in solved.X])
    return Regression(maps, image(solved.loss), image(solved.kkt_residual), image(solved.gap), solved.report)


@takes_options
def nnls(
    W: ArrayLike, Y: Data | PathLike, *, prior: OnePrior = None, start: ArrayLike | None = None, front: bool = False,
    mask: ArrayLike | None = None, mask_means: MaskMeans = None, ignore_value: float | None = None,
    bad_bands: ArrayLike | None = None, dtype: Precision = None, **options: Unpack[NnlsOptions],
) -> Regression:
    """Nonnegative regression: the X >= 0 that minimises ``D(Y, W @ X)``, certified.

    Columns of Y are solved independently and in parallel.

    Parameters
    ----------
    W : array_like of shape (m, r)
        The design.
    Y : array_like or sparse matrix of shape (m, n), or (m,), or array_like of shape (height, width, m), or path-like
        The data. For a scene, the last two, W holds known spectra; pixels that are NaN in a band that is used are left out,
        and so are bands that the header of an ENVI file marks as bad.
    prior : str or Prior, optional
        Penalties of X, such as ``"nonneg,l1=0.1,upper=1"``; without it X is nonnegative.
    start : array_like of shape (r, n), optional
        Where iterative rules begin.
    front : bool
        The best supports of every size up to `sparsity` (0: r) from one search.
    mask, mask_means, ignore_value, bad_bands
        See `unmix`: what to leave out of a scene.
    dtype : {'f32', 'f64'} or dtype, optional
        Precision of the computation; by default that of W and Y, the larger of the two.
    {options}

    Returns
    -------
    Regression
        X, and loss, KKT residual and gap of each column.

    Examples
    --------
    >>> import numpy as np, rlra
    >>> W = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> result = rlra.nnls(W, W @ [2.0, 1.0])
    >>> result.X.round(12).tolist()
    [2.0, 1.0]
    """
    is_scene = isinstance(Y, (str, os.PathLike)) or (np.ndim(Y) == _SCENE_ORDER and not is_sparse(Y))
    if not is_scene and any(given is not None for given in (mask, mask_means, ignore_value, bad_bands)):
        raise ValueError("mask, mask_means, ignore_value and bad_bands are for scenes: Y of height x width x bands")
    if is_scene and (front or start is not None):
        raise ValueError("front and start are for matrices, and Y is a scene")
    with Context(nnls) as context:
        if is_scene:
            def plan_of(w):
                return _plan(context, w, fill(context, nnls, options), nnls.task.prior if prior is None else as_text(prior))

            scene = Scene(context, Y, dtype, mask, mask_means, ignore_value, bad_bands, "Y")
            return _solve_scene(context, W, scene, dtype, plan_of)
        view = dense_view if front else any_view
        w, y = dense_view("W", W, dtype), view("Y", Y, dtype)
        if w.dtype != y.dtype:
            w, y = dense_view("W", W, np.float64), view("Y", Y, np.float64)
        settings = fill(context, nnls, options)
        if start is not None:
            set_option(context, settings, TABLE["init"], "model")
        r = w.shape[-1]
        plan = _plan(context, w, settings, nnls.task.prior if prior is None else as_text(prior))
        try:
            if names := needy(nnls, options):
                rule = ffi.new("char[]", b"k_sparse") if front else lib.rlra_nnls_plan_update(plan)
                check_given(context, settings, names, [rule])
            if front:
                return _front(plan, y, settings.sparsity or r, r, context)
            return _solve(plan, y, _start(context, start, (r, *y.shape[1:]), y.dtype), context)
        finally:
            lib.rlra_nnls_plan_destroy(plan)
