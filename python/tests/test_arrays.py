"""Everything that is an array of real numbers is taken, without a copy where there can be one; nothing else is."""
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rlra
from rlra._arrays import any_view, dense_view, numpy_of, sparse_view

REAL = [np.float32, np.float64, ">f4", ">f8", np.float16, np.int8, np.uint16, np.int32, np.int64, np.bool_]
OTHER = [np.complex64, np.complex128, np.longdouble, object, "U3", "S3", "datetime64[s]", [("a", float)]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_contiguous_arrays_are_not_copied(dtype):
    array = np.zeros((3, 4, 5), dtype)
    assert dense_view("X", array).numbers() is array
    assert dense_view("X", array).c.data == dense_view("X", array.reshape(60)).c.data


@pytest.mark.parametrize("change", [lambda a: a.T, lambda a: a[::2], lambda a: a[:, ::-1], lambda a: a[3:0:-2, 1:],
                                    np.asfortranarray, lambda a: np.broadcast_to(a[0], a.shape)])
def test_strided_arrays_are_not_copied(change, rng):
    array = change(rng.random((6, 5)))
    view = dense_view("X", array)
    assert view.numbers() is array
    steps = [step * 8 for step in view.c.strides[0:2]]
    assert tuple(steps) == array.strides
    assert view.c.data == dense_view("X", array).c.data


def test_a_memory_map_is_not_copied(tmp_path, planted):
    np.save(tmp_path / "x.npy", planted)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    view = dense_view("X", mapped)
    assert view.numbers().base is not None and np.shares_memory(view.numbers(), mapped)


def test_fields_of_records_are_copied_when_their_steps_are_no_entries():
    records = np.zeros(5, [("flag", np.int8), ("value", np.float64)])
    records["value"] = np.arange(5)
    view = dense_view("X", records["value"])
    assert view.numbers() is not records["value"]
    assert numpy_of(view.c).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("dtype", REAL)
def test_other_real_numbers_are_converted(dtype):
    array = np.ones((3, 2), dtype)
    view = dense_view("X", array)
    assert view.dtype == (np.float32 if array.dtype.kind == "f" and array.dtype.itemsize <= 4 else np.float64)
    assert (numpy_of(view.c) == 1).all()


@pytest.mark.parametrize("dtype", OTHER)
def test_what_is_no_real_number_is_refused_by_name(dtype):
    array = np.zeros((3, 2), dtype)
    with pytest.raises(TypeError, match="X must hold real numbers") as failure:
        rlra.nmf(array, 1)
    assert str(failure.value).endswith(str(array.dtype))


@pytest.mark.parametrize("function", [rlra.nmf, rlra.cp])
@pytest.mark.parametrize("number", [3.0, np.float64(3), np.array(3)])
def test_arrays_without_modes_are_refused(function, number):
    with pytest.raises(ValueError, match="single number"):
        function(number, 1)


def test_more_modes_than_the_library_knows_are_refused():
    with pytest.raises(ValueError, match="9 modes, at most 8"):
        rlra.cp(np.ones((1,) * 9), 1)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (2, 0, 2)])
def test_empty_modes_are_refused(shape):
    with pytest.raises(ValueError, match="empty"):
        rlra.cp(np.ones(shape), 1)


def test_lists_and_matrices_are_arrays(planted):
    expected = rlra.nmf(planted, 2).factors[0]
    assert np.array_equal(rlra.nmf(planted.tolist(), 2).factors[0], expected)
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(planted)
    assert np.array_equal(rlra.nmf(matrix, 2).factors[0], expected)


