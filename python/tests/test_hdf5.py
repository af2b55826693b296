"""HDF5 as h5py writes it: names, shapes and entries are those that h5py reads, in files of every version of the format."""
import itertools
import os

import numpy as np
import pytest

import rlra

h5py = pytest.importorskip("h5py")

LIBVER = [version for version in ("earliest", "v108", "v110", "v112", "v114", "v200", "latest")
          if version in ("earliest", "latest") or hasattr(h5py.h5f, f"LIBVER_{version.upper()}")]
DTYPES = ["<f8", ">f8", "<f4", ">f4", "<f2", ">f2", "<i1", "<u1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8", "<u8", "?"]
KINDS = ["plain", "ordered"]  # groups of at most 8 children keep them in their header, others in a heap; old files in a table


def make_group(parent, name, kind):
    return parent.create_group(name, track_order=kind == "ordered")


def drawn_array(rng):
    """Any bits for integers, any finite numbers and NaN and infinities for floats."""
    dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
    shape = tuple(rng.integers(0, 6, rng.integers(0, 5)))
    if dtype.kind == "f":
        array = (rng.standard_normal(shape) * 10.0 ** rng.integers(-4, 4)).astype(dtype)
        return np.where(rng.random(shape) < 0.1, rng.choice([np.nan, np.inf, -np.inf, -0.0]), array).astype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, endpoint=True, dtype=dtype.newbyteorder("=")).astype(dtype)


def fill(rng, group, kind, depth):
    """Data sets, groups, links of all sorts, attributes small and large."""
    for k in range(rng.integers(1, 20)):
        name = f"{rng.choice(['x', 'Ä', 'a b', 'z-1', '.hidden'])}{k}"
        choice = rng.integers(10)
        if choice < 5:
            made = group.create_dataset(name, data=drawn_array(rng))
            for j in range(rng.integers(0, 12)):
                made.attrs[f"a{j}"] = "text" if j % 3 else np.arange(rng.integers(1, 2000))
        elif choice < 8 and depth > 0:
            fill(rng, make_group(group, name, kind), kind, depth - 1)
        elif choice == 8:
            group[name] = group.file["/"] if rng.integers(2) else group  # a ring
        else:
            group[name] = h5py.SoftLink("/nowhere")


def listed_by_h5py(group, path="", seen=None):
    """Data sets by path, in the order of names; a group is entered where it is met first."""
    seen = set() if seen is None else seen
    found = {}
    info = h5py.h5o.get_info(group.id)
    if (info.fileno, info.addr) in seen:
        return found
    seen.add((info.fileno, info.addr))
    for name in sorted(group, key=lambda name: name.encode()):
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        child = group[name]
        if isinstance(child, h5py.Group):
            found.update(listed_by_h5py(child, f"{path}/{name}", seen))
        else:
            found[f"{path}/{name}"] = child
    return found


def check(path):
    """All that is listed and read is what h5py lists and reads, to the bit."""
    listed = rlra.variables(path)
    with h5py.File(path, "r") as file:
        expected = listed_by_h5py(file["/"])
        assert [variable["name"] for variable in listed] == list(expected)
        for variable in listed:
            truth = expected[variable["name"]][()]
            assert tuple(variable["shape"]) == truth.shape, variable
            if truth.size == 0:
                continue
            array = rlra.load(f"{path}:{variable['name']}")
            small = truth.dtype.kind == "f" and truth.dtype.itemsize <= 4
            np.testing.assert_array_equal(array, np.asarray(truth).astype("f4" if small else "f8"))
            assert array.dtype == ("f4" if small else "f8")


# A third of the combinations, such that each version meets each kind and each block before the groups; all of them at night.
TREES = [
    (libver, kind, block)
    for v, libver in enumerate(LIBVER)
    for k, kind in enumerate(KINDS)
    for b, block in enumerate([0, 512, 4096])
    if (v + k + b) % 3 == 0 or "RLRA_NIGHTLY" in os.environ
]


