"""Estimators with the interface of scikit-learn, which only this module imports.

`NMF` and `non_negative_factorization` take the place of those of ``sklearn.decomposition``.
"""
from rlra.sklearn._coder import KSparseCoder
from rlra.sklearn._factorization import non_negative_factorization
from rlra.sklearn._nmf import NMF
from rlra.sklearn._separable import SeparableNMF

__all__ = ["KSparseCoder", "NMF", "SeparableNMF", "non_negative_factorization"]
