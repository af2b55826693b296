"""Fits: keywords, priors, starts, missing entries, results; each against what the library itself reports."""
import inspect
import pickle

import numpy as np
import pytest
import scipy.sparse as sp

import rlra
from rlra._core import ffi, lib

FITS = [rlra.nmf, rlra.cp]


def error_of(result, data):
    return np.linalg.norm(data - result.reconstruct()) / np.linalg.norm(data)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_report_is_that_of_the_factors(dtype, planted):
    data = planted.astype(dtype)
    result = rlra.nmf(data, 2)
    assert [array.dtype for array in (*result.factors, result.weights)] == [dtype] * 3
    assert result.report.relative_error == pytest.approx(error_of(result, data), rel=100 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("shape", [(6, 7), (5, 6, 7), (3, 4, 5, 6), (2, 3, 2, 3, 2)])
def test_reconstruction_is_the_sum_of_outer_products(shape, rng):
    result = rlra.cp(rng.random(shape), 2, max_sweeps=20, decrease=0)
    letters = "abcde"[:len(shape)]
    recipe = ",".join(f"{letter}r" for letter in letters) + f",r->{letters}"
    expected = np.einsum(recipe, *result.factors, result.weights)
    np.testing.assert_allclose(result.reconstruct(), expected, rtol=1e-13)


def test_planted_factors_come_back(rng):
    parts = [rng.random((length, 2)) for length in (10, 11, 12)]
    data = np.einsum("ir,jr,kr->ijk", *parts)
    result = rlra.cp(data, 2, tolerance=1e-9, decrease=0)
    for part, factor in zip(parts, result.factors):
        cosines = (part / np.linalg.norm(part, axis=0)).T @ (factor / np.linalg.norm(factor, axis=0))
        assert (cosines.max(axis=1) > 1 - 1e-9).all()


def test_a_result_unpacks_like_a_cp_tensor(planted):
    result = rlra.nmf(planted, 2)
    weights, factors = result
    assert weights is result[0] is result.weights and factors is result[1] is result.factors
    assert len(result) == 2 and result.rank == 2 and result.shape == planted.shape


@pytest.mark.parametrize("function", FITS)
def test_keywords_are_the_options_of_the_library(function):
    task = lib.rlra_task_find(function.__name__.encode())
    options = ffi.string(task.options).decode().split()
    parameters = inspect.signature(function).parameters
    for name in options:
        python_name = "pass_" if name == "pass" else name
        assert python_name in parameters
        assert f"    {python_name} : " in function.__doc__ or python_name in ("rank", "init")
    assert "**" not in str(inspect.signature(function))


def test_defaults_are_those_of_the_library():
    parameters = inspect.signature(rlra.nmf).parameters
    standard = lib.rlra_options_default()
    assert parameters["tolerance"].default == standard.tolerance
    assert parameters["max_sweeps"].default == standard.max_sweeps
    assert parameters["loss"].default == ffi.string(standard.loss).decode()


def test_unknown_keywords_name_the_nearest(planted):
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_sweep'; did you mean max_sweeps"):
        rlra.nmf(planted, 2, max_sweep=3)


@pytest.mark.parametrize(("options", "kind", "sentence"), [
    ({"max_sweeps": "many"}, TypeError, "max_sweeps must be a whole number, got str"),
    ({"max_sweeps": 1.5}, TypeError, "max_sweeps must be a whole number, got float"),
    ({"max_sweeps": -1}, ValueError, "max_sweeps must lie in"),
    ({"tolerance": None}, TypeError, "tolerance must be a number, got NoneType"),
    ({"tolerance": 2}, ValueError, "tolerance must lie in"),
    ({"tolerance": float("nan")}, ValueError, "tolerance must lie in"),
    ({"update": 3}, TypeError, "update must be a str, got int"),
    ({"update": "none of these"}, ValueError, "update must be one of"),
    ({"seed": 2**70}, ValueError, "seed must lie in"),
    ({"threads": -1}, ValueError, "threads must lie in"),
    ({"prior": "nonneg,l1=x"}, ValueError, "l1"),
    ({"prior": 3}, TypeError, "prior must be a str.*got int"),
    ({"prior": ["nonneg"]}, ValueError, "1 priors, the data has 2 modes"),
    ({"prior": {"V": "nonneg"}}, ValueError, "number from 0 to 1 or 'W' or 'H', got 'V'"),
    ({"missing": "some"}, ValueError, "missing must be one of"),
    ({"init": 3}, TypeError, "init must be a str, a Result or a sequence of factors, got int"),
    ({"init": [np.ones((30, 2))]}, ValueError, "1 factors, the data has 2 modes"),
    ({"init": [np.ones((30, 2)), np.ones((4, 2))]}, ValueError, "20 x 2"),
    ({"progress": 3}, TypeError, "progress must be"),
    ({"dtype": int}, TypeError, "float32 or float64, got int64"),
    ({"mask": np.ones((30, 20))}, TypeError, "boolean"),
    ({"mask": np.ones((3, 2), bool)}, ValueError, r"mask has shape \(3, 2\), the data \(30, 20\)"),
    ({"starts": 0}, ValueError, "starts"),
    ({"starts": 10**30}, ValueError, "starts"),
    ({"starts": "two"}, TypeError, "starts must be a whole number, got str"),
])
def test_wrong_options_are_refused_with_a_sentence(options, kind, sentence, planted):
    with pytest.raises(kind, match=sentence):
        rlra.nmf(planted, 2, **options)


@pytest.mark.parametrize("rank", [0, -1, 10**30])
def test_ranks_out_of_range_are_refused(rank, planted):
    with pytest.raises(ValueError, match="rank"):
        rlra.nmf(planted, rank)


def test_failures_carry_the_sentence_of_the_library(planted):
    planted[1, 2] = -1
    with pytest.raises(ValueError) as failure:
        rlra.nmf(planted, 2, update="mu")
    assert "the entry at [1, 2] is -1" in str(failure.value)


def test_priors_may_be_texts_objects_lists_or_mappings(planted):
    ways = [{"W": "nonneg", "H": "nonneg,l1=0.1"}, {1: rlra.Prior("nonneg", l1=0.1)}, ["nonneg", "nonneg,l1=0.1"]]
    results = [rlra.nmf(planted, 2, prior=way) for way in ways]
    assert all(result.priors == ["nonneg", "nonneg,l1=0.1"] for result in results)
    assert all(np.array_equal(result.factors[1], results[0].factors[1]) for result in results)


def test_without_priors_factors_may_be_negative(planted):
    result = rlra.nmf(planted - planted.mean(), 2, prior="none")
    assert min(factor.min() for factor in result.factors) < 0


def test_a_start_may_be_a_result_or_factors(planted):
    first = rlra.nmf(planted, 2)
    again = rlra.nmf(planted, 2, init=first)
    assert again.report.sweeps <= 2 and again.report.init == "model"
    assert np.array_equal(rlra.nmf(planted, 2, init=first.factors).factors[0], again.factors[0])


def test_masks_nans_and_masked_arrays_are_the_same_thing(planted, rng):
    seen = rng.random(planted.shape) < 0.8
    holes = np.where(seen, planted, np.nan)
    results = [rlra.nmf(planted, 2, mask=seen), rlra.nmf(holes, 2, missing="nan"), rlra.nmf(holes, 2, mask=seen),
               rlra.nmf(np.ma.array(planted, mask=~seen), 2), rlra.nmf(planted, 2, weights=seen.astype(float))]
    assert all(result.report.observed == seen.sum() for result in results)
    assert all(np.allclose(result.factors[0], results[0].factors[0], rtol=1e-12) for result in results)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", [rlra.nmf, rlra.cp])
def test_masks_the_other_way_round_are_asked_about(function, dtype, planted, rng):
    seen, few = rng.random(planted.shape) < 0.95, rng.random(planted.shape) < 0.3
    data = planted.astype(dtype)
    with pytest.raises(ValueError, match='Then say mask_means="missing", else mask_means="observed"$'):
        function(data, 2, mask=~seen)
    turned, plain = function(data, 2, mask=~seen, mask_means="missing"), function(data, 2, mask=seen)
    assert all(np.array_equal(a, b) for a, b in zip(turned.factors, plain.factors))
    assert turned.report.observed == seen.sum()
    assert function(data, 2, mask=~seen, mask_means="observed").report.observed == (~seen).sum()
    with pytest.raises(ValueError, match="does 1"):
        function(np.asfortranarray(data), 2, mask=few)
    with pytest.raises(ValueError, match="of them NaN"):
        function(np.where(few, data, np.nan), 2, mask=~few)
    for filler in (0, np.nan, -999):
        assert function(np.where(few, data, dtype(filler)), 2, mask=few).report.observed == few.sum()
    assert function(np.ma.array(data, mask=~few), 2).report.observed == few.sum()


def test_what_a_mask_means_is_checked(planted):
    with pytest.raises(ValueError, match="must be one of 'observed', 'missing', got 'seen'"):
        rlra.nmf(planted, 2, mask=planted > 0, mask_means="seen")
    with pytest.raises(ValueError, match="mask_means has no effect without mask"):
        rlra.cp(planted, 2, mask_means="observed")


def test_masks_and_weights_go_together(planted, rng):
    seen, weights = rng.random(planted.shape) < 0.8, 1 + rng.random(planted.shape)
    both = rlra.nmf(planted, 2, mask=seen, weights=weights)
    one = rlra.nmf(planted, 2, weights=seen * weights)
    assert np.array_equal(both.factors[0], one.factors[0])


def test_nan_is_refused_where_it_is_not_missing(planted):
    planted[0, 0] = np.nan
    with pytest.raises(ValueError, match=r"NaN or infinite; the first, nan, is at \[0, 0\]"):
        rlra.nmf(planted, 2)


def test_unstored_entries_may_be_missing(planted, rng):
    seen = rng.random(planted.shape) < 0.6
    sparse = sp.csr_array(np.where(seen, planted, 0))
    assert rlra.nmf(sparse, 2, missing="unstored").report.observed == seen.sum()
    with pytest.raises(TypeError, match="unstored"):
        rlra.nmf(sparse, 2, mask=seen)


def test_many_starts_keep_the_best(rng):
    data = rng.random((20, 15))
    alone, best = rlra.nmf(data, 4, init="random"), rlra.nmf(data, 4, init="random", starts=5)
    assert best.report.objective <= alone.report.objective
    assert len(np.unique(best.trace["start"])) == 1


def parts(rng):
    """Sparse parts and noise, in which fits of random starts end in different minima."""
    left, right = rng.random((120, 7)) * (rng.random((120, 7)) < 0.3), rng.random((7, 30)) * (rng.random((7, 30)) < 0.4)
    return left @ right + 0.05 * rng.random((120, 30))


@pytest.mark.parametrize("loss", ["frobenius", "kl"])
def test_escapes_never_end_higher_and_are_reported(loss, rng):
    data = parts(rng)
    options = {"loss": loss, "init": "random", "seed": 2}
    plain, escaped = rlra.nmf(data, 6, escapes=0, **options), rlra.nmf(data, 6, escapes=9, **options)
    assert plain.report.escapes == 0 and "escapes" not in repr(plain)
    assert 1 <= escaped.report.escapes <= 9 and "escapes kept" in repr(escaped)
    assert escaped.report.objective <= plain.report.objective
    assert escaped.trace["escapes"][-1] == escaped.report.escapes_kept
    assert (np.diff(escaped.trace["objective"]) <= 0).all() and (np.diff(escaped.trace["escapes"]) >= 0).all()
    stood = len(plain.trace)
    assert np.array_equal(escaped.trace["objective"][:stood], plain.trace["objective"])
    assert escaped.options["escapes"] == 9 and rlra.nmf(data, 6, max_sweeps=1).options["escapes"] == -1


def test_the_best_of_several_starts_escapes(rng):
    data = parts(rng)
    best = rlra.nmf(data, 6, starts=3, init="random", escapes=5)
    ends = [rlra.nmf(data, 6, init="random", seed=seed, escapes=0).report.objective for seed in range(3)]
    again = rlra.nmf(data, 6, init="random", seed=int(np.argmin(ends)), escapes=5)
    assert best.report.escapes > 0 and best.report.objective == again.report.objective <= min(ends)
    assert best.trace["sweep"].tolist() == list(range(best.report.sweeps + 1))


def test_the_trace_has_all_sweeps(planted):
    result = rlra.nmf(planted, 2)
    assert result.trace["sweep"].tolist() == list(range(result.report.sweeps + 1))
    assert (np.diff(result.trace["objective"]) <= 1e-12).all()


def test_stopping_at_the_limit_warns(rng):
    with pytest.warns(rlra.ConvergenceWarning, match="largest number of sweeps"):
        result = rlra.nmf(rng.random((20, 20)), 5, max_sweeps=1)
    assert result.report.stop == "sweeps"


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_results_do_not_depend_on_the_number_of_threads(threads, rng):
    data = rng.random((300, 200))
    one = rlra.nmf(data, 5, threads=1)
    assert np.array_equal(rlra.nmf(data, 5, threads=threads).factors[0], one.factors[0])


def test_results_are_saved_and_loaded(planted, tmp_path):
    result = rlra.nmf(planted, 2)
    result.save(tmp_path / "a.npz")
    loaded = rlra.Result.load(tmp_path / "a.npz")
    assert loaded.report == result.report and loaded.options == result.options and loaded.priors == result.priors
    assert all(np.array_equal(a, b) for a, b in zip(loaded.factors, result.factors))
    assert np.array_equal(loaded.trace, result.trace, equal_nan=False) or loaded.trace.dtype == result.trace.dtype
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz"]


def test_normalised_results_have_the_same_values(planted):
    result = rlra.nmf(planted, 3)
    other = result.normalised()
    np.testing.assert_allclose(other.reconstruct(), result.reconstruct(), rtol=1e-13)
    for factor in other.factors:
        np.testing.assert_allclose(np.linalg.norm(factor, axis=0), 1)
    assert (np.diff(other.weights) <= 0).all() and other.report == result.report


def test_what_was_not_saved_is_not_loaded(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.ones(3))
    with pytest.raises(ValueError, match="not written by save"):
        rlra.Result.load(tmp_path / "a.npz")


def test_results_are_pickled(planted):
    result = rlra.nmf(planted, 2)
    again = pickle.loads(pickle.dumps(result))
    assert again.report == result.report and np.array_equal(again.factors[0], result.factors[0])


def test_the_report_is_a_page(planted, tmp_path):
    result = rlra.nmf(planted, 2)
    page = result.to_html()
    assert page.startswith("<!") and f"{result.report.relative_error:.6g}" in page
    assert result.to_html(tmp_path / "r.html") is None and (tmp_path / "r.html").stat().st_size > 1000


def test_a_checkpoint_is_gone_on_from(planted, tmp_path, recwarn):
    rlra.nmf(planted, 2, checkpoint=tmp_path / "c", max_sweeps=3)
    on = rlra.nmf(planted, 2, checkpoint=tmp_path / "c", resume=True)
    straight = rlra.nmf(planted, 2)
    assert np.array_equal(on.factors[0], straight.factors[0])
    with pytest.raises(ValueError, match="resume"):
        rlra.nmf(planted, 2, checkpoint=tmp_path / "c")