@pytest.mark.parametrize("libver,kind,userblock", TREES)
def test_drawn_trees_are_those_of_h5py(libver, kind, userblock, tmp_path):
    seed = hash((LIBVER.index(libver), KINDS.index(kind), userblock)) % 2**32
    rng = np.random.default_rng(seed)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver=libver, userblock_size=userblock) as file:
        fill(rng, make_group(file["/"], "tree", kind), kind, 3)
        fill(rng, file["/"], kind, 1)
    check(path)


@pytest.mark.parametrize("libver", LIBVER)
def test_codes_of_categories_are_no_numbers(libver, tmp_path):
    path = tmp_path / "a.h5"
    names = ["no", "yes, or longer than eight", "cloud"]
    with h5py.File(path, "w", libver=libver) as file:
        file["truth"] = np.array([[True, False], [True, True]])
        for name, kind, values in (("bytes", "i1", (0, 1, 2)), ("unsigned", "u1", (0, 1, 255)), ("signs", "i1", (-1, 1)),
                                   ("one", "i1", (1,)), ("wide", "<i4", (0, 1)), ("back", ">i2", (0, 1, 2))):
            members = dict(zip(names, values))
            file.create_dataset(name, data=np.array([values] * 2, kind), dtype=h5py.enum_dtype(members, kind))
        file.create_dataset("binary", data=np.array([[0, 1]], "u1"), dtype=h5py.enum_dtype({"yes": 1, "no, or longer": 0}, "u1"))
    listed = {variable["name"]: variable["dtype"] for variable in rlra.variables(path)}
    assert {name for name, dtype in listed.items() if dtype == "enumeration"} == {
        "/bytes", "/unsigned", "/signs", "/one", "/wide", "/back"}
    np.testing.assert_array_equal(rlra.load(f"{path}:/truth"), [[1, 0], [1, 1]])
    np.testing.assert_array_equal(rlra.load(f"{path}:/binary"), [[0, 1]])
    with pytest.raises(ValueError, match="enumeration"):
        rlra.load(f"{path}:/bytes")


