"""The stopwatch of a contestant: time and objective after each sweep, the evaluation kept out of the time."""

import contextlib
import os
import sys
import time
from typing import NamedTuple

import numpy as np
import scipy.sparse

EVERY_SWEEP_UNTIL = 50  # later sweeps are kept when they are 2 % further than the last kept one
GROWTH = 1.02
LONGER = 1.4  # a run of a series over the one before


class Coordinates(NamedTuple):
    """A sparse tensor: one row of indices for each value."""

    shape: tuple
    index: np.ndarray
    values: np.ndarray

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def nnz(self):
        return self.values.size

    @property
    def dtype(self):
        return self.values.dtype

    def astype(self, dtype, copy=True):
        return self._replace(values=self.values.astype(dtype, copy=copy))


class Finished(Exception):
    """Raised to leave the loop of a contestant when its time or its sweeps are used up."""


@contextlib.contextmanager
def quiet():
    """For packages that print from C++: the descriptor itself is redirected."""
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


class Race:
    """Records (sweep, seconds, objective) of one run.

    A contestant that works sweep by sweep calls begin() and then sweep(factors); one that can only be run to the end calls
    point(sweep, seconds, factors) for runs of different length; one that writes a trace of its own calls trace().
    """

    def __init__(self, data, start, max_sweeps, seconds, settings):
        self.data = data
        self.start = start
        self.max_sweeps = max_sweeps
        self.limit = seconds
        self.settings = settings  # threads, binary, clock, data_file, start_file, loss, free, scratch
        self.now = {"wall": time.perf_counter, "cpu": time.process_time}[settings["clock"]]
        self.kept = []
        self.sweep_seconds = []
        self.result = None
        self.extra = {}
        self._sweeps = 0
        self._elapsed = 0.0
        self._last = 0.0
        self._resumed = None

    def copy_of_start(self, order="C"):
        return [np.array(factor, order=order) for factor in self.start]

    def begin(self):
        self.kept.append((0, 0.0, self.copy_of_start()))
        self._resumed = self.now()

    def sweep(self, factors):
        """After a sweep: stop the clock, keep the factors if due, start the clock."""
        self._elapsed += self.now() - self._resumed
        self._sweeps += 1
        self.sweep_seconds.append(self._elapsed - self._last)
        self._last = self._elapsed
        finished = self._sweeps >= self.max_sweeps or self._elapsed >= self.limit
        if finished or self._sweeps <= EVERY_SWEEP_UNTIL or self._sweeps >= GROWTH * self.kept[-1][0]:
            self.kept.append((self._sweeps, self._elapsed, [np.array(factor) for factor in factors]))
        if finished:
            raise Finished
        self._resumed = self.now()

    def point(self, sweep, seconds, factors):
        """The end of a run of `sweep` sweeps that took `seconds`."""
        if sweep > 0:
            last_sweep, last_seconds = self.kept[-1][:2]
            self.sweep_seconds.append(max(seconds - last_seconds, 0.0) / (sweep - last_sweep))
        self.kept.append((sweep, seconds, [np.array(factor) for factor in factors]))

    def series(self, run, setup, sweeps=1):
        """Runs of `sweeps` and more sweeps from the same start; run(n) returns seconds and factors, `setup` seconds are taken off."""
        self.point(0, 0.0, self.copy_of_start())
        while True:
            seconds, factors = run(sweeps)
            self.point(sweeps, max(seconds - setup, 0.0), factors)
            if seconds - setup >= self.limit or sweeps >= self.max_sweeps:
                raise Finished
            sweeps = min(max(sweeps + 1, int(LONGER * sweeps)), self.max_sweeps)

    def trace(self, sweeps, seconds, objectives, factors):
        """A trace made by the contestant itself; `factors` are its last ones, to check the trace against."""
        self.sweep_seconds = list(np.diff(seconds))
        points = [{"sweep": int(k), "seconds": float(t), "objective": float(f)}
                  for k, t, f in zip(sweeps, seconds, objectives)]
        truth = objective(self.data, factors, self.settings["loss"])
        self.extra["trace_error"] = abs(points[-1]["objective"] - truth) / truth
        self.result = points

    @property
    def data_bytes(self):
        """Bytes of the data as they are passed."""
        if isinstance(self.data, Coordinates):
            return self.data.index.nbytes + self.data.values.nbytes
        if not scipy.sparse.issparse(self.data):
            return self.data.nbytes
        return sum(part.nbytes for part in (self.data.data, self.data.indices, self.data.indptr))

    def points(self):
        if self.result is None:
            self.result = [{"sweep": k, "seconds": t, "objective": objective(self.data, factors, self.settings["loss"])}
                           for k, t, factors in self.kept]
        return self.result


def khatri_rao(factors):
    """Columnwise Kronecker product, the last factor fastest."""
    product = np.asarray(factors[0], dtype=np.float64)
    for factor in factors[1:]:
        product = (product[:, None, :] * np.asarray(factor, dtype=np.float64)[None, :, :]).reshape(-1, product.shape[1])
    return product


def model_sum(factors):
    """The sum of all entries of the model."""
    return float(np.prod([np.sum(factor, axis=0, dtype=np.float64) for factor in factors], axis=0).sum())


def squares(data, model):
    """Half the squared distance."""
    return 0.5 * float(np.sum((data - model) ** 2))


def divergence(data, model):
    """sum y log(y / v) - y + v with 0 log 0 = 0."""
    used = data > 0
    return float(np.sum(data[used] * np.log(data[used] / model[used])) - data.sum() + model.sum())


def itakura_saito(data, model):
    """sum y/v - log(y/v) - 1 over data > 0."""
    ratio = data / model
    return float(np.sum(ratio - np.log(ratio) - 1.0))


def objective(data, factors, loss="frobenius"):
    """The loss in double precision, from the entries themselves."""
    measure = {"frobenius": squares, "kl": divergence, "is": itakura_saito}[loss]
    if isinstance(data, Coordinates):
        return stored_objective(data.values, models_at(data.index, factors), factors, loss)
    if scipy.sparse.issparse(data):
        data = data.tocoo()
        return stored_objective(data.data, models_at(np.stack([data.row, data.col], axis=1), factors), factors, loss)
    rest = khatri_rao(factors[1:]).T
    first = np.asarray(factors[0], dtype=np.float64)
    rows = data.reshape(data.shape[0], -1)
    step = max(1, 2**22 // rows.shape[1])
    return sum(measure(rows[begin : begin + step].astype(np.float64), first[begin : begin + step] @ rest)
               for begin in range(0, rows.shape[0], step))


def models_at(index, factors):
    """The model at places given by rows of indices."""
    model = np.empty(len(index))
    for begin in range(0, len(index), 2**16):
        part = index[begin : begin + 2**16]
        model[begin : begin + 2**16] = np.prod([np.asarray(factor, dtype=np.float64)[part[:, n]]
                                                for n, factor in enumerate(factors)], axis=0).sum(axis=1)
    return model


def stored_objective(values, model, factors, loss):
    """The loss of the stored entries, and the model where the data are zero."""
    stored = values.astype(np.float64)
    if loss == "kl":
        return divergence(stored, model) + model_sum(factors) - float(model.sum())
    wide = [np.asarray(factor, dtype=np.float64) for factor in factors]
    whole = float(np.sum(np.prod([factor.T @ factor for factor in wide], axis=0)))
    return squares(stored, model) + 0.5 * (whole - float(np.sum(model**2)))
