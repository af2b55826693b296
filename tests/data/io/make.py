"""Make the files that the tests of the readers read: python make.py, with numpy, scipy and h5py.

Every array has the entries v(i) = i * 7 % 23 in row-major order, minus 11 if signed, halved if floating;
bool is v(i) odd. So the tests need no second copy of the values.
"""

import os
import struct
import zipfile

import h5py
import numpy as np
import scipy.io
import scipy.sparse
from numpy.lib import format as npy

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


def make_npy():
    np.save("plain.npy", values((3, 4), "<f8"))
    np.save("fortran.npy", np.asfortranarray(values((3, 4, 2), ">f4")))
    np.save("scalar.npy", values((), "<i4"))
    np.save("empty.npy", values((0, 5), "<f8"))
    np.save("text.npy", np.array(["tree", "water", "caf\u00e9"]))
    np.save("structured.npy", np.zeros(2, dtype=[("a", "<f8"), ("b", "<i4")]))
    for version in (2, 3):
        with open(f"version{version}.npy", "wb") as file:
            npy.write_array(file, values((5,), "<u2"), version=(version, 0))


def make_npz():
    kinds = ["?", "i1", "u1"] + [e + k for e in "<>" for k in "i2 i4 i8 u2 u4 u8 f2 f4 f8".split()]
    names = {k: k.replace("?", "bool").replace("<", "le_").replace(">", "be_") for k in kinds}
    np.savez("types.npz", **{names[k]: values((3, 4), k) for k in kinds})
    np.savez_compressed("deflated.npz", Y=values((20, 30), "<f8"), names=np.array([b"a", b"bc"]))
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("readme.txt", "no array here")


def mat_contents():
    cell = np.empty((3, 1), dtype=object)
    cell[:, 0] = ["tree", "", "caf\u00e9"]
    mixed = np.empty((1, 2), dtype=object)
    mixed[0, :] = ["tree", np.eye(2)]
    return {
        "Y": values((6, 5), "u2"),
        "X": values((3, 4, 2), "f4"),
        "whole": np.arange(6.0).reshape(2, 3),
        "nRow": np.float64(3),
        "flags": values((1, 4), "?"),
        "title": "one line",
        "names": cell,
        "rows": np.array(["ab ", "cde"]),
        "mixed": mixed,
        "record": {"a": 1.0},
        "complex": np.eye(2) * 1j,
    }


