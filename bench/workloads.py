"""The workloads of the bench: data, rank, loss and start, made once and kept as .npy, .npz and .tns files."""

import os
import pathlib
from typing import Callable, NamedTuple

import datasets
import numpy as np
import scipy.sparse
from race import Coordinates, khatri_rao, model_sum, models_at


class Workload(NamedTuple):
    rank: int
    make: Callable  # the data: an array, a sparse matrix, or Coordinates
    loss: str = "frobenius"  # or "kl", "is"
    storage: str = "dense"  # or "sparse" (a matrix), "coordinates" (a tensor)
    free: bool = False  # signs are free: CP by least squares


WORKLOADS = {
    "dense": Workload(20, lambda: datasets.planted((2000, 1500), 20)),
    "hyperspectral": Workload(10, datasets.indian_pines),
    "tensor": Workload(10, lambda: datasets.planted((200, 200, 200), 10)),
    "digits": Workload(16, datasets.digits),
    "text": Workload(20, datasets.text),
    "collinear": Workload(10, lambda: datasets.bumps(5, 500, 400, 10, 0.15, 0.5, 1e-3)),
    "v_wide": Workload(12, lambda: datasets.bumps(11, 300, 1000, 12, 0.25, 0.1, 1e-2)),
    "v_offset": Workload(6, datasets.low_contrast),
    "v_uniform": Workload(30, datasets.uniform_wide),
    "sparse": Workload(50, datasets.counts, storage="sparse"),
    "kl": Workload(30, datasets.spectrogram, "kl"),
    "kl-sparse": Workload(50, datasets.counts, "kl", "sparse"),
    "digits-kl": Workload(16, datasets.digits, "kl"),
    "text-kl": Workload(20, datasets.text, "kl"),
    "counts": Workload(8, datasets.small_counts, "kl"),
    "is": Workload(10, lambda: datasets.spectrogram(513, 800, 10, 5), "is"),
    "cp-free": Workload(10, lambda: datasets.planted((200, 200, 200), 10), free=True),
    "cp-sparse": Workload(16, datasets.coordinates, storage="coordinates", free=True),
    "large": Workload(20, lambda: datasets.planted((20000, 5000), 20)),
    "tiny": Workload(4, lambda: datasets.planted((60, 50), 4)),
    "tiny-tensor": Workload(3, lambda: datasets.planted((20, 21, 22), 3)),
    "tiny-kl": Workload(3, lambda: datasets.spectrogram(40, 60, 3), "kl"),
    "tiny-is": Workload(3, lambda: datasets.spectrogram(40, 60, 3), "is"),
    "tiny-kl-sparse": Workload(3, lambda: datasets.counts(60, 50, 3, 10), "kl", "sparse"),
    "tiny-cp-sparse": Workload(3, lambda: datasets.coordinates((30, 20, 10), 400), storage="coordinates", free=True),
    # Sets that no threshold of the solver was chosen on; for bench/regret.
    "f_bumps": Workload(8, lambda: datasets.bumps(41, 700, 250, 8, 0.1, 0.2, 3e-3)),
    "f_overlap": Workload(15, lambda: datasets.bumps(42, 250, 2500, 15, 0.2, 0.05, 0.05, 0)),
    "f_mixtures": Workload(7, lambda: datasets.mixtures(43, 150, 6000, 7, 1.0, 0.01)),
    "f_pure": Workload(12, lambda: datasets.mixtures(44, 400, 1500, 12, 0.1, 0.05)),
    "f_scattered": Workload(25, lambda: datasets.scattered(45, 900, 700, 25, 0.15, 0.02)),
    "f_noisy": Workload(40, lambda: datasets.planted((1200, 900), 10, 46)),
    "f_cp": Workload(6, lambda: datasets.planted((60, 90, 120), 6, 47)),
    "f_cp_alike": Workload(8, lambda: datasets.similar(48, (80, 70, 60), 8, 0.6, 0.05)),
    "f_cp_close": Workload(5, lambda: datasets.similar(49, (150, 100, 40), 5, 0.85, 0.01)),
}
STANDARD = ["dense", "hyperspectral", "tensor", "digits", "text", "collinear", "v_wide", "v_offset", "v_uniform", "sparse", "kl",
            "kl-sparse", "digits-kl", "text-kl", "counts", "is", "cp-free", "cp-sparse"]
