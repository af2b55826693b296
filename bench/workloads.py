"""The data and the starts of the bench, made once and kept as .npy and .npz files."""

import importlib.util
import os
import pathlib

import numpy as np

from race import khatri_rao

NOISE = 0.1  # standard deviation of the noise over the root mean square of the noiseless data


def planted(shape, rank, seed=20):
    """A nonnegative model with uniform factors plus Gaussian noise, cut at 0."""
    rng = np.random.default_rng(seed)
    factors = [rng.random((length, rank)) for length in shape]
    data = (factors[0] @ khatri_rao(factors[1:]).T).reshape(shape)
    sigma = NOISE * np.sqrt(np.mean(data**2))
    for rows in data:  # in place, row by row: the large one should not need three times its size
        rows += sigma * rng.standard_normal(rows.shape)
        np.maximum(rows, 0.0, out=rows)
    return data


def indian_pines():
    """The whole scene that tensorly carries (AVIRIS, CC BY 3.0, Baumgardner et al. 2015), as bands x pixels."""
    package = pathlib.Path(importlib.util.find_spec("tensorly").origin).parent
    cube = np.load(package / "datasets" / "data" / "Indian_pines_corrected.npy")
    return np.ascontiguousarray(cube.reshape(-1, cube.shape[-1]).T, dtype=np.float64)


# name: (rank, how to make the data)
WORKLOADS = {
    "dense": (20, lambda: planted((2000, 1500), 20)),
    "hyperspectral": (10, indian_pines),
    "tensor": (10, lambda: planted((200, 200, 200), 10)),
    "large": (20, lambda: planted((20000, 5000), 20)),
    "tiny": (4, lambda: planted((60, 50), 4)),
    "tiny-tensor": (3, lambda: planted((20, 21, 22), 3)),
}
STANDARD = ["dense", "hyperspectral", "tensor"]


def uniform_start(data, rank, seed):
    """Uniform random factors, all scaled by one number so that the model fits the data best."""
    rng = np.random.default_rng(1000 + seed)
    factors = [rng.random((length, rank)) for length in data.shape]
    rest = khatri_rao(factors[1:])
    product = data.reshape(data.shape[0], -1) @ rest
    inner = float(np.sum(product * factors[0]))
    gram = np.prod([factor.T @ factor for factor in factors], axis=0)
    scale = (inner / float(gram.sum())) ** (1.0 / len(factors))
    return [scale * factor for factor in factors]


def prepare(name, dtype, start_seed, cache):
    """Make sure that the files of a workload exist; their names, its rank and its shape."""
    rank, make = WORKLOADS[name]
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    data_file = cache / f"{name}-{dtype}.npy"
    start_file = cache / f"{name}-{dtype}-start{start_seed}.npz"
    if not data_file.exists():
        save(data_file, lambda file: np.save(file, make().astype(dtype_of(dtype), copy=False)))
    data = np.load(data_file, mmap_mode="r")
    if not start_file.exists():
        start = uniform_start(np.asarray(data, dtype=np.float64), rank, start_seed)
        names = {f"factor_{n}": factor.astype(dtype_of(dtype)) for n, factor in enumerate(start)}
        save(start_file, lambda file: np.savez(file, **names))
    return {"data_file": str(data_file), "start_file": str(start_file), "rank": rank, "shape": list(data.shape)}


def dtype_of(name):
    return {"f64": np.float64, "f32": np.float32}[name]


def save(path, write):
    """Through a temporary name: an interrupted run must not leave half a data set in the cache."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        write(file)
    temporary.rename(path)


def load(files):
    data = np.load(files["data_file"])
    with np.load(files["start_file"]) as archive:
        start = [archive[f"factor_{n}"] for n in range(data.ndim)]
    return data, start