@pytest.mark.parametrize("sizes", [(4, 4), (4, 8), (8, 4)])
@pytest.mark.parametrize("libver", LIBVER)
def test_addresses_and_lengths_may_differ_in_size(libver, sizes, tmp_path, rng):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver=libver) as file:
        bounds = file.libver
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_sizes(*sizes)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    if bounds[0] != "earliest":
        access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    with h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, creation, access)) as file:
        file["a/plain"] = rng.random((4, 5))
        file.create_dataset("a/packed", data=rng.random((30, 7)), chunks=(8, 3), compression="gzip", maxshape=(60, 7))
        for k in range(20):
            file[f"many/x{k}"] = float(k)
    check(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("libver", LIBVER)
def test_groups_of_many_children(libver, kind, tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver=libver) as file:
        group = make_group(file["/"], "many", kind)
        for k in range(1500):
            group[f"x{k * 7919 % 1500}"] = float(k)
    listed = rlra.variables(path)
    assert [variable["name"] for variable in listed] == sorted(f"/many/x{k}" for k in range(1500))
    assert rlra.load(f"{path}:/many/x1499") == [k for k in range(1500) if k * 7919 % 1500 == 1499]


@pytest.mark.parametrize("libver", LIBVER)
def test_what_leads_out_of_the_file_or_too_deep_is_reported(libver, tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = np.eye(3)
    with h5py.File(path, "w", libver=libver) as file:
        file["external"] = h5py.ExternalLink("secret.h5", "/x")
        file["soft"] = h5py.SoftLink("/external")
        layout = h5py.VirtualLayout((3, 3), "f8")
        layout[:] = h5py.VirtualSource("secret.h5", "x", (3, 3))
        if libver not in ("earliest", "v108"):
            file.create_virtual_dataset("virtual", layout)
        file.create_dataset("stored", (3, 3), "f8", external=[(str(tmp_path / "secret.h5"), 0, 72)])
        file["/".join("d" * 40)] = np.eye(2)
    listed = {variable["name"]: variable["dtype"] for variable in rlra.variables(path)}
    assert listed["/external"] == "link to another file"
    assert listed["/stored"] == "data of other files"
    assert listed.get("/virtual", "virtual data of other files") == "virtual data of other files"
    assert listed["/" + "/".join("d" * 32)] == "not looked into: too deep"
    for name in listed:
        with pytest.raises((ValueError, OSError)):
            rlra.load(f"{path}:{name}")


def test_one_damaged_data_set_does_not_hide_the_others(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="latest") as file:
        for name in "abc":
            file.create_dataset(name, data=np.arange(6.0).reshape(2, 3))
        at = h5py.h5o.get_info(file["b"].id).addr
    content = bytearray(path.read_bytes())
    content[at + 20] ^= 1
    path.write_bytes(content)
    listed = {variable["name"]: variable["dtype"] for variable in rlra.variables(path)}
    assert listed == {"/a": "float64", "/b": "damaged", "/c": "float64"}
    np.testing.assert_array_equal(rlra.load(f"{path}:c"), np.arange(6.0).reshape(2, 3))


def matlab(parent, name, value):
    """As MATLAB writes it: structs are groups, the first mode is the fastest."""
    if isinstance(value, dict):
        made = parent.create_group(name)
        for field, entry in value.items():
            matlab(made, field, entry)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
    else:
        parent[name] = value.T
        parent[name].attrs["MATLAB_class"] = np.bytes_("double")


def test_structs_of_matlab(tmp_path, rng):
    path = tmp_path / "a.mat"
    value = {"s": {"t": {"x": rng.random((3, 4)), "y": rng.random((1, 5))}, "z": rng.random((2, 2, 3))}, "w": rng.random((4, 1))}
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, entry in value.items():
            matlab(file, name, entry)
    content = bytearray(path.read_bytes())
    content[:128] = b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM"
    path.write_bytes(content)
    assert [variable["name"] for variable in rlra.variables(path)] == ["s.t.x", "s.t.y", "s.z", "w"]
    for name in ("s.t.x", "s.t.y", "s.z", "w"):
        truth = value
        for part in name.split("."):
            truth = truth[part]
        np.testing.assert_array_equal(rlra.load(f"{path}:{name}"), truth)


@pytest.mark.parametrize("attribute", ["compact", "dense", "huge"])
@pytest.mark.parametrize("libver", LIBVER)
def test_attributes_are_found_wherever_they_are_kept(libver, attribute, tmp_path):
    """The attribute that determines how a sparse matrix is stored, among none, many, or in the company of a large one."""
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.random(6, 6, 0.4, "csc", rng=np.random.default_rng(3))
    path = tmp_path / "a.h5"
    if attribute == "huge" and libver == "earliest":
        pytest.skip("old headers hold no attribute above 64 kB")
    with h5py.File(path, "w", libver=libver) as file:
        group = file.create_group("m")
        for part in ("data", "indices", "indptr"):
            group[part] = getattr(matrix, part)
        for k in range(30 if attribute == "dense" else 0):
            group.attrs[f"filler{k}"] = np.arange(40)
        if attribute == "huge":
            group.attrs["large"] = np.arange(100000)
        group.attrs["shape"] = matrix.shape
        group.attrs["encoding-type"] = "csc_matrix"
    np.testing.assert_array_equal(rlra.load(f"{path}:m").toarray(), matrix.toarray())


def test_every_bit_of_structure_may_be_wrong(tmp_path, rng):
    """No flipped bit of a small file does more than a sentence."""
    path, changed = tmp_path / "a.h5", tmp_path / "b.h5"
    for libver in ("earliest", "latest"):
        with h5py.File(path, "w", libver=libver) as file:
            file["g/x"] = np.arange(6.0)
            file.create_dataset("y", data=np.arange(40), chunks=(8,), compression="gzip")
        content = path.read_bytes()
        for at, bit in itertools.product(rng.choice(len(content), 400, replace=False), (1, 128)):
            damaged = bytearray(content)
            damaged[at] ^= bit
            changed.write_bytes(damaged)
            try:
                for variable in rlra.variables(changed):
                    rlra.load(f"{changed}:{variable['name']}")
            except (ValueError, OSError) as error:
                assert "\n" not in str(error) and len(str(error)) > 10
