"""Make the files that the corpora began with: python make_seeds.py FOLDER, with numpy, scipy, h5py and sparse.

FOLDER/NAME gets those of the reader NAME, each small. `tools/fuzz --merge FOLDER` keeps what reaches code that nothing else
reaches.
"""

import gzip
import io
import os
import shutil
import struct
import sys
import zipfile
import zlib

import h5py
import numpy as np
import scipy.io
import scipy.sparse as sp
from seed_texts import TEXTS

HOME = sys.argv[1]
MOST_BYTES = 8192
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "io")
KINDS = {
    "npy": (".npy",), "octave": ("octave.mat",), "mtx": (".mtx",), "tns": (".tns",), "envi": (".hdr",),
    "csv": (".csv", ".txt"), "packed": (".gz",), "mat4": ("v4.mat", "v4_big_endian.mat", "v4_octave.mat"),
    "mat73": ("v73.mat", "structs73.mat"), "hdf5": (".h5",),
    "mat": ("plain.mat", "deflated.mat", "single.mat", "big_endian.mat", "sparse.mat", "sparse_deflated.mat",
            "structs.mat", "structs_deflated.mat", "dimensions.mat"),
    "npz": ("deflated.npz", "types.npz", "parts_graph.npz", "parts_hand.npz", "parts_alone.npz", "other.zip"),
    "scipy": ("sparse_bsr.npz", "sparse_coo.npz", "sparse_csc.npz", "sparse_csr.npz", "parts_dia.npz", "parts_coo3.npz",
              "parts_vector.npz", "parts_lil.npz", "pydata_coo.npz", "pydata_fill.npz", "pydata_gcxs.npz",
              "pydata_gcxs3.npz"),
}  # fmt: skip


def put(kind, name, data):
    os.makedirs(os.path.join(HOME, kind), exist_ok=True)
    with open(os.path.join(HOME, kind, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def copy_samples():
    for kind, endings in KINDS.items():
        for name in sorted(os.listdir(SAMPLES)):
            if name.endswith(endings):
                with open(os.path.join(SAMPLES, name), "rb") as file:
                    data = file.read()
                if len(data) <= MOST_BYTES:
                    put(kind, name, data)


def values(shape, dtype="f8"):
    return (np.arange(np.prod(shape, dtype=int)) * 7 % 23 - 3).reshape(shape).astype(dtype)


def make_hdf5(kind, name, fill, **options):
    path = os.path.join(HOME, "made.h5")
    with h5py.File(path, "w", **options) as file:
        fill(file)
    with open(path, "rb") as file:
        data = file.read()
    if options.get("userblock_size"):
        data = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + data[128:]
    os.remove(path)
    put(kind, name, data)


def fill_types(file):
    for k in "<f8 >f8 <f4 >f4 <f2 <i8 >i8 <i4 <i2 |i1 <u8 >u2 |u1".split():
        file["t" + k.strip("<>|") + ("b" if k[0] == ">" else "")] = values((2, 3), k)
    file["flags"] = np.array([True, False])
    file["complex"] = np.eye(2) * 1j
    file["compound"] = np.zeros(2, dtype=[("a", "f8"), ("b", "i4")])
    file["long"] = np.zeros(3, dtype=np.longdouble)
    file["empty"] = h5py.Empty("f8")
    file["none"] = np.zeros((0, 3))


def fill_text(file):
    file["variable"] = ["tree", "water", "caf\u00e9"]
    file["fixed"] = np.array([b"ab", b"cde"])
    file["padded"] = np.array([["a ", "b"], ["c", "d"]], dtype="S")
    file["alone"] = "one line"
    file["opaque"] = np.void(b"xx")
    file["codes"] = np.array([[104, 105]], "u2")


def fill_layouts(file):
    create = file.create_dataset
    create("gzip", data=values((20, 10), "i2"), chunks=(7, 4), compression="gzip", shuffle=True, fletcher32=True)
    create("lzf", data=values((20, 10), "i2"), chunks=(7, 4), compression="lzf")
    create("chunks", data=values((6, 5)), chunks=(2, 2), maxshape=(None, 5))
    create("grow", data=values((6, 5)), chunks=(2, 2), maxshape=(None, None))
    create("one", data=values((4, 3)), chunks=(4, 3))
    create("never", (4, 3), "f8", chunks=(2, 2), fillvalue=2.5)
    create("unset", (4, 3), "f4", fillvalue=1)
    create("scale", data=values((6, 5), "i4"), chunks=(6, 5), scaleoffset=4)
    property_list = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    property_list.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((3, 2))
    made = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F64LE, space, property_list)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, values((3, 2)))


