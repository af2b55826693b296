"""Arrays of numpy, scipy and pandas as views of the library, and back."""
import os

import numpy as np

from rlra._core import ffi, lib

FLOATS = {np.dtype(np.float32): lib.RLRA_DTYPE_F32, np.dtype(np.float64): lib.RLRA_DTYPE_F64}
DTYPES = {code: dtype for dtype, code in FLOATS.items()}
PRECISIONS = {"f32": np.dtype(np.float32), "f64": np.dtype(np.float64)}
MAX_ORDER = lib.RLRA_MAX_ORDER
_SPARSE_ORDER = 2
_STACK = 3


class View:
    """A struct of the library and what must stay alive with it."""

    __slots__ = ("c", "keeps", "shape", "dtype", "sparse")

    def __init__(self, c, keeps, shape, dtype, sparse=False):
        self.c, self.keeps, self.shape, self.dtype, self.sparse = c, keeps, shape, dtype, sparse

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        """Nothing is to be closed; views of files have more to do."""

    def numbers(self):
        """The array whose memory is viewed; of sparse data its values."""
        return self.keeps[0]


def target_dtype(name, dtype, asked):
    """The precision for numbers of `dtype`: they keep theirs if they are float32 or float64."""
    if asked is not None:
        return _asked_dtype(asked)
    if dtype in FLOATS:
        return dtype
    if dtype.kind in "biu":
        return np.dtype(np.float64)
    if dtype.kind == "f" and dtype.itemsize <= 8:
        return np.dtype(np.float64) if dtype.itemsize == 8 else np.dtype(np.float32)
    raise TypeError(f"{name} must hold real numbers of at most 64 bits, got dtype {dtype}")


def _asked_dtype(asked):
    if isinstance(asked, str) and asked in PRECISIONS:
        return PRECISIONS[asked]
    dtype = np.dtype(asked)
    if dtype not in FLOATS:
        raise TypeError(f"dtype must be float32 or float64, got {dtype}")
    return dtype


def as_numbers(name, array, asked=None):
    """A numpy array of float32 or float64 that the library can read; the given one itself if it can be."""
    numbers = array if type(array) is np.ndarray else _plain(name, array)
    dtype = numbers.dtype
    if dtype not in FLOATS or asked is not None:
        kept = target_dtype(name, dtype, None)
        numbers = numbers.astype(kept if asked is None else _asked_dtype(asked), copy=False)
    if numbers.ndim == 0:
        raise ValueError(f"{name} must be an array, got a single number (an array without modes)")
    if numbers.ndim > MAX_ORDER:
        raise ValueError(f"{name} has {numbers.ndim} modes, at most {MAX_ORDER} are possible")
    size = numbers.itemsize
    if not numbers.flags.aligned or any(step % size for step in numbers.strides):
        numbers = numbers.copy()
    return numbers


def _plain(name, array):
    """As a plain numpy array: sequences, frames of pandas (without their index), memory maps, matrices."""
    if isinstance(array, (str, os.PathLike)):
        raise TypeError(f"{name} must be an array here, got a path: rlra.load({os.fspath(array)!r}) reads it")
    if is_sparse(array):
        raise TypeError(f"{name} must be dense, got {type(array).__name__}")
    if isinstance(array, np.ma.MaskedArray):
        if np.ma.is_masked(array):
            raise ValueError(f"{name} has masked entries; only rlra.nmf and rlra.cp take what is missing")
        return array.data
    plain = np.asarray(array)
    if plain.dtype == object and hasattr(array, "to_numpy"):
        try:
            plain = array.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            raise TypeError(f"{name} must hold real numbers, got a {type(array).__name__} with other entries") from None
    return plain.view(np.ndarray)


def is_sparse(array):
    """Whether it is a matrix or array of scipy.sparse, found out without importing scipy."""
    return hasattr(array, "tocoo") and type(array).__module__.startswith("scipy.sparse")


