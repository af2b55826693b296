"""What the estimators share: codes of samples for given components, and the way back."""
import warnings
from numbers import Integral

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from rlra._nnls import nnls

FLOATS = [np.float64, np.float32]
SPARSE = ("csr", "csc")
_SEEDS = 2**31 - 1


def seed_of(random_state):
    """A seed of the library: a whole number is one, a generator is asked for one."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(_SEEDS))


def warn_of_limit(max_iter):
    """Warn, in the words of scikit-learn, that iterations ended at their limit."""
    warnings.warn(f"Maximum number of iterations {max_iter} reached. Increase it to improve convergence.",
                  ConvergenceWarning, stacklevel=4)


def codes(X, components, *, start=None, **options):
    """The W of the regression ``X ~ W @ components``, and its certificate."""
    begin = None if start is None else start.T
    regression = nnls(components.T, X.T, start=begin, dtype=X.dtype, **options)
    if regression.report.stop == "sweeps":
        warn_of_limit(nnls.task.defaults.max_sweeps)
    return np.ascontiguousarray(regression.X.T), regression


class Coder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """An estimator that writes samples as combinations of the rows of `components_`."""

    _positive_only = False
    _sparse = SPARSE

    def _validated(self, X, reset):
        """The data as float32 or float64, with the features of the fit."""
        gaps = self._takes_nan()
        try:
            X = validate_data(self, X, accept_sparse=False if gaps else self._sparse, dtype=FLOATS, reset=reset,
                              ensure_all_finite="allow-nan" if gaps else True,
                              ensure_non_negative=self._positive_only and not gaps)
        except ValueError as failure:
            if "contains NaN" not in str(failure) or not hasattr(self, "missing") or issparse(X):
                raise
            raise ValueError(f'{failure}\n{type(self).__name__}(missing="nan") takes NaN as missing entries.') from None
        if gaps and self._positive_only:
            check_non_negative(np.nan_to_num(X), type(self).__name__)
        return X

    def _takes_nan(self):
        """Whether entries that are NaN are missing."""
        return getattr(self, "missing", "none") == "nan"

    def inverse_transform(self, X):
        """The data that codes stand for.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_components)
            Codes.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            ``X @ components_``.
        """
        check_is_fitted(self)
        return check_array(X, accept_sparse=SPARSE, dtype=FLOATS) @ self.components_

    @property
    def _n_features_out(self):
        """For the names of features."""
        return self.components_.shape[0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = self._positive_only
        tags.input_tags.allow_nan = self._takes_nan()
        tags.input_tags.sparse = bool(self._sparse) and not self._takes_nan()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