def fill_set(**options):
    shape = options.pop("shape", (6, 5))
    return lambda file: file.create_dataset("x", data=values(shape, options.pop("dtype", "i2")), **options)


SETS = {
    "gzip": dict(chunks=(4, 3), compression="gzip", shuffle=True, fletcher32=True), "lzf": dict(chunks=(4, 3), compression="lzf"),
    "fixed": dict(chunks=(2, 2), compression="gzip"), "grow": dict(chunks=(2, 2), maxshape=(None, 5)),
    "tree": dict(chunks=(2, 2), maxshape=(None, None)), "scale": dict(chunks=(6, 5), scaleoffset=4),
    "long": dict(shape=(60,), chunks=(1,), maxshape=(None,)),
}  # fmt: skip


def fill_strings(file):
    file["variable"] = ["tree", "water"]


def fill_dense(file):
    for k in range(10):
        file.attrs[f"a{k}"] = k
        file[f"g{k}"] = h5py.SoftLink("/g0")


def fill_groups(file):
    for k in range(12):
        file[f"many/n{k:02d}"] = k
    file["many/deep/er/x"] = values((2, 2))
    file["soft"] = h5py.SoftLink("/many/n01")
    file["dangling"] = h5py.SoftLink("/nowhere")
    file["linked"] = h5py.ExternalLink("plain.h5", "x")
    file["ring"] = file["many"]
    file["many/ring"] = file["/"]
    for k in range(12):
        file["many"].attrs[f"a{k}"] = k
    file["type"] = np.dtype("f8")


def fill_elsewhere(file):
    file["own"] = values((2, 3))
    file.create_dataset("outside", (12,), dtype="u1", external=[("plain.npy", 0, 12)])
    layout = h5py.VirtualLayout((3, 4), dtype="f8")
    layout[:] = h5py.VirtualSource("plain.h5", "x", (3, 4))
    file.create_virtual_dataset("virtual", layout)


def put_parts(group, m, dtype="f8"):
    group["data"], group["indices"], group["indptr"] = m.data.astype(dtype), m.indices, m.indptr


def sparse_matrix():
    return sp.csr_array(values((4, 5)) * (np.arange(20).reshape(4, 5) % 3 == 0))


def fill_sparse(which):
    m = sparse_matrix()

    def fill(file):
        group = file.create_group("X")
        if which == "anndata":
            put_parts(group, m, "f4")
            group.attrs["encoding-type"], group.attrs["shape"] = "csr_matrix", np.array(m.shape)
        elif which == "csc":
            put_parts(group, m.tocsc())
            group.attrs["h5sparse_format"], group.attrs["h5sparse_shape"] = b"csc", m.shape
        elif which == "10x":
            put_parts(group, m, "i4")
            group["shape"] = np.array(m.shape[::-1], "i4")
            group["barcodes"], group["features/id"] = np.array([b"c"] * 4), np.array([b"g"] * 5)
        elif which == "shape":
            put_parts(group, m)
            group["shape"] = m.shape
        else:
            put_parts(group, m)
        bad = file.create_group("bad")
        put_parts(bad, m)
        bad["indices"][...] = 77
        bad["shape"] = m.shape

    return fill


def matlab(where, name, data, kind):
    made = where.create_dataset(name, data=data)
    made.attrs["MATLAB_class"] = np.bytes_(kind)
    return made


