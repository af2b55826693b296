"""Models of the library: made, filled and read."""
import numpy as np

from rlra._arrays import FLOATS, dense_view, numpy_of
from rlra._core import ffi, lib


class Model:
    """An rlra_model, freed at the end of its with block."""

    __slots__ = ("context", "arguments", "_own", "pointer")

    def __init__(self, context, dtype, shape, rank):
        self.context, self.arguments = context, (FLOATS[dtype], len(shape), list(shape), rank)

    def __enter__(self):
        self._own = ffi.new("rlra_model **")
        self.context.check(lib.rlra_model_create(self.context.pointer, *self.arguments, self._own))
        self.pointer = self._own[0]
        return self

    def __exit__(self, *failure):
        lib.rlra_model_destroy(self.pointer)
        self.pointer = ffi.NULL

    def factor(self, n):
        """A copy of a factor, rows contiguous."""
        return numpy_of(lib.rlra_model_factor(self.pointer, n)).copy(order="C")

    def factors(self):
        return [self.factor(n) for n in range(lib.rlra_model_order(self.pointer))]

    def weights(self):
        return numpy_of(lib.rlra_model_weights(self.pointer)).copy()

    def fill(self, factors, weights=None):
        """Copy factors into the model; weights go into the first one."""
        for n, factor in enumerate(factors):
            if n == 0 and weights is not None:
                factor = np.asarray(factor) * np.asarray(weights)
            view = dense_view(f"factor {n}", factor)
            self.context.check(lib.rlra_model_set_factor(self.pointer, n, view.c))


class model_of(Model):
    """A model of given factors and weights."""

    __slots__ = ("content",)

    def __init__(self, context, factors, weights):
        super().__init__(context, weights.dtype, [len(factor) for factor in factors], len(weights))
        self.content = factors, weights

    def __enter__(self):
        super().__enter__()
        factors, weights = self.content
        self.fill(factors)
        numpy_of(lib.rlra_model_weights(self.pointer))[:] = weights
        return self
