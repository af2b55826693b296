"""Hyperspectral scenes: their shape, and the bands and pixels that hold data."""
from __future__ import annotations

import os
import warnings

import numpy as np

from rlra._arrays import as_numbers, check_meaning, dense_view
from rlra._core import ffi, lib
from rlra._files import load_scene


class Scene:
    """A scene as a matrix of bands x pixels, its image, and what of it is used.

    Attributes
    ----------
    matrix : ndarray of shape (bands, pixels)
        All of it.
    image : tuple
        (height, width), or (pixels,).
    bands, pixels : ndarray of bool
        Which of them are used.
    """

    def __init__(self, context, X, dtype, mask, mask_means, ignore_value, bad_bands, name="X"):
        bad = None
        if isinstance(X, (str, os.PathLike)):
            X, bad = load_scene(context.function, X, dtype)
        if isinstance(X, np.ma.MaskedArray):
            X = np.ma.asarray(X, float if X.dtype.kind in "biu" else None).filled(np.nan)
        scene = as_numbers(name, X, dtype)
        if scene.ndim not in (2, 3):
            raise ValueError(f"a scene is a cube of height x width x bands or a matrix of bands x pixels, {name} has shape "
                             f"{scene.shape}")
        self.matrix = scene if scene.ndim == 2 else scene.reshape(-1, scene.shape[2]).T
        self.image = scene.shape[1:] if scene.ndim == 2 else scene.shape[:2]
        self.bands = _good_bands(bad_bands, bad, len(self.matrix))
        self.pixels = _used_pixels(mask, mask_means, self.image)
        if mask is not None and mask_means is None:
            self._ask(context)
        self._find(context, ignore_value)

    def _ask(self, context):
        """Refuse a mask that may be the other way round, by the library's rule: all bands alike."""
        mask = np.broadcast_to(self.pixels.astype(float), self.matrix.shape)
        context.check(lib.rlra_mask_check(context.pointer, dense_view("X", self.matrix).c, dense_view("mask", mask).c,
                                          lib.RLRA_MISSING_NAN))

    def _find(self, context, ignore_value):
        """Strike out what holds no data, by the library's rule."""
        bands, pixels = self.bands.astype(np.uint8), self.pixels.astype(np.uint8)
        ignored = ffi.NULL if ignore_value is None else ffi.new("double *", ignore_value)
        self.found = ffi.new("rlra_unmix_survey *")
        context.check(lib.rlra_unmix_find(context.pointer, dense_view("X", self.matrix).c, ignored,
                                          ffi.from_buffer("unsigned char[]", bands),
                                          ffi.from_buffer("unsigned char[]", pixels), self.found))
        self.bands, self.pixels = bands.astype(bool), pixels.astype(bool)
        if ignore_value is not None and not np.isnan(ignore_value) and not self.found.ignored_entries:
            warnings.warn(f"none of the entries used is {ignore_value} (ignore_value); it is compared to numbers as load() "
                          "gives them, after gains, offsets and scale of a header", UserWarning, stacklevel=5)
        if self.found.partial_pixels:
            warnings.warn(f"{self.found.partial_pixels} of {len(pixels)} pixels lack data in some bands: they are left "
                          "out; bands without data in many pixels are to be named by bad_bands", UserWarning,
                          stacklevel=5)

    @property
    def is_whole(self):
        """Whether nothing is left out."""
        return self.bands.all() and self.pixels.all()

    def used(self):
        """The matrix without what is left out; itself if that is nothing."""
        if self.is_whole:
            return self.matrix
        if self.matrix.strides[0] < self.matrix.strides[1]:  # pixel by pixel, and so that it stays
            return self.matrix.T[np.ix_(self.pixels, self.bands)].T
        return self.matrix[np.ix_(self.bands, self.pixels)]

    def pack(self, n, factor):
        """The rows of a factor that are used, 0 being that of the bands."""
        kept, factor = (self.bands, self.pixels)[n], np.asarray(factor)
        return factor[kept] if len(factor) == len(kept) else factor

    def spread(self, n, factor):
        """A factor with all rows, NaN where nothing is known."""
        kept = (self.bands, self.pixels)[n]
        whole = np.full((len(kept), *factor.shape[1:]), np.nan, factor.dtype)
        whole[kept] = factor
        return whole


def _good_bands(bad, marked, count):
    """One bool for each band, of indices from 0 or bools of bad ones and of what a header marks."""
    good = np.ones(count, bool)
    if marked is not None:
        good[marked] = False
    if bad is None:
        return good
    bad = np.asarray(bad)
    if bad.dtype == bool and bad.shape != (count,):
        raise ValueError(f"bad_bands has shape {bad.shape}, the scene has {count} bands")
    if bad.dtype != bool and (bad.dtype.kind not in "iu" and bad.size):
        raise TypeError(f"bad_bands must be indices of bands or a boolean array, got dtype {bad.dtype}")
    if bad.dtype != bool and bad.size and not (0 <= bad.min() and bad.max() < count):
        raise ValueError(f"bad_bands must be indices from 0 to {count - 1}, got {bad.min()} to {bad.max()}")
    if bad.size:
        good[bad] = False
    return good


def _used_pixels(mask, means, image):
    check_meaning(mask, means)
    if mask is None:
        return np.ones(int(np.prod(image)), bool)
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be a boolean array, got dtype {mask.dtype}")
    if mask.shape != tuple(image):
        raise ValueError(f"mask has shape {mask.shape}, the image {tuple(image)}")
    return ~mask.ravel() if means == "missing" else mask.ravel()