def fill_mat73(which):
    def fill(file):
        if which == "numbers":
            for kind, dtype in (("double", "f8"), ("single", "f4"), ("int8", "i1"), ("uint64", "u8"), ("logical", "u1")):
                matlab(file, kind, values((2, 3), dtype).T, kind)
            matlab(file, "none", np.array([0, 0], dtype="u8"), "double").attrs["MATLAB_empty"] = np.int32(1)
            matlab(file, "f", np.zeros((2, 2), "u4"), "function_handle")
            matlab(file, "z", np.zeros((2, 2), dtype=[("real", "f8"), ("imag", "f8")]), "double")
            file["plain"] = values((2, 2))
        elif which == "text":
            matlab(file, "title", np.array([[104], [105]], "u2"), "char")
            matlab(file, "rows", np.array([[104, 105], [106, 107]], "u2"), "char")
            matlab(file, "nothing", np.array([0, 0], "u8"), "char").attrs["MATLAB_empty"] = np.int32(1)
            hidden = file.create_group("#refs#")
            cells = [matlab(hidden, str(k), np.array([[ord(c)] for c in t], "u2"), "char").ref
                     for k, t in enumerate(["tree", "water"])]
            matlab(file, "names", np.array([cells], dtype=h5py.ref_dtype), "cell")
            number = matlab(hidden, "n", values((2, 2)), "double").ref
            matlab(file, "mixed", np.array([[cells[0], number]], dtype=h5py.ref_dtype), "cell")
        else:
            m = sparse_matrix().tocsc()
            for kind in ("double", "logical"):
                group = file.create_group(kind)
                group.attrs["MATLAB_class"], group.attrs["MATLAB_sparse"] = np.bytes_(kind), np.uint64(4)
                group["data"] = m.data if kind == "double" else (m.data != 0).astype("u1")
                group["ir"], group["jc"] = m.indices.astype("u8"), m.indptr.astype("u8")
            none = file.create_group("none")
            none.attrs["MATLAB_class"], none.attrs["MATLAB_sparse"] = np.bytes_("double"), np.uint64(3)
            none["jc"] = np.zeros(3, "u8")
            data = file.create_group("data")
            data.attrs["MATLAB_class"] = np.bytes_("struct")
            matlab(data, "X", values((3, 2)).T, "double")
            sub = data.create_group("sub")
            sub.attrs["MATLAB_class"] = np.bytes_("struct")
            matlab(sub, "note", np.array([[104], [105]], "u2"), "char")

    return fill


def make_all_hdf5():
    fills = {"types": fill_types, "text": fill_text, "layouts": fill_layouts, "groups": fill_groups,
             "elsewhere": fill_elsewhere}
    fills.update({"sparse_" + k: fill_sparse(k) for k in ("anndata", "csc", "10x", "shape", "alone")})
    for name, fill in fills.items():
        for libver in ("earliest", "v110"):
            make_hdf5("hdf5", f"{name}_{libver}", fill, libver=libver)
    for name, options in SETS.items():
        for libver in ("earliest", "v110"):
            make_hdf5("hdf5", f"set_{name}_{libver}", fill_set(**options), libver=libver)
    make_hdf5("hdf5", "strings", fill_strings, libver="v110")
    make_hdf5("hdf5", "dense", fill_dense, libver="v110", track_order=True)
    for name in ("numbers", "text", "parts"):
        for libver in ("earliest", "v110"):
            make_hdf5("mat73", f"{name}_{libver}", fill_mat73(name), userblock_size=512, libver=libver)


def npy_bytes(array):
    to = io.BytesIO()
    np.save(to, array, allow_pickle=True)
    return to.getvalue()


def make_npy():
    for k, array in enumerate([values((3, 4)), values((2, 3), ">f4"), np.asfortranarray(values((2, 3, 2), "<i2")),
                               np.array([1 + 2j]), np.array([{}], dtype=object), np.zeros((0, 3)), np.array(7, "<u8"),
                               np.zeros(3, "M8[s]"), np.array(["a", "bc"]), np.array([b"a", b"bc"]),
                               np.zeros(2, [("a", "f8")]), np.zeros(2, np.longdouble), np.zeros(3, "?"),
                               np.zeros((1,) * 9)]):  # fmt: skip
        put("npy", f"array_{k}", npy_bytes(array))


def put_zip(kind, name, members, method=zipfile.ZIP_DEFLATED, comment=b""):
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", method) as archive:
        for member, data in members.items():
            archive.writestr(zipfile.ZipInfo(member, (2024, 1, 1, 0, 0, 0)), npy_bytes(data) if isinstance(data, np.ndarray) else data,
                             compress_type=method)
        archive.comment = comment
    put(kind, name, to.getvalue())


