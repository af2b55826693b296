"""Spectra and abundance maps of a hyperspectral scene: rlra.unmix."""
from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from rlra import _fit
from rlra._core import ffi, lib
from rlra._library import Context
from rlra._options import TABLE, set_option, takes_options
from rlra._results import Result
from rlra._scenes import Scene

if TYPE_CHECKING:
    from typing import SupportsIndex

    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from rlra._keywords import UnmixOptions
    from rlra._types import MaskMeans, PathLike, Precision, Priors, Progress, Start

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
    used_bands : ndarray of bool, of shape (bands,)
        Which bands were fitted; spectra are NaN in the others.
    used_pixels : ndarray of bool, of shape (height, width), or (pixels,)
        Which pixels were fitted; abundances are NaN in the others.
    """

    spectra: np.ndarray
    abundances: np.ndarray
    pure_pixels: np.ndarray
    used_bands: np.ndarray
    used_pixels: np.ndarray

    def __repr__(self):
        out = [f"{np.count_nonzero(~used)} of {used.size} {name} left out"
               for name, used in (("bands", self.used_bands), ("pixels", self.used_pixels)) if not used.all()]
        return super().__repr__()[:-1] + "".join(f"; {part}" for part in out) + ">"

    def normalised(self):
        """The same model with columns of norm one; see `Result.normalised`. What was left out stays so."""
        kept = self.used_bands, self.used_pixels.ravel()
        packed = Result(self.weights, [f[k] for f, k in zip(self.factors, kept)], self.report, self.trace, self.options,
                        self.priors, self.task).normalised()
        whole = [np.full_like(factor, np.nan) for factor in self.factors]
        for factor, k, rows in zip(whole, kept, packed.factors):
            factor[k] = rows
        return dataclasses.replace(self, weights=packed.weights, factors=whole)

    def _own(self):
        return {"spectra": self.spectra, "abundance_maps": self.abundances, "pure_pixels": self.pure_pixels,
                "used_bands": self.used_bands, "used_pixels": self.used_pixels}

    @classmethod
    def _from(cls, file, record):
        return {**record, "spectra": file["spectra"], "abundances": file["abundance_maps"],
                "pure_pixels": file["pure_pixels"],
                **{name: file[name] for name in ("used_bands", "used_pixels")}}


def _packed(init, scene):
    """A start of the whole scene without what is left out."""
    if isinstance(init, str) or not hasattr(init, "__len__"):
        return init
    if isinstance(init, Result):
        return dataclasses.replace(init, factors=[scene.pack(n, f) for n, f in enumerate(init.factors)])
    return [scene.pack(n, factor) for n, factor in enumerate(init)] if len(init) == 2 else init


@takes_options
def unmix(
    X: ArrayLike | PathLike, rank: SupportsIndex, *, sum_to_one: bool = False, mask: ArrayLike | None = None,
    mask_means: MaskMeans = None, ignore_value: float | None = None, bad_bands: ArrayLike | None = None, prior: Priors = None, init: Start = None,
    dtype: Precision = None, progress: Progress = False, checkpoint: PathLike | None = None,
    checkpoint_every: float = 60.0, resume: bool = False, **options: Unpack[UnmixOptions],
) -> Unmixing:
    """Spectra (endmembers) and abundance maps of a hyperspectral scene.

    The fit starts from pure pixels found by SNPA. Then endmembers are scaled such that the purest pixels of each have
    abundance one in the median, unless `sum_to_one` or a prior fixes the scale.

    Parameters
    ----------
    X : array_like of shape (height, width, bands), or (bands, pixels), or path-like
        The scene, or a file that `load` can read. Pixels that are NaN (or masked, of a masked array) in a band that is
        used hold no data: they are left out, and so are bands without any data and those that the header of an ENVI
        file marks as bad.
    rank : int
        Number of endmembers.
    sum_to_one : bool
        The abundances of each pixel sum to one: the prior ``"simplex"`` of factor 1.
    mask : array_like of bool, of shape (height, width), or (pixels,)
        True where a pixel is used.
    mask_means : {'observed', 'missing'}, optional
        What True in `mask` stands for. Without it True is observed, and a mask that may be the other way round is refused.
    ignore_value : float, optional
        Entries of this value hold no data, as NaN does.
    bad_bands : array_like of int or bool
        Bands to leave out, too: their indices from 0, or True for each that is bad.
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
    with Context(unmix) as context:
        scene = Scene(context, X, dtype, mask, mask_means, ignore_value, bad_bands)
    if sum_to_one and prior is None:
        prior = {1: "simplex"}
    pure = np.empty(0, np.int64)

    def start(context, options, data, model, priors):
        nonlocal pure
        if init not in (None, "snpa", "auto"):
            _fit.set_start(context, options, model, _packed(init, scene))
            return
        pixels, found = np.empty(options.rank, np.int64), ffi.new("int64_t *")
        context.check(lib.rlra_unmix_start(context.pointer, data.c, priors[0].encode(), options.threads, model.pointer,
                                           ffi.from_buffer("int64_t[]", pixels), found))
        set_option(context, options, TABLE["init"], "model")
        pure = np.flatnonzero(scene.pixels)[pixels[:found[0]]]

    def finish(context, data, model, result):
        if set(result["priors"]) <= _SCALE_FREE:
            context.check(lib.rlra_unmix_rescale(context.pointer, model.pointer))
        spectra, pixels = factors = [scene.spread(n, factor) for n, factor in enumerate(model.factors())]
        result.update(weights=model.weights(), factors=factors)
        maps = np.ascontiguousarray(pixels.T).reshape(-1, *scene.image)
        return Unmixing(**result, spectra=np.ascontiguousarray(spectra.T), abundances=maps, pure_pixels=pure,
                        used_bands=scene.bands, used_pixels=scene.pixels.reshape(scene.image))

    return _fit.fit(unmix, scene.used(), rank, options, prior=prior, progress=progress, checkpoint=checkpoint,
                    checkpoint_every=checkpoint_every, resume=resume, start=start, finish=finish)
