"""What the library offers: losses, penalties, rules, starts, formats."""
from __future__ import annotations

from rlra._core import ffi, lib
from rlra._library import text

_FIELDS = [name for name, _ in ffi.typeof("rlra_member").fields]


def families() -> list[str]:
    """Names of the families that `members` knows.

    Examples
    --------
    >>> import rlra
    >>> "penalty" in rlra.families()
    True
    """
    names, index = [], 0
    while lib.rlra_family_at(index) != ffi.NULL:
        names.append(text(lib.rlra_family_at(index)))
        index += 1
    return names


def members(family: str) -> list[dict[str, str]]:
    """What a family offers: a dict for each member, with its name, summary, properties and reference.

    Parameters
    ----------
    family : str
        One of `families`.

    Examples
    --------
    >>> import rlra
    >>> "hals" in [rule["name"] for rule in rlra.members("update")]
    True
    """
    if family not in families():
        raise ValueError(f"family must be one of {', '.join(families())}, got {family!r}")
    found, index = [], 0
    while (member := lib.rlra_member_at(family.encode(), index)) != ffi.NULL:
        found.append({name: text(getattr(member, name)) for name in _FIELDS})
        index += 1
    return found