def element(kind, data):
    return struct.pack(">II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def make_mat():
    scipy.io.savemat("plain.mat", mat_contents())
    scipy.io.savemat("deflated.mat", mat_contents(), do_compression=True)
    scipy.io.savemat("single.mat", {"Y": values((6, 5), "u2"), "n": 3.0, "spectrum": np.arange(6.0)})
    # SciPy does not write the other byte order.
    v = values((3, 4), ">i2")
    parts = element(6, struct.pack(">II", 10, 0)) + element(5, struct.pack(">ii", 3, 4))
    parts += element(1, b"Z") + element(3, v.tobytes(order="F"))
    with open("big_endian.mat", "wb") as file:
        file.write(b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(">H", 0x0100) + b"MI")
        file.write(struct.pack(">II", 14, len(parts)) + parts)


def make_mat73():
    with h5py.File("v73.mat", "w", userblock_size=512) as file:

        def put(where, name, data, kind):
            made = where.create_dataset(name, data=data)
            made.attrs["MATLAB_class"] = np.bytes_(kind)
            return made

        def codes(text):
            return np.array([[ord(c)] for c in text], dtype="u2")

        put(file, "Y", values((6, 5), "u2").T, "uint16")
        put(file, "X", values((3, 4, 2), "f4").T, "single")
        put(file, "flags", values((1, 4), "?").T.astype("u1"), "logical")
        put(file, "title", codes("one line"), "char")
        put(file, "none", np.array([0, 0], dtype="u8"), "double").attrs["MATLAB_empty"] = np.int32(1)
        hidden = file.create_group("#refs#")
        cells = [put(hidden, str(k), codes(t), "char").ref for k, t in enumerate(["tree", "water", "caf\u00e9"])]
        put(file, "names", np.array([cells], dtype=h5py.ref_dtype), "cell")
    with open("v73.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def make_hdf5():
    with h5py.File("plain.h5", "w") as file:
        file["x"] = values((3, 4), "<f8")
        file["group/big"] = values((3, 4), ">i4")
        file["group/deep/half"] = values((3, 4), "<f2")
        file["group/bool"] = values((4,), "?")
        file["scalar"] = 2.5
        file["names"] = ["tree", "water", "caf\u00e9"]
        file["fixed"] = np.array([b"ab", b"cde"])
        file["ring"] = file["group"]
        file["group/ring"] = file["group"]
        file["soft"] = h5py.SoftLink("/x")
        file.create_dataset("packed", data=np.zeros((100, 100), "u2"), compression="gzip")
        file.create_dataset("complex", data=np.eye(2) * 1j)


def make_envi():
    layouts = {"bsq": ("<u2", 12, (2, 0, 1)), "bil": (">i2", 2, (0, 2, 1)), "bip": ("<f4", 4, (0, 1, 2))}
    for name, (dtype, code, axes) in layouts.items():
        cube = values((3, 4, 2), dtype)
        offset = 7 if name == "bsq" else 0
        with open(f"cube_{name}.img", "wb") as file:
            file.write(b"x" * offset + np.ascontiguousarray(cube.transpose(axes)).tobytes())
        with open(f"cube_{name}.hdr", "w") as file:
            file.write(
                f"ENVI\ndescription = {{\n  made by NumPy }}\nsamples = 4\nlines   = 3\nbands = 2\n"
                f"header offset = {offset}\ndata type = {code}\ninterleave = {name.upper()}\n"
                f"byte order = {int(dtype[0] == '>')}\nwavelength units = Nanometers\n"
                "wavelength = {\n 400.5,\n 812.25}\n"
            )
    with open("scaled.bil", "wb") as file:
        file.write(np.arange(-3, 9, dtype="<i2").tobytes())
    with open("scaled.hdr", "w") as file:
        file.write(
            "ENVI\nsamples = 3\nlines = 2\nbands = 2\ndata type = 2\ninterleave = bil\nbyte order = 0\n"
            "data ignore value = 4\nreflectance scale factor = 100\ndata gain values = {1, 2}\n"
            "data offset values = {0.5, -1}\nbbl = {1, 0}\nband names = {red, near infrared}\n"
            "wavelength = {0.65, 0.85}\ndata reflectance gain values = {1, 1}\n"
        )


def make_csv():
    with open("table.csv", "w") as file:
        file.write("# by hand\ntime" + ',"b, c",d\r\n')
        for row in values((4, 3), "f8"):
            file.write(",".join(str(x) for x in row) + "\r\n")
    np.savetxt("blanks.txt", values((4, 3), "f8"))
    with open("instrument.csv", "w") as file:
        file.write('sep=;\nInstrument;"X ""2"""\nDate;2020-01-31\n\n;"a";b\n(nm);AU;AU\n')
        for row, line in enumerate(values((4, 2), "f8")):
            file.write(";".join([str(250 + row)] + [f"{value}".replace(".", ",") for value in line]) + ";\n")
        file.write("# end\n")


def make_sparse():
    """Every third entry of 6 x 5 is stored, the others are zero."""
    every_third = np.arange(30).reshape(6, 5) % 3 == 0
    y = values((6, 5), "<f8") * every_third
    csr = scipy.sparse.csr_matrix(y)
    scipy.sparse.save_npz("sparse_csr.npz", csr)
    scipy.sparse.save_npz("sparse_csc.npz", csr.tocsc(), compressed=False)
    scipy.sparse.save_npz("sparse_coo.npz", csr.tocoo().astype("f4"))
    scipy.sparse.save_npz("sparse_bsr.npz", csr.tobsr((2, 5)))
    contents = {"Y": csr, "flags": csr != 0, "complex": csr * 1j, "dense": values((2, 2), "f8")}
    scipy.io.savemat("sparse.mat", contents)
    scipy.io.savemat("sparse_deflated.mat", contents, do_compression=True)
    i, j = np.nonzero(y)
    lines = [f"{a + 1} {b + 1} {y[a, b]:g}" for a, b in zip(i, j)]
    with open("sparse.mtx", "w") as file:
        file.write("%%MatrixMarket matrix coordinate real general\n% by hand\n\n6 5 " + f"{len(lines)}\n")
        file.write("\n".join(reversed(lines)) + "\n")
    with open("sparse.tns", "w") as file:
        file.write("# by hand\n" + "\n".join(lines) + "\n6 5 0\n")


def make_elsewhere():
    """What leads out of its file: entries in another one, a virtual data set, links; and groups deeper than are followed."""
    with h5py.File("elsewhere.h5", "w") as file:
        file["own"] = values((2, 3), "f8")
        file.create_dataset("outside", (12,), dtype="u1", external=[("plain.npy", 0, 12)])
        layout = h5py.VirtualLayout((3, 4), dtype="f8")
        layout[:] = h5py.VirtualSource("plain.h5", "x", (3, 4))
        file.create_virtual_dataset("virtual", layout)
        file["linked"] = h5py.ExternalLink("plain.h5", "x")
        group = file.create_group("sparse")
        group["data"], group["indices"], group["shape"] = np.ones(3), np.arange(3), np.array([3, 3])
        group["indptr"] = h5py.ExternalLink("plain.h5", "x")
        deep = file
        for _ in range(40):
            deep = deep.create_group("g")
        deep["x"] = values((2, 2), "f8")


make_npy()
make_npz()
make_mat()
make_mat73()
make_hdf5()
make_elsewhere()
make_envi()
make_csv()
make_sparse()
