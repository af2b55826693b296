"""Topics of counted words: rlra.topics."""
from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from rlra import _fit
from rlra._arrays import as_numbers, is_sparse, sparse_view, stored_view
from rlra._core import ffi, lib
from rlra._library import as_whole
from rlra._options import takes_options
from rlra._results import Result

if TYPE_CHECKING:
    from typing import SupportsIndex

    from typing_extensions import Unpack

    from rlra._keywords import TopicsOptions
    from rlra._types import Data, PathLike, Precision, Priors, Progress, Start, Words


@dataclasses.dataclass(repr=False, eq=False)
class Topics(Result):
    """Topics: ``X[d, w] ~ sum_k n_k p(d|k) p(w|k)``, by falling n_k; a `Result` with more to it.

    `weights` are the n_k, `factors` p(d|k) and p(w|k): columns that sum to one.

    Attributes
    ----------
    shares : ndarray of shape (documents, rank)
        p(k|d), the part of each topic in each document.
    words : list of list
        The most relevant words of each topic, as given by ``words`` or as numbers.
    probabilities, lifts : ndarray of shape (rank, top)
        p(w|k) of these words, and p(w|k) / p(w).
    umass, npmi, exclusivity : ndarray of shape (rank,)
        How well the words of each topic go together.
    perplexity : float
    """

    shares: np.ndarray
    words: list
    probabilities: np.ndarray
    lifts: np.ndarray
    umass: np.ndarray
    npmi: np.ndarray
    exclusivity: np.ndarray
    perplexity: float

    def __repr__(self):
        lines = [f"{weight:12.6g}  {' '.join(map(str, words[:8]))}" for weight, words in zip(self.weights, self.words)]
        return "\n".join([super().__repr__(), *lines])

    def _own(self):
        names = [field.name for field in dataclasses.fields(self)][len(dataclasses.fields(Result)):]
        return {name: np.array(getattr(self, name)) for name in names if name != "words"}

    def _record(self):
        return {**super()._record(), "words": self.words}

    @classmethod
    def _from(cls, file, record):
        record["perplexity"] = float(file["perplexity"])
        names = ("shares", "probabilities", "lifts", "umass", "npmi", "exclusivity")
        return {**record, **{name: file[name] for name in names}}


def _doubles(*shape):
    made = np.empty(shape)
    return made, ffi.from_buffer("double[]", made)


def _columns(structs, names, shape):
    """Fields of an array of C structs, as arrays."""
    return [np.array([getattr(one, name) for one in structs]).reshape(shape) for name in names]


def _study(context, counts, model, top, relevance, words):
    """What the library reports of topics, by the names of the fields of `Topics`."""
    documents, rank = counts.shape[0], model.arguments[-1]
    ranked = ffi.new("rlra_topic_word[]", rank * top)
    quality = ffi.new("rlra_topic_quality[]", rank)
    shares, shares_at = _doubles(documents, rank)
    perplexity = ffi.new("double *")
    context.check(lib.rlra_topics_rank(context.pointer, model.pointer, relevance, top, ranked))
    context.check(lib.rlra_topics_quality(context.pointer, counts.c, model.pointer, top, ranked, quality))
    context.check(lib.rlra_topics_shares(context.pointer, model.pointer, shares_at))
    context.check(lib.rlra_topics_perplexity(context.pointer, counts.c, model.pointer, perplexity))
    probabilities, lifts = _columns(ranked, ("probability", "lift"), (rank, top))
    umass, npmi, exclusivity = _columns(quality, ("umass", "npmi", "exclusivity"), rank)
    found = [[word.word for word in ranked[k * top:(k + 1) * top] if word.word >= 0] for k in range(rank)]
    named = [[words[word] for word in row] for row in found] if words is not None else found
    return {"shares": shares, "words": named, "probabilities": probabilities, "lifts": lifts, "umass": umass,
            "npmi": npmi, "exclusivity": exclusivity, "perplexity": perplexity[0]}


def _as_counts(X, dtype):
    """Counts are mostly zeros: dense ones are kept like sparse ones."""
    if not is_sparse(X):
        X = as_numbers("X", X)
        bad = np.argwhere(~np.isfinite(X))
        if len(bad):
            at = tuple(map(int, bad[0]))
            raise ValueError(f"topics needs all counts, but X{list(at)} is {X[at]}: fill it in, or leave its row or "
                             "column out")
    counts = sparse_view("X", X, dtype) if is_sparse(X) else stored_view("X", X, dtype)
    if len(counts.shape) != 2:
        raise ValueError(f"topics needs a matrix of documents x words, X has shape {counts.shape}")
    return counts


@takes_options
def topics(
    X: Data, rank: SupportsIndex, *, words: Words = None, top: int = 10, relevance: float = 1.0, prior: Priors = None,
    init: Start = None, starts: SupportsIndex = 1, dtype: Precision = None, progress: Progress = False,
    checkpoint: PathLike | None = None, checkpoint_every: float = 60.0, resume: bool = False,
    **options: Unpack[TopicsOptions],
) -> Topics:
    """Topics of counts of words in documents, by KL NMF (PLSA).

    Each document becomes a mixture of topics, and a topic is a distribution over the words.

    Parameters
    ----------
    X : sparse matrix or array_like of shape (documents, words)
        The counts.
    rank : int
        Number of topics.
    words : sequence of str, optional
        The words, one for each column.
    top : int
        Words to report of each topic.
    relevance : float
        Choose words by ``relevance * log p(w|k) + (1 - relevance) * log lift``, from 0 (lift) to 1 (probability).
    prior, init, starts, dtype, progress, checkpoint, checkpoint_every, resume
        See `nmf`.
    {options}

    Returns
    -------
    Topics

    Examples
    --------
    >>> import numpy as np, rlra
    >>> counts = np.kron(np.eye(2, dtype=int), np.ones((4, 3), dtype=int))
    >>> result = rlra.topics(counts, 2, words=["cat", "dog", "cow", "sun", "sea", "sky"], top=3)
    >>> sorted(map(sorted, result.words))
    [['cat', 'cow', 'dog'], ['sea', 'sky', 'sun']]
    """
    counts = _as_counts(X, dtype)
    if words is not None and len(words) != counts.shape[1]:
        raise ValueError(f"there are {len(words)} words, the counts have {counts.shape[1]} columns")
    top = min(as_whole("top", top), max(counts.shape[1], 1))

    def finish(context, data, model, result):
        context.check(lib.rlra_topics_clear(context.pointer, data.c, model.pointer, ffi.NULL, ffi.NULL))
        context.check(lib.rlra_topics_normalise(context.pointer, model.pointer))
        result.update(weights=model.weights(), factors=model.factors())
        return Topics(**result, **_study(context, data, model, top, relevance, words))

    return _fit.fit(topics, counts, rank, options, prior=prior, init=init, starts=starts, progress=progress,
                    checkpoint=checkpoint, checkpoint_every=checkpoint_every, resume=resume, finish=finish)
