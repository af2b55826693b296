"""One file per package. Each has a list CONTESTANTS of Contestant; no other file names it."""

import sys
from typing import Callable, NamedTuple

from installed import installed


class Contestant(NamedTuple):
    name: str
    orders: str  # "matrix", "any" (both) or "tensor"
    run: Callable  # run(race): see race.Race
    dtypes: tuple = ("f64", "f32")
    standard: bool = True  # part of a bench that names no contestants
    losses: tuple = ("frobenius",)
    sparse: bool = False  # takes sparse data, too
    free: bool = False  # for models of free signs, and for no others; None: for both

    def takes(self, files, dtype):
        """Whether it can be run on a workload as described by workloads.prepare()."""
        order = "matrix" if len(files["shape"]) == 2 else "tensor"
        return (self.orders in ("any", order) and dtype in self.dtypes and files["loss"] in self.losses
                and (self.sparse or not files["is_sparse"]) and self.free in (None, files["free"]))


def contestants():
    """All contestants whose package is installed, by name, and the reasons why others are missing."""
    return installed(sys.modules[__name__], "CONTESTANTS")
