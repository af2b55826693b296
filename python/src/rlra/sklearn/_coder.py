"""Codes with few entries, with the interface of scikit-learn."""
from numbers import Integral

import numpy as np
from sklearn.utils import check_array, check_scalar
from sklearn.utils.validation import check_is_fitted

from rlra.sklearn._base import FLOATS, Coder, codes


class KSparseCoder(Coder):
    """Each sample as a nonnegative combination of at most k atoms, the best ones: proved, not found greedily.

    Parameters
    ----------
    n_nonzero_coefs : int
        k.
    dictionary : array-like of shape (n_components, n_features), optional
        The atoms; by default the samples that `fit` is given.
    algorithm : {'k_sparse', 'omp', 'backward'}
        'k_sparse' searches all supports, by branch and bound; the others are quick and may miss the best.
    node_limit : int
        Most nodes of the search for one sample, which then keeps the best it has found; 0: no limit.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features)
        The atoms.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where X has names.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.sklearn import KSparseCoder
    >>> spectra = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    >>> coder = KSparseCoder(2).fit(spectra)
    >>> coder.transform(np.array([[2.0, 3.0, 3.0]])).round(12).tolist()
    [[2.0, 0.0, 3.0]]
    """

    def __init__(self, n_nonzero_coefs=1, *, dictionary=None, algorithm="k_sparse", node_limit=0):
        self.n_nonzero_coefs = n_nonzero_coefs
        self.dictionary = dictionary
        self.algorithm = algorithm
        self.node_limit = node_limit

    def fit(self, X, y=None):
        """Take the atoms.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The atoms, of any sign, where the estimator has no `dictionary`; then only the number of features counts.
        y : None
            Not used.

        Returns
        -------
        KSparseCoder
            The estimator itself.
        """
        check_scalar(self.n_nonzero_coefs, "n_nonzero_coefs", Integral, min_val=1)
        X = self._validated(X, reset=True)
        if self.dictionary is None:
            self.components_ = np.array(X)
            return self
        self.components_ = check_array(self.dictionary, dtype=FLOATS)
        if self.components_.shape[1] != X.shape[1]:
            raise ValueError(f"dictionary has {self.components_.shape[1]} features, X has {X.shape[1]}")
        return self

    def transform(self, X):
        """Codes of data.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The data.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Rows with at most `n_nonzero_coefs` entries that differ from zero.
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        limit = {"node_limit": self.node_limit} if self.node_limit else {}
        return codes(X, self.components_, sparsity=self.n_nonzero_coefs, update=self.algorithm, **limit)[0]
