"""Regression, separable columns, topics, scenes and files: the library's own numbers, in the shapes of numpy."""
import warnings

import numpy as np
import pytest
import scipy.io
import scipy.optimize
import scipy.sparse as sp

import rlra


def test_regression_agrees_with_scipy(rng):
    W, Y = rng.random((20, 6)), rng.random((20, 9))
    result = rlra.nnls(W, Y)
    expected = np.array([scipy.optimize.nnls(W, y)[0] for y in Y.T]).T
    np.testing.assert_allclose(result.X, expected, atol=1e-12)
    np.testing.assert_allclose(result.loss, 0.5 * ((Y - W @ result.X)**2).sum(axis=0), rtol=1e-12)
    assert (result.kkt_residual < 1e-12).all() and (result.gap < 1e-12).all() and result.report.open_columns == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
def test_gaps_close_on_dependent_columns(rng, dtype, order):
    W = rng.random((20, 6))
    W[:, 3], W[:, 5] = W[:, 0], 0
    Y = np.asarray(rng.standard_normal((20, 9)), dtype, order=order)
    for design, prior in ((W, None), (W[:4], None), (W - 0.4, "l1=0.2"), (W, "nonneg,upper=0.2"), (W, "nonneg,simplex")):
        result = rlra.nnls(design.astype(dtype), Y[:len(design)], prior=prior)
        assert (result.gap >= 0).all() and (result.gap <= 64 * np.finfo(dtype).eps * result.loss).all(), prior
    unknown = rlra.nnls(W.astype(dtype), Y, prior="none")
    assert np.isnan(unknown.gap).all() and np.isnan(unknown.report.gap) and unknown.report.open_columns == 0


@pytest.mark.parametrize("order", ["C", "F"])
def test_single_precision_rounds_the_result_alone(rng, order):
    scales = 10.0**rng.uniform(5, 9, 6)
    W = ((0.9 * rng.random((40, 1)) + 0.1 * rng.random((40, 6))) * scales).astype(np.float32)
    Y = np.asarray(W @ (rng.random((6, 9)) / scales[:, None]) + 1e-3 * rng.standard_normal((40, 9)), np.float32, order=order)
    single, double = rlra.nnls(W, Y), rlra.nnls(W.astype(float), Y.astype(float))
    expected = [scipy.optimize.nnls(W / scales, y)[1]**2 / 2 for y in Y.T.astype(float)]
    recomputed = 0.5 * ((Y.astype(float) - W.astype(float) @ single.X.astype(float))**2).sum(axis=0)
    np.testing.assert_allclose(double.loss, expected, rtol=1e-9)
    np.testing.assert_allclose(single.loss, recomputed, rtol=1e-7)
    np.testing.assert_allclose(single.loss, expected, rtol=1e-6)


def test_a_vector_gives_a_vector(rng):
    W = rng.random((20, 6))
    result = rlra.nnls(W, W @ np.arange(6.0))
    assert result.X.shape == (6,) and result.loss.shape == (1,)
    np.testing.assert_allclose(result.X, np.arange(6), atol=1e-10)


def test_sparse_data_give_the_same_coefficients(rng):
    W, Y = rng.random((20, 4)), np.where(rng.random((20, 9)) < 0.4, rng.random((20, 9)), 0)
    np.testing.assert_allclose(rlra.nnls(W, sp.csc_array(Y)).X, rlra.nnls(W, Y).X, atol=1e-10)


def test_regression_keeps_single_precision_and_widens_mixtures(rng):
    W, Y = rng.random((20, 4), np.float32), rng.random((20, 9), np.float32)
    assert rlra.nnls(W, Y).X.dtype == np.float32
    assert rlra.nnls(W, Y.astype(np.float64)).X.dtype == np.float64


