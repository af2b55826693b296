"""Models of the library: made, filled and read."""
import numpy as np

from rlra._arrays import FLOATS, dense_view, numpy_of
from rlra._core import ffi, lib


class Model:
    """An rlra_model, freed at the end of its with block."""

    __slots__ = ("context", "dtype", "arguments", "_own", "pointer")

    def __init__(self, context, dtype, shape, rank):
        self.context, self.dtype, self.arguments = context, dtype, (FLOATS[dtype], len(shape), list(shape), rank)

    def __enter__(self):
        self._own = ffi.new("rlra_model **")
        self.context.check(lib.rlra_model_create(self.context.pointer, *self.arguments, self._own))
        self.pointer = self._own[0]
        return self

    def __exit__(self, *failure):
        lib.rlra_model_destroy(self.pointer)
        self.pointer = ffi.NULL

    def factors(self):
        """Copies of the factors, rows contiguous."""
        _, order, shape, rank = self.arguments
        made = [np.empty((length, rank), self.dtype) for length in shape]
        for n in range(order):
            lib.rlra_copy_factor(self.pointer, n, ffi.from_buffer(made[n]))
        return made

    def weights(self):
        made = np.empty(self.arguments[-1], self.dtype)
        lib.rlra_copy_weights(self.pointer, ffi.from_buffer(made))
        return made

    def fill(self, factors, weights=None):
        """Copy factors into the model; weights go into the first one."""
        for n, factor in enumerate(factors):
            if n == 0 and weights is not None:
                factor = np.asarray(factor) * np.asarray(weights)
            view = dense_view(f"factor {n}", factor)
            self.context.check(lib.rlra_model_set_factor(self.pointer, n, view.c))


class FilledModel(Model):
    """A model of given factors and weights."""

    __slots__ = ("content",)

    def __init__(self, context, factors, weights):
        super().__init__(context, weights.dtype, [len(factor) for factor in factors], len(weights))
        self.content = factors, weights

    def __enter__(self):
        super().__enter__()
        factors, weights = self.content
        for n, factor in enumerate(factors):  # NaN and all: what was left out of a scene is NaN
            numpy_of(lib.rlra_model_factor(self.pointer, n))[:] = factor
        numpy_of(lib.rlra_model_weights(self.pointer))[:] = weights
        return self
