"""rlra: regularized low-rank approximations of matrices and tensors, numpy in and numpy out."""
from rlra._batch import Batch
from rlra._files import load, save, variables
from rlra._fit import cp, nmf
from rlra._implicit import Implicit
from rlra._library import ConvergenceWarning, build_info, get_num_threads, set_num_threads
from rlra._nnls import Regression, nnls
from rlra._posed import Problem
from rlra._priors import Prior
from rlra._registry import families, members
from rlra._reports import NNLSReport, Report
from rlra._results import Result
from rlra._separable import Separable, separable
from rlra._topics import Topics, topics
from rlra._unmix import Unmixing, unmix

__version__ = build_info()["version"]
__all__ = [
    "Batch",
    "ConvergenceWarning",
    "Implicit",
    "NNLSReport",
    "Prior",
    "Problem",
    "Regression",
    "Report",
    "Result",
    "Separable",
    "Topics",
    "Unmixing",
    "build_info",
    "cp",
    "families",
    "get_num_threads",
    "load",
    "members",
    "nmf",
    "nnls",
    "save",
    "separable",
    "set_num_threads",
    "topics",
    "unmix",
    "variables",
]