def test_the_front_holds_the_best_of_every_size(rng):
    W, Y = rng.random((20, 5)), rng.random((20, 3))
    result = rlra.nnls(W, Y, front=True)
    assert result.X.shape == (3, 5, 5) and result.loss.shape == (3, 5)
    assert all((result.X[:, p] != 0).sum(axis=1).max() <= p + 1 for p in range(5))
    np.testing.assert_allclose(result.loss[:, -1], rlra.nnls(W, Y).loss, rtol=1e-10)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"W": np.ones((3, 2))}, "3"),
    ({"W": np.full((20, 4), np.nan)}, "NaN|nan"),
    ({"W": np.ones(20)}, "matrix"),
    ({"start": np.ones((2, 2))}, r"start has shape \(2, 2\), the coefficients \(4, 9\)"),
    ({"prior": "nonneg,none_such"}, "none_such"),
    ({"loss": "kl", "Y": -np.ones((20, 9))}, "-1"),
])
def test_regressions_that_cannot_be_are_refused(change, sentence, rng):
    arguments = {"W": rng.random((20, 4)), "Y": rng.random((20, 9)), **change}
    with pytest.raises(ValueError, match=sentence):
        rlra.nnls(**arguments)


def test_separable_columns_are_found(rng):
    W, H = rng.random((10, 4)), rng.dirichlet(np.ones(4), 30).T
    H[:, [3, 8, 11, 20]] = np.eye(4)
    for method in ("spa", "snpa"):
        columns, coefficients = rlra.separable(W @ H, 4, method=method)
        assert sorted(columns) == [3, 8, 11, 20]
        np.testing.assert_allclose((W @ H)[:, columns] @ coefficients, W @ H, atol=1e-10)
    with pytest.raises(ValueError, match="method must be one of"):
        rlra.separable(W @ H, 4, method="guess")


def test_fewer_independent_columns_are_reported(rng):
    columns, coefficients = rlra.separable(np.repeat(rng.random((10, 2)), 4, axis=1), 4)
    assert len(columns) == len(coefficients) == 2


@pytest.fixture
def counts(rng):
    words = rng.dirichlet(np.full(40, 0.1), 3)
    return rng.poisson(rng.dirichlet(np.full(3, 0.3), 60) @ words * 80)


def test_topics_are_distributions(counts):
    result = rlra.topics(counts, 3)
    for factor in result.factors:
        np.testing.assert_allclose(factor.sum(axis=0), 1)
    assert result.weights.sum() == pytest.approx(counts.sum(), rel=1e-3)  # equal at a minimum, and the fit stops before it
    exact = rlra.topics(counts, 3, decrease=0, tolerance=1e-7, max_sweeps=20000)
    assert exact.weights.sum() == pytest.approx(counts.sum(), rel=1e-6)
    rows = counts.sum(axis=1) > 0
    np.testing.assert_allclose(result.shares[rows].sum(axis=1), 1)
    assert (np.diff(result.weights) <= 0).all() and 1 < result.perplexity < 40


def test_topics_of_sparse_and_dense_counts_are_the_same(counts):
    names = [f"word{i}" for i in range(40)]
    dense, sparse = rlra.topics(counts, 3, words=names), rlra.topics(sp.csr_array(counts), 3, words=names)
    assert dense.words == sparse.words and all(len(words) == 10 for words in dense.words)
    assert str(dense.words[0][0]) in repr(dense)


def test_rows_without_words_are_zero(counts):
    counts[5] = 0
    result = rlra.topics(counts, 3)
    assert (result.factors[0][5] == 0).all() and (result.shares[5] == 0).all()


def test_more_words_than_there_are_cannot_be_reported(counts):
    assert len(rlra.topics(counts, 2, top=10**30).words[0]) <= 40
    with pytest.raises(ValueError):
        rlra.topics(counts, 2, top=0)


def test_the_front_needs_dense_data(rng):
    with pytest.raises(TypeError, match="Y must be dense, got csr_array"):
        rlra.nnls(rng.random((5, 2)), sp.csr_array(rng.random((5, 3))), front=True)