FRESH = [name for name in WORKLOADS if name.startswith("f_")]
SUFFIX = {"dense": ".npy", "sparse": ".npz", "coordinates": ".tns"}


def uniform_start(data, rank, loss, seed):
    """Uniform random factors, all scaled by one number so that the model fits the data best."""
    rng = np.random.default_rng(1000 + seed)
    factors = [rng.random((length, rank)) for length in data.shape]
    scale = best_scale(data, factors, loss) ** (1.0 / len(factors))
    return [scale * factor for factor in factors]


def best_scale(data, factors, loss):
    """The number by which the model fits the data best."""
    if loss == "kl":
        return data.sum() / model_sum(factors)
    if loss == "is":
        return float(np.mean(data.reshape(data.shape[0], -1) / (factors[0] @ khatri_rao(factors[1:]).T)))
    gram = np.prod([factor.T @ factor for factor in factors], axis=0)
    if isinstance(data, Coordinates):
        return float(data.values @ models_at(data.index, factors)) / float(gram.sum())
    product = (data if data.ndim == 2 else data.reshape(data.shape[0], -1)) @ khatri_rao(factors[1:])
    return float(np.sum(product * factors[0])) / float(gram.sum())


def prepare(name, dtype, start_seed, cache):
    """Make sure that the files of a workload exist, and return its description."""
    workload = WORKLOADS[name]
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    data_file = cache / f"{name}-{dtype}{SUFFIX[workload.storage]}"
    start_file = cache / f"{name}-{dtype}-start{start_seed}.npz"
    if not data_file.exists():
        write_data(data_file, workload, dtype_of(dtype))
    data = read(data_file, mmap_mode="r")
    if not start_file.exists():
        start = uniform_start(data.astype(np.float64), workload.rank, workload.loss, start_seed)
        names = {f"factor_{n}": factor.astype(dtype_of(dtype)) for n, factor in enumerate(start)}
        save(start_file, lambda file: np.savez(file, **names))
    entries = data.size if workload.storage == "dense" else data.nnz
    return {"data_file": str(data_file), "start_file": str(start_file), "rank": workload.rank, "loss": workload.loss,
            "is_sparse": workload.storage != "dense", "free": workload.free, "shape": list(data.shape), "entries": int(entries)}


def write_data(path, workload, dtype):
    data = workload.make().astype(dtype, copy=False)
    if workload.storage == "coordinates":  # text for programs, and an archive for those who work in Python
        lines = np.column_stack([data.index + 1.0, data.values])
        save(path.with_suffix(".coordinates.npz"), lambda file: np.savez(file, shape=data.shape, index=data.index, values=data.values))
        save(path, lambda file: np.savetxt(file, lines, fmt=["%d"] * len(data.shape) + ["%.17g"]))
        return
    write = scipy.sparse.save_npz if workload.storage == "sparse" else np.save
    save(path, lambda file: write(file, data))


def read(path, mmap_mode=None):
    path = pathlib.Path(path)
    if path.suffix == ".tns":
        with np.load(path.with_suffix(".coordinates.npz")) as archive:
            return Coordinates(tuple(int(n) for n in archive["shape"]), archive["index"], archive["values"])
    return scipy.sparse.load_npz(path) if path.suffix == ".npz" else np.load(path, mmap_mode=mmap_mode)


def dtype_of(name):
    return {"f64": np.float64, "f32": np.float32}[name]


def save(path, write):
    """Write through a temporary name, so that an interrupted run does not leave an incomplete data set in the cache."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        write(file)
    temporary.rename(path)


def load(files):
    data = read(files["data_file"])
    if not files["start_file"]:
        return data, None  # the contestant makes its own
    with np.load(files["start_file"]) as archive:
        start = [archive[f"factor_{n}"] for n in range(data.ndim)]
    return data, start
