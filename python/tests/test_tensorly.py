"""Functions in the place of tensorly's: its signatures, its results, its types, and no need of it."""
import doctest
import importlib
import inspect
import subprocess
import sys

import numpy as np
import pytest

tensorly = pytest.importorskip("tensorly")

import tensorly.decomposition  # noqa: E402
import tensorly.solvers.nnls as theirs  # noqa: E402
from tensorly.cp_tensor import CPTensor  # noqa: E402

import rlra.tensorly as ours  # noqa: E402
from swapped import SUITES  # noqa: E402

PARAFACS = [ours.non_negative_parafac, ours.non_negative_parafac_hals]


@pytest.fixture
def normal(rng):
    """Normal equations of a regression some of whose coefficients are zero."""
    U, M = rng.random((20, 6)), rng.random((20, 4))
    M[:, 1] -= 0.7
    return U.T @ M, U.T @ U


@pytest.fixture
def tensor(rng):
    """A nonnegative tensor of rank 2."""
    return np.einsum("ir,jr,kr->ijk", *(rng.random((length, 2)) for length in (6, 7, 8)))


@pytest.mark.parametrize("name", ["tensorly-nnls", "tensorly-cp"])
def test_tensorly_s_own_tests_fail_only_for_reasons_in_the_guide(name):
    suite = SUITES[name]
    if not suite.exists():
        pytest.skip("tensorly was installed without its tests")
    passed, failed = suite.run()
    assert passed
    assert [test for test in failed if not suite.justified(test)] == []


@pytest.mark.parametrize("module", ["_parafac", "_regression"])
def test_examples_of_docstrings_run(module):
    result = doctest.testmod(importlib.import_module(f"rlra.tensorly.{module}"))
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.parametrize("name", ours.__all__)
def test_signatures_are_those_of_tensorly(name):
    function = getattr(theirs, name, None) or getattr(tensorly.decomposition, name)
    assert inspect.signature(getattr(ours, name)) == inspect.signature(function)


