"""One file per package. Each has a list CONTESTANTS of Contestant; nothing else needs to know of it."""

import sys
from typing import Callable, NamedTuple

from installed import installed


class Contestant(NamedTuple):
    name: str
    orders: str  # "matrix", "any" (both) or "tensor"
    run: Callable  # run(race): see race.Race
    dtypes: tuple = ("f64", "f32")
    standard: bool = True  # part of a bench that names no contestants

    def takes(self, order, dtype):
        right_order = self.orders == "any" or self.orders == ("matrix" if order == 2 else "tensor")
        return right_order and dtype in self.dtypes


def contestants():
    """All contestants whose package is installed, by name, and the reasons why others are missing."""
    return installed(sys.modules[__name__], "CONTESTANTS")
