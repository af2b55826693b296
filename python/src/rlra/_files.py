"""Arrays from and to files, in every format that the library knows: rlra.load, rlra.save, rlra.variables."""
from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rlra._arrays import DTYPES, PRECISIONS, View, any_view, numpy_of, target_dtype, written_view
from rlra._core import ffi, lib
from rlra._implicit import ImplicitView, is_operator
from rlra._library import Context, as_whole, text

if TYPE_CHECKING:
    from typing import Any, Literal, SupportsIndex

    from numpy.typing import ArrayLike

    from rlra._types import Decimal, FirstColumn, PathLike, Precision

MOST_BYTES = 2**63 - 1
_READ = {None: lib.RLRA_READ_AUTO, PRECISIONS["f32"]: lib.RLRA_READ_F32, PRECISIONS["f64"]: lib.RLRA_READ_F64}


_FIRST = {"auto": lib.RLRA_FIRST_AUTO, "data": lib.RLRA_FIRST_DATA, "names": lib.RLRA_FIRST_NAMES,
          "axis": lib.RLRA_FIRST_AXIS}
_DECIMAL = {None: b"\0", ".": b".", ",": b",", "point": b".", "comma": b","}


def _one_of(name, value, choices):
    """What a word stands for."""
    if not isinstance(value, (str, type(None))) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(repr(choice) for choice in choices)}, got {value!r}")
    return choices[value]


def _line(name, value, least):
    """The number of a line of a file."""
    line = as_whole(name, value)
    if not least <= line < MOST_BYTES:
        raise ValueError(f"{name} must be a number of lines of at least {least}, got {value!r}")
    return line


def _options(dtype, missing="none", skip=0, names=None, first_column="auto", decimal=None, grouping=None, index_base=1):
    """How to read, for the library."""
    if grouping is not None and not (isinstance(grouping, str) and len(grouping) == 1 and grouping in ".,' _"):
        raise ValueError(f"grouping must be one of the signs . , ' _ and blank, got {grouping!r}")
    if index_base not in (0, 1):
        raise ValueError(f"index_base must be 0 or 1, got {index_base!r}")
    return ffi.new("rlra_read_options *", {
        "dtype": _READ[None if dtype is None else target_dtype("dtype", None, dtype)],
        "missing_words": missing == "nan",
        "first_line": _line("skip", skip, 0) + 1,
        "names_line": 0 if names is None else -1 if names == "none" else _line("names", names, 1),
        "first_column": _one_of("first_column", first_column, _FIRST),
        "decimal": _one_of("decimal", decimal, _DECIMAL),
        "grouping": b"\0" if grouping is None else grouping.encode(),
        "zero_based": index_base == 0,
    })


def _warn(spec, note):
    """Warn of each sentence that ``note`` has, by its index, on what the reader left out or guessed."""
    for k in itertools.count():
        sentence = note(k)
        if sentence == ffi.NULL:
            return
        warnings.warn(f"{os.fspath(spec)}: {text(sentence)}", UserWarning, stacklevel=4)


def _loaded(function, spec, dtype=None, missing="none", skip=0, names=None, first_column="auto", decimal=None, grouping=None,
            index_base=1):
    """What `load` returns; messages speak of the keywords of ``function``."""
    with Context(function) as context:
        dataset = ffi.new("rlra_dataset **")
        _one_of("missing", missing, dict.fromkeys(("none", "nan")))
        asked = _options(dtype, missing, skip, names, first_column, decimal, grouping, index_base)
        context.check(lib.rlra_dataset_read(context.pointer, os.fsencode(spec), asked, dataset))
        try:
            _warn(spec, lambda k: lib.rlra_dataset_note(dataset[0], k))
            kind, given = text(lib.rlra_dataset_format(dataset[0])), (skip, names, first_column, decimal, grouping)
            if kind != "csv" and given != (0, None, "auto", None, None):
                raise ValueError("skip, names, first_column, decimal and grouping are for tables in text, and "
                                 f"{os.fspath(spec)} is a file of the format {kind}")
            if index_base == 0 and kind not in ("mtx", "tns", "toolbox"):
                raise ValueError("index_base is for .mtx, .tns and sptensor files, and "
                                 f"{os.fspath(spec)} is a file of the format {kind}")
            sparse = lib.rlra_dataset_sparse(dataset[0])
            if sparse != ffi.NULL:
                return _sparse(sparse)
            return numpy_of(lib.rlra_dataset_array(dataset[0])).copy(order="K")
        finally:
            lib.rlra_dataset_destroy(dataset[0])