def is_stack(array):
    """Whether it is an array of three modes, or a sequence of matrices; paths and sparse arrays are not."""
    if isinstance(array, (list, tuple)) and len(array) > 0:
        return not is_sparse(array[0]) and np.ndim(array[0]) == _STACK - 1
    return getattr(array, "ndim", 0) == _STACK and not is_sparse(array) and hasattr(array, "__array__")


def dense_view(name, array, asked=None):
    """A view of a dense array: an rlra_array, and the numpy array whose memory it uses."""
    numbers = as_numbers(name, array, asked)
    return _viewed(numbers, FLOATS[numbers.dtype])


def written_view(name, array):
    """The same of an array that is written: integers stay integers, of 64 bits."""
    numbers = array if type(array) is np.ndarray else _plain(name, array)
    if numbers.dtype.kind not in "iu" or not 0 < numbers.ndim <= MAX_ORDER:
        return dense_view(name, array)
    if numbers.dtype == np.uint64 and numbers.size > 0 and numbers.max() > np.iinfo(np.int64).max:
        raise ValueError(f"{name} has integers that 64 bits with a sign cannot hold")
    return _viewed(np.ascontiguousarray(numbers, dtype=np.int64), lib.RLRA_DTYPE_I64)


def _viewed(numbers, dtype):
    order = numbers.ndim
    if numbers.flags.c_contiguous:
        memory = ffi.from_buffer(numbers)
        c = ffi.new("rlra_array *", lib.rlra_array_contiguous(dtype, order, numbers.shape, memory))
        return View(c, (numbers, memory), numbers.shape, numbers.dtype)
    c = ffi.new("rlra_array *")
    c.dtype, c.order = dtype, order
    c.dims[0:order] = numbers.shape
    c.strides[0:order] = [step // numbers.itemsize for step in numbers.strides]
    c.data = ffi.cast("void *", numbers.__array_interface__["data"][0])
    return View(c, (numbers,), numbers.shape, numbers.dtype)


def _indices(name, array, length):
    """Indices as the library reads them, as many as it will read."""
    indices = np.ascontiguousarray(array, dtype=np.int64)
    if indices.shape != (length,):
        raise ValueError(f"{name} is no sparse array: it has {indices.size} indices where {length} belong")
    return indices


def _pointer(array):
    return ffi.cast("int64_t *", array.__array_interface__["data"][0])


def _coordinates(array):
    """Index arrays of a COO array: `coords` of newer, `row` and `col` of older versions of scipy."""
    return array.coords if hasattr(array, "coords") else (array.row, array.col)


def sparse_view(name, array, asked=None):
    """A view of a sparse array: an rlra_sparse. CSR, CSC and COO are taken as they are, others are made COO."""
    if array.format not in ("csr", "csc", "coo"):
        array = array.tocoo()
    if array.ndim < _SPARSE_ORDER or array.ndim > MAX_ORDER:
        raise ValueError(f"{name} has {array.ndim} modes, sparse arrays need {_SPARSE_ORDER} to {MAX_ORDER}")
    if array.format == "coo":
        return _coordinate_view(name, array.shape, array.data, _coordinates(array), asked)
    compressed = 0 if array.format == "csr" else 1
    values, c = _sparse_values(name, array.shape, array.data, asked)
    starts = _indices(name, array.indptr, array.shape[compressed] + 1)
    indices = _indices(name, array.indices, len(values))
    c.compressed, c.starts = compressed, _pointer(starts)
    c.indices[1 - compressed] = _pointer(indices)
    return View(c, (values, starts, indices), tuple(array.shape), values.dtype, sparse=True)


def stored_view(name, array, asked=None):
    """A sparse view of the entries of a dense matrix that are not zero."""
    numbers = as_numbers(name, array, asked)
    places = np.nonzero(numbers)
    return _coordinate_view(name, numbers.shape, numbers[places], places, None)


def _sparse_values(name, shape, values, asked):
    """The stored values, and a struct with them; coordinates are to come."""
    values = np.ascontiguousarray(as_numbers(name, values, asked))
    c = ffi.new("rlra_sparse *")
    c.dtype, c.order, c.count, c.compressed = FLOATS[values.dtype], len(shape), len(values), -1
    c.dims[0:len(shape)] = shape
    c.values = ffi.cast("void *", values.__array_interface__["data"][0])
    return values, c


def _coordinate_view(name, shape, values, places, asked):
    values, c = _sparse_values(name, shape, values, asked)
    places = [_indices(name, place, len(values)) for place in places]
    c.indices[0:len(places)] = [_pointer(place) for place in places]
    return View(c, (values, *places), tuple(shape), values.dtype, sparse=True)


def any_view(name, array, asked=None):
    """A view of dense or sparse data, or of what is one already."""
    if isinstance(array, View):
        return array
    return sparse_view(name, array, asked) if is_sparse(array) else dense_view(name, array, asked)


def numpy_of(array):
    """An rlra_array as a numpy view of the same memory; its strides are not negative."""
    dtype, order = DTYPES[array.dtype], array.order
    size = dtype.itemsize
    shape, strides = ffi.unpack(array.dims, order), [step * size for step in ffi.unpack(array.strides, order)]
    bytes_seen = size
    for length, step in zip(shape, strides):
        bytes_seen += (length - 1) * step
    return np.ndarray(shape, dtype, ffi.buffer(array.data, bytes_seen), strides=strides)


_MEANINGS = ("observed", "missing")


def check_meaning(mask, means):
    """Refuse other words for what True in a mask stands for, and such a word without a mask."""
    if means is not None and means not in _MEANINGS:
        raise ValueError(f"mask_means must be one of {', '.join(map(repr, _MEANINGS))}, got {means!r}")
    if mask is None and means is not None:
        raise ValueError("mask_means has no effect without mask")


def asked_mask(context, data, mask, means, missing):
    """A mask that is True where an entry is observed. Where its meaning is not given, it is refused if it may mean the contrary."""
    check_meaning(mask, means)
    if mask is None or data.sparse or data.c.data == ffi.NULL:
        return mask
    mask = _mask(data, mask)
    if means is None:
        kind = lib.RLRA_MISSING_NAN if missing == "nan" else lib.RLRA_MISSING_NONE
        view = dense_view("mask", mask.astype(data.dtype))
        context.check(lib.rlra_mask_check(context.pointer, data.c, view.c, kind))
    return ~mask if means == "missing" else mask


def observed(data, mask, weights, X):
    """The weights of entries: of a mask (True: observed), of weights, of a masked array; None if there are none."""
    if isinstance(X, np.ma.MaskedArray) and X.mask is not np.ma.nomask:
        seen = ~np.ma.getmaskarray(X)
        mask = seen if mask is None else np.logical_and(_mask(data, mask), seen)
    if mask is None and weights is None:
        return None
    if data.sparse:
        raise TypeError("mask and weights are for dense data; missing='unstored' takes what is not stored as missing")
    if weights is None:
        return dense_view("mask", _mask(data, mask).astype(data.dtype))
    if mask is None:
        return dense_view("weights", weights, data.dtype)
    numbers = as_numbers("weights", weights, data.dtype)
    _same_shape("weights", numbers.shape, data.shape)
    return dense_view("weights", np.where(_mask(data, mask), numbers, data.dtype.type(0)))


def _mask(data, mask):
    """A mask as a boolean array of the shape of the data."""
    plain = np.asarray(mask)
    if plain.dtype != bool:
        raise TypeError(f"mask must be a boolean array, True where an entry is observed, got dtype {plain.dtype}")
    _same_shape("mask", plain.shape, data.shape)
    return plain


def _same_shape(name, came, expected):
    if came != expected:
        raise ValueError(f"{name} has shape {came}, the data {expected}")
