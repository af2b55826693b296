"""The data sets of the bench: each function makes one, always the same."""

import importlib.util
import pathlib

import numpy as np
import scipy.sparse

from race import Coordinates, khatri_rao

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


def digits():
    """The 1797 images of 8 x 8 pixels that scikit-learn carries."""
    from sklearn.datasets import load_digits

    return load_digits().data


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


def text():
    """Such counts of a small corpus, as an array: most entries are zero."""
    return np.asarray(counts(4000, 3000, 20, 60, 31).todense())


def small_counts():
    """Poisson counts of a model of rank 8, 12 % of them not zero."""
    rng = np.random.default_rng
    mean = rng(8).gamma(0.3, 1, (400, 8)) @ rng(9).gamma(0.3, 1, (8, 300))
    return rng(7).poisson(0.2 * mean).astype(float)


def bumps(seed, rows, columns, rank, width, offset, noise, least=0.3):
    """Mixtures of Gaussian bumps on an offset: the wider they are, the harder to tell apart."""
    rng = np.random.default_rng(seed)
    x, centres = np.linspace(0, 1, rows), np.linspace(0.1, 0.9, rank)
    w = np.exp(-(((x[:, None] - centres) / width) ** 2)) + offset
    h = rng.random((rank, columns)) + least
    return np.maximum(w @ h + noise * rng.standard_normal((rows, columns)), 0)


def low_contrast():
    """A small part that varies, on an offset of ten times its size."""
    rng = np.random.default_rng
    part = 0.1 * rng(12).random((400, 6)) @ rng(13).random((6, 300))
    return np.maximum(part + 1 + 1e-3 * rng(14).standard_normal((400, 300)), 0)


def uniform_wide():
    """Uniform factors of rank 30 with few rows and much noise."""
    rng = np.random.default_rng
    model = rng(15).random((300, 30)) @ rng(16).random((30, 4000))
    return np.maximum(model + 0.3 * rng(17).standard_normal((300, 4000)), 0)


def mixtures(seed, rows, columns, rank, concentration, noise):
    """Mixtures of spectra whose shares sum to one; the smaller the concentration, the purer."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(rank, concentration), columns)
    return np.maximum(rng.random((rows, rank)) @ shares.T + noise * rng.standard_normal((rows, columns)), 0)


def scattered(seed, rows, columns, rank, share, noise):
    """Factors of which only a share of the entries is not zero."""
    rng = np.random.default_rng(seed)
    w = rng.random((rows, rank)) * (rng.random((rows, rank)) < share)
    h = rng.random((rank, columns)) * (rng.random((rank, columns)) < share)
    return np.maximum(w @ h + noise * rng.standard_normal((rows, columns)), 0)


def similar(seed, shape, rank, alike, noise):
    """CP whose vectors of each mode are alike: `alike` of a common one, the rest their own, with relative noise."""
    rng = np.random.default_rng(seed)
    factors = [alike * rng.random((length, 1)) + (1 - alike) * rng.random((length, rank)) for length in shape]
    data = (factors[0] @ khatri_rao(factors[1:]).T).reshape(shape)
    return np.maximum(data + noise * np.sqrt(np.mean(data**2)) * rng.standard_normal(shape), 0)


def coordinates(shape=(3000, 2000, 1000), stored=10**6, seed=33):
    """A sparse tensor: entries at random places, no model behind them."""
    rng = np.random.default_rng(seed)
    places = np.unique(rng.choice(int(np.prod(shape)), stored, replace=False, shuffle=False))
    index = np.stack(np.unravel_index(places, shape), axis=1)
    return Coordinates(shape, index, rng.random(places.size) + 0.1)
