"""NMF with the interface of scikit-learn's."""
import math

from sklearn.utils.validation import check_is_fitted

from rlra.sklearn._base import Coder
from rlra.sklearn._factorization import Factorization, check_parameters


class NMF(Coder):
    """Nonnegative matrix factorization ``X ~ W @ H``, in the place of ``sklearn.decomposition.NMF``.

    Minimises::

        loss(X, W @ H) + alpha_W * n_features * (l1_ratio * sum(W) + (1 - l1_ratio) / 2 * sum(W**2))
                       + alpha_H * n_samples  * (l1_ratio * sum(H) + (1 - l1_ratio) / 2 * sum(H**2))

    Parameters
    ----------
    n_components : int, 'auto' or None
        Number of components. 'auto': that of a start that is given, or else all features, like None.
    init : {'random', 'nndsvd', 'nndsvda', 'nndsvdar', 'custom'} or another start, optional
        The start, see ``rlra.members("init")``; by default 'nndsvda', or 'random' for more components than samples or
        features. 'custom': W and H of `fit`.
    solver : {'cd', 'mu', 'auto'} or another rule
        'cd' is coordinate descent (hals), 'mu' multiplicative updates; see ``rlra.members("update")``.
    beta_loss : {'frobenius', 'kullback-leibler', 'itakura-saito'} or float
        The loss, a beta divergence. 'cd' takes 'frobenius' only.
    tol : float
        Stop when the KKT residual falls below, see ``rlra.nmf``; 'mu' also when the root of the loss falls by less than this
        part of it in ten iterations.
    max_iter : int
        Most sweeps over W and H.
    random_state : int, RandomState or None
        For random starts and the order of coordinates.
    alpha_W, alpha_H : float
        Weights of the penalties; alpha_H may be 'same'.
    l1_ratio : float
        From 0, the penalty is the sum of squares, to 1, it is the sum.
    verbose : int
        Other than 0: report progress on stderr.
    shuffle : bool
        Take coordinates in random order.
    missing : {'none', 'nan'}
        'nan': entries of dense data that are NaN are missing, in `fit` and in `transform`: the fit is to the others, and a sample
        without any has a row of zeros. Otherwise NaN is refused.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features)
        H.
    n_components_ : int
    reconstruction_err_ : float
        The root of twice the loss: of 'frobenius' the norm of ``X - W @ H``, over the entries that are not missing.
    n_iter_ : int
        Sweeps of the fit.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where X has names.

    Notes
    -----
    A fit ends with the exact regression of W on H, so `transform` of the training data gives what `fit_transform` gives, to the
    tolerance of a regression; where the divergence is not convex in W (beta_loss outside of [1, 2]) it may differ.

    Examples
    --------
    >>> import numpy as np
    >>> from rlra.sklearn import NMF
    >>> X = np.array([[1, 1], [2, 1], [3, 1.2], [4, 1], [5, 0.8], [6, 1]])
    >>> model = NMF(n_components=2, random_state=0)
    >>> W = model.fit_transform(X)
    >>> bool(np.allclose(W @ model.components_, X, atol=1e-2))
    True
    """

    _positive_only = True

    def __init__(self, n_components="auto", *, init=None, solver="cd", beta_loss="frobenius", tol=1e-4, max_iter=200,
                 random_state=None, alpha_W=0.0, alpha_H="same", l1_ratio=0.0, verbose=0, shuffle=False,
                 missing="none"):
        self.n_components = n_components
        self.init = init
        self.solver = solver
        self.beta_loss = beta_loss
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.alpha_W = alpha_W
        self.alpha_H = alpha_H
        self.l1_ratio = l1_ratio
        self.verbose = verbose
        self.shuffle = shuffle
        self.missing = missing

    def fit(self, X, y=None, W=None, H=None):
        """Find components of the data.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The data, nonnegative.
        y : None
            Not used.
        W, H : array-like, optional
            The start if ``init="custom"``.

        Returns
        -------
        NMF
            The estimator itself.
        """
        self.fit_transform(X, W=W, H=H)
        return self

    def fit_transform(self, X, y=None, W=None, H=None):
        """Find components of the data, and its codes; see `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            W.
        """
        check_parameters(self)
        task = Factorization(self, self._validated(X, reset=True))
        codes, self.components_, self.n_iter_, loss = task.fit(W, H)
        self.n_components_ = self._n_components = len(self.components_)
        self.reconstruction_err_ = math.sqrt(2 * max(loss, 0.0))
        return codes

    def transform(self, X):
        """Codes of data for the components that were found.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The data, nonnegative.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            W.
        """
        check_is_fitted(self)
        return Factorization(self, self._validated(X, reset=False)).codes(self.components_)[0]
