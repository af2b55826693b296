"""The data and the starts of the bench, made once and kept as .npy and .npz files."""

import importlib.util
import os
import pathlib
from typing import Callable, NamedTuple

import numpy as np
import scipy.sparse

from race import khatri_rao, model_sum

NOISE = 0.1  # standard deviation of the noise over the root mean square of the noiseless data


def planted(shape, rank, seed=20):
    """A nonnegative model with uniform factors plus Gaussian noise, clipped at 0."""
    rng = np.random.default_rng(seed)
    factors = [rng.random((length, rank)) for length in shape]
    data = (factors[0] @ khatri_rao(factors[1:]).T).reshape(shape)
    sigma = NOISE * np.sqrt(np.mean(data**2))
    for rows in data:  # in place, row by row, so that the large one does not need three times its size
        rows += sigma * rng.standard_normal(rows.shape)
        np.maximum(rows, 0.0, out=rows)
    return data


def indian_pines():
    """The whole scene that tensorly carries (AVIRIS, CC BY 3.0, Baumgardner et al. 2015), as bands x pixels."""
    package = pathlib.Path(importlib.util.find_spec("tensorly").origin).parent
    cube = np.load(package / "datasets" / "data" / "Indian_pines_corrected.npy")
    return np.ascontiguousarray(cube.reshape(-1, cube.shape[-1]).T, dtype=np.float64)


def spectrogram(bins=1025, frames=3000, notes=30, seed=22):
    """Powers of notes with harmonics that sound at times, each times an exponential number: seven orders of magnitude."""
    rng = np.random.default_rng(seed)
    bin_of = np.arange(bins)
    spectra = np.zeros((bins, notes))
    for k in range(notes):
        pitch = rng.uniform(4, 60)
        for partial, centre in enumerate(np.arange(pitch, bins, pitch)[:39]):
            spectra[:, k] += np.exp(-0.5 * ((bin_of - centre) / 1.5) ** 2) * 10 ** (-0.08 * partial)
        spectra[:, k] += 1e-4 * np.exp(-bin_of / 300)
    gains = rng.gamma(0.3, 1.0, (frames, notes)) * (rng.random((frames, notes)) < 0.3)
    return (spectra @ gains.T + 1e-5) * rng.exponential(1.0, (bins, frames))


def counts(documents=20000, words=10000, topics=50, length=58, seed=23):
    """Words of documents that mix few topics; how often words occur follows Zipf's law."""
    rng = np.random.default_rng(seed)
    of_topic = rng.gamma(0.1, 1.0, (topics, words)) / np.arange(1, words + 1)
    of_topic /= of_topic.sum(axis=1, keepdims=True)
    mixture = rng.dirichlet(np.full(topics, 0.1), documents)
    lengths = 3 + rng.poisson(length, documents)
    found = [np.searchsorted(np.cumsum(row @ of_topic), rng.random(n)) for row, n in zip(mixture, lengths)]
    places = (np.repeat(np.arange(documents), lengths), np.minimum(np.concatenate(found), words - 1))
    data = scipy.sparse.coo_matrix((np.ones(places[0].size), places), shape=(documents, words)).tocsr()
    data.sort_indices()
    return data


class Workload(NamedTuple):
    rank: int
    make: Callable  # the data: an array, or a sparse matrix
    loss: str = "frobenius"  # or "kl"
    is_sparse: bool = False


WORKLOADS = {
    "dense": Workload(20, lambda: planted((2000, 1500), 20)),
    "hyperspectral": Workload(10, indian_pines),
    "tensor": Workload(10, lambda: planted((200, 200, 200), 10)),
    "kl": Workload(30, spectrogram, "kl"),
    "kl-sparse": Workload(50, counts, "kl", True),
    "sparse": Workload(50, counts, "frobenius", True),
    "large": Workload(20, lambda: planted((20000, 5000), 20)),
    "tiny": Workload(4, lambda: planted((60, 50), 4)),
    "tiny-tensor": Workload(3, lambda: planted((20, 21, 22), 3)),
    "tiny-kl": Workload(3, lambda: spectrogram(40, 60, 3), "kl"),
    "tiny-kl-sparse": Workload(3, lambda: counts(60, 50, 3, 10), "kl", True),
}
STANDARD = ["dense", "hyperspectral", "tensor", "kl", "kl-sparse", "sparse"]


def uniform_start(data, rank, loss, seed):
    """Uniform random factors, all scaled by one number so that the model fits the data best."""
    rng = np.random.default_rng(1000 + seed)
    factors = [rng.random((length, rank)) for length in data.shape]
    if loss == "kl":
        scale = (data.sum() / model_sum(factors)) ** (1.0 / len(factors))
        return [scale * factor for factor in factors]
    rest = khatri_rao(factors[1:])
    product = (data if data.ndim == 2 else data.reshape(data.shape[0], -1)) @ rest
    inner = float(np.sum(product * factors[0]))
    gram = np.prod([factor.T @ factor for factor in factors], axis=0)
    scale = (inner / float(gram.sum())) ** (1.0 / len(factors))
    return [scale * factor for factor in factors]


def prepare(name, dtype, start_seed, cache):
    """Make sure that the files of a workload exist, and return its description."""
    workload = WORKLOADS[name]
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    data_file = cache / f"{name}-{dtype}.{'npz' if workload.is_sparse else 'npy'}"
    start_file = cache / f"{name}-{dtype}-start{start_seed}.npz"
    write = scipy.sparse.save_npz if workload.is_sparse else np.save
    if not data_file.exists():
        save(data_file, lambda file: write(file, workload.make().astype(dtype_of(dtype), copy=False)))
    data = read(data_file, mmap_mode="r")
    if not start_file.exists():
        start = uniform_start(data.astype(np.float64), workload.rank, workload.loss, start_seed)
        names = {f"factor_{n}": factor.astype(dtype_of(dtype)) for n, factor in enumerate(start)}
        save(start_file, lambda file: np.savez(file, **names))
    entries = data.nnz if workload.is_sparse else data.size
    return {"data_file": str(data_file), "start_file": str(start_file), "rank": workload.rank, "loss": workload.loss,
            "is_sparse": workload.is_sparse, "shape": list(data.shape), "entries": int(entries)}


def read(path, mmap_mode=None):
    path = pathlib.Path(path)
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
    with np.load(files["start_file"]) as archive:
        start = [archive[f"factor_{n}"] for n in range(data.ndim)]
    return data, start
