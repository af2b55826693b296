"""Types of arguments, for type checkers; not imported when the package runs."""
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Union

from numpy.typing import ArrayLike, DTypeLike

from rlra._priors import Prior
from rlra._results import Result

# Arrays of numpy and what becomes one, frames of pandas, sparse arrays and operators of scipy, which has no types of its own.
Data = Any
PathLike = Union[str, "os.PathLike[str]"]
OnePrior = Union[str, Prior, None]
Priors = Union[OnePrior, Sequence[OnePrior], Mapping[Any, OnePrior]]
Start = Union[str, Result, Sequence[ArrayLike], None]
Progress = Union[bool, Callable[[dict], Any]]
Missing = Literal["none", "nan", "unstored"]
FirstColumn = Literal["auto", "data", "names", "axis"]
Decimal = Literal["point", "comma", ".", ",", None]
MaskMeans = Union[Literal["observed", "missing"], None]
Precision = Union[DTypeLike, Literal["f32", "f64"], None]
Method = Literal["spa", "snpa", "rank_two"]
Words = Union[Sequence[str], None]