def test_wrong_vocabularies_are_refused(counts):
    with pytest.raises(ValueError, match="3 words, the counts have 40 columns"):
        rlra.topics(counts, 2, words=["a", "b", "c"])
    with pytest.raises(ValueError, match="relevance"):
        rlra.topics(counts, 2, relevance=3)


def test_a_scene_gives_maps_and_spectra(rng):
    abundances = rng.dirichlet(np.full(3, 0.3), (20, 15))
    abundances[[2, 7, 11], [3, 3, 9]] = np.eye(3)
    scene = abundances @ rng.random((3, 12))
    cube, matrix = rlra.unmix(scene, 3), rlra.unmix(scene.reshape(-1, 12).T, 3)
    assert cube.abundances.shape == (3, 20, 15) and cube.spectra.shape == (3, 12)
    assert np.array_equal(cube.abundances.reshape(3, -1), matrix.abundances)
    assert sorted(cube.pure_pixels) == [2 * 15 + 3, 7 * 15 + 3, 11 * 15 + 9]
    np.testing.assert_allclose(np.einsum("kij,kb->ijb", cube.abundances, cube.spectra), scene, atol=1e-2)


def test_abundances_may_sum_to_one(rng):
    scene = rng.dirichlet(np.full(3, 0.3), (20, 15)) @ rng.random((3, 12))
    result = rlra.unmix(scene, 3, sum_to_one=True)
    np.testing.assert_allclose(result.abundances.sum(axis=0), 1, atol=1e-12)
    with pytest.raises(ValueError, match="height x width x bands"):
        rlra.unmix(scene.reshape(2, 10, 15, 12), 3)


def _scene_with_holes(rng):
    """A scene of pure and mixed pixels, the same with holes, and which pixels and bands are whole."""
    spectra, height, width = rng.random((3, 12)), 9, 8
    parts = rng.dirichlet(np.full(3, 0.4), (height, width))
    parts[3, 2], parts[4, 5], parts[7, 6] = np.eye(3)
    scene = parts @ spectra
    holed = scene.copy()
    holed[..., 7] = 50 * rng.random((height, width))
    holed[0], holed[5, 5, 4] = np.nan, np.nan
    pixels = np.ones((height, width), bool)
    pixels[0], pixels[5, 5] = False, False
    return spectra, parts, holed, pixels, np.arange(12) != 7


@pytest.mark.parametrize("how", ["nan", "value", "mask", "masked", "flags", "f32", "file"])
def test_what_holds_no_data_is_left_out_of_a_scene(how, rng, tmp_path):
    spectra, parts, holed, pixels, bands = _scene_with_holes(rng)
    filled = np.nan_to_num(holed, nan=-9999)
    X, options = {
        "nan": (holed, {"bad_bands": [7]}),
        "value": (filled, {"bad_bands": [7], "ignore_value": -9999}),
        "mask": (filled, {"bad_bands": [7], "mask": pixels}),
        "masked": (np.ma.masked_equal(filled, -9999), {"bad_bands": np.array([7])}),
        "flags": (holed, {"bad_bands": ~bands}),
        "f32": (holed, {"bad_bands": [7], "dtype": "f32"}),
        "file": (tmp_path / "scene.hdr", {}),
    }[how]
    if how == "file":
        rlra.save(X, filled)
        X.write_text(X.read_text() + "data ignore value = -9999\nbbl = {1,1,1,1,1,1,1,0,1,1,1,1}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        result = rlra.unmix(X, 3, sum_to_one=True, **options)
    assert np.array_equal(result.used_pixels, pixels) and np.array_equal(result.used_bands, bands)
    assert np.array_equal(np.isnan(result.abundances[0]), ~pixels)
    assert np.array_equal(np.isnan(result.spectra[0]), ~bands)
    assert np.isnan(result.factors[0][7]).all() and result.factors[1].shape == (72, 3)
    order = [int(np.argmin(abs(result.spectra - s)[:, bands].sum(1))) for s in spectra]
    np.testing.assert_allclose(result.abundances[order][:, pixels], parts[pixels].T, atol=1e-4)
    assert "1 of 12 bands left out; 9 of 72 pixels left out" in repr(result)
    assert all(pixels.flat[p] for p in result.pure_pixels)
    again = rlra.unmix(holed, 3, sum_to_one=True, bad_bands=[7], mask=pixels, init=result)
    np.testing.assert_allclose(again.abundances, result.abundances, atol=1e-4)
    norms = np.linalg.norm(result.normalised().factors[0][bands], axis=0)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)
    result.save(tmp_path / "a.npz")
    assert repr(rlra.Unmixing.load(tmp_path / "a.npz")) == repr(result) and result.to_html().startswith("<!")


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_a_frame_without_data_changes_nothing_inside(dtype, rng):
    scene = rng.dirichlet(np.ones(3), (14, 11)) @ rng.random((3, 9)) + 0.01 * rng.random((14, 11, 9))
    framed = np.pad(scene, ((2, 1), (0, 3), (1, 0)), constant_values=np.nan)
    inside, whole = (rlra.unmix(X, 3, dtype=dtype) for X in (framed, scene))
    assert np.array_equal(inside.abundances[:, 2:-1, :-3], whole.abundances)
    assert np.array_equal(inside.spectra[:, 1:], whole.spectra)


