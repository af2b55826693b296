"""Data sets of HDF5: drawn layouts, chunks, filters, types and fill values are read as h5py reads them.

RLRA_TEST_EFFORT multiplies the files; a failure names the seed of its file.
"""
import ctypes
import os

import numpy as np
import pytest

import rlra

h5py = pytest.importorskip("h5py")

FILES = 60
BOUNDS = [("earliest", "v108"), ("earliest", "v110"), ("v108", "v108"), ("v110", "v110"), ("earliest", "latest"),
          ("latest", "latest")]
DTYPES = ["i1", "u1", "?"] + [order + kind for order in "<>" for kind in "i2 i4 i8 u2 u4 u8 f2 f4 f8".split()]
DONT_FILTER_PARTIAL_CHUNKS = 2
LZF = 32000
# Beyond this, a set that is mostly not written is refused: a small file must not ask for much memory.
SMALL = 60000


def library():
    """The HDF5 that h5py uses, for what h5py does not pass on; None where it cannot be found."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = [line.split()[-1] for line in maps if "/libhdf5-" in line or "/libhdf5.so" in line]
    return ctypes.CDLL(paths[0]) if paths else None


def values(rng, dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "f":
        drawn = np.round(rng.standard_normal(shape) * 4) / 2
        special = rng.choice([np.inf, -np.inf, np.nan, -0.0, 6e-8, 65504.0], shape)
        return np.where(rng.random(shape) < 0.1, special, drawn).astype(dtype)
    ends = np.iinfo(dtype)
    drawn = rng.integers(ends.min, ends.max, shape, endpoint=True, dtype=dtype.newbyteorder("="))
    return (drawn % 7 if rng.random() < 0.5 else drawn).astype(dtype)


def draw_plan(rng, chunk, fill, edges):
    """How a chunked set is stored: filters in any order, when its room is taken, what stands for what is not written."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk(chunk)
    plan.set_alloc_time(int(rng.choice([h5py.h5d.ALLOC_TIME_EARLY, h5py.h5d.ALLOC_TIME_INCR, h5py.h5d.ALLOC_TIME_LATE])))
    names = rng.permutation(["shuffle", "deflate", "fletcher32"])[: rng.choice([0, 0, 1, 2, 3])]
    # h5py cannot read all that it writes where lzf is among others in another order.
    for name in names if rng.random() < 0.75 else ["shuffle", "lzf"]:
        if name == "deflate":
            plan.set_deflate(int(rng.integers(1, 10)))
        elif name == "lzf":
            plan.set_filter(LZF, h5py.h5z.FLAG_OPTIONAL)
        else:
            getattr(plan, "set_" + name)()
    if fill is not None:
        plan.set_fill_value(fill)
    if edges is not None and rng.random() < 0.3:
        edges.H5Pset_chunk_opts(ctypes.c_int64(plan.id), ctypes.c_uint(DONT_FILTER_PARTIAL_CHUNKS))
    return plan


def draw_chunked(rng, file, name, dtype, shape, fill):
    chunk = tuple(int(rng.choice([1, 2, 3, n, n + 1, (n + 1) // 2])) for n in shape)
    most = {"fixed": shape, "first": (None, *shape[1:]), "last": (*shape[:-1], None),
            "all": (None,) * len(shape), "more": tuple(n + int(rng.integers(0, 4)) for n in shape),
            }[rng.choice(["fixed", "first", "last", "all", "more"])]
    chunk = tuple(c if m is None else max(1, min(c, m)) for c, m in zip(chunk, most))
    edges = None if file.libver[1] == "v108" else library()
    limits = tuple(h5py.h5s.UNLIMITED if m is None else m for m in most)
    return h5py.Dataset(h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(dtype, logical=True),
                                        h5py.h5s.create_simple(shape, limits), draw_plan(rng, chunk, fill, edges)))


def draw_compact(file, name, dtype, shape):
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(shape) if shape else h5py.h5s.create(h5py.h5s.SCALAR)
    return h5py.Dataset(h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(dtype, logical=True), space, plan))


def draw_set(rng, file, name):
    dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
    order = int(rng.choice([0, 1, 1, 2, 2, 2, 3, 3, 4, 5]))
    longest = {0: 1, 1: 200, 2: 40, 3: 12, 4: 6, 5: 4}[order]
    shape = tuple(int(n) for n in rng.integers(1, longest + 1, order))
    fill = values(rng, dtype, (1,)) if rng.random() < 0.5 else None
    layout = rng.choice(["contiguous", "compact"] if order == 0 else ["contiguous", "compact", "chunked", "chunked", "chunked"])
    if layout == "compact":
        made = draw_compact(file, name, dtype, shape)
    elif layout == "chunked":
        made = draw_chunked(rng, file, name, dtype, shape, fill)
    else:
        made = file.create_dataset(name, shape, dtype, fillvalue=None if fill is None else fill[0])
    drawn = values(rng, dtype, shape)
    written = rng.choice(["all", "all", "part", "nothing", "grown"])
    if written in ("all", "grown"):
        made[...] = drawn
    elif written == "part" and order > 0:
        part = tuple(slice(int(rng.integers(0, n + 1))) for n in shape)
        made[part] = drawn[part]
    if written == "grown" and made.chunks is not None:
        made.resize([n + int(rng.integers(0, 5)) if m is None else m for n, m in zip(shape, made.maxshape)])


def check(path, seed):
    """Returns how many sets were compared."""
    compared = 0
    with h5py.File(path, "r") as file:
        for name in file:
            try:
                expected = file[name][...]
            except OSError:  # filters in an order whose results h5py itself cannot undo
                continue
            if expected.nbytes > SMALL:
                continue
            compared += 1
            with np.errstate(over="ignore"):
                twice = np.atleast_1d(expected.astype("f8"))
                single = twice.astype("f4")
            about = f"seed {seed}, {name}: {file[name].dtype} {file[name].shape}, chunks {file[name].chunks}"
            np.testing.assert_array_equal(rlra.load(f"{path}:/{name}", dtype="f64"), twice, err_msg=about)
            np.testing.assert_array_equal(rlra.load(f"{path}:/{name}", dtype="f32"), single, err_msg=about)
    return compared


def test_drawn_sets_are_read_as_h5py_reads_them(tmp_path):
    files = FILES * int(os.environ.get("RLRA_TEST_EFFORT", "1"))
    compared = 0
    for seed in range(files):
        rng = np.random.default_rng([5, seed])
        path = tmp_path / "drawn.h5"
        with h5py.File(path, "w", libver=BOUNDS[seed % len(BOUNDS)]) as file:
            for k in range(4):
                draw_set(rng, file, f"set{k}")
        compared += check(path, seed)
    assert compared > 3.8 * files


@pytest.mark.parametrize("libver", [("earliest", "v108"), ("v110", "v110")])
def test_many_chunks_are_found(tmp_path, libver):
    """Trees of several levels; arrays in pages, and blocks of them in blocks that are in pages."""
    path = tmp_path / "many.h5"
    drawn = values(np.random.default_rng(3), "u1", 140000)
    with h5py.File(path, "w", libver=libver) as file:
        file.create_dataset("fixed", data=drawn[:9000], chunks=(2,))
        file.create_dataset("tree", data=drawn[:9000].reshape(90, 100), chunks=(1, 3), maxshape=(None, None))
        file.create_dataset("grows", data=drawn[:20000 if libver[0] == "earliest" else None], chunks=(1,), maxshape=(None,))
    with h5py.File(path, "r") as file:
        for name in file:
            np.testing.assert_array_equal(rlra.load(f"{path}:/{name}"), file[name][...].astype("f8"))
