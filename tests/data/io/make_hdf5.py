"""Make the files of HDF5 that tests/unit/io/hdf5_sets.c reads: python make_hdf5.py, with numpy and h5py on HDF5 2.0.

Every array has the entries of make.py: v(i) = i * 7 % 23 in row-major order, minus 11 if signed, halved if floating; bool is v(i)
odd. Entries that were never written are the fill value -3, or 0 where none is named.
"""

import ctypes
import os

import h5py
import numpy as np

DONT_FILTER_PARTIAL_CHUNKS = 2

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def values(shape, dtype):
    dtype = np.dtype(dtype)
    v = (np.arange(np.prod(shape, dtype=int)) * 7 % 23).reshape(shape)
    if dtype.kind == "b":
        return v % 2 == 1
    if dtype.kind != "u":
        v = v - 11
    if dtype.kind == "f":
        v = v / 2
    return v.astype(dtype)


def library():
    """The HDF5 that h5py uses, for what h5py does not pass on."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5-" in line or "/libhdf5.so" in line))


def put(file, name, shape, dtype, **how):
    file.create_dataset(name, data=values(shape, dtype), **how)


def put_low(file, name, shape, dtype, chunk=None, most=None, write=True, **how):
    """What h5py has no keyword for: compact, early allocation, edges that are not filtered."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    if chunk is None:
        plan.set_layout(h5py.h5d.COMPACT)
    else:
        plan.set_chunk(chunk)
    if how.get("early"):
        plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    if how.get("deflate"):
        plan.set_deflate(6)
    if how.get("plain_edges"):
        library().H5Pset_chunk_opts(ctypes.c_int64(plan.id), ctypes.c_uint(DONT_FILTER_PARTIAL_CHUNKS))
    space = h5py.h5s.create_simple(shape, most) if shape else h5py.h5s.create(h5py.h5s.SCALAR)
    made = h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype), logical=True), space, plan)
    if write:
        h5py.Dataset(made)[...] = values(shape, dtype)


def make_old():
    """Layouts, filters, types, shapes as all versions have them: chunks are in B-trees of version 1."""
    with h5py.File("sets_v18.h5", "w", libver=("earliest", "v108")) as f:
        put(f, "contiguous", (3, 4), "<f8")
        put_low(f, "compact", (3, 4), "<i2")
        put(f, "chunked", (7, 5), "<f8", chunks=(3, 2))
        put(f, "gzip", (7, 5), "<f4", chunks=(3, 5), compression="gzip", shuffle=True, fletcher32=True)
        put(f, "gzip_rows", (6, 5), "<f8", chunks=(2, 5), compression="gzip", shuffle=True)
        put(f, "lzf", (40, 5), "<i4", chunks=(16, 3), compression="lzf")
        put(f, "cube", (3, 4, 5), ">f4", chunks=(2, 3, 2))
        put(f, "fifth", (2, 3, 2, 3, 2), ">i8", chunks=(1, 2, 2, 3, 1), compression="gzip")
        put(f, "big", (5,), ">u2")
        put(f, "bool", (3, 3), "?", chunks=(2, 2))
        put(f, "half", (5,), "<f2")
        put(f, "scalar", (), "<f8")
        put(f, "empty", (0, 3), "<f8", chunks=(2, 2), maxshape=(None, 3))
        f.create_dataset("null", data=h5py.Empty("f8"))
        part = f.create_dataset("part", (5, 5), "<f8", chunks=(2, 2), fillvalue=-3)
        part[:2] = values((5, 5), "<f8")[:2]
        f.create_dataset("unwritten", (2, 3), "<i4", fillvalue=-3)