def load(
    spec: PathLike, *, dtype: Precision = None, missing: Literal["none", "nan"] = "none", skip: SupportsIndex = 0,
    names: SupportsIndex | Literal["none"] | None = None, first_column: FirstColumn = "auto", decimal: Decimal = None,
    grouping: str | None = None, index_base: int = 1,
) -> Any:
    """Read an array from a file; the format follows from the content.

    Reads .npy, .npz, .mat, HDF5, CSV, ENVI, Matrix Market, FROSTT, Octave and Tensor Toolbox files, packed by gzip or not,
    see ``rlra.members("format")``.

    Parameters
    ----------
    spec : path-like
        FILE, or FILE:NAME of a variable in it.
    dtype : {'f32', 'f64'} or dtype, optional
        Precision; by default float32 for floats of at most 32 bits, else float64.
    missing : {'none', 'nan'}
        Whether words such as NA, and empty fields, of a table in text are NaN; by default they are refused.
    skip : int
        Leave out so many lines at the beginning of a table in text.
    names : int or 'none', optional
        The line, from 1, that names the columns of a table in text; by default it is found.
    first_column : {'auto', 'data', 'names', 'axis'}
        What the first column of a table in text holds: numbers like the others, the names of the rows, or where they
        lie, such as an index or wavelengths. Names and places are no part of the array.
    decimal : {'point', 'comma'}, optional
        The decimal sign of a table in text; by default it is found.
    grouping : str, optional
        The sign between groups of digits of a table in text, such as ``","`` in 1,234.5.
    index_base : {1, 0}
        From what the indices in a .mtx, .tns or sptensor file count.

    Warns
    -----
    UserWarning
        Of all that was guessed or left out.

    Returns
    -------
    ndarray or scipy.sparse.coo_array
        Sparse arrays stay sparse, for which scipy is needed.

    Examples
    --------
    >>> import os, tempfile, numpy as np, rlra
    >>> path = os.path.join(tempfile.mkdtemp(), "a.csv")
    >>> rlra.save(path, np.eye(2))
    >>> rlra.load(path).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return _loaded(load, spec, dtype, missing, skip, names, first_column, decimal, grouping, index_base)


def load_scene(function, spec, dtype):
    """A dense array, and the indices of bands that its header marks as bad (None if it marks none).

    Words such as NA are NaN: in a scene that stands for no data.
    """
    with Context(function) as context:
        dataset = ffi.new("rlra_dataset **")
        context.check(lib.rlra_dataset_read(context.pointer, os.fsencode(spec), _options(dtype, "nan"), dataset))
        try:
            _warn(spec, lambda k: lib.rlra_dataset_note(dataset[0], k))
            if lib.rlra_dataset_sparse(dataset[0]) != ffi.NULL:
                raise TypeError(f"{os.fspath(spec)} is sparse, a scene must be dense")
            array = numpy_of(lib.rlra_dataset_array(dataset[0])).copy(order="K")
            marks = text(lib.rlra_dataset_attribute(dataset[0], b"bbl"))
        finally:
            lib.rlra_dataset_destroy(dataset[0])
    good = np.array([float(mark) for mark in marks.replace(",", " ").split()]) if marks else np.empty(0)
    return array, np.flatnonzero(good == 0) if len(good) == array.shape[-1] else None


class FileView(View):
    """A view of an array that stays in its file, open until the end of its with block."""

    __slots__ = ("pointer", "memory")

    def __init__(self, context, spec, dtype, memory):
        stream = ffi.new("rlra_stream **")
        context.check(lib.rlra_stream_open(context.pointer, os.fsencode(spec), _options(dtype), stream))
        _warn(spec, lambda k: lib.rlra_stream_note(stream[0], k))
        c = lib.rlra_stream_array(stream[0])
        super().__init__(c, (), tuple(ffi.unpack(c.dims, c.order)), DTYPES[c.dtype])
        self.pointer, self.memory = stream[0], max(-1, min(as_whole("memory_limit", memory), MOST_BYTES))

    def __exit__(self, *failure):
        lib.rlra_stream_close(self.pointer)
        self.pointer = ffi.NULL


def opened(context, X, dtype, memory, missing="none"):
    """The data of a fit as a view, to be closed: arrays, files that are read, files that stay where they are."""
    is_file = isinstance(X, (str, os.PathLike))
    if is_operator(X):
        if memory is not None:
            raise TypeError("memory_limit is for data in a file, and X is known by its products")
        return ImplicitView(X, dtype)
    if memory is None:
        words = "nan" if missing == "nan" else "none"
        return any_view("X", _loaded(context.function, X, dtype, words) if is_file else X, dtype)
    if not is_file:
        raise TypeError(f"memory_limit is for data in a file: X must be its path, got {type(X).__name__}")
    return FileView(context, X, dtype, memory)


def _numbers(pointer, count, dtype):
    return np.frombuffer(bytearray(ffi.buffer(pointer, count * dtype.itemsize)), dtype)


def _sparse(sparse):
    """A copy of a sparse array, for scipy."""
    from scipy.sparse import coo_array, csc_array, csr_array

    values = _numbers(sparse.values, sparse.count, DTYPES[sparse.dtype])
    shape, int64 = tuple(ffi.unpack(sparse.dims, sparse.order)), np.dtype(np.int64)
    indices = [None if index == ffi.NULL else _numbers(index, sparse.count, int64)
               for index in sparse.indices[0:sparse.order]]
    if sparse.compressed < 0:
        return coo_array((values, tuple(indices)), shape=shape)
    starts = _numbers(sparse.starts, shape[sparse.compressed] + 1, int64)
    kind = csr_array if sparse.compressed == 0 else csc_array
    return kind((values, indices[1 - sparse.compressed], starts), shape=shape)


def save(path: PathLike, arrays: ArrayLike | Mapping[str, ArrayLike]) -> None:
    """Write arrays to one file; the format follows from the ending, see `rlra.load`.

    Parameters
    ----------
    path : path-like
        .npy, .csv, .tsv, .txt and .hdr hold one array; .npz, .mat and .h5 any number.
    arrays : array_like, or dict of them
        An array alone gets the name ``data``. Integers are written as int64, other numbers as float32 or float64.

    Notes
    -----
    The file is written under another name and then renamed.
    """
    named = arrays if isinstance(arrays, Mapping) else {"data": arrays}
    views = [written_view(name, array) for name, array in named.items()]
    names = [ffi.new("char[]", name.encode()) for name in named]
    pairs = ffi.new("rlra_named_array[]", [(name, view.c) for name, view in zip(names, views)])
    with Context() as context:
        context.check(lib.rlra_file_write(context.pointer, os.fsencode(path), len(pairs), pairs))


@ffi.def_extern()
def rlra_watch_variable(handle, variable):
    """Called by the library for each variable of a file."""
    shape = tuple(ffi.unpack(variable.dims, variable.order)) if variable.order else ()
    ffi.from_handle(handle).append({"name": text(variable.name), "dtype": text(variable.dtype), "shape": shape,
                                    "numeric": bool(variable.numeric)})


def variables(path: PathLike) -> list[dict[str, Any]]:
    """What is in a file: a dict with name, dtype, shape and numeric for each variable.

    Parameters
    ----------
    path : path-like
        A file that `load` can read.
    """
    found = []
    handle = ffi.new_handle(found)
    with Context() as context:
        context.check(lib.rlra_file_list(context.pointer, os.fsencode(path), ffi.NULL, lib.rlra_watch_variable, handle))
    return found
