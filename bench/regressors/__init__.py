"""One file per package. Each has a list REGRESSORS of Regressor; no other file names it.

A regressor is called as run(task, effort) and returns X (r x columns) or (X, number of columns done): task has w, y (row-major),
columns_first (y with contiguous columns), sparsity, threads, seconds, library and `stored`, the sparse y or None; what it makes in
prepare(task) is not timed. `effort` is a number of rounds for iterative ones, which are run anew for 1, 2, 4, .. rounds, and None
for exact ones.
"""

import sys
from typing import Callable, NamedTuple

from installed import installed


class Regressor(NamedTuple):
    name: str
    kinds: tuple  # of "nnls", "nnkl", "k-sparse"
    run: Callable
    iterative: bool = False
    prepare: Callable = lambda task: None
    sparse: bool = False  # takes only the stored entries of y; used if most of y is zero
    standard: bool = True  # part of a bench that names no contestants


def regressors():
    """All regressors whose package is installed, by name, and the reasons why others are missing."""
    return installed(sys.modules[__name__], "REGRESSORS")