def test_without_tensorly_results_are_plain():
    program = """if True:
        import sys
        sys.modules["tensorly"] = None
        import numpy as np
        from rlra.tensorly import hals_nnls, non_negative_parafac_hals
        weights, factors = found = non_negative_parafac_hals(np.ones((2, 3, 4)), 1)
        assert found.factors is factors and type(factors[0]) is np.ndarray
        assert type(hals_nnls(np.ones((2, 1)), np.eye(2))) is np.ndarray"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("settings", [
    {}, {"sparsity_coefficient": 0.3}, {"ridge_coefficient": 0.4}, {"epsilon": 0.01}, {"exact": True}])
def test_hals_minimises_what_tensorly_s_does(settings, normal):
    expected = theirs.hals_nnls(*normal, n_iter_max=5000, **{**settings, "exact": False})
    np.testing.assert_allclose(ours.hals_nnls(*normal, **settings), expected, atol=1e-8)


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_a_round_of_hals_is_that_of_tensorly_and_leaves_the_start_alone(rounds, normal):
    start = np.ones((6, 4))
    found = ours.hals_nnls(*normal, V=start, n_iter_max=rounds)
    assert (start == 1).all()
    np.testing.assert_allclose(found, theirs.hals_nnls(*normal, V=start.copy(), n_iter_max=rounds), rtol=1e-11, atol=1e-13)


def test_a_callback_sees_each_round_and_can_end_them(normal):
    seen = []
    found = ours.hals_nnls(*normal, callback=lambda V, error: seen.append((V, error)) or len(seen) == 3)
    assert len(seen) == 3 and seen[0][1] > seen[1][1] > seen[2][1]
    np.testing.assert_array_equal(found, seen[2][0])


@pytest.mark.parametrize(("UtM", "UtU", "sentence"), [
    (np.ones((4, 3)), np.eye(2), "UtU must be square and UtM have as many rows"),
    (np.ones((2, 3)), np.ones((2, 3)), "UtU must be square"),
    (np.ones((2, 3)), np.full((2, 2), np.nan), "UtU holds NaN or Inf"),
    (np.full((2, 3), np.inf), np.eye(2), "UtM holds NaN or Inf"),
])
def test_equations_that_are_none_are_refused(UtM, UtU, sentence):
    for solver in (ours.hals_nnls, ours.fista, ours.active_set_nnls):
        with pytest.raises(ValueError, match=sentence):
            solver(UtM, UtU)


def test_rows_of_zeros_are_lifted_if_asked():
    UtM, UtU = np.array([[1.0, 2.0], [-1.0, -1.0]]), np.eye(2)
    assert (ours.hals_nnls(UtM, UtU)[1] == 0).all()
    assert (ours.hals_nnls(UtM, UtU, nonzero_rows=True)[1] > 0).all()
    with pytest.raises(ValueError, match="Column 1 of U is zero"):
        ours.hals_nnls(UtM, np.diag([1.0, 0.0]), nonzero_rows=True)


@pytest.mark.parametrize("settings", [{}, {"sparsity_coef": 0.3}, {"ridge_coef": 0.4}, {"epsilon": 0.01},
                                      {"non_negative": False}])
def test_fista_minimises_what_tensorly_s_does(settings, normal):
    expected = theirs.fista(*normal, n_iter_max=3000, tol=1e-14, **settings)
    np.testing.assert_allclose(ours.fista(*normal, n_iter_max=3000, tol=1e-10, **settings), expected, atol=1e-6)


def test_fista_takes_a_gram_matrix_for_each_mode_of_a_core(rng):
    U, V, core = rng.random((8, 2)), rng.random((9, 3)), rng.random((2, 3))
    found = ours.fista(U.T @ (U @ core @ V.T) @ V, [U.T @ U, V.T @ V], n_iter_max=5000)
    np.testing.assert_allclose(found, core, atol=1e-6)


def test_the_active_set_is_that_of_tensorly(normal):
    UtM, UtU = normal
    for column in UtM.T:
        np.testing.assert_allclose(ours.active_set_nnls(column, UtU), theirs.active_set_nnls(column, UtU), atol=1e-12)
    found = ours.active_set_nnls(UtM[:, 1].astype(np.float32), UtU.astype(np.float32))
    assert found.dtype == np.float32


@pytest.mark.parametrize("gram", [np.zeros((2, 2)), np.ones((2, 2)), np.diag([1.0, 0.0])])
def test_a_singular_gram_matrix_does_no_harm(gram):
    found = ours.hals_nnls(gram @ np.ones((2, 3)), gram)
    assert (found >= 0).all()
    np.testing.assert_allclose(gram @ found, gram @ np.ones((2, 3)), atol=1e-7)


@pytest.mark.parametrize("function", PARAFACS)
@pytest.mark.parametrize("normalize", [False, True])
def test_a_decomposition_is_found_and_has_tensorly_s_type(function, normalize, tensor):
    found, errors = function(tensor, 2, n_iter_max=2000, init="random", random_state=1, normalize_factors=normalize,
                             return_errors=True)
    assert isinstance(found, CPTensor)
    error = np.linalg.norm(tensorly.cp_to_tensor(found) - tensor) / np.linalg.norm(tensor)
    assert error < 0.02 and errors[-1] == pytest.approx(error, abs=1e-6)
    if normalize:
        np.testing.assert_allclose([np.linalg.norm(factor, axis=0) for factor in found.factors], 1)


@pytest.mark.parametrize("function", PARAFACS)
@pytest.mark.parametrize("fixed", [[0], [2], [0, 1], [0, 1, 2]])
def test_fixed_factors_stay_and_the_others_fit(function, fixed, tensor, rng):
    init = CPTensor((None, [rng.random((length, 2)) for length in tensor.shape]))
    found, errors = function(tensor, 2, init=init, fixed_modes=fixed, return_errors=True)
    for mode in range(3):
        assert (found.factors[mode] == init.factors[mode]).all() == (mode in fixed)
    assert (np.diff(errors) <= 1e-12).all()


def test_only_the_modes_asked_for_are_nonnegative(rng):
    parts = [rng.random((6, 2)), rng.standard_normal((7, 2)), rng.random((8, 2))]
    X = np.einsum("ir,jr,kr->ijk", *parts)
    found, errors = ours.non_negative_parafac_hals(X, 2, nn_modes={0, 2}, n_iter_max=500, random_state=0,
                                                   return_errors=True)
    assert errors[-1] < 1e-3
    assert (found.factors[0] >= 0).all() and (found.factors[2] >= 0).all() and (found.factors[1] < 0).any()


def test_sparsity_makes_zeros(tensor):
    dense, sparse = (ours.non_negative_parafac_hals(tensor, 3, sparsity_coefficients=weights, random_state=0)
                     for weights in (None, [0.5, 0.5, 0.5]))
    zeros = [sum((factor == 0).sum() for factor in found.factors) for found in (dense, sparse)]
    assert zeros[1] > zeros[0]


def test_masked_entries_do_not_matter(tensor, rng):
    mask = rng.random(tensor.shape) < 0.8
    spoilt = np.where(mask, tensor, 1e3)
    found = ours.non_negative_parafac(spoilt, 2, n_iter_max=3000, tol=1e-9, mask=mask, random_state=0)
    np.testing.assert_allclose(tensorly.cp_to_tensor(found), tensor, atol=0.1)


def test_ranks_can_be_shares(tensor):
    assert ours.non_negative_parafac_hals(tensor, "same").factors[0].shape[1] == 16
    assert ours.non_negative_parafac_hals(tensor, 0.25).factors[0].shape[1] == 4


@pytest.mark.parametrize(("settings", "kind", "sentence"), [
    ({"init": "best"}, ValueError, 'Initialization method "best" not recognized'),
    ({"cvg_criterion": "rec"}, TypeError, "cvg_criterion must be one of"),
    ({"rank": "some"}, TypeError, "rank must be a whole number, got str"),
    ({"sparsity_coefficients": [1.0]}, ValueError, "sparsity_coefficients holds 1 numbers, the data has 3 modes"),
])
def test_what_means_nothing_is_refused(settings, kind, sentence, tensor):
    with pytest.raises(kind, match=sentence):
        ours.non_negative_parafac_hals(tensor, **{"rank": 2, **settings})
