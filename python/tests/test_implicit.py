"""Fits of linear operators: those of the entries, in both precisions; what fails in an operator is raised as it is."""
import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, aslinearoperator

import rlra

SETTINGS = {"max_sweeps": 5, "tolerance": 0.0, "decrease": 0.0, "init": "random", "pass_": "modes"}


def made(shape=(40, 25), dtype=np.float64):
    rng = np.random.default_rng(3)
    return (rng.random((shape[0], 4)) @ rng.random((4, shape[1])) + 0.1 * rng.random(shape)).astype(dtype)


@pytest.mark.filterwarnings("ignore::rlra.ConvergenceWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(40, 25), (25, 40), (1, 9), (9, 1), (70, 90)])
@pytest.mark.parametrize("fit", [rlra.nmf, rlra.cp])
def test_the_fit_is_that_of_the_entries(fit, shape, dtype):
    X = made(shape, dtype)
    rank = min(3, *shape)
    dense, implicit = fit(X, rank, **SETTINGS), fit(aslinearoperator(X), rank, **SETTINGS)
    tolerance = 3e3 * np.finfo(dtype).eps
    for a, b in zip(dense.factors, implicit.factors):
        assert b.dtype == dtype
        np.testing.assert_allclose(a, b, atol=tolerance * a.max())
    norm2 = float(np.square(X, dtype=np.float64).sum())
    assert abs(dense.report.loss - implicit.report.loss) <= tolerance * norm2


@pytest.mark.filterwarnings("ignore::rlra.ConvergenceWarning")
def test_an_operator_may_be_anything_with_products():
    X = made()

    class Operator:
        shape = X.shape

        def matmat(self, V):
            assert V.flags.f_contiguous and V.base is None  # its own, to keep or to change
            return X @ V

        def rmatmat(self, U):
            U *= 2
            return (X.T @ U) / 2

    given = rlra.Implicit(Operator(), norm2=float((X ** 2).sum()), nonneg=True)
    dense, implicit = rlra.nmf(X, 3, update="mu", **SETTINGS), rlra.nmf(given, 3, update="mu", **SETTINGS)
    np.testing.assert_allclose(dense.factors[0], implicit.factors[0], rtol=1e-9, atol=1e-11)


def test_a_sparse_array_is_no_operator():
    sparse = pytest.importorskip("scipy.sparse")
    result = rlra.nmf(sparse.csr_matrix(made()), 2, max_sweeps=300, tolerance=1e-3)
    assert result.report.relative_error < 0.2


@pytest.mark.parametrize("at", range(9))
@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt, ZeroDivisionError])
def test_what_an_operator_raises_is_raised(at, kind):
    X = made()
    calls = []

    def product(V, A):
        calls.append(1)
        if len(calls) == at + 1:
            raise kind("the cluster is gone")
        return A @ V

    operator = LinearOperator(X.shape, matvec=lambda v: X @ v, rmatvec=lambda u: X.T @ u, matmat=lambda V: product(V, X),
                              rmatmat=lambda U: product(U, X.T), dtype=X.dtype)
    with pytest.raises(kind, match="the cluster is gone"):
        rlra.nmf(rlra.Implicit(operator, norm2=float((X ** 2).sum())), 3, max_sweeps=50, tolerance=0.0)
    assert len(calls) == at + 1


class Odd:
    """Products that are not what they should be."""

    def __init__(self, X, change):
        self.X, self.change, self.shape = X, change, X.shape

    def matmat(self, V):
        return self.change(self.X @ V)

    def rmatmat(self, U):
        return self.X.T @ U


@pytest.mark.parametrize("change, kind, words", [
    (lambda Y: Y[:-1], ValueError, r"matmat of X returned shape \(39, 1\), expected \(40, 1\)"),
    (lambda Y: Y[:, 0], ValueError, r"returned shape \(40,\)"),
    (lambda Y: Y + 1j, TypeError, "must return real numbers, got dtype complex128"),
    (lambda Y: None, ValueError, "returned shape"),
    (lambda Y: np.where(Y > -np.inf, np.nan, Y), RuntimeError, "left nan at"),
    (lambda Y: 2 * Y, ValueError, "not those of one matrix"),
])
def test_wrong_products_are_refused(change, kind, words):
    X = made()
    with pytest.raises(kind, match=words):
        rlra.nmf(rlra.Implicit(Odd(X, change), norm2=float((X ** 2).sum())), 3)


@pytest.mark.parametrize("given, words", [
    ({"loss": "kl"}, "known by their products"),
    ({"holdout": 0.1}, "known by their products"),
    ({"init": "snpa"}, "known by their products"),
    ({"mask": np.ones((40, 25), bool)}, "known by its products"),
    ({"weights": np.ones((40, 25))}, "known by its products"),
    ({"missing": "nan"}, "known by its products"),
    ({"update": "mu"}, "nonneg"),
])
def test_what_needs_entries_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        rlra.nmf(aslinearoperator(made()), 3, **given)


def test_bad_operators_are_refused(tmp_path):
    X = made()
    with pytest.raises(TypeError, match="memory_limit"):
        rlra.nmf(aslinearoperator(X), 3, memory_limit=2**20)
    with pytest.raises(TypeError, match="needs shape, matmat and rmatmat"):
        rlra.Implicit(X)
    with pytest.raises(TypeError, match="real numbers"):
        rlra.nmf(aslinearoperator(X + 0j), 3)
    for norm2 in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="norm2"):
            rlra.nmf(rlra.Implicit(aslinearoperator(X), norm2=norm2), 3)
    with pytest.raises(ValueError, match="norm2"):
        rlra.nmf(rlra.Implicit(aslinearoperator(X), norm2=0.5 * float((X ** 2).sum())), 3)
    with pytest.raises(ValueError, match="digest"):
        rlra.nmf(aslinearoperator(X), 3, checkpoint=tmp_path / "kept")


@pytest.mark.filterwarnings("ignore::rlra.ConvergenceWarning")
def test_a_digest_makes_checkpoints_possible(tmp_path):
    X = made()

    def fit(sweeps, **given):
        return rlra.nmf(rlra.Implicit(aslinearoperator(X), digest=2**64 - 1), 3, max_sweeps=sweeps, tolerance=0.0, decrease=0.0,
                        **given)

    fit(3, checkpoint=tmp_path / "kept")
    resumed, whole = fit(6, checkpoint=tmp_path / "kept", resume=True), fit(6)
    for a, b in zip(resumed.factors, whole.factors):
        assert (a == b).all()
