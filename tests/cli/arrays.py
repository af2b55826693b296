# Arrays for the command-line tests, with the standard library alone: write .npy, read .npz.
import ast
import math
import struct
import zipfile


def write_npy(path, shape, values, kind="<f8"):
    """Values in row-major order."""
    header = repr({"descr": kind, "fortran_order": False, "shape": tuple(shape)}).encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    form = {"<f8": "d", "<f4": "f", "<u2": "H"}[kind]
    values = list(values)
    assert len(values) == math.prod(shape)
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        file.write(struct.pack("<%d%s" % (len(values), form), *values))


def parse_npy(content):
    """(shape, values in row-major order)"""
    size, start = (struct.unpack("<H", content[8:10])[0], 10) if content[6] == 1 else \
        (struct.unpack("<I", content[8:12])[0], 12)
    header = ast.literal_eval(content[start:start + size].decode())
    shape, form = header["shape"], {"<f8": "d", "<f4": "f", "<i8": "q"}[header["descr"]]
    count = math.prod(shape)
    values = list(struct.unpack("<%d%s" % (count, form), content[start + size:]))
    if not header["fortran_order"] or len(shape) < 2:
        return shape, values
    ordered = []
    for flat in range(count):
        index, rest = [], flat
        for length in reversed(shape):
            index.insert(0, rest % length)
            rest //= length
        offset, stride = 0, 1
        for i, length in zip(index, shape):
            offset, stride = offset + i * stride, stride * length
        ordered.append(values[offset])
    return shape, ordered


def read_npz(path):
    """{name: (shape, values)}"""
    with zipfile.ZipFile(path) as archive:
        return {name[:-4]: parse_npy(archive.read(name)) for name in archive.namelist()}


def relative_error(rows, columns, values, factors):
    """||X - W H^T|| / ||X|| of a matrix and the arrays of a factors.npz."""
    (_, rank), left = factors["factor_0"]
    right, weights = factors["factor_1"][1], factors["weights"][1]
    misfit = 0.0
    for i in range(rows):
        for j in range(columns):
            model = sum(weights[k] * left[i * rank + k] * right[j * rank + k] for k in range(rank))
            misfit += (values[i * columns + j] - model) ** 2
    return math.sqrt(misfit / sum(x * x for x in values))
