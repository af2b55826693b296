"""Spectra and abundance maps of a hyperspectral scene: rlra.unmix."""
from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from rlra import _fit
from rlra._arrays import as_numbers
from rlra._core import ffi, lib
from rlra._options import TABLE, set_option, takes_options
from rlra._results import Result

if TYPE_CHECKING:
    from typing import SupportsIndex

    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from rlra._keywords import UnmixOptions
    from rlra._types import PathLike, Precision, Priors, Progress, Start

# Priors that do not see the scale of a component.
_SCALE_FREE = {"nonneg", "none"}


@dataclasses.dataclass(repr=False, eq=False)
class Unmixing(Result):
    """An unmixed scene; a `Result` whose factors belong to bands and pixels, with more to it.

    Attributes
    ----------
    spectra : ndarray of shape (rank, bands)
        The endmembers.
    abundances : ndarray of shape (rank, height, width), or (rank, pixels)
        Maps of them.
    pure_pixels : ndarray of int
        Pixels that the fit started from, counted row by row; empty for other starts.
    """

    spectra: np.ndarray
    abundances: np.ndarray
    pure_pixels: np.ndarray

    def _own(self):
        return {"spectra": self.spectra, "abundance_maps": self.abundances, "pure_pixels": self.pure_pixels}

    @classmethod
    def _from(cls, file, record):
        return {**record, "spectra": file["spectra"], "abundances": file["abundance_maps"],
                "pure_pixels": file["pure_pixels"]}


def _as_matrix(X, dtype):
    """A scene as a matrix of bands x pixels, and the shape of its image."""
    scene = as_numbers("X", X, dtype)
    if scene.ndim == 2:
        return scene, scene.shape[1:]
    if scene.ndim != 3:
        raise ValueError(f"unmix needs a cube of height x width x bands or a matrix of bands x pixels, X has shape "
                         f"{scene.shape}")
    return scene.reshape(-1, scene.shape[2]).T, scene.shape[:2]


@takes_options
def unmix(
    X: ArrayLike, rank: SupportsIndex, *, sum_to_one: bool = False, prior: Priors = None, init: Start = None,
    dtype: Precision = None, progress: Progress = False, checkpoint: PathLike | None = None,
    checkpoint_every: float = 60.0, resume: bool = False, **options: Unpack[UnmixOptions],
) -> Unmixing:
    """Spectra (endmembers) and abundance maps of a hyperspectral scene.

    The fit starts from pure pixels found by SNPA. Then endmembers are scaled such that the purest pixels of each have
    abundance one in the median, unless `sum_to_one` or a prior fixes the scale.

    Parameters
    ----------
    X : array_like of shape (height, width, bands), or (bands, pixels)
        The scene.
    rank : int
        Number of endmembers.
    sum_to_one : bool
        The abundances of each pixel sum to one: the prior ``"simplex"`` of factor 1.
    prior : str, Prior, dict or sequence of them, optional
        Penalties of the factors, 0 (``"W"``): bands, 1 (``"H"``): pixels; replaces `sum_to_one`.
    init, dtype, progress, checkpoint, checkpoint_every, resume
        See `nmf`.
    {options}

    Returns
    -------
    Unmixing

    Examples
    --------
    >>> import numpy as np, rlra
    >>> rng = np.random.default_rng(0)
    >>> abundances = rng.dirichlet(np.ones(3), size=(20, 15))
    >>> scene = abundances @ rng.random((3, 8))
    >>> rlra.unmix(scene, 3).abundances.shape
    (3, 20, 15)
    """
    matrix, image = _as_matrix(X, dtype)
    if sum_to_one and prior is None:
        prior = {1: "simplex"}
    pure = np.empty(0, np.int64)

    def start(context, options, data, model, priors):
        nonlocal pure
        if init not in (None, "snpa", "auto"):
            _fit.set_start(context, options, model, init)
            return
        pixels, found = np.empty(options.rank, np.int64), ffi.new("int64_t *")
        context.check(lib.rlra_unmix_start(context.pointer, data.c, priors[0].encode(), options.threads, model.pointer,
                                           ffi.from_buffer("int64_t[]", pixels), found))
        set_option(context, options, TABLE["init"], "model")
        pure = pixels[:found[0]]

    def finish(context, data, model, result):
        if set(result["priors"]) <= _SCALE_FREE:
            context.check(lib.rlra_unmix_rescale(context.pointer, model.pointer))
        spectra, pixels = factors = model.factors()
        result.update(weights=model.weights(), factors=factors)
        maps = np.ascontiguousarray(pixels.T).reshape(-1, *image)
        return Unmixing(**result, spectra=np.ascontiguousarray(spectra.T), abundances=maps, pure_pixels=pure)

    return _fit.fit(unmix, matrix, rank, options, prior=prior, progress=progress, checkpoint=checkpoint,
                    checkpoint_every=checkpoint_every, resume=resume, start=start, finish=finish)
