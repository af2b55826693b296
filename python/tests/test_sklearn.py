"""Estimators: the conventions of scikit-learn, its objective, and what they promise beyond."""
import doctest
import importlib
import itertools
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.base import clone  # noqa: E402
from sklearn.decomposition import NMF as Reference  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

import rlra  # noqa: E402
from rlra.sklearn import NMF, KSparseCoder, SeparableNMF, non_negative_factorization  # noqa: E402
from swapped import SUITES  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
              pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")]
LOSSES = [("cd", "frobenius"), ("mu", "frobenius"), ("mu", "kullback-leibler"), ("auto", 1.5), ("auto", 2)]


@parametrize_with_checks([NMF(), NMF(missing="nan"), SeparableNMF(), KSparseCoder()])
def test_conventions_of_scikit_learn_are_kept(estimator, check):
    check(estimator)


def test_scikit_learn_s_own_tests_fail_only_for_reasons_in_the_guide():
    suite = SUITES["sklearn"]
    if not suite.exists():
        pytest.skip("scikit-learn was installed without its tests")
    passed, failed = suite.run()
    assert len(passed) > 150
    assert [test for test in failed if not suite.justified(test)] == []


def test_the_package_alone_does_not_import_scikit_learn():
    program = "import sys, rlra; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("module", ["_nmf", "_factorization", "_separable", "_coder"])
def test_examples_of_docstrings_run(module):
    result = doctest.testmod(importlib.import_module(f"rlra.sklearn.{module}"))
    assert result.attempted > 0 and result.failed == 0


def objective(X, W, H, alpha_W, alpha_H, l1_ratio):
    """As scikit-learn's documentation has it."""
    samples, features = X.shape
    penalty = [l1_ratio * factor.sum() + (1 - l1_ratio) / 2 * (factor**2).sum() for factor in (W, H)]
    return ((X - W @ H)**2).sum() / 2 + alpha_W * features * penalty[0] + alpha_H * samples * penalty[1]


@pytest.mark.parametrize("penalty", [(0.01, 0.02, 0.0), (0.001, 0.002, 1.0), (0.02, 0.005, 0.4)])
def test_the_objective_is_that_of_scikit_learn(penalty, planted):
    alpha_W, alpha_H, l1_ratio = penalty
    settings = {"n_components": 2, "alpha_W": alpha_W, "alpha_H": alpha_H, "l1_ratio": l1_ratio, "max_iter": 5000}
    theirs = Reference(tol=1e-9, **settings)
    W = theirs.fit_transform(planted)
    there = objective(planted, W, theirs.components_, *penalty)
    ours = NMF(tol=1e-9, init="custom", **settings)
    here = objective(planted, ours.fit_transform(planted, W=W, H=theirs.components_), ours.components_, *penalty)
    assert here == pytest.approx(there, rel=1e-6)


def test_each_sweep_lowers_the_objective(rng):
    X = rng.random((20, 15))
    W, H = rng.random((20, 10)), rng.random((10, 15))
    values = []
    for _ in range(20):
        W, H, _ = non_negative_factorization(X, W, H, 10, init="custom", max_iter=1, alpha_W=0.1, l1_ratio=0.5, tol=0)
        values.append(objective(X, W, H, 0.1, 0.1, 0.5))
    assert (np.diff(values) <= 10 * np.finfo(float).eps * values[0]).all() and values[-1] < 0.9 * values[0]