def test_pixels_that_lack_some_bands_are_warned_of(rng):
    *_, holed, _, _ = _scene_with_holes(rng)
    with pytest.warns(UserWarning, match="1 of 72 pixels lack data in some bands"):
        rlra.unmix(holed, 3, bad_bands=[7])


def test_an_ignored_value_that_no_entry_is_is_warned_of(rng):
    scene = rng.random((4, 5, 6))
    with pytest.warns(UserWarning, match="none of the entries used is -9999 .ignore_value."):
        rlra.unmix(scene, 2, ignore_value=-9999)
    with pytest.warns(UserWarning, match="none of the entries used is 7"):
        rlra.nnls(rng.random((6, 2)), scene, ignore_value=7)
    scene[0] = -0.1
    for X in (scene, scene.astype("f4"), scene.astype("f4").astype("f8")):
        assert np.isnan(rlra.unmix(X, 2, ignore_value=-0.1).abundances[:, 0]).all()


@pytest.mark.parametrize(("options", "kind", "sentence"), [
    ({"bad_bands": [12]}, ValueError, "indices from 0 to 11"),
    ({"bad_bands": [-1]}, ValueError, "indices from 0 to 11"),
    ({"bad_bands": [0.5]}, TypeError, "bad_bands must be indices"),
    ({"bad_bands": [True]}, ValueError, "the scene has 12 bands"),
    ({"bad_bands": range(12)}, ValueError, "none of the 12 bands"),
    ({"mask": np.ones((9, 8))}, TypeError, "boolean"),
    ({"mask": np.ones((8, 9), bool)}, ValueError, "mask has shape"),
    ({"mask": np.zeros((9, 8), bool)}, ValueError, "none of the 72 pixels"),
    ({"ignore_value": "x"}, TypeError, None),
])
def test_parts_of_a_scene_that_cannot_be_are_refused(options, kind, sentence, rng):
    *_, holed, _, _ = _scene_with_holes(rng)
    with pytest.raises(kind, match=sentence):
        rlra.unmix(holed, 3, **options)


