"""Arrays and decompositions as tensorly has them, or their likes where it is not installed."""
from typing import NamedTuple

import numpy as np

try:
    import tensorly
    from tensorly.cp_tensor import CPTensor
except ImportError:
    tensorly = None


class Kruskal(NamedTuple):
    """What stands for tensorly's CPTensor where tensorly is not installed."""

    weights: np.ndarray
    factors: list


def as_numpy(tensor):
    """An array of any backend as one of numpy."""
    return np.asarray(tensor) if tensorly is None else tensorly.to_numpy(tensor)


def as_tensor(array):
    """An array of numpy as one of tensorly's backend."""
    return array if tensorly is None else tensorly.tensor(array)


def as_cp_tensor(weights, factors):
    """A decomposition of tensorly's backend."""
    if tensorly is None:
        return Kruskal(weights, factors)
    return CPTensor((as_tensor(weights), [as_tensor(factor) for factor in factors]))
