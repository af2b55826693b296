"""Priors: penalties and constraints of a factor, as short strings or objects."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

MATRIX_FACTORS = {"W": 0, "H": 1}


class Prior:
    """Penalties of a factor, as an object; the same as a string such as ``"nonneg,l1=0.1"``.

    Parameters
    ----------
    *names : str
        Constraints, such as ``"nonneg"`` or ``"simplex"``.
    **weights : float
        Penalties with their weights, such as ``l1=0.1``. ``rlra.members("penalty")`` lists them all.

    Examples
    --------
    >>> import rlra
    >>> str(rlra.Prior("nonneg", l1=0.1))
    'nonneg,l1=0.1'
    """

    def __init__(self, *names: str, **weights: float) -> None:
        self.names, self.weights = names, weights

    def __str__(self):
        return ",".join([*map(str, self.names), *(f"{name}={weight!r}" for name, weight in self.weights.items())])

    def __repr__(self):
        return f"Prior({str(self)!r})"

    def __eq__(self, other):
        return isinstance(other, (Prior, str)) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))


def as_text(prior):
    """A prior as the library reads it."""
    if prior is None:
        return "none"
    if not isinstance(prior, (str, Prior)):
        raise TypeError(f"a prior must be a str, a Prior or None, got {type(prior).__name__}")
    return str(prior)


def _number(key, order):
    if order == 2 and key in MATRIX_FACTORS:
        return MATRIX_FACTORS[key]
    if isinstance(key, int) and 0 <= key < order:
        return key
    names = " or 'W' or 'H'" if order == 2 else ""
    raise ValueError(f"prior names a factor by its number from 0 to {order - 1}{names}, got {key!r}")


def for_factors(prior, standard, order):
    """The text of the prior of each factor, from one for all, one for each, or a mapping of some."""
    if prior is None:
        return [standard] * order
    if isinstance(prior, (str, Prior)):
        return [as_text(prior)] * order
    if isinstance(prior, Mapping):
        texts = [standard] * order
        for key, one in prior.items():
            texts[_number(key, order)] = as_text(one)
        return texts
    if not isinstance(prior, Sequence):
        raise TypeError(f"prior must be a str, a Prior, a dict or one of them for each factor, got {type(prior).__name__}")
    if len(prior) != order:
        raise ValueError(f"prior holds {len(prior)} priors, the data has {order} modes")
    return [as_text(one) for one in prior]