@pytest.mark.parametrize(("solver", "loss"), LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_transform_of_the_training_data_is_what_the_fit_returned(solver, loss, dtype, rng):
    X = rng.random((30, 20)).astype(dtype)
    model = NMF(4, solver=solver, beta_loss=loss, random_state=0)
    W = model.fit_transform(X)
    assert W.dtype == model.components_.dtype == model.transform(X).dtype == dtype
    np.testing.assert_allclose(model.transform(X), W, atol=1e4 * np.finfo(dtype).eps**0.75)


@pytest.mark.parametrize(("solver", "loss"), [*LOSSES[:-1], ("mu", 2.5)])
@pytest.mark.parametrize("container", [sp.csr_array, sp.csc_matrix])
def test_sparse_and_dense_data_give_the_same(solver, loss, container, rng):
    X = rng.random((30, 20)) * (rng.random((30, 20)) < 0.4)
    models = [NMF(3, solver=solver, beta_loss=loss, init="nndsvda", max_iter=20, random_state=0) for _ in range(2)]
    dense, sparse = models[0].fit_transform(X), models[1].fit_transform(container(X))
    np.testing.assert_allclose(sparse, dense, atol=1e-6)
    np.testing.assert_allclose(models[1].transform(container(X)), sparse, atol=1e-6)


@pytest.mark.parametrize(("loss", "error"), [
    ("frobenius", lambda X, Y: np.linalg.norm(X - Y)),
    ("kullback-leibler", lambda X, Y: np.sqrt(2 * (X * np.log(X / Y) - X + Y).sum())),
    ("itakura-saito", lambda X, Y: np.sqrt(2 * (X / Y - np.log(X / Y) - 1).sum()))])
def test_the_reconstruction_error_is_the_root_of_twice_the_loss(loss, error, rng):
    X = rng.random((20, 15)) + 0.1
    model = NMF(3, solver="auto", beta_loss=loss, random_state=0)
    W = model.fit_transform(X)
    assert model.reconstruction_err_ == pytest.approx(error(X, W @ model.components_), rel=1e-9)
    np.testing.assert_allclose(model.inverse_transform(W), W @ model.components_)


def test_a_word_that_no_training_document_has_does_not_make_the_loss_infinite(rng):
    X = rng.random((12, 6))
    X[:, 2] = 0
    model = NMF(2, solver="mu", beta_loss="kullback-leibler", random_state=0).fit(X)
    new = rng.random((3, 6))
    kept = [0, 1, 3, 4, 5]
    expected = rlra.nnls(model.components_[:, kept].T, new[:, kept].T, loss="kl").X.T
    np.testing.assert_allclose(model.transform(new), expected, rtol=1e-6)


def test_all_zeros_are_a_fit_too():
    for loss in ("frobenius", "kullback-leibler"):
        model = NMF(2, solver="mu", beta_loss=loss)
        assert not model.fit_transform(np.zeros((4, 3))).any()
        assert model.reconstruction_err_ == 0


def test_a_random_state_decides_the_result(rng):
    X = rng.random((20, 10))
    fits = [NMF(3, init="random", random_state=state).fit_transform(X)
            for state in (3, 3, 4, np.random.RandomState(3), np.random.RandomState(3))]
    assert (fits[0] == fits[1]).all() and (fits[3] == fits[4]).all()
    assert (fits[0] != fits[2]).any()


def test_a_fit_that_did_not_converge_warns_as_scikit_learn_does(rng):
    with pytest.warns(ConvergenceWarning, match="Maximum number of iterations 3 reached"):
        NMF(3, max_iter=3).fit(rng.random((20, 10)))


@pytest.mark.parametrize(("settings", "kind", "sentence"), [
    ({"solver": "newt"}, ValueError, "update"),
    ({"n_components": 0}, ValueError, "n_components == 0, must be >= 1"),
    ({"n_components": 2.5}, TypeError, "n_components must be an instance of int"),
    ({"tol": -1.0}, ValueError, "tol == -1.0, must be >= 0"),
    ({"l1_ratio": 2.0}, ValueError, "l1_ratio == 2.0, must be <= 1"),
    ({"init": "best"}, ValueError, "init"),
    ({"beta_loss": [1]}, TypeError, "beta_loss must be a str or a number, got list"),
    ({"beta_loss": "euclidean", "solver": "mu"}, ValueError, "loss"),
    ({"solver": "mu", "beta_loss": 0}, ValueError, "beta_loss <= 0 and X contains zeros"),
])
def test_parameters_that_mean_nothing_are_refused(settings, kind, sentence):
    with pytest.raises(kind, match=sentence):
        NMF(**settings).fit(np.eye(4))


def test_estimators_can_be_cloned_pickled_and_searched(planted):
    search = GridSearchCV(make_pipeline(MinMaxScaler(clip=True), NMF(random_state=0)), {"nmf__n_components": [1, 3]}, cv=2,
                          scoring=lambda model, X: -np.linalg.norm(model[0].transform(X) - model[1].inverse_transform(
                              model.transform(X))))
    search.fit(planted)
    assert search.best_params_ == {"nmf__n_components": 3}
    model = search.best_estimator_[1]
    back = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(back.transform(planted), model.transform(planted))
    with pytest.raises(NotFittedError):
        clone(model).transform(planted)


def test_frames_give_names(planted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(planted, columns=[f"f{i}" for i in range(planted.shape[1])])
    model = NMF(3).set_output(transform="pandas")
    W = model.fit_transform(frame)
    assert list(W.columns) == list(model.get_feature_names_out()) == ["nmf0", "nmf1", "nmf2"]
    assert list(model.feature_names_in_) == list(frame.columns)


@pytest.mark.parametrize("method", ["spa", "snpa"])
def test_planted_samples_are_picked(method, rng):
    pure = np.hstack([np.eye(3), rng.random((3, 4))])
    shares = rng.dirichlet(np.ones(3), 30)
    X = np.vstack([shares @ pure, pure])
    model = SeparableNMF(3, method=method)
    W = model.fit_transform(X)
    assert sorted(model.sample_indices_) == [30, 31, 32]
    np.testing.assert_allclose(W @ model.components_, X, atol=1e-12)
    assert model.reconstruction_err_ < 1e-12
    np.testing.assert_array_equal(model.transform(X), W)


def test_codes_have_the_best_support(rng):
    atoms, X = rng.random((6, 8)), rng.random((5, 8))
    coder = KSparseCoder(2, dictionary=atoms).fit(X)
    W = coder.transform(X)
    assert ((W != 0).sum(axis=1) <= 2).all()
    for sample, code in zip(X, W):
        pairs = [list(pair) for pair in itertools.combinations(range(6), 2)]
        unconstrained = [np.linalg.lstsq(atoms[pair].T, sample, rcond=None) for pair in pairs]
        best = min(error[0] for code, error, _, _ in unconstrained if (code >= 0).all())
        assert ((sample - code @ atoms)**2).sum() <= best * (1 + 1e-12)


def test_a_dictionary_with_other_features_is_refused():
    with pytest.raises(ValueError, match="dictionary has 4 features, X has 3"):
        KSparseCoder(1, dictionary=np.eye(4)).fit(np.eye(3))


def with_gaps(rng, dtype=np.float64, rank=3):
    """Data of low rank, the same with NaN at a fifth of the places, and which are there; one sample and one feature have nothing."""
    X = (rng.random((30, rank)) @ rng.random((rank, 20)) + 0.01).astype(dtype)
    seen = rng.random(X.shape) < 0.8
    seen[4], seen[:, 7] = False, False
    return X, np.where(seen, X, dtype(np.nan)), seen


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_missing_entries_are_fitted_from_the_others(dtype, rng):
    X, holes, seen = with_gaps(rng, dtype)
    model = NMF(3, missing="nan", tol=1e-7, max_iter=5000, random_state=0)
    W = model.fit_transform(holes)
    assert W.dtype == model.components_.dtype == dtype
    known = np.outer(seen.any(axis=1), seen.any(axis=0))
    assert np.abs(W @ model.components_ - X)[known].max() < 1e-2 * X.max()
    assert not W[4].any() and not model.components_[:, 7].any()
    assert model.reconstruction_err_ == pytest.approx(np.linalg.norm((W @ model.components_ - X)[seen]), rel=1e-2, abs=1e-5)
    np.testing.assert_allclose(model.transform(holes), W, atol=1e4 * np.finfo(dtype).eps**0.75)


def test_codes_of_samples_with_gaps_are_the_regressions_on_what_is_there(rng):
    from scipy.optimize import nnls as reference

    _, holes, seen = with_gaps(rng)
    model = NMF(3, missing="nan", random_state=0).fit(holes)
    fresh = np.where(rng.random((9, 20)) < 0.6, rng.random((9, 20)), np.nan)
    for row, code in zip(fresh, model.transform(fresh)):
        there = ~np.isnan(row)
        np.testing.assert_allclose(code, reference(model.components_[:, there].T, row[there])[0], atol=1e-8)


@pytest.mark.parametrize(("solver", "loss"), LOSSES)
def test_data_without_gaps_are_fitted_as_without_the_parameter(solver, loss, rng):
    X = rng.random((20, 12))
    settings = {"n_components": 3, "solver": solver, "beta_loss": loss, "random_state": 0}
    plain, other = NMF(**settings), NMF(missing="nan", **settings)
    np.testing.assert_allclose(other.fit_transform(X), plain.fit_transform(X), atol=1e-6)
    np.testing.assert_allclose(other.components_, plain.components_, atol=1e-6)


@pytest.mark.parametrize(("solver", "loss"), [*LOSSES, ("mu", "itakura-saito")])
def test_gaps_go_with_every_loss(solver, loss, rng):
    X, holes, seen = with_gaps(rng)
    model = NMF(3, missing="nan", solver=solver, beta_loss=loss, random_state=0, max_iter=300)
    W = model.fit_transform(holes)
    assert np.isfinite(W).all() and np.isfinite(model.reconstruction_err_)
    assert np.abs(W @ model.components_ - X)[seen].max() < 0.2 * X.max()


def test_gaps_are_refused_unless_they_are_allowed(rng):
    _, holes, _ = with_gaps(rng)
    with pytest.raises(ValueError, match="NaN"):
        NMF(3).fit(holes)
    with pytest.raises(ValueError, match="infinity"):
        NMF(3, missing="nan").fit(np.where(np.isnan(holes), np.inf, holes))
    with pytest.raises(ValueError, match="Negative values"):
        NMF(3, missing="nan").fit(np.where(holes > 1, -1, holes))
    for call in (lambda: NMF(3).fit(holes), lambda: NMF(3, random_state=0).fit(np.nan_to_num(holes)).transform(holes)):
        with pytest.raises(ValueError, match=r'(?s)contains NaN.*NMF\(missing="nan"\) takes NaN as missing entries'):
            call()
    with pytest.raises(ValueError, match="missing must be 'none' or 'nan', got 'NaN'"):
        NMF(3, missing="NaN").fit(holes)
    with pytest.raises(TypeError, match="[Ss]parse"):
        NMF(3, missing="nan").fit(sp.csr_array(np.nan_to_num(holes)))
    assert NMF(missing="nan").__sklearn_tags__().input_tags.allow_nan and not NMF().__sklearn_tags__().input_tags.allow_nan


def test_gaps_pass_through_pipelines_and_frames(rng):
    pandas = pytest.importorskip("pandas")
    _, holes, _ = with_gaps(rng)
    frame = pandas.DataFrame(holes).add_prefix("x")
    W = make_pipeline(MinMaxScaler(), NMF(3, missing="nan", random_state=0)).fit_transform(frame.drop(columns="x7"))
    assert W.shape == (30, 3) and np.isfinite(W).all()