def make_zip():
    x, m = values((3, 2)), sparse_matrix()
    parts = {"data.npy": m.data, "indices.npy": m.indices, "indptr.npy": m.indptr, "shape.npy": np.array(m.shape)}
    put_zip("npz", "stored", {"x.npy": x, "names.npy": np.array(["a", "b"])}, zipfile.ZIP_STORED, b"comment")
    put_zip("npz", "bzip2", {"x.npy": x}, zipfile.ZIP_BZIP2)
    put_zip("npz", "mixed", {"x.npy": x, "readme.txt": b"text", "folder/y.npy": x, "bad.npy": b"none"})
    put_zip("npz", "parts", {**parts, "Z.npy": x})
    put_zip("npz", "prefixed", {f"{p}_{k}": v for p in "ab" for k, v in parts.items()})
    put_zip("npz", "same", {"x.npy": x, "X.npy": x, "y.npy": np.array([b"ab"])}, zipfile.ZIP_STORED)
    for form in ("csr", "csc", "bsr", "coo", "dia"):
        for kind in ("f8", "f4", "i4", "?"):
            to = io.BytesIO()
            sp.save_npz(to, m.asformat(form).astype(kind), compressed=kind == "f8")
            put("scipy", f"{form}_{kind.replace('?', 'bool')}", to.getvalue())
    for change in ({"format.npy": np.array(b"lil")}, {"format.npy": np.array("csr")}, {"indices.npy": m.indices + 9},
                   {"indptr.npy": m.indptr[::-1]}, {"shape.npy": np.array([4])}, {"data.npy": m.data * 1j}):
        put_zip("scipy", "changed_" + next(iter(change))[:-4] + str(len(str(change))),
                {"format.npy": np.array(b"csr"), **parts, **change})


def make_mat():
    m = sparse_matrix().tocsc()
    cell = np.empty((2, 1), dtype=object)
    cell[:, 0] = ["tree", "water"]
    mixed = np.empty((1, 2), dtype=object)
    mixed[0, :] = ["tree", np.eye(2)]
    contents = {
        "numbers": {k: values((2, 3), k) for k in ("f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")},
        "text": {"title": "one line", "rows": np.array(["ab ", "cde"]), "names": cell, "mixed": mixed, "n": "caf\u00e9"},
        "struct": {"s": {"X": values((3, 2)), "sub": {"S": m, "names": cell}, "n": "t"},
                   "many": np.array([[(1.0,), (2.0,)]], dtype=[("a", "O")])},
        "sparse": {"S": m, "flags": m != 0, "z": m * 1j, "none": sp.csc_array((3, 2))},
        "more": {"z": np.eye(2) * 1j, "flags": np.eye(2, dtype=bool), "cube": values((2, 3, 2)), "e": np.zeros((0, 3)),
                 "long_name_of_a_variable": np.arange(3.0)},
    }
    for name, content in contents.items():
        for packed in (False, True):
            to = io.BytesIO()
            scipy.io.savemat(to, content, do_compression=packed)
            put("mat", f"{name}_{'packed' if packed else 'plain'}", b"MATLAB 5.0 MAT-file".ljust(116) + to.getvalue()[116:])
    for name in ("numbers", "more"):
        to = io.BytesIO()
        small = {k: v for k, v in contents[name].items() if np.ndim(v) == 2 and k not in ("i1", "u4", "i8", "u8")}
        scipy.io.savemat(to, {**small, "S": m, "SZ": m * 1j, "t": "text"}, format="4")
        put("mat4", name, to.getvalue())
    for order in "<>":
        data = b""
        for kind in range(6):
            head = struct.pack(order + "5I", 1000 * (order == ">") + kind * 10, 1, 2, kind == 0, 2)
            data += head + b"x\0" + bytes(2 * (1 + (kind == 0)) * (8, 4, 4, 2, 2, 1)[kind])
        put("mat4", "kinds_" + ("big" if order == ">" else "little"), data)


def make_packed():
    table = "a,b\n1,2.5\n3,4\n".encode()
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        put("packed", name, "a\tb\n1\t2\n\U0001F333\t4\n".encode(name))
    put("packed", "members", gzip.compress(table, mtime=0) + gzip.compress(b"5,6\n", mtime=0) + bytes(12))
    put("packed", "behind", gzip.compress(table, mtime=0) + b"more text")
    put("packed", "cut", gzip.compress(table * 9, mtime=0)[:-9])
    put("packed", "empty", gzip.compress(b"", mtime=0))
    put("packed", "sum", gzip.compress(table, mtime=0)[:-8] + bytes(8))
    put("packed", "recoded", gzip.compress("a\tb\n1\t2\n".encode("utf-16"), mtime=0))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = packer.compress(table) + packer.flush()
    end = struct.pack("<II", zlib.crc32(table), len(table))
    put("packed", "fields", b"\x1f\x8b\x08\x1c" + bytes(6) + b"\x02\x00ab" + b"name\0comment\0" + deflated + end)


def main():
    shutil.rmtree(HOME, ignore_errors=True)
    os.makedirs(HOME)
    copy_samples()
    make_all_hdf5()
    make_npy()
    make_zip()
    make_mat()
    make_packed()
    for kind, texts in TEXTS.items():
        for k, text in enumerate(texts):
            put(kind, f"text_{k:02d}", text)


main()
