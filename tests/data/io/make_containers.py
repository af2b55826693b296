"""Make the sample files that hold arrays in parts, in structs, or packed: python make_containers.py, with numpy, scipy, h5py and
sparse (of pydata). Entries are those of make.py, sparse ones those of its make_sparse(); Octave's are made by make_octave.m."""

import gzip
import os
import struct

import h5py
import numpy as np
import scipy.io
import scipy.sparse as sp
import sparse

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def values(shape, dtype="f8"):
    dtype = np.dtype(dtype)
    v = (np.arange(np.prod(shape, dtype=int)) * 7 % 23).reshape(shape)
    if dtype.kind != "u":
        v = v - 11
    return (v / 2 if dtype.kind == "f" else v).astype(dtype)


def every_third(shape):
    return np.where(np.arange(np.prod(shape)).reshape(shape) % 3 == 0, values(shape), 0.0)


Y = every_third((6, 5))


def make_npz():
    sp.save_npz("parts_dia.npz", sp.dia_array(Y))
    sp.save_npz("parts_coo3.npz", sp.coo_array(every_third((3, 4, 2))))
    sp.save_npz("parts_vector.npz", sp.coo_array(values((7,))))
    sparse.save_npz("pydata_coo.npz", sparse.COO(every_third((3, 4, 2))))
    sparse.save_npz("pydata_fill.npz", sparse.COO(Y, fill_value=1.0))
    sparse.save_npz("pydata_gcxs.npz", sparse.GCXS(Y))
    sparse.save_npz("pydata_gcxs3.npz", sparse.GCXS(every_third((3, 4, 2))))
    a, b = sp.csr_array(Y), sp.csc_array(Y)
    names = ("data", "indices", "indptr", "shape")
    graph = {f"{prefix}_{k}": getattr(m, k) for prefix, m in (("adj", a), ("attr", b)) for k in names}
    np.savez_compressed("parts_graph.npz", **graph, labels=np.arange(6))
    np.savez("parts_hand.npz", data=a.data, indices=a.indices, indptr=a.indptr, shape=a.shape, Z=values((3, 4)))
    np.savez("parts_alone.npz", data=a.data, indices=a.indices, indptr=a.indptr)
    np.savez("parts_lil.npz", data=a.data, rows=a.indices, shape=a.shape, format=b"lil")


def contents():
    cell = np.empty((2, 1), dtype=object)
    cell[:, 0] = ["tree", "water"]
    inner = {"T": values((3, 4, 2), "f4"), "S": sp.csc_array(Y), "names": cell}
    return {"data": {"X": values((3, 4), "i2"), "note": "one line", "sub": inner}, "q": 2.5,
            "many": np.array([[(1.0,), (2.0,)]], dtype=[("a", "O")])}


def element(order, kind, data):
    return struct.pack(order + "II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def make_mat():
    scipy.io.savemat("structs.mat", contents())
    scipy.io.savemat("structs_deflated.mat", contents(), do_compression=True)
    types = {k: values((3, 4), k) for k in ("f8", "f4", "i4", "i2", "u2", "u1")}
    more = {"S": sp.csc_matrix(Y), "title": "one line", "rows": np.array(["ab ", "cde"]), "z": np.eye(2) * 1j,
            "SZ": sp.csc_matrix(Y) * 1j}
    scipy.io.savemat("v4.mat", {**types, **more}, format="4")
    with open("v4_big_endian.mat", "wb") as file:
        for name, code, table in (("X", 1000, values((3, 4)).astype(">f8")), ("i", 1030, values((3, 4), ">i2"))):
            file.write(struct.pack(">5I", code, *table.shape, 0, len(name) + 1) + name.encode() + b"\0")
            file.write(table.tobytes(order="F"))
    # Dimensions as other programs write them: unsigned, or of other sizes.
    with open("dimensions.mat", "wb") as file:
        file.write(b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM")
        for name, kind, code in (("u", 6, "I"), ("s", 3, "h"), ("l", 13, "Q")):
            parts = element("<", 6, struct.pack("<II", 6, 0)) + element("<", kind, struct.pack("<2" + code, 3, 4))
            parts += element("<", 1, name.encode()) + element("<", 9, values((3, 4)).tobytes(order="F"))
            file.write(struct.pack("<II", 14, len(parts)) + parts)


def put_matlab(where, name, data, kind):
    made = where.create_dataset(name, data=data)
    made.attrs["MATLAB_class"] = np.bytes_(kind)


def put_matlab_sparse(where, name, m, kind):
    group = where.create_group(name)
    group.attrs["MATLAB_class"] = np.bytes_(kind)
    group.attrs["MATLAB_sparse"] = np.uint64(m.shape[0])
    if m.nnz > 0:
        group["data"] = m.data if kind == "double" else (m.data != 0).astype("u1")
        group["ir"] = m.indices.astype("u8")
    group["jc"] = m.indptr.astype("u8")


def make_mat73():
    with h5py.File("structs73.mat", "w", userblock_size=512) as file:
        put_matlab_sparse(file, "S", sp.csc_array(Y), "double")
        put_matlab_sparse(file, "flags", sp.csc_array(Y), "logical")
        put_matlab_sparse(file, "none", sp.csc_array((3, 2)), "double")
        data = file.create_group("data")
        sub = data.create_group("sub")
        for group in (data, sub):
            group.attrs["MATLAB_class"] = np.bytes_("struct")
        put_matlab(data, "X", values((3, 4), "i2").T, "int16")
        put_matlab(data, "note", np.array([[ord(c)] for c in "one line"], "u2"), "char")
        put_matlab(sub, "T", values((3, 4, 2), "f4").T, "single")
        put_matlab_sparse(sub, "S", sp.csc_array(Y), "double")
    with open("structs73.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def put_parts(group, m, dtype="f8"):
    group["data"], group["indices"], group["indptr"] = m.data.astype(dtype), m.indices, m.indptr


def make_hdf5():
    with h5py.File("groups.h5", "w") as file:
        ten = file.create_group("matrix")
        put_parts(ten, sp.csc_array(Y), "i4")
        ten["data"][...] = sp.csc_array(Y).data * 2
        ten["shape"] = np.array(Y.shape, "i4")
        ten["barcodes"] = np.array([f"CELL{k}-1" for k in range(5)], "S")
        ten["features/id"] = np.array([f"ENS{k}" for k in range(6)], "S")
        ten["features/name"] = np.array([f"GENE{k}" for k in range(6)], "S")
        for name, m in (("X", sp.csr_array(Y)), ("layers/counts", sp.csc_array(Y))):
            group = file.create_group(name)
            put_parts(group, m, "f4")
            group.attrs["encoding-type"] = m.format + "_matrix"
            group.attrs["shape"] = np.array(m.shape)
        square = sp.csc_array(Y[:5])
        old = file.create_group("old")
        put_parts(old, square)
        old.attrs["h5sparse_format"], old.attrs["h5sparse_shape"] = b"csc", (5, 5)
        guessed = file.create_group("guessed")
        put_parts(guessed, sp.csr_array(Y[:5]))
        guessed["shape"] = (5, 5)
        put_parts(file.create_group("shapeless"), square)


def make_packed():
    for name in ("table.csv", "sparse.mtx", "sparse.tns", "plain.npy", "structs.mat", "structs73.mat", "octave.mat"):
        with open(name, "rb") as plain, gzip.GzipFile(name + ".gz", "wb", mtime=0) as packed:
            packed.write(plain.read())


make_npz()
make_mat()
make_mat73()
make_hdf5()
make_packed()