def test_frames_of_pandas_are_taken_without_their_index(planted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(planted, index=[f"row {i}" for i in range(30)])
    assert np.array_equal(rlra.nmf(frame, 2).factors[0], rlra.nmf(frame.to_numpy(), 2).factors[0])
    frame["name"] = "text"
    with pytest.raises(TypeError, match="DataFrame"):
        rlra.nmf(frame, 2)


def test_missing_entries_of_pandas_are_nan(planted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(planted).convert_dtypes()
    frame.iloc[2, 3] = pandas.NA
    assert rlra.nmf(frame, 2, missing="nan").report.observed == planted.size - 1


def test_inputs_are_not_written_to(planted):
    planted.flags.writeable = False
    rlra.nmf(planted, 2)
    rlra.nnls(planted, planted)
    rlra.separable(planted, 2)


def test_results_own_their_memory(planted):
    result = rlra.nmf(planted, 2)
    for array in [*result.factors, result.weights, result.trace]:
        assert array.flags.c_contiguous and array.flags.writeable
    assert all(factor.flags.owndata for factor in result.factors)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("as_array", [True, False])
def test_all_formats_of_scipy_give_the_same_fit(kind, as_array, rng):
    dense = rng.random((12, 9)) * (rng.random((12, 9)) < 0.4)
    sparse = (sp.coo_array if as_array else sp.coo_matrix)(dense).asformat(kind)
    expected = rlra.nmf(sp.csr_array(dense), 2)
    assert np.array_equal(rlra.nmf(sparse, 2).factors[1], expected.factors[1])


@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_indices_of_either_length_are_taken(index, rng):
    array = sp.csr_array(rng.random((5, 4)))
    array.indices, array.indptr = array.indices.astype(index), array.indptr.astype(index)
    view = sparse_view("X", array)
    assert view.c.compressed == 0 and view.c.count == 20
    assert (view.keeps[1] is array.indptr) == (index is np.int64)


def test_sparse_integers_are_converted():
    assert any_view("X", sp.csr_array(np.eye(3, dtype=int))).dtype == np.float64


def test_sparse_indices_beyond_the_shape_are_refused():
    bad = sp.csr_array(np.eye(3))
    bad.indices[1] = 7
    with pytest.raises(ValueError, match="7"):
        rlra.nmf(bad, 1)


@pytest.mark.parametrize("change", [
    lambda a: setattr(a, "indptr", a.indptr[:2]),
    lambda a: setattr(a, "indices", a.indices[:1]),
    lambda a: setattr(a, "data", a.data[:1]),
])
@pytest.mark.parametrize("kind", [sp.csr_array, sp.csc_array])
def test_sparse_arrays_with_too_few_indices_are_refused(kind, change):
    bad = kind(np.eye(5))
    change(bad)
    with pytest.raises(ValueError, match="no sparse array"):
        rlra.nmf(bad, 1)


def test_functions_that_cannot_leave_entries_out_refuse_masked_ones(planted):
    masked = np.ma.array(planted, mask=planted < 0.3)
    for call in (lambda: rlra.nnls(planted, masked), lambda: rlra.separable(masked, 2),
                 lambda: rlra.topics(masked, 2)):
        with pytest.raises(ValueError, match="masked entries"):
            call()
    assert rlra.separable(np.ma.array(planted), 2).columns.size == 2


SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
DTYPES = st.one_of(hnp.scalar_dtypes(), st.just(np.dtype(object)), st.just(np.dtype("U2")), st.just(np.dtype("g")))


@settings(max_examples=300)
@given(array=DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES)), rank=st.integers(-1, 4), data=st.data())
def test_any_array_gives_a_result_or_an_exception_with_the_reason(array, rank, data):
    if array.ndim > 1:
        step = data.draw(st.sampled_from([-2, -1, 1, 2]))
        array = data.draw(st.sampled_from([array[::step], array.T, array[..., ::step]]))
    try:
        result = rlra.cp(array, rank, max_sweeps=3, missing=data.draw(st.sampled_from(["none", "nan"])))
    except (TypeError, ValueError, RuntimeError) as failure:
        assert str(failure)
    else:
        assert result.shape == array.shape and len(result.weights) == rank
        assert all(np.isfinite(factor).all() for factor in result.factors)


def test_indices_in_files_count_from_the_given_base(tmp_path):
    path = tmp_path / "a.mtx"
    path.write_text("%%MatrixMarket matrix coordinate real general\n2 3 2\n0 0 5\n1 2 7\n")
    with pytest.raises(ValueError, match="give index_base=0"):
        rlra.load(path)
    assert rlra.load(path, index_base=0).toarray().tolist() == [[5, 0, 0], [0, 0, 7]]
    with pytest.raises(ValueError, match="index_base must be 0 or 1"):
        rlra.load(path, index_base=2)
    rlra.save(tmp_path / "a.npy", np.eye(2))
    with pytest.raises(ValueError, match="index_base is for .mtx, .tns and sptensor files"):
        rlra.load(tmp_path / "a.npy", index_base=0)


def test_sparse_arrays_of_scipy_are_loaded_whatever_their_storage(tmp_path, rng):
    matrix = np.where(rng.random((6, 9)) < 0.3, rng.random((6, 9)), 0.0)
    for storage in ("csr", "csc", "coo", "dia", "bsr"):
        for kind in ("matrix", "array"):
            sp.save_npz(tmp_path / "a.npz", getattr(sp, f"{storage}_{kind}")(matrix))
            np.testing.assert_array_equal(rlra.load(tmp_path / "a.npz").toarray(), matrix)