@pytest.mark.filterwarnings("ignore:.*lack data")
def test_known_spectra_give_maps_of_a_scene(rng, tmp_path):
    spectra, parts, holed, pixels, bands = _scene_with_holes(rng)
    result = rlra.nnls(spectra.T, holed, prior="nonneg,simplex", bad_bands=[7], mask=pixels)
    assert result.X.shape == (3, 9, 8) and result.loss.shape == result.gap.shape == result.kkt_residual.shape == (9, 8)
    np.testing.assert_allclose(result.X[:, pixels], parts[pixels].T, atol=1e-10)
    assert np.isnan(result.X[:, ~pixels]).all() and np.isnan(result.loss[~pixels]).all()
    flat = rlra.nnls(spectra.T[bands], holed[pixels][:, bands].T, prior="nonneg,simplex")
    np.testing.assert_allclose(flat.X, result.X[:, pixels], atol=1e-12)
    rlra.save(tmp_path / "scene.hdr", np.nan_to_num(holed, nan=-9999))
    header = (tmp_path / "scene.hdr").read_text() + "data ignore value = -9999\nbbl = {1,1,1,1,1,1,1,0,1,1,1,1}\n"
    (tmp_path / "scene.hdr").write_text(header)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        filed = rlra.nnls(spectra.T, tmp_path / "scene.hdr", prior="nonneg,simplex")
    assert any("marks 1 of 12 bands as bad: 8" in str(warning.message) for warning in caught)
    np.testing.assert_allclose(filed.X, result.X, atol=1e-12)
    for wrong, sentence in ((lambda: rlra.nnls(spectra, holed), "expected 12 rows"),
                            (lambda: rlra.nnls(spectra.T, holed, front=True), "is a scene"),
                            (lambda: rlra.nnls(spectra.T, holed[0].T, bad_bands=[1]), "are for scenes")):
        with pytest.raises(ValueError, match=sentence):
            wrong()


def test_all_kinds_of_results_are_saved_and_loaded(counts, tmp_path, rng):
    for result in (rlra.topics(counts, 3), rlra.unmix(rng.random((5, 6, 7)), 2)):
        result.save(tmp_path / "a.npz")
        again = type(result).load(tmp_path / "a.npz")
        assert repr(again) == repr(result)
        assert sorted(vars(again)) == sorted(vars(result)) and result.to_html().startswith("<!")


@pytest.mark.parametrize("ending", ["npy", "npz", "mat", "h5", "csv"])
def test_arrays_go_to_files_and_come_back(ending, tmp_path, rng):
    path, array = tmp_path / f"a.{ending}", rng.random((4, 3))
    rlra.save(path, array[::-1])
    np.testing.assert_allclose(rlra.load(path), array[::-1], rtol=1e-15)
    assert rlra.load(path, dtype="f32").dtype == np.float32
    assert rlra.variables(path)[0]["shape"] == (4, 3)


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int32, np.int64, np.uint64])
@pytest.mark.parametrize("ending", ["npy", "npz", "mat", "h5", "csv", "hdr"])
def test_integers_are_written_as_int64(ending, kind, tmp_path):
    path, labels = tmp_path / f"a.{ending}", np.array([[3, 1, 120], [0, 7, 2]], dtype=kind)
    for array in (labels, labels[:, ::-1], np.asfortranarray(labels)):
        rlra.save(path, array)
        assert np.array_equal(rlra.load(path).squeeze(), array)
        if ending != "csv":
            assert rlra.variables(path)[0]["dtype"] == "int64"
    if ending == "npz":
        assert np.load(path)["data"].dtype == np.int64
    elif ending == "mat":
        assert scipy.io.loadmat(path)["data"].dtype == np.int64
    with pytest.raises(ValueError, match="64 bits"):
        rlra.save(path, np.array([2**63], dtype=np.uint64))


def test_picked_columns_index(rng):
    X = rng.random((6, 3)) @ np.hstack([rng.dirichlet(np.ones(3), 5).T, np.eye(3)])
    columns = rlra.separable(X, 3).columns
    assert columns.dtype == np.int64 and X[:, columns].shape == (6, 3)
    assert rlra.unmix(X.T.reshape(2, 4, 6), 2).pure_pixels.dtype == np.int64


