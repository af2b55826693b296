"""rlra: regularized low-rank approximations of matrices and tensors, numpy in and numpy out."""
from rlra._fit import cp, nmf
from rlra._library import ConvergenceWarning, build_info, get_num_threads, set_num_threads
from rlra._priors import Prior
from rlra._registry import families, members
from rlra._results import Report, Result

__version__ = build_info()["version"]
__all__ = [
    "ConvergenceWarning",
    "Prior",
    "Report",
    "Result",
    "build_info",
    "cp",
    "families",
    "get_num_threads",
    "members",
    "nmf",
    "set_num_threads",
]