def make_new():
    """The indexes of version 1.10."""
    with h5py.File("sets_v110.h5", "w", libver=("v110", "v110")) as f:
        put_low(f, "single", (3, 4), "<f8", chunk=(3, 4))
        put_low(f, "single_gzip", (3, 4), "<f8", chunk=(3, 4), deflate=True)
        put_low(f, "implicit", (5, 4), "<f8", chunk=(2, 3), early=True)
        put_low(f, "fixed", (5, 4), "<f8", chunk=(2, 3))
        put_low(f, "fixed_gzip", (5, 4), "<f8", chunk=(2, 3), most=(9, 8), deflate=True)
        put_low(f, "fixed_edges", (5, 4), "<f8", chunk=(2, 3), deflate=True, plain_edges=True)
        paged = f.create_dataset("fixed_paged", (2100,), "u1", chunks=(1,))
        paged[2040:] = values((2100,), "u1")[2040:]
        put(f, "grows", (300,), "u1", chunks=(1,), maxshape=(None,))
        put(f, "grows_second", (3, 7), "<f4", chunks=(2, 2), maxshape=(5, None))
        put(f, "grows_gzip", (7, 3), "<f4", chunks=(2, 2), maxshape=(None, 3), compression="gzip")
        put(f, "tree", (5, 4), "<f8", chunks=(2, 3), maxshape=(None, None))
        put(f, "tree_gzip", (30, 40), "<i2", chunks=(3, 4), maxshape=(None, None), compression="gzip", shuffle=True)
    with h5py.File("sets_v200.h5", "w", libver="latest") as f:
        put(f, "single_gzip", (3, 4), "<f8", chunks=(3, 4), compression="gzip")
        put(f, "fixed_gzip", (5, 4), "<f8", chunks=(2, 3), compression="gzip")
        put(f, "tree_gzip", (5, 4), "<f8", chunks=(2, 3), maxshape=(None, None), compression="gzip")


def number_type(base, precision, offset):
    made = base.copy()
    made.set_precision(precision)
    made.set_offset(offset)
    return made


def make_odd():
    """Integers that do not fill their bytes, floats that are not of IEEE 754."""
    with h5py.File("sets_odd.h5", "w", libver=("earliest", "v108")) as f:
        for name, base, precision, offset in (
            ("low12", h5py.h5t.STD_I16LE, 12, 0),
            ("high12", h5py.h5t.STD_I16BE, 12, 4),
            ("middle", h5py.h5t.STD_U32LE, 20, 7),
        ):
            stored = number_type(base, precision, offset)
            made = h5py.h5d.create(f.id, name.encode(), stored, h5py.h5s.create_simple((4, 5)))
            kind = "<u4" if name == "middle" else "<i4"
            made.write(h5py.h5s.ALL, h5py.h5s.ALL, values((4, 5), kind), h5py.h5t.py_create(np.dtype(kind)))
        brain = h5py.h5t.IEEE_F32LE.copy()
        brain.set_fields(15, 7, 8, 0, 7)
        brain.set_precision(16)
        brain.set_size(2)
        brain.set_ebias(127)
        made = h5py.h5d.create(f.id, b"bfloat16", brain, h5py.h5s.create_simple((4, 5)))
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, values((4, 5), "<f4"), h5py.h5t.IEEE_F32LE)


def make_text():
    words = ["tree", "", "caf\u00e9", "water"]
    with h5py.File("sets_text.h5", "w", libver=("earliest", "v108")) as f:
        f.create_dataset("variable", data=words, dtype=h5py.string_dtype())
        f.create_dataset("packed", data=words, dtype=h5py.string_dtype(), chunks=(2,), compression="gzip")
        f.create_dataset("zeros", data=np.array([w.encode() for w in words], dtype="S6"))
        blanks = h5py.h5t.C_S1.copy()
        blanks.set_size(6)
        blanks.set_strpad(h5py.h5t.STR_SPACEPAD)
        made = h5py.h5d.create(f.id, b"blanks", blanks, h5py.h5s.create_simple((4,)))
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([w.encode().ljust(6) for w in words], dtype="S6"), blanks)
        f.create_dataset("refs", data=[f["variable"].ref, f["zeros"].ref], dtype=h5py.ref_dtype)


make_old()
make_new()
make_odd()
make_text()
