"""Near-separable NMF with the interface of scikit-learn."""
import numpy as np
from sklearn.utils.validation import check_is_fitted

from rlra._separable import separable
from rlra.sklearn._base import Coder, codes


class SeparableNMF(Coder):
    """Samples of which all others are nearly nonnegative combinations: ``X ~ W @ X[sample_indices_]``.

    Parameters
    ----------
    n_components : int, optional
        Number of samples to pick; by default the smaller of n_samples and n_features.
    method : {'spa', 'snpa', 'rank_two'}
        How to pick; 'rank_two' is for nonnegative data and two samples. See ``rlra.members("separable")``.
    residual : float, optional
        Pick no more when the largest residual falls below this part of the largest sample.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        The samples that were picked.
    sample_indices_ : ndarray of int
        Which they are, in the order picked.
    n_components_ : int
        How many: less than was asked for where no more are independent.
    reconstruction_err_ : float
        The norm of ``X - W @ components_``.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where X has names.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.sklearn import SeparableNMF
    >>> pure = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
    >>> X = np.vstack([pure.mean(axis=0), pure])
    >>> model = SeparableNMF(2).fit(X)
    >>> sorted(model.sample_indices_.tolist())
    [1, 2]
    >>> model.transform(X)[0].round(12).tolist()
    [0.5, 0.5]
    """

    _sparse = False

    def __init__(self, n_components=None, *, method="snpa", residual=None):
        self.n_components = n_components
        self.method = method
        self.residual = residual

    def fit(self, X, y=None):
        """Pick samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data, of any sign.
        y : None
            Not used.

        Returns
        -------
        SeparableNMF
            The estimator itself.
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X, y=None):
        """Pick samples, and write all as their combinations; see `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_components_)
            W.
        """
        X = self._validated(X, reset=True)
        rank = min(X.shape) if self.n_components is None else self.n_components
        found = separable(X.T, rank, method=self.method, residual=self.residual)
        self.sample_indices_ = np.array(found.columns)
        self.components_ = X[self.sample_indices_]
        self.n_components_ = len(self.sample_indices_)
        W, loss = self._codes(X)
        self.reconstruction_err_ = np.sqrt(2 * loss)
        return W

    def transform(self, X):
        """Codes of data for the samples that were picked.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The data.

        Returns
        -------
        ndarray of shape (n_samples, n_components_)
            The nonnegative W that minimises the norm of ``X - W @ components_``.
        """
        check_is_fitted(self)
        return self._codes(self._validated(X, reset=False))[0]

    def _codes(self, X):
        if self.n_components_ == 0:
            return np.zeros((X.shape[0], 0), X.dtype), 0.0
        W, regression = codes(X, self.components_)
        return W, regression.report.loss