def test_data_may_stay_in_their_file(tmp_path, rng):
    data = rng.random((400, 300))
    np.save(tmp_path / "x.npy", data)
    path, expected = tmp_path / "x.npy", rlra.nmf(data, 3)
    assert np.array_equal(rlra.nmf(path, 3).factors[0], expected.factors[0])
    assert np.array_equal(rlra.nmf(str(path), 3, memory_limit=4 << 20).factors[0], expected.factors[0])


@pytest.mark.parametrize(("options", "kind", "sentence"), [
    ({"memory_limit": 4 << 20, "missing": "nan"}, ValueError, "memory_limit"),
    ({"memory_limit": 4 << 20, "mask": np.ones((40, 30), bool)}, ValueError, "memory_limit"),
    ({"memory_limit": 4 << 20, "init": "snpa"}, ValueError, "snpa"),
    ({"memory_limit": "4M"}, TypeError, "memory_limit must be a whole number, got str"),
    ({"memory_limit": 1}, MemoryError, "memory limit"),
    ({"memory_limit": -1}, ValueError, "memory|bytes"),
])
def test_files_that_cannot_be_fitted_in_pieces_are_refused(options, kind, sentence, tmp_path, rng):
    np.save(tmp_path / "x.npy", rng.random((40, 30)))
    with pytest.raises(kind, match=sentence):
        rlra.nmf(tmp_path / "x.npy", 3, **options)


def test_memory_limits_are_for_files(tmp_path, rng):
    with pytest.raises(TypeError, match="must be its path, got ndarray"):
        rlra.nmf(rng.random((40, 30)), 3, memory_limit=4 << 20)
    with pytest.raises(OSError, match="none.npy"):
        rlra.nmf(tmp_path / "none.npy", 3, memory_limit=4 << 20)


def test_sparse_tensors_give_the_factors_of_dense_ones(rng):
    dense = rng.random((6, 7, 8)) * (rng.random((6, 7, 8)) < 0.3)
    sparse = rlra.cp(sp.coo_array(dense), 2, decrease=0, tolerance=1e-8)
    np.testing.assert_allclose(sparse.factors[2], rlra.cp(dense, 2, decrease=0, tolerance=1e-8).factors[2], atol=1e-5)


def test_sparse_files_stay_sparse(tmp_path, rng):
    matrix = sp.random_array((6, 5), density=0.4, random_state=rng, format="csr")
    sp.save_npz(tmp_path / "a.npz", matrix)
    loaded = rlra.load(tmp_path / "a.npz")
    assert sp.issparse(loaded) and (loaded != matrix).nnz == 0


def test_files_that_cannot_be_read_are_reported(tmp_path):
    with pytest.raises(OSError, match="none.npy"):
        rlra.load(tmp_path / "none.npy")
    (tmp_path / "bad.npy").write_bytes(b"\x93NUMPY\x01")
    with pytest.raises(ValueError, match="bad.npy"):
        rlra.load(tmp_path / "bad.npy")
    with pytest.raises(ValueError, match="ends in one of"):
        rlra.save(tmp_path / "a.xyz", np.ones(3))


def test_masks_of_scenes_are_asked_about_in_both_conventions():
    rng = np.random.default_rng(4)
    spectra = rng.random((3, 8)) + 0.1
    scene = rng.dirichlet(np.ones(3), size=(9, 7)) @ spectra
    missing = np.zeros((9, 7), bool)
    missing[0] = True
    for call in (lambda **given: rlra.unmix(scene, 2, **given).used_pixels,
                 lambda **given: np.isfinite(rlra.nnls(spectra.T, scene, **given).loss)):
        with pytest.raises(ValueError, match='mask_means="missing"'):
            call(mask=missing)
        assert call(mask=missing, mask_means="missing").sum() == 56
        assert call(mask=missing, mask_means="observed").sum() == 7
        assert call(mask=~missing).sum() == 56
        with pytest.raises(ValueError, match="no effect without mask"):
            call(mask_means="missing")
